/*
 * The grammar of conditions. An opening parenthesis can stand before a condition or before an operand, which
 * only what follows tells: "(a) = :b", "(a = :b)". So what stands in parentheses may be either, as long as it
 * is all that stands there, and is then looked at again.
 */
#include "services/dynamodb/expression_parse.h"

static bool is_condition(const struct node *node)
{
	return node->kind >= NODE_ATTRIBUTE_EXISTS;
}

static struct node *parse_comparison(struct parser *x, struct node *left)
{
	enum node_kind kind = NODE_EQUAL + (x->token.kind - TOKEN_EQUAL);
	struct node_list operands = { 0 };
	str operator= parser_token(x);
	struct node *right;

	parser_next(x);
	right = parse_operand(x);
	if (!right)
		return NULL;
	node_list_add(x->arena, &operands, left);
	node_list_add(x->arena, &operands, right);
	return node_of(x, kind, operator, & operands);
}

static struct node *parse_between(struct parser *x, struct node *left)
{
	struct node_list operands = { 0 };
	struct node *low, *high;

	parser_next(x);
	low = parse_operand(x);
	if (!low || !parser_expect(x, TOKEN_AND))
		return NULL;
	high = parse_operand(x);
	if (!high)
		return NULL;
	node_list_add(x->arena, &operands, left);
	node_list_add(x->arena, &operands, low);
	node_list_add(x->arena, &operands, high);
	return node_of(x, NODE_BETWEEN, STR("BETWEEN"), &operands);
}

static struct node *parse_in(struct parser *x, struct node *left)
{
	struct node_list operands = { 0 };

	node_list_add(x->arena, &operands, left);
	parser_next(x);
	if (x->token.kind != TOKEN_OPEN) {
		syntax_error(x);
		return NULL;
	}
	do {
		struct node *operand;

		parser_next(x);
		operand = parse_operand(x);
		if (!operand)
			return NULL;
		node_list_add(x->arena, &operands, operand);
	} while (x->token.kind == TOKEN_COMMA);
	if (!parser_expect(x, TOKEN_CLOSE))
		return NULL;
	return node_of(x, NODE_IN, STR("IN"), &operands);
}

/* What makes a condition of an operand; NULL without a problem: nothing does. */
static struct node *parse_operator(struct parser *x, struct node *left)
{
	switch (x->token.kind) {
	case TOKEN_EQUAL:
	case TOKEN_NOT_EQUAL:
	case TOKEN_LESS:
	case TOKEN_LESS_OR_EQUAL:
	case TOKEN_GREATER:
	case TOKEN_GREATER_OR_EQUAL:
		return parser_count_operator(x) ? parse_comparison(x, left) : NULL;
	case TOKEN_BETWEEN:
		return parser_count_operator(x) ? parse_between(x, left) : NULL;
	case TOKEN_IN:
		return parser_count_operator(x) ? parse_in(x, left) : NULL;
	default:
		return NULL;
	}
}

static struct node *parse_chain(struct parser *x, enum token_kind operator, bool may_be_operand);

static struct node *parse_parentheses(struct parser *x)
{
	struct node *inner = NULL;

	parser_next(x);
	if (parser_enter(x))
		inner = parse_chain(x, TOKEN_OR, /* may_be_operand= */ true);
	parser_leave(x);
	return inner && parse_close(x, inner) ? inner : NULL;
}

static struct node *parse_primary(struct parser *x, bool may_be_operand)
{
	struct node *left = x->token.kind == TOKEN_OPEN ? parse_parentheses(x) : parse_operand(x);
	struct node *condition;

	if (!left || is_condition(left))
		return left;
	condition = parse_operator(x, left);
	if (condition || x->e->problem->message.p)
		return condition;
	if (left->kind == NODE_CALL || (may_be_operand && x->token.kind == TOKEN_CLOSE))
		return left;
	syntax_error(x);
	return NULL;
}

static struct node *parse_not(struct parser *x, bool may_be_operand)
{
	size_t nots = 0;
	struct node *node;

	for (; x->token.kind == TOKEN_NOT; nots++) {
		if (!parser_count_operator(x))
			return NULL;
		parser_next(x);
	}
	node = parse_primary(x, may_be_operand && !nots);
	for (; node && nots; nots--) {
		struct node_list operand = { 0 };

		node_list_add(x->arena, &operand, node);
		node = node_of(x, NODE_NOT, STR("NOT"), &operand);
	}
	return node;
}

static struct node *parse_link(struct parser *x, enum token_kind operator, bool may_be_operand)
{
	return operator== TOKEN_OR ? parse_chain(x, TOKEN_AND, may_be_operand)
	                           : parse_not(x, may_be_operand);
}

/* Conditions with OR between them, or those with AND between them. */
static struct node *parse_chain(struct parser *x, enum token_kind operator, bool may_be_operand)
{
	struct node *node = parse_link(x, operator, may_be_operand);
	struct node_list operands = { 0 };

	if (!node || x->token.kind != operator)
		return node;
	node_list_add(x->arena, &operands, node);
	while (x->token.kind == operator) {
		if (!parser_count_operator(x))
			return NULL;
		parser_next(x);
		node = parse_link(x, operator, /* may_be_operand= */ false);
		if (!node)
			return NULL;
		node_list_add(x->arena, &operands, node);
	}
	return operator== TOKEN_OR ? node_of(x, NODE_OR, STR("OR"), &operands)
	                           : node_of(x, NODE_AND, STR("AND"), &operands);
}

struct node *parse_condition(struct parser *x)
{
	struct node *node = parse_chain(x, TOKEN_OR, /* may_be_operand= */ false);

	if (!node || !parser_expect(x, TOKEN_END))
		return NULL;
	if (!node_check_words(x, node, PLACE_CONDITION) || !node_resolve(x, node))
		return NULL;
	return node;
}

bool condition_parse(struct expressions *e, const char *what, str text, struct condition **ret)
{
	struct parser x;
	struct node *node;
	struct condition *condition;

	if (!parser_init(&x, e, what, text))
		return false;
	node = parse_condition(&x);
	if (!node)
		return false;
	condition = arena_new(x.arena, struct condition);
	condition->root = node;
	*ret = condition;
	return true;
}
