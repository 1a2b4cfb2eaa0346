/*
 * What a call leaves in c->note for its line of the access log. Nothing for a bucket that has no log.
 */
#ifndef SERVICES_S3_NOTE_H
#define SERVICES_S3_NOTE_H

#include "services/s3/bucket.h"

/* One of the keys that DeleteObjects deletes: each has a line of its own. */
struct s3_noted_delete {
	str key, version_id;
	int status;
	str error_code; /* absent: it is deleted */
	struct s3_noted_delete *next;
};

struct s3_note {
	struct bucket bucket;
	const struct s3_logging_enabled *target;
	int64_t size; /* of the object; -1: none */
	str version_id;
	bool acl_was_needed;
	struct s3_noted_delete *deletes, **last;
	struct s3_note *next; /* of another bucket: a copy has two */
};

/* The bucket was found: s3_bucket_find says so. In a snapshot or a transaction. */
void s3_note_bucket(struct call *c, const struct bucket *b);

/* The version that is read or was made: its size, and its id as replies show it. */
void s3_note_object(struct call *c, const struct bucket *b, int64_t size, str version_id);

/* `e` is why it was not deleted, or NULL. */
void s3_note_delete(struct call *c, const struct bucket *b, str key, str version_id, err e);

/* An ACL allowed the request, and nothing else did. */
void s3_note_acl(struct call *c, const struct bucket *b);

#endif
