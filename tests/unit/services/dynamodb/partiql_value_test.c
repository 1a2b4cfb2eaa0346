#include "check.h"

#include "services/dynamodb/partiql.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static bool insert(struct problem *p, const char *item, str *parameters, size_t n, str *ret)
{
	struct dynamodb_prepared_statement_parameters given = { parameters, n };
	struct partiql_statement *s;
	struct item i;

	*p = (struct problem){ .arena = &arena };
	if (!partiql_parse(p, arena_printf(&arena, "INSERT INTO t VALUE %s", item), &s) ||
	    !partiql_bind(p, s, &given) || !partiql_item(p, s->value, &i))
		return false;
	*ret = item_text(&arena, &i);
	return true;
}

static void expect_item(const char *item, const char *json)
{
	struct problem p;
	str text;

	if (!insert(&p, item, NULL, 0, &text))
		fail_msg("%.*s", STR_ARG(p.message));
	expect_str(text, json);
}

static void expect_message(const char *item, const char *message)
{
	struct problem p;
	str text;

	expect(!insert(&p, item, NULL, 0, &text));
	expect_str(p.message, message);
}

TEST(partiql_value_of_each_kind)
{
	expect_item("{'s': 'x', 'n': 1E3, 'b': false, 'u': NULL}",
	            "{\"s\":{\"S\":\"x\"},\"n\":{\"N\":\"1000\"},\"b\":{\"BOOL\":false},\"u\":{"
	            "\"NULL\":true}}");
	expect_item("{'l': [1, [], 'x'], 'm': {'a': {}}, 'n': <<1, 4.50>>, 's': <<'b', 'a'>>}",
	            "{\"l\":{\"L\":[{\"N\":\"1\"},{\"L\":[]},{\"S\":\"x\"}]},\"m\":{\"M\":{\"a\":{"
	            "\"M\":{}}}},\"n\":{\"NS\":[\"1\",\"4.5\"]},\"s\":{\"SS\":[\"a\",\"b\"]}}");
	expect_item("{'a': -0, 'b': - 5, 'c': +7}",
	            "{\"a\":{\"N\":\"0\"},\"b\":{\"N\":\"-5\"},\"c\":{\"N\":\"7\"}}");
}

TEST(partiql_value_parameters_stand_for_values)
{
	str given[] = { STR("{\"SS\":[\"a\"]}"), STR("{\"N\":\"1.0\"}") };
	struct problem p;
	str text;

	expect(insert(&p, "{'s': ?, 'l': [?]}", given, 2, &text));
	expect_str(text, "{\"s\":{\"SS\":[\"a\"]},\"l\":{\"L\":[{\"N\":\"1\"}]}}");
	expect(!insert(&p, "{'s': ?}", given, 2, &text));
	expect_str(p.message, "Number of parameters in request and statement don't match.");
	expect(!insert(&p, "{'s': ?, 'l': [?], 'm': ?}", given, 2, &text));
	expect_str(p.message, "Number of parameters in request and statement don't match.");
}

TEST(partiql_value_an_item_may_be_a_parameter)
{
	str item = STR("{\"M\":{\"a\":{\"S\":\"x\"}}}"), number = STR("{\"N\":\"1\"}"), text;
	struct problem p;

	expect(insert(&p, "?", &item, 1, &text));
	expect_str(text, "{\"a\":{\"S\":\"x\"}}");
	expect(!insert(&p, "?", &number, 1, &text));
}

TEST(partiql_value_numbers_keep_dynamodbs_limits)
{
	expect_message("{'a': 1e126}",
	               "Number overflow. Attempting to store a number with magnitude larger than "
	               "supported range under root");
	expect_message("{'a': 1, 'm': {'x': 1e-131}}",
	               "Number underflow. Attempting to store a number with magnitude smaller than "
	               "supported range under root.x");
	expect_message("{'l': [1, 123456789012345678901234567890123456789]}",
	               "Attempting to store more than 38 significant digits in a Number under "
	               "root[1]");
}

TEST(partiql_value_bags_are_sets_of_one_kind)
{
	const char *kind = "Unsupported data type in Bag. DynamoDB only supports either numbers or "
			   "strings in bags";

	expect_message("{'s': <<>>}", "Empty bags are not supported");
	expect_message("{'s': <<1, 'a'>>}", kind);
	expect_message("{'s': <<[1]>>}", kind);
	expect_message("{'s': <<'a', 'b', 'a'>>}",
	               "One or more parameter values were invalid: Input collection [a, b, a] "
	               "contains duplicates.");
	expect_message("{'s': <<1, 1.0>>}",
	               "One or more parameter values were invalid: Input collection [1, 1] "
	               "contains duplicates.");
}

TEST(partiql_value_what_is_no_literal_is_refused)
{
	expect_message("{'a': set_add(<<'a'>>, <<'b'>>)}",
	               "Unsupported data type: set_add under key root at 1:27:7");
	expect_message("{'a': {'b': c}}", "Unsupported data type: c under key root.b at 1:33:1");
	expect_message("{'a': 1, 'a': 2}", "Duplicate keys in tuple. Key: a under root");
	expect_message("{a: 1}", "Tuple keys must be of type String. Actual type: Id under root");
}

/* So many lists in each other, one of them a parameter's with `given` lists in it. */
static bool nested(int lists, int given)
{
	struct problem p;
	struct buf b;
	str text, parameter;

	buf_init(&b, &arena, 4096);
	for (int i = 0; i < given; i++)
		buf_put(&b, STR("{\"L\":["));
	buf_put(&b, STR("{\"S\":\"leaf\"}"));
	for (int i = 0; i < given; i++)
		buf_put(&b, STR("]}"));
	parameter = buf_str(&b);
	buf_init(&b, &arena, 4096);
	buf_put(&b, STR("{'a': "));
	for (int i = 0; i < lists; i++)
		buf_putc(&b, '[');
	buf_put(&b, given ? STR("?") : STR("'leaf'"));
	for (int i = 0; i < lists; i++)
		buf_putc(&b, ']');
	buf_putc(&b, '}');
	if (insert(&p, buf_cstr(&b), &parameter, given ? 1 : 0, &text))
		return true;
	expect_str(p.message,
	           "Nesting Levels have exceeded supported limits: Attributes in the item have "
	           "nested levels beyond supported limit");
	return false;
}

TEST(partiql_value_nesting_is_bounded)
{
	expect(nested(31, 0));
	expect(!nested(32, 0));
	expect(!nested(40, 0));
	expect(nested(0, 31));
	expect(nested(11, 20));
	expect(!nested(12, 20));
	expect(!nested(1, 31));
}

TESTS_WITH(NULL, release,
           {
		   RUN(partiql_value_of_each_kind),
		   RUN(partiql_value_parameters_stand_for_values),
		   RUN(partiql_value_an_item_may_be_a_parameter),
		   RUN(partiql_value_numbers_keep_dynamodbs_limits),
		   RUN(partiql_value_bags_are_sets_of_one_kind),
		   RUN(partiql_value_what_is_no_literal_is_refused),
		   RUN(partiql_value_nesting_is_bounded),
	   })
