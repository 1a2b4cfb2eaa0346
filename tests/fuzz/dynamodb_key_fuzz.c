/*
 * Two keys of a partition key and a sort key, of types that the first byte says; the rest is cut at "|" into
 * four values. Encoded, they compare as their values do, one by one, and none starts another.
 */
#include "services/dynamodb/key.h"

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		__builtin_trap();
}

static bool make_value(struct arena *a, enum value_type type, str text, struct value *ret)
{
	*ret = (struct value){ .type = type };
	if (type != VALUE_N) {
		ret->as.text = text;
		return text.n > 0;
	}
	ret->as.number = arena_new(a, struct number);
	return !number_parse(text, ret->as.number);
}

static bool make_key(struct arena *a, const struct key_schema *s, str *rest, struct item *ret)
{
	struct attribute *items = arena_array(a, struct attribute, 2);

	items[0].name = s->range[0].name;
	items[1].name = s->hash[0].name;
	*ret = (struct item){ items, 2 };
	return make_value(a, s->hash[0].type, str_cut(rest, '|'), &items[1].value) &&
	       make_value(a, s->range[0].type, str_cut(rest, '|'), &items[0].value);
}

static int sign_of(int n)
{
	return (n > 0) - (n < 0);
}

static void check(struct arena *a, const struct key_schema *s, const struct item *x,
                  const struct item *y)
{
	str x_key = key_encode(a, s, x), y_key = key_encode(a, s, y);
	const struct value *x_hash = &x->items[1].value, *y_hash = &y->items[1].value;
	const struct value *x_range = &x->items[0].value, *y_range = &y->items[0].value;
	struct buf prefix;

	must(str_eq(x_key, y_key) == item_equal(x, y));
	must(str_eq(x_key, y_key) || !str_starts(x_key, y_key));
	if (value_equal(x_hash, y_hash)) {
		must(sign_of(str_cmp(x_key, y_key)) == sign_of(value_compare(x_range, y_range)));
		must(key_hash(s, x_hash) == key_hash(s, y_hash));
	}
	buf_init(&prefix, a, KEY_TEXT_MAX);
	key_put_hash(&prefix, s, y_hash);
	must(str_starts(x_key, buf_str(&prefix)) == value_equal(x_hash, y_hash));
	if (y_range->type == VALUE_N)
		return;
	key_put_value_prefix(&prefix, y_range);
	must(str_starts(x_key, buf_str(&prefix)) ==
	     (value_equal(x_hash, y_hash) && str_starts(x_range->as.text, y_range->as.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum value_type types[] = { VALUE_S, VALUE_N, VALUE_B };
	struct key_schema s = { .hash_count = 1, .range_count = 1 };
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct item x, y;
	str rest;

	if (!size)
		return 0;
	s.hash[0] = (struct key_part){ STR("h"), types[data[0] % 3] };
	s.range[0] = (struct key_part){ STR("r"), types[data[0] / 3 % 3] };
	rest = (str){ (const char *)data + 1, size - 1 };
	if (make_key(&a, &s, &rest, &x) && make_key(&a, &s, &rest, &y) && key_check(&p, &s, &x) &&
	    key_check(&p, &s, &y))
		check(&a, &s, &x, &y);
	arena_release(&a);
	return 0;
}
