#include "services/dynamodb/space.h"

int64_t space_new(struct db *db)
{
	db_run(db, "INSERT INTO dynamodb_space (items, bytes) VALUES (0, 0)");
	return db_last_id(db);
}

void space_forget(struct db *db, int64_t space)
{
	db_run(db, "DELETE FROM dynamodb_space WHERE id = ?", db_int(space));
}

void space_count(struct db *db, int64_t space, int64_t *ret_items, int64_t *ret_bytes)
{
	struct db_rows rows;

	*ret_items = *ret_bytes = 0;
	if (!db_row(db, &rows, "SELECT items, bytes FROM dynamodb_space WHERE id = ?",
	            db_int(space)))
		return;
	*ret_items = col_int(&rows, 0);
	*ret_bytes = col_int(&rows, 1);
	db_rows_end(&rows);
}

static void count(struct db *db, int64_t space, int64_t items, int64_t bytes)
{
	if (items || bytes)
		db_run(db,
		       "UPDATE dynamodb_space SET items = items + ?, bytes = bytes + ? "
		       "WHERE id = ?",
		       db_int(items), db_int(bytes), db_int(space));
}

/*
 * One item.
 */

bool space_get(struct db *db, struct arena *a, int64_t space, str key, struct stored_item *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows, "SELECT item, size FROM dynamodb_item WHERE space = ? AND key = ?",
	            db_int(space), db_blob(key)))
		return false;
	*ret = (struct stored_item){
		.key = key,
		.text = arena_str(a, col_text(&rows, 0)),
		.size = col_int(&rows, 1),
	};
	db_rows_end(&rows);
	return true;
}

/*
 * An index that is still being filled lacks what the job has not come to. So what is there counts, not what
 * the caller expects to be there.
 */
void space_put(struct db *db, int64_t space, str key, str text, int64_t size, int64_t old_size)
{
	if (old_size >= 0) {
		db_run(db,
		       "UPDATE dynamodb_item SET size = ?, item = ? WHERE space = ? AND key = ?",
		       db_int(size), db_text(text), db_int(space), db_blob(key));
		if (db_changes(db)) {
			count(db, space, 0, size - old_size);
			return;
		}
	}
	db_run(db, "INSERT INTO dynamodb_item (space, key, size, item) VALUES (?, ?, ?, ?)",
	       db_int(space), db_blob(key), db_int(size), db_text(text));
	count(db, space, 1, size);
}

void space_delete(struct db *db, int64_t space, str key, int64_t old_size)
{
	db_run(db, "DELETE FROM dynamodb_item WHERE space = ? AND key = ?", db_int(space),
	       db_blob(key));
	if (db_changes(db))
		count(db, space, -1, -old_size);
}

/*
 * A range of them. A statement for each form, so that SQLite seeks to both ends of the range.
 */

static void each_forward(struct db *db, struct db_rows *rows, const struct space_range *r, str from)
{
	if (r->to.p && r->after)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key > ? "
		        "AND key < ? ORDER BY key",
		        db_int(r->space), db_blob(from), db_blob(r->to));
	else if (r->to.p)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key >= ? "
		        "AND key < ? ORDER BY key",
		        db_int(r->space), db_blob(from), db_blob(r->to));
	else if (r->after)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key > ? "
		        "ORDER BY key",
		        db_int(r->space), db_blob(from));
	else
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key >= ? "
		        "ORDER BY key",
		        db_int(r->space), db_blob(from));
}

static void each_backward(struct db *db, struct db_rows *rows, const struct space_range *r,
                          str from)
{
	if (r->to.p && r->after)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key > ? "
		        "AND key < ? ORDER BY key DESC",
		        db_int(r->space), db_blob(from), db_blob(r->to));
	else if (r->to.p)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key >= ? "
		        "AND key < ? ORDER BY key DESC",
		        db_int(r->space), db_blob(from), db_blob(r->to));
	else if (r->after)
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key > ? "
		        "ORDER BY key DESC",
		        db_int(r->space), db_blob(from));
	else
		db_each(db, rows,
		        "SELECT key, item, size FROM dynamodb_item WHERE space = ? AND key >= ? "
		        "ORDER BY key DESC",
		        db_int(r->space), db_blob(from));
}

void space_each(struct db *db, struct db_rows *rows, const struct space_range *range,
                bool backwards)
{
	str from = range->from.p ? range->from : STR("");

	if (backwards)
		each_backward(db, rows, range, from);
	else
		each_forward(db, rows, range, from);
}

bool space_next(struct db_rows *rows, struct stored_item *ret)
{
	if (!db_next(rows))
		return false;
	*ret = (struct stored_item){
		.key = col_text(rows, 0),
		.text = col_text(rows, 1),
		.size = col_int(rows, 2),
	};
	return true;
}
