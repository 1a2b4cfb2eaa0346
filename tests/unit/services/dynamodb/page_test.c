#include "services/dynamodb/page.h"

#include "check.h"

#include <string.h>

/* A table by id and at, and what a condition on the two finds in it. */
static const struct table table = {
	.space = 7,
	.keys = {
		.hash = { { STR_INIT("id"), VALUE_S } },
		.hash_count = 1,
		.range = { { STR_INIT("at"), VALUE_S } },
		.range_count = 1,
	},
};

static struct value text(const char *s)
{
	return (struct value){ .type = VALUE_S, .as.text = str_from(s) };
}

static str key_of(struct arena *a, const char *id, const char *at)
{
	struct attribute attributes[] = { { STR("id"), text(id) }, { STR("at"), text(at) } };
	struct item item = { attributes, ARRAY_LEN(attributes) };

	return key_encode(a, &table.keys, &item);
}

static bool is_in(const struct page_request *r, str key)
{
	int from = str_cmp(key, r->range.from);

	return (r->range.after ? from > 0 : from >= 0) &&
	       (!r->range.to.p || str_cmp(key, r->range.to) < 0);
}

TEST(page_range_of_condition_has_the_keys_for_which_it_holds)
{
	static const char *const ats[] = { "a", "b", "b!", "ba", "c", "\xf4\x8f\xbf\xbf" };
	static const struct {
		enum key_range_kind kind;
		const char *low, *high, *found; /* which of `ats`, by number */
	} cases[] = {
		{ KEY_RANGE_ALL, "", "", "012345" },
		{ KEY_RANGE_LESS, "b", "", "0" },
		{ KEY_RANGE_LESS_OR_EQUAL, "b", "", "01" },
		{ KEY_RANGE_GREATER, "b", "", "2345" },
		{ KEY_RANGE_GREATER_OR_EQUAL, "b", "", "12345" },
		{ KEY_RANGE_BETWEEN, "b", "ba", "123" },
		{ KEY_RANGE_BETWEEN, "c", "b", "" },
		{ KEY_RANGE_BEGINS_WITH, "b", "", "123" },
		{ KEY_RANGE_BEGINS_WITH, "\xf4", "", "5" },
		{ KEY_RANGE_BEGINS_WITH, "d", "", "" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key_condition condition = { .hash = { text("x") },
			                           .kind = cases[i].kind,
			                           .low = text(cases[i].low),
			                           .high = text(cases[i].high) };
		struct page_request r = { .table = &table };

		page_range_of_condition(&a, &r, &condition);
		expect_int(r.range.space, 7);
		for (size_t k = 0; k < ARRAY_LEN(ats); k++) {
			bool wanted = strchr(cases[i].found, '0' + (char)k) != NULL;

			expect_int(is_in(&r, key_of(&a, "x", ats[k])), wanted);
			expect(!is_in(&r, key_of(&a, "xx", ats[k])));
			expect(!is_in(&r, key_of(&a, "", ats[k])));
		}
	}
	arena_release(&a);
}

TEST(page_range_of_condition_takes_equal_attributes_first)
{
	struct key_condition condition = { .hash = { text("x") },
		                           .range_equal = { text("b") },
		                           .range_equal_count = 1 };
	struct page_request r = { .table = &table };
	struct arena a = { 0 };

	page_range_of_condition(&a, &r, &condition);
	expect(is_in(&r, key_of(&a, "x", "b")));
	expect(!is_in(&r, key_of(&a, "x", "ba")));
	expect(!is_in(&r, key_of(&a, "x", "a")));
	arena_release(&a);
}

/* Without a gap, none wider than another by more than one hash. */
TEST(page_range_of_segment_divides_all_hashes)
{
	static const uint32_t totals[] = { 1, 2, 3, 7, 4096, 999983, 1000000 };
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
		struct page_request r = { .table = &table };
		str end = STR("\0\0\0\0");

		for (uint32_t k = 0; k < totals[i]; k += MAX(1, totals[i] / 1000)) {
			struct page_request before = { .table = &table };

			page_range_of_segment(&a, &r, k, totals[i]);
			if (k) {
				page_range_of_segment(&a, &before, k - 1, totals[i]);
				end = before.range.to;
			}
			expect(str_eq(r.range.from, end));
			expect(!r.range.to.p || str_cmp(r.range.from, r.range.to) < 0);
		}
		page_range_of_segment(&a, &r, totals[i] - 1, totals[i]);
		expect(!r.range.to.p);
		arena_release(&a);
	}
}

TEST(page_continue_stays_within_the_range)
{
	struct key_condition condition = { .hash = { text("x") },
		                           .kind = KEY_RANGE_BETWEEN,
		                           .low = text("b"),
		                           .high = text("d") };
	static const struct {
		bool backwards;
		const char *last, *found; /* of b, c and d */
	} cases[] = {
		{ false, "a", "bcd" }, { false, "b", "cd" }, { false, "bb", "cd" },
		{ false, "d", "" },    { false, "e", "" },   { true, "e", "bcd" },
		{ true, "d", "bc" },   { true, "b", "" },    { true, "a", "" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct page_request r = { .table = &table, .backwards = cases[i].backwards };

		page_range_of_condition(&a, &r, &condition);
		page_continue(&r, key_of(&a, "x", cases[i].last));
		for (char at = 'a'; at <= 'e'; at++) {
			const char name[] = { at, 0 };

			expect_int(is_in(&r, key_of(&a, "x", name)),
			           strchr(cases[i].found, at) != NULL);
		}
	}
	arena_release(&a);
}

TESTS({
	RUN(page_range_of_condition_has_the_keys_for_which_it_holds),
	RUN(page_range_of_condition_takes_equal_attributes_first),
	RUN(page_range_of_segment_divides_all_hashes),
	RUN(page_continue_stays_within_the_range),
})
