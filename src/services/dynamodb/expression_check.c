#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

enum { PATH_STEPS_MAX = 32, IN_OPERANDS_MAX = 100 };

struct function {
	str name;
	enum node_kind kind;
	size_t operands;
	enum node_place place;
};

static const struct function functions[] = {
	{ STR_INIT("attribute_exists"), NODE_ATTRIBUTE_EXISTS, 1, PLACE_CONDITION },
	{ STR_INIT("attribute_not_exists"), NODE_ATTRIBUTE_NOT_EXISTS, 1, PLACE_CONDITION },
	{ STR_INIT("attribute_type"), NODE_ATTRIBUTE_TYPE, 2, PLACE_CONDITION },
	{ STR_INIT("begins_with"), NODE_BEGINS_WITH, 2, PLACE_CONDITION },
	{ STR_INIT("contains"), NODE_CONTAINS, 2, PLACE_CONDITION },
	{ STR_INIT("size"), NODE_SIZE, 1, PLACE_OPERAND },
	{ STR_INIT("if_not_exists"), NODE_IF_NOT_EXISTS, 2, PLACE_UPDATE },
	{ STR_INIT("list_append"), NODE_LIST_APPEND, 2, PLACE_UPDATE },
};

static const struct function *function_find(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (str_eq(functions[i].name, name))
			return &functions[i];
	return NULL;
}

/* The digits of a step, out of the path as it is written. */
static str index_digits(const struct node *path, size_t step)
{
	size_t at = 0, end;

	for (size_t i = 1; i <= step; i++)
		if (!path->as.path.steps[i].name.p)
			at = (size_t)str_find(path->text, '[', at) + 1;
	while (at < path->text.n && !ascii_is_digit(path->text.p[at]))
		at++;
	end = at;
	while (end < path->text.n && ascii_is_digit(path->text.p[end]))
		end++;
	return str_from_to(path->text, at, end);
}

static bool check_path_words(struct parser *x, const struct node *node)
{
	for (size_t i = 0; i < node->as.path.n; i++) {
		const struct path_step *step = &node->as.path.steps[i];

		if (!step->name.p && step->index == PATH_INDEX_TOO_LARGE)
			return parser_fails(
				x, "List index is not within the allowable range; index: [%.*s]",
				STR_ARG(index_digits(node, i)));
		if (step->name.p && word_is_reserved(step->name))
			return parser_fails(
				x, "Attribute name is a reserved keyword; reserved keyword: %.*s",
				STR_ARG(step->name));
	}
	return true;
}

static bool check_count(struct parser *x, const struct node *call)
{
	size_t wanted = 0;

	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (functions[i].kind == call->kind)
			wanted = functions[i].operands;
	if (call->as.operands.n == wanted)
		return true;
	return parser_fails(x,
	                    "Incorrect number of operands for operator or function; operator or "
	                    "function: %.*s, number of operands: %zu",
	                    STR_ARG(call->text), call->as.operands.n);
}

static bool check_function(struct parser *x, struct node *call, enum node_place place)
{
	const struct function *f = function_find(call->text);
	const char *wrong = NULL;

	if (!f)
		return parser_fails(x, "Invalid function name; function: %.*s",
		                    STR_ARG(call->text));
	if (place == PLACE_UPDATE && f->place != PLACE_UPDATE)
		wrong = "in an update expression";
	else if (place != PLACE_UPDATE && f->place == PLACE_UPDATE)
		wrong = "in a condition expression";
	else if (place != f->place)
		wrong = "to be used this way in an expression";
	if (wrong)
		return parser_fails(x, "The function is not allowed %s; function: %.*s", wrong,
		                    STR_ARG(call->text));
	call->kind = f->kind;
	return place == PLACE_UPDATE || check_count(x, call);
}

bool node_check_words(struct parser *x, struct node *node, enum node_place place)
{
	if (node->kind == NODE_PATH)
		return check_path_words(x, node);
	if (node->kind == NODE_VALUE)
		return true;
	if (node->kind == NODE_CALL && !check_function(x, node, place))
		return false;
	if (place == PLACE_CONDITION && node->kind < NODE_NOT)
		place = PLACE_OPERAND;
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (!node_check_words(x, node->as.operands.items[i], place))
			return false;
	return true;
}

enum value_type node_type(const struct node *node)
{
	if (node->kind == NODE_VALUE)
		return node->as.value->type;
	return node->kind == NODE_SIZE ? VALUE_N : VALUE_NONE;
}

static bool resolve_path(struct parser *x, struct node *node)
{
	struct path *path = &node->as.path;

	if (node->has_names)
		return true;
	node->has_names = true;
	for (size_t i = 0; i < path->n; i++) {
		str name = path->steps[i].name;

		if (!name.p || name.p[0] != '#')
			continue;
		if (!find_name(x->e, name, &path->steps[i].name))
			return parser_fails(x,
			                    "An expression attribute name used in the document "
			                    "path is not defined; attribute name: %.*s",
			                    STR_ARG(name));
	}
	return true;
}

bool path_check_depth(struct parser *x, const struct path *path)
{
	if (path->n <= PATH_STEPS_MAX)
		return true;
	return parser_fails(x, "The document path has too many nesting levels; nesting levels: %zu",
	                    path->n);
}

bool node_resolve_names(struct parser *x, struct node *node)
{
	if (node->kind == NODE_PATH)
		return resolve_path(x, node);
	if (node->kind == NODE_VALUE)
		return true;
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (!node_resolve_names(x, node->as.operands.items[i]))
			return false;
	return true;
}

static bool resolve_value(struct parser *x, struct node *node)
{
	if (find_value(x->e, node->text, &node->as.value))
		return true;
	return parser_fails(x,
	                    "An expression attribute value used in expression is not defined; "
	                    "attribute value: %.*s",
	                    STR_ARG(node->text));
}

static bool refuse_type(struct parser *x, const struct node *node, str type)
{
	return parser_fails(x,
	                    "Incorrect operand type for operator or function; operator or "
	                    "function: %.*s, operand type: %.*s",
	                    STR_ARG(node->text), STR_ARG(type));
}

/* `types`: bits of those that each operand may have, as far as that is known. */
static bool check_types(struct parser *x, const struct node *node, unsigned types)
{
	for (size_t i = 0; i < node->as.operands.n; i++) {
		enum value_type type = node_type(node->as.operands.items[i]);

		if (type != VALUE_NONE && !(types & (1U << type)))
			return refuse_type(x, node, value_type_name(type));
	}
	return true;
}

static bool check_distinct(struct parser *x, const struct node *node)
{
	const struct node *first = node->as.operands.items[0];

	if (first->kind != NODE_PATH)
		return true;
	for (size_t i = 1; i < node->as.operands.n; i++) {
		const struct node *other = node->as.operands.items[i];

		if (other->kind == NODE_PATH && path_equal(&first->as.path, &other->as.path))
			return parser_fails(
				x,
				"The first operand must be distinct from the remaining operands for "
				"this operator or function; operator: %.*s, first operand: %.*s",
				STR_ARG(node->text), STR_ARG(path_text(x->arena, &first->as.path)));
	}
	return true;
}

static bool check_first_is_path(struct parser *x, const struct node *node)
{
	if (node->as.operands.items[0]->kind == NODE_PATH)
		return true;
	return parser_fails(
		x, "Operator or function requires a document path; operator or function: %.*s",
		STR_ARG(node->text));
}

/* As Java prints it. */
static str bound_text(struct parser *x, const struct value *v)
{
	struct buf b;

	buf_init(&b, x->arena, EXPRESSION_SIZE_MAX);
	buf_printf(&b, "AttributeValue: {%.*s:", STR_ARG(value_type_name(v->type)));
	if (v->type == VALUE_N)
		number_put(&b, v->as.number);
	else if (v->type == VALUE_S)
		buf_put(&b, v->as.text);
	else
		buf_printf(&b, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]", v->as.text.n,
		           v->as.text.n);
	buf_putc(&b, '}');
	return buf_str(&b);
}

static bool check_bounds(struct parser *x, const struct node *between)
{
	const struct node *low = between->as.operands.items[1];
	const struct node *high = between->as.operands.items[2];
	const char *wrong;

	if (low->kind != NODE_VALUE || high->kind != NODE_VALUE)
		return true;
	if (low->as.value->type != high->as.value->type)
		wrong = "requires same data type for lower and upper bounds";
	else if (value_compare(low->as.value, high->as.value) > 0)
		wrong = "requires upper bound to be greater than or equal to lower bound";
	else
		return true;
	return parser_fails(
		x, "The BETWEEN operator %s; lower bound operand: %.*s, upper bound operand: %.*s",
		wrong, STR_ARG(bound_text(x, low->as.value)),
		STR_ARG(bound_text(x, high->as.value)));
}

static bool check_attribute_type(struct parser *x, const struct node *node)
{
	const struct node *name = node->as.operands.items[1];

	if (node_type(name) == VALUE_NONE)
		return refuse_type(x, node,
		                   STR("{SS,M,DECIMAL,DOUBLESET,HDS,N,B,DICT,INTSET,BOOL,HD,BS,INT,"
		                       "DECIMALSET,NULL,FLOAT,FS,S,L,NS,DOUBLE}"));
	if (node_type(name) != VALUE_S)
		return refuse_type(x, node, value_type_name(node_type(name)));
	if (value_type_from_name(name->as.value->as.text) != VALUE_NONE)
		return true;
	return parser_fails(x,
	                    "Invalid attribute type name found; type: %.*s, valid types: "
	                    "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
	                    STR_ARG(name->as.value->as.text));
}

static bool check_in(struct parser *x, const struct node *node)
{
	if (node->as.operands.n <= IN_OPERANDS_MAX + 1)
		return true;
	return parser_fails(
		x, "The IN operator is provided with too many operands; number of operands: %zu",
		node->as.operands.n - 1);
}

#define TYPES(a, b, c) (1U << (a) | 1U << (b) | 1U << (c))

bool node_check_operands(struct parser *x, const struct node *node)
{
	const unsigned ordered = TYPES(VALUE_S, VALUE_N, VALUE_B);
	const unsigned scalars_without_size = TYPES(VALUE_N, VALUE_NULL, VALUE_BOOL);

	switch (node->kind) {
	case NODE_SIZE:
		return check_types(x, node, ~scalars_without_size);
	case NODE_IF_NOT_EXISTS:
		return check_first_is_path(x, node) && check_distinct(x, node);
	case NODE_LIST_APPEND:
		return check_types(x, node, 1U << VALUE_L);
	case NODE_PLUS:
	case NODE_MINUS:
		return check_types(x, node, 1U << VALUE_N);
	case NODE_ATTRIBUTE_EXISTS:
	case NODE_ATTRIBUTE_NOT_EXISTS:
		return check_first_is_path(x, node);
	case NODE_ATTRIBUTE_TYPE:
		return check_first_is_path(x, node) && check_distinct(x, node) &&
		       check_attribute_type(x, node);
	case NODE_BEGINS_WITH:
		return check_distinct(x, node) &&
		       check_types(x, node, 1U << VALUE_S | 1U << VALUE_B);
	case NODE_CONTAINS:
	case NODE_EQUAL:
	case NODE_NOT_EQUAL:
		return check_distinct(x, node);
	case NODE_LESS:
	case NODE_LESS_OR_EQUAL:
	case NODE_GREATER:
	case NODE_GREATER_OR_EQUAL:
		return check_distinct(x, node) && check_types(x, node, ordered);
	case NODE_BETWEEN:
		return check_distinct(x, node) && check_types(x, node, ordered) &&
		       check_bounds(x, node);
	case NODE_IN:
		return check_in(x, node) && check_distinct(x, node);
	default:
		return true;
	}
}

bool node_resolve(struct parser *x, struct node *node)
{
	if (node->kind == NODE_PATH)
		return resolve_path(x, node) && path_check_depth(x, &node->as.path);
	if (node->kind == NODE_VALUE)
		return resolve_value(x, node);
	if ((node->kind == NODE_IF_NOT_EXISTS || node->kind == NODE_LIST_APPEND) &&
	    !check_count(x, node))
		return false;
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (!node_resolve(x, node->as.operands.items[i]))
			return false;
	return node_check_operands(x, node);
}
