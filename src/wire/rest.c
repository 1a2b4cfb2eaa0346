/* What REST requests and replies carry outside the body: headers, path, query, status; and routing. */
#include "wire/internal.h"

#include "base/limits.h"
#include "base/str.h"

/* Walks a template and a path side by side; `label` is called for each {label}, with the raw value. */
static bool match_path(str template, str path, void (*label)(void *arg, str name, str raw),
                       void *arg)
{
	while (template.p && template.n) {
		str segment, value;

		if (!str_take(&template, STR("/")) || !str_take(&path, STR("/")))
			return false;
		segment = str_cut(&template, '/');
		template = template.p ? (str){ template.p - 1, template.n + 1 } : STR_NULL;
		if (str_ends(segment, STR("+}"))) {
			if (!path.n)
				return false;
			label(arg, str_from_to(segment, 1, segment.n - 2), path);
			return true;
		}
		value = str_from_to(path, 0, MIN(path.n, (size_t)str_find(path, '/', 0)));
		path = str_after(path, value.n);
		if (str_starts(segment, STR("{")) && str_ends(segment, STR("}"))) {
			if (!value.n)
				return false;
			label(arg, str_from_to(segment, 1, segment.n - 1), value);
		} else if (!str_eq(segment, value)) {
			return false;
		}
	}
	return !path.n || str_eq(path, STR("/"));
}

static void ignore_label(void *arg, str name, str raw)
{
	(void)arg, (void)name, (void)raw;
}

/* The fixed parameters of an operation, `a=b&c`: all must be there. */
static bool match_query(str fixed, const struct parameters *query, int *ret_count)
{
	int count = 0;

	while (fixed.p && fixed.n) {
		str value = str_cut(&fixed, '&');
		str name = str_cut(&value, '=');
		const struct parameter *parameter = parameters_find(query, name);

		if (!parameter || (value.p && !str_eq(value, parameter->value)))
			return false;
		count++;
	}
	*ret_count = count;
	return true;
}

static void count_headers(const struct request *request, str names, int *ret_there,
                          int *ret_missing)
{
	while (names.p && names.n)
		*(request_header(request, str_cut(&names, ',')).p ? ret_there : ret_missing) += 1;
}

/* An operation that only its required parameters tell from another (UploadPart from PutObject) is not meant
 * without them; where a fixed one says what is meant, they are missing. */
static bool lacks_what_tells_it(const struct model *m, const struct operation *op,
                                const struct parameters *query)
{
	const struct shape *s = shape_at(m, op->input);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if ((members[i].flags & MEMBER_REQUIRED) && members[i].location == IN_QUERY &&
		    !parameters_find(query, model_text(m, members[i].wire_name)))
			return true;
	return false;
}

/* How many of the required headers and parameters are there, and how many are not. */
static void count_required(const struct model *m, const struct operation *op,
                           const struct request *request, const struct parameters *query,
                           int *ret_there, int *ret_missing)
{
	const struct shape *s = shape_at(m, op->input);
	const struct member *members = members_of(m, s);

	*ret_there = *ret_missing = 0;
	if (op->slot == OPERATION_NOT_BUILT) {
		count_headers(request, model_text(m, op->headers), ret_there, ret_missing);
		return;
	}
	for (size_t i = 0; i < s->member_count; i++) {
		str name = model_text(m, members[i].wire_name);
		bool there;

		if (!(members[i].flags & MEMBER_REQUIRED))
			continue;
		if (members[i].location == IN_HEADER)
			there = request_header(request, name).p != NULL;
		else if (members[i].location == IN_QUERY)
			there = parameters_find(query, name) != NULL;
		else
			continue;
		*(there ? ret_there : ret_missing) += 1;
	}
}

static bool has_word(str fixed, str name)
{
	while (fixed.p && fixed.n) {
		str value = str_cut(&fixed, '&');

		if (str_eq(str_cut(&value, '='), name) && !value.p)
			return true;
	}
	return false;
}

static bool takes_parameter(const struct model *m, const struct operation *op, str name)
{
	const struct shape *s = shape_at(m, op->input);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].location == IN_QUERY &&
		    str_eq(model_text(m, members[i].wire_name), name))
			return true;
	return false;
}

static bool is_word_of_any(const struct model *m, str name)
{
	for (size_t i = 0; i < m->operation_count; i++)
		if (has_word(model_text(m, m->operations[i].query), name))
			return true;
	return false;
}

/* `DELETE /bucket/key?retention` is an operation that S3 does not have, and must not be taken for that
 * on the whole object. A read of more than was asked for does no harm, so those are left alone. */
static bool means_something_else(const struct model *m, const struct operation *op,
                                 const struct parameters *query)
{
	str method = model_text(m, op->method);

	if (str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")))
		return false;
	for (size_t i = 0; i < query->n; i++) {
		str name = query->items[i].name;

		if (!has_word(model_text(m, op->query), name) && !takes_parameter(m, op, name) &&
		    is_word_of_any(m, name))
			return true;
	}
	return false;
}

const struct operation *wire_route(const struct model *m, const struct request *request, str path,
                                   const struct parameters *query)
{
	const struct operation *best = NULL;
	int best_score = INT32_MIN;

	for (size_t i = 0; i < m->operation_count; i++) {
		const struct operation *op = &m->operations[i];
		int fixed, there, missing, score;

		if (!str_eq(model_text(m, op->method), request->method) ||
		    !match_query(model_text(m, op->query), query, &fixed) ||
		    !match_path(model_text(m, op->path), path, ignore_label, NULL))
			continue;
		if (m->protocol == PROTOCOL_REST_XML && !fixed && lacks_what_tells_it(m, op, query))
			continue;
		count_required(m, op, request, query, &there, &missing);
		/* A literal segment beats a label: /tags against /{name}. */
		score = fixed * 1000 - missing * 100 + there * 10 -
		        (str_contains(model_text(m, op->path), STR("{")) ? 1 : 0) -
		        (str_ends(model_text(m, op->path), STR("+}")) ? 1 : 0);
		if (score > best_score) {
			best = op;
			best_score = score;
		}
	}
	if (best && m->protocol == PROTOCOL_REST_XML && means_something_else(m, best, query))
		return NULL;
	return best;
}

struct labels {
	struct wire_request *wire;
	void *in;
	bool failed;
};

static void read_label(void *arg, str name, str raw)
{
	struct labels *l = arg;
	const struct model *m = l->wire->model;
	const struct shape *s = shape_at(m, l->wire->operation->input);
	const struct member *members = members_of(m, s);
	str value;

	if (!uri_decode(l->wire->arena, raw, URI_PLAIN, &value) || !utf8_valid(value)) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].location == IN_PATH &&
		    str_eq(model_text(m, members[i].wire_name), name) &&
		    !scalar_from_text(l->wire->arena, shape_at(m, members[i].shape),
		                      members[i].timestamp_form, value,
		                      (char *)l->in + members[i].offset))
			l->failed = true;
}

static bool read_labels(struct wire_request *w, void *in)
{
	struct labels l = { .wire = w, .in = in };

	match_path(model_text(w->model, w->operation->path), w->path, read_label, &l);
	if (!l.failed)
		return true;
	if (w->model->protocol == PROTOCOL_REST_XML)
		return wire_fail(w, "InvalidURI", STR("Couldn't parse the specified URI."));
	return wire_fail(w, "SerializationException",
	                 STR("The path of the request cannot be parsed."));
}

/* S3 says of most numbers that they are none, and of one what it has to be. */
static bool bad_argument(struct wire_request *w, str name, str value)
{
	str message = STR("Part number must be an integer between 1 and 10000, inclusive");

	if (!str_eq(name, STR("partNumber")))
		message = arena_printf(w->arena,
		                       "Provided %.*s not an integer or within integer range",
		                       STR_ARG(name));
	wire_fail(w, "InvalidArgument", message);
	w->problem.argument = name;
	w->problem.value = value;
	return false;
}

static bool bad_value(struct wire_request *w, str name, str value)
{
	if (w->model->protocol == PROTOCOL_REST_XML)
		return bad_argument(w, name, value);
	return wire_fail(w, "SerializationException",
	                 arena_printf(w->arena, "Invalid value '%.*s' for %.*s",
	                              (int)MIN(value.n, LIMIT_ERROR_VALUE), value.p,
	                              STR_ARG(name)));
}

/* A header that is a list holds its elements between commas. */
static bool read_header_list(struct wire_request *w, const struct shape *s, str value,
                             struct any_list *list)
{
	size_t capacity = 0;

	while (value.p) {
		str element = str_trim(str_cut(&value, ','));

		if (element.n &&
		    !scalar_from_text(w->arena, shape_at(w->model, s->element), TIMESTAMP_DEFAULT,
		                      element, list_append(w->arena, s, list, &capacity)))
			return false;
	}
	list_present(list);
	return true;
}

/* S3 takes a canned ACL also from the query of a presigned address. Not tags, not checksums: those it
 * leaves unread there (aws-sdk-java-v2 issue 1849, aws-sdk-js-v3 issue 3496, localstack issue 12169). */
static str presigned_acl(const struct wire_request *w, str name)
{
	const struct parameter *acl = NULL;

	if (w->model->protocol == PROTOCOL_REST_XML && str_eq(name, STR("x-amz-acl")) &&
	    parameters_find(w->query, STR("X-Amz-Signature")))
		acl = parameters_find(w->query, name);
	return acl ? acl->value : STR_NULL;
}

static bool read_header(struct wire_request *w, const struct member *member, void *place)
{
	const struct shape *s = shape_at(w->model, member->shape);
	str name = model_text(w->model, member->wire_name);
	str header = request_header(w->request, name);
	str value = header.p ? header : presigned_acl(w, name);
	uint8_t form = member->timestamp_form ? member->timestamp_form : (uint8_t)TIMESTAMP_HTTP;
	bool ok;

	if (!value.p)
		return true;
	ok = s->kind == SHAPE_LIST ? read_header_list(w, s, value, place)
	                           : scalar_from_text(w->arena, s, form, value, place);
	/* What HTTP says of conditions: a date that is none is as good as not sent. */
	if (!ok && s->kind == SHAPE_TIMESTAMP && form == TIMESTAMP_HTTP)
		return true;
	return ok || bad_value(w, name, value);
}

static void add_entry(struct wire_request *w, const struct shape *s, struct any_list *map,
                      size_t *capacity, str key, str value)
{
	char *entry = list_append(w->arena, s, map, capacity);

	*(str *)(void *)entry = key;
	*(str *)(void *)(entry + s->value_offset) = value;
}

/* All headers that start with a prefix, as a map without it. A presigned address of S3 has them in its
 * query. */
static void read_header_map(struct wire_request *w, const struct member *member,
                            struct any_list *map)
{
	const struct shape *s = shape_at(w->model, member->shape);
	str prefix = model_text(w->model, member->wire_name);
	size_t capacity = 0;
	size_t n = w->model->protocol == PROTOCOL_REST_XML ? w->query->n : 0;

	for (size_t i = 0; i < w->request->header_count; i++) {
		const struct header *h = &w->request->headers[i];

		if (str_starts_nocase(h->name, prefix))
			add_entry(w, s, map, &capacity, str_after(h->name, prefix.n), h->value);
	}
	for (size_t i = 0; i < n; i++) {
		const struct parameter *p = &w->query->items[i];

		if (str_starts_nocase(p->name, prefix))
			add_entry(w, s, map, &capacity, str_after(p->name, prefix.n), p->value);
	}
}

static bool read_query_list(struct wire_request *w, const struct shape *s, str name,
                            struct any_list *list)
{
	size_t capacity = 0;

	for (size_t i = 0; i < w->query->n; i++) {
		const struct parameter *p = &w->query->items[i];

		if (str_eq(p->name, name) &&
		    !scalar_from_text(w->arena, shape_at(w->model, s->element), TIMESTAMP_DEFAULT,
		                      p->value, list_append(w->arena, s, list, &capacity)))
			return false;
	}
	return true;
}

/* A map in the query is every parameter there is; the model has it for tags and the like. */
static void read_query_map(struct wire_request *w, const struct shape *s, struct any_list *map)
{
	size_t capacity = 0;

	if (shape_at(w->model, s->element)->kind != SHAPE_STRING)
		return;
	for (size_t i = 0; i < w->query->n; i++) {
		char *entry = list_append(w->arena, s, map, &capacity);

		*(str *)(void *)entry = w->query->items[i].name;
		*(str *)(void *)(entry + s->value_offset) = w->query->items[i].value;
	}
}

static bool read_query(struct wire_request *w, const struct member *member, void *place)
{
	const struct shape *s = shape_at(w->model, member->shape);
	str name = model_text(w->model, member->wire_name);
	const struct parameter *p;

	if (s->kind == SHAPE_LIST)
		return read_query_list(w, s, name, place) || bad_value(w, name, STR(""));
	if (s->kind == SHAPE_MAP) {
		read_query_map(w, s, place);
		return true;
	}
	p = parameters_find(w->query, name);
	return !p || scalar_from_text(w->arena, s, member->timestamp_form, p->value, place) ||
	       bad_value(w, name, p->value);
}

bool rest_read(struct wire_request *w, void *in)
{
	const struct shape *s = shape_at(w->model, w->operation->input);
	const struct member *members = members_of(w->model, s);

	if (!read_labels(w, in))
		return false;
	for (size_t i = 0; i < s->member_count; i++) {
		void *place = (char *)in + members[i].offset;

		if (members[i].location == IN_HEADER && !read_header(w, &members[i], place))
			return false;
		if (members[i].location == IN_HEADERS)
			read_header_map(w, &members[i], place);
		if (members[i].location == IN_QUERY && !read_query(w, &members[i], place))
			return false;
	}
	return true;
}

static void write_header_map(struct wire_reply *r, const struct shape *s, str prefix,
                             const struct any_list *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *entry = (const char *)map->items + i * s->size;

		wire_reply_header(r,
		                  arena_join(r->arena, prefix, *(const str *)(const void *)entry),
		                  *(const str *)(const void *)(entry + s->value_offset));
	}
}

static str header_list(struct arena *a, const struct model *m, const struct shape *s,
                       const struct any_list *list)
{
	struct buf b;

	buf_init(&b, a, LIMIT_REQUEST_HEAD);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_put(&b, STR(", "));
		buf_put(&b,
		        scalar_to_text(a, shape_at(m, s->element), TIMESTAMP_DEFAULT,
		                       TIMESTAMP_HTTP, (const char *)list->items + i * s->size));
	}
	return buf_str(&b);
}

void rest_write(struct wire_reply *r, const struct model *m, const struct operation *op,
                const void *out)
{
	const struct shape *s = shape_at(m, op->output);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++) {
		const struct shape *member_shape = shape_at(m, members[i].shape);
		const void *place = (const char *)out + members[i].offset;
		str name = model_text(m, members[i].reply_name);

		if (members[i].location == IN_BODY || (members[i].flags & MEMBER_STREAM) ||
		    !value_present(member_shape, place))
			continue;
		if (members[i].location == IN_STATUS)
			r->status = (int)((const struct opt_int *)place)->value;
		else if (member_shape->kind == SHAPE_MAP)
			write_header_map(r, member_shape, name, place);
		else if (member_shape->kind == SHAPE_LIST)
			wire_reply_header(r, name, header_list(r->arena, m, member_shape, place));
		else
			wire_reply_header(r, name,
			                  scalar_to_text(r->arena, member_shape,
			                                 members[i].timestamp_form, TIMESTAMP_HTTP,
			                                 place));
	}
}
