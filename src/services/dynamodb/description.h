/* Tables as DescribeTable and the operations that change them show them. */
#ifndef SERVICES_DYNAMODB_DESCRIPTION_H
#define SERVICES_DYNAMODB_DESCRIPTION_H

#include "services/dynamodb/settings.h"

/* As it is: ACTIVE, or UPDATING while an index comes or goes. An operation that begins a change says so itself,
 * with table_describe_status. */
struct dynamodb_table_description *table_describe(struct call *c, const struct table *t,
                                                  const struct settings *s);

/* "CREATING": of the table, and of all its global indexes. */
void table_describe_status(struct dynamodb_table_description *d, str status);

#endif
