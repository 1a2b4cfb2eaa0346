/*
 * What the model states of values, in the sentences of AWS's own framework:
 *
 *   2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: Member must
 *   not be null; Value '[]' at 'keySchema' failed to satisfy constraint: Member must have length
 *   greater than or equal to 1
 */
#include "wire/internal.h"

#include "base/limits.h"
#include "base/str.h"
#include "wire/pattern.h"

struct check {
	struct arena *arena;
	const struct model *model;
	struct buf message;
	int errors;
};

/* Where a value is. It is put into words only for a message, and nearly always there is none. */
struct place_name {
	const struct place_name *outer;
	str member;      /* of a structure */
	str key;         /* of a map */
	size_t position; /* in a list, from 1 */
};

/* As Java spells it. */
static void put_member_name(struct buf *b, str name)
{
	buf_putc(b, ascii_lower(name.p[0]));
	buf_put(b, str_after(name, 1));
}

static void put_place_name(struct buf *b, const struct place_name *at)
{
	if (!at)
		return;
	put_place_name(b, at->outer);
	if (at->outer)
		buf_putc(b, '.');
	if (at->member.p)
		put_member_name(b, at->member);
	else if (at->position)
		buf_printf(b, "%zu.member", at->position);
	else
		buf_printf(b, "%.*s.member", STR_ARG(at->key));
}

/* A value as Java prints it. Collections go as far as the message may be long. */
static void print_value(struct check *c, struct buf *b, uint16_t shape_index, uint8_t form,
                        const void *place)
{
	const struct model *m = c->model;
	const struct shape *s = shape_at(m, shape_index);
	const struct any_list *list = place;
	size_t shown = 0;

	if (b->overflow)
		return;
	if (s->kind == SHAPE_LIST || s->kind == SHAPE_MAP) {
		buf_putc(b, s->kind == SHAPE_LIST ? '[' : '{');
		for (size_t i = 0; i < list->n && !b->overflow; i++) {
			const char *item = (const char *)list->items + i * s->size;

			if (i)
				buf_put(b, STR(", "));
			if (s->kind == SHAPE_MAP) {
				buf_printf(b, "%.*s=", STR_ARG(*(const str *)(const void *)item));
				item = value_at(shape_at(m, s->element), item + s->value_offset);
			}
			print_value(c, b, s->element, TIMESTAMP_DEFAULT, item);
		}
		buf_putc(b, s->kind == SHAPE_LIST ? ']' : '}');
	} else if (s->kind == SHAPE_STRUCTURE) {
		buf_printf(b, "%.*s(", STR_ARG(model_text(m, s->name)));
		for (size_t i = 0; place && i < s->member_count && !b->overflow; i++) {
			const struct member *member = &members_of(m, s)[i];
			const struct shape *member_shape = shape_at(m, member->shape);
			const void *at = (const char *)place + member->offset;

			if ((member->flags & MEMBER_STREAM) || !value_present(member_shape, at))
				continue;
			if (shown++)
				buf_put(b, STR(", "));
			put_member_name(b, model_text(m, member->name));
			buf_putc(b, '=');
			print_value(c, b, member->shape, member->timestamp_form,
			            value_at(member_shape, at));
		}
		buf_putc(b, ')');
	} else if (s->flags & SHAPE_SENSITIVE) {
		buf_put(b, STR("***"));
	} else {
		buf_put(b, scalar_to_text(c->arena, s, form, TIMESTAMP_ISO8601, place));
	}
}

/* A collection that is cut still ends as one. */
static void put_value(struct check *c, uint16_t shape, const void *value)
{
	enum shape_kind kind = shape_at(c->model, shape)->kind;
	bool is_collection = kind == SHAPE_LIST || kind == SHAPE_MAP;
	struct buf printed;
	str shown;

	buf_init(&printed, c->arena, 4 * LIMIT_ERROR_COLLECTION);
	print_value(c, &printed, shape, TIMESTAMP_DEFAULT, value);
	shown = utf8_within(buf_str(&printed),
	                    is_collection ? LIMIT_ERROR_COLLECTION : LIMIT_ERROR_VALUE);
	buf_printf(&c->message, "Value '%.*s", STR_ARG(shown));
	if (is_collection && shown.n < printed.n)
		buf_put(&c->message, kind == SHAPE_LIST ? STR("...]") : STR("...}"));
	buf_putc(&c->message, '\'');
}

static void complain(struct check *c, const struct place_name *at, uint16_t shape,
                     const void *value, str constraint)
{
	const struct shape *s = shape_at(c->model, shape);

	if (++c->errors > LIMIT_VALIDATION_ERRORS)
		return;
	if (c->errors > 1)
		buf_put(&c->message, STR("; "));
	if (!value) {
		buf_put(&c->message, STR("Value null"));
	} else if (s->flags & SHAPE_SENSITIVE) {
		buf_put(&c->message, STR("Value"));
	} else {
		put_value(c, shape, value);
	}
	buf_put(&c->message, STR(" at '"));
	put_place_name(&c->message, at);
	buf_put(&c->message, STR("' failed to satisfy constraint: "));
	buf_put(&c->message, constraint);
}

/* The value that min and max measure: characters, bytes, elements, or the number itself. */
static bool measured(const struct shape *s, const void *place, int64_t *ret)
{
	if (s->kind == SHAPE_STRING)
		*ret = (int64_t)utf8_count(*(const str *)place);
	else if (s->kind == SHAPE_BLOB)
		*ret = (int64_t)((const str *)place)->n;
	else if (s->kind == SHAPE_LIST || s->kind == SHAPE_MAP)
		*ret = (int64_t)((const struct any_list *)place)->n;
	else if (s->kind == SHAPE_INTEGER || s->kind == SHAPE_LONG)
		*ret = ((const struct opt_int *)place)->value;
	else
		return false;
	return true;
}

static bool is_in_enum(const struct model *m, const struct shape *s, str value)
{
	for (size_t i = 0; i < s->enum_count; i++)
		if (str_eq(model_text(m, m->enums[s->first_enum + i]), value))
			return true;
	return false;
}

static str enum_set(struct check *c, const struct shape *s)
{
	struct buf b;

	buf_init(&b, c->arena, 16 * 1024);
	buf_put(&b, STR("Member must satisfy enum value set: ["));
	for (size_t i = 0; i < s->enum_count; i++) {
		if (i)
			buf_put(&b, STR(", "));
		buf_put(&b, model_text(c->model, c->model->enums[s->first_enum + i]));
	}
	buf_putc(&b, ']');
	return buf_str(&b);
}

static str of_pattern(struct check *c, const struct shape *s)
{
	return arena_printf(
		c->arena, "Member must satisfy regular expression pattern: %.*s",
		STR_ARG(model_text(c->model, c->model->patterns[s->pattern - 1].given)));
}

/* The constraints of this value itself that do not hold, or all that there are; at most one of each
 * kind. Returns how many. */
static int constraints_of(struct check *c, const struct shape *s, const void *place, bool all,
                          str ret[4])
{
	bool is_number = s->kind == SHAPE_INTEGER || s->kind == SHAPE_LONG;
	const char *what = is_number ? "value" : "length";
	int64_t n;
	int count = 0;

	if (measured(s, place, &n)) {
		if ((s->flags & SHAPE_HAS_MAX) && (all || n > s->max))
			ret[count++] = arena_printf(
				c->arena, "Member must have %s less than or equal to %lld", what,
				(long long)s->max);
		if ((s->flags & SHAPE_HAS_MIN) && (all || n < s->min))
			ret[count++] = arena_printf(
				c->arena, "Member must have %s greater than or equal to %lld", what,
				(long long)s->min);
	}
	if (s->pattern && (all || !pattern_matches(c->model, s->pattern, *(const str *)place)))
		ret[count++] = of_pattern(c, s);
	if (s->enum_count && (all || !is_in_enum(c->model, s, *(const str *)place)))
		ret[count++] = enum_set(c, s);
	return count;
}

static void check_members(struct check *c, const struct place_name *at, uint16_t shape_index,
                          const void *place);

static void check_value(struct check *c, const struct place_name *at, uint16_t shape_index,
                        const void *place)
{
	const struct shape *s = shape_at(c->model, shape_index);
	str broken[4];
	int count = s->kind == SHAPE_STRUCTURE
	                    ? 0
	                    : constraints_of(c, s, place, /* all= */ false, broken);

	for (int i = 0; i < count; i++)
		complain(c, at, shape_index, place, broken[i]);
	check_members(c, at, shape_index, place);
}

static void check_structure(struct check *c, const struct place_name *outer, const struct shape *s,
                            const void *value)
{
	const struct member *members = members_of(c->model, s);

	for (size_t i = 0; i < s->member_count && c->errors < LIMIT_VALIDATION_ERRORS; i++) {
		const struct member *member = &members[i];
		const struct shape *member_shape = shape_at(c->model, member->shape);
		const void *place = (const char *)value + member->offset;
		struct place_name at = { .outer = outer };

		if (member->flags & MEMBER_STREAM)
			continue;
		if (!value_present(member_shape, place) && !(member->flags & MEMBER_REQUIRED))
			continue;
		at.member = model_text(c->model, member->name);
		if (!value_present(member_shape, place))
			complain(c, &at, member->shape, NULL, STR("Member must not be null"));
		else
			check_value(c, &at, member->shape, value_at(member_shape, place));
	}
}

/* What is no structure and stands in a collection is reported on the collection, with all its
 * constraints: `Value '[…]' at 'names' failed to satisfy constraint: Member must satisfy constraint:
 * […]`. True when something was wrong. */
static bool check_inside(struct check *c, const struct place_name *at, uint16_t collection,
                         const void *list, const struct shape *inner, const void *value, str what)
{
	str constraints[4];
	int count;
	struct buf b;

	if (inner->kind == SHAPE_STRUCTURE ||
	    !constraints_of(c, inner, value, /* all= */ false, constraints))
		return false;
	count = constraints_of(c, inner, value, /* all= */ true, constraints);
	buf_init(&b, c->arena, 32 * 1024);
	buf_printf(&b, "%.*s must satisfy constraint: [", STR_ARG(what));
	for (int i = 0; i < count; i++)
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(constraints[i]));
	buf_putc(&b, ']');
	complain(c, at, collection, list, buf_str(&b));
	return true;
}

static void check_list(struct check *c, const struct place_name *at, uint16_t shape_index,
                       const struct any_list *list)
{
	const struct shape *s = shape_at(c->model, shape_index),
			   *element = shape_at(c->model, s->element);

	for (size_t i = 0; i < list->n && c->errors < LIMIT_VALIDATION_ERRORS; i++) {
		const char *item = (const char *)list->items + i * s->size;

		if (check_inside(c, at, shape_index, list, element, item, STR("Member")))
			return;
		check_members(c, &(struct place_name){ .outer = at, .position = i + 1 }, s->element,
		              item);
	}
}

static void check_map(struct check *c, const struct place_name *at, uint16_t shape_index,
                      const struct any_list *map)
{
	const struct shape *s = shape_at(c->model, shape_index);
	const struct shape *key = shape_at(c->model, s->key),
			   *value = shape_at(c->model, s->element);

	for (size_t i = 0; i < map->n && c->errors < LIMIT_VALIDATION_ERRORS; i++) {
		const char *entry = (const char *)map->items + i * s->size;
		const void *place = value_at(value, entry + s->value_offset);
		str name = *(const str *)(const void *)entry;

		if (check_inside(c, at, shape_index, map, key, entry, STR("Map keys")))
			return;
		if (!value_present(value, entry + s->value_offset))
			continue;
		if (check_inside(c, at, shape_index, map, value, place, STR("Map value")))
			return;
		check_members(c, &(struct place_name){ .outer = at, .key = utf8_within(name, 256) },
		              s->element, place);
	}
}

/* Depth is bounded by the readers'. */
static void check_members(struct check *c, const struct place_name *at, uint16_t shape_index,
                          const void *place)
{
	const struct shape *s = shape_at(c->model, shape_index);

	if (s->kind == SHAPE_STRUCTURE)
		check_structure(c, at, s, place);
	else if (s->kind == SHAPE_LIST)
		check_list(c, at, shape_index, place);
	else if (s->kind == SHAPE_MAP)
		check_map(c, at, shape_index, place);
}

str wire_validate(struct arena *a, const struct model *m, uint16_t shape, const void *in)
{
	struct check c = { .arena = a, .model = m };

	buf_init(&c.message, a, 256 * 1024);
	check_structure(&c, NULL, shape_at(m, shape), in);
	if (!c.errors)
		return STR_NULL;
	c.errors = MIN(c.errors, LIMIT_VALIDATION_ERRORS);
	return arena_printf(a, "%d validation error%s detected: %.*s", c.errors,
	                    c.errors == 1 ? "" : "s", STR_ARG(buf_str(&c.message)));
}

str wire_missing(const struct model *m, uint16_t shape, const void *in)
{
	const struct shape *s = shape_at(m, shape);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if ((members[i].flags & (MEMBER_REQUIRED | MEMBER_STREAM)) == MEMBER_REQUIRED &&
		    !value_present(shape_at(m, members[i].shape),
		                   (const char *)in + members[i].offset))
			return model_text(m, members[i].wire_name);
	return STR_NULL;
}
