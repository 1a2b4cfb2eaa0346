#include "services/dynamodb/fingerprint.h"

#include "check.h"

static str of_item(struct arena *a, const char *json)
{
	struct problem p = { .arena = a };
	struct fingerprint f;
	struct item item;

	expect(item_read(&p, str_from(json), &item));
	fingerprint_init(&f, a);
	fingerprint_item(&f, &item);
	return fingerprint_end(&f);
}

TEST(fingerprint_is_the_same_however_maps_and_sets_are_ordered_and_numbers_written)
{
	const char *cases[][2] = {
		{ "{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"2\"}}",
		  " { \"b\" : {\"S\":\"2\"}, \"a\" : {\"S\":\"1\"} }" },
		{ "{\"a\":{\"M\":{\"x\":{\"N\":\"1\"},\"y\":{\"NULL\":true}}}}",
		  "{\"a\":{\"M\":{\"y\":{\"NULL\":true},\"x\":{\"N\":\"1.0\"}}}}" },
		{ "{\"a\":{\"SS\":[\"p\",\"q\"]}}", "{\"a\":{\"SS\":[\"q\",\"p\"]}}" },
		{ "{\"a\":{\"NS\":[\"10\",\"2\"]}}", "{\"a\":{\"NS\":[\"2\",\"1e1\"]}}" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(str_eq(of_item(&a, cases[i][0]), of_item(&a, cases[i][1])));
	arena_release(&a);
}

TEST(fingerprint_tells_items_apart)
{
	const char *cases[] = {
		"{}",
		"{\"a\":{\"S\":\"\"}}",
		"{\"a\":{\"S\":\"1\"}}",
		"{\"a\":{\"N\":\"1\"}}",
		"{\"a\":{\"N\":\"-1\"}}",
		"{\"a\":{\"B\":\"MQ==\"}}",
		"{\"a\":{\"BOOL\":true}}",
		"{\"a\":{\"BOOL\":false}}",
		"{\"a\":{\"NULL\":true}}",
		"{\"a\":{\"SS\":[\"1\"]}}",
		"{\"a\":{\"NS\":[\"1\"]}}",
		"{\"a\":{\"L\":[]}}",
		"{\"a\":{\"M\":{}}}",
		"{\"a\":{\"L\":[{\"S\":\"1\"},{\"S\":\"2\"}]}}",
		"{\"a\":{\"L\":[{\"S\":\"2\"},{\"S\":\"1\"}]}}",
		"{\"a\":{\"L\":[{\"S\":\"12\"}]}}",
		"{\"a\":{\"L\":[{\"L\":[{\"S\":\"1\"}]}]}}",
		"{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"1\"}}",
		"{\"a\":{\"S\":\"1b\"}}",
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t j = 0; j < i; j++)
			expect(!str_eq(of_item(&a, cases[i]), of_item(&a, cases[j])));
	arena_release(&a);
}

static str of_texts(struct arena *a, str first, str second)
{
	struct fingerprint f;

	fingerprint_init(&f, a);
	fingerprint_text(&f, first);
	fingerprint_text(&f, second);
	return fingerprint_end(&f);
}

TEST(fingerprint_tells_where_a_text_ends_and_whether_there_is_one)
{
	struct arena a = { 0 };

	expect(!str_eq(of_texts(&a, STR("ab"), STR("c")), of_texts(&a, STR("a"), STR("bc"))));
	expect(!str_eq(of_texts(&a, STR_NULL, STR("a")), of_texts(&a, STR(""), STR("a"))));
	expect(str_eq(of_texts(&a, STR_NULL, STR("a")), of_texts(&a, STR_NULL, STR("a"))));
	arena_release(&a);
}

TEST(fingerprint_of_names_and_values_does_not_see_their_order)
{
	struct dynamodb_expression_attribute_name_map_map_entry names[] = {
		{ STR("#a"), STR("x") },
		{ STR("#b"), STR("y") },
	};
	struct dynamodb_expression_attribute_value_map_map_entry values[] = {
		{ STR(":a"), STR("{\"N\":\"1\"}") },
		{ STR(":b"), STR("{\"S\":\"y\"}") },
	};
	struct dynamodb_expression_attribute_name_map name_map = { names, 2 };
	struct dynamodb_expression_attribute_value_map value_map = { values, 2 };
	struct arena a = { 0 };
	str hashes[3];

	for (int i = 0; i < 3; i++) {
		struct fingerprint f;

		fingerprint_init(&f, &a);
		fingerprint_names(&f, &name_map);
		fingerprint_values(&f, &value_map);
		hashes[i] = fingerprint_end(&f);
		if (!i) {
			names[0] = names[1];
			names[1].key = STR("#a");
			names[1].value = STR("x");
			values[0] = values[1];
			values[1].key = STR(":a");
			values[1].value = STR("{\"N\":\"1.00\"}");
		} else {
			values[1].value = STR("{\"N\":\"2\"}");
		}
	}
	expect(str_eq(hashes[0], hashes[1]));
	expect(!str_eq(hashes[1], hashes[2]));
	arena_release(&a);
}

TESTS({
	RUN(fingerprint_is_the_same_however_maps_and_sets_are_ordered_and_numbers_written),
	RUN(fingerprint_tells_items_apart),
	RUN(fingerprint_tells_where_a_text_ends_and_whether_there_is_one),
	RUN(fingerprint_of_names_and_values_does_not_see_their_order),
})
