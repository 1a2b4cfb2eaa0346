/* Tags of tables. */
#ifndef SERVICES_DYNAMODB_TAG_H
#define SERVICES_DYNAMODB_TAG_H

#include "services/dynamodb/table.h"

enum { TAGS_MAX = 50 };

/* Lengths, characters, number: "Tag Key cannot be prefixed with aws:, Key: aws:x", … */
bool tags_check(struct problem *p, const struct dynamodb_tag_list *tags);
bool tag_keys_check(struct problem *p, const struct dynamodb_tag_key_list *keys);

void tags_put(struct db *db, int64_t table_space, const struct dynamodb_tag_list *tags);

#endif
