/*
 * The actions that a bucket policy may name, as AWS's Service Authorization Reference lists them, and
 * what each acts on.
 */
#ifndef SERVICES_S3_POLICY_ACTIONS_H
#define SERVICES_S3_POLICY_ACTIONS_H

#include "api/policy.h"

extern const struct policy_action s3_policy_actions[];
extern const size_t s3_policy_action_count;

#endif
