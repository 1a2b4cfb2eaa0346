/* TransactWriteItems: all of its actions or none (transaction.h). */
#include "base/str.h"
#include "services/dynamodb/collection.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/fingerprint.h"
#include "services/dynamodb/transaction.h"

/* An action as it was asked for. */
struct action {
	str table_name;
	struct write_parameters given;
};

static const int64_t size_max = 4 * 1024 * 1024; /* of the items together */

static void take_check(struct action *a, const struct dynamodb_condition_check *in)
{
	a->table_name = in->table_name;
	a->given = (struct write_parameters){
		.kind = WRITE_CHECK,
		.item = in->key,
		.condition_expression = in->condition_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
	};
}

static void take_put(struct action *a, const struct dynamodb_put *in)
{
	a->table_name = in->table_name;
	a->given = (struct write_parameters){
		.kind = WRITE_PUT,
		.item = in->item,
		.condition_expression = in->condition_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
	};
}

static void take_delete(struct action *a, const struct dynamodb_delete *in)
{
	a->table_name = in->table_name;
	a->given = (struct write_parameters){
		.kind = WRITE_DELETE,
		.item = in->key,
		.condition_expression = in->condition_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
	};
}

static void take_update(struct action *a, const struct dynamodb_update *in)
{
	a->table_name = in->table_name;
	a->given = (struct write_parameters){
		.kind = WRITE_UPDATE,
		.item = in->key,
		.condition_expression = in->condition_expression,
		.update_expression = in->update_expression,
		.expression_attribute_names = &in->expression_attribute_names,
		.expression_attribute_values = &in->expression_attribute_values,
		.return_values_on_condition_check_failure =
			in->return_values_on_condition_check_failure,
	};
}

static bool parse_action(struct problem *p, const struct dynamodb_transact_write_item *in,
                         struct action *action, struct write *ret)
{
	int given = !!in->condition_check + !!in->put + !!in->delete + !!in->update;

	if (!given)
		return problem_of_value(p, "Invalid Request: TransactWriteRequest should contain "
		                           "Delete or Put or Update request");
	if (given > 1)
		return problem_of_value(p, "TransactItems can only contain one of Check, Put, "
		                           "Update or Delete");
	if (in->condition_check)
		take_check(action, in->condition_check);
	else if (in->put)
		take_put(action, in->put);
	else if (in->delete)
		take_delete(action, in->delete);
	else
		take_update(action, in->update);
	return write_parse(p, &action->given, ret);
}

static bool parse_all(struct problem *p, const struct dynamodb_transact_write_item_list *in,
                      struct action *actions, struct transaction *t)
{
	int64_t size = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!parse_action(p, &in->items[i], &actions[i], &t->actions[i].write))
			return false;
		t->actions[i].table_name = actions[i].table_name;
		size += item_size(&t->actions[i].write.item);
	}
	if (size <= size_max)
		return true;
	return problem_of_value(p, "Transaction size has exceeded the maximum allowed size");
}

static str fingerprint(struct transaction *t, const struct action *actions)
{
	struct fingerprint f;

	fingerprint_init(&f, t->call->arena);
	for (size_t i = 0; i < t->count; i++) {
		const struct action *a = &actions[i];

		buf_printf(&f.text, "%d", (int)a->given.kind);
		fingerprint_text(&f, a->table_name);
		fingerprint_item(&f, &t->actions[i].write.item);
		fingerprint_text(&f, a->given.condition_expression);
		fingerprint_text(&f, a->given.update_expression);
		fingerprint_names(&f, a->given.expression_attribute_names);
		fingerprint_values(&f, a->given.expression_attribute_values);
		fingerprint_text(&f, a->given.return_values_on_condition_check_failure);
	}
	return fingerprint_end(&f);
}

static void describe(struct transaction *t, const struct dynamodb_transact_write_items_in *in,
                     struct dynamodb_transact_write_items_out *out)
{
	struct collections collections = { .arena = t->call->arena,
		                           .wanted = in->return_item_collection_metrics,
		                           .writes_max = t->count };

	for (size_t i = 0; i < t->count; i++)
		if (t->actions[i].write.kind != WRITE_CHECK)
			collections_add(&collections, t->call->db, t->actions[i].write.table,
			                &t->actions[i].write.item);
	out->item_collection_metrics = collections.tables;
	capacity_describe_all(t->call->arena, t->capacities, t->table_count,
	                      in->return_consumed_capacity, /* in_transaction= */ true,
	                      &out->consumed_capacity);
}

err dynamodb_transact_write_items(struct call *c, const struct dynamodb_transact_write_items_in *in,
                                  struct dynamodb_transact_write_items_out *out)
{
	struct action *actions = arena_array(c->arena, struct action, in->transact_items.n);
	struct problem p = { .arena = c->arena };
	str token = in->client_request_token;
	struct transaction t;
	err e;

	transaction_init(&t, c, in->transact_items.n);
	if (!parse_all(&p, &in->transact_items, actions, &t))
		return problem_error(c, &p);
	e = transaction_find_tables(&t);
	if (!e)
		e = transaction_bind(&t);
	if (!e)
		e = transaction_run(&t, token, token.p ? fingerprint(&t, actions) : STR_NULL);
	if (e)
		return e;
	describe(&t, in, out);
	return NULL;
}
