/* Items, names and values from JSON, for the tests of expressions. */
#ifndef TESTS_UNIT_SERVICES_DYNAMODB_EXPRESSIONS_H
#define TESTS_UNIT_SERVICES_DYNAMODB_EXPRESSIONS_H

#include "check.h"

#include "base/json.h"
#include "services/dynamodb/expression.h"

static struct arena arena;

static inline int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static inline struct item item_of(const char *json)
{
	struct problem p = { .arena = &arena };
	struct item item = { 0 };

	if (!item_read(&p, str_from(json), &item))
		fail_msg("%s: %.*s", json, STR_ARG(p.message));
	return item;
}

static inline void expect_item(const struct item *got, const char *want)
{
	struct item expected = item_of(want);

	if (!item_equal(got, &expected))
		fail_msg("got  %.*s\nwant %s", STR_ARG(item_text(&arena, got)), want);
}

/* NULL gives an absent map. */
static inline struct dynamodb_expression_attribute_name_map names_of(const char *json)
{
	struct dynamodb_expression_attribute_name_map map = { 0 };
	struct json_reader r;
	size_t capacity = 0;
	str key;

	json_reader_init(&r, &arena, str_from(json ? json : "{}"));
	if (json)
		map.items = arena_alloc(&arena, 1);
	json_enter_object(&r);
	while (json_next_member(&r, &key)) {
		if (map.n == capacity)
			map.items = arena_grow(&arena, map.n ? map.items : NULL, &capacity,
			                       sizeof(*map.items));
		map.items[map.n].key = key;
		json_string(&r, &map.items[map.n++].value);
	}
	expect(json_ok(&r));
	return map;
}

static inline struct dynamodb_expression_attribute_value_map values_of(const char *json)
{
	struct dynamodb_expression_attribute_value_map map = { 0 };
	struct json_reader r;
	size_t capacity = 0;
	str key;

	json_reader_init(&r, &arena, str_from(json ? json : "{}"));
	if (json)
		map.items = arena_alloc(&arena, 1);
	json_enter_object(&r);
	while (json_next_member(&r, &key)) {
		if (map.n == capacity)
			map.items = arena_grow(&arena, map.n ? map.items : NULL, &capacity,
			                       sizeof(*map.items));
		map.items[map.n].key = key;
		json_raw(&r, &map.items[map.n++].value);
	}
	expect(json_ok(&r));
	return map;
}

/* A request's expressions, ready for …_parse; the maps' own problems are in `problem`. */
struct request {
	struct problem problem;
	struct dynamodb_expression_attribute_name_map names;
	struct dynamodb_expression_attribute_value_map values;
	struct expressions e;
};

static inline struct request *request_of(const char *names, const char *values)
{
	struct request *r = arena_new(&arena, struct request);

	r->problem.arena = &arena;
	r->names = names_of(names);
	r->values = values_of(values);
	if (!expressions_init(&r->e, &r->problem, &r->names, &r->values))
		expect(r->problem.message.p);
	return r;
}

#define expect_problem(p, want) expect_str((p).message, want)

#endif
