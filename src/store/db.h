/*
 * A database connection as handlers see it: SQL text with `?`, typed values, rows.
 *
 * SQL is always a literal (the macros do not compile otherwise), and its prepared statement is
 * cached by the literal's address. A failure is not a handler's business: the first one sticks, all
 * later calls do nothing and return zeros, and the dispatcher looks once, rolls back and answers
 * with an error. So handlers check nothing here.
 *
 *     db_run(db, "DELETE FROM sqs_message WHERE queue = ? AND id = ?", db_int(q), db_text(id));
 *
 *     struct db_rows rows;
 *     for (db_each(db, &rows, "SELECT name, size FROM s3_object WHERE bucket = ?", db_int(b)); db_next(&rows);)
 *             add(arena_str(a, col_text(&rows, 0)), col_int(&rows, 1));
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/limits.h"

struct db;
struct sqlite3_stmt;
struct db_statement;

enum db_type { DB_UNSET, DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

struct db_value {
	enum db_type type;
	union {
		int64_t i;
		double d;
		str s;
	} as;
};

static inline struct db_value db_int(int64_t i)
{
	return (struct db_value){ .type = DB_INT, .as.i = i };
}

static inline struct db_value db_real(double d)
{
	return (struct db_value){ .type = DB_REAL, .as.d = d };
}

static inline struct db_value db_null(void)
{
	return (struct db_value){ .type = DB_NULL };
}

/* An absent str is NULL in the database. The bytes must live until the call returns; for db_each,
 * until the rows are done. */
static inline struct db_value db_text(str s)
{
	return (struct db_value){ .type = s.p ? DB_TEXT : DB_NULL, .as.s = s };
}

static inline struct db_value db_blob(str s)
{
	return (struct db_value){ .type = s.p ? DB_BLOB : DB_NULL, .as.s = s };
}

/* As many values as the SQL has '?'; the rest stay unset. */
struct db_query {
	const char *sql;
	struct db_value values[LIMIT_SQL_ARGUMENTS];
};

struct db_rows {
	struct db *db;
	struct sqlite3_stmt *statement; /* NULL after the last row */
	struct db_statement *cached;    /* NULL: prepared for this once */
};

#define DB_QUERY(...) (&(struct db_query){ "" __VA_ARGS__ })

/* Runs a statement for its effect. */
#define db_run(db, ...) db_run_query((db), DB_QUERY(__VA_ARGS__))

/* The first column of the first row, or `fallback` without one. */
#define db_integer(db, fallback, ...) db_integer_query((db), (fallback), DB_QUERY(__VA_ARGS__))
#define db_exists(db, ...)            db_exists_query((db), DB_QUERY(__VA_ARGS__))

/* Row by row: after db_each, db_next moves to the next row, and returns false (and gives the
 * statement back) after the last. Leaving early needs db_rows_end, which may be called twice; rows
 * that a failing handler left open end with its transaction. */
#define db_each(db, rows, ...) db_each_query((db), (rows), DB_QUERY(__VA_ARGS__))

/* One row: db_each and one db_next. When true, the caller reads columns, then calls db_rows_end. */
#define db_row(db, rows, ...) (db_each_query((db), (rows), DB_QUERY(__VA_ARGS__)), db_next(rows))

void db_run_query(struct db *db, const struct db_query *q);
int64_t db_integer_query(struct db *db, int64_t fallback, const struct db_query *q);
bool db_exists_query(struct db *db, const struct db_query *q);
void db_each_query(struct db *db, struct db_rows *rows, const struct db_query *q);
bool db_next(struct db_rows *rows);
void db_rows_end(struct db_rows *rows);

/* Columns of the current row. Slices live until the next db_next or db_rows_end: copy with arena_str.
 * NULL is 0, 0.0 or an absent str. */
int64_t col_int(const struct db_rows *rows, int column);
double col_real(const struct db_rows *rows, int column);
str col_text(const struct db_rows *rows, int column);
bool col_is_null(const struct db_rows *rows, int column);

/*
 * What a reader makes of rows, kept with its snapshot, which outlives the request when nothing is written: `size`
 * bytes for each `kind`, an address of its owner's, zeroed when the snapshot is new, and an arena for what they
 * point to. Nothing may point there when the snapshot is given back. NULL for the writer, whose rows change while
 * it reads them, and after an error.
 */
void *db_memory(struct db *db, const void *kind, size_t size, struct arena **ret_arena);

int64_t db_changes(struct db *db); /* rows the last statement changed */
int64_t db_last_id(struct db *db); /* rowid of the last insert */

/* What went wrong first, if anything did since the transaction began. */
enum db_status {
	DB_OK,
	DB_FULL,     /* the disk is full */
	DB_READONLY, /* the disk, or the file, cannot be written */
	DB_IO,       /* the disk failed */
	DB_CORRUPT,
	DB_FAILED, /* anything else: our own mistake; the log has SQLite's words */
};

enum db_status db_status(const struct db *db);

#endif
