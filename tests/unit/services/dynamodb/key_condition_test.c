#include "services/dynamodb/expressions.h"

static const char VALUES[] =
	"{\":s\":{\"S\":\"s\"},\":t\":{\"S\":\"t\"},\":e\":{\"S\":\"\"},\":1\":{\"N\":\"1\"},"
	"\":2\":{\"N\":\"2\"},\":b\":{\"B\":\"AQ==\"},\":be\":{\"B\":\"\"},\":true\":{\"BOOL\":true}}";

static const struct key_schema HASH = { .hash = { { STR_INIT("id"), VALUE_S } }, .hash_count = 1 };
static const struct key_schema BOTH = {
	.hash = { { STR_INIT("id"), VALUE_S } },
	.hash_count = 1,
	.range = { { STR_INIT("n"), VALUE_N } },
	.range_count = 1,
};
static const struct key_schema TEXTS = {
	.hash = { { STR_INIT("id"), VALUE_S } },
	.hash_count = 1,
	.range = { { STR_INIT("sk"), VALUE_S } },
	.range_count = 1,
};
static const struct key_schema MANY = {
	.hash = { { STR_INIT("h1"), VALUE_S }, { STR_INIT("h2"), VALUE_N } },
	.hash_count = 2,
	.range = { { STR_INIT("r1"), VALUE_S },
	           { STR_INIT("r2"), VALUE_N },
	           { STR_INIT("r3"), VALUE_S } },
	.range_count = 3,
};

/* Absent: it was taken. */
static str parse(const char *expression, struct key_terms **ret)
{
	struct request *r = request_of("{\"#n\":\"n\",\"#id\":\"id\"}", VALUES);

	key_terms_parse(&r->e, str_from(expression), ret);
	return r->problem.message;
}

static str bind(const char *expression, const struct key_schema *schema, struct key_condition *ret)
{
	struct problem p = { .arena = &arena };
	struct key_terms *terms = NULL;
	str refused = parse(expression, &terms);

	if (refused.p)
		fail_msg("%s: %.*s", expression, STR_ARG(refused));
	key_terms_bind(&p, terms, schema, ret);
	return p.message;
}

static void expect_range(const char *expression, const struct key_schema *schema,
                         enum key_range_kind kind, size_t equal)
{
	struct key_condition c;
	str refused = bind(expression, schema, &c);

	if (refused.p)
		fail_msg("%s: %.*s", expression, STR_ARG(refused));
	expect_int(c.kind, kind);
	expect_int(c.range_equal_count, equal);
}

TEST(key_condition_of_one_attribute)
{
	struct key_condition c;

	expect_range("id = :s", &HASH, KEY_RANGE_ALL, 0);
	expect_range("(#id = :s)", &BOTH, KEY_RANGE_ALL, 0);
	expect_range(":s = id", &BOTH, KEY_RANGE_ALL, 0);
	bind("id = :t", &HASH, &c);
	expect_str(c.hash[0].as.text, "t");
}

TEST(key_condition_of_two_attributes)
{
	struct key_condition c;

	expect_range("id = :s AND n = :1", &BOTH, KEY_RANGE_ALL, 1);
	expect_range("n < :1 AND id = :s", &BOTH, KEY_RANGE_LESS, 0);
	expect_range("id = :s and n <= :1", &BOTH, KEY_RANGE_LESS_OR_EQUAL, 0);
	expect_range("id = :s AND (n > :1)", &BOTH, KEY_RANGE_GREATER, 0);
	expect_range("(id = :s) AND (#n >= :1)", &BOTH, KEY_RANGE_GREATER_OR_EQUAL, 0);
	expect_range("id = :s AND n BETWEEN :1 AND :2", &BOTH, KEY_RANGE_BETWEEN, 0);
	expect_range("id = :s AND begins_with(sk, :t)", &TEXTS, KEY_RANGE_BEGINS_WITH, 0);
	bind("id = :s AND n BETWEEN :1 AND :2", &BOTH, &c);
	expect_int(c.low.as.number->digits[0], 1);
	expect_int(c.high.as.number->digits[0], 2);
}

/* The attribute is on the right: the comparison is turned around. */
TEST(key_condition_may_begin_with_the_value)
{
	expect_range("id = :s AND :1 < n", &BOTH, KEY_RANGE_GREATER, 0);
	expect_range("id = :s AND :1 <= n", &BOTH, KEY_RANGE_GREATER_OR_EQUAL, 0);
	expect_range("id = :s AND :1 > n", &BOTH, KEY_RANGE_LESS, 0);
	expect_range("id = :s AND :1 >= n", &BOTH, KEY_RANGE_LESS_OR_EQUAL, 0);
}

TEST(key_condition_of_many_attributes)
{
	struct key_condition c;

	expect_range("h1 = :s AND h2 = :1", &MANY, KEY_RANGE_ALL, 0);
	expect_range("r1 = :t AND h2 = :1 AND h1 = :s", &MANY, KEY_RANGE_ALL, 1);
	expect_range("h1 = :s AND h2 = :1 AND begins_with(r1, :t)", &MANY, KEY_RANGE_BEGINS_WITH,
	             0);
	expect_range("h1 = :s AND h2 = :1 AND r1 = :t AND r2 > :2", &MANY, KEY_RANGE_GREATER, 1);
	expect_range("h1 = :s AND h2 = :1 AND r1 = :t AND r2 = :2 AND r3 < :t", &MANY,
	             KEY_RANGE_LESS, 2);
	expect_range("h1 = :s AND h2 = :1 AND r1 = :t AND r2 = :2 AND r3 = :t", &MANY,
	             KEY_RANGE_ALL, 3);
	bind("h2 = :1 AND r1 = :t AND h1 = :s", &MANY, &c);
	expect_str(c.hash[0].as.text, "s");
	expect_int(c.hash[1].type, VALUE_N);
	expect_str(c.range_equal[0].as.text, "t");
}

#define INVALID   "Invalid KeyConditionExpression: "
#define CONDITION "Invalid condition in KeyConditionExpression: "

TEST(key_condition_with_what_it_cannot_have_is_refused)
{
	static const struct {
		const char *expression, *message;
	} cases[] = {
		{ "", INVALID "The expression can not be empty;" },
		{ "id", INVALID "Syntax error; token: \"<EOF>\", near: \"id\"" },
		{ "name = :s",
		  INVALID "Attribute name is a reserved keyword; reserved keyword: name" },
		{ "id = :x",
		  INVALID "An expression attribute value used in expression is not defined; "
		          "attribute value: :x" },
		{ "id = :s AND begins_with(sk, :1)",
		  INVALID "Incorrect operand type for operator or function; operator or function: "
		          "begins_with, operand type: N" },
		{ "id = :s AND n < :true",
		  INVALID "Incorrect operand type for operator or function; operator or function: "
		          "<, operand type: BOOL" },
		{ "id = :s OR n = :1", "Invalid operator used in KeyConditionExpression: OR" },
		{ "NOT id = :s", "Invalid operator used in KeyConditionExpression: NOT" },
		{ "id <> :s", "Invalid operator used in KeyConditionExpression: <>" },
		{ "id IN (:s)", "Invalid operator used in KeyConditionExpression: IN" },
		{ "id = :s AND attribute_exists(n)",
		  "Invalid operator used in KeyConditionExpression: attribute_exists" },
		{ "id = :s AND contains(n, :1)",
		  "Invalid operator used in KeyConditionExpression: contains" },
		{ "id = :s AND size(sk) = :1",
		  "KeyConditionExpressions cannot contain nested operations" },
		{ "id.a = :s",
		  "KeyConditionExpressions cannot have conditions on nested attributes" },
		{ "id[0] = :s",
		  "KeyConditionExpressions cannot have conditions on nested attributes" },
		{ "id = n", CONDITION "Multiple attribute names used in one condition" },
		{ ":s = :t", CONDITION "No key attribute specified" },
		{ "id = :s AND :1 BETWEEN n AND :2",
		  CONDITION "BETWEEN operator must have the key attribute as its first operand" },
		{ "id = :s AND begins_with(:s, sk)", CONDITION
		  "begins_with operator must have the key attribute as its first operand" },
		{ "id = :s AND n > :1 AND n < :2",
		  INVALID "KeyConditionExpressions must only contain one condition per key" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key_terms *terms;
		str message = parse(cases[i].expression, &terms);

		if (!str_eq(message, str_from(cases[i].message)))
			fail_msg("%s: %.*s", cases[i].expression, STR_ARG(message));
	}
}

#define MISSED      "Query condition missed key schema element: "
#define UNSUPPORTED "Query key condition not supported"
#define SCHEMA_TYPE                                   \
	"One or more parameter values were invalid: " \
	"Condition parameter type does not match schema type"
#define GAP(at, later)                                                                \
	"RANGE key attributes " at " must have equality conditions specified in the " \
	"query because a condition is present on key attribute " later

TEST(key_condition_that_does_not_fit_the_schema_is_refused)
{
	static const struct {
		const struct key_schema *schema;
		const char *expression, *message;
	} cases[] = {
		{ &HASH, "sk = :s", MISSED "id" },
		{ &BOTH, "n = :1", MISSED "id" },
		{ &HASH, "id = :s AND sk = :s",
		  "The number of query conditions (2) exceeds the number of key attributes defined in "
		  "the schema (1)" },
		{ &BOTH, "id = :s AND n > :1 AND x = :1",
		  "The number of query conditions (3) exceeds the number of key attributes defined in "
		  "the schema (2)" },
		{ &BOTH, "id = :s AND x = :1", MISSED "n" },
		{ &HASH, "id > :s", UNSUPPORTED },
		{ &HASH, "begins_with(id, :s)", UNSUPPORTED },
		{ &HASH, "id BETWEEN :s AND :t", UNSUPPORTED },
		{ &HASH, "id = :1", SCHEMA_TYPE },
		{ &HASH, "id = :true", SCHEMA_TYPE },
		{ &BOTH, "id = :s AND n = :s", SCHEMA_TYPE },
		{ &BOTH, "id = :s AND begins_with(n, :s)", SCHEMA_TYPE },
		{ &BOTH, "id = :s AND n BETWEEN :s AND :t", SCHEMA_TYPE },
		{ &HASH, "id = :e",
		  "One or more parameter values are not valid. The AttributeValue for a key attribute "
		  "cannot contain an empty string value. Key: id" },
		{ &TEXTS, "id = :s AND sk > :e",
		  "One or more parameter values are not valid. The AttributeValue for a key attribute "
		  "cannot contain an empty string value. Key: sk" },
		{ &MANY, "h1 = :s", MISSED "h2" },
		{ &MANY, "h1 = :s AND h2 > :1", UNSUPPORTED },
		{ &MANY, "h1 = :s AND h2 = :1 AND r2 = :2", GAP("r1", "r2") },
		{ &MANY, "h1 = :s AND h2 = :1 AND r3 = :t", GAP("r1", "r3") },
		{ &MANY, "h1 = :s AND h2 = :1 AND r1 = :t AND r3 = :t", GAP("r2", "r3") },
		{ &MANY, "h1 = :s AND h2 = :1 AND r1 > :t AND r2 = :2", GAP("r1", "r2") },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct key_condition c;
		str message = bind(cases[i].expression, cases[i].schema, &c);

		if (!str_eq(message, str_from(cases[i].message)))
			fail_msg("%s: %.*s", cases[i].expression, STR_ARG(message));
	}
}

TEST(key_condition_with_too_long_a_value_is_refused)
{
	static const struct {
		const char *expression;
		int bytes;
		const char *message;
	} cases[] = {
		{ "id = :v", 2048, "" },
		{ "id = :v", 2049,
		  "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
		  "size limit of2048 bytes" },
		{ "id = :s AND sk < :v", 1025,
		  "One or more parameter values were invalid: Aggregated size of all range keys has "
		  "exceeded the size limit of 1024 bytes" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &arena };
		struct key_terms *terms;
		struct key_condition c;
		struct request *r;
		struct buf b;

		buf_init(&b, &arena, 1 << 20);
		buf_put(&b, STR("{\":s\":{\"S\":\"s\"},\":v\":{\"S\":\""));
		for (int k = 0; k < cases[i].bytes; k++)
			buf_putc(&b, 'x');
		buf_put(&b, STR("\"}}"));
		r = request_of(NULL, buf_cstr(&b));
		expect(key_terms_parse(&r->e, str_from(cases[i].expression), &terms));
		key_terms_bind(&p, terms, &TEXTS, &c);
		expect_problem(p, cases[i].message);
	}
}

/* KeyConditions: id EQ `value`, and one more when there is an operator. */
static str bind_legacy(const struct key_schema *schema, const char *operator, str * values,
                       size_t n, struct key_condition *ret)
{
	struct problem p = { .arena = &arena };
	str id[] = { STR("{\"S\":\"a\"}") };
	struct dynamodb_condition conditions[] = {
		{ .comparison_operator = STR("EQ"), .attribute_value_list = { id, 1 } },
		{ .comparison_operator = str_from(operator),
		  .attribute_value_list = { values, n } },
	};
	struct dynamodb_key_conditions_map_entry entries[] = { { STR("id"), &conditions[0] },
		                                               { STR("n"), &conditions[1] } };
	struct dynamodb_key_conditions map = { entries, operator? 2 : 1 };
	struct key_terms *terms;

	if (key_terms_from_conditions(&p, &map, &terms))
		key_terms_bind(&p, terms, schema, ret);
	return p.message;
}

TEST(key_conditions_without_expressions)
{
	str values[] = { STR("{\"N\":\"1\"}"), STR("{\"N\":\"2\"}") };
	str text[] = { STR("{\"S\":\"1\"}") };
	struct key_condition c;

	expect_str(bind_legacy(&HASH, NULL, NULL, 0, &c), "");
	expect_str(c.hash[0].as.text, "a");
	expect_str(bind_legacy(&BOTH, "BETWEEN", values, 2, &c), "");
	expect_int(c.kind, KEY_RANGE_BETWEEN);
	expect_str(bind_legacy(&BOTH, "GE", values, 1, &c), "");
	expect_int(c.kind, KEY_RANGE_GREATER_OR_EQUAL);
	expect_str(bind_legacy(&BOTH, "EQ", values, 1, &c), "");
	expect_int(c.range_equal_count, 1);
	expect_str(
		bind_legacy(&BOTH, "EQ", values, 2, &c),
		"One or more parameter values were invalid: Invalid number of argument(s) for the EQ "
		"ComparisonOperator");
	expect_str(bind_legacy(&BOTH, "NE", values, 1, &c),
	           "Attempted conditional constraint is not an indexable operation");
	expect_str(bind_legacy(&BOTH, "NULL", NULL, 0, &c),
	           "Attempted conditional constraint is not an indexable operation");
	expect_str(bind_legacy(&BOTH, "IN", values, 2, &c),
	           "Attempted conditional constraint is not an indexable operation");
	expect_str(bind_legacy(&BOTH, "BEGINS_WITH", text, 1, &c), SCHEMA_TYPE);
}

TESTS_WITH(NULL, release,
           {
		   RUN(key_condition_of_one_attribute),
		   RUN(key_condition_of_two_attributes),
		   RUN(key_condition_may_begin_with_the_value),
		   RUN(key_condition_of_many_attributes),
		   RUN(key_condition_with_what_it_cannot_have_is_refused),
		   RUN(key_condition_that_does_not_fit_the_schema_is_refused),
		   RUN(key_condition_with_too_long_a_value_is_refused),
		   RUN(key_conditions_without_expressions),
	   })
