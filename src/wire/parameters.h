/*
 * `a=b&c=d` as it stands in a query or a form: decoded, in the order sent, with limits.
 */
#ifndef WIRE_PARAMETERS_H
#define WIRE_PARAMETERS_H

#include "base/encoding.h"

struct parameter {
	str name, value; /* value is empty without a '=' */
};

struct parameters {
	struct parameter *items;
	size_t n;
};

/* False when something is not decodable, not UTF-8, or more than LIMIT_QUERY_PARAMETERS. */
bool parameters_parse(struct arena *a, str text, enum uri_source source, struct parameters *ret);

/* The first of that name, or NULL. */
const struct parameter *parameters_find(const struct parameters *p, str name);

#endif
