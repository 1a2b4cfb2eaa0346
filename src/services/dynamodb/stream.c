#include "services/dynamodb/stream.h"

#include "base/digest.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "services/dynamodb/shard.h"

enum {
	TRIM_TURN_BYTES = 4 * 1024 * 1024,
	TRIM_TURN = 500,                       /* records */
	RECORD_MAX = 3 * ITEM_TEXT_MAX + 4096, /* its key, two images, and what is around them */
	EVENT_ID_SIZE = 32,
};

static const str view_names[] = {
	[VIEW_KEYS_ONLY] = STR_INIT("KEYS_ONLY"),
	[VIEW_NEW_IMAGE] = STR_INIT("NEW_IMAGE"),
	[VIEW_OLD_IMAGE] = STR_INIT("OLD_IMAGE"),
	[VIEW_NEW_AND_OLD_IMAGES] = STR_INIT("NEW_AND_OLD_IMAGES"),
};

str stream_view_name(enum stream_view view)
{
	return view_names[view];
}

bool stream_view_from_name(str name, enum stream_view *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(view_names); i++)
		if (str_eq(name, view_names[i])) {
			*ret = (enum stream_view)i;
			return true;
		}
	return false;
}

/*
 * Open and closed.
 */

/* The time, which no other stream of a table of this name has: one that is opened in the same millisecond as
 * another gets the next. */
static str new_label(struct db *db, struct arena *a, int64_t now, const struct table *t)
{
	str label;

	do {
		label = timestamp_to_iso8601_millis(a, now++);
		label.n--; /* the Z */
	} while (db_exists(db,
	                   "SELECT 1 FROM dynamodb_stream "
	                   "WHERE account = ? AND region = ? AND table_name = ? AND label = ?",
	                   db_text(t->account), db_text(t->region), db_text(t->name),
	                   db_text(label)));
	return label;
}

int64_t stream_open(struct db *db, struct arena *a, int64_t now, const struct table *t,
                    enum stream_view view)
{
	char secret[SHARD_SECRET_SIZE];

	random_bytes(secret, sizeof(secret));
	db_run(db,
	       "INSERT INTO dynamodb_stream (table_space, account, region, table_name, label, view, "
	       "key_schema, created, closed, next, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?)",
	       db_int(t->space), db_text(t->account), db_text(t->region), db_text(t->name),
	       db_text(new_label(db, a, now, t)), db_int(view),
	       db_text(key_schema_to_text(a, &t->keys)), db_int(now),
	       db_blob((str){ secret, sizeof(secret) }));
	return db_last_id(db);
}

void stream_close(struct db *db, int64_t stream, int64_t now)
{
	db_run(db, "UPDATE dynamodb_stream SET closed = ? WHERE id = ? AND closed = 0", db_int(now),
	       db_int(stream));
}

bool stream_describe(struct db *db, struct arena *a, const struct table *t,
                     struct stream_description *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT id, label, view, closed FROM dynamodb_stream WHERE account = ? "
	            "AND region = ? AND table_name = ? AND table_space = ? ORDER BY id DESC LIMIT 1",
	            db_text(t->account), db_text(t->region), db_text(t->name), db_int(t->space)))
		return false;
	*ret = (struct stream_description){
		.id = col_int(&rows, 0),
		.label = arena_str(a, col_text(&rows, 1)),
		.view = (enum stream_view)col_int(&rows, 2),
		.is_open = !col_int(&rows, 3),
	};
	db_rows_end(&rows);
	ret->arn =
		stream_arn(a, &(struct stream_name){ t->account, t->region, t->name, ret->label });
	return true;
}

/*
 * Records.
 */

struct record {
	const struct change *change;
	int64_t now, sequence;
	enum stream_view view;
	struct item key;
};

static str event_name(const struct change *change)
{
	if (!change->old)
		return STR("INSERT");
	return change->new ? STR("MODIFY") : STR("REMOVE");
}

/* Puts an image and returns its size; one that is not there, or not shown, is left out. */
static int64_t put_image(struct json_writer *w, str name, const struct item *image, bool is_shown)
{
	if (!image || !is_shown)
		return 0;
	json_put_name(w, name);
	item_put(w, image);
	return item_size(image);
}

static void put_stream_record(struct json_writer *w, struct arena *a, const struct record *r)
{
	bool both = r->view == VIEW_NEW_AND_OLD_IMAGES;
	int64_t size;

	json_put_object(w);
	json_put_member_i64(w, STR("ApproximateCreationDateTime"), r->now / 1000);
	size = put_image(w, STR("Keys"), &r->key, true);
	size += put_image(w, STR("NewImage"), r->change->new, both || r->view == VIEW_NEW_IMAGE);
	size += put_image(w, STR("OldImage"), r->change->old, both || r->view == VIEW_OLD_IMAGE);
	json_put_member(w, STR("SequenceNumber"), sequence_number(a, r->sequence));
	json_put_member_i64(w, STR("SizeBytes"), size);
	json_put_member(w, STR("StreamViewType"), stream_view_name(r->view));
	json_put_object_end(w);
}

static void put_service_identity(struct json_writer *w)
{
	json_put_name(w, STR("userIdentity"));
	json_put_object(w);
	json_put_member(w, STR("PrincipalId"), STR("dynamodb.amazonaws.com"));
	json_put_member(w, STR("Type"), STR("Service"));
	json_put_object_end(w);
}

static str record_text(struct arena *a, const struct record *r)
{
	char id[EVENT_ID_SIZE];
	struct buf b;
	struct json_writer w;

	random_hex(id, sizeof(id));
	buf_init(&b, a, RECORD_MAX);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_member(&w, STR("eventID"), (str){ id, sizeof(id) });
	json_put_member(&w, STR("eventName"), event_name(r->change));
	json_put_member(&w, STR("eventVersion"), STR("1.1"));
	json_put_member(&w, STR("eventSource"), STR("aws:dynamodb"));
	json_put_member(&w, STR("awsRegion"), r->change->table->region);
	json_put_name(&w, STR("dynamodb"));
	put_stream_record(&w, a, r);
	if (r->change->by_time_to_live)
		put_service_identity(&w);
	json_put_object_end(&w);
	return buf_str(&b);
}

void stream_write(struct db *db, struct arena *a, int64_t now, const struct change *change)
{
	const struct table *t = change->table;
	struct record r = { .change = change, .now = now };
	struct db_rows rows;
	str text;

	if (!db_row(db, &rows,
	            "UPDATE dynamodb_stream SET next = next + 1 WHERE id = ? AND closed = 0 "
	            "RETURNING next - 1, view",
	            db_int(t->stream)))
		return;
	r.sequence = col_int(&rows, 0);
	r.view = (enum stream_view)col_int(&rows, 1);
	db_rows_end(&rows);
	r.key = key_of_item(a, NULL, &t->keys, change->old ? change->old : change->new);
	text = record_text(a, &r);
	db_run(db,
	       "INSERT INTO dynamodb_record (stream, sequence, at, size, record) "
	       "VALUES (?, ?, ?, ?, ?)",
	       db_int(t->stream), db_int(r.sequence), db_int(now), db_int((int64_t)text.n),
	       db_text(text));
}

/*
 * Trimmed.
 */

struct old_record {
	int64_t stream, sequence;
};

/* Those of a turn: dropping a large one takes as long as reading it. */
static size_t find_old_records(struct db *db, int64_t horizon, struct old_record ret[TRIM_TURN])
{
	struct db_rows rows;
	int64_t bytes = 0;
	size_t n = 0;

	for (db_each(db, &rows,
	             "SELECT stream, sequence, size FROM dynamodb_record WHERE at <= ? "
	             "ORDER BY at LIMIT ?",
	             db_int(horizon), db_int(TRIM_TURN));
	     bytes < TRIM_TURN_BYTES && db_next(&rows);) {
		ret[n++] = (struct old_record){ col_int(&rows, 0), col_int(&rows, 1) };
		bytes += col_int(&rows, 2);
	}
	db_rows_end(&rows);
	return n;
}

bool stream_trim(struct db *db, int64_t now)
{
	struct old_record old[TRIM_TURN];
	int64_t horizon = now - STREAM_KEPT_MS;
	size_t n = find_old_records(db, horizon, old);

	for (size_t i = 0; i < n; i++)
		db_run(db, "DELETE FROM dynamodb_record WHERE stream = ? AND sequence = ?",
		       db_int(old[i].stream), db_int(old[i].sequence));
	if (n)
		return true;
	db_run(db,
	       "DELETE FROM dynamodb_stream WHERE closed <> 0 AND closed <= ? "
	       "AND NOT EXISTS (SELECT 1 FROM dynamodb_record WHERE stream = id)",
	       db_int(horizon));
	return false;
}
