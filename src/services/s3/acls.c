#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/new_acl.h"
#include "services/s3/s3.h"

/* The three ways in which a request may give a list, of which it must choose one. */
struct given {
	str canned;
	struct acl_headers grants;
	const struct s3_access_control_policy *document;
};

static err missing(struct call *c)
{
	struct refusal *r = refuse(c->arena, 400, "MissingSecurityHeader",
	                           "Your request was missing a required header");

	return fail_refused(c, refusal_with(r, "MissingHeaderName", STR("x-amz-acl")));
}

static err read_given(struct call *c, const struct bucket *b, str owner, const struct given *given,
                      struct acl *ret)
{
	bool has_headers = given->canned.p || acl_has_headers(&given->grants);
	err e;

	if (!has_headers && !given->document)
		return missing(c);
	if (has_headers && given->document)
		return fail_refused(c, refuse(c->arena, 400, "UnexpectedContent",
		                              "This request does not support content"));
	if (given->document)
		e = fail_refused(c, acl_from_policy(c->arena, given->document,
		                                    acl_canonical_id(c->arena, owner), ret));
	else
		e = s3_acl_read_headers(c, b, owner, given->canned, &given->grants, ret);
	return e ? e : s3_acl_check(c, b, given->canned, ret);
}

/* What is kept of a list that nobody can change any more is not shown either. */
static struct acl read_kept(struct call *c, const struct bucket *b, str owner, str text)
{
	struct acl acl;

	if (b->ownership == S3_BUCKET_OWNER_ENFORCED)
		return s3_acl_private(c->arena, b->account);
	if (!text.p || !acl_from_text(c->arena, text, &acl))
		return s3_acl_private(c->arena, owner);
	return acl;
}

/*
 * Of a bucket.
 */

err s3_put_bucket_acl(struct call *c, const struct s3_put_bucket_acl_in *in,
                      struct s3_put_bucket_acl_out *out)
{
	struct given given = {
		.canned = in->acl,
		.grants = { .full_control = in->grant_full_control,
		            .read = in->grant_read,
		            .read_acp = in->grant_read_acp,
		            .write = in->grant_write,
		            .write_acp = in->grant_write_acp },
		.document = in->access_control_policy,
	};
	struct bucket b;
	struct acl acl;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketAcl",
	                      ACL_WRITE_ACP, &b);

	(void)out;
	if (!e)
		e = read_given(c, &b, b.account, &given, &acl);
	if (e)
		return e;
	b.acl = acl_to_text(c->arena, &acl);
	s3_bucket_save(c->db, &b);
	return NULL;
}

err s3_get_bucket_acl(struct call *c, const struct s3_get_bucket_acl_in *in,
                      struct s3_get_bucket_acl_out *out)
{
	struct bucket b;
	struct acl acl;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketAcl",
	                      ACL_READ_ACP, &b);

	if (e)
		return e;
	acl = read_kept(c, &b, b.account, b.acl);
	out->owner = acl_to_owner(c->arena, &acl);
	out->grants = acl_to_grants(c->arena, &acl);
	return NULL;
}

/*
 * Of an object.
 */

struct which {
	str bucket, key, version_id, expected_owner;
	const char *action, *version_action;
	enum acl_permission permission;
};

static err find_object(struct call *c, const struct which *w, struct bucket *ret_bucket,
                       struct object *ret)
{
	struct s3_want want = {
		.action = w->version_id.n ? w->version_action : w->action,
		.key = w->key,
		.object = ret,
		.permission = w->permission,
		.of_object = true,
	};
	err e = s3_bucket_find(c, w->bucket, w->expected_owner, ret_bucket);

	if (!e)
		e = s3_object_version(c, ret_bucket, w->key, w->version_id, ret);
	if (!e && ret->sequence)
		e = s3_allow(c, ret_bucket, &want);
	return e ? e : s3_object_must_exist(c, ret_bucket, w->key, w->version_id, ret);
}

static str owner_of(const struct bucket *b, const struct object *o)
{
	return b->ownership == S3_BUCKET_OWNER_ENFORCED ? b->account : o->owner;
}

err s3_put_object_acl(struct call *c, const struct s3_put_object_acl_in *in,
                      struct s3_put_object_acl_out *out)
{
	struct given given = {
		.canned = in->acl,
		.grants = { .full_control = in->grant_full_control,
		            .read = in->grant_read,
		            .read_acp = in->grant_read_acp,
		            .write = in->grant_write,
		            .write_acp = in->grant_write_acp },
		.document = in->access_control_policy,
	};
	struct which which = { in->bucket,        in->key,
		               in->version_id,    in->expected_bucket_owner,
		               "s3:PutObjectAcl", "s3:PutObjectVersionAcl",
		               ACL_WRITE_ACP };
	struct object o = { 0 };
	struct bucket b;
	struct acl acl;
	err e = find_object(c, &which, &b, &o);

	(void)out;
	if (!e)
		e = read_given(c, &b, owner_of(&b, &o), &given, &acl);
	if (e)
		return e;
	o.acl = s3_acl_is_private(&acl) ? STR_NULL : acl_to_text(c->arena, &acl);
	s3_object_save(c->db, &o);
	return NULL;
}

err s3_get_object_acl(struct call *c, const struct s3_get_object_acl_in *in,
                      struct s3_get_object_acl_out *out)
{
	struct which which = { in->bucket,        in->key,
		               in->version_id,    in->expected_bucket_owner,
		               "s3:GetObjectAcl", "s3:GetObjectVersionAcl",
		               ACL_READ_ACP };
	struct object o = { 0 };
	struct bucket b;
	struct acl acl;
	err e = find_object(c, &which, &b, &o);

	if (e)
		return e;
	acl = read_kept(c, &b, o.owner, o.acl);
	out->owner = acl_to_owner(c->arena, &acl);
	out->grants = acl_to_grants(c->arena, &acl);
	return NULL;
}
