#include "services/dynamodb/page.h"

#include "base/str.h"

enum {
	FIRST_ITEMS = 32,
	SCRATCH_MAX =
		256 *
		1024, /* of parsed items that are kept around: a page can be a megabyte of them */
};

const struct key_schema *page_schema(const struct page_request *r)
{
	return r->index ? &r->index->keys : &r->table->keys;
}

/*
 * Ranges.
 */

static void whole_space(struct page_request *r)
{
	r->range = (struct space_range){
		.space = r->index ? r->index->space : r->table->space,
		.from = STR(""),
	};
}

/* The first key that is behind all that begin with this one; absent: there is none. */
static str behind(struct arena *a, str prefix)
{
	char *p = arena_alloc(a, prefix.n + 1);

	memcpy(p, prefix.p, prefix.n);
	for (size_t n = prefix.n; n > 0; n--) {
		if ((unsigned char)p[n - 1] == 0xff)
			continue;
		p[n - 1]++;
		return (str){ p, n };
	}
	return STR_NULL;
}

static str with_value(struct arena *a, str prefix, const struct value *value)
{
	struct buf b;

	buf_init(&b, a, KEY_TEXT_MAX);
	buf_put(&b, prefix);
	key_put_value(&b, value);
	return buf_str(&b);
}

static str with_value_prefix(struct arena *a, str prefix, const struct value *value)
{
	struct buf b;

	buf_init(&b, a, KEY_TEXT_MAX);
	buf_put(&b, prefix);
	key_put_value_prefix(&b, value);
	return buf_str(&b);
}

/* What all keys have in common for which the condition holds. */
static str common_prefix(struct arena *a, const struct key_schema *s,
                         const struct key_condition *condition)
{
	struct buf b;

	buf_init(&b, a, KEY_TEXT_MAX);
	key_put_hash(&b, s, condition->hash);
	for (size_t i = 0; i < condition->range_equal_count; i++)
		key_put_value(&b, &condition->range_equal[i]);
	return buf_str(&b);
}

void page_range_of_condition(struct arena *a, struct page_request *r,
                             const struct key_condition *condition)
{
	str prefix = common_prefix(a, page_schema(r), condition);

	whole_space(r);
	r->range.from = prefix;
	r->range.to = behind(a, prefix);
	switch (condition->kind) {
	case KEY_RANGE_ALL:
		break;
	case KEY_RANGE_LESS:
		r->range.to = with_value(a, prefix, &condition->low);
		break;
	case KEY_RANGE_LESS_OR_EQUAL:
		r->range.to = behind(a, with_value(a, prefix, &condition->low));
		break;
	case KEY_RANGE_GREATER:
		r->range.from = behind(a, with_value(a, prefix, &condition->low));
		break;
	case KEY_RANGE_GREATER_OR_EQUAL:
		r->range.from = with_value(a, prefix, &condition->low);
		break;
	case KEY_RANGE_BETWEEN:
		r->range.from = with_value(a, prefix, &condition->low);
		r->range.to = behind(a, with_value(a, prefix, &condition->high));
		break;
	case KEY_RANGE_BEGINS_WITH:
		r->range.from = with_value_prefix(a, prefix, &condition->low);
		r->range.to = behind(a, r->range.from);
		break;
	}
}

void page_range_of_all(struct page_request *r)
{
	whole_space(r);
}

/* The first hash of a segment: they divide 2^32 as evenly as it can be. Absent: behind the last. */
static str segment_start(struct arena *a, uint32_t segment, uint32_t segments)
{
	uint64_t start = (((uint64_t)segment << 32) + segments - 1) / segments;
	unsigned char bytes[KEY_HASH_BYTES] = {
		(unsigned char)(start >> 24),
		(unsigned char)(start >> 16),
		(unsigned char)(start >> 8),
		(unsigned char)start,
	};

	return start >> 32 ? STR_NULL : arena_str(a, (str){ (const char *)bytes, sizeof(bytes) });
}

void page_range_of_segment(struct arena *a, struct page_request *r, uint32_t segment,
                           uint32_t segments)
{
	whole_space(r);
	r->range.from = segment_start(a, segment, segments);
	r->range.to = segment_start(a, segment + 1, segments);
}

void page_continue(struct page_request *r, str last)
{
	struct space_range *range = &r->range;

	if (r->backwards) {
		if (!range->to.p || str_cmp(last, range->to) < 0)
			range->to = last;
	} else if (str_cmp(last, range->from) >= 0) {
		range->from = last;
		range->after = true;
	}
}

/*
 * Reading.
 */

struct reading {
	struct db *db;
	struct arena *a;
	const struct page_request *request;
	struct page *page;
	struct arena scratch; /* of items that are parsed; dropped when it has grown */
	size_t capacity;      /* of page->items */
	int64_t size;         /* of what was looked at */
	double fetched;       /* units of items fetched from the table */
	enum capacity_factor factor;
};

static void add_item(struct reading *r, str text)
{
	struct dynamodb_item_list *items = &r->page->items;

	if (items->n == r->capacity)
		items->items = arena_grow(r->a, items->items, &r->capacity, sizeof(str));
	items->items[items->n++] = text;
}

/* The whole item for that of a local index. The two are of one snapshot, so it is there. */
static bool fetch(struct reading *r, struct stored_item *stored)
{
	const struct table *t = r->request->table;
	struct item item;
	struct stored_item whole;

	item_load(&r->scratch, stored->text, &item);
	if (!space_get(r->db, &r->scratch, t->space, key_encode(&r->scratch, &t->keys, &item),
	               &whole))
		return false;
	r->fetched += read_units(whole.size, r->factor);
	stored->text = whole.text;
	return true;
}

/* Texts of `stored` live as long as the row. */
static void look_at(struct reading *r, struct stored_item *stored)
{
	const struct page_request *request = r->request;
	struct item item;

	if (request->is_fetched && !fetch(r, stored))
		return;
	if (request->filter || request->projection)
		item_load(&r->scratch, stored->text, &item);
	if (request->filter && !condition_holds(request->filter, &item))
		return;
	r->page->count++;
	if (request->is_count)
		return;
	if (request->projection) {
		item = projection_apply(&r->scratch, request->projection, &item);
		add_item(r, item_text(r->a, &item));
	} else {
		add_item(r, arena_str(r->a, stored->text));
	}
}

static void remember_last(struct reading *r, str key, str text)
{
	const struct page_request *request = r->request;
	struct item item;

	item_load(&r->scratch, text, &item);
	item = key_of_item(&r->scratch, request->index ? &request->index->keys : NULL,
	                   &request->table->keys, &item);
	r->page->last = arena_str(r->a, key);
	r->page->last_key = item_text(r->a, &item);
}

/* Also when the last item of all has filled it: that nothing follows is not known before the next page. */
static bool is_full(const struct reading *r)
{
	return r->size >= PAGE_SIZE_MAX ||
	       (r->request->limit && r->page->scanned >= r->request->limit);
}

static void read_items(struct reading *r)
{
	struct db_rows rows;
	struct stored_item stored;

	for (space_each(r->db, &rows, &r->request->range, r->request->backwards);
	     space_next(&rows, &stored);) {
		str text = stored.text;

		r->page->scanned++;
		r->size += stored.size;
		look_at(r, &stored);
		if (is_full(r)) {
			remember_last(r, stored.key, text);
			break;
		}
		if (r->scratch.total > SCRATCH_MAX)
			arena_release(&r->scratch);
	}
	db_rows_end(&rows);
}

void page_read(struct db *db, struct arena *a, const struct page_request *request,
               struct capacity *capacity, struct page *ret)
{
	struct reading r = {
		.db = db,
		.a = a,
		.request = request,
		.page = ret,
		.factor = request->is_consistent ? CAPACITY_CONSISTENT : CAPACITY_EVENTUAL,
	};

	*ret = (struct page){ 0 };
	if (!request->is_count) {
		r.capacity = FIRST_ITEMS;
		ret->items.items = arena_array(a, str, FIRST_ITEMS);
	}
	read_items(&r);
	arena_release(&r.scratch);
	capacity_add_read(capacity, request->index, read_units(r.size, r.factor));
	if (request->is_fetched)
		capacity_add_read(capacity, NULL, r.fetched);
}
