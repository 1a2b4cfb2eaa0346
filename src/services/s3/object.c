#include "services/s3/object.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/precondition.h"

/*
 * Ids.
 */

enum { ID_SIZE = 32, ID_HALF = 16 };

int64_t s3_new_nonce(void)
{
	int64_t nonce = 0;

	while (nonce == 0) {
		random_bytes(&nonce, sizeof(nonce));
		nonce &= INT64_MAX;
	}
	return nonce;
}

str s3_id_text(struct arena *a, int64_t number, int64_t nonce)
{
	if (!nonce)
		return STR("null");
	return arena_printf(a, "%016llx%016llx", (unsigned long long)number,
	                    (unsigned long long)nonce);
}

static int64_t half(str digits)
{
	unsigned char bytes[ID_HALF / 2];
	uint64_t n = 0;

	if (!hex_decode(digits, bytes, sizeof(bytes)))
		return 0;
	for (size_t i = 0; i < sizeof(bytes); i++)
		n = n << 8 | bytes[i];
	return n > INT64_MAX ? 0 : (int64_t)n;
}

bool s3_id_parse(str text, int64_t *ret_number, int64_t *ret_nonce)
{
	int64_t number, nonce;

	if (text.n != ID_SIZE)
		return false;
	number = half(str_from_to(text, 0, ID_HALF));
	nonce = half(str_after(text, ID_HALF));
	if (!number || !nonce)
		return false;
	*ret_number = number;
	*ret_nonce = nonce;
	return true;
}

/*
 * Rows.
 */

#define COLUMNS                                                                             \
	"sequence, nonce, is_marker, modified, size, etag, owner, checksum_algorithm, "     \
	"checksum_composite, checksum, body, blob, upload, parts, encryption, wrapped_key," \
	"key_mark, metadata, tags, acl, legal_hold, retention, retain_until"

enum { HOLD_UNSET, HOLD_ON, HOLD_OFF };

static int64_t hold_of(const struct object *o)
{
	if (o->legal_hold)
		return HOLD_ON;
	return o->hold_is_off ? HOLD_OFF : HOLD_UNSET;
}

static void read_content(struct db_rows *rows, struct arena *a, struct content *ret)
{
	*ret = (struct content){
		.size = col_int(rows, 4),
		.body = col_int(rows, 10),
		.blob = arena_str(a, col_text(rows, 11)),
		.upload = col_int(rows, 12),
		.encryption = (enum s3_encryption_kind)col_int(rows, 14),
		.wrapped_key = arena_str(a, col_text(rows, 15)),
		.key_mark = arena_str(a, col_text(rows, 16)),
	};
}

/* The current row, which is the only one that is wanted. */
static void read_object(struct db_rows *rows, struct arena *a, int64_t bucket, str key,
                        struct object *ret)
{
	*ret = (struct object){
		.bucket = bucket,
		.key = key,
		.sequence = col_int(rows, 0),
		.nonce = col_int(rows, 1),
		.is_marker = col_int(rows, 2) != 0,
		.modified = col_int(rows, 3),
		.etag = arena_str(a, col_text(rows, 5)),
		.owner = arena_str(a, col_text(rows, 6)),
		.checksum.algorithm = (enum checksum_algorithm)col_int(rows, 7),
		.checksum.composite = col_int(rows, 8) != 0,
		.checksum.value = arena_str(a, col_text(rows, 9)),
		.parts = col_int(rows, 13),
		.metadata = arena_str(a, col_text(rows, 17)),
		.tags = arena_str(a, col_text(rows, 18)),
		.acl = arena_str(a, col_text(rows, 19)),
		.legal_hold = col_int(rows, 20) == HOLD_ON,
		.hold_is_off = col_int(rows, 20) == HOLD_OFF,
		.retention = (enum s3_retention)col_int(rows, 21),
		.retain_until = col_int(rows, 22),
	};
	read_content(rows, a, &ret->content);
	db_rows_end(rows);
}

bool s3_object_newest(struct db *db, struct arena *a, int64_t bucket, str key, struct object *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT " COLUMNS " FROM s3_object WHERE bucket = ? AND key = ? "
	            "ORDER BY sequence DESC LIMIT 1",
	            db_int(bucket), db_text(key)))
		return false;
	read_object(&rows, a, bucket, key, ret);
	ret->is_latest = true;
	return true;
}

static bool is_latest(struct db *db, const struct object *o)
{
	return !db_exists(db,
	                  "SELECT 1 FROM s3_object WHERE bucket = ? AND key = ? AND sequence > ?",
	                  db_int(o->bucket), db_text(o->key), db_int(o->sequence));
}

static bool find_null_version(struct db *db, struct arena *a, int64_t bucket, str key,
                              struct object *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT " COLUMNS " FROM s3_object WHERE bucket = ? AND key = ? AND nonce = 0",
	            db_int(bucket), db_text(key)))
		return false;
	read_object(&rows, a, bucket, key, ret);
	return true;
}

static bool find_version(struct db *db, struct arena *a, int64_t bucket, str key, int64_t sequence,
                         int64_t nonce, struct object *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT " COLUMNS " FROM s3_object WHERE bucket = ? AND key = ? "
	            "AND sequence = ? AND nonce = ?",
	            db_int(bucket), db_text(key), db_int(sequence), db_int(nonce)))
		return false;
	read_object(&rows, a, bucket, key, ret);
	return true;
}

/* As S3's own ids are: somebody else's, then, and not here. */
static bool is_well_formed(str version_id)
{
	for (size_t i = 0; i < version_id.n; i++)
		if (!ascii_is_alnum(version_id.p[i]) && version_id.p[i] != '.' &&
		    version_id.p[i] != '_' && version_id.p[i] != '-')
			return false;
	return version_id.n == ID_SIZE;
}

static err bad_version_id(struct call *c, str version_id)
{
	return s3_invalid_argument_error(c, "versionId", version_id,
	                                 "Invalid version id specified");
}

/* *ret has sequence 0 when there is none. */
static err look_for(struct call *c, const struct bucket *b, str key, str version_id,
                    struct object *ret)
{
	int64_t sequence = 0, nonce = 0;
	bool found = false;

	*ret = (struct object){ .bucket = b->id, .key = key };
	if (!version_id.n)
		return (void)s3_object_newest(c->db, c->arena, b->id, key, ret), NULL;
	if (str_eq(version_id, STR("null")))
		found = find_null_version(c->db, c->arena, b->id, key, ret);
	else if (s3_id_parse(version_id, &sequence, &nonce))
		found = find_version(c->db, c->arena, b->id, key, sequence, nonce, ret);
	else if (!is_well_formed(version_id))
		return bad_version_id(c, version_id);
	ret->is_latest = found && is_latest(c->db, ret);
	return NULL;
}

err s3_object_version(struct call *c, const struct bucket *b, str key, str version_id,
                      struct object *ret)
{
	err e = look_for(c, b, key, version_id, ret);
	struct refusal *r;

	if (e || ret->sequence || !version_id.n)
		return e;
	r = refuse(c->arena, 404, "NoSuchVersion", "The specified version does not exist.");
	r = refusal_with(r, "Key", refusal_excerpt(key));
	return fail_refused(c, refusal_with(r, "VersionId", refusal_excerpt(version_id)));
}

str s3_version_shown(struct arena *a, const struct bucket *b, const struct object *o)
{
	if (b->versioning == S3_UNVERSIONED)
		return STR_NULL;
	return s3_id_text(a, o->sequence, o->nonce);
}

static err is_marker_error(struct call *c, const struct object *o)
{
	str method = c->request ? c->request->method : STR("GET");
	struct refusal *r = refuse(c->arena, 405, "MethodNotAllowed",
	                           "The specified method is not allowed against this resource.");

	call_header(c, STR("Allow"), STR("DELETE"));
	call_header(c, STR("Last-Modified"), timestamp_to_http(c->arena, o->modified));
	r = refusal_with(r, "Method", refusal_excerpt(method));
	return fail_refused(c, refusal_with(r, "ResourceType", STR("DeleteMarker")));
}

err s3_object_must_exist(struct call *c, const struct bucket *b, str key, str version_id,
                         const struct object *o)
{
	err e;

	if (o->sequence && !o->is_marker)
		return NULL;
	e = o->sequence && version_id.n ? is_marker_error(c, o) : s3_no_such_key_error(c, b, key);
	if (o->sequence && error_status(e) != 403) {
		call_header(c, STR("x-amz-delete-marker"), STR("true"));
		call_header(c, STR("x-amz-version-id"),
		            s3_id_text(c->arena, o->sequence, o->nonce));
	}
	return e;
}

/*
 * Putting and removing.
 */

/* Two statements' worth of one table's columns: a marker has nothing but who made it. */
static void insert_marker(struct db *db, const struct object *o)
{
	db_run(db,
	       "INSERT INTO s3_object (bucket, key, sequence, nonce, is_marker, modified, size, "
	       "owner, checksum_algorithm, checksum_composite, body, upload, parts, encryption, "
	       "legal_hold, retention, retain_until) "
	       "VALUES (?, ?, ?, ?, 1, ?, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
	       db_int(o->bucket), db_text(o->key), db_int(o->sequence), db_int(o->nonce),
	       db_int(o->modified), db_text(o->owner));
}

static void insert_object(struct db *db, const struct object *o)
{
	const struct content *content = &o->content;

	db_run(db,
	       "INSERT INTO s3_object (bucket, key, " COLUMNS ") VALUES "
	       "(?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	       db_int(o->bucket), db_text(o->key), db_int(o->sequence), db_int(o->nonce),
	       db_int(o->modified), db_int(content->size), db_text(o->etag), db_text(o->owner),
	       db_int(o->checksum.algorithm), db_int(o->checksum.composite),
	       db_text(o->checksum.value), db_int(content->body), db_text(content->blob),
	       db_int(content->upload), db_int(o->parts), db_int(content->encryption),
	       db_blob(content->wrapped_key), db_blob(content->key_mark), db_text(o->metadata),
	       db_text(o->tags), db_text(o->acl), db_int(hold_of(o)), db_int(o->retention),
	       db_int(o->retain_until));
}

void s3_content_drop(struct db *db, const struct content *content)
{
	if (content->body)
		db_run(db, "DELETE FROM s3_body WHERE id = ?", db_int(content->body));
	if (content->blob.p)
		blob_drop(db, content->blob);
	if (content->upload)
		db_run(db, "UPDATE s3_upload SET state = ? WHERE id = ?", db_int(S3_UPLOAD_DROPPED),
		       db_int(content->upload));
}

void s3_object_remove(struct db *db, const struct object *o)
{
	db_run(db, "DELETE FROM s3_object WHERE bucket = ? AND key = ? AND sequence = ?",
	       db_int(o->bucket), db_text(o->key), db_int(o->sequence));
	s3_content_drop(db, &o->content);
}

static bool remove_null_version(struct db *db, struct arena *a, int64_t bucket, str key)
{
	struct object old;

	if (!find_null_version(db, a, bucket, key, &old))
		return false;
	s3_object_remove(db, &old);
	return true;
}

/* A new row of its key, whose nonce the bucket decides. */
static void make_way(struct db *db, const struct bucket *b, struct object *o)
{
	struct arena a = { 0 };

	o->nonce = 0;
	if (b->versioning == S3_VERSIONING_ENABLED) {
		o->nonce = s3_new_nonce();
		return;
	}
	remove_null_version(db, &a, o->bucket, o->key);
	arena_release(&a);
}

void s3_object_put(struct db *db, const struct bucket *b, struct object *o)
{
	make_way(db, b, o);
	o->is_latest = true;
	if (o->is_marker)
		insert_marker(db, o);
	else
		insert_object(db, o);
}

void s3_object_save(struct db *db, const struct object *o)
{
	db_run(db,
	       "UPDATE s3_object SET tags = ?, acl = ?, legal_hold = ?, retention = ?, "
	       "retain_until = ? WHERE bucket = ? AND key = ? AND sequence = ?",
	       db_text(o->tags), db_text(o->acl), db_int(hold_of(o)), db_int(o->retention),
	       db_int(o->retain_until), db_int(o->bucket), db_text(o->key), db_int(o->sequence));
}

/*
 * Deleting.
 */

bool s3_object_is_locked(const struct object *o, int64_t now, bool bypass)
{
	bool is_retained = o->retention != S3_NOT_RETAINED && o->retain_until > now;

	if (o->legal_hold)
		return true;
	return is_retained && !(bypass && o->retention == S3_GOVERNANCE);
}

void s3_delete_newest(struct db *db, struct arena *a, const struct bucket *b, str key, str account,
                      int64_t now, struct s3_deleted_version *ret)
{
	struct object marker = {
		.bucket = b->id,
		.key = key,
		.is_marker = true,
		.modified = now - now % 1000,
		.owner = account,
	};

	*ret = (struct s3_deleted_version){ 0 };
	if (b->versioning == S3_UNVERSIONED) {
		ret->was_there = remove_null_version(db, a, b->id, key);
		return;
	}
	ret->was_there = db_exists(db, "SELECT 1 FROM s3_object WHERE bucket = ? AND key = ?",
	                           db_int(b->id), db_text(key));
	marker.sequence = s3_next(db);
	s3_object_put(db, b, &marker);
	ret->is_marker = true;
	ret->version_id = s3_id_text(a, marker.sequence, marker.nonce);
}

static err check_delete(struct call *c, const struct object *o, str if_match)
{
	struct s3_state state = { .exists = o->sequence && !o->is_marker,
		                  .etag = o->etag,
		                  .last_modified = o->modified };
	struct s3_problem problem = { 0 };

	if (s3_check_delete(if_match, &state, &problem) == S3_PRECONDITION_HOLDS)
		return NULL;
	return s3_problem_error(c, &problem);
}

static err delete_version(struct call *c, const struct object *o, str version_id, bool bypass,
                          struct s3_deleted_version *ret)
{
	*ret = (struct s3_deleted_version){ .version_id = version_id };
	if (!o->sequence)
		return NULL;
	if (s3_object_is_locked(o, c->now, bypass))
		return s3_fail_saying(c, S3_ACCESS_DENIED,
		                      "Access Denied because object protected by object lock.");
	s3_object_remove(c->db, o);
	ret->is_marker = o->is_marker;
	ret->was_there = true;
	return NULL;
}

err s3_delete(struct call *c, const struct bucket *b, str key, str version_id, str if_match,
              bool bypass, struct s3_deleted_version *ret)
{
	str account = c->identity.anonymous ? b->account : c->identity.account;
	struct object o = { 0 };
	err e = NULL;

	if (version_id.n || if_match.p)
		e = look_for(c, b, key, version_id, &o);
	if (!e)
		e = check_delete(c, &o, if_match);
	if (e)
		return e;
	if (version_id.n)
		return delete_version(c, &o, version_id, bypass, ret);
	s3_delete_newest(c->db, c->arena, b, key, account, c->now, ret);
	return NULL;
}

err s3_check_write_conditions(struct call *c, const struct bucket *b, str key, str if_match,
                              str if_none_match)
{
	struct s3_conditions conditions = { .if_match = if_match, .if_none_match = if_none_match };
	struct s3_problem problem = { 0 };
	struct s3_state state = { 0 };
	struct object o;

	if (s3_object_newest(c->db, c->arena, b->id, key, &o) && !o.is_marker)
		state = (struct s3_state){ .exists = true,
			                   .etag = o.etag,
			                   .last_modified = o.modified };
	if (s3_check_write(&conditions, &state, &problem) == S3_PRECONDITION_HOLDS)
		return NULL;
	if (str_eq(problem.code, STR("NoSuchKey")))
		return s3_fail(c, S3_NO_SUCH_KEY, "Key", key);
	return s3_problem_error(c, &problem);
}
