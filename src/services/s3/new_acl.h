/*
 * Access control lists that a request brings.
 */
#ifndef SERVICES_S3_NEW_ACL_H
#define SERVICES_S3_NEW_ACL_H

#include "services/s3/access.h"

/* The list of what `owner`, an account, owns, from a canned name or from headers; private when there is
 * neither. InvalidRequest when there are both. */
err s3_acl_read_headers(struct call *c, const struct bucket *b, str owner, str canned,
                        const struct acl_headers *grants, struct acl *ret);

/* AccessControlListNotSupported where the bucket takes none, AccessDenied where BlockPublicAcls forbids
 * it. That the bucket's owner has full control, and nobody else anything, is always taken, but not by
 * the name of private. `canned` is absent for a list that has no name. */
err s3_acl_check(struct call *c, const struct bucket *b, str canned, const struct acl *acl);

/* Nobody but the owner is granted anything, and the owner everything. */
bool s3_acl_is_private(const struct acl *acl);
struct acl s3_acl_private(struct arena *a, str owner);

#endif
