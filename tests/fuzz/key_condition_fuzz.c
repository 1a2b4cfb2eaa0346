/* A key condition of any bytes, against a few schemas: what is bound has the schema's types. */
#include "expression_target.h"

static const struct key_schema schemas[] = {
	{ .hash = { { STR_INIT("id"), VALUE_S } }, .hash_count = 1 },
	{ .hash = { { STR_INIT("id"), VALUE_S } },
	  .hash_count = 1,
	  .range = { { STR_INIT("n"), VALUE_N } },
	  .range_count = 1 },
	{ .hash = { { STR_INIT("id"), VALUE_S }, { STR_INIT("n"), VALUE_N } },
	  .hash_count = 2,
	  .range = { { STR_INIT("t"), VALUE_S }, { STR_INIT("b"), VALUE_B } },
	  .range_count = 2 },
};

static void check(const struct key_schema *s, const struct key_condition *c)
{
	for (size_t i = 0; i < s->hash_count; i++)
		if (c->hash[i].type != s->hash[i].type)
			abort();
	for (size_t i = 0; i < c->range_equal_count; i++)
		if (i >= s->range_count || c->range_equal[i].type != s->range[i].type)
			abort();
	if (c->kind != KEY_RANGE_ALL && c->low.type != s->range[c->range_equal_count].type)
		abort();
	if (c->kind == KEY_RANGE_BETWEEN && value_compare(&c->low, &c->high) > 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct key_terms *terms;
	struct target t;

	target_init(&t);
	if (!key_terms_parse(&t.e, text, &terms)) {
		target_check_problem(&t, text);
		target_release(&t);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
		struct problem p = { .arena = &t.arena };
		struct key_condition c;

		if (key_terms_bind(&p, terms, &schemas[i], &c))
			check(&schemas[i], &c);
		else if (!p.message.n)
			abort();
	}
	target_release(&t);
	return 0;
}
