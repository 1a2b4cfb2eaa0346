/*
 * Conditions from before there were expressions: Expected, QueryFilter and ScanFilter. Each attribute has one
 * operator with values, between them is AND or OR.
 */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

#define INVALID "One or more parameter values were invalid: "

enum { ANY = INT32_MAX };

#define SCALARS (1U << VALUE_S | 1U << VALUE_N | 1U << VALUE_B)

static const struct comparison {
	str name;
	enum node_kind kind;
	int least, most; /* values */
	unsigned types;  /* of them */
} comparisons[] = {
	{ STR_INIT("EQ"), NODE_EQUAL, 1, 1, ~0U },
	{ STR_INIT("NE"), NODE_NOT_EQUAL, 1, 1, ~0U },
	{ STR_INIT("LE"), NODE_LESS_OR_EQUAL, 1, 1, SCALARS },
	{ STR_INIT("LT"), NODE_LESS, 1, 1, SCALARS },
	{ STR_INIT("GE"), NODE_GREATER_OR_EQUAL, 1, 1, SCALARS },
	{ STR_INIT("GT"), NODE_GREATER, 1, 1, SCALARS },
	{ STR_INIT("CONTAINS"), NODE_CONTAINS, 1, 1, SCALARS },
	{ STR_INIT("NOT_CONTAINS"), NODE_NOT_CONTAINS, 1, 1, SCALARS },
	{ STR_INIT("BEGINS_WITH"), NODE_BEGINS_WITH, 1, 1, 1U << VALUE_S | 1U << VALUE_B },
	{ STR_INIT("IN"), NODE_IN, 1, ANY, SCALARS },
	{ STR_INIT("BETWEEN"), NODE_BETWEEN, 2, 2, SCALARS },
	{ STR_INIT("NULL"), NODE_ATTRIBUTE_NOT_EXISTS, 0, 0, 0 },
	{ STR_INIT("NOT_NULL"), NODE_ATTRIBUTE_EXISTS, 0, 0, 0 },
};

/* The model only lets these through. */
static const struct comparison *comparison_find(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(comparisons); i++)
		if (str_eq(comparisons[i].name, name))
			return &comparisons[i];
	return NULL;
}

static bool check_values(struct problem *p, const struct comparison *o,
                         const struct legacy_condition *c)
{
	if ((int64_t)c->n < o->least || (int64_t)c->n > o->most)
		return problem_of_value(
			p, INVALID "Invalid number of argument(s) for the %.*s ComparisonOperator",
			STR_ARG(o->name));
	for (size_t i = 1; i < c->n; i++)
		if (c->values[i].type != c->values[0].type)
			return problem_of_value(p, INVALID "AttributeValues inside "
			                                   "AttributeValueList must be of same "
			                                   "type");
	if (c->n && !(o->types & 1U << c->values[0].type))
		return problem_of_value(
			p,
			INVALID "ComparisonOperator %.*s is not valid for %.*s AttributeValue type",
			STR_ARG(o->name), STR_ARG(value_type_name(c->values[0].type)));
	if (o->kind == NODE_BETWEEN && value_compare(&c->values[0], &c->values[1]) > 0)
		return problem_of_value(p, "The BETWEEN condition was provided a range where the "
		                           "lower bound is greater than the upper bound");
	return true;
}

static bool read(struct problem *p, str operator_name, const str *values, size_t n,
                 struct legacy_condition *ret)
{
	const struct comparison *o = comparison_find(operator_name);

	if (!o)
		return problem_of_value(p, "Comparison type does not exist in DynamoDB");
	*ret = (struct legacy_condition){ .kind = o->kind, .n = n };
	ret->values = arena_array(p->arena, struct value, n);
	for (size_t i = 0; i < n; i++)
		if (!value_read(p, values[i], &ret->values[i]))
			return false;
	return check_values(p, o, ret);
}

bool legacy_condition_read(struct problem *p, const struct dynamodb_condition *c,
                           struct legacy_condition *ret)
{
	return read(p, c->comparison_operator, c->attribute_value_list.items,
	            c->attribute_value_list.n, ret);
}

/* The path and the values as operands of a node. */
static struct node *node_of_legacy(struct arena *a, str name, const struct legacy_condition *c)
{
	struct node *nodes = arena_array(a, struct node, c->n + 2);
	struct node **operands = arena_array(a, struct node *, c->n + 1);
	struct node *path = &nodes[0], *condition = &nodes[c->n + 1];

	path->kind = NODE_PATH;
	path->as.path.steps = arena_new(a, struct path_step);
	path->as.path.steps[0].name = name;
	path->as.path.n = 1;
	operands[0] = path;
	for (size_t i = 0; i < c->n; i++) {
		nodes[i + 1].kind = NODE_VALUE;
		nodes[i + 1].as.value = &c->values[i];
		operands[i + 1] = &nodes[i + 1];
	}
	condition->kind = c->kind;
	condition->as.operands.items = operands;
	condition->as.operands.n = c->n + 1;
	return condition;
}

static bool check_conditional_operator(struct problem *p, str conditional_operator, size_t n)
{
	if (!conditional_operator.p || n > 1)
		return true;
	return problem_of_value(
		p, "%s",
		n ? "ConditionalOperator can only be used when Filter or Expected has two or more "
		    "elements"
		  : "ConditionalOperator cannot be used without Filter or Expected");
}

static struct condition *join(struct arena *a, struct node **nodes, size_t n,
                              str conditional_operator)
{
	struct condition *condition = arena_new(a, struct condition);
	struct node *all = arena_new(a, struct node);

	all->kind = str_eq(conditional_operator, STR("OR")) && n ? NODE_OR : NODE_AND;
	all->as.operands.items = nodes;
	all->as.operands.n = n;
	condition->root = all;
	return condition;
}

bool condition_from_filter(struct problem *p, const struct dynamodb_filter_condition_map *filter,
                           str conditional_operator, struct condition **ret)
{
	struct node **nodes = arena_array(p->arena, struct node *, filter->n);
	struct legacy_condition c;

	for (size_t i = 0; i < filter->n; i++) {
		if (!filter->items[i].value)
			return problem_of_value(
				p, "The filter condition for an attribute cannot be null");
		if (!legacy_condition_read(p, filter->items[i].value, &c))
			return false;
		nodes[i] = node_of_legacy(p->arena, filter->items[i].key, &c);
	}
	if (!check_conditional_operator(p, conditional_operator, filter->n))
		return false;
	*ret = join(p->arena, nodes, filter->n, conditional_operator);
	return true;
}

/* Value with or without Exists: true is the same as none, false says that the attribute is not there. */
static bool read_value(struct problem *p, const struct dynamodb_expected_attribute_value *v,
                       str name, struct legacy_condition *ret)
{
	bool exists = !v->exists.set || v->exists.value;

	if (v->attribute_value_list.items)
		return problem_of_value(p,
		                        INVALID "AttributeValueList can only be used with a "
		                                "ComparisonOperator for Attribute: %.*s",
		                        STR_ARG(name));
	if (exists && !v->value.p)
		return problem_of_value(
			p, INVALID "Value must be provided when Exists is %s for Attribute: %.*s",
			v->exists.set ? "true" : "null", STR_ARG(name));
	if (!exists && v->value.p)
		return problem_of_value(
			p, INVALID "Value cannot be used when Exists is false for Attribute: %.*s",
			STR_ARG(name));
	return read(p, exists ? STR("EQ") : STR("NULL"), &v->value, exists ? 1 : 0, ret);
}

static bool read_expected(struct problem *p, const struct dynamodb_expected_attribute_value *v,
                          str name, struct legacy_condition *ret)
{
	bool is_list = v->attribute_value_list.items != NULL;
	const struct comparison *o = comparison_find(v->comparison_operator);

	if (is_list && v->value.p)
		return problem_of_value(p,
		                        INVALID "Value and AttributeValueList cannot be used "
		                                "together for Attribute: %.*s",
		                        STR_ARG(name));
	if (!v->comparison_operator.p)
		return read_value(p, v, name, ret);
	if (v->exists.set)
		return problem_of_value(p,
		                        INVALID "Exists and ComparisonOperator cannot be used "
		                                "together for Attribute: %.*s",
		                        STR_ARG(name));
	if (o && o->least && !is_list && !v->value.p)
		return problem_of_value(p,
		                        INVALID "Value or AttributeValueList must be used with "
		                                "ComparisonOperator: %.*s for Attribute: %.*s",
		                        STR_ARG(v->comparison_operator), STR_ARG(name));
	if (is_list)
		return read(p, v->comparison_operator, v->attribute_value_list.items,
		            v->attribute_value_list.n, ret);
	return read(p, v->comparison_operator, &v->value, v->value.p ? 1 : 0, ret);
}

bool condition_from_expected(struct problem *p,
                             const struct dynamodb_expected_attribute_map *expected,
                             str conditional_operator, struct condition **ret)
{
	static const struct dynamodb_expected_attribute_value nothing;
	struct node **nodes = arena_array(p->arena, struct node *, expected->n);
	struct legacy_condition c;

	for (size_t i = 0; i < expected->n; i++) {
		const struct dynamodb_expected_attribute_value *v = expected->items[i].value;
		str name = expected->items[i].key;

		if (!read_expected(p, v ? v : &nothing, name, &c))
			return false;
		nodes[i] = node_of_legacy(p->arena, name, &c);
	}
	if (!check_conditional_operator(p, conditional_operator, expected->n))
		return false;
	*ret = join(p->arena, nodes, expected->n, conditional_operator);
	return true;
}
