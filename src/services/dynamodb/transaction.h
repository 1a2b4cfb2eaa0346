/*
 * A transaction of writes: all of them or none. All are prepared before the first is applied, so one that is
 * cancelled has touched nothing; what an action says of an item is a reason for that, one for each action, in
 * order.
 *
 *     transaction_init          then each action's table name
 *     transaction_find_tables   then each action's write, as far as its caller knows it
 *     transaction_bind          keys; no item twice
 *     transaction_run           does it, or answers as the first time that its token came
 *
 * Transactions never conflict here: there is one writer.
 */
#ifndef SERVICES_DYNAMODB_TRANSACTION_H
#define SERVICES_DYNAMODB_TRANSACTION_H

#include "services/dynamodb/write.h"

struct transaction_action {
	str table_name;
	struct write write;
	size_t table; /* which of the transaction's tables */
};

struct transaction {
	struct call *call;
	struct transaction_action *actions;
	size_t count;
	struct table *tables; /* each once */
	size_t table_count;
	struct capacity *capacities; /* as tables */
	int64_t *reads;              /* what it costs to read all again, as tables */
	struct dynamodb_cancellation_reason *reasons;
	size_t failed; /* how many of the reasons are one */
};

void transaction_init(struct transaction *t, struct call *c, size_t count);
err transaction_find_tables(struct transaction *t);

/* Of an action that does not fit its table: the reason to cancel; for some problems an error of the request. */
err transaction_refuse(struct transaction *t, size_t action, const struct problem *p);

err transaction_bind(struct transaction *t);

/* `token` may be absent; `request` is its fingerprint. */
err transaction_run(struct transaction *t, str token, str request);

#endif
