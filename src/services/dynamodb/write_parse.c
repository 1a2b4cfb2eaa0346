/*
 * What can be said of a write from its request alone, in AWS's order: which parameters go together, the values
 * of the item, ReturnValues, the size, then the parameters of old, then the expressions.
 */
#include "base/str.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/write.h"

static bool check_parameters(struct problem *p, const struct write_parameters *given)
{
	bool is_update = given->kind == WRITE_UPDATE;
	const struct parameter updates = {
		"AttributeUpdates", given->attribute_updates && given->attribute_updates->items
	};
	const struct parameter expected = { "Expected", given->expected && given->expected->items };
	const struct parameter operator= { "ConditionalOperator", given->conditional_operator.p };
	const struct parameter update = { "UpdateExpression", given->update_expression.p };
	const struct parameter condition = { "ConditionExpression", given->condition_expression.p };
	const struct parameter legacy[] = { updates, expected, operator, { 0 } };
	const struct parameter expressions[] = { update, condition, { 0 } };
	const struct parameters all = {
		.legacy = is_update ? legacy : legacy + 1,
		.expressions = is_update ? expressions : expressions + 1,
		.names = given->expression_attribute_names,
		.values = given->expression_attribute_values,
	};

	return parameters_check(p, &all);
}

/* A text that cannot be read as an item at all is refused before anything else is looked at. */
static bool read_item(struct problem *p, const struct write_parameters *given, struct item *ret)
{
	struct problem of_item = { .arena = p->arena };
	bool is_good = item_read(&of_item, given->item, ret);

	if ((is_good || !of_item.is_serialization) && !check_parameters(p, given))
		return false;
	if (!is_good)
		*p = of_item;
	return is_good;
}

static bool check_return_values(struct problem *p, const struct write_parameters *given)
{
	if (given->kind == WRITE_UPDATE || !given->return_values.p ||
	    str_eq(given->return_values, STR("NONE")) ||
	    str_eq(given->return_values, STR("ALL_OLD")))
		return true;
	return problem_of_value(p, "ReturnValues can only be ALL_OLD or NONE");
}

bool write_check_size(struct problem *p, const struct item *item)
{
	return item_size(item) <= ITEM_SIZE_MAX ||
	       problem_of_value(p, "Item size has exceeded the maximum allowed size");
}

static bool parse_legacy(struct problem *p, const struct write_parameters *given, struct write *ret)
{
	bool has_updates = given->attribute_updates && given->attribute_updates->items;
	bool has_expected = given->expected && given->expected->items;
	struct condition *condition = NULL;
	struct update *update = NULL;

	if (has_updates && !update_from_attribute_updates(p, given->attribute_updates, &update))
		return false;
	if ((has_expected || given->conditional_operator.p) &&
	    !condition_from_expected(p, given->expected, given->conditional_operator, &condition))
		return false;
	ret->update = update;
	ret->condition = condition;
	return true;
}

static bool parse_expressions(struct problem *p, const struct write_parameters *given,
                              struct write *ret)
{
	struct expressions e;
	struct update *update = NULL;
	struct condition *condition = NULL;

	if (!expressions_init(&e, p, given->expression_attribute_names,
	                      given->expression_attribute_values))
		return false;
	if (given->update_expression.p && !update_parse(&e, given->update_expression, &update))
		return false;
	if (given->condition_expression.p &&
	    !condition_parse(&e, "ConditionExpression", given->condition_expression, &condition))
		return false;
	ret->update = update;
	ret->condition = condition;
	return expressions_end(&e);
}

bool write_parse(struct problem *p, const struct write_parameters *given, struct write *ret)
{
	bool has_expressions = given->condition_expression.p || given->update_expression.p;

	ret->kind = given->kind;
	ret->shows_old_on_failure =
		str_eq(given->return_values_on_condition_check_failure, STR("ALL_OLD"));
	return read_item(p, given, &ret->item) && check_return_values(p, given) &&
	       (ret->kind != WRITE_PUT || write_check_size(p, &ret->item)) &&
	       (has_expressions ? parse_expressions(p, given, ret) : parse_legacy(p, given, ret));
}
