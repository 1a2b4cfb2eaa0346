/*
 * What Query and Scan give back of an item: Select, the projection, and what an index can give at all.
 */
#ifndef SERVICES_DYNAMODB_SELECTION_H
#define SERVICES_DYNAMODB_SELECTION_H

#include "services/dynamodb/page.h"

struct selection {
	str select; /* absent: what is usual for the table, the index, the projection */
	bool has_projection_expression, has_attributes_to_get, has_index;
};

/* Which of these go together. */
bool selection_check(struct problem *p, const struct selection *s);

/* The index of that name (absent: the table), which must be able to answer. */
bool selection_find_index(struct problem *p, const struct table *t, str name, bool is_consistent,
                          const struct index **ret);

/* Sets what the request gives back: its projection and filter are there already. A global index gives what it
 * has; for a local one, the table is asked for the rest. */
bool selection_bind(struct problem *p, str select, struct page_request *r);

#endif
