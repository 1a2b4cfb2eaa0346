#include "wire/parameters.h"

#include "base/limits.h"
#include "base/str.h"

bool parameters_parse(struct arena *a, str text, enum uri_source source, struct parameters *ret)
{
	struct parameters p = { 0 };
	size_t capacity = 0;

	while (text.p && text.n) {
		str value = str_cut(&text, '&'), name;
		struct parameter *parameter;

		if (!value.n)
			continue;
		if (p.n == LIMIT_QUERY_PARAMETERS)
			return false;
		if (p.n == capacity)
			p.items = arena_grow(a, p.items, &capacity, sizeof(*p.items));
		name = str_cut(&value, '=');
		parameter = &p.items[p.n++];
		parameter->value = STR("");
		if (!uri_decode(a, name, source, &parameter->name) || !utf8_valid(parameter->name))
			return false;
		if (value.p && (!uri_decode(a, value, source, &parameter->value) ||
		                !utf8_valid(parameter->value)))
			return false;
	}
	*ret = p;
	return true;
}

const struct parameter *parameters_find(const struct parameters *p, str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->items[i].name, name))
			return &p->items[i];
	return NULL;
}
