/*
 * "The meaning of public", from the page on S3 Block Public Access: a policy is public until each
 * of its Allows turns out to be for fixed values, with no wildcard and no variable, of its
 * principal or of one of the keys below. Deny statements do not change that.
 */
#include "api/policy.h"
#include "api/policy_parts.h"
#include "base/str.h"

static bool is_fixed(const struct policy_pattern *p)
{
	static const char wildcards[] = { '*', '?', POLICY_ANY_RUN, POLICY_ANY_ONE };

	for (size_t i = 0; i < sizeof(wildcards); i++)
		if (str_find(p->text, wildcards[i], 0) >= 0)
			return false;
	return !p->variables && p->text.n > 0;
}

/* The name may be a wildcard if the account is not: arn:aws:s3:REGION:ACCOUNT:accesspoint/... */
static bool is_access_point(const struct policy_pattern *p)
{
	str rest = p->text;
	struct policy_pattern account;

	for (int i = 0; i < 4; i++)
		str_cut(&rest, ':');
	account = (struct policy_pattern){ .text = str_cut(&rest, ':') };
	return !p->variables && is_fixed(&account) && str_starts(rest, STR("accesspoint/"));
}

/* Ranges broader than these are as good as everyone. The private ranges of IPv4 are none of them.
 */
static bool is_narrow(const struct policy_value *v)
{
	return v->valid && v->as.range.bits >= (v->as.range.v6 ? 32u : 8u);
}

/* Whether the operator, on a request without the key, is false, and otherwise compares for
 * equality. */
static bool demands_value(const struct policy_condition *c)
{
	return !c->if_exists && c->set != SET_ALL && !c->operation->negated &&
	       c->operation->relation == RELATION_EQ && c->operation->compare != COMPARE_NULL;
}

static bool is_restricting_key(str key)
{
	static const str keys[] = {
		STR_INIT("aws:PrincipalArn"),
		STR_INIT("aws:PrincipalAccount"),
		STR_INIT("aws:PrincipalOrgID"),
		STR_INIT("aws:PrincipalOrgPaths"),
		STR_INIT("aws:PrincipalServiceName"),
		STR_INIT("aws:SourceArn"),
		STR_INIT("aws:SourceVpc"),
		STR_INIT("aws:SourceVpce"),
		STR_INIT("aws:SourceOwner"),
		STR_INIT("aws:SourceAccount"),
		STR_INIT("aws:userid"),
		STR_INIT("s3:DataAccessPointArn"),
		STR_INIT("s3:DataAccessPointAccount"),
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq_nocase(key, keys[i]))
			return true;
	return false;
}

static bool restricts(const struct policy_condition *c)
{
	bool is_ip = c->operation->compare == COMPARE_IP;

	if (!demands_value(c) || c->count == 0 ||
	    !(is_ip ? str_eq_nocase(c->key, STR("aws:SourceIp")) : is_restricting_key(c->key)))
		return false;
	for (size_t i = 0; i < c->count; i++) {
		const struct policy_value *v = &c->values[i];

		if (is_ip ? is_narrow(v)
		          : is_fixed(&v->pattern) ||
		                    (str_eq_nocase(c->key, STR("s3:DataAccessPointArn")) &&
		                     is_access_point(&v->pattern)))
			continue;
		return false;
	}
	return true;
}

static bool names_everyone(const struct policy_grantees *principals)
{
	for (size_t i = 0; i < principals->count; i++)
		if (principals->items[i].kind == POLICY_GRANTEE_EVERYONE)
			return true;
	return principals->negated || !principals->present;
}

static bool statement_is_public(const struct policy_statement *s)
{
	if (s->deny || !names_everyone(&s->principals))
		return false;
	for (size_t i = 0; i < s->condition_count; i++)
		if (restricts(&s->conditions[i]))
			return false;
	return true;
}

bool policy_is_public(const struct policy *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (statement_is_public(&p->statements[i]))
			return true;
	return false;
}
