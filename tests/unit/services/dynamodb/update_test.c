#include "services/dynamodb/expressions.h"

static const char ITEM[] =
	"{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},\"s\":{\"S\":\"text\"},\"ss\":{\"SS\":[\"x\",\"y\"]},"
	"\"ns\":{\"NS\":[\"1\",\"2\"]},\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"1\"},{\"N\":\"2\"},"
	"{\"L\":[{\"S\":\"i\"},{\"S\":\"j\"}]}]},"
	"\"m\":{\"M\":{\"k\":{\"S\":\"v\"},\"c\":{\"N\":\"1\"},\"l\":{\"L\":[{\"M\":{}}]}}}}";

static const char NAMES[] = "{\"#s\":\"s\",\"#n\":\"n\",\"#hash\":\"#n\",\"#dot\":\"a.b\"}";

static const char VALUES[] =
	"{\":a\":{\"S\":\"a\"},\":b\":{\"S\":\"b\"},\":1\":{\"N\":\"1\"},\":2\":{\"N\":\"2.50\"},"
	"\":bin\":{\"B\":\"AQ==\"},\":xz\":{\"SS\":[\"x\",\"z\"]},\":xy\":{\"SS\":[\"x\",\"y\"]},"
	"\":23\":{\"NS\":[\"2\",\"3\"]},\":true\":{\"BOOL\":true},\":null\":{\"NULL\":true},"
	"\":l\":{\"L\":[{\"S\":\"p\"},{\"S\":\"q\"}]},\":map\":{\"M\":{\"o\":{\"N\":\"1\"}}},"
	"\":none\":{\"L\":[]},\":big\":{\"N\":\"9e125\"},\":tiny\":{\"N\":\"1e-130\"},"
	"\":tiny2\":{\"N\":\"1.1e-130\"}}";

static struct update *parse(const char *expression)
{
	struct request *r = request_of(NAMES, VALUES);
	struct update *u = NULL;

	if (!update_parse(&r->e, str_from(expression), &u))
		fail_msg("%s: %.*s", expression, STR_ARG(r->problem.message));
	return u;
}

/* The item of these attributes, updated, has those. */
static void expect_update(const char *from, const char *expression, const char *to)
{
	struct problem p = { .arena = &arena };
	struct item old = item_of(from), new;
	struct item untouched = item_of(from);

	if (!update_apply(&p, parse(expression), &old, &new))
		fail_msg("%s: %.*s", expression, STR_ARG(p.message));
	if (!item_equal(&old, &untouched))
		fail_msg("%s: the old item has changed", expression);
	expect_item(&new, to);
}

TEST(update_sets_attributes)
{
	expect_update("{}", "SET a = :a", "{\"a\":{\"S\":\"a\"}}");
	expect_update("{\"a\":{\"N\":\"1\"}}", "SET a = :a, #hash = :1",
	              "{\"a\":{\"S\":\"a\"},\"#n\":{\"N\":\"1\"}}");
	expect_update("{\"a\":{\"N\":\"1\"}}", "set b = a",
	              "{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"1\"}}");
	expect_update("{}", "SET #dot = (:a)", "{\"a.b\":{\"S\":\"a\"}}");
	expect_update("{\"m\":{\"M\":{}}}", "SET m.k = :a, m.#s = :b",
	              "{\"m\":{\"M\":{\"k\":{\"S\":\"a\"},\"s\":{\"S\":\"b\"}}}}");
	expect_update(
		"{\"m\":{\"M\":{\"l\":{\"L\":[{\"M\":{\"x\":{\"N\":\"1\"}}}]}}}}",
		"SET m.l[0].x = :a, m.l[0].y = :b, m.z = :1",
		"{\"m\":{\"M\":{\"l\":{\"L\":[{\"M\":{\"x\":{\"S\":\"a\"},\"y\":{\"S\":\"b\"}}}]},"
		"\"z\":{\"N\":\"1\"}}}}");
}

TEST(update_reads_the_item_as_it_was)
{
	expect_update("{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}", "SET a = b, b = a",
	              "{\"a\":{\"N\":\"2\"},\"b\":{\"N\":\"1\"}}");
	expect_update("{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}", "REMOVE a SET c = a ADD b :1",
	              "{\"b\":{\"N\":\"3\"},\"c\":{\"N\":\"1\"}}");
	expect_update(
		"{\"m\":{\"M\":{\"k\":{\"N\":\"1\"}}}}", "SET m.k = :a, twin = m",
		"{\"m\":{\"M\":{\"k\":{\"S\":\"a\"}}},\"twin\":{\"M\":{\"k\":{\"N\":\"1\"}}}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}]}}",
	              "SET l[0] = l[1], l[1] = l[0], x = l[0]",
	              "{\"l\":{\"L\":[{\"N\":\"2\"},{\"N\":\"1\"}]},\"x\":{\"N\":\"1\"}}");
}

TEST(update_calculates)
{
	expect_update("{\"n\":{\"N\":\"5\"}}", "SET n = n + :2", "{\"n\":{\"N\":\"7.5\"}}");
	expect_update("{\"n\":{\"N\":\"5\"}}", "SET n = :2 - n", "{\"n\":{\"N\":\"-2.5\"}}");
	expect_update("{\"n\":{\"N\":\"5\"}}", "SET a = (n + n)",
	              "{\"n\":{\"N\":\"5\"},\"a\":{\"N\":\"10\"}}");
	expect_update("{\"n\":{\"N\":\"5\"}}", "SET n = (n) + (:1)", "{\"n\":{\"N\":\"6\"}}");
	expect_update("{}", "SET n = if_not_exists(n, :1) + :1", "{\"n\":{\"N\":\"2\"}}");
	expect_update("{\"n\":{\"N\":\"5\"}}", "SET n = if_not_exists(n, :1) + :1",
	              "{\"n\":{\"N\":\"6\"}}");
	expect_update("{\"b\":{\"N\":\"5\"}}", "SET a = if_not_exists(a, b)",
	              "{\"a\":{\"N\":\"5\"},\"b\":{\"N\":\"5\"}}");
	expect_update("{}", "SET a = if_not_exists(a, if_not_exists(b, :a))",
	              "{\"a\":{\"S\":\"a\"}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"1\"}]}}", "SET l = list_append(l, :l)",
	              "{\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"p\"},{\"S\":\"q\"}]}}");
	expect_update("{}", "SET l = list_append(:l, if_not_exists(l, :none))",
	              "{\"l\":{\"L\":[{\"S\":\"p\"},{\"S\":\"q\"}]}}");
	expect_update("{}", "SET l = list_append(list_append(:l, :none), :l)",
	              "{\"l\":{\"L\":[{\"S\":\"p\"},{\"S\":\"q\"},{\"S\":\"p\"},{\"S\":\"q\"}]}}");
}

TEST(update_removes_attributes_and_elements)
{
	expect_update("{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}", "REMOVE a, c",
	              "{\"b\":{\"N\":\"2\"}}");
	expect_update("{\"m\":{\"M\":{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}}}",
	              "REMOVE m.a, m.c", "{\"m\":{\"M\":{\"b\":{\"N\":\"2\"}}}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"1\"},{\"N\":\"2\"},{\"N\":\"3\"}]}}",
	              "REMOVE l[2], l[0], l[9]", "{\"l\":{\"L\":[{\"N\":\"1\"},{\"N\":\"3\"}]}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"},{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}]}]}}",
	              "REMOVE l[0], l[1][0]", "{\"l\":{\"L\":[{\"L\":[{\"N\":\"2\"}]}]}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"}]}}", "REMOVE l[0]", "{\"l\":{\"L\":[]}}");
}

TEST(update_sets_elements_and_appends_behind_the_end)
{
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"1\"}]}}", "SET l[1] = :a",
	              "{\"l\":{\"L\":[{\"N\":\"0\"},{\"S\":\"a\"}]}}");
	expect_update("{\"l\":{\"L\":[]}}", "SET l[7] = :a", "{\"l\":{\"L\":[{\"S\":\"a\"}]}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"}]}}", "SET l[10] = :b, l[9] = :a",
	              "{\"l\":{\"L\":[{\"N\":\"0\"},{\"S\":\"a\"},{\"S\":\"b\"}]}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"1\"},{\"N\":\"2\"}]}}",
	              "SET l[1] = :a, l[5] = :b REMOVE l[0]",
	              "{\"l\":{\"L\":[{\"S\":\"a\"},{\"N\":\"2\"},{\"S\":\"b\"}]}}");
}

TEST(update_adds)
{
	expect_update("{\"n\":{\"N\":\"5\"}}", "ADD n :2", "{\"n\":{\"N\":\"7.5\"}}");
	expect_update("{}", "ADD n :2, ss :xz",
	              "{\"n\":{\"N\":\"2.5\"},\"ss\":{\"SS\":[\"x\",\"z\"]}}");
	expect_update("{\"ss\":{\"SS\":[\"y\"]}}", "ADD ss :xz",
	              "{\"ss\":{\"SS\":[\"x\",\"y\",\"z\"]}}");
	expect_update("{\"ss\":{\"SS\":[\"x\",\"y\"]}}", "ADD ss :xz",
	              "{\"ss\":{\"SS\":[\"x\",\"y\",\"z\"]}}");
	expect_update("{\"ns\":{\"NS\":[\"2.0\"]}}", "add ns :23",
	              "{\"ns\":{\"NS\":[\"2\",\"3\"]}}");
	expect_update("{\"m\":{\"M\":{}}}", "ADD m.n :1", "{\"m\":{\"M\":{\"n\":{\"N\":\"1\"}}}}");
	expect_update("{\"l\":{\"L\":[{\"N\":\"1\"}]}}", "ADD l[0] :1, l[3] :2",
	              "{\"l\":{\"L\":[{\"N\":\"2\"},{\"N\":\"2.5\"}]}}");
}

TEST(update_deletes_from_sets)
{
	expect_update("{\"ss\":{\"SS\":[\"x\",\"y\"]}}", "DELETE ss :xz",
	              "{\"ss\":{\"SS\":[\"y\"]}}");
	expect_update("{\"ss\":{\"SS\":[\"y\",\"x\"]}}", "delete ss :xy", "{}");
	expect_update("{}", "DELETE ss :xy", "{}");
	expect_update("{\"l\":{\"L\":[{\"SS\":[\"x\"]},{\"N\":\"1\"}]}}", "DELETE l[0] :xz",
	              "{\"l\":{\"L\":[{\"N\":\"1\"}]}}");
}

TEST(update_of_large_sets_is_quick)
{
	struct dynamodb_expression_attribute_value_map_map_entry entry = { STR(":v"), STR_NULL };
	struct request r = { .problem.arena = &arena, .values = { &entry, 1 } };
	struct item old = { 0 }, new;
	struct value value;
	struct update *u;
	struct buf b;

	buf_init(&b, &arena, 8 << 20);
	buf_put(&b, STR("{\"NS\":["));
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "%s\"%d\"", i ? "," : "", i);
	buf_put(&b, STR("]}"));
	entry.value = buf_str(&b);
	assert_true(value_read(&r.problem, entry.value, &value));
	item_set(&arena, &old, STR("s"), &value);
	assert_true(expressions_init(&r.e, &r.problem, NULL, &r.values));
	assert_true(update_parse(&r.e, STR("ADD s :v"), &u));
	assert_true(update_apply(&r.problem, u, &old, &new));
	expect_int(new.items[0].value.as.list.n, 100000);
	assert_true(update_parse(&r.e, STR("DELETE s :v"), &u));
	assert_true(update_apply(&r.problem, u, &old, &new));
	expect_int(new.n, 0);
}

TEST(update_that_does_not_fit_the_item_is_refused)
{
	static const char TYPE[] = "An operand in the update expression has an incorrect data type";
	static const char MISSING[] =
		"The provided expression refers to an attribute that does not exist in the item";
	static const char PATH[] =
		"The document path provided in the update expression is invalid for update";
	static const char LARGE[] = "Number overflow. Attempting to store a number with magnitude "
				    "larger than supported range";
	static const char SMALL[] = "Number underflow. Attempting to store a number with magnitude "
				    "smaller than supported range";
	static const struct {
		const char *expression, *message;
	} cases[] = {
		{ "SET a = b", MISSING },
		{ "SET a = m.b", MISSING },
		{ "SET a = l[4]", MISSING },
		{ "SET a = b + :1", MISSING },
		{ "SET a = if_not_exists(a, b)", MISSING },
		{ "SET a = list_append(a, :l)", MISSING },
		{ "SET n = s + :1", TYPE },
		{ "SET n = :1 - l", TYPE },
		{ "SET n = gone + s", TYPE },
		{ "SET l = list_append(n, :l)", TYPE },
		{ "SET l = list_append(:l, m)", TYPE },
		{ "SET a = if_not_exists(s, :1) + :1", TYPE },
		{ "ADD s :1", TYPE },
		{ "ADD n :xz", TYPE },
		{ "ADD ss :23", TYPE },
		{ "ADD l :1", TYPE },
		{ "DELETE n :xz", TYPE },
		{ "DELETE ss :23", TYPE },
		{ "SET gone.a = :a", PATH },
		{ "SET s.a = :a", PATH },
		{ "SET s[0] = :a", PATH },
		{ "SET m[0] = :a", PATH },
		{ "SET l.a = :a", PATH },
		{ "SET l[9].a = :a", PATH },
		{ "SET gone[0] = :a", PATH },
		{ "REMOVE gone.a", PATH },
		{ "REMOVE l.a", PATH },
		{ "ADD gone.a :1", PATH },
		{ "DELETE gone.a :xz", PATH },
		{ "SET a = b, s.a = :a", PATH },
		{ "SET gone.a = :a, n = s + :1", TYPE },
		{ "SET a = b REMOVE gone.a", PATH },
		{ "REMOVE gone.a SET a = b", MISSING },
		{ "SET a = :big + :big", LARGE },
		{ "SET a = :tiny - :tiny2", SMALL },
	};
	struct item old = item_of(ITEM), new;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &arena };

		if (update_apply(&p, parse(cases[i].expression), &old, &new))
			fail_msg("%s: accepted", cases[i].expression);
		if (!str_eq(p.message, str_from(cases[i].message)))
			fail_msg("%s: %.*s", cases[i].expression, STR_ARG(p.message));
	}
}

static void expect_refused(const char *expression, const char *message)
{
	struct request *r = request_of(NAMES, VALUES);
	struct update *u;

	if (update_parse(&r->e, str_from(expression), &u))
		fail_msg("%s: accepted", expression);
	expect(str_starts(r->problem.message, STR("Invalid UpdateExpression: ")));
	expect_str(str_after(r->problem.message, strlen("Invalid UpdateExpression: ")), message);
}

TEST(update_with_wrong_syntax_is_refused)
{
	static const struct {
		const char *expression, *token, *near;
	} cases[] = {
		{ "INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX" },
		{ "SET", "<EOF>", "SET" },
		{ "SET a", "<EOF>", "a" },
		{ "SET a =", "<EOF>", "=" },
		{ "SET a = ", "<EOF>", "= " },
		{ "SET path = VALUE 1", "1", "VALUE 1" },
		{ "SET a = :a,", "<EOF>", "," },
		{ "SET a = :a b = :b", "b", ":a b =" },
		{ "SET a = :a + :b + :c", "+", ":b + :c" },
		{ "SET a = (:a + :b", "<EOF>", ":b" },
		{ "SET a = (:a) (:b)", "(", ") (:b" },
		{ "SET a + :a", "+", "a + :a" },
		{ "SET :a = a", ":a", "SET :a =" },
		{ "SET a = list_append(a, b + c)", "+", "b + c" },
		{ "REMOVE", "<EOF>", "REMOVE" },
		{ "REMOVE a b", "b", "a b" },
		{ "REMOVE a = :a", "=", "a = :a" },
		{ "REMOVE a,", "<EOF>", "," },
		{ "REMOVE a[0", "<EOF>", "0" },
		{ "ADD a", "<EOF>", "a" },
		{ "ADD a b", "b", "a b" },
		{ "ADD a = :a", "=", "a = :a" },
		{ "ADD a (:a)", "(", "a (:a" },
		{ "DELETE a, b", ",", "a, b" },
		{ "DELETE a if_not_exists(a, :a)", "if_not_exists", "a if_not_exists(" },
		{ "a = :a", "a", "a =" },
		{ "SET a = :a AND b = :b", "AND", ":a AND b" },
		{ "set a = \xF0\x9F\x98\x80", "\xF0\x9F\x98\x80", "= \xF0\x9F\x98\x80" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(
			cases[i].expression,
			arena_cstr(&arena,
		                   arena_printf(&arena, "Syntax error; token: \"%s\", near: \"%s\"",
		                                cases[i].token, cases[i].near)));
}

#define OVERLAP \
	"Two document paths overlap with each other; must remove or rewrite one of these paths; "
#define CONFLICT \
	"Two document paths conflict with each other; must remove or rewrite one of these paths; "
#define TYPE "Incorrect operand type for operator or function; operator"

TEST(update_that_says_what_cannot_be_is_refused)
{
	static const struct {
		const char *expression, *message;
	} cases[] = {
		{ "", "The expression can not be empty;" },
		{ "SET a = ((:a))", "The expression has redundant parentheses;" },
		{ "SET a = :a SET b = :b",
		  "The \"SET\" section can only be used once in an update expression;" },
		{ "REMOVE a ADD b :1 REMOVE c",
		  "The \"REMOVE\" section can only be used once in an update expression;" },
		{ "SET name = :a", "Attribute name is a reserved keyword; reserved keyword: name" },
		{ "SET a = data", "Attribute name is a reserved keyword; reserved keyword: data" },
		{ "SET a.zone = :a",
		  "Attribute name is a reserved keyword; reserved keyword: zone" },
		{ "REMOVE l[4294967295]",
		  "List index is not within the allowable range; index: [4294967295]" },
		{ "SET a = foo(a)", "Invalid function name; function: foo" },
		{ "SET a = size(b)",
		  "The function is not allowed in an update expression; function: size" },
		{ "SET a = if_not_exists(a)",
		  "Incorrect number of operands for operator or function; operator or function: "
		  "if_not_exists, number of operands: 1" },
		{ "SET a = list_append(a, b, c)",
		  "Incorrect number of operands for operator or function; operator or function: "
		  "list_append, number of operands: 3" },
		{ "SET a = if_not_exists(:a, b)",
		  "Operator or function requires a document path; operator or function: "
		  "if_not_exists" },
		{ "SET #undefined = :a",
		  "An expression attribute name used in the document path is "
		  "not defined; attribute name: #undefined" },
		{ "SET a = #undefined", "An expression attribute name used in the document path is "
		                        "not defined; attribute name: #undefined" },
		{ "SET a = :undefined", "An expression attribute value used in expression is not "
		                        "defined; attribute value: :undefined" },
		{ "SET a = :a, a = :b", OVERLAP "path one: [a], path two: [a]" },
		{ "SET a = :a REMOVE a.b", OVERLAP "path one: [a], path two: [a, b]" },
		{ "SET a[1].b = :a REMOVE a[1]",
		  OVERLAP "path one: [a, [1], b], path two: [a, [1]]" },
		{ "SET a = :a, b = :a, a.b = :a, a.c = :a",
		  OVERLAP "path one: [a], path two: [a, c]" },
		{ "SET #n = :a ADD n :1", OVERLAP "path one: [n], path two: [n]" },
		{ "SET a.b = :a, a[0] = :b", CONFLICT "path one: [a, b], path two: [a, [0]]" },
		{ "SET a[0] = :a, b = :a, a.b.c = :b",
		  CONFLICT "path one: [a, [0]], path two: [a, b, c]" },
		{ "SET a = :a + :1", TYPE " or function: +, operand type: S" },
		{ "SET a = a - :l", TYPE " or function: -, operand type: L" },
		{ "SET a = list_append(a, :a)", TYPE " or function: list_append, operand type: S" },
		{ "ADD a :a",
		  TYPE ": ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND" },
		{ "ADD a :true",
		  TYPE ": ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND" },
		{ "DELETE a :1",
		  TYPE ": DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND" },
		{ "DELETE a :map",
		  TYPE ": DELETE, operand type: MAP, typeSet: ALLOWED_FOR_DELETE_OPERAND" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(cases[i].expression, cases[i].message);
}

/* Sections by kind, then paths, then values from the last action to the first. */
TEST(update_names_the_problem_that_aws_names)
{
	expect_refused("SET a = :undefined, a = :a", OVERLAP "path one: [a], path two: [a]");
	expect_refused("SET a = :undefined1, b = :undefined2",
	               "An expression attribute value used in expression is not defined; attribute "
	               "value: :undefined2");
	expect_refused("SET a = :undefined, b = #undefined",
	               "An expression attribute name used in the document path is not defined; "
	               "attribute name: #undefined");
	expect_refused("SET a = :a SET name = :a",
	               "Attribute name is a reserved keyword; reserved keyword: name");
	expect_refused("SET a = :a REMOVE name SET b = :b",
	               "The \"SET\" section can only be used once in an update expression;");
}

TEST(update_clashes_of_many_paths_are_found_quickly)
{
	struct buf b;

	buf_init(&b, &arena, 4096);
	buf_put(&b, STR("REMOVE a0"));
	for (int i = 1; i < 600; i++)
		buf_printf(&b, ",a%d", i);
	parse(buf_cstr(&b));
	buf_put(&b, STR(",a77.b"));
	expect_refused(buf_cstr(&b), OVERLAP "path one: [a77], path two: [a77, b]");
}

TEST(update_does_not_nest_deeper_than_an_item_may)
{
	struct item old = item_of("{\"m\":{\"M\":{}}}"), new;
	struct problem p = { .arena = &arena };
	struct request *r;
	struct update *u;
	struct buf b;

	for (int depth = 30; depth <= 31; depth++) {
		buf_init(&b, &arena, 4096);
		buf_put(&b, STR("{\":v\":"));
		for (int i = 0; i < depth; i++)
			buf_put(&b, STR("{\"L\":["));
		buf_put(&b, STR("{\"S\":\"leaf\"}"));
		for (int i = 0; i < depth; i++)
			buf_put(&b, STR("]}"));
		buf_put(&b, STR("}"));
		r = request_of(NULL, buf_cstr(&b));
		assert_true(update_parse(&r->e, STR("SET m.k = :v"), &u));
		expect_int(update_apply(&p, u, &old, &new), depth == 30);
	}
	expect_problem(p,
	               "Nesting Levels have exceeded supported limits: Attributes in the item have "
	               "nested levels beyond supported limit");
}

/* As the value is set in so many places, what doubles with each level would take hours. */
TEST(update_of_values_that_nest_deep_is_quick)
{
	struct item old = { 0 }, new;
	struct problem p = { .arena = &arena };
	struct request *r;
	struct update *u;
	struct buf b, expression;

	buf_init(&b, &arena, 4096);
	buf_put(&b, STR("{\":v\":"));
	for (int i = 0; i < 31; i++)
		buf_put(&b, i % 2 ? STR("{\"M\":{\"k\":") : STR("{\"L\":["));
	buf_put(&b, STR("{\"S\":\"leaf\"}"));
	for (int i = 30; i >= 0; i--)
		buf_put(&b, i % 2 ? STR("}}") : STR("]}"));
	buf_put(&b, STR("}"));
	r = request_of(NULL, buf_cstr(&b));
	buf_init(&expression, &arena, 4096);
	buf_put(&expression, STR("SET a0 = :v"));
	for (int i = 1; i < 200; i++)
		buf_printf(&expression, ", a%d = :v", i);
	assert_true(update_parse(&r->e, buf_str(&expression), &u));
	assert_true(update_apply(&p, u, &old, &new));
	expect_int(new.n, 200);
}

TEST(update_names_what_it_changed)
{
	struct item old = item_of(ITEM);
	struct update *u = parse("SET m.c = :1, l[1] = :a, l[3][0] = :b REMOVE s ADD fresh :1");
	struct item changed = update_changed(&arena, u, &old);

	expect_item(&changed, "{\"m\":{\"M\":{\"c\":{\"N\":\"1\"}}},\"s\":{\"S\":\"text\"},"
	                      "\"l\":{\"L\":[{\"N\":\"1\"},{\"L\":[{\"S\":\"i\"}]}]}}");
}

TEST(update_of_the_key_is_noticed)
{
	struct key_schema schema = { .hash = { { STR("id"), VALUE_S } }, .hash_count = 1 };

	expect_str(update_touches_key(parse("SET a = id REMOVE b"), &schema), "");
	expect_str(update_touches_key(parse("SET a = id REMOVE id.b"), &schema), "id");
}

TESTS_WITH(NULL, release,
           {
		   RUN(update_sets_attributes),
		   RUN(update_reads_the_item_as_it_was),
		   RUN(update_calculates),
		   RUN(update_removes_attributes_and_elements),
		   RUN(update_sets_elements_and_appends_behind_the_end),
		   RUN(update_adds),
		   RUN(update_deletes_from_sets),
		   RUN(update_of_large_sets_is_quick),
		   RUN(update_that_does_not_fit_the_item_is_refused),
		   RUN(update_with_wrong_syntax_is_refused),
		   RUN(update_that_says_what_cannot_be_is_refused),
		   RUN(update_names_the_problem_that_aws_names),
		   RUN(update_clashes_of_many_paths_are_found_quickly),
		   RUN(update_does_not_nest_deeper_than_an_item_may),
		   RUN(update_of_values_that_nest_deep_is_quick),
		   RUN(update_names_what_it_changed),
		   RUN(update_of_the_key_is_noticed),
	   })
