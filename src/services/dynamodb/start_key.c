#include "services/dynamodb/start_key.h"

#include "base/str.h"

static bool with_prefix(struct problem *p, const struct problem *own)
{
	p->is_serialization = own->is_serialization;
	return problem_of_value(p, "The provided starting key is invalid: %.*s",
	                        STR_ARG(own->message));
}

/* AWS has the prefix before some of the messages only. */
static bool stands_alone(str message)
{
	static const str parts[] = {
		STR_INIT("contains duplicates"),   STR_INIT("number set"),
		STR_INIT("numeric value"),         STR_INIT("significant digits"),
		STR_INIT("number with magnitude"),
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_contains(message, parts[i]))
			return true;
	return false;
}

bool start_key_read(struct problem *p, str text, struct item *ret)
{
	struct problem own = { .arena = p->arena, .layer = p->layer };

	if (item_read(&own, text, ret))
		return true;
	if (!own.is_serialization && !stands_alone(own.message))
		return with_prefix(p, &own);
	if (!p->message.p)
		*p = own;
	return false;
}

static bool is_invalid(struct problem *p)
{
	return problem_of_value(p, "The provided starting key is invalid");
}

static size_t count_of(const struct page_request *r)
{
	const struct key_schema *t = &r->table->keys;
	size_t n = t->hash_count + t->range_count;

	if (!r->index)
		return n;
	for (size_t i = 0; i < r->index->keys.hash_count; i++)
		n += !key_schema_has(t, r->index->keys.hash[i].name);
	for (size_t i = 0; i < r->index->keys.range_count; i++)
		n += !key_schema_has(t, r->index->keys.range[i].name);
	return n;
}

static bool has_all(const struct item *key, const struct key_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!item_find(key, parts[i].name))
			return false;
	return true;
}

/* Only the attributes of a schema, checked as a key. */
static bool check_schema(struct problem *p, const struct key_schema *s, const struct item *key)
{
	struct item own = key_of_item(p->arena, NULL, s, key);

	return key_check(p, s, &own);
}

bool start_key_check_hash(struct problem *p, const struct page_request *r, const struct item *key)
{
	struct key_schema s = *page_schema(r);

	if (key->n != count_of(r) || !has_all(key, s.hash, s.hash_count))
		return is_invalid(p);
	s.range_count = 0;
	return check_schema(p, &s, key);
}

bool start_key_check_of_index(struct problem *p, const struct page_request *r,
                              const struct item *key)
{
	const struct key_schema *s = page_schema(r);

	if (key->n != count_of(r) || !has_all(key, s->hash, s->hash_count) ||
	    !has_all(key, s->range, s->range_count))
		return is_invalid(p);
	return check_schema(p, s, key);
}

bool start_key_check_of_table(struct problem *p, const struct page_request *r,
                              const struct item *key)
{
	const struct key_schema *s = &r->table->keys;
	struct problem own = { .arena = p->arena };

	if (r->index ? check_schema(&own, s, key) : key_check(&own, s, key))
		return true;
	return with_prefix(p, &own);
}

bool start_key_check_rest(struct problem *p, const struct page_request *r, const struct item *key)
{
	return start_key_check_of_index(p, r, key) && start_key_check_of_table(p, r, key);
}

/*
 * Boundaries.
 */

static bool has_same_hash(const struct key_schema *s, const struct key_condition *condition,
                          const struct item *key)
{
	for (size_t i = 0; i < s->hash_count; i++)
		if (!value_equal(&condition->hash[i], item_find(key, s->hash[i].name)))
			return false;
	return true;
}

/* As if the key were one of the partition that is asked for: AWS looks at the sort key first. */
static bool is_in_range(struct arena *a, const struct page_request *r,
                        const struct key_condition *condition, const struct item *key)
{
	const struct key_schema *s = page_schema(r);
	struct buf b;

	buf_init(&b, a, KEY_TEXT_MAX);
	key_put_hash(&b, s, condition->hash);
	for (size_t i = 0; i < s->range_count; i++)
		key_put_value(&b, item_find(key, s->range[i].name));
	return str_cmp(buf_str(&b), r->range.from) >= 0 &&
	       (!r->range.to.p || str_cmp(buf_str(&b), r->range.to) < 0);
}

bool start_key_is_within(struct problem *p, const struct page_request *r,
                         const struct key_condition *condition, const struct item *key)
{
	bool is_in_partition = has_same_hash(page_schema(r), condition, key);

	if (condition->kind == KEY_RANGE_ALL && !condition->range_equal_count)
		return is_in_partition ||
		       problem_of_value(p, "The provided starting key is outside query boundaries "
		                           "based on provided conditions");
	if (!is_in_range(p->arena, r, condition, key))
		return problem_of_value(
			p, "The provided starting key does not match the range key predicate");
	return is_in_partition ||
	       problem_of_value(p, "The query can return at most one row and cannot be restarted");
}

str start_key_encode(struct arena *a, const struct page_request *r, const struct item *key)
{
	str encoded = STR("");

	if (!r->index)
		return key_encode(a, &r->table->keys, key);
	key_encode_in_index(a, &r->index->keys, &r->table->keys, key, &encoded);
	return encoded;
}
