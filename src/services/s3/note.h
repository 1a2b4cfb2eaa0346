/*
 * What a call leaves in c->note for the line of the access log: s3_bucket_find begins it with the
 * first bucket that it finds, and a handler may fill in the rest.
 */
#ifndef SERVICES_S3_NOTE_H
#define SERVICES_S3_NOTE_H

#include "api/call.h"

struct s3_note {
	int64_t bucket;
	str name, account;
	bool is_logged; /* the bucket has a logging configuration */

	/* Of an object, as far as the operation has come to know it. */
	str key, version_id;
	int64_t object_size; /* -1: not known */
};

/* NULL before s3_bucket_find has found a bucket. */
static inline struct s3_note *s3_note_of(const struct call *c)
{
	return c->note;
}

#endif
