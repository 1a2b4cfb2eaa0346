/* Files: bodies that stream in, to a row when small and to a blob when not, and out again. */
#include "probe.h"

#include "base/str.h"

#include <errno.h>

static void drop_old(struct call *c, str name)
{
	struct db_rows rows;
	str blob = STR_NULL;

	if (db_row(c->db, &rows, "SELECT blob FROM probe_file WHERE name = ?", db_text(name)))
		blob = arena_str(c->arena, col_text(&rows, 0));
	db_rows_end(&rows);
	if (blob.p)
		blob_drop(c->db, blob);
	db_run(c->db, "DELETE FROM probe_file WHERE name = ?", db_text(name));
}

err probe_put_file(struct call *c, const struct probe_put_file_in *in,
                   struct probe_put_file_out *out)
{
	drop_old(c, in->name);
	if (c->body->blob)
		blob_keep(c->db, c->body->blob);
	db_run(c->db, "INSERT INTO probe_file (name, size, bytes, blob) VALUES (?, ?, ?, ?)",
	       db_text(in->name), db_int(c->body->size),
	       c->body->blob ? db_null() : db_blob(c->body->text),
	       c->body->blob ? db_text(blob_id(c->body->blob)) : db_null());
	out->size = opt_int(c->body->size);
	return NULL;
}

err probe_get_file(struct call *c, const struct probe_get_file_in *in,
                   struct probe_get_file_out *out)
{
	struct db_rows rows;
	str bytes, blob;
	int64_t size;
	int fd;

	(void)out;
	if (!db_row(c->db, &rows, "SELECT size, bytes, blob FROM probe_file WHERE name = ?",
	            db_text(in->name)))
		return fail(c, &probe_no_such_note, "There is no file named %.*s",
		            STR_ARG(in->name));
	size = col_int(&rows, 0);
	bytes = arena_str(c->arena, col_text(&rows, 1));
	blob = arena_str(c->arena, col_text(&rows, 2));
	db_rows_end(&rows);
	if (!blob.p) {
		reply_text(c->exchange, 200, bytes);
		return NULL;
	}
	fd = blob_open(store_of(c), blob);
	if (fd < 0)
		return fail(c, &error_internal_failure, "The file is gone.");
	reply_file(c->exchange, 200, fd, 0, size);
	return NULL;
}

err probe_delete_file(struct call *c, const struct probe_delete_file_in *in,
                      struct probe_delete_file_out *out)
{
	(void)out;
	drop_old(c, in->name);
	return NULL;
}
