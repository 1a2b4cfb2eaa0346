#include "services/dynamodb/get.h"

#include "check.h"

static str key_text(struct arena *a, const char *json)
{
	struct problem p = { .arena = a };
	struct item key;

	expect(item_read(&p, str_from(json), &key));
	return get_key_text(a, &key);
}

TEST(get_key_text_is_the_same_for_equal_keys)
{
	struct arena a = { 0 };
	str one = key_text(&a, "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":\"10\"}}");

	expect(str_eq(one,
	              key_text(&a, "{ \"at\": {\"N\":\"1e1\"}, \"id\":{\"S\":\"\\u0061\"} }")));
	expect(!str_eq(one, key_text(&a, "{\"id\":{\"S\":\"a\"},\"at\":{\"N\":\"11\"}}")));
	expect(!str_eq(one, key_text(&a, "{\"id\":{\"S\":\"a\"},\"at\":{\"S\":\"10\"}}")));
	expect(!str_eq(one, key_text(&a, "{\"id\":{\"S\":\"a\"}}")));
	arena_release(&a);
}

TEST(get_are_distinct_finds_two_of_the_same_wherever_they_are)
{
	str texts[] = { STR("b"), STR("a"), STR("c"), STR("a") };

	expect(get_are_distinct(texts, 0));
	expect(get_are_distinct(texts, 1));
	expect(get_are_distinct(texts, 3));
	texts[0] = texts[3] = STR("a");
	expect(!get_are_distinct(texts, 4));
}

TEST(projection_spares_keys_refuses_paths_into_keys)
{
	static struct index index = { .keys = { .hash = { { STR_INIT("kind"), VALUE_S } },
		                                .hash_count = 1 } };
	static const struct table t = { .keys = { .hash = { { STR_INIT("id"), VALUE_S } },
		                                  .hash_count = 1 },
		                        .indexes = &index,
		                        .index_count = 1 };
	static const struct {
		const char *projection, *message;
	} cases[] = {
		{ "id, kind, rest.x, more[1]", NULL },
		{ "rest, id.x", "Key attributes must be scalars; list random access '[]' and map "
		                "lookup '.' are not allowed: Key: id" },
		{ "kind[0]",
		  "Key attributes must be scalars; list random access '[]' and map lookup "
		  "'.' are not allowed: IndexKey: kind" },
	};
	static const struct dynamodb_expression_attribute_name_map no_names;
	static const struct dynamodb_attribute_name_list no_attributes;
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };
		struct get get;

		expect(get_parse(&p, str_from(cases[i].projection), &no_names, &no_attributes,
		                 &get));
		expect_int(get_bind(&p, &t, &get), !cases[i].message);
		if (cases[i].message)
			expect_str(p.message, cases[i].message);
	}
	arena_release(&a);
}

TESTS({
	RUN(get_key_text_is_the_same_for_equal_keys),
	RUN(get_are_distinct_finds_two_of_the_same_wherever_they_are),
	RUN(projection_spares_keys_refuses_paths_into_keys),
})
