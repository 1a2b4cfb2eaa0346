#include "services/dynamodb/expressions.h"

static const char ITEM[] =
	"{\"s\":{\"S\":\"hello\"},\"n\":{\"N\":\"5\"},\"ss\":{\"SS\":[\"x\",\"y\"]},"
	"\"l\":{\"L\":[{\"N\":\"1\"}]},\"m\":{\"M\":{\"k\":{\"N\":\"1\"}}}}";

enum { VALUES = 3 };

struct test_case {
	const char *attribute, *operator;
	const char *values[VALUES];
};

static size_t values_of_case(const struct test_case *t, str *ret)
{
	size_t n = 0;

	for (; n < VALUES && t->values[n]; n++)
		ret[n] = str_from(t->values[n]);
	return n;
}

static str filter(const struct test_case *t, size_t count, const char *conditional_operator,
                  struct condition **ret)
{
	struct dynamodb_condition *conditions =
		arena_array(&arena, struct dynamodb_condition, count);
	struct dynamodb_filter_condition_map map = {
		arena_array(&arena, struct dynamodb_filter_condition_map_map_entry, count), count
	};
	struct problem p = { .arena = &arena };

	for (size_t i = 0; i < count; i++) {
		str *values = arena_array(&arena, str, VALUES);

		conditions[i].comparison_operator = str_from(t[i].operator);
		conditions[i].attribute_value_list.n = values_of_case(&t[i], values);
		conditions[i].attribute_value_list.items = values;
		map.items[i].key = str_from(t[i].attribute);
		map.items[i].value = &conditions[i];
	}
	condition_from_filter(&p, &map, str_from(conditional_operator), ret);
	return p.message;
}

static void expect_all(const struct test_case *t, size_t n, bool want)
{
	struct item item = item_of(ITEM);
	struct condition *c;

	for (size_t i = 0; i < n; i++) {
		str refused = filter(&t[i], 1, NULL, &c);

		if (refused.p)
			fail_msg("%s %s: %.*s", t[i].attribute, t[i].operator, STR_ARG(refused));
		if (condition_holds(c, &item) != want)
			fail_msg("%s %s %s", t[i].attribute, t[i].operator, t[i].values[0]);
	}
}

#define S(text)   "{\"S\":\"" text "\"}"
#define N(number) "{\"N\":\"" number "\"}"

TEST(legacy_condition_holds)
{
	static const struct test_case cases[] = {
		{ "s", "EQ", { S("hello") } },
		{ "s", "NE", { S("x") } },
		{ "s", "NE", { N("5") } },
		{ "gone", "NE", { S("x") } },
		{ "n", "LE", { N("5.0") } },
		{ "n", "LT", { N("6") } },
		{ "n", "GE", { N("5") } },
		{ "n", "GT", { N("-1") } },
		{ "n", "BETWEEN", { N("5"), N("6") } },
		{ "s", "BEGINS_WITH", { S("he") } },
		{ "s", "CONTAINS", { S("ll") } },
		{ "ss", "CONTAINS", { S("y") } },
		{ "l", "CONTAINS", { N("1") } },
		{ "s", "NOT_CONTAINS", { S("x") } },
		{ "n", "NOT_CONTAINS", { S("x") } },
		{ "s", "IN", { S("a"), S("hello") } },
		{ "s", "NOT_NULL", { 0 } },
		{ "gone", "NULL", { 0 } },
		{ "ss", "EQ", { "{\"SS\":[\"y\",\"x\"]}" } },
		{ "l", "EQ", { "{\"L\":[{\"N\":\"1.0\"}]}" } },
		{ "m", "EQ", { "{\"M\":{\"k\":{\"N\":\"1\"}}}" } },
	};

	expect_all(cases, ARRAY_LEN(cases), true);
}

TEST(legacy_condition_does_not_hold)
{
	static const struct test_case cases[] = {
		{ "s", "EQ", { S("x") } },
		{ "s", "EQ", { N("5") } },
		{ "gone", "EQ", { S("x") } },
		{ "s", "NE", { S("hello") } },
		{ "s", "LT", { N("6") } },
		{ "gone", "GT", { N("-1") } },
		{ "n", "BETWEEN", { N("6"), N("7") } },
		{ "n", "BEGINS_WITH", { S("5") } },
		{ "gone", "CONTAINS", { S("ll") } },
		{ "s", "NOT_CONTAINS", { S("ll") } },
		{ "gone", "NOT_CONTAINS", { S("x") } },
		{ "gone", "IN", { S("a"), S("hello") } },
		{ "gone", "NOT_NULL", { 0 } },
		{ "s", "NULL", { 0 } },
	};

	expect_all(cases, ARRAY_LEN(cases), false);
}

TEST(legacy_conditions_go_together)
{
	static const struct test_case cases[] = { { "s", "NULL", { 0 } },
		                                  { "n", "EQ", { N("5") } } };
	static const struct test_case both[] = { { "s", "NOT_NULL", { 0 } },
		                                 { "n", "EQ", { N("5") } } };
	static const struct test_case none[] = { { "s", "NULL", { 0 } },
		                                 { "n", "EQ", { N("6") } } };
	struct item item = item_of(ITEM);
	struct condition *c;

	filter(cases, 2, NULL, &c);
	assert_false(condition_holds(c, &item));
	filter(cases, 2, "AND", &c);
	assert_false(condition_holds(c, &item));
	filter(cases, 2, "OR", &c);
	assert_true(condition_holds(c, &item));
	filter(both, 2, "AND", &c);
	assert_true(condition_holds(c, &item));
	filter(none, 2, "OR", &c);
	assert_false(condition_holds(c, &item));
	filter(none, 0, NULL, &c);
	assert_true(condition_holds(c, &item));
	expect_str(filter(both, 1, "OR", &c),
	           "ConditionalOperator can only be used when Filter or Expected "
	           "has two or more elements");
	expect_str(filter(both, 0, "AND", &c),
	           "ConditionalOperator cannot be used without Filter or Expected");
}

#define INVALID "One or more parameter values were invalid: "

TEST(legacy_condition_with_wrong_values_is_refused)
{
	static const struct {
		struct test_case given;
		const char *message;
	} cases[] = {
		{ { "a", "EQ", { 0 } },
		  INVALID "Invalid number of argument(s) for the EQ ComparisonOperator" },
		{ { "a", "NULL", { S("x") } },
		  INVALID "Invalid number of argument(s) for the NULL ComparisonOperator" },
		{ { "a", "BETWEEN", { S("x") } },
		  INVALID "Invalid number of argument(s) for the BETWEEN ComparisonOperator" },
		{ { "a", "IN", { 0 } },
		  INVALID "Invalid number of argument(s) for the IN ComparisonOperator" },
		{ { "a", "LT", { "{\"BOOL\":true}" } },
		  INVALID "ComparisonOperator LT is not valid for BOOL AttributeValue type" },
		{ { "a", "BEGINS_WITH", { N("1") } },
		  INVALID "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type" },
		{ { "a", "CONTAINS", { "{\"SS\":[\"x\"]}" } },
		  INVALID "ComparisonOperator CONTAINS is not valid for SS AttributeValue type" },
		{ { "a", "IN", { S("x"), N("1") } },
		  INVALID "AttributeValues inside AttributeValueList must be of same type" },
		{ { "a", "BETWEEN", { N("2"), N("1") } },
		  "The BETWEEN condition was provided a range where the lower bound is greater than "
		  "the upper bound" },
		{ { "a", "EQ", { N("x") } },
		  "The parameter cannot be converted to a numeric value: x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct condition *c;

		expect_str(filter(&cases[i].given, 1, NULL, &c), cases[i].message);
	}
}

static str expected(const struct dynamodb_expected_attribute_value *value, struct condition **ret)
{
	struct dynamodb_expected_attribute_value copy = *value;
	struct dynamodb_expected_attribute_map_map_entry entry = { STR("s"), &copy };
	struct dynamodb_expected_attribute_map map = { &entry, 1 };
	struct problem p = { .arena = &arena };

	condition_from_expected(&p, &map, STR_NULL, ret);
	return p.message;
}

TEST(expected_in_both_of_its_forms)
{
	str hello = STR(S("hello"));
	const struct dynamodb_expected_attribute_value same = { .value = STR_INIT(S("hello")) };
	const struct dynamodb_expected_attribute_value there = { .value = STR_INIT(S("hello")),
		                                                 .exists = { true, true } };
	const struct dynamodb_expected_attribute_value gone = { .exists = { true, false } };
	const struct dynamodb_expected_attribute_value one = { .comparison_operator =
		                                                       STR_INIT("GE"),
		                                               .value = STR_INIT(S("h")) };
	const struct dynamodb_expected_attribute_value list = {
		.comparison_operator = STR_INIT("EQ"), .attribute_value_list = { &hello, 1 }
	};
	const struct dynamodb_expected_attribute_value null = { .comparison_operator =
		                                                        STR_INIT("NULL") };
	struct item item = item_of(ITEM), empty = { 0 };
	struct condition *c;

	expect_str(expected(&same, &c), "");
	assert_true(condition_holds(c, &item));
	assert_false(condition_holds(c, &empty));
	expect_str(expected(&there, &c), "");
	assert_true(condition_holds(c, &item));
	expect_str(expected(&gone, &c), "");
	assert_false(condition_holds(c, &item));
	assert_true(condition_holds(c, &empty));
	expect_str(expected(&one, &c), "");
	assert_true(condition_holds(c, &item));
	expect_str(expected(&list, &c), "");
	assert_true(condition_holds(c, &item));
	expect_str(expected(&null, &c), "");
	assert_true(condition_holds(c, &empty));
}

TEST(expected_with_what_does_not_go_together_is_refused)
{
	str value = STR(S("x"));
	const struct {
		struct dynamodb_expected_attribute_value given;
		const char *message;
	} cases[] = {
		{ { 0 }, INVALID "Value must be provided when Exists is null for Attribute: s" },
		{ { .exists = { true, true } },
		  INVALID "Value must be provided when Exists is true for Attribute: s" },
		{ { .exists = { true, false }, .value = value },
		  INVALID "Value cannot be used when Exists is false for Attribute: s" },
		{ { .value = value, .attribute_value_list = { &value, 1 } },
		  INVALID "Value and AttributeValueList cannot be used together for Attribute: s" },
		{ { .attribute_value_list = { &value, 1 } },
		  INVALID "AttributeValueList can only be used with a ComparisonOperator for "
		          "Attribute: s" },
		{ { .exists = { true, true }, .comparison_operator = STR("EQ"), .value = value },
		  INVALID
		  "Exists and ComparisonOperator cannot be used together for Attribute: s" },
		{ { .comparison_operator = STR("EQ") },
		  INVALID
		  "Value or AttributeValueList must be used with ComparisonOperator: EQ for "
		  "Attribute: s" },
		{ { .comparison_operator = STR("NULL"), .value = value },
		  INVALID "Invalid number of argument(s) for the NULL ComparisonOperator" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct condition *c;

		expect_str(expected(&cases[i].given, &c), cases[i].message);
	}
}

TESTS_WITH(NULL, release,
           {
		   RUN(legacy_condition_holds),
		   RUN(legacy_condition_does_not_hold),
		   RUN(legacy_conditions_go_together),
		   RUN(legacy_condition_with_wrong_values_is_refused),
		   RUN(expected_in_both_of_its_forms),
		   RUN(expected_with_what_does_not_go_together_is_refused),
	   })
