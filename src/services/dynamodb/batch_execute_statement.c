/*
 * BatchExecuteStatement: statements that have nothing to do with each other but that they come together, all
 * of them reads of one item each or all of them writes. What is wrong with one is said in its own response.
 */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/get.h"
#include "services/dynamodb/partiql_run.h"
#include "services/dynamodb/throttle.h"

struct statement {
	const struct dynamodb_batch_statement_request *in;
	struct partiql_request request;
	bool is_parsed;
	const struct table *table; /* NULL: it was not found */
	struct capacity *capacity;
	struct item key; /* absent: none that is whole */
};

struct batch {
	struct statement *statements;
	struct dynamodb_batch_statement_response *responses;
	size_t n;
	struct table *tables; /* each once */
	struct capacity *capacities;
	size_t table_count;
	str wanted; /* ReturnConsumedCapacity */
	struct dynamodb_batch_execute_statement_out *out;
};

/*
 * Errors, of which a response shows a short code.
 */

static void set_error(struct arena *a, struct dynamodb_batch_statement_response *response, str code,
                      str message)
{
	response->error = arena_new(a, struct dynamodb_batch_statement_error);
	response->error->code = code;
	response->error->message = message;
}

static str short_code(err e)
{
	static const struct {
		const struct error_definition *definition;
		str code;
	} codes[] = {
		{ &dynamodb_conditional_check_failed_exception,
		  STR_INIT("ConditionalCheckFailed") },
		{ &dynamodb_duplicate_item_exception, STR_INIT("DuplicateItem") },
		{ &dynamodb_item_collection_size_limit_exceeded_exception,
		  STR_INIT("ItemCollectionSizeLimitExceeded") },
		{ &dynamodb_provisioned_throughput_exceeded_exception,
		  STR_INIT("ProvisionedThroughputExceeded") },
		{ &dynamodb_resource_not_found_exception, STR_INIT("ResourceNotFound") },
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (e->definition == codes[i].definition)
			return codes[i].code;
	return STR("ValidationError");
}

static void respond_error(struct arena *a, struct dynamodb_batch_statement_response *response,
                          err e)
{
	const struct dynamodb_conditional_check_failed_exception *details = e->details;
	str code = short_code(e);

	/* A statement that is refused before it runs does not name its table. */
	if (str_eq(code, STR("ValidationError")))
		response->table_name = STR_NULL;
	set_error(a, response, code, e->message);
	if (e->definition == &dynamodb_conditional_check_failed_exception && details)
		response->error->item = details->item;
}

/*
 * Without tables.
 */

static void parse_one(struct arena *a, struct statement *s,
                      struct dynamodb_batch_statement_response *response)
{
	struct problem p = { .arena = a };

	s->is_parsed = partiql_request_parse(&p, s->in->statement, &s->in->parameters, &s->request);
	if (s->is_parsed && s->request.statement->operation == PARTIQL_EXISTS)
		s->is_parsed = problem_of_value(&p, "EXISTS can only be used in ExecuteTransaction "
		                                    "write requests.");
	if (!s->is_parsed)
		set_error(a, response, STR("ValidationError"), p.message);
}

static err parse_all(struct call *c, struct batch *b, bool *ret_has_writes)
{
	size_t reads = 0, writes = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct statement *s = &b->statements[i];

		parse_one(c->arena, s, &b->responses[i]);
		if (!s->is_parsed)
			continue;
		if (partiql_is_read(&s->request))
			reads++;
		else
			writes++;
	}
	*ret_has_writes = writes != 0;
	if (!reads || !writes)
		return NULL;
	return validation_error(c, "BatchExecuteStatement API does not support both read and write "
	                           "operations in the same request.");
}

/*
 * With them.
 */

static err find_table(struct call *c, struct batch *b, struct statement *s)
{
	str name = s->request.statement->table;
	size_t at = 0;
	err e;

	while (at < b->table_count && !str_eq(b->tables[at].given, name))
		at++;
	if (at == b->table_count) {
		e = table_find(c, name, &b->tables[at]);
		if (e)
			return e;
		b->capacities[at] = (struct capacity){ .table = &b->tables[at] };
		b->table_count++;
	}
	s->table = &b->tables[at];
	s->capacity = &b->capacities[at];
	return NULL;
}

static struct item key_of(struct arena *a, const struct statement *s)
{
	struct node **rest = arena_array(a, struct node *, s->request.where_count);
	struct problem p = { .arena = a };
	struct item key;
	size_t n;

	if (s->request.statement->operation == PARTIQL_INSERT)
		return key_check_of_item(&p, &s->table->keys, &s->request.item)
		               ? key_of_item(a, NULL, &s->table->keys, &s->request.item)
		               : (struct item){ 0 };
	return partiql_key(&p, &s->request, &s->table->keys, &key, rest, &n) ? key
	                                                                     : (struct item){ 0 };
}

static bool is_twice(const struct batch *b, size_t at)
{
	const struct statement *s = &b->statements[at];

	for (size_t i = 0; s->key.n && i < at; i++)
		if (b->statements[i].table == s->table &&
		    item_equal(&b->statements[i].key, &s->key))
			return true;
	return false;
}

/* What a transaction that runs again has found before is found anew. */
static err find_all(struct call *c, struct batch *b)
{
	b->table_count = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct statement *s = &b->statements[i];
		err e;

		if (!s->is_parsed)
			continue;
		b->responses[i] = (struct dynamodb_batch_statement_response){ 0 };
		s->table = NULL;
		e = find_table(c, b, s);
		if (e) {
			respond_error(c->arena, &b->responses[i], e);
			continue;
		}
		b->responses[i].table_name = s->table->given;
		s->key = key_of(c->arena, s);
		if (is_twice(b, i))
			return validation_error(c,
			                        "Provided list of item keys contains duplicates");
	}
	return NULL;
}

static err read_one(struct call *c, struct statement *s, str *ret_item)
{
	struct problem p = { .arena = c->arena };
	const struct get whole = { 0 };
	struct stored_item stored;
	struct partiql_select select;
	struct capacity cost = { .table = s->table };
	bool is_consistent = opt_true(s->in->consistent_read);
	struct item key;
	err e;

	/* For what a SELECT alone is told: its index, and what that is. */
	if (!partiql_select_bind(&p, &s->request, s->table, is_consistent, STR_NULL, &select) ||
	    !partiql_read_key(&p, &s->request, s->table, "BatchExecuteStatement", &key))
		return problem_error(c, &p);
	e = throttle_admit(c, s->table, NULL, THROTTLE_READ);
	if (e)
		return e;
	stored = get_read(c->db, c->arena, s->table, &whole, &key);
	capacity_add_read(
		&cost, NULL,
		read_units(stored.size, is_consistent ? CAPACITY_CONSISTENT : CAPACITY_EVENTUAL));
	throttle_spend(c, &cost);
	capacity_add(s->capacity, &cost);
	*ret_item = partiql_columns(c->arena, s->request.statement, stored.text);
	return NULL;
}

static err run_one(struct call *c, struct statement *s, str *ret_item)
{
	if (partiql_is_read(&s->request))
		return read_one(c, s, ret_item);
	return partiql_run_write(c, s->table, &s->request,
	                         s->in->return_values_on_condition_check_failure, s->capacity,
	                         ret_item);
}

/* Of the tables on which something succeeded. */
static void describe(struct arena *a, struct batch *b)
{
	struct capacity *spent = arena_array(a, struct capacity, b->table_count);
	size_t n = 0;

	for (size_t i = 0; i < b->table_count; i++)
		if (b->capacities[i].table_read || b->capacities[i].table_write)
			spent[n++] = b->capacities[i];
	capacity_describe_all(a, spent, n, b->wanted, /* in_transaction= */ false,
	                      &b->out->consumed_capacity);
}

static err run_all(struct call *c, void *arg)
{
	struct batch *b = arg;
	err e = find_all(c, b);

	for (size_t i = 0; i < b->n && !e; i++) {
		err own;

		if (!b->statements[i].table)
			continue;
		own = run_one(c, &b->statements[i], &b->responses[i].item);
		if (own)
			respond_error(c->arena, &b->responses[i], own);
	}
	if (!e)
		describe(c->arena, b);
	return e;
}

err dynamodb_batch_execute_statement(struct call *c,
                                     const struct dynamodb_batch_execute_statement_in *in,
                                     struct dynamodb_batch_execute_statement_out *out)
{
	size_t n = in->statements.n;
	struct batch b = {
		.statements = arena_array(c->arena, struct statement, n),
		.responses = arena_array(c->arena, struct dynamodb_batch_statement_response, n),
		.n = n,
		.tables = arena_array(c->arena, struct table, n),
		.capacities = arena_array(c->arena, struct capacity, n),
		.wanted = in->return_consumed_capacity,
		.out = out,
	};
	bool has_writes = false;
	err e;

	for (size_t i = 0; i < n; i++)
		b.statements[i].in = &in->statements.items[i];
	e = parse_all(c, &b, &has_writes);
	if (!e)
		e = has_writes ? call_write(c, run_all, &b) : call_read(c, run_all, &b);
	if (e)
		return e;
	out->responses.items = b.responses;
	out->responses.n = n;
	return NULL;
}
