/*
 * What can be said of a write from its request alone, in AWS's order: which parameters go together, the values
 * of the item, ReturnValues, the size, then the parameters of old, then the expressions.
 */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
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

/* A text that cannot be read as an item at all is refused before anything else is looked at. */
bool write_parse(struct problem *p, const struct write_parameters *given, struct write *ret)
{
	bool has_expressions = given->condition_expression.p || given->update_expression.p;
	struct problem of_item = { .arena = p->arena, .layer = p->layer };
	bool is_good = item_read(&of_item, given->item, &ret->item);

	ret->kind = given->kind;
	ret->shows_old_on_failure =
		str_eq(given->return_values_on_condition_check_failure, STR("ALL_OLD"));
	if ((is_good || !of_item.is_serialization) && !check_parameters(p, given))
		return false;
	if (!is_good) {
		bool is_key = given->kind != WRITE_PUT && !of_item.is_serialization;

		/* The older layer looks at keys last. */
		if (!is_key || p->layer != LAYER_OLDER || !has_expressions ||
		    parse_expressions(p, given, ret))
			*p = of_item;
		return false;
	}
	return check_return_values(p, given) &&
	       (ret->kind != WRITE_PUT || write_check_size(p, &ret->item)) &&
	       (has_expressions ? parse_expressions(p, given, ret) : parse_legacy(p, given, ret));
}

/*
 * Ahead of the model.
 */

/* Of a value's text, in which a list or map is two levels: 62 of them, and the value inside. */
enum { TEXT_DEPTH_MAX = 2 * 62 + 1 };

static int depth_of(str json)
{
	int depth = 0, deepest = 0;
	bool in_text = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text && (c == '{' || c == '['))
			depth++;
		else if (!in_text && (c == '}' || c == ']'))
			depth--;
		deepest = MAX(deepest, depth);
	}
	return deepest;
}

static void note_depth(int *deepest, str json)
{
	int depth = depth_of(json);

	*deepest = MAX(*deepest, depth);
}

static void note_expected(int *deepest, const struct dynamodb_expected_attribute_value *v)
{
	note_depth(deepest, v->value);
	for (size_t i = 0; i < v->attribute_value_list.n; i++)
		note_depth(deepest, v->attribute_value_list.items[i]);
}

bool write_is_for_older_layer(const struct write_parameters *given)
{
	const struct dynamodb_expression_attribute_value_map *values =
		given->expression_attribute_values;
	const struct dynamodb_expected_attribute_map *expected = given->expected;
	const struct dynamodb_attribute_updates *updates = given->attribute_updates;
	int deepest = depth_of(given->item) - 1;

	for (size_t i = 0; i < values->n; i++)
		note_depth(&deepest, values->items[i].value);
	for (size_t i = 0; i < expected->n; i++)
		if (expected->items[i].value)
			note_expected(&deepest, expected->items[i].value);
	for (size_t i = 0; updates && i < updates->n; i++)
		if (updates->items[i].value)
			note_depth(&deepest, updates->items[i].value->value);
	return deepest > TEXT_DEPTH_MAX;
}

/* PutItem and DeleteItem have ReturnValues among the model's constraints when others of those are broken too.
 * UPDATE_NEW and ALL are AWS's own mistakes. */
static const char *refusal_of(str table_name, const struct write_parameters *given)
{
	static const char *const returns[] = { "NONE",        "ALL_OLD",     "ALL_NEW",
		                               "UPDATED_OLD", "UPDATED_NEW", NULL };
	static const char *const joins[] = { "AND", "OR", NULL };
	static const char *const capacities[] = { "NONE", "TOTAL", "INDEXES", NULL };
	static const char *const metrics[] = { "NONE", "SIZE", NULL };
	bool is_alone = parameter_is_one_of(given->return_consumed_capacity, capacities) &&
	                parameter_is_one_of(given->return_item_collection_metrics, metrics);

	if (!table_name.n)
		return "Value at 'TableName' failed to satisfy constraint: Member must have length "
		       "greater than or equal to 1";
	if (!parameter_is_one_of(given->return_values, returns) &&
	    (is_alone || given->kind == WRITE_UPDATE))
		return "Failed to satisfy constraint: Member must satisfy enum value set: "
		       "[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]";
	if (!parameter_is_one_of(given->conditional_operator, joins) && given->expected->n > 1)
		return "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, "
		       "OR]";
	return NULL;
}

err write_check_request(struct call *c, str table_name, const struct write_parameters *given)
{
	const char *refusal;

	/* What is missing altogether is the model's. */
	if (!table_name.p || !given->item.p)
		return NULL;
	refusal = refusal_of(table_name, given);
	if (!refusal || write_is_for_older_layer(given))
		return NULL;
	return validation_error(c, "1 validation error detected: %s", refusal);
}
