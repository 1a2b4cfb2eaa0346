/*
 * Makes the n-th write, sync or SQL step of a short piece of work on a store fail, for n = 1, 2, 3 …
 * until n is more than there are: tests/fault. What was reported as committed must be there when the
 * data directory is opened again, what was not must not, and the program itself must go on.
 *
 *     store_fault FOLDER write|sync|sql recover|close|die
 *
 * recover: after the work, the fault past, writes must succeed again without a restart;
 * close: the store is closed, while the fault may still be to come; die: it is not closed.
 *
 * Each n has a new data directory below FOLDER and two processes of its own, one to work and one to
 * look afterwards. At the end it prints how many it went through.
 */
#include "store/internal.h"

#include "base/fault.h"
#include "base/str.h"

#include <ftw.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef MENAGERIE_FAULTS

enum { AFTER_THE_FAULT = 30, AFTER_THE_RESTART, OUTCOMES, LARGE = 80 * 1024 };
enum ending { RECOVER, CLOSE, DIE };

static const char *const kinds[FAULT_KINDS] = { "write", "sync", "sql" };
static const char *const endings[] = { "recover", "close", "die" };

/* What the process with the fault tells the one that looks afterwards. */
struct report {
	bool hit, opened;
	bool committed[OUTCOMES];
	bool has_blob[OUTCOMES];
	char blob[OUTCOMES][BLOB_ID_SIZE];
	char complaint[512];
};

static struct report *report;
static struct store *store;
static enum fault_kind kind;
static enum ending ending;
static int64_t nth;

static const struct schema schema = {
	"fault",
	"-- version 1\nCREATE TABLE fault_item (id INTEGER PRIMARY KEY, value BLOB, blob TEXT);\n"
};

static bool complain(const char *what)
{
	snprintf(report->complaint, sizeof(report->complaint), "%s", what);
	return false;
}

static bool open_store(const char *folder, char problem[512])
{
	static const struct schema *const schemas[] = { &schema };
	struct store_options options = { .folder = folder, .schemas = schemas, .schema_count = 1 };

	problem[0] = '\0';
	store = store_open(&options, problem);
	return store != NULL;
}

/* The work: an item each. */

struct item {
	struct store_write write;
	int id;
	str value;
	struct blob_writer *blob;
	int drops; /* the item whose blob goes */
	bool refuse, accepted;
	enum db_status status;
	sem_t done;
};

static bool run_item(struct store_write *write, struct db *db)
{
	struct item *item = (struct item *)write;
	str blob = item->blob ? blob_id(item->blob) : STR_NULL;

	db_run(db, "INSERT INTO fault_item VALUES (?, ?, ?)", db_int(item->id),
	       db_blob(item->value), db_text(blob));
	if (item->blob)
		blob_keep(db, item->blob);
	if (item->drops) {
		blob_drop(db, (str){ report->blob[item->drops], BLOB_ID_SIZE });
		db_run(db, "UPDATE fault_item SET blob = NULL WHERE id = ?", db_int(item->drops));
	}
	item->accepted = !item->refuse;
	return item->accepted;
}

static void done_item(struct store_write *write, enum db_status status)
{
	struct item *item = (struct item *)write;

	item->status = status;
	sem_post(&item->done);
}

static void submit_item(struct item *item)
{
	item->write = (struct store_write){ .run = run_item, .done = done_item };
	sem_init(&item->done, 0, 0);
	if (!store_submit(store, &item->write))
		abort();
}

static bool wait_for_item(struct item *item)
{
	sem_wait(&item->done);
	report->committed[item->id] = item->status == DB_OK && item->accepted;
	return report->committed[item->id];
}

static bool put(struct item item)
{
	submit_item(&item);
	return wait_for_item(&item);
}

static void put_blob(int id, int drops)
{
	struct blob_writer *w;
	str content = STR("the content of a blob");

	if (blob_create(store, &w) < 0)
		return;
	if (blob_append(w, content) == 0 && blob_seal(w) == 0) {
		memcpy(report->blob[id], blob_id(w).p, BLOB_ID_SIZE);
		report->has_blob[id] = put((struct item){ .id = id, .blob = w, .drops = drops });
		if (report->has_blob[id])
			report->has_blob[drops] = false;
	}
	blob_free(w);
}

/* Submitted while a large one is at work, most of them share a batch. */
static void put_together(int first, int last)
{
	static struct item items[OUTCOMES];
	static char large[LARGE];

	for (int id = first; id <= last; id++) {
		items[id] = (struct item){ .id = id, .refuse = id == last - 1 };
		items[id].value = id == first ? (str){ large, sizeof(large) } : STR("small");
		submit_item(&items[id]);
	}
	for (int id = first; id <= last; id++)
		wait_for_item(&items[id]);
}

static void read_back(void)
{
	struct db *db = store_reader(store);
	struct db_rows rows;

	for (db_each(db, &rows, "SELECT id FROM fault_item"); db_next(&rows);)
		;
	store_read_end(db);
}

static void work(void)
{
	struct db *copier;

	put((struct item){ .id = 1 });
	put((struct item){ .id = 2 });
	put_blob(3, 0);
	put_together(4, 12);
	read_back();
	copier = db_new(store, DB_READER);
	checkpoint_copy(copier);
	db_free(copier);
	put_blob(13, report->has_blob[3] ? 3 : 0);
	put((struct item){ .id = 14, .value = STR("last") });
}

static int do_work(const char *folder)
{
	char problem[512];

	fault_set(kind, nth);
	report->opened = open_store(folder, problem);
	if (report->opened)
		work();
	else if (!problem[0])
		return 1;
	if (report->opened && ending == RECOVER) {
		report->hit = fault_count(kind) >= nth;
		fault_set(kind, 0);
		if (!put((struct item){ .id = AFTER_THE_FAULT }))
			return 1;
	}
	if (report->opened && ending != DIE)
		store_close(store);
	report->hit |= fault_count(kind) >= nth;
	return 0;
}

/* Looking afterwards. */

static bool verify_item(struct db *db, int id)
{
	bool found = db_exists(db, "SELECT 1 FROM fault_item WHERE id = ?", db_int(id));
	bool has_blob = db_exists(db, "SELECT 1 FROM fault_item WHERE id = ? AND blob IS NOT NULL",
	                          db_int(id));
	int fd;

	if (found != report->committed[id])
		return complain(found ? "a write that failed is there"
		                      : "a committed write is lost");
	if (has_blob != report->has_blob[id])
		return complain("a blob is named though it is not kept, or kept and not named");
	if (!report->blob[id][0])
		return true;
	fd = blob_open(store, (str){ report->blob[id], BLOB_ID_SIZE });
	if (fd >= 0)
		close(fd);
	return (fd >= 0) == has_blob || complain("the file of a blob is lost, or left");
}

static bool verify_all(const char *folder)
{
	char problem[512];
	struct db *db;
	struct db_rows rows;

	if (!open_store(folder, problem))
		return complain(problem);
	sweep_wait(store);
	db = store_reader(store);
	if (!db_row(db, &rows, "PRAGMA integrity_check") || !str_eq(col_text(&rows, 0), STR("ok")))
		return complain("the database is damaged");
	db_rows_end(&rows);
	for (int id = 1; id < OUTCOMES; id++)
		if (!verify_item(db, id))
			return false;
	store_read_end(db);
	if (!put((struct item){ .id = AFTER_THE_RESTART }))
		return complain("the data directory cannot be written any more");
	store_close(store);
	return true;
}

static int verify(const char *folder)
{
	return verify_all(folder) ? 0 : 1;
}

static int remove_entry(const char *path, const struct stat *status UNUSED, int type UNUSED,
                        struct FTW *place UNUSED)
{
	return remove(path);
}

static bool in_a_process(int (*function)(const char *folder), const char *folder)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(function(folder));
	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* False when all is done, or wrong. */
static bool go_through(const char *folder)
{
	*report = (struct report){ 0 };
	if (!in_a_process(do_work, folder))
		return complain("it died, or could not go on");
	if (!in_a_process(verify, folder))
		return report->complaint[0] ? false : complain("it died afterwards");
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	return report->hit;
}

static bool index_of(const char *const *words, unsigned n, const char *word, unsigned *ret)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(words[i], word) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	char folder[4096];

	if (argc != 4 || !index_of(kinds, ARRAY_LEN(kinds), argv[2], &kind) ||
	    !index_of(endings, ARRAY_LEN(endings), argv[3], &ending)) {
		fprintf(stderr, "usage: store_fault FOLDER write|sync|sql recover|close|die\n");
		return 2;
	}
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	do {
		nth++;
		snprintf(folder, sizeof(folder), "%s/%s-%s-%lld", argv[1], argv[2], argv[3],
		         (long long)nth);
	} while (go_through(folder));
	if (report->complaint[0]) {
		fprintf(stderr, "%s %lld, %s: %s (%s)\n", argv[2], (long long)nth, argv[3],
		        report->complaint, folder);
		return 1;
	}
	printf("%lld\n", (long long)nth);
	return 0;
}

#else

int main(void)
{
	fprintf(stderr, "built without faults\n");
	return 77;
}

#endif
