/* Lifecycle rules at work: see expire.c. */
#ifndef SERVICES_S3_EXPIRE_H
#define SERVICES_S3_EXPIRE_H

#include "store/db.h"

/* In a transaction: the bucket's rules are new, and are carried out at the next tick. */
void s3_expire_anew(struct db *db, int64_t bucket);

#endif
