#include "services/dynamodb/expressions.h"

static void expect_refused(const char *names, const char *values, const char *message)
{
	struct request *r = request_of(names, values);

	expect_problem(r->problem, message);
}

TEST(expressions_take_good_maps)
{
	struct request *r = request_of("{\"#a\":\"name\",\"#_\":\"x y\",\"#0A_z\":\"\xC3\xBC\"}",
	                               "{\":a\":{\"S\":\"\"},\":0\":{\"L\":[{\"N\":\"1e2\"}]}}");

	expect(!r->problem.message.p);
	r = request_of(NULL, NULL);
	expect(!r->problem.message.p);
	expect(expressions_end(&r->e));
}

TEST(expressions_refuse_bad_maps)
{
	static const char NAMES_KEY[] =
		"ExpressionAttributeNames contains invalid key: Syntax error; key: \"%s\"";
	static const char *const keys[] = {
		"", "#", "a", ":a", "#a-b", "#a b", "##a", "#\xC3\xBC"
	};
	char long_key[300];

	expect_refused("{}", NULL, "ExpressionAttributeNames must not be empty");
	expect_refused(NULL, "{}", "ExpressionAttributeValues must not be empty");
	expect_refused("{}", "{}", "ExpressionAttributeNames must not be empty");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char map[64], message[128];

		snprintf(map, sizeof(map), "{\"%s\":\"x\"}", keys[i]);
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(message, sizeof(message), NAMES_KEY, keys[i]);
		expect_refused(map, NULL, message);
	}
	expect_refused(NULL, "{\"#a\":{\"S\":\"x\"}}",
	               "ExpressionAttributeValues contains invalid key: Syntax error; key: \"#a\"");
	expect_refused(
		"{\"#a\":\"\"}", NULL,
		"ExpressionAttributeNames contains invalid value: Empty attribute name for key "
		"#a");
	memset(long_key, 'a', sizeof(long_key));
	expect_refused(
		arena_cstr(&arena, arena_printf(&arena, "{\"#%.255s\":\"x\"}", long_key)), NULL,
		"ExpressionAttributeNames contains invalid key: The expression attribute map "
		"contains a key that is too long; size of key: 256");
	expect_refused(
		NULL,
		arena_cstr(&arena, arena_printf(&arena, "{\":%.255s\":{\"S\":\"\"}}", long_key)),
		"ExpressionAttributeValues contains invalid key: The expression attribute map "
		"contains a key that is too long;");
}

TEST(expressions_refuse_bad_values)
{
	struct request *r;

	expect_refused(NULL, "{\":a\":{\"S\":\"x\"},\":b\":{\"N\":\"x\"}}",
	               "ExpressionAttributeValues contains invalid value: The parameter cannot be "
	               "converted to a numeric value: x for key :b");
	expect_refused(
		NULL, "{\":a\":{}}",
		"ExpressionAttributeValues contains invalid value: Supplied AttributeValue is "
		"empty, must contain exactly one of the supported datatypes for key :a");
	r = request_of(NULL, "{\":a\":{\"S\":1}}");
	expect(r->problem.is_serialization);
	expect(r->problem.message.n > 0);
	assert_false(str_starts(r->problem.message, STR("ExpressionAttributeValues")));
}

/* ":0" to ":7" with as many bytes each, together with "#a": "b". */
static struct request *request_of_size(int bytes_of_each)
{
	struct buf b;

	buf_init(&b, &arena, 4 << 20);
	for (int i = 0; i < 8; i++) {
		buf_printf(&b, "%s\":%d\":{\"S\":\"", i ? "," : "{", i);
		for (int k = 0; k < bytes_of_each; k++)
			buf_putc(&b, 'x');
		buf_put(&b, STR("\"}"));
	}
	buf_put(&b, STR("}"));
	return request_of("{\"#abcdefghijklm\":\"n\"}", buf_cstr(&b));
}

TEST(expressions_have_a_size_together)
{
	expect_problem(request_of_size(256 * 1024 - 4)->problem, "");
	expect_problem(request_of_size(256 * 1024 - 3)->problem,
	               "Combined size of ExpressionAttributeNames and ExpressionAttributeValues "
	               "exceeds max size");
}

static void expect_unused(const char *names, const char *values, const char *condition,
                          const char *message)
{
	struct request *r = request_of(names, values);
	struct condition *c;

	expect(condition_parse(&r->e, "ConditionExpression", str_from(condition), &c));
	expect_int(expressions_end(&r->e), message == NULL);
	expect_str(r->problem.message, message ? message : "");
}

TEST(expressions_use_all_names_and_values)
{
	expect_unused("{\"#a\":\"x\"}", "{\":a\":{\"S\":\"x\"}}", "#a = :a", NULL);
	expect_unused(
		"{\"#a\":\"x\",\"#b\":\"y\"}", "{\":a\":{\"S\":\"x\"}}", "#a = :a",
		"Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
	expect_unused(
		NULL, "{\":a\":{\"S\":\"x\"},\":b\":{\"S\":\"x\"}}", "a = :b",
		"Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}");
	expect_unused(
		"{\"#b\":\"y\"}", "{\":a\":{\"S\":\"x\"}}", "attribute_exists(a)",
		"Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
	expect_unused(NULL, "{\":b\":{\"S\":\"x\"},\":a\":{\"S\":\"x\"}}", "attribute_exists(a)",
	              "Value provided in ExpressionAttributeValues unused in expressions: keys: "
	              "{:a, :b}");
}

TEST(expressions_of_a_request_share_their_maps)
{
	struct request *r = request_of("{\"#a\":\"x\"}", "{\":a\":{\"S\":\"x\"}}");
	struct projection projection;
	struct condition *c;

	expect(projection_parse(&r->e, STR("#a"), &projection));
	expect(condition_parse(&r->e, "FilterExpression", STR("b = :a"), &c));
	expect(expressions_end(&r->e));
}

TEST(expressions_find_one_among_many_names)
{
	struct buf names, projection;
	struct request *r;
	struct projection ret;

	buf_init(&names, &arena, 1 << 20);
	buf_init(&projection, &arena, 4096);
	for (int i = 0; i < 500; i++) {
		buf_printf(&names, "%s\"#k%d\":\"n%d\"", i ? "," : "{", i * 7 % 500, i);
		buf_printf(&projection, "%s#k%d", i ? "," : "", i);
	}
	buf_put(&names, STR(",\"#k3\":\"last\"}"));
	r = request_of(buf_cstr(&names), NULL);
	expect(projection_parse(&r->e, buf_str(&projection), &ret));
	expect_int(ret.n, 500);
	expect_str(ret.paths[0].steps[0].name, "last");
	expect(expressions_end(&r->e));
}

/* A client can send a hundred thousand, none of them used. */
TEST(expressions_with_many_unused_names_are_refused_briefly)
{
	struct buf names;
	struct request *r;
	struct projection ret;

	buf_init(&names, &arena, 16 << 20);
	for (int i = 0; i < 100000; i++)
		buf_printf(&names, "%s\"#k%d\":\"n\"", i ? "," : "{", i);
	buf_put(&names, STR("}"));
	r = request_of(buf_cstr(&names), NULL);
	expect(projection_parse(&r->e, STR("#k1"), &ret));
	assert_false(expressions_end(&r->e));
	expect(str_starts(r->problem.message,
	                  STR("Value provided in ExpressionAttributeNames unused "
	                      "in expressions: keys: {#k")));
	expect(r->problem.message.n < 1500);
}

TESTS_WITH(NULL, release,
           {
		   RUN(expressions_take_good_maps),
		   RUN(expressions_refuse_bad_maps),
		   RUN(expressions_refuse_bad_values),
		   RUN(expressions_have_a_size_together),
		   RUN(expressions_use_all_names_and_values),
		   RUN(expressions_of_a_request_share_their_maps),
		   RUN(expressions_find_one_among_many_names),
		   RUN(expressions_with_many_unused_names_are_refused_briefly),
	   })
