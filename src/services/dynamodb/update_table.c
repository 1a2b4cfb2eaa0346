/* UpdateTable. */
#include "base/str.h"
#include "services/dynamodb/description.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/job.h"
#include "services/dynamodb/limits.h"
#include "services/dynamodb/space.h"
#include "services/dynamodb/stream.h"
#include "services/dynamodb/table_update.h"
#include "services/dynamodb/unbuilt.h"

#include <stdarg.h>

static err check_built(struct call *c, const struct dynamodb_update_table_in *in)
{
	const struct unbuilt_parameter parameters[] = {
		{ "ReplicaUpdates", in->replica_updates.items != NULL },
		{ "MultiRegionConsistency", in->multi_region_consistency.p != NULL },
		{ "GlobalTableWitnessUpdates", in->global_table_witness_updates.items != NULL },
		{ "GlobalTableSettingsReplicationMode",
		  in->global_table_settings_replication_mode.p != NULL },
		{ "SSESpecification.Enabled",
		  in->sse_specification && opt_true(in->sse_specification->enabled) },
		{ NULL, false },
	};

	return unbuilt_refuse(c, "UpdateTable", parameters);
}

err table_update_in_use(struct call *c, const char *format, ...)
{
	struct buf b;
	va_list args;

	buf_init(&b, c->arena, 4096);
	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	return fail(c, &dynamodb_resource_in_use_exception,
	            "Attempt to change a resource which is still in use: %.*s",
	            STR_ARG(buf_str(&b)));
}

/*
 * Throughput.
 */

static err will_not_change(struct call *c, str index, const struct throughput *t)
{
	str of = index.p ? arena_printf(c->arena, "index %.*s", STR_ARG(index)) : STR("the table");

	return validation_error(
		c,
		"The provisioned throughput for the %.*s will not change. The requested value equals the "
		"current value. Current ReadCapacityUnits provisioned for %.*s: %lld. Requested "
		"ReadCapacityUnits: %lld. Current WriteCapacityUnits provisioned for %.*s: %lld. "
		"Requested WriteCapacityUnits: %lld. Refer to the Amazon DynamoDB Developer Guide for "
		"current limits and how to request higher limits.",
		STR_ARG(index.p ? of : STR("table")), STR_ARG(of), (long long)t->read_units,
		(long long)t->read_units, STR_ARG(of), (long long)t->write_units,
		(long long)t->write_units);
}

err table_update_provisioned(struct call *c, str index, struct throughput *t,
                             const struct dynamodb_provisioned_throughput *given)
{
	int64_t read = given->read_capacity_units.value, write = given->write_capacity_units.value;
	struct problem p = { .arena = c->arena };
	err e;

	if (!throughput_check_bounds(&p, given))
		return problem_error(c, &p);
	if (read == t->read_units && write == t->write_units)
		return will_not_change(c, index, t);
	e = limits_check_units(c, index, given);
	if (!e)
		e = limits_check_decrease(c, t, given);
	if (!e)
		throughput_provision(t, c->now, read, write);
	return e;
}

/* While an index goes; one that comes does not mind. */
static err check_iops(struct call *c, const struct table_update *u)
{
	for (size_t i = 0; i < u->table.index_count; i++)
		if (u->table.indexes[i].status == INDEX_DELETING)
			return table_update_in_use(
				c,
				"Can't change table IOPS when an index is being deleted. "
				"Table: %.*s Indexes: [%.*s]",
				STR_ARG(u->table.name), STR_ARG(u->table.indexes[i].name));
	return NULL;
}

static void pay_per_request(struct call *c, struct table_update *u)
{
	u->settings.on_demand_since = c->now;
	u->settings.throughput.decreased = u->settings.throughput.decreases = 0;
	throughput_pay_per_request(&u->settings.throughput);
	for (size_t i = 0; i < u->table.index_count; i++)
		if (u->table.indexes[i].is_global)
			throughput_pay_per_request(&u->settings.index_throughputs[i]);
}

static err update_billing(struct call *c, struct table_update *u)
{
	const struct dynamodb_provisioned_throughput *given = u->in->provisioned_throughput;
	err e = given || u->switches_billing ? check_iops(c, u) : NULL;

	if (e)
		return e;
	if (given && u->billing == BILLING_PAY_PER_REQUEST)
		return validation_error(c, "One or more parameter values were invalid: Neither "
		                           "ReadCapacityUnits nor WriteCapacityUnits can be "
		                           "specified when BillingMode is PAY_PER_REQUEST");
	if (given)
		e = table_update_provisioned(c, STR_NULL, &u->settings.throughput, given);
	else if (u->switches_billing)
		pay_per_request(c, u);
	return e;
}

err table_update_maxima(struct call *c, enum billing_mode billing, struct throughput *t,
                        const struct throughput_request *r)
{
	struct problem p = { .arena = c->arena };

	if (!throughput_check_on_demand(&p, r, billing, /* is_update= */ true) ||
	    (r->warm && !throughput_check_warmer(&p, r, t)))
		return problem_error(c, &p);
	if (r->on_demand)
		throughput_limit(t, r->on_demand);
	if (r->warm)
		throughput_warm(t, r->warm->read_units_per_second.value,
		                r->warm->write_units_per_second.value);
	return NULL;
}

static err update_maxima(struct call *c, struct table_update *u)
{
	struct throughput_request r = {
		.on_demand = u->in->on_demand_throughput,
		.warm = u->in->warm_throughput,
	};

	return table_update_maxima(c, u->billing, &u->settings.throughput, &r);
}

/*
 * The rest.
 */

static err update_stream(struct call *c, struct table_update *u)
{
	const struct dynamodb_stream_specification *s = u->in->stream_specification;
	enum stream_view view;

	if (!s)
		return NULL;
	if (opt_true(s->stream_enabled) && u->table.stream)
		return validation_error(c, "Table already has an enabled stream: TableName: %.*s",
		                        STR_ARG(u->table.name));
	if (!opt_true(s->stream_enabled) && !u->table.stream)
		return validation_error(c, "Table has no stream to disable: TableName: %.*s",
		                        STR_ARG(u->table.name));
	if (u->table.stream) {
		stream_close(c->db, u->table.stream, c->now);
		u->table.stream = 0;
	} else if (stream_view_from_name(s->stream_view_type, &view)) {
		u->table.stream = stream_open(c->db, c->arena, c->now, &u->table, view);
	}
	return NULL;
}

static err update_encryption(struct call *c, const struct table_update *u)
{
	struct problem p = { .arena = c->arena };

	if (!u->in->sse_specification)
		return NULL;
	if (!sse_check(&p, u->in->sse_specification))
		return problem_error(c, &p);
	return validation_error(c, "One or more parameter values were invalid: Table is already "
	                           "encrypted by default");
}

static void update_class(struct call *c, struct table_update *u)
{
	enum table_class wanted = str_eq(u->in->table_class, STR("STANDARD_INFREQUENT_ACCESS"))
	                                  ? CLASS_INFREQUENT_ACCESS
	                                  : CLASS_STANDARD;

	if (!u->in->table_class.p || wanted == u->settings.table_class)
		return;
	u->settings.table_class = wanted;
	u->settings.class_changed = c->now;
}

static err apply(struct call *c, struct table_update *u)
{
	err e = update_encryption(c, u);

	if (!e)
		e = update_billing(c, u);
	if (!e)
		e = table_update_indexes(c, u);
	if (!e)
		e = update_maxima(c, u);
	if (!e)
		e = update_stream(c, u);
	if (e)
		return e;
	update_class(c, u);
	if (u->in->deletion_protection_enabled.set)
		u->settings.is_protected = u->in->deletion_protection_enabled.value;
	u->table.billing_mode = u->billing;
	return NULL;
}

/*
 * Saved, with the jobs that follow.
 */

static void save(struct call *c, struct table_update *u)
{
	struct index *created =
		u->created ? &u->table.indexes[u->created - u->table.indexes] : NULL;

	if (created) {
		created->space = space_new(c->db);
		settings_insert_index(c->db, c->arena, &u->table,
		                      (size_t)(created - u->table.indexes), &u->settings);
		job_add(c->db, JOB_FILL_INDEX, u->table.space, created->space);
	}
	if (u->deleted) {
		space_forget(c->db, u->deleted->space);
		job_add(c->db, JOB_DROP_SPACE, u->table.space, u->deleted->space);
	}
	settings_save(c->db, c->arena, &u->table, &u->settings);
	if (u->created || u->deleted)
		call_wake(c);
}

/*
 * The reply shows what is about to change as it was: units, what is warm, the class. Only a change of the
 * billing mode shows the new units at once.
 */

static void show_old(struct throughput *shown, const struct throughput *before, bool units_too)
{
	shown->warm_read = before->warm_read;
	shown->warm_write = before->warm_write;
	if (!units_too)
		return;
	shown->read_units = before->read_units;
	shown->write_units = before->write_units;
	shown->increased = before->increased;
	shown->decreased = before->decreased;
	shown->decreases = before->decreases;
}

static bool is_slow(const struct table_update *u)
{
	const struct dynamodb_update_table_in *in = u->in;

	return in->provisioned_throughput || in->billing_mode.p || in->stream_specification ||
	       in->table_class.p;
}

static struct dynamodb_table_description *describe(struct call *c, const struct table_update *u)
{
	struct settings *shown = arena_new(c->arena, struct settings);
	struct dynamodb_table_description *d;

	*shown = u->settings;
	shown->table_class = u->before.table_class;
	shown->class_changed = u->before.class_changed;
	show_old(&shown->throughput, &u->before.throughput, !u->switches_billing);
	for (size_t i = 0; i < u->table.index_count; i++)
		if (u->created != &u->table.indexes[i])
			show_old(&shown->index_throughputs[i], &u->before.index_throughputs[i],
			         !u->switches_billing);
	d = table_describe(c, &u->table, shown);
	if (is_slow(u))
		d->table_status = STR("UPDATING");
	if (u->in->warm_throughput)
		d->warm_throughput->status = STR("UPDATING");
	for (size_t i = 0, n = 0; i < u->table.index_count; i++) {
		if (!u->table.indexes[i].is_global)
			continue;
		if (u->created == &u->table.indexes[i])
			d->global_secondary_indexes.items[n].backfilling = opt_bool(false);
		if (u->index_was_updated[i] ||
		    (u->switches_billing && u->created != &u->table.indexes[i]))
			d->global_secondary_indexes.items[n].index_status = STR("UPDATING");
		n++;
	}
	return d;
}

static void load(struct call *c, struct table_update *u)
{
	struct table *t = &u->table;
	struct index *indexes = arena_array(c->arena, struct index, t->index_count + 1);

	for (size_t i = 0; i < t->index_count; i++)
		indexes[i] = t->indexes[i];
	t->indexes = indexes;
	settings_load(c->db, c->arena, t, &u->settings);
	u->before = u->settings;
	u->billing = t->billing_mode;
	if (u->in->billing_mode.p)
		u->billing = str_eq(u->in->billing_mode, STR("PROVISIONED"))
		                     ? BILLING_PROVISIONED
		                     : BILLING_PAY_PER_REQUEST;
	u->switches_billing = u->billing != t->billing_mode;
}

err dynamodb_update_table(struct call *c, const struct dynamodb_update_table_in *in,
                          struct dynamodb_update_table_out *out)
{
	struct table_update *u = arena_new(c->arena, struct table_update);
	struct problem p = { .arena = c->arena };
	str name;
	err e = check_built(c, in);

	if (!e)
		e = table_name_of(c, in->table_name, &name);
	if (!e && !table_update_check(&p, in))
		e = problem_error(c, &p);
	if (!e)
		e = table_find_named(c, in->table_name, &u->table);
	if (e)
		return e;
	u->in = in;
	load(c, u);
	e = apply(c, u);
	if (e)
		return e;
	save(c, u);
	out->table_description = describe(c, u);
	return NULL;
}
