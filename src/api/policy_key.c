/*
 * The condition keys of a request: those the caller lists, and those that follow from who asks.
 */
#include "api/policy_parts.h"
#include "base/str.h"

static str principal_type(const struct policy_principal *p)
{
	switch (p->type) {
	case POLICY_ANONYMOUS:
		return STR("Anonymous");
	case POLICY_ROOT:
		return STR("Account");
	case POLICY_USER:
		return STR("User");
	case POLICY_ROLE:
	case POLICY_ASSUMED_ROLE:
		return STR("AssumedRole");
	case POLICY_FEDERATED_USER:
		return STR("FederatedUser");
	case POLICY_SERVICE:
	case POLICY_WEB_IDENTITY:
		break;
	}
	return STR_NULL;
}

/* The last part of the ARN's path. */
static str user_name(const struct policy_principal *p)
{
	ptrdiff_t slash = str_rfind(p->arn, '/');

	return p->type == POLICY_USER && slash >= 0 ? str_after(p->arn, (size_t)slash + 1)
	                                            : STR_NULL;
}

static str principal_key(const struct policy_principal *p, str name)
{
	if (str_eq_nocase(name, STR("PrincipalArn")))
		return p->role_arn.n ? p->role_arn : p->arn;
	if (str_eq_nocase(name, STR("PrincipalAccount")))
		return p->account;
	if (str_eq_nocase(name, STR("PrincipalType")))
		return principal_type(p);
	if (str_eq_nocase(name, STR("PrincipalIsAWSService")))
		return p->type == POLICY_SERVICE ? STR("true") : STR("false");
	if (str_eq_nocase(name, STR("PrincipalServiceName")))
		return p->type == POLICY_SERVICE ? p->name : STR_NULL;
	if (str_eq_nocase(name, STR("userid")))
		return p->type == POLICY_ANONYMOUS ? STR("anonymous") : p->user_id;
	if (str_eq_nocase(name, STR("username")))
		return user_name(p);
	return STR_NULL;
}

bool policy_find_key(const struct policy_request *q, str name, struct policy_key_values *ret)
{
	str single;

	for (size_t i = 0; i < q->key_count; i++)
		if (str_eq_nocase(q->keys[i].name, name)) {
			*ret = (struct policy_key_values){ .values = q->keys[i].values,
				                           .count = q->keys[i].count };
			return true;
		}
	if (!str_starts_nocase(name, STR("aws:")))
		return false;
	single = principal_key(q->principal, str_after(name, strlen("aws:")));
	if (!single.n)
		return false;
	ret->single = single;
	ret->values = &ret->single;
	ret->count = 1;
	return true;
}
