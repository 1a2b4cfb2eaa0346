/* Statements, and the way from a text to one. */
#include "services/dynamodb/partiql_parse.h"

#include "base/str.h"

static struct partiql_node *statement_node(struct partiql_parser *p,
                                           enum partiql_operation operation)
{
	struct partiql_node *n = partiql_node_new(p, PARTIQL_STATEMENT, p->at);

	n->statement = arena_new(p->arena, struct partiql_statement);
	n->statement->operation = operation;
	return n;
}

/* `AS name`, `name`, `AT name`, `BY name`: DynamoDB has no use for any of them. */
static bool parse_alias(struct partiql_parser *p, struct partiql_statement *s)
{
	static const struct {
		enum partiql_lexeme type;
		const char *expected;
	} kinds[] = {
		{ LEXEME_AS, "Expected identifier for AS-alias" },
		{ LEXEME_AT, "Expected identifier for AT-alias" },
		{ LEXEME_BY, "Expected identifier for BY-alias" },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (is_at(p, kinds[i].type)) {
			advance(p);
			if (!is_at_name(p))
				return partiql_malformed(p, kinds[i].expected);
		} else if (kinds[i].type != LEXEME_AS || !is_at_name(p)) {
			continue;
		}
		s->is_aliased = true;
		advance(p);
	}
	return true;
}

static bool parse_source(struct partiql_parser *p, struct partiql_statement *s, bool is_simple)
{
	s->source =
		is_simple ? partiql_parse_path(p, true) : partiql_parse_expression(p, SELECTION);
	return s->source && parse_alias(p, s);
}

static bool parse_where(struct partiql_parser *p, struct partiql_statement *s, int precedence)
{
	if (!take_word(p, WORD_WHERE))
		return true;
	s->where = partiql_parse_expression(p, precedence);
	return s->where;
}

static bool parse_returning(struct partiql_parser *p, struct partiql_statement *s)
{
	if (!take_word(p, WORD_RETURNING))
		return true;
	switch (p->at->word) {
	case WORD_ALL_OLD:
		s->returning = RETURNING_ALL_OLD;
		break;
	case WORD_ALL_NEW:
		s->returning = RETURNING_ALL_NEW;
		break;
	case WORD_MODIFIED_OLD:
		s->returning = RETURNING_MODIFIED_OLD;
		break;
	case WORD_MODIFIED_NEW:
		s->returning = RETURNING_MODIFIED_NEW;
		break;
	default:
		return partiql_malformed(
			p, "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.");
	}
	advance(p);
	if (!is_at(p, LEXEME_STAR))
		return partiql_malformed(p, "Unsupported syntax in RETURNING columns.");
	advance(p);
	return true;
}

static bool add_change(struct partiql_parser *p, struct partiql_statement *s, size_t *capacity,
                       struct partiql_change change)
{
	if (s->change_count == *capacity)
		s->changes = arena_grow(p->arena, s->changes, capacity, sizeof *s->changes);
	s->changes[s->change_count++] = change;
	return true;
}

static bool parse_assignment(struct partiql_parser *p, struct partiql_statement *s,
                             size_t *capacity)
{
	struct partiql_change change = { .path = partiql_parse_path(p, true) };

	if (!change.path)
		return false;
	if (!take_word(p, WORD_EQUAL))
		return partiql_malformed(p, "Expected '='");
	change.value = partiql_parse_expression(p, ANY);
	return change.value && add_change(p, s, capacity, change);
}

static bool parse_changes(struct partiql_parser *p, struct partiql_statement *s)
{
	size_t capacity = 0;

	for (;;) {
		if (take_word(p, WORD_SET)) {
			do {
				if (!parse_assignment(p, s, &capacity))
					return false;
			} while (take(p, LEXEME_COMMA));
		} else if (take_word(p, WORD_REMOVE)) {
			struct partiql_change change = { .path = partiql_parse_path(p, true) };

			if (!change.path || !add_change(p, s, &capacity, change))
				return false;
		} else {
			return s->change_count ||
			       partiql_malformed(p, "Expected data manipulation");
		}
	}
}

static struct partiql_node *parse_update(struct partiql_parser *p)
{
	struct partiql_node *n = statement_node(p, PARTIQL_UPDATE);
	struct partiql_statement *s = n->statement;

	advance(p);
	return parse_source(p, s, /* is_simple= */ true) && parse_changes(p, s) &&
	                       parse_where(p, s, ANY) && parse_returning(p, s)
	               ? n
	               : NULL;
}

/* FROM t WHERE … SET …: an UPDATE with its clauses in another order. */
static struct partiql_node *parse_from(struct partiql_parser *p)
{
	struct partiql_node *n = statement_node(p, PARTIQL_UPDATE);
	struct partiql_statement *s = n->statement;

	advance(p);
	return parse_source(p, s, /* is_simple= */ false) && parse_where(p, s, ANY) &&
	                       parse_changes(p, s) && parse_returning(p, s)
	               ? n
	               : NULL;
}

static struct partiql_node *parse_delete(struct partiql_parser *p)
{
	struct partiql_node *n = statement_node(p, PARTIQL_DELETE);
	struct partiql_statement *s = n->statement;

	advance(p);
	if (!take_word(p, WORD_FROM))
		return partiql_malformed(p, "Expected FROM after DELETE");
	return parse_source(p, s, /* is_simple= */ true) && parse_where(p, s, ANY) &&
	                       parse_returning(p, s)
	               ? n
	               : NULL;
}

static struct partiql_node *parse_insert(struct partiql_parser *p)
{
	struct partiql_node *n = statement_node(p, PARTIQL_INSERT);
	struct partiql_statement *s = n->statement;

	advance(p);
	s->source = partiql_parse_path(p, true);
	if (!s->source)
		return NULL;
	/* INSERT INTO t <expression> is PartiQL, of several items at once. */
	if (!take_word(p, WORD_VALUE))
		s->clause = "INSERT without VALUE";
	s->there = p->at;
	s->value = partiql_parse_expression(p, ANY);
	return s->value && parse_returning(p, s) ? n : NULL;
}

static bool parse_columns(struct partiql_parser *p, struct partiql_statement *s)
{
	size_t capacity = 0;
	bool has_star = false;

	do {
		struct partiql_node *column;

		if (is_at(p, LEXEME_STAR)) {
			column = partiql_node_new(p, PARTIQL_WILDCARD, p->at);
			has_star = true;
			advance(p);
		} else {
			column = partiql_parse_expression(p, ANY);
			if (!column || !parse_alias(p, s))
				return false;
		}
		if (s->column_count == capacity)
			s->columns =
				arena_grow(p->arena, s->columns, &capacity, sizeof *s->columns);
		s->columns[s->column_count++] = column;
	} while (take(p, LEXEME_COMMA));
	if (has_star && s->column_count > 1)
		return partiql_malformed(
			p, "Other expressions may not be present in the select list when "
			   "'*' is used without dot notation.");
	s->is_star = has_star;
	return true;
}

static bool parse_order(struct partiql_parser *p, struct partiql_statement *s)
{
	size_t capacity = 0;

	if (!take_word(p, WORD_ORDER))
		return true;
	if (!partiql_expect(p, LEXEME_BY, "Expected BY"))
		return false;
	do {
		struct partiql_order order = { .by = partiql_parse_expression(p, SELECTION) };

		if (!order.by)
			return false;
		order.descending = take_word(p, WORD_DESC);
		if (!order.descending)
			take_word(p, WORD_ASC);
		if (s->order_count == capacity)
			s->order = arena_grow(p->arena, s->order, &capacity, sizeof *s->order);
		s->order[s->order_count++] = order;
	} while (take(p, LEXEME_COMMA));
	return true;
}

/* What is there in PartiQL and not in DynamoDB: parsed, to be refused by name. */
static bool parse_unsupported(struct partiql_parser *p, struct partiql_statement *s)
{
	static const struct {
		enum partiql_word word;
		const char *name;
	} clauses[] = {
		{ WORD_GROUP, "GROUP BY" },
		{ WORD_HAVING, "HAVING" },
		{ WORD_LIMIT, "LIMIT" },
		{ WORD_OFFSET, "OFFSET" },
	};

	for (size_t i = 0; i < ARRAY_LEN(clauses); i++) {
		if (!take_word(p, clauses[i].word))
			continue;
		if (clauses[i].word == WORD_GROUP && !partiql_expect(p, LEXEME_BY, "Expected BY"))
			return false;
		if (!s->clause) {
			s->clause = clauses[i].name;
			s->there = p->at;
		}
		do {
			if (!partiql_parse_expression(p, SELECTION))
				return false;
		} while (clauses[i].word == WORD_GROUP && is_at(p, LEXEME_COMMA) &&
		         (advance(p), true));
	}
	return true;
}

static struct partiql_node *parse_select(struct partiql_parser *p)
{
	struct partiql_node *n = statement_node(p, PARTIQL_SELECT);
	struct partiql_statement *s = n->statement;

	advance(p);
	if (p->at->word == WORD_DISTINCT) {
		s->clause = "DISTINCT";
		s->there = p->at;
		advance(p);
	}
	if (!parse_columns(p, s))
		return NULL;
	if (!take_word(p, WORD_FROM))
		return partiql_malformed(p, "Expected FROM after SELECT list");
	if (!parse_source(p, s, /* is_simple= */ false))
		return NULL;
	while (is_at(p, LEXEME_COMMA)) {
		s->is_joined = true;
		advance(p);
		if (!partiql_parse_expression(p, SELECTION))
			return NULL;
	}
	return parse_where(p, s, SELECTION) && parse_order(p, s) && parse_unsupported(p, s) ? n
	                                                                                    : NULL;
}

struct partiql_node *partiql_parse_keyword(struct partiql_parser *p)
{
	switch (p->at->word) {
	case WORD_SELECT:
		return parse_select(p);
	case WORD_INSERT_INTO:
		return parse_insert(p);
	case WORD_UPDATE:
		return parse_update(p);
	case WORD_DELETE:
		return parse_delete(p);
	case WORD_FROM:
		return parse_from(p);
	case WORD_FUNCTION:
		if (next_token(p)->type == LEXEME_LEFT_PAREN)
			return partiql_parse_call(p);
		break;
	default:
		break;
	}
	return partiql_malformed(p, "Unexpected keyword");
}

/*
 * The whole.
 */

static bool parse_end(struct partiql_parser *p)
{
	if (is_at(p, LEXEME_SEMICOLON)) {
		advance(p);
		if (!is_at(p, LEXEME_END))
			return partiql_malformed(
				p, "Unexpected token after semicolon. (Only one query is "
				   "allowed.)");
	}
	return is_at(p, LEXEME_END) || partiql_malformed(p, "Unexpected token after expression");
}

/* EXISTS(SELECT …) */
static struct partiql_statement *statement_of(const struct partiql_node *n)
{
	if (n->kind == PARTIQL_CALL && str_eq(n->name, STR("exists")) && n->n == 1 &&
	    n->items[0]->kind == PARTIQL_STATEMENT &&
	    n->items[0]->statement->operation == PARTIQL_SELECT) {
		n->items[0]->statement->operation = PARTIQL_EXISTS;
		return n->items[0]->statement;
	}
	return n->kind == PARTIQL_STATEMENT ? n->statement : NULL;
}

bool partiql_parse(struct problem *problem, str text, struct partiql_statement **ret)
{
	struct partiql_parser p = { .problem = problem, .arena = problem->arena };
	struct partiql_token *tokens;
	struct partiql_statement *s;
	struct partiql_node *n;
	size_t count;

	if (!partiql_lex(p.arena, text, &tokens, &count))
		return partiql_malformed(&p, "");
	p.tokens = p.at = tokens;
	p.end = tokens + count - 1;
	n = partiql_parse_expression(&p, ANY);
	if (!n || !parse_end(&p))
		return false;
	s = statement_of(n);
	if (!s)
		return problem_of_value(problem, "Unsupported operation: %s", partiql_kind_name(n));
	s->parameters = p.parameters;
	s->parameter_count = p.parameter_count;
	*ret = s;
	return partiql_check(problem, s);
}
