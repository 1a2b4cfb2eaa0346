/*
 * The paths of a projection are in order (path_compare), so that those that begin the same are neighbours: an
 * item is gone through once, each attribute finds the paths that speak of it, and its own attributes or
 * elements look among those.
 */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static bool project(struct arena *a, const struct value *v, const struct path_range *range,
                    struct value *ret);

/* Of paths whose next step is a name, those with this one. They come before those with an index. */
struct path_range paths_with_name(const struct path_range *range, str name)
{
	struct path_range found = { range->paths, 0, range->depth + 1 };
	size_t low = 0, high = range->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct path_step *step = &range->paths[middle].steps[range->depth];

		if (step->name.p && str_cmp(step->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	found.paths += low;
	for (; low < range->n; low++, found.n++) {
		const struct path_step *step = &range->paths[low].steps[range->depth];

		if (!step->name.p || !str_eq(step->name, name))
			break;
	}
	return found;
}

/* None: the step at *at is a name, for this is not the place of a list. */
struct path_range paths_with_next_index(const struct path_range *range, size_t *at)
{
	struct path_range found = { &range->paths[*at], 0, range->depth + 1 };
	const struct path_step *first = &range->paths[*at].steps[range->depth];

	for (; *at < range->n && !first->name.p; ++*at, found.n++) {
		const struct path_step *step = &range->paths[*at].steps[range->depth];

		if (step->name.p || step->index != first->index)
			break;
	}
	if (!found.n)
		++*at;
	return found;
}

static size_t project_attributes(struct arena *a, const struct attribute *attributes, size_t n,
                                 const struct path_range *range, struct attribute *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct path_range below = paths_with_name(range, attributes[i].name);

		if (!below.n || !project(a, &attributes[i].value, &below, &ret[count].value))
			continue;
		ret[count++].name = attributes[i].name;
	}
	return count;
}

static bool project_map(struct arena *a, const struct value *v, const struct path_range *range,
                        struct value *ret)
{
	struct attribute *items = arena_array(a, struct attribute, MIN(v->as.map.n, range->n));
	size_t n = project_attributes(a, v->as.map.items, v->as.map.n, range, items);

	if (!n)
		return false;
	*ret = (struct value){ .type = VALUE_M };
	ret->as.map.items = items;
	ret->as.map.n = n;
	return true;
}

static bool project_list(struct arena *a, const struct value *v, const struct path_range *range,
                         struct value *ret)
{
	struct value *items = arena_array(a, struct value, range->n);
	size_t n = 0;

	for (size_t at = 0; at < range->n;) {
		struct path_range below = paths_with_next_index(range, &at);
		size_t index = below.n ? below.paths[0].steps[range->depth].index : SIZE_MAX;

		if (index < v->as.list.n && project(a, &v->as.list.items[index], &below, &items[n]))
			n++;
	}
	if (!n)
		return false;
	*ret = (struct value){ .type = VALUE_L };
	ret->as.list.items = items;
	ret->as.list.n = n;
	return true;
}

/* False: nothing of it is selected. */
static bool project(struct arena *a, const struct value *v, const struct path_range *range,
                    struct value *ret)
{
	if (range->paths[0].n == range->depth) {
		*ret = *v;
		return true;
	}
	if (v->type == VALUE_M)
		return project_map(a, v, range, ret);
	if (v->type == VALUE_L)
		return project_list(a, v, range, ret);
	return false;
}

struct item projection_apply(struct arena *a, const struct projection *projection,
                             const struct item *item)
{
	struct path_range range = { projection->paths, projection->n, 0 };
	struct item selected = { .items = arena_array(a, struct attribute,
		                                      MIN(item->n, projection->n)) };

	selected.n = project_attributes(a, item->items, item->n, &range, selected.items);
	return selected;
}

/* The syntax: paths with commas between them. */
static bool parse_paths(struct parser *x, struct node_list *ret)
{
	struct node *path = parse_path(x);

	while (path) {
		node_list_add(x->arena, ret, path);
		if (x->token.kind != TOKEN_COMMA)
			return parser_expect(x, TOKEN_END);
		parser_next(x);
		path = parse_path(x);
	}
	return false;
}

bool projection_parse(struct expressions *e, str text, struct projection *ret)
{
	struct node_list nodes = { 0 };
	struct path *paths, *sorted;
	struct parser x;

	if (!parser_init(&x, e, "ProjectionExpression", text) || !parse_paths(&x, &nodes))
		return false;
	for (size_t i = 0; i < nodes.n; i++)
		if (!node_check_words(&x, nodes.items[i], PLACE_OPERAND))
			return false;
	paths = arena_array(x.arena, struct path, nodes.n);
	sorted = arena_array(x.arena, struct path, nodes.n);
	for (size_t i = 0; i < nodes.n; i++) {
		if (!node_resolve(&x, nodes.items[i]))
			return false;
		paths[i] = nodes.items[i]->as.path;
	}
	if (!paths_check(&x, paths, nodes.n, sorted))
		return false;
	*ret = (struct projection){ sorted, nodes.n };
	return true;
}

static int by_path(const void *a, const void *b)
{
	return path_compare(a, b);
}

bool projection_from_names(struct problem *p, const struct dynamodb_attribute_name_list *names,
                           struct projection *ret)
{
	struct path *paths = arena_array(p->arena, struct path, names->n);
	struct path_step *steps = arena_array(p->arena, struct path_step, names->n);

	for (size_t i = 0; i < names->n; i++) {
		steps[i].name = names->items[i];
		paths[i] = (struct path){ &steps[i], 1 };
	}
	if (names->n > 1)
		qsort(paths, names->n, sizeof(*paths), by_path);
	for (size_t i = 1; i < names->n; i++)
		if (path_equal(&paths[i - 1], &paths[i]))
			return problem_of_value(p,
			                        "One or more parameter values were invalid: "
			                        "Duplicate value in attribute name: %.*s",
			                        STR_ARG(paths[i].steps[0].name));
	*ret = (struct projection){ paths, names->n };
	return true;
}
