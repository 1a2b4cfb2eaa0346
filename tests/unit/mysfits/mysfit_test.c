#include "service/mysfit.h"

#include "base/str.h"

#include "check.h"

static bool is_read(struct arena *a, const char *item, struct mysfit *m)
{
	struct json_reader r;

	json_reader_init(&r, a, str_from(item));
	mysfit_read(&r, m);
	return json_at_end(&r);
}

static void expect_written(const char *item,
                           void (*put)(struct json_writer *, const struct mysfit *),
                           const char *expected)
{
	struct arena a = { 0 };
	struct json_writer w;
	struct mysfit m;
	struct buf b;

	expect(is_read(&a, item, &m));
	buf_init(&b, &a, 4096);
	json_writer_init(&w, &b);
	put(&w, &m);
	expect_str(buf_str(&b), expected);
	arena_release(&a);
}

static const char whole[] =
	"{\"Adopted\":{\"BOOL\":true},\"Age\":{\"N\":\"43\"},\"Alignment\":{\"S\":\"lawful-good\"},"
	"\"Description\":{\"S\":\"A \\\"story\\\"\\n\"},\"GoodEvil\":{\"S\":\"Good\"},\"LawChaos\":{\"S\":\"Lawful\"},"
	"\"Likes\":{\"N\":\"7\"},\"MysfitId\":{\"S\":\"id\"},\"Name\":{\"S\":\"Ünal\"},\"Other\":{\"L\":[{\"N\":\"1\"}]},"
	"\"ProfileImageUri\":{\"S\":\"p.svg\"},\"Species\":{\"S\":\"Troll\"},\"ThumbImageUri\":{\"S\":\"t.svg\"}}";

TEST(list_shows_what_the_grid_needs)
{
	expect_written(
		whole, mysfit_put_summary,
		"{\"mysfitId\":\"id\",\"name\":\"Ünal\",\"species\":\"Troll\",\"goodevil\":\"Good\",\"lawchaos\":\"Lawful\","
		"\"alignment\":\"lawful-good\",\"thumbImageUri\":\"t.svg\"}");
}

TEST(one_shows_everything)
{
	expect_written(
		whole, mysfit_put,
		"{\"mysfitId\":\"id\",\"name\":\"Ünal\",\"species\":\"Troll\",\"goodevil\":\"Good\",\"lawchaos\":\"Lawful\","
		"\"alignment\":\"lawful-good\",\"thumbImageUri\":\"t.svg\",\"description\":\"A \\\"story\\\"\\n\","
		"\"profileImageUri\":\"p.svg\",\"age\":43,\"likes\":7,\"adopted\":true}");
}

TEST(what_is_missing_or_of_another_type_is_empty)
{
	static const char empty[] =
		"{\"mysfitId\":\"\",\"name\":\"\",\"species\":\"\",\"goodevil\":\"\",\"lawchaos\":\"\",\"alignment\":\"\","
		"\"thumbImageUri\":\"\",\"description\":\"\",\"profileImageUri\":\"\",\"likes\":0,\"adopted\":false}";

	expect_written("{}", mysfit_put, empty);
	expect_written(
		"{\"Name\":{\"N\":\"1\"},\"Likes\":{\"S\":\"many\"},\"Age\":{\"N\":\"1,\\\"x\\\":2\"},\"Adopted\":{\"S\":\"yes\"}}",
		mysfit_put, empty);
}

TEST(what_is_no_item_is_noticed)
{
	static const char *const cases[] = { "",
		                             "[]",
		                             "{\"Name\":\"x\"}",
		                             "{\"Name\":{\"S\":\"x\"}",
		                             "{\"Adopted\":{\"BOOL\":1}}",
		                             "{\"Name\":{\"S\":\"x\"}} x",
		                             "{\"Likes\":{\"N\":\"1\"" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		struct mysfit m;

		expect(!is_read(&a, cases[i], &m));
		arena_release(&a);
	}
}

TESTS({
	RUN(list_shows_what_the_grid_needs),
	RUN(one_shows_everything),
	RUN(what_is_missing_or_of_another_type_is_empty),
	RUN(what_is_no_item_is_noticed),
})
