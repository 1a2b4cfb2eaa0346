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

/* Those that a bucket's policy may ask for, as AWS's Service Authorization Reference lists them. */
extern const struct policy_key_name s3_condition_key_names[];
extern const size_t s3_condition_key_name_count;

#endif
