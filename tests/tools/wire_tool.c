/*
 * The readers and writers of src/wire behind a pipe, so that botocore can be their judge.
 *
 * Each line in is a JSON object, each line out another:
 *
 *   {"do": "read", "model": "s3", "operation": "PutObject", "method": "PUT", "path": "/b/k", "query": "",
 *    "headers": [["a", "b"]], "body": BASE64}
 *        {"in": {…}} with the members by their names, or {"code": …, "message": …}
 *   {"do": "write", "model": …, "operation": …, "out": {…}}
 *        {"status": 200, "headers": [[…]], "body": BASE64}
 *   {"do": "route", "model": …, "method": …, "path": …, "query": …, "headers": …}
 *        {"operation": NAME or null}
 *   {"do": "validate", …as read}
 *        {"message": TEXT or null}
 *
 * In these structures a blob is base64 and a timestamp a number of milliseconds.
 */
#include "base/encoding.h"
#include "base/json.h"
#include "base/str.h"
#include "wire/internal.h"

#include "models/dynamodb.h"
#include "models/dynamodbstreams.h"
#include "models/ec2.h"
#include "models/iam.h"
#include "models/lambda.h"
#include "models/logs.h"
#include "models/s3.h"
#include "models/sts.h"

#undef free

static const struct model *const models[] = {
	&dynamodb_model, &dynamodbstreams_model,
	&ec2_model,      &iam_model,
	&lambda_model,   &logs_model,
	&s3_model,       &sts_model,
};

static void dump(struct json_writer *w, struct arena *a, const struct model *m, uint16_t shape,
                 const void *place);

static void dump_structure(struct json_writer *w, struct arena *a, const struct model *m,
                           const struct shape *s, const void *value)
{
	json_put_object(w);
	for (size_t i = 0; i < s->member_count; i++) {
		const struct member *member = &members_of(m, s)[i];
		const void *place = (const char *)value + member->offset;

		if ((member->flags & MEMBER_STREAM) ||
		    !value_present(shape_at(m, member->shape), place))
			continue;
		json_put_name(w, model_text(m, member->name));
		dump(w, a, m, member->shape, value_at(shape_at(m, member->shape), place));
	}
	json_put_object_end(w);
}

static void dump_collection(struct json_writer *w, struct arena *a, const struct model *m,
                            const struct shape *s, const struct any_list *list)
{
	bool is_map = s->kind == SHAPE_MAP;

	if (is_map)
		json_put_object(w);
	else
		json_put_array(w);
	for (size_t i = 0; i < list->n; i++) {
		const char *item = (const char *)list->items + i * s->size;

		if (is_map) {
			json_put_name(w, *(const str *)(const void *)item);
			item = value_at(shape_at(m, s->element), item + s->value_offset);
		}
		dump(w, a, m, s->element, item);
	}
	if (is_map)
		json_put_object_end(w);
	else
		json_put_array_end(w);
}

static void dump(struct json_writer *w, struct arena *a, const struct model *m, uint16_t shape,
                 const void *place)
{
	const struct shape *s = shape_at(m, shape);

	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
		dump_structure(w, a, m, s, place);
		break;
	case SHAPE_LIST:
	case SHAPE_MAP:
		dump_collection(w, a, m, s, place);
		break;
	case SHAPE_STRING:
		json_put_string(w, *(const str *)place);
		break;
	case SHAPE_DOCUMENT:
		json_put_raw(w, *(const str *)place);
		break;
	case SHAPE_BLOB:
		json_put_string(w, base64_of(a, *(const str *)place));
		break;
	case SHAPE_BOOLEAN:
		json_put_bool(w, ((const struct opt_bool *)place)->value);
		break;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
		json_put_i64(w, ((const struct opt_int *)place)->value);
		break;
	case SHAPE_DOUBLE:
		json_put_double(w, ((const struct opt_double *)place)->value);
		break;
	case SHAPE_TIMESTAMP:
		json_put_i64(w, ((const struct opt_time *)place)->value);
		break;
	}
}

/* The other way: fills a struct from that form. The input is our own test's, so mistakes abort. */
static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "wire_tool: %s\n", what);
	exit(1);
}

static void load(struct json_reader *r, const struct model *m, uint16_t shape, void *place);

static void load_structure(struct json_reader *r, const struct model *m, const struct shape *s,
                           void *value)
{
	str name;

	must(json_enter_object(r), "a structure is an object");
	while (json_next_member(r, &name)) {
		const struct member *found = NULL;

		for (size_t i = 0; i < s->member_count; i++)
			if (str_eq(model_text(m, members_of(m, s)[i].name), name))
				found = &members_of(m, s)[i];
		must(found != NULL, "no such member");
		load(r, m, found->shape,
		     value_open(r->arena, shape_at(m, found->shape),
		                (char *)value + found->offset));
	}
}

static void load_collection(struct json_reader *r, const struct model *m, const struct shape *s,
                            struct any_list *list)
{
	size_t capacity = 0;
	str key;

	if (s->kind == SHAPE_LIST) {
		json_enter_array(r);
		while (json_next_element(r))
			load(r, m, s->element, list_append(r->arena, s, list, &capacity));
	} else {
		json_enter_object(r);
		while (json_next_member(r, &key)) {
			char *entry = list_append(r->arena, s, list, &capacity);

			*(str *)(void *)entry = key;
			load(r, m, s->element,
			     value_open(r->arena, shape_at(m, s->element),
			                entry + s->value_offset));
		}
	}
	list_present(list);
}

static void load_number(struct json_reader *r, const struct shape *s, void *place)
{
	str digits;
	double d = 0;
	int64_t n = 0;

	json_number(r, &digits);
	must(str_to_double(digits, &d), "a number");
	str_to_i64(digits, &n);
	if (s->kind == SHAPE_DOUBLE)
		*(struct opt_double *)place = opt_double(d);
	else if (s->kind == SHAPE_TIMESTAMP)
		*(struct opt_time *)place = opt_time(n);
	else
		*(struct opt_int *)place = opt_int(n);
}

static void load(struct json_reader *r, const struct model *m, uint16_t shape, void *place)
{
	const struct shape *s = shape_at(m, shape);
	struct opt_bool *flag = place;
	str text;

	switch ((enum shape_kind)s->kind) {
	case SHAPE_STRUCTURE:
		load_structure(r, m, s, place);
		break;
	case SHAPE_LIST:
	case SHAPE_MAP:
		load_collection(r, m, s, place);
		break;
	case SHAPE_STRING:
		must(json_string(r, place), "a string");
		break;
	case SHAPE_DOCUMENT:
		must(json_raw(r, place), "a document");
		break;
	case SHAPE_BLOB:
		must(json_string(r, &text) && base64_decode(r->arena, text, place), "a blob");
		break;
	case SHAPE_BOOLEAN:
		flag->set = json_bool(r, &flag->value);
		break;
	case SHAPE_INTEGER:
	case SHAPE_LONG:
	case SHAPE_DOUBLE:
	case SHAPE_TIMESTAMP:
		load_number(r, s, place);
		break;
	}
}

struct command {
	str verb, model_name, operation_name, out, path, query, body;
	struct request request;
	const struct model *model;
	const struct operation *operation;
	struct parameters parameters;
};

static void read_headers(struct json_reader *r, struct request *request)
{
	struct header *headers = NULL;
	size_t n = 0, capacity = 0;

	json_enter_array(r);
	while (json_next_element(r)) {
		if (n == capacity)
			headers = arena_grow(r->arena, headers, &capacity, sizeof(*headers));
		json_enter_array(r);
		must(json_next_element(r) && json_string(r, &headers[n].name) &&
		             json_next_element(r) && json_string(r, &headers[n].value) &&
		             !json_next_element(r),
		     "a header is a pair");
		n++;
	}
	request->headers = headers;
	request->header_count = n;
}

static void read_command(struct arena *a, str line, struct command *c)
{
	struct json_reader r;
	str name;

	json_reader_init(&r, a, line);
	must(json_enter_object(&r), "a line is an object");
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("do")))
			json_string(&r, &c->verb);
		else if (str_eq(name, STR("model")))
			json_string(&r, &c->model_name);
		else if (str_eq(name, STR("operation")))
			json_string(&r, &c->operation_name);
		else if (str_eq(name, STR("out")))
			json_raw(&r, &c->out);
		else if (str_eq(name, STR("method")))
			json_string(&r, &c->request.method);
		else if (str_eq(name, STR("path")))
			json_string(&r, &c->path);
		else if (str_eq(name, STR("query")))
			json_string(&r, &c->query);
		else if (str_eq(name, STR("body")))
			must(json_string(&r, &c->body) && base64_decode(a, c->body, &c->body),
			     "a body");
		else if (str_eq(name, STR("headers")))
			read_headers(&r, &c->request);
		else
			json_skip(&r);
	}
	must(json_at_end(&r), "a line is JSON");
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (str_eq(str_from(models[i]->name), c->model_name))
			c->model = models[i];
	must(c->model != NULL, "no such model");
	c->operation = model_operation(c->model, c->operation_name);
	must(parameters_parse(a, c->query, URI_PLAIN, &c->parameters), "a query");
}

static void do_read(struct arena *a, struct command *c, struct json_writer *w, bool validate)
{
	struct wire_request wire = { .arena = a,
		                     .model = c->model,
		                     .operation = c->operation,
		                     .request = &c->request,
		                     .path = c->path,
		                     .query = &c->parameters,
		                     .body = c->body };
	void *in = arena_alloc(a, model_shape_size(c->model, c->operation->input));
	str message;

	if (!wire_read(&wire, in)) {
		json_put_member(w, STR("code"), str_from(wire.problem.code));
		json_put_member(w, STR("message"), wire.problem.message);
		return;
	}
	message = wire_validate(a, c->model, c->operation->input, in);
	if (!validate) {
		json_put_name(w, STR("in"));
		dump(w, a, c->model, c->operation->input, in);
		return;
	}
	json_put_name(w, STR("message"));
	if (message.p)
		json_put_string(w, message);
	else
		json_put_null(w);
}

static void do_write(struct arena *a, struct command *c, struct json_writer *w)
{
	struct wire_reply reply = { .arena = a };
	void *out = arena_alloc(a, model_shape_size(c->model, c->operation->output));
	struct json_reader r;

	json_reader_init(&r, a, c->out);
	load(&r, c->model, c->operation->output, out);
	wire_write(&reply, c->model, c->operation, out,
	           STR("00000000-0000-0000-0000-000000000000"));
	json_put_member_i64(w, STR("status"), reply.status);
	json_put_name(w, STR("headers"));
	json_put_array(w);
	for (size_t i = 0; i < reply.header_count; i++) {
		json_put_array(w);
		json_put_string(w, reply.headers[i].name);
		json_put_string(w, reply.headers[i].value);
		json_put_array_end(w);
	}
	json_put_array_end(w);
	json_put_member(w, STR("body"), base64_of(a, reply.body));
}

static void do_route(struct command *c, struct json_writer *w)
{
	const struct operation *op = wire_route(c->model, &c->request, c->path, &c->parameters);

	json_put_name(w, STR("operation"));
	if (op)
		json_put_string(w, model_text(c->model, op->name));
	else
		json_put_null(w);
}

static void answer(str line)
{
	struct arena a = { 0 };
	struct command c = { 0 };
	struct buf b;
	struct json_writer w;

	arena_init(&a);
	buf_init(&b, &a, WIRE_REPLY_MAX);
	json_writer_init(&w, &b);
	read_command(&a, line, &c);
	must(c.operation || str_eq(c.verb, STR("route")), "no such operation");
	json_put_object(&w);
	if (str_eq(c.verb, STR("write")))
		do_write(&a, &c, &w);
	else if (str_eq(c.verb, STR("route")))
		do_route(&c, &w);
	else
		do_read(&a, &c, &w, str_eq(c.verb, STR("validate")));
	json_put_object_end(&w);
	buf_putc(&b, '\n');
	fwrite(b.p, 1, b.n, stdout);
	fflush(stdout);
	arena_release(&a);
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;

	while ((n = getline(&line, &capacity, stdin)) > 0)
		answer((str){ line, (size_t)n });
	free(line);
	return 0;
}
