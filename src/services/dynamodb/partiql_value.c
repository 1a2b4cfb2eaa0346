/* Literals as values, and the parameters that stand for such. */
#include "services/dynamodb/partiql.h"

#include "base/str.h"
#include "services/dynamodb/item_set.h"

#include <stdlib.h>

enum { MESSAGE_MAX = 4096 };

/* Where in a value, for messages: root.a[1]. */
struct place {
	const struct place *outer;
	str name; /* absent: an index */
	size_t index;
	unsigned depth;
};

static bool convert(struct problem *p, const struct partiql_node *node, const struct place *place,
                    struct value *ret);

static void put_place(struct buf *b, const struct place *place)
{
	if (!place->outer) {
		buf_put(b, STR("root"));
		return;
	}
	put_place(b, place->outer);
	if (place->name.p)
		buf_printf(b, ".%.*s", STR_ARG(place->name));
	else
		buf_printf(b, "[%zu]", place->index);
}

static str place_text(struct arena *a, const struct place *place)
{
	struct buf b;

	buf_init(&b, a, MESSAGE_MAX);
	put_place(&b, place);
	return buf_str(&b);
}

static bool bad_number(struct problem *p, enum number_problem what, const struct place *place)
{
	static const char *const words[] = {
		[NUMBER_IS_NONE] = "The parameter cannot be converted to a numeric value",
		[NUMBER_IS_TOO_LONG] =
			"Attempting to store more than 38 significant digits in a Number",
		[NUMBER_IS_TOO_LARGE] = "Number overflow. Attempting to store a number with "
					"magnitude larger than supported range",
		[NUMBER_IS_TOO_SMALL] = "Number underflow. Attempting to store a number with "
					"magnitude smaller than supported range",
	};

	return problem_of_value(p, "%s under %.*s", words[what],
	                        STR_ARG(place_text(p->arena, place)));
}

static bool unsupported(struct problem *p, const struct partiql_node *node,
                        const struct place *place)
{
	str name = node->kind == PARTIQL_CALL || node->kind == PARTIQL_NAME
	                   ? node->name
	                   : str_from(partiql_kind_name(node));

	return problem_of_value(p, "Unsupported data type: %.*s under key %.*s at %.*s",
	                        STR_ARG(name), STR_ARG(place_text(p->arena, place)),
	                        STR_ARG(partiql_position(p->arena, node)));
}

/*
 * Collections.
 */

static bool convert_list(struct problem *p, const struct partiql_node *node,
                         const struct place *place, struct value *ret)
{
	struct value *items = arena_array(p->arena, struct value, node->n);

	for (size_t i = 0; i < node->n; i++) {
		struct place inner = { place, STR_NULL, i, place->depth + 1 };

		if (!convert(p, node->items[i], &inner, &items[i]))
			return false;
	}
	*ret = (struct value){ .type = VALUE_L, .as.list = { items, node->n } };
	return true;
}

static int compare_attributes(const void *a, const void *b)
{
	return str_cmp((*(const struct attribute *const *)a)->name,
	               (*(const struct attribute *const *)b)->name);
}

static bool check_keys(struct problem *p, const struct attribute *items, size_t n,
                       const struct place *place)
{
	const struct attribute **sorted = arena_array(p->arena, const struct attribute *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &items[i];
	qsort(sorted, n, sizeof *sorted, compare_attributes);
	for (size_t i = 1; i < n; i++)
		if (str_eq(sorted[i - 1]->name, sorted[i]->name))
			return problem_of_value(p, "Duplicate keys in tuple. Key: %.*s under %.*s",
			                        STR_ARG(sorted[i]->name),
			                        STR_ARG(place_text(p->arena, place)));
	return true;
}

/* Its attributes; those of the outermost one are each a root. */
static bool convert_struct(struct problem *p, const struct partiql_node *node,
                           const struct place *place, bool is_item, struct item *ret)
{
	struct attribute *items = arena_array(p->arena, struct attribute, node->n / 2);
	size_t n = 0;

	for (size_t i = 0; i + 1 < node->n; i += 2) {
		const struct partiql_node *key = node->items[i];
		struct place inner = { place, key->value.as.text, 0, place->depth + 1 };

		if (key->kind != PARTIQL_LITERAL || key->value.type != VALUE_S)
			return problem_of_value(
				p, "Tuple keys must be of type String. Actual type: %s under %.*s",
				partiql_kind_name(key), STR_ARG(place_text(p->arena, place)));
		items[n].name = key->value.as.text;
		if (!convert(p, node->items[i + 1], is_item ? place : &inner, &items[n].value))
			return false;
		n++;
	}
	*ret = (struct item){ items, n };
	return check_keys(p, items, n, place);
}

static int compare_elements(const void *a, const void *b)
{
	return value_compare(*(const struct value *const *)a, *(const struct value *const *)b);
}

static void put_element(struct buf *b, const struct value *v)
{
	if (v->type == VALUE_N)
		number_put(b, v->as.number);
	else
		buf_put(b, v->as.text);
}

static bool duplicates(struct problem *p, const struct value *items, size_t n)
{
	struct buf b;

	buf_init(&b, p->arena, MESSAGE_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_put(&b, i ? STR(", ") : STR(""));
		put_element(&b, &items[i]);
	}
	return problem_of_value(
		p,
		"One or more parameter values were invalid: Input collection [%.*s] contains "
		"duplicates.",
		STR_ARG(buf_str(&b)));
}

static bool check_elements(struct problem *p, const struct value *items, size_t n)
{
	const struct value **sorted = arena_array(p->arena, const struct value *, n);

	for (size_t i = 0; i < n; i++)
		sorted[i] = &items[i];
	qsort(sorted, n, sizeof *sorted, compare_elements);
	for (size_t i = 1; i < n; i++)
		if (!value_compare(sorted[i - 1], sorted[i]))
			return duplicates(p, items, n);
	return true;
}

/* A bag is a set: of strings or of numbers, written out. */
static bool convert_bag(struct problem *p, const struct partiql_node *node,
                        const struct place *place, struct value *ret)
{
	struct value *items = arena_array(p->arena, struct value, node->n);

	if (!node->n)
		return problem_of_value(p, "Empty bags are not supported");
	for (size_t i = 0; i < node->n; i++) {
		const struct partiql_node *n = node->items[i];

		if (n->kind != PARTIQL_LITERAL || n->token->type == LEXEME_PARAMETER ||
		    (n->value.type != VALUE_S && n->value.type != VALUE_N) ||
		    n->value.type != node->items[0]->value.type)
			return problem_of_value(p, "Unsupported data type in Bag. DynamoDB only "
			                           "supports either numbers or strings in bags");
		if (!convert(p, n, place, &items[i]))
			return false;
	}
	*ret = (struct value){ .type = items[0].type == VALUE_S ? VALUE_SS : VALUE_NS,
		               .as.list = { items, node->n } };
	if (!check_elements(p, items, node->n))
		return false;
	set_sort(ret);
	return true;
}

/* `height` more lists and maps, in those around the place: a parameter may bring many at once. */
static bool check_depth(struct problem *p, const struct place *place, size_t height)
{
	return !height || (size_t)place->depth + height < ITEM_DEPTH_MAX ||
	       problem_of_value(p, ITEM_TOO_DEEP);
}

static bool convert(struct problem *p, const struct partiql_node *node, const struct place *place,
                    struct value *ret)
{
	struct item item;

	switch (node->kind) {
	case PARTIQL_LITERAL:
		if (node->number_problem)
			return bad_number(p, node->number_problem, place);
		*ret = node->value;
		return check_depth(p, place, value_height(ret));
	case PARTIQL_LIST:
		return check_depth(p, place, 1) && convert_list(p, node, place, ret);
	case PARTIQL_BAG:
		return convert_bag(p, node, place, ret);
	case PARTIQL_STRUCT:
		if (!check_depth(p, place, 1) ||
		    !convert_struct(p, node, place, /* is_item= */ false, &item))
			return false;
		*ret = (struct value){ .type = VALUE_M, .as.map = { item.items, item.n } };
		return true;
	default:
		return unsupported(p, node, place);
	}
}

bool partiql_is_value(const struct partiql_node *node)
{
	switch (node->kind) {
	case PARTIQL_LITERAL:
	case PARTIQL_PARAMETER:
	case PARTIQL_LIST:
	case PARTIQL_BAG:
	case PARTIQL_STRUCT:
		return true;
	default:
		return false;
	}
}

bool partiql_value(struct problem *p, const struct partiql_node *node, struct value *ret)
{
	struct place root = { 0 };

	return convert(p, node, &root, ret);
}

bool partiql_item(struct problem *p, const struct partiql_node *node, struct item *ret)
{
	struct place root = { 0 };

	if (node->kind == PARTIQL_LITERAL && node->value.type == VALUE_M) {
		*ret = (struct item){ node->value.as.map.items, node->value.as.map.n };
		return true;
	}
	if (node->kind != PARTIQL_STRUCT)
		return unsupported(p, node, &root);
	return convert_struct(p, node, &root, /* is_item= */ true, ret);
}

bool partiql_bind(struct problem *p, struct partiql_statement *s,
                  const struct dynamodb_prepared_statement_parameters *parameters)
{
	for (size_t i = 0; i < s->parameter_count && i < parameters->n; i++) {
		struct partiql_node *n = s->parameters[i];

		if (!value_read(p, parameters->items[i], &n->value))
			return false;
		n->kind = PARTIQL_LITERAL;
	}
	return s->parameter_count == parameters->n ||
	       problem_of_value(p, "Number of parameters in request and statement don't match.");
}
