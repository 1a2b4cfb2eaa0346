#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/new_object.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

static str expires_of(struct call *c, const struct s3_create_multipart_upload_in *in)
{
	str sent = c->request ? request_header(c->request, STR("expires")) : STR_NULL;

	if (sent.p || !in->expires.set)
		return sent;
	return timestamp_to_http(c->arena, in->expires.value);
}

static void read_headers(struct call *c, const struct s3_create_multipart_upload_in *in,
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
		.expected_owner = in->expected_bucket_owner,
	};
}

/* CRC-64 is only of the whole; nobody can make a hash of the whole of those of its parts. */
static err read_checksum(struct call *c, const struct s3_create_multipart_upload_in *in,
                         struct s3_upload *u)
{
	str type = in->checksum_type;
	bool is_whole = str_eq(type, STR("FULL_OBJECT"));

	if (!in->checksum_algorithm.p)
		return !type.p ? NULL
		               : s3_fail_saying(c, S3_INVALID_REQUEST,
		                                "The x-amz-checksum-type header can only be used "
		                                "with the x-amz-checksum-algorithm header.");
	if (!checksum_from_name(in->checksum_algorithm, &u->algorithm))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"Checksum algorithm provided is unsupported. Please try again with any of "
			"the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
	if (type.p && !is_whole && !str_eq(type, STR("COMPOSITE")))
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Value for x-amz-checksum-type header is invalid.");
	u->composite = type.p ? !is_whole : u->algorithm != CHECKSUM_CRC64NVME;
	if (u->composite ? u->algorithm == CHECKSUM_CRC64NVME
	                 : u->algorithm == CHECKSUM_SHA1 || u->algorithm == CHECKSUM_SHA256)
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The %.*s checksum type cannot be used with the %.*s checksum algorithm.",
			STR_ARG(type), STR_ARG(s3_checksum_spelled(c->arena, u->algorithm)));
	return NULL;
}

static void fill(struct call *c, const struct s3_new_object *new,
                 const struct encryption *encryption, struct s3_upload *u)
{
	u->id = s3_next(c->db);
	u->nonce = s3_new_nonce();
	u->bucket = new->bucket.id;
	u->key = new->key;
	u->state = S3_UPLOAD_OPEN;
	u->initiated = s3_in_seconds(c->now);
	u->account = c->identity.account;
	u->owner = new->owner;
	u->encryption = encryption->kind;
	if (encryption->kind == S3_SSE_C) {
		unsigned char *mark = arena_alloc(c->arena, CIPHER_MARK_SIZE);

		cipher_mark(encryption->key, mark);
		u->key_mark = (str){ (const char *)mark, CIPHER_MARK_SIZE };
	}
	u->metadata = new->metadata;
	u->tags = new->tags;
	u->acl = new->acl;
	u->legal_hold = new->lock.legal_hold;
	u->retention = (enum s3_retention) new->lock.retention;
	u->retain_until = new->lock.retain_until;
}

static void insert(struct db *db, const struct s3_upload *u)
{
	db_run(db,
	       "INSERT INTO s3_upload (id, nonce, bucket, key, state, object, initiated, account, "
	       "owner, checksum_algorithm, checksum_composite, encryption, key_mark, metadata, tags, "
	       "acl, legal_hold, retention, retain_until) "
	       "VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	       db_int(u->id), db_int(u->nonce), db_int(u->bucket), db_text(u->key),
	       db_int(u->state), db_int(u->initiated), db_text(u->account), db_text(u->owner),
	       db_int(u->algorithm), db_int(u->composite), db_int(u->encryption),
	       db_blob(u->key_mark), db_text(u->metadata), db_text(u->tags), db_text(u->acl),
	       db_int(u->legal_hold), db_int(u->retention), db_int(u->retain_until));
}

err s3_create_multipart_upload(struct call *c, const struct s3_create_multipart_upload_in *in,
                               struct s3_create_multipart_upload_out *out)
{
	struct s3_new_headers headers;
	struct s3_new_object new;
	struct encryption encryption;
	struct s3_upload u = { 0 };
	err e;

	read_headers(c, in, &headers);
	e = s3_new_object_check(c, in->bucket, in->key, &headers, &new);
	if (!e)
		e = s3_encryption_wanted(c, &new.bucket, &headers.encryption, &encryption);
	if (!e)
		e = read_checksum(c, in, &u);
	if (e)
		return e;
	fill(c, &new, &encryption, &u);
	insert(c->db, &u);
	out->bucket = new.bucket.name;
	out->key = u.key;
	out->upload_id = s3_id_text(c->arena, u.id, u.nonce);
	out->server_side_encryption = s3_encryption_shown(u.encryption);
	out->sse_customer_algorithm = encryption.customer_algorithm;
	out->sse_customer_key_md5 = encryption.customer_key_md5;
	out->checksum_algorithm = s3_upload_algorithm_shown(&u);
	out->checksum_type = s3_upload_checksum_type_shown(&u);
	s3_abort_shown(c, &new.bucket, &u, &out->abort_date, &out->abort_rule_id);
	return NULL;
}
