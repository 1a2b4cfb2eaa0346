/*
 * Removes what a crash left behind: the temporary files of former runs, and sealed blobs that no row
 * names. It runs once, from the start on, as the least urgent thing there is. Files of this run it
 * leaves alone: whether their row is yet to come only their writer knows.
 */
#include "store/internal.h"

#include "base/file.h"
#include "base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SNAPSHOT_FILES = 64 }; /* looked up in one snapshot */

static bool is_of_this_run(const struct store *s, const char *name)
{
	return strncmp(name, s->run_id, RUN_ID_SIZE) == 0;
}

/* A row that is gone never comes back, so an old snapshot cannot condemn a file wrongly. */
static bool is_orphan(struct db *db, const char *name)
{
	bool named;

	if (strlen(name) != BLOB_ID_SIZE)
		return false; /* not ours to judge */
	named = db_exists(db, "SELECT 1 FROM blob WHERE id = ?", db_text(str_from(name)));
	return !named && db->status == DB_OK;
}

static void sweep_folder(struct store *s, struct db *db, const char *folder)
{
	bool temporary = strcmp(folder, "tmp") == 0;
	int fd = openat(s->blobs_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int looked = 0;

	if (!names) {
		close_fd(&fd);
		return;
	}
	while (!atomic_load(&s->sweep.stop) && (entry = readdir(names))) {
		const char *name = entry->d_name;
		if (name[0] == '.' || is_of_this_run(s, name))
			continue;
		if (temporary || is_orphan(db, name))
			unlinkat(dirfd(names), name, 0);
		if (++looked % SNAPSHOT_FILES == 0)
			store_read_end(db);
	}
	store_read_end(db);
	closedir(names);
}

static void *sweep_main(void *arg)
{
	struct store *s = arg;
	struct db *db = db_new(s, DB_READER);
	char name[3];

	setpriority(PRIO_PROCESS, (id_t)gettid(), 19);
	sweep_folder(s, db, "tmp");
	for (int i = 0; i < 256 && !atomic_load(&s->sweep.stop); i++) {
		snprintf(name, sizeof(name), "%02x", (unsigned)i & 0xff);
		sweep_folder(s, db, name);
	}
	db_free(db);
	atomic_store(&s->sweep.done, !atomic_load(&s->sweep.stop));
	return NULL;
}

void sweep_start(struct store *s)
{
	/* Without it orphans wait for the next start, which is no reason not to start. */
	s->sweep.started = pthread_create(&s->sweep.thread, NULL, sweep_main, s) == 0;
}

void sweep_wait(struct store *s)
{
	if (s->sweep.started)
		pthread_join(s->sweep.thread, NULL);
	s->sweep.started = false;
}

void sweep_stop(struct store *s)
{
	atomic_store(&s->sweep.stop, true);
	sweep_wait(s);
}
