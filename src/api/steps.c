/*
 * The way of every request, in order. Two lists: what happens when the head has come, and what
 * happens when the body has. The order matters:
 *
 * - Our own pages come first: they answer even when nothing else can.
 * - The service comes before the signature, because the service decides how an error is worded, and
 *   the operation before it, because a few may come unsigned.
 * - The signature comes before the body: who has no key cannot make us read, let alone store, one.
 *   Only what the signature says of the body itself is checked when it is there.
 * - Decoding and validation come before authorization, because a policy speaks of what is asked for;
 *   and both before the handler, which so starts with valid input from somebody who may.
 *
 * A step returns NULL to go on. An error ends the way and becomes the reply.
 */
#include "api/checksum.h"
#include "api/internal.h"
#include "api/repeat.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"

static err step_parse_query(struct turn *t)
{
	str query = t->x->request.query;

	if (query.n && !parameters_parse(t->call.arena, query, URI_PLAIN, &t->query))
		return refused(t, refuse(t->call.arena, 400, "InvalidURI",
		                         "Couldn't parse the specified URI."));
	return NULL;
}

/* The query protocol names its operation in the form; without a signature nothing in the head says
 * whom a form is for. Such a request goes on without a service until its body has come. */
static bool is_form(const struct turn *t)
{
	str type = request_header(&t->x->request, STR("content-type"));

	return str_eq(t->x->request.method, STR("POST")) &&
	       str_starts_nocase(type, STR("application/x-www-form-urlencoded"));
}

static err unknown_service(struct turn *t, const struct sigv4_claim *claim)
{
	str target = request_header(&t->x->request, STR("x-amz-target"));
	const struct known_service *known = known_service_find(claim->service, target, t->is_form);

	if (known) {
		/* Some services changed their protocol: the answer is in the one that was spoken. */
		if (target.n)
			t->protocol = PROTOCOL_JSON;
		else if (!t->is_form || known->protocol == PROTOCOL_EC2)
			t->protocol = known->protocol;
		return fail(&t->call, &error_not_implemented,
		            "%s (%s) is not built in Menagerie; nothing was done. Built are: %.*s.",
		            known->full_name, known->name,
		            STR_ARG(service_names(t->call.arena, t->api->services)));
	}
	if (claim->service.n || target.n)
		return fail(
			&t->call, &error_not_implemented,
			"'%.*s' is not a service that Menagerie knows; nothing was done. Built are: %.*s.",
			STR_ARG(refusal_excerpt(claim->service.n ? claim->service : target)),
			STR_ARG(service_names(t->call.arena, t->api->services)));
	return refused(
		t,
		refuse(t->call.arena, 404, "UnknownService",
	               "Nothing in this request says which service it is for: no signature, no X-Amz-Target, "
	               "no Action. Menagerie's own pages are below /_menagerie/."));
}

static err step_find_service(struct turn *t)
{
	struct sigv4_claim claim = { 0 };
	struct door_request door = { .request = &t->x->request, .parameters = &t->query };

	if (t->service)
		return NULL;
	if (!sigv4_peek(t->call.arena, &t->x->request, &claim))
		claim = (struct sigv4_claim){ .service = STR("") };
	door.signing_name = claim.service;
	door.may_say_more = t->is_form && !t->body_has_come;
	if (t->body_has_come && t->is_form)
		door.parameters = &t->form;
	t->service = door_find(t->api->services, &door);
	if (!t->service && !t->body_has_come && t->is_form && !claim.service.n)
		return NULL;
	if (!t->service)
		return unknown_service(t, &claim);
	t->protocol = t->service->model->protocol;
	t->call.service = t->service;
	t->call.region = claim.region.n ? claim.region : STR("us-east-1");
	return NULL;
}

/* S3's resources are a path of none, one or more parts. */
static err method_not_allowed(struct turn *t)
{
	struct refusal *r = refuse(t->call.arena, 405, "MethodNotAllowed",
	                           "The specified method is not allowed against this resource.");
	str rest = t->path;
	str bucket = (str_take(&rest, STR("/")), str_cut(&rest, '/'));

	r = refusal_with(r, "Method", refusal_excerpt(t->x->request.method));
	return refused(t, refusal_with(r, "ResourceType",
	                               rest.n     ? STR("OBJECT")
	                               : bucket.n ? STR("BUCKET")
	                                          : STR("SERVICE")));
}

static err unknown_operation(struct turn *t, str name)
{
	const struct model *m = t->service->model;

	switch (m->protocol) {
	case PROTOCOL_QUERY:
	case PROTOCOL_EC2:
		if (!name.n)
			return fail(&t->call, &error_missing_action,
			            "The request must contain the parameter Action.");
		return fail(&t->call, &error_invalid_action,
		            "Could not find operation %.*s for version %s",
		            STR_ARG(refusal_excerpt(name)), m->api_version);
	case PROTOCOL_REST_XML:
		return method_not_allowed(t);
	case PROTOCOL_REST_JSON:
		return refused(
			t, refuse(t->call.arena, 404, "UnknownOperationException",
		                  "Unable to determine service/operation name to be authorized"));
	case PROTOCOL_JSON:
		break;
	}
	return fail(&t->call, &error_unknown_operation, "The operation %.*s is not one of %s.",
	            STR_ARG(refusal_excerpt(name)), m->full_name);
}

/* The operation of a REST request: what the service's own look at the head says, or else the model. */
static const struct operation *route(struct turn *t)
{
	const struct model *m = t->service->model;
	struct route route = { .path = t->path };

	if (t->service->route)
		t->service->route(t->call.arena, &t->x->request, &route);
	t->path = route.path;
	return route.operation ? model_operation(m, str_from(route.operation))
	                       : wire_route(m, &t->x->request, t->path, &t->query);
}

static err step_find_operation(struct turn *t)
{
	const struct model *m;
	const struct parameter *action;
	str name = STR("");

	if (!t->service || t->operation)
		return NULL;
	m = t->service->model;
	if (m->protocol == PROTOCOL_JSON) {
		str rest = request_header(&t->x->request, STR("x-amz-target"));

		str_cut(&rest, '.');
		name = rest.p ? rest : STR("");
		t->operation = model_operation(m, name);
	} else if (m->protocol == PROTOCOL_QUERY || m->protocol == PROTOCOL_EC2) {
		action = parameters_find(&t->query, STR("Action"));
		if (!action && t->is_form && !t->body_has_come)
			return NULL;
		if (!action)
			action = parameters_find(&t->form, STR("Action"));
		name = action ? action->value : STR("");
		t->operation = model_operation(m, name);
	} else {
		t->operation = route(t);
	}
	if (!t->operation)
		return unknown_operation(t, name);
	t->call.operation = t->operation;
	t->slot = service_slot(t->service, t->operation);
	return NULL;
}

static err step_is_built(struct turn *t)
{
	str name;

	if (!t->operation || t->slot)
		return NULL;
	name = model_text(t->service->model, t->operation->name);
	return fail(&t->call, &error_not_implemented,
	            "%s %.*s is not built in Menagerie; nothing was done.",
	            t->service->model->service_id, STR_ARG(name));
}

/* Reads of a hook, or of a `prepare`, in a snapshot of their own. */
static void open_snapshot(struct turn *t)
{
	t->call.db = store_reader(t->api->store);
}

static bool close_snapshot(struct turn *t)
{
	bool is_good = db_status(t->call.db) == DB_OK;

	store_read_end(t->call.db);
	t->call.db = NULL;
	return is_good;
}

static err step_tell_service(struct turn *t)
{
	if (!t->operation || t->has_arrived || !t->service->arrived)
		return NULL;
	t->has_arrived = true;
	open_snapshot(t);
	t->service->arrived(&t->call, t->path);
	close_snapshot(t);
	return NULL;
}

static enum sigv4_flavour flavour_of(const struct service *s)
{
	switch (s->model->protocol) {
	case PROTOCOL_JSON:
		return SIGV4_AS_JSON;
	case PROTOCOL_REST_JSON:
		return SIGV4_AS_REST_JSON;
	case PROTOCOL_EC2:
		return SIGV4_AS_EC2;
	case PROTOCOL_REST_XML: /* S3 has its own words; other services of that protocol have query's */
		return s->takes_the_rest ? SIGV4_AS_S3 : SIGV4_AS_QUERY;
	case PROTOCOL_QUERY:
		break;
	}
	return SIGV4_AS_QUERY;
}

static bool may_be_anonymous(const struct turn *t)
{
	return (t->operation->flags & OPERATION_UNSIGNED) ||
	       (t->slot->flags & (OP_ANONYMOUS | OP_UNSIGNED));
}

static err come_unsigned(struct turn *t)
{
	static const str no_account = STR_INIT("000000000000");

	t->signature_was_read = true;
	t->call.identity = (struct identity){ .anonymous = true, .account = no_account };
	return NULL;
}

/* Everything about the signature that the head can say. */
static err step_read_signature(struct turn *t)
{
	const struct refusal *refusal;

	if (!t->service || t->signature_was_read)
		return NULL;
	t->door.flavour = flavour_of(t->service);
	t->signing_name = str_from(t->service->model->signing_name);
	t->door.services = &t->signing_name;
	t->door.service_count = 1;
	if (t->slot && (t->slot->flags & OP_UNSIGNED))
		return come_unsigned(t);
	if (sigv4_where(&t->x->request) == SIGV4_UNSIGNED) {
		if (!t->operation) /* a form without a signature: the operation may be one that needs none */
			return NULL;
		if (may_be_anonymous(t))
			return come_unsigned(t);
	}
	refusal = sigv4_parse(t->call.arena, &t->x->request, &t->door, clock_wall(), &t->signature);
	if (refusal)
		return refused(t, refusal);
	t->signature_was_read = true;
	t->call.region = t->signature.region;
	t->has_credential = credentials_find(t->api->credentials, t->call.arena,
	                                     t->signature.access_key, &t->credential);
	if (t->has_credential && t->signature.payload == SIGV4_PAYLOAD_BODY)
		return NULL; /* the body's hash is part of what was signed */
	refusal = sigv4_verify(t->call.arena, &t->signature,
	                       t->has_credential ? &t->credential : NULL, NULL);
	if (!refusal)
		call_become(&t->call, &t->credential);
	return refused(t, refusal);
}

static err step_expect_body(struct turn *t)
{
	return body_expect(t);
}

static err step_take_body(struct turn *t)
{
	err e = body_take(t);

	t->body_has_come = true;
	if (e || !t->is_form)
		return e;
	if (!parameters_parse(t->call.arena, t->body.text, URI_FORM, &t->form))
		return refused(t, refuse(t->call.arena, 400, "MalformedInput",
		                         "The request body is not a valid form."));
	return NULL;
}

static err step_verify_signature(struct turn *t)
{
	unsigned char hash[SHA256_SIZE];

	const struct refusal *refusal;

	/* A form said who calls. */
	if (t->signature.place == SIGV4_UNSIGNED || t->signature.payload != SIGV4_PAYLOAD_BODY)
		return NULL;
	body_sha256(t, hash);
	refusal = sigv4_verify(t->call.arena, &t->signature, &t->credential, hash);
	if (!refusal)
		call_become(&t->call, &t->credential);
	return refused(t, refusal);
}

/* After the signature, so that a stranger cannot make us unpack. */
static err step_unpack_body(struct turn *t)
{
	return body_unpack(t);
}

static err step_decode(struct turn *t)
{
	const struct model *m = t->service->model;
	struct wire_request wire = {
		.arena = t->call.arena,
		.model = m,
		.operation = t->operation,
		.request = &t->x->request,
		.path = t->path,
		.query = &t->query,
		.body = t->body.text,
	};
	struct refusal *refusal;

	if (t->in) /* by step_prepare */
		return NULL;
	t->in = arena_alloc(t->call.arena, model_shape_size(m, t->operation->input));
	t->out = arena_alloc(t->call.arena, model_shape_size(m, t->operation->output));
	if (wire_read(&wire, t->in))
		return NULL;
	refusal = refuse(t->call.arena, wire.problem.status, wire.problem.code, "%.*s",
	                 STR_ARG(wire.problem.message));
	if (wire.problem.argument.p) {
		refusal_with(refusal, "ArgumentName", wire.problem.argument);
		refusal_with(refusal, "ArgumentValue", refusal_excerpt(wire.problem.value));
	}
	return refused(t, refusal);
}

static err step_validate(struct turn *t)
{
	return validate(&t->call, t->service, t->operation, t->in);
}

/* The root user of an account may do everything in it. Others are asked for here once there are
 * users and roles; until then nobody else has a key. */
static err step_authorize(struct turn *t)
{
	const struct identity *who = &t->call.identity;

	if (who->root || (who->anonymous && may_be_anonymous(t)))
		return NULL;
	return fail(&t->call, &error_access_denied,
	            "User: %.*s is not authorized to perform: %s:%.*s", STR_ARG(who->arn),
	            t->service->model->signing_name,
	            STR_ARG(model_text(t->service->model, t->operation->name)));
}

/* All have this type but for the struct's name. */
typedef err preparation(struct call *c, const void *in);

/* What an operation that streams its input can say before the first byte of it has come. */
static err step_prepare(struct turn *t)
{
	err e;

	if (!t->operation || !(t->operation->flags & OPERATION_STREAMS_IN))
		return NULL;
	t->call.body = &t->body;
	t->body.checksums = CHECKSUM_WANT_MD5;
	if (!t->slot->prepare)
		return NULL;
	e = step_decode(t);
	if (!e)
		e = step_validate(t);
	if (!e)
		e = step_authorize(t);
	if (e)
		return e;
	open_snapshot(t);
	e = ((preparation *)t->slot->prepare)(&t->call, t->in);
	return close_snapshot(t) || e
	               ? e
	               : fail(&t->call, &error_internal_failure, "The state could not be read.");
}

typedef err step(struct turn *t);

static step *const steps_of_head[] = {
	step_parse_query, step_find_service,   step_find_operation, step_tell_service,
	step_is_built,    step_read_signature, step_prepare,        step_expect_body,
};

static step *const steps_of_body[] = {
	step_take_body, step_find_service,   step_find_operation,   step_tell_service,
	step_is_built,  step_read_signature, step_verify_signature, step_unpack_body,
	step_decode,    step_validate,       step_authorize,
};

static void handle_begin(struct exchange *x, void *app)
{
	int64_t started = clock_monotonic();
	struct turn *t;
	err e = NULL;

	if (repeats_answer(app, x, started))
		return;
	t = arena_new(&x->arena, struct turn);
	x->app = t;
	t->api = app;
	t->x = x;
	t->started = started;
	t->protocol = protocol_of_stranger(&x->request);
	t->path = x->request.path;
	t->is_form = is_form(t);
	t->call = (struct call){ .arena = &x->arena,
		                 .api = t->api,
		                 .request = &x->request,
		                 .exchange = x,
		                 .now = clock_now() };
	t->call.request_id = new_request_id(&x->arena);
	if (pages_claim(t->api, &x->request) && !door_of_path(t->api->services, x->request.path)) {
		t->is_page = true;
		e = body_expect(t);
	}
	for (size_t i = 0; !t->is_page && !e && i < ARRAY_LEN(steps_of_head); i++)
		e = steps_of_head[i](t);
	if (e)
		reply_with_error(t, e);
}

static void handle_body(struct exchange *x, void *app, str piece)
{
	struct turn *t = x->app;
	err e = body_feed(t, piece);

	(void)app;
	if (e)
		reply_with_error(t, e);
}

static void handle_run(struct exchange *x, void *app)
{
	struct turn *t = x->app;
	err e = NULL;

	(void)app;
	if (t->is_page) {
		e = body_take(t);
		if (!e)
			pages_answer(t);
	}
	for (size_t i = 0; !t->is_page && !e && i < ARRAY_LEN(steps_of_body); i++)
		e = steps_of_body[i](t);
	if (e)
		reply_with_error(t, e);
	else if (!t->is_page)
		run_operation(t);
}

static void handle_end(struct exchange *x, void *app)
{
	struct turn *t = x->app;

	(void)app;
	if (!t)
		return;
	body_release(t);
	tell_end(t, 0);
	t->x = NULL;
}

struct server_handler api_handler(struct api *a)
{
	return (struct server_handler){ .begin = handle_begin,
		                        .body = handle_body,
		                        .run = handle_run,
		                        .end = handle_end,
		                        .app = a };
}
