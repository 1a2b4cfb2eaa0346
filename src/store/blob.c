#include "store/internal.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/str.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#undef free

struct blob_writer {
	struct store *store;
	int fd;
	int error; /* the first, which every later call returns */
	int64_t size;
	bool sealed;
	enum blob_fate fate;
	char id[BLOB_ID_SIZE + 1];
};

/* 256 folders, by the last two digits: the first ones are the same for a whole run. */
void blob_path(char path[BLOB_PATH_SIZE], const char *id)
{
	snprintf(path, BLOB_PATH_SIZE, "%.2s/%.*s", id + BLOB_ID_SIZE - 2, BLOB_ID_SIZE, id);
}

static int open_folder(int parent, const char *name, bool *ret_made)
{
	int fd;

	if (mkdirat(parent, name, 0700) == 0)
		*ret_made = true;
	else if (errno != EEXIST)
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool blob_folders_open(struct store *s, char problem[PROBLEM_SIZE])
{
	bool made = false;
	int error = 0;

	s->blobs_fd = open_folder(s->folder_fd, "blobs", &made);
	if (s->blobs_fd >= 0)
		s->temporary_fd = open_folder(s->blobs_fd, "tmp", &made);
	if (s->blobs_fd < 0 || s->temporary_fd < 0)
		error = s->blobs_fd < 0 ? s->blobs_fd : s->temporary_fd;
	else if (made && (error = file_sync(s->blobs_fd)) == 0)
		error = file_sync(s->folder_fd);
	if (error == 0)
		return true;
	snprintf(problem, PROBLEM_SIZE, "%s/blobs cannot be used: %s", s->folder, strerror(-error));
	return false;
}

static struct blob_writer *new_writer(struct store *s)
{
	struct blob_writer *w = xcalloc(1, sizeof(*w));

	w->store = s;
	w->fd = -1;
	memcpy(w->id, s->run_id, RUN_ID_SIZE);
	random_hex(w->id + RUN_ID_SIZE, BLOB_ID_SIZE - RUN_ID_SIZE);
	return w;
}

int blob_create(struct store *s, struct blob_writer **ret)
{
	struct blob_writer *w = new_writer(s);

	w->fd = openat(s->temporary_fd, w->id, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (w->fd < 0) {
		int error = -errno;
		free(w);
		return error;
	}
	*ret = w;
	return 0;
}

int blob_append(struct blob_writer *w, str bytes)
{
	assert(!w->sealed);
	if (w->error == 0)
		w->error = file_write_all(w->fd, bytes);
	if (w->error == 0)
		w->size += (int64_t)bytes.n;
	return w->error;
}

/* The folder of this blob, its own name durable. */
static int open_shard(struct blob_writer *w)
{
	struct store *s = w->store;
	const char *digits = w->id + BLOB_ID_SIZE - 2;
	unsigned char shard;
	bool made = false;
	int fd, error;

	hex_decode((str){ digits, 2 }, &shard, 1);
	fd = open_folder(s->blobs_fd, digits, &made);
	if (fd < 0 || atomic_load(&s->shard_is_durable[shard]))
		return fd;
	/* A former run may have made it and died before this. */
	error = file_sync(s->blobs_fd);
	if (error) {
		close_fd(&fd);
		return error;
	}
	atomic_store(&s->shard_is_durable[shard], true);
	return fd;
}

static int seal(struct blob_writer *w)
{
	int error = file_sync(w->fd);
	AUTO_CLOSE shard = -1;

	if (error)
		return error;
	shard = open_shard(w);
	if (shard < 0)
		return shard;
	if (renameat(w->store->temporary_fd, w->id, shard, w->id) < 0)
		return -errno;
	w->sealed = true;
	return file_sync(shard);
}

int blob_seal(struct blob_writer *w)
{
	if (w->error == 0 && !w->sealed)
		w->error = seal(w);
	return w->error;
}

str blob_id(const struct blob_writer *w)
{
	return (str){ w->id, BLOB_ID_SIZE };
}

int64_t blob_size(const struct blob_writer *w)
{
	return w->size;
}

static void path_of(const struct blob_writer *w, char path[BLOB_PATH_SIZE], int *ret_folder)
{
	if (w->sealed) {
		blob_path(path, w->id);
		*ret_folder = w->store->blobs_fd;
	} else {
		memcpy(path, w->id, sizeof(w->id));
		*ret_folder = w->store->temporary_fd;
	}
}

int blob_reopen(const struct blob_writer *w)
{
	char path[BLOB_PATH_SIZE];
	int folder, fd;

	path_of(w, path, &folder);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void blob_free(struct blob_writer *w)
{
	char path[BLOB_PATH_SIZE];
	int folder;

	if (!w)
		return;
	if (w->fate == BLOB_LOOSE) {
		path_of(w, path, &folder);
		unlinkat(folder, path, 0);
	}
	close_fd(&w->fd);
	free(w);
}

int blob_open(struct store *s, str id)
{
	char path[BLOB_PATH_SIZE];
	int fd;

	assert(id.n == BLOB_ID_SIZE);
	blob_path(path, id.p);
	fd = openat(s->blobs_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A second name for the file: bytes of a sealed blob never change. */
static int link_file(struct blob_writer *w, str id)
{
	AUTO_CLOSE shard = open_shard(w);
	char path[BLOB_PATH_SIZE];
	struct stat status;

	if (shard < 0)
		return shard;
	blob_path(path, id.p);
	if (linkat(w->store->blobs_fd, path, shard, w->id, 0) < 0)
		return -errno;
	w->sealed = true;
	if (fstatat(shard, w->id, &status, 0) < 0)
		return -errno;
	w->size = status.st_size;
	return file_sync(shard);
}

static int copy_by_hand(struct blob_writer *w, int from)
{
	char block[16 * 1024];
	ssize_t n;

	while ((n = read(from, block, sizeof(block))) > 0) {
		int error = blob_append(w, (str){ block, (size_t)n });

		if (error)
			return error;
	}
	return n < 0 ? -errno : 0;
}

static int copy_file(struct blob_writer *w, int from)
{
	ssize_t n;

	while ((n = copy_file_range(from, NULL, w->fd, NULL, 1U << 30, 0)) > 0)
		w->size += n;
	return n < 0 ? copy_by_hand(w, from) : 0; /* the rest, with whatever error there is */
}

static int copy_blob(struct store *s, str id, struct blob_writer **ret)
{
	AUTO_CLOSE from = blob_open(s, id);
	struct blob_writer *w = NULL;
	int error = from < 0 ? from : blob_create(s, &w);

	if (error)
		return error;
	error = copy_file(w, from);
	if (!error)
		error = blob_seal(w);
	if (error)
		blob_free(w);
	else
		*ret = w;
	return error;
}

int blob_link(struct store *s, str id, struct blob_writer **ret)
{
	struct blob_writer *w = new_writer(s);
	int error;

	assert(id.n == BLOB_ID_SIZE);
	error = link_file(w, id);
	if (!error) {
		*ret = w;
		return 0;
	}
	if (w->sealed)
		blob_free(w);
	else
		free(w);
	/* Too many links, or a file system that knows none. */
	return error == -EMLINK || error == -EPERM || error == -EOPNOTSUPP || error == -ENOSYS
	               ? copy_blob(s, id, ret)
	               : error;
}

static struct blob_change *add_change(struct blob_changes *changes)
{
	if (changes->n == changes->capacity) {
		changes->capacity = MAX(16, changes->capacity * 2);
		changes->items =
			xrealloc(changes->items, changes->capacity * sizeof(*changes->items));
	}
	changes->items[changes->n] = (struct blob_change){ .kept = NULL };
	return &changes->items[changes->n++];
}

void blob_keep(struct db *db, struct blob_writer *w)
{
	assert(w->sealed && w->error == 0);
	db_run(db, "INSERT INTO blob (id, size) VALUES (?, ?)", db_text(blob_id(w)),
	       db_int(w->size));
	db_run(db, "UPDATE store_total SET blobs = blobs + 1, blob_bytes = blob_bytes + ?",
	       db_int(w->size));
	if (db->status == DB_OK)
		add_change(&db->blobs)->kept = w;
}

void blob_drop(struct db *db, str id)
{
	int64_t size;

	assert(id.n == BLOB_ID_SIZE);
	size = db_integer(db, -1, "DELETE FROM blob WHERE id = ? RETURNING size", db_text(id));
	if (size < 0)
		return; /* no row, or a failure */
	db_run(db, "UPDATE store_total SET blobs = blobs - 1, blob_bytes = blob_bytes - ?",
	       db_int(size));
	if (db->status == DB_OK)
		memcpy(add_change(&db->blobs)->dropped, id.p, BLOB_ID_SIZE);
}

void blob_changes_settle(struct db *db, size_t from, enum blob_fate fate)
{
	struct blob_changes *changes = &db->blobs;

	for (size_t i = from; i < changes->n; i++) {
		const struct blob_change *change = &changes->items[i];
		if (change->kept)
			change->kept->fate = fate;
		else if (fate == BLOB_KEPT)
			keeper_unlink(db->store, change->dropped);
	}
	changes->n = from;
}
