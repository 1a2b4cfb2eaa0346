#include "api/refusal.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

#include <assert.h>
#include <inttypes.h>

/* A mismatch of signatures repeats the whole canonical request, which may be three times a head. */
enum { MESSAGE_MAX = 8 * LIMIT_REQUEST_HEAD };

struct refusal *refuse(struct arena *a, int status, const char *code, const char *format, ...)
{
	struct refusal *r = arena_new(a, struct refusal);
	struct buf message;
	va_list args;

	buf_init(&message, a, MESSAGE_MAX);
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);

	r->status = status;
	r->code = code;
	r->message = buf_str(&message);
	return r;
}

struct refusal *refusal_with(struct refusal *r, const char *name, str value)
{
	size_t i = 0;

	while (r->fields[i].name)
		i++;
	assert(i < REFUSAL_FIELDS);
	r->fields[i] = (struct refusal_field){ name, value };
	return r;
}

struct refusal *refusal_with_number(struct arena *a, struct refusal *r, const char *name,
                                    int64_t value)
{
	return refusal_with(r, name, arena_printf(a, "%" PRId64, value));
}

str refusal_excerpt(str sent)
{
	return str_from_to(sent, 0, LIMIT_ERROR_VALUE);
}
