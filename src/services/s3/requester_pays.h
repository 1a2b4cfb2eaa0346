/*
 * Requester Pays: nothing costs anything here, but who must say that it pays is asked to.
 */
#ifndef SERVICES_S3_REQUESTER_PAYS_H
#define SERVICES_S3_REQUESTER_PAYS_H

#include "services/s3/bucket.h"

/* AccessDenied for whoever is not of the bucket's account and does not say that it pays, in a bucket
 * whose requesters do; an anonymous caller cannot say it. One that pays is told so in the reply. Behind
 * whatever else is asked of a caller. */
err s3_check_payer(struct call *c, const struct bucket *b);

#endif
