#include "services/dynamodb/collection.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/write.h"

err dynamodb_put_item(struct call *c, const struct dynamodb_put_item_in *in,
                      struct dynamodb_put_item_out *out)
{
	const struct write_parameters given = {
		.kind = WRITE_PUT,
		.item = in->item,
		.condition_expression = in->condition_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.expected = &in->expected,
		.conditional_operator = in->conditional_operator,
		.return_values = in->return_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
	};
	struct problem p = { .arena = c->arena };
	struct write w = { 0 };
	struct table t;
	struct capacity capacity = { .table = &t };
	err e;

	if (!write_parse(&p, &given, &w))
		return problem_error(c, &p);
	e = table_find(c, in->table_name, &t);
	if (!e)
		e = write_run(c, &t, &w, &capacity);
	if (e)
		return e;
	out->attributes = write_attributes(c->arena, &w, in->return_values);
	out->consumed_capacity = capacity_describe(
		c->arena, &capacity, in->return_consumed_capacity, /* in_transaction= */ false);
	out->item_collection_metrics = collection_describe(c->db, c->arena, &t, &w.item,
	                                                   in->return_item_collection_metrics);
	return NULL;
}
