/*
 * What the tests of api/policy share: policies written with ' for " (and ` for '), and callers.
 */
#ifndef TESTS_UNIT_API_POLICY_FIXTURE_H
#define TESTS_UNIT_API_POLICY_FIXTURE_H

#include "check.h"

#include "api/policy.h"

static const struct policy_principal anonymous = { .type = POLICY_ANONYMOUS };

static const struct policy_principal root = {
	.type = POLICY_ROOT,
	.account = STR_INIT("111122223333"),
	.arn = STR_INIT("arn:aws:iam::111122223333:root"),
	.user_id = STR_INIT("111122223333"),
	.canonical_id =
		STR_INIT("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
};

static const struct policy_principal bob = {
	.type = POLICY_USER,
	.account = STR_INIT("111122223333"),
	.arn = STR_INIT("arn:aws:iam::111122223333:user/staff/Bob"),
	.user_id = STR_INIT("AIDAJQABLZS4A3QDU576Q"),
	.canonical_id =
		STR_INIT("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
};

static const struct policy_principal session = {
	.type = POLICY_ASSUMED_ROLE,
	.account = STR_INIT("111122223333"),
	.arn = STR_INIT("arn:aws:sts::111122223333:assumed-role/builder/run-1"),
	.role_arn = STR_INIT("arn:aws:iam::111122223333:role/ci/builder"),
	.user_id = STR_INIT("AROADBQP57FF2AEXAMPLE:run-1"),
};

static const struct policy_principal stranger = {
	.type = POLICY_USER,
	.account = STR_INIT("444455556666"),
	.arn = STR_INIT("arn:aws:iam::444455556666:user/Eve"),
	.user_id = STR_INIT("AIDAEVEEVEEVEEVEEVEEV"),
};

static const struct policy_principal stranger_root = {
	.type = POLICY_ROOT,
	.account = STR_INIT("444455556666"),
	.arn = STR_INIT("arn:aws:iam::444455556666:root"),
	.user_id = STR_INIT("444455556666"),
};

static const struct policy_principal lambda = {
	.type = POLICY_SERVICE,
	.name = STR_INIT("lambda.amazonaws.com"),
};

static const struct policy_principal web_identity = {
	.type = POLICY_WEB_IDENTITY,
	.name = STR_INIT("cognito-identity.amazonaws.com"),
};

static inline str quoted(struct arena *a, const char *text)
{
	char *copy = arena_cstr(a, str_from(text));

	for (char *p = copy; *p; p++)
		*p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
	return str_from(copy);
}

/* A policy of the current version with these statements, or the whole text if it has a Version. */
static inline str policy_text(struct arena *a, const char *statements)
{
	if (strstr(statements, "'Statement'"))
		return quoted(a, statements);
	return quoted(
		a,
		arena_printf(a, "{'Version':'2012-10-17','Statement':[%s]}%c", statements, '\0').p);
}

static inline struct policy given_policy(struct arena *a, enum policy_kind kind,
                                         const char *statements)
{
	struct policy_rules rules = { .kind = kind, .resource = POLICY_RESOURCE_OPTIONAL };
	struct policy_error error;
	struct policy policy;

	if (!policy_parse(a, policy_text(a, statements), &rules, &policy, &error)) {
		print_error("%s\n  refused: %.*s\n", statements, STR_ARG(error.message));
		fail_here();
	}
	return policy;
}

struct key_row {
	const char *name, *value;
};

/* The keys of a row, up to the first without a name. */
static inline size_t keys_from(struct arena *a, const struct key_row *rows, size_t max,
                               struct policy_key **ret)
{
	struct policy_key *keys = arena_array(a, struct policy_key, max);
	size_t n = 0;

	for (; n < max && rows[n].name; n++) {
		str *value = arena_new(a, str);

		*value = str_from(rows[n].value);
		keys[n] = (struct policy_key){ str_from(rows[n].name), value, 1 };
	}
	*ret = keys;
	return n;
}

static inline const char *decision_name(enum policy_decision decision)
{
	static const char *const names[] = { "not applicable", "allow account", "allow", "deny" };

	return names[decision];
}

#endif
