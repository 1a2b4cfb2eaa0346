/*
 * DynamoDB's parameters are of two generations, expressions and what came before them (AttributesToGet,
 * Expected, …), and one request uses those of one only. This is the first thing that is checked of a request.
 */
#ifndef SERVICES_DYNAMODB_PARAMETERS_H
#define SERVICES_DYNAMODB_PARAMETERS_H

#include "services/dynamodb/problem.h"

enum { PARAMETERS_MAX = 5 };

struct parameter {
	const char *name; /* NULL behind the last */
	bool is_given;
};

/* In the order in which DynamoDB names them. */
struct parameters {
	struct parameter expressions[PARAMETERS_MAX], others[PARAMETERS_MAX];
	bool has_names, has_values; /* ExpressionAttributeNames, ExpressionAttributeValues */
};

bool parameters_check(struct problem *p, const struct parameters *parameters);

#endif
