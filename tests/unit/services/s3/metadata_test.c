#include "check.h"

#include "services/s3/metadata.h"

static struct arena arena;
static struct call call = { .arena = &arena };

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static str text_of(const struct s3_stored_metadata *m)
{
	str text = STR_NULL;

	assert_null(s3_metadata_to_text(&call, m, &text));
	return text;
}

static void expect_refused(const struct s3_stored_metadata *m, const char *code)
{
	str text;
	err e = s3_metadata_to_text(&call, m, &text);

	assert_non_null(e);
	expect_str(error_code(e), code);
}

#define USER(...)                                                                  \
	{                                                                          \
		.items = (struct s3_metadata_map_entry[]){ __VA_ARGS__ },          \
		.n = ARRAY_LEN(((struct s3_metadata_map_entry[]){ __VA_ARGS__ })), \
	}

TEST(metadata_comes_back)
{
	struct s3_stored_metadata m = {
		.cache_control = STR("max-age=60"),
		.content_disposition = STR("attachment; filename=\"a: b\""),
		.content_type = STR("text/plain"),
		.expires = STR("when it rains"),
		.redirect_location = STR("/there"),
		.storage_class = STR("STANDARD_IA"),
		.user = USER({ STR("Color"), STR(" Dark Red ") }, { STR("empty"), STR("") }),
	};
	struct s3_stored_metadata got;

	s3_metadata_from_text(&arena, text_of(&m), &got);
	expect_str(got.cache_control, "max-age=60");
	expect_str(got.content_disposition, "attachment; filename=\"a: b\"");
	assert_null(got.content_encoding.p);
	expect_str(got.content_type, "text/plain");
	expect_str(got.expires, "when it rains");
	expect_str(got.redirect_location, "/there");
	expect_str(got.storage_class, "STANDARD_IA");
	expect_str(s3_storage_class_of_text(text_of(&m)), "STANDARD_IA");
	expect_int(got.user.n, 2);
	expect_str(got.user.items[0].key, "color");
	expect_str(got.user.items[0].value, "Dark Red");
	expect_str(got.user.items[1].value, "");
	expect(str_eq(text_of(&got), text_of(&m)));
}

TEST(metadata_without_anything_has_a_type)
{
	struct s3_stored_metadata none = { 0 };

	expect_str(text_of(&none), "Content-Type: binary/octet-stream\n");
	expect_str(s3_storage_class_of_text(text_of(&none)), "STANDARD");
}

TEST(metadata_forgets_how_the_body_came)
{
	struct s3_stored_metadata m = { .content_encoding = STR("aws-chunked, gzip") };
	struct s3_stored_metadata only = { .content_encoding = STR("aws-chunked") };

	expect_str(text_of(&m), "Content-Encoding: gzip\nContent-Type: binary/octet-stream\n");
	expect_str(text_of(&only), "Content-Type: binary/octet-stream\n");
}

TEST(metadata_is_latin_1_in_headers_and_utf_8_in_forms)
{
	struct s3_stored_metadata m = { .user = USER({ STR("a"), STR("ÄMÄZÕÑ S3") }) };

	expect(str_ends(text_of(&m),
	                STR("x-amz-meta-a: =?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=\n")));
	m.is_utf8 = true;
	expect(str_ends(text_of(&m), STR("x-amz-meta-a: =?UTF-8?B?w4RNw4Raw5XDkSBTMw==?=\n")));
}

TEST(metadata_whose_name_is_no_header_is_counted)
{
	struct s3_stored_metadata m = { .user = USER({ STR("ü"), STR("1") },
		                                     { STR("a b"), STR("2") }) };
	struct s3_stored_metadata got;

	s3_metadata_from_text(&arena, text_of(&m), &got);
	expect_int(got.user.n, 0);
	expect_int(got.unreadable, 2);
}

TEST(metadata_that_comes_twice_is_one_list)
{
	struct s3_stored_metadata m = { .user = USER({ STR("a"), STR("1") },
		                                     { STR("A"), STR("2") }) };

	expect(str_ends(text_of(&m), STR("\nx-amz-meta-a: 1,2\n")));
}

TEST(metadata_cannot_bring_lines_of_its_own)
{
	struct s3_stored_metadata m = { .cache_control = STR("a\r\nContent-Type: x") };

	expect_str(text_of(&m), "Cache-Control: a  Content-Type: x\n"
	                        "Content-Type: binary/octet-stream\n");
}

TEST(metadata_that_s3_does_not_take_is_refused)
{
	char *value = arena_alloc(&arena, 2049);
	struct s3_stored_metadata m = { .user = USER({ STR("a"), { value, 2047 } }) };

	memset(value, 'x', 2049);
	text_of(&m);
	m.user.items[0].value.n++;
	expect_refused(&m, "MetadataTooLarge");
	expect_refused(&(struct s3_stored_metadata){ .redirect_location = STR("there") },
	               "InvalidRedirectLocation");
	expect_refused(&(struct s3_stored_metadata){ .storage_class = STR("OUTPOSTS") },
	               "InvalidStorageClass");
	expect_refused(&(struct s3_stored_metadata){ .storage_class = STR("GLACIER") },
	               "NotImplemented");
}

TESTS_WITH(NULL, release,
           {
		   RUN(metadata_comes_back),
		   RUN(metadata_without_anything_has_a_type),
		   RUN(metadata_forgets_how_the_body_came),
		   RUN(metadata_is_latin_1_in_headers_and_utf_8_in_forms),
		   RUN(metadata_whose_name_is_no_header_is_counted),
		   RUN(metadata_that_comes_twice_is_one_list),
		   RUN(metadata_cannot_bring_lines_of_its_own),
		   RUN(metadata_that_s3_does_not_take_is_refused),
	   })
