/* Between the files of the parser only. */
#ifndef SERVICES_DYNAMODB_PARTIQL_PARSE_H
#define SERVICES_DYNAMODB_PARTIQL_PARSE_H

#include "services/dynamodb/partiql.h"

struct partiql_parser {
	struct problem *problem;
	struct arena *arena;
	const struct partiql_token *tokens, *end; /* `end` is the LEXEME_END */
	const struct partiql_token *at;
	unsigned nesting;
	struct partiql_node **parameters;
	size_t parameter_count, parameter_capacity;
};

enum precedence {
	ANY = -1,
	NO_OPERATOR = 0,
	SET_OPERATION = 5,
	SELECTION = 6,
	DISJUNCTION = 10,
	CONJUNCTION = 20,
	NEGATION = 30,
	EQUALITY = 40,
	COMPARISON = 50,
	ADDITION = 60,
	MULTIPLICATION = 70,
};

static inline const struct partiql_token *next_token(const struct partiql_parser *p)
{
	return p->at < p->end ? p->at + 1 : p->end;
}

static inline void advance(struct partiql_parser *p)
{
	p->at = next_token(p);
}

static inline bool is_at(const struct partiql_parser *p, enum partiql_lexeme type)
{
	return p->at->type == type;
}

static inline bool is_at_name(const struct partiql_parser *p)
{
	return is_at(p, LEXEME_NAME) || is_at(p, LEXEME_QUOTED_NAME);
}

static inline bool take(struct partiql_parser *p, enum partiql_lexeme type)
{
	bool is_there = p->at->type == type;

	if (is_there)
		advance(p);
	return is_there;
}

static inline bool take_word(struct partiql_parser *p, enum partiql_word word)
{
	bool is_there = p->at->word == word;

	if (is_there)
		advance(p);
	return is_there;
}

/* What follows returns NULL, or false, when the problem is set. */

void *partiql_malformed(struct partiql_parser *p, const char *what); /* NULL */
bool partiql_expect(struct partiql_parser *p, enum partiql_lexeme type, const char *expected);

struct partiql_node *partiql_node_new(struct partiql_parser *p, enum partiql_kind kind,
                                      const struct partiql_token *token);
/* NULL, which is a child that could not be parsed, stays NULL. */
struct partiql_node *partiql_node_add(struct partiql_parser *p, struct partiql_node *n,
                                      struct partiql_node *child);

struct partiql_node *partiql_parse_expression(struct partiql_parser *p, int precedence);
/* A term with its steps; a simple one begins with a name. */
struct partiql_node *partiql_parse_path(struct partiql_parser *p, bool is_simple);
struct partiql_node *partiql_parse_call(struct partiql_parser *p);
/* What begins with a keyword. */
struct partiql_node *partiql_parse_keyword(struct partiql_parser *p);

#endif
