#include "services/dynamodb/transaction.h"

#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/throttle.h"
#include "services/dynamodb/token.h"

void transaction_init(struct transaction *t, struct call *c, size_t count)
{
	*t = (struct transaction){
		.call = c,
		.count = count,
		.actions = arena_array(c->arena, struct transaction_action, count),
		.tables = arena_array(c->arena, struct table, count),
		.capacities = arena_array(c->arena, struct capacity, count),
		.reads = arena_array(c->arena, int64_t, count),
		.reasons = arena_array(c->arena, struct dynamodb_cancellation_reason, count),
	};
}

/*
 * Tables, keys, reasons.
 */

static err find_table(struct transaction *t, struct transaction_action *a)
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

err transaction_find_tables(struct transaction *t)
{
	err e = NULL;

	for (size_t i = 0; i < t->count && !e; i++)
		e = find_table(t, &t->actions[i]);
	return e;
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
 * else does not fit is the action's own reason. The one for too deep an item ends where the message goes on.
 */
err transaction_refuse(struct transaction *t, size_t action, const struct problem *p)
{
	const str too_deep = STR(ITEM_TOO_DEEP_IN_SHORT);

	if (p->is_serialization ||
	    str_starts(p->message, STR("One or more parameter values are not valid.")))
		return problem_error(t->call, p);
	give_reason(t, action, STR("ValidationError"),
	            str_starts(p->message, too_deep) ? too_deep : p->message, STR_NULL);
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

err transaction_bind(struct transaction *t)
{
	err e = NULL;

	for (size_t i = 0; i < t->count && !e; i++) {
		struct transaction_action *a = &t->actions[i];
		struct problem p = { .arena = t->call->arena };

		if (t->reasons[i].code.p)
			continue;
		if (!write_bind(&p, &t->tables[a->table], &a->write))
			e = transaction_refuse(t, i, &p);
		else if (is_of_same_as_earlier(t, i))
			e = validation_error(t->call, "Transaction request cannot include "
			                              "multiple operations on one item");
	}
	return e;
}

/* An item that PartiQL inserts must not be there: that has a reason of its own. */
static void condition_failed(struct transaction *t, size_t action)
{
	const struct write *w = &t->actions[action].write;

	if (w->kind == WRITE_PUT && w->must_be_absent)
		give_reason(t, action, STR("DuplicateItem"),
		            STR("Duplicate primary key exists in table"), STR_NULL);
	else
		give_reason(t, action, STR("ConditionalCheckFailed"),
		            STR("The conditional request failed"),
		            w->shows_old_on_failure ? w->stored.text : STR_NULL);
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
			condition_failed(t, i);
			break;
		case WRITE_REFUSED:
			e = transaction_refuse(t, i, &p);
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
		struct transaction_action *a = &t->actions[i];
		int64_t new_size = a->write.will_exist ? item_size(&a->write.new) : 0;

		t->reads[a->table] += (int64_t)read_units(MAX(a->write.stored.size, new_size),
		                                          CAPACITY_TRANSACTION);
		write_apply(t->call, &a->write, &t->capacities[a->table],
		            /* in_transaction= */ true);
	}
	for (size_t i = 0; i < t->table_count; i++)
		throttle_spend(t->call, &t->capacities[i]);
}

static err run(struct transaction *t, str token, str request)
{
	err e = prepare_all(t);

	if (!e && t->failed)
		e = cancelled(t);
	if (e)
		return e;
	apply_all(t);
	if (token.p)
		token_keep(t->call, token, request, reply_to_keep(t));
	return NULL;
}

err transaction_run(struct transaction *t, str token, str request)
{
	str reply;
	err e = NULL;

	if (!token.p || !token_find(t->call, token, request, &reply, &e))
		return run(t, token, request);
	if (!e)
		charge_again(t, reply);
	return e;
}
