#include "services/dynamodb/capacity.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/get.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/throttle.h"

static bool check_parameters(struct problem *p, const struct dynamodb_get_item_in *in)
{
	const struct parameter legacy[] = {
		{ "AttributesToGet", in->attributes_to_get.items != NULL },
		{ 0 },
	};
	const struct parameter expressions[] = {
		{ "ProjectionExpression", in->projection_expression.p != NULL },
		{ 0 },
	};

	return parameters_check(p, &(struct parameters){
					   .legacy = legacy,
					   .expressions = expressions,
					   .names = &in->expression_attribute_names,
				   });
}

static bool parse(struct problem *p, const struct dynamodb_get_item_in *in, struct item *ret_key,
                  struct get *ret)
{
	return check_parameters(p, in) && item_read(p, in->key, ret_key) &&
	       get_parse(p, in->projection_expression, &in->expression_attribute_names,
	                 &in->attributes_to_get, ret);
}

err dynamodb_get_item(struct call *c, const struct dynamodb_get_item_in *in,
                      struct dynamodb_get_item_out *out)
{
	enum capacity_factor factor =
		opt_true(in->consistent_read) ? CAPACITY_CONSISTENT : CAPACITY_EVENTUAL;
	struct problem p = { .arena = c->arena, .layer = LAYER_CURRENT };
	struct table t;
	struct capacity capacity = { .table = &t };
	struct item key;
	struct get get;
	struct stored_item stored;
	err e;

	if (!parse(&p, in, &key, &get))
		return problem_error(c, &p);
	e = table_find(c, in->table_name, &t);
	if (e)
		return e;
	if (!key_check(&p, &t.keys, &key) || !get_bind(&p, &t, &get))
		return problem_error(c, &p);
	e = throttle_admit(c, &t, NULL, THROTTLE_READ);
	if (e)
		return e;

	stored = get_read(c->db, c->arena, &t, &get, &key);
	out->item = stored.text;
	capacity_add_read(&capacity, NULL, read_units(stored.size, factor));
	throttle_spend(c, &capacity);
	out->consumed_capacity =
		capacity_describe(c->arena, &capacity, in->return_consumed_capacity,
	                          /* in_transaction= */ false);
	return NULL;
}
