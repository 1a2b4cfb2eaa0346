#include "check.h"

#include "services/dynamodb/partiql.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

/*
 * Trees as text: (and (= a 'x') (exists b)).
 */

static void put_node(struct buf *b, const struct partiql_node *n);

static void put_items(struct buf *b, const struct partiql_node *n)
{
	for (size_t i = 0; i < n->n; i++) {
		buf_putc(b, ' ');
		put_node(b, n->items[i]);
	}
}

static void put_literal(struct buf *b, const struct value *v)
{
	struct json_writer w;

	json_writer_init(&w, b);
	value_put(&w, v);
}

static void put_node(struct buf *b, const struct partiql_node *n)
{
	switch (n->kind) {
	case PARTIQL_NAME:
		buf_put(b, n->name);
		return;
	case PARTIQL_LITERAL:
		put_literal(b, &n->value);
		return;
	case PARTIQL_PARAMETER:
		buf_putc(b, '?');
		return;
	case PARTIQL_CALL:
		buf_printf(b, "(%.*s", STR_ARG(n->name));
		break;
	case PARTIQL_IS:
		buf_printf(b, "(is-%.*s", STR_ARG(n->name));
		break;
	default:
		buf_printf(b, "(%s", partiql_kind_name(n));
	}
	put_items(b, n);
	buf_putc(b, ')');
}

static str text_of(const struct partiql_node *n)
{
	struct buf b;

	buf_init(&b, &arena, 64 * 1024);
	put_node(&b, n);
	return buf_str(&b);
}

static struct partiql_statement *parse(const char *text)
{
	struct problem p = { .arena = &arena };
	struct partiql_statement *s = NULL;

	if (!partiql_parse(&p, str_from(text), &s))
		fail_msg("%s: %.*s", text, STR_ARG(p.message));
	return s;
}

static void expect_where(const char *condition, const char *tree)
{
	str text = arena_printf(&arena, "SELECT * FROM t WHERE %s", condition);

	expect_str(text_of(parse(arena_cstr(&arena, text))->where), tree);
}

static void expect_message(const char *text, const char *message)
{
	struct problem p = { .arena = &arena };
	struct partiql_statement *s;

	expect(!partiql_parse(&p, str_from(text), &s));
	expect_str(p.message, message);
	expect(!p.is_serialization);
}

static void expect_malformed(const char *text, const char *what)
{
	str message =
		arena_printf(&arena, "Statement wasn't well formed, can't be processed: %s", what);

	expect_message(text, arena_cstr(&arena, message));
}

/*
 * Statements.
 */

TEST(partiql_parse_select)
{
	struct partiql_statement *s =
		parse("select Artist, a.\"b c\"[2].d from \"Music\".\"by year\" where x = 1 "
	              "order by Artist desc, y, z asc;");

	expect_int(s->operation, PARTIQL_SELECT);
	expect_str(s->table, "Music");
	expect_str(s->index, "by year");
	expect_int(s->column_count, 2);
	expect_str(text_of(s->columns[1]), "(Path a b c {\"N\":\"2\"} d)");
	expect_str(partiql_column_name(&arena, s->columns[1]), "d");
	expect_int(s->order_count, 3);
	expect(s->order[0].descending && !s->order[1].descending && !s->order[2].descending);
	expect(parse("SELECT * FROM t")->is_star);
	expect(!parse("SELECT * FROM t")->where);
}

TEST(partiql_parse_columns_are_named_by_their_last_part)
{
	struct partiql_statement *s = parse("SELECT m.k[1][2], l[0], \"m.z\" FROM t");

	expect_str(partiql_column_name(&arena, s->columns[0]), "k[1][2]");
	expect_str(partiql_column_name(&arena, s->columns[1]), "l[0]");
	expect_str(partiql_column_name(&arena, s->columns[2]), "m.z");
}

TEST(partiql_parse_insert)
{
	struct partiql_statement *s =
		parse("INSERT INTO Music VALUE {'a': -1.50, 'l': [1, 'x', ?], 's': <<'p'>>, "
	              "'m': {'n': null}, 'b': true}");

	expect_int(s->operation, PARTIQL_INSERT);
	expect_str(text_of(s->value),
	           "(Struct {\"S\":\"a\"} {\"N\":\"-1.5\"} {\"S\":\"l\"} (List {\"N\":\"1\"} "
	           "{\"S\":\"x\"} ?) {\"S\":\"s\"} (Bag {\"S\":\"p\"}) {\"S\":\"m\"} (Struct "
	           "{\"S\":\"n\"} {\"NULL\":true}) {\"S\":\"b\"} {\"BOOL\":true})");
	expect_int(s->parameter_count, 1);
}

TEST(partiql_parse_update)
{
	struct partiql_statement *s =
		parse("UPDATE t SET a.b = a.b + 1, c = list_append(c, [2]) REMOVE d[0] "
	              "SET e = 'WHERE' WHERE id = 'x' RETURNING MODIFIED NEW *");

	expect_int(s->operation, PARTIQL_UPDATE);
	expect_int(s->change_count, 4);
	expect_str(text_of(s->changes[0].value), "(Plus (Path a b) {\"N\":\"1\"})");
	expect_str(text_of(s->changes[1].value), "(list_append c (List {\"N\":\"2\"}))");
	expect(!s->changes[2].value);
	expect_str(text_of(s->changes[2].path), "(Path d {\"N\":\"0\"})");
	expect_int(s->returning, RETURNING_MODIFIED_NEW);
	expect_str(text_of(s->where), "(Eq id {\"S\":\"x\"})");
}

TEST(partiql_parse_update_may_begin_with_from)
{
	struct partiql_statement *s =
		parse("from t where id = 'x' set c = 2 remove a returning all old *");

	expect_int(s->operation, PARTIQL_UPDATE);
	expect_str(s->table, "t");
	expect_int(s->change_count, 2);
	expect_int(s->returning, RETURNING_ALL_OLD);
	expect(!parse("FROM t SET c = 1")->where);
}

TEST(partiql_parse_delete)
{
	struct partiql_statement *s = parse("DELETE FROM t WHERE id = ? RETURNING ALL OLD *");

	expect_int(s->operation, PARTIQL_DELETE);
	expect_int(s->returning, RETURNING_ALL_OLD);
	expect_int(s->parameter_count, 1);
}

TEST(partiql_parse_exists)
{
	struct partiql_statement *s =
		parse("EXISTS(SELECT * FROM t WHERE id = 'x' AND a IS MISSING)");

	expect_int(s->operation, PARTIQL_EXISTS);
	expect_str(text_of(s->where), "(And (Eq id {\"S\":\"x\"}) (is-missing a))");
}

/*
 * Conditions.
 */

TEST(partiql_parse_operators_bind_as_in_sql)
{
	expect_where(
		"a = 1 OR b < 2 AND NOT c <> 3",
		"(Or (Eq a {\"N\":\"1\"}) (And (Lt b {\"N\":\"2\"}) (Not (Ne c {\"N\":\"3\"}))))");
	expect_where("(a = 1 OR b >= 2) AND c != d",
	             "(And (Or (Eq a {\"N\":\"1\"}) (Gte b {\"N\":\"2\"})) (Ne c d))");
	expect_where("a BETWEEN 1 AND 2 AND b = -3",
	             "(And (Between a {\"N\":\"1\"} {\"N\":\"2\"}) (Eq b {\"N\":\"-3\"}))");
	expect_where("NOT a = 1 AND b = 2",
	             "(And (Not (Eq a {\"N\":\"1\"})) (Eq b {\"N\":\"2\"}))");
}

TEST(partiql_parse_long_conditions_are_flat)
{
	expect_where("a AND b AND c AND d", "(And a b c d)");
	expect_where("a AND (b AND c) AND d", "(And a (And b c) d)");
	expect_where("(a OR b) OR c OR d", "(Or (Or a b) c d)");
	expect_where("a OR b AND c OR d", "(Or a (And b c) d)");
}

TEST(partiql_parse_predicates)
{
	expect_where("a IN [1, ?]", "(InCollection a (List {\"N\":\"1\"} ?))");
	expect_where("a IN (1)", "(InCollection a (List {\"N\":\"1\"}))");
	expect_where("a NOT IN (1, 2)",
	             "(Not (InCollection a (List {\"N\":\"1\"} {\"N\":\"2\"})))");
	expect_where("a NOT BETWEEN 1 AND 2", "(Not (Between a {\"N\":\"1\"} {\"N\":\"2\"}))");
	expect_where("a IS NOT MISSING", "(Not (is-missing a))");
	expect_where("a.b IS NULL", "(is-null (Path a b))");
	expect_where("a IS string", "(is-string a)");
	expect_where("Begins_With(\"A\", 'x') AND size(b) > 1",
	             "(And (begins_with A {\"S\":\"x\"}) (Gt (size b) {\"N\":\"1\"}))");
	expect_where("contains(a, b) = true", "(Eq (contains a b) {\"BOOL\":true})");
}

/*
 * What is refused.
 */

TEST(partiql_parse_says_what_dynamodb_says_of_a_bad_statement)
{
	expect_malformed("SLECT * FROM t WHERE a = 'x'", "Expected data manipulation");
	expect_malformed("UPDATE Payment-x SET a = 1 WHERE b = 2", "Expected data manipulation");
	expect_malformed("SELECTT * FROMM \"t\"", "Unexpected token after expression");
	expect_malformed("SELECT * FROM t WHERE pk = 1 foo", "Unexpected token after expression");
	expect_malformed("SELECT * FROM t WHERE pk = 1 e5", "Unexpected token after expression");
	expect_malformed("SELECT * FROM t WHERE pk = 1)", "Unexpected token after expression");
	expect_malformed("SELECT * FROM t ORDER BY pk WHERE pk = 1",
	                 "Unexpected token after expression");
	expect_malformed("DELETE FROM t WHERE pk = 1 ORDER BY pk",
	                 "Unexpected token after expression");
	expect_malformed("INSERT INTO t VALUE {'pk': 1} foo", "Unexpected token after expression");
	expect_malformed("INSERT INTO t x VALUE {'pk': 1}", "Unexpected token after expression");
	expect_malformed("FROM t SET c = 1 WHERE pk = 'x'", "Unexpected token after expression");
	expect_malformed("INSERT INTO t (key, a) VALUES (?, ?)", "Unexpected keyword");
	expect_malformed("SELECT * FROM t WHERE ORDER BY pk", "Unexpected keyword");
	expect_malformed("SELECT * FROM t WHERE IS NULL", "Unexpected operator");
	expect_malformed("SELECT * FROM t WHERE pk = LIKE", "Unexpected operator");
	expect_malformed("SELECT * FROM t WHERE x IS FOO", "Expected type name");
	expect_malformed("SELECT * FROM t WHERE attribute_exists(m.inner)",
	                 "Invalid path dot component");
	expect_malformed("DELETE FROM WHERE pk = 'a'", "Expected identifier for simple path");
	expect_malformed("DELETE FROM;", "Expected identifier for simple path");
}

TEST(partiql_parse_says_what_is_missing_at_the_end)
{
	const char *const open[] = { "SELECT * FROM",           "SELECT * FROM t WHERE",
		                     "SELECT * FROM t WHERE;",  "UPDATE t SET a = 1 WHERE",
		                     "DELETE FROM t WHERE",     "SELECT * FROM t WHERE NOT",
		                     "SELECT * FROM t WHERE (", "" };

	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		expect_malformed(open[i], "Unexpected term");
	expect_malformed("SELECT * FROM t WHERE a = 1 AND",
	                 "Missing right-hand side expression of infix operator");
	expect_malformed("SELECT * FROM t WHERE a =",
	                 "Missing right-hand side expression of infix operator");
}

TEST(partiql_parse_says_nothing_of_what_is_no_token)
{
	expect_malformed("SELECT * FROM t WHERE pk = 1e99999999999", "");
	expect_malformed("SELECT * FROM t WHERE pk = 1 # note", "");
	expect_malformed("SELECT * FROM \"t", "");
}

TEST(partiql_parse_refuses_what_dynamodb_does_not_run)
{
	expect_message("x IS INT4", "Unsupported operation: IsType");
	expect_message("SELECT * FROM t x WHERE a = 1", "Aliasing is not supported");
	expect_message("SELECT a AS b FROM t", "Aliasing is not supported");
	expect_message("DELETE FROM t AS x WHERE a = 1", "Aliasing is not supported");
	expect_message("SELECT id FROM dbimp_page LIMIT 5", "Unsupported clause: LIMIT at 1:33:1");
	expect_message("SELECT COUNT(*) FROM t", "Unexpected path component at 1:8:5");
	expect_message("SELECT attribute_exists(ss) FROM t", "Unexpected path component at 1:8:16");
	expect_message("SELECT m.z, b.z FROM t", "Duplicate identifiers in select clause: z");
	expect_message("SELECT * FROM a, b", "FROM clause may only contain a single table name");
	expect_message("INSERT INTO t VALUE {'a': 1} RETURNING ALL OLD *",
	               "RETURNING is not supported in INSERT");
	expect_message("DELETE FROM t WHERE a = 1 RETURNING MODIFIED OLD *",
	               "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD "
	               "* is allowed in DELETE statements.");
}

TEST(partiql_parse_takes_a_table_or_an_index)
{
	expect_message("SELECT * FROM \"\"", "Path component cannot be an empty string");
	expect_message("SELECT * FROM t.\"\"", "Path component cannot be an empty string");
	expect_message("SELECT * FROM a.b.c",
	               "A path may contain at most 2 components in the FROM clause");
	expect_message("SELECT * FROM [1]", "Unexpected from source at 1:15:1");
	expect_message("INSERT INTO t.i VALUE {'a': 1}",
	               "FROM clause may only contain a single table name");
	expect_message("UPDATE t.i SET a = 1 WHERE b = 1",
	               "This operation is not supported on an index");
	expect_message("DELETE FROM t.i WHERE b = 1",
	               "This operation is not supported on an index");
}

TEST(partiql_parse_bounds_the_depth)
{
	struct buf b;

	buf_init(&b, &arena, 64 * 1024);
	buf_put(&b, STR("SELECT * FROM t WHERE "));
	for (int i = 0; i < 4000; i++)
		buf_put(&b, STR("("));
	expect_malformed(buf_cstr(&b), "Expression is nested too deeply");
	b.n = 0;
	buf_put(&b, STR("SELECT * FROM t WHERE a"));
	for (int i = 0; i < 2000; i++)
		buf_put(&b, STR(" + a"));
	expect_malformed(buf_cstr(&b), "Expression is nested too deeply");
	b.n = 0;
	buf_put(&b, STR("SELECT * FROM t WHERE a = 1"));
	for (int i = 0; i < 1000; i++)
		buf_put(&b, STR(" OR a=1"));
	expect_int(parse(buf_cstr(&b))->where->n, 1001);
}

TESTS_WITH(NULL, release,
           {
		   RUN(partiql_parse_select),
		   RUN(partiql_parse_columns_are_named_by_their_last_part),
		   RUN(partiql_parse_insert),
		   RUN(partiql_parse_update),
		   RUN(partiql_parse_update_may_begin_with_from),
		   RUN(partiql_parse_delete),
		   RUN(partiql_parse_exists),
		   RUN(partiql_parse_operators_bind_as_in_sql),
		   RUN(partiql_parse_long_conditions_are_flat),
		   RUN(partiql_parse_predicates),
		   RUN(partiql_parse_says_what_dynamodb_says_of_a_bad_statement),
		   RUN(partiql_parse_says_what_is_missing_at_the_end),
		   RUN(partiql_parse_says_nothing_of_what_is_no_token),
		   RUN(partiql_parse_refuses_what_dynamodb_does_not_run),
		   RUN(partiql_parse_takes_a_table_or_an_index),
		   RUN(partiql_parse_bounds_the_depth),
	   })
