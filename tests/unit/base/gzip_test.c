#include "base/gzip.h"

#include "../check.h"

static struct arena arena;

static str repeated(size_t n)
{
	char *p = arena_alloc(&arena, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + i % 7);
	return (str){ p, n };
}

TEST(gzip_gives_back_what_it_was_given)
{
	static const size_t sizes[] = { 100, 1024, 16 * 1024, 16 * 1024 + 1, 1000000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		str text = repeated(sizes[i]), packed, back;

		expect(gzip_pack(&arena, text, &packed));
		expect(packed.n < text.n);
		expect(gzip_unpack(&arena, packed, text.n, &back));
		expect(str_eq(back, text));
	}
}

TEST(gzip_packs_nothing_that_does_not_get_smaller)
{
	str packed;

	expect(!gzip_pack(&arena, STR("abc"), &packed));
	expect(!gzip_pack(&arena, STR(""), &packed));
}

TEST(gzip_unpacks_no_more_than_it_may)
{
	str text = repeated(1000000), packed, back = STR("untouched");

	expect(gzip_pack(&arena, text, &packed));
	expect(!gzip_unpack(&arena, packed, text.n - 1, &back));
	expect(!gzip_unpack(&arena, packed, 0, &back));
	expect_str(back, "untouched");
}

TEST(gzip_refuses_what_is_broken)
{
	str packed, back;

	expect(gzip_pack(&arena, repeated(5000), &packed));
	for (size_t n = 0; n < packed.n; n++)
		expect(!gzip_unpack(&arena, str_from_to(packed, 0, n), 5000, &back));
	expect(!gzip_unpack(&arena, arena_join(&arena, packed, STR("x")), 5000, &back));
	expect(!gzip_unpack(&arena, STR("{\"TableName\": \"t\"}"), 5000, &back));
	((char *)(uintptr_t)packed.p)[packed.n - 5] ^= 1; /* of the checksum at the end */
	expect(!gzip_unpack(&arena, packed, 5000, &back));
}

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

TESTS_WITH(NULL, release,
           {
		   RUN(gzip_gives_back_what_it_was_given),
		   RUN(gzip_packs_nothing_that_does_not_get_smaller),
		   RUN(gzip_unpacks_no_more_than_it_may),
		   RUN(gzip_refuses_what_is_broken),
	   })
