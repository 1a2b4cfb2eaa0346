#include "services/dynamodb/item.h"

#include "base/encoding.h"
#include "base/str.h"
#include "services/dynamodb/item_set.h"

static const str type_names[VALUE_TYPES] = {
	[VALUE_NONE] = STR_INIT(""),     [VALUE_S] = STR_INIT("S"),
	[VALUE_N] = STR_INIT("N"),       [VALUE_B] = STR_INIT("B"),
	[VALUE_SS] = STR_INIT("SS"),     [VALUE_NS] = STR_INIT("NS"),
	[VALUE_BS] = STR_INIT("BS"),     [VALUE_M] = STR_INIT("M"),
	[VALUE_L] = STR_INIT("L"),       [VALUE_NULL] = STR_INIT("NULL"),
	[VALUE_BOOL] = STR_INIT("BOOL"),
};

str value_type_name(enum value_type type)
{
	return type_names[type];
}

/* Called for every value of every item. */
enum value_type value_type_from_name(str name)
{
	static const enum value_type of_one_letter[256] = {
		['S'] = VALUE_S, ['N'] = VALUE_N, ['B'] = VALUE_B, ['M'] = VALUE_M, ['L'] = VALUE_L,
	};

	if (name.n == 1)
		return of_one_letter[(unsigned char)name.p[0]];
	for (int type = VALUE_SS; type < VALUE_TYPES; type++)
		if (str_eq(name, type_names[type]))
			return (enum value_type)type;
	return VALUE_NONE;
}

/* Text. */

static void put_number(struct json_writer *w, const struct number *n)
{
	char text[NUMBER_TEXT_MAX];
	struct buf b = { .p = text, .capacity = sizeof(text), .max = sizeof(text) - 1 };

	number_put(&b, n);
	json_put_string(w, buf_str(&b));
}

static void put_binary(struct json_writer *w, str bytes)
{
	json_put_raw(w, STR("\""));
	base64_put(w->out, bytes);
	buf_putc(w->out, '"');
}

static void put_scalar(struct json_writer *w, const struct value *value)
{
	if (value->type == VALUE_N)
		put_number(w, value->as.number);
	else if (value->type == VALUE_B)
		put_binary(w, value->as.text);
	else
		json_put_string(w, value->as.text);
}

static void put_attributes(struct json_writer *w, const struct attribute *items, size_t n)
{
	json_put_object(w);
	for (size_t i = 0; i < n; i++) {
		json_put_name(w, items[i].name);
		value_put(w, &items[i].value);
	}
	json_put_object_end(w);
}

static void put_list(struct json_writer *w, const struct value *value)
{
	json_put_array(w);
	for (size_t i = 0; i < value->as.list.n; i++) {
		if (value->type == VALUE_L)
			value_put(w, &value->as.list.items[i]);
		else
			put_scalar(w, &value->as.list.items[i]);
	}
	json_put_array_end(w);
}

void value_put(struct json_writer *w, const struct value *value)
{
	json_put_object(w);
	json_put_name(w, type_names[value->type]);
	switch (value->type) {
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
	case VALUE_L:
		put_list(w, value);
		break;
	case VALUE_M:
		put_attributes(w, value->as.map.items, value->as.map.n);
		break;
	case VALUE_NULL:
		json_put_bool(w, true);
		break;
	case VALUE_BOOL:
		json_put_bool(w, value->as.boolean);
		break;
	default:
		put_scalar(w, value);
	}
	json_put_object_end(w);
}

void item_put(struct json_writer *w, const struct item *item)
{
	put_attributes(w, item->items, item->n);
}

/* Without a limit: the item is in memory already, and its size is the caller's to check. */
str item_text(struct arena *a, const struct item *item)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	json_writer_init(&w, &b);
	item_put(&w, item);
	return buf_str(&b);
}

/* Attributes. */

static struct attribute *find(const struct item *item, str name)
{
	for (size_t i = 0; i < item->n; i++)
		if (item->items[i].name.n == name.n &&
		    !memcmp(item->items[i].name.p, name.p, name.n))
			return &item->items[i];
	return NULL;
}

const struct value *item_find(const struct item *item, str name)
{
	const struct attribute *found = find(item, name);

	return found ? &found->value : NULL;
}

void item_set(struct arena *a, struct item *item, str name, const struct value *value)
{
	struct attribute *place = find(item, name);

	if (!place) {
		struct attribute *items = arena_array(a, struct attribute, item->n + 1);

		if (item->n)
			memcpy(items, item->items, item->n * sizeof(*items));
		item->items = items;
		place = &items[item->n++];
		place->name = name;
	}
	place->value = *value;
}

bool item_remove(struct item *item, str name)
{
	struct attribute *place = find(item, name);

	if (!place)
		return false;
	item->n--;
	memmove(place, place + 1, (size_t)(item->items + item->n - place) * sizeof(*place));
	return true;
}

/* Sizes. */

static int64_t attributes_size(const struct attribute *items, size_t n)
{
	int64_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += (int64_t)items[i].name.n + value_size(&items[i].value);
	return size;
}

static int64_t elements_size(const struct value *value)
{
	int64_t size = 0;

	for (size_t i = 0; i < value->as.list.n; i++)
		size += value_size(&value->as.list.items[i]);
	return size;
}

int64_t value_size(const struct value *value)
{
	enum { OF_A_COLLECTION = 3, OF_AN_ELEMENT = 1 };

	switch (value->type) {
	case VALUE_S:
	case VALUE_B:
		return (int64_t)value->as.text.n;
	case VALUE_N:
		return number_size(value->as.number);
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
		return elements_size(value);
	case VALUE_L:
		return OF_A_COLLECTION + OF_AN_ELEMENT * (int64_t)value->as.list.n +
		       elements_size(value);
	case VALUE_M:
		return OF_A_COLLECTION + OF_AN_ELEMENT * (int64_t)value->as.map.n +
		       attributes_size(value->as.map.items, value->as.map.n);
	default:
		return 1;
	}
}

int64_t item_size(const struct item *item)
{
	return attributes_size(item->items, item->n);
}

/* Comparing. */

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type == VALUE_N)
		return number_compare(a->as.number, b->as.number);
	return str_cmp(a->as.text, b->as.text);
}

static bool lists_are_equal(const struct value *a, const struct value *b)
{
	if (a->as.list.n != b->as.list.n)
		return false;
	for (size_t i = 0; i < a->as.list.n; i++)
		if (!value_equal(&a->as.list.items[i], &b->as.list.items[i]))
			return false;
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case VALUE_S:
	case VALUE_N:
	case VALUE_B:
		return !value_compare(a, b);
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
		return sets_are_equal(a, b);
	case VALUE_L:
		return lists_are_equal(a, b);
	case VALUE_M:
		return attributes_are_equal(a->as.map.items, a->as.map.n, b->as.map.items,
		                            b->as.map.n);
	case VALUE_BOOL:
		return a->as.boolean == b->as.boolean;
	default:
		return true;
	}
}

bool item_equal(const struct item *a, const struct item *b)
{
	return attributes_are_equal(a->items, a->n, b->items, b->n);
}

bool value_contains_element(const struct value *collection, const struct value *element)
{
	if (collection->type != VALUE_L && !value_is_set(collection->type))
		return false;
	for (size_t i = 0; i < collection->as.list.n; i++)
		if (value_equal(&collection->as.list.items[i], element))
			return true;
	return false;
}

size_t value_height(const struct value *v)
{
	size_t most = 0, inner;

	if (v->type == VALUE_L) {
		for (size_t i = 0; i < v->as.list.n; i++) {
			inner = value_height(&v->as.list.items[i]);
			most = MAX(most, inner);
		}
		return most + 1;
	}
	if (v->type == VALUE_M) {
		for (size_t i = 0; i < v->as.map.n; i++) {
			inner = value_height(&v->as.map.items[i].value);
			most = MAX(most, inner);
		}
		return most + 1;
	}
	return 0;
}

/* Copying. */

static struct attribute *copy_attributes(struct arena *a, const struct attribute *items, size_t n)
{
	struct attribute *copies = arena_array(a, struct attribute, n);

	for (size_t i = 0; i < n; i++) {
		copies[i].name = items[i].name;
		copies[i].value = value_copy(a, &items[i].value);
	}
	return copies;
}

struct value value_copy(struct arena *a, const struct value *value)
{
	struct value copy = *value;
	size_t n;

	if (value->type == VALUE_M) {
		copy.as.map.items = copy_attributes(a, value->as.map.items, value->as.map.n);
	} else if (value->type == VALUE_L || value_is_set(value->type)) {
		n = value->as.list.n;
		copy.as.list.items = arena_array(a, struct value, n);
		for (size_t i = 0; i < n; i++)
			copy.as.list.items[i] = value_copy(a, &value->as.list.items[i]);
	}
	return copy;
}

struct item item_copy(struct arena *a, const struct item *item)
{
	return (struct item){ copy_attributes(a, item->items, item->n), item->n };
}
