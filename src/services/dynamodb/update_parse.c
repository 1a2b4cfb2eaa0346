/*
 * The grammar of updates, and what AWS checks of them in which order: the words of the sections, kind by kind;
 * the paths that are written, against each other; then names, and values and their types, from the last
 * action to the first.
 */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static const struct {
	enum token_kind token;
	str name;
	unsigned operand_types; /* ADD and DELETE: of the values they take */
} sections[] = {
	[ACTION_SET] = { TOKEN_SET, STR_INIT("SET"), 0 },
	[ACTION_REMOVE] = { TOKEN_REMOVE, STR_INIT("REMOVE"), 0 },
	[ACTION_ADD] = { TOKEN_ADD, STR_INIT("ADD"),
	                 1U << VALUE_N | 1U << VALUE_SS | 1U << VALUE_NS | 1U << VALUE_BS },
	[ACTION_DELETE] = { TOKEN_DELETE, STR_INIT("DELETE"),
	                    1U << VALUE_SS | 1U << VALUE_NS | 1U << VALUE_BS },
};

static struct node *parse_sum(struct parser *x)
{
	struct node *left, *right;
	struct node_list operands = { 0 };
	str operator;

	left = parse_operand(x);
	if (!left || (x->token.kind != TOKEN_PLUS && x->token.kind != TOKEN_MINUS))
		return left;
	if (!parser_count_operator(x))
		return NULL;
	operator= parser_token(x);
	parser_next(x);
	right = parse_operand(x);
	if (!right)
		return NULL;
	node_list_add(x->arena, &operands, left);
	node_list_add(x->arena, &operands, right);
	return node_of(x, operator.p[0] == '+' ? NODE_PLUS : NODE_MINUS, operator, & operands);
}

/* "a + b" or "(a + b)". An operand in parentheses can be the beginning of either: "(a) + b", "((a) + b)". */
static struct node *parse_set_value(struct parser *x)
{
	struct parser before = *x;
	struct node *inner;

	if (x->token.kind != TOKEN_OPEN)
		return parse_sum(x);
	parser_next(x);
	inner = parse_sum(x);
	if (inner && (inner->kind == NODE_PLUS || inner->kind == NODE_MINUS))
		return parse_close(x, inner) ? inner : NULL;
	if (x->e->problem->message.p)
		return NULL;
	*x = before;
	return parse_sum(x);
}

static bool parse_action(struct parser *x, struct action *action)
{
	action->path = parse_path(x);
	if (!action->path)
		return false;
	if (action->kind == ACTION_REMOVE)
		return true;
	if (action->kind == ACTION_SET)
		action->value = parser_expect(x, TOKEN_EQUAL) ? parse_set_value(x) : NULL;
	else
		action->value = parse_value(x);
	return action->value != NULL;
}

static bool section_kind(enum token_kind token, enum action_kind *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (sections[i].token == token) {
			*ret = (enum action_kind)i;
			return true;
		}
	return false;
}

static bool parse_section(struct parser *x, struct update *u, size_t *capacity)
{
	enum action_kind kind;

	if (!section_kind(x->token.kind, &kind))
		return syntax_error(x);
	do {
		struct action action = { .kind = kind, .section = u->sections };

		parser_next(x);
		if (!parse_action(x, &action))
			return false;
		if (u->n == *capacity)
			u->actions = arena_grow(x->arena, u->actions, capacity, sizeof(action));
		u->actions[u->n++] = action;
	} while (x->token.kind == TOKEN_COMMA);
	u->sections++;
	return true;
}

/* The words of all sections of a kind, of which there may be one. */
static bool check_section(struct parser *x, const struct update *u, size_t first)
{
	enum action_kind kind = u->actions[first].kind;
	bool is_repeated = false;

	for (size_t i = first; i < u->n; i++) {
		const struct action *action = &u->actions[i];

		if (action->kind != kind)
			continue;
		is_repeated |= action->section != u->actions[first].section;
		if (!node_check_words(x, action->path, PLACE_UPDATE) ||
		    (action->value && !node_check_words(x, action->value, PLACE_UPDATE)))
			return false;
	}
	if (!is_repeated)
		return true;
	return parser_fails(x,
	                    "The \"%.*s\" section can only be used once in an update expression;",
	                    STR_ARG(sections[kind].name));
}

static bool check_sections(struct parser *x, const struct update *u)
{
	unsigned checked = 0;

	for (size_t i = 0; i < u->n; i++) {
		if (checked & 1U << u->actions[i].kind)
			continue;
		checked |= 1U << u->actions[i].kind;
		if (!check_section(x, u, i))
			return false;
	}
	return true;
}

static bool check_operand(struct parser *x, const struct action *action)
{
	static const char *const names[VALUE_TYPES] = {
		[VALUE_S] = "STRING",      [VALUE_N] = "NUMBER",      [VALUE_B] = "BINARY",
		[VALUE_SS] = "STRING_SET", [VALUE_NS] = "NUMBER_SET", [VALUE_BS] = "BINARY_SET",
		[VALUE_M] = "MAP",         [VALUE_L] = "LIST",        [VALUE_NULL] = "NULL",
		[VALUE_BOOL] = "BOOLEAN",
	};
	unsigned types = sections[action->kind].operand_types;
	str name = sections[action->kind].name;

	if (!types || types & 1U << node_type(action->value))
		return true;
	return parser_fails(x,
	                    "Incorrect operand type for operator or function; operator: %.*s, "
	                    "operand type: %s, typeSet: ALLOWED_FOR_%.*s_OPERAND",
	                    STR_ARG(name), names[node_type(action->value)], STR_ARG(name));
}

static bool check_paths(struct parser *x, struct update *u)
{
	struct path *paths = arena_array(x->arena, struct path, u->n);
	struct path *sorted = arena_array(x->arena, struct path, u->n);

	for (size_t i = 0; i < u->n; i++) {
		if (!node_resolve_names(x, u->actions[i].path))
			return false;
		paths[i] = u->actions[i].path->as.path;
	}
	if (!paths_check(x, paths, u->n, sorted))
		return false;
	update_finish(u, sorted);
	return true;
}

static bool resolve(struct parser *x, struct update *u)
{
	for (size_t i = u->n; i-- > 0;)
		if (u->actions[i].value && !node_resolve_names(x, u->actions[i].value))
			return false;
	for (size_t i = u->n; i-- > 0;) {
		struct action *action = &u->actions[i];

		if (!node_resolve(x, action->path) ||
		    (action->value && !node_resolve(x, action->value)) || !check_operand(x, action))
			return false;
	}
	return true;
}

void update_finish(struct update *u, struct path *sorted)
{
	u->paths = (struct projection){ sorted, u->n };
	for (size_t i = 0; i < u->n; i++) {
		const struct path *path = &u->actions[i].path->as.path;
		size_t low = 0, high = u->n;

		while (low < high) {
			size_t middle = (low + high) / 2;

			if (path_compare(&sorted[middle], path) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		u->actions[i].place = low;
	}
}

bool update_parse(struct expressions *e, str text, struct update **ret)
{
	struct update *u = arena_new(e->problem->arena, struct update);
	struct parser x;
	size_t capacity = 0;

	if (!parser_init(&x, e, "UpdateExpression", text))
		return false;
	do {
		if (!parse_section(&x, u, &capacity))
			return false;
	} while (x.token.kind != TOKEN_END);
	if (!check_sections(&x, u) || !check_paths(&x, u) || !resolve(&x, u))
		return false;
	*ret = u;
	return true;
}
