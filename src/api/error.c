#include "api/error.h"

#include "api/call.h"
#include "base/buf.h"
#include "base/str.h"

#include <stdarg.h>

const struct error_definition error_access_denied = { .code = "AccessDenied",
	                                              .status = 403,
	                                              .sender = true };
const struct error_definition error_internal_failure = { .code = "InternalFailure", .status = 500 };
const struct error_definition error_invalid_action = { .code = "InvalidAction",
	                                               .status = 400,
	                                               .sender = true };
const struct error_definition error_not_implemented = { .code = "NotImplemented", .status = 501 };
const struct error_definition error_request_entity_too_large = {
	.code = "RequestEntityTooLargeException", .status = 413, .sender = true
};
const struct error_definition error_service_unavailable = { .code = "ServiceUnavailable",
	                                                    .status = 503 };
/* 507 rather than 503: clients try a 503 again at once, and a full disk stays full. */
const struct error_definition error_storage_full = { .code = "InsufficientStorage", .status = 507 };
const struct error_definition error_storage_read_only = { .code = "ReadOnlyStorage",
	                                                  .status = 507 };
const struct error_definition error_throttling = { .code = "ThrottlingException",
	                                           .status = 400,
	                                           .sender = true };
const struct error_definition error_unknown_operation = { .code = "UnknownOperationException",
	                                                  .status = 400,
	                                                  .sender = true };

static PRINTF_LIKE(4, 0) err make(struct call *c, const struct error_definition *definition,
                                  const void *details, const char *format, va_list args)
{
	struct error *e = arena_new(c->arena, struct error);
	struct buf message;

	buf_init(&message, c->arena, 512 * 1024);
	buf_vprintf(&message, format, args);
	e->definition = definition;
	e->message = buf_str(&message);
	e->details = details;
	return e;
}

err fail(struct call *c, const struct error_definition *definition, const char *format, ...)
{
	va_list args;
	err e;

	va_start(args, format);
	e = make(c, definition, NULL, format, args);
	va_end(args);
	return e;
}

err fail_with(struct call *c, const struct error_definition *definition, const void *details,
              const char *format, ...)
{
	va_list args;
	err e;

	va_start(args, format);
	e = make(c, definition, details, format, args);
	va_end(args);
	return e;
}

err fail_refused(struct call *c, const struct refusal *refusal)
{
	struct error *e;

	if (!refusal)
		return NULL;
	e = arena_new(c->arena, struct error);
	e->refusal = refusal;
	return e;
}

str error_code(err e)
{
	return str_from(e->refusal ? e->refusal->code : e->definition->code);
}

int error_status(err e)
{
	return e->refusal ? e->refusal->status : e->definition->status;
}
