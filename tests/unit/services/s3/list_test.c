#include "store/fixture.h"

#include "base/buf.h"
#include "services/s3/list.h"
#include "services/s3/s3.h"

/* What a walk shows, as text: keys, prefixes in brackets, markers with a minus, old versions with an
 * apostrophe. */

static struct fixture fixture;
static struct arena arena;

static const char *const rows[] = {
	"a", "b/1", "b/2", "b/c/3", "dead", "dead2/x", "dead2/y", "e/4", "old", "z", "é/5",
};

static void put(struct db *db, const char *key, int64_t sequence, bool is_marker)
{
	db_run(db,
	       "INSERT INTO s3_object (bucket, key, sequence, nonce, is_marker, modified, size, etag, "
	       "owner, checksum_algorithm, checksum_composite, body, upload, parts, encryption, "
	       "legal_hold, retention, retain_until) "
	       "VALUES (1, ?, ?, 1, ?, 0, 0, 'e', 'o', 0, 0, 0, 0, 0, 0, 0, 0, 0)",
	       db_text(str_from(key)), db_int(sequence), db_int(is_marker));
}

static bool fill(struct db *db, void *arg UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		put(db, rows[i], 1, false);
	for (int i = 2; i <= 40; i++)
		put(db, "old", i, false);
	put(db, "dead", 2, true);
	put(db, "dead2/x", 2, true);
	put(db, "dead2/y", 2, true);
	return true;
}

static int open_bucket(void **state UNUSED)
{
	const struct schema schema = { "s3", s3_schema };

	given_folder(&fixture);
	return !open_with(&fixture, &schema) ||
	       store_write_wait(fixture.store, fill, NULL) != DB_OK;
}

static int close_bucket(void **state UNUSED)
{
	arena_release(&arena);
	store_read_end(store_reader(fixture.store));
	end(&fixture);
	return 0;
}

static struct s3_list list_of(const char *prefix, const char *delimiter)
{
	return (struct s3_list){
		.db = store_reader(fixture.store),
		.arena = &arena,
		.bucket = 1,
		.prefix = str_from(prefix),
		.delimiter = str_from(delimiter),
	};
}

static str shown(struct s3_list *l)
{
	struct s3_found found;
	struct buf b;

	buf_init(&b, &arena, 4096);
	while (s3_list_next(l, &found)) {
		const struct object *o = &found.object;

		if (b.n)
			buf_putc(&b, ' ');
		if (found.prefix.p)
			buf_printf(&b, "[%.*s]", STR_ARG(found.prefix));
		else
			buf_printf(&b, "%.*s%s%s", STR_ARG(o->key), o->is_marker ? "-" : "",
			           o->is_latest ? "" : "'");
	}
	return buf_str(&b);
}

static void expect_from_start(const char *prefix, const char *delimiter, const char *want)
{
	struct s3_list l = list_of(prefix, delimiter);

	s3_list_begin(&l);
	expect_str(shown(&l), want);
}

static void expect_after(const char *prefix, const char *delimiter, const char *after,
                         const char *want)
{
	struct s3_list l = list_of(prefix, delimiter);

	s3_list_begin_after(&l, str_from(after));
	expect_str(shown(&l), want);
}

TEST(list_shows_what_is_there_now)
{
	expect_from_start("", "", "a b/1 b/2 b/c/3 e/4 old z é/5");
	expect_from_start("b/", "", "b/1 b/2 b/c/3");
	expect_from_start("nothing", "", "");
	expect_from_start("old", "", "old");
}

TEST(list_folds)
{
	expect_from_start("", "/", "a [b/] [e/] old z [é/]");
	expect_from_start("b/", "/", "b/1 b/2 [b/c/]");
	expect_from_start("", "/c/", "a b/1 b/2 [b/c/] e/4 old z é/5");
}

TEST(list_begins_behind_a_key_or_what_it_folds_into)
{
	expect_after("", "", "b/1", "b/2 b/c/3 e/4 old z é/5");
	expect_after("", "", "b", "b/1 b/2 b/c/3 e/4 old z é/5");
	expect_after("", "/", "b/", "[e/] old z [é/]");
	expect_after("", "/", "b/2", "[e/] old z [é/]");
	expect_after("b/", "", "a", "b/1 b/2 b/c/3");
	expect_after("b/", "", "c", "");
}

TEST(list_of_versions_shows_all_of_them)
{
	struct s3_list l = list_of("d", "");

	l.all_versions = true;
	s3_list_begin(&l);
	expect_str(shown(&l), "dead- dead' dead2/x- dead2/x' dead2/y- dead2/y'");
	l = list_of("d", "/");
	l.all_versions = true;
	s3_list_begin(&l);
	expect_str(shown(&l), "dead- dead' [dead2/]");
	l = list_of("", "");
	l.all_versions = true;
	s3_list_begin_at(&l, STR("old"), 3);
	expect_str(shown(&l), "old' old' z é/5");
}

TEST(list_passes_old_versions_by_a_search)
{
	struct s3_list l = list_of("o", "");

	s3_list_begin(&l);
	expect_str(shown(&l), "old");
	expect(l.rows_seen < 20);
}

TEST(list_can_tire)
{
	struct s3_list l = list_of("d", "");

	l.most_rows = 2;
	s3_list_begin(&l);
	expect_str(shown(&l), "");
	expect(l.is_tired);
	expect_str(s3_list_last_key(&l), "dead");
}

TEST(behind_a_prefix_is_the_next_text_without_it)
{
	expect_str(s3_behind_prefix(&arena, STR("a/")), "a0");
	expect_str(s3_behind_prefix(&arena, STR("a\xff\xff")), "b");
	assert_null(s3_behind_prefix(&arena, STR("\xff")).p);
	assert_null(s3_behind_prefix(&arena, STR("")).p);
}

TEST(names_are_encoded_as_java_does)
{
	expect_str(s3_url_encoded(&arena, STR("a b/ü+=&~*'()-_.%")),
	           "a+b/%C3%BC%2B%3D%26%7E*%27%28%29-_.%25");
	assert_null(s3_url_encoded(&arena, STR_NULL).p);
}

TESTS_WITH(open_bucket, close_bucket,
           {
		   RUN(list_shows_what_is_there_now),
		   RUN(list_folds),
		   RUN(list_begins_behind_a_key_or_what_it_folds_into),
		   RUN(list_of_versions_shows_all_of_them),
		   RUN(list_passes_old_versions_by_a_search),
		   RUN(list_can_tire),
		   RUN(behind_a_prefix_is_the_next_text_without_it),
		   RUN(names_are_encoded_as_java_does),
	   })
