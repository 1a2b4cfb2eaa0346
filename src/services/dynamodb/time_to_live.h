/* Times to live: when items expire, and what makes them. */
#ifndef SERVICES_DYNAMODB_TIME_TO_LIVE_H
#define SERVICES_DYNAMODB_TIME_TO_LIVE_H

#include "services/dynamodb/change.h"

/* Keeps dynamodb_expiry with a change of an item, when the table has a time to live. */
void time_to_live_change(struct db *db, const struct change *change);

/* One item of a table whose time to live was just turned on (JOB_FILL_EXPIRY). */
void time_to_live_fill(struct db *db, const struct table *t, str key, const struct item *item);

/* Removes what has expired, at most so many at a time; true: there is more. */
bool time_to_live_expire(struct db *db, int64_t now);

#endif
