#include "services/dynamodb/expression_parse.h"

#include "base/str.h"

enum { PROBLEM_MAX = 16 * 1024 }; /* a message quotes at most a few times the expression */

bool parser_fails(struct parser *x, const char *format, ...)
{
	struct problem *p = x->e->problem;
	struct buf b;
	va_list args;

	if (p->message.p)
		return false;
	buf_init(&b, x->arena, PROBLEM_MAX);
	if (x->what)
		buf_printf(&b, "Invalid %s: ", x->what);
	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	p->message = buf_str(&b);
	return false;
}

/* With the text from the token before it to the one after it. */
bool syntax_error(struct parser *x)
{
	str near = str_from_to(x->text, x->previous.start, x->next.end);
	str token = x->token.kind == TOKEN_END ? STR("<EOF>") : parser_token(x);

	return parser_fails(x, "Syntax error; token: \"%.*s\", near: \"%.*s\"", STR_ARG(token),
	                    STR_ARG(near));
}

bool parser_init(struct parser *x, struct expressions *e, const char *what, str text)
{
	*x = (struct parser){ .e = e, .arena = e->problem->arena, .what = what, .text = text };
	if (!text.n)
		return parser_fails(x, "The expression can not be empty;");
	if (text.n > EXPRESSION_SIZE_MAX) {
		/* AWS tells the size of all others. */
		if (str_eq(str_from(what), STR("UpdateExpression")))
			return parser_fails(
				x, "Expression size has exceeded the maximum allowed size;");
		return parser_fails(
			x,
			"Expression size has exceeded the maximum allowed size; expression size: %zu",
			text.n);
	}
	x->token = token_at(text, 0);
	x->next = token_at(text, x->token.end);
	return true;
}

void parser_next(struct parser *x)
{
	x->previous = x->token;
	x->token = x->next;
	x->next = token_at(x->text, x->next.end);
}

bool parser_expect(struct parser *x, enum token_kind kind)
{
	if (x->token.kind != kind)
		return syntax_error(x);
	parser_next(x);
	return true;
}

str parser_token(const struct parser *x)
{
	return str_from_to(x->text, x->token.start, x->token.end);
}

bool parser_count_operator(struct parser *x)
{
	if (++x->operators <= EXPRESSION_OPERATORS_MAX)
		return true;
	return parser_fails(x, "The expression contains too many operators; operator count: %zu",
	                    x->operators);
}

/* Parentheses that are not redundant have an operator in them: what is nested as deep as this has about as
 * many. */
bool parser_enter(struct parser *x)
{
	if (x->depth++ < EXPRESSION_DEPTH_MAX)
		return true;
	return parser_fails(x, "The expression contains too many operators; operator count: %d",
	                    EXPRESSION_OPERATORS_MAX + 1);
}

void parser_leave(struct parser *x)
{
	x->depth--;
}

struct node *node_new(struct parser *x, enum node_kind kind, str text)
{
	struct node *node = arena_new(x->arena, struct node);

	node->kind = kind;
	node->text = text;
	return node;
}

struct node *node_of(struct parser *x, enum node_kind kind, str text, struct node_list *operands)
{
	struct node *node = node_new(x, kind, text);

	node->as.operands.items = operands->items;
	node->as.operands.n = operands->n;
	return node;
}

void node_list_add(struct arena *a, struct node_list *list, struct node *node)
{
	if (list->n == list->capacity)
		list->items = arena_grow(a, list->items, &list->capacity, sizeof(*list->items));
	list->items[list->n++] = node;
}

static struct path_step *add_step(struct parser *x, struct path *path, size_t *capacity)
{
	if (path->n == *capacity)
		path->steps = arena_grow(x->arena, path->steps, capacity, sizeof(*path->steps));
	path->steps[path->n] = (struct path_step){ 0 };
	return &path->steps[path->n++];
}

static bool parse_name(struct parser *x, struct path_step *step)
{
	if (x->token.kind != TOKEN_IDENTIFIER && x->token.kind != TOKEN_NAME)
		return syntax_error(x);
	step->name = parser_token(x);
	parser_next(x);
	return true;
}

/* One that is too large becomes PATH_INDEX_TOO_LARGE, which node_check_path_words refuses. */
static bool parse_index(struct parser *x, struct path_step *step)
{
	str digits = parser_token(x);
	uint64_t index;

	if (!parser_expect(x, TOKEN_DIGITS))
		return false;
	step->index = str_to_u64(digits, &index) && index <= INT32_MAX ? (size_t)index
	                                                               : PATH_INDEX_TOO_LARGE;
	return parser_expect(x, TOKEN_CLOSE_BRACKET);
}

struct node *parse_path(struct parser *x)
{
	size_t start = x->token.start, capacity = 0;
	struct node *node = node_new(x, NODE_PATH, STR_NULL);
	struct path *path = &node->as.path;

	if (!parse_name(x, add_step(x, path, &capacity)))
		return NULL;
	while (x->token.kind == TOKEN_DOT || x->token.kind == TOKEN_OPEN_BRACKET) {
		bool is_name = x->token.kind == TOKEN_DOT;
		struct path_step *step = add_step(x, path, &capacity);

		parser_next(x);
		if (!(is_name ? parse_name(x, step) : parse_index(x, step)))
			return NULL;
	}
	node->text = str_from_to(x->text, start, x->previous.end);
	return node;
}

struct node *parse_value(struct parser *x)
{
	str name = parser_token(x);

	return parser_expect(x, TOKEN_VALUE) ? node_new(x, NODE_VALUE, name) : NULL;
}

bool parse_close(struct parser *x, struct node *inner)
{
	if (!parser_expect(x, TOKEN_CLOSE))
		return false;
	if (inner->is_in_parentheses)
		return parser_fails(x, "The expression has redundant parentheses;");
	inner->is_in_parentheses = true;
	return true;
}

static struct node *parse_parentheses(struct parser *x)
{
	struct node *inner;

	parser_next(x);
	inner = parse_operand(x);
	return inner && parse_close(x, inner) ? inner : NULL;
}

static struct node *parse_call(struct parser *x)
{
	struct node_list operands = { 0 };
	str name = parser_token(x);

	if (!parser_count_operator(x))
		return NULL;
	parser_next(x);
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
	return node_of(x, NODE_CALL, name, &operands);
}

struct node *parse_operand(struct parser *x)
{
	struct node *node = NULL;

	if (x->token.kind == TOKEN_VALUE)
		return parse_value(x);
	if (x->token.kind == TOKEN_NAME ||
	    (x->token.kind == TOKEN_IDENTIFIER && x->next.kind != TOKEN_OPEN))
		return parse_path(x);
	if (x->token.kind != TOKEN_IDENTIFIER && x->token.kind != TOKEN_OPEN) {
		syntax_error(x);
		return NULL;
	}
	if (parser_enter(x))
		node = x->token.kind == TOKEN_OPEN ? parse_parentheses(x) : parse_call(x);
	parser_leave(x);
	return node;
}
