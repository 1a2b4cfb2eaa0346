/*
 * ListMultipartUploads: those that are open, by key and then as they began. Behind a delimiter, keys
 * fold into one common prefix, and the search goes on behind all that have it.
 */
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/list.h"
#include "services/s3/metadata.h"
#include "services/s3/multipart.h"
#include "services/s3/s3.h"

enum { PAGE = 1000 };

struct listing {
	struct call *c;
	const struct s3_list_multipart_uploads_in *in;
	struct bucket bucket;
	int64_t most;
	bool is_encoded;
	str marker;    /* the last key that was listed, or the request's */
	int64_t after; /* the last upload of that key; INT64_MAX: all of them */
	str from;      /* where to search: not before this key */
	bool is_full;  /* there would be more */
	size_t uploads_capacity, prefixes_capacity;
	struct s3_list_multipart_uploads_out *out;
};

static str encode(const struct listing *l, str text)
{
	return l->is_encoded ? s3_url_encoded(l->c->arena, text) : text;
}

/*
 * What is asked.
 */

static err invalid(struct call *c, const char *name, str value, const char *message)
{
	return s3_invalid_argument_error(c, name, value, "%s", message);
}

static err read_most(struct listing *l)
{
	struct opt_int asked = l->in->max_uploads;

	l->most = MIN(opt_int_or(asked, PAGE), PAGE);
	if (!asked.set || (asked.value >= 0 && asked.value <= INT32_MAX))
		return NULL;
	return invalid(l->c, "max-uploads",
	               arena_printf(l->c->arena, "%lld", (long long)asked.value),
	               "Argument max-uploads must be an integer between 0 and 2147483647");
}

/* The upload may be gone meanwhile, but it was one of this key. Without a key it means nothing. */
static err read_markers(struct listing *l)
{
	struct call *c = l->c;
	str id = l->in->upload_id_marker;
	int64_t number, nonce;
	struct db_rows rows;
	bool is_known;

	l->marker = l->in->key_marker;
	l->after = INT64_MAX;
	if (!id.n || !l->marker.n)
		return NULL;
	if (!s3_id_parse(id, &number, &nonce) || !nonce)
		return invalid(c, "upload-id-marker", id, "Invalid uploadId marker");
	l->after = number;
	if (!db_row(c->db, &rows, "SELECT key, bucket FROM s3_upload WHERE id = ?", db_int(number)))
		return NULL;
	is_known = str_eq(col_text(&rows, 0), l->marker) && col_int(&rows, 1) == l->bucket.id;
	db_rows_end(&rows);
	return is_known ? NULL : invalid(c, "upload-id-marker", id, "Invalid uploadId marker");
}

/*
 * What is found.
 */

static void add_prefix(struct listing *l, str prefix)
{
	struct s3_list_multipart_uploads_out *out = l->out;

	if (out->common_prefixes.n == l->prefixes_capacity)
		out->common_prefixes.items =
			arena_grow(l->c->arena, out->common_prefixes.items, &l->prefixes_capacity,
		                   sizeof(*out->common_prefixes.items));
	out->common_prefixes.items[out->common_prefixes.n++].prefix = encode(l, prefix);
	out->next_key_marker = encode(l, prefix);
	out->next_upload_id_marker = STR("");
}

static void add_upload(struct listing *l, const struct db_rows *rows, str key)
{
	struct s3_list_multipart_uploads_out *out = l->out;
	struct arena *a = l->c->arena;
	struct s3_upload u = { .algorithm = (enum checksum_algorithm)col_int(rows, 5),
		               .composite = col_int(rows, 6) != 0 };
	str id = s3_id_text(a, col_int(rows, 1), col_int(rows, 2));

	if (out->uploads.n == l->uploads_capacity)
		out->uploads.items = arena_grow(a, out->uploads.items, &l->uploads_capacity,
		                                sizeof(*out->uploads.items));
	out->uploads.items[out->uploads.n++] = (struct s3_multipart_upload){
		.upload_id = id,
		.key = encode(l, key),
		.initiated = opt_time(col_int(rows, 3)),
		.storage_class = arena_str(a, s3_storage_class_of_text(col_text(rows, 7))),
		.owner = s3_owner_shown(a, arena_str(a, col_text(rows, 8))),
		.initiator = s3_initiator_shown(a, arena_str(a, col_text(rows, 4))),
		.checksum_algorithm = s3_upload_algorithm_shown(&u),
		.checksum_type = s3_upload_checksum_type_shown(&u),
	};
	out->next_key_marker = encode(l, key);
	out->next_upload_id_marker = id;
}

/* From l->from on, until a key folds. False when the list is at its end. */
static bool list_until_fold(struct listing *l)
{
	struct arena *a = l->c->arena;
	struct db_rows rows;

	for (db_each(l->c->db, &rows,
	             "SELECT key, id, nonce, initiated, account, checksum_algorithm, "
	             "checksum_composite, metadata, owner FROM s3_upload "
	             "WHERE bucket = ? AND state = 0 AND key >= ? AND (key, id) > (?, ?) "
	             "ORDER BY key, id",
	             db_int(l->bucket.id), db_text(l->from), db_text(l->marker), db_int(l->after));
	     db_next(&rows);) {
		str key = arena_str(a, col_text(&rows, 0));
		str prefix = s3_fold(key, l->in->prefix, l->in->delimiter);
		/* A page that ended with the prefix, or within it, has told of it. */
		bool is_told = prefix.n && str_starts(l->in->key_marker, prefix);

		if (!str_starts(key, l->in->prefix)) {
			db_rows_end(&rows);
			return false;
		}
		if (!is_told &&
		    l->most == (int64_t)(l->out->uploads.n + l->out->common_prefixes.n)) {
			l->is_full = true;
			db_rows_end(&rows);
			return false;
		}
		if (prefix.n) {
			if (!is_told)
				add_prefix(l, prefix);
			l->from = s3_behind_prefix(a, prefix);
			db_rows_end(&rows);
			return l->from.p != NULL;
		}
		add_upload(l, &rows, key);
	}
	return false;
}

static void show(const struct listing *l)
{
	struct s3_list_multipart_uploads_out *out = l->out;
	str id_marker = l->in->key_marker.n ? l->in->upload_id_marker : STR_NULL;

	out->bucket = l->bucket.name;
	out->key_marker = l->in->key_marker.p ? encode(l, l->in->key_marker) : STR("");
	out->upload_id_marker = id_marker.p ? id_marker : STR("");
	if (!out->next_key_marker.p) {
		out->next_key_marker = STR("");
		out->next_upload_id_marker = STR("");
	}
	out->prefix = encode(l, l->in->prefix);
	out->delimiter = encode(l, l->in->delimiter);
	out->max_uploads = opt_int(l->most);
	out->is_truncated = opt_bool(l->is_full);
	out->encoding_type = l->in->encoding_type;
}

err s3_list_multipart_uploads(struct call *c, const struct s3_list_multipart_uploads_in *in,
                              struct s3_list_multipart_uploads_out *out)
{
	struct listing l = { .c = c, .in = in, .out = out };
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:ListBucketMultipartUploads", ACL_READ, &l.bucket);

	if (!e)
		e = read_most(&l);
	if (!e)
		e = s3_list_encoding(c, in->encoding_type, &l.is_encoded);
	if (!e)
		e = read_markers(&l);
	if (e)
		return e;
	if (!l.marker.p)
		l.marker = STR("");
	l.from = str_cmp(in->prefix, l.marker) > 0 ? in->prefix : l.marker;
	while (l.most > 0 && list_until_fold(&l))
		;
	show(&l);
	return NULL;
}
