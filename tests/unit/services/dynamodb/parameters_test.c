#include "services/dynamodb/parameters.h"

#include "check.h"

static str problem_of(struct arena *a, const struct parameters *given)
{
	struct problem p = { .arena = a };

	return parameters_check(&p, given) ? STR("") : p.message;
}

static struct dynamodb_expression_attribute_name_map names_of(size_t n)
{
	static struct dynamodb_expression_attribute_name_map_map_entry entry;

	return (struct dynamodb_expression_attribute_name_map){ &entry, n };
}

static struct dynamodb_expression_attribute_value_map values_of(size_t n)
{
	static struct dynamodb_expression_attribute_value_map_map_entry entry;

	return (struct dynamodb_expression_attribute_value_map){ &entry, n };
}

TEST(parameters_of_expressions_and_those_before_them_do_not_go_together)
{
	const struct parameter legacy[] = {
		{ "Old", true }, { "Older", false }, { "Oldest", true }, { 0 }
	};
	const struct parameter given[] = { { "NewExpression", true },
		                           { "NewerExpression", true },
		                           { 0 } };
	const struct parameter none[] = { { "NewExpression", false }, { 0 } };
	struct arena a = { 0 };

	expect_str(
		problem_of(&a, &(struct parameters){ legacy, given, NULL, NULL }),
		"Can not use both expression and non-expression parameters in the same request: "
		"Non-expression parameters: {Old, Oldest} Expression parameters: {NewExpression, "
		"NewerExpression}");
	expect_str(problem_of(&a, &(struct parameters){ legacy, none, NULL, NULL }), "");
	expect_str(problem_of(&a, &(struct parameters){ &legacy[3], given, NULL, NULL }), "");
	arena_release(&a);
}

TEST(parameters_names_and_values_need_an_expression_and_values_another_than_a_projection)
{
	const struct parameter legacy[] = { { 0 } };
	const struct parameter none[] = { { "FilterExpression", false }, { 0 } };
	const struct parameter projection[] = {
		{ "ProjectionExpression", true },
		{ "FilterExpression", false },
		{ "KeyConditionExpression", false },
		{ 0 },
	};
	const struct dynamodb_expression_attribute_name_map names = names_of(1),
							    empty = names_of(0);
	const struct dynamodb_expression_attribute_value_map values = values_of(1);
	struct arena a = { 0 };

	expect_str(problem_of(&a, &(struct parameters){ legacy, none, &names, NULL }),
	           "ExpressionAttributeNames can only be specified when using expressions");
	expect_str(problem_of(&a, &(struct parameters){ legacy, none, &empty, NULL }),
	           "ExpressionAttributeNames can only be specified when using expressions");
	expect_str(problem_of(&a, &(struct parameters){ legacy, none, NULL, &values }),
	           "ExpressionAttributeValues can only be specified when using expressions: "
	           "FilterExpression is null");
	expect_str(problem_of(&a, &(struct parameters){ legacy, projection, &names, &values }),
	           "ExpressionAttributeValues can only be specified when using expressions: "
	           "FilterExpression and KeyConditionExpression are null");
	expect_str(problem_of(&a, &(struct parameters){ legacy, projection, &names, NULL }), "");
	arena_release(&a);
}

TESTS({
	RUN(parameters_of_expressions_and_those_before_them_do_not_go_together),
	RUN(parameters_names_and_values_need_an_expression_and_values_another_than_a_projection),
})
