/* Internal calls: a service uses another as its caller could, in-process. */
#include "api/internal.h"

#include "base/limits.h"
#include "base/str.h"

typedef err handler(struct call *c, const void *in, void *out);

static const struct service *find_service(const struct api *a, const char *name)
{
	for (size_t i = 0; a->services[i]; i++)
		if (str_eq(str_from(a->services[i]->model->name), str_from(name)))
			return a->services[i];
	return NULL;
}

/* Within the caller's own snapshot or transaction. A savepoint makes a failure leave nothing. */
static err run_inside(struct call *inner, const struct op_slot *slot, const void *in, void *out)
{
	bool is_write = (slot->flags & OP_WRITE) != 0;
	err e;

	if (is_write)
		db_run(inner->db, "SAVEPOINT call");
	e = ((handler *)slot->run)(inner, in, out);
	if (is_write && e)
		db_run(inner->db, "ROLLBACK TO call");
	if (is_write)
		db_run(inner->db, "RELEASE call");
	return e;
}

struct waiting {
	struct call *inner;
	const struct op_slot *slot;
	const void *in;
	void *out;
	err failure;
};

static bool run_on_writer(struct db *db, void *arg)
{
	struct waiting *w = arg;

	w->inner->db = db;
	memset(w->out, 0, model_shape_size(w->inner->service->model, w->inner->operation->output));
	w->failure = ((handler *)w->slot->run)(w->inner, w->in, w->out);
	return !w->failure;
}

static err storage_failed(struct call *c)
{
	return fail(
		c, &error_internal_failure,
		"The request processing has failed because of an unknown error, exception or failure.");
}

/* From a slow operation, which has neither snapshot nor transaction of its own. */
static err run_outside(struct call *inner, const struct op_slot *slot, const void *in, void *out)
{
	struct waiting w = { .inner = inner, .slot = slot, .in = in, .out = out };
	err e;

	if (slot->flags & OP_WRITE) {
		if (store_write_wait(inner->api->store, run_on_writer, &w) != DB_OK)
			return storage_failed(inner);
		return w.failure;
	}
	if (slot->flags & OP_READ)
		inner->db = store_reader(inner->api->store);
	e = ((handler *)slot->run)(inner, in, out);
	if (inner->db) {
		enum db_status status = db_status(inner->db);

		store_read_end(inner->db);
		if (status != DB_OK)
			return storage_failed(inner);
	}
	return e;
}

/* What may be called from where: a snapshot cannot write, and neither it nor the writer may wait. */
static bool may_call(const struct call *c, unsigned flags)
{
	const struct op_slot *own = service_slot(c->service, c->operation);

	if (!own)
		return false;
	if (own->flags & OP_SLOW)
		return true;
	return (flags & OP_READ) || ((own->flags & OP_WRITE) && (flags & OP_WRITE));
}

err call_service(struct call *c, const char *service, const char *operation, const void *in,
                 void *out)
{
	const struct service *s = find_service(c->api, service);
	const struct operation *op = s ? model_operation(s->model, str_from(operation)) : NULL;
	const struct op_slot *slot = s && op ? service_slot(s, op) : NULL;
	struct call inner = *c;
	err e;

	if (!s || !op || !slot)
		return fail(c, &error_not_implemented,
		            "%s %s is not built in Menagerie; nothing was done.", service,
		            operation);
	if (c->depth >= LIMIT_CALL_DEPTH)
		return fail(c, &error_throttling,
		            "The services called each other more than %d levels deep.",
		            (int)LIMIT_CALL_DEPTH);
	if (!may_call(c, slot->flags))
		return fail(c, &error_internal_failure, "%s %s cannot be called from here.",
		            service, operation);
	inner.service = s;
	inner.operation = op;
	inner.depth++;
	inner.request = NULL;
	inner.exchange = NULL;
	inner.body = NULL;
	memset(out, 0, model_shape_size(s->model, op->output));
	e = validate(&inner, s, op, in);
	if (e)
		return e;
	return inner.db ? run_inside(&inner, slot, in, out) : run_outside(&inner, slot, in, out);
}

struct part {
	struct call *c;
	call_part *run;
	void *arg;
	err failure;
};

static bool run_part(struct db *db, void *arg)
{
	struct part *p = arg;

	p->c->db = db;
	p->failure = p->run(p->c, p->arg);
	p->c->db = NULL;
	return !p->failure;
}

err call_write(struct call *c, call_part *part, void *arg)
{
	struct part p = { .c = c, .run = part, .arg = arg };

	if (c->db)
		return part(c, arg);
	if (store_write_wait(c->api->store, run_part, &p) != DB_OK)
		return storage_failed(c);
	return p.failure;
}

err call_read(struct call *c, call_part *part, void *arg)
{
	enum db_status status;
	err e;

	if (c->db)
		return part(c, arg);
	c->db = store_reader(c->api->store);
	e = part(c, arg);
	status = db_status(c->db);
	store_read_end(c->db);
	c->db = NULL;
	return status == DB_OK ? e : storage_failed(c);
}

void call_look_again(struct call *c)
{
	store_read_end(c->db);
}

void call_header(struct call *c, str name, str value)
{
	if (c->header_count == c->header_capacity)
		c->headers =
			arena_grow(c->arena, c->headers, &c->header_capacity, sizeof(*c->headers));
	c->headers[c->header_count++] = (struct header){ name, value };
}

struct store *store_of(const struct call *c)
{
	return c->api->store;
}

bool call_credential(struct call *c, str access_key, struct credential *ret)
{
	return credentials_find(c->api->credentials, c->arena, access_key, ret);
}

void call_become(struct call *c, const struct credential *credential)
{
	c->identity = (struct identity){
		.root = str_ends(credential->principal, STR(":root")),
		.account = credential->account,
		.arn = credential->principal,
		.user_id = credential->account,
		.access_key = credential->access_key,
	};
}

bool call_throttles(const struct call *c)
{
	return c->api->throttle;
}

void call_wake(struct call *c)
{
	ticker_wake(c->api->ticker);
}
