/*
 * Which statements of a policy apply to a request, and what several policies decide together.
 */
#include "api/policy.h"
#include "api/policy_parts.h"
#include "base/str.h"

/*
 * Who is meant.
 */

/* AROA...:SESSION is known by the role's id too. */
static bool has_id(const struct policy_principal *p, str id)
{
	str rest = p->user_id;

	return p->user_id.n && (str_eq(p->user_id, id) || str_eq(str_cut(&rest, ':'), id));
}

static bool is_grantee(const struct policy_principal *p, const struct policy_grantee *g)
{
	switch (g->kind) {
	case POLICY_GRANTEE_EVERYONE:
		return true;
	case POLICY_GRANTEE_ACCOUNT:
		return p->account.n && str_eq(g->value, p->account);
	case POLICY_GRANTEE_CANONICAL_USER:
		return p->canonical_id.n && str_eq(g->value, p->canonical_id);
	case POLICY_GRANTEE_ARN:
		return (p->arn.n && str_eq(g->value, p->arn)) ||
		       (p->role_arn.n && str_eq(g->value, p->role_arn));
	case POLICY_GRANTEE_ID:
		return has_id(p, g->value);
	case POLICY_GRANTEE_SERVICE:
		return p->type == POLICY_SERVICE && str_eq(g->value, p->name);
	case POLICY_GRANTEE_FEDERATED:
		return p->type == POLICY_WEB_IDENTITY && str_eq(g->value, p->name);
	}
	return false;
}

static bool names_account_only(const struct policy_principal *p, const struct policy_grantee *g)
{
	return p->type != POLICY_ROOT &&
	       (g->kind == POLICY_GRANTEE_ACCOUNT || g->kind == POLICY_GRANTEE_CANONICAL_USER);
}

static bool is_listed(const struct policy_grantees *list, enum policy_grantee_kind kind, str value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == kind && value.n && str_eq(list->items[i].value, value))
			return true;
	return false;
}

/*
 * NotPrincipal excepts a user only if its account is listed too, and a session only if its role and
 * account are: AWS may judge these first, and tells to list them always. What AWS might deny is
 * denied here.
 */
static bool is_excepted(const struct policy_grantees *list, const struct policy_principal *p)
{
	bool self = false;
	bool account = is_listed(list, POLICY_GRANTEE_ACCOUNT, p->account) ||
	               is_listed(list, POLICY_GRANTEE_CANONICAL_USER, p->canonical_id);

	for (size_t i = 0; i < list->count; i++) {
		const struct policy_grantee *g = &list->items[i];

		if (g->kind == POLICY_GRANTEE_EVERYONE)
			return true;
		if (g->kind == POLICY_GRANTEE_ARN)
			self = self || str_eq(g->value, p->arn);
		else if (!names_account_only(p, g))
			self = self || is_grantee(p, g);
	}
	if (p->type == POLICY_SERVICE || p->type == POLICY_WEB_IDENTITY)
		return self;
	return self && account &&
	       (!p->role_arn.n || is_listed(list, POLICY_GRANTEE_ARN, p->role_arn));
}

/* How the statement concerns the principal: not at all, as one of its account, or itself. The root
 * is its account. */
static enum policy_decision concerns(const struct policy_statement *s,
                                     const struct policy_principal *p)
{
	enum policy_decision found = POLICY_NOT_APPLICABLE;

	if (!s->principals.present)
		return POLICY_ALLOW;
	if (s->principals.negated)
		return is_excepted(&s->principals, p) ? POLICY_NOT_APPLICABLE : POLICY_ALLOW;
	for (size_t i = 0; i < s->principals.count && found < POLICY_ALLOW; i++) {
		const struct policy_grantee *g = &s->principals.items[i];

		if (is_grantee(p, g))
			found = names_account_only(p, g) ? POLICY_ALLOW_ACCOUNT : POLICY_ALLOW;
	}
	return found;
}

/*
 * What is meant.
 */

/* An element that is absent matches all: Resource, in the policies that have none. */
static bool patterns_match(const struct policy_patterns *patterns, str text, enum policy_match how,
                           const struct policy_request *q)
{
	bool found = false;

	if (!patterns->present)
		return true;
	for (size_t i = 0; i < patterns->count && !found; i++)
		found = policy_pattern_matches(&patterns->items[i], text, how, q);
	return found != patterns->negated;
}

static bool conditions_hold(const struct policy_statement *s, const struct policy_request *q)
{
	for (size_t i = 0; i < s->condition_count; i++)
		if (!policy_condition_holds(&s->conditions[i], q))
			return false;
	return true;
}

static enum policy_decision evaluate_statement(const struct policy_statement *s,
                                               const struct policy_request *q)
{
	enum policy_decision allowed;

	if (!patterns_match(&s->actions, q->action, MATCH_ACTION, q) ||
	    !patterns_match(&s->resources, q->resource, MATCH_RESOURCE, q))
		return POLICY_NOT_APPLICABLE;
	allowed = concerns(s, q->principal);
	if (allowed == POLICY_NOT_APPLICABLE || !conditions_hold(s, q))
		return POLICY_NOT_APPLICABLE;
	return s->deny ? POLICY_DENY : allowed;
}

enum policy_decision policy_evaluate(const struct policy *p, const struct policy_request *q)
{
	enum policy_decision decision = POLICY_NOT_APPLICABLE, one;

	for (size_t i = 0; i < p->count && decision != POLICY_DENY; i++) {
		one = evaluate_statement(&p->statements[i], q);
		decision = MAX(decision, one);
	}
	return decision;
}

enum policy_decision policy_authorize(const struct policy_request *q, const struct policy *identity,
                                      size_t identity_count, const struct policy *resource_policy,
                                      str owner)
{
	const struct policy_principal *p = q->principal;
	enum policy_decision by_identity = POLICY_NOT_APPLICABLE, one;
	enum policy_decision by_resource =
		resource_policy ? policy_evaluate(resource_policy, q) : POLICY_NOT_APPLICABLE;
	bool allowed;

	for (size_t i = 0; i < identity_count && by_identity != POLICY_DENY; i++) {
		one = policy_evaluate(&identity[i], q);
		by_identity = MAX(by_identity, one);
	}
	if (by_identity == POLICY_DENY || by_resource == POLICY_DENY)
		return POLICY_DENY;

	if (p->type == POLICY_ROOT)
		by_identity = POLICY_ALLOW;
	if (p->type == POLICY_ANONYMOUS || p->type == POLICY_SERVICE ||
	    p->type == POLICY_WEB_IDENTITY)
		allowed = by_resource == POLICY_ALLOW;
	else if (p->account.n && str_eq(p->account, owner))
		allowed = by_identity == POLICY_ALLOW || by_resource == POLICY_ALLOW;
	else
		allowed = by_identity == POLICY_ALLOW && by_resource >= POLICY_ALLOW_ACCOUNT;
	return allowed ? POLICY_ALLOW : POLICY_NOT_APPLICABLE;
}
