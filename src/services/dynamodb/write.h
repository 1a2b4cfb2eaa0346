/*
 * Writes of one item, as all operations make them: PutItem and its kin, batches, transactions, PartiQL.
 *
 *     write_parse     what can be said of the request alone
 *     write_bind      what can be said with the table: keys, keys of indexes
 *     write_prepare   finds the old item, checks the condition, makes the new item; changes nothing
 *     write_apply     changes the table, its indexes and its stream, and counts the capacity
 *
 * So a transaction prepares all of its writes before it applies the first. write_run is the last three for
 * an operation on one item. PartiQL, which has no parameters to parse, fills in a struct write itself.
 */
#ifndef SERVICES_DYNAMODB_WRITE_H
#define SERVICES_DYNAMODB_WRITE_H

#include "services/dynamodb/change.h"
#include "services/dynamodb/expression.h"

enum write_kind { WRITE_PUT, WRITE_UPDATE, WRITE_DELETE, WRITE_CHECK };

enum write_outcome {
	WRITE_READY,
	WRITE_CONDITION_FAILED, /* the old item is in `stored`, when there is one */
	WRITE_REFUSED,          /* the problem says why */
};

struct write {
	/* What is asked. */
	enum write_kind kind;
	struct item item;                  /* WRITE_PUT: all of it; otherwise the key */
	const struct condition *condition; /* NULL: none */
	const struct update *update;       /* NULL: the item is only to be there */
	bool must_exist, must_be_absent;   /* conditions as well: of PartiQL's UPDATE and INSERT */
	bool shows_old_on_failure;         /* ReturnValuesOnConditionCheckFailure: ALL_OLD */
	bool measures_update;              /* of UpdateItem: see update_size */

	/* What write_bind finds. */
	const struct table *table;
	str key; /* encoded */

	/* What write_prepare finds: the item as it was, its text absent when there was none; and what it will
	 * be. `old` is read only when something depends on it: see write_old. */
	struct stored_item stored;
	struct item old, new;
	bool old_is_read, will_exist;
	str new_text;
};

/* The parameters that requests have in common, by AWS's names; the others stay zeroed. */
struct write_parameters {
	enum write_kind kind;
	str item; /* Item or Key */
	str condition_expression, update_expression;
	const struct dynamodb_expression_attribute_name_map *expression_attribute_names;
	const struct dynamodb_expression_attribute_value_map *expression_attribute_values;
	const struct dynamodb_expected_attribute_map *expected;
	str conditional_operator;
	const struct dynamodb_attribute_updates *attribute_updates;
	str return_values, return_values_on_condition_check_failure;
	str return_consumed_capacity, return_item_collection_metrics;
};

/* What an operation on one item gives back. */
struct write_result {
	str attributes;
	struct dynamodb_consumed_capacity *consumed_capacity;
	struct dynamodb_item_collection_metrics *item_collection_metrics;
};

/* All of PutItem, UpdateItem or DeleteItem. */
err write_operation(struct call *c, str table_name, const struct write_parameters *given,
                    struct write_result *ret);

/* What AWS checks of such a request ahead of the model's constraints, and in other words. */
err write_check_request(struct call *c, str table_name, const struct write_parameters *given);

/* Whether a value goes so deep, far beyond what an item may, that AWS leaves the request to the older layer. */
bool write_is_for_older_layer(const struct write_parameters *given);

bool write_parse(struct problem *p, const struct write_parameters *given, struct write *ret);

/* Of an item that is put, PartiQL's INSERT included. */
bool write_check_size(struct problem *p, const struct item *item);

bool write_bind(struct problem *p, const struct table *t, struct write *w);
enum write_outcome write_prepare(struct db *db, struct problem *p, struct write *w);
void write_apply(struct call *c, struct write *w, struct capacity *capacity, bool in_transaction);

/* The last three; ConditionalCheckFailedException, with the item when it is to be shown. */
err write_run(struct call *c, const struct table *t, struct write *w, struct capacity *capacity);

/* The item that was there, or NULL. */
const struct item *write_old(struct arena *a, struct write *w);

/* What ReturnValues asks for (absent: NONE) of a write that is prepared; absent: nothing is returned. */
str write_attributes(struct arena *a, struct write *w, str return_values);

/* Whether two writes are of the same item. */
bool write_is_of_same(const struct write *a, const struct write *b);

#endif
