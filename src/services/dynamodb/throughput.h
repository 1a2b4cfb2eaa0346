/*
 * What a table or a global index may take in a second: provisioned, or at most on demand, and warm at once.
 * It is recorded and reported.
 */
#ifndef SERVICES_DYNAMODB_THROUGHPUT_H
#define SERVICES_DYNAMODB_THROUGHPUT_H

#include "services/dynamodb/table.h"

struct throughput {
	int64_t read_units, write_units; /* provisioned; 0 when paid per request */
	int64_t increased, decreased;    /* when they last were; 0: never */
	int64_t decreases;               /* on the day of the last */
	int64_t max_read, max_write;     /* OnDemandThroughput; 0: not given */
	int64_t warm_read, warm_write;   /* the most that it ever was prepared for */
};

/* As a request gives it. */
struct throughput_request {
	str index; /* absent: of the table */
	const struct dynamodb_provisioned_throughput *provisioned;
	const struct dynamodb_on_demand_throughput *on_demand;
	const struct dynamodb_warm_throughput *warm;
};

/* Of a new table or index, whose ProvisionedThroughput goes with the billing mode already. */
bool throughput_check(struct problem *p, const struct throughput_request *r,
                      enum billing_mode billing);
struct throughput throughput_new(const struct throughput_request *r, enum billing_mode billing);

/* "Given value 1000000000001 for ReadCapacityUnits is out of bounds" */
bool throughput_check_bounds(struct problem *p,
                             const struct dynamodb_provisioned_throughput *given);

/* Of one that is there. */
bool throughput_check_on_demand(struct problem *p, const struct throughput_request *r,
                                enum billing_mode billing, bool is_update);
bool throughput_check_warmer(struct problem *p, const struct throughput_request *r,
                             const struct throughput *now_set);
/* Of decreases there are four a day, and then one an hour. */
bool throughput_may_decrease(const struct throughput *t, int64_t now, int64_t read, int64_t write);
void throughput_provision(struct throughput *t, int64_t now, int64_t read, int64_t write);
void throughput_limit(struct throughput *t, const struct dynamodb_on_demand_throughput *given);
void throughput_warm(struct throughput *t, int64_t read, int64_t write);
void throughput_pay_per_request(struct throughput *t);

/* The part that has no columns of its own, as JSON, and back. */
str throughput_to_text(struct arena *a, const struct throughput *t);
void throughput_from_text(struct arena *a, str text, struct throughput *t);

/* As descriptions show it; the second is NULL when none was given. */
struct dynamodb_provisioned_throughput_description *throughput_describe(struct arena *a,
                                                                        const struct throughput *t,
                                                                        int64_t now);
struct dynamodb_on_demand_throughput *throughput_describe_on_demand(struct arena *a,
                                                                    const struct throughput *t);

#endif
