/*
 * The tokens of a PartiQL statement.
 *
 * DynamoDB reads statements with the parser of the PartiQL project, and repeats its complaints; so words are
 * keywords here that mean nothing to DynamoDB (`user`, `value`, `inner`), and an attribute of such a name must
 * be quoted. Words that belong together are one token: `not in`, `insert into`, `all old`.
 */
#ifndef SERVICES_DYNAMODB_PARTIQL_LEX_H
#define SERVICES_DYNAMODB_PARTIQL_LEX_H

#include "base/arena.h"

enum partiql_lexeme {
	LEXEME_END,
	LEXEME_NAME,
	LEXEME_QUOTED_NAME,
	LEXEME_STRING,
	LEXEME_NUMBER,
	LEXEME_TRUE,
	LEXEME_FALSE,
	LEXEME_NULL,
	LEXEME_MISSING,
	LEXEME_PARAMETER,
	LEXEME_OPERATOR,
	LEXEME_KEYWORD,
	LEXEME_AS,
	LEXEME_AT,
	LEXEME_BY,
	LEXEME_STAR,
	LEXEME_DOT,
	LEXEME_COMMA,
	LEXEME_COLON,
	LEXEME_SEMICOLON,
	LEXEME_LEFT_PAREN,
	LEXEME_RIGHT_PAREN,
	LEXEME_LEFT_BRACKET,
	LEXEME_RIGHT_BRACKET,
	LEXEME_LEFT_CURLY,
	LEXEME_RIGHT_CURLY,
	LEXEME_LEFT_BAG, /* << */
	LEXEME_RIGHT_BAG,
};

/* Which operator or keyword. */
enum partiql_word {
	WORD_NONE,
	WORD_OTHER, /* a keyword that nothing here looks for */

	/* operators */
	WORD_AND,
	WORD_BETWEEN,
	WORD_CONCAT,
	WORD_DIVIDE,
	WORD_EQUAL,
	WORD_EXCEPT,
	WORD_GREATER,
	WORD_GREATER_OR_EQUAL,
	WORD_IN,
	WORD_INTERSECT,
	WORD_IS,
	WORD_IS_NOT,
	WORD_LESS,
	WORD_LESS_OR_EQUAL,
	WORD_LIKE,
	WORD_MINUS,
	WORD_MODULO,
	WORD_NOT,
	WORD_NOT_BETWEEN,
	WORD_NOT_EQUAL,
	WORD_NOT_IN,
	WORD_NOT_LIKE,
	WORD_OR,
	WORD_PLUS,
	WORD_TIMES,
	WORD_UNION,

	/* keywords */
	WORD_ALL,
	WORD_ALL_NEW,
	WORD_ALL_OLD,
	WORD_ASC,
	WORD_CHARACTER,
	WORD_CONFLICT,
	WORD_DELETE,
	WORD_DESC,
	WORD_DISTINCT,
	WORD_DOUBLE,
	WORD_FROM,
	WORD_FUNCTION, /* the name of one: size, exists, count */
	WORD_GROUP,
	WORD_HAVING,
	WORD_INSERT,
	WORD_INSERT_INTO,
	WORD_INTO,
	WORD_JOIN,
	WORD_LET,
	WORD_LIMIT,
	WORD_MODIFIED,
	WORD_MODIFIED_NEW,
	WORD_MODIFIED_OLD,
	WORD_NEW,
	WORD_OFFSET,
	WORD_OLD,
	WORD_ON,
	WORD_ORDER,
	WORD_PRECISION,
	WORD_REMOVE,
	WORD_RETURNING,
	WORD_SELECT,
	WORD_SET,
	WORD_TYPE, /* the name of one: string, boolean */
	WORD_UPDATE,
	WORD_VALUE,
	WORD_VARYING,
	WORD_WHERE,
};

struct partiql_token {
	enum partiql_lexeme type;
	enum partiql_word word;
	str text; /* names and strings without quotes, keywords in lower case */
	/* Where it stands: 1:7:3, in characters. */
	unsigned line, column, length;
};

/* Ends with a LEXEME_END. False: there is a character, an operator or a number that is none. */
bool partiql_lex(struct arena *a, str text, struct partiql_token **ret, size_t *ret_n);

#endif
