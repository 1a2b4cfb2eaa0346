/*
 * UpdateTable: what it asks for is checked by itself first, then against the table, and worked into what was
 * loaded of it; only when nothing was refused is it saved. (update_table.c, table_update_check.c, table_update_index.c)
 */
#ifndef SERVICES_DYNAMODB_TABLE_UPDATE_H
#define SERVICES_DYNAMODB_TABLE_UPDATE_H

#include "services/dynamodb/settings.h"

struct table_update {
	const struct dynamodb_update_table_in *in;
	struct table table; /* its indexes have room for one more */
	struct settings before, settings;
	enum billing_mode billing; /* that the table will have */
	bool switches_billing;
	const struct index *created, *deleted; /* of the table's; NULL: none */
	bool index_was_updated[TABLE_INDEXES_MAX];
};

/* Without the table: something is asked for, and what is goes together. */
bool table_update_check(struct problem *p, const struct dynamodb_update_table_in *in);

/* GlobalSecondaryIndexUpdates, against the table, into its indexes and their throughputs. */
err table_update_indexes(struct call *c, struct table_update *u);

/* "The provisioned throughput for the table will not change. …"; NULL: it will. `index`: absent for the
 * table. */
err table_update_provisioned(struct call *c, str index, struct throughput *t,
                             const struct dynamodb_provisioned_throughput *given);

/* OnDemandThroughput and WarmThroughput, of the table or of an index. */
err table_update_maxima(struct call *c, enum billing_mode billing, struct throughput *t,
                        const struct throughput_request *r);

/* ResourceInUseException: "Attempt to change a resource which is still in use: …" */
err table_update_in_use(struct call *c, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
