/*
 * Access control lists: who may read and write a bucket or an object beside its owner, and who its
 * access control list.
 *
 * A list comes from a canned name, from the x-amz-grant-* headers or from an XML body, is stored as
 * one short text, and is evaluated for a caller. Texts are slices of what they were made from.
 *
 * Left to the caller: which of the three a request may bring, whether the bucket takes ACLs at all
 * (AccessControlListNotSupported), and Block Public Access, for which there is acl_is_public.
 */
#ifndef SERVICES_S3_ACL_H
#define SERVICES_S3_ACL_H

#include "api/refusal.h"
#include "models/s3.h"

enum { ACL_MAX_GRANTS = 100, CANONICAL_ID_SIZE = 64 };

enum acl_permission {
	ACL_READ = 1 << 0,
	ACL_WRITE = 1 << 1,
	ACL_READ_ACP = 1 << 2,
	ACL_WRITE_ACP = 1 << 3,
	ACL_FULL_CONTROL = ACL_READ | ACL_WRITE | ACL_READ_ACP | ACL_WRITE_ACP,
};

enum acl_grantee { ACL_USER, ACL_ALL_USERS, ACL_AUTHENTICATED_USERS, ACL_LOG_DELIVERY };

struct acl_grant {
	enum acl_grantee grantee;
	enum acl_permission permission;
	str id; /* of ACL_USER */
};

struct acl {
	str owner;
	struct acl_grant *grants;
	size_t count, capacity;
};

/* Whose requests a grant is held against. */
struct acl_caller {
	str id; /* the account's canonical id; absent: anonymous */
	bool is_log_delivery;
};

/* The canonical user id of an account: 64 hex digits, always the same ones. */
str acl_canonical_id(struct arena *a, str account);

/* "" is the default, private. `bucket_owner` may be the owner. */
const struct refusal *acl_from_canned(struct arena *a, str name, str owner, str bucket_owner,
                                      struct acl *ret) MUST_CHECK;

/* The x-amz-grant-* headers, absent where not sent. The owner gets only what they say. */
struct acl_headers {
	str full_control, read, read_acp, write, write_acp;
};
bool acl_has_headers(const struct acl_headers *h);
const struct refusal *acl_from_headers(struct arena *a, const struct acl_headers *h, str owner,
                                       struct acl *ret) MUST_CHECK;

/* A body; its owner must be the one there is. */
const struct refusal *acl_from_policy(struct arena *a,
                                      const struct s3_access_control_policy *policy, str owner,
                                      struct acl *ret) MUST_CHECK;

/* As GetBucketAcl and GetObjectAcl answer. */
struct s3_owner *acl_to_owner(struct arena *a, const struct acl *acl);
struct s3_grants acl_to_grants(struct arena *a, const struct acl *acl);

/* To be stored, and back; false for a text that acl_to_text never made. */
str acl_to_text(struct arena *a, const struct acl *acl);
bool acl_from_text(struct arena *a, str text, struct acl *ret) MUST_CHECK;

/* The owner can always read and write the list itself, whatever it says. `permission` is one. */
bool acl_allows(const struct acl *acl, const struct acl_caller *caller,
                enum acl_permission permission);

/* Grants anything to everyone, or to everyone with an account, as Block Public Access means it. */
bool acl_is_public(const struct acl *acl);

#endif
