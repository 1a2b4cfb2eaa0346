#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/selection.h"
#include "services/dynamodb/start_key.h"
#include "services/dynamodb/throttle.h"

/* What can be read of a request without its table. */
struct scan {
	struct condition *filter; /* NULL: none */
	struct projection projection;
	bool is_projected;
	struct item start_key;
	bool has_start_key;
};

static bool check_parameters(struct problem *p, const struct dynamodb_scan_in *in)
{
	const struct parameter legacy[] = {
		{ "AttributesToGet", in->attributes_to_get.items != NULL },
		{ "ScanFilter", in->scan_filter.items != NULL },
		{ "ConditionalOperator", in->conditional_operator.p != NULL },
		{ 0 },
	};
	const struct parameter expressions[] = {
		{ "ProjectionExpression", in->projection_expression.p != NULL },
		{ "FilterExpression", in->filter_expression.p != NULL },
		{ 0 },
	};

	return parameters_check(p, &(struct parameters){
					   .legacy = legacy,
					   .expressions = expressions,
					   .names = &in->expression_attribute_names,
					   .values = &in->expression_attribute_values,
				   });
}

static bool check_select(struct problem *p, const struct dynamodb_scan_in *in)
{
	struct selection s = {
		.select = in->select,
		.has_projection_expression = in->projection_expression.p != NULL,
		.has_attributes_to_get = in->attributes_to_get.items != NULL,
		.has_index = in->index_name.p != NULL,
	};

	return selection_check(p, &s);
}

static bool check_segments(struct problem *p, const struct dynamodb_scan_in *in)
{
	if (in->segment.set && !in->total_segments.set)
		return problem_of_value(
			p, "The TotalSegments parameter is required but was not present in the "
			   "request when Segment parameter is present");
	if (in->total_segments.set && !in->segment.set)
		return problem_of_value(
			p, "The Segment parameter is required but was not present in the request "
			   "when parameter TotalSegments is present");
	if (in->segment.set && in->segment.value >= in->total_segments.value)
		return problem_of_value(
			p,
			"The Segment parameter is zero-based and must be less than parameter "
			"TotalSegments: Segment: %lld is not less than TotalSegments: %lld",
			(long long)in->segment.value, (long long)in->total_segments.value);
	return true;
}

static bool parse_legacy(struct problem *p, const struct dynamodb_scan_in *in, struct scan *s)
{
	if (in->attributes_to_get.items) {
		s->is_projected = true;
		if (!projection_from_names(p, &in->attributes_to_get, &s->projection))
			return false;
	}
	if (!in->scan_filter.items && !in->conditional_operator.p)
		return true;
	return condition_from_filter(p, &in->scan_filter, in->conditional_operator, &s->filter);
}

static bool parse_start_key(struct problem *p, const struct dynamodb_scan_in *in, struct scan *s)
{
	s->has_start_key = in->exclusive_start_key.p != NULL;
	return !s->has_start_key || start_key_read(p, in->exclusive_start_key, &s->start_key);
}

static bool parse_expressions(struct problem *p, const struct dynamodb_scan_in *in, struct scan *s)
{
	struct expressions e;

	if (!expressions_init(&e, p, &in->expression_attribute_names,
	                      &in->expression_attribute_values))
		return false;
	if (in->filter_expression.p &&
	    !condition_parse(&e, "FilterExpression", in->filter_expression, &s->filter))
		return false;
	if (in->projection_expression.p) {
		s->is_projected = true;
		if (!projection_parse(&e, in->projection_expression, &s->projection))
			return false;
	}
	return expressions_end(&e);
}

static bool parse(struct problem *p, const struct dynamodb_scan_in *in, struct scan *s)
{
	*s = (struct scan){ 0 };
	return check_parameters(p, in) && check_select(p, in) && parse_legacy(p, in, s) &&
	       parse_start_key(p, in, s) && check_segments(p, in) && parse_expressions(p, in, s);
}

/* A key of another segment would be read twice, or never. */
static bool go_on(struct problem *p, const struct dynamodb_scan_in *in, const struct item *start,
                  struct page_request *r)
{
	str last = start_key_encode(p->arena, r, start);

	if (str_cmp(last, r->range.from) < 0 || (r->range.to.p && str_cmp(last, r->range.to) >= 0))
		return problem_of_value(
			p,
			"The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
			"use ExclusiveStartKey with correct Segment. TotalSegments: %lld Segment: "
			"%lld",
			(long long)in->total_segments.value, (long long)in->segment.value);
	page_continue(r, last);
	return true;
}

static bool bind_range(struct problem *p, const struct dynamodb_scan_in *in,
                       const struct item *start, struct page_request *r)
{
	if (in->total_segments.set)
		page_range_of_segment(p->arena, r, (uint32_t)in->segment.value,
		                      (uint32_t)in->total_segments.value);
	else
		page_range_of_all(r);
	if (!start)
		return true;
	return start_key_check_of_table(p, r, start) && go_on(p, in, start, r);
}

static bool bind(struct problem *p, const struct dynamodb_scan_in *in, const struct scan *s,
                 struct page_request *r)
{
	const struct item *start = s->has_start_key ? &s->start_key : NULL;

	if (!selection_find_index(p, r->table, in->index_name, opt_true(in->consistent_read),
	                          &r->index))
		return false;
	r->is_consistent = opt_true(in->consistent_read);
	r->limit = opt_int_or(in->limit, 0);
	r->filter = s->filter;
	r->projection = s->is_projected ? &s->projection : NULL;
	if (start && r->index && !start_key_check_of_index(p, r, start))
		return false;
	return selection_bind(p, in->select, r) && bind_range(p, in, start, r);
}

err dynamodb_scan(struct call *c, const struct dynamodb_scan_in *in, struct dynamodb_scan_out *out)
{
	struct problem p = { .arena = c->arena };
	struct table t;
	struct page_request request = { .table = &t };
	struct capacity capacity = { .table = &t };
	struct scan s;
	struct page page;
	err e;

	if (!parse(&p, in, &s))
		return problem_error(c, &p);
	e = table_find(c, in->table_name, &t);
	if (e)
		return e;
	if (!bind(&p, in, &s, &request))
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
