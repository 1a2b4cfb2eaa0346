#include "fixture.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct blob_writer *given_blob(struct fixture *f, const char *text)
{
	struct blob_writer *w = NULL;

	expect_int(blob_create(f->store, &w), 0);
	expect_int(blob_append(w, str_from(text)), 0);
	expect_int(blob_seal(w), 0);
	return w;
}

static bool keep(struct db *db, void *w)
{
	blob_keep(db, w);
	return true;
}

static bool keep_and_refuse(struct db *db, void *w)
{
	blob_keep(db, w);
	return false;
}

static bool drop(struct db *db, void *id)
{
	blob_drop(db, (str){ id, BLOB_ID_SIZE });
	return true;
}

static bool drop_and_refuse(struct db *db, void *id)
{
	blob_drop(db, (str){ id, BLOB_ID_SIZE });
	return false;
}

static void copy_id(const struct blob_writer *w, char id[BLOB_ID_SIZE])
{
	memcpy(id, blob_id(w).p, BLOB_ID_SIZE);
}

static void given_kept_blob(struct fixture *f, const char *text, char id[BLOB_ID_SIZE])
{
	struct blob_writer *w = given_blob(f, text);

	expect_int(store_write_wait(f->store, keep, w), DB_OK);
	copy_id(w, id);
	blob_free(w);
}

static int open_blob(struct fixture *f, const char id[BLOB_ID_SIZE])
{
	return blob_open(f->store, (str){ id, BLOB_ID_SIZE });
}

static void expect_content(int fd, const char *want)
{
	char bytes[64];
	ssize_t n;

	expect(fd >= 0);
	n = pread(fd, bytes, sizeof(bytes), 0);
	expect(n >= 0);
	expect_str(((str){ bytes, (size_t)n }), want);
}

static void expect_blob(struct fixture *f, const char id[BLOB_ID_SIZE], const char *want)
{
	AUTO_CLOSE fd = open_blob(f, id);

	expect_content(fd, want);
}

static void expect_totals(struct fixture *f, int64_t blobs, int64_t bytes)
{
	struct store_statistics statistics;

	store_statistics(f->store, &statistics);
	expect_int(statistics.blobs, blobs);
	expect_int(statistics.blob_bytes, bytes);
}

TEST(blob_kept_is_there_after_a_restart)
{
	struct fixture f;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	given_kept_blob(&f, "hello", id);
	expect_blob(&f, id, "hello");
	expect_totals(&f, 1, 5);
	reopen(&f);
	sweep_wait(f.store);
	expect_blob(&f, id, "hello");
	expect_totals(&f, 1, 5);
	end(&f);
}

TEST(blob_can_be_read_while_it_is_written)
{
	struct fixture f;
	struct blob_writer *w;

	given_store(&f);
	expect_int(blob_create(f.store, &w), 0);
	expect_int(blob_append(w, STR("one ")), 0);
	AUTO_CLOSE before = blob_reopen(w);
	expect_content(before, "one ");
	expect_int(blob_append(w, STR("two")), 0);
	expect_int(blob_size(w), 7);
	expect_int(blob_seal(w), 0);
	AUTO_CLOSE after = blob_reopen(w);
	expect_content(after, "one two");
	blob_free(w);
	end(&f);
}

static bool has_temporary(struct fixture *f, const char *name)
{
	return faccessat(f->store->temporary_fd, name, F_OK, 0) == 0;
}

TEST(blob_not_sealed_goes_with_its_writer)
{
	struct fixture f;
	struct blob_writer *w;
	char name[BLOB_ID_SIZE + 1] = "";

	given_store(&f);
	expect_int(blob_create(f.store, &w), 0);
	copy_id(w, name);
	expect(has_temporary(&f, name));
	blob_free(w);
	expect(!has_temporary(&f, name));
	end(&f);
}

TEST(blob_not_kept_goes_with_its_writer)
{
	struct fixture f;
	struct blob_writer *w;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	w = given_blob(&f, "refused");
	copy_id(w, id);
	expect_int(store_write_wait(f.store, keep_and_refuse, w), DB_OK);
	expect_totals(&f, 0, 0);
	expect_blob(&f, id, "refused");
	blob_free(w);
	expect_int(open_blob(&f, id), -ENOENT);
	end(&f);
}

TEST(blob_can_be_kept_again_after_a_rollback)
{
	struct fixture f;
	struct blob_writer *w;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	w = given_blob(&f, "again");
	copy_id(w, id);
	expect_int(store_write_wait(f.store, keep_and_refuse, w), DB_OK);
	expect_int(store_write_wait(f.store, keep, w), DB_OK);
	blob_free(w);
	expect_blob(&f, id, "again");
	expect_totals(&f, 1, 5);
	end(&f);
}

TEST(blob_dropped_goes_after_the_commit_and_its_reader_reads_on)
{
	struct fixture f;
	char id[BLOB_ID_SIZE];
	struct stat status;

	given_store(&f);
	given_kept_blob(&f, "going", id);
	AUTO_CLOSE reading = open_blob(&f, id);
	expect_int(store_write_wait(f.store, drop, id), DB_OK);
	expect_totals(&f, 0, 0);
	reopen(&f); /* the first of the two finishes its deletes */
	expect_int(open_blob(&f, id), -ENOENT);
	expect_content(reading, "going");
	expect_int(fstat(reading, &status), 0);
	expect_int(status.st_nlink, 0);
	end(&f);
}

TEST(blob_drop_that_is_rolled_back_keeps_the_file)
{
	struct fixture f;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	given_kept_blob(&f, "staying", id);
	expect_int(store_write_wait(f.store, drop_and_refuse, id), DB_OK);
	reopen(&f);
	sweep_wait(f.store);
	expect_blob(&f, id, "staying");
	expect_totals(&f, 1, 7);
	end(&f);
}

TEST(blob_drop_of_what_was_never_kept_does_nothing)
{
	struct fixture f;
	char id[BLOB_ID_SIZE];
	struct blob_writer *w;

	given_store(&f);
	w = given_blob(&f, "mine");
	copy_id(w, id);
	expect_int(store_write_wait(f.store, drop, id), DB_OK);
	expect_int(store_write_wait(f.store, keep, w), DB_OK);
	blob_free(w);
	reopen(&f);
	expect_blob(&f, id, "mine");
	expect_totals(&f, 1, 4);
	end(&f);
}

static bool keep_observed(struct db *db, struct observed *o)
{
	blob_keep(db, (struct blob_writer *)(uintptr_t)o->id);
	return true;
}

static bool drop_observed(struct db *db, struct observed *o)
{
	blob_drop(db, o->bytes);
	return true;
}

TEST(blob_kept_and_dropped_in_one_batch_is_gone)
{
	struct fixture f;
	struct blob_writer *w;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	w = given_blob(&f, "short life");
	copy_id(w, id);
	struct observed writes[] = {
		{ .body = keep_observed, .id = (int64_t)(uintptr_t)w },
		{ .body = drop_observed, .bytes = { id, BLOB_ID_SIZE } },
	};
	run_as_batch(&f, writes, ARRAY_LEN(writes));
	expect(writes[0].status == DB_OK && writes[1].status == DB_OK);
	blob_free(w);
	reopen(&f);
	expect_int(open_blob(&f, id), -ENOENT);
	expect_totals(&f, 0, 0);
	end(&f);
}

TEST(blob_link_has_the_bytes_and_a_life_of_its_own)
{
	struct fixture f;
	char id[BLOB_ID_SIZE], copied[BLOB_ID_SIZE];
	struct blob_writer *w = NULL;

	given_store(&f);
	given_kept_blob(&f, "twice", id);
	expect_int(blob_link(f.store, (str){ id, BLOB_ID_SIZE }, &w), 0);
	expect_int(blob_size(w), 5);
	copy_id(w, copied);
	expect_int(store_write_wait(f.store, keep, w), DB_OK);
	blob_free(w);
	expect_totals(&f, 2, 10);
	expect_int(store_write_wait(f.store, drop, id), DB_OK);
	reopen(&f);
	expect_int(open_blob(&f, id), -ENOENT);
	expect_blob(&f, copied, "twice");
	end(&f);
}

TEST(blob_link_that_is_not_kept_leaves_the_first_alone)
{
	struct fixture f;
	char id[BLOB_ID_SIZE], copied[BLOB_ID_SIZE];
	struct blob_writer *w = NULL;

	given_store(&f);
	given_kept_blob(&f, "once", id);
	expect_int(blob_link(f.store, (str){ id, BLOB_ID_SIZE }, &w), 0);
	copy_id(w, copied);
	blob_free(w);
	expect_int(open_blob(&f, copied), -ENOENT);
	expect_blob(&f, id, "once");
	end(&f);
}

TEST(blob_link_of_what_was_dropped_is_told)
{
	struct fixture f;
	struct blob_writer *w = NULL;
	char id[BLOB_ID_SIZE];

	given_store(&f);
	memset(id, 'a', sizeof(id));
	expect_int(blob_link(f.store, (str){ id, BLOB_ID_SIZE }, &w), -ENOENT);
	expect(w == NULL);
	end(&f);
}

TESTS({
	RUN(blob_kept_is_there_after_a_restart),
	RUN(blob_can_be_read_while_it_is_written),
	RUN(blob_not_sealed_goes_with_its_writer),
	RUN(blob_not_kept_goes_with_its_writer),
	RUN(blob_can_be_kept_again_after_a_rollback),
	RUN(blob_dropped_goes_after_the_commit_and_its_reader_reads_on),
	RUN(blob_drop_that_is_rolled_back_keeps_the_file),
	RUN(blob_drop_of_what_was_never_kept_does_nothing),
	RUN(blob_kept_and_dropped_in_one_batch_is_gone),
	RUN(blob_link_has_the_bytes_and_a_life_of_its_own),
	RUN(blob_link_that_is_not_kept_leaves_the_first_alone),
	RUN(blob_link_of_what_was_dropped_is_told),
})
