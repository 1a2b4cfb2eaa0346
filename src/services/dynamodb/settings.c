#include "services/dynamodb/settings.h"

#include "base/json.h"
#include "services/dynamodb/job.h"
#include "services/dynamodb/space.h"
#include "services/dynamodb/stream.h"

enum { INCLUDED_TEXT_MAX = 1024 * 1024 };

/*
 * Loading.
 */

static void load_index_throughputs(struct db *db, struct arena *a, const struct table *t,
                                   struct settings *s)
{
	struct db_rows rows;
	size_t n = 0;

	for (db_each(db, &rows,
	             "SELECT read_units, write_units, increased, decreased, throughput "
	             "FROM dynamodb_index WHERE table_space = ? ORDER BY space",
	             db_int(t->space));
	     n < t->index_count && db_next(&rows); n++) {
		s->index_throughputs[n] = (struct throughput){
			.read_units = col_int(&rows, 0),
			.write_units = col_int(&rows, 1),
			.increased = col_int(&rows, 2),
			.decreased = col_int(&rows, 3),
		};
		throughput_from_text(a, arena_str(a, col_text(&rows, 4)), &s->index_throughputs[n]);
	}
	db_rows_end(&rows);
}

void settings_load(struct db *db, struct arena *a, const struct table *t, struct settings *ret)
{
	struct db_rows rows;

	*ret = (struct settings){ 0 };
	if (!db_row(db, &rows,
	            "SELECT table_id, created, attributes, read_units, write_units, increased, "
	            "decreased, throughput, on_demand_since, table_class, class_changed, is_protected "
	            "FROM dynamodb_table WHERE space = ?",
	            db_int(t->space)))
		return;
	ret->table_id = arena_str(a, col_text(&rows, 0));
	ret->created = col_int(&rows, 1);
	definitions_from_text(a, arena_str(a, col_text(&rows, 2)), &ret->attributes);
	ret->throughput = (struct throughput){
		.read_units = col_int(&rows, 3),
		.write_units = col_int(&rows, 4),
		.increased = col_int(&rows, 5),
		.decreased = col_int(&rows, 6),
	};
	throughput_from_text(a, arena_str(a, col_text(&rows, 7)), &ret->throughput);
	ret->on_demand_since = col_int(&rows, 8);
	ret->table_class = (enum table_class)col_int(&rows, 9);
	ret->class_changed = col_int(&rows, 10);
	ret->is_protected = col_int(&rows, 11) != 0;
	db_rows_end(&rows);
	load_index_throughputs(db, a, t, ret);
}

/*
 * Saving.
 */

static str included_text(struct arena *a, const struct index *index)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, a, INCLUDED_TEXT_MAX);
	json_writer_init(&w, &b);
	json_put_array(&w);
	for (size_t i = 0; i < index->included_count; i++)
		json_put_string(&w, index->included[i]);
	json_put_array_end(&w);
	return buf_str(&b);
}

void settings_insert(struct db *db, struct arena *a, const struct table *t,
                     const struct settings *s)
{
	db_run(db,
	       "INSERT INTO dynamodb_table (space, account, region, name, table_id, created, "
	       "key_schema, attributes, billing_mode, read_units, write_units, increased, decreased, "
	       "on_demand_since, table_class, class_changed, is_protected, throughput, index_count, "
	       "time_to_live, time_to_live_changed, stream) "
	       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, 0, ?, ?, ?, NULL, 0, ?)",
	       db_int(t->space), db_text(t->account), db_text(t->region), db_text(t->name),
	       db_text(s->table_id), db_int(s->created), db_text(key_schema_to_text(a, &t->keys)),
	       db_text(definitions_to_text(a, &s->attributes)), db_int(t->billing_mode),
	       db_int(s->throughput.read_units), db_int(s->throughput.write_units),
	       db_int(s->on_demand_since), db_int(s->table_class), db_int(s->is_protected),
	       db_text(throughput_to_text(a, &s->throughput)), db_int((int64_t)t->index_count),
	       db_int(t->stream));
	for (size_t i = 0; i < t->index_count; i++)
		settings_insert_index(db, a, t, i, s);
}

void settings_insert_index(struct db *db, struct arena *a, const struct table *t, size_t index,
                           const struct settings *s)
{
	const struct index *i = &t->indexes[index];
	const struct throughput *throughput = &s->index_throughputs[index];

	db_run(db,
	       "INSERT INTO dynamodb_index (table_space, space, name, is_global, status, key_schema, "
	       "projection, included, read_units, write_units, increased, decreased, throughput) "
	       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
	       db_int(t->space), db_int(i->space), db_text(i->name), db_int(i->is_global),
	       db_int(i->status), db_text(key_schema_to_text(a, &i->keys)), db_int(i->projection),
	       db_text(included_text(a, i)), db_int(throughput->read_units),
	       db_int(throughput->write_units), db_text(throughput_to_text(a, throughput)));
}

static void save_index(struct db *db, struct arena *a, const struct table *t, size_t index,
                       const struct settings *s)
{
	const struct throughput *throughput = &s->index_throughputs[index];

	db_run(db,
	       "UPDATE dynamodb_index SET status = ?, read_units = ?, write_units = ?, "
	       "increased = ?, decreased = ?, throughput = ? WHERE table_space = ? AND space = ?",
	       db_int(t->indexes[index].status), db_int(throughput->read_units),
	       db_int(throughput->write_units), db_int(throughput->increased),
	       db_int(throughput->decreased), db_text(throughput_to_text(a, throughput)),
	       db_int(t->space), db_int(t->indexes[index].space));
}

void settings_save(struct db *db, struct arena *a, const struct table *t, const struct settings *s)
{
	db_run(db,
	       "UPDATE dynamodb_table SET attributes = ?, billing_mode = ?, read_units = ?, "
	       "write_units = ?, increased = ?, decreased = ?, throughput = ?, on_demand_since = ?, "
	       "table_class = ?, class_changed = ?, is_protected = ?, index_count = ?, stream = ? "
	       "WHERE space = ?",
	       db_text(definitions_to_text(a, &s->attributes)), db_int(t->billing_mode),
	       db_int(s->throughput.read_units), db_int(s->throughput.write_units),
	       db_int(s->throughput.increased), db_int(s->throughput.decreased),
	       db_text(throughput_to_text(a, &s->throughput)), db_int(s->on_demand_since),
	       db_int(s->table_class), db_int(s->class_changed), db_int(s->is_protected),
	       db_int((int64_t)t->index_count), db_int(t->stream), db_int(t->space));
	for (size_t i = 0; i < t->index_count; i++)
		save_index(db, a, t, i, s);
}

/*
 * Deleting.
 */

static void drop_space(struct db *db, int64_t table_space, int64_t space)
{
	space_forget(db, space);
	job_add(db, JOB_DROP_SPACE, table_space, space);
}

void settings_delete(struct db *db, const struct table *t, int64_t now)
{
	if (t->stream)
		stream_close(db, t->stream, now);
	db_run(db, "DELETE FROM dynamodb_tag WHERE table_space = ?", db_int(t->space));
	db_run(db, "DELETE FROM dynamodb_index WHERE table_space = ?", db_int(t->space));
	db_run(db, "DELETE FROM dynamodb_table WHERE space = ?", db_int(t->space));
	for (size_t i = 0; i < t->index_count; i++)
		drop_space(db, t->space, t->indexes[i].space);
	drop_space(db, t->space, t->space);
}

void settings_delete_index(struct db *db, struct arena *a, const struct table *t,
                           const struct index *index)
{
	struct table left;
	struct settings s;

	db_run(db, "DELETE FROM dynamodb_index WHERE table_space = ? AND space = ?",
	       db_int(t->space), db_int(index->space));
	if (!table_load(db, a, t->space, &left))
		return;
	settings_load(db, a, &left, &s);
	definitions_prune(&s.attributes, &left);
	settings_save(db, a, &left, &s);
}
