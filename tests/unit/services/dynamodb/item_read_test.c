#include "services/dynamodb/item.h"

#include "check.h"

#include <time.h>

#define INVALID "One or more parameter values were invalid: "
#define DEEP                                                               \
	"Nesting Levels have exceeded supported limits: Attributes in the" \
	" item have nested levels beyond supported limit"
#define EMPTY \
	"Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define SEVERAL                                                                             \
	"Supplied AttributeValue has more than one datatypes set, must contain exactly one" \
	" of the supported datatypes"

struct refusal {
	const char *json, *message;
};

static void expect_refused(const struct refusal *cases, size_t n, bool is_serialization)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct problem p = { .arena = &a };
		struct item item = { .n = 77 };

		if (item_read(&p, str_from(cases[i].json), &item))
			fail_msg("taken: %s", cases[i].json);
		expect_str(p.message, cases[i].message);
		expect_int(p.is_serialization, is_serialization);
		expect_int(item.n, 77);
		arena_release(&a);
	}
}

TEST(item_read_refuses_values_that_are_none)
{
	static const struct refusal cases[] = {
		{ "{\"a\":{}}", EMPTY },
		{ "{\"a\":null}", EMPTY },
		{ "{\"a\":{\"S\":null}}", EMPTY },
		{ "{\"a\":{\"X\":\"1\"}}", EMPTY },
		{ "{\"a\":{\"L\":[{}]}}", EMPTY },
		{ "{\"a\":{\"M\":{\"b\":{}}}}", EMPTY },
		{ "{\"a\":{\"S\":\"a\",\"N\":\"1\"}}", SEVERAL },
		{ "{\"a\":{\"L\":[{\"S\":\"\",\"BOOL\":true}]}}", SEVERAL },
		{ "{\"a\":{\"NULL\":false}}",
		  INVALID "Null attribute value types must have the value of true" },
		{ "{\"a\":{\"SS\":[]}}", INVALID "An string set  may not be empty" },
		{ "{\"a\":{\"NS\":[]}}", INVALID "An number set  may not be empty" },
		{ "{\"a\":{\"BS\":[]}}", INVALID "Binary sets should not be empty" },
		{ "{\"a\":{\"SS\":[\"a\",\"a\"]}}",
		  INVALID "Input collection [a, a] contains duplicates." },
		{ "{\"a\":{\"SS\":[\"\",\"\"]}}",
		  INVALID "Input collection [, ] contains duplicates." },
		{ "{\"a\":{\"BS\":[\"Yg==\",\"Yg==\"]}}",
		  INVALID "Input collection [Yg==, Yg==]of type BS contains duplicates." },
		{ "{\"a\":{\"NS\":[\"1\",\"2\",\"1.0\"]}}",
		  "Input collection contains duplicates" },
		{ "{\"a\":{\"SS\":[\"a\",null]}}",
		  INVALID "An string set may not have a null string as a member" },
		{ "{\"a\":{\"NS\":[null]}}", EMPTY },
		{ "{\"a\":{\"L\":[null]}}", EMPTY },
		{ "{\"\":{\"S\":\"a\"}}", "Empty attribute name" },
		{ "{\"d\":{\"N\":\"x\"},\"\":{\"S\":\"a\"}}", "Empty attribute name" },
	};

	expect_refused(cases, ARRAY_LEN(cases), /* is_serialization= */ false);
}

TEST(item_read_refuses_numbers_in_aws_words)
{
#define NO_NUMBER "The parameter cannot be converted to a numeric value"
	static const struct refusal cases[] = {
		{ "{\"a\":{\"N\":\"\"}}", NO_NUMBER },
		{ "{\"a\":{\"N\":\"b\"}}", NO_NUMBER ": b" },
		{ "{\"a\":{\"NS\":[\"1\",\"\"]}}", NO_NUMBER },
		{ "{\"a\":{\"NS\":[\"1\",\"b\",\"1\"]}}", NO_NUMBER ": b" },
		{ "{\"a\":{\"S\":\"\",\"N\":\"\"}}", NO_NUMBER },
		{ "{\"a\":{\"N\":\"123456789012345678901234567890123456789\"}}",
		  "Attempting to store more than 38 significant digits in a Number" },
		{ "{\"a\":{\"L\":[{\"N\":\"1E126\"}]}}",
		  "Number overflow. Attempting to store a number with magnitude larger than "
		  "supported range" },
		{ "{\"a\":{\"M\":{\"b\":{\"N\":\"1E-131\"}}}}",
		  "Number underflow. Attempting to store a number with magnitude smaller than "
		  "supported range" },
	};

	expect_refused(cases, ARRAY_LEN(cases), /* is_serialization= */ false);
}

TEST(item_read_refuses_json_of_the_wrong_kind)
{
#define ATTRIBUTE_VALUE "com.amazonaws.dynamodb.v20120810.AttributeValue"
	static const struct refusal cases[] = {
		{ "[]",
		  "Unrecognized collection type java.util.Map<java.lang.String, " ATTRIBUTE_VALUE
		  ">" },
		{ "\"a\"", "Unexpected field type" },
		{ "{\"a\":\"b\"}", "Unexpected value type in payload" },
		{ "{\"a\":1}", "Unexpected value type in payload" },
		{ "{\"a\":[]}", "Unrecognized collection type class " ATTRIBUTE_VALUE },
		{ "{\"a\":{\"S\":1}}", "NUMBER_VALUE cannot be converted to String" },
		{ "{\"a\":{\"N\":1.5}}", "DECIMAL_VALUE cannot be converted to String" },
		{ "{\"a\":{\"S\":true}}", "TRUE_VALUE cannot be converted to String" },
		{ "{\"a\":{\"S\":[]}}", "Unrecognized collection type class java.lang.String" },
		{ "{\"a\":{\"S\":{}}}", "Start of structure or map found where not expected" },
		{ "{\"a\":{\"B\":1}}", "only base-64-encoded strings are convertible to bytes" },
		{ "{\"a\":{\"B\":[]}}", "Unrecognized collection type class java.nio.ByteBuffer" },
		{ "{\"a\":{\"B\":\"abc\"}}",
		  "Base64 encoded length is expected a multiple of 4 bytes but found: 3" },
		{ "{\"a\":{\"B\":\"YR==\"}}", "Invalid last non-pad Base64 character dectected" },
		{ "{\"a\":{\"B\":\"a*bc\"}}", "Invalid base 64 character: '*'" },
		{ "{\"a\":{\"BOOL\":1}}", "NUMBER_VALUE cannot be converted to Boolean" },
		{ "{\"a\":{\"BOOL\":\"x\"}}", "Unexpected token received from parser" },
		{ "{\"a\":{\"BOOL\":[]}}", "Unrecognized collection type class java.lang.Boolean" },
		{ "{\"a\":{\"SS\":\"a\"}}", "Unexpected field type" },
		{ "{\"a\":{\"SS\":{}}}", "Start of structure or map found where not expected" },
		{ "{\"a\":{\"NS\":[1]}}", "NUMBER_VALUE cannot be converted to String" },
		{ "{\"a\":{\"L\":{}}}", "Start of structure or map found where not expected" },
		{ "{\"a\":{\"M\":\"x\"}}", "Unexpected field type" },
		{ "{\"a\":{\"M\":[]}}",
		  "Unrecognized collection type java.util.Map<java.lang.String, " ATTRIBUTE_VALUE
		  ">" },
		/* wherever it stands, it is told first */
		{ "{\"a\":{\"N\":\"x\"},\"b\":{\"S\":1}}",
		  "NUMBER_VALUE cannot be converted to String" },
		/* and text that is not JSON at all */
		{ "{\"a\":{\"S\":\"x\"}", "Unexpected token received from parser" },
		{ "{\"a\":{\"S\":\"x\"}} {}", "Unexpected token received from parser" },
		{ "", "Unexpected token received from parser" },
	};

	expect_refused(cases, ARRAY_LEN(cases), /* is_serialization= */ true);
}

/* A value in so many maps, one in the other, or in lists. */
static const char *nested(struct arena *a, int levels, bool in_lists, str value)
{
	struct buf b;

	buf_init(&b, a, 1 << 20);
	buf_put(&b, STR("{\"a\":"));
	for (int i = 0; i < levels; i++)
		buf_put(&b, in_lists ? STR("{\"L\":[") : STR("{\"M\":{\"n\":"));
	buf_put(&b, value);
	for (int i = 0; i < levels; i++)
		buf_put(&b, in_lists ? STR("]}") : STR("}}"));
	buf_put(&b, STR("}"));
	return buf_cstr(&b);
}

TEST(item_read_takes_a_value_in_31_lists_or_maps_and_no_deeper)
{
	struct arena a = { 0 };

	for (int in_lists = 0; in_lists < 2; in_lists++) {
		struct problem p = { .arena = &a };
		struct item item;
		str leaf = STR("{\"S\":\"leaf\"}"), empty = STR("{\"L\":[]}");
		struct refusal deep[] = {
			{ nested(&a, 32, in_lists, leaf), DEEP },
			{ nested(&a, 78, in_lists, leaf), DEEP },
			{ nested(&a, 31, in_lists, empty), DEEP },
		};

		expect(item_read(&p, str_from(nested(&a, 31, in_lists, leaf)), &item));
		expect(item_read(&p, str_from(nested(&a, 30, in_lists, empty)), &item));
		expect_refused(deep, ARRAY_LEN(deep), /* is_serialization= */ false);
	}
	arena_release(&a);
}

/* A set of n texts that are all different but, when `again`, for the first and the last. */
static str large_set(struct arena *a, const char *type, int n, bool again)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	buf_printf(&b, "{\"a\":{\"%s\":[", type);
	for (int i = 0; i < n; i++)
		buf_printf(&b, "%s\"%d\"", i ? "," : "", again && i == n - 1 ? 0 : i);
	buf_put(&b, STR("]}}"));
	return buf_str(&b);
}

/* With 100,000 elements, n log n steps are milliseconds and n times n are half a minute. */
TEST(item_read_finds_duplicates_in_a_large_set_quickly)
{
	static const char *const types[] = { "SS", "NS" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct arena a = { 0 };
		struct problem p = { .arena = &a };
		struct item item, other;
		clock_t start = clock();

		expect(item_read(&p, large_set(&a, types[i], 100000, false), &item));
		expect(item_read(&p, large_set(&a, types[i], 100000, false), &other));
		expect(item_equal(&item, &other));
		expect(!item_read(&p, large_set(&a, types[i], 100000, true), &item));
		expect(str_contains(p.message, STR("contains duplicates")));
		expect(p.message.n < 2000);
		expect((clock() - start) / CLOCKS_PER_SEC < 10);
		arena_release(&a);
	}
}

TEST(item_read_drops_earlier_attributes_of_a_large_map_quickly)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct item item;
	struct buf b;
	clock_t start = clock();

	buf_init(&b, &a, SIZE_MAX);
	buf_put(&b, STR("{\"0\":{\"N\":\"-1\"}"));
	for (int i = 0; i < 60000; i++)
		buf_printf(&b, ",\"%d\":{\"N\":\"%d\"}", i, i);
	buf_put(&b, STR("}"));
	expect(item_read(&p, buf_str(&b), &item));
	expect_int(item.n, 60000);
	expect(!item_find(&item, STR("0"))->as.number->negative);
	expect((clock() - start) / CLOCKS_PER_SEC < 10);
	arena_release(&a);
}

TEST(item_read_stops_at_what_no_item_can_hold)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct item item;
	struct buf b;
	size_t before;

	buf_init(&b, &a, SIZE_MAX);
	buf_put(&b, STR("{\"a\":{\"L\":["));
	for (int i = 0; i < 1000000; i++)
		buf_put(&b, i ? STR(",{\"N\":\"1\"}") : STR("{\"N\":\"1\"}"));
	buf_put(&b, STR("]}}"));
	before = a.total;
	expect(!item_read(&p, buf_str(&b), &item));
	expect_str(p.message, "Item size has exceeded the maximum allowed size");
	expect(a.total - before < 64 * 1024 * 1024);
	arena_release(&a);
}

TEST(value_read_takes_one_value)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct value value;

	expect(value_read(&p, STR("{\"S\":\"a\"}"), &value));
	expect_int(value.type, VALUE_S);
	expect(!value_read(&p, STR("{\"S\":\"a\"} x"), &value));
	expect(p.is_serialization);
	arena_release(&a);
}

TESTS({
	RUN(item_read_refuses_values_that_are_none),
	RUN(item_read_refuses_numbers_in_aws_words),
	RUN(item_read_refuses_json_of_the_wrong_kind),
	RUN(item_read_takes_a_value_in_31_lists_or_maps_and_no_deeper),
	RUN(item_read_finds_duplicates_in_a_large_set_quickly),
	RUN(item_read_drops_earlier_attributes_of_a_large_map_quickly),
	RUN(item_read_stops_at_what_no_item_can_hold),
	RUN(value_read_takes_one_value),
})
