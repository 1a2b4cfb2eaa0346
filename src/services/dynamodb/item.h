/*
 * Items and their values, as trees in an arena, and as the JSON text that is sent and stored.
 *
 * A tree is normal once it is read: a number is a `struct number`, a binary its bytes, a set has no
 * duplicates and is in the order of its elements (those stored by older versions are not). item_put writes
 * the text that is stored and that answers a plain read as it is: {"id":{"S":"a"},"age":{"N":"3"}}.
 */
#ifndef SERVICES_DYNAMODB_ITEM_H
#define SERVICES_DYNAMODB_ITEM_H

#include "base/json.h"
#include "services/dynamodb/number.h"
#include "services/dynamodb/problem.h"

enum {
	ITEM_SIZE_MAX = 400 * 1024, /* as DynamoDB counts (item_size) */
	/* Levels, an attribute's value being the first: a list or map on the last one would have another. */
	ITEM_DEPTH_MAX = 32,
	/* Of the JSON text of one that is within ITEM_SIZE_MAX: 1E-130 counts for two bytes. */
	ITEM_TEXT_MAX = 40 * 1024 * 1024,
};

/* What is said of a value beyond ITEM_DEPTH_MAX. */
#define ITEM_TOO_DEEP_IN_SHORT "Nesting Levels have exceeded supported limits"
#define ITEM_TOO_DEEP          \
	ITEM_TOO_DEEP_IN_SHORT \
	": Attributes in the item have nested levels beyond supported limit"

/* The descriptors of expressions (attribute_type) and of the wire are the same: "S", "NULL", … */
enum value_type {
	VALUE_NONE, /* of zeroed memory: no value */
	VALUE_S,
	VALUE_N,
	VALUE_B,
	VALUE_SS,
	VALUE_NS,
	VALUE_BS,
	VALUE_M,
	VALUE_L,
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_TYPES,
};

struct attribute;

struct value {
	enum value_type type;
	union {
		str text;              /* S, and B: its bytes */
		struct number *number; /* N */
		bool boolean;
		struct { /* of L, SS, NS, BS; the elements of a set are S, N or B */
			struct value *items;
			size_t n;
		} list;
		struct { /* of M */
			struct attribute *items;
			size_t n;
		} map;
	} as;
};

struct attribute {
	str name;
	struct value value;
};

/* In the order in which they were sent. Names are unique: of an attribute sent twice, the last counts. */
struct item {
	struct attribute *items;
	size_t n;
};

str value_type_name(enum value_type type);      /* "SS" */
enum value_type value_type_from_name(str name); /* VALUE_NONE: no such type */
static inline bool value_is_set(enum value_type type)
{
	return type == VALUE_SS || type == VALUE_NS || type == VALUE_BS;
}

/*
 * From the text of a request. They check what DynamoDB checks of every value, wherever it stands: one type
 * each, the JSON kinds (a SerializationException), base64, numbers, sets without duplicates and not empty,
 * NULL true, nesting. Sizes and keys are not looked at, but what is twice as large as any item is refused
 * right there. A problem of the text, wherever it stands, is told rather than one of a value. False: the
 * problem is set.
 * Texts point into `json` where nothing had to be decoded, so it must live as long.
 */
bool item_read(struct problem *p, str json, struct item *ret);
bool value_read(struct problem *p, str json, struct value *ret);

/* Of ExpressionAttributeValues: the older layer lets it be one level deeper than an item. */
bool value_read_of_expression(struct problem *p, str json, struct value *ret);

/* From a text that item_put wrote: quick, and never wrong. */
void item_load(struct arena *a, str json, struct item *ret);

void item_put(struct json_writer *w, const struct item *item);
void value_put(struct json_writer *w, const struct value *value);
str item_text(struct arena *a, const struct item *item); /* item_put, in the arena */

const struct value *item_find(const struct item *item,
                              str name); /* NULL: it has none of that name */
/* Sets or replaces, or removes, an attribute; the item's array is copied into the arena when it grows. The
 * value is not copied. */
void item_set(struct arena *a, struct item *item, str name, const struct value *value);
bool item_remove(struct item *item, str name);

/* Bytes as DynamoDB counts them: names and values in UTF-8, numbers by number_size, 1 for NULL and BOOL,
 * 3 for a list or map and 1 more for each element of it. */
int64_t value_size(const struct value *value);
int64_t item_size(const struct item *item);

/* How many lists and maps there are in each other; 0: it is neither. */
size_t value_height(const struct value *value);

/* Deep. Numbers by value, sets without regard to order, maps without regard to order. */
bool value_equal(const struct value *a, const struct value *b);
bool item_equal(const struct item *a, const struct item *b);

/* Of two of one type, S, N or B: <0, 0, >0, by unsigned bytes or by number. */
int value_compare(const struct value *a, const struct value *b);

/* Whether a set has an element, or a list one that is equal. */
bool value_contains_element(const struct value *collection, const struct value *element);

/* A deep copy of arrays; texts and numbers are shared. For an update to work on. */
struct value value_copy(struct arena *a, const struct value *value);
struct item item_copy(struct arena *a, const struct item *item);

#endif
