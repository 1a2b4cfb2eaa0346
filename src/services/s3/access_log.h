/*
 * Server access logging.
 *
 * A line is made when the request is over (s3_ended), waits in memory with the others for the same
 * target, and is written with them into an object after a minute (s3_deliver_logs), or when the program
 * ends (s3_deliver_all_logs). A crash loses what waits: S3, too, promises no line.
 */
#ifndef SERVICES_S3_ACCESS_LOG_H
#define SERVICES_S3_ACCESS_LOG_H

#include "api/refusal.h"
#include "models/s3.h"

/* The ACL of log objects of an account, as it is stored; absent: private. NULL when all is well. */
const struct refusal *s3_log_acl(struct arena *a, const struct s3_logging_enabled *target,
                                 str account, str *ret) MUST_CHECK;

#endif
