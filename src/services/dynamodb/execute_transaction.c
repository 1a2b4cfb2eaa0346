/*
 * ExecuteTransaction: up to a hundred statements, all of them reads of one item each or all of them writes (and
 * EXISTS, which is a condition on an item that is not written). What is wrong with a statement is an error of
 * the request, which says which one it is.
 */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/fingerprint.h"
#include "services/dynamodb/get.h"
#include "services/dynamodb/partiql_request.h"
#include "services/dynamodb/throttle.h"
#include "services/dynamodb/transaction.h"

static const int64_t size_max = 4 * 1024 * 1024; /* of the items together */

struct execution {
	const struct dynamodb_execute_transaction_in *in;
	struct dynamodb_execute_transaction_out *out;
	struct partiql_request *requests;
	size_t n;
};

static err invalid(struct call *c, size_t at, const struct problem *p)
{
	return validation_error(c, "Validation failed in TransactStatements[%zu]: %.*s", at,
	                        STR_ARG(p->message));
}

/*
 * Without tables.
 */

static bool check_statement(struct problem *p, const struct partiql_statement *s)
{
	if (s->returning != RETURNING_NONE)
		return problem_of_value(p,
		                        "RETURNING clause is not supported in ExecuteTransaction.");
	if (s->index.p)
		return problem_of_value(p,
		                        "Reads on indices are not supported within transactions.");
	return true;
}

static err parse_all(struct call *c, struct execution *x, bool *ret_has_writes)
{
	size_t reads = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct dynamodb_parameterized_statement *in =
			&x->in->transact_statements.items[i];
		struct partiql_request *r = &x->requests[i];
		struct problem p = { .arena = c->arena };

		if (!partiql_request_parse(&p, in->statement, &in->parameters, r))
			return r->has_bad_parameter ? problem_error(c, &p) : invalid(c, i, &p);
		if (!check_statement(&p, r->statement))
			return invalid(c, i, &p);
		reads += partiql_is_read(r);
	}
	*ret_has_writes = reads != x->n;
	if (!reads || reads == x->n)
		return NULL;
	return validation_error(c, "ExecuteTransaction API does not support both read and write "
	                           "operations in the same request.");
}

static err find_tables(struct execution *x, struct transaction *t)
{
	for (size_t i = 0; i < x->n; i++)
		t->actions[i].table_name = x->requests[i].statement->table;
	return transaction_find_tables(t);
}

/*
 * Reads, which in a snapshot are as of one moment.
 */

static err find_keys(struct call *c, struct execution *x, struct transaction *t)
{
	for (size_t i = 0; i < x->n; i++) {
		struct transaction_action *a = &t->actions[i];
		const struct table *table = &t->tables[a->table];
		struct problem p = { .arena = c->arena };

		if (!partiql_read_key(&p, &x->requests[i], table, "ExecuteTransaction",
		                      &a->write.item))
			return invalid(c, i, &p);
		for (size_t k = 0; k < i; k++)
			if (t->actions[k].table == a->table &&
			    item_equal(&t->actions[k].write.item, &a->write.item))
				return validation_error(c, "Transaction request cannot include "
				                           "multiple operations on one item");
	}
	return NULL;
}

static err read_items(struct call *c, struct execution *x, struct transaction *t)
{
	struct dynamodb_item_response_list *responses = &x->out->responses;
	const struct get whole = { 0 };
	int64_t size = 0;

	responses->items = arena_array(c->arena, struct dynamodb_item_response, x->n);
	responses->n = x->n;
	for (size_t i = 0; i < x->n; i++) {
		const struct transaction_action *a = &t->actions[i];
		struct stored_item stored =
			get_read(c->db, c->arena, &t->tables[a->table], &whole, &a->write.item);

		size += stored.size;
		if (size > size_max)
			return validation_error(c, "Aggregate size of the items in the transaction "
			                           "cannot exceed 4 MB");
		responses->items[i].item =
			partiql_columns(c->arena, x->requests[i].statement, stored.text);
		capacity_add_read(&t->capacities[a->table], NULL,
		                  read_units(stored.size, CAPACITY_TRANSACTION));
	}
	return NULL;
}

static err admit_reads(struct call *c, const struct transaction *t)
{
	err e = NULL;

	for (size_t i = 0; i < t->table_count && !e; i++)
		e = throttle_admit(c, &t->tables[i], NULL, THROTTLE_READ);
	return e;
}

static void describe(struct call *c, struct execution *x, struct transaction *t)
{
	capacity_describe_all(c->arena, t->capacities, t->table_count,
	                      x->in->return_consumed_capacity, /* in_transaction= */ true,
	                      &x->out->consumed_capacity);
}

static err run_reads(struct call *c, void *arg)
{
	struct execution *x = arg;
	struct transaction t;
	err e;

	transaction_init(&t, c, x->n);
	e = find_tables(x, &t);
	if (!e)
		e = find_keys(c, x, &t);
	if (!e)
		e = admit_reads(c, &t);
	if (!e)
		e = read_items(c, x, &t);
	if (e)
		return e;
	for (size_t i = 0; i < t.table_count; i++)
		throttle_spend(c, &t.capacities[i]);
	describe(c, x, &t);
	return NULL;
}

/*
 * Writes.
 */

static err make_writes(struct call *c, struct execution *x, struct transaction *t)
{
	for (size_t i = 0; i < x->n; i++) {
		struct transaction_action *a = &t->actions[i];
		struct problem p = { .arena = c->arena };

		if (!partiql_write(&p, &x->requests[i], &t->tables[a->table], &a->write))
			return invalid(c, i, &p);
		a->write.shows_old_on_failure =
			str_eq(x->in->transact_statements.items[i]
		                       .return_values_on_condition_check_failure,
		               STR("ALL_OLD"));
	}
	return NULL;
}

static str fingerprint(struct arena *a, const struct dynamodb_execute_transaction_in *in)
{
	struct fingerprint f;

	fingerprint_init(&f, a);
	for (size_t i = 0; i < in->transact_statements.n; i++) {
		const struct dynamodb_parameterized_statement *s =
			&in->transact_statements.items[i];

		fingerprint_text(&f, s->statement);
		for (size_t k = 0; k < s->parameters.n; k++)
			fingerprint_text(&f, s->parameters.items[k]);
		fingerprint_text(&f, s->return_values_on_condition_check_failure);
	}
	return fingerprint_end(&f);
}

static err run_writes(struct call *c, void *arg)
{
	struct execution *x = arg;
	str token = x->in->client_request_token;
	struct transaction t;
	err e;

	transaction_init(&t, c, x->n);
	e = find_tables(x, &t);
	if (!e)
		e = make_writes(c, x, &t);
	if (!e)
		e = transaction_bind(&t);
	if (!e)
		e = transaction_run(&t, token, token.p ? fingerprint(c->arena, x->in) : STR_NULL);
	if (e)
		return e;
	describe(c, x, &t);
	return NULL;
}

err dynamodb_execute_transaction(struct call *c, const struct dynamodb_execute_transaction_in *in,
                                 struct dynamodb_execute_transaction_out *out)
{
	struct execution x = { .in = in, .out = out, .n = in->transact_statements.n };
	bool has_writes = false;
	err e;

	x.requests = arena_array(c->arena, struct partiql_request, x.n);
	e = parse_all(c, &x, &has_writes);
	if (e)
		return e;
	/* Of writes there is a list, too: an empty one. */
	out->responses.items = arena_new(c->arena, struct dynamodb_item_response);
	return has_writes ? call_write(c, run_writes, &x) : call_read(c, run_reads, &x);
}
