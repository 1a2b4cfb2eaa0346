#include "services/dynamodb/limits.h"

#include "base/str.h"
#include "base/timestamp.h"
#include "services/dynamodb/dynamodb.h"

enum {
	ACCOUNT_UNITS = 80000,
	TABLE_UNITS = 40000, /* of reads, and of writes */
	ENDPOINT_MINUTES = 1440,
};

static err check_units(struct call *c, const char *name, str index, int64_t given)
{
	if (given <= TABLE_UNITS)
		return NULL;
	return fail(
		c, &dynamodb_limit_exceeded_exception,
		"The requested %s%s%.*s, %lld, is above the per %s maximum for the account in %.*s. "
		"Per table maximum: %d. Refer to the Amazon DynamoDB Developer Guide for current "
		"limits and how to request higher limits.",
		name, index.p ? " for index " : "", STR_ARG(index), (long long)given,
		index.p ? "index" : "table", STR_ARG(c->region), TABLE_UNITS);
}

err limits_check_units(struct call *c, str index,
                       const struct dynamodb_provisioned_throughput *given)
{
	err e = NULL;

	if (given)
		e = check_units(c, "ReadCapacityUnits", index, given->read_capacity_units.value);
	if (given && !e)
		e = check_units(c, "WriteCapacityUnits", index, given->write_capacity_units.value);
	return e;
}

err limits_check_decrease(struct call *c, const struct throughput *t,
                          const struct dynamodb_provisioned_throughput *given)
{
	if (throughput_may_decrease(t, c->now, given->read_capacity_units.value,
	                            given->write_capacity_units.value))
		return NULL;
	return fail(
		c, &dynamodb_limit_exceeded_exception,
		"Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
		"given UTC day. After the first 4 decreases, each subsequent decrease in the same "
		"UTC day can be performed at most once every 3600 seconds. Number of decreases "
		"today: %lld. Last decrease at %.*s.",
		(long long)t->decreases, STR_ARG(timestamp_to_http(c->arena, t->decreased)));
}

/*
 * DescribeLimits, DescribeEndpoints, DescribeContinuousBackups.
 */

err dynamodb_describe_limits(struct call *c, const struct dynamodb_describe_limits_in *in,
                             struct dynamodb_describe_limits_out *out)
{
	(void)c;
	(void)in;
	*out = (struct dynamodb_describe_limits_out){
		.account_max_read_capacity_units = opt_int(ACCOUNT_UNITS),
		.account_max_write_capacity_units = opt_int(ACCOUNT_UNITS),
		.table_max_read_capacity_units = opt_int(TABLE_UNITS),
		.table_max_write_capacity_units = opt_int(TABLE_UNITS),
	};
	return NULL;
}

/* The address by which the client came. */
err dynamodb_describe_endpoints(struct call *c, const struct dynamodb_describe_endpoints_in *in,
                                struct dynamodb_describe_endpoints_out *out)
{
	struct dynamodb_endpoint *endpoint = arena_new(c->arena, struct dynamodb_endpoint);

	(void)in;
	endpoint->address =
		c->request && c->request->host.n
			? c->request->host
			: arena_printf(c->arena, "dynamodb.%.*s.amazonaws.com", STR_ARG(c->region));
	endpoint->cache_period_in_minutes = opt_int(ENDPOINT_MINUTES);
	out->endpoints = (struct dynamodb_endpoints){ .items = endpoint, .n = 1 };
	return NULL;
}

/* There are none: AWS says ENABLED of each table, for there the recovery itself can be switched on. */
err dynamodb_describe_continuous_backups(struct call *c,
                                         const struct dynamodb_describe_continuous_backups_in *in,
                                         struct dynamodb_describe_continuous_backups_out *out)
{
	struct dynamodb_continuous_backups_description *d =
		arena_new(c->arena, struct dynamodb_continuous_backups_description);
	struct table t;
	str name;
	err e = table_name_of(c, in->table_name, &name);

	if (e)
		return e;
	if (!table_load_named(c->db, c->arena, c->identity.account, c->region, name, &t))
		return fail(c, &dynamodb_table_not_found_exception, "Table not found: %.*s",
		            STR_ARG(name));
	d->continuous_backups_status = STR("DISABLED");
	d->point_in_time_recovery_description =
		arena_new(c->arena, struct dynamodb_point_in_time_recovery_description);
	d->point_in_time_recovery_description->point_in_time_recovery_status = STR("DISABLED");
	out->continuous_backups_description = d;
	return NULL;
}
