#include "services/dynamodb/get.h"

#include "base/str.h"

#include <stdlib.h>

static const struct dynamodb_expression_attribute_value_map no_values;

bool get_parse(struct problem *p, str projection_expression,
               const struct dynamodb_expression_attribute_name_map *names,
               const struct dynamodb_attribute_name_list *attributes_to_get, struct get *ret)
{
	struct expressions e;

	*ret = (struct get){ .is_projected = projection_expression.p || attributes_to_get->items };
	if (attributes_to_get->items)
		return projection_from_names(p, attributes_to_get, &ret->projection);
	if (!projection_expression.p)
		return true;
	return expressions_init(&e, p, names, &no_values) &&
	       projection_parse(&e, projection_expression, &ret->projection) && expressions_end(&e);
}

static bool refuse_path(struct problem *p, const char *kind, str name)
{
	return problem_of_value(p,
	                        "Key attributes must be scalars; list random access '[]' and map "
	                        "lookup '.' are not allowed: %s: %.*s",
	                        kind, STR_ARG(name));
}

static bool is_in_index_key(const struct table *t, str name)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (key_schema_has(&t->indexes[i].keys, name))
			return true;
	return false;
}

bool projection_spares_keys(struct problem *p, const struct table *t,
                            const struct projection *projection)
{
	for (size_t i = 0; i < projection->n; i++) {
		const struct path *path = &projection->paths[i];

		if (path->n == 1)
			continue;
		if (key_schema_has(&t->keys, path->steps[0].name))
			return refuse_path(p, "Key", path->steps[0].name);
		if (is_in_index_key(t, path->steps[0].name))
			return refuse_path(p, "IndexKey", path->steps[0].name);
	}
	return true;
}

/* The first attribute of a key that the condition reaches into; absent: none. */
static str reached(const struct key_schema *s, const struct condition *condition)
{
	for (size_t i = 0; i < s->hash_count; i++)
		if (condition_reaches_into(condition, s->hash[i].name))
			return s->hash[i].name;
	for (size_t i = 0; i < s->range_count; i++)
		if (condition_reaches_into(condition, s->range[i].name))
			return s->range[i].name;
	return STR_NULL;
}

bool condition_spares_keys(struct problem *p, const struct table *t,
                           const struct condition *condition)
{
	str name;

	if (!condition)
		return true;
	name = reached(&t->keys, condition);
	if (name.p)
		return refuse_path(p, "Key", name);
	for (size_t i = 0; i < t->index_count; i++) {
		name = reached(&t->indexes[i].keys, condition);
		if (name.p)
			return refuse_path(p, "IndexKey", name);
	}
	return true;
}

bool get_bind(struct problem *p, const struct table *t, const struct get *get)
{
	return !get->is_projected || projection_spares_keys(p, t, &get->projection);
}

/* Of an item that is not wanted whole, only what is wanted stays: a batch can have a hundred large ones. */
static bool read_part(struct db *db, struct arena *a, const struct table *t, const struct get *get,
                      str key, struct stored_item *ret)
{
	struct arena scratch = { 0 };
	bool is_there = space_get(db, &scratch, t->space, key, ret);
	struct item item;

	if (is_there) {
		item_load(&scratch, ret->text, &item);
		item = projection_apply(&scratch, &get->projection, &item);
		ret->text = item_text(a, &item);
	}
	arena_release(&scratch);
	return is_there;
}

struct stored_item get_read(struct db *db, struct arena *a, const struct table *t,
                            const struct get *get, const struct item *key)
{
	str encoded = key_encode(a, &t->keys, key);
	struct stored_item stored;

	if (get->is_projected ? read_part(db, a, t, get, encoded, &stored)
	                      : space_get(db, a, t->space, encoded, &stored))
		return stored;
	return (struct stored_item){ 0 };
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(((const struct attribute *)a)->name, ((const struct attribute *)b)->name);
}

static int compare_texts(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

str get_key_text(struct arena *a, const struct item *key)
{
	struct item sorted = item_copy(a, key);

	if (sorted.n > 1)
		qsort(sorted.items, sorted.n, sizeof(*sorted.items), compare_names);
	return item_text(a, &sorted);
}

bool get_are_distinct(str *texts, size_t n)
{
	if (n > 1)
		qsort(texts, n, sizeof(*texts), compare_texts);
	for (size_t i = 1; i < n; i++)
		if (str_eq(texts[i - 1], texts[i]))
			return false;
	return true;
}
