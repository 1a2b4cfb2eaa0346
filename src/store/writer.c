/*
 * The writer: one thread, one connection, one transaction for all the writes that are waiting.
 *
 * A batch of several runs each in a savepoint. When the transaction as a whole is lost (SQLite gave it
 * up in the middle, or the commit failed) each of them runs again in a transaction of its own, but for
 * those that the database itself had failed, which report that. Those whose `run` had said no run
 * again too, because what they saw may never have come to be.
 *
 * A commit that fails is gone, but not out of the file. SQLite appends the pages, then fsyncs, and
 * only then shows the transaction to others; when the fsync fails it forgets the pages in memory, but
 * they lie in the log, complete, and whoever recovers the log after a crash finds a transaction of
 * which we said that it had failed. And the kernel tells of a failed fsync only once: it marks the
 * pages clean, so a second fsync would succeed and prove nothing. So we neither repeat the fsync nor
 * leave the pages: we bury them. The next transaction starts at the same place in the log, and as the
 * checksum of each page goes on from the one before, nothing of the failed transaction that is left
 * behind it can be read any more. So after each failed commit we commit a small transaction of our
 * own, anew written and anew fsynced. Opening the connection again would not do it: while a reader
 * has the log open, nothing is recovered and nothing overwritten.
 *
 * What lies before that place was fsynced by its own commit. A checkpoint whose fsync fails copies
 * again from the log, because SQLite counts pages as copied only after the fsync. With relaxed
 * durability commits do not fsync, and a disk that fails one is beyond what was promised.
 *
 * The burial also tells whether the disk takes anything at all. If it does not, the writes are not
 * tried one by one, each waiting for its error; all report what the commit said. After a failed fsync
 * they are then in doubt: should the machine stop before any later commit succeeds, they may be found
 * again. Files of blobs that such a transaction named stay where they are, and the next start, which
 * knows whether a row names them, removes them or not.
 */
#include "store/internal.h"

#include "base/clock.h"

#include <assert.h>
#include <semaphore.h>

void writer_init(struct writer *w)
{
	*w = (struct writer){ .last = &w->first };
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->room, NULL);
}

static int power_of_two(int64_t value, int buckets)
{
	int i = 0;

	while (i < buckets - 1 && value > INT64_C(1) << i)
		i++;
	return i;
}

static void count_commit(struct writer *w, int64_t us)
{
	struct store_statistics *n = &w->statistics;

	pthread_mutex_lock(&w->lock);
	n->commit_us_total += us;
	n->commit_us[power_of_two(us / 16, ARRAY_LEN(n->commit_us))]++;
	pthread_mutex_unlock(&w->lock);
}

static void count_batch(struct writer *w, size_t size)
{
	struct store_statistics *n = &w->statistics;

	pthread_mutex_lock(&w->lock);
	n->batches++;
	n->batch_size[power_of_two((int64_t)size, ARRAY_LEN(n->batch_size))]++;
	n->writes += (int64_t)size;
	for (size_t i = 0; i < size; i++)
		if (!w->batch[i].accepted || w->batch[i].status != DB_OK)
			n->rolled_back++;
	pthread_mutex_unlock(&w->lock);
}

static bool bury_failed_commit(struct db *db)
{
	db_forget(db);
	if (!db_begin(db))
		return false;
	db_run(db, "UPDATE store_total SET failed_commits = failed_commits + 1");
	if (db->status == DB_OK)
		return db_commit(db);
	db_rollback(db);
	return false;
}

static bool is_failed_sync(int code)
{
	return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

/* When it fails the transaction is gone; *ret_hopeless then says that the disk takes nothing at all. */
static enum db_status try_commit(struct store *s, bool *ret_hopeless)
{
	struct db *db = s->writer.db;
	int64_t began = clock_monotonic();
	enum db_status status;
	int code;
	bool buried;

	if (db_commit(db)) {
		count_commit(&s->writer, clock_monotonic() - began);
		blob_changes_settle(db, 0, BLOB_KEPT);
		keeper_committed(s, db->wal_pages);
		*ret_hopeless = false;
		return DB_OK;
	}
	status = db->status;
	code = db->code;
	buried = bury_failed_commit(db);
	blob_changes_settle(db, 0, !buried && is_failed_sync(code) ? BLOB_IN_DOUBT : BLOB_LOOSE);
	*ret_hopeless = !buried;
	return status;
}

/* Between its two steps the number of changes is odd: nobody can say what others see. */
static enum db_status commit(struct store *s, bool *ret_hopeless)
{
	struct writer *w = &s->writer;
	int64_t rows = sqlite3_total_changes64(w->db->connection);
	bool changes = rows != w->rows_changed;
	enum db_status status;

	atomic_fetch_add(&w->changes, changes);
	status = try_commit(s, ret_hopeless);
	atomic_fetch_add(&w->changes, changes);
	w->rows_changed = sqlite3_total_changes64(w->db->connection);
	return status;
}

static void run_entry(struct db *db, struct entry *e)
{
	db_forget(db);
	e->accepted = e->write->run(e->write, db);
	db_close_rows(db);
	e->status = db->status;
}

/* False when the disk takes nothing at all. */
static bool run_alone(struct store *s, struct entry *e)
{
	struct db *db = s->writer.db;
	bool hopeless = false;

	db_forget(db);
	if (!db_begin(db)) {
		e->status = db->status;
		return true;
	}
	run_entry(db, e);
	if (e->accepted && e->status == DB_OK) {
		e->status = commit(s, &hopeless);
	} else {
		db_rollback(db);
		blob_changes_settle(db, 0, BLOB_LOOSE);
	}
	return !hopeless;
}

/* False when the transaction is lost, be it that SQLite has ended it or that a savepoint failed. */
static bool run_in_savepoint(struct db *db, struct entry *e)
{
	size_t changes = db->blobs.n;

	db_forget(db);
	if (!db_savepoint(db))
		return false;
	run_entry(db, e);
	db_forget(db);
	if (!db_in_transaction(db))
		return false;
	if (e->accepted && e->status == DB_OK)
		return db_savepoint_keep(db);
	blob_changes_settle(db, changes, BLOB_LOOSE);
	return db_savepoint_undo(db);
}

static void fail_those_unharmed(struct entry *entries, size_t n, enum db_status status)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].status == DB_OK)
			entries[i].status = status;
}

/* False when each must run alone. */
static bool run_together(struct store *s, struct entry *entries, size_t n)
{
	struct db *db = s->writer.db;
	enum db_status status;
	bool hopeless;

	db_forget(db);
	if (!db_begin(db)) {
		fail_those_unharmed(entries, n, db->status);
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		if (!run_in_savepoint(db, &entries[i])) {
			db_rollback(db);
			blob_changes_settle(db, 0, BLOB_LOOSE);
			return false;
		}
	}
	status = commit(s, &hopeless);
	if (hopeless)
		fail_those_unharmed(entries, n, status);
	return status == DB_OK || hopeless;
}

static void run_batch(struct store *s, struct entry *entries, size_t n)
{
	if (n > 1 && run_together(s, entries, n))
		return;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].status != DB_OK)
			continue;
		if (!run_alone(s, &entries[i])) {
			fail_those_unharmed(entries + i, n - i, entries[i].status);
			return;
		}
	}
}

/* What is waiting, at most a batch of it. None when the store closes and all is done. */
static size_t take_batch(struct writer *w)
{
	size_t n = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->closing) {
		w->asleep = true;
		pthread_cond_wait(&w->work, &w->lock);
	}
	w->asleep = false;
	while (w->first && n < LIMIT_BATCH) {
		w->batch[n++] = (struct entry){ .write = w->first };
		w->first = w->first->next;
	}
	if (!w->first)
		w->last = &w->first;
	w->waiting -= (int)n;
	if (w->wanting_room > 0)
		pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
	return n;
}

static void *writer_main(void *arg)
{
	struct store *s = arg;
	struct writer *w = &s->writer;
	size_t n;

	while ((n = take_batch(w)) > 0) {
		checkpoint_turn(s);
		run_batch(s, w->batch, n);
		count_batch(w, n);
		for (size_t i = 0; i < n; i++)
			w->batch[i].write->done(w->batch[i].write, w->batch[i].status);
	}
	return NULL;
}

int64_t store_changes(const struct store *s)
{
	return atomic_load(&s->writer.changes);
}

bool store_is_unchanged(const struct store *s, int64_t since)
{
	return since % 2 == 0 && atomic_load(&s->writer.changes) == since;
}

bool writer_start(struct store *s)
{
	s->writer.started = pthread_create(&s->writer.thread, NULL, writer_main, s) == 0;
	return s->writer.started;
}

void writer_stop(struct store *s)
{
	struct writer *w = &s->writer;

	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->work);
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
	if (w->started)
		pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->room);
}

/* With the lock. */
static bool submit(struct writer *w, struct store_write *write)
{
	if (w->closing || w->waiting >= LIMIT_WRITES_WAITING)
		return false;
	write->next = NULL;
	*w->last = write;
	w->last = &write->next;
	w->waiting++;
	if (w->asleep) {
		w->asleep = false; /* one signal is enough */
		pthread_cond_signal(&w->work);
	}
	return true;
}

bool store_submit(struct store *s, struct store_write *write)
{
	struct writer *w = &s->writer;
	bool taken;

	pthread_mutex_lock(&w->lock);
	taken = submit(w, write);
	pthread_mutex_unlock(&w->lock);
	return taken;
}

struct waiting_write {
	struct store_write write;
	bool (*run)(struct db *db, void *arg);
	void *arg;
	enum db_status status;
	sem_t done;
};

static bool run_waiting(struct store_write *write, struct db *db)
{
	struct waiting_write *waiting = (struct waiting_write *)write;

	return waiting->run(db, waiting->arg);
}

static void done_waiting(struct store_write *write, enum db_status status)
{
	struct waiting_write *waiting = (struct waiting_write *)write;

	waiting->status = status;
	sem_post(&waiting->done);
}

enum db_status store_write_wait(struct store *s, bool (*run)(struct db *db, void *arg), void *arg)
{
	struct writer *w = &s->writer;
	struct waiting_write waiting = { .write = { .run = run_waiting, .done = done_waiting },
		                         .run = run,
		                         .arg = arg,
		                         .status = DB_FAILED };
	bool taken;

	assert(!pthread_equal(pthread_self(), w->thread)); /* it would wait for itself */
	sem_init(&waiting.done, /* pshared= */ 0, 0);
	pthread_mutex_lock(&w->lock);
	w->wanting_room++;
	while (!(taken = submit(w, &waiting.write)) && !w->closing)
		pthread_cond_wait(&w->room, &w->lock);
	w->wanting_room--;
	pthread_mutex_unlock(&w->lock);
	while (taken && sem_wait(&waiting.done) != 0)
		; /* interrupted by a signal */
	sem_destroy(&waiting.done);
	return waiting.status;
}
