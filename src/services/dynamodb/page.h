/*
 * A page of what a table or an index holds: a stretch of it in order, filtered and projected, up to a number
 * of items or a megabyte. What Query, Scan and PartiQL's SELECT have in common.
 *
 * The caller has checked everything; reading a page cannot fail. An item that nothing is asked of but itself
 * goes from the store into the reply without being parsed.
 */
#ifndef SERVICES_DYNAMODB_PAGE_H
#define SERVICES_DYNAMODB_PAGE_H

#include "services/dynamodb/capacity.h"
#include "services/dynamodb/expression.h"
#include "services/dynamodb/space.h"

enum {
	PAGE_SIZE_MAX = 1024 * 1024
}; /* sizes of items, before the filter; the last may exceed it */

struct page_request {
	const struct table *table;
	const struct index *index; /* NULL: the table itself */
	struct space_range range;
	bool backwards;
	bool is_consistent;
	bool is_fetched;                /* of a local index: the whole item, out of the table */
	bool is_count;                  /* only the counts, no items */
	int64_t limit;                  /* of items that are looked at; 0: none */
	const struct condition *filter; /* NULL: all items */
	const struct projection *projection; /* NULL: the whole items */
};

struct page {
	struct dynamodb_item_list items; /* their JSON; without items (items.n is 0) still a list */
	int64_t count, scanned;          /* that passed the filter; that were looked at */
	str last; /* the encoded key of the last item looked at; absent: the range has been read whole */
	str last_key; /* its attributes, as JSON: a LastEvaluatedKey. Absent with `last` */
};

/* The schema of the keys in a space: of the index, or of the table when there is none. */
const struct key_schema *page_schema(const struct page_request *r);

/* The items that a key condition speaks of; all of them; those of a segment of a scan. */
void page_range_of_condition(struct arena *a, struct page_request *r,
                             const struct key_condition *condition);
void page_range_of_all(struct page_request *r);
void page_range_of_segment(struct arena *a, struct page_request *r, uint32_t segment,
                           uint32_t segments);

/* Goes on behind an item (a page's `last`), in the direction of `backwards`, within the range that is set. A key
 * from before the range begins at its beginning; one from behind it finds nothing. */
void page_continue(struct page_request *r, str last);

/* `capacity` gets what the reading cost. */
void page_read(struct db *db, struct arena *a, const struct page_request *r,
               struct capacity *capacity, struct page *ret);

#endif
