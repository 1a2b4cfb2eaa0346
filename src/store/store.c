#include "store/internal.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#undef free

void condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct timespec deadline_after(int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static void configure_sqlite(void)
{
	/* Its count of memory costs a lock shared by all threads for every allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#ifdef MENAGERIE_FAULTS
	fault_vfs_register();
#endif
}

static bool fail_folder(const char *folder, char problem[PROBLEM_SIZE])
{
	snprintf(problem, PROBLEM_SIZE,
	         errno == ENOTDIR ? "%s is not a folder" : "%s cannot be opened: %s", folder,
	         strerror(errno));
	return false;
}

/* The name of a new folder is durable only when the folder that holds it was synced. */
static int sync_parent(int folder_fd)
{
	AUTO_CLOSE parent = openat(folder_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return parent < 0 ? -errno : file_sync(parent);
}

static bool open_data_folder(struct store *s, char problem[PROBLEM_SIZE])
{
	bool made = mkdir(s->folder, 0700) == 0;
	int error;

	if (!made && errno != EEXIST) {
		snprintf(problem, PROBLEM_SIZE, "%s cannot be made: %s", s->folder,
		         strerror(errno));
		return false;
	}
	s->folder_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder_fd < 0)
		return fail_folder(s->folder, problem);
	error = made ? sync_parent(s->folder_fd) : 0;
	if (error)
		snprintf(problem, PROBLEM_SIZE, "%s cannot be made: %s", s->folder,
		         strerror(-error));
	return error == 0;
}

/* SQLite gives its other files the mode of this one. */
static bool make_database_file(struct store *s, char problem[PROBLEM_SIZE])
{
	AUTO_CLOSE fd = openat(s->folder_fd, DATABASE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		return true;
	snprintf(problem, PROBLEM_SIZE, "%s/" DATABASE_NAME " cannot be opened: %s", s->folder,
	         strerror(errno));
	return false;
}

static bool open_database(struct store *s, const struct store_options *options,
                          char problem[PROBLEM_SIZE])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct db *db;

	pthread_once(&once, configure_sqlite);
	db = s->writer.db = db_new(s, DB_WRITER);
	db->quiet = true;
	if (db_connect(db) && migrate(db, options, problem)) {
		db->quiet = false;
		return true;
	}
	if (!db->connection && db->code == SQLITE_NOTADB)
		snprintf(problem, PROBLEM_SIZE, "%s/" DATABASE_NAME " is not a database",
		         s->folder);
	else if (db->status == DB_CORRUPT)
		snprintf(problem, PROBLEM_SIZE, "%s/" DATABASE_NAME " is damaged", s->folder);
	else if (!db->connection)
		snprintf(problem, PROBLEM_SIZE, "%s/" DATABASE_NAME " cannot be opened: %s",
		         s->folder, sqlite3_errstr(db->code));
	return false;
}

/* A thread that ends leaves its reader to the next new one. */
static void leave_reader(void *value)
{
	struct db *db = value;
	struct store *s = db->store;

	store_read_end(db);
	pthread_mutex_lock(&s->readers_lock);
	db->next_idle = s->idle_readers;
	s->idle_readers = db;
	pthread_mutex_unlock(&s->readers_lock);
}

static bool start_threads(struct store *s, char problem[PROBLEM_SIZE])
{
	if (keeper_start(s) && writer_start(s)) {
		sweep_start(s);
		return true;
	}
	snprintf(problem, PROBLEM_SIZE, "no thread can be started");
	return false;
}

struct store *store_open(const struct store_options *options, char problem[PROBLEM_SIZE])
{
	struct store *s = xcalloc(1, sizeof(*s));
	size_t n = strlen(options->folder) + 1;

	s->folder = memcpy(xmalloc(n), options->folder, n);
	s->relaxed = options->relaxed;
	s->folder_fd = s->blobs_fd = s->temporary_fd = s->lock_fd = -1;
	random_hex(s->run_id, RUN_ID_SIZE);
	gate_init(&s->gate);
	keeper_init(&s->keeper);
	writer_init(&s->writer);
	pthread_mutex_init(&s->readers_lock, NULL);
	pthread_key_create(&s->reader_key, leave_reader);

	if (open_data_folder(s, problem) &&
	    (s->lock_fd = lock_take(s->folder_fd, s->folder, problem)) >= 0 &&
	    make_database_file(s, problem) && blob_folders_open(s, problem) &&
	    open_database(s, options, problem) && start_threads(s, problem))
		return s;
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	struct db *db, *next;

	if (!s)
		return;
	sweep_stop(s);
	writer_stop(s);
	keeper_stop(s);
	pthread_key_delete(s->reader_key);
	for (db = s->readers; db; db = next) {
		next = db->next;
		db_free(db);
	}
	db_free(s->writer.db); /* the last connection: SQLite copies the log and removes it */
	pthread_mutex_destroy(&s->readers_lock);
	gate_release(&s->gate);
	close_fd(&s->temporary_fd);
	close_fd(&s->blobs_fd);
	close_fd(&s->folder_fd);
	lock_give_up(&s->lock_fd);
	free(s->folder);
	free(s);
}

const char *store_folder(const struct store *s)
{
	return s->folder;
}

void store_set_address(struct store *s, str address)
{
	lock_write_address(s->lock_fd, address);
}

struct db *store_reader(struct store *s)
{
	struct db *db = pthread_getspecific(s->reader_key);

	if (db)
		return db;
	pthread_mutex_lock(&s->readers_lock);
	db = s->idle_readers;
	if (db) {
		s->idle_readers = db->next_idle;
	} else {
		db = db_new(s, DB_READER);
		db->next = s->readers;
		s->readers = db;
	}
	pthread_mutex_unlock(&s->readers_lock);
	pthread_setspecific(s->reader_key, db);
	return db;
}

static int64_t file_bytes(const struct store *s, const char *name)
{
	struct stat status;

	return fstatat(s->folder_fd, name, &status, 0) == 0 ? status.st_size : 0;
}

static void read_totals(struct store *s, struct store_statistics *ret)
{
	struct db *db = store_reader(s);
	bool was_reading = db->in_snapshot;
	struct db_rows rows;

	if (db_row(db, &rows, "SELECT blobs, blob_bytes FROM store_total")) {
		ret->blobs = col_int(&rows, 0);
		ret->blob_bytes = col_int(&rows, 1);
		db_rows_end(&rows);
	}
	if (!was_reading)
		store_read_end(db);
}

void store_statistics(struct store *s, struct store_statistics *ret)
{
	pthread_mutex_lock(&s->writer.lock);
	*ret = s->writer.statistics;
	pthread_mutex_unlock(&s->writer.lock);
	ret->swept = atomic_load(&s->sweep.done);
	ret->database_bytes = file_bytes(s, DATABASE_NAME) + file_bytes(s, DATABASE_NAME "-wal");
	read_totals(s, ret);
}
