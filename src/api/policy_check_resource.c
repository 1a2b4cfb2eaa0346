/*
 * What a policy of a resource must obey, in the words that S3's bucket policies and IAM's trust
 * policies share. The checks are taken to go statement by statement; the order in which AWS looks
 * at the elements of one is not known.
 */
#include "api/policy_parts.h"
#include "base/str.h"

static bool is_account(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n == 12;
}

/* arn:aws:iam::ACCOUNT:root, user/..., role/...; arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION,
 * federated-user/NAME. CloudFront's origin access identities are users of the account "cloudfront".
 * The root's ARN is another way to write the account. */
static bool classify_arn(struct policy_grantee *g)
{
	str rest = g->value;
	bool is_arn = str_eq(str_cut(&rest, ':'), STR("arn"));
	str partition = str_cut(&rest, ':');
	str service = str_cut(&rest, ':');
	str region = str_cut(&rest, ':');
	str account = str_cut(&rest, ':');

	if (!is_arn || !str_starts(partition, STR("aws")) || region.n || !rest.n)
		return false;
	if (str_eq(service, STR("iam"))) {
		if (str_eq(account, STR("cloudfront")))
			return str_take(&rest, STR("user/")) && rest.n;
		if (str_eq(rest, STR("root"))) {
			g->kind = POLICY_GRANTEE_ACCOUNT;
			g->value = account;
		}
		return is_account(account) &&
		       (g->kind == POLICY_GRANTEE_ACCOUNT ||
		        ((str_take(&rest, STR("user/")) || str_take(&rest, STR("role/"))) &&
		         rest.n));
	}
	if (!str_eq(service, STR("sts")) || !is_account(account))
		return false;
	if (str_take(&rest, STR("assumed-role/"))) {
		str role = str_cut(&rest, '/');

		return role.n && rest.n;
	}
	return str_take(&rest, STR("federated-user/")) && rest.n;
}

static bool is_unique_id(str s)
{
	if (s.n < 16 || s.n > 128 || (!str_starts(s, STR("AIDA")) && !str_starts(s, STR("AROA"))))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return true;
}

static bool classify_aws(struct policy_grantee *g)
{
	if (str_eq(g->value, STR("*"))) {
		g->kind = POLICY_GRANTEE_EVERYONE;
		return true;
	}
	if (is_account(g->value)) {
		g->kind = POLICY_GRANTEE_ACCOUNT;
		return true;
	}
	if (is_unique_id(g->value)) {
		g->kind = POLICY_GRANTEE_ID;
		return true;
	}
	return str_find(g->value, '*', 0) < 0 && str_find(g->value, '?', 0) < 0 && classify_arn(g);
}

static bool is_canonical_id(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_hex(s.p[i]))
			return false;
	return s.n >= 64 && s.n <= 128;
}

static bool is_service(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_')
			return false;
	return str_ends(s, STR(".amazonaws.com")) || str_ends(s, STR(".amazonaws.com.cn")) ||
	       str_ends(s, STR(".amazon.com"));
}

static bool classify(struct policy_grantee *g)
{
	switch (g->kind) {
	case POLICY_GRANTEE_EVERYONE:
		return true;
	case POLICY_GRANTEE_ACCOUNT:
	case POLICY_GRANTEE_ID:
	case POLICY_GRANTEE_ARN:
		return classify_aws(g);
	case POLICY_GRANTEE_CANONICAL_USER:
		return is_canonical_id(g->value);
	case POLICY_GRANTEE_SERVICE:
		return is_service(g->value);
	case POLICY_GRANTEE_FEDERATED:
		return g->value.n && str_find(g->value, '*', 0) < 0;
	}
	return false;
}

static bool refuse_missing(struct policy_draft *d, const char *field, bool present)
{
	return policy_refuse(d, POLICY_MISSING_FIELD, "Missing required field %s%s", field,
	                     present ? " cannot be empty!" : "");
}

static bool check_principal(struct policy_draft *d, struct policy_draft_statement *draft)
{
	struct policy_grantees *principals = &draft->statement.principals;

	if (!principals->count)
		return refuse_missing(d, "Principal", principals->present);
	if (principals->negated && str_eq(draft->effect, STR("Allow")))
		return policy_refuse(d, POLICY_BAD_PRINCIPAL,
		                     "Allow with NotPrincipal is not allowed.");
	for (size_t i = 0; i < principals->count; i++)
		if (!classify(&principals->items[i]))
			return policy_refuse(d, POLICY_BAD_PRINCIPAL,
			                     "Invalid principal in policy");
	return true;
}

static bool is_action(const struct policy_rules *rules, str action)
{
	str rest = action;
	str vendor = str_cut(&rest, ':');

	if (str_eq(action, STR("*")))
		return true;
	if (!vendor.n || !rest.n || (rules->vendor.n && !str_eq_nocase(vendor, rules->vendor)))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if (!ascii_is_alnum(rest.p[i]) && rest.p[i] != '*' && rest.p[i] != '?')
			return false;
	return true;
}

static bool check_action(struct policy_draft *d, const struct policy_patterns *actions)
{
	if (!actions->count)
		return refuse_missing(d, "Action", actions->present);
	for (size_t i = 0; i < actions->count; i++)
		if (!is_action(d->rules, actions->items[i].text))
			return policy_refuse(d, POLICY_BAD_ACTION, "Policy has invalid action");
	return true;
}

/* Which of enum policy_applies the resource, as written, can be. */
static unsigned resource_kinds(const struct policy_rules *rules, str resource)
{
	if (!rules->resource_prefix.n)
		return POLICY_TO_RESOURCE | POLICY_TO_CHILDREN;
	if (!str_take(&resource, rules->resource_prefix))
		return 0;
	if (!resource.n)
		return POLICY_TO_RESOURCE;
	if (resource.p[0] == '*')
		return POLICY_TO_RESOURCE | POLICY_TO_CHILDREN;
	return resource.p[0] == '/' ? POLICY_TO_CHILDREN : 0;
}

static bool check_resource(struct policy_draft *d, const struct policy_patterns *resources,
                           unsigned *ret_kinds)
{
	*ret_kinds = resources->count ? 0 : POLICY_TO_RESOURCE | POLICY_TO_CHILDREN;
	if (resources->present && d->rules->resource == POLICY_RESOURCE_PROHIBITED)
		return policy_refuse(d, POLICY_PROHIBITED_FIELD, "Has prohibited field Resource");
	if (!resources->count &&
	    (resources->present || d->rules->resource == POLICY_RESOURCE_REQUIRED))
		return refuse_missing(d, "Resource", resources->present);
	for (size_t i = 0; i < resources->count; i++) {
		unsigned kinds = resource_kinds(d->rules, resources->items[i].text);

		if (!kinds)
			return policy_refuse(d, POLICY_BAD_RESOURCE, "Policy has invalid resource");
		*ret_kinds |= kinds;
	}
	return true;
}

/* What the actions apply to that the pattern, as written, names; 0 when there are none. */
static unsigned action_applies(struct policy_draft *d, str action)
{
	struct policy_pattern pattern = { .text = action };
	unsigned applies = 0;

	str_cut(&pattern.text, ':');
	if (!pattern.text.p)
		pattern.text = action;
	policy_pattern_compile(d->arena, &pattern, /* variables= */ false, /* wildcards= */ true);
	for (size_t i = 0; i < d->rules->action_count; i++)
		if (policy_glob(pattern.text, d->rules->actions[i].name, /* nocase= */ true))
			applies |= d->rules->actions[i].applies;
	return applies;
}

static bool check_applies(struct policy_draft *d, const struct policy_statement *s, unsigned kinds)
{
	for (size_t i = 0; d->rules->action_count && i < s->actions.count; i++) {
		unsigned applies = action_applies(d, s->actions.items[i].text);

		if (!applies)
			return policy_refuse(d, POLICY_BAD_ACTION, "Policy has invalid action");
		if (!s->actions.negated && !s->resources.negated && !(applies & kinds))
			return policy_refuse(
				d, POLICY_ACTION_MISMATCH,
				"Action does not apply to any resource(s) in statement");
	}
	return true;
}

static const struct policy_key_name *find_key(const struct policy_rules *rules, str key)
{
	for (size_t i = 0; i < rules->key_count; i++) {
		str name = rules->keys[i].name;

		if (str_ends(name, STR("/")) ? key.n > name.n && str_starts_nocase(key, name)
		                             : str_eq_nocase(key, name))
			return &rules->keys[i];
	}
	return NULL;
}

static bool check_keys(struct policy_draft *d, const struct policy_statement *s)
{
	for (size_t i = 0; d->rules->key_count && i < s->condition_count; i++) {
		str key = s->conditions[i].key;
		const struct policy_key_name *known = find_key(d->rules, key);

		if (str_starts_nocase(key, STR("aws:")))
			continue;
		if (!known)
			return policy_refuse(d, POLICY_BAD_CONDITION,
			                     "Policy has an invalid condition key");
		if (known->is_not_built)
			return policy_refuse(d, POLICY_KEY_NOT_BUILT, "%.*s", STR_ARG(key));
	}
	return true;
}

static bool check_statement(struct policy_draft *d, struct policy_draft_statement *draft)
{
	struct policy_statement *s = &draft->statement;
	unsigned kinds;

	if (!(draft->fields & FIELD_EFFECT))
		return refuse_missing(d, "Effect", /* present= */ false);
	if (!str_eq(draft->effect, STR("Allow")) && !str_eq(draft->effect, STR("Deny")))
		return policy_refuse(d, POLICY_BAD_EFFECT, "Invalid effect: %.*s",
		                     STR_ARG(draft->effect));
	if (!check_principal(d, draft) || !check_action(d, &s->actions) ||
	    !check_resource(d, &s->resources, &kinds) || !check_applies(d, s, kinds) ||
	    !check_keys(d, s))
		return false;
	if (policy_has_invalid_value(s, COMPARE_IP))
		return policy_refuse(d, POLICY_BAD_CONDITION, "Invalid IP address in Conditions");
	if (policy_has_invalid_value(s, COMPARE_DATE))
		return policy_refuse(d, POLICY_BAD_CONDITION, "Invalid policy syntax.");
	return true;
}

bool policy_check_resource(struct policy_draft *d)
{
	if (!policy_check_version(d))
		return false;
	for (size_t i = 0; i < d->count; i++)
		if (!check_statement(d, &d->statements[i]))
			return false;
	return !d->rules->unique_sids ||
	       policy_check_unique_sids(d, "The Statement Ids in the policy are not unique");
}
