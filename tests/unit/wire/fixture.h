/* Reading a request of a model in a test: one call, an arena that lives until the next. */
#ifndef TESTS_UNIT_WIRE_FIXTURE_H
#define TESTS_UNIT_WIRE_FIXTURE_H

#include "check.h"
#include "wire/wire.h"

static struct arena arena;

struct read_result {
	bool ok;
	void *in;
	struct wire_problem problem;
};

static inline struct read_result read_request(const struct model *m, const char *operation,
                                              str path, str query, str body)
{
	static struct request request;
	struct parameters parameters = { 0 };
	struct wire_request wire = {
		.arena = &arena, .model = m, .request = &request, .path = path, .body = body
	};
	struct read_result r = { 0 };

	wire.operation = model_operation(m, str_from(operation));
	assert_non_null(wire.operation);
	assert_true(parameters_parse(&arena, query, URI_PLAIN, &parameters));
	wire.query = &parameters;
	r.in = arena_alloc(&arena, model_shape_size(m, wire.operation->input));
	r.ok = wire_read(&wire, r.in);
	r.problem = wire.problem;
	return r;
}

static inline struct read_result read_body(const struct model *m, const char *operation,
                                           const char *body)
{
	return read_request(m, operation, STR("/"), STR(""), str_from(body));
}

#endif
