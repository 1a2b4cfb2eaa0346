#include "services/s3/ownership.h"

#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/new_acl.h"
#include "services/s3/s3.h"

static const str names[] = {
	[S3_BUCKET_OWNER_ENFORCED] = STR_INIT("BucketOwnerEnforced"),
	[S3_BUCKET_OWNER_PREFERRED] = STR_INIT("BucketOwnerPreferred"),
	[S3_OBJECT_WRITER] = STR_INIT("ObjectWriter"),
};

bool s3_ownership_from_name(str name, enum s3_ownership *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i])) {
			*ret = (enum s3_ownership)i;
			return true;
		}
	return false;
}

str s3_ownership_name(enum s3_ownership ownership)
{
	return names[ownership];
}

err s3_acl_with_ownership_error(struct call *c)
{
	return fail_refused(c, refuse(c->arena, 400, "InvalidBucketAclWithObjectOwnership",
	                              "Bucket cannot have ACLs set with ObjectOwnership's "
	                              "BucketOwnerEnforced setting"));
}

static bool grants_something(struct call *c, const struct bucket *b)
{
	struct acl acl;

	return !acl_from_text(c->arena, b->acl, &acl) || !s3_acl_is_private(&acl);
}

err s3_put_bucket_ownership_controls(struct call *c,
                                     const struct s3_put_bucket_ownership_controls_in *in,
                                     struct s3_put_bucket_ownership_controls_out *out)
{
	const struct s3_ownership_controls *controls = in->ownership_controls;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:PutBucketOwnershipControls", 0, &b);

	(void)out;
	if (e)
		return e;
	if (!controls || controls->rules.n != 1 ||
	    !s3_ownership_from_name(controls->rules.items[0].object_ownership, &b.ownership))
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	if (b.ownership == S3_BUCKET_OWNER_ENFORCED && grants_something(c, &b))
		return s3_acl_with_ownership_error(c);
	b.public_access &= ~(unsigned)S3_OWNERSHIP_IS_UNSET;
	s3_bucket_save(c->db, &b);
	return NULL;
}

err s3_get_bucket_ownership_controls(struct call *c,
                                     const struct s3_get_bucket_ownership_controls_in *in,
                                     struct s3_get_bucket_ownership_controls_out *out)
{
	struct s3_ownership_controls *controls;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:GetBucketOwnershipControls", 0, &b);

	if (e)
		return e;
	if (b.public_access & S3_OWNERSHIP_IS_UNSET)
		return s3_fail(c, S3_NO_SUCH_OWNERSHIP_CONTROLS, "BucketName", b.name);
	controls = arena_new(c->arena, struct s3_ownership_controls);
	controls->rules.items = arena_new(c->arena, struct s3_ownership_controls_rule);
	controls->rules.items[0].object_ownership = s3_ownership_name(b.ownership);
	controls->rules.n = 1;
	out->ownership_controls = controls;
	return NULL;
}

/* Without controls a bucket is as all were before there were any. */
err s3_delete_bucket_ownership_controls(struct call *c,
                                        const struct s3_delete_bucket_ownership_controls_in *in,
                                        struct s3_delete_bucket_ownership_controls_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:PutBucketOwnershipControls", 0, &b);

	(void)out;
	if (e)
		return e;
	b.ownership = S3_OBJECT_WRITER;
	b.public_access |= S3_OWNERSHIP_IS_UNSET;
	s3_bucket_save(c->db, &b);
	return NULL;
}
