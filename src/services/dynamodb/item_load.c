/*
 * Items from the text that item_put wrote, which is checked already, has no white space, and escapes only what
 * it must: a quarter of the work of item_read, and that of every update, filter and index.
 *
 * Text that is not so (a file that was damaged) ends the item where it stops making sense.
 */
#include "services/dynamodb/item.h"

#include "base/encoding.h"
#include "base/str.h"

struct loader {
	struct arena *arena;
	const char *p, *end;
};

static bool take(struct loader *l, char c)
{
	if (l->p == l->end || *l->p != c) {
		l->end = l->p;
		return false;
	}
	l->p++;
	return true;
}

/* Between the elements or members of something: whether there is another one. Takes the bracket at the end. */
static bool next(struct loader *l, char close, bool is_first)
{
	if (l->p < l->end && *l->p == close) {
		l->p++;
		return false;
	}
	return is_first ? l->p < l->end : take(l, ',');
}

static str load_text(struct loader *l)
{
	struct json_reader r;
	const char *quote;
	str text = STR("");

	if (!take(l, '"'))
		return text;
	quote = memchr(l->p, '"', (size_t)(l->end - l->p));
	if (quote && !memchr(l->p, '\\', (size_t)(quote - l->p))) {
		text = (str){ l->p, (size_t)(quote - l->p) };
		l->p = quote + 1;
		return text;
	}
	json_reader_init(&r, l->arena, (str){ l->p - 1, (size_t)(l->end - l->p) + 1 });
	json_string(&r, &text);
	l->p = json_ok(&r) ? r.p : l->end;
	return text;
}

static void load_scalar(struct loader *l, enum value_type type, struct value *ret)
{
	str text = load_text(l);

	ret->type = type;
	if (type == VALUE_N) {
		ret->as.number = arena_new(l->arena, struct number);
		number_parse(text, ret->as.number);
	} else {
		ret->as.text = text;
		if (type == VALUE_B)
			base64_decode(l->arena, text, &ret->as.text);
	}
}

static void load_bool(struct loader *l, struct value *ret)
{
	str rest = { l->p, (size_t)(l->end - l->p) };

	ret->as.boolean = str_take(&rest, STR("true"));
	if (!ret->as.boolean && !str_take(&rest, STR("false")))
		l->end = l->p;
	l->p = l->end - rest.n;
}

static void load_value(struct loader *l, struct value *ret);

/* `of` is the type of a set's elements, or VALUE_NONE in a list. */
static void load_list(struct loader *l, enum value_type of, struct value *ret)
{
	size_t capacity = 0, n = 0;
	struct value *items = NULL;

	take(l, '[');
	while (next(l, ']', /* is_first= */ !n)) {
		if (n == capacity)
			items = arena_grow(l->arena, items, &capacity, sizeof(*items));
		if (of)
			load_scalar(l, of, &items[n++]);
		else
			load_value(l, &items[n++]);
	}
	ret->as.list.items = items;
	ret->as.list.n = n;
}

static void load_attributes(struct loader *l, struct attribute **ret, size_t *ret_n)
{
	size_t capacity = 0, n = 0;
	struct attribute *items = NULL;

	take(l, '{');
	while (next(l, '}', /* is_first= */ !n)) {
		if (n == capacity)
			items = arena_grow(l->arena, items, &capacity, sizeof(*items));
		items[n].name = load_text(l);
		take(l, ':');
		load_value(l, &items[n++].value);
	}
	*ret = items;
	*ret_n = n;
}

static void load_value(struct loader *l, struct value *ret)
{
	take(l, '{');
	ret->type = value_type_from_name(load_text(l));
	take(l, ':');
	switch (ret->type) {
	case VALUE_S:
	case VALUE_N:
	case VALUE_B:
		load_scalar(l, ret->type, ret);
		break;
	case VALUE_SS:
		load_list(l, VALUE_S, ret);
		break;
	case VALUE_NS:
		load_list(l, VALUE_N, ret);
		break;
	case VALUE_BS:
		load_list(l, VALUE_B, ret);
		break;
	case VALUE_L:
		load_list(l, VALUE_NONE, ret);
		break;
	case VALUE_M:
		load_attributes(l, &ret->as.map.items, &ret->as.map.n);
		break;
	case VALUE_NULL:
	case VALUE_BOOL:
		load_bool(l, ret);
		break;
	default:
		l->end = l->p;
	}
	take(l, '}');
}

void item_load(struct arena *a, str json, struct item *ret)
{
	const char *p = json.p ? json.p : "";
	struct loader l = { .arena = a, .p = p, .end = p + json.n };

	load_attributes(&l, &ret->items, &ret->n);
}
