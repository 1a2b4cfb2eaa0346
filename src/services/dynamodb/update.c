/*
 * What an update makes of an item. All that it writes is worked out from the item as it was, first; then it
 * is written along the paths, in order. Only what lies on a path is copied, the rest is shared.
 */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static const char WRONG_TYPE[] = "An operand in the update expression has an incorrect data type";
static const char NOT_THERE[] =
	"The provided expression refers to an attribute that does not exist in the item";
static const char WRONG_PATH[] =
	"The document path provided in the update expression is invalid for update";
static const char TOO_DEEP[] = ITEM_TOO_DEEP;
static const char OVERFLOW[] = "Number overflow. Attempting to store a number with magnitude "
			       "larger than supported range";
static const char UNDERFLOW[] = "Number underflow. Attempting to store a number with magnitude "
				"smaller than supported range";
static const char WRONG_LEGACY_TYPE[] = "Type mismatch for attribute to update";

enum outcome_kind { OUTCOME_KEPT, OUTCOME_SET, OUTCOME_REMOVED };

/* What becomes of a path. */
struct outcome {
	enum outcome_kind kind;
	bool is_written;
	struct value value;
	const char *problem; /* one that is only looked at after the types of all others */
};

struct job {
	struct arena *arena;
	const struct update *update;
	const struct item *old;
	struct outcome *outcomes; /* as the update's paths */
};

static struct outcome *outcome_of(const struct job *j, const struct action *action)
{
	return &j->outcomes[action->place];
}

/* NULL: the value is there. */
static const char *evaluate(const struct job *j, const struct node *node, struct value *ret);

static const char *add(const struct job *j, const struct value *a, const struct value *b,
                       bool is_minus, struct value *ret)
{
	struct number *sum;
	enum number_problem problem;

	if (a->type != VALUE_N || b->type != VALUE_N)
		return WRONG_TYPE;
	sum = arena_new(j->arena, struct number);
	problem = is_minus ? number_subtract(a->as.number, b->as.number, sum)
	                   : number_add(a->as.number, b->as.number, sum);
	*ret = (struct value){ .type = VALUE_N, .as.number = sum };
	if (problem == NUMBER_IS_GOOD)
		return NULL;
	return problem == NUMBER_IS_TOO_SMALL ? UNDERFLOW : OVERFLOW;
}

static const char *append(const struct job *j, const struct value *a, const struct value *b,
                          struct value *ret)
{
	size_t n;

	if (a->type != VALUE_L || b->type != VALUE_L)
		return WRONG_TYPE;
	n = a->as.list.n + b->as.list.n;
	*ret = (struct value){ .type = VALUE_L };
	ret->as.list.items = arena_array(j->arena, struct value, n);
	ret->as.list.n = n;
	for (size_t i = 0; i < n; i++)
		ret->as.list.items[i] =
			i < a->as.list.n ? a->as.list.items[i] : b->as.list.items[i - a->as.list.n];
	return NULL;
}

/* A wrong type is worse than an operand that is not there. */
static const char *evaluate_two(const struct job *j, const struct node *node, struct value *ret)
{
	enum value_type type = node->kind == NODE_LIST_APPEND ? VALUE_L : VALUE_N;
	struct value values[2];
	const char *problem = NULL;

	for (size_t i = 0; i < 2; i++) {
		const char *p = evaluate(j, node->as.operands.items[i], &values[i]);

		if (p == WRONG_TYPE || (!p && values[i].type != type))
			return WRONG_TYPE;
		if (!problem)
			problem = p;
	}
	if (problem)
		return problem;
	if (node->kind == NODE_LIST_APPEND)
		return append(j, &values[0], &values[1], ret);
	return add(j, &values[0], &values[1], node->kind == NODE_MINUS, ret);
}

static const char *evaluate(const struct job *j, const struct node *node, struct value *ret)
{
	const struct value *found;

	switch (node->kind) {
	case NODE_VALUE:
		*ret = *node->as.value;
		return NULL;
	case NODE_PATH:
		found = path_find(&node->as.path, j->old);
		if (!found)
			return NOT_THERE;
		*ret = *found;
		return NULL;
	case NODE_IF_NOT_EXISTS:
		found = path_find(&node->as.operands.items[0]->as.path, j->old);
		if (!found)
			return evaluate(j, node->as.operands.items[1], ret);
		*ret = *found;
		return NULL;
	default:
		return evaluate_two(j, node, ret);
	}
}

static void set(struct outcome *outcome, const struct value *value)
{
	outcome->kind = OUTCOME_SET;
	outcome->value = *value;
}

static const char *outcome_of_add(const struct job *j, const struct value *old,
                                  const struct value *more, struct outcome *outcome)
{
	struct value sum;
	const char *problem = NULL;

	if (!old) {
		set(outcome, more);
		return NULL;
	}
	if (old->type != more->type)
		return WRONG_TYPE;
	if (old->type == VALUE_N)
		problem = add(j, old, more, /* is_minus= */ false, &sum);
	else if (old->type == VALUE_L)
		problem = append(j, old, more, &sum);
	else
		sum = set_union(j->arena, old, more);
	if (!problem)
		set(outcome, &sum);
	return problem;
}

static const char *outcome_of_delete(const struct job *j, const struct value *old,
                                     const struct value *less, struct outcome *outcome)
{
	struct value rest;

	if (!old)
		return NULL;
	if (old->type != less->type)
		return WRONG_TYPE;
	rest = set_difference(j->arena, old, less);
	set(outcome, &rest);
	if (!rest.as.list.n)
		outcome->kind = OUTCOME_REMOVED;
	return NULL;
}

static const char *decide(const struct job *j, const struct action *action)
{
	const struct path *path = &action->path->as.path;
	struct outcome *outcome = outcome_of(j, action);

	switch (action->kind) {
	case ACTION_SET:
		outcome->kind = OUTCOME_SET;
		return evaluate(j, action->value, &outcome->value);
	case ACTION_REMOVE:
		outcome->kind = OUTCOME_REMOVED;
		return NULL;
	case ACTION_ADD:
		return outcome_of_add(j, path_find(path, j->old), action->value->as.value, outcome);
	default:
		return outcome_of_delete(j, path_find(path, j->old), action->value->as.value,
		                         outcome);
	}
}

/* Where the path would be written: a map for a name, a list for an index. */
static bool has_place(const struct job *j, const struct path *path, bool or_nothing)
{
	struct path above = { path->steps, path->n - 1 };
	const struct value *parent;

	if (!above.n)
		return true;
	parent = path_find(&above, j->old);
	if (!parent)
		return or_nothing;
	return parent->type == (path->steps[above.n].name.p ? VALUE_M : VALUE_L);
}

/* A section's places, then what its values lack; the last section first. */
static const char *check_sections(const struct job *j)
{
	const struct update *u = j->update;

	for (size_t end = u->n; end > 0;) {
		size_t start = end;

		while (start > 0 && u->actions[start - 1].section == u->actions[end - 1].section)
			start--;
		for (size_t i = start; i < end; i++)
			if (!has_place(j, &u->actions[i].path->as.path, /* or_nothing= */ false))
				return WRONG_PATH;
		for (size_t i = start; i < end; i++)
			if (outcome_of(j, &u->actions[i])->problem)
				return outcome_of(j, &u->actions[i])->problem;
		end = start;
	}
	return NULL;
}

/* AWS's order: places that are of another kind, types, then the rest. */
static const char *decide_all(const struct job *j)
{
	const struct update *u = j->update;
	const char *problem;

	for (size_t i = 0; i < u->n; i++)
		if (!has_place(j, &u->actions[i].path->as.path, /* or_nothing= */ true))
			return WRONG_PATH;
	for (size_t i = 0; i < u->n; i++) {
		problem = decide(j, &u->actions[i]);
		if (problem == WRONG_TYPE)
			return u->is_legacy ? WRONG_LEGACY_TYPE : WRONG_TYPE;
		outcome_of(j, &u->actions[i])->problem = problem;
	}
	problem = check_sections(j);
	if (problem)
		return problem;
	for (size_t i = 0; i < u->n; i++) {
		const struct outcome *outcome = outcome_of(j, &u->actions[i]);

		if (outcome->kind == OUTCOME_SET &&
		    u->actions[i].path->as.path.n - 1 + value_height(&outcome->value) >=
		            ITEM_DEPTH_MAX)
			return TOO_DEEP;
	}
	return NULL;
}

static void write_value(const struct job *j, struct value *v, const struct path_range *range);

/* The one path of a range that ends where it is; NULL: they go on. */
static struct outcome *end_of_range(const struct job *j, const struct path_range *range)
{
	if (range->paths[0].n != range->depth)
		return NULL;
	return &j->outcomes[range->paths - j->update->paths.paths];
}

/* False: the value is gone. */
static bool write_here(const struct job *j, struct value *v, const struct path_range *range)
{
	struct outcome *outcome;

	if (!range->n)
		return true;
	outcome = end_of_range(j, range);
	if (!outcome) {
		write_value(j, v, range);
		return true;
	}
	outcome->is_written = true;
	if (outcome->kind == OUTCOME_SET)
		*v = outcome->value;
	return outcome->kind != OUTCOME_REMOVED;
}

static void write_attributes(const struct job *j, struct attribute **items, size_t *n,
                             const struct path_range *range)
{
	struct attribute *written = arena_array(j->arena, struct attribute, *n + range->n);
	size_t count = 0;

	for (size_t i = 0; i < *n; i++) {
		struct path_range below = paths_with_name(range, (*items)[i].name);

		written[count] = (*items)[i];
		count += write_here(j, &written[count].value, &below);
	}
	for (size_t i = 0; i < range->n; i++) {
		struct path_range one = { &range->paths[i], 1, range->depth + 1 };
		struct outcome *outcome = end_of_range(j, &one);

		if (outcome && outcome->kind == OUTCOME_SET && !outcome->is_written)
			written[count++] =
				(struct attribute){ one.paths[0].steps[range->depth].name,
				                    outcome->value };
	}
	*items = written;
	*n = count;
}

/* Indexes are those of the list as it was; those behind its end are appended, in their order. */
static void write_list(const struct job *j, struct value *v, const struct path_range *range)
{
	size_t n = v->as.list.n, count = 0, at = 0;
	struct value *written = arena_array(j->arena, struct value, n + range->n);
	struct path_range below = paths_with_next_index(range, &at);

	for (size_t i = 0; i < n; i++) {
		written[count] = v->as.list.items[i];
		if (below.n && below.paths[0].steps[range->depth].index == i) {
			count += write_here(j, &written[count], &below);
			below.n = 0;
			if (at < range->n)
				below = paths_with_next_index(range, &at);
		} else {
			count++;
		}
	}
	while (below.n) {
		const struct outcome *outcome = end_of_range(j, &below);

		if (outcome && outcome->kind == OUTCOME_SET)
			written[count++] = outcome->value;
		below.n = 0;
		if (at < range->n)
			below = paths_with_next_index(range, &at);
	}
	v->as.list.items = written;
	v->as.list.n = count;
}

static void write_value(const struct job *j, struct value *v, const struct path_range *range)
{
	if (v->type == VALUE_M)
		write_attributes(j, &v->as.map.items, &v->as.map.n, range);
	else if (v->type == VALUE_L)
		write_list(j, v, range);
}

bool update_apply(struct problem *p, const struct update *u, const struct item *old,
                  struct item *ret)
{
	struct job j = { .arena = p->arena, .update = u, .old = old };
	struct path_range range = { u->paths.paths, u->paths.n, 0 };
	struct item item = *old;
	const char *problem;

	j.outcomes = arena_array(p->arena, struct outcome, u->n);
	problem = decide_all(&j);
	if (problem)
		return problem_of_value(p, "%s", problem);
	write_attributes(&j, &item.items, &item.n, &range);
	*ret = item;
	return true;
}

/* A place in a list is told by one byte more than a name. */
static int64_t action_size(const struct action *action)
{
	const struct path *path = &action->path->as.path;

	if (action->kind == ACTION_REMOVE || action->kind == ACTION_DELETE)
		return 2;
	return path->steps[path->n - 1].name.p ? 19 : 20;
}

int64_t update_size(const struct update *u, const struct item *new)
{
	int64_t size = 3;
	str previous = STR_NULL;

	for (size_t i = 0; i < u->n; i++)
		size += action_size(&u->actions[i]);
	for (size_t i = 0; i < u->paths.n; i++) {
		str name = u->paths.paths[i].steps[0].name;
		const struct value *value = item_find(new, name);

		if (value && !(previous.p && str_eq(previous, name)))
			size += (int64_t)name.n + value_size(value);
		previous = name;
	}
	return size;
}

struct item update_changed(struct arena *a, const struct update *u, const struct item *item)
{
	return projection_apply(a, &u->paths, item);
}

str update_touches_key(const struct update *u, const struct key_schema *schema)
{
	for (size_t i = 0; i < u->n; i++) {
		str name = u->actions[i].path->as.path.steps[0].name;

		if (key_schema_has(schema, name))
			return name;
	}
	return STR_NULL;
}
