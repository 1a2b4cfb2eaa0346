#include "base/arena.h"

#include "check.h"

#include <malloc.h>

TEST(arena_memory_is_zeroed_and_aligned_whatever_its_size)
{
	struct arena a = { 0 };

	for (size_t n = 0; n < 200000; n = n * 2 + 1) {
		char *p = arena_alloc(&a, n);

		expect_int((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			expect_int(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_release(&a);
}

TEST(arena_small_request_costs_one_block_of_4_kib)
{
	struct arena a = { 0 };

	for (int i = 0; i < 100; i++)
		arena_alloc(&a, 32);
	expect_int(a.total, 4096);
	arena_release(&a);
	expect_int(a.total, 0);
}

TEST(arena_decimal_is_what_printf_prints)
{
	static const int64_t values[] = { 0, 7, -7, 10, UINT32_MAX, INT64_MAX, INT64_MIN };
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		expect(str_eq(arena_decimal(&a, values[i]),
		              arena_printf(&a, "%lld", (long long)values[i])));
	arena_release(&a);
}

TEST(arena_large_allocation_leaves_the_newest_block_in_use)
{
	struct arena a = { 0 };
	char *small = arena_alloc(&a, 16);

	arena_alloc(&a, 1000000);
	expect((char *)arena_alloc(&a, 16) == small + 16);
	arena_release(&a);
}

TEST(arena_is_usable_again_after_release)
{
	struct arena a = { 0 };

	arena_alloc(&a, 10);
	arena_release(&a);
	expect_str(arena_str(&a, STR("again")), "again");
	arena_release(&a);
	arena_release(&a);
	arena_release(NULL);
}

TEST(arena_grow_keeps_contents_and_stays_in_place_when_newest)
{
	struct arena a = { 0 };
	size_t capacity = 0;
	int *numbers = arena_grow(&a, NULL, &capacity, sizeof(*numbers));
	int *before = numbers;

	expect(capacity >= 1);
	for (size_t i = 0; i < capacity; i++)
		numbers[i] = (int)i;
	numbers = arena_grow(&a, numbers, &capacity, sizeof(*numbers));
	expect(numbers == before);
	expect_int(numbers[capacity - 1], 0);
	arena_alloc(&a, 1);
	numbers = arena_grow(&a, numbers, &capacity, sizeof(*numbers));
	expect(numbers != before);
	for (int i = 0; i < 8; i++)
		expect_int(numbers[i], i);
	arena_release(&a);
}

TEST(arena_grow_zeroes_what_is_new)
{
	struct arena a = { 0 };
	size_t capacity = 0;
	char *p;

	mallopt(M_PERTURB, 0xa5); /* malloc's memory has something in it */
	p = arena_grow(&a, NULL, &capacity, 1);
	for (size_t old = 0; capacity < 500;) {
		for (size_t i = old; i < capacity; i++)
			expect_int(p[i], 0);
		memset(p, 'x', capacity);
		old = capacity;
		if (old % 3 == 1) /* it moves every other time */
			arena_alloc(&a, 1);
		p = arena_grow(&a, p, &capacity, 1);
	}
	mallopt(M_PERTURB, 0);
	arena_release(&a);
}

TEST(arena_grow_to_a_million_elements)
{
	struct arena a = { 0 };
	size_t capacity = 0;
	uint32_t *numbers = NULL;

	for (uint32_t i = 0; i < 1000000; i++) {
		if (i == capacity)
			numbers = arena_grow(&a, numbers, &capacity, sizeof(*numbers));
		numbers[i] = i;
	}
	for (uint32_t i = 0; i < 1000000; i++)
		assert_true(numbers[i] == i);
	arena_release(&a);
}

TEST(arena_extend_refuses_what_is_not_newest_or_does_not_fit)
{
	struct arena a = { 0 };
	char *first = arena_alloc(&a, 16), *second = arena_alloc(&a, 16);

	expect(!arena_extend(&a, first, 16, 17));
	expect(arena_extend(&a, second, 16, 100));
	expect(!arena_extend(&a, second, 100, 1000000));
	expect(!arena_extend(&a, second, 100, SIZE_MAX));
	arena_release(&a);
}

TEST(arena_copies_text)
{
	struct arena a = { 0 };
	char text[] = "moved";
	str copy = arena_str(&a, str_from(text));

	text[0] = 'x';
	expect_str(copy, "moved");
	expect_str(str_from(arena_cstr(&a, STR("with NUL"))), "with NUL");
	expect_str(str_from(arena_cstr(&a, STR_NULL)), "");
	expect_str(arena_join(&a, STR("ab"), STR("cd")), "abcd");
	expect_int(arena_join(&a, STR_NULL, STR_NULL).n, 0);
	expect(arena_str(&a, STR_NULL).p == NULL);
	expect(arena_str(&a, STR("")).p != NULL);
	arena_release(&a);
}

TEST(arena_printf_takes_short_and_long_text)
{
	struct arena a = { 0 };
	str text;

	expect_str(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	text = arena_printf(&a, "%*d", 5000, 7);
	expect_int(text.n, 5000);
	expect_int(text.p[4999], '7');
	arena_release(&a);
}

static int order[3], called;

static void note(void *ptr)
{
	order[called++] = *(int *)ptr;
}

TEST(arena_release_runs_what_was_deferred_newest_first)
{
	struct arena a = { 0 };
	int numbers[] = { 1, 2, 3 };

	called = 0;
	for (int i = 0; i < 3; i++)
		arena_defer(&a, note, &numbers[i]);
	arena_release(&a);
	arena_release(&a);
	expect_int(called, 3);
	expect_int(order[0], 3);
	expect_int(order[2], 1);
}

TESTS({
	RUN(arena_memory_is_zeroed_and_aligned_whatever_its_size),
	RUN(arena_small_request_costs_one_block_of_4_kib),
	RUN(arena_decimal_is_what_printf_prints),
	RUN(arena_large_allocation_leaves_the_newest_block_in_use),
	RUN(arena_is_usable_again_after_release),
	RUN(arena_grow_keeps_contents_and_stays_in_place_when_newest),
	RUN(arena_grow_zeroes_what_is_new),
	RUN(arena_grow_to_a_million_elements),
	RUN(arena_extend_refuses_what_is_not_newest_or_does_not_fit),
	RUN(arena_copies_text),
	RUN(arena_printf_takes_short_and_long_text),
	RUN(arena_release_runs_what_was_deferred_newest_first),
})
