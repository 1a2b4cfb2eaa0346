/*
 * PartiQL, as much of it as DynamoDB has: a statement as a tree in an arena.
 *
 *     partiql_parse   the text, and whether it is a statement that DynamoDB runs
 *     partiql_bind    the values of its parameters
 *     partiql_value   a literal as a value (an item to insert)
 *
 * Pure functions of text. What is wrong with a statement is said in the words of the PartiQL project's parser,
 * which DynamoDB passes on ("Statement wasn't well formed, can't be processed: Unexpected term"), and for what
 * parses but is not supported in DynamoDB's own, many with the place: `at 1:8:5`, line, column and length.
 */
#ifndef SERVICES_DYNAMODB_PARTIQL_H
#define SERVICES_DYNAMODB_PARTIQL_H

#include "models/dynamodb.h"
#include "services/dynamodb/expression.h"
#include "services/dynamodb/partiql_lex.h"

enum {
	PARTIQL_DEPTH_MAX = 128, /* of nodes in each other; lists of AND and OR are flat */
};

enum partiql_kind {
	PARTIQL_NAME,
	PARTIQL_PATH, /* a NAME, then steps: NAME for .name, LITERAL for [1], another node for [other] */
	PARTIQL_LITERAL,
	PARTIQL_PARAMETER, /* a LITERAL once it is bound */
	PARTIQL_MISSING,
	PARTIQL_WILDCARD,
	PARTIQL_LIST,
	PARTIQL_BAG,
	PARTIQL_STRUCT,    /* key, value, key, value */
	PARTIQL_CALL,      /* of `name`, in lower case */
	PARTIQL_UNARY,     /* of `word`: NOT, MINUS, PLUS */
	PARTIQL_BINARY,    /* of `word`; those of AND and OR have two or more */
	PARTIQL_BETWEEN,   /* what, low, high */
	PARTIQL_IS,        /* `name` is the type */
	PARTIQL_STATEMENT, /* a SELECT in parentheses of EXISTS */
};

struct partiql_statement;

struct partiql_node {
	enum partiql_kind kind;
	enum partiql_word word;
	const struct partiql_token *token; /* where it stands */
	unsigned depth;
	str name;
	struct value value; /* of a literal */
	/* A number that DynamoDB does not take; said where it is used, for the message names its place. */
	enum number_problem number_problem;
	struct partiql_node **items;
	size_t n, capacity;
	struct partiql_statement *statement;
};

enum partiql_operation {
	PARTIQL_SELECT,
	PARTIQL_INSERT,
	PARTIQL_UPDATE,
	PARTIQL_DELETE,
	PARTIQL_EXISTS, /* a SELECT as a condition in a transaction */
};

enum partiql_returning {
	RETURNING_NONE,
	RETURNING_ALL_OLD,
	RETURNING_ALL_NEW,
	RETURNING_MODIFIED_OLD,
	RETURNING_MODIFIED_NEW,
};

struct partiql_order {
	const struct partiql_node *by;
	bool descending;
};

/* SET path = value; without a value: REMOVE path. */
struct partiql_change {
	const struct partiql_node *path, *value;
};

struct partiql_statement {
	enum partiql_operation operation;
	str table, index; /* absent: the table itself */

	bool is_star;
	struct partiql_node **columns; /* of a SELECT: names and paths */
	size_t column_count;

	const struct partiql_node *where; /* NULL: none */
	struct partiql_order *order;
	size_t order_count;

	const struct partiql_node *value; /* of an INSERT */
	struct partiql_change *changes;   /* of an UPDATE */
	size_t change_count;
	enum partiql_returning returning;

	struct partiql_node **parameters; /* in the order in which they stand */
	size_t parameter_count;

	/* For the parser: what parses, but is refused. */
	const struct partiql_node *source;
	bool is_aliased, is_joined;
	const char *clause;                /* LIMIT, GROUP BY, … */
	const struct partiql_token *there; /* where that is */
};

bool partiql_parse(struct problem *p, str text, struct partiql_statement **ret);
/* Its last step: what is good PartiQL, but not for DynamoDB. Finds the table, too. */
bool partiql_check(struct problem *p, struct partiql_statement *s);
bool partiql_check_columns(struct problem *p, const struct partiql_statement *s);

/* As many values as there are parameters. */
bool partiql_bind(struct problem *p, struct partiql_statement *s,
                  const struct dynamodb_prepared_statement_parameters *parameters);

/* The value of a literal, a list, a bag or a struct of such; and the item of a struct. */
bool partiql_is_value(const struct partiql_node *node);
bool partiql_value(struct problem *p, const struct partiql_node *node, struct value *ret);
bool partiql_item(struct problem *p, const struct partiql_node *node, struct item *ret);

/* A name or path as expressions have it: an index is a whole number. */
bool partiql_path(struct problem *p, const struct partiql_node *node, struct path *ret);

/* What a SELECT returns a column under: its last name, with the indexes behind it ("tags[1]"). */
str partiql_column_name(struct arena *a, const struct partiql_node *column);

/* "1:8:5" */
str partiql_position(struct arena *a, const struct partiql_node *node);

/* "RETURNING ALL OLD *" */
const char *partiql_returning_text(enum partiql_returning returning);

/* "Between", "Call": how DynamoDB calls the node when it does not support it. */
const char *partiql_kind_name(const struct partiql_node *node);

#endif
