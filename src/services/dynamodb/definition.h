/*
 * What a request says a table and its indexes shall be, held against DynamoDB's rules. Pure functions.
 */
#ifndef SERVICES_DYNAMODB_DEFINITION_H
#define SERVICES_DYNAMODB_DEFINITION_H

#include "services/dynamodb/throughput.h"

enum { INCLUDED_MAX = 100 }; /* NonKeyAttributes of all indexes of a table */

/* AttributeDefinitions, sorted by name, as DynamoDB shows them. */
struct definitions {
	struct key_part *items;
	size_t n;
};

struct table_definition {
	struct definitions attributes;
	struct key_schema keys;
	struct index *indexes;                  /* without spaces; the local ones come first */
	struct throughput_request *throughputs; /* theirs */
	size_t index_count;
};

bool definition_of_table(struct problem *p, const struct dynamodb_create_table_in *in,
                         enum billing_mode billing, struct table_definition *ret);

/* An index that UpdateTable makes. `d` has the definitions of the table; those of the index's key come in from
 * `given`, whose others do not matter. */
bool definition_of_index(struct problem *p, struct definitions *d,
                         const struct dynamodb_attribute_definitions *given,
                         const struct dynamodb_create_global_secondary_index_action *in,
                         struct index *ret);

const struct key_part *definitions_find(const struct definitions *d, str name); /* NULL: none */

/* Only those that the key of the table or of an index names. */
void definitions_prune(struct definitions *d, const struct table *t);

/* As they are stored: ["Sid","Nscore"]. */
str definitions_to_text(struct arena *a, const struct definitions *d);
void definitions_from_text(struct arena *a, str text, struct definitions *ret);

#endif
