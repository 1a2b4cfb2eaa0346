/*
 * Conditions and updates of PartiQL, as the trees that expressions make as well: they are checked and evaluated
 * by the same functions. Only the words of what is refused differ.
 */
#ifndef SERVICES_DYNAMODB_PARTIQL_CONDITION_H
#define SERVICES_DYNAMODB_PARTIQL_CONDITION_H

#include "services/dynamodb/partiql.h"

struct node; /* expression_parse.h */

bool partiql_condition(struct problem *p, const struct partiql_node *node, struct node **ret);

/* That all hold; NULL of none. */
const struct condition *partiql_all_of(struct arena *a, struct node *const *nodes, size_t n);
/* That all hold, or that the item is not there: it has no such attribute. */
const struct condition *partiql_all_or_absent(struct arena *a, struct node *const *nodes, size_t n,
                                              str key_attribute);

/* What an UPDATE does. */
bool partiql_update(struct problem *p, const struct partiql_statement *s, struct update **ret);

#endif
