#include "services/dynamodb/expression_parse.h"
#include "services/dynamodb/item_set.h"

static int by_value(const void *a, const void *b)
{
	const struct value *const *one = a, *const *two = b;

	return value_compare(*one, *two);
}

static const struct value **in_order(struct arena *a, const struct value *set)
{
	size_t n = set->as.list.n;
	const struct value **sorted = arena_array(a, const struct value *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &set->as.list.items[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_value);
	return sorted;
}

static bool is_among(const struct value **sorted, size_t n, const struct value *element)
{
	return n && bsearch(&element, sorted, n, sizeof(*sorted), by_value);
}

static void add_element(struct value *set, const struct value *element)
{
	set->as.list.items[set->as.list.n++] = *element;
}

struct value set_union(struct arena *a, const struct value *set, const struct value *more)
{
	const struct value **sorted = in_order(a, set);
	struct value all = { .type = set->type };

	all.as.list.items = arena_array(a, struct value, set->as.list.n + more->as.list.n);
	for (size_t i = 0; i < set->as.list.n; i++)
		add_element(&all, &set->as.list.items[i]);
	for (size_t i = 0; i < more->as.list.n; i++)
		if (!is_among(sorted, set->as.list.n, &more->as.list.items[i]))
			add_element(&all, &more->as.list.items[i]);
	set_sort(&all);
	return all;
}

struct value set_difference(struct arena *a, const struct value *set, const struct value *less)
{
	const struct value **sorted = in_order(a, less);
	struct value rest = { .type = set->type };

	rest.as.list.items = arena_array(a, struct value, set->as.list.n);
	for (size_t i = 0; i < set->as.list.n; i++)
		if (!is_among(sorted, less->as.list.n, &set->as.list.items[i]))
			add_element(&rest, &set->as.list.items[i]);
	return rest;
}
