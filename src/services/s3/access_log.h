/*
 * Server access logging: what a call leaves behind for its line, and who may read the log.
 *
 * A line is made when the request is over (s3_ended), waits in memory with the others for the same
 * target, and is written with them into an object after a minute (s3_deliver_logs). So what was asked in
 * the minute before the program ends is not logged: S3, too, promises no line.
 */
#ifndef SERVICES_S3_ACCESS_LOG_H
#define SERVICES_S3_ACCESS_LOG_H

#include "api/refusal.h"
#include "services/s3/bucket.h"

/* What is known of a request to a bucket that has a log. */
struct s3_note {
	struct bucket bucket;
	const struct s3_logging_enabled *target;
	int64_t size; /* of the object; -1: none */
	str version_id;
	bool acl_was_needed;
	struct s3_note *next; /* of another bucket: a copy has two */
};

/* Each does nothing for a bucket without a log. In a snapshot or a transaction: the bucket that was found;
 * the version that is read or was made, its size and its id as replies show it. */
void s3_note_bucket(struct call *c, const struct bucket *b);
void s3_note_object(struct call *c, const struct bucket *b, int64_t size, str version_id);
/* The request was allowed by an ACL, and by nothing else. */
void s3_note_acl(struct call *c, const struct bucket *b);

/* The ACL of log objects of an account, as it is stored; absent: private. NULL when all is well. */
const struct refusal *s3_log_acl(struct arena *a, const struct s3_logging_enabled *target,
                                 str account, str *ret) MUST_CHECK;

#endif
