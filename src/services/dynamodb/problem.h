/*
 * Why a request is refused, in AWS's words. The functions of this folder that know nothing of calls fill
 * one in, and return false; a handler makes the error of it (problem_error, table.h). The first one sticks.
 */
#ifndef SERVICES_DYNAMODB_PROBLEM_H
#define SERVICES_DYNAMODB_PROBLEM_H

#include "base/arena.h"

/*
 * Operation by operation, AWS moves the check of requests into a new layer. It knows the same problems, and words
 * some of them otherwise: it does not say which expression value is wrong, and quotes the members of a set.
 */
enum check_layer {
	LAYER_OLDER,
	LAYER_CURRENT,
	LAYER_ENVELOPED, /* the current one, behind "1 validation error detected: ": of writes of one item */
};

struct problem {
	struct arena *arena; /* of the message */
	enum check_layer layer;
	bool is_serialization; /* a SerializationException; otherwise a ValidationException */
	str message;           /* absent: there is no problem */
};

/* Both return false, so that a function can end with them. */
bool problem_of_value(struct problem *p, const char *format, ...) PRINTF_LIKE(2, 3);
bool problem_of_text(struct problem *p, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
