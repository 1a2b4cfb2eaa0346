/*
 * One change of one item of a table, with all that depends on it: indexes, counts, the time to live, the
 * stream. Every write goes through here, whoever makes it.
 */
#ifndef SERVICES_DYNAMODB_CHANGE_H
#define SERVICES_DYNAMODB_CHANGE_H

#include "services/dynamodb/capacity.h"
#include "services/dynamodb/space.h"

struct change {
	const struct table *table;
	str key;                      /* encoded */
	const struct item *old, *new; /* NULL: not there, before or after */
	int64_t old_size;             /* of `old`, 0 without; the new one's is item_size */
	str old_text, new_text; /* as stored; absent: they are made of the items when needed */
	bool by_time_to_live;   /* for the stream: the service did it */
};

/* Whether anything but the item itself depends on a change: without indexes, stream and time to live, `old`
 * may stay NULL where old_size and old_text say what was there. */
bool change_has_effects(const struct table *t);

/* In the transaction of a write. A change that changes nothing leaves no trace but its capacity. `capacity`
 * may be NULL; what the change costs is added, in a transaction twice. */
void change_apply(struct db *db, struct arena *a, int64_t now, const struct change *change,
                  struct capacity *capacity, bool in_transaction);

#endif
