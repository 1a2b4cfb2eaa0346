/*
 * Consumed capacity, with AWS's arithmetic: reads in steps of 4 KiB, half of them when eventually consistent;
 * writes in steps of 1 KiB of the larger of what was and what is; of a table twice as much in a transaction,
 * but not of its indexes. An operation that finds nothing still costs the least there is.
 *
 * What a write costs an index depends on what becomes of its entry there: put, replaced or removed once, moved
 * twice, unchanged nothing.
 */
#ifndef SERVICES_DYNAMODB_CAPACITY_H
#define SERVICES_DYNAMODB_CAPACITY_H

#include "services/dynamodb/table.h"

/* Of one table in one request. A zeroed one with its table set is ready. */
struct capacity {
	const struct table *table;
	double table_read, table_write;
	double index_read[TABLE_INDEXES_MAX],
		index_write[TABLE_INDEXES_MAX]; /* as in table->indexes */
};

enum capacity_factor { CAPACITY_EVENTUAL = 1, CAPACITY_CONSISTENT = 2, CAPACITY_TRANSACTION = 4 };

/* Units for so many bytes, read or written at once. */
double read_units(int64_t bytes, enum capacity_factor factor);
double write_units(int64_t bytes, bool in_transaction);

/* `index` NULL: the table. */
void capacity_add_read(struct capacity *capacity, const struct index *index, double units);
void capacity_add_write(struct capacity *capacity, const struct index *index, double units);

void capacity_add(struct capacity *sum, const struct capacity *more); /* of the same table */

/* As ReturnConsumedCapacity asks for it (absent: NONE): NULL, the total, or the indexes too. In a transaction
 * the reads and writes are named as well. */
struct dynamodb_consumed_capacity *capacity_describe(struct arena *a,
                                                     const struct capacity *capacity, str wanted,
                                                     bool in_transaction);

/* The same for an operation on several tables: one for each, in order. */
void capacity_describe_all(struct arena *a, const struct capacity *capacities, size_t n, str wanted,
                           bool in_transaction, struct dynamodb_consumed_capacity_multiple *ret);

#endif
