#include "check.h"

#include "services/s3/metadata.h"

static struct arena arena;
static struct call call = { .arena = &arena };

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static void expect_header(const char *header, const char *stored)
{
	str text;

	assert_null(s3_tags_from_header(&call, str_from(header), &text));
	expect_str(text, stored);
}

static void expect_refused(const char *header, const char *code)
{
	str text;
	err e = s3_tags_from_header(&call, str_from(header), &text);

	assert_non_null(e);
	expect_str(error_code(e), code);
}

TEST(tags_are_kept_encoded)
{
	expect_header("a=1&b=2", "a=1&b=2");
	expect_header("a", "a=");
	expect_header("a%20b=c+d", "a%20b=c%20d");
	expect_header("a=b%3Dc&%C3%BC=%E6%BC%A2", "a=b%3Dc&%C3%BC=%E6%BC%A2");
	expect_header("", NULL);
}

TEST(tags_come_back)
{
	struct s3_tag_set tags = s3_tags_of_text(&arena, STR("a%20b=c%20d&e="));

	expect_int(tags.n, 2);
	expect_str(tags.items[0].key, "a b");
	expect_str(tags.items[0].value, "c d");
	expect_str(tags.items[1].key, "e");
	expect_str(tags.items[1].value, "");
	expect_str(s3_tags_to_text(&arena, &tags), "a%20b=c%20d&e=");
	expect_int(s3_tags_of_text(&arena, STR_NULL).n, 0);
}

TEST(tags_that_s3_does_not_take_are_refused)
{
	expect_refused("a=1&a=2", "InvalidArgument");
	expect_refused("a=1,b=2", "InvalidArgument");
	expect_refused("a=%FF", "InvalidArgument");
	expect_refused("a=%zz", "InvalidArgument");
	expect_refused("aws:a=1", "InvalidTag");
	expect_refused("=1", "InvalidTag");
	expect_refused("a=\xf0\x9f\x98\x80", "InvalidArgument");
	expect_refused("a&b&c&d&e&f&g&h&i&j&k", "BadRequest");
}

TEST(tags_of_a_bucket_have_other_words)
{
	struct s3_tag tag = { STR("aws:a"), STR("1") };
	struct s3_tag_set tags = { &tag, 1 };
	err e = s3_tags_check(&call, &tags, 50);

	assert_non_null(e);
	expect_str(e->refusal->message, "System tags cannot be added/updated by requester");
	tag = (struct s3_tag){ STR("k"), STR_NULL };
	expect_str(error_code(s3_tags_check(&call, &tags, 50)), "MalformedXML");
}

TESTS_WITH(NULL, release,
           {
		   RUN(tags_are_kept_encoded),
		   RUN(tags_come_back),
		   RUN(tags_that_s3_does_not_take_are_refused),
		   RUN(tags_of_a_bucket_have_other_words),
	   })
