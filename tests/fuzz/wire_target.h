/*
 * What the fuzzers of the protocol readers share: the first two bytes choose an operation of the
 * models that speak the protocol, the rest is the request. What could be read is validated too, and
 * so printed, since a refused value stands in the message.
 */
#ifndef TESTS_FUZZ_WIRE_TARGET_H
#define TESTS_FUZZ_WIRE_TARGET_H

#include "base/str.h"
#include "wire/wire.h"

static inline const struct operation *choose(const struct model *m, const uint8_t *data)
{
	size_t at = (size_t)data[0] << 8 | data[1];

	for (size_t i = 0; i < m->operation_count; i++) {
		const struct operation *op = &m->operations[(at + i) % m->operation_count];

		if (op->slot != OPERATION_NOT_BUILT)
			return op;
	}
	return NULL;
}

static inline void read_as(const struct model *m, const struct operation *op,
                           struct request request, str path, str query, str body)
{
	struct arena a = { 0 };
	struct parameters parameters = { 0 };
	struct wire_request wire = { .arena = &a,
		                     .model = m,
		                     .operation = op,
		                     .request = &request,
		                     .path = path,
		                     .query = &parameters,
		                     .body = body };
	void *in;

	arena_init(&a);
	in = arena_alloc(&a, model_shape_size(m, op->input));
	if (parameters_parse(&a, query, URI_PLAIN, &parameters) && wire_read(&wire, in)) {
		wire_validate(&a, m, op->input, in);
		wire_missing(m, op->input, in);
	}
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
