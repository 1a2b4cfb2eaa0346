/*
 * Conditional requests: If-Match and its family, for reads, for the source of a copy and for writes.
 *
 * Entity tags are given as they are kept: without quotes. What a client sends may be quoted or not,
 * weak or not, one or a list, or `*`. Times are milliseconds since 1970; headers know only seconds,
 * so an object's is cut down to them before it is compared. A date that is no date, or that lies in
 * the future, is no condition.
 *
 * RFC 9110 puts the entity tag above the date, and S3 documents the same: If-Unmodified-Since
 * counts only without If-Match, and If-Modified-Since only without If-None-Match.
 */
#ifndef SERVICES_S3_PRECONDITION_H
#define SERVICES_S3_PRECONDITION_H

#include "net/message.h"
#include "services/s3/problem.h"

struct s3_conditions { /* header values as sent; absent: not sent */
	str if_match, if_none_match;
	str if_modified_since, if_unmodified_since;
};

/* The object that the conditions are about. */
struct s3_state {
	bool exists; /* and is no delete marker */
	str etag;    /* without quotes */
	int64_t last_modified;
};

enum s3_precondition {
	S3_PRECONDITION_HOLDS,
	S3_PRECONDITION_NOT_MODIFIED, /* 304, of a read */
	S3_PRECONDITION_FAILED,       /* see *ret: PreconditionFailed, NoSuchKey, NotImplemented */
};

/* What a request says; of one within the program, nothing. */
struct s3_conditions s3_conditions_of(const struct request *r);

/* Whether a header's list of entity tags, or `*`, has this one. */
bool s3_etag_listed(str header, str etag);

/* GetObject and HeadObject of an object that exists. */
enum s3_precondition s3_check_read(const struct s3_conditions *c, const struct s3_state *object,
                                   int64_t now, struct s3_problem *ret);

/* The x-amz-copy-source-if-* headers of CopyObject and UploadPartCopy, on a source that exists.
 * Never NOT_MODIFIED: what would be is FAILED. */
enum s3_precondition s3_check_copy_source(const struct s3_conditions *c,
                                          const struct s3_state *source, int64_t now,
                                          struct s3_problem *ret);

/* PutObject, CopyObject, CompleteMultipartUpload: If-None-Match may only be `*`, If-Match only an
 * entity tag; not both, and no date. s3_check_write_headers can be asked before the body has come, and
 * s3_check_write, which expects it to have been, when the object's current state is certain. */
enum s3_precondition s3_check_write_headers(const struct s3_conditions *c, struct s3_problem *ret);
enum s3_precondition s3_check_write(const struct s3_conditions *c, const struct s3_state *object,
                                    struct s3_problem *ret);

/* DeleteObject: If-Match, an entity tag or `*`, and no other. */
enum s3_precondition s3_check_delete_headers(const struct s3_conditions *c, struct s3_problem *ret);
enum s3_precondition s3_check_delete(str if_match, const struct s3_state *object,
                                     struct s3_problem *ret);

#endif
