/*
 * What a policy of an identity must obey, in the words of IAM. It looks at the whole document for
 * one kind of error after the other; moto's test_iam_policies.py shows in which order.
 */
#include "api/policy_parts.h"
#include "base/str.h"

static bool check_effects(struct policy_draft *d)
{
	for (size_t i = 0; i < d->count; i++) {
		str effect = d->statements[i].effect;

		if (!str_eq_nocase(effect, STR("Allow")) && !str_eq_nocase(effect, STR("Deny")))
			return policy_refuse_syntax(d, POLICY_BAD_EFFECT, "Invalid effect: %.*s",
			                            STR_ARG(effect));
	}
	return true;
}

static bool refuse_legacy(struct policy_draft *d, enum policy_error_code code)
{
	return policy_refuse(d, code, "The policy failed legacy parsing");
}

/* The older of IAM's two parsers: it minds the case of Effect, and the values of conditions. */
static bool check_legacy(struct policy_draft *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct policy_draft_statement *s = &d->statements[i];

		if (!str_eq(s->effect, STR("Allow")) && !str_eq(s->effect, STR("Deny")))
			return refuse_legacy(d, POLICY_BAD_EFFECT);
		if (policy_has_invalid_value(&s->statement, COMPARE_DATE) ||
		    policy_has_invalid_value(&s->statement, COMPARE_IP))
			return refuse_legacy(d, POLICY_BAD_CONDITION);
	}
	return true;
}

static bool check_partition(struct policy_draft *d, str partition, str rest)
{
	str parts[4];

	if (str_eq(partition, STR("aws")) || str_eq(partition, STR("aws-cn")) ||
	    str_eq(partition, STR("aws-us-gov")) || str_eq(partition, STR("*")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (i + 1 < ARRAY_LEN(parts))
			parts[i] = rest.p ? str_cut(&rest, ':') : STR_NULL;
		else
			parts[i] = rest;
		if (!parts[i].p)
			parts[i] = STR("*");
	}
	return policy_refuse(d, POLICY_BAD_RESOURCE,
	                     "Partition \"%.*s\" is not valid for resource "
	                     "\"arn:%.*s:%.*s:%.*s:%.*s:%.*s\".",
	                     STR_ARG(partition), STR_ARG(partition), STR_ARG(parts[0]),
	                     STR_ARG(parts[1]), STR_ARG(parts[2]), STR_ARG(parts[3]));
}

static bool check_iam_path(struct policy_draft *d, str path)
{
	static const str starts[] = {
		STR_INIT("user/"),
		STR_INIT("federated-user/"),
		STR_INIT("role/"),
		STR_INIT("group/"),
		STR_INIT("instance-profile/"),
		STR_INIT("mfa/"),
		STR_INIT("server-certificate/"),
		STR_INIT("policy/"),
		STR_INIT("sms-mfa/"),
		STR_INIT("saml-provider/"),
		STR_INIT("oidc-provider/"),
		STR_INIT("report/"),
		STR_INIT("access-report/"),
	};

	if (str_eq(path, STR("*")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (str_starts(path, starts[i]))
			return true;
	return policy_refuse(d, POLICY_BAD_RESOURCE,
	                     "IAM resource path must either be \"*\" or start with user/, "
	                     "federated-user/, role/, group/, instance-profile/, mfa/, "
	                     "server-certificate/, policy/, sms-mfa/, saml-provider/, "
	                     "oidc-provider/, report/, access-report/.");
}

/* IAM and S3 have no regions in their ARNs; only S3's access points do. */
static bool check_service(struct policy_draft *d, str resource, str service, str rest)
{
	str region = str_cut(&rest, ':');

	str_cut(&rest, ':'); /* the account */
	if (str_eq(service, STR("iam")))
		return region.n ? policy_refuse(
					  d, POLICY_BAD_RESOURCE,
					  "IAM resource %.*s cannot contain region information.",
					  STR_ARG(resource))
		                : check_iam_path(d, rest);
	if (str_eq(service, STR("s3")) && region.n && !str_starts(rest, STR("accesspoint/")))
		return policy_refuse(d, POLICY_BAD_RESOURCE,
		                     "Resource %.*s can not contain region information.",
		                     STR_ARG(resource));
	return true;
}

static bool check_resource_form(struct policy_draft *d, str resource)
{
	str rest = resource, partition, service;

	if (str_eq(resource, STR("*")))
		return true;
	str_cut(&rest, ':');
	if (!rest.p)
		return policy_refuse(d, POLICY_BAD_RESOURCE,
		                     "Resource %.*s must be in ARN format or \"*\".",
		                     STR_ARG(resource));
	partition = str_cut(&rest, ':');
	if (!check_partition(d, partition, rest))
		return false;
	if (!rest.p)
		return policy_refuse(
			d, POLICY_BAD_RESOURCE,
			"Resource vendor must be fully qualified and cannot contain regexes.");
	service = str_cut(&rest, ':');
	return check_service(d, resource, service, rest);
}

/* An ARN that is short of parts passes only if no part of it is empty. */
static bool passes_legacy(str resource)
{
	str rest = resource;
	size_t colons = 0;

	if (str_eq(resource, STR("*")))
		return true;
	for (size_t i = 0; i < resource.n; i++)
		colons += resource.p[i] == ':';
	if (colons < 5 && str_contains(resource, STR("::")))
		return false;
	str_cut(&rest, ':');
	str_cut(&rest, ':');
	return str_cut(&rest, ':').n > 0;
}

/* The first resource that is not well formed is only remembered: *ret_form is that error. What the
 * older parser does not take before it is refused at once. */
static bool check_resources(struct policy_draft *d, struct policy_error *ret_form)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct policy_patterns *resources = &d->statements[i].statement.resources;

		for (size_t j = 0; j < resources->count; j++) {
			str text = resources->items[j].text;

			if (!check_resource_form(d, text)) {
				*ret_form = d->error;
				d->error = (struct policy_error){ 0 };
				return true;
			}
			if (!passes_legacy(text))
				return refuse_legacy(d, POLICY_BAD_RESOURCE);
		}
	}
	return true;
}

static bool check_sids(struct policy_draft *d)
{
	for (size_t i = 0; i < d->count; i++) {
		str sid = d->statements[i].statement.sid;

		for (size_t j = 0; j < sid.n; j++)
			if (!ascii_is_alnum(sid.p[j]))
				return policy_refuse(
					d, POLICY_BAD_SID,
					"Statement IDs (SID) must be alpha-numeric. Check that "
					"your "
					"input satisfies the regular expression [0-9A-Za-z]*");
	}
	return policy_check_unique_sids(d,
	                                "Statement IDs (SID) in a single policy must be unique.");
}

static bool check_no_principals(struct policy_draft *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->statements[i].statement.principals.present)
			return policy_refuse(d, POLICY_PROHIBITED_FIELD,
			                     "Policy document should not specify a principal.");
	return true;
}

static bool check_vendor(struct policy_draft *d, str action)
{
	str rest = action;
	str vendor = str_cut(&rest, ':');
	bool valid = vendor.n > 0;

	if (str_eq(action, STR("*")))
		return true;
	if (!rest.p)
		return policy_refuse(d, POLICY_BAD_ACTION,
		                     "Actions/Conditions must be prefaced by a vendor, e.g., iam, "
		                     "sdb, ec2, etc.");
	if (str_find(rest, ':', 0) >= 0)
		return policy_refuse(d, POLICY_BAD_ACTION,
		                     "Actions/Condition can contain only one colon.");
	for (size_t i = 0; i < vendor.n; i++)
		valid = valid &&
		        (ascii_is_alnum(vendor.p[i]) || vendor.p[i] == '-' || vendor.p[i] == '.');
	return valid ||
	       policy_refuse(d, POLICY_BAD_ACTION, "Vendor %.*s is not valid", STR_ARG(vendor));
}

static bool check_vendors(struct policy_draft *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct policy_patterns *actions = &d->statements[i].statement.actions;

		for (size_t j = 0; j < actions->count; j++)
			if (!check_vendor(d, actions->items[j].text))
				return false;
	}
	return true;
}

bool policy_check_identity(struct policy_draft *d)
{
	struct policy_error form = { 0 };

	if (!check_effects(d) || !policy_check_version(d) || !check_legacy(d) ||
	    !check_resources(d, &form) || !check_sids(d) || !check_no_principals(d))
		return false;
	for (size_t i = 0; i < d->count; i++)
		if (!d->statements[i].statement.actions.count)
			return policy_refuse(d, POLICY_MISSING_FIELD,
			                     "Policy statement must contain actions.");
	if (form.code) {
		d->error = form;
		return false;
	}
	if (!check_vendors(d))
		return false;
	for (size_t i = 0; i < d->count; i++)
		if (!d->statements[i].statement.resources.count)
			return policy_refuse(d, POLICY_MISSING_FIELD,
			                     "Policy statement must contain resources.");
	return true;
}
