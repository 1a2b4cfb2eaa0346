#include "services/dynamodb/tag.h"

#include "base/str.h"
#include "wire/pattern.h"

#include <stdlib.h>

enum {
	KEY_MAX = 128, /* characters */
	VALUE_MAX = 256,
	CHECKED_MAX = 1000, /* tags that are looked at for more than their number */
};

static struct own_pattern characters = { "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", NULL };

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

static bool check_unique(struct problem *p, const struct dynamodb_tag_list *tags)
{
	str *keys = arena_array(p->arena, str, tags->n + 1);

	for (size_t i = 0; i < tags->n; i++)
		keys[i] = tags->items[i].key;
	qsort(keys, tags->n, sizeof(*keys), by_text);
	for (size_t i = 1; i < tags->n; i++)
		if (str_eq(keys[i - 1], keys[i]))
			return problem_of_value(
				p,
				"Duplicate Tag Keys provided as input: Duplicate Tag "
				"Key found %.*s",
				STR_ARG(keys[i]));
	return true;
}

/* An absent text is shown as "null". */
static bool refuse_text(struct problem *p, const char *what, str text)
{
	return problem_of_value(p, "The Tag %s provided is invalid, %s: %.*s", what, what,
	                        STR_ARG(text.p ? text : STR("null")));
}

static bool check_key(struct problem *p, str key)
{
	if (str_starts_nocase(key, STR("aws:")))
		return problem_of_value(p, "Tag Key cannot be prefixed with aws:, Key: %.*s",
		                        STR_ARG(key));
	if (!key.n || utf8_count(key) > KEY_MAX || !own_pattern_matches(&characters, key))
		return refuse_text(p, "Key", key);
	return true;
}

static bool check_value(struct problem *p, str value)
{
	if (!value.p || utf8_count(value) > VALUE_MAX || !own_pattern_matches(&characters, value))
		return refuse_text(p, "Value", value);
	return true;
}

static bool check_number(struct problem *p, size_t n)
{
	return n <= TAGS_MAX ||
	       problem_of_value(p, "Number of Tags exceed the current limit for the "
	                           "provided ResourceArn");
}

bool tags_check(struct problem *p, const struct dynamodb_tag_list *tags)
{
	for (size_t i = 0; i < MIN(tags->n, CHECKED_MAX); i++)
		if (!check_key(p, tags->items[i].key) || !check_value(p, tags->items[i].value))
			return false;
	return check_unique(p, tags) && check_number(p, tags->n);
}

bool tag_keys_check(struct problem *p, const struct dynamodb_tag_key_list *keys)
{
	for (size_t i = 0; i < MIN(keys->n, CHECKED_MAX); i++)
		if (!check_key(p, keys->items[i]))
			return false;
	return check_number(p, keys->n);
}

void tags_put(struct db *db, int64_t table_space, const struct dynamodb_tag_list *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		db_run(db,
		       "INSERT OR REPLACE INTO dynamodb_tag (table_space, key, value) VALUES (?, ?, ?)",
		       db_int(table_space), db_text(tags->items[i].key),
		       db_text(tags->items[i].value));
}
