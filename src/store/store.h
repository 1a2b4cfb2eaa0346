/*
 * The data directory: one SQLite database, one writer thread, readers in snapshots, blobs.
 *
 * Writing. Every change of state is a `struct store_write` run by the one writer thread. The writer
 * takes all that are waiting (at most LIMIT_BATCH; it never waits for more), runs them one after
 * another in one transaction, each in a savepoint of its own, commits with one fsync, and then calls
 * every `done`. One that fails is rolled back alone. When SQLite gives up the whole transaction (a
 * full disk, say), or the commit fails, all that the database had not failed run again, each in a
 * transaction of its own, so that one neighbour's failure is not another's: `run` must therefore
 * leave nothing behind but rows and its own memory.
 *
 * Reading. store_reader gives this thread's own connection. Its snapshot begins with the first
 * statement and ends with store_read_end, which must come before anything slow. It shows all that was
 * committed before it began, and nothing else.
 *
 * Durable. With durability full (`synchronous=FULL`) what `done` reports as committed survives power
 * loss. Relaxed (`synchronous=NORMAL`) survives the death of the program, but the last seconds may be lost
 * with the machine. Blobs are sealed alike in both, so no row ever names a file that is not whole.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/db.h"

/*
 * The tables of one module. `sql` is the text of its .sql file: it starts with the line
 * `-- version 1`; each later version is a section that begins `-- version N` and holds what changes
 * from N-1 to N. A data directory that is older runs the sections it lacks; one that is newer is
 * refused. Sections that have been released never change.
 */
struct schema {
	const char *module; /* prefix of its tables: sts, s3, … */
	const char *sql;
};

struct store_options {
	const char *folder; /* made if it is not there, its parents not */
	bool relaxed;
	const struct schema *const *schemas;
	size_t schema_count;
};

struct store;

/* Opens, locks, migrates. On failure returns NULL and says why, for a person, in `problem`
 * ("/x is in use by process 123"). Orphaned blobs are removed in the background. */
struct store *store_open(const struct store_options *options, char problem[512]);
void store_close(struct store *s); /* finishes what is queued, joins, checkpoints */

const char *store_folder(const struct store *s);

/* Whoever has a data directory open. The address is where it listens, once it has said so. */
struct store_owner {
	int64_t pid;
	char address[128];
};

void store_set_address(struct store *s, str address);
bool store_owner(const char *folder, struct store_owner *ret); /* false: nobody has it */

/* This thread's reader. It lives as long as the store. */
struct db *store_reader(struct store *s);
void store_read_end(struct db *db); /* gives the snapshot back, forgets the error */

struct store_write {
	/* On the writer thread. False, or a db failure, rolls back. */
	bool (*run)(struct store_write *w, struct db *db);
	/* On the writer thread, after the commit or the rollback. DB_OK and run's last answer true:
	 * it is committed. It must not wait; it may free the write. */
	void (*done)(struct store_write *w, enum db_status status);
	struct store_write *next; /* the store's */
};

/* Queues a write from any thread; false when LIMIT_WRITES_WAITING are waiting or the store is closing. */
bool store_submit(struct store *s, struct store_write *w) MUST_CHECK;

/* A write of the caller's own thread that waits for its commit, and first for its place in the queue.
 * Never from a connection's thread, nor in a snapshot. DB_FAILED when the store is closing. */
enum db_status store_write_wait(struct store *s, bool (*run)(struct db *db, void *arg), void *arg);

/* Says whether what was read would be read again: by who asks, now or meanwhile, and by anybody else.
 * `since` is what store_changes gave before that snapshot began. False too when a commit was under way
 * then, because others may have seen what it brings. */
int64_t store_changes(const struct store *s);
bool store_is_unchanged(const struct store *s, int64_t since);

struct store_statistics {
	int64_t batches, writes, rolled_back;
	int64_t batch_size[10];  /* batches of up to 1, 2, 4, … 512 writes */
	int64_t commit_us_total; /* the fsync is nearly all of it */
	int64_t commit_us[16];   /* commits that took up to 16, 32, 64, … us */
	int64_t database_bytes, blob_bytes, blobs;
	bool swept; /* the search for orphans, which begins at the start, has come to its end */
};

void store_statistics(struct store *s, struct store_statistics *ret);

#endif
