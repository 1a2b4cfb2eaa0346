/*
 * The settings of a bucket that are kept as they were given: website, CORS, encryption and
 * lifecycle rules. Those of versions are in versioning.c, logging and payment in files of their own.
 */
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/cors.h"
#include "services/s3/errors.h"
#include "services/s3/expire.h"
#include "services/s3/lifecycle.h"
#include "services/s3/s3.h"
#include "services/s3/website.h"

/* The owner alone, or whom a policy allows: no ACL speaks of settings. */
static err find(struct call *c, str name, str expected_owner, const char *action,
                struct bucket *ret)
{
	return s3_bucket_for(c, name, expected_owner, action, 0, ret);
}

/* NULL, and why, when there is none or something went wrong before. */
static void *get(struct call *c, const struct bucket *b, enum s3_document_kind kind,
                 enum s3_code missing, err *e)
{
	void *value = NULL;

	if (!*e && s3_bucket_has(b, kind))
		value = s3_document(c->db, c->arena, b, kind);
	if (!*e && !value)
		*e = s3_fail(c, missing, "BucketName", b->name);
	return value;
}

static err unset(struct call *c, str name, str expected_owner, const char *action,
                 enum s3_document_kind kind)
{
	struct bucket b;
	err e = find(c, name, expected_owner, action, &b);

	if (!e)
		s3_document_set_text(c->db, &b, kind, STR_NULL);
	return e;
}

static err malformed(struct call *c)
{
	return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
}

/*
 * Website.
 */

err s3_put_bucket_website(struct call *c, const struct s3_put_bucket_website_in *in,
                          struct s3_put_bucket_website_out *out)
{
	struct s3_problem problem;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketWebsite", &b);

	(void)out;
	if (e)
		return e;
	problem = s3_website_check(c->arena, in->website_configuration);
	e = s3_problem_error(c, &problem);
	if (!e)
		s3_document_set(c->db, c->arena, &b, S3_WEBSITE, in->website_configuration);
	return e;
}

err s3_get_bucket_website(struct call *c, const struct s3_get_bucket_website_in *in,
                          struct s3_get_bucket_website_out *out)
{
	const struct s3_website_configuration *site;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketWebsite", &b);

	site = get(c, &b, S3_WEBSITE, S3_NO_SUCH_WEBSITE_CONFIGURATION, &e);
	if (!site)
		return e;
	out->redirect_all_requests_to = site->redirect_all_requests_to;
	out->index_document = site->index_document;
	out->error_document = site->error_document;
	out->routing_rules = site->routing_rules;
	return NULL;
}

err s3_delete_bucket_website(struct call *c, const struct s3_delete_bucket_website_in *in,
                             struct s3_delete_bucket_website_out *out)
{
	(void)out;
	return unset(c, in->bucket, in->expected_bucket_owner, "s3:DeleteBucketWebsite",
	             S3_WEBSITE);
}

/*
 * CORS.
 */

err s3_put_bucket_cors(struct call *c, const struct s3_put_bucket_cors_in *in,
                       struct s3_put_bucket_cors_out *out)
{
	struct s3_problem problem;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketCORS", &b);

	(void)out;
	if (!e)
		e = s3_require_checksum(c);
	if (e)
		return e;
	problem = s3_cors_check(c->arena, in->cors_configuration);
	e = s3_problem_error(c, &problem);
	if (!e)
		s3_document_set(c->db, c->arena, &b, S3_CORS, in->cors_configuration);
	return e;
}

err s3_get_bucket_cors(struct call *c, const struct s3_get_bucket_cors_in *in,
                       struct s3_get_bucket_cors_out *out)
{
	const struct s3_cors_configuration *found;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketCORS", &b);

	found = get(c, &b, S3_CORS, S3_NO_SUCH_CORS_CONFIGURATION, &e);
	if (found)
		out->cors_rules = found->cors_rules;
	return e;
}

err s3_delete_bucket_cors(struct call *c, const struct s3_delete_bucket_cors_in *in,
                          struct s3_delete_bucket_cors_out *out)
{
	(void)out;
	return unset(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketCORS", S3_CORS);
}

/*
 * Encryption.
 */

static err not_built(struct call *c, const char *what, str value)
{
	return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
	                      "%s %.*s is not built in Menagerie; nothing was done.", what,
	                      STR_ARG(refusal_excerpt(value)));
}

static err check_default(struct call *c, const struct s3_server_side_encryption_by_default *d)
{
	struct refusal *r;

	if (str_starts(d->sse_algorithm, STR("aws:kms")) &&
	    (d->sse_algorithm.n == 7 || str_ends(d->sse_algorithm, STR(":dsse"))))
		return not_built(c, "SSEAlgorithm", d->sse_algorithm);
	if (!str_eq(d->sse_algorithm, STR("AES256")))
		return malformed(c);
	if (!d->kms_master_key_id.p)
		return NULL;
	r = refuse(c->arena, 400, "InvalidArgument",
	           "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms "
	           "or aws:kms:dsse");
	return fail_refused(
		c, refusal_with(r, "ArgumentName", STR("ApplyServerSideEncryptionByDefault")));
}

/* NONE is what holds anyway. */
static err check_blocked(struct call *c, const struct s3_blocked_encryption_types *blocked)
{
	for (size_t i = 0; blocked && i < blocked->encryption_type.n; i++) {
		str type = blocked->encryption_type.items[i];

		if (str_eq(type, STR("SSE-C")))
			return not_built(c, "BlockedEncryptionTypes", type);
		if (!str_eq(type, STR("NONE")))
			return malformed(c);
	}
	return NULL;
}

static err check_encryption(struct call *c,
                            const struct s3_server_side_encryption_configuration *configuration)
{
	const struct s3_server_side_encryption_rule *rule = configuration->rules.items;
	err e;

	if (configuration->rules.n != 1 || !rule->apply_server_side_encryption_by_default)
		return malformed(c);
	e = check_default(c, rule->apply_server_side_encryption_by_default);
	return e ? e : check_blocked(c, rule->blocked_encryption_types);
}

err s3_put_bucket_encryption(struct call *c, const struct s3_put_bucket_encryption_in *in,
                             struct s3_put_bucket_encryption_out *out)
{
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutEncryptionConfiguration", &b);

	(void)out;
	if (!e)
		e = check_encryption(c, in->server_side_encryption_configuration);
	if (!e)
		s3_document_set(c->db, c->arena, &b, S3_ENCRYPTION,
		                in->server_side_encryption_configuration);
	return e;
}

err s3_get_bucket_encryption(struct call *c, const struct s3_get_bucket_encryption_in *in,
                             struct s3_get_bucket_encryption_out *out)
{
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetEncryptionConfiguration", &b);

	out->server_side_encryption_configuration =
		get(c, &b, S3_ENCRYPTION, S3_NO_SUCH_ENCRYPTION_CONFIGURATION, &e);
	return e;
}

err s3_delete_bucket_encryption(struct call *c, const struct s3_delete_bucket_encryption_in *in,
                                struct s3_delete_bucket_encryption_out *out)
{
	(void)out;
	return unset(c, in->bucket, in->expected_bucket_owner, "s3:PutEncryptionConfiguration",
	             S3_ENCRYPTION);
}

/*
 * Lifecycle.
 */

/* It says what is too small to be moved to another storage class, of which there is none here. */
static const str smallest = STR_INIT("all_storage_classes_128K");

static err check_smallest(struct call *c, str given)
{
	if (!given.p || str_eq(given, smallest))
		return NULL;
	if (str_eq(given, STR("varies_by_storage_class")))
		return s3_fail(c, S3_NOT_IMPLEMENTED, "Header",
		               STR("x-amz-transition-default-minimum-object-size"));
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "Invalid TransitionDefaultMinimumObjectSize found: %.*s",
	                      STR_ARG(refusal_excerpt(given)));
}

err s3_put_bucket_lifecycle_configuration(struct call *c,
                                          const struct s3_put_bucket_lifecycle_configuration_in *in,
                                          struct s3_put_bucket_lifecycle_configuration_out *out)
{
	struct s3_bucket_lifecycle_configuration *rules = in->lifecycle_configuration;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:PutLifecycleConfiguration", &b);

	if (!e)
		e = s3_require_checksum(c);
	if (!e)
		e = fail_refused(c, lifecycle_check(c->arena, rules));
	if (!e)
		e = check_smallest(c, in->transition_default_minimum_object_size);
	if (e)
		return e;
	lifecycle_name_rules(c->arena, rules);
	s3_document_set(c->db, c->arena, &b, S3_LIFECYCLE, rules);
	s3_expire_anew(c->db, b.id);
	out->transition_default_minimum_object_size = smallest;
	return NULL;
}

err s3_get_bucket_lifecycle_configuration(struct call *c,
                                          const struct s3_get_bucket_lifecycle_configuration_in *in,
                                          struct s3_get_bucket_lifecycle_configuration_out *out)
{
	const struct s3_bucket_lifecycle_configuration *found;
	struct bucket b;
	err e = find(c, in->bucket, in->expected_bucket_owner, "s3:GetLifecycleConfiguration", &b);

	found = get(c, &b, S3_LIFECYCLE, S3_NO_SUCH_LIFECYCLE_CONFIGURATION, &e);
	if (!found)
		return e;
	out->rules = found->rules;
	out->transition_default_minimum_object_size = smallest;
	return NULL;
}

err s3_delete_bucket_lifecycle(struct call *c, const struct s3_delete_bucket_lifecycle_in *in,
                               struct s3_delete_bucket_lifecycle_out *out)
{
	(void)out;
	return unset(c, in->bucket, in->expected_bucket_owner, "s3:PutLifecycleConfiguration",
	             S3_LIFECYCLE);
}
