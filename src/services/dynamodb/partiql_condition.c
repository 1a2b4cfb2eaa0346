#include "services/dynamodb/partiql_condition.h"

#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static const struct {
	str name;
	enum node_kind kind;
	size_t operands;
} functions[] = {
	{ STR_INIT("attribute_exists"), NODE_ATTRIBUTE_EXISTS, 1 },
	{ STR_INIT("attribute_not_exists"), NODE_ATTRIBUTE_NOT_EXISTS, 1 },
	{ STR_INIT("attribute_type"), NODE_ATTRIBUTE_TYPE, 2 },
	{ STR_INIT("begins_with"), NODE_BEGINS_WITH, 2 },
	{ STR_INIT("contains"), NODE_CONTAINS, 2 },
	{ STR_INIT("size"), NODE_SIZE, 1 },
};

static const struct {
	enum partiql_word word;
	enum node_kind kind;
	str text;
} comparisons[] = {
	{ WORD_EQUAL, NODE_EQUAL, STR_INIT("=") },
	{ WORD_NOT_EQUAL, NODE_NOT_EQUAL, STR_INIT("<>") },
	{ WORD_LESS, NODE_LESS, STR_INIT("<") },
	{ WORD_LESS_OR_EQUAL, NODE_LESS_OR_EQUAL, STR_INIT("<=") },
	{ WORD_GREATER, NODE_GREATER, STR_INIT(">") },
	{ WORD_GREATER_OR_EQUAL, NODE_GREATER_OR_EQUAL, STR_INIT(">=") },
};

static const struct {
	str name;
	enum value_type type;
} types[] = {
	{ STR_INIT("bool"), VALUE_BOOL }, { STR_INIT("boolean"), VALUE_BOOL },
	{ STR_INIT("blob"), VALUE_B },    { STR_INIT("list"), VALUE_L },
	{ STR_INIT("null"), VALUE_NULL }, { STR_INIT("numeric"), VALUE_N },
	{ STR_INIT("string"), VALUE_S },  { STR_INIT("struct"), VALUE_M },
	{ STR_INIT("tuple"), VALUE_M },
};

/* What the functions of expressions are called with. */
struct builder {
	struct expressions expressions;
	struct parser parser;
};

static void builder_init(struct builder *b, struct problem *p)
{
	*b = (struct builder){ .expressions = { .problem = p } };
	b->parser = (struct parser){ .e = &b->expressions, .arena = p->arena };
}

static bool unsupported(struct builder *b, const struct partiql_node *n)
{
	return problem_of_value(b->expressions.problem, "Unsupported operation: %s",
	                        partiql_kind_name(n));
}

static struct node *value_node(struct builder *b, const struct value *v)
{
	struct node *n = node_new(&b->parser, NODE_VALUE, STR(""));
	struct value *copy = arena_new(b->parser.arena, struct value);

	*copy = *v;
	n->as.value = copy;
	return n;
}

static bool finish(struct builder *b, enum node_kind kind, str text, struct node_list *operands,
                   struct node **ret)
{
	*ret = node_of(&b->parser, kind, text, operands);
	return node_check_operands(&b->parser, *ret);
}

/*
 * Operands.
 */

static bool build_operand(struct builder *b, const struct partiql_node *n, struct node **ret);

static bool build_operands(struct builder *b, struct partiql_node *const *items, size_t n,
                           struct node_list *ret)
{
	for (size_t i = 0; i < n; i++) {
		struct node *operand = NULL;

		if (!build_operand(b, items[i], &operand))
			return false;
		node_list_add(b->parser.arena, ret, operand);
	}
	return true;
}

static bool unrecognized(struct builder *b, const struct partiql_node *call)
{
	return problem_of_value(b->expressions.problem, "Unrecognized function: %.*s at %.*s",
	                        STR_ARG(call->name),
	                        STR_ARG(partiql_position(b->parser.arena, call)));
}

static bool build_call(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	struct node_list operands = { 0 };
	size_t i = 0;

	while (i < ARRAY_LEN(functions) && !str_eq(functions[i].name, n->name))
		i++;
	if (i == ARRAY_LEN(functions))
		return unrecognized(b, n);
	if (n->n != functions[i].operands)
		return parser_fails(&b->parser,
		                    "Incorrect number of operands for operator or function; "
		                    "operator or function: %.*s, number of operands: %zu",
		                    STR_ARG(n->name), n->n);
	return build_operands(b, n->items, n->n, &operands) &&
	       finish(b, functions[i].kind, n->name, &operands, ret);
}

static bool build_operand(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	struct problem *p = b->expressions.problem;
	struct value value;

	if (partiql_is_value(n)) {
		if (!partiql_value(p, n, &value))
			return false;
		*ret = value_node(b, &value);
		return true;
	}
	if (n->kind == PARTIQL_NAME || n->kind == PARTIQL_PATH) {
		*ret = node_new(&b->parser, NODE_PATH, n->name);
		return partiql_path(p, n, &(*ret)->as.path) &&
		       path_check_depth(&b->parser, &(*ret)->as.path);
	}
	if (n->kind != PARTIQL_CALL)
		return unsupported(b, n);
	if (!build_call(b, n, ret))
		return false;
	return (*ret)->kind == NODE_SIZE || unsupported(b, n);
}

/*
 * Conditions.
 */

static bool build(struct builder *b, const struct partiql_node *n, struct node **ret);

static bool build_all(struct builder *b, const struct partiql_node *n, enum node_kind kind,
                      struct node **ret)
{
	struct node_list operands = { 0 };

	for (size_t i = 0; i < n->n; i++) {
		struct node *operand = NULL;

		if (!build(b, n->items[i], &operand))
			return false;
		node_list_add(b->parser.arena, &operands, operand);
	}
	*ret = node_of(&b->parser, kind, n->name, &operands);
	return true;
}

static struct node *negated(struct builder *b, struct node *node)
{
	struct node_list operand = { 0 };

	node_list_add(b->parser.arena, &operand, node);
	return node_of(&b->parser, NODE_NOT, STR("NOT"), &operand);
}

static bool is_boolean(const struct partiql_node *n)
{
	return n->kind == PARTIQL_LITERAL && n->value.type == VALUE_BOOL;
}

/* attribute_exists(a) = true */
static bool build_truth(struct builder *b, const struct partiql_node *call,
                        const struct partiql_node *literal, bool is_equal, struct node **ret)
{
	if (!build(b, call, ret))
		return false;
	if (literal->value.as.boolean != is_equal)
		*ret = negated(b, *ret);
	return true;
}

static bool is_condition_call(const struct partiql_node *n)
{
	return n->kind == PARTIQL_CALL && !str_eq(n->name, STR("size"));
}

static bool build_comparison(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	const struct partiql_node *left = n->items[0], *right = n->items[1];
	bool is_equal = n->word == WORD_EQUAL;
	struct node_list operands = { 0 };

	if (is_equal || n->word == WORD_NOT_EQUAL) {
		if (is_condition_call(left) && is_boolean(right))
			return build_truth(b, left, right, is_equal, ret);
		if (is_condition_call(right) && is_boolean(left))
			return build_truth(b, right, left, is_equal, ret);
	}
	for (size_t i = 0; i < ARRAY_LEN(comparisons); i++)
		if (comparisons[i].word == n->word)
			return build_operands(b, n->items, n->n, &operands) &&
			       finish(b, comparisons[i].kind, comparisons[i].text, &operands, ret);
	return unsupported(b, n);
}

static bool build_in(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	const struct partiql_node *list = n->items[1];
	struct node_list operands = { 0 };

	if (list->kind != PARTIQL_LIST || !list->n)
		return unsupported(b, n);
	return build_operands(b, n->items, 1, &operands) &&
	       build_operands(b, list->items, list->n, &operands) &&
	       finish(b, NODE_IN, STR("IN"), &operands, ret);
}

static bool build_is(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	struct value name = { .type = VALUE_S };
	struct node_list operands = { 0 };
	size_t i = 0;

	if (!build_operands(b, n->items, 1, &operands))
		return false;
	if (str_eq(n->name, STR("missing")))
		return finish(b, NODE_ATTRIBUTE_NOT_EXISTS, STR("IS"), &operands, ret);
	while (i < ARRAY_LEN(types) && !str_eq(types[i].name, n->name))
		i++;
	if (i == ARRAY_LEN(types))
		return problem_of_value(b->expressions.problem,
		                        "Unsupported data type for IS operator: %.*s. Supported "
		                        "data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, "
		                        "NUMERIC, STRUCT, TUPLE, LIST]",
		                        STR_ARG(n->name));
	name.as.text = value_type_name(types[i].type);
	node_list_add(b->parser.arena, &operands, value_node(b, &name));
	return finish(b, NODE_ATTRIBUTE_TYPE, STR("IS"), &operands, ret);
}

static bool build(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	struct node_list operands = { 0 };

	switch (n->kind) {
	case PARTIQL_CALL:
		return build_call(b, n, ret) && ((*ret)->kind != NODE_SIZE || unsupported(b, n));
	case PARTIQL_IS:
		return build_is(b, n, ret);
	case PARTIQL_BETWEEN:
		return build_operands(b, n->items, n->n, &operands) &&
		       finish(b, NODE_BETWEEN, STR("BETWEEN"), &operands, ret);
	case PARTIQL_UNARY:
		return n->word == WORD_NOT ? build_all(b, n, NODE_NOT, ret) : unsupported(b, n);
	case PARTIQL_BINARY:
		if (n->word == WORD_AND)
			return build_all(b, n, NODE_AND, ret);
		if (n->word == WORD_OR)
			return build_all(b, n, NODE_OR, ret);
		return n->word == WORD_IN ? build_in(b, n, ret) : build_comparison(b, n, ret);
	default:
		return unsupported(b, n);
	}
}

bool partiql_condition(struct problem *p, const struct partiql_node *node, struct node **ret)
{
	struct builder b;

	builder_init(&b, p);
	return build(&b, node, ret);
}

const struct condition *partiql_all_of(struct arena *a, struct node *const *nodes, size_t n)
{
	struct condition *c = arena_new(a, struct condition);
	struct node *all = arena_new(a, struct node);

	if (!n)
		return NULL;
	c->root = n == 1 ? nodes[0] : all;
	all->kind = NODE_AND;
	all->as.operands.items = arena_array(a, struct node *, n);
	all->as.operands.n = n;
	for (size_t i = 0; i < n; i++)
		all->as.operands.items[i] = nodes[i];
	return c;
}

const struct condition *partiql_all_or_absent(struct arena *a, struct node *const *nodes, size_t n,
                                              str key_attribute)
{
	const struct condition *all = partiql_all_of(a, nodes, n);
	struct condition *c = arena_new(a, struct condition);
	struct node *either = arena_array(a, struct node, 3);
	struct node *absent = &either[1], *path = &either[2];

	if (!all)
		return NULL;
	path->kind = NODE_PATH;
	path->as.path.steps = arena_new(a, struct path_step);
	path->as.path.steps[0].name = key_attribute;
	path->as.path.n = 1;
	absent->kind = NODE_ATTRIBUTE_NOT_EXISTS;
	absent->as.operands.items = arena_new(a, struct node *);
	absent->as.operands.items[0] = path;
	absent->as.operands.n = 1;
	either->kind = NODE_OR;
	either->as.operands.items = arena_array(a, struct node *, 2);
	either->as.operands.items[0] = absent;
	either->as.operands.items[1] = all->root;
	either->as.operands.n = 2;
	c->root = either;
	return c;
}

/*
 * Updates.
 */

/* "The first argument to SET_ADD must … at 1:7:3" */
static bool misused(struct builder *b, const struct partiql_node *call, const char *before,
                    const char *after, const struct partiql_node *at)
{
	return problem_of_value(b->expressions.problem, "%s%s must %s at %.*s", before,
	                        str_eq(call->name, STR("set_add")) ? "SET_ADD" : "SET_DELETE",
	                        after, STR_ARG(partiql_position(b->parser.arena, at)));
}

static bool lacks_set(struct builder *b, const struct partiql_node *call)
{
	return misused(b, call, "The second argument to ", "be a value with type SET",
	               call->items[0]);
}

/* SET a = set_add(a, <<…>>): what expressions call ADD a <<…>>. */
static bool build_set_change(struct builder *b, const struct partiql_change *change,
                             struct action *action)
{
	const struct partiql_node *call = change->value;
	struct path path;
	struct value value;

	if (call->n != 2)
		return misused(b, call, "", "have exactly two arguments", call);
	if ((call->items[0]->kind != PARTIQL_NAME && call->items[0]->kind != PARTIQL_PATH) ||
	    !partiql_path(b->expressions.problem, call->items[0], &path) ||
	    !path_equal(&path, &action->path->as.path))
		return misused(b, call, "The first argument to ", "equal the assignment value",
		               call);
	if (!partiql_is_value(call->items[1]))
		return lacks_set(b, call);
	if (!partiql_value(b->expressions.problem, call->items[1], &value))
		return false;
	if (!value_is_set(value.type))
		return lacks_set(b, call);
	action->kind = str_eq(call->name, STR("set_add")) ? ACTION_ADD : ACTION_DELETE;
	action->value = value_node(b, &value);
	return true;
}

static bool build_sum(struct builder *b, const struct partiql_node *n, struct node **ret);

static bool build_two(struct builder *b, const struct partiql_node *n, enum node_kind kind,
                      str text, struct node **ret)
{
	struct node_list operands = { 0 };

	for (size_t i = 0; i < n->n; i++) {
		struct node *operand = NULL;

		if (!build_sum(b, n->items[i], &operand))
			return false;
		node_list_add(b->parser.arena, &operands, operand);
	}
	return finish(b, kind, text, &operands, ret);
}

static bool build_sum(struct builder *b, const struct partiql_node *n, struct node **ret)
{
	if (n->kind == PARTIQL_BINARY && n->word == WORD_PLUS)
		return build_two(b, n, NODE_PLUS, STR("+"), ret);
	if (n->kind == PARTIQL_BINARY && n->word == WORD_MINUS)
		return build_two(b, n, NODE_MINUS, STR("-"), ret);
	if (n->kind != PARTIQL_CALL)
		return build_operand(b, n, ret);
	if (!str_eq(n->name, STR("list_append")))
		return unrecognized(b, n);
	if (n->n != 2)
		return parser_fails(&b->parser,
		                    "Incorrect number of operands for operator or function; "
		                    "operator or function: list_append, number of operands: %zu",
		                    n->n);
	return build_two(b, n, NODE_LIST_APPEND, n->name, ret);
}

static bool is_set_change(const struct partiql_node *n)
{
	return n->kind == PARTIQL_CALL &&
	       (str_eq(n->name, STR("set_add")) || str_eq(n->name, STR("set_delete")));
}

static bool build_action(struct builder *b, const struct partiql_change *change,
                         struct action *action)
{
	if (!build_operand(b, change->path, &action->path))
		return false;
	if (!change->value) {
		action->kind = ACTION_REMOVE;
		return true;
	}
	if (is_set_change(change->value))
		return build_set_change(b, change, action);
	action->kind = ACTION_SET;
	return build_sum(b, change->value, &action->value);
}

bool partiql_update(struct problem *p, const struct partiql_statement *s, struct update **ret)
{
	struct update *u = arena_new(p->arena, struct update);
	struct path *paths = arena_array(p->arena, struct path, s->change_count);
	struct path *sorted = arena_array(p->arena, struct path, s->change_count);
	struct builder b;

	builder_init(&b, p);
	u->n = s->change_count;
	u->actions = arena_array(p->arena, struct action, u->n);
	for (size_t i = 0; i < u->n; i++) {
		if (!build_action(&b, &s->changes[i], &u->actions[i]))
			return false;
		paths[i] = u->actions[i].path->as.path;
	}
	if (!paths_check(&b.parser, paths, u->n, sorted))
		return false;
	update_finish(u, sorted);
	*ret = u;
	return true;
}
