/*
 * Keys: which attributes make one, and their order-preserving encoding.
 *
 * An encoded key compares, as bytes, in the order in which a Query goes through a table or an index:
 *
 *     hash of the partition key's attributes (4 bytes)  so that segments of a scan divide evenly
 *     the partition key's attributes, each
 *     the sort key's attributes, each
 *     for an index: those attributes of the table's key that the index's key does not have already
 *
 * Each attribute ends by itself: text and binary have their zero bytes written as 00 FF and end with 00 01;
 * a number is number_put_key's. Since the type of each is fixed by the schema, no type is written.
 */
#ifndef SERVICES_DYNAMODB_KEY_H
#define SERVICES_DYNAMODB_KEY_H

#include "services/dynamodb/item.h"

enum {
	KEY_PARTS_MAX = 4, /* attributes of a global index's partition key, and of its sort key */
	KEY_HASH_SIZE_MAX = 2048,  /* bytes of a partition key's value */
	KEY_RANGE_SIZE_MAX = 1024, /* of a sort key's */
	KEY_HASH_BYTES = 4,
	KEY_TEXT_MAX = 64 * 1024, /* of an encoded key */
};

struct key_part {
	str name;
	enum value_type type; /* S, N or B */
};

struct key_schema {
	struct key_part hash[KEY_PARTS_MAX], range[KEY_PARTS_MAX];
	size_t hash_count, range_count;
};

bool key_schema_has(const struct key_schema *s, str name);

/*
 * The values of a table's key, from a `Key` parameter: exactly the schema's attributes, each of its type,
 * not empty, not too long. Otherwise "The provided key element does not match the schema" and its kin.
 */
bool key_check(struct problem *p, const struct key_schema *s, const struct item *key);

/* The same of an item that is put: it has further attributes, and the words are others ("One or more
 * parameter values were invalid: Missing the key id in the item"). */
bool key_check_of_item(struct problem *p, const struct key_schema *s, const struct item *item);

/* Of attributes that were checked. */
str key_encode(struct arena *a, const struct key_schema *s, const struct item *item);

/*
 * The key of an item in an index: false when the item is not in it, for it lacks an attribute of the index's
 * key (a sparse index). `table` is the table's own schema.
 */
bool key_encode_in_index(struct arena *a, const struct key_schema *index,
                         const struct key_schema *table, const struct item *item, str *ret);

/* The attributes of the index's key in an item that is written must be of the schema's types, not empty and
 * not too long: "One or more parameter values were invalid: Type mismatch for Index Key …". */
bool key_check_in_index(struct problem *p, const struct key_schema *index, str index_name,
                        const struct item *item);

/* The hash of the partition key's attributes. `values` are hash_count of them. */
uint32_t key_hash(const struct key_schema *s, const struct value *values);

/* The first bytes of every key that has these values: all of the partition key's, and as many of the sort
 * key's. For Query; a prefix for begins_with has the last text unfinished. */
void key_put_hash(struct buf *out, const struct key_schema *s, const struct value *values);
void key_put_value(struct buf *out, const struct value *value);
void key_put_value_prefix(struct buf *out, const struct value *value); /* S or B, without its end */

/* Only the key's attributes of an item, those of the index first when there is one (else NULL): a
 * LastEvaluatedKey. */
struct item key_of_item(struct arena *a, const struct key_schema *index,
                        const struct key_schema *table, const struct item *item);

/* Schemas as they are stored: ["HSid","RNscore"]: role, type, name. */
str key_schema_to_text(struct arena *a, const struct key_schema *s);
void key_schema_from_text(struct arena *a, str text, struct key_schema *ret);

#endif
