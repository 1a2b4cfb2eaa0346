/* The limits of an account that DescribeLimits tells, and requests that go beyond them. */
#ifndef SERVICES_DYNAMODB_LIMITS_H
#define SERVICES_DYNAMODB_LIMITS_H

#include "services/dynamodb/throughput.h"

/* "The requested ReadCapacityUnits, 40001, is above the per table maximum …". `index` is absent for the table;
 * `given` may be NULL. */
err limits_check_units(struct call *c, str index,
                       const struct dynamodb_provisioned_throughput *given);

/* "Provisioned throughput decreases are limited within a given UTC day. …" */
err limits_check_decrease(struct call *c, const struct throughput *t,
                          const struct dynamodb_provisioned_throughput *given);

#endif
