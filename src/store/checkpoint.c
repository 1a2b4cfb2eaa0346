/*
 * Keeping the write-ahead log short.
 *
 * SQLite appends each commit to menagerie.db-wal, and from time to time the pages must be copied
 * back into the database: a checkpoint. By itself it does that within every commit that makes the
 * log longer than 1000 pages, and all who write wait for the copy and its fsync.
 *
 * Here the keeper's thread copies, on a connection of its own, in SQLite's passive way, which
 * holds up neither the writer nor a reader: after every COPY_PAGES, and when nothing was committed
 * for a second, so that a start after a crash finds little to recover.
 *
 * But the log starts again at its beginning only when all of it is copied and nobody reads from it,
 * and with enough going on neither is ever so. Therefore, once the log has RESET_PAGES, the keeper
 * copies a last time and then keeps still, and the writer takes a turn between two batches: it copies
 * the little that came meanwhile, closes the gate through which every snapshot passes (snapshot.c), waits
 * a moment for those in use, and starts the log again. A snapshot that stays longer than the moment makes the
 * turn fail; the next is COPY_PAGES later. So the log's length is bounded by how long a snapshot
 * stays, and snapshots are ended before anything slow.
 */
#include "store/internal.h"

#include <errno.h>

enum { RESET_WAIT_MS = 20 }; /* for the snapshots in use */

/* Busy is no failure: the other of us two is at it, or a shell outside reads from the log. */
static bool checkpoint(struct db *db, int mode)
{
	int code;

	errno = 0;
	code = sqlite3_wal_checkpoint_v2(db->connection, NULL, mode, NULL, NULL);
	if (code && (code & 0xff) != SQLITE_BUSY)
		db_fail(db, code, "checkpoint");
	db_forget(db);
	return code == SQLITE_OK;
}

void checkpoint_copy(struct db *db)
{
	snapshots_end_kept(db->store); /* nothing behind the oldest of them could be copied */
	if (db_connect(db))
		checkpoint(db, SQLITE_CHECKPOINT_PASSIVE);
	db_forget(db);
}

static bool start_log_again(struct store *s)
{
	struct db *db = s->writer.db;
	bool done = false;

	sqlite3_busy_timeout(db->connection, 0);
	if (checkpoint(db, SQLITE_CHECKPOINT_PASSIVE)) {
		done = snapshots_stop(s, RESET_WAIT_MS) &&
		       checkpoint(db, SQLITE_CHECKPOINT_RESTART);
		snapshots_go_on(s);
	}
	sqlite3_busy_timeout(db->connection, BUSY_MS);
	return done;
}

/* Not before the keeper's last copy, unless the keeper is so busy that waiting for it costs more. And
 * when its disk is so slow that the log has grown by as much again, writers wait for it. */
static bool turn_is_due(struct keeper *k)
{
	bool due;

	pthread_mutex_lock(&k->lock);
	while (k->copying && k->pages >= k->reset_at + RESET_PAGES)
		pthread_cond_wait(&k->copied, &k->lock);
	due = !k->copying && k->pages >= k->reset_at &&
	      (k->copied_to >= k->reset_at || k->pages >= k->reset_at + COPY_PAGES);
	pthread_mutex_unlock(&k->lock);
	return due;
}

void checkpoint_turn(struct store *s)
{
	struct keeper *k = &s->keeper;
	bool done;

	if (!turn_is_due(k))
		return;
	done = start_log_again(s);

	pthread_mutex_lock(&k->lock);
	if (done) {
		s->writer.db->wal_pages = k->pages = k->copied_to = 0;
		k->reset_at = RESET_PAGES;
	} else {
		k->reset_at = k->pages + COPY_PAGES;
	}
	pthread_mutex_unlock(&k->lock);
}
