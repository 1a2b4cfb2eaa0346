#include "services/dynamodb/parameters.h"

#include "base/buf.h"
#include "base/str.h"

enum { NAMES_MAX = 512 };

static bool is_any_given(const struct parameter *parameters)
{
	for (; parameters->name; parameters++)
		if (parameters->is_given)
			return true;
	return false;
}

static str given(struct arena *a, const struct parameter *parameters)
{
	struct buf b;

	buf_init(&b, a, NAMES_MAX);
	for (; parameters->name; parameters++)
		if (parameters->is_given)
			buf_printf(&b, "%s%s", b.n ? ", " : "", parameters->name);
	return buf_str(&b);
}

/* Those that may speak of values; a projection does not. */
static str without_values(struct arena *a, const struct parameter *expressions, size_t *ret_count)
{
	struct buf b;

	buf_init(&b, a, NAMES_MAX);
	*ret_count = 0;
	for (; expressions->name; expressions++) {
		if (str_eq(str_from(expressions->name), STR("ProjectionExpression")))
			continue;
		if (expressions->is_given)
			return STR_NULL;
		buf_printf(&b, "%s%s", b.n ? " and " : "", expressions->name);
		++*ret_count;
	}
	return b.n ? buf_str(&b) : STR_NULL;
}

static bool check_values(struct problem *p, const struct parameters *parameters)
{
	size_t n;
	str names = without_values(p->arena, parameters->expressions, &n);

	if (!parameters->has_values || !names.p)
		return true;
	return problem_of_value(
		p,
		"ExpressionAttributeValues can only be specified when using expressions: %.*s %s null",
		STR_ARG(names), n > 1 ? "are" : "is");
}

bool parameters_check(struct problem *p, const struct parameters *parameters)
{
	bool has_expressions = is_any_given(parameters->expressions);

	if (has_expressions && is_any_given(parameters->others)) {
		str others = given(p->arena, parameters->others);
		str expressions = given(p->arena, parameters->expressions);

		return problem_of_value(
			p,
			"Can not use both expression and non-expression parameters in the same request: "
			"Non-expression parameters: {%.*s} Expression parameters: {%.*s}",
			STR_ARG(others), STR_ARG(expressions));
	}
	if (parameters->has_names && !has_expressions)
		return problem_of_value(
			p, "ExpressionAttributeNames can only be specified when using expressions");
	return check_values(p, parameters);
}
