/* Item collections: the items of one partition key in a table that has local indexes, and their entries there. */
#ifndef SERVICES_DYNAMODB_COLLECTION_H
#define SERVICES_DYNAMODB_COLLECTION_H

#include "services/dynamodb/space.h"
#include "services/dynamodb/table.h"

/*
 * ItemCollectionMetrics of the collection that an item, or its key, belongs to. NULL when they are not wanted
 * ("SIZE") or the table has no local index. The range is of whole gigabytes, and becomes wide rather than
 * costing more than a bounded look at a large collection.
 */
struct dynamodb_item_collection_metrics *collection_describe(struct db *db, struct arena *a,
                                                             const struct table *t,
                                                             const struct item *item, str wanted);

/* The same for many writes, by table; each collection once. A zeroed one with its first members set is ready. */
struct collections {
	struct arena *arena;
	str wanted;
	size_t writes_max;
	struct dynamodb_item_collection_metrics_per_table tables;
};

void collections_add(struct collections *c, struct db *db, const struct table *t,
                     const struct item *item);

#endif
