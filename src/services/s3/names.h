/*
 * The names that buckets and objects may have.
 *
 * A bucket made here follows the rules for general purpose buckets of all regions but the oldest
 * part of us-east-1, which has buckets of up to 255 characters that nobody can make any more.
 */
#ifndef SERVICES_S3_NAMES_H
#define SERVICES_S3_NAMES_H

#include "services/s3/problem.h"

enum {
	S3_BUCKET_NAME_MIN = 3,
	S3_BUCKET_NAME_MAX = 63,
	S3_KEY_MAX = 1024, /* bytes */
};

bool s3_bucket_name_valid(str name);
bool s3_key_valid(str key);

/* The same with the reason: InvalidBucketName; KeyTooLongError, or InvalidURI for what is not
 * UTF-8. An empty key is no key: the caller has taken such a request for one to the bucket. */
struct s3_problem s3_check_bucket_name(str name);
struct s3_problem s3_check_key(str key);

#endif
