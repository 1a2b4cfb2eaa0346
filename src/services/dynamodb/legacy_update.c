/* AttributeUpdates: what updates were before there were expressions. */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

#define INVALID "One or more parameter values were invalid: "

static bool check(struct problem *p, str action, const struct value *value)
{
	unsigned sets = 1U << VALUE_SS | 1U << VALUE_NS | 1U << VALUE_BS;
	unsigned types = ~0U;

	if (!value) {
		if (str_eq(action, STR("DELETE")))
			return true;
		return problem_of_value(
			p, INVALID
			"Only DELETE action is allowed when no attribute value is specified");
	}
	if (str_eq(action, STR("DELETE")))
		types = sets;
	else if (str_eq(action, STR("ADD")))
		types = sets | 1U << VALUE_N | 1U << VALUE_L;
	if (types & 1U << value->type)
		return true;
	if (str_eq(action, STR("DELETE")))
		return problem_of_value(
			p, INVALID "DELETE action with value is not supported for the type %.*s",
			STR_ARG(value_type_name(value->type)));
	return problem_of_value(p, INVALID "ADD action is not supported for the type %.*s",
	                        STR_ARG(value_type_name(value->type)));
}

static enum action_kind kind_of(str action, bool has_value)
{
	if (str_eq(action, STR("ADD")))
		return ACTION_ADD;
	if (str_eq(action, STR("DELETE")))
		return has_value ? ACTION_DELETE : ACTION_REMOVE;
	return ACTION_SET; /* PUT, or nothing */
}

static struct node *path_of(struct arena *a, str name)
{
	struct node *node = arena_new(a, struct node);

	node->kind = NODE_PATH;
	node->as.path.steps = arena_new(a, struct path_step);
	node->as.path.steps[0].name = name;
	node->as.path.n = 1;
	return node;
}

static bool read_action(struct problem *p, str name,
                        const struct dynamodb_attribute_value_update *given, struct action *ret)
{
	struct value *value = arena_new(p->arena, struct value);
	bool has_value = given && given->value.p;
	str action = given && given->action.p ? given->action : STR("PUT");

	if (has_value && !value_read(p, given->value, value))
		return false;
	if (!check(p, action, has_value ? value : NULL))
		return false;
	*ret = (struct action){ .kind = kind_of(action, has_value),
		                .path = path_of(p->arena, name) };
	if (ret->kind == ACTION_REMOVE)
		return true;
	ret->value = arena_new(p->arena, struct node);
	ret->value->kind = NODE_VALUE;
	ret->value->as.value = value;
	return true;
}

static int by_path(const void *a, const void *b)
{
	return path_compare(a, b);
}

bool update_from_attribute_updates(struct problem *p,
                                   const struct dynamodb_attribute_updates *updates,
                                   struct update **ret)
{
	struct update *u = arena_new(p->arena, struct update);
	struct path *sorted = arena_array(p->arena, struct path, updates->n);

	u->is_legacy = true;
	u->actions = arena_array(p->arena, struct action, updates->n);
	for (size_t i = 0; i < updates->n; i++) {
		if (!read_action(p, updates->items[i].key, updates->items[i].value, &u->actions[i]))
			return false;
		sorted[u->n++] = u->actions[i].path->as.path;
	}
	if (u->n > 1)
		qsort(sorted, u->n, sizeof(*sorted), by_path);
	update_finish(u, sorted);
	*ret = u;
	return true;
}
