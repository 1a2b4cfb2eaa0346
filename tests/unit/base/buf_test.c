#include "base/buf.h"

#include "check.h"

static void put_some(struct buf *b)
{
	buf_put(b, STR("one "));
	buf_putc(b, '2');
	buf_printf(b, " %s %d", "three", 4);
}

TEST(buf_appends_in_an_arena_and_on_the_heap)
{
	struct arena a = { 0 };
	struct buf b;

	buf_init(&b, &a, 100);
	put_some(&b);
	expect_str(buf_str(&b), "one 2 three 4");
	expect_str(str_from(buf_cstr(&b)), "one 2 three 4");
	arena_release(&a);

	buf_init(&b, NULL, 100);
	put_some(&b);
	expect_str(buf_str(&b), "one 2 three 4");
	buf_release(&b);
	expect_int(b.n, 0);
}

TEST(buf_that_is_empty_is_not_absent)
{
	struct buf b;

	buf_init(&b, NULL, 10);
	expect(buf_str(&b).p != NULL);
	expect_str(str_from(buf_cstr(&b)), "");
	buf_release(&b);
	buf_release(NULL);
}

TEST(buf_takes_exactly_its_limit)
{
	struct buf b;

	buf_init(&b, NULL, 5);
	buf_put(&b, STR("12345"));
	expect(!b.overflow);
	expect_str(str_from(buf_cstr(&b)), "12345");
	buf_put(&b, STR(""));
	expect(!b.overflow);
	buf_putc(&b, '6');
	expect(b.overflow);
	expect_str(buf_str(&b), "12345");
	buf_release(&b);
}

TEST(buf_overflow_sticks)
{
	struct arena a = { 0 };
	struct buf b;

	buf_init(&b, &a, 5);
	buf_printf(&b, "%s", "123456");
	buf_put(&b, STR("1"));
	buf_putc(&b, '1');
	buf_printf(&b, "1");
	expect(buf_reserve(&b, 1) == NULL);
	expect(b.overflow);
	expect_int(b.n, 0);
	expect_str(str_from(buf_cstr(&b)), "");
	arena_release(&a);
}

TEST(buf_reserve_gives_bytes_that_count_when_the_caller_counts_them)
{
	struct arena a = { 0 };
	struct buf b;
	char *p;

	buf_init(&b, &a, 100000);
	buf_put(&b, STR("x"));
	p = buf_reserve(&b, 5000);
	memset(p, 'y', 5000);
	expect_int(b.n, 1);
	b.n += 5000;
	expect_int(buf_str(&b).p[5000], 'y');
	expect(buf_reserve(&b, SIZE_MAX) == NULL);
	arena_release(&a);
}

TEST(buf_grows_past_other_allocations_of_the_arena)
{
	struct arena a = { 0 };
	struct buf b;

	buf_init(&b, &a, 1000000);
	for (int i = 0; i < 100000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		if (i % 1000 == 0)
			arena_alloc(&a, 10);
	}
	for (int i = 0; i < 100000; i++)
		assert_true(b.p[i] == 'a' + i % 26);
	arena_release(&a);
}

TEST(buf_printf_takes_text_longer_than_what_is_free)
{
	struct buf b;

	buf_init(&b, NULL, 100000);
	for (int n = 0; n < 300; n++)
		buf_printf(&b, "%*d", n, 1);
	buf_printf(&b, "%*d", 50000, 1);
	expect_int(b.n, 300 * 299 / 2 + 1 + 50000);
	buf_release(&b);
}

TESTS({
	RUN(buf_appends_in_an_arena_and_on_the_heap),
	RUN(buf_that_is_empty_is_not_absent),
	RUN(buf_takes_exactly_its_limit),
	RUN(buf_overflow_sticks),
	RUN(buf_reserve_gives_bytes_that_count_when_the_caller_counts_them),
	RUN(buf_grows_past_other_allocations_of_the_arena),
	RUN(buf_printf_takes_text_longer_than_what_is_free),
})
