/*
 * Writes to a store until it is killed, and looks afterwards whether all is well: tests/crash.
 *
 *     store_load DATA write ROUND [relaxed] acknowledges each commit with a line, until it is killed
 *     store_load DATA verify ROUND [dirty] checks everything, prints the same lines for what it finds of
 *                                          this round; dirty: ends without closing the store
 *
 * Lines: `put ID` a pair of rows that must agree, `blob ID` a row and a blob, `drop ID` a blob and its
 * row dropped. An id is ROUND * 1000000 + THREAD * 100000 + number.
 */
#include "store/internal.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { THREADS = 8, LARGEST = 200 * 1024, NAME_SIZE = 2 * SHA256_SIZE };

static const struct schema schema = {
	"load",
	"-- version 1\n"
	"CREATE TABLE load_left (id INTEGER PRIMARY KEY, word TEXT NOT NULL);\n"
	"CREATE TABLE load_right (id INTEGER PRIMARY KEY, word TEXT NOT NULL);\n"
	"CREATE TABLE load_blob (id INTEGER PRIMARY KEY, blob TEXT NOT NULL, sha TEXT NOT NULL);\n",
};

static struct store *store;
static const char *folder;
static int64_t this_round;

static NORETURN void die(const char *what, int64_t id)
{
	fprintf(stderr, "%s: %lld\n", what, (long long)id);
	_exit(1);
}

static void acknowledge(const char *what, int64_t id)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%s %lld\n", what, (long long)id);

	if (write(STDOUT_FILENO, line, (size_t)n) != n) /* one write: lines of threads never mix */
		_exit(0);
}

static void open_store(bool relaxed)
{
	static const struct schema *const schemas[] = { &schema };
	struct store_options options = {
		.folder = folder, .relaxed = relaxed, .schemas = schemas, .schema_count = 1
	};
	char problem[512];

	store = store_open(&options, problem);
	if (store)
		return;
	fprintf(stderr, "%s\n", problem);
	_exit(1);
}

/* Writing. */

struct task {
	int64_t id;
	bool refuse;
	struct blob_writer *blob;
	char sha[NAME_SIZE];
	char word[24];
};

static bool put_pair(struct db *db, void *arg)
{
	struct task *t = arg;
	str word = str_from(t->word);

	db_run(db, "INSERT INTO load_left VALUES (?, ?)", db_int(t->refuse ? -t->id : t->id),
	       db_text(word));
	db_run(db, "INSERT INTO load_right VALUES (?, ?)", db_int(t->refuse ? -t->id : t->id),
	       db_text(word));
	return !t->refuse;
}

static bool put_blob(struct db *db, void *arg)
{
	struct task *t = arg;

	blob_keep(db, t->blob);
	db_run(db, "INSERT INTO load_blob VALUES (?, ?, ?)", db_int(t->id),
	       db_text(blob_id(t->blob)), db_text((str){ t->sha, NAME_SIZE }));
	return true;
}

static bool drop_blob(struct db *db, void *arg)
{
	struct task *t = arg;
	char id[BLOB_ID_SIZE];
	struct db_rows rows;

	if (!db_row(db, &rows, "SELECT blob FROM load_blob WHERE id = ?", db_int(t->id)))
		die("no row of blob", t->id);
	memcpy(id, col_text(&rows, 0).p, BLOB_ID_SIZE);
	db_rows_end(&rows);
	blob_drop(db, (str){ id, BLOB_ID_SIZE });
	db_run(db, "DELETE FROM load_blob WHERE id = ?", db_int(t->id));
	return true;
}

static void must_commit(bool (*run)(struct db *db, void *arg), struct task *t)
{
	if (store_write_wait(store, run, t) != DB_OK)
		die("write failed", t->id);
}

static void write_pair(int64_t id, bool refuse)
{
	struct task t = { .id = id, .refuse = refuse };

	random_hex(t.word, sizeof(t.word) - 1);
	must_commit(put_pair, &t);
	if (!refuse)
		acknowledge("put", id);
}

static void sha_of(str bytes, char text[NAME_SIZE])
{
	unsigned char sha[SHA256_SIZE];

	digest_of(DIGEST_SHA256, bytes, sha);
	hex_to(text, sha, sizeof(sha));
}

static void write_blob(int64_t id, char *bytes)
{
	struct task t = { .id = id };
	uint32_t size;

	random_bytes(&size, sizeof(size));
	size %= id % 5 ? 4096 : LARGEST;
	random_bytes(bytes, MIN(size, 4096));
	sha_of((str){ bytes, size }, t.sha);
	if (blob_create(store, &t.blob) < 0 || blob_append(t.blob, (str){ bytes, size }) < 0 ||
	    blob_seal(t.blob) < 0)
		die("blob failed", id);
	must_commit(put_blob, &t);
	blob_free(t.blob);
	acknowledge("blob", id);
}

static void *write_on_and_on(void *arg)
{
	char *bytes = xcalloc(1, LARGEST);
	int64_t first = this_round * 1000000 + (intptr_t)arg * 100000;

	for (int64_t id = first + 1; id < first + 100000; id++) {
		if (id % 7 == 0) {
			write_blob(id, bytes);
		} else if (id % 21 == 1 && id - first > 7) {
			struct task t = { .id = id / 7 * 7 };
			must_commit(drop_blob, &t);
			acknowledge("drop", t.id);
		} else {
			write_pair(id, /* refuse= */ id % 10 == 0);
		}
	}
	return NULL;
}

static void write_until_killed(void)
{
	pthread_t threads[THREADS];

	for (intptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, write_on_and_on, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Verifying. */

static void verify_pairs(struct db *db)
{
	struct db_rows rows;

	if (db_exists(
		    db,
		    "SELECT 1 FROM load_left WHERE id < 0 UNION ALL SELECT 1 FROM load_right WHERE id < 0"))
		die("a write that was refused is there", 0);
	if (db_integer(db, 0, "SELECT count(*) FROM load_left") !=
	    db_integer(db, 0, "SELECT count(*) FROM load_right"))
		die("half a write is there", 0);
	for (db_each(db, &rows,
	             "SELECT l.id, l.word = r.word FROM load_left l LEFT JOIN load_right r USING (id)");
	     db_next(&rows);) {
		int64_t id = col_int(&rows, 0);
		if (!col_int(&rows, 1))
			die("half a write is there", id);
		if (id / 1000000 == this_round)
			acknowledge("put", id);
	}
}

static void verify_blob(str blob, str sha, int64_t id)
{
	static char bytes[LARGEST + 1];
	char found[NAME_SIZE];
	AUTO_CLOSE fd = blob_open(store, blob);
	ssize_t n = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		die("a blob is not there", id);
	sha_of((str){ bytes, (size_t)n }, found);
	if (!str_eq((str){ found, NAME_SIZE }, sha))
		die("a blob is not whole", id);
}

static int64_t verify_blobs(struct db *db)
{
	struct store_statistics statistics;
	struct db_rows rows;
	int64_t n = 0;

	for (db_each(db, &rows, "SELECT id, blob, sha FROM load_blob"); db_next(&rows); n++) {
		int64_t id = col_int(&rows, 0);
		verify_blob(col_text(&rows, 1), col_text(&rows, 2), id);
		if (id / 1000000 == this_round)
			acknowledge("blob", id);
	}
	if (db_integer(db, -1, "SELECT count(*) FROM blob") != n)
		die("rows of blobs do not agree", n);
	store_statistics(store, &statistics);
	if (statistics.blobs != n)
		die("statistics of blobs do not agree", n);
	return n;
}

static int64_t count_files(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int64_t n = 0;

	if (!entries)
		return 0;
	while ((entry = readdir(entries)))
		if (entry->d_name[0] != '.')
			n++;
	closedir(entries);
	return n;
}

static void verify_no_orphans(int64_t blobs)
{
	char name[3];
	int64_t files = 0;

	if (count_files(store->temporary_fd, ".") != 0)
		die("temporary files are left", 0);
	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "%02x", i & 0xff);
		files += count_files(store->blobs_fd, name);
	}
	if (files != blobs)
		die("files that no row names", files - blobs);
}

static void verify_database(struct db *db)
{
	struct db_rows rows;

	if (!db_row(db, &rows, "PRAGMA integrity_check") || !str_eq(col_text(&rows, 0), STR("ok")))
		die("the database is damaged", 0);
	db_rows_end(&rows);
}

static void verify(void)
{
	struct db *db = store_reader(store);
	int64_t blobs;

	sweep_wait(store);
	verify_database(db);
	verify_pairs(db);
	blobs = verify_blobs(db);
	if (db_status(db) != DB_OK)
		die("the database cannot be read", db_status(db));
	verify_no_orphans(blobs);
	store_read_end(db);
}

int main(int argc, char **argv)
{
	if (argc < 4 || !str_to_i64(str_from(argv[3]), &this_round)) {
		fprintf(stderr, "usage: store_load DATA write|verify ROUND [relaxed|dirty]\n");
		return 2;
	}
	folder = argv[1];
	open_store(argc > 4 && strcmp(argv[4], "relaxed") == 0);
	if (strcmp(argv[2], "write") == 0)
		write_until_killed();
	else
		verify();
	if (argc > 4 && strcmp(argv[4], "dirty") == 0)
		_exit(0);
	store_close(store);
	return 0;
}
