#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { NAME_SIZE = 64 };

static void given_file(struct fixture *f, const char *name)
{
	int fd = openat(f->store->blobs_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	expect(fd >= 0);
	close(fd);
}

static bool has_file(struct fixture *f, const char *name)
{
	return faccessat(f->store->blobs_fd, name, F_OK, 0) == 0;
}

static bool keep_row(struct db *db, void *id)
{
	db_run(db, "INSERT INTO blob VALUES (?, 0)", db_text((str){ id, BLOB_ID_SIZE }));
	return true;
}

TEST(sweep_removes_the_files_of_former_runs_that_no_row_names)
{
	static char named[] = "ab/11111111111111112222222222222aab";
	static const char orphan[] = "ab/11111111111111112222222222222bab";
	static const char temporary[] = "tmp/11111111111111112222222222222ccc";
	static const char foreign[] = "ab/README";
	struct fixture f;

	given_store(&f);
	sweep_wait(f.store);
	expect_int(mkdirat(f.store->blobs_fd, "ab", 0700), 0);
	given_file(&f, named);
	given_file(&f, orphan);
	given_file(&f, temporary);
	given_file(&f, foreign);
	expect_int(store_write_wait(f.store, keep_row, named + 3), DB_OK);

	reopen(&f);
	sweep_wait(f.store);
	expect(has_file(&f, named));
	expect(!has_file(&f, orphan));
	expect(!has_file(&f, temporary));
	expect(has_file(&f, foreign));
	end(&f);
}

TEST(sweep_leaves_the_files_of_its_own_run_alone)
{
	struct fixture f;
	struct blob_writer *writing, *sealed;
	int fd;

	given_store(&f);
	sweep_wait(f.store);
	expect_int(blob_create(f.store, &writing), 0);
	expect_int(blob_create(f.store, &sealed), 0);
	expect_int(blob_seal(sealed), 0);

	sweep_start(f.store);
	sweep_wait(f.store);
	expect_int(faccessat(f.store->temporary_fd, blob_id(writing).p, F_OK, 0), 0);
	fd = blob_open(f.store, blob_id(sealed));
	expect(fd >= 0);
	close(fd);
	blob_free(writing);
	blob_free(sealed);
	end(&f);
}

TEST(sweep_stopped_by_a_close_goes_on_at_the_next_start)
{
	struct fixture f;
	char name[NAME_SIZE];
	bool some_left = false;

	given_store(&f);
	sweep_wait(f.store);
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "tmp/1111111111111111%016d", i);
		given_file(&f, name);
	}
	reopen(&f);
	reopen(&f); /* at once, wherever the sweep is */
	sweep_wait(f.store);
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "tmp/1111111111111111%016d", i);
		some_left |= has_file(&f, name);
	}
	expect(!some_left);
	end(&f);
}

TESTS({
	RUN(sweep_removes_the_files_of_former_runs_that_no_row_names),
	RUN(sweep_leaves_the_files_of_its_own_run_alone),
	RUN(sweep_stopped_by_a_close_goes_on_at_the_next_start),
})
