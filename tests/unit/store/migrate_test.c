#include "fixture.h"

#include <fcntl.h>

static const struct schema first = { "zoo", "-- version 1\nCREATE TABLE zoo_pen (id INTEGER);\n" };

static const struct schema third = {
	"zoo",
	"-- version 1\n"
	"CREATE TABLE zoo_pen (id INTEGER);\n"
	"-- version 2\n"
	"ALTER TABLE zoo_pen ADD COLUMN keeper TEXT; -- who feeds\n"
	"INSERT INTO zoo_pen VALUES (2, 'ann');\n"
	"-- version 3\n"
	"UPDATE zoo_pen SET keeper = 'bob; or -- not' WHERE keeper IS NULL;\n",
};

static const struct schema broken = {
	"zoo",
	"-- version 1\n"
	"CREATE TABLE zoo_pen (id INTEGER);\n"
	"-- version 2\n"
	"CREATE TABLE zoo_visitor (id INTEGER);\n"
	"-- version 3\n"
	"INSERT INTO no_such_table VALUES (1);\n",
};

static bool add_pen(struct db *db, void *arg UNUSED)
{
	db_run(db, "INSERT INTO zoo_pen (id) VALUES (1)");
	return true;
}

static int64_t ask(struct fixture *f, const char *sql)
{
	struct db_query q = { .sql = sql };
	int64_t answer = db_integer_query(store_reader(f->store), -1, &q);

	store_read_end(store_reader(f->store));
	return answer;
}

static void close_store(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

TEST(migrate_new_folder_gets_all_versions_at_once)
{
	struct fixture f;

	given_folder(&f);
	expect(open_with(&f, &third));
	expect_int(ask(&f, "SELECT count(*) FROM zoo_pen WHERE keeper = 'ann'"), 1);
	expect_int(ask(&f, "SELECT version FROM schema_version WHERE module = 'zoo'"), 3);
	end(&f);
}

TEST(migrate_older_folder_gets_the_versions_it_lacks_and_keeps_its_rows)
{
	struct fixture f;

	given_folder(&f);
	expect(open_with(&f, &first));
	expect_int(store_write_wait(f.store, add_pen, NULL), DB_OK);
	close_store(&f);

	expect(open_with(&f, &third));
	expect_int(ask(&f, "SELECT count(*) FROM zoo_pen WHERE keeper = 'bob; or -- not'"), 1);
	expect_int(ask(&f, "SELECT count(*) FROM zoo_pen"), 2);
	close_store(&f);

	expect(open_with(&f, &third));
	expect_int(ask(&f, "SELECT count(*) FROM zoo_pen"), 2);
	end(&f);
}

TEST(migrate_newer_folder_is_refused)
{
	struct fixture f;
	char want[PROBLEM_SIZE];

	given_folder(&f);
	expect(open_with(&f, &third));
	close_store(&f);

	expect(!open_with(&f, &first));
	snprintf(
		want, sizeof(want),
		"%s was written by a newer Menagerie: table set zoo is version 3, this program knows 1",
		f.folder);
	expect_str(str_from(f.problem), want);
	expect(open_with(&f, &third));
	end(&f);
}

TEST(migrate_that_fails_leaves_everything_as_it_was)
{
	struct fixture f;

	given_folder(&f);
	expect(open_with(&f, &first));
	close_store(&f);

	expect(!open_with(&f, &broken));
	expect(str_contains(str_from(f.problem),
	                    STR("table set zoo cannot be brought to version 3")));
	expect(open_with(&f, &first));
	expect_int(ask(&f, "SELECT count(*) FROM sqlite_schema WHERE name = 'zoo_visitor'"), 0);
	end(&f);
}

static void given_database_file(struct fixture *f, str bytes, off_t at)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/" DATABASE_NAME, f->folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	expect(fd >= 0);
	expect_int(pwrite(fd, bytes.p, bytes.n, at), bytes.n);
	close(fd);
}

TEST(migrate_file_that_is_no_database_is_refused)
{
	struct fixture f;
	static char text[8192];

	memset(text, 'x', sizeof(text));
	given_folder(&f);
	given_database_file(&f, (str){ text, sizeof(text) }, 0);
	expect(!open_with(&f, &first));
	expect(str_ends(str_from(f.problem), STR("/" DATABASE_NAME " is not a database")));
	end(&f);
}

TEST(migrate_damaged_database_is_refused)
{
	struct fixture f;
	static char garbage[8192];

	memset(garbage, 0xee, sizeof(garbage));
	given_folder(&f);
	expect(open_with(&f, &first));
	close_store(&f);
	given_database_file(&f, (str){ garbage, sizeof(garbage) }, 100); /* behind the header */
	expect(!open_with(&f, &first));
	expect(str_ends(str_from(f.problem), STR("/" DATABASE_NAME " is damaged")));
	end(&f);
}

TEST(migrate_database_of_another_program_is_refused)
{
	struct fixture f;
	char path[64];
	sqlite3 *other;

	given_folder(&f);
	snprintf(path, sizeof(path), "%s/" DATABASE_NAME, f.folder);
	expect_int(sqlite3_open(path, &other), SQLITE_OK);
	expect_int(sqlite3_exec(other, "CREATE TABLE theirs (id INTEGER)", NULL, NULL, NULL),
	           SQLITE_OK);
	sqlite3_close(other);

	expect(!open_with(&f, &first));
	expect(str_ends(str_from(f.problem),
	                STR("/" DATABASE_NAME " is the database of another program")));
	end(&f);
}

TESTS({
	RUN(migrate_new_folder_gets_all_versions_at_once),
	RUN(migrate_older_folder_gets_the_versions_it_lacks_and_keeps_its_rows),
	RUN(migrate_newer_folder_is_refused),
	RUN(migrate_that_fails_leaves_everything_as_it_was),
	RUN(migrate_file_that_is_no_database_is_refused),
	RUN(migrate_damaged_database_is_refused),
	RUN(migrate_database_of_another_program_is_refused),
})
