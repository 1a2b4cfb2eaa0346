#include "services/dynamodb/problem.h"

#include "base/buf.h"

/* Names of attributes and tables are shown whole. */
enum { MESSAGE_MAX = 1024 * 1024 };

static PRINTF_LIKE(3, 0) bool set(struct problem *p, bool is_serialization, const char *format,
                                  va_list args)
{
	struct buf b;

	if (p->message.p)
		return false;
	buf_init(&b, p->arena, MESSAGE_MAX);
	buf_vprintf(&b, format, args);
	p->is_serialization = is_serialization;
	p->message = buf_str(&b);
	return false;
}

bool problem_of_value(struct problem *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(p, /* is_serialization= */ false, format, args);
	va_end(args);
	return false;
}

bool problem_of_text(struct problem *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(p, /* is_serialization= */ true, format, args);
	va_end(args);
	return false;
}
