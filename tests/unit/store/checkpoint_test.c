#include "fixture.h"

#include <sys/stat.h>

enum { THREADS = 8, ROUNDS = 1000, VALUE = 8 * 1024, LARGE = 64 * 1024, MEBI = 1024 * 1024 };

static struct {
	struct fixture f;
	atomic_bool stop;
	atomic_llong longest;
} world;

static int64_t log_size(struct fixture *f)
{
	struct stat status;

	return fstatat(f->store->folder_fd, DATABASE_NAME "-wal", &status, 0) == 0 ? status.st_size
	                                                                           : 0;
}

static bool put(struct db *db, int64_t id, size_t size)
{
	static const char value[LARGE];

	db_run(db, "INSERT OR REPLACE INTO test_item (id, value) VALUES (?, ?)", db_int(id),
	       db_blob((str){ value, size }));
	return true;
}

static bool put_value(struct db *db, void *id)
{
	return put(db, *(const int64_t *)id, VALUE);
}

static bool put_large(struct db *db, void *id)
{
	return put(db, *(const int64_t *)id, LARGE);
}

/* The same thousand rows again and again, so that the log, not the database, would grow. */
static void *write_rounds(void *arg)
{
	int64_t first = (int64_t)(intptr_t)arg;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t id = (first * ROUNDS + i) % 1000, size;

		if (store_write_wait(world.f.store, put_value, &id) != DB_OK)
			return NULL;
		size = log_size(&world.f);
		if (first == 0 && size > atomic_load(&world.longest))
			atomic_store(&world.longest, size);
	}
	return arg;
}

/* Snapshots overlap all the time, so the log is never free of readers by chance. */
static void *read_on_and_on(void *arg)
{
	struct db *db = store_reader(world.f.store);

	while (!atomic_load(&world.stop)) {
		if (db_integer(db, -1, "SELECT count(*) FROM test_item") < 0)
			return NULL;
		store_read_end(db);
	}
	return arg;
}

TEST(checkpoint_bounds_the_log_under_constant_writing_and_reading)
{
	pthread_t writers[THREADS], readers[4];
	void *result;

	given_store(&world.f);
	for (intptr_t i = 0; i < THREADS; i++)
		pthread_create(&writers[i], NULL, write_rounds, (void *)i);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		pthread_create(&readers[i], NULL, read_on_and_on, &world);
	for (intptr_t i = 0; i < THREADS; i++) {
		pthread_join(writers[i], &result);
		expect(result == (void *)i);
	}
	atomic_store(&world.stop, true);
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		pthread_join(readers[i], &result);
		expect(result == &world);
	}
	/* More than 60 MiB were written; the log starts again at 16, at twice that on a slow disk. */
	expect(atomic_load(&world.longest) > 8 * MEBI);
	expect(atomic_load(&world.longest) < 40 * MEBI);
	end(&world.f);
}

static void write_mebibytes(struct fixture *f, int n)
{
	for (int64_t i = 0; i < (int64_t)n * MEBI / LARGE; i++)
		expect_int(store_write_wait(f->store, put_large, &(int64_t){ i % 100 }), DB_OK);
}

TEST(checkpoint_log_that_a_long_snapshot_made_grow_is_cut_afterwards)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM test_item"), 0);
	write_mebibytes(&f, 40);
	expect(log_size(&f) > 40 * MEBI);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM test_item"), 0);
	store_read_end(db);

	write_mebibytes(&f, 8);
	expect(log_size(&f) <= 32 * MEBI);
	expect_int(count_items(&f), 100);
	end(&f);
}

/* A thread that has read once and rests keeps its snapshot, which is no reason for the log to grow. */
TEST(checkpoint_is_not_held_up_by_a_snapshot_that_nobody_uses)
{
	struct fixture f;

	given_store(&f);
	expect_int(count_items(&f), 0);
	expect_int(store_reader(f.store)->kept, KEPT);
	write_mebibytes(&f, 60);
	expect(log_size(&f) < 40 * MEBI);
	expect_int(count_items(&f), 100);
	end(&f);
}

TEST(checkpoint_close_leaves_a_single_file)
{
	struct fixture f;
	char path[64];

	given_store(&f);
	write_mebibytes(&f, 1);
	store_close(f.store);
	f.store = NULL;
	snprintf(path, sizeof(path), "%s/" DATABASE_NAME "-wal", f.folder);
	expect(access(path, F_OK) < 0);
	end(&f);
}

TESTS({
	RUN(checkpoint_bounds_the_log_under_constant_writing_and_reading),
	RUN(checkpoint_log_that_a_long_snapshot_made_grow_is_cut_afterwards),
	RUN(checkpoint_is_not_held_up_by_a_snapshot_that_nobody_uses),
	RUN(checkpoint_close_leaves_a_single_file),
})
