#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static void number_from_count(size_t count, struct number *ret)
{
	unsigned char reversed[20];
	int digits = 0, zeros = 0;

	*ret = (struct number){ 0 };
	for (; count; count /= 10)
		reversed[digits++] = (unsigned char)(count % 10);
	while (zeros < digits && !reversed[zeros])
		zeros++;
	ret->exponent = digits;
	ret->count = digits - zeros;
	for (int i = 0; i < ret->count; i++)
		ret->digits[i] = reversed[digits - 1 - i];
}

/* As Java counts: in UTF-16. */
static size_t text_length(str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		n += (c & 0xC0) != 0x80;
		n += c >= 0xF0;
	}
	return n;
}

/* False: it has none. */
static bool value_length(const struct value *v, size_t *ret)
{
	switch (v->type) {
	case VALUE_S:
		*ret = text_length(v->as.text);
		return true;
	case VALUE_B:
		*ret = v->as.text.n;
		return true;
	case VALUE_M:
		*ret = v->as.map.n;
		return true;
	case VALUE_L:
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
		*ret = v->as.list.n;
		return true;
	default:
		return false;
	}
}

const struct value *operand_value(const struct node *node, const struct item *item,
                                  struct value *scratch, struct number *number)
{
	const struct value *v;
	size_t length;

	if (node->kind == NODE_PATH)
		return path_find(&node->as.path, item);
	if (node->kind == NODE_VALUE)
		return node->as.value;
	/* NODE_SIZE, of which none can be in another */
	v = operand_value(node->as.operands.items[0], item, scratch, number);
	if (!v || !value_length(v, &length))
		return NULL;
	number_from_count(length, number);
	*scratch = (struct value){ .type = VALUE_N, .as.number = number };
	return scratch;
}

/* The values of a comparison, some of them of a size. */
struct operands {
	const struct value *values[3]; /* NULL: not there */
	struct value scratch[3];
	struct number numbers[3];
};

static void find_operands(const struct node *node, const struct item *item, struct operands *ret)
{
	for (size_t i = 0; i < MIN(node->as.operands.n, ARRAY_LEN(ret->values)); i++)
		ret->values[i] = operand_value(node->as.operands.items[i], item, &ret->scratch[i],
		                               &ret->numbers[i]);
}

static bool is_ordered(enum value_type type)
{
	return type == VALUE_S || type == VALUE_N || type == VALUE_B;
}

/* False: they cannot be compared. */
static bool order_of(const struct value *a, const struct value *b, int *ret)
{
	if (!a || !b || a->type != b->type || !is_ordered(a->type))
		return false;
	*ret = value_compare(a, b);
	return true;
}

static bool compare(const struct node *node, const struct item *item)
{
	struct operands o;
	const struct value **v = o.values;
	int order;

	find_operands(node, item, &o);
	if (node->kind == NODE_EQUAL)
		return v[0] && v[1] && value_equal(v[0], v[1]);
	if (node->kind == NODE_NOT_EQUAL)
		return !v[0] || !v[1] || !value_equal(v[0], v[1]);
	if (!order_of(v[0], v[1], &order))
		return false;
	switch (node->kind) {
	case NODE_LESS:
		return order < 0;
	case NODE_LESS_OR_EQUAL:
		return order <= 0;
	case NODE_GREATER:
		return order > 0;
	default:
		return order >= 0;
	}
}

static bool is_between(const struct node *node, const struct item *item)
{
	struct operands o;
	int low, high;

	find_operands(node, item, &o);
	return order_of(o.values[0], o.values[1], &low) && low >= 0 &&
	       order_of(o.values[0], o.values[2], &high) && high <= 0;
}

static bool is_in(const struct node *node, const struct item *item)
{
	struct value scratch, other_scratch;
	struct number number, other_number;
	const struct value *v = operand_value(node->as.operands.items[0], item, &scratch, &number);

	for (size_t i = 1; v && i < node->as.operands.n; i++) {
		const struct value *other = operand_value(node->as.operands.items[i], item,
		                                          &other_scratch, &other_number);

		if (other && value_equal(v, other))
			return true;
	}
	return false;
}

static bool begins_with(const struct value *v, const struct value *start)
{
	return v && start && v->type == start->type && (v->type == VALUE_S || v->type == VALUE_B) &&
	       str_starts(v->as.text, start->as.text);
}

static bool contains(const struct value *v, const struct value *part)
{
	if (!v || !part)
		return false;
	switch (v->type) {
	case VALUE_S:
	case VALUE_B:
		return part->type == v->type && str_contains(v->as.text, part->as.text);
	case VALUE_SS:
		return part->type == VALUE_S && value_contains_element(v, part);
	case VALUE_NS:
		return part->type == VALUE_N && value_contains_element(v, part);
	case VALUE_BS:
		return part->type == VALUE_B && value_contains_element(v, part);
	case VALUE_L:
		return value_contains_element(v, part);
	default:
		return false;
	}
}

static bool call_holds(const struct node *node, const struct item *item)
{
	struct operands o;
	const struct value **v = o.values;

	find_operands(node, item, &o);
	switch (node->kind) {
	case NODE_ATTRIBUTE_EXISTS:
		return v[0] != NULL;
	case NODE_ATTRIBUTE_NOT_EXISTS:
		return v[0] == NULL;
	case NODE_ATTRIBUTE_TYPE:
		return v[0] && str_eq(value_type_name(v[0]->type), v[1]->as.text);
	case NODE_BEGINS_WITH:
		return begins_with(v[0], v[1]);
	case NODE_NOT_CONTAINS:
		return v[0] && !contains(v[0], v[1]);
	default:
		return contains(v[0], v[1]);
	}
}

bool node_holds(const struct node *node, const struct item *item)
{
	bool is_or = node->kind == NODE_OR;

	if (node->kind == NODE_NOT)
		return !node_holds(node->as.operands.items[0], item);
	if (node->kind == NODE_BETWEEN)
		return is_between(node, item);
	if (node->kind == NODE_IN)
		return is_in(node, item);
	if (node->kind >= NODE_EQUAL && node->kind <= NODE_GREATER_OR_EQUAL)
		return compare(node, item);
	if (node->kind < NODE_EQUAL)
		return call_holds(node, item);
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (node_holds(node->as.operands.items[i], item) == is_or)
			return is_or;
	return !is_or;
}

bool condition_holds(const struct condition *c, const struct item *item)
{
	return node_holds(c->root, item);
}

static bool node_mentions(const struct node *node, str name)
{
	if (node->kind == NODE_PATH)
		return str_eq(node->as.path.steps[0].name, name);
	if (node->kind == NODE_VALUE)
		return false;
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (node_mentions(node->as.operands.items[i], name))
			return true;
	return false;
}

bool condition_mentions(const struct condition *c, str name)
{
	return node_mentions(c->root, name);
}

static bool node_reaches_into(const struct node *node, str name)
{
	if (node->kind == NODE_PATH)
		return node->as.path.n > 1 && str_eq(node->as.path.steps[0].name, name);
	if (node->kind == NODE_VALUE)
		return false;
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (node_reaches_into(node->as.operands.items[i], name))
			return true;
	return false;
}

bool condition_reaches_into(const struct condition *c, str name)
{
	return node_reaches_into(c->root, name);
}
