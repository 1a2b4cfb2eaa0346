/*
 * Which parameters of a request go together: those with expressions and those that were there before them do
 * not, and names and values need an expression to stand in.
 */
#ifndef SERVICES_DYNAMODB_PARAMETERS_H
#define SERVICES_DYNAMODB_PARAMETERS_H

#include "models/dynamodb.h"
#include "services/dynamodb/problem.h"

struct parameter {
	const char *name; /* "ConditionExpression" */
	bool is_given;
};

/* In the order in which AWS names them in its messages; both end with a parameter without a name. */
struct parameters {
	const struct parameter *legacy, *expressions;
	const struct dynamodb_expression_attribute_name_map *names;
	const struct dynamodb_expression_attribute_value_map
		*values; /* NULL: the operation has none */
};

/* "Can not use both expression and non-expression parameters in the same request: …",
 * "ExpressionAttributeNames can only be specified when using expressions", … */
bool parameters_check(struct problem *p, const struct parameters *given);

/* For the checks that come before the model's. The list ends with NULL; a word that is not given is good. */
bool parameter_is_one_of(str word, const char *const *words);

#endif
