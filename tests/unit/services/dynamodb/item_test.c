#include "services/dynamodb/item.h"

#include "check.h"

static struct item read(struct arena *a, const char *json)
{
	struct problem p = { .arena = a };
	struct item item;

	if (!item_read(&p, str_from(json), &item))
		fail_msg("%s: %.*s", json, STR_ARG(p.message));
	return item;
}

static struct value read_one(struct arena *a, const char *json)
{
	struct problem p = { .arena = a };
	struct value value;

	if (!value_read(&p, str_from(json), &value))
		fail_msg("%s: %.*s", json, STR_ARG(p.message));
	return value;
}

static str text_of(struct arena *a, const char *json)
{
	struct item item = read(a, json);

	return item_text(a, &item);
}

TEST(value_type_names_are_those_of_the_wire_and_back)
{
	for (int type = VALUE_S; type < VALUE_TYPES; type++)
		expect_int(value_type_from_name(value_type_name((enum value_type)type)), type);
	expect_int(value_type_from_name(STR("X")), VALUE_NONE);
	expect_int(value_type_from_name(STR("")), VALUE_NONE);
	expect_int(value_type_from_name(STR("NUL")), VALUE_NONE);
}

TEST(item_text_is_normal)
{
	static const struct {
		const char *given, *text;
	} cases[] = {
		{ "{}", "{}" },
		{ " { \"a\" : { \"S\" : \"x\" } } ", "{\"a\":{\"S\":\"x\"}}" },
		{ "{\"a\":{\"N\":\"01.50e1\"}}", "{\"a\":{\"N\":\"15\"}}" },
		{ "{\"a\":{\"S\":\"\\u0041\\n\\u0000\\u00e9\"}}",
		  "{\"a\":{\"S\":\"A\\n\\u0000\xc3\xa9\"}}" },
		/* sets in their own order: by number, by bytes */
		{ "{\"a\":{\"NS\":[\"10\",\"2\",\"-1\",\"1.0\"]}}",
		  "{\"a\":{\"NS\":[\"-1\",\"1\",\"2\",\"10\"]}}" },
		{ "{\"a\":{\"SS\":[\"b\",\"a\",\"\",\"B\",\"ab\"]}}",
		  "{\"a\":{\"SS\":[\"\",\"B\",\"a\",\"ab\",\"b\"]}}" },
		{ "{\"a\":{\"BS\":[\"AQ==\",\"\",\"/w==\",\"AQA=\"]}}",
		  "{\"a\":{\"BS\":[\"\",\"AQ==\",\"AQA=\",\"/w==\"]}}" },
		{ "{\"a\":{\"B\":\"AQI=\"},\"b\":{\"B\":\"\"}}",
		  "{\"a\":{\"B\":\"AQI=\"},\"b\":{\"B\":\"\"}}" },
		{ "{\"a\":{\"NULL\":true},\"b\":{\"BOOL\":false}}",
		  "{\"a\":{\"NULL\":true},\"b\":{\"BOOL\":false}}" },
		{ "{\"a\":{\"L\":[{\"M\":{}},{\"L\":[]},{\"SS\":[\"\"]}]}}",
		  "{\"a\":{\"L\":[{\"M\":{}},{\"L\":[]},{\"SS\":[\"\"]}]}}" },
		/* the last of one name counts, and one that is null or unknown does not */
		{ "{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"2\"},\"a\":{\"S\":\"3\"}}",
		  "{\"b\":{\"S\":\"2\"},\"a\":{\"S\":\"3\"}}" },
		{ "{\"a\":{\"S\":null,\"N\":\"1\",\"Other\":[{}]}}", "{\"a\":{\"N\":\"1\"}}" },
		{ "{\"a\":{\"BOOL\":\"TRUE\"},\"b\":{\"BOOL\":\"no\"}}",
		  "{\"a\":{\"BOOL\":true},\"b\":{\"BOOL\":false}}" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str text = text_of(&a, cases[i].given);
		struct item again;

		expect_str(text, cases[i].text);
		item_load(&a, text, &again);
		expect_str(item_text(&a, &again), cases[i].text);
	}
	arena_release(&a);
}

TEST(item_find_set_and_remove)
{
	struct arena a = { 0 };
	struct item item = read(&a, "{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"2\"}}"), before = item;
	struct value value = read_one(&a, "{\"N\":\"3\"}");

	expect(item_find(&item, STR("b")) && !item_find(&item, STR("bb")));
	item_set(&a, &item, STR("c"), &value);
	item_set(&a, &item, STR("a"), &value);
	expect_str(item_text(&a, &item),
	           "{\"a\":{\"N\":\"3\"},\"b\":{\"S\":\"2\"},\"c\":{\"N\":\"3\"}}");
	expect_str(item_text(&a, &before), "{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"2\"}}");
	expect(item_remove(&item, STR("b")) && !item_remove(&item, STR("b")));
	expect_str(item_text(&a, &item), "{\"a\":{\"N\":\"3\"},\"c\":{\"N\":\"3\"}}");
	arena_release(&a);
}

TEST(item_size_is_what_aws_counts)
{
	static const struct {
		const char *json;
		int64_t size;
	} cases[] = {
		{ "{}", 0 },
		{ "{\"pk\":{\"S\":\"k\"}}", 3 },
		{ "{\"\xc2\xa3\":{\"S\":\"\"}}", 2 },
		{ "{\"a\":{\"N\":\"3.14159\"}}", 6 },
		{ "{\"a\":{\"B\":\"AQID\"}}", 4 },
		{ "{\"a\":{\"BOOL\":true},\"b\":{\"NULL\":true}}", 4 },
		{ "{\"a\":{\"SS\":[\"ab\",\"c\"]},\"b\":{\"NS\":[\"1\",\"22\"]}}", 9 },
		{ "{\"a\":{\"L\":[]}}", 4 },
		{ "{\"a\":{\"L\":[{\"S\":\"xy\"},{\"N\":\"1\"}]}}", 1 + 3 + 2 + 2 + 2 },
		{ "{\"a\":{\"M\":{\"key\":{\"S\":\"xy\"}}}}", 1 + 3 + 1 + 3 + 2 },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct item item = read(&a, cases[i].json);

		expect_int(item_size(&item), cases[i].size);
	}
	arena_release(&a);
}

TEST(value_equal_knows_no_order_in_sets_and_maps)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "{\"S\":\"a\"}", "{\"S\":\"a\"}", true },
		{ "{\"S\":\"a\"}", "{\"B\":\"YQ==\"}", false },
		{ "{\"N\":\"1\"}", "{\"N\":\"1.00\"}", true },
		{ "{\"BOOL\":true}", "{\"BOOL\":false}", false },
		{ "{\"NULL\":true}", "{\"NULL\":true}", true },
		{ "{\"SS\":[\"a\",\"b\"]}", "{\"SS\":[\"b\",\"a\"]}", true },
		{ "{\"SS\":[\"a\",\"b\"]}", "{\"SS\":[\"b\",\"c\"]}", false },
		{ "{\"SS\":[\"a\"]}", "{\"SS\":[\"b\",\"a\"]}", false },
		{ "{\"NS\":[\"1\",\"2\"]}", "{\"NS\":[\"2.0\",\"1e0\"]}", true },
		{ "{\"BS\":[\"AQ==\",\"\"]}", "{\"BS\":[\"\",\"AQ==\"]}", true },
		{ "{\"L\":[{\"S\":\"a\"},{\"S\":\"b\"}]}", "{\"L\":[{\"S\":\"b\"},{\"S\":\"a\"}]}",
		  false },
		{ "{\"L\":[{\"SS\":[\"a\",\"b\"]}]}", "{\"L\":[{\"SS\":[\"b\",\"a\"]}]}", true },
		{ "{\"L\":[]}", "{\"L\":[{\"S\":\"\"}]}", false },
		{ "{\"M\":{\"x\":{\"S\":\"1\"},\"y\":{\"S\":\"2\"}}}",
		  "{\"M\":{\"y\":{\"S\":\"2\"},\"x\":{\"S\":\"1\"}}}", true },
		{ "{\"M\":{\"x\":{\"S\":\"1\"},\"y\":{\"S\":\"2\"}}}",
		  "{\"M\":{\"y\":{\"S\":\"1\"},\"x\":{\"S\":\"2\"}}}", false },
		{ "{\"M\":{\"x\":{\"S\":\"1\"}}}",
		  "{\"M\":{\"x\":{\"S\":\"1\"},\"y\":{\"S\":\"2\"}}}", false },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct value first = read_one(&a, cases[i].a), second = read_one(&a, cases[i].b);

		expect_int(value_equal(&first, &second), cases[i].equal);
		expect_int(value_equal(&second, &first), cases[i].equal);
	}
	arena_release(&a);
}

TEST(value_contains_element_of_a_set_or_a_list)
{
	struct arena a = { 0 };
	struct value set = read_one(&a, "{\"NS\":[\"1\",\"2\"]}");
	struct value list = read_one(&a, "{\"L\":[{\"S\":\"a\"},{\"L\":[{\"N\":\"2\"}]}]}");
	struct value two = read_one(&a, "{\"N\":\"2.0\"}"), three = read_one(&a, "{\"N\":\"3\"}");
	struct value inner = read_one(&a, "{\"L\":[{\"N\":\"2\"}]}");

	expect(value_contains_element(&set, &two) && !value_contains_element(&set, &three));
	expect(value_contains_element(&list, &inner) && !value_contains_element(&list, &two));
	expect(!value_contains_element(&two, &two));
	arena_release(&a);
}

TEST(item_copy_does_not_share_what_an_update_changes)
{
	struct arena a = { 0 };
	const char *json =
		"{\"l\":{\"L\":[{\"M\":{\"x\":{\"N\":\"1\"}}}]},\"s\":{\"SS\":[\"a\",\"b\"]}}";
	struct item item = read(&a, json), copy = item_copy(&a, &item);

	copy.items[0].value.as.list.items[0].as.map.items[0].name = STR("changed");
	copy.items[1].value.as.list.items[0].as.text = STR("changed");
	item_remove(&copy, STR("s"));
	expect_str(item_text(&a, &item), json);
	arena_release(&a);
}

TESTS({
	RUN(value_type_names_are_those_of_the_wire_and_back),
	RUN(item_text_is_normal),
	RUN(item_find_set_and_remove),
	RUN(item_size_is_what_aws_counts),
	RUN(value_equal_knows_no_order_in_sets_and_maps),
	RUN(value_contains_element_of_a_set_or_a_list),
	RUN(item_copy_does_not_share_what_an_update_changes),
})
