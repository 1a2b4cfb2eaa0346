#include "services/dynamodb/parameters.h"

#include "base/buf.h"
#include "base/str.h"

enum { NAMES_MAX = 512 };

/* The names of those that are given, or of all. */
static str names(struct arena *a, const struct parameter *list, const char *between, bool all,
                 bool takes_projection)
{
	struct buf b;

	buf_init(&b, a, NAMES_MAX);
	for (; list->name; list++) {
		if (!all && !list->is_given)
			continue;
		if (!takes_projection && str_eq(str_from(list->name), STR("ProjectionExpression")))
			continue;
		buf_printf(&b, "%s%s", b.n ? between : "", list->name);
	}
	return buf_str(&b);
}

static bool any_given(const struct parameter *list)
{
	for (; list->name; list++)
		if (list->is_given)
			return true;
	return false;
}

/* A projection has no values in it, so that it does not count. */
static bool takes_values(const struct parameter *list)
{
	for (; list->name; list++)
		if (list->is_given && !str_eq(str_from(list->name), STR("ProjectionExpression")))
			return true;
	return false;
}

bool parameters_check(struct problem *p, const struct parameters *given)
{
	bool has_expressions = any_given(given->expressions);
	str all;

	if (has_expressions && any_given(given->legacy)) {
		str legacy = names(p->arena, given->legacy, ", ", false, true);
		str expressions = names(p->arena, given->expressions, ", ", false, true);

		return problem_of_value(p,
		                        "Can not use both expression and non-expression parameters "
		                        "in the same request: Non-expression parameters: {%.*s} "
		                        "Expression parameters: {%.*s}",
		                        STR_ARG(legacy), STR_ARG(expressions));
	}
	if (given->names && given->names->items && !has_expressions)
		return problem_of_value(p, "ExpressionAttributeNames can only be specified when "
		                           "using expressions");
	if (!given->values || !given->values->items || takes_values(given->expressions))
		return true;
	if (p->layer == LAYER_ENVELOPED)
		return problem_of_value(p, "ExpressionAttributeValues can only be specified when "
		                           "using expressions");
	all = names(p->arena, given->expressions, " and ", true, false);
	return problem_of_value(p,
	                        "ExpressionAttributeValues can only be specified when using "
	                        "expressions: %.*s %s null",
	                        STR_ARG(all), str_contains(all, STR(" and ")) ? "are" : "is");
}

bool parameter_is_one_of(str word, const char *const *words)
{
	if (!word.p)
		return true;
	for (; *words; words++)
		if (str_eq(word, str_from(*words)))
			return true;
	return false;
}
