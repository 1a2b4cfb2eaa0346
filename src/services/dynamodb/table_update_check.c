#include "services/dynamodb/table_update.h"

#include "base/str.h"

#include <stdlib.h>

#define INVALID "One or more parameter values were invalid: "

/* What a request asks for. */
struct asked {
	bool throughput, billing, provisioned, stream, sse, table_class, protection, on_demand,
		warm;
	bool index, new_index; /* any update of indexes; one that makes or deletes one */
};

static bool has_on_demand(const struct dynamodb_on_demand_throughput *t)
{
	return t && (t->max_read_request_units.set || t->max_write_request_units.set);
}

static bool has_warm(const struct dynamodb_warm_throughput *t)
{
	return t && (t->read_units_per_second.set || t->write_units_per_second.set);
}

/* Structures without members count as absent. */
static struct asked asked_for(const struct dynamodb_update_table_in *in)
{
	const struct dynamodb_global_secondary_index_update_list *updates =
		&in->global_secondary_index_updates;
	struct asked a = {
		.throughput = in->provisioned_throughput != NULL,
		.billing = in->billing_mode.p != NULL,
		.provisioned = str_eq(in->billing_mode, STR("PROVISIONED")),
		.stream = in->stream_specification != NULL,
		.sse = in->sse_specification != NULL,
		.table_class = in->table_class.p != NULL,
		.protection = in->deletion_protection_enabled.set,
		.on_demand = has_on_demand(in->on_demand_throughput),
		.warm = has_warm(in->warm_throughput),
		.index = updates->n > 0,
	};

	for (size_t i = 0; i < updates->n; i++)
		if (updates->items[i].create || updates->items[i].delete)
			a.new_index = true;
	return a;
}

static int count(const struct asked *a)
{
	return (a->throughput || a->billing) + a->stream + a->sse + a->table_class + a->protection +
	       a->on_demand + a->warm + a->index;
}

/*
 * What goes together.
 */

static bool check_alone(struct problem *p, const struct asked *a)
{
	const char *alone = a->sse           ? "Server-Side Encryption modification"
	                    : a->table_class ? "TableClass modification"
	                    : a->protection  ? "DeletionProtection modification"
	                                     : NULL;

	if (count(a) == 1)
		return true;
	if (alone)
		return problem_of_value(p, INVALID "%s must be the only operation in the request",
		                        alone);
	if (a->warm && a->new_index)
		return problem_of_value(p,
		                        INVALID "Create global secondary index cannot be specified "
		                                "when updating WarmThroughput");
	if (a->warm)
		return problem_of_value(p,
		                        INVALID "WarmThroughput must be the only operation in the "
		                                "request");
	if (a->on_demand && (a->stream || a->index))
		return problem_of_value(p, INVALID "OnDemandThroughput can only be combined with "
		                                   "BillingMode in an UpdateTable request");
	if (a->stream && (a->throughput || a->provisioned))
		return problem_of_value(p, INVALID "You cannot modify stream status while updating "
		                                   "table IOPS");
	if (a->new_index && a->throughput)
		return problem_of_value(p,
		                        INVALID "You cannot create or delete index while updating "
		                                "table IOPS");
	if (a->new_index && a->stream)
		return problem_of_value(p,
		                        INVALID "You cannot create or delete index while changing "
		                                "stream status");
	return true;
}

static bool check_billing(struct problem *p, const struct dynamodb_update_table_in *in,
                          const struct asked *a)
{
	if (a->provisioned && !a->throughput)
		return problem_of_value(p, INVALID "ProvisionedThroughput must be specified when "
		                                   "BillingMode is PROVISIONED");
	if (a->billing && !a->provisioned && a->throughput)
		return problem_of_value(p, INVALID
		                        "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
		                        "specified when BillingMode is PAY_PER_REQUEST");
	return !a->throughput || throughput_check_bounds(p, in->provisioned_throughput);
}

static bool check_stream(struct problem *p, const struct dynamodb_stream_specification *s)
{
	if (!s || opt_true(s->stream_enabled) == (s->stream_view_type.p != NULL))
		return true;
	return problem_of_value(p, opt_true(s->stream_enabled) ? INVALID
	                                   "If stream is being enabled then UpdateViewType is "
	                                   "required"
	                                                       : INVALID
	                                   "If stream is being disabled, then UpdateViewType "
	                                   "must not be specified");
}

/*
 * Updates of indexes.
 */

static str name_of(const struct dynamodb_global_secondary_index_update *u)
{
	return u->create   ? u->create->index_name
	       : u->update ? u->update->index_name
	                   : u->delete->index_name;
}

static bool check_index(struct problem *p, const struct dynamodb_global_secondary_index_update *u)
{
	int actions = (u->create != NULL) + (u->update != NULL) + (u->delete != NULL);

	if (!actions)
		return problem_of_value(p, INVALID
		                        "One of GlobalSecondaryIndexUpdate.Update, "
		                        "GlobalSecondaryIndexUpdate.Create, "
		                        "GlobalSecondaryIndexUpdate.Delete must not be null");
	if (actions > 1)
		return problem_of_value(p,
		                        INVALID "Only one global secondary index action is allowed "
		                                "per GlobalSecondaryIndexUpdate object");
	if (u->update && u->update->warm_throughput && !has_warm(u->update->warm_throughput))
		return problem_of_value(p,
		                        INVALID
		                        "WarmThroughput must have at least one of "
		                        "ReadUnitsPerSecond or WriteUnitsPerSecond specified "
		                        "for index: %.*s",
		                        STR_ARG(u->update->index_name));
	return true;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

static bool check_names(struct problem *p,
                        const struct dynamodb_global_secondary_index_update_list *updates)
{
	str *names = arena_array(p->arena, str, updates->n + 1);

	for (size_t i = 0; i < updates->n; i++)
		names[i] = name_of(&updates->items[i]);
	qsort(names, updates->n, sizeof(*names), by_text);
	for (size_t i = 1; i < updates->n; i++)
		if (str_eq(names[i - 1], names[i]))
			return problem_of_value(p,
			                        INVALID
			                        "Only one global secondary index update per "
			                        "index is allowed simultaneously. Index: %.*s",
			                        STR_ARG(names[i]));
	return true;
}

static bool check_indexes(struct problem *p,
                          const struct dynamodb_global_secondary_index_update_list *updates)
{
	if (updates->items && !updates->n)
		return problem_of_value(p, INVALID "List of GlobalSecondaryIndexUpdates is empty");
	for (size_t i = 0; i < updates->n; i++)
		if (!check_index(p, &updates->items[i]))
			return false;
	return check_names(p, updates);
}

bool table_update_check(struct problem *p, const struct dynamodb_update_table_in *in)
{
	struct asked a = asked_for(in);

	if (!count(&a))
		return problem_of_value(
			p,
			"At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
			"GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
			"MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
			"DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
			"required");
	return check_indexes(p, &in->global_secondary_index_updates) && check_alone(p, &a) &&
	       check_billing(p, in, &a) && check_stream(p, in->stream_specification);
}
