#include "services/dynamodb/unbuilt.h"

err unbuilt_refuse(struct call *c, const char *operation,
                   const struct unbuilt_parameter *parameters)
{
	for (; parameters->name; parameters++)
		if (parameters->is_given)
			return fail(
				c, &error_not_implemented,
				"%s of DynamoDB %s is not built in Menagerie; nothing was done.",
				parameters->name, operation);
	return NULL;
}

bool sse_check(struct problem *p, const struct dynamodb_sse_specification *s)
{
	const char *name = NULL;

	if (s && s->sse_type.p)
		name = "SSEType";
	else if (s && s->kms_master_key_id.p)
		name = "KMSMasterKeyId";
	return !name || problem_of_value(p,
	                                 "One or more parameter values were invalid: %s can not be "
	                                 "specified if Enabled is false",
	                                 name);
}
