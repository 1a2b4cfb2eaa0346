#include "services/s3/new_acl.h"

#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/ownership.h"

/* Who writes without a signature is an account of its own, that nobody has a key of. */
static const str nobody = STR_INIT("anonymous");

struct acl s3_acl_private(struct arena *a, str owner)
{
	struct acl acl = { .owner = acl_canonical_id(a, owner), .count = 1, .capacity = 1 };

	acl.grants = arena_new(a, struct acl_grant);
	*acl.grants = (struct acl_grant){ ACL_USER, ACL_FULL_CONTROL, acl.owner };
	return acl;
}

bool s3_acl_is_private(const struct acl *acl)
{
	const struct acl_grant *grant = acl->grants;

	return acl->count == 1 && grant->grantee == ACL_USER &&
	       grant->permission == ACL_FULL_CONTROL && str_eq_nocase(grant->id, acl->owner);
}

err s3_acl_read_headers(struct call *c, const struct bucket *b, str owner, str canned,
                        const struct acl_headers *grants, struct acl *ret)
{
	str id = acl_canonical_id(c->arena, owner);

	if (acl_has_headers(grants)) {
		if (canned.p)
			return s3_fail_saying(c, S3_INVALID_REQUEST,
			                      "Specifying both Canned ACLs and Header Grants is "
			                      "not allowed");
		return fail_refused(c, acl_from_headers(c->arena, grants, id, ret));
	}
	return fail_refused(c,
	                    acl_from_canned(c->arena, canned, id,
	                                    b ? acl_canonical_id(c->arena, b->account) : id, ret));
}

err s3_acl_check(struct call *c, const struct bucket *b, str canned, const struct acl *acl)
{
	bool is_full_control = canned.p ? str_eq(canned, STR("bucket-owner-full-control"))
	                                : s3_acl_is_private(acl);

	if (b->ownership == S3_BUCKET_OWNER_ENFORCED && !is_full_control)
		return s3_fail(c, S3_ACCESS_CONTROL_LIST_NOT_SUPPORTED, NULL, STR_NULL);
	if (b->public_access & S3_BLOCK_PUBLIC_ACLS && acl_is_public(acl))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	return NULL;
}

static err check_of_new_bucket(struct call *c, enum s3_ownership ownership, const struct acl *acl)
{
	if (ownership != S3_BUCKET_OWNER_ENFORCED || s3_acl_is_private(acl))
		return NULL;
	return s3_acl_with_ownership_error(c);
}

err s3_acl_of_headers(struct call *c, const struct bucket *b, enum s3_ownership ownership, str acl,
                      const struct acl_headers *grants, str *ret)
{
	str owner = b ? s3_owner_of_new(c, b, acl) : c->identity.account;
	struct acl parsed;
	err e;

	*ret = STR_NULL;
	if (!acl.p && !acl_has_headers(grants))
		return NULL;
	e = s3_acl_read_headers(c, b, owner, acl, grants, &parsed);
	if (!e)
		e = b ? s3_acl_check(c, b, acl, &parsed)
		      : check_of_new_bucket(c, ownership, &parsed);
	if (!e && !s3_acl_is_private(&parsed))
		*ret = acl_to_text(c->arena, &parsed);
	return e;
}

str s3_owner_of_new(const struct call *c, const struct bucket *b, str canned_acl)
{
	if (b->ownership == S3_BUCKET_OWNER_ENFORCED ||
	    (b->ownership == S3_BUCKET_OWNER_PREFERRED &&
	     str_eq(canned_acl, STR("bucket-owner-full-control"))))
		return b->account;
	return c->identity.anonymous ? nobody : c->identity.account;
}

/* What AWS calls whoever comes unsigned. */
static str id_shown(struct arena *a, str account)
{
	return str_eq(account, nobody) ? STR("65a011a29cdf8ec533ec3d1ccaae921c")
	                               : acl_canonical_id(a, account);
}

struct s3_owner *s3_owner_shown(struct arena *a, str account)
{
	struct s3_owner *owner = arena_new(a, struct s3_owner);

	owner->id = id_shown(a, account);
	return owner;
}

struct s3_initiator *s3_initiator_shown(struct arena *a, str account)
{
	struct s3_initiator *initiator = arena_new(a, struct s3_initiator);

	initiator->id = id_shown(a, account);
	return initiator;
}
