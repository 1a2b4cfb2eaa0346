/* The protocols, each as a way to read a request and to write a reply or an error. */
#include "wire/internal.h"

#include "base/str.h"

/* The member that is the whole body, or NULL. */
static const struct member *payload_member(const struct model *m, uint16_t shape)
{
	const struct shape *s = shape_at(m, shape);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].flags & MEMBER_PAYLOAD)
			return &members[i];
	return NULL;
}

static bool has_body_members(const struct model *m, uint16_t shape)
{
	const struct shape *s = shape_at(m, shape);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].location == IN_BODY && !(members[i].flags & MEMBER_STREAM))
			return true;
	return false;
}

static bool read_document(struct wire_request *w, uint16_t shape, str root, void *place)
{
	return w->model->protocol == PROTOCOL_REST_XML ? xml_read_body(w, shape, root, place)
	                                               : json_read_body(w, shape, place);
}

static bool read_payload(struct wire_request *w, const struct member *payload, void *place)
{
	str root = model_text(w->model, payload->wire_name);

	if (read_document(w, payload->shape, root, place))
		return true;
	if (str_eq(root, STR("AccessControlPolicy"))) /* S3 has a code of its own for it */
		w->problem.code = "MalformedACLError";
	return false;
}

static bool read_rest_body(struct wire_request *w, void *in)
{
	const struct member *payload = payload_member(w->model, w->operation->input);
	const struct shape *s;
	void *place;

	if (w->operation->flags & OPERATION_STREAMS_IN)
		return true;
	if (!payload)
		return !has_body_members(w->model, w->operation->input) || !w->body.n ||
		       read_document(w, w->operation->input, STR_NULL, in);
	s = shape_at(w->model, payload->shape);
	place = (char *)in + payload->offset;
	if (s->kind == SHAPE_STRING || s->kind == SHAPE_BLOB) {
		/* Whether an empty text is one is for the operation to say: a policy, S3's. */
		if (w->body.n || (payload->flags & MEMBER_REQUIRED))
			*(str *)place = w->body.n ? w->body : STR("");
		return s->kind == SHAPE_BLOB || utf8_valid(w->body) ||
		       wire_fail(w, "SerializationException", STR("The body is not valid UTF-8."));
	}
	return !str_trim(w->body).n || read_payload(w, payload, value_open(w->arena, s, place));
}

bool wire_read(struct wire_request *w, void *in)
{
	switch (w->model->protocol) {
	case PROTOCOL_JSON:
		return json_read_body(w, w->operation->input, in);
	case PROTOCOL_QUERY:
	case PROTOCOL_EC2:
		return query_read_body(w, in);
	case PROTOCOL_REST_JSON:
	case PROTOCOL_REST_XML:
		return rest_read(w, in) && read_rest_body(w, in);
	}
	return false;
}

void wire_reply_header(struct wire_reply *r, str name, str value)
{
	if (r->header_count == r->header_capacity)
		r->headers =
			arena_grow(r->arena, r->headers, &r->header_capacity, sizeof(*r->headers));
	r->headers[r->header_count++] = (struct header){ name, value };
}

static void finish(struct wire_reply *r, str content_type, struct buf *body)
{
	r->content_type = content_type;
	r->body = buf_str(body);
}

static str json_content_type(struct arena *a, const struct model *m)
{
	if (m && m->protocol != PROTOCOL_JSON)
		return STR("application/json");
	return arena_join(a, STR("application/x-amz-json-"),
	                  str_from(m && m->json_version ? m->json_version : "1.1"));
}

static void write_json(struct wire_reply *r, const struct model *m, uint16_t shape,
                       const void *value)
{
	struct buf body;
	struct json_writer w;

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	json_writer_init(&w, &body);
	json_put_object(&w);
	json_write_members(&w, r->arena, m, shape, value);
	json_put_object_end(&w);
	finish(r, json_content_type(r->arena, m), &body);
}

static void write_query(struct wire_reply *r, const struct model *m, const struct operation *op,
                        const void *out, str request_id)
{
	struct buf body;
	struct xml_writer w = { &body };
	str root = arena_join(r->arena, model_text(m, op->name), STR("Response"));
	str wrapper = model_text(m, op->result_wrapper);

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	xml_open_with(&w, root, STR("xmlns"), str_from(m->xml_namespace));
	if (m->protocol == PROTOCOL_EC2)
		xml_element(&w, STR("requestId"), request_id);
	if (wrapper.n)
		xml_open(&w, wrapper);
	xml_write_members(&w, r->arena, m, op->output, out);
	if (wrapper.n)
		xml_close(&w, wrapper);
	if (m->protocol == PROTOCOL_QUERY) {
		xml_open(&w, STR("ResponseMetadata"));
		xml_element(&w, STR("RequestId"), request_id);
		xml_close(&w, STR("ResponseMetadata"));
	}
	xml_close(&w, root);
	finish(r, STR("text/xml;charset=utf-8"), &body);
}

static void write_rest_xml(struct wire_reply *r, const struct model *m, const struct operation *op,
                           const void *out)
{
	const struct member *payload = payload_member(m, op->output);
	struct buf body;
	struct xml_writer w = { .out = &body, .refers = true };
	str root = op->output_name.n ? model_text(m, op->output_name)
	                             : model_text(m, shape_at(m, op->output)->name);
	uint16_t shape = op->output;

	if (payload) {
		out = value_at(shape_at(m, payload->shape), (const char *)out + payload->offset);
		shape = payload->shape;
		root = op->output_name.n ? root : model_text(m, payload->reply_name);
	}
	if (!out || (!payload && !has_body_members(m, op->output)))
		return;
	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	xml_declaration(&w);
	xml_open_with(&w, root, STR("xmlns"),
	              m->xml_namespace ? str_from(m->xml_namespace) : STR_NULL);
	xml_write_members(&w, r->arena, m, shape, out);
	xml_close(&w, root);
	finish(r, STR("application/xml"), &body);
}

/* A payload that is a text or bytes is the body as it is. */
static bool write_plain_payload(struct wire_reply *r, const struct model *m,
                                const struct operation *op, const void *out)
{
	const struct member *payload = payload_member(m, op->output);
	const struct shape *s;

	if (!payload)
		return false;
	s = shape_at(m, payload->shape);
	if ((payload->flags & MEMBER_STREAM) || (s->kind != SHAPE_STRING && s->kind != SHAPE_BLOB))
		return (payload->flags & MEMBER_STREAM) != 0;
	r->body = *(const str *)(const void *)((const char *)out + payload->offset);
	if (r->body.p)
		r->content_type = m->protocol == PROTOCOL_REST_XML ? STR("application/xml")
		                                                   : STR("application/json");
	return true;
}

static void write_rest_json(struct wire_reply *r, const struct model *m, const struct operation *op,
                            const void *out)
{
	const struct member *payload = payload_member(m, op->output);

	if (!payload) {
		write_json(r, m, op->output, out);
		return;
	}
	out = value_at(shape_at(m, payload->shape), (const char *)out + payload->offset);
	if (out)
		write_json(r, m, payload->shape, out);
}

void wire_write(struct wire_reply *r, const struct model *m, const struct operation *op,
                const void *out, str request_id)
{
	r->status = op->status;
	switch (m->protocol) {
	case PROTOCOL_JSON:
		write_json(r, m, op->output, out);
		return;
	case PROTOCOL_QUERY:
	case PROTOCOL_EC2:
		write_query(r, m, op, out, request_id);
		return;
	case PROTOCOL_REST_JSON:
	case PROTOCOL_REST_XML:
		rest_write(r, m, op, out);
		if (write_plain_payload(r, m, op, out) || r->status == 204)
			return;
		if (m->protocol == PROTOCOL_REST_XML)
			write_rest_xml(r, m, op, out);
		else
			write_rest_json(r, m, op, out);
		return;
	}
}

/* Errors. */

static void write_json_error(struct wire_reply *r, const struct model *m, enum protocol protocol,
                             const struct wire_error *e)
{
	struct buf body;
	struct json_writer w;
	const struct error_definition *d = e->definition;

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	json_writer_init(&w, &body);
	json_put_object(&w);
	if (protocol == PROTOCOL_REST_JSON)
		wire_reply_header(r, STR("x-amzn-ErrorType"), e->code);
	else
		json_put_member(&w, STR("__type"), e->code);
	if (e->message.p)
		json_put_member(&w,
		                str_from(d && d->message_member ? d->message_member : "message"),
		                e->message);
	if (d && e->details)
		json_write_members(&w, r->arena, d->model, d->shape, e->details);
	json_put_object_end(&w);
	finish(r,
	       protocol == PROTOCOL_JSON ? json_content_type(r->arena, m) : STR("application/json"),
	       &body);
}

static void write_query_error(struct wire_reply *r, const struct model *m,
                              const struct wire_error *e)
{
	struct buf body;
	struct xml_writer w = { &body };

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	xml_open_with(&w, STR("ErrorResponse"), STR("xmlns"),
	              m ? str_from(m->xml_namespace) : STR_NULL);
	xml_open(&w, STR("Error"));
	xml_element(&w, STR("Type"), e->sender ? STR("Sender") : STR("Receiver"));
	xml_element(&w, STR("Code"), e->code);
	xml_element(&w, STR("Message"), e->message);
	xml_close(&w, STR("Error"));
	xml_element(&w, STR("RequestId"), e->request_id);
	xml_close(&w, STR("ErrorResponse"));
	finish(r, STR("text/xml;charset=utf-8"), &body);
}

static void write_ec2_error(struct wire_reply *r, const struct wire_error *e)
{
	struct buf body;
	struct xml_writer w = { &body };

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	xml_declaration(&w);
	xml_open(&w, STR("Response"));
	xml_open(&w, STR("Errors"));
	xml_open(&w, STR("Error"));
	xml_element(&w, STR("Code"), e->code);
	xml_element(&w, STR("Message"), e->message);
	xml_close(&w, STR("Error"));
	xml_close(&w, STR("Errors"));
	xml_element(&w, STR("RequestID"), e->request_id);
	xml_close(&w, STR("Response"));
	finish(r, STR("text/xml;charset=UTF-8"), &body);
}

static void write_rest_xml_error(struct wire_reply *r, const struct wire_error *e)
{
	struct buf body;
	struct xml_writer w = { &body };

	buf_init(&body, r->arena, WIRE_REPLY_MAX);
	xml_declaration(&w);
	xml_open(&w, STR("Error"));
	xml_element(&w, STR("Code"), e->code);
	xml_element(&w, STR("Message"), e->message);
	for (size_t i = 0; i < e->extra_count; i++)
		xml_element(&w, e->extra[i].name, e->extra[i].value);
	if (e->resource.p)
		xml_element(&w, STR("Resource"), e->resource);
	xml_element(&w, STR("RequestId"), e->request_id);
	xml_element(&w, STR("HostId"), e->request_id); /* x-amz-id-2: one machine, one id */
	xml_close(&w, STR("Error"));
	finish(r, STR("application/xml"), &body);
}

void wire_write_error(struct wire_reply *r, const struct model *m, enum protocol protocol,
                      const struct wire_error *e)
{
	r->status = e->status;
	switch (protocol) {
	case PROTOCOL_JSON:
	case PROTOCOL_REST_JSON:
		write_json_error(r, m, protocol, e);
		return;
	case PROTOCOL_QUERY:
		write_query_error(r, m, e);
		return;
	case PROTOCOL_EC2:
		write_ec2_error(r, e);
		return;
	case PROTOCOL_REST_XML:
		write_rest_xml_error(r, e);
		return;
	}
}
