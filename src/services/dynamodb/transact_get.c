/*
 * TransactGetItems: up to a hundred items as they are at one moment, which in a snapshot they always are. So
 * nothing here conflicts; a key that does not fit its table cancels the transaction, with a reason for each
 * of its reads.
 */
#include "base/str.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/get.h"
#include "services/dynamodb/parameters.h"
#include "services/dynamodb/throttle.h"

enum { TRANSACTION_SIZE_MAX = 4 * 1024 * 1024 };

struct transact_get {
	const struct dynamodb_get *in;
	const struct table *table;
	struct capacity *capacity;
	struct item key;
	struct get get;
	str code, message; /* why it is refused; absent: it is not */
};

struct transaction {
	struct transact_get *gets;
	size_t n;
	struct table *tables; /* each once, with their capacities beside them */
	struct capacity *capacities;
	size_t table_count;
};

static bool parse_one(struct problem *p, struct transact_get *get)
{
	static const struct dynamodb_attribute_name_list no_names;
	const struct parameter legacy[] = { { 0 } };
	const struct parameter expressions[] = {
		{ "ProjectionExpression", get->in->projection_expression.p != NULL },
		{ 0 },
	};

	return parameters_check(p,
	                        &(struct parameters){
					.legacy = legacy,
					.expressions = expressions,
					.names = &get->in->expression_attribute_names,
				}) &&
	       item_read(p, get->in->key, &get->key) &&
	       get_parse(p, get->in->projection_expression, &get->in->expression_attribute_names,
	                 &no_names, &get->get);
}

static bool parse(struct problem *p, const struct dynamodb_transact_get_item_list *in,
                  struct transaction *t)
{
	t->n = in->n;
	t->gets = arena_array(p->arena, struct transact_get, in->n);
	t->tables = arena_array(p->arena, struct table, in->n);
	t->capacities = arena_array(p->arena, struct capacity, in->n);
	for (size_t i = 0; i < in->n; i++) {
		t->gets[i].in = in->items[i].get;
		if (!parse_one(p, &t->gets[i]))
			return false;
	}
	return true;
}

static err find_table(struct call *c, struct transaction *t, struct transact_get *get)
{
	size_t at = 0;
	err e;

	while (at < t->table_count && !str_eq(t->tables[at].given, get->in->table_name))
		at++;
	if (at == t->table_count) {
		e = table_find(c, get->in->table_name, &t->tables[at]);
		if (e)
			return e;
		t->capacities[at].table = &t->tables[at];
		t->table_count++;
	}
	get->table = &t->tables[at];
	get->capacity = &t->capacities[at];
	return NULL;
}

static err check_distinct(struct call *c, const struct transaction *t)
{
	str *texts = arena_array(c->arena, str, t->n);

	for (size_t i = 0; i < t->n; i++) {
		const struct transact_get *get = &t->gets[i];

		texts[i] = arena_printf(c->arena, "%lld %.*s", (long long)get->table->space,
		                        STR_ARG(get_key_text(c->arena, &get->key)));
	}
	return get_are_distinct(texts, t->n)
	               ? NULL
	               : validation_error(c, "Transaction request cannot include multiple "
	                                     "operations on one item");
}

static void check_one(struct call *c, struct transact_get *get)
{
	struct problem p = { .arena = c->arena };
	err held;

	if (!key_check(&p, &get->table->keys, &get->key) || !get_bind(&p, get->table, &get->get)) {
		get->code = STR("ValidationError");
		get->message = p.message;
		return;
	}
	held = throttle_admit(c, get->table, NULL, THROTTLE_READ);
	if (held) {
		get->code = STR("ProvisionedThroughputExceeded");
		get->message = held->message;
	}
}

/* The reason of each read, in order; NULL when all are good. */
static err cancel_refused(struct call *c, const struct transaction *t)
{
	struct dynamodb_transaction_canceled_exception *details;
	struct dynamodb_cancellation_reason *reasons =
		arena_array(c->arena, struct dynamodb_cancellation_reason, t->n);
	bool is_refused = false;
	struct buf codes;

	buf_init(&codes, c->arena, 16 * 1024);
	for (size_t i = 0; i < t->n; i++) {
		is_refused |= t->gets[i].code.p != NULL;
		reasons[i].code = t->gets[i].code.p ? t->gets[i].code : STR("None");
		reasons[i].message = t->gets[i].message;
		buf_printf(&codes, "%s%.*s", i ? ", " : "", STR_ARG(reasons[i].code));
	}
	if (!is_refused)
		return NULL;
	details = arena_new(c->arena, struct dynamodb_transaction_canceled_exception);
	details->cancellation_reasons.items = reasons;
	details->cancellation_reasons.n = t->n;
	return fail_with(c, &dynamodb_transaction_canceled_exception, details,
	                 "Transaction cancelled, please refer cancellation reasons for specific "
	                 "reasons [%.*s]",
	                 STR_ARG(buf_str(&codes)));
}

static err bind(struct call *c, struct transaction *t)
{
	err e;

	for (size_t i = 0; i < t->n; i++) {
		e = find_table(c, t, &t->gets[i]);
		if (e)
			return e;
	}
	e = check_distinct(c, t);
	if (e)
		return e;
	for (size_t i = 0; i < t->n; i++)
		check_one(c, &t->gets[i]);
	return cancel_refused(c, t);
}

static err read_all(struct call *c, const struct transaction *t,
                    struct dynamodb_item_response_list *ret)
{
	int64_t size = 0;

	ret->items = arena_array(c->arena, struct dynamodb_item_response, t->n);
	ret->n = t->n;
	for (size_t i = 0; i < t->n; i++) {
		struct transact_get *get = &t->gets[i];
		struct stored_item stored =
			get_read(c->db, c->arena, get->table, &get->get, &get->key);

		size += stored.size;
		if (size > TRANSACTION_SIZE_MAX)
			return validation_error(c, "Aggregate size of the items in the transaction "
			                           "cannot exceed 4 MB");
		/* Unlike a GetItem's, an item of which nothing is wanted is left out. */
		if (!get->get.is_projected || !str_eq(stored.text, STR("{}")))
			ret->items[i].item = stored.text;
		capacity_add_read(get->capacity, NULL,
		                  read_units(stored.size, CAPACITY_TRANSACTION));
	}
	return NULL;
}

err dynamodb_transact_get_items(struct call *c, const struct dynamodb_transact_get_items_in *in,
                                struct dynamodb_transact_get_items_out *out)
{
	struct problem p = { .arena = c->arena };
	struct transaction t = { 0 };
	err e;

	if (!parse(&p, &in->transact_items, &t))
		return problem_error(c, &p);
	e = bind(c, &t);
	if (!e)
		e = read_all(c, &t, &out->responses);
	if (e)
		return e;
	for (size_t i = 0; i < t.table_count; i++)
		throttle_spend(c, &t.capacities[i]);
	capacity_describe_all(c->arena, t.capacities, t.table_count, in->return_consumed_capacity,
	                      /* in_transaction= */ true, &out->consumed_capacity);
	return NULL;
}
