/*
 * Provisioned throughput that is kept to, when the program was started with --throttle.
 *
 * Each table and each global index has two buckets, of reads and of writes. A bucket fills with its units
 * every second, up to five minutes' worth, as AWS keeps unused capacity for bursts; it begins with a second's.
 * A request is let in while there is something left in the buckets that it draws from, and draws what it cost
 * when that is known, which may leave a debt. Buckets are in memory: a restart begins anew. Tables that are
 * paid per request are never held up.
 */
#ifndef SERVICES_DYNAMODB_THROTTLE_H
#define SERVICES_DYNAMODB_THROTTLE_H

#include "services/dynamodb/capacity.h"

enum throttle_kind { THROTTLE_READ, THROTTLE_WRITE };

/* Whether a request on a table, and for a read on one of its indexes (NULL: none), is let in; a write draws
 * from all of its global indexes. Always, without --throttle. */
bool throttle_admits(struct call *c, const struct table *t, const struct index *index,
                     enum throttle_kind kind);

/* The same as an error: ProvisionedThroughputExceededException. */
err throttle_admit(struct call *c, const struct table *t, const struct index *index,
                   enum throttle_kind kind);

/* What the request cost. */
void throttle_spend(struct call *c, const struct capacity *spent);

#endif
