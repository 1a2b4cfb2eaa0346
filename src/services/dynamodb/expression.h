/*
 * Expressions: conditions, filters, key conditions, projections and updates, and the parameters that came
 * before them (Expected, KeyConditions, AttributeUpdates, …), which become the same trees.
 *
 * All expressions of a request share one `struct expressions`: its names and values, and which of them have
 * been used. A request's way is
 *
 *     expressions_init    the maps themselves: syntax of the names, the values
 *     …_parse             each expression
 *     expressions_end     every name and value was used by one of them
 *
 * Pure functions of text. Trees live in the arena of the problem. Everything that can be said of an
 * expression without an item (syntax, reserved words, overlapping paths, operand types of literals) is said
 * when it is parsed.
 */
#ifndef SERVICES_DYNAMODB_EXPRESSION_H
#define SERVICES_DYNAMODB_EXPRESSION_H

#include "models/dynamodb.h"
#include "services/dynamodb/key.h"

enum {
	EXPRESSION_SIZE_MAX = 4096, /* bytes of one expression */
	EXPRESSION_OPERATORS_MAX = 300,
	EXPRESSION_DEPTH_MAX =
		150, /* of parentheses and operators in the tree; DynamoDB's limit is on operators */
	EXPRESSION_KEY_MAX = 255,                     /* bytes of "#a" or ":a" */
	EXPRESSION_VALUES_SIZE_MAX = 2 * 1024 * 1024, /* of all names and values */
};

struct expressions {
	struct problem *problem;
	const struct dynamodb_expression_attribute_name_map *names;
	const struct dynamodb_expression_attribute_value_map *values;
	struct value *parsed_values; /* one for each of `values` */
	bool *name_was_used, *value_was_used;
	uint32_t *names_in_order, *values_in_order; /* of many, to find one among them */
};

bool expressions_init(struct expressions *e, struct problem *p,
                      const struct dynamodb_expression_attribute_name_map *names,
                      const struct dynamodb_expression_attribute_value_map *values);
bool expressions_end(struct expressions *e);

/* A place in an item: a.b[2].c */
struct path_step {
	str name;     /* absent: an index */
	size_t index; /* of a list */
};

struct path {
	struct path_step *steps; /* the first has a name */
	size_t n;
};

const struct value *path_find(const struct path *path,
                              const struct item *item); /* NULL: nothing there */

/* Conditions and filters. `what` names the parameter for messages: "ConditionExpression",
 * "FilterExpression". */
struct condition;

bool condition_parse(struct expressions *e, const char *what, str text, struct condition **ret);
bool condition_holds(const struct condition *c, const struct item *item);
/* Whether it looks at this attribute, at any depth: a filter may not speak of the key. */
bool condition_mentions(const struct condition *c, str name);
/* Whether it looks inside of it, which keys have none of. */
bool condition_reaches_into(const struct condition *c, str name);

/* Expected with its ConditionalOperator; QueryFilter and ScanFilter with theirs. */
bool condition_from_expected(struct problem *p,
                             const struct dynamodb_expected_attribute_map *expected,
                             str conditional_operator, struct condition **ret);
bool condition_from_filter(struct problem *p, const struct dynamodb_filter_condition_map *filter,
                           str conditional_operator, struct condition **ret);

/* Projections. The paths do not overlap, and are in order: by names, then indexes, shorter first. */
struct projection {
	struct path *paths;
	size_t n;
};

bool projection_parse(struct expressions *e, str text, struct projection *ret);
/* AttributesToGet: names of attributes, nothing nested. */
bool projection_from_names(struct problem *p, const struct dynamodb_attribute_name_list *names,
                           struct projection *ret);
/* What the paths select; lists close up. The result shares what it can with the item. */
struct item projection_apply(struct arena *a, const struct projection *projection,
                             const struct item *item);

/* Key conditions of a Query: the partition key's attributes are equal to values; of the sort key's, the
 * first few may be, and the next one be in a range. */
enum key_range_kind {
	KEY_RANGE_ALL, /* nothing more is said of the sort key */
	KEY_RANGE_LESS,
	KEY_RANGE_LESS_OR_EQUAL,
	KEY_RANGE_GREATER,
	KEY_RANGE_GREATER_OR_EQUAL,
	KEY_RANGE_BETWEEN,
	KEY_RANGE_BEGINS_WITH,
};

struct key_condition {
	struct value hash[KEY_PARTS_MAX];
	struct value range_equal[KEY_PARTS_MAX];
	size_t range_equal_count;
	enum key_range_kind kind; /* of the attribute after those */
	struct value low, high;   /* BETWEEN has both, the others `low` */
};

/* Parsing needs no table; `bind` holds the terms against the schema of the table or index. */
struct key_terms;

bool key_terms_parse(struct expressions *e, str text, struct key_terms **ret);
bool key_terms_from_conditions(struct problem *p, const struct dynamodb_key_conditions *conditions,
                               struct key_terms **ret);
bool key_terms_bind(struct problem *p, const struct key_terms *terms,
                    const struct key_schema *schema, struct key_condition *ret);

/* Updates. */
struct update;

bool update_parse(struct expressions *e, str text, struct update **ret);
/* AttributeUpdates. */
bool update_from_attribute_updates(struct problem *p,
                                   const struct dynamodb_attribute_updates *updates,
                                   struct update **ret);
/* The first attribute of the schema that the update would change; absent: none ("Cannot update attribute
 * id. This attribute is part of the key"). */
str update_touches_key(const struct update *u, const struct key_schema *schema);
/*
 * What the item becomes. `old` is what is there, or only its key's attributes when nothing is; it is not
 * changed. A problem: "The provided expression refers to an attribute that does not exist in the item", …
 */
bool update_apply(struct problem *p, const struct update *u, const struct item *old,
                  struct item *ret);
/*
 * Bytes of what the update writes into `new`: the attributes it names, whole, and what AWS adds for the update
 * and each of its actions. UpdateItem alone holds this to the limit of an item as well as the item's own
 * size, so that one with a short key may have a few bytes less than one that is put. Measured in most
 * regions; nowhere documented.
 */
int64_t update_size(const struct update *u, const struct item *new);
/* Of an item, the paths that the update names: UPDATED_OLD of the old one, UPDATED_NEW of the new. */
struct item update_changed(struct arena *a, const struct update *u, const struct item *item);

#endif
