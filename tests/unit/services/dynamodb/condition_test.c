#include "services/dynamodb/expressions.h"

static const char ITEM[] =
	"{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},\"b\":{\"B\":\"AQID\"},\"e\":{\"S\":\"\"},"
	"\"t\":{\"S\":\"hello\"},\"u\":{\"S\":\"z\\u00fc\\ud83d\\ude00\"},"
	"\"ss\":{\"SS\":[\"x\",\"y\"]},\"ns\":{\"NS\":[\"1\",\"2.0\"]},\"bs\":{\"BS\":[\"AQ==\"]},"
	"\"l\":{\"L\":[{\"S\":\"p\"},{\"N\":\"7\"},{\"L\":[{\"S\":\"deep\"}]}]},"
	"\"m\":{\"M\":{\"k\":{\"S\":\"v\"},\"n\":{\"M\":{\"o\":{\"N\":\"1\"}}},\"size\":{\"N\":\"3\"}}},"
	"\"yes\":{\"BOOL\":true},\"nil\":{\"NULL\":true}}";

static const char NAMES[] = "{\"#s\":\"size\",\"#n\":\"n\",\"#missing\":\"missing\",\"#m\":\"m\","
			    "\"#hash\":\"#n\"}";

static const char VALUES[] =
	"{\":a\":{\"S\":\"a\"},\":b\":{\"S\":\"b\"},\":z\":{\"S\":\"z\"},\":he\":{\"S\":\"he\"},"
	"\":ll\":{\"S\":\"ll\"},\":x\":{\"S\":\"x\"},\":y\":{\"S\":\"y\"},\":p\":{\"S\":\"p\"},"
	"\":1\":{\"N\":\"1\"},\":2\":{\"N\":\"2\"},\":3\":{\"N\":\"3\"},\":4\":{\"N\":\"4\"},"
	"\":5\":{\"N\":\"5.00\"},\":6\":{\"N\":\"6\"},\":7\":{\"N\":\"7\"},\":10\":{\"N\":\"10\"},"
	"\":0\":{\"N\":\"0\"},\":bin\":{\"B\":\"AQ==\"},\":bin2\":{\"B\":\"AgM=\"},"
	"\":yx\":{\"SS\":[\"y\",\"x\"]},\":21\":{\"NS\":[\"2\",\"1\"]},\":true\":{\"BOOL\":true},"
	"\":null\":{\"NULL\":true},\":l\":{\"L\":[{\"S\":\"deep\"}]},"
	"\":map\":{\"M\":{\"o\":{\"N\":\"1.0\"}}},\":S\":{\"S\":\"S\"},\":N\":{\"S\":\"N\"},"
	"\":L\":{\"S\":\"L\"},\":BOOL\":{\"S\":\"BOOL\"},\":NULL\":{\"S\":\"NULL\"},"
	"\":what\":{\"S\":\"what\"},\":empty\":{\"S\":\"\"},\":map2\":{\"M\":{}}}";

static bool holds(const char *expression, const struct item *item)
{
	struct request *r = request_of(NAMES, VALUES);
	struct condition *c;

	if (!condition_parse(&r->e, "ConditionExpression", str_from(expression), &c))
		fail_msg("%s: %.*s", expression, STR_ARG(r->problem.message));
	return condition_holds(c, item);
}

static void expect_all(const char *const *expressions, size_t n, bool want)
{
	struct item item = item_of(ITEM);

	for (size_t i = 0; i < n; i++)
		if (holds(expressions[i], &item) != want)
			fail_msg("%s: %s", expressions[i], want ? "does not hold" : "holds");
}

TEST(condition_holds_of_an_item)
{
	static const char *const expressions[] = {
		"id = :a",
		":a = id",
		"id <> :b",
		"n = :5",
		"n >= :5",
		"n <= :5",
		"n < :10",
		"n > :1",
		"#n = :5",
		":10 > n",
		"t > :he",
		"b > :bin",
		"id = :b or n = :5 and id = :a",
		"id = :b OR id = :a",
		"NOT id = :b",
		"not not id = :a",
		"(id = :a)",
		"(id) = :a",
		"(id) = (:a)",
		"NOT (id = :b OR id = :z)",
		"id = :b AND id = :b OR id = :a",
		"id = :a OR id = :b AND id = :b",
		"(id = :b OR id = :a) AND n = :5",
		"n BETWEEN :5 AND :6",
		"n between :1 and :5",
		"t BETWEEN :a AND :z AND id = :a",
		":4 BETWEEN :1 AND n",
		"id IN (:a)",
		"id in (:b, :z, :a)",
		":5 IN (id, n)",
		"(n) IN (:5)",
		"attribute_exists(id)",
		"attribute_exists(m.k)",
		"attribute_exists(l[1])",
		"attribute_exists(l[2][0])",
		"attribute_not_exists(nothing)",
		"attribute_not_exists(m.nothing)",
		"attribute_not_exists(l[3])",
		"attribute_not_exists(l.k)",
		"attribute_not_exists(m[0])",
		"attribute_not_exists(id.a)",
		"attribute_not_exists(#missing.a.b[1])",
		"attribute_exists((id))",
		"attribute_type(id, :S)",
		"attribute_type(l, :L)",
		"attribute_type(yes, :BOOL)",
		"attribute_type(nil, :NULL)",
		"attribute_type(m.n.o, :N)",
		"begins_with(t, :he)",
		"begins_with(b, :bin)",
		"begins_with(t, :empty)",
		"begins_with(t, t2) OR id = :a",
		"contains(t, :ll)",
		"contains(t, :empty)",
		"contains(ss, :x)",
		"contains(ns, :2)",
		"contains(bs, :bin)",
		"contains(l, :p)",
		"contains(l, :7)",
		"contains(l, :l)",
		"contains(b, :bin2)",
		"contains(:yx, :x)",
		"size(t) = :5",
		"size(e) = :0",
		"size(b) = :3",
		"size(ss) = :2",
		"size(l) = :3",
		"size(m) = :3",
		"size(m.n) < :2",
		"size(u) = :4",
		"size(:yx) = :2",
		"size(ns) < size(l)",
		"size(t) IN (:1, :5)",
		"size(t) BETWEEN :4 AND :6",
		":5 = size(t)",
		"(size(t)) = :5",
		"ss = :yx",
		"ns = :21",
		"yes = :true",
		"nil = :null",
		"l[2] = :l",
		"m.n = :map",
		"m.#s = :3",
		"#m.n.o = :1",
		"nothing <> :a",
		"nothing <> another",
		"ss <> :x",
		"id <> :5",
		"m. n . o = :1",
		"l [ 1 ] = :7",
		"id=:a",
		"  id\t=\n:a  ",
		"attribute_not_exists(#hash)",
		"NOT contains(ss, :z)",
	};

	expect_all(expressions, ARRAY_LEN(expressions), true);
}

TEST(condition_does_not_hold_of_an_item)
{
	static const char *const expressions[] = {
		"id = :b",
		"id = :5",
		"id <> :a",
		"n < :5",
		"n > :5",
		"nothing = :a",
		"nothing = another",
		"nothing < :a",
		"nothing > :a",
		"id < :5",
		"id > :5",
		"n BETWEEN :6 AND :7",
		"t BETWEEN :1 AND :5",
		"n BETWEEN id AND t",
		"nothing BETWEEN :1 AND :2",
		"id IN (:b, :5)",
		"nothing IN (:a, another)",
		"attribute_exists(nothing)",
		"attribute_not_exists(id)",
		"attribute_type(id, :N)",
		"attribute_type(nothing, :S)",
		"begins_with(t, :ll)",
		"begins_with(n, :he)",
		"begins_with(nothing, :he)",
		"begins_with(ss, :he)",
		"contains(t, :z)",
		"contains(ss, :z)",
		"contains(ss, :1)",
		"contains(ns, :x)",
		"contains(ns, :3)",
		"contains(l, :x)",
		"contains(l, :map)",
		"contains(n, :5)",
		"contains(m, :x)",
		"contains(nothing, :x)",
		"contains(ss, :yx)",
		"size(n) = :1",
		"size(nothing) = :0",
		"size(nothing) < :10",
		"size(yes) = :1",
		"size(nil) = :0",
		"ss = :x",
		"yes < t",
		"yes >= yes2",
		"ss > id",
		"ss <> :yx",
		"ns <> :21",
		"m.n <> :map",
		"l[0] = l[1]",
		"NOT id = :a",
		"id = :a AND id = :b",
		"(size(nothing)) > :0",
	};

	expect_all(expressions, ARRAY_LEN(expressions), false);
}

static void expect_refused(const char *expression, const char *message)
{
	struct request *r = request_of(NAMES, VALUES);
	struct condition *c;

	if (condition_parse(&r->e, "ConditionExpression", str_from(expression), &c))
		fail_msg("%s: accepted", expression);
	assert_false(r->problem.is_serialization);
	expect(str_starts(r->problem.message, STR("Invalid ConditionExpression: ")));
	expect_str(str_after(r->problem.message, strlen("Invalid ConditionExpression: ")), message);
}

TEST(condition_with_wrong_syntax_is_refused)
{
	static const struct {
		const char *expression, *token, *near;
	} cases[] = {
		{ " ", "<EOF>", " " },
		{ "id", "<EOF>", "id" },
		{ "id =", "<EOF>", "=" },
		{ "a a x", "a", "a a x" },
		{ "a x b", "x", "a x b" },
		{ "id = :a)", ")", ":a)" },
		{ "(id = :a", "<EOF>", ":a" },
		{ "(id", "<EOF>", "id" },
		{ "(id) AND n = :5", "AND", ") AND n" },
		{ "(id AND n = :5)", "AND", "id AND n" },
		{ "(n = :5 AND id)", ")", "id)" },
		{ "NOT id", "<EOF>", "id" },
		{ "(NOT id)", ")", "id)" },
		{ "id = :a AND", "<EOF>", "AND" },
		{ "AND id = :a", "AND", "AND id" },
		{ "id = :a id = :b", "id", ":a id =" },
		{ "id = :a = :b", "=", ":a = :b" },
		{ "(id = :a) = :b", "=", ") = :b" },
		{ "id == :a", "=", "== :a" },
		{ "id = 'a'", "'", "= 'a" },
		{ "id = a.", "<EOF>", "." },
		{ "id = .a", ".", "= .a" },
		{ "id = a.:a", ":a", ".:a" },
		{ "id = a[x]", "x", "[x]" },
		{ "id = a[-1]", "-", "[-1" },
		{ "id = a[01]", "1", "01]" },
		{ "id = a[:1]", ":1", "[:1]" },
		{ "id = a[1", "<EOF>", "1" },
		{ "_id = :a", "_", "_id" },
		{ "id = 5", "5", "= 5" },
		{ "#", "#", "#" },
		{ "id = :", ":", "= :" },
		{ "# n = :a", "#", "# n" },
		{ "id IN :a", ":a", "IN :a" },
		{ "id IN ()", ")", "()" },
		{ "id IN (:a,)", ")", ",)" },
		{ "id IN (:a", "<EOF>", ":a" },
		{ "id IN (:a :b)", ":b", ":a :b)" },
		{ "id BETWEEN :a", "<EOF>", ":a" },
		{ "id BETWEEN :a OR :b", "OR", ":a OR :b" },
		{ "id BETWEEN :a, :b", ",", ":a, :b" },
		{ "attribute_exists()", ")", "()" },
		{ "attribute_exists(id,)", ")", ",)" },
		{ "attribute_exists(id", "<EOF>", "id" },
		{ "attribute_exists(id = :a)", "=", "id = :a" },
		{ "id = set", "set", "= set" },
		{ "caf\303\251 = :a", "\303\251", "caf\303\251 =" },
		{ "id = :a; ", ";", ":a; " },
		{ "id + :a", "+", "id + :a" },
		{ "id != :a", "!", "id !=" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(
			cases[i].expression,
			arena_cstr(&arena,
		                   arena_printf(&arena, "Syntax error; token: \"%s\", near: \"%s\"",
		                                cases[i].token, cases[i].near)));
}

TEST(condition_that_says_what_cannot_be_is_refused)
{
	static const struct {
		const char *expression, *message;
	} cases[] = {
		{ "", "The expression can not be empty;" },
		{ "((id = :a))", "The expression has redundant parentheses;" },
		{ "((id)) = :a", "The expression has redundant parentheses;" },
		{ "id = ((:a))", "The expression has redundant parentheses;" },
		{ "attribute_exists(((id)))", "The expression has redundant parentheses;" },
		{ "name = :a", "Attribute name is a reserved keyword; reserved keyword: name" },
		{ "m.Size = :a", "Attribute name is a reserved keyword; reserved keyword: Size" },
		{ "abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort" },
		{ "id = :a AND zone = :a",
		  "Attribute name is a reserved keyword; reserved keyword: zone" },
		{ "id[2147483648] = :a",
		  "List index is not within the allowable range; index: [2147483648]" },
		{ "id[1].x[99999999999999999999999][3] = :a",
		  "List index is not within the allowable range; index: [99999999999999999999999]" },
		{ "foo(id)", "Invalid function name; function: foo" },
		{ "Contains(t, :a)", "Invalid function name; function: Contains" },
		{ "foo(name)", "Invalid function name; function: foo" },
		{ "if_not_exists(id, :a) = :a",
		  "The function is not allowed in a condition expression; function: if_not_exists" },
		{ "size(id)",
		  "The function is not allowed to be used this way in an expression; function: size" },
		{ "attribute_exists(id) = :a",
		  "The function is not allowed to be used this way in an "
		  "expression; function: attribute_exists" },
		{ "id = contains(t, :a)", "The function is not allowed to be used this way in an "
		                          "expression; function: contains" },
		{ "attribute_exists(size(t))",
		  "Operator or function requires a document path; operator or function: "
		  "attribute_exists" },
		{ "attribute_exists(:a)",
		  "Operator or function requires a document path; operator or function: "
		  "attribute_exists" },
		{ "attribute_type(:a, :S)",
		  "Operator or function requires a document path; operator or function: "
		  "attribute_type" },
		{ "attribute_exists(id, n)",
		  "Incorrect number of operands for operator or function; operator or function: "
		  "attribute_exists, number of operands: 2" },
		{ "contains(id)",
		  "Incorrect number of operands for operator or function; operator or function: "
		  "contains, number of operands: 1" },
		{ "#undefined = :a",
		  "An expression attribute name used in the document path is not "
		  "defined; attribute name: #undefined" },
		{ "id = :undefined",
		  "An expression attribute value used in expression is not defined; "
		  "attribute value: :undefined" },
		{ "id = id",
		  "The first operand must be distinct from the remaining operands for this "
		  "operator or function; operator: =, first operand: [id]" },
		{ "l[0].a < l[0].a",
		  "The first operand must be distinct from the remaining operands for this "
		  "operator or function; operator: <, first operand: [l, [0], a]" },
		{ "n BETWEEN :1 AND #n",
		  "The first operand must be distinct from the remaining operands for this "
		  "operator or function; operator: BETWEEN, first operand: [n]" },
		{ "n in (:1, n)",
		  "The first operand must be distinct from the remaining operands for this "
		  "operator or function; operator: IN, first operand: [n]" },
		{ "contains(t, t)",
		  "The first operand must be distinct from the remaining operands for this "
		  "operator or function; operator: contains, first operand: [t]" },
		{ "id < :true", "Incorrect operand type for operator or function; operator or "
		                "function: <, operand type: BOOL" },
		{ ":l >= id", "Incorrect operand type for operator or function; operator or "
		              "function: >=, operand type: L" },
		{ "size(:1) = :1", "Incorrect operand type for operator or function; operator or "
		                   "function: size, operand type: N" },
		{ "size(size(t)) = :1",
		  "Incorrect operand type for operator or function; operator or "
		  "function: size, operand type: N" },
		{ "begins_with(id, :1)",
		  "Incorrect operand type for operator or function; operator or "
		  "function: begins_with, operand type: N" },
		{ "attribute_type(id, :1)",
		  "Incorrect operand type for operator or function; operator or "
		  "function: attribute_type, operand type: N" },
		{ "attribute_type(id, :what)",
		  "Invalid attribute type name found; type: what, valid types: "
		  "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}" },
		{ "n BETWEEN :map AND :map",
		  "Incorrect operand type for operator or function; operator or "
		  "function: BETWEEN, operand type: M" },
		{ "n BETWEEN :2 AND :1",
		  "The BETWEEN operator requires upper bound to be greater than or equal to lower "
		  "bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: "
		  "AttributeValue: {N:1}" },
		{ "n BETWEEN :2 AND :a",
		  "The BETWEEN operator requires same data type for lower and upper bounds; lower "
		  "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {S:a}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(cases[i].expression, cases[i].message);
}

/* Whatever stands first: syntax, then words, then what is referred to, in the order of the text. */
TEST(condition_names_the_problem_that_aws_names)
{
	expect_refused("name = :undefined AND", "Syntax error; token: \"<EOF>\", near: \"AND\"");
	expect_refused("id = :undefined AND name = :a",
	               "Attribute name is a reserved keyword; reserved keyword: name");
	expect_refused("#undefined = :undefined",
	               "An expression attribute name used in the document path is not defined; "
	               "attribute name: #undefined");
	expect_refused("id < :true AND id = :undefined",
	               "Incorrect operand type for operator or function; operator or function: <, "
	               "operand type: BOOL");
	expect_refused("id = :undefined AND id < :true",
	               "An expression attribute value used in expression is not defined; attribute "
	               "value: :undefined");
}

/* `n` times `part`, after `start` and before `end`. */
static const char *repeated(const char *start, const char *part, size_t n, const char *end)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, str_from(start));
	for (size_t i = 0; i < n; i++)
		buf_put(&b, str_from(part));
	buf_put(&b, str_from(end));
	return buf_cstr(&b);
}

TEST(condition_has_limits)
{
	struct item item = item_of(ITEM);

	expect(holds(repeated("id=:a", " ", 4091, ""), &item));
	expect_refused(repeated("id=:a", " ", 4092, ""),
	               "Expression size has exceeded the maximum allowed size; expression size: "
	               "4097");
	expect(holds(repeated("id=:a", " OR id=:b", 149, ""), &item));
	expect(holds(repeated("", "NOT ", 298, "id=:a"), &item));
	expect_refused(repeated("id=:a", " OR id=:b", 150, ""),
	               "The expression contains too many operators; operator count: 301");
	expect_refused(repeated("", "NOT ", 301, "id=:a"),
	               "The expression contains too many operators; operator count: 301");
	expect(holds(repeated("id IN (:a", ",:a", 99, ")"), &item));
	expect_refused(
		repeated("id IN (:a", ",:a", 100, ")"),
		"The IN operator is provided with too many operands; number of operands: 101");
	assert_false(holds(repeated("id", ".a", 31, "=:a"), &item));
	expect_refused(repeated("id", ".a", 32, "=:a"),
	               "The document path has too many nesting levels; nesting levels: 33");
	expect_refused(repeated("", "(", 4096, ""),
	               "The expression contains too many operators; operator count: 301");
	expect_refused(repeated("", "a(", 2048, ""),
	               "The expression contains too many operators; operator count: 301");
}

TEST(condition_mentions_what_it_looks_at)
{
	struct request *r = request_of("{\"#n\":\"name\"}", "{\":a\":{\"S\":\"a\"}}");
	struct condition *c;

	expect(condition_parse(&r->e, "FilterExpression",
	                       STR("a.b = :a AND NOT size(#n) IN (x, y[1])"), &c));
	expect(condition_mentions(c, STR("a")));
	expect(condition_mentions(c, STR("name")));
	expect(condition_mentions(c, STR("y")));
	assert_false(condition_mentions(c, STR("b")));
	assert_false(condition_mentions(c, STR("#n")));
}

TESTS_WITH(NULL, release,
           {
		   RUN(condition_holds_of_an_item),
		   RUN(condition_does_not_hold_of_an_item),
		   RUN(condition_with_wrong_syntax_is_refused),
		   RUN(condition_that_says_what_cannot_be_is_refused),
		   RUN(condition_names_the_problem_that_aws_names),
		   RUN(condition_has_limits),
		   RUN(condition_mentions_what_it_looks_at),
	   })
