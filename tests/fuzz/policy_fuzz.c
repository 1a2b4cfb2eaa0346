/*
 * A policy of any bytes is parsed under each kind of rules; one that is accepted is evaluated for a
 * few callers. The second half of the input, behind a NUL, is the text of the request.
 */
#include "api/policy.h"
#include "base/str.h"

#include <stdlib.h>

static const struct policy_action actions[] = {
	{ STR_INIT("GetObject"), POLICY_TO_CHILDREN },
	{ STR_INIT("ListBucket"), POLICY_TO_RESOURCE },
};

static const struct policy_rules all_rules[] = {
	{ .kind = POLICY_OF_IDENTITY },
	{ .kind = POLICY_OF_IDENTITY, .only_2012 = true, .max_size = 6144 },
	{ .kind = POLICY_OF_RESOURCE, .resource = POLICY_RESOURCE_OPTIONAL },
	{ .kind = POLICY_OF_RESOURCE, .resource = POLICY_RESOURCE_PROHIBITED, .unique_sids = true },
	{ .kind = POLICY_OF_RESOURCE,
	  .brace_first = true,
	  .vendor = STR_INIT("s3"),
	  .resource_prefix = STR_INIT("arn:aws:s3:::b"),
	  .actions = actions,
	  .action_count = ARRAY_LEN(actions) },
};

static const struct policy_principal principals[] = {
	{ .type = POLICY_ANONYMOUS },
	{ .type = POLICY_ROOT,
	  .account = STR_INIT("111122223333"),
	  .arn = STR_INIT("arn:aws:iam::111122223333:root"),
	  .user_id = STR_INIT("111122223333") },
	{ .type = POLICY_USER,
	  .account = STR_INIT("444455556666"),
	  .arn = STR_INIT("arn:aws:iam::444455556666:user/Eve"),
	  .user_id = STR_INIT("AIDAEVEEVEEVEEVEEVEEV") },
	{ .type = POLICY_ASSUMED_ROLE,
	  .account = STR_INIT("111122223333"),
	  .arn = STR_INIT("arn:aws:sts::111122223333:assumed-role/builder/run-1"),
	  .role_arn = STR_INIT("arn:aws:iam::111122223333:role/builder"),
	  .user_id = STR_INIT("AROADBQP57FF2AEXAMPLE:run-1") },
	{ .type = POLICY_SERVICE, .name = STR_INIT("lambda.amazonaws.com") },
};

/* What must hold of any policy: no decision is off the scale, and a resource's names someone. */
static void evaluate(const struct policy *p, const struct policy_rules *rules, str text)
{
	const str values[] = { text, STR("203.0.113.9") };
	const struct policy_key keys[] = {
		{ STR("s3:prefix"), &values[0], 1 }, { STR("aws:SourceIp"), &values[1], 1 },
		{ STR("aws:TagKeys"), values, 2 },   { STR("aws:CurrentTime"), &values[0], 1 },
		{ STR("x:none"), values, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(principals); i++) {
		struct policy_request q = {
			.principal = &principals[i],
			.action = STR("s3:GetObject"),
			.resource = text,
			.keys = keys,
			.key_count = ARRAY_LEN(keys),
		};
		enum policy_decision alone = policy_evaluate(p, &q);
		enum policy_decision decision =
			rules->kind == POLICY_OF_IDENTITY
				? policy_authorize(&q, p, 1, NULL, STR("111122223333"))
				: policy_authorize(&q, NULL, 0, p, STR("111122223333"));

		if (decision == POLICY_ALLOW_ACCOUNT ||
		    (alone == POLICY_DENY) != (decision == POLICY_DENY))
			abort();
	}
	if (policy_is_public(p) && rules->kind == POLICY_OF_RESOURCE)
		for (size_t i = 0; i < p->count; i++)
			if (!p->statements[i].principals.count)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = { (const char *)data, size };
	str text = str_cut(&rest, '\0');

	for (size_t i = 0; i < ARRAY_LEN(all_rules); i++) {
		struct arena a = { 0 };
		struct policy_error error = { 0 };
		struct policy policy;

		if (policy_parse(&a, text, &all_rules[i], &policy, &error))
			evaluate(&policy, &all_rules[i], rest.p ? rest : STR("arn:aws:s3:::b/x"));
		else if (!error.code || !error.message.n)
			abort();
		arena_release(&a);
	}
	return 0;
}
