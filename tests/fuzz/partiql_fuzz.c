/*
 * A statement of any bytes is parsed, its parameters bound to the JSON texts behind NULs, and what it inserts
 * is made an item of. One that is refused says why.
 */
#include "base/str.h"
#include "services/dynamodb/partiql.h"

#include <stdlib.h>

enum { STATEMENT_MAX = 8192, PARAMETERS_MAX = 16 };

static bool run(struct problem *p, str rest)
{
	str values[PARAMETERS_MAX];
	struct dynamodb_prepared_statement_parameters parameters = { .items = values };
	struct partiql_statement *s;
	struct item item;

	if (!partiql_parse(p, str_cut(&rest, '\0'), &s))
		return false;
	if (!s->table.n)
		abort();
	while (rest.p && parameters.n < PARAMETERS_MAX)
		values[parameters.n++] = str_cut(&rest, '\0');
	if (!partiql_bind(p, s, &parameters))
		return false;
	if (s->operation != PARTIQL_INSERT)
		return true;
	if (!partiql_item(p, s->value, &item))
		return false;
	item_text(p->arena, &item);
	return true;
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
