#include "services/dynamodb/collection.h"

#include "base/str.h"

enum { LOOK_MAX = 2000 }; /* entries that are looked at, in all */

static const int64_t gigabyte = 1024 * 1024 * 1024;

static bool is_wanted(const struct table *t, str wanted)
{
	if (!str_eq(wanted, STR("SIZE")))
		return false;
	for (size_t i = 0; i < t->index_count; i++)
		if (!t->indexes[i].is_global)
			return true;
	return false;
}

static struct item key_of(struct arena *a, const struct table *t, const struct item *item)
{
	struct item key = { arena_array(a, struct attribute, t->keys.hash_count), 0 };

	for (size_t i = 0; i < t->keys.hash_count; i++)
		key.items[key.n++] = (struct attribute){ t->keys.hash[i].name,
			                                 *item_find(item, t->keys.hash[i].name) };
	return key;
}

/* The table's keys of the collection, which are those of its local indexes too: they share the partition key. */
static struct space_range range_of(struct arena *a, const struct table *t, const struct item *key)
{
	struct value values[KEY_PARTS_MAX];
	struct space_range range = { 0 };
	struct buf from;
	str to;

	for (size_t i = 0; i < key->n; i++)
		values[i] = key->items[i].value;
	buf_init(&from, a, KEY_TEXT_MAX);
	key_put_hash(&from, &t->keys, values);
	range.from = buf_str(&from);
	to = arena_str(a, range.from);
	/* The next text of the same length: no key of the collection is behind it. */
	for (size_t n = to.n; n; n--)
		if (++((char *)(uintptr_t)to.p)[n - 1])
			break;
	range.to = to;
	return range;
}

/* What is there of the collection in one space; at most *left entries are looked at. */
static int64_t add_up(struct db *db, struct space_range range, int64_t space, int *left)
{
	struct stored_item item;
	struct db_rows rows;
	int64_t sum = 0;

	range.space = space;
	for (space_each(db, &rows, &range, /* backwards= */ false);
	     *left > 0 && space_next(&rows, &item); (*left)--)
		sum += item.size;
	db_rows_end(&rows);
	return sum;
}

static void estimate(struct db *db, struct arena *a, const struct table *t, const struct item *key,
                     int64_t *ret_low, int64_t *ret_high)
{
	struct space_range range = range_of(a, t, key);
	int64_t items, all;
	int left = LOOK_MAX;

	space_count(db, t->space, &items, &all);
	for (size_t i = 0; i < t->index_count; i++) {
		int64_t bytes;

		if (t->indexes[i].is_global)
			continue;
		space_count(db, t->indexes[i].space, &items, &bytes);
		all += bytes;
	}
	*ret_low = 0;
	*ret_high = all;
	if (all < gigabyte)
		return;
	*ret_low = add_up(db, range, t->space, &left);
	for (size_t i = 0; i < t->index_count; i++)
		if (!t->indexes[i].is_global)
			*ret_low += add_up(db, range, t->indexes[i].space, &left);
	if (left)
		*ret_high = *ret_low;
}

static void describe(struct db *db, struct arena *a, const struct table *t, const struct item *key,
                     struct dynamodb_item_collection_metrics *ret)
{
	struct dynamodb_item_collection_size_estimate_range *range = &ret->size_estimate_range_gb;
	int64_t low, high;

	estimate(db, a, t, key, &low, &high);
	ret->item_collection_key = item_text(a, key);
	range->items = arena_array(a, struct opt_double, 2);
	range->n = 2;
	range->items[0] = opt_double((double)(low / gigabyte));
	range->items[1] = opt_double((double)(high / gigabyte + 1));
}

struct dynamodb_item_collection_metrics *collection_describe(struct db *db, struct arena *a,
                                                             const struct table *t,
                                                             const struct item *item, str wanted)
{
	struct dynamodb_item_collection_metrics *ret;
	struct item key;

	if (!is_wanted(t, wanted))
		return NULL;
	key = key_of(a, t, item);
	ret = arena_new(a, struct dynamodb_item_collection_metrics);
	describe(db, a, t, &key, ret);
	return ret;
}

/* The list of a table, made when it gets its first collection. */
static struct dynamodb_item_collection_metrics_multiple *list_of(struct collections *c,
                                                                 const struct table *t)
{
	struct dynamodb_item_collection_metrics_per_table *tables = &c->tables;

	for (size_t i = 0; i < tables->n; i++)
		if (str_eq(tables->items[i].key, t->given))
			return &tables->items[i].value;
	if (!tables->items)
		tables->items = arena_array(
			c->arena, struct dynamodb_item_collection_metrics_per_table_map_entry,
			c->writes_max);
	tables->items[tables->n].key = t->given;
	return &tables->items[tables->n++].value;
}

void collections_add(struct collections *c, struct db *db, const struct table *t,
                     const struct item *item)
{
	struct dynamodb_item_collection_metrics_multiple *list;
	struct item key;
	str text;

	if (!is_wanted(t, c->wanted))
		return;
	list = list_of(c, t);
	key = key_of(c->arena, t, item);
	text = item_text(c->arena, &key);
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].item_collection_key, text))
			return;
	if (!list->items)
		list->items = arena_array(c->arena, struct dynamodb_item_collection_metrics,
		                          c->writes_max);
	describe(db, c->arena, t, &key, &list->items[list->n++]);
}
