/*
 * Who may do what: bucket policies, access control lists and Block Public Access together.
 *
 * The account that owns the bucket may do everything its policy does not deny (and may always read,
 * write and delete the policy itself). Another account, and whoever comes unsigned, may do what the
 * policy allows, or what an ACL grants while the bucket takes ACLs at all. IgnorePublicAcls and
 * RestrictPublicBuckets take away what they name. An object that another account owns, because the
 * bucket takes ACLs, is read by what its own ACL grants alone, even to the owner of the bucket.
 *
 * The policy's condition keys come from the request by themselves: aws:SourceIp, aws:Referer,
 * aws:UserAgent, aws:SecureTransport, aws:CurrentTime, aws:EpochTime, s3:x-amz-* of the headers,
 * s3:prefix, s3:delimiter, s3:max-keys, s3:VersionId, s3:authType, s3:signatureversion,
 * s3:signatureAge, s3:RequestObjectTag*, s3:ExistingObjectTag of the object, s3:object-lock-*.
 */
#ifndef SERVICES_S3_ACCESS_H
#define SERVICES_S3_ACCESS_H

#include "services/s3/acl.h"
#include "services/s3/bucket.h"
#include "services/s3/object.h"

struct s3_want {
	const char *action;          /* s3:GetObject */
	str key;                     /* of an action on objects; absent: on the bucket */
	const struct object *object; /* that is acted on, as far as there is one */
	/* What a grant must say for the action, on the object's ACL when `of_object`, else on the
	 * bucket's; 0: no ACL can allow it. */
	enum acl_permission permission;
	bool of_object;
	str tags; /* that the request brings, as s3_tags_to_text; absent: none */
	const struct s3_lock_sent *lock; /* in a document, where no header counts */
};

/* AccessDenied, or NULL. In a snapshot or a transaction. */
err s3_allow(struct call *c, const struct bucket *b, const struct s3_want *want);
bool s3_allows(struct call *c, const struct bucket *b, const struct s3_want *want);

/* The same for what concerns no bucket that there is: CreateBucket, ListBuckets. */
err s3_allow_in_account(struct call *c, const char *action);

/* s3_bucket_find and s3_allow, for an action on the bucket itself. */
err s3_bucket_for(struct call *c, str name, str expected_owner, const char *action,
                  enum acl_permission permission, struct bucket *ret);

/* For a key that is not there: NoSuchKey for who may list the bucket, else AccessDenied. */
err s3_no_such_key_error(struct call *c, const struct bucket *b, str key);

/* What the x-amz-acl and x-amz-grant-* headers of a new object or bucket come to, as it is stored:
 * absent for private. `acl` is the canned name. AccessControlListNotSupported where the bucket takes
 * none (bucket-owner-full-control is taken), AccessDenied where BlockPublicAcls forbids it. `b` is NULL
 * for a bucket that is being made, whose `ownership` is then given. */
err s3_acl_of_headers(struct call *c, const struct bucket *b, enum s3_ownership ownership, str acl,
                      const struct acl_headers *grants, str *ret);

/* Who owns what this caller writes into the bucket, as an account. */
str s3_owner_of_new(const struct call *c, const struct bucket *b, str canned_acl);

/* As documents show an account. */
struct s3_owner *s3_owner_shown(struct arena *a, str account);
struct s3_initiator *s3_initiator_shown(struct arena *a, str account);

#endif
