/*
 * What a bucket policy's conditions and variables can ask of a request.
 */
#ifndef SERVICES_S3_CONDITION_KEYS_H
#define SERVICES_S3_CONDITION_KEYS_H

#include "api/policy.h"
#include "services/s3/access.h"

/* Fills q->keys, unless the policy asks for none: most do not. */
void s3_condition_keys(struct call *c, const struct bucket *b, const struct s3_want *want,
                       const struct policy *policy, struct policy_request *q);

#endif
