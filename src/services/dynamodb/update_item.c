#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/write.h"

static struct write_parameters parameters_of(const struct dynamodb_update_item_in *in)
{
	return (struct write_parameters){
		.kind = WRITE_UPDATE,
		.item = in->key,
		.condition_expression = in->condition_expression,
		.update_expression = in->update_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.expected = &in->expected,
		.conditional_operator = in->conditional_operator,
		.attribute_updates = &in->attribute_updates,
		.return_values = in->return_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
		.return_consumed_capacity = in->return_consumed_capacity,
		.return_item_collection_metrics = in->return_item_collection_metrics,
	};
}

err dynamodb_update_item_check(struct call *c, const struct dynamodb_update_item_in *in)
{
	struct write_parameters given = parameters_of(in);

	return write_check_request(c, in->table_name, &given);
}

err dynamodb_update_item(struct call *c, const struct dynamodb_update_item_in *in,
                         struct dynamodb_update_item_out *out)
{
	struct write_parameters given = parameters_of(in);
	struct write_result result;
	err e = write_operation(c, in->table_name, &given, &result);

	if (e)
		return e;
	out->attributes = result.attributes;
	out->consumed_capacity = result.consumed_capacity;
	out->item_collection_metrics = result.item_collection_metrics;
	return NULL;
}
