/* Many elements or attributes at once, in n log n steps: what a client sends may be made to be slow. */
#ifndef SERVICES_DYNAMODB_ITEM_SET_H
#define SERVICES_DYNAMODB_ITEM_SET_H

#include "services/dynamodb/item.h"

/* The place of the first element that is equal to one before it; their number: there is none. */
size_t set_first_repeat(const struct value *set);

/* In DynamoDB's order, in which it gives sets back: by bytes, or by number. */
void set_sort(struct value *set);

/* Of attributes of the same name only the last is left; returns how many there are then. */
size_t drop_earlier_names(struct attribute *items, size_t n);

/* Whether two sets of one type have the same elements, two maps the same attributes. */
bool sets_are_equal(const struct value *a, const struct value *b);
bool attributes_are_equal(const struct attribute *a, size_t a_count, const struct attribute *b,
                          size_t b_count);

#endif
