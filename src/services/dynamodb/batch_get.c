/*
 * BatchGetItem: items by their keys, of several tables. Nothing is said of keys that there are no items for;
 * what would make the reply too large is left for the caller to ask for again.
 */
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/get.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/throttle.h"

enum {
	KEYS_MAX = 100,                    /* of all tables */
	REPLY_SIZE_MAX = 16 * 1024 * 1024, /* of items, as DynamoDB counts them */
};

/* What is asked of one table. */
struct batch_part {
	const struct dynamodb_keys_and_attributes *in;
	struct table table;
	struct get get;
	struct item *keys;
	enum capacity_factor factor;
};

/*
 * What AWS checks ahead of the model's constraints, and in other words.
 */

static void echo_key(struct problem *p, struct json_writer *w, str text)
{
	struct problem unsaid = { .arena = p->arena };
	struct item key;

	if (item_read(&unsaid, text, &key))
		item_put(w, &key);
	else
		json_put_raw(w, text);
}

static void echo_part(struct problem *p, struct json_writer *w,
                      const struct dynamodb_keys_and_attributes *part)
{
	json_put_object(w);
	if (part && part->keys.items) {
		json_put_name(w, STR("Keys"));
		json_put_array(w);
		for (size_t i = 0; i < part->keys.n; i++)
			echo_key(p, w, part->keys.items[i]);
		json_put_array_end(w);
	}
	json_put_object_end(w);
}

/* The map, as far as a message may be long: the tables with their keys. */
static str echo(struct problem *p, const struct dynamodb_batch_get_request_map *in)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, p->arena, 1024 * 1024);
	json_writer_init(&w, &b);
	json_put_object(&w);
	for (size_t i = 0; i < in->n && b.n < LIMIT_ERROR_VALUE; i++) {
		json_put_name(&w, in->items[i].key);
		echo_part(p, &w, in->items[i].value);
	}
	json_put_object_end(&w);
	return utf8_within(buf_str(&b), LIMIT_ERROR_VALUE);
}

/* One name that is none, of whatever kind, is told with all that a name must be. */
static bool check_names(struct problem *p, const struct dynamodb_batch_get_item_in *in)
{
	static const char *const capacities[] = { "INDEXES", "TOTAL", "NONE", NULL };
	const struct dynamodb_batch_get_request_map *map = &in->request_items;
	str wanted = in->return_consumed_capacity, shown;
	bool is_known = parameter_is_one_of(wanted, capacities);
	str rest = is_known ? STR("")
	                    : arena_printf(p->arena,
	                                   "; Value '%.*s' at 'returnConsumedCapacity' failed to "
	                                   "satisfy constraint: Member must satisfy enum value "
	                                   "set: [INDEXES, TOTAL, NONE]",
	                                   STR_ARG(utf8_within(wanted, LIMIT_ERROR_VALUE)));

	for (size_t i = 0; i < map->n; i++) {
		if (table_name_is_valid(map->items[i].key) ||
		    str_starts(map->items[i].key, STR("arn:")))
			continue;
		shown = echo(p, map);
		return problem_of_value(
			p,
			"%s detected: Value '%.*s' at 'requestItems' failed to satisfy "
			"constraint: Map keys must satisfy constraint: [Member must have "
			"length less than or equal to 255, Member must have length greater "
			"than or equal to 3, Member must satisfy regular expression "
			"pattern: [a-zA-Z0-9_.-]+]%.*s",
			is_known ? "1 validation error" : "2 validation errors", STR_ARG(shown),
			STR_ARG(rest));
	}
	return true;
}

static bool check_lengths(struct problem *p, const struct dynamodb_batch_get_request_map *map)
{
	if (map->items && !map->n)
		return problem_of_value(
			p, "1 validation error detected: Value at 'RequestItems' failed to satisfy "
			   "constraint: Member must have length greater than or equal to 1");
	for (size_t i = 0; i < map->n; i++) {
		const struct dynamodb_keys_and_attributes *part = map->items[i].value;

		if (part && part->keys.items && (!part->keys.n || part->keys.n > KEYS_MAX))
			return problem_of_value(
				p,
				"1 validation error detected: Value at "
				"'RequestItems.%.*s.member.Keys' failed to satisfy constraint: "
				"Member must have length %s than or equal to %d",
				STR_ARG(utf8_within(map->items[i].key, LIMIT_ERROR_VALUE)),
				part->keys.n ? "less" : "greater", part->keys.n ? KEYS_MAX : 1);
	}
	return true;
}

err dynamodb_batch_get_item_check(struct call *c, const struct dynamodb_batch_get_item_in *in)
{
	struct problem p = { .arena = c->arena };

	return check_lengths(&p, &in->request_items) && check_names(&p, in) ? NULL
	                                                                    : problem_error(c, &p);
}

/* All tables of a request are to be of one generation. */
static bool check_parameters(struct problem *p, const struct dynamodb_batch_get_request_map *in)
{
	struct parameter legacy[] = { { "AttributesToGet", false }, { 0 } };
	struct parameter expressions[] = { { "ProjectionExpression", false }, { 0 } };

	for (size_t i = 0; i < in->n; i++) {
		const struct dynamodb_keys_and_attributes *part = in->items[i].value;
		const struct parameter own[] = {
			{ "ProjectionExpression", part->projection_expression.p != NULL },
			{ 0 },
		};

		legacy[0].is_given |= part->attributes_to_get.items != NULL;
		expressions[0].is_given |= own[0].is_given;
		if (!parameters_check(p, &(struct parameters){
						 .legacy = &legacy[1],
						 .expressions = own,
						 .names = &part->expression_attribute_names,
					 }))
			return false;
	}
	return parameters_check(
		p, &(struct parameters){ .legacy = legacy, .expressions = expressions });
}

static bool parse_keys(struct problem *p, struct batch_part *part, size_t *total)
{
	const struct dynamodb_key_list *keys = &part->in->keys;
	str *texts = arena_array(p->arena, str, keys->n);

	part->keys = arena_array(p->arena, struct item, keys->n);
	for (size_t i = 0; i < keys->n; i++) {
		if (!item_read(p, keys->items[i], &part->keys[i]))
			return false;
		texts[i] = get_key_text(p->arena, &part->keys[i]);
	}
	if (!get_are_distinct(texts, keys->n))
		return problem_of_value(p, "Provided list of item keys contains duplicates");
	*total += keys->n;
	return *total <= KEYS_MAX ||
	       problem_of_value(p, "Too many items requested for the BatchGetItem call");
}

static bool parse(struct problem *p, const struct dynamodb_batch_get_request_map *in,
                  struct batch_part *parts)
{
	size_t total = 0;

	if (!check_parameters(p, in))
		return false;
	for (size_t i = 0; i < in->n; i++) {
		struct batch_part *part = &parts[i];

		part->in = in->items[i].value;
		part->factor = opt_true(part->in->consistent_read) ? CAPACITY_CONSISTENT
		                                                   : CAPACITY_EVENTUAL;
		if (!get_parse(p, part->in->projection_expression,
		               &part->in->expression_attribute_names, &part->in->attributes_to_get,
		               &part->get) ||
		    !parse_keys(p, part, &total))
			return false;
	}
	return true;
}

static err bind(struct call *c, str table_name, struct batch_part *part)
{
	struct problem p = { .arena = c->arena };
	err e = table_find(c, table_name, &part->table);

	if (e)
		return e;
	for (size_t i = 0; i < part->in->keys.n; i++)
		if (!key_check(&p, &part->table.keys, &part->keys[i]))
			return problem_error(c, &p);
	return get_bind(&p, &part->table, &part->get) ? NULL : problem_error(c, &p);
}

static void pay(struct call *c, const struct batch_part *part, int64_t size,
                struct capacity *capacity)
{
	double units = read_units(size, part->factor);
	struct capacity one = { .table = &part->table, .table_read = units };

	capacity_add_read(capacity, NULL, units);
	throttle_spend(c, &one);
}

/* How many of the part's keys were looked up before the reply was full, or the table throttled. */
static size_t read_part(struct call *c, const struct batch_part *part, int64_t *size,
                        struct capacity *capacity, struct dynamodb_item_list *ret)
{
	size_t i;

	for (i = 0; i < part->in->keys.n && *size < REPLY_SIZE_MAX; i++) {
		struct stored_item stored;

		if (!throttle_admits(c, &part->table, NULL, THROTTLE_READ))
			break;
		stored = get_read(c->db, c->arena, &part->table, &part->get, &part->keys[i]);
		if (*size + stored.size > REPLY_SIZE_MAX)
			break;
		*size += stored.size;
		pay(c, part, stored.size, capacity);
		if (stored.text.p)
			ret->items[ret->n++] = stored.text;
	}
	return i;
}

/* What is left to ask for: the same, of the keys that were not looked up. */
static void leave(struct arena *a, const struct batch_part *part, size_t done, str table_name,
                  struct dynamodb_batch_get_request_map *ret)
{
	struct dynamodb_keys_and_attributes *rest;

	if (done == part->in->keys.n)
		return;
	rest = arena_new(a, struct dynamodb_keys_and_attributes);
	*rest = *part->in;
	rest->keys.items += done;
	rest->keys.n -= done;
	ret->items[ret->n].key = table_name;
	ret->items[ret->n++].value = rest;
}

/* What is throttled is left, too; when that leaves nothing, it is an error. */
static err read_all(struct call *c, const struct batch_part *parts, size_t n,
                    struct capacity *capacities, struct dynamodb_batch_get_item_out *out)
{
	int64_t size = 0;
	size_t total = 0;

	out->responses.items =
		arena_array(c->arena, struct dynamodb_batch_get_response_map_map_entry, n);
	out->responses.n = n;
	out->unprocessed_keys.items =
		arena_array(c->arena, struct dynamodb_batch_get_request_map_map_entry, n);
	for (size_t i = 0; i < n; i++) {
		struct dynamodb_item_list *items = &out->responses.items[i].value;
		str name = parts[i].table.given;
		size_t done;

		out->responses.items[i].key = name;
		items->items = arena_array(c->arena, str, parts[i].in->keys.n);
		capacities[i].table = &parts[i].table;
		done = read_part(c, &parts[i], &size, &capacities[i], items);
		total += done;
		leave(c->arena, &parts[i], done, name, &out->unprocessed_keys);
	}
	return total ? NULL : throttle_admit(c, &parts[0].table, NULL, THROTTLE_READ);
}

err dynamodb_batch_get_item(struct call *c, const struct dynamodb_batch_get_item_in *in,
                            struct dynamodb_batch_get_item_out *out)
{
	size_t n = in->request_items.n;
	struct batch_part *parts = arena_array(c->arena, struct batch_part, n);
	struct capacity *capacities = arena_array(c->arena, struct capacity, n);
	struct problem p = { .arena = c->arena, .layer = LAYER_CURRENT };
	err e;

	if (!parse(&p, &in->request_items, parts))
		return problem_error(c, &p);
	for (size_t i = 0; i < n; i++) {
		e = bind(c, in->request_items.items[i].key, &parts[i]);
		if (e)
			return e;
	}

	e = read_all(c, parts, n, capacities, out);
	if (e)
		return e;
	capacity_describe_all(c->arena, capacities, n, in->return_consumed_capacity,
	                      /* in_transaction= */ false, &out->consumed_capacity);
	return NULL;
}
