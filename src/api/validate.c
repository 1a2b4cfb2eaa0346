/* The model's constraints, worded as the service words them. */
#include "api/internal.h"

#include "base/str.h"

static const struct error_definition validation_exception = { .code = "ValidationException",
	                                                      .status = 400,
	                                                      .sender = true };
static const struct error_definition validation_error = { .code = "ValidationError",
	                                                  .status = 400,
	                                                  .sender = true };
static const struct error_definition missing_parameter = { .code = "MissingParameter",
	                                                   .status = 400,
	                                                   .sender = true };
static const struct error_definition invalid_request = { .code = "InvalidRequest",
	                                                 .status = 400,
	                                                 .sender = true };

static const struct error_definition missing_body = { .code = "MissingRequestBodyError",
	                                              .status = 400,
	                                              .sender = true };

const struct error_definition error_missing_action = { .code = "MissingAction",
	                                               .status = 400,
	                                               .sender = true };

/* A document; a text may be empty. */
static bool is_payload(const struct model *m, const struct operation *op, str name)
{
	const struct shape *s = &m->shapes[op->input];
	const struct member *members = &m->members[s->first_member];

	for (size_t i = 0; i < s->member_count; i++)
		if (str_eq(model_text(m, members[i].wire_name), name))
			return (members[i].flags & MEMBER_PAYLOAD) != 0 &&
			       m->shapes[members[i].shape].kind == SHAPE_STRUCTURE;
	return false;
}

/* EC2 and S3 say which parameter is missing, and leave the rest to the operation. */
static err check_required_only(struct call *c, const struct model *m, const struct operation *op,
                               const void *in)
{
	str name = wire_missing(m, op->input, in);

	if (!name.p)
		return NULL;
	if (m->protocol == PROTOCOL_EC2)
		return fail(c, &missing_parameter, "The request must contain the parameter %.*s",
		            STR_ARG(name));
	if (is_payload(m, op, name))
		return fail(c, &missing_body, "Request Body is empty");
	return fail(c, &invalid_request, "Missing required parameter for this request: %.*s",
	            STR_ARG(name));
}

static const struct error_definition *definition_of(struct call *c, const struct service *s)
{
	struct error_definition *own;

	if (!s->invalid_input)
		return s->model->protocol == PROTOCOL_QUERY ? &validation_error
		                                            : &validation_exception;
	own = arena_new(c->arena, struct error_definition);
	*own = (struct error_definition){ .code = s->invalid_input, .status = 400, .sender = true };
	return own;
}

/* All have this type but for the struct's name. */
typedef err own_check(struct call *c, const void *in);

err validate(struct call *c, const struct service *s, const struct operation *op, const void *in)
{
	const struct op_slot *slot = service_slot(s, op);
	err e = slot && slot->check ? ((own_check *)slot->check)(c, in) : NULL;
	str message;

	if (e)
		return e;
	if (s->model->protocol == PROTOCOL_EC2 || s->model->protocol == PROTOCOL_REST_XML)
		return check_required_only(c, s->model, op, in);
	message = wire_validate(c->arena, s->model, op->input, in);
	return message.p ? fail(c, definition_of(c, s), "%.*s", STR_ARG(message)) : NULL;
}
