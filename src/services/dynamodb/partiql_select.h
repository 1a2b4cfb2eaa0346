/*
 * SELECT of a table or an index. When its WHERE names the whole partition key, by = or IN, what it reads are
 * the stretches of those partitions, otherwise all of the table; in each case the WHERE filters it.
 */
#ifndef SERVICES_DYNAMODB_PARTIQL_SELECT_H
#define SERVICES_DYNAMODB_PARTIQL_SELECT_H

#include "services/dynamodb/page.h"
#include "services/dynamodb/partiql_request.h"

struct partiql_select {
	const struct partiql_request *request;
	struct page_request page;   /* all but its range */
	struct space_range *ranges; /* one after the other */
	size_t n;
	struct projection projection; /* when all columns are top-level attributes */
	size_t first;                 /* of the ranges, and where in it: absent, its beginning */
	str after;
};

struct partiql_rows {
	struct dynamodb_item_list items;
	str next_token; /* absent: that is all */
	str last_key;   /* as next_token, as JSON */
};

/* `next_token` may be absent. */
bool partiql_select_bind(struct problem *p, const struct partiql_request *r, const struct table *t,
                         bool is_consistent, str next_token, struct partiql_select *ret);

/* A page of it: `limit` items are looked at at most (0: no limit). */
void partiql_select_read(struct db *db, struct arena *a, struct partiql_select *s, int64_t limit,
                         struct capacity *capacity, struct partiql_rows *ret);

#endif
