#include "services/dynamodb/key.h"

#include "check.h"

#define INVALID   "One or more parameter values were invalid: "
#define NOT_VALID "One or more parameter values are not valid. "
#define NO_MATCH  "The provided key element does not match the schema"
#define TOO_LONG  INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes"

static const struct key_schema hash_only = {
	.hash = { { STR_INIT("id"), VALUE_S } },
	.hash_count = 1,
};

static const struct key_schema with_range = {
	.hash = { { STR_INIT("id"), VALUE_S } },
	.hash_count = 1,
	.range = { { STR_INIT("at"), VALUE_N } },
	.range_count = 1,
};

static const struct key_schema text_range = {
	.hash = { { STR_INIT("id"), VALUE_B } },
	.hash_count = 1,
	.range = { { STR_INIT("name"), VALUE_S } },
	.range_count = 1,
};

/* A global index by owner, then place and score. */
static const struct key_schema global = {
	.hash = { { STR_INIT("owner"), VALUE_S } },
	.hash_count = 1,
	.range = { { STR_INIT("place"), VALUE_S }, { STR_INIT("at"), VALUE_N } },
	.range_count = 2,
};

static struct item read(struct arena *a, const char *json)
{
	struct problem p = { .arena = a };
	struct item item;

	expect(item_read(&p, str_from(json), &item));
	return item;
}

/* {"NAME":{"S":"aaa…"}}, with so many of them, behind the rest of an item. */
static const char *long_text(struct arena *a, const char *rest, const char *name, int n)
{
	str text = { arena_alloc(a, (size_t)n), (size_t)n };

	memset((char *)text.p, 'a', text.n);
	return arena_cstr(
		a, arena_printf(a, "{%s\"%s\":{\"S\":\"%.*s\"}}", rest, name, STR_ARG(text)));
}

TEST(key_check_takes_exactly_the_attributes_of_the_schema)
{
	struct arena a = { 0 };
	const struct {
		const struct key_schema *schema;
		const char *json, *message; /* NULL: good */
	} cases[] = {
		{ &hash_only, "{\"id\":{\"S\":\"a\"}}", NULL },
		{ &with_range, "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":\"0\"}}", NULL },
		{ &hash_only, "{}", NO_MATCH },
		{ &hash_only, "{\"other\":{\"S\":\"a\"}}", NO_MATCH },
		{ &hash_only, "{\"id\":{\"N\":\"1\"}}", NO_MATCH },
		{ &hash_only, "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":\"1\"}}", NO_MATCH },
		{ &with_range, "{\"id\":{\"S\":\"a\"}}", NO_MATCH },
		{ &with_range, "{\"id\":{\"S\":\"a\"},\"at\":{\"S\":\"1\"}}", NO_MATCH },
		{ &hash_only, "{\"id\":{\"S\":\"\"}}",
		  NOT_VALID "The AttributeValue for a key attribute cannot contain an empty string "
		            "value. Key: id" },
		{ &text_range, "{\"id\":{\"B\":\"\"},\"name\":{\"S\":\"a\"}}",
		  NOT_VALID "The AttributeValue for a key attribute cannot contain an empty binary "
		            "value. Key: id" },
		{ &hash_only, long_text(&a, "", "id", 2048), NULL },
		{ &hash_only, long_text(&a, "", "id", 2049), TOO_LONG },
		{ &text_range, long_text(&a, "\"id\":{\"B\":\"AQ==\"},", "name", 1024), NULL },
		{ &text_range, long_text(&a, "\"id\":{\"B\":\"AQ==\"},", "name", 1025),
		  INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 "
		          "bytes" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };
		struct item key = read(&a, cases[i].json);

		expect_int(key_check(&p, cases[i].schema, &key), !cases[i].message);
		expect_str(p.message, cases[i].message ? cases[i].message : "");
	}
	arena_release(&a);
}

TEST(key_check_of_item_names_the_attribute)
{
	struct arena a = { 0 };
	const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":\"0\"},\"x\":{\"N\":\"1\"}}", NULL },
		{ "{\"at\":{\"N\":\"0\"}}", INVALID "Missing the key id in the item" },
		{ "{\"id\":{\"S\":\"a\"}}", INVALID "Missing the key at in the item" },
		{ "{\"id\":{\"NULL\":true},\"at\":{\"N\":\"0\"}}",
		  INVALID "Type mismatch for key id expected: S actual: NULL" },
		{ "{\"id\":{\"S\":\"\"},\"at\":{\"N\":\"0\"}}",
		  NOT_VALID "The AttributeValue for a key attribute cannot contain an empty string "
		            "value. Key: id" },
		{ long_text(&a, "\"at\":{\"N\":\"0\"},", "id", 2049), TOO_LONG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };
		struct item item = read(&a, cases[i].json);

		expect_int(key_check_of_item(&p, &with_range, &item), !cases[i].message);
		expect_str(p.message, cases[i].message ? cases[i].message : "");
	}
	arena_release(&a);
}

TEST(key_check_in_index_takes_items_that_lack_the_attributes)
{
	struct arena a = { 0 };
	const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"id\":{\"S\":\"a\"}}", NULL },
		{ "{\"owner\":{\"S\":\"a\"},\"at\":{\"N\":\"1\"}}", NULL },
		{ "{\"owner\":{\"NULL\":true}}",
		  INVALID "Type mismatch for Index Key owner Expected: S Actual: NULL IndexName: "
		          "by-owner" },
		{ "{\"at\":{\"S\":\"1\"}}",
		  INVALID "Type mismatch for Index Key at Expected: N Actual: S IndexName: "
		          "by-owner" },
		{ "{\"place\":{\"S\":\"\"}}", NOT_VALID
		  "A value specified for a secondary index key is not supported. The "
		  "AttributeValue for a key attribute cannot contain an empty string value. "
		  "IndexName: by-owner, IndexKey: place" },
		{ long_text(&a, "", "owner", 2049), TOO_LONG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };
		struct item item = read(&a, cases[i].json);

		expect_int(key_check_in_index(&p, &global, STR("by-owner"), &item),
		           !cases[i].message);
		expect_str(p.message, cases[i].message ? cases[i].message : "");
	}
	arena_release(&a);
}

/* Texts in their order, some of which start others and some of which have zero bytes. */
TEST(key_texts_compare_as_they_are_encoded)
{
	static const str ascending[] = {
		STR_INIT("\0"),     STR_INIT("\0\0"),     STR_INIT("\0\0a"),    STR_INIT("\0\1"),
		STR_INIT("\0\xff"), STR_INIT("\1"),       STR_INIT("a"),        STR_INIT("a\0"),
		STR_INIT("a\0\0"),  STR_INIT("a\0b"),     STR_INIT("a\0\xff"),  STR_INIT("a\1"),
		STR_INIT("aa"),     STR_INIT("b"),        STR_INIT("\xc3\xa9"), STR_INIT("\xff"),
		STR_INIT("\xff\0"), STR_INIT("\xff\xff"),
	};
	struct arena a = { 0 };

	for (int i = 0; i < (int)ARRAY_LEN(ascending); i++) {
		for (int k = 0; k < (int)ARRAY_LEN(ascending); k++) {
			struct value x = { .type = VALUE_B, .as.text = ascending[i] };
			struct value y = { .type = VALUE_B, .as.text = ascending[k] };
			struct buf first, second;
			int order;

			buf_init(&first, &a, KEY_TEXT_MAX);
			buf_init(&second, &a, KEY_TEXT_MAX);
			key_put_value(&first, &x);
			key_put_value(&second, &y);
			/* whatever comes behind them */
			buf_put(&first, STR("\xff"));
			buf_put(&second, STR("\0"));
			order = str_cmp(buf_str(&first), buf_str(&second));
			if (i != k)
				expect_int(order > 0, i > k);
		}
	}
	arena_release(&a);
}

TEST(key_put_value_prefix_starts_the_keys_of_all_texts_that_begin_so)
{
	struct arena a = { 0 };
	struct value prefix = { .type = VALUE_B, .as.text = STR("a\0") };
	struct value longer = { .type = VALUE_B, .as.text = STR("a\0z") };
	struct value other = { .type = VALUE_B, .as.text = STR("a\1") };
	struct buf start, whole, same, different;

	buf_init(&start, &a, KEY_TEXT_MAX);
	buf_init(&whole, &a, KEY_TEXT_MAX);
	buf_init(&same, &a, KEY_TEXT_MAX);
	buf_init(&different, &a, KEY_TEXT_MAX);
	key_put_value_prefix(&start, &prefix);
	key_put_value(&whole, &longer);
	key_put_value(&same, &prefix);
	key_put_value(&different, &other);
	expect(str_starts(buf_str(&whole), buf_str(&start)));
	expect(str_starts(buf_str(&same), buf_str(&start)));
	expect(!str_starts(buf_str(&different), buf_str(&start)));
	arena_release(&a);
}

TEST(key_encode_is_the_hash_the_partition_key_and_the_sort_key)
{
	struct arena a = { 0 };
	struct item item =
		read(&a, "{\"at\":{\"N\":\"7\"},\"x\":{\"S\":\"y\"},\"id\":{\"S\":\"a\"}}");
	const struct value *id = item_find(&item, STR("id")), *at = item_find(&item, STR("at"));
	uint32_t hash = key_hash(&with_range, id);
	struct buf b;
	str key = key_encode(&a, &with_range, &item);

	buf_init(&b, &a, KEY_TEXT_MAX);
	key_put_hash(&b, &with_range, id);
	expect(str_starts(key, buf_str(&b)));
	expect_int((unsigned char)key.p[0], hash >> 24);
	expect_int((unsigned char)key.p[3], hash & 0xff);
	key_put_value(&b, at);
	expect(str_eq(key, buf_str(&b)));
	arena_release(&a);
}

TEST(key_in_an_index_goes_on_with_what_the_table_has_besides)
{
	struct arena a = { 0 };
	struct item item = read(&a, "{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"},"
	                            "\"owner\":{\"S\":\"o\"},\"place\":{\"S\":\"p\"}}");
	struct buf b;
	str key;

	buf_init(&b, &a, KEY_TEXT_MAX);
	key_put_hash(&b, &global, item_find(&item, STR("owner")));
	key_put_value(&b, item_find(&item, STR("place")));
	key_put_value(&b, item_find(&item, STR("at")));
	key_put_value(&b, item_find(&item, STR("id")));
	expect(key_encode_in_index(&a, &global, &with_range, &item, &key));
	expect(str_eq(key, buf_str(&b)));
	arena_release(&a);
}

TEST(key_in_an_index_is_none_when_an_attribute_is_missing_or_unfit)
{
	static const char *const items[] = {
		"{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"},\"owner\":{\"S\":\"o\"}}",
		"{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"},\"owner\":{\"S\":\"\"},\"place\":{\"S\":\"p\"}}",
		"{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"},\"owner\":{\"S\":\"o\"},\"place\":{\"N\":\"1\"}}",
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		struct item item = read(&a, items[i]);
		str key;

		expect(!key_encode_in_index(&a, &global, &with_range, &item, &key));
	}
	arena_release(&a);
}

TEST(key_of_item_has_the_attributes_of_the_index_first_and_none_twice)
{
	struct arena a = { 0 };
	struct item item = read(&a, "{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"},\"x\":{\"S\":\"\"},"
	                            "\"owner\":{\"S\":\"o\"},\"place\":{\"S\":\"p\"}}");
	struct item of_table = key_of_item(&a, NULL, &with_range, &item);
	struct item of_index = key_of_item(&a, &global, &with_range, &item);

	expect_str(item_text(&a, &of_table), "{\"id\":{\"S\":\"i\"},\"at\":{\"N\":\"7\"}}");
	expect_str(item_text(&a, &of_index),
	           "{\"owner\":{\"S\":\"o\"},\"place\":{\"S\":\"p\"},\"at\":{\"N\":\"7\"},"
	           "\"id\":{\"S\":\"i\"}}");
	arena_release(&a);
}

TEST(key_schema_comes_back_from_its_text)
{
	struct arena a = { 0 };
	struct key_schema back;
	str text = key_schema_to_text(&a, &global);

	expect_str(text, "[\"HSowner\",\"RSplace\",\"RNat\"]");
	key_schema_from_text(&a, text, &back);
	expect_int(back.hash_count, 1);
	expect_int(back.range_count, 2);
	expect_str(back.range[1].name, "at");
	expect_int(back.range[1].type, VALUE_N);
	expect(key_schema_has(&back, STR("place")) && !key_schema_has(&back, STR("plac")));
	arena_release(&a);
}

/* A scan in four segments is to find about a quarter of the partitions in each. */
TEST(key_hash_spreads_partitions_evenly)
{
	static const char *const starts[] = { "", "user#", "2024-01-01T00:00:" };

	for (size_t start = 0; start < ARRAY_LEN(starts); start++) {
		struct arena a = { 0 };
		int counts[4] = { 0 };

		for (int i = 0; i < 10000; i++) {
			struct value id = { .type = VALUE_S };

			id.as.text = arena_printf(&a, "%s%d", starts[start], i);
			counts[key_hash(&hash_only, &id) >> 30]++;
		}
		for (int k = 0; k < 4; k++)
			expect(counts[k] > 2300 && counts[k] < 2700);
		arena_release(&a);
	}
}

TESTS({
	RUN(key_check_takes_exactly_the_attributes_of_the_schema),
	RUN(key_check_of_item_names_the_attribute),
	RUN(key_check_in_index_takes_items_that_lack_the_attributes),
	RUN(key_texts_compare_as_they_are_encoded),
	RUN(key_put_value_prefix_starts_the_keys_of_all_texts_that_begin_so),
	RUN(key_encode_is_the_hash_the_partition_key_and_the_sort_key),
	RUN(key_in_an_index_goes_on_with_what_the_table_has_besides),
	RUN(key_in_an_index_is_none_when_an_attribute_is_missing_or_unfit),
	RUN(key_of_item_has_the_attributes_of_the_index_first_and_none_twice),
	RUN(key_schema_comes_back_from_its_text),
	RUN(key_hash_spreads_partitions_evenly),
})
