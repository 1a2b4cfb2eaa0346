/*
 * ExecuteStatement: one statement of PartiQL. It may be a read or a write, so it runs where it can wait for
 * either.
 */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/partiql_run.h"
#include "services/dynamodb/throttle.h"

struct execution {
	const struct dynamodb_execute_statement_in *in;
	struct dynamodb_execute_statement_out *out;
	struct partiql_request request;
};

static err run_select(struct call *c, void *arg)
{
	struct execution *x = arg;
	struct problem p = { .arena = c->arena };
	struct partiql_select select;
	struct partiql_rows rows;
	struct table t;
	struct capacity capacity = { .table = &t };
	err e = table_find(c, x->request.statement->table, &t);

	if (e)
		return e;
	if (!partiql_select_bind(&p, &x->request, &t, opt_true(x->in->consistent_read),
	                         x->in->next_token, &select))
		return problem_error(c, &p);
	e = throttle_admit(c, &t, select.page.index, THROTTLE_READ);
	if (e)
		return e;
	partiql_select_read(c->db, c->arena, &select, opt_int_or(x->in->limit, 0), &capacity,
	                    &rows);
	throttle_spend(c, &capacity);
	x->out->items = rows.items;
	x->out->next_token = rows.next_token;
	x->out->last_evaluated_key = rows.last_key;
	x->out->consumed_capacity =
		capacity_describe(c->arena, &capacity, x->in->return_consumed_capacity,
	                          /* in_transaction= */ false);
	return NULL;
}

static err run_write(struct call *c, void *arg)
{
	struct execution *x = arg;
	struct table t;
	struct capacity capacity = { .table = &t };
	str item;
	err e = table_find(c, x->request.statement->table, &t);

	if (!e)
		e = partiql_run_write(c, &t, &x->request,
		                      x->in->return_values_on_condition_check_failure, &capacity,
		                      &item);
	if (e)
		return e;
	x->out->items.items = arena_new(c->arena, str);
	x->out->items.items[0] = item;
	x->out->items.n = item.p ? 1 : 0;
	x->out->consumed_capacity =
		capacity_describe(c->arena, &capacity, x->in->return_consumed_capacity,
	                          /* in_transaction= */ false);
	return NULL;
}

err dynamodb_execute_statement(struct call *c, const struct dynamodb_execute_statement_in *in,
                               struct dynamodb_execute_statement_out *out)
{
	struct problem p = { .arena = c->arena };
	struct execution x = { .in = in, .out = out };

	if (!partiql_request_parse(&p, in->statement, &in->parameters, &x.request))
		return problem_error(c, &p);
	if (x.request.statement->operation == PARTIQL_EXISTS)
		return validation_error(
			c, "EXISTS can only be used in ExecuteTransaction write requests.");
	return partiql_is_read(&x.request) ? call_read(c, run_select, &x)
	                                   : call_write(c, run_write, &x);
}
