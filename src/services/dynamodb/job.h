/*
 * Work that takes many small turns on the writer, so that nobody waits for it: a row of dynamodb_job each,
 * which a restart finds again.
 */
#ifndef SERVICES_DYNAMODB_JOB_H
#define SERVICES_DYNAMODB_JOB_H

#include "base/base.h"
#include "store/db.h"

enum job_kind {
	JOB_DROP_SPACE,   /* `space` is gone; its items, and its expiries, follow */
	JOB_FILL_INDEX,   /* the index `space` of the table gets its items, then is ACTIVE */
	JOB_FILL_EXPIRY,  /* the table's items get their dynamodb_expiry */
	JOB_CLEAR_EXPIRY, /* they lose it */
};

void job_add(struct db *db, enum job_kind kind, int64_t table_space, int64_t space);

/* One turn of the oldest job; true: there is more to do. */
bool job_turn(struct db *db, int64_t now);

#endif
