/*
 * BatchWriteItem: puts and deletes that have nothing to do with each other but that they come together. All are
 * checked before the first is made, and all are made in one transaction of the store: so nothing is left
 * unprocessed but what throttling holds up.
 */
#include "base/str.h"
#include "services/dynamodb/collection.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/throttle.h"
#include "services/dynamodb/write.h"

enum { REQUESTS_MAX = 25 };

struct batch {
	struct call *call;
	struct write *writes;
	size_t count;
	struct table *tables;
	struct capacity *capacities; /* as tables */
	struct collections collections;
	size_t done; /* of the writes */
};

static size_t count_requests(const struct dynamodb_batch_write_item_request_map *items)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		n += items->items[i].value.n;
	return n;
}

static bool parse_request(struct problem *p, const struct dynamodb_write_request *request,
                          struct write *ret)
{
	const struct write_parameters given = {
		.kind = request->put_request ? WRITE_PUT : WRITE_DELETE,
		.item = request->put_request      ? request->put_request->item
		        : request->delete_request ? request->delete_request->key
		                                  : STR_NULL,
	};

	if (!request->put_request == !request->delete_request)
		return problem_of_value(p, "Supplied AttributeValue has more than one datatypes "
		                           "set, must contain exactly one of the supported "
		                           "datatypes");
	return write_parse(p, &given, ret);
}

static bool parse_all(struct problem *p, const struct dynamodb_batch_write_item_request_map *items,
                      struct write *writes)
{
	for (size_t i = 0; i < items->n; i++)
		for (size_t j = 0; j < items->items[i].value.n; j++)
			if (!parse_request(p, &items->items[i].value.items[j], writes++))
				return false;
	return true;
}

/* Here an item that lacks its key, or has one of another type, is told what a key is told. */
static bool check_key_of_put(struct problem *p, const struct table *t, const struct item *item)
{
	struct item key = { arena_array(p->arena, struct attribute, 2 * KEY_PARTS_MAX), 0 };
	const struct key_schema *s = &t->keys;

	for (size_t i = 0; i < item->n; i++)
		if (key_schema_has(s, item->items[i].name))
			key.items[key.n++] = item->items[i];
	return key_check(p, s, &key);
}

static bool bind_one(struct problem *p, const struct table *t, struct write *writes, size_t at)
{
	struct write *w = &writes[at];

	if (w->kind == WRITE_PUT && !check_key_of_put(p, t, &w->item))
		return false;
	if (!write_bind(p, t, w))
		return false;
	for (size_t i = 0; i < at; i++)
		if (write_is_of_same(&writes[i], w))
			return problem_of_value(p,
			                        "Provided list of item keys contains duplicates");
	return true;
}

static err bind_all(struct batch *b, const struct dynamodb_batch_write_item_request_map *items)
{
	struct problem p = { .arena = b->call->arena };
	size_t at = 0;

	for (size_t i = 0; i < items->n; i++) {
		err e = table_find(b->call, items->items[i].key, &b->tables[i]);

		if (e)
			return e;
		b->capacities[i].table = &b->tables[i];
	}
	for (size_t i = 0; i < items->n; i++)
		for (size_t j = 0; j < items->items[i].value.n; j++, at++)
			if (!bind_one(&p, &b->tables[i], b->writes, at))
				return problem_error(b->call, &p);
	return NULL;
}

static void write_one(struct batch *b, struct write *w)
{
	struct problem p = { .arena = b->call->arena };
	struct capacity cost = { .table = w->table };

	/* It has no condition and no update: it is always ready. */
	(void)write_prepare(b->call->db, &p, w);
	write_apply(b->call, w, &cost, /* in_transaction= */ false);
	throttle_spend(b->call, &cost);
	capacity_add(&b->capacities[w->table - b->tables], &cost);
	collections_add(&b->collections, b->call->db, w->table, &w->item);
}

/* The requests of a table; those that are held up go into a list of their own. */
static void write_table(struct batch *b, struct write *writes,
                        const struct dynamodb_batch_write_item_request_map_map_entry *in,
                        struct dynamodb_batch_write_item_request_map *unprocessed)
{
	struct dynamodb_write_requests left = { 0 };

	for (size_t i = 0; i < in->value.n; i++) {
		if (throttle_admits(b->call, writes[i].table, NULL, THROTTLE_WRITE)) {
			write_one(b, &writes[i]);
			b->done++;
			continue;
		}
		if (!left.items)
			left.items = arena_array(b->call->arena, struct dynamodb_write_request,
			                         in->value.n);
		left.items[left.n++] = in->value.items[i];
	}
	if (left.n) {
		unprocessed->items[unprocessed->n].key = in->key;
		unprocessed->items[unprocessed->n++].value = left;
	}
}

static err write_all(struct batch *b, const struct dynamodb_batch_write_item_request_map *items,
                     struct dynamodb_batch_write_item_request_map *unprocessed)
{
	struct write *writes = b->writes;

	unprocessed->items = arena_array(
		b->call->arena, struct dynamodb_batch_write_item_request_map_map_entry, items->n);
	for (size_t i = 0; i < items->n; i++) {
		write_table(b, writes, &items->items[i], unprocessed);
		writes += items->items[i].value.n;
	}
	return b->done ? NULL : throttle_admit(b->call, b->writes->table, NULL, THROTTLE_WRITE);
}

/* Ahead of the model's constraints, and in other words. */
err dynamodb_batch_write_item_check(struct call *c, const struct dynamodb_batch_write_item_in *in)
{
	if (in->request_items.items && !in->request_items.n)
		return validation_error(
			c, "The requestItems parameter is required for BatchWriteItem");
	return NULL;
}

static err check_count(struct call *c, const struct dynamodb_batch_write_item_request_map *items)
{
	if (count_requests(items) <= REQUESTS_MAX)
		return NULL;
	return validation_error(c, "Too many items requested for the BatchWriteItem call");
}

err dynamodb_batch_write_item(struct call *c, const struct dynamodb_batch_write_item_in *in,
                              struct dynamodb_batch_write_item_out *out)
{
	const struct dynamodb_batch_write_item_request_map *items = &in->request_items;
	struct problem p = { .arena = c->arena };
	struct batch b = { .call = c, .count = count_requests(items) };
	err e = check_count(c, items);

	if (e)
		return e;
	b.collections = (struct collections){ .arena = c->arena,
		                              .wanted = in->return_item_collection_metrics,
		                              .writes_max = REQUESTS_MAX };
	b.writes = arena_array(c->arena, struct write, b.count);
	b.tables = arena_array(c->arena, struct table, items->n);
	b.capacities = arena_array(c->arena, struct capacity, items->n);
	if (!parse_all(&p, items, b.writes))
		return problem_error(c, &p);
	e = bind_all(&b, items);
	if (!e)
		e = write_all(&b, items, &out->unprocessed_items);
	if (e)
		return e;
	out->item_collection_metrics = b.collections.tables;
	capacity_describe_all(c->arena, b.capacities, items->n, in->return_consumed_capacity,
	                      /* in_transaction= */ false, &out->consumed_capacity);
	return NULL;
}
