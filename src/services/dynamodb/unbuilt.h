/* Parameters of operations on tables that are not built, refused by name; and encryption, which is not either. */
#ifndef SERVICES_DYNAMODB_UNBUILT_H
#define SERVICES_DYNAMODB_UNBUILT_H

#include "services/dynamodb/table.h"

struct unbuilt_parameter {
	const char *name; /* NULL: the last */
	bool is_given;
};

err unbuilt_refuse(struct call *c, const char *operation,
                   const struct unbuilt_parameter *parameters);

/* Of an SSESpecification that does not ask for a key of its own. */
bool sse_check(struct problem *p, const struct dynamodb_sse_specification *s);

#endif
