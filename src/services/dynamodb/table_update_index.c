/* What UpdateTable does to global indexes. */
#include "services/dynamodb/table_update.h"

#include "base/str.h"
#include "services/dynamodb/limits.h"

static err invalid(struct call *c, const char *why, str index)
{
	return validation_error(c, "One or more parameter values were invalid: %s: %.*s", why,
	                        STR_ARG(index));
}

static err too_many_at_once(struct call *c)
{
	return fail(c, &dynamodb_limit_exceeded_exception,
	            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
	            "simultaneously per table");
}

/*
 * The index that is meant.
 */

/* `verb`: "update", "delete". */
static err find(struct call *c, struct table_update *u, str name, const char *verb, size_t *ret)
{
	const struct index *index = table_index(&u->table, name);

	if (!index)
		return fail(c, &dynamodb_resource_not_found_exception,
		            "Requested resource not found: Index %.*s for table %.*s",
		            STR_ARG(name), STR_ARG(u->table.name));
	if (!index->is_global)
		return validation_error(
			c, "Cannot %s an index that is not a GlobalSecondaryIndex: %.*s", verb,
			STR_ARG(name));
	if (index->status == INDEX_DELETING)
		return table_update_in_use(c, "Index is being deleted. Table: %.*s Index: %.*s",
		                           STR_ARG(u->table.name), STR_ARG(name));
	*ret = (size_t)(index - u->table.indexes);
	return NULL;
}

/* Of indexes that come or go there is one at a time; `but` is the one that is meant. */
static err check_only_one(struct call *c, const struct table_update *u, const struct index *but)
{
	bool is_busy = u->created || u->deleted;

	for (size_t i = 0; i < u->table.index_count; i++)
		if (u->table.indexes[i].status != INDEX_ACTIVE && &u->table.indexes[i] != but)
			is_busy = true;
	return is_busy ? too_many_at_once(c) : NULL;
}

/*
 * One is made.
 */

static err check_throughput(struct call *c, const struct table_update *u,
                            const struct throughput_request *r)
{
	struct problem p = { .arena = c->arena };

	if (u->billing == BILLING_PROVISIONED && !r->provisioned)
		return invalid(
			c,
			"Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
			"index",
			r->index);
	if (u->billing == BILLING_PAY_PER_REQUEST && r->provisioned)
		return validation_error(
			c,
			"One or more parameter values were invalid: Neither "
			"ReadCapacityUnits nor WriteCapacityUnits can be specified for "
			"index: %.*s when BillingMode is PAY_PER_REQUEST",
			STR_ARG(r->index));
	if (!throughput_check(&p, r, u->billing))
		return problem_error(c, &p);
	return limits_check_units(c, r->index, r->provisioned);
}

static size_t count_globals(const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->index_count; i++)
		n += t->indexes[i].is_global;
	return n;
}

static size_t count_included(const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->index_count; i++)
		n += t->indexes[i].included_count;
	return n;
}

static err check_room(struct call *c, const struct table_update *u, const struct index *index)
{
	if (table_index(&u->table, index->name))
		return validation_error(c, "Attempting to create an index which already exists");
	if (count_globals(&u->table) >= TABLE_GLOBAL_INDEXES_MAX)
		return fail(c, &dynamodb_limit_exceeded_exception,
		            "Subscriber limit exceeded: Number of global secondary indexes exceeds "
		            "per-table limit of %d",
		            TABLE_GLOBAL_INDEXES_MAX);
	if (count_included(&u->table) + index->included_count > INCLUDED_MAX)
		return fail(
			c, &dynamodb_limit_exceeded_exception,
			"Subscriber limit exceeded: Number of projected non-key attributes of all "
			"indexes exceeds the per-table limit of %d",
			INCLUDED_MAX);
	return NULL;
}

static err create(struct call *c, struct table_update *u,
                  const struct dynamodb_create_global_secondary_index_action *in)
{
	struct throughput_request r = { in->index_name, in->provisioned_throughput,
		                        in->on_demand_throughput, in->warm_throughput };
	struct problem p = { .arena = c->arena };
	struct table *t = &u->table;
	struct index index;
	err e;

	if (!definition_of_index(&p, &u->settings.attributes, &u->in->attribute_definitions, in,
	                         &index))
		return problem_error(c, &p);
	e = check_throughput(c, u, &r);
	if (!e)
		e = check_only_one(c, u, /* but= */ NULL);
	if (!e)
		e = check_room(c, u, &index);
	if (e)
		return e;
	u->created = &t->indexes[t->index_count];
	u->settings.index_throughputs[t->index_count] = throughput_new(&r, u->billing);
	t->indexes[t->index_count++] = index;
	return NULL;
}

/*
 * One is changed, or goes.
 */

static err check_kind(struct call *c, const struct table_update *u,
                      const struct throughput_request *r)
{
	bool on_demand = r->on_demand && (r->on_demand->max_read_request_units.set ||
	                                  r->on_demand->max_write_request_units.set);

	if (u->billing == BILLING_PAY_PER_REQUEST && (r->provisioned || (!on_demand && !r->warm)))
		return validation_error(
			c,
			"One or more parameter values were invalid: The only Updates for "
			"index: %.*s when TableThroughputMode is PAY_PER_REQUEST can be "
			"to OnDemandThroughput, WarmThroughput",
			STR_ARG(r->index));
	if (u->billing == BILLING_PROVISIONED && !r->provisioned && !on_demand && !r->warm)
		return invalid(
			c,
			"Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
			"index",
			r->index);
	return NULL;
}

static err update(struct call *c, struct table_update *u,
                  const struct dynamodb_update_global_secondary_index_action *in)
{
	struct throughput_request r = { in->index_name, in->provisioned_throughput,
		                        in->on_demand_throughput, in->warm_throughput };
	size_t at;
	err e = find(c, u, in->index_name, "update", &at);

	if (!e)
		e = check_kind(c, u, &r);
	if (!e && r.provisioned)
		e = table_update_provisioned(c, r.index, &u->settings.index_throughputs[at],
		                             r.provisioned);
	if (!e)
		e = table_update_maxima(c, u->billing, &u->settings.index_throughputs[at], &r);
	if (!e)
		u->index_was_updated[at] = true;
	return e;
}

/* One that is still being filled may go too: its job then finds that it has nothing to do. */
static err delete (struct call *c, struct table_update *u,
                   const struct dynamodb_delete_global_secondary_index_action *in)
{
	size_t at;
	err e = find(c, u, in->index_name, "delete", &at);

	if (!e)
		e = check_only_one(c, u, &u->table.indexes[at]);
	if (e)
		return e;
	u->table.indexes[at].status = INDEX_DELETING;
	u->deleted = &u->table.indexes[at];
	return NULL;
}

/*
 * All of them.
 */

/* Nothing is assigned to an index by itself. */
static err check_all_provisioned(struct call *c, const struct table_update *u)
{
	if (!u->switches_billing || u->billing != BILLING_PROVISIONED)
		return NULL;
	for (size_t i = 0; i < u->table.index_count; i++)
		if (u->table.indexes[i].is_global && !u->settings.index_throughputs[i].read_units)
			return invalid(c, "ProvisionedThroughput must be specified for index",
			               u->table.indexes[i].name);
	return NULL;
}

static err check_count(struct call *c,
                       const struct dynamodb_global_secondary_index_update_list *updates)
{
	size_t n = 0;

	for (size_t i = 0; i < updates->n; i++)
		n += !updates->items[i].update;
	return n > 1 ? too_many_at_once(c) : NULL;
}

err table_update_indexes(struct call *c, struct table_update *u)
{
	const struct dynamodb_global_secondary_index_update_list *updates =
		&u->in->global_secondary_index_updates;
	err e = check_count(c, updates);

	for (size_t i = 0; !e && i < updates->n; i++) {
		const struct dynamodb_global_secondary_index_update *one = &updates->items[i];

		e = one->create   ? create(c, u, one->create)
		    : one->update ? update(c, u, one->update)
		                  : delete (c, u, one->delete);
	}
	return e ? e : check_all_provisioned(c, u);
}
