#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/selection.h"
#include "services/dynamodb/start_key.h"
#include "services/dynamodb/throttle.h"

/* What can be read of a request without its table. */
struct query {
	struct key_terms *terms;
	struct condition *filter; /* NULL: none */
	bool filter_is_expression;
	struct projection projection;
	bool is_projected;
	struct item start_key;
	bool has_start_key;
};

static bool check_parameters(struct problem *p, const struct dynamodb_query_in *in)
{
	bool has_key_expression = in->key_condition_expression.p != NULL;
	const struct parameter legacy[] = {
		{ "AttributesToGet", in->attributes_to_get.items != NULL },
		{ "QueryFilter", in->query_filter.items != NULL },
		{ "ConditionalOperator", in->conditional_operator.p != NULL },
		/* Alone among its kind, it goes with the other expressions. */
		{ "KeyConditions", in->key_conditions.items && has_key_expression },
		{ 0 },
	};
	const struct parameter expressions[] = {
		{ "ProjectionExpression", in->projection_expression.p != NULL },
		{ "FilterExpression", in->filter_expression.p != NULL },
		{ "KeyConditionExpression", has_key_expression },
		{ 0 },
	};

	return parameters_check(p, &(struct parameters){
					   .legacy = legacy,
					   .expressions = expressions,
					   .names = &in->expression_attribute_names,
					   .values = &in->expression_attribute_values,
				   });
}

/*
 * AWS checks these ahead of the model's constraints, and in other words; those of ConditionalOperator are its
 * own. With less than two conditions it has nothing to join, and is left to the model.
 */
err dynamodb_query_check(struct call *c, const struct dynamodb_query_in *in)
{
	static const char *const joins[] = { "AND", "OR", NULL };

	if (in->query_filter.n > 1 && !parameter_is_one_of(in->conditional_operator, joins))
		return validation_error(c, "Failed to satisfy constraint: Member must satisfy enum "
		                           "value set: [ALL, OR]");
	if (in->limit.set && in->limit.value < 1)
		return validation_error(
			c, "1 validation error detected: Value at 'Limit' failed to satisfy "
			   "constraint: Member must have value greater than or equal to 1");
	return NULL;
}

/* Unlike Scan, Query words this as it words broken constraints. */
static bool check_select(struct problem *p, const struct dynamodb_query_in *in)
{
	struct problem own = { .arena = p->arena };
	struct selection s = {
		.select = in->select,
		.has_projection_expression = in->projection_expression.p != NULL,
		.has_attributes_to_get = in->attributes_to_get.items != NULL,
		.has_index = in->index_name.p != NULL,
	};

	return selection_check(&own, &s) ||
	       problem_of_value(p, "1 validation error detected: %.*s", STR_ARG(own.message));
}

static bool parse_start_key(struct problem *p, const struct dynamodb_query_in *in, struct query *q)
{
	q->has_start_key = in->exclusive_start_key.p != NULL;
	return !q->has_start_key || start_key_read(p, in->exclusive_start_key, &q->start_key);
}

static bool parse_legacy(struct problem *p, const struct dynamodb_query_in *in, struct query *q)
{
	if ((in->query_filter.items || in->conditional_operator.p) &&
	    !condition_from_filter(p, &in->query_filter, in->conditional_operator, &q->filter))
		return false;
	if (!in->attributes_to_get.items)
		return true;
	q->is_projected = true;
	return projection_from_names(p, &in->attributes_to_get, &q->projection);
}

static bool parse_expressions(struct problem *p, const struct dynamodb_query_in *in,
                              struct query *q)
{
	struct expressions e;

	if (!expressions_init(&e, p, &in->expression_attribute_names,
	                      &in->expression_attribute_values))
		return false;
	if (in->key_condition_expression.p &&
	    !key_terms_parse(&e, in->key_condition_expression, &q->terms))
		return false;
	if (in->filter_expression.p) {
		q->filter_is_expression = true;
		if (!condition_parse(&e, "FilterExpression", in->filter_expression, &q->filter))
			return false;
	}
	if (in->projection_expression.p) {
		q->is_projected = true;
		if (!projection_parse(&e, in->projection_expression, &q->projection))
			return false;
	}
	return expressions_end(&e);
}

static bool parse(struct problem *p, const struct dynamodb_query_in *in, struct query *q)
{
	*q = (struct query){ 0 };
	if (!check_parameters(p, in) || !check_select(p, in) || !parse_legacy(p, in, q) ||
	    !parse_start_key(p, in, q))
		return false;
	if (!in->key_conditions.items && !in->key_condition_expression.p)
		return problem_of_value(
			p, "Either the KeyConditions or KeyConditionExpression parameter must be "
			   "specified in the request.");
	return parse_expressions(p, in, q) &&
	       (q->terms || key_terms_from_conditions(p, &in->key_conditions, &q->terms));
}

static bool refuse_filter(struct problem *p, const struct query *q, str name)
{
	return problem_of_value(p,
	                        "%s can only contain non-primary key attributes: Primary key "
	                        "attribute: %.*s",
	                        q->filter_is_expression ? "Filter Expression" : "QueryFilter",
	                        STR_ARG(name));
}

/* What the key conditions may say, the filter may not. */
static bool check_filter(struct problem *p, const struct query *q, const struct key_schema *s)
{
	for (size_t i = 0; q->filter && i < s->hash_count; i++)
		if (condition_mentions(q->filter, s->hash[i].name))
			return refuse_filter(p, q, s->hash[i].name);
	for (size_t i = 0; q->filter && i < s->range_count; i++)
		if (condition_mentions(q->filter, s->range[i].name))
			return refuse_filter(p, q, s->range[i].name);
	return true;
}

static bool bind_range(struct problem *p, const struct query *q, struct page_request *r)
{
	const struct item *start = q->has_start_key ? &q->start_key : NULL;
	struct key_condition condition;

	if (start && !start_key_check_hash(p, r, start))
		return false;
	if (!key_terms_bind(p, q->terms, page_schema(r), &condition))
		return false;
	if (start && !start_key_check_rest(p, r, start))
		return false;
	page_range_of_condition(p->arena, r, &condition);
	if (!start)
		return true;
	if (!start_key_is_within(p, r, &condition, start))
		return false;
	page_continue(r, start_key_encode(p->arena, r, start));
	return true;
}

static bool bind(struct problem *p, const struct dynamodb_query_in *in, const struct query *q,
                 struct page_request *r)
{
	if (!selection_find_index(p, r->table, in->index_name, opt_true(in->consistent_read),
	                          &r->index))
		return false;
	r->is_consistent = opt_true(in->consistent_read);
	r->backwards = in->scan_index_forward.set && !in->scan_index_forward.value;
	r->limit = opt_int_or(in->limit, 0);
	r->filter = q->filter;
	r->projection = q->is_projected ? &q->projection : NULL;
	return bind_range(p, q, r) && check_filter(p, q, page_schema(r)) &&
	       selection_bind(p, in->select, r);
}

err dynamodb_query(struct call *c, const struct dynamodb_query_in *in,
                   struct dynamodb_query_out *out)
{
	struct problem p = { .arena = c->arena, .layer = LAYER_CURRENT };
	struct table t;
	struct page_request request = { .table = &t };
	struct capacity capacity = { .table = &t };
	struct query q;
	struct page page;
	err e;

	if (!parse(&p, in, &q))
		return problem_error(c, &p);
	e = table_find(c, in->table_name, &t);
	if (e)
		return e;
	if (!bind(&p, in, &q, &request))
		return problem_error(c, &p);
	e = throttle_admit(c, &t, request.index, THROTTLE_READ);
	if (e)
		return e;

	page_read(c->db, c->arena, &request, &capacity, &page);
	throttle_spend(c, &capacity);
	out->items = page.items;
	out->count = opt_int(page.count);
	out->scanned_count = opt_int(page.scanned);
	out->last_evaluated_key = page.last_key;
	out->consumed_capacity =
		capacity_describe(c->arena, &capacity, in->return_consumed_capacity,
	                          /* in_transaction= */ false);
	return NULL;
}
