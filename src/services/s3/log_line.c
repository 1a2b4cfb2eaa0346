#include "services/s3/log_line.h"

#include "base/encoding.h"
#include "base/str.h"
#include "base/timestamp.h"

static str or_dash(str s)
{
	return s.n ? s : STR("-");
}

/* 06/Feb/2019:00:00:38 +0000, of `Wed, 06 Feb 2019 00:00:38 GMT`. */
static void put_time(struct buf *b, struct arena *a, int64_t time)
{
	str t = timestamp_to_http(a, time);

	buf_printf(b, "[%.*s/%.*s/%.*s:%.*s +0000]", STR_ARG(str_from_to(t, 5, 7)),
	           STR_ARG(str_from_to(t, 8, 11)), STR_ARG(str_from_to(t, 12, 16)),
	           STR_ARG(str_from_to(t, 17, 25)));
}

/* What a client says must not end the field, nor the line. */
static void put_said(struct buf *b, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c < ' ' || c == 0x7f)
			buf_printf(b, "%%%02X", c);
		else
			buf_putc(b, (char)c);
	}
}

static void put_quoted(struct buf *b, str s)
{
	buf_putc(b, '"');
	put_said(b, or_dash(s));
	buf_putc(b, '"');
}

static void put_number(struct buf *b, int64_t number, bool is_there)
{
	if (is_there)
		buf_printf(b, " %lld", (long long)number);
	else
		buf_put(b, STR(" -"));
}

static void put_word(struct buf *b, str s)
{
	buf_putc(b, ' ');
	if (str_find(s, ' ', 0) < 0)
		put_said(b, or_dash(s));
	else
		buf_putc(b, '-');
}

/* Encoded twice, as S3 documents it. */
static void put_key(struct buf *b, struct arena *a, str key)
{
	struct buf once;

	buf_init(&once, a, SIZE_MAX);
	uri_put(&once, key, URI_PATH);
	buf_putc(b, ' ');
	if (key.n)
		uri_put(b, buf_str(&once), URI_PATH);
	else
		buf_putc(b, '-');
}

static void put_request(struct buf *b, const struct s3_log_line *line)
{
	if (line->is_batched) {
		buf_put(b, STR(" -"));
		return;
	}
	buf_put(b, STR(" \""));
	put_said(b, line->method);
	buf_putc(b, ' ');
	put_said(b, line->target);
	buf_put(b, STR(" HTTP/1.1\""));
}

static void put_client(struct buf *b, const struct s3_log_line *line)
{
	if (line->is_batched) {
		buf_put(b, STR(" - -"));
		return;
	}
	buf_putc(b, ' ');
	put_quoted(b, line->referer);
	buf_putc(b, ' ');
	put_quoted(b, line->user_agent);
}

/* The time until the first byte, the cipher and the version of TLS are never known here, and there are no
 * access points. */
void s3_log_line_put(struct buf *b, struct arena *a, const struct s3_log_line *line)
{
	buf_put(b, or_dash(line->owner));
	put_word(b, line->bucket);
	buf_putc(b, ' ');
	put_time(b, a, line->time);
	put_word(b, line->peer);
	put_word(b, line->requester);
	put_word(b, line->request_id);
	put_word(b, line->operation);
	put_key(b, a, line->key);
	put_request(b, line);
	put_number(b, line->status, line->status > 0);
	put_word(b, line->error_code);
	put_number(b, line->sent, line->sent > 0);
	put_number(b, line->object_size, line->object_size >= 0);
	put_number(b, line->total_ms, !line->is_batched);
	buf_put(b, STR(" -"));
	put_client(b, line);
	put_word(b, line->version_id);
	put_word(b, line->host_id);
	put_word(b, line->authentication.n ? STR("SigV4") : STR("-"));
	buf_put(b, STR(" -"));
	put_word(b, line->authentication);
	put_word(b, line->host);
	buf_put(b, STR(" - -"));
	put_word(b, line->acl_was_needed ? STR("Yes") : STR("-"));
	buf_putc(b, '\n');
}

/*
 * Operations.
 */

struct resource {
	const char *operation, *name;
};

static const struct resource whole[] = {
	{ "CopyObject", "REST.COPY.OBJECT" },
	{ "DeleteObjects", "REST.POST.MULTI_OBJECT_DELETE" },
	{ "OptionsBucket", "REST.OPTIONS.PREFLIGHT" },
	{ "OptionsObject", "REST.OPTIONS.PREFLIGHT" },
	{ "UploadPartCopy", "REST.COPY.PART" },
};

static const struct resource resources[] = {
	{ "AbortMultipartUpload", "UPLOAD" },
	{ "CompleteMultipartUpload", "UPLOAD" },
	{ "CreateBucket", "BUCKET" },
	{ "CreateMultipartUpload", "UPLOADS" },
	{ "DeleteBucket", "BUCKET" },
	{ "DeleteBucketCors", "CORS" },
	{ "DeleteBucketEncryption", "ENCRYPTION" },
	{ "DeleteBucketLifecycle", "LIFECYCLE" },
	{ "DeleteBucketOwnershipControls", "OWNERSHIP_CONTROLS" },
	{ "DeleteBucketPolicy", "BUCKETPOLICY" },
	{ "DeleteBucketTagging", "TAGGING" },
	{ "DeleteBucketWebsite", "WEBSITE" },
	{ "DeleteObjectTagging", "OBJECT_TAGGING" },
	{ "DeletePublicAccessBlock", "PUBLIC_ACCESS_BLOCK" },
	{ "GetBucketAcl", "ACL" },
	{ "GetBucketCors", "CORS" },
	{ "GetBucketEncryption", "ENCRYPTION" },
	{ "GetBucketLifecycleConfiguration", "LIFECYCLE" },
	{ "GetBucketLocation", "LOCATION" },
	{ "GetBucketLogging", "LOGGING_STATUS" },
	{ "GetBucketOwnershipControls", "OWNERSHIP_CONTROLS" },
	{ "GetBucketPolicy", "BUCKETPOLICY" },
	{ "GetBucketPolicyStatus", "POLICY_STATUS" },
	{ "GetBucketRequestPayment", "REQUEST_PAYMENT" },
	{ "GetBucketTagging", "TAGGING" },
	{ "GetBucketVersioning", "VERSIONING" },
	{ "GetBucketWebsite", "WEBSITE" },
	{ "GetObjectAcl", "ACL" },
	{ "GetObjectAttributes", "OBJECT_ATTRIBUTES" },
	{ "GetObjectLegalHold", "LEGAL_HOLD" },
	{ "GetObjectLockConfiguration", "OBJECT_LOCK_CONFIGURATION" },
	{ "GetObjectRetention", "RETENTION" },
	{ "GetObjectTagging", "OBJECT_TAGGING" },
	{ "GetPublicAccessBlock", "PUBLIC_ACCESS_BLOCK" },
	{ "HeadBucket", "BUCKET" },
	{ "ListMultipartUploads", "UPLOADS" },
	{ "ListObjectVersions", "BUCKETVERSIONS" },
	{ "ListObjects", "BUCKET" },
	{ "ListObjectsV2", "BUCKET" },
	{ "ListParts", "UPLOAD" },
	{ "PutBucketAcl", "ACL" },
	{ "PutBucketCors", "CORS" },
	{ "PutBucketEncryption", "ENCRYPTION" },
	{ "PutBucketLifecycleConfiguration", "LIFECYCLE" },
	{ "PutBucketLogging", "LOGGING_STATUS" },
	{ "PutBucketOwnershipControls", "OWNERSHIP_CONTROLS" },
	{ "PutBucketPolicy", "BUCKETPOLICY" },
	{ "PutBucketRequestPayment", "REQUEST_PAYMENT" },
	{ "PutBucketTagging", "TAGGING" },
	{ "PutBucketVersioning", "VERSIONING" },
	{ "PutBucketWebsite", "WEBSITE" },
	{ "PutObjectAcl", "ACL" },
	{ "PutObjectLegalHold", "LEGAL_HOLD" },
	{ "PutObjectLockConfiguration", "OBJECT_LOCK_CONFIGURATION" },
	{ "PutObjectRetention", "RETENTION" },
	{ "PutObjectTagging", "OBJECT_TAGGING" },
	{ "PutPublicAccessBlock", "PUBLIC_ACCESS_BLOCK" },
	{ "UploadPart", "PART" },
};

static const char *find(const struct resource *all, size_t n, str operation)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(operation, str_from(all[i].operation)))
			return all[i].name;
	return NULL;
}

str s3_log_operation(struct arena *a, str operation, str method)
{
	const char *name = find(whole, ARRAY_LEN(whole), operation);

	if (name)
		return str_from(name);
	if (str_starts(operation, STR("GetWebsite")))
		return arena_printf(a, "WEBSITE.%.*s.OBJECT", STR_ARG(method));
	name = find(resources, ARRAY_LEN(resources), operation);
	return arena_printf(a, "REST.%.*s.%s", STR_ARG(method), name ? name : "OBJECT");
}

/*
 * Keys.
 */

str s3_log_key(struct arena *a, const struct s3_log_key *k)
{
	bool is_day = k->partition == S3_LOG_BY_EVENT;
	str t = timestamp_to_iso8601(a, is_day ? k->event : k->delivery); /* 2026-11-23T21:12:00Z */
	str day = str_from_to(t, 0, 10), time = str_from_to(t, 11, 19);
	str folder = STR("");

	if (k->partition != S3_LOG_SIMPLE)
		folder = arena_printf(
			a, "%.*s/%.*s/%.*s/%.*s/%.*s/%.*s/", STR_ARG(k->account),
			STR_ARG(k->region), STR_ARG(k->bucket), STR_ARG(str_from_to(day, 0, 4)),
			STR_ARG(str_from_to(day, 5, 7)), STR_ARG(str_from_to(day, 8, 10)));
	if (is_day)
		time = STR("00:00:00");
	return arena_printf(a, "%.*s%.*s%.*s-%.*s-%.*s-%.*s-%.*s", STR_ARG(k->prefix),
	                    STR_ARG(folder), STR_ARG(day), STR_ARG(str_from_to(time, 0, 2)),
	                    STR_ARG(str_from_to(time, 3, 5)), STR_ARG(str_from_to(time, 6, 8)),
	                    STR_ARG(k->unique));
}
