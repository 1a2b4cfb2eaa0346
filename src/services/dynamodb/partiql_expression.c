/*
 * The grammar, by precedence climbing: a statement is a term of an expression like any other, as in the
 * parser that DynamoDB uses. It seems odd, and decides what a wrong statement is told: of `SLECT * FROM t`,
 * which begins like a product, that it lacks "data manipulation" after its FROM.
 */
#include "services/dynamodb/partiql_parse.h"

#include "base/str.h"

void *partiql_malformed(struct partiql_parser *p, const char *what)
{
	problem_of_value(p->problem, "Statement wasn't well formed, can't be processed: %s", what);
	return NULL;
}

bool partiql_expect(struct partiql_parser *p, enum partiql_lexeme type, const char *expected)
{
	return take(p, type) || partiql_malformed(p, expected);
}

struct partiql_node *partiql_node_new(struct partiql_parser *p, enum partiql_kind kind,
                                      const struct partiql_token *token)
{
	struct partiql_node *n = arena_new(p->arena, struct partiql_node);

	n->kind = kind;
	n->token = token;
	n->word = token->word;
	n->name = token->text;
	n->depth = 1;
	return n;
}

/* NULL, which is the child of one that could not be parsed, stays NULL. */
struct partiql_node *partiql_node_add(struct partiql_parser *p, struct partiql_node *n,
                                      struct partiql_node *child)
{
	if (!n || !child)
		return NULL;
	if (n->n == n->capacity)
		n->items = arena_grow(p->arena, n->items, &n->capacity, sizeof *n->items);
	n->items[n->n++] = child;
	n->depth = MAX(n->depth, child->depth + 1);
	return n->depth > PARTIQL_DEPTH_MAX
	               ? partiql_malformed(p, "Expression is nested too deeply")
	               : n;
}

/*
 * Terms.
 */

static void set_number(struct partiql_parser *p, struct partiql_node *n, str text)
{
	n->value.type = VALUE_N;
	n->value.as.number = arena_new(p->arena, struct number);
	n->number_problem = number_parse(text, n->value.as.number);
}

static struct partiql_node *parse_literal(struct partiql_parser *p)
{
	struct partiql_node *n = partiql_node_new(p, PARTIQL_LITERAL, p->at);

	switch (p->at->type) {
	case LEXEME_STRING:
		n->value = (struct value){ .type = VALUE_S, .as.text = p->at->text };
		break;
	case LEXEME_NUMBER:
		set_number(p, n, p->at->text);
		break;
	case LEXEME_NULL:
		n->value.type = VALUE_NULL;
		break;
	default:
		n->value = (struct value){ .type = VALUE_BOOL,
			                   .as.boolean = p->at->type == LEXEME_TRUE };
	}
	advance(p);
	return n;
}

static struct partiql_node *parse_parameter(struct partiql_parser *p)
{
	struct partiql_node *n = partiql_node_new(p, PARTIQL_PARAMETER, p->at);

	if (p->parameter_count == p->parameter_capacity)
		p->parameters = arena_grow(p->arena, p->parameters, &p->parameter_capacity,
		                           sizeof(struct partiql_node *));
	p->parameters[p->parameter_count++] = n;
	advance(p);
	return n;
}

/* What stands between commas, to the bracket that closes it. */
static struct partiql_node *parse_list(struct partiql_parser *p, struct partiql_node *list,
                                       enum partiql_lexeme close, const char *expected)
{
	do {
		list = partiql_node_add(p, list, partiql_parse_expression(p, ANY));
	} while (list && take(p, LEXEME_COMMA));
	return list && partiql_expect(p, close, expected) ? list : NULL;
}

static struct partiql_node *parse_bracketed(struct partiql_parser *p, enum partiql_kind kind,
                                            enum partiql_lexeme close, const char *expected)
{
	struct partiql_node *list = partiql_node_new(p, kind, p->at);

	advance(p);
	if (is_at(p, close)) {
		advance(p);
		return list;
	}
	return parse_list(p, list, close, expected);
}

static struct partiql_node *parse_struct(struct partiql_parser *p)
{
	struct partiql_node *n = partiql_node_new(p, PARTIQL_STRUCT, p->at);

	advance(p);
	if (is_at(p, LEXEME_RIGHT_CURLY)) {
		advance(p);
		return n;
	}
	do {
		n = partiql_node_add(p, n, partiql_parse_expression(p, ANY));
		if (!n || !partiql_expect(p, LEXEME_COLON, "Expected COLON"))
			return NULL;
		n = partiql_node_add(p, n, partiql_parse_expression(p, ANY));
	} while (n && take(p, LEXEME_COMMA));
	return n && partiql_expect(p, LEXEME_RIGHT_CURLY, "Expected RIGHT_CURLY") ? n : NULL;
}

/* One in parentheses is itself; several are a list. */
static struct partiql_node *parse_group(struct partiql_parser *p)
{
	struct partiql_node *list = partiql_node_new(p, PARTIQL_LIST, p->at);

	advance(p);
	list = parse_list(p, list, LEXEME_RIGHT_PAREN, "Expected RIGHT_PAREN");
	return list && list->n == 1 ? list->items[0] : list;
}

static str lower(struct partiql_parser *p, str text)
{
	char *copy = arena_alloc(p->arena, text.n);

	for (size_t i = 0; i < text.n; i++)
		copy[i] = ascii_lower(text.p[i]);
	return (str){ copy, text.n };
}

struct partiql_node *partiql_parse_call(struct partiql_parser *p)
{
	struct partiql_node *n = partiql_node_new(p, PARTIQL_CALL, p->at);

	n->name = lower(p, n->name);
	advance(p);
	advance(p);
	if (is_at(p, LEXEME_RIGHT_PAREN)) {
		advance(p);
		return n;
	}
	if (is_at(p, LEXEME_STAR) && str_eq(n->name, STR("count"))) {
		n = partiql_node_add(p, n, partiql_node_new(p, PARTIQL_WILDCARD, p->at));
		advance(p);
		return partiql_expect(p, LEXEME_RIGHT_PAREN, "Expected RIGHT_PAREN") ? n : NULL;
	}
	return parse_list(p, n, LEXEME_RIGHT_PAREN, "Expected RIGHT_PAREN");
}

static struct partiql_node *parse_term(struct partiql_parser *p)
{
	struct partiql_node *n;

	switch (p->at->type) {
	case LEXEME_OPERATOR:
		return partiql_malformed(p, "Unexpected operator");
	case LEXEME_KEYWORD:
		return partiql_parse_keyword(p);
	case LEXEME_LEFT_PAREN:
		return parse_group(p);
	case LEXEME_LEFT_BRACKET:
		return parse_bracketed(p, PARTIQL_LIST, LEXEME_RIGHT_BRACKET,
		                       "Expected RIGHT_BRACKET");
	case LEXEME_LEFT_BAG:
		return parse_bracketed(p, PARTIQL_BAG, LEXEME_RIGHT_BAG,
		                       "Expected RIGHT_DOUBLE_ANGLE_BRACKET");
	case LEXEME_LEFT_CURLY:
		return parse_struct(p);
	case LEXEME_NAME:
	case LEXEME_QUOTED_NAME:
		if (next_token(p)->type == LEXEME_LEFT_PAREN)
			return partiql_parse_call(p);
		n = partiql_node_new(p, PARTIQL_NAME, p->at);
		advance(p);
		return n;
	case LEXEME_PARAMETER:
		return parse_parameter(p);
	case LEXEME_STRING:
	case LEXEME_NUMBER:
	case LEXEME_NULL:
	case LEXEME_TRUE:
	case LEXEME_FALSE:
		return parse_literal(p);
	case LEXEME_MISSING:
		n = partiql_node_new(p, PARTIQL_MISSING, p->at);
		advance(p);
		return n;
	default:
		return partiql_malformed(p, "Unexpected term");
	}
}

/*
 * Paths and operators.
 */

static struct partiql_node *parse_dot(struct partiql_parser *p, bool is_simple)
{
	struct partiql_node *n;

	advance(p);
	if (is_at(p, LEXEME_STAR) && is_simple)
		return partiql_malformed(p, "Invalid path dot component for simple path");
	if (!is_at_name(p) && !is_at(p, LEXEME_STAR))
		return partiql_malformed(p, "Invalid path dot component");
	n = partiql_node_new(p, is_at(p, LEXEME_STAR) ? PARTIQL_WILDCARD : PARTIQL_NAME, p->at);
	advance(p);
	return n;
}

static struct partiql_node *parse_index(struct partiql_parser *p, bool is_simple)
{
	struct partiql_node *n;

	advance(p);
	if (is_at(p, LEXEME_STAR)) {
		n = partiql_node_new(p, PARTIQL_WILDCARD, p->at);
		advance(p);
	} else {
		n = partiql_parse_expression(p, ANY);
	}
	if (!n || !partiql_expect(p, LEXEME_RIGHT_BRACKET, "Expected RIGHT_BRACKET"))
		return NULL;
	if (is_simple && n->kind != PARTIQL_LITERAL && n->kind != PARTIQL_NAME)
		return partiql_malformed(p, "Invalid path component for simple path");
	/* [name] is the value of a name, not the name. */
	if (n->kind == PARTIQL_NAME)
		n->kind = PARTIQL_PATH;
	return n;
}

struct partiql_node *partiql_parse_path(struct partiql_parser *p, bool is_simple)
{
	struct partiql_node *term, *path;

	if (is_simple && !is_at_name(p))
		return partiql_malformed(p, "Expected identifier for simple path");
	if (is_simple) {
		term = partiql_node_new(p, PARTIQL_NAME, p->at);
		advance(p);
	} else {
		term = parse_term(p);
	}
	if (!term || (!is_at(p, LEXEME_DOT) && !is_at(p, LEXEME_LEFT_BRACKET)))
		return term;
	path = partiql_node_add(p, partiql_node_new(p, PARTIQL_PATH, term->token), term);
	while (path && (is_at(p, LEXEME_DOT) || is_at(p, LEXEME_LEFT_BRACKET)))
		path = partiql_node_add(p, path,
		                        is_at(p, LEXEME_DOT) ? parse_dot(p, is_simple)
		                                             : parse_index(p, is_simple));
	return path;
}

static bool is_number(const struct partiql_node *n)
{
	return n->kind == PARTIQL_LITERAL && n->value.type == VALUE_N;
}

static struct partiql_node *parse_unary(struct partiql_parser *p)
{
	const struct partiql_token *op = p->at;
	struct partiql_node *n;

	if (op->type != LEXEME_OPERATOR ||
	    (op->word != WORD_NOT && op->word != WORD_MINUS && op->word != WORD_PLUS))
		return partiql_parse_path(p, false);
	if (++p->nesting > PARTIQL_DEPTH_MAX)
		return partiql_malformed(p, "Expression is nested too deeply");
	advance(p);
	n = op->word == WORD_NOT ? partiql_parse_expression(p, NEGATION) : parse_unary(p);
	p->nesting--;
	if (!n)
		return NULL;
	if (op->word == WORD_NOT || !is_number(n))
		return partiql_node_add(p, partiql_node_new(p, PARTIQL_UNARY, op), n);
	if (op->word == WORD_MINUS && n->value.as.number->count)
		n->value.as.number->negative = !n->value.as.number->negative;
	return n;
}

static int precedence_of(const struct partiql_token *t)
{
	switch (t->word) {
	case WORD_UNION:
	case WORD_EXCEPT:
	case WORD_INTERSECT:
		return SET_OPERATION;
	case WORD_OR:
		return DISJUNCTION;
	case WORD_AND:
		return CONJUNCTION;
	case WORD_EQUAL:
	case WORD_NOT_EQUAL:
	case WORD_IS:
	case WORD_IS_NOT:
	case WORD_IN:
	case WORD_NOT_IN:
		return EQUALITY;
	case WORD_LESS:
	case WORD_LESS_OR_EQUAL:
	case WORD_GREATER:
	case WORD_GREATER_OR_EQUAL:
	case WORD_BETWEEN:
	case WORD_NOT_BETWEEN:
	case WORD_LIKE:
	case WORD_NOT_LIKE:
		return COMPARISON;
	case WORD_PLUS:
	case WORD_MINUS:
	case WORD_CONCAT:
		return ADDITION;
	case WORD_TIMES:
	case WORD_DIVIDE:
	case WORD_MODULO:
		return MULTIPLICATION;
	default:
		return NO_OPERATOR;
	}
}

/* The right side of an operator that is at p->at. */
static struct partiql_node *parse_right(struct partiql_parser *p)
{
	int precedence = precedence_of(p->at);

	if (p->end - p->at < 2)
		return partiql_malformed(p, "Missing right-hand side expression of infix operator");
	advance(p);
	return partiql_parse_expression(p, precedence);
}

static struct partiql_node *negated(struct partiql_parser *p, const struct partiql_token *op,
                                    struct partiql_node *n)
{
	struct partiql_node *negation = partiql_node_new(p, PARTIQL_UNARY, op);

	negation->word = WORD_NOT;
	return partiql_node_add(p, negation, n);
}

static struct partiql_node *parse_is(struct partiql_parser *p, struct partiql_node *left)
{
	const struct partiql_token *op = p->at;
	struct partiql_node *n = partiql_node_add(p, partiql_node_new(p, PARTIQL_IS, op), left);

	advance(p);
	if (p->at->word != WORD_TYPE && p->at->word != WORD_CHARACTER)
		return partiql_malformed(p, "Expected type name");
	if (n)
		n->name = p->at->text;
	advance(p);
	return op->word == WORD_IS_NOT ? negated(p, op, n) : n;
}

/* IN (a, b) is IN [a, b], also with one alone. */
static struct partiql_node *parse_in(struct partiql_parser *p, struct partiql_node *left)
{
	const struct partiql_token *op = p->at;
	struct partiql_node *n = partiql_node_new(p, PARTIQL_BINARY, op), *right;

	n->word = WORD_IN;
	if (next_token(p)->type == LEXEME_LEFT_PAREN) {
		advance(p);
		right = partiql_node_new(p, PARTIQL_LIST, p->at);
		advance(p);
		right = parse_list(p, right, LEXEME_RIGHT_PAREN, "Expected RIGHT_PAREN");
	} else {
		right = parse_right(p);
	}
	n = partiql_node_add(p, partiql_node_add(p, n, left), right);
	return op->word == WORD_NOT_IN ? negated(p, op, n) : n;
}

static struct partiql_node *parse_between(struct partiql_parser *p, struct partiql_node *left)
{
	const struct partiql_token *op = p->at;
	struct partiql_node *n =
		partiql_node_add(p, partiql_node_new(p, PARTIQL_BETWEEN, op), left);

	n = partiql_node_add(p, n, parse_right(p));
	if (!n)
		return NULL;
	if (!take_word(p, WORD_AND))
		return partiql_malformed(p, "Expected AND keyword");
	if (is_at(p, LEXEME_END) || is_at(p, LEXEME_SEMICOLON))
		return partiql_malformed(p, "Expected expression after AND");
	n = partiql_node_add(p, n, partiql_parse_expression(p, COMPARISON));
	return op->word == WORD_NOT_BETWEEN ? negated(p, op, n) : n;
}

/* a AND b AND c is one node of three, lest a long condition be a deep one. */
static struct partiql_node *parse_binary(struct partiql_parser *p, struct partiql_node *left,
                                         bool left_is_open)
{
	const struct partiql_token *op = p->at;
	struct partiql_node *n, *right = parse_right(p);

	if (!right)
		return NULL;
	if (left_is_open && left->kind == PARTIQL_BINARY && left->word == op->word &&
	    (op->word == WORD_AND || op->word == WORD_OR))
		return partiql_node_add(p, left, right);
	n = partiql_node_new(p, PARTIQL_BINARY, op);
	n = partiql_node_add(p, partiql_node_add(p, n, left), right);
	if (!n || op->word != WORD_NOT_LIKE)
		return n;
	n->word = WORD_LIKE;
	return negated(p, op, n);
}

static struct partiql_node *parse_infix(struct partiql_parser *p, struct partiql_node *left,
                                        bool left_is_open)
{
	switch (p->at->word) {
	case WORD_IS:
	case WORD_IS_NOT:
		return parse_is(p, left);
	case WORD_IN:
	case WORD_NOT_IN:
		return parse_in(p, left);
	case WORD_BETWEEN:
	case WORD_NOT_BETWEEN:
		return parse_between(p, left);
	default:
		return parse_binary(p, left, left_is_open);
	}
}

struct partiql_node *partiql_parse_expression(struct partiql_parser *p, int precedence)
{
	struct partiql_node *n;
	bool is_open = false; /* made here, not in parentheses */

	if (++p->nesting > PARTIQL_DEPTH_MAX)
		return partiql_malformed(p, "Expression is nested too deeply");
	n = parse_unary(p);
	while (n && precedence_of(p->at) != NO_OPERATOR && precedence < precedence_of(p->at)) {
		n = parse_infix(p, n, is_open);
		is_open = true;
	}
	p->nesting--;
	return n;
}
