/*
 * Errors as handlers return them: made in the request's arena by `fail`, which returns what it made,
 * so that a handler says `return fail(c, &sqs_queue_does_not_exist, "…")`. The definitions come from
 * the models; those that every service shares, and no model has, are here.
 */
#ifndef API_ERROR_H
#define API_ERROR_H

#include "api/refusal.h"
#include "wire/model.h"

struct call;

struct error {
	const struct error_definition *definition;
	str message;
	const void *details;           /* the definition's own struct, or NULL */
	const struct refusal *refusal; /* instead of all above: a request that was turned away */
};

err fail(struct call *c, const struct error_definition *definition, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* The same, with the error's further members; `details` lives in the arena. */
err fail_with(struct call *c, const struct error_definition *definition, const void *details,
              const char *format, ...) PRINTF_LIKE(4, 5);

/* A refusal as an error of the call; NULL for none. */
err fail_refused(struct call *c, const struct refusal *refusal);

/* The code and the status that an error goes out with. */
str error_code(err e);
int error_status(err e);

extern const struct error_definition error_access_denied;
extern const struct error_definition error_internal_failure;
extern const struct error_definition error_invalid_action;
extern const struct error_definition error_not_implemented;
extern const struct error_definition error_request_entity_too_large;
extern const struct error_definition error_service_unavailable;
extern const struct error_definition error_storage_full;
extern const struct error_definition error_storage_read_only;
extern const struct error_definition error_throttling;
extern const struct error_definition error_unknown_operation;

#endif
