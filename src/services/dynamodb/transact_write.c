/*
 * TransactWriteItems: all of its actions or none. What can be said of the request alone is an error of its own;
 * what an action says of an item is a reason for which the transaction is cancelled, one for each action, in
 * order. All actions are prepared before the first is applied, so a cancelled one has touched nothing.
 *
 * Transactions never conflict here: there is one writer.
 */
#include "base/str.h"
#include "services/dynamodb/collection.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/fingerprint.h"
#include "services/dynamodb/throttle.h"
#include "services/dynamodb/token.h"
#include "services/dynamodb/write.h"

static const int64_t size_max = 4 * 1024 * 1024; /* of the items together */

struct action {
	str table_name;
	struct write_parameters given;
	struct write write;
	size_t table; /* which of the transaction's tables */
};

struct transaction {
	struct call *call;
	struct action *actions;
	size_t count;
	struct table *tables;
	size_t table_count;
	struct capacity *capacities; /* as tables */
	int64_t *reads;              /* what it costs to read all again, as tables */
	struct dynamodb_cancellation_reason *reasons;
	size_t failed; /* how many of the reasons are one */
};

/*
 * Reading the request.
 */

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
                         struct action *ret)
{
	int given = !!in->condition_check + !!in->put + !!in->delete + !!in->update;

	if (!given)
		return problem_of_value(p, "Invalid Request: TransactWriteRequest should contain "
		                           "Delete or Put or Update request");
	if (given > 1)
		return problem_of_value(p, "TransactItems can only contain one of Check, Put, "
		                           "Update or Delete");
	if (in->condition_check)
		take_check(ret, in->condition_check);
	else if (in->put)
		take_put(ret, in->put);
	else if (in->delete)
		take_delete(ret, in->delete);
	else
		take_update(ret, in->update);
	return write_parse(p, &ret->given, &ret->write);
}

static bool parse_all(struct problem *p, const struct dynamodb_transact_write_item_list *in,
                      struct transaction *t)
{
	int64_t size = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!parse_action(p, &in->items[i], &t->actions[i]))
			return false;
		size += item_size(&t->actions[i].write.item);
	}
	if (size <= size_max)
		return true;
	return problem_of_value(p, "Transaction size has exceeded the maximum allowed size");
}

/*
 * Tables, keys, reasons.
 */

static err find_table(struct transaction *t, struct action *a)
{
	err e;

	for (size_t i = 0; i < t->table_count; i++)
		if (str_eq(t->tables[i].given, a->table_name)) {
			a->table = i;
			return NULL;
		}
	e = table_find(t->call, a->table_name, &t->tables[t->table_count]);
	if (e)
		return e;
	a->table = t->table_count;
	t->capacities[a->table].table = &t->tables[a->table];
	t->table_count++;
	return NULL;
}

static void give_reason(struct transaction *t, size_t action, str code, str message, str item)
{
	t->reasons[action] = (struct dynamodb_cancellation_reason){ .code = code,
		                                                    .message = message,
		                                                    .item = item };
	t->failed++;
}

/*
 * An empty value of a key is refused with the request, even when it would come about by an update; whatever
 * else does not fit is the action's own reason.
 */
static err refuse_or_give_reason(struct transaction *t, size_t action, const struct problem *p)
{
	if (p->is_serialization ||
	    str_starts(p->message, STR("One or more parameter values are not valid.")))
		return problem_error(t->call, p);
	give_reason(t, action, STR("ValidationError"), p->message, STR_NULL);
	return NULL;
}

static bool is_of_same_as_earlier(const struct transaction *t, size_t action)
{
	const struct write *w = &t->actions[action].write;

	for (size_t i = 0; i < action; i++)
		if (t->actions[i].write.key.p && write_is_of_same(&t->actions[i].write, w))
			return true;
	return false;
}

static err bind_all(struct transaction *t)
{
	err e = NULL;

	for (size_t i = 0; i < t->count && !e; i++)
		e = find_table(t, &t->actions[i]);
	for (size_t i = 0; i < t->count && !e; i++) {
		struct action *a = &t->actions[i];
		struct problem p = { .arena = t->call->arena };

		if (!write_bind(&p, &t->tables[a->table], &a->write))
			e = refuse_or_give_reason(t, i, &p);
		else if (is_of_same_as_earlier(t, i))
			e = validation_error(t->call, "Transaction request cannot include "
			                              "multiple operations on one item");
	}
	return e;
}

static err prepare_all(struct transaction *t)
{
	err e = NULL;

	for (size_t i = 0; i < t->count && !e; i++) {
		struct write *w = &t->actions[i].write;
		struct problem p = { .arena = t->call->arena };

		if (t->reasons[i].code.p)
			continue;
		if (!throttle_admits(t->call, w->table, NULL, THROTTLE_WRITE)) {
			give_reason(t, i, STR("ProvisionedThroughputExceeded"),
			            STR("The level of configured provisioned throughput for the "
			                "table was exceeded. Consider increasing your "
			                "provisioning level with the UpdateTable API."),
			            STR_NULL);
			continue;
		}
		switch (write_prepare(t->call->db, &p, w)) {
		case WRITE_CONDITION_FAILED:
			give_reason(t, i, STR("ConditionalCheckFailed"),
			            STR("The conditional request failed"),
			            w->shows_old_on_failure ? w->stored.text : STR_NULL);
			break;
		case WRITE_REFUSED:
			e = refuse_or_give_reason(t, i, &p);
			break;
		case WRITE_READY:
			break;
		}
	}
	return e;
}

static err cancelled(struct transaction *t)
{
	struct dynamodb_transaction_canceled_exception *details =
		arena_new(t->call->arena, struct dynamodb_transaction_canceled_exception);
	struct buf codes;

	buf_init(&codes, t->call->arena, 64 * t->count);
	for (size_t i = 0; i < t->count; i++) {
		if (!t->reasons[i].code.p)
			t->reasons[i].code = STR("None");
		buf_printf(&codes, "%s%.*s", i ? ", " : "", STR_ARG(t->reasons[i].code));
	}
	details->cancellation_reasons.items = t->reasons;
	details->cancellation_reasons.n = t->count;
	return fail_with(t->call, &dynamodb_transaction_canceled_exception, details,
	                 "Transaction cancelled, please refer cancellation reasons for specific "
	                 "reasons [%.*s]",
	                 STR_ARG(buf_str(&codes)));
}

/*
 * Tokens. Coming again, a transaction is charged for reading what it has written.
 */

static str fingerprint(struct transaction *t)
{
	struct fingerprint f;

	fingerprint_init(&f, t->call->arena);
	for (size_t i = 0; i < t->count; i++) {
		const struct action *a = &t->actions[i];

		buf_printf(&f.text, "%d", (int)a->write.kind);
		fingerprint_text(&f, a->table_name);
		fingerprint_item(&f, &a->write.item);
		fingerprint_text(&f, a->given.condition_expression);
		fingerprint_text(&f, a->given.update_expression);
		fingerprint_names(&f, a->given.expression_attribute_names);
		fingerprint_values(&f, a->given.expression_attribute_values);
		fingerprint_text(&f, a->given.return_values_on_condition_check_failure);
	}
	return fingerprint_end(&f);
}

static str reply_to_keep(struct transaction *t)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, t->call->arena, 32 * (t->count + 1));
	json_writer_init(&w, &b);
	json_put_array(&w);
	for (size_t i = 0; i < t->table_count; i++)
		json_put_i64(&w, t->reads[i]);
	json_put_array_end(&w);
	return buf_str(&b);
}

static void charge_again(struct transaction *t, str reply)
{
	struct json_reader r;
	str digits;
	int64_t units;

	json_reader_init(&r, t->call->arena, reply);
	if (!json_enter_array(&r))
		return;
	for (size_t i = 0; i < t->table_count && json_next_element(&r); i++)
		if (json_number(&r, &digits) && str_to_i64(digits, &units))
			capacity_add_read(&t->capacities[i], NULL, (double)units);
}

/*
 * Doing it.
 */

static void apply_all(struct transaction *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct action *a = &t->actions[i];
		int64_t new_size = a->write.will_exist ? item_size(&a->write.new) : 0;

		t->reads[a->table] += (int64_t)read_units(MAX(a->write.stored.size, new_size),
		                                          CAPACITY_TRANSACTION);
		write_apply(t->call, &a->write, &t->capacities[a->table],
		            /* in_transaction= */ true);
	}
	for (size_t i = 0; i < t->table_count; i++)
		throttle_spend(t->call, &t->capacities[i]);
}

static void transaction_init(struct transaction *t, struct call *c, size_t count)
{
	*t = (struct transaction){
		.call = c,
		.count = count,
		.actions = arena_array(c->arena, struct action, count),
		.tables = arena_array(c->arena, struct table, count),
		.capacities = arena_array(c->arena, struct capacity, count),
		.reads = arena_array(c->arena, int64_t, count),
		.reasons = arena_array(c->arena, struct dynamodb_cancellation_reason, count),
	};
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

/* Everything is checked; `request` is absent without a token. */
static err run(struct transaction *t, str token, str request)
{
	err e = prepare_all(t);

	if (!e && t->failed)
		e = cancelled(t);
	if (e)
		return e;
	apply_all(t);
	if (request.p)
		token_keep(t->call, token, request, reply_to_keep(t));
	return NULL;
}

err dynamodb_transact_write_items(struct call *c, const struct dynamodb_transact_write_items_in *in,
                                  struct dynamodb_transact_write_items_out *out)
{
	struct problem p = { .arena = c->arena };
	str request = STR_NULL, reply = STR_NULL;
	struct transaction t;
	err e;

	transaction_init(&t, c, in->transact_items.n);
	if (!parse_all(&p, &in->transact_items, &t))
		return problem_error(c, &p);
	e = bind_all(&t);
	if (e)
		return e;
	if (in->client_request_token.p)
		request = fingerprint(&t);
	if (request.p && token_find(c, in->client_request_token, request, &reply, &e))
		charge_again(&t, reply);
	else
		e = run(&t, in->client_request_token, request);
	if (e)
		return e;
	describe(&t, in, out);
	return NULL;
}
