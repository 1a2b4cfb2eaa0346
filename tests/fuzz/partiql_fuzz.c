/*
 * A statement of any bytes goes as far as it can without a database: it is parsed, its parameters bound to the
 * JSON texts behind NULs, its conditions asked of an item and its changes made to it, and its SELECT planned for
 * a table and for its indexes. One that is refused says why.
 */
#include "base/str.h"
#include "services/dynamodb/partiql_select.h"

#include <stdlib.h>

enum { STATEMENT_MAX = 8192, PARAMETERS_MAX = 16 };

#define ITEM                                                                                       \
	"{\"id\":{\"S\":\"x\"},\"n\":{\"N\":\"1\"},\"a\":{\"M\":{\"b\":{\"L\":[{\"N\":\"1\"}]}}}," \
	"\"s\":{\"SS\":[\"a\",\"b\"]},\"l\":{\"L\":[{\"S\":\"x\"},{\"NULL\":true}]}}"

static struct index indexes[] = {
	{ .space = 2,
	  .name = STR_INIT("i"),
	  .is_global = true,
	  .keys = { .hash = { { STR_INIT("n"), VALUE_N } }, .hash_count = 1 },
	  .projection = PROJECT_KEYS_ONLY },
	{ .space = 3,
	  .name = STR_INIT("l"),
	  .keys = { .hash = { { STR_INIT("id"), VALUE_S } },
	            .range = { { STR_INIT("b"), VALUE_B } },
	            .hash_count = 1,
	            .range_count = 1 } },
};

static const struct table table = {
	.space = 1,
	.keys = { .hash = { { STR_INIT("id"), VALUE_S } },
	          .range = { { STR_INIT("n"), VALUE_N } },
	          .hash_count = 1,
	          .range_count = 1 },
	.indexes = indexes,
	.index_count = ARRAY_LEN(indexes),
};

static bool plan(struct problem *p, const struct partiql_request *r)
{
	struct partiql_select select;
	struct item item;

	item_load(p->arena, STR(ITEM), &item);
	if (!partiql_select_bind(p, r, &table, false, STR_NULL, &select))
		return false;
	if (!select.n)
		abort();
	if (select.page.filter)
		condition_holds(select.page.filter, &item);
	partiql_columns(p->arena, r->statement, STR(ITEM));
	return true;
}

static bool write_item(struct problem *p, const struct partiql_request *r)
{
	struct write w;
	struct item old, changed;

	if (!partiql_write(p, r, &table, &w) || !write_bind(p, &table, &w))
		return false;
	item_load(p->arena, STR(ITEM), &old);
	if (w.condition)
		condition_holds(w.condition, &old);
	if (w.update && !update_apply(p, w.update, &old, &changed))
		return false;
	if (w.update)
		update_changed(p->arena, w.update, &changed);
	return true;
}

static bool run(struct problem *p, str rest)
{
	str values[PARAMETERS_MAX];
	struct dynamodb_prepared_statement_parameters parameters = { .items = values };
	struct partiql_request r;
	str statement = str_cut(&rest, '\0');

	while (rest.p && parameters.n < PARAMETERS_MAX)
		values[parameters.n++] = str_cut(&rest, '\0');
	if (!partiql_request_parse(p, statement, &parameters, &r))
		return false;
	if (!r.statement->table.n)
		abort();
	return partiql_is_read(&r) ? plan(p, &r) : write_item(p, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };

	if (size <= STATEMENT_MAX && !run(&p, (str){ (const char *)data, size }) && !p.message.n)
		abort();
	arena_release(&a);
	return 0;
}
