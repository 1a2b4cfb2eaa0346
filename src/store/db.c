#include "store/internal.h"

#include <assert.h>
#include <errno.h>

/*
 * Prepared statements, found by the address of their literal: 128 sets of four, so a connection's
 * memory does not grow with the program's SQL. In a full set the one least recently used gives way;
 * one that is in use never does, and when its own literal is run again meanwhile (a loop that
 * calls itself), the inner one is prepared for that once.
 */
static struct db_statement *statement_slot(struct db *db, const char *sql)
{
	uint64_t mixed = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
	struct db_statement *set = db->statements[mixed >> 57];
	struct db_statement *oldest = NULL;

	_Static_assert(STATEMENT_SETS == 1 << (64 - 57),
	               "the shift takes as many bits as there are sets");
	for (int i = 0; i < STATEMENT_WAYS; i++) {
		if (set[i].sql == sql)
			return set[i].busy ? NULL : &set[i];
		if (!set[i].busy && (!oldest || set[i].used < oldest->used))
			oldest = &set[i];
	}
	if (!oldest)
		return NULL;
	sqlite3_finalize(oldest->prepared);
	*oldest = (struct db_statement){ .sql = sql };
	return oldest;
}

static int statement_prepare(struct db *db, const char *sql, unsigned flags, sqlite3_stmt **ret)
{
	const char *rest = NULL;
	int code;

	errno = 0;
	code = sqlite3_prepare_v3(db->connection, sql, -1, flags, ret, &rest);
	assert(code || (*ret && *rest == '\0')); /* exactly one statement */
	return code;
}

static int statement_take(struct db *db, const char *sql, struct db_rows *rows)
{
	struct db_statement *slot = statement_slot(db, sql);
	int code = SQLITE_OK;

	if (!slot) {
		code = statement_prepare(db, sql, 0, &rows->statement);
	} else if (!slot->prepared) {
		code = statement_prepare(db, sql, SQLITE_PREPARE_PERSISTENT, &slot->prepared);
		if (code)
			slot->sql = NULL;
	}
	if (code)
		return code;
	if (slot) {
		slot->busy = true;
		slot->used = ++db->turn;
		rows->cached = slot;
		rows->statement = slot->prepared;
	}
	db->rows_open++;
	return SQLITE_OK;
}

static void statement_give_back(struct db_statement *cached, sqlite3_stmt *prepared)
{
	if (cached) {
		sqlite3_reset(prepared);
		cached->busy = false;
	} else {
		sqlite3_finalize(prepared);
	}
}

static int bind_value(sqlite3_stmt *statement, int position, const struct db_value *value)
{
	switch (value->type) {
	case DB_INT:
		return sqlite3_bind_int64(statement, position, value->as.i);
	case DB_REAL:
		return sqlite3_bind_double(statement, position, value->as.d);
	case DB_TEXT:
		return sqlite3_bind_text64(statement, position, value->as.s.p, value->as.s.n,
		                           SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(statement, position, value->as.s.p, value->as.s.n,
		                           SQLITE_STATIC);
	case DB_NULL:
	case DB_UNSET:
		break;
	}
	return sqlite3_bind_null(statement, position);
}

static bool bind_all(struct db *db, sqlite3_stmt *statement, const struct db_query *q)
{
	int n = 0;

	while (n < LIMIT_SQL_ARGUMENTS && q->values[n].type != DB_UNSET) {
		if (n >= sqlite3_bind_parameter_count(statement))
			break;
		int code = bind_value(statement, n + 1, &q->values[n]);
		if (code) {
			db_fail(db, code, q->sql);
			return false;
		}
		n++;
	}
	/* As many values as the SQL has '?'. */
	assert(n == sqlite3_bind_parameter_count(statement));
	assert(n == LIMIT_SQL_ARGUMENTS || q->values[n].type == DB_UNSET);
	return true;
}

void db_each_query(struct db *db, struct db_rows *rows, const struct db_query *q)
{
	int code;

	*rows = (struct db_rows){ .db = db };
	if (!db_ready(db))
		return;
	code = statement_take(db, q->sql, rows);
	if (code)
		db_fail(db, code, q->sql);
	else if (!bind_all(db, rows->statement, q))
		db_rows_end(rows);
}

bool db_next(struct db_rows *rows)
{
	struct db *db = rows->db;
	int code;

	if (!rows->statement)
		return false;
	if (db->status == DB_OK) {
		code = db_step(rows->statement);
		if (code == SQLITE_ROW)
			return true;
		if (code != SQLITE_DONE)
			db_fail(db, code, sqlite3_sql(rows->statement));
	}
	db_rows_end(rows);
	return false;
}

void db_rows_end(struct db_rows *rows)
{
	if (!rows->statement)
		return;
	statement_give_back(rows->cached, rows->statement);
	rows->statement = NULL;
	rows->cached = NULL;
	rows->db->rows_open--;
}

static bool statement_is_cached(const struct db *db, const sqlite3_stmt *prepared)
{
	for (int i = 0; i < STATEMENT_SETS * STATEMENT_WAYS; i++)
		if (db->statements[i / STATEMENT_WAYS][i % STATEMENT_WAYS].prepared == prepared)
			return true;
	return false;
}

/* Those whose db_rows is gone: a handler may return from the middle of a loop when it fails. */
void db_close_rows(struct db *db)
{
	sqlite3_stmt *statement, *next;

	if (db->rows_open == 0)
		return;
	for (statement = sqlite3_next_stmt(db->connection, NULL); statement; statement = next) {
		next = sqlite3_next_stmt(db->connection, statement);
		if (!statement_is_cached(db, statement))
			sqlite3_finalize(statement);
	}
	for (int i = 0; i < STATEMENT_SETS * STATEMENT_WAYS; i++) {
		struct db_statement *cached =
			&db->statements[i / STATEMENT_WAYS][i % STATEMENT_WAYS];
		if (cached->busy)
			statement_give_back(cached, cached->prepared);
	}
	db->rows_open = 0;
}

void db_drop_statements(struct db *db)
{
	db_close_rows(db);
	for (int i = 0; i < STATEMENT_SETS * STATEMENT_WAYS; i++) {
		struct db_statement *cached =
			&db->statements[i / STATEMENT_WAYS][i % STATEMENT_WAYS];
		sqlite3_finalize(cached->prepared);
		*cached = (struct db_statement){ 0 };
	}
}

int db_control(struct db *db, const char *sql)
{
	struct db_rows rows = { .db = db };
	int code = statement_take(db, sql, &rows);

	if (code)
		return code;
	code = db_step(rows.statement);
	db_rows_end(&rows);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

void db_run_query(struct db *db, const struct db_query *q)
{
	struct db_rows rows;

	db_each_query(db, &rows, q);
	while (db_next(&rows))
		;
}

int64_t db_integer_query(struct db *db, int64_t fallback, const struct db_query *q)
{
	struct db_rows rows;
	int64_t result = fallback;

	db_each_query(db, &rows, q);
	if (db_next(&rows))
		result = col_int(&rows, 0);
	db_rows_end(&rows);
	return result;
}

bool db_exists_query(struct db *db, const struct db_query *q)
{
	struct db_rows rows;
	bool found;

	db_each_query(db, &rows, q);
	found = db_next(&rows);
	db_rows_end(&rows);
	return found;
}

int64_t col_int(const struct db_rows *rows, int column)
{
	return rows->statement ? sqlite3_column_int64(rows->statement, column) : 0;
}

double col_real(const struct db_rows *rows, int column)
{
	return rows->statement ? sqlite3_column_double(rows->statement, column) : 0.0;
}

str col_text(const struct db_rows *rows, int column)
{
	const void *p;

	if (!rows->statement)
		return STR_NULL;
	p = sqlite3_column_blob(rows->statement, column); /* of a text, too, as it is */
	if (p)
		return (str){ p, (size_t)sqlite3_column_bytes(rows->statement, column) };
	/* An empty blob has no address in SQLite. */
	return col_is_null(rows, column) ? STR_NULL : STR("");
}

bool col_is_null(const struct db_rows *rows, int column)
{
	return !rows->statement || sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

int64_t db_changes(struct db *db)
{
	return db->status == DB_OK && db->connection ? sqlite3_changes64(db->connection) : 0;
}

int64_t db_last_id(struct db *db)
{
	return db->status == DB_OK && db->connection ? sqlite3_last_insert_rowid(db->connection)
	                                             : 0;
}

enum db_status db_status(const struct db *db)
{
	return db->status;
}
