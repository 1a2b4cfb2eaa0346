/*
 * Names and values: the two maps that all expressions of a request share. A map can have as many entries as
 * fit into a request, so that many are found by their order.
 */
#include "services/dynamodb/expression.h"

#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

enum {
	FEW = 8,              /* entries that are looked through one by one */
	UNUSED_LISTED = 1024, /* bytes of keys in a message */
};

/* Both maps' entries are a key and a text. */
struct entry {
	str key, value;
};

struct entries {
	const struct entry *items;
	size_t n;
	const uint32_t *in_order; /* NULL: there are few */
};

_Static_assert(sizeof(struct entry) ==
                               sizeof(struct dynamodb_expression_attribute_name_map_map_entry) &&
                       sizeof(struct entry) ==
                               sizeof(struct dynamodb_expression_attribute_value_map_map_entry),
               "the maps have the same form");

static struct entries names_of(const struct expressions *e)
{
	if (!e->names)
		return (struct entries){ 0 };
	return (struct entries){ (const struct entry *)(const void *)e->names->items, e->names->n,
		                 e->names_in_order };
}

static struct entries values_of(const struct expressions *e)
{
	if (!e->values)
		return (struct entries){ 0 };
	return (struct entries){ (const struct entry *)(const void *)e->values->items, e->values->n,
		                 e->values_in_order };
}

static int by_key(const void *a, const void *b, void *items)
{
	const struct entry *all = items;
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
	int order = str_cmp(all[one].key, all[two].key);

	return order ? order : one < two ? -1 : one > two;
}

static uint32_t *put_in_order(struct arena *a, const struct entries *entries)
{
	uint32_t *order;

	if (entries->n <= FEW)
		return NULL;
	order = arena_array(a, uint32_t, entries->n);
	for (size_t i = 0; i < entries->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, entries->n, sizeof(*order), by_key, (void *)(uintptr_t)entries->items);
	return order;
}

/* Of a key that was sent twice, the last counts. */
static ptrdiff_t find(const struct entries *entries, str key)
{
	size_t low = 0, high = entries->n;
	size_t found;

	if (!entries->in_order) {
		while (high-- > 0)
			if (str_eq(entries->items[high].key, key))
				return (ptrdiff_t)high;
		return -1;
	}
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (str_cmp(entries->items[entries->in_order[middle]].key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return -1;
	found = entries->in_order[low - 1];
	return str_eq(entries->items[found].key, key) ? (ptrdiff_t)found : -1;
}

bool find_name(struct expressions *e, str name, str *ret)
{
	struct entries names = names_of(e);
	ptrdiff_t at = find(&names, name);

	if (at < 0)
		return false;
	e->name_was_used[at] = true;
	*ret = names.items[at].value;
	return true;
}

bool find_value(struct expressions *e, str name, const struct value **ret)
{
	struct entries values = values_of(e);
	ptrdiff_t at = find(&values, name);

	if (at < 0)
		return false;
	e->value_was_used[at] = true;
	*ret = &e->parsed_values[at];
	return true;
}

static bool key_is_good(str key, char first)
{
	if (key.n < 2 || key.p[0] != first)
		return false;
	for (size_t i = 1; i < key.n; i++)
		if (!ascii_is_alnum(key.p[i]) && key.p[i] != '_')
			return false;
	return true;
}

static str key_in_message(str key)
{
	return str_from_to(key, 0, UNUSED_LISTED);
}

static bool check_names(struct expressions *e, int64_t *size)
{
	struct entries names = names_of(e);

	for (size_t i = 0; i < names.n; i++) {
		str key = names.items[i].key, name = names.items[i].value;

		if (key.n > EXPRESSION_KEY_MAX)
			return problem_of_value(
				e->problem,
				"ExpressionAttributeNames contains invalid key: The expression "
				"attribute map contains a key that is too long; size of key: %zu",
				key.n);
		if (!key_is_good(key, '#'))
			return problem_of_value(e->problem,
			                        "ExpressionAttributeNames contains invalid key: "
			                        "Syntax error; key: \"%.*s\"",
			                        STR_ARG(key_in_message(key)));
		if (!name.n)
			return problem_of_value(e->problem,
			                        "ExpressionAttributeNames contains invalid value: "
			                        "Empty attribute name for key %.*s",
			                        STR_ARG(key));
		*size += (int64_t)(key.n + name.n);
	}
	return true;
}

static bool check_value_keys(struct expressions *e)
{
	struct entries values = values_of(e);

	for (size_t i = 0; i < values.n; i++) {
		str key = values.items[i].key;

		if (key.n > EXPRESSION_KEY_MAX)
			return problem_of_value(
				e->problem,
				"ExpressionAttributeValues contains invalid key: The expression "
				"attribute map contains a key that is too long;");
		if (!key_is_good(key, ':'))
			return problem_of_value(e->problem,
			                        "ExpressionAttributeValues contains invalid key: "
			                        "Syntax error; key: \"%.*s\"",
			                        STR_ARG(key_in_message(key)));
	}
	return true;
}

static bool refuse_value(struct problem *p, str key)
{
	if (!p->is_serialization && p->layer == LAYER_OLDER)
		p->message = arena_printf(
			p->arena,
			"ExpressionAttributeValues contains invalid value: %.*s for key %.*s",
			STR_ARG(p->message), STR_ARG(key));
	return false;
}

static bool read_values(struct expressions *e, int64_t *size)
{
	struct entries values = values_of(e);

	for (size_t i = 0; i < values.n; i++) {
		if (!value_read_of_expression(e->problem, values.items[i].value,
		                              &e->parsed_values[i]))
			return refuse_value(e->problem, values.items[i].key);
		*size += (int64_t)values.items[i].key.n + value_size(&e->parsed_values[i]);
	}
	return true;
}

bool expressions_init(struct expressions *e, struct problem *p,
                      const struct dynamodb_expression_attribute_name_map *names,
                      const struct dynamodb_expression_attribute_value_map *values)
{
	struct entries entries;
	int64_t size = 0;

	*e = (struct expressions){ .problem = p,
		                   .names = names && names->items ? names : NULL,
		                   .values = values && values->items ? values : NULL };
	if (e->names && !e->names->n)
		return problem_of_value(p, "ExpressionAttributeNames must not be empty");
	if (!check_names(e, &size))
		return false;
	if (e->values && !e->values->n)
		return problem_of_value(p, "ExpressionAttributeValues must not be empty");
	if (!check_value_keys(e))
		return false;
	entries = names_of(e);
	e->name_was_used = arena_array(p->arena, bool, entries.n);
	e->names_in_order = put_in_order(p->arena, &entries);
	entries = values_of(e);
	e->value_was_used = arena_array(p->arena, bool, entries.n);
	e->values_in_order = put_in_order(p->arena, &entries);
	e->parsed_values = arena_array(p->arena, struct value, entries.n);
	if (!read_values(e, &size))
		return false;
	if (size > EXPRESSION_VALUES_SIZE_MAX)
		return problem_of_value(p, "Combined size of ExpressionAttributeNames and "
		                           "ExpressionAttributeValues exceeds max size");
	return true;
}

/* Where Java's hash set has a key among so many: AWS names what is unused in its order. */
static uint32_t place_in_set(str key, size_t n)
{
	uint32_t hash = 0, size = 16;

	while (size < n * 4 / 3 + 1)
		size *= 2;
	for (size_t i = 0; i < key.n; i++)
		hash = hash * 31 + (unsigned char)key.p[i];
	return (hash ^ hash >> 16) & (size - 1);
}

struct unused {
	str key;
	uint32_t place, at;
};

static int by_place(const void *a, const void *b)
{
	const struct unused *one = a, *two = b;

	if (one->place != two->place)
		return one->place < two->place ? -1 : 1;
	return one->at < two->at ? -1 : one->at > two->at;
}

static bool check_use(struct problem *p, const char *what, const struct entries *entries,
                      const bool *was_used)
{
	struct unused *unused = arena_array(p->arena, struct unused, entries->n);
	struct buf list;
	size_t n = 0;

	for (size_t i = 0; i < entries->n; i++) {
		str key = entries->items[i].key;

		if (!was_used[i] && find(entries, key) == (ptrdiff_t)i)
			unused[n++] =
				(struct unused){ key, place_in_set(key, entries->n), (uint32_t)i };
	}
	if (!n)
		return true;
	qsort(unused, n, sizeof(*unused), by_place);
	buf_init(&list, p->arena, UNUSED_LISTED + EXPRESSION_KEY_MAX + 2);
	for (size_t i = 0; i < n && list.n < UNUSED_LISTED; i++) {
		if (i)
			buf_put(&list, STR(", "));
		buf_put(&list, unused[i].key);
	}
	return problem_of_value(p, "Value provided in %s unused in expressions: keys: {%.*s}", what,
	                        STR_ARG(buf_str(&list)));
}

bool expressions_end(struct expressions *e)
{
	struct entries names = names_of(e), values = values_of(e);

	return check_use(e->problem, "ExpressionAttributeNames", &names, e->name_was_used) &&
	       check_use(e->problem, "ExpressionAttributeValues", &values, e->value_was_used);
}
