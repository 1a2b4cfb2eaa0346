/* Versioning of a bucket, and object lock, which wants it. */
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/s3.h"

static err malformed(struct call *c)
{
	return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
}

/*
 * Versioning.
 */

static err read_status(struct call *c, const struct s3_put_bucket_versioning_in *in,
                       enum s3_versioning *ret)
{
	const struct s3_versioning_configuration *given = in->versioning_configuration;

	if (in->mfa.p || str_eq(given->mfa_delete, STR("Enabled")))
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "MFA delete is not built in Menagerie; nothing was done.");
	if (given->mfa_delete.p && !str_eq(given->mfa_delete, STR("Disabled")))
		return malformed(c);
	if (!given->status.p)
		return fail_refused(c,
		                    refuse(c->arena, 400, "IllegalVersioningConfigurationException",
		                           "The Versioning element must be specified"));
	if (str_eq(given->status, STR("Enabled")))
		*ret = S3_VERSIONING_ENABLED;
	else if (str_eq(given->status, STR("Suspended")))
		*ret = S3_VERSIONING_SUSPENDED;
	else
		return malformed(c);
	return NULL;
}

err s3_put_bucket_versioning(struct call *c, const struct s3_put_bucket_versioning_in *in,
                             struct s3_put_bucket_versioning_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketVersioning", 0,
	                      &b);

	(void)out;
	if (!e)
		e = read_status(c, in, &b.versioning);
	if (e)
		return e;
	if (b.object_lock && b.versioning == S3_VERSIONING_SUSPENDED)
		return s3_fail_saying(c, S3_INVALID_BUCKET_STATE,
		                      "An Object Lock configuration is present on this bucket, so "
		                      "the versioning state cannot be changed.");
	s3_bucket_save(c->db, &b);
	return NULL;
}

err s3_get_bucket_versioning(struct call *c, const struct s3_get_bucket_versioning_in *in,
                             struct s3_get_bucket_versioning_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketVersioning", 0,
	                      &b);

	if (e)
		return e;
	if (b.versioning == S3_VERSIONING_ENABLED)
		out->status = STR("Enabled");
	else if (b.versioning == S3_VERSIONING_SUSPENDED)
		out->status = STR("Suspended");
	return NULL;
}

/*
 * Object lock.
 */

enum { LOCK_MOST_DAYS = 36500, LOCK_MOST_YEARS = 100 };

static err bad_period(struct call *c, const char *name, const char *message)
{
	struct refusal *r = refuse(c->arena, 400, "InvalidArgument", "%s", message);

	return fail_refused(c, refusal_with(r, "ArgumentName", str_from(name)));
}

static err check_period(struct call *c, const char *name, struct opt_int period, int64_t most)
{
	if (period.set && period.value < 1)
		return bad_period(c, name,
		                  "Default retention period must be a positive integer value.");
	if (period.set && period.value > most)
		return bad_period(c, name,
		                  "Default retention period must be 100 years at the most.");
	return NULL;
}

static err check_rule(struct call *c, const struct s3_object_lock_rule *rule)
{
	const struct s3_default_retention *d = rule->default_retention;
	err e;

	if (!d || d->days.set == d->years.set)
		return malformed(c);
	if (!str_eq(d->mode, STR("GOVERNANCE")) && !str_eq(d->mode, STR("COMPLIANCE")))
		return malformed(c);
	e = check_period(c, "Days", d->days, LOCK_MOST_DAYS);
	return e ? e : check_period(c, "Years", d->years, LOCK_MOST_YEARS);
}

static err check_lock(struct call *c, const struct s3_object_lock_configuration *given)
{
	if (!given || !str_eq(given->object_lock_enabled, STR("Enabled")))
		return malformed(c);
	return given->rule ? check_rule(c, given->rule) : NULL;
}

err s3_put_object_lock_configuration(struct call *c,
                                     const struct s3_put_object_lock_configuration_in *in,
                                     struct s3_put_object_lock_configuration_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:PutBucketObjectLockConfiguration", 0, &b);

	(void)out;
	if (!e)
		e = s3_require_checksum(c);
	if (!e)
		e = check_lock(c, in->object_lock_configuration);
	if (e)
		return e;
	if (b.versioning != S3_VERSIONING_ENABLED)
		return s3_fail_saying(
			c, S3_INVALID_BUCKET_STATE,
			"Versioning must be 'Enabled' on the bucket to apply a Object "
			"Lock configuration");
	b.object_lock = true;
	s3_bucket_save(c->db, &b);
	s3_document_set(c->db, c->arena, &b, S3_OBJECT_LOCK, in->object_lock_configuration);
	return NULL;
}

err s3_get_object_lock_configuration(struct call *c,
                                     const struct s3_get_object_lock_configuration_in *in,
                                     struct s3_get_object_lock_configuration_out *out)
{
	struct s3_object_lock_configuration *found = NULL;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:GetBucketObjectLockConfiguration", 0, &b);

	if (e)
		return e;
	if (!b.object_lock)
		return s3_fail(c, S3_NO_SUCH_OBJECT_LOCK_CONFIGURATION, "BucketName", b.name);
	if (s3_bucket_has(&b, S3_OBJECT_LOCK))
		found = s3_document(c->db, c->arena, &b, S3_OBJECT_LOCK);
	if (!found) { /* made with object lock, and never told more */
		found = arena_new(c->arena, struct s3_object_lock_configuration);
		found->object_lock_enabled = STR("Enabled");
	}
	out->object_lock_configuration = found;
	return NULL;
}
