/* Whether the writer of an object owns it, by name. */
#ifndef SERVICES_S3_OWNERSHIP_H
#define SERVICES_S3_OWNERSHIP_H

#include "services/s3/bucket.h"

bool s3_ownership_from_name(str name, enum s3_ownership *ret);
str s3_ownership_name(enum s3_ownership ownership);

/* InvalidBucketAclWithObjectOwnership: a bucket without access control lists cannot have one. */
err s3_acl_with_ownership_error(struct call *c);

#endif
