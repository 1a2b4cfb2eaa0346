/*
 * Items and values from their JSON text.
 *
 * AWS looks at the text of a whole request first, and complains of a JSON value of the wrong kind before it
 * looks at what any value says. So a problem of a value waits (reader.of_value) until the text has been
 * read to its end without a problem of its own.
 *
 * A reader stops at what no item can hold: a body of many megabytes would become a tree of many times that.
 */
#include "services/dynamodb/item.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"
#include "services/dynamodb/item_set.h"

/* An item may be too large for its table and still be refused for something else first; a value may be part
 * of a key that is too long. Beyond twice the limit nobody is told more than that. */
enum { READ_SIZE_MAX = 2 * ITEM_SIZE_MAX };

#define INVALID "One or more parameter values were invalid: "
#define EMPTY \
	"Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define SEVERAL                                                                             \
	"Supplied AttributeValue has more than one datatypes set, must contain exactly one" \
	" of the supported datatypes"
#define NO_MAP                                        \
	"Unrecognized collection type java.util.Map<" \
	"java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"

struct reader {
	struct json_reader json;
	struct problem *problem; /* of the text */
	struct problem of_value; /* the first one of a value */
	bool is_of_inner_name;   /* of_value is: an empty name within a value */
	int depth_max;           /* of lists and maps in each other */
	int64_t size;            /* of the values so far, about as item_size counts */
};

static bool is_current(const struct reader *r)
{
	return r->problem->layer != LAYER_OLDER;
}

/* Whether this comes next. It may come behind white space and not be seen: a quick look, and json_peek knows. */
static bool is_next(const struct reader *r, char c)
{
	return r->json.p < r->json.end && *r->json.p == c;
}

/* The text, when the JSON itself is at fault. */
static bool broken(struct reader *r)
{
	return problem_of_text(r->problem, "Unexpected token received from parser");
}

static bool wrong_kind(struct reader *r, const char *message)
{
	return problem_of_text(r->problem, "%s", message);
}

/* Counts; false when there is more than any item can hold. */
static bool count_size(struct reader *r, size_t bytes)
{
	r->size += (int64_t)bytes;
	if (r->size <= READ_SIZE_MAX)
		return true;
	problem_of_value(&r->of_value, "Item size has exceeded the maximum allowed size");
	return false;
}

/* Refuses what stands where a `class` should. */
static bool not_of_class(struct reader *r, const char *class)
{
	bool flag;
	str digits;

	switch (json_peek(&r->json)) {
	case JSON_TRUE:
	case JSON_FALSE:
		json_bool(&r->json, &flag);
		return problem_of_text(r->problem, "%s_VALUE cannot be converted to %s",
		                       flag ? "TRUE" : "FALSE", class);
	case JSON_NUMBER:
		if (!json_number(&r->json, &digits))
			return broken(r);
		for (size_t i = 0; i < digits.n; i++)
			if (digits.p[i] == '.' || digits.p[i] == 'e' || digits.p[i] == 'E')
				return problem_of_text(r->problem,
				                       "DECIMAL_VALUE cannot be converted to %s",
				                       class);
		return problem_of_text(r->problem, "NUMBER_VALUE cannot be converted to %s", class);
	case JSON_ARRAY:
		return problem_of_text(r->problem,
		                       "Unrecognized collection type class java.lang.%s", class);
	case JSON_OBJECT:
		return wrong_kind(r, "Start of structure or map found where not expected");
	default:
		return broken(r);
	}
}

static bool read_string(struct reader *r, str *ret)
{
	if (!is_next(r, '"') && json_peek(&r->json) != JSON_STRING)
		return not_of_class(r, "String");
	return json_string(&r->json, ret) || broken(r);
}

static bool not_binary(struct reader *r)
{
	switch (json_peek(&r->json)) {
	case JSON_ARRAY:
		return wrong_kind(r, "Unrecognized collection type class java.nio.ByteBuffer");
	case JSON_OBJECT:
		return wrong_kind(r, "Start of structure or map found where not expected");
	default:
		return wrong_kind(r, "only base-64-encoded strings are convertible to bytes");
	}
}

static bool is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/';
}

/* Says what is wrong with a text that base64_decode did not take. */
static bool not_base64(struct reader *r, str text)
{
	if (text.n % 4)
		return problem_of_text(
			r->problem,
			"Base64 encoded length is expected a multiple of 4 bytes but "
			"found: %zu",
			text.n);
	for (size_t i = 0; i < text.n; i++)
		if (!is_base64(text.p[i]) && (text.p[i] != '=' || i + 2 < text.n))
			return problem_of_text(r->problem, "Invalid base 64 character: '%.*s'",
			                       (int)utf8_first(str_after(text, i)), text.p + i);
	return problem_of_text(r->problem, "Invalid last non-pad Base64 character dectected");
}

static bool read_binary(struct reader *r, str *ret)
{
	str text;

	if (json_peek(&r->json) != JSON_STRING)
		return not_binary(r);
	if (!json_string(&r->json, &text))
		return broken(r);
	if (!base64_decode(r->json.arena, text, ret))
		return not_base64(r, text);
	return true;
}

static void refuse_number(struct reader *r, enum number_problem problem, str text)
{
	str shown = str_from_to(text, 0, LIMIT_ERROR_VALUE);

	switch (problem) {
	case NUMBER_IS_GOOD:
		break;
	case NUMBER_IS_NONE:
		problem_of_value(&r->of_value,
		                 "The parameter cannot be converted to a numeric value%s%.*s",
		                 text.n || is_current(r) ? ": " : "", STR_ARG(shown));
		break;
	case NUMBER_IS_TOO_LONG:
		problem_of_value(&r->of_value,
		                 "Attempting to store more than 38 significant digits in a Number");
		break;
	case NUMBER_IS_TOO_LARGE:
		problem_of_value(&r->of_value,
		                 "Number overflow. Attempting to store a number with magnitude "
		                 "larger than supported range");
		break;
	case NUMBER_IS_TOO_SMALL:
		problem_of_value(&r->of_value,
		                 "Number underflow. Attempting to store a number with magnitude "
		                 "smaller than supported range");
		break;
	}
}

static bool read_number(struct reader *r, struct number **ret)
{
	struct number *n;
	enum number_problem problem;
	str text;

	if (!read_string(r, &text))
		return false;
	n = arena_new(r->json.arena, struct number);
	problem = is_current(r) ? number_parse(text, n) : number_parse_decimal(text, n);
	if (problem)
		refuse_number(r, problem, text);
	*ret = n;
	return true;
}

static bool is_word(str text, str first, str second, str third)
{
	return str_eq_nocase(text, first) || str_eq(text, second) || str_eq_nocase(text, third);
}

/* A boolean may also come as a text. */
static bool read_bool(struct reader *r, bool *ret)
{
	enum json_kind kind = json_peek(&r->json);
	str text;

	if (kind == JSON_TRUE || kind == JSON_FALSE)
		return json_bool(&r->json, ret);
	if (kind != JSON_STRING)
		return not_of_class(r, "Boolean");
	if (!json_string(&r->json, &text))
		return broken(r);
	*ret = is_word(text, STR("true"), STR("1"), STR("yes"));
	return *ret || is_word(text, STR("false"), STR("0"), STR("no")) || broken(r);
}

static bool read_null(struct reader *r, bool *ret)
{
	if (!read_bool(r, ret))
		return false;
	if (!*ret)
		problem_of_value(&r->of_value,
		                 INVALID "Null attribute value types must have the value of true");
	return true;
}

/* S, N or B. */
static bool read_scalar(struct reader *r, enum value_type type, struct value *ret)
{
	bool done;

	ret->type = type;
	if (type == VALUE_N)
		done = read_number(r, &ret->as.number);
	else if (type == VALUE_S)
		done = read_string(r, &ret->as.text);
	else
		done = read_binary(r, &ret->as.text);
	return done && count_size(r, type == VALUE_N ? 2 : ret->as.text.n);
}

/* At the start of an array: refuses anything else. */
static bool enter_array(struct reader *r)
{
	enum json_kind kind = json_peek(&r->json);

	if (kind == JSON_ARRAY)
		return json_enter_array(&r->json) || broken(r);
	if (kind == JSON_ERROR)
		return broken(r);
	return wrong_kind(r, kind == JSON_OBJECT
	                             ? "Start of structure or map found where not expected"
	                             : "Unexpected field type");
}

/* The collection as Java shows it, as much of it as a message may repeat. */
static str show_set(struct arena *a, const struct value *set, bool is_quoted)
{
	const char *quote = is_quoted ? "\"" : "";
	const char *between = is_quoted && set->type == VALUE_BS ? "," : ", ";
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	buf_putc(&b, '[');
	for (size_t i = 0; i < set->as.list.n && b.n < LIMIT_ERROR_VALUE; i++) {
		str text = set->as.list.items[i].as.text;

		buf_printf(&b, "%s%s", i ? between : "", quote);
		if (set->type == VALUE_BS)
			base64_put(&b, text);
		else
			buf_put(&b, str_from_to(text, 0, LIMIT_ERROR_VALUE));
		buf_printf(&b, "%s", quote);
	}
	buf_putc(&b, ']');
	return buf_str(&b);
}

/* As the current layer shows it: what it had taken into the set, in the set's order, then the rest as sent. */
static str show_set_up_to_repeat(struct arena *a, const struct value *set, size_t repeat)
{
	struct value shown = *set, taken = *set;

	shown.as.list.items = arena_array(a, struct value, set->as.list.n);
	memcpy(shown.as.list.items, set->as.list.items, set->as.list.n * sizeof(struct value));
	taken.as.list.items = shown.as.list.items;
	taken.as.list.n = repeat;
	set_sort(&taken);
	return show_set(a, &shown, /* is_quoted= */ true);
}

static void check_set(struct reader *r, const struct value *set)
{
	size_t repeat;
	str shown;

	if (r->of_value.message.p)
		return;
	if (!set->as.list.n) {
		problem_of_value(&r->of_value, INVALID "%s",
		                 set->type == VALUE_SS   ? "An string set  may not be empty"
		                 : set->type == VALUE_NS ? "An number set  may not be empty"
		                                         : "Binary sets should not be empty");
		return;
	}
	repeat = set_first_repeat(set);
	if (repeat == set->as.list.n)
		return;
	if (set->type == VALUE_NS) {
		problem_of_value(&r->of_value, "%s",
		                 is_current(r) ? INVALID "Input collection contains duplicates."
		                               : "Input collection contains duplicates");
		return;
	}
	shown = is_current(r) ? show_set_up_to_repeat(r->json.arena, set, repeat)
	                      : show_set(r->json.arena, set, /* is_quoted= */ false);
	problem_of_value(&r->of_value, INVALID "Input collection %.*s%s contains duplicates.",
	                 STR_ARG(shown), set->type == VALUE_BS ? "of type BS" : "");
}

/* A null among the elements. */
static void refuse_null(struct reader *r, enum value_type type)
{
	json_null(&r->json);
	problem_of_value(&r->of_value, "%s",
	                 type == VALUE_SS ? INVALID
	                         "An string set may not have a null string as a member"
	                                  : EMPTY);
}

static bool read_set(struct reader *r, enum value_type type, struct value *ret)
{
	enum value_type of = type == VALUE_SS ? VALUE_S : type == VALUE_NS ? VALUE_N : VALUE_B;
	size_t capacity = 0, n = 0;
	struct value *items = NULL;

	if (!enter_array(r))
		return false;
	while (json_next_element(&r->json)) {
		if (n == capacity)
			items = arena_grow(r->json.arena, items, &capacity, sizeof(*items));
		if (is_next(r, 'n') && json_peek(&r->json) == JSON_NULL)
			refuse_null(r, type);
		else if (!read_scalar(r, of, &items[n++]))
			return false;
	}
	ret->type = type;
	ret->as.list.items = items;
	ret->as.list.n = n;
	check_set(r, ret); /* which shows it as it was sent */
	if (!r->of_value.message.p)
		set_sort(ret);
	return json_ok(&r->json) || broken(r);
}

static bool read_value(struct reader *r, int depth, struct value *ret);

static bool read_list(struct reader *r, int depth, struct value *ret)
{
	size_t capacity = 0, n = 0;
	struct value *items = NULL;

	if (!enter_array(r))
		return false;
	while (json_next_element(&r->json)) {
		if (n == capacity)
			items = arena_grow(r->json.arena, items, &capacity, sizeof(*items));
		if (!count_size(r, 1) || !read_value(r, depth, &items[n++]))
			return false;
	}
	ret->type = VALUE_L;
	ret->as.list.items = items;
	ret->as.list.n = n;
	return json_ok(&r->json) || broken(r);
}

/* Names of an item's attributes are looked at before any value. */
static void refuse_empty_name(struct reader *r, int depth)
{
	if (!depth)
		r->of_value.message = STR_NULL;
	if (!r->of_value.message.p)
		r->is_of_inner_name = depth > 0;
	problem_of_value(&r->of_value, "Empty attribute name");
}

/* Values are looked at in their order, but for their own names: those come after all of them. */
static void refuse_depth(struct reader *r)
{
	if (r->is_of_inner_name)
		r->of_value.message = STR_NULL;
	r->is_of_inner_name = false;
	problem_of_value(&r->of_value, ITEM_TOO_DEEP);
}

/* The members of an item or a map; refuses anything but an object. */
static bool read_attributes(struct reader *r, int depth, struct attribute **ret, size_t *ret_n)
{
	size_t capacity = 0, n = 0;
	struct attribute *items = NULL;
	str name;

	switch (json_peek(&r->json)) {
	case JSON_OBJECT:
		break;
	case JSON_ARRAY:
		return wrong_kind(r, NO_MAP);
	case JSON_ERROR:
		return broken(r);
	default:
		return wrong_kind(r, "Unexpected field type");
	}
	if (!json_enter_object(&r->json))
		return broken(r);
	while (json_next_member(&r->json, &name)) {
		if (n == capacity)
			items = arena_grow(r->json.arena, items, &capacity, sizeof(*items));
		if (!name.n)
			refuse_empty_name(r, depth);
		items[n].name = name;
		if (!count_size(r, name.n + 1) || !read_value(r, depth, &items[n++].value))
			return false;
	}
	*ret = items;
	*ret_n = drop_earlier_names(items, n);
	return json_ok(&r->json) || broken(r);
}

/* What stands behind a type's name. */
static bool read_typed(struct reader *r, enum value_type type, int depth, struct value *ret)
{
	switch (type) {
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
		return read_set(r, type, ret);
	case VALUE_M:
	case VALUE_L:
		if (depth == r->depth_max) {
			refuse_depth(r);
			return json_skip(&r->json) || broken(r);
		}
		if (type == VALUE_L)
			return read_list(r, depth + 1, ret);
		ret->type = VALUE_M;
		return read_attributes(r, depth + 1, &ret->as.map.items, &ret->as.map.n);
	case VALUE_NULL:
		ret->type = type;
		return count_size(r, 1) && read_null(r, &ret->as.boolean);
	case VALUE_BOOL:
		ret->type = type;
		return count_size(r, 1) && read_bool(r, &ret->as.boolean);
	default:
		return read_scalar(r, type, ret);
	}
}

static bool enter_value(struct reader *r)
{
	if (is_next(r, '{'))
		return json_enter_object(&r->json) || broken(r);
	switch (json_peek(&r->json)) {
	case JSON_OBJECT:
		return json_enter_object(&r->json) || broken(r);
	case JSON_ARRAY:
		return wrong_kind(r, "Unrecognized collection type class "
		                     "com.amazonaws.dynamodb.v20120810.AttributeValue");
	case JSON_ERROR:
		return broken(r);
	default:
		return wrong_kind(r, "Unexpected value type in payload");
	}
}

/* `depth` is that of the lists and maps around it. A member that is null is as good as absent, and so is one of
 * an unknown name. */
static bool read_value(struct reader *r, int depth, struct value *ret)
{
	unsigned types = 0;
	str name;

	if (!is_next(r, '{') && json_peek(&r->json) == JSON_NULL) {
		problem_of_value(&r->of_value, EMPTY);
		return json_null(&r->json);
	}
	if (!enter_value(r))
		return false;
	while (json_next_member(&r->json, &name)) {
		enum value_type type = value_type_from_name(name);

		if (type == VALUE_NONE || (!is_next(r, '"') && json_peek(&r->json) == JSON_NULL)) {
			json_skip(&r->json);
			continue;
		}
		types |= 1u << type;
		if (!read_typed(r, type, depth, ret))
			return false;
	}
	if (!types)
		problem_of_value(&r->of_value, EMPTY);
	else if (types & (types - 1))
		problem_of_value(&r->of_value, SEVERAL);
	return json_ok(&r->json) || broken(r);
}

static void reader_init(struct reader *r, struct problem *p, str json)
{
	*r = (struct reader){ .problem = p,
		              .of_value = { .arena = p->arena },
		              .depth_max = ITEM_DEPTH_MAX - 1 };
	json_reader_init(&r->json, p->arena, json);
}

/* At the end of the text: whether all went well. */
static bool finish(struct reader *r, bool done)
{
	if (done && !json_at_end(&r->json))
		return broken(r);
	if (r->problem->message.p)
		return false;
	if (r->of_value.message.p)
		return problem_of_value(r->problem, "%.*s", STR_ARG(r->of_value.message));
	return done;
}

bool item_read(struct problem *p, str json, struct item *ret)
{
	struct reader r;
	struct item item = { 0 };

	reader_init(&r, p, json);
	if (!finish(&r, read_attributes(&r, /* depth= */ 0, &item.items, &item.n)))
		return false;
	*ret = item;
	return true;
}

static bool read_one(struct problem *p, str json, int deeper, struct value *ret)
{
	struct reader r;
	struct value value = { 0 };

	reader_init(&r, p, json);
	r.depth_max += deeper;
	if (!finish(&r, read_value(&r, /* depth= */ 0, &value)))
		return false;
	*ret = value;
	return true;
}

bool value_read(struct problem *p, str json, struct value *ret)
{
	return read_one(p, json, /* deeper= */ 0, ret);
}

bool value_read_of_expression(struct problem *p, str json, struct value *ret)
{
	return read_one(p, json, p->layer == LAYER_OLDER, ret);
}
