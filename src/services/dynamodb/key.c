#include "services/dynamodb/key.h"

#include "base/str.h"

#define INVALID     "One or more parameter values were invalid: "
#define NOT_VALID   "One or more parameter values are not valid. "
#define NO_EMPTY(s) "The AttributeValue for a key attribute cannot contain an empty " s " value."

/* What is wrong with a value as a part of a key. */
enum part_problem {
	PART_IS_GOOD,
	PART_IS_MISSING,
	PART_HAS_OTHER_TYPE,
	PART_IS_EMPTY,
	PART_IS_TOO_LONG,
};

static enum part_problem check_part(const struct key_part *part, bool is_hash,
                                    const struct value *value)
{
	size_t max = is_hash ? KEY_HASH_SIZE_MAX : KEY_RANGE_SIZE_MAX;

	if (!value)
		return PART_IS_MISSING;
	if (value->type != part->type)
		return PART_HAS_OTHER_TYPE;
	if (value->type == VALUE_N)
		return PART_IS_GOOD;
	if (!value->as.text.n)
		return PART_IS_EMPTY;
	return value->as.text.n > max ? PART_IS_TOO_LONG : PART_IS_GOOD;
}

/* The i-th attribute of a key, those of the partition key first; NULL: there are no more. */
static const struct key_part *part_at(const struct key_schema *s, size_t i, bool *ret_is_hash)
{
	*ret_is_hash = i < s->hash_count;
	if (*ret_is_hash)
		return &s->hash[i];
	i -= s->hash_count;
	return i < s->range_count ? &s->range[i] : NULL;
}

bool key_schema_has(const struct key_schema *s, str name)
{
	const struct key_part *part;
	bool is_hash;

	for (size_t i = 0; (part = part_at(s, i, &is_hash)); i++)
		if (str_eq(part->name, name))
			return true;
	return false;
}

static const char *empty_kind(const struct key_part *part)
{
	return part->type == VALUE_S ? "string" : "binary";
}

/* AWS leaves out a space here. */
static bool too_long(struct problem *p, bool is_hash)
{
	if (is_hash)
		return problem_of_value(p,
		                        INVALID "Size of hashkey has exceeded the maximum size "
		                                "limit of%d bytes",
		                        KEY_HASH_SIZE_MAX);
	return problem_of_value(p,
	                        INVALID "Aggregated size of all range keys has exceeded the size "
	                                "limit of %d bytes",
	                        KEY_RANGE_SIZE_MAX);
}

static bool empty(struct problem *p, const struct key_part *part)
{
	return problem_of_value(p, NOT_VALID NO_EMPTY("%s") " Key: %.*s", empty_kind(part),
	                        STR_ARG(part->name));
}

bool key_check(struct problem *p, const struct key_schema *s, const struct item *key)
{
	const struct key_part *part;
	bool is_hash;

	if (key->n != s->hash_count + s->range_count)
		return problem_of_value(p, "The provided key element does not match the schema");
	for (size_t i = 0; (part = part_at(s, i, &is_hash)); i++) {
		switch (check_part(part, is_hash, item_find(key, part->name))) {
		case PART_IS_GOOD:
			break;
		case PART_IS_MISSING:
		case PART_HAS_OTHER_TYPE:
			return problem_of_value(
				p, "The provided key element does not match the schema");
		case PART_IS_EMPTY:
			return empty(p, part);
		case PART_IS_TOO_LONG:
			return too_long(p, is_hash);
		}
	}
	return true;
}

bool key_check_of_item(struct problem *p, const struct key_schema *s, const struct item *item)
{
	const struct key_part *part;
	bool is_hash;

	for (size_t i = 0; (part = part_at(s, i, &is_hash)); i++) {
		const struct value *value = item_find(item, part->name);

		switch (check_part(part, is_hash, value)) {
		case PART_IS_GOOD:
			break;
		case PART_IS_MISSING:
			return problem_of_value(p, INVALID "Missing the key %.*s in the item",
			                        STR_ARG(part->name));
		case PART_HAS_OTHER_TYPE:
			return problem_of_value(
				p, INVALID "Type mismatch for key %.*s expected: %.*s actual: %.*s",
				STR_ARG(part->name), STR_ARG(value_type_name(part->type)),
				STR_ARG(value_type_name(value->type)));
		case PART_IS_EMPTY:
			return empty(p, part);
		case PART_IS_TOO_LONG:
			return too_long(p, is_hash);
		}
	}
	return true;
}

bool key_check_in_index(struct problem *p, const struct key_schema *index, str index_name,
                        const struct item *item)
{
	const struct key_part *part;
	bool is_hash;

	for (size_t i = 0; (part = part_at(index, i, &is_hash)); i++) {
		const struct value *value = item_find(item, part->name);

		switch (check_part(part, is_hash, value)) {
		case PART_IS_GOOD:
		case PART_IS_MISSING:
			break;
		case PART_HAS_OTHER_TYPE:
			return problem_of_value(
				p,
				INVALID "Type mismatch for Index Key %.*s Expected: %.*s Actual: "
					"%.*s IndexName: %.*s",
				STR_ARG(part->name), STR_ARG(value_type_name(part->type)),
				STR_ARG(value_type_name(value->type)), STR_ARG(index_name));
		case PART_IS_EMPTY:
			return problem_of_value(
				p,
				NOT_VALID
				"A value specified for a secondary index key is not supported. " NO_EMPTY(
					"%s") " IndexName: %.*s, IndexKey: %.*s",
				empty_kind(part), STR_ARG(index_name), STR_ARG(part->name));
		case PART_IS_TOO_LONG:
			return too_long(p, is_hash);
		}
	}
	return true;
}

/* Encoding. */

static void put_text(struct buf *out, str text)
{
	for (;;) {
		const char *zero = text.n ? memchr(text.p, 0, text.n) : NULL;
		size_t plain = zero ? (size_t)(zero - text.p) : text.n;

		buf_put(out, str_from_to(text, 0, plain));
		if (!zero)
			return;
		buf_put(out, STR("\0\xff"));
		text = str_after(text, plain + 1);
	}
}

void key_put_value(struct buf *out, const struct value *value)
{
	if (value->type == VALUE_N) {
		number_put_key(out, value->as.number);
		return;
	}
	put_text(out, value->as.text);
	buf_put(out, STR("\0\1"));
}

void key_put_value_prefix(struct buf *out, const struct value *value)
{
	put_text(out, value->as.text);
}

/* FNV-1a, and the end of MurmurHash3 behind it: alike keys are to be far apart. */
static uint32_t hash_bytes(str bytes)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < bytes.n; i++)
		h = (h ^ (unsigned char)bytes.p[i]) * 0x100000001b3;
	h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53;
	return (uint32_t)(h >> 32);
}

/* Writes the hash into the four bytes at `at`, of all that follows them. */
static void set_hash(struct buf *out, size_t at)
{
	uint32_t hash;

	if (out->overflow)
		return;
	hash = hash_bytes(str_after(buf_str(out), at + KEY_HASH_BYTES));
	for (int i = 0; i < KEY_HASH_BYTES; i++)
		out->p[at + (size_t)i] = (char)(hash >> (24 - 8 * i));
}

void key_put_hash(struct buf *out, const struct key_schema *s, const struct value *values)
{
	size_t at = out->n;

	buf_put(out, STR("\0\0\0\0"));
	for (size_t i = 0; i < s->hash_count; i++)
		key_put_value(out, &values[i]);
	set_hash(out, at);
}

uint32_t key_hash(const struct key_schema *s, const struct value *values)
{
	struct arena scratch = { 0 };
	struct buf b;
	uint32_t hash;

	buf_init(&b, &scratch, KEY_TEXT_MAX);
	for (size_t i = 0; i < s->hash_count; i++)
		key_put_value(&b, &values[i]);
	hash = hash_bytes(buf_str(&b));
	arena_release(&scratch);
	return hash;
}

/* The hash, and all attributes of the schema; false: one is missing or unfit. */
static bool put_key(struct buf *out, const struct key_schema *s, const struct item *item)
{
	const struct key_part *part;
	size_t at = out->n;
	bool is_hash;

	buf_put(out, STR("\0\0\0\0"));
	for (size_t i = 0; (part = part_at(s, i, &is_hash)); i++) {
		const struct value *value = item_find(item, part->name);

		if (check_part(part, is_hash, value))
			return false;
		key_put_value(out, value);
		if (i + 1 == s->hash_count)
			set_hash(out, at);
	}
	return true;
}

str key_encode(struct arena *a, const struct key_schema *s, const struct item *item)
{
	struct buf b;

	buf_init(&b, a, KEY_TEXT_MAX);
	put_key(&b, s, item);
	return buf_str(&b);
}

bool key_encode_in_index(struct arena *a, const struct key_schema *index,
                         const struct key_schema *table, const struct item *item, str *ret)
{
	const struct key_part *part;
	struct buf b;
	bool is_hash;

	buf_init(&b, a, KEY_TEXT_MAX);
	if (!put_key(&b, index, item))
		return false;
	for (size_t i = 0; (part = part_at(table, i, &is_hash)); i++)
		if (!key_schema_has(index, part->name))
			key_put_value(&b, item_find(item, part->name));
	*ret = buf_str(&b);
	return true;
}

struct item key_of_item(struct arena *a, const struct key_schema *index,
                        const struct key_schema *table, const struct item *item)
{
	const struct key_schema *schemas[] = { index, table };
	struct item key = { arena_array(a, struct attribute, 4 * KEY_PARTS_MAX), 0 };
	const struct key_part *part;
	bool is_hash;

	for (size_t k = 0; k < ARRAY_LEN(schemas); k++) {
		for (size_t i = 0; schemas[k] && (part = part_at(schemas[k], i, &is_hash)); i++) {
			const struct value *value = item_find(item, part->name);

			if (value && !item_find(&key, part->name))
				key.items[key.n++] = (struct attribute){ part->name, *value };
		}
	}
	return key;
}

/* Schemas as text. */

str key_schema_to_text(struct arena *a, const struct key_schema *s)
{
	const struct key_part *part;
	struct json_writer w;
	struct buf b;
	bool is_hash;

	buf_init(&b, a, SIZE_MAX);
	json_writer_init(&w, &b);
	json_put_array(&w);
	for (size_t i = 0; (part = part_at(s, i, &is_hash)); i++)
		json_put_string(&w, arena_printf(a, "%c%.*s%.*s", is_hash ? 'H' : 'R',
		                                 STR_ARG(value_type_name(part->type)),
		                                 STR_ARG(part->name)));
	json_put_array_end(&w);
	return buf_str(&b);
}

void key_schema_from_text(struct arena *a, str text, struct key_schema *ret)
{
	struct key_schema s = { 0 };
	struct json_reader r;
	str part;

	json_reader_init(&r, a, text);
	json_enter_array(&r);
	while (json_next_element(&r) && json_string(&r, &part) && part.n > 2) {
		struct key_part made = { str_after(part, 2),
			                 value_type_from_name(str_from_to(part, 1, 2)) };

		if (part.p[0] == 'H' && s.hash_count < KEY_PARTS_MAX)
			s.hash[s.hash_count++] = made;
		else if (part.p[0] == 'R' && s.range_count < KEY_PARTS_MAX)
			s.range[s.range_count++] = made;
	}
	*ret = s;
}
