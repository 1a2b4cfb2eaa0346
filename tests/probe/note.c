/* Notes: small rows, written twice, so that half a write would show. */
#include "probe.h"

err probe_put_note(struct call *c, const struct probe_put_note_in *in,
                   struct probe_put_note_out *out)
{
	(void)out;
	db_run(c->db,
	       "INSERT INTO probe_note (name, text, expires) VALUES (?, ?, ?) "
	       "ON CONFLICT (name) DO UPDATE SET text = excluded.text, expires = excluded.expires",
	       db_text(in->name), db_text(in->text),
	       in->expires.set ? db_int(in->expires.value) : db_null());
	db_run(c->db,
	       "INSERT INTO probe_copy (name, text) VALUES (?, ?) "
	       "ON CONFLICT (name) DO UPDATE SET text = excluded.text",
	       db_text(in->name), db_text(in->text));
	if (opt_true(in->fail))
		return fail(c, &probe_note_refused, "You asked for it: %.*s", STR_ARG(in->name));
	return NULL;
}

err probe_get_note(struct call *c, const struct probe_get_note_in *in,
                   struct probe_get_note_out *out)
{
	struct db_rows rows;

	if (!db_row(c->db, &rows,
	            "SELECT n.text, c.text FROM probe_note n LEFT JOIN probe_copy c USING (name) "
	            "WHERE n.name = ?",
	            db_text(in->name)))
		return fail(c, &probe_no_such_note, "There is no note named %.*s",
		            STR_ARG(in->name));
	out->text = arena_str(c->arena, col_text(&rows, 0));
	out->copy = arena_str(c->arena, col_text(&rows, 1));
	db_rows_end(&rows);
	return NULL;
}

err probe_list_notes(struct call *c, const struct probe_list_notes_in *in,
                     struct probe_list_notes_out *out)
{
	struct db_rows rows;
	size_t capacity = 0;
	str prefix = in->prefix.p ? in->prefix : (str){ "", 0 };

	for (db_each(c->db, &rows,
	             "SELECT name FROM probe_note WHERE substr(name, 1, length(?)) = ? ORDER BY name",
	             db_text(prefix), db_text(prefix));
	     db_next(&rows);) {
		if (out->names.n == capacity)
			out->names.items =
				arena_grow(c->arena, out->names.items, &capacity, sizeof(str));
		out->names.items[out->names.n++] = arena_str(c->arena, col_text(&rows, 0));
	}
	out->count = opt_int((int64_t)out->names.n);
	return NULL;
}

void probe_expire_notes(struct db *db, int64_t now)
{
	db_run(db,
	       "DELETE FROM probe_copy WHERE name IN (SELECT name FROM probe_note WHERE expires <= ?)",
	       db_int(now));
	db_run(db, "DELETE FROM probe_note WHERE expires <= ?", db_int(now));
}
