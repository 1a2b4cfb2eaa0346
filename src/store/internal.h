/*
 * What the files of this folder share; nothing outside it includes this, but its tests.
 *
 *     store.c       opens and closes; readers; statistics
 *     lock.c        one process for each data directory
 *     connection.c  a SQLite connection and its transactions
 *     db.c          statements, values and rows on it
 *     migrate.c     tables and their versions
 *     writer.c      the queue and the writer thread
 *     snapshot.c    what readers see, and for how long
 *     checkpoint.c  keeps the write-ahead log short
 *     keeper.c      the thread for what follows a commit
 *     blob.c        files beside the database
 *     sweep.c       removes the files that a crash left behind
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/blob.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum {
	PROBLEM_SIZE = 512,
	RUN_ID_SIZE = 16,
	BLOB_SHARDS = 256, /* folders below DATA/blobs */
	BLOB_PATH_SIZE = 3 + BLOB_ID_SIZE + 1,
	BUSY_MS = 5000,     /* only a program outside, someone's sqlite3 shell, can make us wait */
	COPY_PAGES = 1000,  /* of the write-ahead log: 4 MiB */
	RESET_PAGES = 4000, /* 16 MiB */
};

#define DATABASE_NAME "menagerie.db"

/* What a transaction did to blobs, which happens to files only when it has committed. */
struct blob_change {
	struct blob_writer *kept; /* or NULL: dropped */
	char dropped[BLOB_ID_SIZE];
};

struct blob_changes {
	struct blob_change *items;
	size_t n, capacity;
};

/* A piece of db_memory, which follows it. */
struct db_memo {
	const void *kind;
	struct db_memo *next;
	_Alignas(16) char bytes[];
};

/* A connection, of one thread. */

enum { STATEMENT_SETS = 128, STATEMENT_WAYS = 4 };

struct db_statement {
	const char *sql; /* the literal: its address is the key */
	sqlite3_stmt *prepared;
	uint64_t used; /* the connection's turn when it was last taken */
	bool busy;
};

enum db_role { DB_READER, DB_WRITER };

/* A snapshot that is open though its thread does not use it; see snapshot.c. */
enum kept { NOT_KEPT, KEPT, KEPT_AND_ENDING };

struct db {
	struct store *store;
	sqlite3 *connection; /* a reader's is opened by its first statement */
	enum db_role role;
	enum db_status status;
	int code;            /* SQLite's, behind the status */
	bool quiet;          /* failures are told by someone else */
	bool in_snapshot;    /* of a reader: its thread is using the transaction */
	_Atomic int kept;    /* of a reader: an enum kept */
	int64_t changes;     /* store_changes when the snapshot began, */
	int64_t began;       /* and clock_monotonic */
	struct arena memory; /* of the snapshot; see db_memory */
	struct db_memo *memos;
	int rows_open;
	int wal_pages; /* of a writer: the log's length after its last commit */
	uint64_t turn;
	int64_t logged_at;
	int logged_code;
	struct blob_changes blobs;
	struct db *next, *next_idle; /* store.c: all readers; those whose thread has ended */
	struct db_statement statements[STATEMENT_SETS][STATEMENT_WAYS];
};

struct db *db_new(struct store *s, enum db_role role);
void db_free(struct db *db);

bool db_connect(struct db *db); /* does nothing when it is open */
void db_fail(struct db *db, int code, const char *sql);
void db_forget(struct db *db);                  /* the sticky error */
int db_step(sqlite3_stmt *statement);           /* sqlite3_step, where the fault tests cut in */
int db_control(struct db *db, const char *sql); /* whatever has failed; gives SQLite's code */
void db_close_rows(struct db *db);              /* those that an early return left open */
void db_drop_statements(struct db *db);

bool db_ready(struct db *db); /* connected, in a snapshot, and without an error */
bool db_begin(struct db *db);
bool db_begin_reading(struct db *db);
bool db_commit(struct db *db); /* on failure the transaction is rolled back */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);
bool db_savepoint(struct db *db);
bool db_savepoint_keep(struct db *db);
bool db_savepoint_undo(struct db *db);

/* Snapshots go through a gate, which the writer closes to reset the log. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t opened, emptied;
	int inside;
	_Atomic bool closed; /* changed with the lock */
};

void gate_init(struct gate *g);
void gate_release(struct gate *g);

bool snapshot_begin(struct db *db);
void snapshots_end_kept(struct store *s);              /* all readers', from any thread */
bool snapshots_stop(struct store *s, int64_t wait_ms); /* true: there is none. On until the next */
void snapshots_go_on(struct store *s);

/* The keeper: a thread for what follows a commit and may take its time. */
struct keeper {
	pthread_mutex_t lock;
	pthread_cond_t work, copied;
	pthread_t thread;
	bool started, stop;
	bool copying;  /* the keeper is in a checkpoint */
	int pages;     /* the log's length */
	int copied_to; /* its length at the last checkpoint */
	int reset_at;  /* at this length the writer takes a turn */
	int64_t commits;
	char (*dropped)[BLOB_ID_SIZE];
	size_t dropped_n, dropped_capacity;
};

void keeper_init(struct keeper *k);
bool keeper_start(struct store *s);
void keeper_stop(struct store *s);                     /* finishes what is queued */
void keeper_committed(struct store *s, int wal_pages); /* the writer calls it after a commit */
void keeper_unlink(struct store *s, const char id[BLOB_ID_SIZE]);
void checkpoint_copy(struct db *db);
void checkpoint_turn(struct store *s); /* the writer calls it between batches */

/* The writer. */
struct entry {
	struct store_write *write;
	enum db_status status;
	bool accepted; /* what run returned */
};

struct writer {
	pthread_mutex_t lock;
	pthread_cond_t work, room;
	pthread_t thread;
	bool started, closing, asleep;
	int wanting_room;
	int waiting;
	struct store_write *first, **last;
	struct db *db;
	struct entry batch[LIMIT_BATCH];
	struct store_statistics statistics; /* under lock */
	_Atomic int64_t changes;            /* see store_changes */
	int64_t rows_changed;               /* SQLite's count at the last commit */
};

void writer_init(struct writer *w);
bool writer_start(struct store *s);
void writer_stop(struct store *s); /* finishes what is queued */

/* Orphans. */
struct sweep {
	pthread_t thread;
	bool started;
	atomic_bool stop;
	atomic_bool done; /* it has looked at all */
};

void sweep_start(struct store *s);
void sweep_stop(struct store *s);
void sweep_wait(struct store *s); /* until it has looked at all: for tests */

struct store {
	char *folder;
	int folder_fd, blobs_fd, temporary_fd, lock_fd;
	bool relaxed;
	char run_id[RUN_ID_SIZE];
	atomic_bool
		shard_is_durable[BLOB_SHARDS]; /* the folder of blobs with these last two digits */
	struct gate gate;
	struct keeper keeper;
	struct writer writer;
	struct sweep sweep;
	pthread_key_t reader_key;
	pthread_mutex_t readers_lock;
	struct db *readers, *idle_readers;
};

bool migrate(struct db *db, const struct store_options *options, char problem[PROBLEM_SIZE]);

/* The lock file's descriptor; closing it unlocks. Negative with a problem. */
int lock_take(int folder_fd, const char *folder, char problem[PROBLEM_SIZE]);
void lock_give_up(int *lock_fd);
void lock_write_address(int lock_fd, str address);

void blob_path(char path[BLOB_PATH_SIZE], const char *id); /* below DATA/blobs */
bool blob_folders_open(struct store *s, char problem[PROBLEM_SIZE]);

/* After a transaction: `from` is where its changes begin. */
enum blob_fate { BLOB_LOOSE, BLOB_KEPT, BLOB_IN_DOUBT };
void blob_changes_settle(struct db *db, size_t from, enum blob_fate fate);

void condition_init(pthread_cond_t *condition); /* timed by the monotonic clock */
struct timespec deadline_after(int64_t ms);

#ifdef MENAGERIE_FAULTS
#define STORE_VFS "faulty"
void fault_vfs_register(void);
#else
#define STORE_VFS NULL
#endif

#endif
