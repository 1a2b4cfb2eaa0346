#include "services/dynamodb/item_set.h"

#include "base/str.h"

/* Up to so many are compared one by one, which is quicker than sorting them. */
enum { FEW = 12 };

static int by_value(const void *a, const void *b)
{
	const struct value *const *first = a, *const *second = b;
	int order = value_compare(*first, *second);

	if (order)
		return order;
	return *first < *second ? -1 : *first > *second;
}

static int elements_by_value(const void *a, const void *b)
{
	return value_compare(a, b);
}

void set_sort(struct value *set)
{
	if (set->as.list.n > 1)
		qsort(set->as.list.items, set->as.list.n, sizeof(*set->as.list.items),
		      elements_by_value);
}

static int by_name(const void *a, const void *b)
{
	const struct attribute *const *first = a, *const *second = b;
	int order = str_cmp((*first)->name, (*second)->name);

	if (order)
		return order;
	return *first < *second ? -1 : *first > *second;
}

/* Those that are equal, in their order. */
static const struct value **sorted_values(struct arena *a, const struct value *set)
{
	size_t n = set->as.list.n;
	const struct value **sorted = arena_array(a, const struct value *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &set->as.list.items[i];
	qsort(sorted, n, sizeof(*sorted), by_value);
	return sorted;
}

/* Of one name, in their order. */
static const struct attribute **sorted_attributes(struct arena *a, const struct attribute *items,
                                                  size_t n)
{
	const struct attribute **sorted = arena_array(a, const struct attribute *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &items[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	return sorted;
}

static size_t first_repeat_of_few(const struct value *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (!value_compare(&items[i], &items[k]))
				return i;
	return n;
}

size_t set_first_repeat(const struct value *set)
{
	size_t n = set->as.list.n, first = n;
	struct arena scratch = { 0 };
	const struct value **sorted;

	if (n <= FEW)
		return first_repeat_of_few(set->as.list.items, n);
	sorted = sorted_values(&scratch, set);
	for (size_t i = 1; i < n; i++)
		if (!value_compare(sorted[i - 1], sorted[i]))
			first = MIN(first, (size_t)(sorted[i] - set->as.list.items));
	arena_release(&scratch);
	return first;
}

static bool few_have_a_name_twice(const struct attribute *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (items[i].name.n == items[k].name.n &&
			    !memcmp(items[i].name.p, items[k].name.p, items[i].name.n))
				return true;
	return false;
}

size_t drop_earlier_names(struct attribute *items, size_t n)
{
	struct arena scratch = { 0 };
	const struct attribute **sorted;
	size_t left = 0;
	bool *is_dropped;

	if (n <= FEW && !few_have_a_name_twice(items, n))
		return n;
	sorted = sorted_attributes(&scratch, items, n);
	is_dropped = arena_array(&scratch, bool, n);
	for (size_t i = 1; i < n; i++)
		if (str_eq(sorted[i - 1]->name, sorted[i]->name))
			is_dropped[sorted[i - 1] - items] = true;
	for (size_t i = 0; i < n; i++)
		if (!is_dropped[i])
			items[left++] = items[i];
	arena_release(&scratch);
	return left;
}

bool sets_are_equal(const struct value *a, const struct value *b)
{
	struct arena scratch = { 0 };
	const struct value **first, **second;
	size_t n = a->as.list.n;
	bool equal = true;

	if (n != b->as.list.n)
		return false;
	first = sorted_values(&scratch, a);
	second = sorted_values(&scratch, b);
	for (size_t i = 0; i < n && equal; i++)
		equal = !value_compare(first[i], second[i]);
	arena_release(&scratch);
	return equal;
}

bool attributes_are_equal(const struct attribute *a, size_t a_count, const struct attribute *b,
                          size_t b_count)
{
	struct arena scratch = { 0 };
	const struct attribute **first, **second;
	size_t n = 0;
	bool equal;

	if (a_count != b_count)
		return false;
	while (n < a_count && str_eq(a[n].name, b[n].name) && value_equal(&a[n].value, &b[n].value))
		n++;
	if (n == a_count)
		return true;
	first = sorted_attributes(&scratch, a + n, a_count - n);
	second = sorted_attributes(&scratch, b + n, a_count - n);
	equal = true;
	for (size_t i = 0; i < a_count - n && equal; i++)
		equal = str_eq(first[i]->name, second[i]->name) &&
		        value_equal(&first[i]->value, &second[i]->value);
	arena_release(&scratch);
	return equal;
}
