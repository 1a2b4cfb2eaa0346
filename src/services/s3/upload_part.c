#include "base/str.h"
#include "services/s3/content.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/new_object.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

static err find(struct call *c, const struct s3_upload_part_in *in, struct s3_upload_at *ret,
                struct encryption *ret_encryption)
{
	struct s3_upload_name name = { in->bucket, in->key, in->upload_id,
		                       in->expected_bucket_owner };
	struct cipher_customer_headers customer = { in->sse_customer_algorithm,
		                                    in->sse_customer_key,
		                                    in->sse_customer_key_md5 };

	return s3_upload_for_part(c, &name, in->part_number, &customer, ret, ret_encryption);
}

/* What the object's checksum will be made of, when the client does not bring it. */
static unsigned wanted(const struct s3_upload *u)
{
	switch (u->composite ? CHECKSUM_SHA1 : u->algorithm) {
	case CHECKSUM_NONE:
		return CHECKSUM_WANT_MD5 | CHECKSUM_ALSO_CRC64NVME;
	case CHECKSUM_CRC32:
		return CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC32;
	case CHECKSUM_CRC32C:
		return CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC32C;
	case CHECKSUM_CRC64NVME:
		return CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC64NVME;
	default:
		return CHECKSUM_WANT_MD5;
	}
}

/* A part may only leave out its checksum where the checksums of parts are nobody's business. */
static err check_algorithm(struct call *c, const struct s3_upload *u,
                           enum checksum_algorithm announced)
{
	if (!u->algorithm || announced == u->algorithm || (!announced && !u->composite))
		return NULL;
	return s3_checksum_mismatch_error(c, u->algorithm, announced);
}

err s3_prepare_upload_part(struct call *c, const struct s3_upload_part_in *in)
{
	const struct refusal *refusal;
	struct s3_upload_at at;
	struct encryption encryption;
	struct checksum *announced;
	err e = find(c, in, &at, &encryption);

	if (!e)
		e = s3_check_announced_size(c);
	if (e)
		return e;
	refusal = checksum_begin(c->arena, c->request, 0, &announced);
	e = refusal ? fail_refused(c, refusal)
	            : check_algorithm(c, &at.upload, announced->algorithm);
	if (e)
		return e;
	c->body->checksums = wanted(&at.upload);
	s3_seal_body(c, &encryption, s3_seal_context(c->arena, &at.bucket, in->key));
	return NULL;
}

static void keep(struct call *c, const struct s3_upload *u, int64_t number, struct s3_part_row *ret)
{
	const struct checksum *sum = c->body->checksum;
	struct content content;

	s3_content_keep(c, s3_sealing_of_body(c), &content);
	*ret = (struct s3_part_row){
		.number = number,
		.modified = s3_in_seconds(c->now),
		.size = content.size,
		.etag = u->encryption == S3_SSE_C ? s3_opaque_etag(c->arena)
		                                  : s3_md5_etag(c->arena, sum->md5_value),
		.algorithm = sum->algorithm,
		.checksum = sum->value,
		.crc64nvme = u->algorithm ? 0 : sum->crc64nvme,
		.body = content.body,
		.blob = content.blob,
		.wrapped_key = content.wrapped_key,
	};
	s3_part_put(c->db, u->id, ret);
}

err s3_upload_part(struct call *c, const struct s3_upload_part_in *in,
                   struct s3_upload_part_out *out)
{
	struct s3_upload_at at;
	struct encryption encryption;
	struct s3_part_row part;
	err e;

	if (!c->body)
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "UploadPart from within Menagerie is not built; nothing was "
		                      "done.");
	e = find(c, in, &at, &encryption);
	if (!e)
		e = s3_check_put_size(c, c->body->size);
	if (e)
		return e;
	keep(c, &at.upload, in->part_number.value, &part);
	out->e_tag = s3_etag_shown(c->arena, part.etag);
	S3_SHOW_CHECKSUM_VALUE(out, (&(struct s3_checksum_value){ .algorithm = part.algorithm,
	                                                          .value = part.checksum }));
	out->server_side_encryption = s3_encryption_shown(at.upload.encryption);
	out->sse_customer_algorithm = encryption.customer_algorithm;
	out->sse_customer_key_md5 = encryption.customer_key_md5;
	return NULL;
}
