/* What is left of uploads is removed, in turns, and never under a reader. */
#include "check.h"

#include "services/s3/s3.h"
#include "services/s3/upload.h"

#include <ftw.h>
#include <unistd.h>

struct fixture {
	char folder[32];
	struct store *store;
};

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status, (void)kind, (void)ftw;
	return remove(path);
}

static void begin(struct fixture *f)
{
	static const struct schema schema = { "s3", s3_schema };
	const struct schema *schemas[] = { &schema };
	struct store_options options = { .schemas = schemas, .schema_count = 1 };
	char problem[512];

	*f = (struct fixture){ .folder = "/tmp/menagerie-test-XXXXXX" };
	expect(mkdtemp(f->folder) != NULL);
	options.folder = f->folder;
	f->store = store_open(&options, problem);
	expect(f->store != NULL);
}

static void end(struct fixture *f)
{
	store_close(f->store);
	nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct given {
	int64_t upload, parts;
	enum s3_upload_state state;
};

/* Every part has a body in a row. */
static bool write_upload(struct db *db, void *arg)
{
	const struct given *g = arg;

	db_run(db,
	       "INSERT INTO s3_upload (id, nonce, bucket, key, state, object, initiated, account, owner, "
	       "checksum_algorithm, checksum_composite, encryption, legal_hold, retention, "
	       "retain_until) VALUES (?, 1, 1, 'key', ?, 1, 0, '', '', 0, 0, 0, 0, 0, 0)",
	       db_int(g->upload), db_int(g->state));
	for (int64_t i = 1; i <= g->parts; i++) {
		struct s3_part_row part = { .number = i, .size = 1, .etag = STR("") };

		part.body = g->upload * 100000 + i;
		db_run(db, "INSERT INTO s3_body (id, bytes) VALUES (?, x'00')", db_int(part.body));
		s3_part_put(db, g->upload, &part);
	}
	return true;
}

static void given(struct fixture *f, int64_t upload, enum s3_upload_state state, int64_t parts)
{
	struct given g = { upload, parts, state };

	expect_int(store_write_wait(f->store, write_upload, &g), DB_OK);
}

static bool run_tick(struct db *db, void *arg)
{
	(void)arg;
	s3_collect_garbage(db, 0);
	return true;
}

static void ticks(struct fixture *f, int n)
{
	while (n-- > 0)
		expect_int(store_write_wait(f->store, run_tick, NULL), DB_OK);
}

struct left {
	int64_t uploads, parts, bodies;
};

static struct left left(struct fixture *f)
{
	struct db *db = store_reader(f->store);
	struct left l = { db_integer(db, -1, "SELECT count(*) FROM s3_upload"),
		          db_integer(db, -1, "SELECT count(*) FROM s3_part"),
		          db_integer(db, -1, "SELECT count(*) FROM s3_body") };

	store_read_end(db);
	return l;
}

static void expect_left(struct fixture *f, int64_t uploads, int64_t parts)
{
	struct left l = left(f);

	expect_int(l.uploads, uploads);
	expect_int(l.parts, parts);
	expect_int(l.bodies, parts);
}

TEST(garbage_is_removed_at_the_second_tick)
{
	struct fixture f;

	begin(&f);
	given(&f, 1, S3_UPLOAD_DROPPED, 3);
	ticks(&f, 1);
	expect_left(&f, 1, 3);
	ticks(&f, 1);
	expect_left(&f, 0, 0);
	end(&f);
}

TEST(garbage_is_no_upload_that_is_open_or_completed)
{
	struct fixture f;

	begin(&f);
	given(&f, 1, S3_UPLOAD_OPEN, 2);
	given(&f, 2, S3_UPLOAD_COMPLETED, 2);
	ticks(&f, 5);
	expect_left(&f, 2, 4);
	end(&f);
}

TEST(garbage_is_left_alone_while_it_is_held)
{
	struct fixture f;

	begin(&f);
	given(&f, 1, S3_UPLOAD_DROPPED, 3);
	given(&f, 257, S3_UPLOAD_DROPPED, 1); /* beside it where holds are kept */
	s3_upload_hold(1);
	s3_upload_hold(1);
	ticks(&f, 3);
	expect_left(&f, 1, 3);
	s3_upload_let_go(1);
	expect(s3_upload_is_held(1));
	ticks(&f, 1);
	expect_left(&f, 1, 3);
	s3_upload_let_go(1);
	expect(!s3_upload_is_held(1));
	ticks(&f, 1);
	expect_left(&f, 0, 0);
	end(&f);
}

TEST(garbage_is_removed_in_turns)
{
	struct fixture f;
	int64_t before;
	int n = 0;

	begin(&f);
	given(&f, 1, S3_UPLOAD_SEEN, 1000);
	given(&f, 2, S3_UPLOAD_SEEN, 1);
	for (before = 1001; before > 0; before = left(&f).parts) {
		ticks(&f, 1);
		expect(left(&f).parts < before);
		expect(left(&f).parts >= before - 200);
		expect(n++ < 8);
	}
	ticks(&f, 1);
	expect_left(&f, 0, 0);
	end(&f);
}

TESTS({
	RUN(garbage_is_removed_at_the_second_tick),
	RUN(garbage_is_no_upload_that_is_open_or_completed),
	RUN(garbage_is_left_alone_while_it_is_held),
	RUN(garbage_is_removed_in_turns),
})
