/*
 * The query and ec2 protocols: a form of `Name.member.1.Inner=value` in, XML out.
 *
 * The parameters are sorted once; each member is then looked up by its full name, or by the prefix
 * below which its parts must stand.
 */
#include "wire/internal.h"

#include "base/limits.h"
#include "base/str.h"

struct reader {
	struct wire_request *wire;
	struct parameters sorted;
	int depth;
};

static int by_name(const void *a, const void *b)
{
	const struct parameter *first = a, *second = b;

	return str_cmp(first->name, second->name);
}

/* The first parameter whose name is not less than `name`. */
static size_t lower_bound(const struct parameters *p, str name)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (str_cmp(p->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct parameter *exact(const struct reader *r, str name)
{
	size_t at = lower_bound(&r->sorted, name);

	return at < r->sorted.n && str_eq(r->sorted.items[at].name, name) ? &r->sorted.items[at]
	                                                                  : NULL;
}

/* Whether something is named `name.…`. */
static bool has_parts(const struct reader *r, str name)
{
	str prefix = arena_join(r->wire->arena, name, STR("."));
	size_t at = lower_bound(&r->sorted, prefix);

	return at < r->sorted.n && str_starts(r->sorted.items[at].name, prefix);
}

static bool is_there(const struct reader *r, str name)
{
	return exact(r, name) || has_parts(r, name);
}

static str join(const struct reader *r, str prefix, str name)
{
	return prefix.n ? arena_printf(r->wire->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name))
	                : name;
}

static str numbered(const struct reader *r, str prefix, size_t i)
{
	return arena_printf(r->wire->arena, "%.*s.%zu", STR_ARG(prefix), i);
}

static bool malformed(struct reader *r, str name, str value)
{
	const char *code = r->wire->model->protocol == PROTOCOL_EC2 ? "InvalidParameterValue"
	                                                            : "MalformedInput";

	return wire_fail(r->wire, code,
	                 arena_printf(r->wire->arena, "Invalid value '%.*s' for parameter %.*s",
	                              (int)MIN(value.n, LIMIT_ERROR_VALUE), value.p,
	                              STR_ARG(name)));
}

static bool read_value(struct reader *r, uint16_t shape_index, const struct member *member,
                       str name, void *place);

static bool read_structure(struct reader *r, const struct shape *s, str prefix, void *place)
{
	const struct model *m = r->wire->model;
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++) {
		const struct member *member = &members[i];
		str name = join(r, prefix, model_text(m, member->wire_name));

		if (!is_there(r, name))
			continue;
		if (!read_value(r, member->shape, member, name,
		                value_open(r->wire->arena, shape_at(m, member->shape),
		                           (char *)place + member->offset)))
			return false;
	}
	return true;
}

static bool is_flat(const struct reader *r, const struct shape *s, const struct member *member)
{
	return r->wire->model->protocol == PROTOCOL_EC2 || (s->flags & SHAPE_FLATTENED) ||
	       (member && (member->flags & MEMBER_FLATTENED));
}

static int by_number(const void *a, const void *b)
{
	size_t first = *(const size_t *)a, second = *(const size_t *)b;

	return first < second ? -1 : first > second;
}

/* The numbers N for which something is named `prefix.N` or `prefix.N.…`, ascending. There may be gaps:
 * AWS takes what is there in its order. */
static size_t find_numbers(struct reader *r, str prefix, size_t **ret)
{
	str start = arena_join(r->wire->arena, prefix, STR("."));
	size_t n = 0, capacity = 0, unique = 0;
	size_t *numbers = NULL;

	for (size_t at = lower_bound(&r->sorted, start);
	     at < r->sorted.n && str_starts(r->sorted.items[at].name, start); at++) {
		str rest = str_after(r->sorted.items[at].name, start.n);
		uint64_t number;

		if (!str_to_u64(str_cut(&rest, '.'), &number) || !number ||
		    number > LIMIT_LIST_INDEX)
			continue;
		if (n == capacity)
			numbers = arena_grow(r->wire->arena, numbers, &capacity, sizeof(*numbers));
		numbers[n++] = (size_t)number;
	}
	if (n)
		qsort(numbers, n, sizeof(*numbers), by_number);
	for (size_t i = 0; i < n; i++)
		if (!i || numbers[i] != numbers[i - 1])
			numbers[unique++] = numbers[i];
	*ret = numbers;
	return unique;
}

static bool read_list(struct reader *r, const struct shape *s, const struct member *member,
                      str name, struct any_list *list)
{
	size_t capacity = 0, *numbers;
	str prefix = is_flat(r, s, member)
	                     ? name
	                     : join(r, name, model_text(r->wire->model, s->element_name));
	size_t n = find_numbers(r, prefix, &numbers);

	for (size_t i = 0; i < n; i++)
		if (!read_value(r, s->element, NULL, numbered(r, prefix, numbers[i]),
		                list_append(r->wire->arena, s, list, &capacity)))
			return false;
	list_present(list);
	return true;
}

static bool read_map(struct reader *r, const struct shape *s, const struct member *member, str name,
                     struct any_list *map)
{
	const struct model *m = r->wire->model;
	size_t capacity = 0, *numbers;
	str prefix = is_flat(r, s, member) ? name : join(r, name, STR("entry"));
	size_t n = find_numbers(r, prefix, &numbers);

	for (size_t i = 0; i < n; i++) {
		str entry_name = numbered(r, prefix, numbers[i]);
		str value_name = join(r, entry_name, model_text(m, s->element_name));
		const struct parameter *key =
			exact(r, join(r, entry_name, model_text(m, s->key_name)));
		char *entry;

		if (!key)
			continue;
		entry = list_append(r->wire->arena, s, map, &capacity);
		*(str *)(void *)entry = key->value;
		if (is_there(r, value_name) &&
		    !read_value(r, s->element, NULL, value_name,
		                value_open(r->wire->arena, shape_at(m, s->element),
		                           entry + s->value_offset)))
			return false;
	}
	list_present(map);
	return true;
}

static bool read_value(struct reader *r, uint16_t shape_index, const struct member *member,
                       str name, void *place)
{
	const struct shape *s = shape_at(r->wire->model, shape_index);
	const struct parameter *parameter;
	bool ok;

	if (++r->depth > LIMIT_DEPTH)
		return malformed(r, name, STR("…"));
	if (s->kind == SHAPE_STRUCTURE)
		ok = read_structure(r, s, name, place);
	else if (s->kind == SHAPE_LIST)
		ok = read_list(r, s, member, name, place);
	else if (s->kind == SHAPE_MAP)
		ok = read_map(r, s, member, name, place);
	else {
		parameter = exact(r, name);
		ok = !parameter ||
		     scalar_from_text(r->wire->arena, s,
		                      member ? member->timestamp_form : TIMESTAMP_DEFAULT,
		                      parameter->value, place);
		if (!ok)
			malformed(r, name, parameter->value);
	}
	r->depth--;
	return ok;
}

/* Clients may put parameters into the query, the form, or both. */
bool query_read_body(struct wire_request *w, void *in)
{
	struct reader r = { .wire = w };
	struct parameters form;

	if (!parameters_parse(w->arena, w->body, URI_FORM, &form))
		return wire_fail(w, "MalformedInput", STR("The request body is not a valid form."));
	r.sorted.n = form.n + w->query->n;
	r.sorted.items = arena_array(w->arena, struct parameter, r.sorted.n + 1);
	for (size_t i = 0; i < form.n; i++)
		r.sorted.items[i] = form.items[i];
	for (size_t i = 0; i < w->query->n; i++)
		r.sorted.items[form.n + i] = w->query->items[i];
	qsort(r.sorted.items, r.sorted.n, sizeof(*r.sorted.items), by_name);
	return read_structure(&r, shape_at(w->model, w->operation->input), STR(""), in);
}
