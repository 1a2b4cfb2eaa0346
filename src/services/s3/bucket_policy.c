#include "api/policy.h"
#include "base/limits.h"
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/condition_keys.h"
#include "services/s3/errors.h"
#include "services/s3/policy_actions.h"
#include "services/s3/s3.h"

static err find(struct call *c, str name, str expected_owner, const char *action,
                struct bucket *ret)
{
	return s3_bucket_for(c, name, expected_owner, action, 0, ret);
}

/* A policy may let another account do this, but S3 does not: MethodNotAllowed, then. */
static err find_for_own_account(struct call *c, str name, str expected_owner, const char *action,
                                struct bucket *ret)
{
	err e = find(c, name, expected_owner, action, ret);

	if (!e && (c->identity.anonymous || !str_eq(c->identity.account, ret->account)))
		e = s3_fail(c, S3_METHOD_NOT_ALLOWED, NULL, STR_NULL);
	return e;
}

/*
 * The policy.
 */

static err no_policy(struct call *c, const struct bucket *b)
{
	return s3_fail(c, S3_NO_SUCH_BUCKET_POLICY, "BucketName", b->name);
}

static err malformed(struct call *c, const struct policy_error *error)
{
	if (error->code == POLICY_TOO_LARGE)
		return fail_refused(c, refuse(c->arena, 400, "PolicyTooLarge", "%.*s",
		                              STR_ARG(error->message)));
	if (error->code == POLICY_KEY_NOT_BUILT)
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "The condition key %.*s is not built in Menagerie; nothing "
		                      "was done.",
		                      STR_ARG(refusal_excerpt(error->message)));
	return s3_fail_saying(c, S3_MALFORMED_POLICY, "%.*s", STR_ARG(error->message));
}

static err check_policy(struct call *c, const struct bucket *b, str text)
{
	struct policy_rules rules = {
		.kind = POLICY_OF_RESOURCE,
		.resource = POLICY_RESOURCE_REQUIRED,
		.brace_first = true,
		.vendor = STR("s3"),
		.resource_prefix = arena_join(c->arena, STR("arn:aws:s3:::"), b->name),
		.actions = s3_policy_actions,
		.action_count = s3_policy_action_count,
		.keys = s3_condition_key_names,
		.key_count = s3_condition_key_name_count,
	};
	struct policy_error error;
	struct policy policy;

	if (!policy_parse(c->arena, text, &rules, &policy, &error))
		return malformed(c, &error);
	if (b->public_access & S3_BLOCK_PUBLIC_POLICY && policy_is_public(&policy))
		return s3_fail_saying(c, S3_ACCESS_DENIED,
		                      "User: %.*s is not authorized to perform: s3:PutBucketPolicy "
		                      "on resource: \"%.*s\" because public policies are prevented "
		                      "by the BlockPublicPolicy setting in S3 Block Public Access.",
		                      STR_ARG(c->identity.arn), STR_ARG(rules.resource_prefix));
	return NULL;
}

/* AWS's model says 200 where AWS says 204. */
static void answer_without_content(struct call *c)
{
	if (c->exchange)
		reply_text(c->exchange, 204, STR(""));
}

err s3_put_bucket_policy(struct call *c, const struct s3_put_bucket_policy_in *in,
                         struct s3_put_bucket_policy_out *out)
{
	struct bucket b;
	err e = find_for_own_account(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketPolicy",
	                             &b);

	(void)out;
	if (!e)
		e = check_policy(c, &b, in->policy);
	if (e)
		return e;
	s3_document_set_text(c->db, &b, S3_POLICY, in->policy);
	answer_without_content(c);
	return NULL;
}

err s3_get_bucket_policy(struct call *c, const struct s3_get_bucket_policy_in *in,
                         struct s3_get_bucket_policy_out *out)
{
	struct bucket b;
	err e = find_for_own_account(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketPolicy",
	                             &b);

	if (e)
		return e;
	out->policy = s3_document_text(c->db, c->arena, &b, S3_POLICY);
	if (!out->policy.p)
		return no_policy(c, &b);
	if (c->exchange) {
		reply_header(c->exchange, STR("Content-Type"), STR("application/json"));
		reply_text(c->exchange, 200, out->policy);
	}
	return NULL;
}

err s3_delete_bucket_policy(struct call *c, const struct s3_delete_bucket_policy_in *in,
                            struct s3_delete_bucket_policy_out *out)
{
	struct bucket b;
	err e = find_for_own_account(c, in->bucket, in->expected_bucket_owner,
	                             "s3:DeleteBucketPolicy", &b);

	(void)out;
	if (!e)
		s3_document_set_text(c->db, &b, S3_POLICY, STR_NULL);
	return e;
}

err s3_get_bucket_policy_status(struct call *c, const struct s3_get_bucket_policy_status_in *in,
                                struct s3_get_bucket_policy_status_out *out)
{
	static const struct policy_rules rules = { .kind = POLICY_OF_RESOURCE,
		                                   .resource = POLICY_RESOURCE_REQUIRED };
	struct policy_error error;
	struct policy policy;
	struct bucket b;
	str text;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketPolicyStatus", &b);

	if (e)
		return e;
	text = s3_document_text(c->db, c->arena, &b, S3_POLICY);
	if (!text.p)
		return no_policy(c, &b);
	out->policy_status = arena_new(c->arena, struct s3_policy_status);
	out->policy_status->is_public = opt_bool(
		policy_parse(c->arena, text, &rules, &policy, &error) && policy_is_public(&policy));
	return NULL;
}

/*
 * Block Public Access.
 */

err s3_put_public_access_block(struct call *c, const struct s3_put_public_access_block_in *in,
                               struct s3_put_public_access_block_out *out)
{
	const struct s3_public_access_block_configuration *config =
		in->public_access_block_configuration;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketPublicAccessBlock", &b);

	(void)out;
	if (!e && !config)
		e = s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	if (e)
		return e;
	b.public_access &= S3_OWNERSHIP_IS_UNSET;
	b.public_access |= S3_PUBLIC_ACCESS_IS_SET;
	if (opt_true(config->block_public_acls))
		b.public_access |= S3_BLOCK_PUBLIC_ACLS;
	if (opt_true(config->ignore_public_acls))
		b.public_access |= S3_IGNORE_PUBLIC_ACLS;
	if (opt_true(config->block_public_policy))
		b.public_access |= S3_BLOCK_PUBLIC_POLICY;
	if (opt_true(config->restrict_public_buckets))
		b.public_access |= S3_RESTRICT_PUBLIC_BUCKETS;
	s3_bucket_save(c->db, &b);
	return NULL;
}

err s3_get_public_access_block(struct call *c, const struct s3_get_public_access_block_in *in,
                               struct s3_get_public_access_block_out *out)
{
	struct s3_public_access_block_configuration *config;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketPublicAccessBlock", &b);

	if (e)
		return e;
	if (!(b.public_access & S3_PUBLIC_ACCESS_IS_SET))
		return s3_fail(c, S3_NO_SUCH_PUBLIC_ACCESS_BLOCK, "BucketName", b.name);
	config = arena_new(c->arena, struct s3_public_access_block_configuration);
	config->block_public_acls = opt_bool(b.public_access & S3_BLOCK_PUBLIC_ACLS);
	config->ignore_public_acls = opt_bool(b.public_access & S3_IGNORE_PUBLIC_ACLS);
	config->block_public_policy = opt_bool(b.public_access & S3_BLOCK_PUBLIC_POLICY);
	config->restrict_public_buckets = opt_bool(b.public_access & S3_RESTRICT_PUBLIC_BUCKETS);
	out->public_access_block_configuration = config;
	return NULL;
}

err s3_delete_public_access_block(struct call *c, const struct s3_delete_public_access_block_in *in,
                                  struct s3_delete_public_access_block_out *out)
{
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketPublicAccessBlock", &b);

	(void)out;
	if (e)
		return e;
	b.public_access &= S3_OWNERSHIP_IS_UNSET;
	s3_bucket_save(c->db, &b);
	return NULL;
}
