#include "store/internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"

#include <assert.h>
#include <errno.h>

#undef free

enum { LOG_EVERY_US = 1000 * 1000 };

/* No memory-mapped pages: they would count as this program's memory, which then grew with the data, and
 * a failing disk would be a signal instead of an error. */
static const char reader_settings[] =
	"PRAGMA query_only = 1; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY";

/* The log is reset at about 16 MiB (checkpoint.c), so that its blocks are written again and again and
 * an fsync need not allocate; one that a huge transaction made longer is cut to twice that. */
static const char writer_settings[] =
	"PRAGMA journal_mode = WAL; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY;"
	"PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 33554432";

struct db *db_new(struct store *s, enum db_role role)
{
	struct db *db = xcalloc(1, sizeof(*db));

	db->store = s;
	db->role = role;
	return db;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	if (db->connection) {
		db_rollback(db);
		db_drop_statements(db);
		sqlite3_close(db->connection);
	}
	arena_release(&db->memory);
	free(db->blobs.items);
	free(db);
}

static enum db_status status_of_errno(int system_errno)
{
	switch (system_errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return DB_FULL;
	case EROFS:
	case EACCES:
	case EPERM:
		return DB_READONLY;
	default:
		return DB_IO;
	}
}

static enum db_status status_of(int code, int system_errno)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return DB_FULL;
	case SQLITE_CANTOPEN:
		return system_errno == EMFILE || system_errno == ENFILE ? DB_FAILED : DB_READONLY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return DB_READONLY;
	case SQLITE_IOERR:
		return status_of_errno(system_errno);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return DB_CORRUPT;
	default:
		return DB_FAILED;
	}
}

/* A full disk fails every write: once a second says as much as each time. */
static void log_failure(struct db *db, int code, int system_errno, const char *sql)
{
	int64_t now = clock_monotonic();

	if (db->quiet || (db->logged_code == code && now - db->logged_at < LOG_EVERY_US))
		return;
	db->logged_code = code;
	db->logged_at = now;
	log_error("database failure", log_str("problem", str_from(sqlite3_errstr(code))),
	          log_str("words", str_from(sqlite3_errmsg(db->connection))), log_int("code", code),
	          log_int("errno", system_errno), log_str("sql", str_from(sql)));
}

void db_fail(struct db *db, int code, const char *sql)
{
	/* SQLite's own copy is of some failures only, and may be of an earlier one. */
	int system_errno = errno ? errno : sqlite3_system_errno(db->connection);

	if (db->status != DB_OK)
		return;
	db->code = code;
	db->status = status_of(code, system_errno);
	log_failure(db, code, system_errno, sql);
}

void db_forget(struct db *db)
{
	db->status = DB_OK;
	db->code = SQLITE_OK;
}

/* It leaves in errno what the system said, for db_fail. */
int db_step(sqlite3_stmt *statement)
{
	if (fault_hits(FAULT_SQL))
		return SQLITE_IOERR;
	errno = 0;
	return sqlite3_step(statement);
}

static int remember_wal_pages(void *arg, sqlite3 *connection, const char *name, int pages)
{
	struct db *db = arg;

	(void)connection;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

/* What a database can hold that would run code of its own, or call names that we do not expect. */
static void connection_harden(sqlite3 *connection)
{
	sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
}

static int connection_open(struct db *db, const char *path)
{
	const char *durability =
		db->store->relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL";
	const char *settings = db->role == DB_WRITER ? writer_settings : reader_settings;
	int code;

	/* One thread has it: SQLite's own lock around each connection is not needed. */
	code = sqlite3_open_v2(path, &db->connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	                       STORE_VFS);
	if (code)
		return code;
	sqlite3_extended_result_codes(db->connection, 1);
	sqlite3_busy_timeout(db->connection, BUSY_MS);
	connection_harden(db->connection);
	code = sqlite3_exec(db->connection, settings, NULL, NULL, NULL);
	if (!code)
		code = sqlite3_exec(db->connection, durability, NULL, NULL, NULL);
	if (!code && db->role == DB_WRITER)
		sqlite3_wal_hook(db->connection, remember_wal_pages, db);
	return code;
}

bool db_connect(struct db *db)
{
	char path[4096];
	int code;

	if (db->connection)
		return true;
	if (snprintf(path, sizeof(path), "%s/" DATABASE_NAME, db->store->folder) >=
	    (int)sizeof(path)) {
		db_fail(db, SQLITE_CANTOPEN, "");
		return false;
	}
	errno = 0;
	code = connection_open(db, path);
	if (!code)
		return true;
	db_fail(db, code, "");
	sqlite3_close(db->connection);
	db->connection = NULL;
	return false;
}

bool db_in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->connection);
}

/* A statement that steers transactions: in the cache like all, but run whatever has failed. */
static bool control(struct db *db, const char *sql)
{
	int code = db_control(db, sql);

	if (code)
		db_fail(db, code, sql);
	return code == SQLITE_OK;
}

bool db_begin(struct db *db)
{
	return db_connect(db) && control(db, "BEGIN IMMEDIATE");
}

bool db_begin_reading(struct db *db)
{
	return control(db, "BEGIN");
}

bool db_commit(struct db *db)
{
	db_close_rows(db);
	if (control(db, "COMMIT"))
		return true;
	db_rollback(db);
	return false;
}

void db_rollback(struct db *db)
{
	db_close_rows(db);
	/* SQLite ends the transaction whatever goes wrong meanwhile; only a fault test, which does not
	 * ask it to, makes this fail, once. */
	for (int tries = 0; db_in_transaction(db) && tries < 2; tries++)
		db_control(db, "ROLLBACK");
	assert(!db_in_transaction(db));
}

bool db_savepoint(struct db *db)
{
	return control(db, "SAVEPOINT one");
}

bool db_savepoint_keep(struct db *db)
{
	db_close_rows(db);
	return control(db, "RELEASE one");
}

bool db_savepoint_undo(struct db *db)
{
	db_close_rows(db);
	return control(db, "ROLLBACK TO one") && control(db, "RELEASE one");
}

bool db_ready(struct db *db)
{
	if (db->status != DB_OK)
		return false;
	return db->role == DB_WRITER || db->in_snapshot || snapshot_begin(db);
}
