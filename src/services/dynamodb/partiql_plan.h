/* Which stretches of a table or index a WHERE speaks of. */
#ifndef SERVICES_DYNAMODB_PARTIQL_PLAN_H
#define SERVICES_DYNAMODB_PARTIQL_PLAN_H

#include "services/dynamodb/page.h"
#include "services/dynamodb/partiql_request.h"

struct partiql_plan {
	bool is_keyed; /* otherwise all of it */
	bool is_split; /* by an OR */
	struct partiql_stretch {
		struct value hash;
		struct space_range range;
	} * stretches;
	size_t n, capacity;
	bool backwards;
};

/* `r` has its table and index. What the stretches leave open is for the filter, which gets the whole WHERE. */
bool partiql_plan(struct problem *p, const struct partiql_request *request, struct page_request *r,
                  struct partiql_plan *ret);

#endif
