#include "services/dynamodb/partiql_plan.h"

#include "base/str.h"

#include <stdlib.h>

/* A condition as it is looked at: conditions that AND joins. */
struct branch {
	const struct partiql_node *const *items;
	size_t n;
};

struct planner {
	struct problem *problem;
	struct page_request *page;
	const struct key_part *hash, *range; /* `range` NULL: the key has none */
	struct partiql_plan *plan;
};

static bool is_name(const struct partiql_node *n, const struct key_part *part)
{
	return n->kind == PARTIQL_NAME && str_eq(n->name, part->name);
}

/*
 * The partition key: = value, IN [values].
 */

static bool is_in_values(const struct partiql_node *n, const struct key_part *part)
{
	if (n->kind != PARTIQL_BINARY || n->word != WORD_IN || !is_name(n->items[0], part) ||
	    n->items[1]->kind != PARTIQL_LIST)
		return false;
	for (size_t i = 0; i < n->items[1]->n; i++)
		if (!partiql_is_value(n->items[1]->items[i]))
			return false;
	return true;
}

/* NULL: none of them does. */
static const struct partiql_node *find_hash(const struct planner *x, const struct branch *b)
{
	const struct partiql_node *value;

	for (size_t i = 0; i < b->n; i++)
		if (partiql_equality(b->items[i], x->hash->name, &value))
			return b->items[i];
	for (size_t i = 0; i < b->n; i++)
		if (is_in_values(b->items[i], x->hash))
			return b->items[i];
	return NULL;
}

/*
 * The sort key: a comparison, BETWEEN, begins_with. The first that is found makes the stretch.
 */

static enum key_range_kind kind_of_word(enum partiql_word word, bool is_turned)
{
	switch (word) {
	case WORD_LESS:
		return is_turned ? KEY_RANGE_GREATER : KEY_RANGE_LESS;
	case WORD_LESS_OR_EQUAL:
		return is_turned ? KEY_RANGE_GREATER_OR_EQUAL : KEY_RANGE_LESS_OR_EQUAL;
	case WORD_GREATER:
		return is_turned ? KEY_RANGE_LESS : KEY_RANGE_GREATER;
	case WORD_GREATER_OR_EQUAL:
		return is_turned ? KEY_RANGE_LESS_OR_EQUAL : KEY_RANGE_GREATER_OR_EQUAL;
	default:
		return KEY_RANGE_ALL;
	}
}

static bool take_value(struct planner *x, const struct partiql_node *node, struct value *ret)
{
	return partiql_key_value(x->problem, x->range, /* is_hash= */ false, node, ret);
}

static bool take_comparison(struct planner *x, const struct partiql_node *n,
                            struct key_condition *ret)
{
	bool is_turned = is_name(n->items[1], x->range);
	const struct partiql_node *name = n->items[is_turned], *value = n->items[!is_turned];

	if (!is_name(name, x->range) || !partiql_is_value(value))
		return true;
	if (n->word == WORD_EQUAL) {
		if (!take_value(x, value, &ret->range_equal[0]))
			return false;
		ret->range_equal_count = 1;
		return true;
	}
	if (kind_of_word(n->word, is_turned) == KEY_RANGE_ALL)
		return true;
	if (!take_value(x, value, &ret->low))
		return false;
	ret->kind = kind_of_word(n->word, is_turned);
	return true;
}

static bool take_between(struct planner *x, const struct partiql_node *n, struct key_condition *ret)
{
	if (!is_name(n->items[0], x->range) || !partiql_is_value(n->items[1]) ||
	    !partiql_is_value(n->items[2]))
		return true;
	if (!take_value(x, n->items[1], &ret->low) || !take_value(x, n->items[2], &ret->high))
		return false;
	ret->kind = KEY_RANGE_BETWEEN;
	return true;
}

static bool take_prefix(struct planner *x, const struct partiql_node *n, struct key_condition *ret)
{
	if (!str_eq(n->name, STR("begins_with")) || n->n != 2 || !is_name(n->items[0], x->range) ||
	    !partiql_is_value(n->items[1]) || x->range->type == VALUE_N)
		return true;
	if (!take_value(x, n->items[1], &ret->low))
		return false;
	ret->kind = KEY_RANGE_BEGINS_WITH;
	return true;
}

static bool is_bound(const struct key_condition *c)
{
	return c->range_equal_count || c->kind != KEY_RANGE_ALL;
}

static bool take_range(struct planner *x, const struct branch *b, struct key_condition *ret)
{
	for (size_t i = 0; x->range && i < b->n && !is_bound(ret); i++) {
		const struct partiql_node *n = b->items[i];
		bool is_good = true;

		if (n->kind == PARTIQL_BINARY && n->n == 2 && n->word != WORD_IN)
			is_good = take_comparison(x, n, ret);
		else if (n->kind == PARTIQL_BETWEEN)
			is_good = take_between(x, n, ret);
		else if (n->kind == PARTIQL_CALL)
			is_good = take_prefix(x, n, ret);
		if (!is_good)
			return false;
	}
	return true;
}

/*
 * Stretches.
 */

static bool add_stretch(struct planner *x, const struct partiql_node *hash,
                        struct key_condition *condition)
{
	struct partiql_plan *plan = x->plan;
	struct partiql_stretch *s;

	if (!partiql_key_value(x->problem, x->hash, /* is_hash= */ true, hash, &condition->hash[0]))
		return false;
	if (plan->n == plan->capacity)
		plan->stretches = arena_grow(x->problem->arena, plan->stretches, &plan->capacity,
		                             sizeof *plan->stretches);
	page_range_of_condition(x->problem->arena, x->page, condition);
	s = &plan->stretches[plan->n++];
	s->hash = condition->hash[0];
	s->range = x->page->range;
	return true;
}

static bool add_branch(struct planner *x, const struct branch *b)
{
	const struct partiql_node *hash = find_hash(x, b), *value;
	struct key_condition condition = { .kind = KEY_RANGE_ALL };

	if (!hash) {
		x->plan->is_keyed = false;
		return true;
	}
	if (!take_range(x, b, &condition))
		return false;
	if (partiql_equality(hash, x->hash->name, &value))
		return add_stretch(x, value, &condition);
	for (size_t i = 0; i < hash->items[1]->n; i++)
		if (!add_stretch(x, hash->items[1]->items[i], &condition))
			return false;
	return true;
}

static bool overlap(const struct space_range *a, const struct space_range *b)
{
	return (!a->to.p || str_cmp(b->from, a->to) < 0) &&
	       (!b->to.p || str_cmp(a->from, b->to) < 0);
}

static int compare_stretches(const void *a, const void *b)
{
	const struct partiql_stretch *one = a, *two = b;

	return str_cmp(one->range.from, two->range.from);
}

/* Without a sort key, a partition named twice is read once. */
static bool check_overlaps(struct planner *x)
{
	struct partiql_plan *plan = x->plan;
	struct partiql_stretch *sorted =
		arena_array(x->problem->arena, struct partiql_stretch, plan->n);
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++)
		sorted[i] = plan->stretches[i];
	qsort(sorted, plan->n, sizeof *sorted, compare_stretches);
	for (size_t i = 1; i < plan->n; i++)
		n += overlap(&sorted[i - 1].range, &sorted[i].range);
	if (!n)
		return true;
	if (x->range)
		return problem_of_value(x->problem, "Overlapping conditions with range keys are "
		                                    "not supported in where clause");
	n = 1;
	for (size_t i = 1; i < plan->n; i++)
		if (!overlap(&sorted[n - 1].range, &sorted[i].range))
			sorted[n++] = sorted[i];
	plan->stretches = sorted;
	plan->n = n;
	return true;
}

/*
 * Branches.
 */

/* DynamoDB does not plan by key when a branch of an OR negates its condition on the sort key. */
static bool negates_range(const struct planner *x, const struct partiql_node *n, bool is_negated)
{
	bool is_here = is_negated || (n->kind == PARTIQL_BINARY && n->word == WORD_NOT_EQUAL);

	if (!x->range)
		return false;
	if (n->kind == PARTIQL_NAME)
		return is_negated && is_name(n, x->range);
	if (n->kind == PARTIQL_UNARY && n->word == WORD_NOT)
		is_here = true;
	for (size_t i = 0; i < n->n; i++)
		if (negates_range(x, n->items[i], is_here))
			return true;
	return false;
}

static struct branch branch_of(const struct partiql_node *const *node)
{
	if ((*node)->kind == PARTIQL_BINARY && (*node)->word == WORD_AND)
		return (struct branch){ (const struct partiql_node *const *)(*node)->items,
			                (*node)->n };
	return (struct branch){ node, 1 };
}

static bool add_branches(struct planner *x, const struct partiql_node *where)
{
	x->plan->is_split = true;
	for (size_t i = 0; i < where->n && x->plan->is_keyed; i++) {
		const struct partiql_node *item = where->items[i];
		struct branch b = branch_of(&item);

		if (negates_range(x, item, /* is_negated= */ false))
			x->plan->is_keyed = false;
		else if (!add_branch(x, &b))
			return false;
	}
	return true;
}

static bool add_conjuncts(struct planner *x, const struct partiql_request *request)
{
	const struct partiql_node **items =
		arena_array(x->problem->arena, const struct partiql_node *, request->where_count);
	struct branch b = { items, request->where_count };

	for (size_t i = 0; i < b.n; i++)
		items[i] = request->where[i].source;
	return add_branch(x, &b);
}

/*
 * Order.
 */

static bool check_order(struct planner *x, const struct partiql_statement *s, bool *ret_by_hash)
{
	struct problem *p = x->problem;

	if (!s->where)
		return problem_of_value(p, "Must have WHERE clause in the statement when using "
		                           "ORDER BY clause.");
	for (size_t i = 0; i < s->order_count; i++) {
		const struct partiql_node *by = s->order[i].by;

		if (!is_name(by, x->hash) && !(x->range && is_name(by, x->range)))
			return problem_of_value(
				p,
				"Attribute %.*s in ORDER BY clause must be part of the primary key",
				STR_ARG(by->kind == PARTIQL_NAME
			                        ? by->name
			                        : str_from(partiql_kind_name(by))));
		*ret_by_hash |= is_name(by, x->hash);
	}
	if (!x->plan->is_keyed)
		return problem_of_value(p, "Must have at least one non-optional hash key condition "
		                           "in WHERE clause when using ORDER BY clause.");
	if (x->plan->n > 1 && !*ret_by_hash)
		return problem_of_value(p, "Must have hash key in ORDER BY clause when more than "
		                           "one hash key condition specified in WHERE clause.");
	return true;
}

static int compare_ascending(const void *a, const void *b)
{
	const struct partiql_stretch *one = a, *two = b;
	int order = value_compare(&one->hash, &two->hash);

	return order ? order : str_cmp(one->range.from, two->range.from);
}

static int compare_descending(const void *a, const void *b)
{
	const struct partiql_stretch *one = a, *two = b;
	int order = value_compare(&two->hash, &one->hash);

	return order ? order : str_cmp(one->range.from, two->range.from);
}

/* Stretches of one partition go in the direction of the sort key. */
static void reverse_within_partitions(struct partiql_plan *plan)
{
	for (size_t from = 0, to; from < plan->n; from = to) {
		for (to = from + 1; to < plan->n && value_equal(&plan->stretches[from].hash,
		                                                &plan->stretches[to].hash);)
			to++;
		for (size_t i = from, j = to - 1; i < j; i++, j--) {
			struct partiql_stretch kept = plan->stretches[i];

			plan->stretches[i] = plan->stretches[j];
			plan->stretches[j] = kept;
		}
	}
}

/* An ORDER BY that does not speak of the sort key has it descending, as on AWS. */
static bool order_by(struct planner *x, const struct partiql_statement *s)
{
	struct partiql_plan *plan = x->plan;
	bool by_hash = false, hash_descends = false;

	if (!s->order_count)
		return true;
	if (!check_order(x, s, &by_hash))
		return false;
	plan->backwards = true;
	for (size_t i = 0; i < s->order_count; i++) {
		if (is_name(s->order[i].by, x->hash))
			hash_descends = s->order[i].descending;
		else
			plan->backwards = s->order[i].descending;
	}
	qsort(plan->stretches, plan->n, sizeof *plan->stretches,
	      hash_descends ? compare_descending : compare_ascending);
	if (plan->backwards)
		reverse_within_partitions(plan);
	return true;
}

static bool plan_all(struct planner *x)
{
	struct partiql_plan *plan = x->plan;

	page_range_of_all(x->page);
	plan->stretches = arena_new(x->problem->arena, struct partiql_stretch);
	plan->stretches[0].range = x->page->range;
	plan->n = 1;
	return true;
}

bool partiql_plan(struct problem *p, const struct partiql_request *request, struct page_request *r,
                  struct partiql_plan *ret)
{
	const struct key_schema *schema = page_schema(r);
	const struct partiql_node *where = request->statement->where;
	struct planner x = { .problem = p,
		             .page = r,
		             .hash = &schema->hash[0],
		             .range = schema->range_count ? &schema->range[0] : NULL,
		             .plan = ret };

	*ret = (struct partiql_plan){ .is_keyed = where != NULL };
	if (where &&
	    !(where->kind == PARTIQL_BINARY && where->word == WORD_OR ? add_branches(&x, where)
	                                                              : add_conjuncts(&x, request)))
		return false;
	if (ret->is_keyed && !check_overlaps(&x))
		return false;
	return order_by(&x, request->statement) && (ret->is_keyed || plan_all(&x));
}
