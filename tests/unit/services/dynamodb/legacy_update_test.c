#include "services/dynamodb/expressions.h"

static str apply(const char *item, const char *action, const char *value, struct item *ret)
{
	struct dynamodb_attribute_value_update given = { str_from(value), str_from(action) };
	struct dynamodb_attribute_updates_map_entry entry = { STR("a"), &given };
	struct dynamodb_attribute_updates map = { &entry, 1 };
	struct problem p = { .arena = &arena };
	struct item old = item_of(item);
	struct update *u;

	if (update_from_attribute_updates(&p, &map, &u))
		update_apply(&p, u, &old, ret);
	return p.message;
}

TEST(attribute_updates_change_an_item)
{
	static const struct {
		const char *item, *action, *value, *want;
	} cases[] = {
		{ "{}", NULL, "{\"S\":\"x\"}", "{\"a\":{\"S\":\"x\"}}" },
		{ "{\"a\":{\"N\":\"1\"}}", "PUT", "{\"S\":\"x\"}", "{\"a\":{\"S\":\"x\"}}" },
		{ "{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}", "DELETE", NULL,
		  "{\"b\":{\"N\":\"2\"}}" },
		{ "{\"b\":{\"N\":\"2\"}}", "DELETE", NULL, "{\"b\":{\"N\":\"2\"}}" },
		{ "{\"a\":{\"SS\":[\"x\",\"y\"]}}", "DELETE", "{\"SS\":[\"x\"]}",
		  "{\"a\":{\"SS\":[\"y\"]}}" },
		{ "{\"a\":{\"SS\":[\"x\"]}}", "DELETE", "{\"SS\":[\"x\"]}", "{}" },
		{ "{\"a\":{\"N\":\"1\"}}", "ADD", "{\"N\":\"-3.5\"}", "{\"a\":{\"N\":\"-2.5\"}}" },
		{ "{}", "ADD", "{\"N\":\"3\"}", "{\"a\":{\"N\":\"3\"}}" },
		{ "{\"a\":{\"NS\":[\"1\"]}}", "ADD", "{\"NS\":[\"1.0\",\"2\"]}",
		  "{\"a\":{\"NS\":[\"1\",\"2\"]}}" },
		{ "{\"a\":{\"L\":[{\"N\":\"1\"}]}}", "ADD", "{\"L\":[{\"S\":\"x\"}]}",
		  "{\"a\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}]}}" },
		{ "{}", "ADD", "{\"L\":[{\"S\":\"x\"}]}", "{\"a\":{\"L\":[{\"S\":\"x\"}]}}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct item new = { 0 };

		expect_str(apply(cases[i].item, cases[i].action, cases[i].value, &new), "");
		expect_item(&new, cases[i].want);
	}
}

#define INVALID "One or more parameter values were invalid: "

TEST(attribute_updates_that_cannot_be_are_refused)
{
	static const struct {
		const char *item, *action, *value, *message;
	} cases[] = {
		{ "{}", "PUT", NULL,
		  INVALID "Only DELETE action is allowed when no attribute value is specified" },
		{ "{}", NULL, NULL,
		  INVALID "Only DELETE action is allowed when no attribute value is specified" },
		{ "{}", "DELETE", "{\"S\":\"x\"}",
		  INVALID "DELETE action with value is not supported for the type S" },
		{ "{}", "ADD", "{\"S\":\"x\"}",
		  INVALID "ADD action is not supported for the type S" },
		{ "{\"a\":{\"S\":\"x\"}}", "ADD", "{\"N\":\"1\"}",
		  "Type mismatch for attribute to update" },
		{ "{\"a\":{\"SS\":[\"1\"]}}", "DELETE", "{\"NS\":[\"1\"]}",
		  "Type mismatch for attribute to update" },
		{ "{}", "PUT", "{\"N\":\"x\"}",
		  "The parameter cannot be converted to a numeric value: x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct item new;

		expect_str(apply(cases[i].item, cases[i].action, cases[i].value, &new),
		           cases[i].message);
	}
}

TEST(attribute_updates_name_whole_attributes)
{
	struct dynamodb_attribute_value_update put = { STR("{\"N\":\"1\"}"), STR_NULL };
	struct dynamodb_attribute_updates_map_entry entries[] = { { STR("name"), &put },
		                                                  { STR("m.k"), &put },
		                                                  { STR("#a"), &put } };
	struct dynamodb_attribute_updates map = { entries, ARRAY_LEN(entries) };
	struct problem p = { .arena = &arena };
	struct item old = item_of("{\"m\":{\"M\":{}},\"x\":{\"N\":\"2\"}}"), new, changed;
	struct update *u;

	expect(update_from_attribute_updates(&p, &map, &u));
	expect(update_apply(&p, u, &old, &new));
	expect_item(&new, "{\"m\":{\"M\":{}},\"x\":{\"N\":\"2\"},\"name\":{\"N\":\"1\"},"
	                  "\"m.k\":{\"N\":\"1\"},\"#a\":{\"N\":\"1\"}}");
	changed = update_changed(&arena, u, &new);
	expect_item(&changed,
	            "{\"name\":{\"N\":\"1\"},\"m.k\":{\"N\":\"1\"},\"#a\":{\"N\":\"1\"}}");
}

TESTS_WITH(NULL, release,
           {
		   RUN(attribute_updates_change_an_item),
		   RUN(attribute_updates_that_cannot_be_are_refused),
		   RUN(attribute_updates_name_whole_attributes),
	   })
