/*
 * A store in a folder of its own, gone when the test ends, and writes that can be put into one batch.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "check.h"

#include "store/internal.h"

#include <ftw.h>
#include <semaphore.h>
#include <unistd.h>

static const struct schema test_schema = {
	"test",
	"-- version 1\n"
	"CREATE TABLE test_item (id INTEGER PRIMARY KEY, name TEXT, value BLOB, number REAL);\n",
};

struct fixture {
	char folder[32];
	char problem[PROBLEM_SIZE];
	struct store *store;
};

static inline bool open_with(struct fixture *f, const struct schema *schema)
{
	const struct schema *schemas[] = { schema };
	struct store_options options = { .folder = f->folder,
		                         .schemas = schemas,
		                         .schema_count = 1 };

	f->store = store_open(&options, f->problem);
	return f->store != NULL;
}

static inline void given_folder(struct fixture *f)
{
	*f = (struct fixture){ .folder = "/tmp/menagerie-test-XXXXXX" };
	expect(mkdtemp(f->folder) != NULL);
}

static inline void must_open(struct fixture *f)
{
	if (!open_with(f, &test_schema))
		print_error("%s\n", f->problem);
	expect(f->store != NULL);
}

static inline void given_store(struct fixture *f)
{
	given_folder(f);
	must_open(f);
}

static inline void reopen(struct fixture *f)
{
	store_close(f->store);
	must_open(f);
}

static inline int remove_entry(const char *path, const struct stat *status UNUSED, int kind UNUSED,
                               struct FTW *place UNUSED)
{
	return remove(path);
}

static inline void end(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
	nftw(f->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int64_t count_items(struct fixture *f)
{
	struct db *db = store_reader(f->store);
	int64_t n = db_integer(db, -1, "SELECT count(*) FROM test_item");

	store_read_end(db);
	return n;
}

static inline bool insert_item(struct db *db, void *id)
{
	db_run(db, "INSERT INTO test_item (id) VALUES (?)", db_int(*(const int64_t *)id));
	return true;
}

/* A write that remembers what became of it. */
struct observed {
	struct store_write write;
	bool (*body)(struct db *db, struct observed *o);
	int64_t id;
	str bytes;
	int runs;
	enum db_status status; /* valid after observed_wait */
	bool accepted;
	sem_t done;
};

static inline bool observed_run(struct store_write *write, struct db *db)
{
	struct observed *o = (struct observed *)write;

	o->runs++;
	o->accepted = o->body(db, o);
	return o->accepted;
}

static inline void observed_done(struct store_write *write, enum db_status status)
{
	struct observed *o = (struct observed *)write;

	o->status = status;
	sem_post(&o->done);
}

static inline void submit_observed(struct fixture *f, struct observed *o)
{
	o->write = (struct store_write){ .run = observed_run, .done = observed_done };
	sem_init(&o->done, 0, 0);
	expect(store_submit(f->store, &o->write));
}

static inline void observed_wait(struct observed *o)
{
	sem_wait(&o->done);
	sem_destroy(&o->done);
}

/* While the writer is held, whatever is submitted gathers into the next batch. */
struct hold {
	struct store_write write;
	sem_t held, go;
};

static inline bool hold_run(struct store_write *write, struct db *db UNUSED)
{
	struct hold *h = (struct hold *)write;

	sem_post(&h->held);
	sem_wait(&h->go);
	return true;
}

static inline void hold_done(struct store_write *write, enum db_status status UNUSED)
{
	struct hold *h = (struct hold *)write;

	sem_post(&h->held);
}

static inline void hold_writer(struct fixture *f, struct hold *h)
{
	h->write = (struct store_write){ .run = hold_run, .done = hold_done };
	sem_init(&h->held, 0, 0);
	sem_init(&h->go, 0, 0);
	expect(store_submit(f->store, &h->write));
	sem_wait(&h->held);
}

static inline void release_writer(struct hold *h)
{
	sem_post(&h->go);
	sem_wait(&h->held);
	sem_destroy(&h->held);
	sem_destroy(&h->go);
}

/* Runs them all in one batch, and waits. */
static inline void run_as_batch(struct fixture *f, struct observed *writes, size_t n)
{
	struct hold h;

	hold_writer(f, &h);
	for (size_t i = 0; i < n; i++)
		submit_observed(f, &writes[i]);
	release_writer(&h);
	for (size_t i = 0; i < n; i++)
		observed_wait(&writes[i]);
}

#endif
