/*
 * ExclusiveStartKey: the key's attributes of an item, of the table and of the index that is read. Whether
 * there is such an item does not matter.
 */
#ifndef SERVICES_DYNAMODB_START_KEY_H
#define SERVICES_DYNAMODB_START_KEY_H

#include "services/dynamodb/page.h"

/* Its values, before the table is known. */
bool start_key_read(struct problem *p, str text, struct item *ret);

/* For a Query, in AWS's order: all attributes are there and those of the partition key are good; then, behind
 * the key condition, the others. */
bool start_key_check_hash(struct problem *p, const struct page_request *r, const struct item *key);
bool start_key_check_rest(struct problem *p, const struct page_request *r, const struct item *key);
/* That a page for the condition, whose range is set, may end with it. */
bool start_key_is_within(struct problem *p, const struct page_request *r,
                         const struct key_condition *condition, const struct item *key);

/* For a Scan: of the index, then of the table. */
bool start_key_check_of_index(struct problem *p, const struct page_request *r,
                              const struct item *key);
bool start_key_check_of_table(struct problem *p, const struct page_request *r,
                              const struct item *key);

/* Encoded, once it is checked. */
str start_key_encode(struct arena *a, const struct page_request *r, const struct item *key);

#endif
