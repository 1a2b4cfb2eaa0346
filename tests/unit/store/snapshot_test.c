#include "fixture.h"

#include "base/clock.h"
#include "base/str.h"

enum { WRITES = 500, WATCHERS = 4 };

static bool set_counter(struct db *db, void *value)
{
	db_run(db, "INSERT OR REPLACE INTO test_item (id, number) VALUES (1, ?)",
	       db_int(*(const int64_t *)value));
	return true;
}

static int64_t counter(struct db *db)
{
	int64_t value =
		db_integer(db, 0, "SELECT CAST(number AS INTEGER) FROM test_item WHERE id = 1");

	store_read_end(db);
	return value;
}

static bool change_nothing(struct db *db, void *arg UNUSED)
{
	db_run(db, "DELETE FROM test_item WHERE id = 4711");
	return true;
}

TEST(snapshot_is_kept_for_the_next_read_of_the_thread)
{
	struct fixture f;
	struct db *db;
	int64_t began;

	given_store(&f);
	db = store_reader(f.store);
	counter(db);
	expect_int(db->kept, KEPT);
	expect(db_in_transaction(db));
	began = db->began;
	for (int i = 0; i < 3 && clock_monotonic() - began < 50 * 1000; i++) {
		expect_int(counter(db), 0);
		expect_int(db->began, began);
	}
	end(&f);
}

TEST(snapshot_that_is_kept_never_hides_a_commit)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	for (int64_t i = 1; i < 100; i++) {
		expect_int(store_write_wait(f.store, set_counter, &i), DB_OK);
		expect_int(counter(db), i);
		expect_int(counter(db), i);
	}
	end(&f);
}

TEST(snapshot_outlives_a_write_that_changes_nothing)
{
	struct fixture f;
	int64_t changes;

	given_store(&f);
	expect_int(store_write_wait(f.store, set_counter, &(int64_t){ 1 }), DB_OK);
	changes = store_changes(f.store);
	expect_int(store_write_wait(f.store, change_nothing, NULL), DB_OK);
	expect(store_is_unchanged(f.store, changes));
	expect_int(store_write_wait(f.store, set_counter, &(int64_t){ 2 }), DB_OK);
	expect(!store_is_unchanged(f.store, changes));
	end(&f);
}

TEST(snapshot_of_a_read_that_failed_is_not_kept)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	expect(db_exists(db, "SELECT 1"));
	db_fail(db, SQLITE_IOERR, "");
	store_read_end(db);
	expect_int(db->kept, NOT_KEPT);
	expect(!db_in_transaction(db));
	expect_int(counter(db), 0);
	end(&f);
}

struct counted {
	int64_t number;
	str text;
};

/* The counter, read from its row only when the snapshot has no memory of it. */
static int64_t counter_in_memory(struct db *db, bool *ret_is_new)
{
	static const char kind, other_kind;
	struct arena *arena = NULL;
	struct counted *counted = db_memory(db, &kind, sizeof(*counted), &arena);
	const int64_t *other = db_memory(db, &other_kind, sizeof(*other), &arena);
	int64_t number;

	expect_int(*other, 0); /* it has a place of its own */
	*ret_is_new = !counted->text.p;
	if (*ret_is_new) {
		counted->number = db_integer(
			db, 0, "SELECT CAST(number AS INTEGER) FROM test_item WHERE id = 1");
		counted->text = arena_decimal(arena, counted->number);
	}
	expect(str_to_i64(counted->text, &number));
	expect_int(number, counted->number);
	return number;
}

TEST(snapshot_has_a_memory_that_lasts_as_long_as_it_does)
{
	struct fixture f;
	struct db *db;
	bool is_new;

	given_store(&f);
	db = store_reader(f.store);
	for (int64_t i = 1; i < 10; i++) {
		int64_t began;

		expect_int(store_write_wait(f.store, set_counter, &i), DB_OK);
		expect_int(counter_in_memory(db, &is_new), i);
		expect(is_new);
		began = db->began;
		store_read_end(db);
		expect_int(counter_in_memory(db, &is_new), i);
		expect(is_new == (db->began != began));
		store_read_end(db);
	}
	end(&f);
}

static bool ask_for_memory(struct db *db, void *arg)
{
	static const char kind;
	struct arena *arena;

	*(bool *)arg = db_memory(db, &kind, 1, &arena) != NULL;
	return true;
}

TEST(snapshot_memory_is_for_readers_without_an_error)
{
	struct fixture f;
	struct db *db;
	bool writer_has_it = true, reader_has_it;

	given_store(&f);
	expect_int(store_write_wait(f.store, ask_for_memory, &writer_has_it), DB_OK);
	expect(!writer_has_it);
	db = store_reader(f.store);
	expect(ask_for_memory(db, &reader_has_it) && reader_has_it);
	db_fail(db, SQLITE_IOERR, "");
	expect(ask_for_memory(db, &reader_has_it) && !reader_has_it);
	store_read_end(db);
	expect(ask_for_memory(db, &reader_has_it) && reader_has_it);
	store_read_end(db);
	end(&f);
}

/* What an sqlite3 shell writes is no commit of ours. */
TEST(snapshot_shows_what_a_stranger_wrote_soon)
{
	struct fixture f;
	char path[64];
	sqlite3 *stranger;
	int64_t deadline = clock_monotonic() + 10 * 1000 * 1000;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	expect_int(counter(db), 0);
	snprintf(path, sizeof(path), "%s/" DATABASE_NAME, f.folder);
	expect_int(sqlite3_open(path, &stranger), SQLITE_OK);
	expect_int(sqlite3_exec(stranger, "INSERT INTO test_item (id, number) VALUES (1, 7)", NULL,
	                        NULL, NULL),
	           SQLITE_OK);
	sqlite3_close(stranger);
	while (counter(db) != 7)
		expect(clock_monotonic() < deadline);
	end(&f);
}

static struct {
	struct fixture f;
	atomic_llong seen; /* the newest that anybody has told of */
	atomic_bool stop;
} world;

/* Nobody is told something older than what somebody was told before. */
static void *watch(void *arg)
{
	struct db *db = store_reader(world.f.store);

	while (!atomic_load(&world.stop)) {
		long long before = atomic_load(&world.seen), now = counter(db);

		if (now < before)
			return NULL;
		while (now > before && !atomic_compare_exchange_weak(&world.seen, &before, now))
			;
	}
	return arg;
}

TEST(snapshot_of_one_thread_is_never_older_than_what_another_has_seen)
{
	pthread_t watchers[WATCHERS];
	void *result;

	given_store(&world.f);
	for (size_t i = 0; i < WATCHERS; i++)
		pthread_create(&watchers[i], NULL, watch, &world);
	for (int64_t i = 1; i <= WRITES; i++)
		expect_int(store_write_wait(world.f.store, set_counter, &i), DB_OK);
	atomic_store(&world.stop, true);
	for (size_t i = 0; i < WATCHERS; i++) {
		pthread_join(watchers[i], &result);
		expect(result == &world);
	}
	expect_int(counter(store_reader(world.f.store)), WRITES);
	end(&world.f);
}

struct within_commit {
	struct fixture f;
	int64_t before;
	bool was_unchanged, would_be_unchanged;
	int64_t seen;
};

/* SQLite calls this when others can see the commit and nobody has been told of it. */
static int look_within_commit(void *arg, sqlite3 *connection UNUSED, const char *name UNUSED,
                              int pages UNUSED)
{
	struct within_commit *w = arg;
	struct store *s = w->f.store;

	w->was_unchanged = store_is_unchanged(s, w->before);
	w->would_be_unchanged = store_is_unchanged(s, store_changes(s));
	w->seen = counter(store_reader(s));
	return SQLITE_OK;
}

TEST(snapshot_is_not_used_again_while_others_may_see_a_commit)
{
	struct within_commit w = { 0 };

	given_store(&w.f);
	w.before = store_changes(w.f.store);
	expect(store_is_unchanged(w.f.store, w.before));
	sqlite3_wal_hook(w.f.store->writer.db->connection, look_within_commit, &w);
	expect_int(store_write_wait(w.f.store, set_counter, &(int64_t){ 1 }), DB_OK);
	expect_int(w.seen, 1);
	expect(!w.was_unchanged);
	expect(!w.would_be_unchanged);
	end(&w.f);
}

TEST(snapshot_that_is_kept_is_ended_by_another_thread)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	counter(db);
	expect_int(db->kept, KEPT);
	snapshots_end_kept(f.store);
	expect_int(db->kept, NOT_KEPT);
	expect(!db_in_transaction(db));
	expect_int(f.store->gate.inside, 0);
	expect_int(counter(db), 0);
	end(&f);
}

TEST(snapshot_in_use_is_waited_for_and_not_ended)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	expect(!db_exists(db, "SELECT 1 FROM test_item"));
	expect(!snapshots_stop(f.store, 1));
	expect(db_in_transaction(db));
	store_read_end(db); /* with the gate closed it is not kept */
	expect_int(db->kept, NOT_KEPT);
	expect(!db_in_transaction(db));
	expect(snapshots_stop(f.store, 1));
	snapshots_go_on(f.store);
	expect_int(counter(db), 0);
	end(&f);
}

TESTS({
	RUN(snapshot_is_kept_for_the_next_read_of_the_thread),
	RUN(snapshot_that_is_kept_never_hides_a_commit),
	RUN(snapshot_outlives_a_write_that_changes_nothing),
	RUN(snapshot_of_a_read_that_failed_is_not_kept),
	RUN(snapshot_has_a_memory_that_lasts_as_long_as_it_does),
	RUN(snapshot_memory_is_for_readers_without_an_error),
	RUN(snapshot_shows_what_a_stranger_wrote_soon),
	RUN(snapshot_of_one_thread_is_never_older_than_what_another_has_seen),
	RUN(snapshot_is_not_used_again_while_others_may_see_a_commit),
	RUN(snapshot_that_is_kept_is_ended_by_another_thread),
	RUN(snapshot_in_use_is_waited_for_and_not_ended),
})
