#include "services/dynamodb/expressions.h"

static const char ITEM[] =
	"{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},"
	"\"l\":{\"L\":[{\"N\":\"0\"},{\"M\":{\"x\":{\"N\":\"1\"},\"y\":{\"N\":\"2\"}}},{\"N\":\"2\"}]},"
	"\"m\":{\"M\":{\"k\":{\"S\":\"v\"},\"o\":{\"M\":{\"p\":{\"N\":\"1\"},\"q\":{\"N\":\"2\"}}}}}}";

static void expect_projection(const char *expression, const char *want)
{
	struct request *r = request_of("{\"#i\":\"id\",\"#m\":\"m\",\"#dot\":\"m.k\"}", NULL);
	struct item item = item_of(ITEM), selected;
	struct projection projection;

	if (!projection_parse(&r->e, str_from(expression), &projection))
		fail_msg("%s: %.*s", expression, STR_ARG(r->problem.message));
	selected = projection_apply(&arena, &projection, &item);
	expect_item(&selected, want);
}

TEST(projection_selects_attributes)
{
	expect_projection("id", "{\"id\":{\"S\":\"a\"}}");
	expect_projection("#i, nothing, n", "{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"}}");
	expect_projection("nothing", "{}");
	expect_projection("#dot", "{}");
}

TEST(projection_selects_what_is_nested)
{
	expect_projection("m.k", "{\"m\":{\"M\":{\"k\":{\"S\":\"v\"}}}}");
	expect_projection(
		"#m.o.q, m.k, id",
		"{\"id\":{\"S\":\"a\"},"
		"\"m\":{\"M\":{\"k\":{\"S\":\"v\"},\"o\":{\"M\":{\"q\":{\"N\":\"2\"}}}}}}");
	expect_projection("m.nothing, l.k, id[0], n.x", "{}");
	expect_projection(
		"m.o", "{\"m\":{\"M\":{\"o\":{\"M\":{\"p\":{\"N\":\"1\"},\"q\":{\"N\":\"2\"}}}}}}");
}

TEST(projection_closes_lists_up)
{
	expect_projection("l[2], l[0]", "{\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"2\"}]}}");
	expect_projection("l[2], l[10], l[1].y",
	                  "{\"l\":{\"L\":[{\"M\":{\"y\":{\"N\":\"2\"}}},{\"N\":\"2\"}]}}");
	expect_projection("l[1].x, l[1].y",
	                  "{\"l\":{\"L\":[{\"M\":{\"x\":{\"N\":\"1\"},\"y\":{\"N\":\"2\"}}}]}}");
	expect_projection("l[3], l[0].x, l[1][0]", "{}");
}

TEST(projection_keeps_the_order_of_the_item)
{
	struct request *r = request_of(NULL, NULL);
	struct item item = item_of(ITEM), selected;
	struct projection projection;

	expect(projection_parse(&r->e, STR("n, m.k, id"), &projection));
	selected = projection_apply(&arena, &projection, &item);
	expect_str(item_text(&arena, &selected), "{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},"
	                                         "\"m\":{\"M\":{\"k\":{\"S\":\"v\"}}}}");
}

TEST(projection_that_is_wrong_is_refused)
{
	static const struct {
		const char *expression, *message;
	} cases[] = {
		{ "", "The expression can not be empty;" },
		{ ",", "Syntax error; token: \",\", near: \",\"" },
		{ "a,", "Syntax error; token: \"<EOF>\", near: \",\"" },
		{ "a b", "Syntax error; token: \"b\", near: \"a b\"" },
		{ "a, :b", "Syntax error; token: \":b\", near: \", :b\"" },
		{ "(a)", "Syntax error; token: \"(\", near: \"(a\"" },
		{ "a.", "Syntax error; token: \"<EOF>\", near: \".\"" },
		{ "a[]", "Syntax error; token: \"]\", near: \"[]\"" },
		{ "[0]", "Syntax error; token: \"[\", near: \"[0\"" },
		{ "size(a)", "Syntax error; token: \"(\", near: \"size(a\"" },
		{ "a, name", "Attribute name is a reserved keyword; reserved keyword: name" },
		{ "a[99999999999]",
		  "List index is not within the allowable range; index: [99999999999]" },
		{ "#a", "An expression attribute name used in the document path is not defined; "
		        "attribute name: #a" },
		{ "a, b, a",
		  "Two document paths overlap with each other; must remove or rewrite one of "
		  "these paths; path one: [a], path two: [a]" },
		{ "a.b[0], a.b",
		  "Two document paths overlap with each other; must remove or rewrite "
		  "one of these paths; path one: [a, b, [0]], path two: [a, b]" },
		{ "#i, id", "Two document paths overlap with each other; must remove or rewrite "
		            "one of these paths; path one: [id], path two: [id]" },
		{ "a[0], a.b",
		  "Two document paths conflict with each other; must remove or rewrite "
		  "one of these paths; path one: [a, [0]], path two: [a, b]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request *r = request_of("{\"#i\":\"id\"}", NULL);
		struct projection projection;

		if (projection_parse(&r->e, str_from(cases[i].expression), &projection))
			fail_msg("%s: accepted", cases[i].expression);
		expect(str_starts(r->problem.message, STR("Invalid ProjectionExpression: ")));
		expect_str(str_after(r->problem.message, strlen("Invalid ProjectionExpression: ")),
		           cases[i].message);
	}
}

TEST(projection_from_names_takes_them_as_they_are)
{
	str names[] = { STR("m"), STR("name"), STR("m.k"), STR("id") };
	struct dynamodb_attribute_name_list list = { names, ARRAY_LEN(names) };
	struct problem p = { .arena = &arena };
	struct item item =
		item_of("{\"id\":{\"S\":\"a\"},\"m.k\":{\"N\":\"1\"},\"x\":{\"N\":\"2\"}}");
	struct item selected;
	struct projection projection;

	expect(projection_from_names(&p, &list, &projection));
	selected = projection_apply(&arena, &projection, &item);
	expect_item(&selected, "{\"id\":{\"S\":\"a\"},\"m.k\":{\"N\":\"1\"}}");
	names[0] = STR("id");
	assert_false(projection_from_names(&p, &list, &projection));
	expect_problem(p, "One or more parameter values were invalid: Duplicate value in attribute "
	                  "name: id");
}

TESTS_WITH(NULL, release,
           {
		   RUN(projection_selects_attributes),
		   RUN(projection_selects_what_is_nested),
		   RUN(projection_closes_lists_up),
		   RUN(projection_keeps_the_order_of_the_item),
		   RUN(projection_that_is_wrong_is_refused),
		   RUN(projection_from_names_takes_them_as_they_are),
	   })
