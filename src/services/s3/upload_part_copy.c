/*
 * UploadPartCopy: like CopyObject, only the bytes are copied outside of a transaction.
 */
#include "base/str.h"
#include "services/s3/copy_source.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/new_object.h"
#include "services/s3/part_sums.h"
#include "services/s3/range.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

struct copying {
	const struct s3_upload_part_copy_in *in;
	struct s3_upload_at at;
	struct encryption encryption;
	struct s3_copy_source source;
	struct s3_range range;
	struct s3_copied copied;
	struct s3_part_row part;
};

static err find_upload(struct call *c, struct copying *k)
{
	const struct s3_upload_part_copy_in *in = k->in;
	struct s3_upload_name name = { in->bucket, in->key, in->upload_id,
		                       in->expected_bucket_owner };
	struct cipher_customer_headers customer = { in->sse_customer_algorithm,
		                                    in->sse_customer_key,
		                                    in->sse_customer_key_md5 };

	return s3_upload_for_part(c, &name, in->part_number, &customer, &k->at, &k->encryption);
}

static err read_range(struct call *c, struct copying *k)
{
	int64_t size = k->source.object.content.size;
	struct s3_problem problem;

	k->range = (struct s3_range){ 0, size - 1 };
	if (k->in->copy_source_range.p) {
		problem = s3_copy_range_read(c->arena, k->in->copy_source_range, size, &k->range);
		if (problem.code.p)
			return s3_problem_error(c, &problem);
	}
	if (s3_range_length(k->range) <= S3_PUT_MAX)
		return NULL;
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "The specified copy source is larger than the maximum allowable size "
	                      "for a copy source: %lld",
	                      (long long)S3_PUT_MAX);
}

/* In a snapshot. */
static err prepare(struct call *c, void *arg)
{
	struct copying *k = arg;
	const struct s3_upload_part_copy_in *in = k->in;
	struct s3_copy_source_headers source = {
		.source = in->copy_source,
		.customer = { in->copy_source_sse_customer_algorithm,
		              in->copy_source_sse_customer_key,
		              in->copy_source_sse_customer_key_md5 },
		.expected_owner = in->expected_source_bucket_owner,
	};
	err e = find_upload(c, k);

	if (!e)
		e = s3_copy_source_find(c, &source, &k->source);
	return e ? e : read_range(c, k);
}

static err copy_bytes(struct call *c, struct copying *k)
{
	const struct s3_upload *u = &k->at.upload;
	struct s3_copy copy = {
		.from = &k->source.object.content,
		.from_key = &k->source.reading,
		.first = k->range.first,
		.length = s3_range_length(k->range),
		.encryption = &k->encryption,
		.context = s3_seal_context(c->arena, &k->at.bucket, k->in->key),
		.checksums = CHECKSUM_WANT_MD5,
		.algorithm = u->algorithm ? u->algorithm : CHECKSUM_CRC64NVME,
	};

	return s3_content_copy(c, &copy, &k->copied);
}

/* In a transaction, which may run twice. */
static err commit(struct call *c, void *arg)
{
	struct copying *k = arg;
	const struct s3_upload *u = &k->at.upload;
	struct content content;
	err e = find_upload(c, k);

	if (e)
		return e;
	s3_copied_keep(c, &k->copied, &content);
	k->part = (struct s3_part_row){
		.number = k->in->part_number.value,
		.modified = s3_in_seconds(c->now),
		.size = content.size,
		.etag = u->encryption == S3_SSE_C ? s3_opaque_etag(c->arena)
		                                  : s3_md5_etag(c->arena, k->copied.md5),
		.algorithm = u->algorithm,
		.checksum = u->algorithm ? k->copied.checksum : STR_NULL,
		.crc64nvme = u->algorithm ? 0 : s3_crc_of_text(c->arena, k->copied.checksum),
		.body = content.body,
		.blob = content.blob,
		.wrapped_key = content.wrapped_key,
	};
	s3_part_put(c->db, u->id, &k->part);
	return NULL;
}

static void show(struct call *c, const struct copying *k, struct s3_upload_part_copy_out *out)
{
	struct s3_copy_part_result *result = arena_new(c->arena, struct s3_copy_part_result);

	result->e_tag = s3_etag_shown(c->arena, k->part.etag);
	result->last_modified = opt_time(k->part.modified);
	S3_SHOW_CHECKSUM_VALUE(result, (&(struct s3_checksum_value){ .algorithm = k->part.algorithm,
	                                                             .value = k->part.checksum }));
	out->copy_part_result = result;
	out->copy_source_version_id =
		s3_version_shown(c->arena, &k->source.bucket, &k->source.object);
	out->server_side_encryption = s3_encryption_shown(k->at.upload.encryption);
	out->sse_customer_algorithm = k->encryption.customer_algorithm;
	out->sse_customer_key_md5 = k->encryption.customer_key_md5;
}

err s3_upload_part_copy(struct call *c, const struct s3_upload_part_copy_in *in,
                        struct s3_upload_part_copy_out *out)
{
	struct copying *k = arena_new(c->arena, struct copying);
	int tries = 0;
	err e;

	k->in = in;
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
