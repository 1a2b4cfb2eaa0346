/*
 * Reads of one item by its key: GetItem, BatchGetItem and TransactGetItems differ in how many they make, and
 * in what becomes of a bad key.
 */
#ifndef SERVICES_DYNAMODB_GET_H
#define SERVICES_DYNAMODB_GET_H

#include "services/dynamodb/expression.h"
#include "services/dynamodb/space.h"
#include "services/dynamodb/table.h"

/* What is asked of the items of one table. */
struct get {
	struct projection projection;
	bool is_projected; /* otherwise whole items */
};

/* Either of the two may be given; that they do not come together is for the caller to see. */
bool get_parse(struct problem *p, str projection_expression,
               const struct dynamodb_expression_attribute_name_map *names,
               const struct dynamodb_attribute_name_list *attributes_to_get, struct get *ret);

/* What can only be said with the table: keys have no insides to project. */
bool get_bind(struct problem *p, const struct table *t, const struct get *get);

/* The item as the reply has it. An absent text, and a size of 0, when there is none. */
struct stored_item get_read(struct db *db, struct arena *a, const struct table *t,
                            const struct get *get, const struct item *key);

/* A text that is the same for equal keys, in whatever order or form their attributes were sent; and whether no
 * two of such texts are equal, which sorts them. */
str get_key_text(struct arena *a, const struct item *key);
bool get_are_distinct(str *texts, size_t n);

/* That the paths of a projection, or of a filter (NULL: none), do not reach into attributes that are part of a
 * key, of the table or of any index. */
bool projection_spares_keys(struct problem *p, const struct table *t,
                            const struct projection *projection);
bool condition_spares_keys(struct problem *p, const struct table *t,
                           const struct condition *condition);

#endif
