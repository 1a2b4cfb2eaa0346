#include "services/dynamodb/tag.h"

#include "base/str.h"
#include "wire/pattern.h"

#include <stdlib.h>

enum { CHECKED_MAX = 1000 }; /* tags that are looked at for more than their number */

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

static bool check_one(struct problem *p, const struct dynamodb_tag *tag)
{
	if (str_starts(tag->key, STR("aws:")))
		return problem_of_value(p, "Tag Key cannot be prefixed with aws:, Key: %.*s",
		                        STR_ARG(tag->key));
	if (!own_pattern_matches(&characters, tag->key))
		return problem_of_value(p, "The Tag Key provided is invalid, Key: %.*s",
		                        STR_ARG(tag->key));
	if (!own_pattern_matches(&characters, tag->value))
		return problem_of_value(p, "The Tag Value provided is invalid, Value: %.*s",
		                        STR_ARG(tag->value));
	return true;
}

bool tags_check(struct problem *p, const struct dynamodb_tag_list *tags)
{
	for (size_t i = 0; i < MIN(tags->n, CHECKED_MAX); i++)
		if (!check_one(p, &tags->items[i]))
			return false;
	if (!check_unique(p, tags))
		return false;
	return tags->n <= TAGS_MAX ||
	       problem_of_value(p, "Number of Tags exceed the current limit for the provided "
	                           "ResourceArn");
}

void tags_put(struct db *db, int64_t table_space, const struct dynamodb_tag_list *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		db_run(db,
		       "INSERT OR REPLACE INTO dynamodb_tag (table_space, key, value) VALUES (?, ?, ?)",
		       db_int(table_space), db_text(tags->items[i].key),
		       db_text(tags->items[i].value));
}
