/*
 * What a request asks, as a hash: the same for two requests that mean the same, whatever the order of their
 * maps and sets. For requests that carry a token.
 */
#ifndef SERVICES_DYNAMODB_FINGERPRINT_H
#define SERVICES_DYNAMODB_FINGERPRINT_H

#include "models/dynamodb.h"
#include "services/dynamodb/item.h"

struct fingerprint {
	struct arena *arena;
	struct buf text;
};

void fingerprint_init(struct fingerprint *f, struct arena *a);

/* In the order in which the parts are put. Absent and empty texts differ. */
void fingerprint_text(struct fingerprint *f, str text);
void fingerprint_value(struct fingerprint *f, const struct value *value);
void fingerprint_item(struct fingerprint *f, const struct item *item);
void fingerprint_names(struct fingerprint *f,
                       const struct dynamodb_expression_attribute_name_map *names);
void fingerprint_values(struct fingerprint *f,
                        const struct dynamodb_expression_attribute_value_map *values);

str fingerprint_end(struct fingerprint *f); /* SHA-256 of all, in the arena */

#endif
