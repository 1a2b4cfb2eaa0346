/*
 * CompleteMultipartUpload. No byte is moved: the object's content is the upload, whose parts are told
 * where in the object they begin.
 */
#include "base/str.h"
#include "services/s3/completed_parts.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/new_object.h"
#include "services/s3/part_sums.h"
#include "services/s3/precondition.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

struct completing {
	const struct s3_complete_multipart_upload_in *in;
	const struct s3_completed_part_list *list;
	struct s3_upload_at at;
	struct s3_checksum_value announced; /* by a header; its value without the number of parts */
	struct s3_part_row *rows;           /* all there are */
	size_t row_count;
	struct s3_part_row *parts; /* those of the list, as many as it has */
	int64_t size;
	struct object object;
};

/*
 * The checksum that the request announces.
 */

static struct s3_completed_part headers_of(const struct s3_complete_multipart_upload_in *in)
{
	return (struct s3_completed_part){
		.checksum_crc32 = in->checksum_crc32,
		.checksum_crc32_c = in->checksum_crc32_c,
		.checksum_crc64_nvme = in->checksum_crc64_nvme,
		.checksum_sha1 = in->checksum_sha1,
		.checksum_sha256 = in->checksum_sha256,
		.checksum_sha512 = in->checksum_sha512,
		.checksum_md5 = in->checksum_md5,
		.checksum_xxhash64 = in->checksum_xxhash64,
		.checksum_xxhash3 = in->checksum_xxhash3,
		.checksum_xxhash128 = in->checksum_xxhash128,
	};
}

static err bad_digest(struct call *c, const struct completing *k)
{
	return s3_fail_saying(c, S3_BAD_DIGEST,
	                      "The %.*s you specified did not match the calculated checksum.",
	                      STR_ARG(s3_checksum_spelled(c->arena, k->announced.algorithm)));
}

/* A composite one may have the number of parts behind it. */
static err cut_number(struct call *c, struct completing *k)
{
	ptrdiff_t dash = str_rfind(k->announced.value, '-');
	int64_t number;

	if (dash < 0)
		return NULL;
	if (!str_to_i64(str_after(k->announced.value, (size_t)dash + 1), &number))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST, "Value for x-amz-checksum-%.*s header is invalid.",
			STR_ARG(s3_checksum_spelled(c->arena, k->announced.algorithm)));
	k->announced.value.n = (size_t)dash;
	return number == (int64_t)k->list->n ? NULL : bad_digest(c, k);
}

static err read_announced(struct call *c, struct completing *k)
{
	struct s3_completed_part headers = headers_of(k->in);
	const struct s3_upload *u = &k->at.upload;
	int count = s3_checksums_of_entry(&headers, &k->announced);
	err e;

	if (!count)
		return NULL;
	if (count > 1)
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"Expecting a single x-amz-checksum- header. Multiple checksum "
			"Types are not allowed.");
	if (!k->announced.algorithm)
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The algorithm type you specified in x-amz-checksum- header is "
			"invalid.");
	if (u->algorithm && u->algorithm != k->announced.algorithm)
		return s3_checksum_mismatch_error(c, u->algorithm, k->announced.algorithm);
	e = u->algorithm && !u->composite ? NULL : cut_number(c, k);
	if (!e && !s3_checksum_valid(c->arena, k->announced.algorithm, k->announced.value))
		e = s3_fail_saying(c, S3_INVALID_REQUEST,
		                   "Value for x-amz-checksum-%.*s header is invalid.",
		                   STR_ARG(s3_checksum_spelled(c->arena, k->announced.algorithm)));
	return e;
}

static err check_type(struct call *c, const struct completing *k)
{
	const struct s3_upload *u = &k->at.upload;
	str type = k->in->checksum_type;
	str want = s3_upload_checksum_type_shown(u);

	if (!type.p || str_eq(type, want))
		return NULL;
	if (!str_eq(type, STR("COMPOSITE")) && !str_eq(type, STR("FULL_OBJECT")))
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Value for x-amz-checksum-type header is invalid.");
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "The upload was created using the %.*s checksum mode. The complete "
	                      "request must use the same checksum mode.",
	                      STR_ARG(want.p ? want : STR("null")));
}

/*
 * The object's checksum.
 */

/* Made of what the request says, not of what is there: so S3 does, which then calls a wrong part a
 * wrong whole. */
static str composite_of_list(struct call *c, const struct completing *k)
{
	str *sums = arena_array(c->arena, str, k->list->n);

	for (size_t i = 0; i < k->list->n; i++) {
		struct s3_checksum_value sum;

		s3_checksums_of_entry(&k->list->items[i], &sum);
		sums[i] = sum.value;
	}
	return s3_composite_checksum(c->arena, k->at.upload.algorithm, sums, k->list->n);
}

static err check_composite(struct call *c, struct completing *k)
{
	const struct s3_upload *u = &k->at.upload;
	str value;
	err e = s3_completed_list_checksums(c, u, k->list);

	if (e || !u->composite)
		return e;
	value = composite_of_list(c, k);
	k->object.checksum = (struct s3_checksum_value){
		.algorithm = u->algorithm,
		.composite = true,
		.value = arena_printf(c->arena, "%.*s-%zu", STR_ARG(value), k->list->n),
	};
	return !k->announced.algorithm || str_eq(k->announced.value, value) ? NULL
	                                                                    : bad_digest(c, k);
}

/* An upload without an algorithm can have parts with checksums, and end with one of them. */
static err check_foreign(struct call *c, const struct completing *k)
{
	enum checksum_algorithm algorithm = k->announced.algorithm;
	struct s3_upload other = { .algorithm = algorithm };
	size_t n = k->list->n;
	str *sums = arena_array(c->arena, str, n);

	for (size_t i = 0; i < n; i++) {
		if (k->parts[i].algorithm != algorithm)
			return s3_checksum_mismatch_error(c, k->parts[i].algorithm, algorithm);
		sums[i] = k->parts[i].checksum;
	}
	if (str_eq(k->announced.value, s3_composite_checksum(c->arena, algorithm, sums, n)))
		return NULL;
	if ((algorithm == CHECKSUM_CRC32 || algorithm == CHECKSUM_CRC32C) &&
	    str_eq(k->announced.value, s3_whole_checksum(c->arena, &other, k->parts, n)))
		return NULL;
	return bad_digest(c, k);
}

static err check_whole(struct call *c, struct completing *k)
{
	const struct s3_upload *u = &k->at.upload;
	struct s3_checksum_value *sum = &k->object.checksum;

	if (u->composite)
		return NULL;
	sum->algorithm = u->algorithm ? u->algorithm : CHECKSUM_CRC64NVME;
	sum->value = s3_whole_checksum(c->arena, u, k->parts, k->list->n);
	if (!k->announced.algorithm)
		return NULL;
	if (k->announced.algorithm != sum->algorithm)
		return check_foreign(c, k);
	return str_eq(k->announced.value, sum->value) ? NULL : bad_digest(c, k);
}

/*
 * Whether it can be completed.
 */

static err too_large(struct call *c, int64_t size)
{
	struct refusal *r = refuse(c->arena, 400, "EntityTooLarge",
	                           "Your proposed upload exceeds the maximum allowed size");

	r = refusal_with_number(c->arena, r, "ProposedSize", size);
	return fail_refused(c, refusal_with_number(c->arena, r, "MaxSizeAllowed", S3_OBJECT_MAX));
}

static err check_size(struct call *c, struct completing *k)
{
	struct opt_int announced = k->in->mpu_object_size;

	k->size = 0;
	for (size_t i = 0; i < k->list->n; i++)
		k->size += k->parts[i].size;
	if (announced.set && announced.value < 0)
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Value for x-amz-mp-object-size header is less than zero: "
		                      "'%lld'",
		                      (long long)announced.value);
	if (announced.set && announced.value != k->size)
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The provided 'x-amz-mp-object-size' header value %lld does not "
			"match what was computed: %lld",
			(long long)announced.value, (long long)k->size);
	return k->size <= S3_OBJECT_MAX ? NULL : too_large(c, k->size);
}

static err check_conditions(struct call *c, const struct completing *k)
{
	struct s3_conditions conditions = s3_conditions_of(c->request);
	struct s3_problem problem;

	conditions.if_match = k->in->if_match;
	conditions.if_none_match = k->in->if_none_match;
	if (s3_check_write_headers(&conditions, &problem) != S3_PRECONDITION_HOLDS)
		return s3_problem_error(c, &problem);
	if (!conditions.if_match.p && !conditions.if_none_match.p)
		return NULL;
	return s3_check_write_conditions(c, &k->at.bucket, k->in->key, conditions.if_match,
	                                 conditions.if_none_match);
}

/* A client's key may be sent along, and is then the right one. */
static err check_customer_key(struct call *c, const struct completing *k)
{
	const struct s3_complete_multipart_upload_in *in = k->in;
	struct cipher_customer_headers h = { in->sse_customer_algorithm, in->sse_customer_key,
		                             in->sse_customer_key_md5 };
	struct encryption encryption;

	if (!h.algorithm.p && !h.key.p && !h.key_md5.p)
		return NULL;
	return s3_encryption_of_upload(c, k->at.upload.encryption, k->at.upload.key_mark, &h,
	                               &encryption);
}

static err find(struct call *c, struct completing *k)
{
	const struct s3_complete_multipart_upload_in *in = k->in;
	struct s3_upload_name name = { in->bucket, in->key, in->upload_id,
		                       in->expected_bucket_owner };
	err e = s3_completed_list_check(c, in);

	if (!e)
		e = s3_upload_to_write(c, &name, &k->at);
	if (e)
		return e;
	k->list = &in->multipart_upload->parts;
	k->parts = arena_array(c->arena, struct s3_part_row, k->list->n);
	k->rows = s3_upload_parts(c->db, c->arena, k->at.upload.id, &k->row_count);
	return check_customer_key(c, k);
}

static err check(struct call *c, struct completing *k)
{
	err e = check_type(c, k);

	if (!e)
		e = read_announced(c, k);
	if (!e)
		e = check_composite(c, k);
	if (!e)
		e = s3_completed_parts(c, k->in->upload_id, k->list, k->rows, k->row_count,
		                       k->parts);
	if (!e)
		e = check_size(c, k);
	return e ? e : check_whole(c, k);
}

/*
 * Completing.
 */

static void drop_part(struct db *db, int64_t upload, const struct s3_part_row *part)
{
	db_run(db, "DELETE FROM s3_part WHERE upload = ? AND number = ?", db_int(upload),
	       db_int(part->number));
	s3_part_drop_bytes(db, part->body, part->blob);
}

/* Both lists are in order. */
static void settle_parts(struct call *c, const struct completing *k)
{
	int64_t upload = k->at.upload.id, start = 0;
	size_t next = 0;

	for (size_t i = 0; i < k->row_count; i++) {
		const struct s3_part_row *row = &k->rows[i];

		if (next == k->list->n || row->number != k->parts[next].number) {
			drop_part(c->db, upload, row);
			continue;
		}
		if (start)
			db_run(c->db,
			       "UPDATE s3_part SET start = ? WHERE upload = ? AND number = ?",
			       db_int(start), db_int(upload), db_int(row->number));
		start += row->size;
		next++;
	}
}

/* The object's time is when the upload began: so S3 documents it, and shows it. */
static void put(struct call *c, struct completing *k)
{
	const struct s3_upload *u = &k->at.upload;
	struct object *o = &k->object;

	o->bucket = k->at.bucket.id;
	o->key = u->key;
	o->sequence = s3_next(c->db);
	o->is_latest = true;
	o->modified = u->initiated;
	o->etag = s3_etag_of_parts(c->arena, k->parts, k->list->n);
	o->owner = u->owner;
	o->content = (struct content){ .size = k->size,
		                       .upload = u->id,
		                       .encryption = u->encryption,
		                       .key_mark = u->key_mark };
	o->parts = (int64_t)k->list->n;
	o->metadata = u->metadata;
	o->tags = u->tags;
	o->acl = u->acl;
	o->legal_hold = u->legal_hold;
	o->retention = u->retention;
	o->retain_until = u->retain_until;
	db_run(c->db, "UPDATE s3_upload SET state = ?, object = ? WHERE id = ?",
	       db_int(S3_UPLOAD_COMPLETED), db_int(o->sequence), db_int(u->id));
	s3_object_put(c->db, &k->at.bucket, o);
}

/* Again, with the same parts: the same answer. They are all there are. */
static err find_completed(struct call *c, struct completing *k)
{
	const struct s3_upload *u = &k->at.upload;
	struct object *o = &k->object;
	struct db_rows rows;

	if (k->row_count != k->list->n ||
	    !db_row(c->db, &rows,
	            "SELECT nonce, modified, etag, checksum_algorithm, checksum_composite, checksum "
	            "FROM s3_object WHERE bucket = ? AND key = ? AND sequence = ?",
	            db_int(u->bucket), db_text(u->key), db_int(u->object)))
		return s3_no_such_upload_error(c, k->in->upload_id);
	o->bucket = u->bucket;
	o->key = u->key;
	o->sequence = u->object;
	o->nonce = col_int(&rows, 0);
	o->modified = col_int(&rows, 1);
	o->etag = arena_str(c->arena, col_text(&rows, 2));
	o->checksum.algorithm = (enum checksum_algorithm)col_int(&rows, 3);
	o->checksum.composite = col_int(&rows, 4) != 0;
	o->checksum.value = arena_str(c->arena, col_text(&rows, 5));
	db_rows_end(&rows);
	o->content = (struct content){ .size = k->size, .encryption = u->encryption };
	o->tags = u->tags;
	return NULL;
}

/* As the client came here: its key is in the path as it encoded it. */
static str location(struct call *c, const struct completing *k)
{
	const struct request *r = c->request;

	if (!r)
		return arena_printf(c->arena, "/%.*s/%.*s", STR_ARG(k->in->bucket),
		                    STR_ARG(k->in->key));
	return arena_printf(c->arena, "http://%.*s%.*s", STR_ARG(r->host), STR_ARG(r->path));
}

err s3_complete_multipart_upload(struct call *c, const struct s3_complete_multipart_upload_in *in,
                                 struct s3_complete_multipart_upload_out *out)
{
	struct completing k = { .in = in };
	const struct object *o = &k.object;
	bool is_completed;
	err e = find(c, &k);

	if (!e)
		e = check(c, &k);
	if (e)
		return e;
	is_completed = k.at.upload.state == S3_UPLOAD_COMPLETED;
	e = is_completed ? find_completed(c, &k) : check_conditions(c, &k);
	if (e)
		return e;
	if (!is_completed) {
		settle_parts(c, &k);
		put(c, &k);
	}
	out->location = location(c, &k);
	out->bucket = k.at.bucket.name;
	out->key = o->key;
	out->e_tag = s3_etag_shown(c->arena, o->etag);
	out->version_id = s3_new_version_shown(c->arena, o);
	S3_SHOW_CHECKSUM(out, &o->checksum);
	out->server_side_encryption = s3_encryption_shown(o->content.encryption);
	out->expiration = s3_expiration_shown(c, &k.at.bucket, o);
	return NULL;
}
