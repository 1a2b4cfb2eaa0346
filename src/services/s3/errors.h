/*
 * The errors of S3, in its own words. `s3_fail` makes one of the code, its status and its message; the
 * others add what S3 puts beside them in the document.
 *
 *     return s3_fail(c, S3_NO_SUCH_BUCKET, "BucketName", name);
 */
#ifndef SERVICES_S3_ERRORS_H
#define SERVICES_S3_ERRORS_H

#include "api/call.h"
#include "services/s3/problem.h"

enum s3_code {
	S3_ACCESS_DENIED,
	S3_ACCESS_CONTROL_LIST_NOT_SUPPORTED,
	S3_BAD_DIGEST,
	S3_BUCKET_ALREADY_EXISTS,
	S3_BUCKET_ALREADY_OWNED_BY_YOU,
	S3_BUCKET_NOT_EMPTY,
	S3_ENTITY_TOO_LARGE,
	S3_ENTITY_TOO_SMALL,
	S3_ILLEGAL_LOCATION_CONSTRAINT,
	S3_INTERNAL_ERROR,
	S3_INVALID_ARGUMENT,
	S3_INVALID_BUCKET_NAME,
	S3_INVALID_BUCKET_STATE,
	S3_INVALID_LOCATION_CONSTRAINT,
	S3_INVALID_OBJECT_STATE,
	S3_INVALID_PART,
	S3_INVALID_PART_ORDER,
	S3_INVALID_RANGE,
	S3_INVALID_REQUEST,
	S3_INVALID_TAG,
	S3_KEY_TOO_LONG,
	S3_MALFORMED_ACL,
	S3_MALFORMED_POLICY,
	S3_MALFORMED_XML,
	S3_METADATA_TOO_LARGE,
	S3_METHOD_NOT_ALLOWED,
	S3_MISSING_CONTENT_LENGTH,
	S3_NO_SUCH_BUCKET,
	S3_NO_SUCH_BUCKET_POLICY,
	S3_NO_SUCH_CORS_CONFIGURATION,
	S3_NO_SUCH_ENCRYPTION_CONFIGURATION,
	S3_NO_SUCH_KEY,
	S3_NO_SUCH_LIFECYCLE_CONFIGURATION,
	S3_NO_SUCH_OBJECT_LOCK_CONFIGURATION, /* of a bucket */
	S3_NO_SUCH_OBJECT_LOCK,               /* of an object: retention, legal hold */
	S3_NO_SUCH_OWNERSHIP_CONTROLS,
	S3_NO_SUCH_PUBLIC_ACCESS_BLOCK,
	S3_NO_SUCH_TAG_SET,
	S3_NO_SUCH_UPLOAD,
	S3_NO_SUCH_VERSION,
	S3_NO_SUCH_WEBSITE_CONFIGURATION,
	S3_NOT_IMPLEMENTED,
	S3_FAILED_PRECONDITION,
	S3_CODES
};

/* With the standard message of the code; a field is left out when its name is NULL. */
err s3_fail(struct call *c, enum s3_code code, const char *field, str value);
/* With a message of its own. */
err s3_fail_saying(struct call *c, enum s3_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* InvalidArgument, with ArgumentName and ArgumentValue. */
err s3_invalid_argument_error(struct call *c, const char *name, str value, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* NULL when the problem has no code. */
err s3_problem_error(struct call *c, const struct s3_problem *problem);

/* InvalidRequest for a request without Content-MD5 and x-amz-checksum-*, where S3 wants one of them. */
err s3_require_checksum(struct call *c);

#endif
