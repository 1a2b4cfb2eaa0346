/* What goes back: a result or an error, in the protocol of the service, with its request id. */
#include "api/internal.h"

#include "base/clock.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/gzip.h"
#include "base/log.h"
#include "base/str.h"

str new_request_id(struct arena *a)
{
	char *id = arena_alloc(a, 36);

	random_uuid(id);
	return (str){ id, 36 };
}

err refused(struct turn *t, const struct refusal *refusal)
{
	return fail_refused(&t->call, refusal);
}

/* How to word an error for somebody whose service is not known: by what the request looks like. */
enum protocol protocol_of_stranger(const struct request *r)
{
	str type = request_header(r, STR("content-type"));

	if (request_header(r, STR("x-amz-target")).p)
		return PROTOCOL_JSON;
	if (str_starts_nocase(type, STR("application/x-www-form-urlencoded")))
		return PROTOCOL_QUERY;
	if (str_starts_nocase(type, STR("application/json")) ||
	    str_starts_nocase(type, STR("application/x-amz-json")))
		return PROTOCOL_REST_JSON;
	return PROTOCOL_REST_XML;
}

static void count(struct turn *t, int status)
{
	const struct model *m = t->service ? t->service->model : NULL;

	metrics_count(t->api->metrics, m ? str_from(m->name) : STR("-"),
	              m && t->operation ? model_text(m, t->operation->name) : STR("-"), status,
	              clock_monotonic() - t->started);
}

static void add_call_headers(struct turn *t)
{
	for (size_t i = 0; i < t->call.header_count; i++)
		reply_header(t->x, t->call.headers[i].name, t->call.headers[i].value);
}

enum { PACKED_FROM = 1024 }; /* bytes: less is not worth it */

/* The CRC is of what is sent, packed or not: so the AWS SDKs check it. */
static str pack(struct turn *t, str body)
{
	static const str gzip = STR_INIT("gzip");
	str packed;

	if (body.n >= PACKED_FROM &&
	    str_contains(request_header(&t->x->request, STR("accept-encoding")), gzip) &&
	    gzip_pack(t->call.arena, body, &packed)) {
		reply_header(t->x, STR("Content-Encoding"), gzip);
		body = packed;
	}
	reply_header(t->x, STR("x-amz-crc32"), arena_decimal(t->call.arena, crc32_update(0, body)));
	return body;
}

static void send(struct turn *t, const struct wire_reply *wire)
{
	struct exchange *x = t->x;
	str body = wire->body;

	if (t->protocol == PROTOCOL_REST_XML) {
		reply_header(x, STR("x-amz-request-id"), t->call.request_id);
		reply_header(x, STR("x-amz-id-2"), t->call.request_id);
	} else {
		reply_header(x, STR("x-amzn-RequestId"), t->call.request_id);
	}
	for (size_t i = 0; i < wire->header_count; i++)
		reply_header(x, wire->headers[i].name, wire->headers[i].value);
	if (wire->content_type.p)
		reply_header(x, STR("Content-Type"), wire->content_type);
	add_call_headers(t);
	count(t, wire->status);
	if (t->service && t->service->has_crc32)
		body = pack(t, body);
	t->sent = (int64_t)body.n;
	reply_text(x, wire->status, body);
}

/* A handler may already have set the body, a file or a stream: then only headers come from its output. */
void reply_with_result(struct turn *t)
{
	struct wire_reply wire = { .arena = t->call.arena };
	struct reply *reply = &t->x->reply;

	wire_write(&wire, t->service->model, t->operation, t->out, t->call.request_id);
	if (reply->status) {
		for (size_t i = 0; i < wire.header_count; i++)
			reply_header(t->x, wire.headers[i].name, wire.headers[i].value);
		reply_header(t->x, STR("x-amz-request-id"), t->call.request_id);
		if (t->protocol == PROTOCOL_REST_XML)
			reply_header(t->x, STR("x-amz-id-2"), t->call.request_id);
		add_call_headers(t);
		t->error_code = t->call.error_code;
		t->sent = reply->kind == REPLY_TEXT ? (int64_t)reply->text.n : reply->length;
		count(t, reply->status);
		tell_end(t, reply->status);
		return;
	}
	send(t, &wire);
	tell_end(t, wire.status);
}

void tell_end(struct turn *t, int status)
{
	struct ended ended = { .status = status,
		               .error_code = t->error_code.p ? t->error_code : t->call.error_code,
		               .sent = t->sent,
		               .total_us = clock_monotonic() - t->started,
		               .received_at = t->call.now };

	if (!t->has_arrived || t->has_ended || !t->service->ended)
		return;
	t->has_ended = true;
	t->service->ended(&t->call, &ended);
}

static void log_failure(const struct turn *t, str code, int status, str message)
{
	const struct model *m = t->service ? t->service->model : NULL;
	struct log_line line = {
		.level = status >= 500 && status != 501 ? LOG_ERROR : LOG_INFO,
		.event = "request failed",
		.fields = { log_str("request", t->call.request_id),
		            log_str("service", m ? str_from(m->name) : STR("-")),
		            log_str("operation", m && t->operation
		                                         ? model_text(m, t->operation->name)
		                                         : STR("-")),
		            log_int("status", status), log_str("code", code),
		            log_str("message", str_from_to(message, 0, 200)) },
	};

	log_write(&line);
}

void reply_with_error(struct turn *t, err e)
{
	struct wire_reply wire = { .arena = t->call.arena };
	struct wire_error w = {
		.code = error_code(e),
		.status = error_status(e),
		.sender = error_status(e) < 500,
		.message = e->refusal ? e->refusal->message : e->message,
		.definition = e->refusal ? NULL : e->definition,
		.details = e->details,
		.request_id = t->call.request_id,
	};
	struct header extra[REFUSAL_FIELDS];

	for (size_t i = 0; e->refusal && e->refusal->fields[i].name; i++)
		extra[w.extra_count++] = (struct header){ str_from(e->refusal->fields[i].name),
			                                  e->refusal->fields[i].value };
	w.extra = extra;
	log_failure(t, w.code, w.status, w.message);
	t->error_code = w.code;
	reply_clear(t->x);
	wire_write_error(&wire, t->service ? t->service->model : NULL, t->protocol, &w);
	send(t, &wire);
	tell_end(t, wire.status);
}
