/*
 * The way of a decision: the bucket's policy first, because a Deny is the last word for everybody; then
 * what the account itself may; then the access control lists, where the bucket takes them.
 */
#include "services/s3/access.h"

#include "api/policy.h"
#include "base/str.h"
#include "services/s3/condition_keys.h"
#include "services/s3/errors.h"
#include "services/s3/note.h"
#include "services/s3/requester_pays.h"

static bool is_of_account(const struct call *c, str account)
{
	return !c->identity.anonymous && str_eq(c->identity.account, account);
}

/* Another account's object in this bucket: then neither the bucket's owner nor its policy can open
 * it, only its own list. */
static bool is_foreign(const struct bucket *b, const struct s3_want *want)
{
	return want->of_object && want->object && want->object->sequence &&
	       b->ownership != S3_BUCKET_OWNER_ENFORCED && !str_eq(want->object->owner, b->account);
}

/* Without this, a policy that denies everything to everybody would be there for ever. */
static bool repairs_policy(const char *action)
{
	static const char *const actions[] = { "s3:GetBucketPolicy", "s3:PutBucketPolicy",
		                               "s3:DeleteBucketPolicy" };

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_eq(str_from(action), str_from(actions[i])))
			return true;
	return false;
}

/*
 * Policies.
 */

static void principal_of(struct call *c, struct policy_principal *ret)
{
	const struct identity *who = &c->identity;

	if (who->anonymous) {
		*ret = (struct policy_principal){ .type = POLICY_ANONYMOUS };
		return;
	}
	*ret = (struct policy_principal){
		.type = POLICY_ROOT,
		.account = who->account,
		.arn = who->arn,
		.user_id = who->user_id,
		.canonical_id = acl_canonical_id(c->arena, who->account),
	};
}

/* The policies of the user, its groups or its role. There are none before there are users: only root
 * users hold keys, and nothing is attached to them. */
static size_t identity_policies(const struct call *c, const struct policy **ret)
{
	(void)c;
	*ret = NULL;
	return 0;
}

static str resource_of(struct call *c, const struct bucket *b, const struct s3_want *want)
{
	static const str prefix = STR_INIT("arn:aws:s3:::");
	size_t n = prefix.n + b->name.n;
	char *p = arena_alloc(c->arena, n + 1 + want->key.n);

	memcpy(p, prefix.p, prefix.n);
	memcpy(p + prefix.n, b->name.p, b->name.n);
	if (!want->key.p)
		return (str){ p, n };
	p[n++] = '/';
	memcpy(p + n, want->key.p, want->key.n);
	return (str){ p, n + want->key.n };
}

struct ruling {
	enum policy_decision decision;
	bool is_public; /* the bucket's policy is */
};

/* Of a bucket, for as long as the call: a thousand keys are asked for one after another. */
struct s3_parsed_policy {
	bool is_there, is_broken, is_public;
	struct policy policy;
};

static struct ruling rule(struct call *c, const struct bucket *b, const struct s3_want *want,
                          const struct s3_parsed_policy *parsed)
{
	const struct policy *policy = parsed->is_there ? &parsed->policy : NULL;
	struct ruling ruling = { .is_public = parsed->is_public };
	struct policy_principal principal;
	const struct policy *own;
	size_t own_count = identity_policies(c, &own);
	struct policy_request q = {
		.principal = &principal,
		.action = str_from(want->action),
		.resource = resource_of(c, b, want),
	};

	principal_of(c, &principal);
	if (policy)
		s3_condition_keys(c, b, want, policy, &q);
	ruling.decision = policy_authorize(&q, own, own_count, policy, b->account);
	return ruling;
}

static struct s3_parsed_policy *parse(struct call *c, const struct bucket *b)
{
	static const struct policy_rules rules = {
		.kind = POLICY_OF_RESOURCE,
		.resource = POLICY_RESOURCE_REQUIRED,
	};
	struct s3_parsed_policy *parsed = arena_new(c->arena, struct s3_parsed_policy);
	str text = s3_document_text(c->db, c->arena, b, S3_POLICY);
	struct policy_error error;

	if (!text.p)
		return parsed;
	parsed->is_there = policy_parse(c->arena, text, &rules, &parsed->policy, &error);
	parsed->is_broken = !parsed->is_there;
	parsed->is_public = parsed->is_there && policy_is_public(&parsed->policy);
	return parsed;
}

/* A policy that cannot be read any more denies, lest what it denied be allowed. */
static struct ruling rule_by_policy(struct call *c, const struct bucket *b,
                                    const struct s3_want *want)
{
	struct s3_parsed_policy *parsed = b->parsed ? *b->parsed : NULL;

	if (!parsed)
		parsed = parse(c, b);
	if (b->parsed)
		*b->parsed = parsed;
	if (parsed->is_broken)
		return (struct ruling){ .decision = POLICY_DENY };
	return rule(c, b, want, parsed);
}

/*
 * Lists.
 */

static void drop_public_grants(struct acl *acl)
{
	size_t kept = 0;

	for (size_t i = 0; i < acl->count; i++)
		if (acl->grants[i].grantee != ACL_ALL_USERS &&
		    acl->grants[i].grantee != ACL_AUTHENTICATED_USERS)
			acl->grants[kept++] = acl->grants[i];
	acl->count = kept;
}

static bool list_allows(struct call *c, const struct bucket *b, str text,
                        enum acl_permission permission)
{
	struct acl_caller caller = { .id = STR_NULL };
	struct acl acl;

	if (!acl_from_text(c->arena, text, &acl))
		return false;
	if (b->public_access & S3_IGNORE_PUBLIC_ACLS)
		drop_public_grants(&acl);
	if (!c->identity.anonymous)
		caller.id = acl_canonical_id(c->arena, c->identity.account);
	return acl_allows(&acl, &caller, permission);
}

static bool allowed_by_list(struct call *c, const struct bucket *b, const struct s3_want *want)
{
	const struct object *o = want->object;

	if (b->ownership == S3_BUCKET_OWNER_ENFORCED || !want->permission)
		return false;
	if (!want->of_object)
		return list_allows(c, b, b->acl, want->permission);
	if (!o || !o->sequence)
		return false;
	if (!o->acl.p)
		return is_of_account(c, o->owner);
	return list_allows(c, b, o->acl, want->permission);
}

/*
 * Both together.
 */

bool s3_allows(struct call *c, const struct bucket *b, const struct s3_want *want)
{
	bool is_own = is_of_account(c, b->account);
	bool foreign = is_foreign(b, want);
	struct ruling ruling;

	if (is_own && c->identity.root && !foreign &&
	    (!s3_bucket_has(b, S3_POLICY) || repairs_policy(want->action)))
		return true;
	ruling = rule_by_policy(c, b, want);
	if (ruling.decision == POLICY_DENY)
		return false;
	if (!is_own && ruling.is_public && b->public_access & S3_RESTRICT_PUBLIC_BUCKETS)
		return false;
	if (ruling.decision == POLICY_ALLOW && !foreign)
		return true;
	if (!allowed_by_list(c, b, want))
		return false;
	s3_note_acl(c, b);
	return true;
}

err s3_allow(struct call *c, const struct bucket *b, const struct s3_want *want)
{
	if (!s3_allows(c, b, want))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	return s3_check_payer(c, b);
}

err s3_allow_in_account(struct call *c, const char *action)
{
	(void)action;
	return c->identity.root ? NULL : s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
}

err s3_bucket_for(struct call *c, str name, str expected_owner, const char *action,
                  enum acl_permission permission, struct bucket *ret)
{
	struct s3_want want = { .action = action, .permission = permission };
	err e = s3_bucket_find(c, name, expected_owner, ret);

	return e ? e : s3_allow(c, ret, &want);
}

err s3_no_such_key_error(struct call *c, const struct bucket *b, str key)
{
	struct s3_want want = { .action = "s3:ListBucket", .permission = ACL_READ };

	if (!s3_allows(c, b, &want))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	return s3_fail(c, S3_NO_SUCH_KEY, "Key", key);
}
