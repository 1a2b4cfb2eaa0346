/*
 * Spaces: where the items of a table or an index are, in the order of their keys. All SQL on items is here.
 */
#ifndef SERVICES_DYNAMODB_SPACE_H
#define SERVICES_DYNAMODB_SPACE_H

#include "base/arena.h"
#include "store/db.h"

/* An item as it is stored: its text in the arena, and its size as DynamoDB counts it. */
struct stored_item {
	str key, text;
	int64_t size;
};

int64_t space_new(struct db *db); /* its number */

/* Forgets the counts; the items go with the job JOB_DROP_SPACE. */
void space_forget(struct db *db, int64_t space);

void space_count(struct db *db, int64_t space, int64_t *ret_items, int64_t *ret_bytes);

bool space_get(struct db *db, struct arena *a, int64_t space, str key, struct stored_item *ret);

/* Puts or replaces, or removes, and counts. `old_size` is that of what is there; -1: nothing is. */
void space_put(struct db *db, int64_t space, str key, str text, int64_t size, int64_t old_size);
void space_delete(struct db *db, int64_t space, str key, int64_t old_size);

/*
 * The items with from <= key < to, in order or backwards. An absent `to` is the end of the space. The
 * slices of the current item live until the next space_next.
 *
 *     for (space_each(db, &rows, &range, backwards); space_next(&rows, &item);)
 *
 * Leaving early needs db_rows_end(&rows).
 */
struct space_range {
	int64_t space;
	str from, to;
	bool after; /* from < key instead: the place where a page went on */
};

void space_each(struct db *db, struct db_rows *rows, const struct space_range *range,
                bool backwards);
bool space_next(struct db_rows *rows, struct stored_item *ret);

#endif
