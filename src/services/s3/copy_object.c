/*
 * CopyObject. Of the three steps, only the second is slow, and only it is outside of a transaction: what
 * the copy will be, in a snapshot; its bytes; its row.
 */
#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/access.h"
#include "services/s3/copy_source.h"
#include "services/s3/errors.h"
#include "services/s3/new_object.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"
#include "services/s3/upload.h"

struct copying {
	const struct s3_copy_object_in *in;
	bool replaces_metadata, replaces_tags;
	struct s3_copy_source source;
	struct s3_new_headers headers;
	struct s3_new_object new;
	struct encryption encryption;
	enum checksum_algorithm algorithm; /* the copy's */
	struct s3_copied copied;
	struct object object;
	str expiration;
};

static err directive(struct call *c, const char *header, const char *what, str value,
                     bool *ret_replaces)
{
	*ret_replaces = str_eq(value, STR("REPLACE"));
	if (!value.p || *ret_replaces || str_eq(value, STR("COPY")))
		return NULL;
	return s3_invalid_argument_error(c, header, value, "Unknown %s directive.", what);
}

static err read_directives(struct call *c, struct copying *k)
{
	err e = directive(c, "x-amz-metadata-directive", "metadata", k->in->metadata_directive,
	                  &k->replaces_metadata);

	return e ? e
	         : directive(c, "x-amz-tagging-directive", "tagging", k->in->tagging_directive,
	                     &k->replaces_tags);
}

static str expires_of(struct call *c, const struct s3_copy_object_in *in)
{
	str sent = c->request ? request_header(c->request, STR("expires")) : STR_NULL;

	if (sent.p || !in->expires.set)
		return sent;
	return timestamp_to_http(c->arena, in->expires.value);
}

static void read_headers(struct call *c, const struct s3_copy_object_in *in,
                         struct s3_new_headers *ret)
{
	*ret = (struct s3_new_headers){
		.metadata = { .cache_control = in->cache_control,
		              .content_disposition = in->content_disposition,
		              .content_encoding = in->content_encoding,
		              .content_language = in->content_language,
		              .content_type = in->content_type,
		              .expires = expires_of(c, in),
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

/* The class and the redirect never go along: they are the request's, with or without REPLACE. */
static void inherit(struct call *c, struct copying *k)
{
	const struct object *o = &k->source.object;

	read_headers(c, k->in, &k->headers);
	if (!k->replaces_metadata)
		s3_metadata_from_text(c->arena, o->metadata, &k->headers.metadata);
	if (!k->replaces_tags)
		k->headers.tagging = o->tags;
	k->headers.metadata.redirect_location = k->in->website_redirect_location;
	k->headers.metadata.storage_class = k->in->storage_class;
}

static err allow_tags(struct call *c, const struct copying *k)
{
	const struct s3_copy_source *s = &k->source;
	struct s3_want want = { .action = s->version_id.n ? "s3:GetObjectVersionTagging"
		                                          : "s3:GetObjectTagging",
		                .key = s->key,
		                .object = &s->object };

	return k->replaces_tags || !s->object.tags.p ? NULL : s3_allow(c, &s->bucket, &want);
}

static err check_changes(struct call *c, const struct copying *k)
{
	const struct s3_copy_object_in *in = k->in;
	const struct s3_copy_source *s = &k->source;

	if (s->bucket.id != k->new.bucket.id || !str_eq(s->key, in->key) || s->version_id.n ||
	    k->replaces_metadata || in->storage_class.p || in->website_redirect_location.p ||
	    in->server_side_encryption.p || in->sse_customer_algorithm.p ||
	    in->copy_source_sse_customer_algorithm.p || in->checksum_algorithm.p ||
	    k->encryption.kind != s->object.content.encryption)
		return NULL;
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "This copy request is illegal because it is trying to copy an object "
	                      "to itself without changing the object's metadata, storage class, "
	                      "website redirect location or encryption attributes.");
}

static err check_size(struct call *c, const struct object *o)
{
	if (o->content.size <= S3_PUT_MAX)
		return NULL;
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "The specified copy source is larger than the maximum allowable size "
	                      "for a copy source: %lld",
	                      (long long)S3_PUT_MAX);
}

static err read_algorithm(struct call *c, struct copying *k)
{
	str name = k->in->checksum_algorithm;

	k->algorithm = k->source.object.checksum.algorithm;
	if (!name.p && !k->algorithm)
		k->algorithm = CHECKSUM_CRC64NVME;
	if (!name.p || checksum_from_name(name, &k->algorithm))
		return NULL;
	return s3_fail_saying(
		c, S3_INVALID_REQUEST,
		"Checksum algorithm provided is unsupported. Please try again with any "
		"of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}

/* In a snapshot. */
static err prepare(struct call *c, void *arg)
{
	struct copying *k = arg;
	const struct s3_copy_object_in *in = k->in;
	struct s3_copy_source_headers source = {
		.source = in->copy_source,
		.customer = { in->copy_source_sse_customer_algorithm,
		              in->copy_source_sse_customer_key,
		              in->copy_source_sse_customer_key_md5 },
		.expected_owner = in->expected_source_bucket_owner,
	};
	err e = s3_copy_source_find(c, &source, &k->source);

	if (e)
		return e;
	inherit(c, k);
	e = s3_new_object_check(c, in->bucket, in->key, &k->headers, &k->new);
	if (!e)
		e = allow_tags(c, k);
	if (!e)
		e = s3_encryption_wanted(c, &k->new.bucket, &k->headers.encryption, &k->encryption);
	if (!e)
		e = check_changes(c, k);
	if (!e)
		e = check_size(c, &k->source.object);
	if (!e)
		e = read_algorithm(c, k);
	return e ? e : s3_new_object_conditions(c, &k->new, &k->headers);
}

/* What the source's entity tag says is only of use when it is the MD5 of the whole. */
static bool has_md5(const struct object *o)
{
	return !o->parts && o->content.encryption != S3_SSE_C;
}

static bool has_checksum(const struct copying *k)
{
	const struct s3_checksum_value *sum = &k->source.object.checksum;

	return sum->algorithm == k->algorithm && !sum->composite && sum->value.n;
}

static err copy_bytes(struct call *c, struct copying *k)
{
	const struct object *o = &k->source.object;
	struct s3_copy copy = {
		.from = &o->content,
		.from_key = &k->source.reading,
		.length = o->content.size,
		.encryption = &k->encryption,
		.context = s3_seal_context(c->arena, &k->new.bucket, k->new.key),
		.algorithm = has_checksum(k) ? CHECKSUM_NONE : k->algorithm,
	};

	if (k->encryption.kind != S3_SSE_C && !has_md5(o))
		copy.checksums = CHECKSUM_WANT_MD5;
	return s3_content_copy(c, &copy, &k->copied);
}

static str etag_of_copy(struct call *c, const struct copying *k)
{
	if (k->encryption.kind == S3_SSE_C)
		return s3_opaque_etag(c->arena);
	return has_md5(&k->source.object) ? k->source.object.etag
	                                  : s3_md5_etag(c->arena, k->copied.md5);
}

/* In a transaction, which may run twice. */
static err commit(struct call *c, void *arg)
{
	struct copying *k = arg;
	err e = s3_new_object_check(c, k->in->bucket, k->in->key, &k->headers, &k->new);

	if (e)
		return e;
	k->object = (struct object){
		.etag = etag_of_copy(c, k),
		.checksum = { .algorithm = k->algorithm,
		              .value = has_checksum(k) ? k->source.object.checksum.value
		                                       : k->copied.checksum },
	};
	e = s3_new_object_conditions(c, &k->new, &k->headers);
	if (e)
		return e;
	s3_copied_keep(c, &k->copied, &k->object.content);
	s3_new_object_put(c, &k->new, &k->object);
	k->expiration = s3_expiration_shown(c, &k->new.bucket, &k->object);
	return NULL;
}

static void show(struct call *c, const struct copying *k, struct s3_copy_object_out *out)
{
	struct s3_copy_object_result *result = arena_new(c->arena, struct s3_copy_object_result);
	const struct object *o = &k->object;

	result->e_tag = s3_etag_shown(c->arena, o->etag);
	result->last_modified = opt_time(o->modified);
	S3_SHOW_CHECKSUM(result, &o->checksum);
	out->copy_object_result = result;
	out->version_id = s3_new_version_shown(c->arena, o);
	out->copy_source_version_id =
		s3_version_shown(c->arena, &k->source.bucket, &k->source.object);
	out->server_side_encryption = s3_encryption_shown(o->content.encryption);
	out->sse_customer_algorithm = k->encryption.customer_algorithm;
	out->sse_customer_key_md5 = k->encryption.customer_key_md5;
	out->expiration = k->expiration;
}

err s3_copy_object(struct call *c, const struct s3_copy_object_in *in,
                   struct s3_copy_object_out *out)
{
	struct copying *k = arena_new(c->arena, struct copying);
	int tries = 0;
	err e;

	k->in = in;
	e = read_directives(c, k);
	if (e)
		return e;
	do {
		e = call_read(c, prepare, k);
		if (!e)
			e = copy_bytes(c, k);
	} while (s3_copy_again(&k->copied, &tries));
	if (!e)
		e = call_write(c, commit, k);
	if (!e)
		show(c, k, out);
	return e;
}
