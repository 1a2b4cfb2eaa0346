/* What the targets for DynamoDB's expressions share: an item, names and values for them. */
#ifndef TESTS_FUZZ_EXPRESSION_TARGET_H
#define TESTS_FUZZ_EXPRESSION_TARGET_H

#include "base/str.h"
#include "services/dynamodb/expression.h"

#include <stdlib.h>

static const str target_item = STR_INIT(
	"{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"5\"},\"b\":{\"B\":\"AQID\"},\"t\":{\"S\":\"hello\"},"
	"\"ss\":{\"SS\":[\"x\",\"y\"]},\"ns\":{\"NS\":[\"1\",\"2\"]},\"bs\":{\"BS\":[\"AQ==\"]},"
	"\"l\":{\"L\":[{\"S\":\"p\"},{\"N\":\"7\"},{\"L\":[{\"S\":\"deep\"},{\"M\":{}}]}]},"
	"\"m\":{\"M\":{\"k\":{\"S\":\"v\"},\"n\":{\"M\":{\"o\":{\"N\":\"1\"}}},\"l\":{\"L\":[]}}},"
	"\"y\":{\"BOOL\":true},\"z\":{\"NULL\":true}}");

struct target {
	struct arena arena;
	struct problem problem;
	struct expressions e;
	struct item item;
	struct dynamodb_expression_attribute_name_map names;
	struct dynamodb_expression_attribute_value_map values;
};

static inline void target_init(struct target *t)
{
	static struct dynamodb_expression_attribute_name_map_map_entry names[] = {
		{ STR_INIT("#a"), STR_INIT("a") },    { STR_INIT("#n"), STR_INIT("n") },
		{ STR_INIT("#m"), STR_INIT("m") },    { STR_INIT("#l"), STR_INIT("l") },
		{ STR_INIT("#s"), STR_INIT("size") }, { STR_INIT("#h"), STR_INIT("#n") },
	};
	static struct dynamodb_expression_attribute_value_map_map_entry values[] = {
		{ STR_INIT(":a"), STR_INIT("{\"S\":\"a\"}") },
		{ STR_INIT(":b"), STR_INIT("{\"B\":\"AQ==\"}") },
		{ STR_INIT(":n"), STR_INIT("{\"N\":\"5\"}") },
		{ STR_INIT(":d"), STR_INIT("{\"N\":\"9.9e125\"}") },
		{ STR_INIT(":t"), STR_INIT("{\"S\":\"SS\"}") },
		{ STR_INIT(":x"), STR_INIT("{\"SS\":[\"y\",\"x\"]}") },
		{ STR_INIT(":y"), STR_INIT("{\"NS\":[\"1\",\"3\"]}") },
		{ STR_INIT(":l"), STR_INIT("{\"L\":[{\"S\":\"p\"},{\"L\":[]}]}") },
		{ STR_INIT(":m"), STR_INIT("{\"M\":{\"o\":{\"N\":\"1\"}}}") },
		{ STR_INIT(":z"), STR_INIT("{\"NULL\":true}") },
	};

	*t = (struct target){ .names = { names, ARRAY_LEN(names) },
		              .values = { values, ARRAY_LEN(values) } };
	t->problem.arena = &t->arena;
	if (!item_read(&t->problem, target_item, &t->item) ||
	    !expressions_init(&t->e, &t->problem, &t->names, &t->values))
		abort();
}

/* A problem of an expression says which, in UTF-8 when the expression is. */
static inline void target_check_problem(const struct target *t, str text)
{
	if (!t->problem.message.n || t->problem.is_serialization)
		abort();
	if (utf8_valid(text) && !utf8_valid(t->problem.message))
		abort();
}

static inline void target_release(struct target *t)
{
	arena_release(&t->arena);
}

#endif
