#include "services/s3/upload.h"

#include "base/str.h"
#include "services/s3/errors.h"

#include <pthread.h>

/*
 * Rows.
 */

static void read_upload(struct db_rows *rows, struct arena *a, struct s3_upload *ret)
{
	ret->nonce = col_int(rows, 0);
	ret->bucket = col_int(rows, 1);
	ret->key = arena_str(a, col_text(rows, 2));
	ret->state = (enum s3_upload_state)col_int(rows, 3);
	ret->object = col_int(rows, 4);
	ret->initiated = col_int(rows, 5);
	ret->account = arena_str(a, col_text(rows, 6));
	ret->owner = arena_str(a, col_text(rows, 7));
	ret->algorithm = (enum checksum_algorithm)col_int(rows, 8);
	ret->composite = col_int(rows, 9) != 0;
	ret->encryption = (enum s3_encryption_kind)col_int(rows, 10);
	ret->key_mark = arena_str(a, col_text(rows, 11));
	ret->metadata = arena_str(a, col_text(rows, 12));
	ret->tags = arena_str(a, col_text(rows, 13));
	ret->acl = arena_str(a, col_text(rows, 14));
	ret->legal_hold = col_int(rows, 15) != 0;
	ret->retention = (enum s3_retention)col_int(rows, 16);
	ret->retain_until = col_int(rows, 17);
}

static bool load(struct call *c, int64_t id, struct s3_upload *ret)
{
	struct db_rows rows;

	*ret = (struct s3_upload){ .id = id };
	if (!db_row(c->db, &rows,
	            "SELECT nonce, bucket, key, state, object, initiated, account, owner, "
	            "checksum_algorithm, checksum_composite, encryption, key_mark, metadata, tags, "
	            "acl, legal_hold, retention, retain_until FROM s3_upload WHERE id = ?",
	            db_int(id)))
		return false;
	read_upload(&rows, c->arena, ret);
	db_rows_end(&rows);
	return true;
}

err s3_no_such_upload_error(struct call *c, str upload_id)
{
	return s3_fail(c, S3_NO_SUCH_UPLOAD, "UploadId", upload_id);
}

/* "null" is a version, and never an upload. */
err s3_upload_find(struct call *c, const struct bucket *b, str key, str upload_id,
                   struct s3_upload *ret)
{
	int64_t id, nonce;

	if (!s3_id_parse(upload_id, &id, &nonce) || !nonce || !load(c, id, ret) ||
	    ret->nonce != nonce || ret->bucket != b->id || !str_eq(ret->key, key) ||
	    ret->state >= S3_UPLOAD_DROPPED)
		return s3_no_such_upload_error(c, upload_id);
	return NULL;
}

err s3_upload_find_open(struct call *c, const struct bucket *b, str key, str upload_id,
                        struct s3_upload *ret)
{
	err e = s3_upload_find(c, b, key, upload_id, ret);

	return !e && ret->state != S3_UPLOAD_OPEN ? s3_no_such_upload_error(c, upload_id) : e;
}

struct s3_part_row *s3_upload_parts(struct db *db, struct arena *a, int64_t upload,
                                    size_t *ret_count)
{
	struct s3_part_row *parts = NULL;
	size_t capacity = 0;
	struct db_rows rows;

	*ret_count = 0;
	for (db_each(db, &rows,
	             "SELECT number, modified, size, start, etag, checksum_algorithm, checksum, "
	             "crc64nvme, body, blob, wrapped_key FROM s3_part WHERE upload = ? ORDER BY number",
	             db_int(upload));
	     db_next(&rows);) {
		if (*ret_count == capacity)
			parts = arena_grow(a, parts, &capacity, sizeof(*parts));
		parts[(*ret_count)++] = (struct s3_part_row){
			.number = col_int(&rows, 0),
			.modified = col_int(&rows, 1),
			.size = col_int(&rows, 2),
			.start = col_int(&rows, 3),
			.etag = arena_str(a, col_text(&rows, 4)),
			.algorithm = (enum checksum_algorithm)col_int(&rows, 5),
			.checksum = arena_str(a, col_text(&rows, 6)),
			.crc64nvme = (uint64_t)col_int(&rows, 7),
			.body = col_int(&rows, 8),
			.blob = arena_str(a, col_text(&rows, 9)),
			.wrapped_key = arena_str(a, col_text(&rows, 10)),
		};
	}
	return parts;
}

void s3_part_drop_bytes(struct db *db, int64_t body, str blob)
{
	if (body)
		db_run(db, "DELETE FROM s3_body WHERE id = ?", db_int(body));
	if (blob.p)
		blob_drop(db, blob);
}

void s3_part_put(struct db *db, int64_t upload, const struct s3_part_row *p)
{
	struct db_rows rows;

	if (db_row(db, &rows,
	           "DELETE FROM s3_part WHERE upload = ? AND number = ? RETURNING body, blob",
	           db_int(upload), db_int(p->number))) {
		s3_part_drop_bytes(db, col_int(&rows, 0), col_text(&rows, 1));
		db_rows_end(&rows);
	}
	db_run(db,
	       "INSERT INTO s3_part (upload, number, modified, size, start, etag, "
	       "checksum_algorithm, checksum, crc64nvme, body, blob, wrapped_key) "
	       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	       db_int(upload), db_int(p->number), db_int(p->modified), db_int(p->size),
	       db_int(p->start), db_text(p->etag), db_int(p->algorithm), db_text(p->checksum),
	       db_int((int64_t)p->crc64nvme), db_int(p->body), db_text(p->blob),
	       db_blob(p->wrapped_key));
}

/*
 * Who reads. Ids are consecutive numbers: their last bits spread them well. Entries that are not used
 * any more wait for their next use.
 */

struct held {
	int64_t upload;
	unsigned readers;
	struct held *next;
};

static struct held *held[256], *unused;
static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;

static struct held *new_entry(int64_t upload)
{
	struct held *entry = unused;

	if (entry)
		unused = entry->next;
	else
		entry = xcalloc(1, sizeof(*entry));
	*entry = (struct held){ .upload = upload };
	return entry;
}

/* Where the upload's entry hangs, or would. */
static struct held **find_held(int64_t upload)
{
	struct held **at = &held[(uint64_t)upload % ARRAY_LEN(held)];

	while (*at && (*at)->upload != upload)
		at = &(*at)->next;
	return at;
}

void s3_upload_hold(int64_t upload)
{
	struct held **at;

	pthread_mutex_lock(&held_lock);
	at = find_held(upload);
	if (!*at)
		*at = new_entry(upload);
	(*at)->readers++;
	pthread_mutex_unlock(&held_lock);
}

void s3_upload_let_go(int64_t upload)
{
	struct held **at, *entry;

	pthread_mutex_lock(&held_lock);
	at = find_held(upload);
	entry = *at;
	if (entry && --entry->readers == 0) {
		*at = entry->next;
		entry->next = unused;
		unused = entry;
	}
	pthread_mutex_unlock(&held_lock);
}

bool s3_upload_is_held(int64_t upload)
{
	bool is_held;

	pthread_mutex_lock(&held_lock);
	is_held = *find_held(upload) != NULL;
	pthread_mutex_unlock(&held_lock);
	return is_held;
}
