#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/get.h"
#include "services/s3/s3.h"

/* The other meaning of these headers is what an object is to be encrypted with. */
static err refuse_write_headers(struct call *c)
{
	str sent = c->request ? request_header(c->request, STR("x-amz-server-side-encryption"))
	                      : STR_NULL;

	if (!sent.p)
		return NULL;
	return s3_invalid_argument_error(
		c, "x-amz-server-side-encryption", sent,
		"x-amz-server-side-encryption header is not supported for this operation.");
}

static err check_overrides(struct call *c, const struct s3_overrides *o)
{
	bool has_any = o->cache_control.p || o->content_disposition.p || o->content_encoding.p ||
	               o->content_language.p || o->content_type.p || o->expires.p;

	if (!has_any || !c->identity.anonymous)
		return NULL;
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "Request specific response headers cannot be used for anonymous GET "
	                      "requests.");
}

static str date(struct call *c, struct opt_time t)
{
	return t.set ? timestamp_to_http(c->arena, t.value) : STR_NULL;
}

/* GetObject's and HeadObject's structs are two types with the same members. */
#define REQUEST_OF(c, in)                                                                 \
	{                                                                                 \
		.bucket = (in)->bucket, .key = (in)->key, .version_id = (in)->version_id, \
		.expected_owner = (in)->expected_bucket_owner, .part = (in)->part_number, \
		.customer = { (in)->sse_customer_algorithm, (in)->sse_customer_key,       \
			      (in)->sse_customer_key_md5 },                               \
		.wants_checksum = str_eq_nocase((in)->checksum_mode, STR("ENABLED")),     \
		.status = 200,                                                            \
		.instead = {                                                              \
			.cache_control = (in)->response_cache_control,                    \
			.content_disposition = (in)->response_content_disposition,        \
			.content_encoding = (in)->response_content_encoding,              \
			.content_language = (in)->response_content_language,              \
			.content_type = (in)->response_content_type,                      \
			.expires = date(c, (in)->response_expires),                       \
		},                                                                        \
	}

static err get(struct call *c, struct s3_get *get, struct s3_get_object_out *out)
{
	struct bucket b;
	struct object o;
	err e = check_overrides(c, &get->instead);

	if (!e)
		e = refuse_write_headers(c);
	if (e)
		return e;
	s3_get_read_headers(c, get);
	do {
		e = s3_get_find(c, get, &b, &o);
		if (!e)
			e = s3_get_reply(c, get, &b, &o, out);
	} while (s3_get_again(c, get));
	return e;
}

err s3_get_object(struct call *c, const struct s3_get_object_in *in, struct s3_get_object_out *out)
{
	struct s3_get request = REQUEST_OF(c, in);

	return get(c, &request, out);
}

/* The headers are those of GetObject, made by the same hand. */
err s3_head_object(struct call *c, const struct s3_head_object_in *in,
                   struct s3_head_object_out *out)
{
	struct s3_get request = REQUEST_OF(c, in);
	struct s3_get_object_out found;
	err e;

	(void)out;
	request.is_head = true;
	e = get(c, &request, &found);
	if (!e)
		s3_get_write_headers(c, &found);
	return e;
}
