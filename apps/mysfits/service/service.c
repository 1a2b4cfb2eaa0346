#include "service/service.h"

#include "service/reads.h"
#include "service/route.h"
#include "service/writes.h"

#include "base/log.h"
#include "base/str.h"

enum { LARGEST_BODY = 64 * 1024 }; /* of a request; none needs one */

struct service {
	struct arena arena;
	struct database *database;
	struct reads *reads;
	str allow_origin;
};

static void refuse_body(struct visit *v)
{
	answer_problem(v, 413, STR("The request is too large: it needs no body."));
}

static void begin(struct exchange *x, void *app)
{
	struct service *s = app;
	struct visit *v = arena_new(&x->arena, struct visit);

	v->exchange = x;
	v->allow_origin = s->allow_origin;
	x->app = v;
	if (x->request.content_length <= LARGEST_BODY)
		return;
	refuse_body(v);
}

/* What a body says does not matter, but that it ends does. */
static void body(struct exchange *x, void *app, str piece)
{
	struct visit *v = x->app;

	(void)app;
	v->body_size += (int64_t)piece.n;
	if (v->body_size <= LARGEST_BODY)
		return;
	refuse_body(v);
}

static void reply_preflight(struct visit *v, str allow)
{
	struct exchange *x = v->exchange;

	reply_text(x, 204, STR(""));
	reply_header(x, STR("Allow"), allow);
	reply_header(x, STR("Access-Control-Allow-Methods"), allow);
	reply_header(x, STR("Access-Control-Allow-Headers"),
	             STR("Authorization, Content-Type, If-None-Match"));
	reply_header(x, STR("Access-Control-Max-Age"), STR("7200"));
	answer_cors(v);
}

static void refuse(struct visit *v, const struct route *route)
{
	answer_problem(v, route->status, route->problem);
	if (route->status == 405)
		reply_header(v->exchange, STR("Allow"), route->allow);
}

static void run(struct exchange *x, void *app)
{
	struct service *s = app;
	struct visit *v = x->app;
	struct route route = route_find(&x->arena, &x->request);

	switch (route.action) {
	case ACTION_LIST:
	case ACTION_ONE:
		reads_take(s->reads, v, &route);
		break;
	case ACTION_LIKE:
	case ACTION_ADOPT:
		write_take(s->database, v, &route);
		break;
	case ACTION_HEALTH:
		answer_own(v, 200, STR("{\"message\":\"The mysfits are well. Try /mysfits.\"}"));
		break;
	case ACTION_OPTIONS:
		reply_preflight(v, route.allow);
		break;
	case ACTION_REFUSE:
		refuse(v, &route);
		break;
	}
}

static void end(struct exchange *x, void *app)
{
	struct visit *v = x->app;

	(void)app;
	answer_drop(v->answer);
	log_debug("request", log_str("method", x->request.method),
	          log_str("target", x->request.target), log_int("status", x->reply.status),
	          log_str("peer", x->request.peer));
}

struct server_handler service_handler(struct service *s)
{
	return (struct server_handler){ begin, body, run, end, s };
}

struct service *service_new(struct database *d, str allow_origin, int64_t list_age)
{
	struct arena a = { 0 };
	struct service *s = arena_new(&a, struct service);

	s->arena = a;
	s->database = d;
	s->allow_origin = allow_origin;
	s->reads = reads_new(d, list_age);
	return s;
}

void service_free(struct service *s)
{
	struct arena a;

	if (!s)
		return;
	reads_free(s->reads);
	a = s->arena;
	arena_release(&a);
}
