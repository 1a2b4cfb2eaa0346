#include "services/s3/errors.h"

#include "base/buf.h"
#include "base/str.h"

#include <stdarg.h>

struct definition {
	int status;
	const char *code, *message;
};

/* clang-format off */
static const struct definition definitions[S3_CODES] = {
	[S3_ACCESS_DENIED] = { 403, "AccessDenied", "Access Denied" },
	[S3_ACCESS_CONTROL_LIST_NOT_SUPPORTED] = { 400, "AccessControlListNotSupported", "The bucket does not allow ACLs" },
	[S3_BAD_DIGEST] = { 400, "BadDigest", "The Content-MD5 you specified did not match what we received." },
	[S3_BUCKET_ALREADY_EXISTS] = { 409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again." },
	[S3_BUCKET_ALREADY_OWNED_BY_YOU] = { 409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it." },
	[S3_BUCKET_NOT_EMPTY] = { 409, "BucketNotEmpty", "The bucket you tried to delete is not empty" },
	[S3_ENTITY_TOO_LARGE] = { 400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size" },
	[S3_ENTITY_TOO_SMALL] = { 400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size" },
	[S3_ILLEGAL_LOCATION_CONSTRAINT] = { 400, "IllegalLocationConstraintException", "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to." },
	[S3_INTERNAL_ERROR] = { 500, "InternalError", "We encountered an internal error. Please try again." },
	[S3_INVALID_ARGUMENT] = { 400, "InvalidArgument", "Invalid Argument" },
	[S3_INVALID_BUCKET_NAME] = { 400, "InvalidBucketName", "The specified bucket is not valid." },
	[S3_INVALID_BUCKET_STATE] = { 409, "InvalidBucketState", "The request is not valid with the current state of the bucket." },
	[S3_INVALID_LOCATION_CONSTRAINT] = { 400, "InvalidLocationConstraint", "The specified location-constraint is not valid" },
	[S3_INVALID_OBJECT_STATE] = { 403, "InvalidObjectState", "The operation is not valid for the object's storage class" },
	[S3_INVALID_PART] = { 400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag." },
	[S3_INVALID_PART_ORDER] = { 400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number." },
	[S3_INVALID_RANGE] = { 416, "InvalidRange", "The requested range is not satisfiable" },
	[S3_INVALID_REQUEST] = { 400, "InvalidRequest", "Invalid Request" },
	[S3_INVALID_TAG] = { 400, "InvalidTag", "The TagValue you have provided is invalid" },
	[S3_KEY_TOO_LONG] = { 400, "KeyTooLongError", "Your key is too long" },
	[S3_MALFORMED_ACL] = { 400, "MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema" },
	[S3_MALFORMED_POLICY] = { 400, "MalformedPolicy", "This policy contains invalid Json" },
	[S3_MALFORMED_XML] = { 400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema" },
	[S3_METADATA_TOO_LARGE] = { 400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size" },
	[S3_METHOD_NOT_ALLOWED] = { 405, "MethodNotAllowed", "The specified method is not allowed against this resource." },
	[S3_MISSING_CONTENT_LENGTH] = { 411, "MissingContentLength", "You must provide the Content-Length HTTP header." },
	[S3_NO_SUCH_BUCKET] = { 404, "NoSuchBucket", "The specified bucket does not exist" },
	[S3_NO_SUCH_BUCKET_POLICY] = { 404, "NoSuchBucketPolicy", "The bucket policy does not exist" },
	[S3_NO_SUCH_CORS_CONFIGURATION] = { 404, "NoSuchCORSConfiguration", "The CORS configuration does not exist" },
	[S3_NO_SUCH_ENCRYPTION_CONFIGURATION] = { 404, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found" },
	[S3_NO_SUCH_KEY] = { 404, "NoSuchKey", "The specified key does not exist." },
	[S3_NO_SUCH_LIFECYCLE_CONFIGURATION] = { 404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist" },
	[S3_NO_SUCH_OBJECT_LOCK_CONFIGURATION] = { 404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket" },
	[S3_NO_SUCH_OBJECT_LOCK] = { 404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration" },
	[S3_NO_SUCH_OWNERSHIP_CONTROLS] = { 404, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found" },
	[S3_NO_SUCH_PUBLIC_ACCESS_BLOCK] = { 404, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found" },
	[S3_NO_SUCH_TAG_SET] = { 404, "NoSuchTagSet", "The TagSet does not exist" },
	[S3_NO_SUCH_UPLOAD] = { 404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed." },
	[S3_NO_SUCH_VERSION] = { 404, "NoSuchVersion", "The specified version does not exist." },
	[S3_NO_SUCH_WEBSITE_CONFIGURATION] = { 404, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration" },
	[S3_NOT_IMPLEMENTED] = { 501, "NotImplemented", "A header you provided implies functionality that is not implemented" },
	[S3_FAILED_PRECONDITION] = { 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold" },
};
/* clang-format on */

static struct refusal *refusal_of(struct call *c, enum s3_code code)
{
	const struct definition *d = &definitions[code];

	return refuse(c->arena, d->status, d->code, "%s", d->message);
}

static PRINTF_LIKE(3, 0) struct refusal *refusal_saying(struct call *c, enum s3_code code,
                                                        const char *format, va_list args)
{
	struct buf message;

	buf_init(&message, c->arena, 4096);
	buf_vprintf(&message, format, args);
	return refuse(c->arena, definitions[code].status, definitions[code].code, "%.*s",
	              STR_ARG(buf_str(&message)));
}

err s3_fail(struct call *c, enum s3_code code, const char *field, str value)
{
	struct refusal *r = refusal_of(c, code);

	return fail_refused(c, field ? refusal_with(r, field, refusal_excerpt(value)) : r);
}

err s3_fail_saying(struct call *c, enum s3_code code, const char *format, ...)
{
	struct refusal *r;
	va_list args;

	va_start(args, format);
	r = refusal_saying(c, code, format, args);
	va_end(args);
	return fail_refused(c, r);
}

err s3_invalid_argument_error(struct call *c, const char *name, str value, const char *format, ...)
{
	struct refusal *r;
	va_list args;

	va_start(args, format);
	r = refusal_saying(c, S3_INVALID_ARGUMENT, format, args);
	va_end(args);
	r = refusal_with(r, "ArgumentName", str_from(name));
	return fail_refused(c, refusal_with(r, "ArgumentValue", refusal_excerpt(value)));
}

static int status_of(str code)
{
	for (size_t i = 0; i < S3_CODES; i++)
		if (str_eq(code, str_from(definitions[i].code)))
			return definitions[i].status;
	return 400;
}

static struct refusal *with(struct refusal *r, const char *name, str value)
{
	return value.p ? refusal_with(r, name, refusal_excerpt(value)) : r;
}

err s3_problem_error(struct call *c, const struct s3_problem *problem)
{
	struct refusal *r;

	if (!problem->code.p)
		return NULL;
	r = refuse(c->arena, status_of(problem->code), arena_cstr(c->arena, problem->code), "%.*s",
	           STR_ARG(problem->message));
	r = with(r, "ArgumentName", problem->argument_name);
	r = with(r, "ArgumentValue", problem->argument_value);
	r = with(r, "Condition", problem->condition);
	r = with(r, "Header", problem->header);
	return fail_refused(c, with(r, "additionalMessage", problem->additional_message));
}

/* The others of that name say how to compute one, or ask for one. */
static bool is_checksum(str name)
{
	static const str others[] = { STR_INIT("x-amz-checksum-algorithm"),
		                      STR_INIT("x-amz-checksum-mode"),
		                      STR_INIT("x-amz-checksum-type") };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_eq_nocase(name, others[i]))
			return false;
	return str_starts_nocase(name, STR("x-amz-checksum-"));
}

err s3_require_checksum(struct call *c)
{
	const struct request *r = c->request;

	if (!r || request_header(r, STR("content-md5")).p)
		return NULL;
	if (is_checksum(request_header(r, STR("x-amz-trailer"))))
		return NULL;
	for (size_t i = 0; i < r->header_count; i++)
		if (is_checksum(r->headers[i].name))
			return NULL;
	return s3_fail_saying(
		c, S3_INVALID_REQUEST,
		"Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}
