/* Writes of PartiQL, one by one. */
#ifndef SERVICES_DYNAMODB_PARTIQL_RUN_H
#define SERVICES_DYNAMODB_PARTIQL_RUN_H

#include "services/dynamodb/partiql_select.h"

/* What RETURNING asks for is *ret_item: absent when it is nothing. */
err partiql_run_write(struct call *c, const struct table *t, const struct partiql_request *r,
                      str return_values_on_condition_check_failure, struct capacity *capacity,
                      str *ret_item);

#endif
