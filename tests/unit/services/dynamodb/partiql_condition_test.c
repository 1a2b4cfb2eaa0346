#include "check.h"

#include "services/dynamodb/partiql_request.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static bool parse(struct problem *p, const char *text, struct partiql_request *ret)
{
	const struct dynamodb_prepared_statement_parameters none = { 0 };

	*p = (struct problem){ .arena = &arena };
	return partiql_request_parse(p, str_from(text), &none, ret);
}

static struct item item_of(const char *json)
{
	struct item item;

	item_load(&arena, str_from(json), &item);
	return item;
}

/* A DELETE's condition: NULL when it has none. */
static const struct condition *condition_of(const char *rest, bool or_absent)
{
	str text = arena_printf(&arena, "DELETE FROM t WHERE id = 'x'%s", rest);
	struct partiql_request r;
	struct problem p;
	struct node *nodes[8];

	if (!parse(&p, arena_cstr(&arena, text), &r))
		fail_msg("%s: %.*s", rest, STR_ARG(p.message));
	for (size_t i = 1; i < r.where_count; i++)
		nodes[i - 1] = r.where[i].node;
	return or_absent ? partiql_all_or_absent(&arena, nodes, r.where_count - 1, STR("id"))
	                 : partiql_all_of(&arena, nodes, r.where_count - 1);
}

static bool holds(const char *rest, const char *json)
{
	struct item item = item_of(json);

	return condition_holds(condition_of(rest, /* or_absent= */ false), &item);
}

static void expect_message(const char *statement, const char *message)
{
	struct partiql_request r;
	struct problem p;

	expect(!parse(&p, statement, &r));
	expect_str(p.message, message);
}

static str updated(const char *changes, const char *json)
{
	str text = arena_printf(&arena, "UPDATE t %s WHERE id = 'x'", changes);
	struct partiql_request r;
	struct item old = item_of(json), ret = { 0 };
	struct problem p;

	if (!parse(&p, arena_cstr(&arena, text), &r) || !update_apply(&p, r.update, &old, &ret))
		return p.message;
	return item_text(&arena, &ret);
}

TEST(partiql_condition_is_all_that_and_joins)
{
	const char *one = "{\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"x\"}}";

	expect(holds(" AND a = 1 AND b = 'x'", one));
	expect(holds(" AND (a = 1 AND b = 'x')", one));
	expect(!holds(" AND a = 1 AND b = 'y'", one));
	expect(holds(" AND (a = 2 OR b = 'x')", one));
	expect(holds(" AND c IS MISSING AND c IS NOT NULL", one));
	assert_null(condition_of("", /* or_absent= */ false));
	assert_null(condition_of("", /* or_absent= */ true));
}

TEST(partiql_condition_may_hold_of_what_is_absent)
{
	const struct condition *c = condition_of(" AND a = 1", /* or_absent= */ true);
	struct item nothing = { 0 }, other = item_of("{\"id\":{\"S\":\"x\"}}");

	expect(condition_holds(c, &nothing));
	expect(!condition_holds(c, &other));
}

TEST(partiql_condition_says_where_a_function_is_not_known)
{
	expect_message("DELETE FROM t WHERE a = 1 AND EXISTS(b)",
	               "Unrecognized function: exists at 1:31:6");
	expect_message("DELETE FROM t WHERE a", "Unsupported operation: Id");
	expect_message("DELETE FROM t WHERE a LIKE 'x'", "Unsupported operation: Like");
	expect_message("DELETE FROM t WHERE a + 1 = 2", "Unsupported operation: Plus");
	expect_message("DELETE FROM t WHERE a = contains(b, 'x')", "Unsupported operation: Call");
	expect_message("DELETE FROM t WHERE size(size(a)) = 1",
	               "Incorrect operand type for operator or function; operator or function: "
	               "size, operand type: N");
	expect_message("DELETE FROM t WHERE a IS timestamp",
	               "Unsupported data type for IS operator: timestamp. Supported data types are "
	               "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]");
}

TEST(partiql_update_is_that_of_expressions)
{
	expect_str(updated("SET a = a + 1", "{\"a\":{\"N\":\"1\"}}"), "{\"a\":{\"N\":\"2\"}}");
	expect_str(updated("SET a = set_add(a, <<'y'>>) REMOVE b",
	                   "{\"a\":{\"SS\":[\"x\"]},\"b\":{\"NULL\":true}}"),
	           "{\"a\":{\"SS\":[\"x\",\"y\"]}}");
	expect_str(updated("SET a = list_append(a, [1])", "{\"a\":{\"L\":[]}}"),
	           "{\"a\":{\"L\":[{\"N\":\"1\"}]}}");
	expect_str(updated("SET a = list_append(a, [1])", "{}"),
	           "The provided expression refers to an attribute that does not exist in the "
	           "item");
}

TEST(partiql_update_misused_functions_are_told_so)
{
	expect_message("UPDATE t SET b = set_add(a, <<'x'>>) WHERE id = 1",
	               "The first argument to SET_ADD must equal the assignment value at 1:18:7");
	expect_message("UPDATE t SET a = set_delete(a, 'x') WHERE id = 1",
	               "The second argument to SET_DELETE must be a value with type SET at 1:29:1");
	expect_message("UPDATE t SET a = set_add(a) WHERE id = 1",
	               "SET_ADD must have exactly two arguments at 1:18:7");
	expect_message("UPDATE t SET a = if_not_exists(a, 1) WHERE id = 1",
	               "Unrecognized function: if_not_exists at 1:18:13");
}

TESTS_WITH(NULL, release,
           {
		   RUN(partiql_condition_is_all_that_and_joins),
		   RUN(partiql_condition_may_hold_of_what_is_absent),
		   RUN(partiql_condition_says_where_a_function_is_not_known),
		   RUN(partiql_update_is_that_of_expressions),
		   RUN(partiql_update_misused_functions_are_told_so),
	   })
