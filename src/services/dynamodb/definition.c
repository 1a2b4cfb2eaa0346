#include "services/dynamodb/definition.h"

#include "base/json.h"
#include "base/str.h"

#include <assert.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 4096 };

/* One of a request's indexes, local or global. */
struct wanted_index {
	str name;
	const struct dynamodb_key_schema *keys;
	const struct dynamodb_projection *projection;
};

/*
 * Definitions.
 */

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct key_part *)a)->name, ((const struct key_part *)b)->name);
}

const struct key_part *definitions_find(const struct definitions *d, str name)
{
	size_t from = 0, to = d->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = str_cmp(name, d->items[middle].name);

		if (!order)
			return &d->items[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

/* Of a name that was checked to have one. */
static struct key_part definition_of(const struct definitions *d, str name)
{
	const struct key_part *part = definitions_find(d, name);

	assert(part);
	return *part;
}

static struct definitions sorted(struct arena *a,
                                 const struct dynamodb_attribute_definitions *given)
{
	struct definitions d = { .items = arena_array(a, struct key_part, given->n),
		                 .n = given->n };

	for (size_t i = 0; i < given->n; i++)
		d.items[i] = (struct key_part){
			.name = given->items[i].attribute_name,
			.type = value_type_from_name(given->items[i].attribute_type),
		};
	if (d.n)
		qsort(d.items, d.n, sizeof(*d.items), by_name);
	return d;
}

static bool check_unique(struct problem *p, const struct definitions *d)
{
	for (size_t i = 1; i < d->n; i++)
		if (str_eq(d->items[i - 1].name, d->items[i].name))
			return problem_of_value(p, "Attribute Name is duplicated: %.*s",
			                        STR_ARG(d->items[i].name));
	return true;
}

static bool is_used(const struct table *t, str name)
{
	if (key_schema_has(&t->keys, name))
		return true;
	for (size_t i = 0; i < t->index_count; i++)
		if (key_schema_has(&t->indexes[i].keys, name))
			return true;
	return false;
}

void definitions_prune(struct definitions *d, const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (is_used(t, d->items[i].name))
			d->items[n++] = d->items[i];
	d->n = n;
}

str definitions_to_text(struct arena *a, const struct definitions *d)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, a, LIMIT_BODY_IN_MEMORY);
	json_writer_init(&w, &b);
	json_put_array(&w);
	for (size_t i = 0; i < d->n; i++)
		json_put_string(&w,
		                arena_join(a, value_type_name(d->items[i].type), d->items[i].name));
	json_put_array_end(&w);
	return buf_str(&b);
}

void definitions_from_text(struct arena *a, str text, struct definitions *ret)
{
	size_t capacity = 0;
	struct json_reader r;
	str s;

	*ret = (struct definitions){ 0 };
	json_reader_init(&r, a, text);
	if (!json_enter_array(&r))
		return;
	while (json_next_element(&r) && json_string(&r, &s)) {
		if (ret->n == capacity)
			ret->items = arena_grow(a, ret->items, &capacity, sizeof(*ret->items));
		ret->items[ret->n++] = (struct key_part){
			.name = str_after(s, 1),
			.type = value_type_from_name(str_from_to(s, 0, 1)),
		};
	}
}

/*
 * Lists in messages: [pk, sk].
 */

static void put_one(struct buf *b, str name)
{
	if (b->n > 1)
		buf_put(b, STR(", "));
	buf_put(b, name);
}

static str list_of_keys(struct arena *a, const struct dynamodb_key_schema *keys)
{
	struct buf b;

	buf_init(&b, a, MESSAGE_MAX);
	buf_putc(&b, '[');
	for (size_t i = 0; i < keys->n; i++)
		put_one(&b, keys->items[i].attribute_name);
	buf_putc(&b, ']');
	return buf_str(&b);
}

static str list_of_definitions(struct arena *a, const struct dynamodb_attribute_definitions *d)
{
	struct buf b;

	buf_init(&b, a, MESSAGE_MAX);
	buf_putc(&b, '[');
	for (size_t i = 0; i < d->n; i++)
		put_one(&b, d->items[i].attribute_name);
	buf_putc(&b, ']');
	return buf_str(&b);
}

/*
 * Key schemas.
 */

static bool is_hash(const struct dynamodb_key_schema_element *e)
{
	return str_eq(e->key_type, STR("HASH"));
}

static bool check_two(struct problem *p, const struct dynamodb_key_schema *keys, str path)
{
	struct buf b;

	if (keys->n <= 2)
		return true;
	buf_init(&b, p->arena, LIMIT_ERROR_VALUE);
	for (size_t i = 0; i < keys->n; i++)
		buf_printf(&b, "%sKeySchemaElement(attributeName=%.*s, keyType=%.*s)",
		           i ? ", " : "", STR_ARG(keys->items[i].attribute_name),
		           STR_ARG(keys->items[i].key_type));
	return problem_of_value(
		p,
		"1 validation error detected: Value '[%.*s]' at '%.*s' failed to "
		"satisfy constraint: Member must have length less than or equal to 2",
		STR_ARG(buf_str(&b)), STR_ARG(path));
}

static bool check_defined(struct problem *p, const struct dynamodb_key_schema *keys,
                          const struct definitions *d,
                          const struct dynamodb_attribute_definitions *given)
{
	for (size_t i = 0; i < keys->n; i++)
		if (!definitions_find(d, keys->items[i].attribute_name))
			return problem_of_value(
				p,
				"One or more parameter values were invalid: Some index key attributes "
				"are not defined in AttributeDefinitions. Keys: %.*s, "
				"AttributeDefinitions: %.*s",
				STR_ARG(list_of_keys(p->arena, keys)),
				STR_ARG(list_of_definitions(p->arena, given)));
	return true;
}

static bool check_counts(struct problem *p, const struct dynamodb_key_schema *keys)
{
	size_t hash = 0;
	const char *too_many = NULL;

	for (size_t i = 0; i < keys->n; i++)
		hash += is_hash(&keys->items[i]);
	if (hash > KEY_PARTS_MAX)
		too_many = "HASH";
	else if (keys->n - hash > KEY_PARTS_MAX)
		too_many = "RANGE";
	return !too_many ||
	       problem_of_value(
		       p,
		       "One or more parameter values were invalid: The KeySchema exceeds the "
		       "maximum allowed number of %s key attributes",
		       too_many);
}

static bool check_different(struct problem *p, const struct dynamodb_key_schema *keys)
{
	for (size_t i = 1; i < keys->n; i++)
		for (size_t j = 0; j < i; j++)
			if (str_eq(keys->items[i].attribute_name, keys->items[j].attribute_name))
				return problem_of_value(
					p,
					keys->n == 2
						? "Both the Hash Key and the Range Key element in the "
						  "KeySchema have the same name"
						: "The KeySchema contains multiple key attributes "
						  "with the same name");
	return true;
}

/* Of an index that is global, several attributes may be HASH. */
static bool check_roles(struct problem *p, const struct dynamodb_key_schema *keys, bool is_global)
{
	if (!is_hash(&keys->items[0]))
		return problem_of_value(p, "Invalid KeySchema: The first KeySchemaElement is not a "
		                           "HASH key type");
	if (!is_global && keys->n == 2 && is_hash(&keys->items[1]))
		return problem_of_value(p,
		                        "Invalid KeySchema: The second KeySchemaElement is not a "
		                        "RANGE key type");
	for (size_t i = 1; i < keys->n; i++)
		if (is_hash(&keys->items[i]) && !is_hash(&keys->items[i - 1]))
			return problem_of_value(
				p, "One or more parameter values were invalid: All HASH "
				   "key attributes must precede RANGE key attributes in "
				   "the KeySchema");
	return true;
}

static bool read_keys(struct problem *p, const struct dynamodb_key_schema *keys,
                      const struct definitions *d, bool is_global, struct key_schema *ret)
{
	*ret = (struct key_schema){ 0 };
	if (!check_counts(p, keys) || !check_different(p, keys) || !check_roles(p, keys, is_global))
		return false;
	for (size_t i = 0; i < keys->n; i++) {
		struct key_part part = definition_of(d, keys->items[i].attribute_name);

		if (is_hash(&keys->items[i]))
			ret->hash[ret->hash_count++] = part;
		else
			ret->range[ret->range_count++] = part;
	}
	return true;
}

/*
 * Projections.
 */

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

static bool read_included(struct problem *p,
                          const struct dynamodb_non_key_attribute_name_list *given,
                          struct index *ret)
{
	ret->included = arena_array(p->arena, str, given->n);
	ret->included_count = given->n;
	for (size_t i = 0; i < given->n; i++)
		ret->included[i] = given->items[i];
	qsort(ret->included, given->n, sizeof(str), by_text);
	for (size_t i = 1; i < given->n; i++)
		if (str_eq(ret->included[i - 1], ret->included[i]))
			return problem_of_value(
				p,
				"One or more parameter values were invalid: Duplicate "
				"element in NonKeyAttributes: %.*s",
				STR_ARG(ret->included[i]));
	return true;
}

static bool read_projection(struct problem *p, const struct dynamodb_projection *given,
                            struct index *ret)
{
	str type = given->projection_type;

	if (!type.p)
		return problem_of_value(p, "One or more parameter values were invalid: Unknown "
		                           "ProjectionType: null");
	ret->projection = str_eq(type, STR("INCLUDE"))     ? PROJECT_INCLUDE
	                  : str_eq(type, STR("KEYS_ONLY")) ? PROJECT_KEYS_ONLY
	                                                   : PROJECT_ALL;
	if ((ret->projection == PROJECT_INCLUDE) == (given->non_key_attributes.items != NULL))
		return ret->projection != PROJECT_INCLUDE ||
		       read_included(p, &given->non_key_attributes, ret);
	return problem_of_value(
		p,
		"One or more parameter values were invalid: ProjectionType is %.*s, but "
		"NonKeyAttributes is %sspecified",
		STR_ARG(type), ret->projection == PROJECT_INCLUDE ? "not " : "");
}

static bool check_included(struct problem *p, const struct index *indexes, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += indexes[i].included_count;
	return sum <= INCLUDED_MAX ||
	       problem_of_value(
		       p,
		       "One or more parameter values were invalid: Number of projected non-key "
		       "attributes of all indexes exceeds the per-table limit of %d",
		       INCLUDED_MAX);
}

/*
 * The attributes that are defined are those that are used.
 */

static struct wanted_index wanted_local(const struct dynamodb_local_secondary_index *in)
{
	return (struct wanted_index){ in->index_name, &in->key_schema, in->projection };
}

static struct wanted_index wanted_global(const struct dynamodb_global_secondary_index *in)
{
	return (struct wanted_index){ in->index_name, &in->key_schema, in->projection };
}

struct usage {
	const struct definitions *d;
	bool *used;
	size_t n;
	struct buf names;
};

static void use(struct usage *u, const struct dynamodb_key_schema *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct key_part *part = definitions_find(u->d, keys->items[i].attribute_name);
		bool *used = part ? &u->used[part - u->d->items] : NULL;

		if (!used || *used)
			continue;
		*used = true;
		u->n++;
		put_one(&u->names, part->name);
	}
}

static bool check_used(struct problem *p, const struct dynamodb_create_table_in *in,
                       const struct definitions *d)
{
	struct usage u = { .d = d, .used = arena_array(p->arena, bool, d->n + 1) };

	buf_init(&u.names, p->arena, MESSAGE_MAX);
	buf_putc(&u.names, '[');
	use(&u, &in->key_schema);
	for (size_t i = 0; i < in->local_secondary_indexes.n; i++)
		use(&u, &in->local_secondary_indexes.items[i].key_schema);
	for (size_t i = 0; i < in->global_secondary_indexes.n; i++)
		use(&u, &in->global_secondary_indexes.items[i].key_schema);
	if (u.n == d->n)
		return true;
	if (!in->local_secondary_indexes.items && !in->global_secondary_indexes.items)
		return problem_of_value(p,
		                        "One or more parameter values were invalid: Number of "
		                        "attributes in KeySchema does not exactly match number of "
		                        "attributes defined in AttributeDefinitions");
	return problem_of_value(
		p,
		"One or more parameter values were invalid: Some AttributeDefinitions "
		"are not used. AttributeDefinitions: %.*s, keys used: %.*s]",
		STR_ARG(list_of_definitions(p->arena, &in->attribute_definitions)),
		STR_ARG(buf_str(&u.names)));
}

static bool check_indexes_defined(struct problem *p, const struct dynamodb_create_table_in *in,
                                  const struct definitions *d)
{
	for (size_t i = 0; i < in->local_secondary_indexes.n; i++)
		if (!check_defined(p, &in->local_secondary_indexes.items[i].key_schema, d,
		                   &in->attribute_definitions))
			return false;
	for (size_t i = 0; i < in->global_secondary_indexes.n; i++)
		if (!check_defined(p, &in->global_secondary_indexes.items[i].key_schema, d,
		                   &in->attribute_definitions))
			return false;
	return true;
}

/*
 * Indexes.
 */

static bool read_index(struct problem *p, const struct table_definition *t,
                       const struct wanted_index *in, struct index *ret)
{
	ret->name = in->name;
	if (!read_projection(p, in->projection, ret))
		return false;
	for (size_t i = 0; i < t->index_count; i++)
		if (str_eq(t->indexes[i].name, in->name))
			return problem_of_value(
				p,
				"One or more parameter values were invalid: Duplicate "
				"index name: %.*s",
				STR_ARG(in->name));
	return true;
}

static bool read_local_keys(struct problem *p, const struct table_definition *t,
                            const struct wanted_index *in, struct index *ret)
{
	if (!read_keys(p, in->keys, &t->attributes, /* is_global= */ false, &ret->keys))
		return false;
	if (!ret->keys.range_count)
		return problem_of_value(
			p,
			"One or more parameter values were invalid: Index KeySchema "
			"does not have a range key for index: %.*s",
			STR_ARG(in->name));
	if (!str_eq(ret->keys.hash[0].name, t->keys.hash[0].name))
		return problem_of_value(
			p,
			"One or more parameter values were invalid: Index KeySchema does not have the "
			"same leading hash key as table KeySchema for index: %.*s. index hash key: %.*s, "
			"table hash key: %.*s",
			STR_ARG(in->name), STR_ARG(ret->keys.hash[0].name),
			STR_ARG(t->keys.hash[0].name));
	return true;
}

static bool check_list(struct problem *p, const char *name, const void *items, size_t n)
{
	return !items || n ||
	       problem_of_value(p, "One or more parameter values were invalid: List of %s is empty",
	                        name);
}

/* Of more than there may be, one too many is looked at: its own faults are told before that of the number. */
static bool read_locals(struct problem *p, const struct dynamodb_local_secondary_index_list *in,
                        struct table_definition *t)
{
	if (!check_list(p, "LocalSecondaryIndexes", in->items, in->n))
		return false;
	if (in->n && !t->keys.range_count)
		return problem_of_value(
			p, "One or more parameter values were invalid: Table KeySchema "
			   "does not have a range key, which is required when "
			   "specifying a LocalSecondaryIndex");
	for (size_t i = 0; i < MIN(in->n, TABLE_LOCAL_INDEXES_MAX + 1); i++) {
		struct wanted_index wanted = wanted_local(&in->items[i]);
		struct index *index = &t->indexes[t->index_count];

		if (!read_local_keys(p, t, &wanted, index) || !read_index(p, t, &wanted, index))
			return false;
		t->throughputs[t->index_count++].index = index->name;
	}
	return in->n <= TABLE_LOCAL_INDEXES_MAX ||
	       problem_of_value(p,
	                        "One or more parameter values were invalid: Number of "
	                        "LocalSecondaryIndexes exceeds per-table limit of %d",
	                        TABLE_LOCAL_INDEXES_MAX);
}

static bool check_billing(struct problem *p, const struct throughput_request *r,
                          enum billing_mode billing)
{
	if (billing == BILLING_PAY_PER_REQUEST && r->provisioned)
		return problem_of_value(
			p,
			"One or more parameter values were invalid: "
			"ProvisionedThroughput should not be specified for index: %.*s "
			"when BillingMode is PAY_PER_REQUEST",
			STR_ARG(r->index));
	if (billing == BILLING_PROVISIONED && !r->provisioned)
		return problem_of_value(p,
		                        "One or more parameter values were invalid: "
		                        "ProvisionedThroughput is not specified for index: %.*s",
		                        STR_ARG(r->index));
	return throughput_check(p, r, billing);
}

static bool read_globals(struct problem *p, const struct dynamodb_global_secondary_index_list *in,
                         enum billing_mode billing, struct table_definition *t)
{
	if (!check_list(p, "GlobalSecondaryIndexes", in->items, in->n))
		return false;
	for (size_t i = 0; i < MIN(in->n, TABLE_GLOBAL_INDEXES_MAX + 1); i++) {
		const struct dynamodb_global_secondary_index *given = &in->items[i];
		struct wanted_index wanted = wanted_global(given);
		struct index *index = &t->indexes[t->index_count];
		struct throughput_request *r = &t->throughputs[t->index_count];

		*r = (struct throughput_request){ given->index_name, given->provisioned_throughput,
			                          given->on_demand_throughput,
			                          given->warm_throughput };
		index->is_global = true;
		if (!read_keys(p, wanted.keys, &t->attributes, /* is_global= */ true,
		               &index->keys) ||
		    !read_index(p, t, &wanted, index) || !check_billing(p, r, billing))
			return false;
		t->index_count++;
	}
	return in->n <= TABLE_GLOBAL_INDEXES_MAX ||
	       problem_of_value(
		       p,
		       "One or more parameter values were invalid: GlobalSecondaryIndex count "
		       "exceeds the per-table limit of %d",
		       TABLE_GLOBAL_INDEXES_MAX);
}

/*
 * A whole table, and an index that is added to one.
 */

static bool read_table_keys(struct problem *p, const struct dynamodb_create_table_in *in,
                            struct table_definition *t)
{
	if (in->key_schema.n > in->attribute_definitions.n)
		return problem_of_value(p, "Invalid KeySchema: Some index key attribute have no "
		                           "definition");
	return check_defined(p, &in->key_schema, &t->attributes, &in->attribute_definitions) &&
	       read_keys(p, &in->key_schema, &t->attributes, /* is_global= */ false, &t->keys);
}

static bool check_lengths(struct problem *p, const struct dynamodb_create_table_in *in)
{
	if (!check_two(p, &in->key_schema, STR("keySchema")))
		return false;
	for (size_t i = 0; i < in->local_secondary_indexes.n; i++)
		if (!check_two(p, &in->local_secondary_indexes.items[i].key_schema,
		               arena_printf(p->arena, "localSecondaryIndexes.%zu.member.keySchema",
		                            i + 1)))
			return false;
	return true;
}

bool definition_of_table(struct problem *p, const struct dynamodb_create_table_in *in,
                         enum billing_mode billing, struct table_definition *ret)
{
	enum { MOST = TABLE_INDEXES_MAX + 2 }; /* one too many of each kind */

	*ret = (struct table_definition){
		.attributes = sorted(p->arena, &in->attribute_definitions),
		.indexes = arena_array(p->arena, struct index, MOST),
		.throughputs = arena_array(p->arena, struct throughput_request, MOST),
	};
	return check_lengths(p, in) && check_unique(p, &ret->attributes) &&
	       read_table_keys(p, in, ret) && check_indexes_defined(p, in, &ret->attributes) &&
	       check_used(p, in, &ret->attributes) &&
	       read_locals(p, &in->local_secondary_indexes, ret) &&
	       read_globals(p, &in->global_secondary_indexes, billing, ret) &&
	       check_included(p, ret->indexes, ret->index_count);
}

/* The definitions of the index's key, each as the table has it already. */
static bool add_definitions(struct problem *p, struct definitions *d,
                            const struct definitions *given, const struct dynamodb_key_schema *keys)
{
	struct key_part *all = arena_array(p->arena, struct key_part, d->n + keys->n);
	size_t n = d->n;

	for (size_t i = 0; i < n; i++)
		all[i] = d->items[i];
	for (size_t i = 0; i < keys->n; i++) {
		struct key_part new = definition_of(given, keys->items[i].attribute_name);
		const struct key_part *old = definitions_find(d, new.name);

		if (!old)
			all[n++] = new;
		else if (old->type != new.type)
			return problem_of_value(
				p,
				"One or more parameter values were invalid: Attributes cannot be "
				"redefined. Please check that your attribute has the same type as "
				"previously defined.");
	}
	*d = (struct definitions){ .items = all, .n = n };
	qsort(d->items, d->n, sizeof(*d->items), by_name);
	return true;
}

bool definition_of_index(struct problem *p, struct definitions *d,
                         const struct dynamodb_attribute_definitions *given,
                         const struct dynamodb_create_global_secondary_index_action *in,
                         struct index *ret)
{
	struct definitions more = sorted(p->arena, given);

	*ret = (struct index){ .name = in->index_name,
		               .is_global = true,
		               .status = INDEX_CREATING };
	if (!given->items)
		return problem_of_value(p,
		                        "One or more parameter values were invalid: "
		                        "AttributeDefinitions is not specified for index: %.*s",
		                        STR_ARG(in->index_name));
	return check_unique(p, &more) && check_defined(p, &in->key_schema, &more, given) &&
	       read_keys(p, &in->key_schema, &more, /* is_global= */ true, &ret->keys) &&
	       add_definitions(p, d, &more, &in->key_schema) &&
	       read_projection(p, in->projection, ret);
}
