/*
 * The keeper: one thread for what follows a commit and may take its time. It copies the log into
 * the database (checkpoint.c says when and why), and it deletes the files of dropped blobs, which
 * takes long for a large one. A crash in between is no loss: such a file is an orphan then.
 */
#include "store/internal.h"

#include <errno.h>
#include <unistd.h>

#undef free

enum {
	IDLE_MS = 1000,         /* after the last commit, before the rest is copied */
	DROPPED_WAITING = 4096, /* files to be deleted; beyond, who drops deletes */
};

void keeper_init(struct keeper *k)
{
	*k = (struct keeper){ .reset_at = RESET_PAGES };
	pthread_mutex_init(&k->lock, NULL);
	condition_init(&k->work);
	pthread_cond_init(&k->copied, NULL);
}

static void unlink_blob(struct store *s, const char *id)
{
	char path[BLOB_PATH_SIZE];

	blob_path(path, id);
	unlinkat(s->blobs_fd, path, 0);
}

static void unlink_dropped(struct store *s)
{
	struct keeper *k = &s->keeper;
	char(*ids)[BLOB_ID_SIZE] = k->dropped;
	size_t n = k->dropped_n;

	k->dropped = NULL;
	k->dropped_n = k->dropped_capacity = 0;
	pthread_mutex_unlock(&k->lock);
	for (size_t i = 0; i < n; i++)
		unlink_blob(s, ids[i]);
	free(ids);
	pthread_mutex_lock(&k->lock);
}

static void copy_log(struct keeper *k, struct db *db)
{
	int pages = k->pages;

	k->copying = true;
	pthread_mutex_unlock(&k->lock);
	checkpoint_copy(db);
	pthread_mutex_lock(&k->lock);
	k->copying = false;
	pthread_cond_signal(&k->copied);
	/* Counts as copied even when it failed, so that the next try is not at once. */
	k->copied_to = MIN(pages, k->pages);
}

/* The last one, at the length at which the writer takes its turn, leaves the writer little to copy. */
static bool copy_is_due(const struct keeper *k)
{
	if (k->pages >= k->reset_at)
		return k->copied_to < k->reset_at;
	return k->pages - k->copied_to >= COPY_PAGES;
}

/* True when there was no commit for a while, though there is something to copy. */
static bool wait_for_work(struct keeper *k)
{
	struct timespec deadline = deadline_after(IDLE_MS);
	int64_t commits = k->commits;

	if (k->pages == k->copied_to) {
		pthread_cond_wait(&k->work, &k->lock);
		return false;
	}
	return pthread_cond_timedwait(&k->work, &k->lock, &deadline) == ETIMEDOUT &&
	       k->commits == commits;
}

static void *keeper_main(void *arg)
{
	struct store *s = arg;
	struct keeper *k = &s->keeper;
	struct db *db = db_new(s, DB_READER);

	pthread_mutex_lock(&k->lock);
	for (;;) {
		if (k->dropped_n > 0)
			unlink_dropped(s);
		else if (k->stop)
			break;
		else if (copy_is_due(k) || wait_for_work(k))
			copy_log(k, db);
	}
	pthread_mutex_unlock(&k->lock);
	db_free(db);
	return NULL;
}

bool keeper_start(struct store *s)
{
	s->keeper.started = pthread_create(&s->keeper.thread, NULL, keeper_main, s) == 0;
	return s->keeper.started;
}

void keeper_stop(struct store *s)
{
	struct keeper *k = &s->keeper;

	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->work);
	pthread_mutex_unlock(&k->lock);
	if (k->started)
		pthread_join(k->thread, NULL);
	pthread_mutex_destroy(&k->lock);
	pthread_cond_destroy(&k->work);
	pthread_cond_destroy(&k->copied);
}

void keeper_committed(struct store *s, int wal_pages)
{
	struct keeper *k = &s->keeper;
	bool was_idle;

	pthread_mutex_lock(&k->lock);
	was_idle = k->pages == k->copied_to;
	if (wal_pages < k->pages)
		k->copied_to = 0; /* the log has started again */
	k->pages = wal_pages;
	k->commits++;
	/* The first since all was copied starts the wait for an idle second. */
	if (was_idle || copy_is_due(k))
		pthread_cond_signal(&k->work);
	pthread_mutex_unlock(&k->lock);
}

void keeper_unlink(struct store *s, const char id[BLOB_ID_SIZE])
{
	struct keeper *k = &s->keeper;

	pthread_mutex_lock(&k->lock);
	if (k->dropped_n == DROPPED_WAITING) {
		pthread_mutex_unlock(&k->lock);
		unlink_blob(s, id);
		return;
	}
	if (k->dropped_n == k->dropped_capacity) {
		k->dropped_capacity = MAX(64, k->dropped_capacity * 2);
		k->dropped = xrealloc(k->dropped, k->dropped_capacity * sizeof(*k->dropped));
	}
	memcpy(k->dropped[k->dropped_n++], id, BLOB_ID_SIZE);
	pthread_cond_signal(&k->work);
	pthread_mutex_unlock(&k->lock);
}
