#include "services/dynamodb/job.h"

#include "services/dynamodb/settings.h"
#include "services/dynamodb/space.h"
#include "services/dynamodb/time_to_live.h"

enum {
	TURN_ITEMS = 100,
	TURN_BYTES = 512 * 1024, /* of their sizes: they are parsed and written again */
	JOB_COST = 10,           /* of a job beside its items, counted in items */
};

struct job {
	int64_t id;
	enum job_kind kind;
	int64_t table_space, space;
	str cursor; /* absent: nothing is done yet */
};

/* The items of a turn, in the arena, for what is done with them writes where they are read. */
struct turn {
	struct stored_item *items;
	size_t n;
	bool is_last;
};

void job_add(struct db *db, enum job_kind kind, int64_t table_space, int64_t space)
{
	db_run(db,
	       "INSERT INTO dynamodb_job (kind, table_space, space, cursor) VALUES (?, ?, ?, NULL)",
	       db_int(kind), db_int(table_space), db_int(space));
}

/* Work that somebody waits for comes first: an index or a time to live that is filled, an index whose table is
 * still there. */
static bool next_job(struct db *db, struct arena *a, struct job *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT id, kind, table_space, space, cursor FROM dynamodb_job "
	            "ORDER BY kind = ?, NOT EXISTS "
	            "(SELECT 1 FROM dynamodb_table t WHERE t.space = table_space), id LIMIT 1",
	            db_int(JOB_DROP_SPACE)))
		return false;
	*ret = (struct job){
		.id = col_int(&rows, 0),
		.kind = (enum job_kind)col_int(&rows, 1),
		.table_space = col_int(&rows, 2),
		.space = col_int(&rows, 3),
		.cursor = arena_str(a, col_text(&rows, 4)),
	};
	db_rows_end(&rows);
	return true;
}

static void take_items(struct db *db, struct arena *a, int64_t space, str cursor, struct turn *ret)
{
	struct space_range range = { .space = space, .from = cursor, .after = cursor.p != NULL };
	struct stored_item item;
	struct db_rows rows;
	int64_t bytes = 0;

	*ret = (struct turn){ .items = arena_array(a, struct stored_item, TURN_ITEMS),
		              .is_last = true };
	for (space_each(db, &rows, &range, /* backwards= */ false); space_next(&rows, &item);) {
		if (ret->n == TURN_ITEMS || bytes > TURN_BYTES) {
			ret->is_last = false;
			break;
		}
		bytes += item.size;
		item.key = arena_str(a, item.key);
		item.text = arena_str(a, item.text);
		ret->items[ret->n++] = item;
	}
	db_rows_end(&rows);
}

static void end(struct db *db, const struct job *job)
{
	db_run(db, "DELETE FROM dynamodb_job WHERE id = ?", db_int(job->id));
}

static void go_on(struct db *db, const struct job *job, const struct turn *turn)
{
	if (turn->is_last)
		end(db, job);
	else
		db_run(db, "UPDATE dynamodb_job SET cursor = ? WHERE id = ?",
		       db_blob(turn->items[turn->n - 1].key), db_int(job->id));
}

/*
 * A space goes.
 */

static const struct index *index_of_space(const struct table *t, int64_t space)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].space == space)
			return &t->indexes[i];
	return NULL;
}

/* An index that is deleted is shown, DELETING, until its items are gone. */
static void forget_index(struct db *db, struct arena *a, const struct job *job)
{
	const struct index *index;
	struct table t;

	if (!table_load(db, a, job->table_space, &t))
		return;
	index = index_of_space(&t, job->space);
	if (index)
		settings_delete_index(db, a, &t, index);
}

/* True: there are none left. */
static bool drop_expiries(struct db *db, int64_t space)
{
	db_run(db,
	       "DELETE FROM dynamodb_expiry WHERE space = ? AND (at, key) IN "
	       "(SELECT at, key FROM dynamodb_expiry WHERE space = ? LIMIT ?)",
	       db_int(space), db_int(space), db_int(TURN_ITEMS));
	return db_changes(db) < TURN_ITEMS;
}

static size_t drop_space(struct db *db, struct arena *a, const struct job *job)
{
	struct turn turn;

	take_items(db, a, job->space, STR_NULL, &turn);
	for (size_t i = 0; i < turn.n; i++)
		db_run(db, "DELETE FROM dynamodb_item WHERE space = ? AND key = ?",
		       db_int(job->space), db_blob(turn.items[i].key));
	if (turn.is_last && drop_expiries(db, job->space)) {
		forget_index(db, a, job);
		end(db, job);
	}
	return turn.is_last ? turn.n : TURN_ITEMS;
}

/*
 * An index is filled. Writes keep it up meanwhile, so that what is there already is right. An item whose
 * attributes do not fit the index's key is left out, as on AWS.
 */

static void fill_one(struct db *db, struct arena *a, const struct table *t,
                     const struct index *index, const struct stored_item *stored)
{
	struct stored_item there;
	struct item item, projected;
	str key;

	item_load(a, stored->text, &item);
	if (!key_encode_in_index(a, &index->keys, &t->keys, &item, &key) ||
	    space_get(db, a, index->space, key, &there))
		return;
	projected = index_project(a, t, index, &item);
	space_put(db, index->space, key, item_text(a, &projected), item_size(&projected), -1);
}

static size_t fill_index(struct db *db, struct arena *a, const struct job *job)
{
	const struct index *index = NULL;
	struct table t;
	struct turn turn;

	if (table_load(db, a, job->table_space, &t))
		index = index_of_space(&t, job->space);
	if (!index || index->status != INDEX_CREATING) {
		end(db, job);
		return 0;
	}
	take_items(db, a, t.space, job->cursor, &turn);
	for (size_t i = 0; i < turn.n; i++)
		fill_one(db, a, &t, index, &turn.items[i]);
	if (turn.is_last)
		db_run(db,
		       "UPDATE dynamodb_index SET status = ? WHERE table_space = ? AND space = ?",
		       db_int(INDEX_ACTIVE), db_int(t.space), db_int(index->space));
	go_on(db, job, &turn);
	return turn.is_last ? turn.n : TURN_ITEMS;
}

/*
 * Times to live are turned on or off.
 */

static size_t fill_expiry(struct db *db, struct arena *a, const struct job *job)
{
	struct table t;
	struct turn turn;

	if (!table_load(db, a, job->table_space, &t) || !t.time_to_live.p) {
		end(db, job);
		return 0;
	}
	take_items(db, a, t.space, job->cursor, &turn);
	for (size_t i = 0; i < turn.n; i++) {
		struct item item;

		item_load(a, turn.items[i].text, &item);
		time_to_live_fill(db, &t, turn.items[i].key, &item);
	}
	go_on(db, job, &turn);
	return turn.is_last ? turn.n : TURN_ITEMS;
}

static size_t clear_expiry(struct db *db, const struct job *job)
{
	if (drop_expiries(db, job->table_space))
		end(db, job);
	return TURN_ITEMS;
}

/*
 * A turn.
 */

/* How many items it went through. */
static size_t run(struct db *db, struct arena *a, const struct job *job)
{
	switch (job->kind) {
	case JOB_DROP_SPACE:
		return drop_space(db, a, job);
	case JOB_FILL_INDEX:
		return fill_index(db, a, job);
	case JOB_FILL_EXPIRY:
		return fill_expiry(db, a, job);
	case JOB_CLEAR_EXPIRY:
		return clear_expiry(db, job);
	}
	return 0;
}

bool job_turn(struct db *db, int64_t now)
{
	struct arena a = { 0 };
	struct job job;
	bool more = true;

	(void)now;
	for (size_t spent = 0; more && spent < TURN_ITEMS;) {
		more = next_job(db, &a, &job);
		if (more)
			spent += JOB_COST + run(db, &a, &job);
	}
	arena_release(&a);
	return more;
}
