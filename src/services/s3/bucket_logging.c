/* Where a bucket's access log goes. */
#include "services/s3/access_log.h"

#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/s3.h"

static err malformed(struct call *c)
{
	return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
}

static err check_format(struct call *c, const struct s3_target_object_key_format *format)
{
	str source;

	if (!format)
		return NULL;
	if ((format->simple_prefix != NULL) == (format->partitioned_prefix != NULL))
		return malformed(c);
	if (format->simple_prefix || !format->partitioned_prefix->partition_date_source.p)
		return NULL;
	source = format->partitioned_prefix->partition_date_source;
	if (!str_eq(source, STR("EventTime")) && !str_eq(source, STR("DeliveryTime")))
		return malformed(c);
	return NULL;
}

static err bad_target(struct call *c, str target, const char *message)
{
	struct refusal *r = refuse(c->arena, 400, "InvalidTargetBucketForLogging", "%s", message);

	return fail_refused(c, refusal_with(r, "TargetBucket", refusal_excerpt(target)));
}

static err bad_region(struct call *c, const struct bucket *from, const struct bucket *to)
{
	struct refusal *r = refuse(c->arena, 403, "CrossLocationLoggingProhibitted",
	                           "Cross S3 location logging not allowed. ");

	r = refusal_with(r, "SourceBucketLocation", from->region);
	return fail_refused(c, refusal_with(r, "TargetBucketLocation", to->region));
}

const struct refusal *s3_log_acl(struct arena *a, const struct s3_logging_enabled *target,
                                 str account, str *ret)
{
	str id = acl_canonical_id(a, account);
	struct s3_owner owner = { .id = id };
	struct s3_access_control_policy policy = { .owner = &owner };
	size_t n = target->target_grants.n;
	struct s3_grant *grants = arena_array(a, struct s3_grant, n + 1);
	struct s3_grantee self = { .type = STR("CanonicalUser"), .id = id };
	const struct refusal *refusal;
	struct acl acl;

	*ret = STR_NULL;
	if (!n)
		return NULL;
	for (size_t i = 0; i < n; i++)
		grants[i] = (struct s3_grant){ target->target_grants.items[i].grantee,
			                       target->target_grants.items[i].permission };
	grants[n] = (struct s3_grant){ &self, STR("FULL_CONTROL") };
	policy.grants = (struct s3_grants){ grants, n + 1 };
	refusal = acl_from_policy(a, &policy, id, &acl);
	if (!refusal)
		*ret = acl_to_text(a, &acl);
	return refusal;
}

static err check_grants(struct call *c, const struct s3_logging_enabled *given,
                        const struct bucket *to)
{
	str acl;

	if (!given->target_grants.n)
		return NULL;
	if (to->ownership == S3_BUCKET_OWNER_ENFORCED)
		return s3_fail(c, S3_ACCESS_CONTROL_LIST_NOT_SUPPORTED, NULL, STR_NULL);
	return fail_refused(c, s3_log_acl(c->arena, given, to->account, &acl));
}

/* On AWS the target also has to let the log delivery write, by its policy or its ACL; where it does
 * not, nothing is delivered and nobody is told. Here it is enough that it is the same owner's. */
static err check_target(struct call *c, const struct s3_logging_enabled *given,
                        const struct bucket *from)
{
	struct bucket to;
	err e;

	if (!given->target_bucket.n || !given->target_prefix.p)
		return malformed(c);
	e = check_format(c, given->target_object_key_format);
	if (e)
		return e;
	if (!s3_bucket_load(c->db, c->arena, given->target_bucket, &to))
		return bad_target(c, given->target_bucket,
		                  "The target bucket for logging does not exist");
	if (!str_eq(to.account, from->account))
		return bad_target(c, given->target_bucket,
		                  "The owner for the bucket to be logged and the target bucket "
		                  "must be the same.");
	if (!str_eq(to.region, from->region))
		return bad_region(c, from, &to);
	return check_grants(c, given, &to);
}

err s3_put_bucket_logging(struct call *c, const struct s3_put_bucket_logging_in *in,
                          struct s3_put_bucket_logging_out *out)
{
	const struct s3_bucket_logging_status *given = in->bucket_logging_status;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketLogging", 0,
	                      &b);

	(void)out;
	if (e)
		return e;
	if (!given->logging_enabled) {
		s3_document_set_text(c->db, &b, S3_LOGGING, STR_NULL);
		return NULL;
	}
	e = check_target(c, given->logging_enabled, &b);
	if (!e)
		s3_document_set(c->db, c->arena, &b, S3_LOGGING, given);
	return e;
}

err s3_get_bucket_logging(struct call *c, const struct s3_get_bucket_logging_in *in,
                          struct s3_get_bucket_logging_out *out)
{
	const struct s3_bucket_logging_status *found;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketLogging", 0,
	                      &b);

	if (e || !s3_bucket_has(&b, S3_LOGGING))
		return e;
	found = s3_document(c->db, c->arena, &b, S3_LOGGING);
	if (found)
		out->logging_enabled = found->logging_enabled;
	return NULL;
}
