#include "services/dynamodb/partiql_select.h"

#include "base/encoding.h"
#include "base/str.h"
#include "services/dynamodb/partiql_plan.h"

#include <stdlib.h>

enum {
	NAMES_MAX = 64 * 1024,
	TOKEN_VERSION = 1,
	TOKEN_HEAD = 1 + 8 + 8 + 4, /* version, table, index, range; the key follows */
};

/*
 * The index.
 */

static bool has_many_attributes(const struct key_schema *s)
{
	return s->hash_count > 1 || s->range_count > 1;
}

static bool find_index(struct problem *p, str name, bool is_consistent, struct page_request *r)
{
	if (!name.p)
		return true;
	r->index = table_index(r->table, name);
	if (!r->index || r->index->status == INDEX_DELETING)
		return problem_of_value(p, "The table does not have the specified index");
	if (has_many_attributes(&r->index->keys))
		return problem_of_value(p, "PartiQL statements cannot be executed on tables with "
		                           "multi-attribute HASH keys or multi-attribute RANGE "
		                           "keys.");
	if (r->index->status == INDEX_CREATING)
		return problem_of_value(p,
		                        "Cannot read from backfilling global secondary index: %.*s",
		                        STR_ARG(name));
	if (r->index->is_global && is_consistent)
		return problem_of_value(p, "Strongly consistent read is not supported on Global "
		                           "Secondary Indexes");
	return true;
}

/*
 * What the index does not hold.
 */

struct names {
	struct buf text; /* a, b */
	const struct page_request *page;
};

static void names_init(struct names *n, struct arena *a, const struct page_request *page)
{
	buf_init(&n->text, a, NAMES_MAX);
	n->page = page;
}

static bool names_have(const struct names *n, str name)
{
	str rest = buf_str(&n->text);

	while (rest.p)
		if (str_eq(str_trim(str_cut(&rest, ',')), name))
			return true;
	return false;
}

static void names_add(struct names *n, str name)
{
	if (index_holds(n->page->table, n->page->index, name) || names_have(n, name))
		return;
	if (n->text.n)
		buf_put(&n->text, STR(", "));
	buf_put(&n->text, name);
}

static void names_add_of(struct names *n, const struct partiql_node *node)
{
	if (node->kind == PARTIQL_NAME)
		names_add(n, node->name);
	else if (node->kind == PARTIQL_PATH)
		names_add_of(n, node->items[0]);
	else
		for (size_t i = 0; i < node->n; i++)
			names_add_of(n, node->items[i]);
}

/* A local index reaches into the table for columns, a global one does not. */
static bool check_columns(struct problem *p, const struct partiql_statement *s,
                          struct page_request *r)
{
	struct names missing;

	names_init(&missing, p->arena, r);
	for (size_t i = 0; i < s->column_count && !s->is_star; i++)
		names_add_of(&missing, s->columns[i]);
	r->is_fetched = missing.text.n != 0;
	return !missing.text.n || !r->index->is_global ||
	       problem_of_value(p,
	                        "One or more parameter values were invalid: Global secondary "
	                        "index %.*s does not project [%.*s]",
	                        STR_ARG(r->index->name), STR_ARG(buf_str(&missing.text)));
}

/* Neither does for the filter of a query; a scan just finds nothing there. */
static bool check_filter(struct problem *p, const struct partiql_request *request,
                         const struct page_request *r)
{
	struct names missing;

	names_init(&missing, p->arena, r);
	for (size_t i = 0; i < request->where_count; i++)
		names_add_of(&missing, request->where[i].source);
	return !missing.text.n ||
	       problem_of_value(p,
	                        "One or more parameter values were invalid: Secondary index %.*s "
	                        "does not project one or more filter attributes: [%.*s]",
	                        STR_ARG(r->index->name), STR_ARG(buf_str(&missing.text)));
}

/*
 * Tokens: which table and index, which of the ranges, and the key where it stopped. One that is made up can
 * only choose another place to begin.
 */

static void put_integer(struct buf *b, uint64_t n, int bytes)
{
	while (bytes--)
		buf_putc(b, (char)(n >> (8 * bytes)));
}

static uint64_t take_integer(str *s, size_t bytes)
{
	uint64_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)s->p[i];
	*s = str_after(*s, bytes);
	return n;
}

static uint64_t space_of_index(const struct page_request *r)
{
	return r->index ? (uint64_t)r->index->space : 0;
}

static str token_of(struct arena *a, const struct partiql_select *s, size_t range, str last)
{
	struct buf b, text;

	buf_init(&b, a, KEY_TEXT_MAX + TOKEN_HEAD);
	buf_putc(&b, TOKEN_VERSION);
	put_integer(&b, (uint64_t)s->page.table->space, 8);
	put_integer(&b, space_of_index(&s->page), 8);
	put_integer(&b, range, 4);
	buf_put(&b, last);
	buf_init(&text, a, 2 * b.max);
	base64_put(&text, buf_str(&b));
	return buf_str(&text);
}

static bool read_token(struct problem *p, str token, struct partiql_select *s)
{
	str bytes;

	if (!token.p)
		return true;
	if (!base64_decode(p->arena, token, &bytes) || bytes.n < TOKEN_HEAD ||
	    bytes.n > KEY_TEXT_MAX || take_integer(&bytes, 1) != TOKEN_VERSION)
		return problem_of_value(p, "Invalid NextToken");
	if (take_integer(&bytes, 8) != (uint64_t)s->page.table->space ||
	    take_integer(&bytes, 8) != space_of_index(&s->page))
		return problem_of_value(p, "The provided starting key is invalid");
	s->first = take_integer(&bytes, 4);
	s->after = bytes.n ? bytes : STR_NULL;
	return s->first < s->n || problem_of_value(p, "The provided starting key is invalid");
}

/*
 * All of it.
 */

static int compare_paths(const void *a, const void *b)
{
	return str_cmp(((const struct path *)a)->steps[0].name,
	               ((const struct path *)b)->steps[0].name);
}

/* Columns that are attributes go through the page, which parses no more than it must, and wants them in
 * order. */
static bool bind_projection(struct problem *p, const struct partiql_statement *st,
                            struct partiql_select *s)
{
	if (st->is_star)
		return true;
	s->projection.paths = arena_array(p->arena, struct path, st->column_count);
	for (size_t i = 0; i < st->column_count; i++) {
		if (!partiql_path(p, st->columns[i], &s->projection.paths[i]))
			return false;
		if (s->projection.paths[i].n > 1)
			return true; /* partiql_columns does them all */
	}
	s->projection.n = st->column_count;
	qsort(s->projection.paths, s->projection.n, sizeof(struct path), compare_paths);
	return true;
}

static void bind_filter(struct arena *a, const struct partiql_request *request,
                        struct page_request *r)
{
	struct node **nodes = arena_array(a, struct node *, request->where_count);

	for (size_t i = 0; i < request->where_count; i++)
		nodes[i] = request->where[i].node;
	r->filter = partiql_all_of(a, nodes, request->where_count);
}

bool partiql_select_bind(struct problem *p, const struct partiql_request *request,
                         const struct table *t, bool is_consistent, str next_token,
                         struct partiql_select *ret)
{
	const struct partiql_statement *st = request->statement;
	struct partiql_plan plan;
	struct page_request *r = &ret->page;

	*ret = (struct partiql_select){ .request = request };
	*r = (struct page_request){ .table = t, .is_consistent = is_consistent };
	if (!find_index(p, st->index, is_consistent, r))
		return false;
	if (r->index && (!partiql_check_columns(p, st) || !check_columns(p, st, r)))
		return false;
	if (!bind_projection(p, st, ret) || !partiql_plan(p, request, r, &plan))
		return false;
	if (r->index && plan.is_keyed && !plan.is_split && !check_filter(p, request, r))
		return false;
	bind_filter(p->arena, request, r);
	r->backwards = plan.backwards;
	ret->n = plan.n;
	ret->ranges = arena_array(p->arena, struct space_range, plan.n);
	for (size_t i = 0; i < plan.n; i++)
		ret->ranges[i] = plan.stretches[i].range;
	return read_token(p, next_token, ret);
}

static void add_items(struct arena *a, const struct partiql_select *s, const struct page *page,
                      size_t *capacity, struct dynamodb_item_list *ret)
{
	for (size_t i = 0; i < page->items.n; i++) {
		str item = page->items.items[i];

		if (!s->page.projection)
			item = partiql_columns(a, s->request->statement, item);
		if (ret->n == *capacity)
			ret->items = arena_grow(a, ret->items, capacity, sizeof *ret->items);
		ret->items[ret->n++] = item;
	}
}

/* About how many bytes the reading has come to: a page of many ranges is not larger than one of one. */
static double bytes_read(const struct partiql_select *s, const struct capacity *capacity)
{
	double units = capacity->table_read;

	for (size_t i = 0; i < s->page.table->index_count; i++)
		units += capacity->index_read[i];
	return units * 4096 * (s->page.is_consistent ? 1 : 2);
}

void partiql_select_read(struct db *db, struct arena *a, struct partiql_select *s, int64_t limit,
                         struct capacity *capacity, struct partiql_rows *ret)
{
	size_t items = 1;
	int64_t scanned = 0;

	*ret = (struct partiql_rows){ .items = { .items = arena_new(a, str) } };
	s->page.projection = s->projection.n ? &s->projection : NULL;
	for (size_t i = s->first; i < s->n; i++) {
		struct page page;

		if (i > s->first &&
		    ((limit && scanned >= limit) || bytes_read(s, capacity) >= PAGE_SIZE_MAX)) {
			ret->next_token = token_of(a, s, i, STR(""));
			return;
		}
		s->page.range = s->ranges[i];
		s->page.limit = limit ? limit - scanned : 0;
		if (i == s->first && s->after.p)
			page_continue(&s->page, s->after);
		page_read(db, a, &s->page, capacity, &page);
		scanned += page.scanned;
		add_items(a, s, &page, &items, &ret->items);
		if (page.last.p) {
			ret->next_token = token_of(a, s, i, page.last);
			ret->last_key = page.last_key;
			return;
		}
	}
}
