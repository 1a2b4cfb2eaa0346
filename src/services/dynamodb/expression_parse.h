/*
 * Between the files of expressions only: tokens, the grammars' common parts, the tree and what is checked of
 * it.
 *
 * An expression is read in three steps, as AWS does, whose errors therefore come in this order whatever
 * stands first in the text: its syntax; the words it uses (reserved words, functions); then what it refers to
 * (names, values, the types of values).
 *
 * The tree lives in the arena of the problem, and evaluation allocates nothing.
 */
#ifndef SERVICES_DYNAMODB_EXPRESSION_PARSE_H
#define SERVICES_DYNAMODB_EXPRESSION_PARSE_H

#include "services/dynamodb/expression.h"

/* Of all four grammars: a keyword of one is none of another's names either. */
enum token_kind {
	TOKEN_END,
	TOKEN_UNKNOWN, /* a character of no token */
	TOKEN_IDENTIFIER,
	TOKEN_NAME,  /* #a */
	TOKEN_VALUE, /* :a */
	TOKEN_DIGITS,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_BETWEEN,
	TOKEN_IN,
	TOKEN_SET,
	TOKEN_REMOVE,
	TOKEN_ADD,
	TOKEN_DELETE,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_LESS,
	TOKEN_LESS_OR_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_OR_EQUAL,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_BRACKET,
	TOKEN_CLOSE_BRACKET,
	TOKEN_COMMA,
	TOKEN_DOT,
};

struct token {
	enum token_kind kind;
	size_t start, end; /* in the text */
};

/* expression_lex.c */
struct token token_at(str text, size_t from);

enum node_kind {
	/* operands */
	NODE_PATH,
	NODE_VALUE,
	NODE_CALL, /* of a function that has not been looked up: node_check_words does */
	NODE_SIZE,
	NODE_IF_NOT_EXISTS,
	NODE_LIST_APPEND,
	NODE_PLUS,
	NODE_MINUS,
	/* conditions */
	NODE_ATTRIBUTE_EXISTS,
	NODE_ATTRIBUTE_NOT_EXISTS,
	NODE_ATTRIBUTE_TYPE,
	NODE_BEGINS_WITH,
	NODE_CONTAINS,
	NODE_NOT_CONTAINS, /* of legacy conditions only: it needs the attribute to be there */
	NODE_EQUAL,
	NODE_NOT_EQUAL,
	NODE_LESS,
	NODE_LESS_OR_EQUAL,
	NODE_GREATER,
	NODE_GREATER_OR_EQUAL,
	NODE_BETWEEN,
	NODE_IN,
	NODE_NOT,
	NODE_AND, /* of two or more */
	NODE_OR,
};

struct node {
	enum node_kind kind;
	bool is_in_parentheses, has_names; /* those of a path, not "#a" any more */
	str text; /* as it is written: the path, the value's name, the function, the operator */
	union {
		struct path path;
		const struct value *value; /* of NODE_VALUE, once it is resolved */
		struct {
			struct node **items;
			size_t n;
		} operands;
	} as;
};

struct node_list {
	struct node **items;
	size_t n, capacity;
};

struct condition {
	struct node *root;
};

/* Of a path's step, until node_check_words refuses it. */
#define PATH_INDEX_TOO_LARGE SIZE_MAX

struct parser {
	struct expressions *e;
	struct arena *arena;
	const char
		*what; /* "ConditionExpression"; NULL: messages are without it, as PartiQL's are */
	str text;
	struct token previous, token, next;
	int depth;
	size_t operators;
};

/* expression_parse.c: what the grammars share. They return NULL or false when the problem is set. */
bool parser_init(struct parser *x, struct expressions *e, const char *what, str text);
bool parser_fails(struct parser *x, const char *format, ...) PRINTF_LIKE(2, 3); /* false */
bool syntax_error(struct parser *x);                                            /* false */
void parser_next(struct parser *x);
bool parser_expect(struct parser *x, enum token_kind kind);
str parser_token(const struct parser *x); /* its text */
bool parser_count_operator(struct parser *x);
bool parser_enter(struct parser *x); /* one level deeper; parser_leave ends it */
void parser_leave(struct parser *x);
struct node *parse_path(struct parser *x);
struct node *parse_value(struct parser *x);
struct node *parse_operand(struct parser *x);
bool parse_close(struct parser *x,
                 struct node *inner); /* ')', around what has no parentheses yet */
struct node *node_new(struct parser *x, enum node_kind kind, str text);
struct node *node_of(struct parser *x, enum node_kind kind, str text, struct node_list *operands);
void node_list_add(struct arena *a, struct node_list *list, struct node *node);

/* condition_parse.c */
struct node *parse_condition(struct parser *x);

/* expression_check.c: the two steps after the syntax. */
enum node_place { PLACE_CONDITION, PLACE_OPERAND, PLACE_UPDATE };
bool node_check_words(struct parser *x, struct node *node, enum node_place place);
bool node_resolve(struct parser *x, struct node *node);
/* The part of node_resolve that is about the operands' number and types, of this node alone. */
bool node_check_operands(struct parser *x, const struct node *node);
bool path_check_depth(struct parser *x, const struct path *path);
bool node_resolve_names(struct parser *x,
                        struct node *node);         /* only those of paths, at any depth */
enum value_type node_type(const struct node *node); /* as far as it is known without an item */

/* expression.c */
/* What "#a" and ":a" stand for, which counts as a use; false: not defined. */
bool find_name(struct expressions *e, str name, str *ret);
bool find_value(struct expressions *e, str name, const struct value **ret);

/* expression_path.c */
str path_text(struct arena *a, const struct path *path); /* [a, [1], b] */
bool path_equal(const struct path *a, const struct path *b);
/* By names, then indexes, shorter first: a path is followed by those below it. */
int path_compare(const struct path *a, const struct path *b);
/* No path is another's, or below it, or finds a map where another finds a list. `sorted` gets them in
 * order. */
bool paths_check(struct parser *x, const struct path *paths, size_t n, struct path *sorted);

/* condition.c */
const struct value *operand_value(const struct node *node, const struct item *item,
                                  struct value *scratch, struct number *number);
bool node_holds(const struct node *node, const struct item *item);

/* projection.c: paths in order that have their first `depth` steps in common, and those of them that go on
 * with a name, or from *at on with an index, whose place *at is moved on from. */
struct path_range {
	const struct path *paths;
	size_t n, depth;
};
struct path_range paths_with_name(const struct path_range *range, str name);
struct path_range paths_with_next_index(const struct path_range *range, size_t *at);

/* An update, in the order of its text, and its paths in theirs. */
enum action_kind { ACTION_SET, ACTION_REMOVE, ACTION_ADD, ACTION_DELETE };

struct action {
	enum action_kind kind;
	size_t section; /* the how manieth: "SET …" is one */
	struct node *path;
	struct node *value; /* NULL: ACTION_REMOVE */
	size_t place;       /* of the path among the update's paths */
};

struct update {
	struct action *actions;
	size_t n, sections;
	struct projection paths;
	bool is_legacy; /* AttributeUpdates: other messages, and ADD appends to lists */
};

/* Sets `paths` and each action's `place`; the paths do not clash. */
void update_finish(struct update *u, struct path *sorted);

/* legacy_condition.c: one of KeyConditions, or of a filter. Values and operator go together. */
struct legacy_condition {
	enum node_kind kind;
	struct value *values;
	size_t n;
};
bool legacy_condition_read(struct problem *p, const struct dynamodb_condition *c,
                           struct legacy_condition *ret);

/* set_change.c: of two sets of one type, in n log n steps. */
struct value set_union(struct arena *a, const struct value *set, const struct value *more);
struct value set_difference(struct arena *a, const struct value *set, const struct value *less);

/* reserved_words.c */
bool word_is_reserved(str word);

#endif
