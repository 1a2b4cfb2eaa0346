/* Values in the structs that the tables describe: places, presence, text. */
#include "wire/internal.h"

#include "base/str.h"
#include "base/timestamp.h"

#include <math.h>

bool value_present(const struct shape *s, const void *place)
{
	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
		return *(void *const *)place != NULL;
	case SHAPE_LIST:
	case SHAPE_MAP:
		return ((const struct any_list *)place)->items != NULL;
	case SHAPE_STRING:
	case SHAPE_BLOB:
	case SHAPE_DOCUMENT:
		return ((const str *)place)->p != NULL;
	case SHAPE_BOOLEAN:
		return ((const struct opt_bool *)place)->set;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		return ((const struct opt_int *)place)->set;
	case SHAPE_DOUBLE:
		return ((const struct opt_double *)place)->set;
	case SHAPE_TIMESTAMP:
		return ((const struct opt_time *)place)->set;
	}
	return false;
}

void *value_open(struct arena *a, const struct shape *s, void *place)
{
	void **pointer = place;

	if (s->kind != SHAPE_STRUCTURE)
		return place;
	if (!*pointer)
		*pointer = arena_alloc(a, s->size);
	return *pointer;
}

const void *value_at(const struct shape *s, const void *place)
{
	return s->kind == SHAPE_STRUCTURE ? *(void *const *)place : place;
}

void *list_append(struct arena *a, const struct shape *s, struct any_list *list, size_t *capacity)
{
	if (list->n == *capacity)
		list->items = arena_grow(a, *capacity ? list->items : NULL, capacity, s->size);
	return (char *)list->items + s->size * list->n++;
}

void list_present(struct any_list *list)
{
	static char nothing[1];

	if (!list->items)
		list->items = nothing;
}

static bool timestamp_from_text(str text, uint8_t form, struct opt_time *ret)
{
	int64_t t;
	double seconds;

	if (form == TIMESTAMP_EPOCH || (form == TIMESTAMP_DEFAULT && text.n &&
	                                ascii_is_digit(text.p[0]) && str_find(text, '-', 0) < 0)) {
		if (!str_to_double(text, &seconds) || !(fabs(seconds) < 1e12))
			return false;
		*ret = opt_time((int64_t)llround(seconds * 1000));
		return true;
	}
	if (!timestamp_from_iso8601(text, &t) && !timestamp_from_http(text, &t))
		return false;
	*ret = opt_time(t);
	return true;
}

bool scalar_from_text(struct arena *a, const struct shape *s, uint8_t form, str text, void *place)
{
	int64_t n;
	double d;
	str bytes;

	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRING:
	case SHAPE_DOCUMENT:
		*(str *)place = text.p ? text : STR("");
		return true;
	case SHAPE_BLOB:
		if (!base64_decode(a, str_trim(text), &bytes))
			return false;
		*(str *)place = bytes;
		return true;
	case SHAPE_BOOLEAN:
		text = str_trim(text);
		if (!str_eq_nocase(text, STR("true")) && !str_eq_nocase(text, STR("false")))
			return false;
		*(struct opt_bool *)place = opt_bool(str_eq_nocase(text, STR("true")));
		return true;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		if (!str_to_i64(str_trim(text), &n) ||
		    (s->kind == SHAPE_INTEGER && (n > INT32_MAX || n < INT32_MIN)))
			return false;
		*(struct opt_int *)place = opt_int(n);
		return true;
	case SHAPE_DOUBLE:
		if (!str_to_double(str_trim(text), &d))
			return false;
		*(struct opt_double *)place = opt_double(d);
		return true;
	case SHAPE_TIMESTAMP:
		return timestamp_from_text(str_trim(text), form, place);
	case SHAPE_STRUCTURE:
	case SHAPE_LIST:
	case SHAPE_MAP:
		break;
	}
	return false;
}

static str timestamp_to_text(struct arena *a, int64_t t, enum timestamp_form form)
{
	int64_t millis = ((t % 1000) + 1000) % 1000;

	switch (form) {
	case TIMESTAMP_HTTP:
		return timestamp_to_http(a, t);
	case TIMESTAMP_EPOCH:
		if (!millis)
			return arena_decimal(a, t / 1000);
		return arena_printf(a, "%.3f", (double)t / 1000);
	case TIMESTAMP_ISO8601:
	case TIMESTAMP_DEFAULT:
		break;
	}
	return millis ? timestamp_to_iso8601_millis(a, t) : timestamp_to_iso8601(a, t);
}

str scalar_to_text(struct arena *a, const struct shape *s, uint8_t form,
                   enum timestamp_form fallback, const void *place)
{
	struct buf b;
	struct json_writer json;

	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRING:
	case SHAPE_DOCUMENT:
		return *(const str *)place;
	case SHAPE_BLOB:
		return base64_of(a, *(const str *)place);
	case SHAPE_BOOLEAN:
		return ((const struct opt_bool *)place)->value ? STR("true") : STR("false");
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		return arena_decimal(a, ((const struct opt_int *)place)->value);
	case SHAPE_DOUBLE:
		buf_init(&b, a, 64);
		json_writer_init(&json, &b);
		json_put_double(&json, ((const struct opt_double *)place)->value);
		return buf_str(&b);
	case SHAPE_TIMESTAMP:
		return timestamp_to_text(a, ((const struct opt_time *)place)->value,
		                         form != TIMESTAMP_DEFAULT ? (enum timestamp_form)form
		                                                   : fallback);
	case SHAPE_STRUCTURE:
	case SHAPE_LIST:
	case SHAPE_MAP:
		break;
	}
	return STR("");
}

bool wire_fail(struct wire_request *w, const char *code, str message)
{
	w->problem = (struct wire_problem){ .code = code, .status = 400, .message = message };
	return false;
}
