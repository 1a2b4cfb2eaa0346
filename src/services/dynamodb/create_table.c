/* CreateTable. */
#include "base/digest.h"
#include "base/str.h"
#include "services/dynamodb/description.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/limits.h"
#include "services/dynamodb/space.h"
#include "services/dynamodb/stream.h"
#include "services/dynamodb/tag.h"
#include "services/dynamodb/unbuilt.h"

static err check_built(struct call *c, const struct dynamodb_create_table_in *in)
{
	const struct unbuilt_parameter parameters[] = {
		{ "ResourcePolicy", in->resource_policy.p != NULL },
		{ "GlobalTableSourceArn", in->global_table_source_arn.p != NULL },
		{ "GlobalTableSettingsReplicationMode",
		  in->global_table_settings_replication_mode.p != NULL },
		{ "SSESpecification.Enabled",
		  in->sse_specification && opt_true(in->sse_specification->enabled) },
		{ NULL, false },
	};

	return unbuilt_refuse(c, "CreateTable", parameters);
}

/* The model does not say that they are required, because a replica of a global table goes without. */
static bool check_required(struct problem *p, const struct dynamodb_create_table_in *in)
{
	bool attributes = in->attribute_definitions.items, keys = in->key_schema.items;

	if (attributes && keys)
		return true;
	return problem_of_value(
		p, "%s detected: %s%s%s",
		attributes || keys ? "1 validation error" : "2 validation errors",
		attributes ? ""
			   : "Value null at 'attributeDefinitions' failed to satisfy constraint: "
			     "Member must not be null",
		attributes || keys ? "" : "; ",
		keys ? ""
		     : "Value null at 'keySchema' failed to satisfy constraint: Member must not be "
		       "null");
}

static bool check_billing(struct problem *p, const struct dynamodb_create_table_in *in,
                          enum billing_mode billing)
{
	if (billing == BILLING_PAY_PER_REQUEST && in->provisioned_throughput)
		return problem_of_value(p, "One or more parameter values were invalid: Neither "
		                           "ReadCapacityUnits nor WriteCapacityUnits can be "
		                           "specified when BillingMode is PAY_PER_REQUEST");
	if (billing == BILLING_PROVISIONED && !in->provisioned_throughput)
		return problem_of_value(p, "One or more parameter values were invalid: "
		                           "ReadCapacityUnits and WriteCapacityUnits must both be "
		                           "specified when BillingMode is PROVISIONED");
	return true;
}

static bool check_stream(struct problem *p, const struct dynamodb_stream_specification *s)
{
	if (!s || opt_true(s->stream_enabled) == (s->stream_view_type.p != NULL))
		return true;
	return problem_of_value(
		p,
		opt_true(s->stream_enabled)
			? "One or more parameter values were invalid: Table is being created with "
			  "a stream enabled, UpdateViewType is required"
			: "One or more parameter values were invalid: Table is being created with "
			  "a stream disabled, UpdateViewType should not be specified");
}

static struct throughput_request throughput_of(const struct dynamodb_create_table_in *in)
{
	return (struct throughput_request){
		.provisioned = in->provisioned_throughput,
		.on_demand = in->on_demand_throughput,
		.warm = in->warm_throughput,
	};
}

/* The name is looked at ahead of everything, and alone. */
err dynamodb_create_table_check(struct call *c, const struct dynamodb_create_table_in *in)
{
	struct problem p = { .arena = c->arena };

	if (!in->table_name.p)
		return validation_error(
			c,
			"The parameter 'TableName' is required but was not present in the request");
	return table_name_check(&p, in->table_name) ? NULL : problem_error(c, &p);
}

static bool check(struct problem *p, const struct dynamodb_create_table_in *in,
                  enum billing_mode billing, struct table_definition *ret)
{
	struct throughput_request r = throughput_of(in);

	return check_required(p, in) && check_billing(p, in, billing) &&
	       definition_of_table(p, in, billing, ret) && throughput_check(p, &r, billing) &&
	       check_stream(p, in->stream_specification) && sse_check(p, in->sse_specification) &&
	       tags_check(p, &in->tags);
}

static err check_limits(struct call *c, const struct dynamodb_create_table_in *in)
{
	const struct dynamodb_global_secondary_index_list *indexes = &in->global_secondary_indexes;
	err e = limits_check_units(c, STR_NULL, in->provisioned_throughput);

	for (size_t i = 0; !e && i < indexes->n; i++)
		e = limits_check_units(c, indexes->items[i].index_name,
		                       indexes->items[i].provisioned_throughput);
	return e;
}

static enum billing_mode billing_of(const struct dynamodb_create_table_in *in)
{
	return str_eq(in->billing_mode, STR("PAY_PER_REQUEST")) ? BILLING_PAY_PER_REQUEST
	                                                        : BILLING_PROVISIONED;
}

static struct settings settings_of(struct call *c, const struct dynamodb_create_table_in *in,
                                   const struct table_definition *d, enum billing_mode billing)
{
	struct throughput_request r = throughput_of(in);
	char *id = arena_alloc(c->arena, 36);
	struct settings s = {
		.table_id = { id, 36 },
		.created = c->now,
		.attributes = d->attributes,
		.throughput = throughput_new(&r, billing),
		.on_demand_since = billing == BILLING_PAY_PER_REQUEST ? c->now : 0,
		.table_class = str_eq(in->table_class, STR("STANDARD_INFREQUENT_ACCESS"))
		                       ? CLASS_INFREQUENT_ACCESS
		                       : CLASS_STANDARD,
		.is_protected = opt_true(in->deletion_protection_enabled),
	};

	random_uuid(id);
	for (size_t i = 0; i < d->index_count; i++)
		if (d->indexes[i].is_global)
			s.index_throughputs[i] = throughput_new(&d->throughputs[i], billing);
	return s;
}

/* The table comes to be with its spaces; its indexes are ACTIVE at once, for they are empty. */
static void make(struct call *c, const struct dynamodb_create_table_in *in, struct table *t,
                 const struct settings *s)
{
	enum stream_view view;

	t->space = space_new(c->db);
	for (size_t i = 0; i < t->index_count; i++)
		t->indexes[i].space = space_new(c->db);
	if (in->stream_specification &&
	    stream_view_from_name(in->stream_specification->stream_view_type, &view))
		t->stream = stream_open(c->db, c->arena, c->now, t, view);
	settings_insert(c->db, c->arena, t, s);
	tags_put(c->db, t->space, &in->tags);
}

/* The first reply does not say yet what is warm, nor since when the table is on demand. */
static struct dynamodb_table_description *describe(struct call *c, const struct table *t,
                                                   const struct settings *s)
{
	struct dynamodb_table_description *d = table_describe(c, t, s);

	table_describe_status(d, STR("CREATING"));
	d->warm_throughput = NULL;
	if (d->billing_mode_summary)
		d->billing_mode_summary->last_update_to_pay_per_request_date_time =
			(struct opt_time){ 0 };
	for (size_t i = 0; i < d->global_secondary_indexes.n; i++)
		d->global_secondary_indexes.items[i].warm_throughput = NULL;
	return d;
}

err dynamodb_create_table(struct call *c, const struct dynamodb_create_table_in *in,
                          struct dynamodb_create_table_out *out)
{
	enum billing_mode billing = billing_of(in);
	struct problem p = { .arena = c->arena };
	struct table_definition d;
	struct settings s;
	struct table t;
	err e = check_built(c, in);

	if (e)
		return e;
	if (!check(&p, in, billing, &d))
		return problem_error(c, &p);
	e = check_limits(c, in);
	if (e)
		return e;
	if (table_load_named(c->db, c->arena, c->identity.account, c->region, in->table_name, &t))
		return fail(c, &dynamodb_resource_in_use_exception, "Table already exists: %.*s",
		            STR_ARG(in->table_name));
	t = (struct table){
		.account = c->identity.account,
		.region = c->region,
		.name = in->table_name,
		.given = in->table_name,
		.keys = d.keys,
		.billing_mode = billing,
		.indexes = d.indexes,
		.index_count = d.index_count,
	};
	s = settings_of(c, in, &d, billing);
	make(c, in, &t, &s);
	out->table_description = describe(c, &t, &s);
	return NULL;
}
