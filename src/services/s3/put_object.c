#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/new_object.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

static str expires_of(struct call *c, const struct s3_put_object_in *in)
{
	str sent = c->request ? request_header(c->request, STR("expires")) : STR_NULL;

	if (sent.p || !in->expires.set)
		return sent;
	return timestamp_to_http(c->arena, in->expires.value);
}

static void read_headers(struct call *c, const struct s3_put_object_in *in,
                         struct s3_new_headers *ret)
{
	*ret = (struct s3_new_headers){
		.metadata = { .cache_control = in->cache_control,
		              .content_disposition = in->content_disposition,
		              .content_encoding = in->content_encoding,
		              .content_language = in->content_language,
		              .content_type = in->content_type,
		              .expires = expires_of(c, in),
		              .redirect_location = in->website_redirect_location,
		              .storage_class = in->storage_class,
		              .user = in->metadata },
		.tagging = in->tagging,
		.acl = in->acl,
		.grants = { .full_control = in->grant_full_control,
		            .read = in->grant_read,
		            .read_acp = in->grant_read_acp,
		            .write_acp = in->grant_write_acp },
		.lock_mode = in->object_lock_mode,
		.legal_hold = in->object_lock_legal_hold_status,
		.retain_until = in->object_lock_retain_until_date,
		.encryption = { .sse = in->server_side_encryption,
		                .kms_key_id = in->ssekms_key_id,
		                .kms_context = in->ssekms_encryption_context,
		                .bucket_key = opt_true(in->bucket_key_enabled),
		                .customer = { in->sse_customer_algorithm, in->sse_customer_key,
		                              in->sse_customer_key_md5 } },
		.if_match = in->if_match,
		.if_none_match = in->if_none_match,
		.expected_owner = in->expected_bucket_owner,
	};
}

/* Of the payload, or -1. */
static int64_t announced_size(const struct request *r)
{
	str decoded = request_header(r, STR("x-amz-decoded-content-length"));
	int64_t size;

	return decoded.p && str_to_i64(decoded, &size) ? size : r->content_length;
}

/* A client that sends no length at all may have meant an empty body, but S3 wants it said. */
err s3_check_announced_size(struct call *c)
{
	int64_t size = announced_size(c->request);

	if (size < 0 || (size == 0 && !request_header(c->request, STR("content-length")).p &&
	                 !request_header(c->request, STR("transfer-encoding")).p))
		return s3_fail(c, S3_MISSING_CONTENT_LENGTH, NULL, STR_NULL);
	return s3_check_put_size(c, size);
}

err s3_prepare_put_object(struct call *c, const struct s3_put_object_in *in)
{
	struct s3_new_headers headers;
	struct s3_new_object new;
	err e = s3_check_announced_size(c);

	read_headers(c, in, &headers);
	if (!e)
		e = s3_new_object_check(c, in->bucket, in->key, &headers, &new);
	if (!e && in->write_offset_bytes.set)
		e = s3_fail(c, S3_NOT_IMPLEMENTED, "Header", STR("x-amz-write-offset-bytes"));
	return e ? e : s3_new_object_seal(c, &new, &headers);
}

err s3_put_object(struct call *c, const struct s3_put_object_in *in, struct s3_put_object_out *out)
{
	struct s3_new_headers headers;
	struct s3_new_object new;
	struct object o;
	err e;

	if (!c->body)
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "PutObject from within Menagerie is not built; nothing was "
		                      "done.");
	read_headers(c, in, &headers);
	e = s3_new_object_check(c, in->bucket, in->key, &headers, &new);
	if (!e)
		e = s3_new_object_put_body(c, &new, &headers, &o);
	if (e)
		return e;
	out->e_tag = s3_etag_shown(c->arena, o.etag);
	out->version_id = s3_new_version_shown(c->arena, &o);
	S3_SHOW_CHECKSUM(out, &o.checksum);
	out->server_side_encryption = s3_encryption_shown(o.content.encryption);
	if (o.content.encryption == S3_SSE_C) {
		out->sse_customer_algorithm = in->sse_customer_algorithm;
		out->sse_customer_key_md5 = in->sse_customer_key_md5;
	}
	out->expiration = s3_expiration_shown(c, &new.bucket, &o);
	return NULL;
}
