#include "fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static bool body_insert(struct db *db, struct observed *o)
{
	db_run(db, "INSERT INTO test_item (id, value) VALUES (?, ?)", db_int(o->id),
	       db_blob(o->bytes));
	return true;
}

static bool body_insert_and_refuse(struct db *db, struct observed *o)
{
	body_insert(db, o);
	return false;
}

static bool body_refuse_if_first_exists(struct db *db, struct observed *o UNUSED)
{
	return !db_exists(db, "SELECT 1 FROM test_item WHERE id = 1");
}

TEST(writer_puts_all_that_wait_into_one_batch)
{
	struct fixture f;
	struct observed writes[20] = { 0 };
	struct store_statistics before, after;

	given_store(&f);
	store_statistics(f.store, &before);
	for (size_t i = 0; i < ARRAY_LEN(writes); i++)
		writes[i] = (struct observed){ .body = body_insert, .id = (int64_t)i };
	run_as_batch(&f, writes, ARRAY_LEN(writes));
	store_statistics(f.store, &after);

	expect_int(count_items(&f), 20);
	expect_int(after.batches - before.batches, 2); /* the one that held the writer, and ours */
	expect_int(after.writes - before.writes, 21);
	expect_int(after.rolled_back, 0);
	expect_int(after.batch_size[0] - before.batch_size[0], 1);
	expect_int(after.batch_size[5] - before.batch_size[5], 1); /* up to 32 */
	end(&f);
}

TEST(writer_rolls_a_failing_write_back_and_not_its_neighbours)
{
	struct fixture f;
	struct observed writes[] = {
		{ .body = body_insert, .id = 1 },
		{ .body = body_insert_and_refuse, .id = 2 },
		{ .body = body_insert, .id = 1 }, /* there already */
		{ .body = body_insert, .id = 3 },
	};
	struct store_statistics statistics;

	given_store(&f);
	run_as_batch(&f, writes, ARRAY_LEN(writes));

	expect(writes[0].status == DB_OK && writes[0].accepted);
	expect(writes[1].status == DB_OK && !writes[1].accepted);
	expect(writes[2].status == DB_FAILED);
	expect(writes[3].status == DB_OK && writes[3].accepted);
	expect_int(count_items(&f), 2);
	store_statistics(f.store, &statistics);
	expect_int(statistics.rolled_back, 2);
	end(&f);
}

/* No file may grow beyond this: to SQLite it is a full disk. */
static void given_file_size_limit(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static str large(void)
{
	static char bytes[4 * 1024 * 1024];

	return (str){ bytes, sizeof(bytes) };
}

TEST(writer_full_disk_fails_only_the_write_that_does_not_fit)
{
	struct fixture f;
	struct observed writes[] = {
		{ .body = body_insert, .id = 1 },
		{ .body = body_refuse_if_first_exists },
		{ .body = body_insert, .id = 2, .bytes = large() },
		{ .body = body_insert, .id = 3 },
	};

	given_store(&f);
	given_file_size_limit(1024 * 1024);
	run_as_batch(&f, writes, ARRAY_LEN(writes));
	given_file_size_limit(RLIM_INFINITY);

	expect_int(writes[0].status, DB_OK);
	expect(writes[1].status == DB_OK && !writes[1].accepted);
	expect_int(writes[2].status, DB_FULL);
	expect_int(writes[3].status, DB_OK);
	expect_int(writes[0].runs, 2);
	expect_int(writes[1].runs, 2); /* what it saw was not yet so */
	expect_int(count_items(&f), 2);
	end(&f);
}

TEST(writer_full_disk_fails_every_write_until_there_is_space)
{
	struct fixture f;
	struct observed full[8] = { 0 }, again[8] = { 0 };
	struct stat log;

	given_store(&f);
	expect_int(fstatat(f.store->folder_fd, DATABASE_NAME "-wal", &log, 0), 0);
	for (int i = 0; i < 8; i++) {
		full[i] = (struct observed){ .body = body_insert, .id = i };
		again[i] = full[i];
	}
	given_file_size_limit((rlim_t)log.st_size);
	run_as_batch(&f, full, 8);
	run_as_batch(&f, full, 1);
	given_file_size_limit(RLIM_INFINITY);

	for (int i = 0; i < 8; i++)
		expect_int(full[i].status, DB_FULL);
	expect_int(count_items(&f), 0);
	run_as_batch(&f, again, 8);
	for (int i = 0; i < 8; i++)
		expect_int(again[i].status, DB_OK);
	expect_int(count_items(&f), 8);
	reopen(&f);
	expect_int(count_items(&f), 8);
	end(&f);
}

TEST(writer_readonly_database_fails_writes_until_it_is_writable)
{
	struct fixture f;
	int64_t id = 1;
	sqlite3 *connection;

	given_store(&f);
	connection = f.store->writer.db->connection; /* nobody else uses it: the writer is asleep */
	sqlite3_exec(connection, "PRAGMA query_only = 1", NULL, NULL, NULL);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_READONLY);
	sqlite3_exec(connection, "PRAGMA query_only = 0", NULL, NULL, NULL);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	end(&f);
}

struct crowd {
	struct fixture *f;
	pthread_t thread;
	int64_t first;
};

enum { CROWD = 32, WRITES_EACH = 100 };

static void *write_and_read_back(void *arg)
{
	struct crowd *c = arg;
	struct db *db = store_reader(c->f->store);

	for (int64_t id = c->first; id < c->first + WRITES_EACH; id++) {
		if (store_write_wait(c->f->store, insert_item, &id) != DB_OK)
			return NULL;
		if (!db_exists(db, "SELECT 1 FROM test_item WHERE id = ?", db_int(id)))
			return NULL;
		store_read_end(db);
	}
	return c;
}

TEST(writer_what_is_committed_is_seen_by_the_next_snapshot_of_any_thread)
{
	struct fixture f;
	struct crowd crowd[CROWD];
	void *succeeded;

	given_store(&f);
	for (int i = 0; i < CROWD; i++) {
		crowd[i] = (struct crowd){ .f = &f, .first = i * 1000 };
		pthread_create(&crowd[i].thread, NULL, write_and_read_back, &crowd[i]);
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(crowd[i].thread, &succeeded);
		expect(succeeded != NULL);
	}
	expect_int(count_items(&f), CROWD * WRITES_EACH);
	reopen(&f);
	expect_int(count_items(&f), CROWD * WRITES_EACH);
	end(&f);
}

static atomic_int finished;

static bool do_nothing(struct store_write *w UNUSED, struct db *db UNUSED)
{
	return true;
}

static void count_finished(struct store_write *w UNUSED, enum db_status status UNUSED)
{
	atomic_fetch_add(&finished, 1);
}

TEST(writer_refuses_what_is_over_its_limit_and_close_finishes_what_is_queued)
{
	static struct store_write writes[LIMIT_WRITES_WAITING + 1];
	struct fixture f;
	struct hold h;

	given_store(&f);
	atomic_store(&finished, 0);
	hold_writer(&f, &h);
	for (int i = 0; i < LIMIT_WRITES_WAITING; i++) {
		writes[i] = (struct store_write){ .run = do_nothing, .done = count_finished };
		expect(store_submit(f.store, &writes[i]));
	}
	expect(!store_submit(f.store, &writes[LIMIT_WRITES_WAITING]));
	release_writer(&h);
	end(&f);
	expect_int(atomic_load(&finished), LIMIT_WRITES_WAITING);
}

static void *write_one(void *arg)
{
	struct crowd *c = arg;

	return store_write_wait(c->f->store, insert_item, &c->first) == DB_OK ? c : NULL;
}

TEST(writer_store_write_wait_waits_for_its_place_in_the_queue)
{
	static struct store_write writes[LIMIT_WRITES_WAITING];
	struct fixture f;
	struct crowd one = { .f = &f, .first = 7 };
	struct hold h;
	void *succeeded;

	given_store(&f);
	hold_writer(&f, &h);
	for (int i = 0; i < LIMIT_WRITES_WAITING; i++) {
		writes[i] = (struct store_write){ .run = do_nothing, .done = count_finished };
		expect(store_submit(f.store, &writes[i]));
	}
	pthread_create(&one.thread, NULL, write_one, &one);
	release_writer(&h);
	pthread_join(one.thread, &succeeded);
	expect(succeeded != NULL);
	expect_int(count_items(&f), 1);
	end(&f);
}

TESTS({
	RUN(writer_puts_all_that_wait_into_one_batch),
	RUN(writer_rolls_a_failing_write_back_and_not_its_neighbours),
	RUN(writer_full_disk_fails_only_the_write_that_does_not_fit),
	RUN(writer_full_disk_fails_every_write_until_there_is_space),
	RUN(writer_readonly_database_fails_writes_until_it_is_writable),
	RUN(writer_what_is_committed_is_seen_by_the_next_snapshot_of_any_thread),
	RUN(writer_refuses_what_is_over_its_limit_and_close_finishes_what_is_queued),
	RUN(writer_store_write_wait_waits_for_its_place_in_the_queue),
})
