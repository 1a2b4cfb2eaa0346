/* What is good PartiQL, and not for DynamoDB. */
#include "services/dynamodb/partiql.h"

#include "base/str.h"

#include <stdlib.h>

str partiql_position(struct arena *a, const struct partiql_node *node)
{
	return arena_printf(a, "%u:%u:%u", node->token->line, node->token->column,
	                    node->token->length);
}

const char *partiql_returning_text(enum partiql_returning returning)
{
	static const char *const texts[] = {
		[RETURNING_NONE] = "",
		[RETURNING_ALL_OLD] = "RETURNING ALL OLD *",
		[RETURNING_ALL_NEW] = "RETURNING ALL NEW *",
		[RETURNING_MODIFIED_OLD] = "RETURNING MODIFIED OLD *",
		[RETURNING_MODIFIED_NEW] = "RETURNING MODIFIED NEW *",
	};

	return texts[returning];
}

static const char *operator_name(enum partiql_word word)
{
	switch (word) {
	case WORD_AND:
		return "And";
	case WORD_OR:
		return "Or";
	case WORD_NOT:
		return "Not";
	case WORD_EQUAL:
		return "Eq";
	case WORD_NOT_EQUAL:
		return "Ne";
	case WORD_LESS:
		return "Lt";
	case WORD_LESS_OR_EQUAL:
		return "Lte";
	case WORD_GREATER:
		return "Gt";
	case WORD_GREATER_OR_EQUAL:
		return "Gte";
	case WORD_IN:
		return "InCollection";
	case WORD_LIKE:
		return "Like";
	case WORD_PLUS:
		return "Plus";
	case WORD_MINUS:
		return "Minus";
	case WORD_TIMES:
		return "Times";
	case WORD_DIVIDE:
		return "Divide";
	case WORD_MODULO:
		return "Modulo";
	case WORD_CONCAT:
		return "Concat";
	default:
		return "BagOp";
	}
}

const char *partiql_kind_name(const struct partiql_node *node)
{
	static const char *const names[] = {
		[PARTIQL_NAME] = "Id",          [PARTIQL_PATH] = "Path",
		[PARTIQL_LITERAL] = "Lit",      [PARTIQL_PARAMETER] = "Parameter",
		[PARTIQL_MISSING] = "Missing",  [PARTIQL_WILDCARD] = "Wildcard",
		[PARTIQL_LIST] = "List",        [PARTIQL_BAG] = "Bag",
		[PARTIQL_STRUCT] = "Struct",    [PARTIQL_CALL] = "Call",
		[PARTIQL_BETWEEN] = "Between",  [PARTIQL_IS] = "IsType",
		[PARTIQL_STATEMENT] = "Select",
	};

	if (node->kind == PARTIQL_UNARY && node->word != WORD_NOT)
		return node->word == WORD_MINUS ? "Neg" : "Pos";
	if (node->kind == PARTIQL_UNARY || node->kind == PARTIQL_BINARY)
		return operator_name(node->word);
	return names[node->kind];
}

static bool unexpected(struct problem *p, const char *what, const struct partiql_node *node)
{
	return problem_of_value(p, "Unexpected %s at %.*s", what,
	                        STR_ARG(partiql_position(p->arena, node)));
}

/*
 * The source: a table, or one of its indexes.
 */

static bool check_component(struct problem *p, const struct partiql_node *node)
{
	if (node->kind != PARTIQL_NAME)
		return unexpected(p, "path component", node);
	return node->name.n || problem_of_value(p, "Path component cannot be an empty string");
}

static bool check_source(struct problem *p, struct partiql_statement *s)
{
	const struct partiql_node *source = s->source;

	if (source->kind == PARTIQL_NAME) {
		s->table = source->name;
		return check_component(p, source);
	}
	if (source->kind != PARTIQL_PATH)
		return unexpected(p, "from source", source);
	for (size_t i = 0; i < source->n; i++)
		if (!check_component(p, source->items[i]))
			return false;
	if (source->n > 2)
		return problem_of_value(
			p, "A path may contain at most 2 components in the FROM clause");
	s->table = source->items[0]->name;
	s->index = source->items[1]->name;
	return true;
}

static bool check_clauses(struct problem *p, const struct partiql_statement *s)
{
	struct partiql_node there = { .token = s->there };

	if (s->is_aliased)
		return problem_of_value(p, "Aliasing is not supported");
	if (s->clause && s->operation == PARTIQL_INSERT)
		return problem_of_value(p, "Unsupported operation: Insert");
	if (s->clause)
		return problem_of_value(p, "Unsupported clause: %s at %.*s", s->clause,
		                        STR_ARG(partiql_position(p->arena, &there)));
	if (s->is_joined)
		return problem_of_value(p, "FROM clause may only contain a single table name");
	return true;
}

/*
 * Paths of attributes: names and indexes.
 */

static bool is_index(const struct partiql_node *n)
{
	const struct number *number = n->value.as.number;

	return n->kind == PARTIQL_LITERAL && n->value.type == VALUE_N && !n->number_problem &&
	       !number->negative && number->count <= number->exponent && number->exponent <= 9;
}

static bool check_path(struct problem *p, const struct partiql_node *node)
{
	if (node->kind != PARTIQL_PATH)
		return node->kind == PARTIQL_NAME || unexpected(p, "path component", node);
	if (!node->n || node->items[0]->kind != PARTIQL_NAME)
		return unexpected(p, "path component", node);
	for (size_t i = 1; i < node->n; i++)
		if (node->items[i]->kind != PARTIQL_NAME && !is_index(node->items[i]))
			return unexpected(p, "path component", node->items[i]);
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

/* A path is returned under its last name, so these must differ. */
bool partiql_check_columns(struct problem *p, const struct partiql_statement *s)
{
	str *names = arena_array(p->arena, str, s->column_count);

	if (s->is_star)
		return true;
	for (size_t i = 0; i < s->column_count; i++) {
		if (!check_path(p, s->columns[i]))
			return false;
		names[i] = partiql_column_name(p->arena, s->columns[i]);
	}
	qsort(names, s->column_count, sizeof *names, compare_names);
	for (size_t i = 1; i < s->column_count; i++)
		if (str_eq(names[i - 1], names[i]))
			return problem_of_value(p, "Duplicate identifiers in select clause: %.*s",
			                        STR_ARG(names[i]));
	return true;
}

str partiql_column_name(struct arena *a, const struct partiql_node *column)
{
	size_t last = column->kind == PARTIQL_PATH ? column->n - 1 : 0;
	struct buf b;

	if (column->kind == PARTIQL_NAME)
		return column->name;
	while (last && column->items[last]->kind != PARTIQL_NAME)
		last--;
	buf_init(&b, a, ITEM_TEXT_MAX);
	buf_put(&b, column->items[last]->name);
	for (size_t i = last + 1; i < column->n; i++) {
		buf_putc(&b, '[');
		number_put(&b, column->items[i]->value.as.number);
		buf_putc(&b, ']');
	}
	return buf_str(&b);
}

bool partiql_path(struct problem *p, const struct partiql_node *node, struct path *ret)
{
	size_t n = node->kind == PARTIQL_PATH ? node->n : 1;
	struct path path = { .steps = arena_array(p->arena, struct path_step, n), .n = n };

	if (!check_path(p, node))
		return false;
	if (node->kind == PARTIQL_NAME)
		path.steps[0].name = node->name;
	for (size_t i = 0; node->kind == PARTIQL_PATH && i < n; i++) {
		const struct partiql_node *step = node->items[i];
		int64_t index = 0;

		if (step->kind == PARTIQL_NAME) {
			path.steps[i].name = step->name;
		} else {
			number_to_i64(step->value.as.number, &index);
			path.steps[i].index = (size_t)index;
		}
	}
	*ret = path;
	return true;
}

static bool check_changes(struct problem *p, const struct partiql_statement *s)
{
	for (size_t i = 0; i < s->change_count; i++)
		if (!check_path(p, s->changes[i].path))
			return false;
	return true;
}

/*
 * Operations.
 */

static bool check_returning(struct problem *p, const struct partiql_statement *s)
{
	if (s->returning == RETURNING_NONE || s->operation == PARTIQL_UPDATE)
		return true;
	if (s->operation == PARTIQL_INSERT)
		return problem_of_value(p, "RETURNING is not supported in INSERT");
	return s->returning == RETURNING_ALL_OLD ||
	       problem_of_value(p,
	                        "Invalid returning clause: %s. Only RETURNING ALL OLD * is "
	                        "allowed in DELETE statements.",
	                        partiql_returning_text(s->returning));
}

static bool check_index(struct problem *p, const struct partiql_statement *s)
{
	if (!s->index.p)
		return true;
	switch (s->operation) {
	case PARTIQL_INSERT:
		return problem_of_value(p, "FROM clause may only contain a single table name");
	case PARTIQL_UPDATE:
	case PARTIQL_DELETE:
		return problem_of_value(p, "This operation is not supported on an index");
	default:
		return true;
	}
}

bool partiql_check(struct problem *p, struct partiql_statement *s)
{
	if (!check_clauses(p, s) || !check_source(p, s) || !check_index(p, s) ||
	    !check_returning(p, s))
		return false;
	switch (s->operation) {
	case PARTIQL_SELECT:
	case PARTIQL_EXISTS:
		/* Of an index not before it is known. */
		return s->index.p || partiql_check_columns(p, s);
	case PARTIQL_UPDATE:
		return check_changes(p, s);
	default:
		return true;
	}
}
