#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

enum {
	PATH_TEXT_MAX = 4096, /* of one in a message */
	CLASHES_COMPARED = 200,
};

/* An item can have a hundred thousand attributes, an expression look for hundreds of them: most are told
 * apart by the length or the last character of their name. */
static const struct value *find_attribute(const struct attribute *items, size_t n, str name)
{
	char last = name.n ? name.p[name.n - 1] : '\0';

	for (size_t i = 0; i < n; i++) {
		str other = items[i].name;

		if (other.n == name.n && (!name.n || other.p[name.n - 1] == last) &&
		    str_eq(other, name))
			return &items[i].value;
	}
	return NULL;
}

const struct value *path_find(const struct path *path, const struct item *item)
{
	const struct value *v = find_attribute(item->items, item->n, path->steps[0].name);

	for (size_t i = 1; v && i < path->n; i++) {
		const struct path_step *step = &path->steps[i];

		if (step->name.p) {
			if (v->type != VALUE_M)
				return NULL;
			v = find_attribute(v->as.map.items, v->as.map.n, step->name);
		} else {
			if (v->type != VALUE_L || step->index >= v->as.list.n)
				return NULL;
			v = &v->as.list.items[step->index];
		}
	}
	return v;
}

str path_text(struct arena *a, const struct path *path)
{
	struct buf b;

	buf_init(&b, a, PATH_TEXT_MAX);
	buf_putc(&b, '[');
	for (size_t i = 0; i < path->n; i++) {
		const struct path_step *step = &path->steps[i];

		if (i)
			buf_put(&b, STR(", "));
		if (step->name.p)
			buf_put(&b, step->name);
		else
			buf_printf(&b, "[%zu]", step->index);
	}
	buf_putc(&b, ']');
	return buf_str(&b);
}

static int step_compare(const struct path_step *a, const struct path_step *b)
{
	if (!a->name.p != !b->name.p)
		return a->name.p ? -1 : 1;
	if (a->name.p)
		return str_cmp(a->name, b->name);
	return a->index < b->index ? -1 : a->index > b->index;
}

int path_compare(const struct path *a, const struct path *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		int order = step_compare(&a->steps[i], &b->steps[i]);

		if (order)
			return order;
	}
	return a->n < b->n ? -1 : a->n > b->n;
}

bool path_equal(const struct path *a, const struct path *b)
{
	return a->n == b->n && !path_compare(a, b);
}

/* "overlap", "conflict", or NULL. */
static const char *paths_clash(const struct path *a, const struct path *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		if (!a->steps[i].name.p != !b->steps[i].name.p)
			return "conflict";
		if (step_compare(&a->steps[i], &b->steps[i]))
			return NULL;
	}
	return "overlap";
}

static bool refuse(struct parser *x, const struct path *one, const struct path *two)
{
	return parser_fails(x,
	                    "Two document paths %s with each other; must remove or rewrite one of "
	                    "these paths; path one: %.*s, path two: %.*s",
	                    paths_clash(one, two), STR_ARG(path_text(x->arena, one)),
	                    STR_ARG(path_text(x->arena, two)));
}

/* There is a clash: AWS names the latest path that has one, as far as we have seen. */
static bool refuse_latest(struct parser *x, const struct path *paths, size_t n)
{
	for (size_t two = n; two-- > 1;)
		for (size_t one = two; one-- > 0;)
			if (paths_clash(&paths[one], &paths[two]))
				return refuse(x, &paths[one], &paths[two]);
	return true;
}

static int by_path(const void *a, const void *b)
{
	return path_compare(a, b);
}

/* In order, the paths below one follow it, and its names and its indexes lie side by side. */
bool paths_check(struct parser *x, const struct path *paths, size_t n, struct path *sorted)
{
	for (size_t i = 0; i < n; i++)
		sorted[i] = paths[i];
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_path);
	for (size_t i = 1; i < n; i++) {
		if (!paths_clash(&sorted[i - 1], &sorted[i]))
			continue;
		return n <= CLASHES_COMPARED ? refuse_latest(x, paths, n)
		                             : refuse(x, &sorted[i - 1], &sorted[i]);
	}
	return true;
}
