/* Work in turns: an index is filled while it is written to, a space is dropped, and what waits comes first. */
#include "check.h"

#include "services/dynamodb/change.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/job.h"
#include "services/dynamodb/settings.h"

#include <ftw.h>
#include <unistd.h>

enum { ITEMS = 1000 };

struct fixture {
	char folder[32];
	struct store *store;
	struct arena arena;
	struct table table; /* "id", with one index of "n" that holds its keys */
	struct index index;
};

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status, (void)kind, (void)ftw;
	return remove(path);
}

static struct item item_of(struct arena *a, int id, const char *n)
{
	struct problem p = { .arena = a };
	struct item item = { 0 };

	expect(item_read(
		&p,
		arena_printf(a, "{\"id\":{\"S\":\"%06d\"},\"n\":%s,\"x\":{\"S\":\"text\"}}", id, n),
		&item));
	return item;
}

/* The item becomes `n`, which is JSON; NULL: it goes. As a handler would do it. */
static void change(struct db *db, struct fixture *f, int id, const char *n)
{
	struct item key_only = item_of(&f->arena, id, "{\"N\":\"1\"}");
	struct item old, new = item_of(&f->arena, id, n ? n : "{\"N\":\"1\"}");
	struct change change = { .table = &f->table, .new = n ? &new : NULL };
	struct stored_item stored;

	change.key = key_encode(&f->arena, &f->table.keys, &key_only);
	if (space_get(db, &f->arena, f->table.space, change.key, &stored)) {
		item_load(&f->arena, stored.text, &old);
		change.old = &old;
		change.old_size = stored.size;
	}
	change_apply(db, &f->arena, 1, &change, NULL, false);
}

/* A table with items and an index that has none of them yet. */
static bool make(struct db *db, void *arg)
{
	struct fixture *f = arg;
	struct settings *s = arena_new(&f->arena, struct settings);

	f->table = (struct table){
		.space = space_new(db),
		.account = STR("000000000000"),
		.region = STR("us-east-1"),
		.name = STR("table"),
		.keys = { .hash = { { STR("id"), VALUE_S } }, .hash_count = 1 },
		.billing_mode = BILLING_PAY_PER_REQUEST,
	};
	f->index = (struct index){
		.space = space_new(db),
		.name = STR("by-n"),
		.is_global = true,
		.status = INDEX_CREATING,
		.keys = { .hash = { { STR("n"), VALUE_N } }, .hash_count = 1 },
		.projection = PROJECT_KEYS_ONLY,
	};
	for (int i = 0; i < ITEMS; i++)
		change(db, f, i, i % 10 ? "{\"N\":\"1\"}" : "{\"S\":\"unfit\"}");
	f->table.indexes = &f->index;
	f->table.index_count = 1;
	s->table_id = STR("00000000-0000-4000-8000-000000000000");
	settings_insert(db, &f->arena, &f->table, s);
	job_add(db, JOB_FILL_INDEX, f->table.space, f->index.space);
	return true;
}

static void begin(struct fixture *f)
{
	static const struct schema schema = { "dynamodb", dynamodb_schema };
	const struct schema *schemas[] = { &schema };
	struct store_options options = { .schemas = schemas, .schema_count = 1 };
	char problem[512];

	*f = (struct fixture){ .folder = "/tmp/menagerie-test-XXXXXX" };
	expect(mkdtemp(f->folder) != NULL);
	options.folder = f->folder;
	f->store = store_open(&options, problem);
	expect(f->store != NULL);
	expect_int(store_write_wait(f->store, make, f), DB_OK);
}

static void end(struct fixture *f)
{
	store_close(f->store);
	nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_release(&f->arena);
}

struct turn {
	struct fixture *f;
	bool (*write)(struct db *db, struct fixture *f);
	bool has_more;
};

static bool run_turn(struct db *db, void *arg)
{
	struct turn *turn = arg;

	turn->has_more = turn->write ? turn->write(db, turn->f) : job_turn(db, 1);
	return true;
}

static bool write_with(struct fixture *f, bool (*write)(struct db *db, struct fixture *f))
{
	struct turn turn = { .f = f, .write = write };

	expect_int(store_write_wait(f->store, run_turn, &turn), DB_OK);
	return turn.has_more;
}

static bool job_turn_of(struct fixture *f)
{
	return write_with(f, NULL);
}

struct state {
	int64_t table_items, index_items, index_rows, index_bytes, bytes_of_rows, jobs, status;
};

static struct state look(struct fixture *f)
{
	struct db *db = store_reader(f->store);
	struct state s = {
		.jobs = db_integer(db, -1, "SELECT count(*) FROM dynamodb_job"),
		.status = db_integer(db, -1, "SELECT status FROM dynamodb_index WHERE space = ?",
		                     db_int(f->index.space)),
		.index_rows =
			db_integer(db, -1, "SELECT count(*) FROM dynamodb_item WHERE space = ?",
		                   db_int(f->index.space)),
		.bytes_of_rows =
			db_integer(db, 0, "SELECT sum(size) FROM dynamodb_item WHERE space = ?",
		                   db_int(f->index.space)),
	};
	int64_t bytes;

	space_count(db, f->table.space, &s.table_items, &bytes);
	space_count(db, f->index.space, &s.index_items, &s.index_bytes);
	store_read_end(db);
	return s;
}

static void expect_counts_are_right(const struct state *s)
{
	expect_int(s->index_items, s->index_rows);
	expect_int(s->index_bytes, s->bytes_of_rows);
}

/*
 * Filling.
 */

TEST(job_fills_an_index_in_several_turns_without_what_does_not_fit)
{
	struct fixture f;
	struct state s;
	int turns = 1;

	begin(&f);
	while (job_turn_of(&f))
		turns++;
	expect(turns > 4);
	s = look(&f);
	expect_int(s.index_items, ITEMS * 9 / 10);
	expect_counts_are_right(&s);
	expect_int(s.status, INDEX_ACTIVE);
	expect_int(s.jobs, 0);
	end(&f);
}

/* Of items that the job has been at and of those that it has not: changed, gone, new, with another key. */
static bool write_everywhere(struct db *db, struct fixture *f)
{
	for (int i = 1; i < ITEMS; i += 50) {
		change(db, f, i, "{\"N\":\"2\"}");
		change(db, f, i + 1, NULL);
		change(db, f, i + 2, "{\"N\":\"1\"}");
		change(db, f, i + 3, "{\"NULL\":true}");
		change(db, f, ITEMS + i, "{\"N\":\"3\"}");
	}
	return true;
}

TEST(job_fills_an_index_right_that_is_written_to_meanwhile)
{
	struct fixture f;
	struct state s;

	begin(&f);
	expect(job_turn_of(&f));
	expect(job_turn_of(&f));
	write_with(&f, write_everywhere);
	s = look(&f);
	expect_counts_are_right(&s);
	expect_int(s.status, INDEX_CREATING);
	while (job_turn_of(&f))
		;
	s = look(&f);
	expect_int(s.table_items, ITEMS);
	expect_int(s.index_items, ITEMS * 9 / 10 - 2 * 20 + 20);
	expect_counts_are_right(&s);
	end(&f);
}

static bool delete_index(struct db *db, struct fixture *f)
{
	db_run(db, "UPDATE dynamodb_index SET status = ? WHERE space = ?", db_int(INDEX_DELETING),
	       db_int(f->index.space));
	space_forget(db, f->index.space);
	job_add(db, JOB_DROP_SPACE, f->table.space, f->index.space);
	return true;
}

TEST(job_stops_filling_an_index_that_is_deleted_and_drops_it)
{
	struct fixture f;
	struct state s;

	begin(&f);
	expect(job_turn_of(&f));
	write_with(&f, delete_index);
	while (job_turn_of(&f))
		;
	s = look(&f);
	expect_int(s.index_rows, 0);
	expect_int(s.status, -1); /* there is none any more */
	expect_int(s.table_items, ITEMS);
	expect_int(s.jobs, 0);
	end(&f);
}

/*
 * Dropping.
 */

static bool delete_table(struct db *db, struct fixture *f)
{
	settings_delete(db, &f->table, 1);
	return true;
}

TEST(job_drops_a_table_with_all_that_is_left_of_it)
{
	struct fixture f;
	struct db *db;

	begin(&f);
	expect(job_turn_of(&f));
	write_with(&f, delete_table);
	while (job_turn_of(&f))
		;
	db = store_reader(f.store);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM dynamodb_item"), 0);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM dynamodb_space"), 0);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM dynamodb_index"), 0);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM dynamodb_job"), 0);
	store_read_end(db);
	end(&f);
}

/* The job of the table that is gone is older, and has much to do. */
static bool drop_another_first(struct db *db, struct fixture *f)
{
	int64_t space = space_new(db);

	for (int i = 0; i < ITEMS; i++)
		space_put(db, space, arena_printf(&f->arena, "%06d", i), STR("{}"), 2, -1);
	db_run(db, "UPDATE dynamodb_job SET id = 100");
	db_run(db, "INSERT INTO dynamodb_job (id, kind, table_space, space) VALUES (1, ?, ?, ?)",
	       db_int(JOB_DROP_SPACE), db_int(space), db_int(space));
	return true;
}

TEST(job_that_somebody_waits_for_comes_first)
{
	struct fixture f;
	struct state s;

	begin(&f);
	write_with(&f, drop_another_first);
	do {
		expect(job_turn_of(&f));
		s = look(&f);
	} while (s.status != INDEX_ACTIVE);
	expect_int(s.jobs, 1);
	expect(job_turn_of(&f));
	end(&f);
}

TEST(job_turn_without_jobs_has_nothing_more_to_do)
{
	struct fixture f;

	begin(&f);
	while (job_turn_of(&f))
		;
	expect(!job_turn_of(&f));
	end(&f);
}

TESTS({
	RUN(job_fills_an_index_in_several_turns_without_what_does_not_fit),
	RUN(job_fills_an_index_right_that_is_written_to_meanwhile),
	RUN(job_stops_filling_an_index_that_is_deleted_and_drops_it),
	RUN(job_drops_a_table_with_all_that_is_left_of_it),
	RUN(job_that_somebody_waits_for_comes_first),
	RUN(job_turn_without_jobs_has_nothing_more_to_do),
})
