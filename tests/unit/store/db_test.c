#include "fixture.h"

static bool insert_values(struct db *db, void *arg UNUSED)
{
	db_run(db, "INSERT INTO test_item VALUES (?, ?, ?, ?)", db_int(INT64_MIN),
	       db_text(STR("a\0b")), db_blob(STR("\xff\0")), db_real(-0.5));
	db_run(db, "INSERT INTO test_item VALUES (?, ?, ?, ?)", db_int(2), db_text(STR("")),
	       db_blob(STR("")), db_null());
	db_run(db, "INSERT INTO test_item VALUES (?, ?, ?, ?)", db_int(3), db_text(STR_NULL),
	       db_blob(STR_NULL), db_real(1e300));
	return true;
}

TEST(db_gives_values_back_as_they_were)
{
	struct fixture f;
	struct db_rows rows;

	given_store(&f);
	expect_int(store_write_wait(f.store, insert_values, NULL), DB_OK);

	db_each(store_reader(f.store), &rows,
	        "SELECT id, name, value, number FROM test_item ORDER BY id");
	expect(db_next(&rows));
	expect_int(col_int(&rows, 0), INT64_MIN);
	expect(str_eq(col_text(&rows, 1), STR("a\0b")));
	expect(str_eq(col_text(&rows, 2), STR("\xff\0")));
	expect(col_real(&rows, 3) == -0.5);
	expect(db_next(&rows));
	expect(col_text(&rows, 1).p && col_text(&rows, 1).n == 0);
	expect(col_text(&rows, 2).p && col_text(&rows, 2).n == 0);
	expect(col_is_null(&rows, 3) && col_real(&rows, 3) == 0.0 && col_int(&rows, 3) == 0);
	expect(db_next(&rows));
	expect(col_is_null(&rows, 1) && !col_text(&rows, 1).p);
	expect(col_is_null(&rows, 2) && !col_text(&rows, 2).p);
	expect(col_real(&rows, 3) == 1e300);
	expect(!db_next(&rows));
	expect(!db_next(&rows));
	end(&f);
}

static bool insert_twice(struct db *db, void *arg UNUSED)
{
	db_run(db, "INSERT INTO test_item (name) VALUES ('a'), ('b')");
	expect_int(db_changes(db), 2);
	expect_int(db_last_id(db), 2);
	db_run(db, "UPDATE test_item SET name = 'c' WHERE id > ?", db_int(7));
	expect_int(db_changes(db), 0);
	return true;
}

TEST(db_tells_changes_and_the_last_id)
{
	struct fixture f;

	given_store(&f);
	expect_int(store_write_wait(f.store, insert_twice, NULL), DB_OK);
	end(&f);
}

TEST(db_answers_with_the_fallback_without_a_row)
{
	struct fixture f;
	struct db *db;
	struct db_rows rows;

	given_store(&f);
	db = store_reader(f.store);
	expect_int(db_integer(db, 42, "SELECT id FROM test_item WHERE id = ?", db_int(1)), 42);
	expect_int(db_integer(db, 42, "SELECT 7"), 7);
	expect(!db_exists(db, "SELECT 1 FROM test_item"));
	expect(db_exists(db, "SELECT 1"));
	expect(!db_row(db, &rows, "SELECT id FROM test_item"));
	db_rows_end(&rows);
	end(&f);
}

static bool fail_in_the_middle(struct db *db, void *arg UNUSED)
{
	struct db_rows rows;

	db_run(db, "INSERT INTO test_item (id) VALUES (1)");
	db_each(db, &rows, "SELECT id FROM test_item");
	expect(db_next(&rows));
	db_run(db, "INSERT INTO test_item (id) VALUES (1)");
	expect_int(db_status(db), DB_FAILED);

	db_run(db, "INSERT INTO test_item (id) VALUES (2)");
	expect_int(db_integer(db, 5, "SELECT 7"), 5);
	expect_int(db_changes(db), 0);
	expect(!db_next(&rows));
	expect_int(col_int(&rows, 0), 0);
	return true;
}

TEST(db_first_error_sticks_and_rolls_the_write_back)
{
	struct fixture f;
	int64_t id = 1;

	given_store(&f);
	expect_int(store_write_wait(f.store, fail_in_the_middle, NULL), DB_FAILED);
	expect_int(count_items(&f), 0);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	expect_int(count_items(&f), 1);
	end(&f);
}

TEST(db_reader_forgets_its_error_with_its_snapshot)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	expect(!db_exists(db, "SELECT 1 FROM no_such_table"));
	expect_int(db_status(db), DB_FAILED);
	expect(!db_exists(db, "SELECT 1"));
	store_read_end(db);
	expect_int(db_status(db), DB_OK);
	expect(db_exists(db, "SELECT 1"));
	end(&f);
}

TEST(db_reader_cannot_write)
{
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	db_run(db, "INSERT INTO test_item (id) VALUES (1)");
	expect_int(db_status(db), DB_READONLY);
	store_read_end(db);
	expect_int(count_items(&f), 0);
	end(&f);
}

TEST(db_reader_sees_one_moment_until_its_snapshot_ends)
{
	struct fixture f;
	struct db *db;
	int64_t id = 1;

	given_store(&f);
	db = store_reader(f.store);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM test_item"), 0);
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM test_item"), 0);
	store_read_end(db);
	expect_int(db_integer(db, -1, "SELECT count(*) FROM test_item"), 1);
	end(&f);
}

static int64_t sum_of_pairs(struct db *db, int64_t depth)
{
	struct db_rows rows;
	int64_t sum = 0;

	if (depth == 0)
		return 1;
	for (db_each(db, &rows, "SELECT 1 UNION ALL SELECT 2"); db_next(&rows);)
		sum += col_int(&rows, 0) * sum_of_pairs(db, depth - 1);
	return sum;
}

TEST(db_statement_may_run_within_itself)
{
	struct fixture f;

	given_store(&f);
	expect_int(sum_of_pairs(store_reader(f.store), 5), 243);
	end(&f);
}

static bool leave_rows_open(struct db *db, void *arg UNUSED)
{
	struct db_rows outer, inner;

	for (int i = 0; i < 2; i++) {
		db_each(db, i ? &inner : &outer, "SELECT 1 UNION ALL SELECT 2");
		expect(db_next(i ? &inner : &outer));
	}
	db_each(db, &inner, "SELECT 3");
	return true;
}

TEST(db_rows_left_open_end_with_the_transaction)
{
	struct fixture f;
	int64_t id = 1;

	given_store(&f);
	for (int i = 0; i < 3; i++) {
		leave_rows_open(store_reader(f.store), NULL);
		store_read_end(store_reader(f.store));
		expect_int(store_write_wait(f.store, leave_rows_open, NULL), DB_OK);
	}
	expect_int(store_write_wait(f.store, insert_item, &id), DB_OK);
	expect_int(count_items(&f), 1);
	end(&f);
}

TEST(db_more_statements_than_the_cache_holds_all_run)
{
	enum { STATEMENTS = 2000, SIZE = 24 };
	static char texts[STATEMENTS][SIZE];
	struct fixture f;
	struct db *db;

	given_store(&f);
	db = store_reader(f.store);
	for (int i = 0; i < STATEMENTS; i++)
		snprintf(texts[i], SIZE, "SELECT %d", i);
	for (int i = 0; i < 3 * STATEMENTS; i++) {
		struct db_query q = { .sql = texts[i % STATEMENTS] };
		expect_int(db_integer_query(db, -1, &q), i % STATEMENTS);
	}
	end(&f);
}

TESTS({
	RUN(db_gives_values_back_as_they_were),
	RUN(db_tells_changes_and_the_last_id),
	RUN(db_answers_with_the_fallback_without_a_row),
	RUN(db_first_error_sticks_and_rolls_the_write_back),
	RUN(db_reader_forgets_its_error_with_its_snapshot),
	RUN(db_reader_cannot_write),
	RUN(db_reader_sees_one_moment_until_its_snapshot_ends),
	RUN(db_statement_may_run_within_itself),
	RUN(db_rows_left_open_end_with_the_transaction),
	RUN(db_more_statements_than_the_cache_holds_all_run),
})
