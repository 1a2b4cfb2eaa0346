/*
 * What readers see, and for how long.
 *
 * A snapshot is a transaction of a reader's connection. To begin and to end one costs as much as a small
 * read, two locks of a file among other things. So one that is given back stays open, kept for the next
 * request of the same thread, and is used again as long as it shows what a new one would: nothing was
 * committed since, nor is being committed now (store_is_unchanged), and it is not older than KEPT_US, so that
 * what somebody else writes into the database, in an sqlite3 shell for instance, is soon seen.
 *
 * What requests have made of its rows can be kept with it (db_memory), and goes when the next one begins.
 *
 * A kept snapshot must not hold up a checkpoint, whose thread can therefore end it. Whoever changes KEPT
 * to something else owns the connection; if that is not the connection's thread, it has the lock of the
 * readers until it is done.
 */
#include "store/internal.h"

#include "base/clock.h"

#include <errno.h>

enum { KEPT_US = 100 * 1000 };

void gate_init(struct gate *g)
{
	*g = (struct gate){ .inside = 0 };
	pthread_mutex_init(&g->lock, NULL);
	condition_init(&g->opened);
	condition_init(&g->emptied);
}

void gate_release(struct gate *g)
{
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->opened);
	pthread_cond_destroy(&g->emptied);
}

static void gate_enter(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	while (g->closed)
		pthread_cond_wait(&g->opened, &g->lock);
	g->inside++;
	pthread_mutex_unlock(&g->lock);
}

static void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->inside--;
	if (g->closed && g->inside == 0)
		pthread_cond_signal(&g->emptied);
	pthread_mutex_unlock(&g->lock);
}

static bool change_kept(struct db *db, enum kept to)
{
	int kept = KEPT;

	return atomic_compare_exchange_strong(&db->kept, &kept, to);
}

/* By the connection's thread, which has the connection to itself then, whatever the answer. */
static bool take_kept(struct db *db)
{
	int kept = atomic_load(&db->kept);

	if (kept == NOT_KEPT)
		return false;
	if (kept == KEPT && change_kept(db, NOT_KEPT))
		return true;
	pthread_mutex_lock(&db->store->readers_lock); /* until it is ended */
	pthread_mutex_unlock(&db->store->readers_lock);
	return false;
}

static bool shows_the_present(const struct db *db)
{
	return store_is_unchanged(db->store, db->changes) &&
	       clock_monotonic() - db->began < KEPT_US;
}

static void snapshot_close(struct db *db)
{
	db_rollback(db);
	gate_leave(&db->store->gate);
}

void *db_memory(struct db *db, const void *kind, size_t size, struct arena **ret_arena)
{
	struct db_memo *memo;

	if (db->role == DB_WRITER || !db_ready(db))
		return NULL;
	*ret_arena = &db->memory;
	for (memo = db->memos; memo; memo = memo->next)
		if (memo->kind == kind)
			return memo->bytes;
	memo = arena_alloc(&db->memory, sizeof(*memo) + size);
	memo->kind = kind;
	memo->next = db->memos;
	db->memos = memo;
	return memo->bytes;
}

static void forget_memory(struct db *db)
{
	arena_release(&db->memory);
	db->memos = NULL;
}

/* A snapshot begins with the first statement, so a request that reads nothing costs nothing. */
bool snapshot_begin(struct db *db)
{
	if (!db_connect(db))
		return false;
	if (take_kept(db)) {
		db->in_snapshot = shows_the_present(db);
		if (db->in_snapshot)
			return true;
		snapshot_close(db);
	}
	gate_enter(&db->store->gate);
	db->changes = store_changes(db->store);
	db->began = clock_monotonic();
	forget_memory(db);
	if (!db_begin_reading(db)) {
		gate_leave(&db->store->gate);
		return false;
	}
	db->in_snapshot = true;
	return true;
}

/* Here `kept` is stored and then `closed` is read; the writer stores `closed` and then reads `kept`. So
 * at least one of the two sees what the other has done. */
static void snapshot_keep(struct db *db)
{
	atomic_store(&db->kept, KEPT);
	if (atomic_load(&db->store->gate.closed) && take_kept(db))
		snapshot_close(db);
}

void store_read_end(struct db *db)
{
	if (db->in_snapshot) {
		db->in_snapshot = false;
		db_close_rows(db);
		if (db->status == DB_OK)
			snapshot_keep(db);
		else
			snapshot_close(db);
	}
	db_forget(db);
}

void snapshots_end_kept(struct store *s)
{
	pthread_mutex_lock(&s->readers_lock);
	for (struct db *db = s->readers; db; db = db->next) {
		if (!change_kept(db, KEPT_AND_ENDING))
			continue;
		snapshot_close(db);
		atomic_store(&db->kept, NOT_KEPT);
	}
	pthread_mutex_unlock(&s->readers_lock);
}

bool snapshots_stop(struct store *s, int64_t wait_ms)
{
	struct timespec deadline = deadline_after(wait_ms);
	struct gate *g = &s->gate;
	bool empty;

	pthread_mutex_lock(&g->lock);
	g->closed = true;
	pthread_mutex_unlock(&g->lock);
	snapshots_end_kept(s);

	pthread_mutex_lock(&g->lock);
	while (g->inside > 0 &&
	       pthread_cond_timedwait(&g->emptied, &g->lock, &deadline) != ETIMEDOUT)
		;
	empty = g->inside == 0;
	pthread_mutex_unlock(&g->lock);
	return empty;
}

void snapshots_go_on(struct store *s)
{
	struct gate *g = &s->gate;

	pthread_mutex_lock(&g->lock);
	g->closed = false;
	pthread_cond_broadcast(&g->opened);
	pthread_mutex_unlock(&g->lock);
}
