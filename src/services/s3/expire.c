/*
 * Lifecycle rules, carried out in the background: a bucket at a time, in slices, each of which is small
 * enough for a turn of the one writer. Where the pass goes on is a row, written with what was done, so
 * that it neither leaves anything out nor begins anew when a turn fails or the program ends.
 *
 * Days are those of the clock: when that is set to another day, in either direction, a pass begins.
 */
#include "services/s3/expire.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "services/s3/lifecycle.h"
#include "services/s3/metadata.h"
#include "services/s3/object.h"
#include "services/s3/s3.h"

#define DAY (24 * 3600 * INT64_C(1000))

enum {
	SLICE = 200,     /* rows */
	SLICES = 10,     /* of one turn */
	TURN_US = 10000, /* more of them begin within this time */
};

enum stage { STAGE_OBJECTS, STAGE_UPLOADS, STAGE_DONE };

struct pass {
	struct call *c;
	struct bucket bucket;
	const struct s3_bucket_lifecycle_configuration *rules;
	int64_t day;
	enum stage stage;
	str key;
	int64_t number;
};

void s3_expire_anew(struct db *db, int64_t bucket)
{
	db_run(db,
	       "INSERT OR REPLACE INTO s3_expiry (bucket, day, stage, key, number) "
	       "VALUES (?, -1, ?, '', 0)",
	       db_int(bucket), db_int(STAGE_DONE));
}

/*
 * Objects: versions, newest first, key by key.
 */

struct version {
	str key;
	int64_t sequence, nonce;
	struct lifecycle_object seen;
};

struct slice {
	struct version items[SLICE];
	size_t n;
};

/* Where the slice begins within the versions of a key: what stands before it. */
static void seen_before(struct pass *p, const struct version *first, int64_t *newer,
                        int64_t *modified)
{
	struct db_rows rows;

	*newer = db_integer(p->c->db, 0,
	                    "SELECT count(*) FROM s3_object "
	                    "WHERE bucket = ? AND key = ? AND sequence > ?",
	                    db_int(p->bucket.id), db_text(first->key), db_int(first->sequence));
	*modified = 0;
	if (!*newer)
		return;
	if (db_row(p->c->db, &rows,
	           "SELECT modified FROM s3_object WHERE bucket = ? AND key = ? AND sequence > ? "
	           "ORDER BY sequence LIMIT 1",
	           db_int(p->bucket.id), db_text(first->key), db_int(first->sequence)))
		*modified = col_int(&rows, 0);
	db_rows_end(&rows);
}

/* What a version is among the others of its key, from the one before it. */
static void place_versions(struct pass *p, struct slice *s)
{
	int64_t newer = 0, modified = 0;

	if (s->n)
		seen_before(p, &s->items[0], &newer, &modified);
	for (size_t i = 0; i < s->n; i++) {
		struct version *v = &s->items[i];

		if (i && !str_eq(v->key, s->items[i - 1].key))
			newer = 0;
		v->seen.is_latest = newer == 0;
		v->seen.noncurrent_since = modified;
		v->seen.newer_noncurrent = MAX(newer - 1, 0);
		modified = v->seen.last_modified;
		newer++;
	}
}

static void read_version(struct arena *a, const struct db_rows *rows, struct version *v)
{
	v->key = arena_str(a, col_text(rows, 0));
	v->sequence = col_int(rows, 1);
	v->nonce = col_int(rows, 2);
	v->seen = (struct lifecycle_object){
		.key = v->key,
		.is_delete_marker = col_int(rows, 3) != 0,
		.last_modified = col_int(rows, 4),
		.size = col_int(rows, 5),
		.tags = s3_tags_of_text(a, arena_str(a, col_text(rows, 6))),
	};
}

static void read_slice(struct pass *p, struct slice *s)
{
	struct db_rows rows;

	s->n = 0;
	for (db_each(p->c->db, &rows,
	             "SELECT key, sequence, nonce, is_marker, modified, size, tags FROM s3_object "
	             "WHERE bucket = ? AND key >= ? AND (key > ? OR sequence < ?) "
	             "ORDER BY key, sequence DESC LIMIT ?",
	             db_int(p->bucket.id), db_text(p->key), db_text(p->key), db_int(p->number),
	             db_int(SLICE));
	     db_next(&rows);)
		read_version(p->c->arena, &rows, &s->items[s->n++]);
	place_versions(p, s);
}

/* Of a delete marker, whether anything is behind it, which may have been removed a moment ago. */
static bool is_alone(struct pass *p, const struct version *v)
{
	return !db_exists(p->c->db,
	                  "SELECT 1 FROM s3_object WHERE bucket = ? AND key = ? AND sequence != ?",
	                  db_int(p->bucket.id), db_text(v->key), db_int(v->sequence));
}

/* A lock is stronger than a rule: s3_delete refuses, and the version stays. */
static void expire(struct pass *p, struct version *v)
{
	struct s3_deleted_version deleted;
	struct lifecycle_plan plan;
	str id = STR_NULL;

	if (v->seen.is_latest && v->seen.is_delete_marker)
		v->seen.is_only_version = is_alone(p, v);
	if (!lifecycle_plan(p->rules, &v->seen, &plan) || plan.when > p->c->now)
		return;
	if (plan.action != LIFECYCLE_EXPIRE)
		id = s3_id_text(p->c->arena, v->sequence, v->nonce);
	(void)s3_delete(p->c, &p->bucket, v->key, id, STR_NULL, /* bypass= */ false, &deleted);
}

/* From the end: what is behind a delete marker goes before it. */
static bool expire_objects(struct pass *p)
{
	struct slice *s = arena_new(p->c->arena, struct slice);

	read_slice(p, s);
	for (size_t i = s->n; i-- > 0;)
		expire(p, &s->items[i]);
	if (s->n) {
		p->key = s->items[s->n - 1].key;
		p->number = s->items[s->n - 1].sequence;
	}
	return s->n == SLICE;
}

/*
 * Uploads.
 */

struct upload {
	int64_t id, initiated;
	str key;
};

static bool expire_uploads(struct pass *p)
{
	struct upload *found = arena_array(p->c->arena, struct upload, SLICE);
	struct lifecycle_plan plan;
	struct db_rows rows;
	size_t n = 0;

	for (db_each(p->c->db, &rows,
	             "SELECT id, key, initiated FROM s3_upload "
	             "WHERE bucket = ? AND state = 0 AND key >= ? AND (key > ? OR id > ?) "
	             "ORDER BY key, id LIMIT ?",
	             db_int(p->bucket.id), db_text(p->key), db_text(p->key), db_int(p->number),
	             db_int(SLICE));
	     db_next(&rows);)
		found[n++] = (struct upload){ col_int(&rows, 0), col_int(&rows, 2),
			                      arena_str(p->c->arena, col_text(&rows, 1)) };
	for (size_t i = 0; i < n; i++)
		if (lifecycle_plan_upload(p->rules, found[i].key, found[i].initiated, &plan) &&
		    plan.when <= p->c->now)
			db_run(p->c->db, "UPDATE s3_upload SET state = ? WHERE id = ?",
			       db_int(S3_UPLOAD_DROPPED), db_int(found[i].id));
	if (n) {
		p->key = found[n - 1].key;
		p->number = found[n - 1].id;
	}
	return n == SLICE;
}

/*
 * Passes.
 */

/* The bucket whose turn it is; false: nothing is due anywhere. */
static bool find_bucket(struct db *db, int64_t day, int64_t *ret)
{
	*ret = db_integer(db, 0,
	                  "SELECT bucket FROM s3_expiry WHERE day != ? OR stage != ? LIMIT 1",
	                  db_int(day), db_int(STAGE_DONE));
	return *ret != 0;
}

static void load_place(struct pass *p, int64_t bucket)
{
	struct db_rows rows;

	if (db_row(p->c->db, &rows,
	           "SELECT day, stage, key, number FROM s3_expiry WHERE bucket = ?",
	           db_int(bucket)) &&
	    col_int(&rows, 0) == p->day) {
		p->stage = (enum stage)col_int(&rows, 1);
		p->key = arena_str(p->c->arena, col_text(&rows, 2));
		p->number = col_int(&rows, 3);
	}
	db_rows_end(&rows);
}

static void save_place(struct pass *p)
{
	db_run(p->c->db,
	       "UPDATE s3_expiry SET day = ?, stage = ?, key = ?, number = ? WHERE bucket = ?",
	       db_int(p->day), db_int(p->stage), db_text(p->key), db_int(p->number),
	       db_int(p->bucket.id));
}

static bool load_rules(struct pass *p, int64_t bucket)
{
	if (!s3_bucket_load_id(p->c->db, p->c->arena, bucket, &p->bucket) ||
	    !s3_bucket_has(&p->bucket, S3_LIFECYCLE))
		return false;
	p->rules = s3_document(p->c->db, p->c->arena, &p->bucket, S3_LIFECYCLE);
	return p->rules != NULL;
}

static void next_stage(struct pass *p)
{
	p->stage++;
	p->key = STR("");
	p->number = 0;
}

/* One slice. */
static void run_pass(struct pass *p)
{
	if (p->stage == STAGE_OBJECTS && !expire_objects(p))
		next_stage(p);
	else if (p->stage == STAGE_UPLOADS && !expire_uploads(p))
		next_stage(p);
}

/* Whoever acts is the bucket's owner, who may do all that a rule does. */
static void work_on(struct db *db, int64_t now, int64_t bucket)
{
	struct arena a = { 0 };
	struct call c = { .arena = &a, .db = db, .now = now, .identity = { .root = true } };
	struct pass p = { .c = &c, .day = now / DAY, .key = STR("") };

	if (load_rules(&p, bucket)) {
		c.identity.account = p.bucket.account;
		load_place(&p, bucket);
		run_pass(&p);
		save_place(&p);
	} else {
		db_run(db, "DELETE FROM s3_expiry WHERE bucket = ?", db_int(bucket));
	}
	arena_release(&a);
}

void s3_expire(struct db *db, int64_t now)
{
	int64_t began = clock_monotonic(), bucket;

	for (int i = 0; i < SLICES || clock_monotonic() - began < TURN_US; i++) {
		if (db_status(db) != DB_OK || !find_bucket(db, now / DAY, &bucket))
			return;
		work_on(db, now, bucket);
	}
}
