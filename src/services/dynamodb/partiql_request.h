/*
 * A statement on its way to the table: what can be said of it alone, and then with the table's keys.
 */
#ifndef SERVICES_DYNAMODB_PARTIQL_REQUEST_H
#define SERVICES_DYNAMODB_PARTIQL_REQUEST_H

#include "services/dynamodb/partiql_condition.h"
#include "services/dynamodb/write.h"

/* One of the conditions that AND joins in the WHERE. */
struct partiql_conjunct {
	const struct partiql_node *source;
	struct node *node;
};

struct partiql_request {
	struct partiql_statement *statement;
	struct partiql_conjunct *where;
	size_t where_count;
	struct update *update;
	struct item item;       /* to insert */
	bool has_bad_parameter; /* what is wrong is a value, not the statement */
};

bool partiql_request_parse(struct problem *p, str text,
                           const struct dynamodb_prepared_statement_parameters *parameters,
                           struct partiql_request *ret);

/* A SELECT reads; all others write, also an EXISTS. */
static inline bool partiql_is_read(const struct partiql_request *r)
{
	return r->statement->operation == PARTIQL_SELECT;
}

/* `name = value` in a WHERE: the value. */
bool partiql_equality(const struct partiql_node *n, str name, const struct partiql_node **ret);

/* A value that an attribute of the key is to have: of the right type, not empty, not too long. */
bool partiql_key_value(struct problem *p, const struct key_part *part, bool is_hash,
                       const struct partiql_node *node, struct value *ret);

/*
 * The key that the WHERE names, with an equality for each attribute. `rest` gets the other conditions, as many
 * as there are conjuncts at most. A false without a problem: it does not name all of the key.
 */
bool partiql_key(struct problem *p, const struct partiql_request *r, const struct key_schema *s,
                 struct item *ret_key, struct node **ret_rest, size_t *ret_rest_count);

/* An INSERT, UPDATE, DELETE or EXISTS, to be bound, prepared and applied. */
bool partiql_write(struct problem *p, const struct partiql_request *r, const struct table *t,
                   struct write *ret);

/* For operations in which each SELECT reads one item: its key, when the WHERE says that and nothing else. */
bool partiql_read_key(struct problem *p, const struct partiql_request *r, const struct table *t,
                      const char *operation, struct item *ret);

/* The columns of a SELECT, of an item; all of it for a star. */
str partiql_columns(struct arena *a, const struct partiql_statement *s, str item);

#endif
