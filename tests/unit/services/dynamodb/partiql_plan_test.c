#include "check.h"

#include "services/dynamodb/partiql_plan.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static const struct table sorted = {
	.space = 1,
	.keys = { .hash = { { STR_INIT("id"), VALUE_S } },
	          .range = { { STR_INIT("n"), VALUE_N } },
	          .hash_count = 1,
	          .range_count = 1 },
};

static const struct table hashed = {
	.space = 2,
	.keys = { .hash = { { STR_INIT("id"), VALUE_S } }, .hash_count = 1 },
};

static bool make(struct problem *p, const struct table *t, const char *rest,
                 struct partiql_plan *ret)
{
	const struct dynamodb_prepared_statement_parameters none = { 0 };
	struct page_request page = { .table = t };
	struct partiql_request r;

	*p = (struct problem){ .arena = &arena };
	return partiql_request_parse(p, arena_printf(&arena, "SELECT * FROM t %s", rest), &none,
	                             &r) &&
	       partiql_plan(p, &r, &page, ret);
}

static struct partiql_plan plan(const struct table *t, const char *rest)
{
	struct partiql_plan ret;
	struct problem p;

	if (!make(&p, t, rest, &ret))
		fail_msg("%s: %.*s", rest, STR_ARG(p.message));
	return ret;
}

static void expect_stretches(const char *rest, bool is_keyed, size_t n)
{
	struct partiql_plan made = plan(&sorted, rest);

	expect_int(made.is_keyed, is_keyed);
	expect_int(made.n, n);
}

static void expect_message(const struct table *t, const char *rest, const char *message)
{
	struct partiql_plan made;
	struct problem p;

	expect(!make(&p, t, rest, &made));
	expect_str(p.message, message);
}

TEST(partiql_plan_reads_all_without_the_partition_key)
{
	expect_stretches("", false, 1);
	expect_stretches("WHERE n = 1", false, 1);
	expect_stretches("WHERE id > 'a'", false, 1);
	expect_stretches("WHERE NOT id = 'a'", false, 1);
	expect_stretches("WHERE id = 'a' OR n = 1", false, 1);
	expect_stretches("WHERE id = other", false, 1);
}

TEST(partiql_plan_reads_a_stretch_for_each_value_of_it)
{
	expect_stretches("WHERE id = 'a'", true, 1);
	expect_stretches("WHERE x = 1 AND ('a' = id AND n > 1)", true, 1);
	expect_stretches("WHERE id IN ['a', 'b', 'c'] AND n = 1", true, 3);
	expect_stretches("WHERE id = 'a' AND n = 1 OR id = 'b' OR id IN ('c')", true, 3);
}

TEST(partiql_plan_stretches_are_as_narrow_as_the_sort_key_lets_them)
{
	struct partiql_plan all = plan(&sorted, "WHERE id = 'a'");
	const char *const narrower[] = { "n = 1", "n > 1", "1 < n", "n BETWEEN 1 AND 2", "n <= 1" };

	for (size_t i = 0; i < ARRAY_LEN(narrower); i++) {
		str rest = arena_printf(&arena, "WHERE id = 'a' AND %s", narrower[i]);
		struct partiql_plan some = plan(&sorted, arena_cstr(&arena, rest));

		expect(str_cmp(some.stretches[0].range.from, all.stretches[0].range.from) >= 0);
		expect(str_cmp(some.stretches[0].range.to, all.stretches[0].range.to) <= 0);
		expect(!str_eq(some.stretches[0].range.from, all.stretches[0].range.from) ||
		       !str_eq(some.stretches[0].range.to, all.stretches[0].range.to));
	}
}

TEST(partiql_plan_refuses_stretches_that_overlap)
{
	const char *message =
		"Overlapping conditions with range keys are not supported in where clause";

	expect_message(&sorted, "WHERE id IN ['a', 'b', 'a']", message);
	expect_message(&sorted, "WHERE id = 'a' AND n < 5 OR id = 'a' AND n > 4", message);
	expect_stretches("WHERE id = 'a' AND n < 5 OR id = 'a' AND n >= 5", true, 2);
	expect_stretches("WHERE id = 'a' AND n <> 5 OR id = 'a' AND n = 6", false, 1);
	expect_int(plan(&hashed, "WHERE id IN ['a', 'b', 'a']").n, 2);
}

TEST(partiql_plan_orders_the_stretches)
{
	struct partiql_plan down =
		plan(&sorted, "WHERE id IN ['b', 'a', 'c'] ORDER BY id DESC, n ASC");
	struct partiql_plan within =
		plan(&sorted, "WHERE id = 'a' AND n < 1 OR id = 'a' AND n > 1 ORDER BY id, n DESC");

	expect(!down.backwards);
	expect_str(down.stretches[0].hash.as.text, "c");
	expect_str(down.stretches[2].hash.as.text, "a");
	expect(within.backwards);
	expect(str_cmp(within.stretches[0].range.from, within.stretches[1].range.from) > 0);
	expect(plan(&sorted, "WHERE id = 'a' ORDER BY id").backwards);
}

TEST(partiql_plan_key_values_are_of_the_keys_types)
{
	expect_message(&sorted, "WHERE id = 5",
	               "Key attribute's data type should match its data type in table's schema: "
	               "Key id");
	expect_message(&sorted, "WHERE id = 'a' AND n > 'b'",
	               "Key attribute's data type should match its data type in table's schema: "
	               "Key n");
	expect_message(&sorted, "WHERE id IN ['a', '']",
	               "One or more parameter values are not valid. The AttributeValue for a key "
	               "attribute cannot contain an empty string value. Key: id");
}

TESTS_WITH(NULL, release,
           {
		   RUN(partiql_plan_reads_all_without_the_partition_key),
		   RUN(partiql_plan_reads_a_stretch_for_each_value_of_it),
		   RUN(partiql_plan_stretches_are_as_narrow_as_the_sort_key_lets_them),
		   RUN(partiql_plan_refuses_stretches_that_overlap),
		   RUN(partiql_plan_orders_the_stretches),
		   RUN(partiql_plan_key_values_are_of_the_keys_types),
	   })
