/*
 * A refusal: why a request is turned away before its operation runs, in the words of AWS.
 *
 * What checks signatures, bodies and checksums answers with one of these, or NULL when all is well.
 * It lives in the request's arena and never holds a secret: no secret key, no session token and no
 * Authorization header as sent. Values that a client sent are cut at LIMIT_ERROR_VALUE.
 */
#ifndef API_REFUSAL_H
#define API_REFUSAL_H

#include "base/arena.h"

enum { REFUSAL_FIELDS = 6 };

struct refusal_field {
	const char *name;
	str value;
};

struct refusal {
	int status;
	const char *code;
	str message;
	/* What S3 puts beside Code and Message, in its order; ends at the first without a name. */
	struct refusal_field fields[REFUSAL_FIELDS + 1];
};

struct refusal *refuse(struct arena *a, int status, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* Adds a field and returns its first argument, so that calls nest. `name` is a literal. */
struct refusal *refusal_with(struct refusal *r, const char *name, str value);
struct refusal *refusal_with_number(struct arena *a, struct refusal *r, const char *name,
                                    int64_t value);

/* As much of what a client sent as a refusal repeats. */
str refusal_excerpt(str sent);

#endif
