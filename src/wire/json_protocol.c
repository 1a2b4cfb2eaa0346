/*
 * JSON bodies: json 1.0, json 1.1 and rest-json.
 *
 * The text is read straight into the structs, without a tree between: a body costs its structs and
 * no more, and what the model does not know is skipped where it stands. The sentences about wrong
 * types are those of AWS's own framework, as DynamoDB shows them.
 */
#include "wire/internal.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"

#include <math.h>

struct reader {
	struct wire_request *wire;
	struct json_reader json;
};

static bool read_value(struct reader *r, uint16_t shape_index, uint8_t form, void *place);

static bool mismatch(struct reader *r, str message)
{
	return wire_fail(r->wire, "SerializationException", message);
}

static str java_class(const struct shape *s)
{
	switch ((enum shape_kind)s->kind) {
	case SHAPE_BOOLEAN:
		return STR("java.lang.Boolean");
	case SHAPE_INTEGER:
		return STR("java.lang.Integer");
	case SHAPE_LONG:
		return STR("java.lang.Long");
	case SHAPE_DOUBLE:
		return STR("java.lang.Double");
	case SHAPE_TIMESTAMP:
		return STR("java.util.Date");
	case SHAPE_BLOB:
		return STR("java.nio.ByteBuffer");
	case SHAPE_MAP:
		return STR("java.util.Map");
	case SHAPE_STRING:
	case SHAPE_STRUCTURE:
	case SHAPE_LIST:
	case SHAPE_DOCUMENT:
		break;
	}
	return STR("java.lang.String");
}

static str token_name(struct json_reader *json, enum json_kind kind)
{
	struct json_reader ahead = *json;
	str digits;

	if (kind == JSON_TRUE)
		return STR("TRUE_VALUE");
	if (kind == JSON_FALSE)
		return STR("FALSE_VALUE");
	if (kind == JSON_STRING)
		return STR("STRING_VALUE");
	if (json_number(&ahead, &digits) && str_find(digits, '.', 0) >= 0)
		return STR("DECIMAL_VALUE");
	return STR("NUMBER_VALUE");
}

/* A value of another kind than the shape's, in AWS's words. */
static bool wrong_kind(struct reader *r, const struct shape *s)
{
	const struct model *m = r->wire->model;
	enum json_kind kind = json_peek(&r->json);
	str class = java_class(s);
	ptrdiff_t dot = str_rfind(class, '.');

	if (kind == JSON_ERROR) {
		json_skip(&r->json);
		return false;
	}
	if (kind == JSON_OBJECT)
		return mismatch(r, STR("Start of structure or map found where not expected"));
	if (kind == JSON_ARRAY && s->kind == SHAPE_STRUCTURE)
		return mismatch(
			r, arena_printf(r->wire->arena,
		                        "Unrecognized collection type class com.amazonaws.%s.%.*s",
		                        m->name, STR_ARG(model_text(m, s->name))));
	if (kind == JSON_ARRAY)
		return mismatch(r, arena_printf(r->wire->arena,
		                                "Unrecognized collection type class %.*s",
		                                STR_ARG(class)));
	if (s->kind == SHAPE_STRUCTURE || s->kind == SHAPE_LIST || s->kind == SHAPE_MAP)
		return mismatch(r, STR("Unexpected field type"));
	if (s->kind == SHAPE_BOOLEAN && kind == JSON_STRING)
		return mismatch(r, STR("Unexpected token received from parser"));
	return mismatch(r, arena_printf(r->wire->arena, "%.*s cannot be converted to %.*s",
	                                STR_ARG(token_name(&r->json, kind)),
	                                STR_ARG(str_after(class, (size_t)dot + 1))));
}

static const struct member *find_member(const struct model *m, const struct shape *s, str name)
{
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].wire_name.n == name.n && members[i].location == IN_BODY &&
		    str_eq(model_text(m, members[i].wire_name), name))
			return &members[i];
	return NULL;
}

static bool read_structure(struct reader *r, const struct shape *s, void *place)
{
	const struct model *m = r->wire->model;
	str name;

	json_enter_object(&r->json);
	while (json_next_member(&r->json, &name)) {
		const struct member *member = find_member(m, s, name);
		void *at;

		if (!member || (member->flags & MEMBER_STREAM) ||
		    json_peek(&r->json) == JSON_NULL) {
			json_skip(&r->json);
			continue;
		}
		at = (char *)place + member->offset;
		if (!read_value(r, member->shape, member->timestamp_form,
		                value_open(r->wire->arena, shape_at(m, member->shape), at)))
			return false;
	}
	return json_ok(&r->json);
}

static bool read_list(struct reader *r, const struct shape *s, void *place)
{
	struct any_list list = { 0 };
	size_t capacity = 0;

	json_enter_array(&r->json);
	while (json_next_element(&r->json)) {
		void *element;

		if (json_peek(&r->json) == JSON_NULL) {
			json_skip(&r->json);
			continue;
		}
		element = list_append(r->wire->arena, s, &list, &capacity);
		if (!read_value(r, s->element, TIMESTAMP_DEFAULT, element))
			return false;
	}
	list_present(&list);
	*(struct any_list *)place = list;
	return json_ok(&r->json);
}

static bool read_map(struct reader *r, const struct shape *s, void *place)
{
	const struct shape *value_shape = shape_at(r->wire->model, s->element);
	struct any_list map = { 0 };
	size_t capacity = 0;
	str key;

	json_enter_object(&r->json);
	while (json_next_member(&r->json, &key)) {
		char *entry;

		if (json_peek(&r->json) == JSON_NULL) {
			json_skip(&r->json);
			continue;
		}
		entry = list_append(r->wire->arena, s, &map, &capacity);
		*(str *)(void *)entry = key;
		if (!read_value(r, s->element, TIMESTAMP_DEFAULT,
		                value_open(r->wire->arena, value_shape, entry + s->value_offset)))
			return false;
	}
	list_present(&map);
	*(struct any_list *)place = map;
	return json_ok(&r->json);
}

/* Whole numbers may be written as 1.0 or 1e3; what is beyond the type is held at its end, as the
 * framework does it. */
static bool read_integer(struct reader *r, const struct shape *s, struct opt_int *place)
{
	int64_t low = s->kind == SHAPE_INTEGER ? INT32_MIN : INT64_MIN;
	int64_t high = s->kind == SHAPE_INTEGER ? INT32_MAX : INT64_MAX;
	int64_t n;
	double d;
	str digits;

	if (!json_number(&r->json, &digits))
		return false;
	if (!str_to_i64(digits, &n)) {
		if (!str_to_double(digits, &d))
			return mismatch(r, STR("NUMBER_VALUE cannot be converted to Long"));
		d = trunc(d);
		n = d >= 0x1p63 ? INT64_MAX : d < -0x1p63 ? INT64_MIN : (int64_t)d;
	}
	*place = opt_int(MAX(low, MIN(high, n)));
	return true;
}

static bool read_blob(struct reader *r, str *place)
{
	str text, bytes;

	if (!json_string(&r->json, &text))
		return false;
	if (text.n % 4)
		return mismatch(
			r,
			arena_printf(
				r->wire->arena,
				"Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
				text.n));
	if (!base64_decode(r->wire->arena, text, &bytes))
		return mismatch(r, STR("Invalid Base64 encoding"));
	*place = bytes;
	return true;
}

static bool read_timestamp(struct reader *r, const struct shape *s, uint8_t form, void *place)
{
	str text;

	if (json_peek(&r->json) == JSON_NUMBER) {
		form = TIMESTAMP_EPOCH;
		if (!json_number(&r->json, &text))
			return false;
	} else if (!json_string(&r->json, &text)) {
		return false;
	}
	if (!scalar_from_text(r->wire->arena, s, form, text, place))
		return mismatch(r, STR("Unable to parse timestamp"));
	return true;
}

static bool read_number(struct reader *r, struct opt_double *place)
{
	str digits;
	double d;

	/* NaN and the infinities travel as strings. */
	if (!(json_peek(&r->json) == JSON_STRING ? json_string(&r->json, &digits)
	                                         : json_number(&r->json, &digits)))
		return false;
	if (!str_to_double(digits, &d))
		return mismatch(r, STR("STRING_VALUE cannot be converted to Double"));
	*place = opt_double(d);
	return true;
}

static bool kind_fits(const struct shape *s, enum json_kind kind)
{
	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
	case SHAPE_MAP:
		return kind == JSON_OBJECT;
	case SHAPE_LIST:
		return kind == JSON_ARRAY;
	case SHAPE_STRING:
	case SHAPE_BLOB:
		return kind == JSON_STRING;
	case SHAPE_BOOLEAN:
		return kind == JSON_TRUE || kind == JSON_FALSE;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		return kind == JSON_NUMBER;
	case SHAPE_DOUBLE:
	case SHAPE_TIMESTAMP:
		return kind == JSON_NUMBER || kind == JSON_STRING;
	case SHAPE_DOCUMENT:
		return kind != JSON_ERROR;
	}
	return false;
}

static bool read_value(struct reader *r, uint16_t shape_index, uint8_t form, void *place)
{
	const struct shape *s = shape_at(r->wire->model, shape_index);
	struct opt_bool *flag = place;

	if (!kind_fits(s, json_peek(&r->json)))
		return wrong_kind(r, s);
	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
		return read_structure(r, s, place);
	case SHAPE_LIST:
		return read_list(r, s, place);
	case SHAPE_MAP:
		return read_map(r, s, place);
	case SHAPE_STRING:
		return json_string(&r->json, place);
	case SHAPE_BLOB:
		return read_blob(r, place);
	case SHAPE_DOCUMENT:
		return json_raw(&r->json, place);
	case SHAPE_BOOLEAN:
		flag->set = true;
		return json_bool(&r->json, &flag->value);
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		return read_integer(r, s, place);
	case SHAPE_DOUBLE:
		return read_number(r, place);
	case SHAPE_TIMESTAMP:
		return read_timestamp(r, s, form, place);
	}
	return false;
}

bool json_read_body(struct wire_request *w, uint16_t shape, void *place)
{
	struct reader r = { .wire = w };

	json_reader_init(&r.json, w->arena, w->body);
	if (read_value(&r, shape, TIMESTAMP_DEFAULT, place) && json_at_end(&r.json))
		return true;
	if (!w->problem.code)
		wire_fail(w, "SerializationException",
		          r.json.problem ? arena_str(w->arena, str_from(r.json.problem))
		                         : STR_NULL);
	return false;
}

/* Writing. */

static void write_value(struct json_writer *w, struct arena *a, const struct model *m,
                        uint16_t shape_index, uint8_t form, const void *place);

static void write_list(struct json_writer *w, struct arena *a, const struct model *m,
                       const struct shape *s, const struct any_list *list)
{
	json_put_array(w);
	for (size_t i = 0; i < list->n; i++)
		write_value(w, a, m, s->element, TIMESTAMP_DEFAULT,
		            (const char *)list->items + i * s->size);
	json_put_array_end(w);
}

static void write_map(struct json_writer *w, struct arena *a, const struct model *m,
                      const struct shape *s, const struct any_list *map)
{
	const struct shape *value_shape = shape_at(m, s->element);

	json_put_object(w);
	for (size_t i = 0; i < map->n; i++) {
		const char *entry = (const char *)map->items + i * s->size;

		json_put_name(w, *(const str *)(const void *)entry);
		write_value(w, a, m, s->element, TIMESTAMP_DEFAULT,
		            value_at(value_shape, entry + s->value_offset));
	}
	json_put_object_end(w);
}

static void write_timestamp(struct json_writer *w, struct arena *a, const struct shape *s,
                            uint8_t form, const void *place)
{
	str text = scalar_to_text(a, s, form, TIMESTAMP_EPOCH, place);

	if (form == TIMESTAMP_DEFAULT || form == TIMESTAMP_EPOCH)
		json_put_raw(w, text);
	else
		json_put_string(w, text);
}

static void write_value(struct json_writer *w, struct arena *a, const struct model *m,
                        uint16_t shape_index, uint8_t form, const void *place)
{
	const struct shape *s = shape_at(m, shape_index);

	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
		json_put_object(w);
		json_write_members(w, a, m, shape_index, place);
		json_put_object_end(w);
		break;
	case SHAPE_LIST:
		write_list(w, a, m, s, place);
		break;
	case SHAPE_MAP:
		write_map(w, a, m, s, place);
		break;
	case SHAPE_STRING:
	case SHAPE_BLOB:
		json_put_string(w, scalar_to_text(a, s, form, TIMESTAMP_EPOCH, place));
		break;
	case SHAPE_DOCUMENT:
		json_put_raw(w, *(const str *)place);
		break;
	case SHAPE_BOOLEAN:
		json_put_bool(w, ((const struct opt_bool *)place)->value);
		break;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		json_put_i64(w, ((const struct opt_int *)place)->value);
		break;
	case SHAPE_DOUBLE:
		json_put_double(w, ((const struct opt_double *)place)->value);
		break;
	case SHAPE_TIMESTAMP:
		write_timestamp(w, a, s, form, place);
		break;
	}
}

void json_write_members(struct json_writer *w, struct arena *a, const struct model *m,
                        uint16_t shape, const void *value)
{
	const struct shape *s = shape_at(m, shape);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++) {
		const struct member *member = &members[i];
		const struct shape *member_shape = shape_at(m, member->shape);
		const void *place = (const char *)value + member->offset;

		if (member->location != IN_BODY ||
		    (member->flags & (MEMBER_STREAM | MEMBER_PAYLOAD)) ||
		    !value_present(member_shape, place))
			continue;
		json_put_name(w, model_text(m, member->wire_name));
		write_value(w, a, m, member->shape, member->timestamp_form,
		            value_at(member_shape, place));
	}
}
