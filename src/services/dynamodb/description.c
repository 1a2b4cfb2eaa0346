#include "services/dynamodb/description.h"

#include "services/dynamodb/space.h"
#include "services/dynamodb/stream.h"

static const str projection_names[] = {
	[PROJECT_ALL] = STR_INIT("ALL"),
	[PROJECT_KEYS_ONLY] = STR_INIT("KEYS_ONLY"),
	[PROJECT_INCLUDE] = STR_INIT("INCLUDE"),
};

static const str status_names[] = {
	[INDEX_ACTIVE] = STR_INIT("ACTIVE"),
	[INDEX_CREATING] = STR_INIT("CREATING"),
	[INDEX_DELETING] = STR_INIT("DELETING"),
};

/*
 * Schemas.
 */

static void put_parts(struct dynamodb_key_schema *d, const struct key_part *parts, size_t n,
                      str type)
{
	for (size_t i = 0; i < n; i++)
		d->items[d->n++] = (struct dynamodb_key_schema_element){ parts[i].name, type };
}

static struct dynamodb_key_schema describe_keys(struct arena *a, const struct key_schema *s)
{
	struct dynamodb_key_schema d = {
		.items = arena_array(a, struct dynamodb_key_schema_element,
		                     s->hash_count + s->range_count),
	};

	put_parts(&d, s->hash, s->hash_count, STR("HASH"));
	put_parts(&d, s->range, s->range_count, STR("RANGE"));
	return d;
}

static struct dynamodb_attribute_definitions describe_attributes(struct arena *a,
                                                                 const struct definitions *s)
{
	struct dynamodb_attribute_definitions d = {
		.items = arena_array(a, struct dynamodb_attribute_definition, s->n),
		.n = s->n,
	};

	for (size_t i = 0; i < s->n; i++)
		d.items[i] = (struct dynamodb_attribute_definition){
			.attribute_name = s->items[i].name,
			.attribute_type = value_type_name(s->items[i].type),
		};
	return d;
}

static struct dynamodb_projection *describe_projection(struct arena *a, const struct index *index)
{
	struct dynamodb_projection *d = arena_new(a, struct dynamodb_projection);

	d->projection_type = projection_names[index->projection];
	if (index->projection == PROJECT_INCLUDE) {
		d->non_key_attributes.items = index->included;
		d->non_key_attributes.n = index->included_count;
	}
	return d;
}

/*
 * Indexes.
 */

static str index_arn(struct arena *a, const struct table *t, const struct index *index)
{
	return arena_printf(a, "%.*s/index/%.*s", STR_ARG(table_arn(a, t)), STR_ARG(index->name));
}

static struct dynamodb_local_secondary_index_description describe_local(struct call *c,
                                                                        const struct table *t,
                                                                        const struct index *index)
{
	struct dynamodb_local_secondary_index_description d = {
		.index_name = index->name,
		.key_schema = describe_keys(c->arena, &index->keys),
		.projection = describe_projection(c->arena, index),
		.index_arn = index_arn(c->arena, t, index),
	};
	int64_t items, bytes;

	space_count(c->db, index->space, &items, &bytes);
	d.item_count = opt_int(items);
	d.index_size_bytes = opt_int(bytes);
	return d;
}

static struct dynamodb_global_secondary_index_warm_throughput_description *describe_index_warm(
	struct arena *a, const struct throughput *t)
{
	struct dynamodb_global_secondary_index_warm_throughput_description *d =
		arena_new(a, struct dynamodb_global_secondary_index_warm_throughput_description);

	d->read_units_per_second = opt_int(t->warm_read);
	d->write_units_per_second = opt_int(t->warm_write);
	d->status = STR("ACTIVE");
	return d;
}

static struct dynamodb_global_secondary_index_description describe_global(
	struct call *c, const struct table *t, const struct index *index,
	const struct throughput *throughput)
{
	struct dynamodb_global_secondary_index_description d = {
		.index_name = index->name,
		.key_schema = describe_keys(c->arena, &index->keys),
		.projection = describe_projection(c->arena, index),
		.index_status = status_names[index->status],
		.provisioned_throughput = throughput_describe(c->arena, throughput, c->now),
		.index_arn = index_arn(c->arena, t, index),
		.on_demand_throughput = throughput_describe_on_demand(c->arena, throughput),
		.warm_throughput = describe_index_warm(c->arena, throughput),
	};
	int64_t items, bytes;

	if (index->status == INDEX_CREATING)
		d.backfilling = opt_bool(true);
	space_count(c->db, index->space, &items, &bytes);
	d.item_count = opt_int(items);
	d.index_size_bytes = opt_int(bytes);
	return d;
}

static void describe_indexes(struct call *c, const struct table *t, const struct settings *s,
                             struct dynamodb_table_description *d)
{
	struct dynamodb_local_secondary_index_description_list *locals =
		&d->local_secondary_indexes;
	struct dynamodb_global_secondary_index_description_list *globals =
		&d->global_secondary_indexes;

	locals->items = arena_array(c->arena, struct dynamodb_local_secondary_index_description,
	                            t->index_count);
	globals->items = arena_array(c->arena, struct dynamodb_global_secondary_index_description,
	                             t->index_count);
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].is_global)
			globals->items[globals->n++] =
				describe_global(c, t, &t->indexes[i], &s->index_throughputs[i]);
		else
			locals->items[locals->n++] = describe_local(c, t, &t->indexes[i]);
	if (!locals->n)
		locals->items = NULL;
	if (!globals->n)
		globals->items = NULL;
}

/*
 * The table.
 */

static bool is_updating(const struct table *t)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].status != INDEX_ACTIVE)
			return true;
	return false;
}

/* Of a table that never was on demand there is none. */
static struct dynamodb_billing_mode_summary *describe_billing(struct arena *a,
                                                              const struct table *t,
                                                              const struct settings *s)
{
	struct dynamodb_billing_mode_summary *d;

	if (!s->on_demand_since)
		return NULL;
	d = arena_new(a, struct dynamodb_billing_mode_summary);
	d->billing_mode = t->billing_mode == BILLING_PAY_PER_REQUEST ? STR("PAY_PER_REQUEST")
	                                                             : STR("PROVISIONED");
	d->last_update_to_pay_per_request_date_time = opt_time(s->on_demand_since);
	return d;
}

static struct dynamodb_table_class_summary *describe_class(struct arena *a,
                                                           const struct settings *s)
{
	struct dynamodb_table_class_summary *d;

	if (s->table_class == CLASS_STANDARD && !s->class_changed)
		return NULL;
	d = arena_new(a, struct dynamodb_table_class_summary);
	d->table_class = s->table_class == CLASS_STANDARD ? STR("STANDARD")
	                                                  : STR("STANDARD_INFREQUENT_ACCESS");
	if (s->class_changed)
		d->last_update_date_time = opt_time(s->class_changed);
	return d;
}

static struct dynamodb_table_warm_throughput_description *describe_warm(struct arena *a,
                                                                        const struct throughput *t)
{
	struct dynamodb_table_warm_throughput_description *d =
		arena_new(a, struct dynamodb_table_warm_throughput_description);

	d->read_units_per_second = opt_int(t->warm_read);
	d->write_units_per_second = opt_int(t->warm_write);
	d->status = STR("ACTIVE");
	return d;
}

/* Of a stream that was closed, its ARN is still shown. */
static void describe_stream(struct call *c, const struct table *t,
                            struct dynamodb_table_description *d)
{
	struct stream_description stream;

	if (!stream_describe(c->db, c->arena, t, &stream))
		return;
	d->latest_stream_arn = stream.arn;
	d->latest_stream_label = stream.label;
	if (!stream.is_open)
		return;
	d->stream_specification = arena_new(c->arena, struct dynamodb_stream_specification);
	d->stream_specification->stream_enabled = opt_bool(true);
	d->stream_specification->stream_view_type = stream_view_name(stream.view);
}

struct dynamodb_table_description *table_describe(struct call *c, const struct table *t,
                                                  const struct settings *s)
{
	struct dynamodb_table_description *d =
		arena_new(c->arena, struct dynamodb_table_description);
	int64_t items, bytes;

	space_count(c->db, t->space, &items, &bytes);
	*d = (struct dynamodb_table_description){
		.attribute_definitions = describe_attributes(c->arena, &s->attributes),
		.table_name = t->name,
		.key_schema = describe_keys(c->arena, &t->keys),
		.table_status = is_updating(t) ? STR("UPDATING") : STR("ACTIVE"),
		.creation_date_time = opt_time(s->created),
		.provisioned_throughput = throughput_describe(c->arena, &s->throughput, c->now),
		.table_size_bytes = opt_int(bytes),
		.item_count = opt_int(items),
		.table_arn = table_arn(c->arena, t),
		.table_id = s->table_id,
		.billing_mode_summary = describe_billing(c->arena, t, s),
		.table_class_summary = describe_class(c->arena, s),
		.deletion_protection_enabled = opt_bool(s->is_protected),
		.on_demand_throughput = throughput_describe_on_demand(c->arena, &s->throughput),
		.warm_throughput = describe_warm(c->arena, &s->throughput),
	};
	describe_indexes(c, t, s, d);
	describe_stream(c, t, d);
	return d;
}

void table_describe_status(struct dynamodb_table_description *d, str status)
{
	d->table_status = status;
	for (size_t i = 0; i < d->global_secondary_indexes.n; i++)
		d->global_secondary_indexes.items[i].index_status = status;
}
