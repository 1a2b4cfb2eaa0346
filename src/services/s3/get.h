/*
 * Reading an object: what GetObject, HeadObject and a website's pages have in common.
 *
 *     do {
 *             e = s3_get_find(…);                 who may read it, and whether it is there
 *             if (!e) e = s3_get_reply(…);        conditions, ranges, headers, the body
 *     } while (s3_get_again(c, &get, e));
 */
#ifndef SERVICES_S3_GET_H
#define SERVICES_S3_GET_H

#include "services/s3/encryption.h"
#include "services/s3/precondition.h"

/* Headers to be sent instead of those that are kept; absent: as they are kept. */
struct s3_overrides {
	str cache_control, content_disposition, content_encoding, content_language, content_type;
	str expires;
};

struct s3_get {
	/* What is asked for. */
	str bucket, key, version_id, expected_owner;
	struct s3_conditions conditions;
	str range;
	struct opt_int part;
	struct cipher_customer_headers customer;
	struct s3_overrides instead;
	bool wants_checksum;
	bool is_head;
	bool is_page; /* a website's: x-amz-website-redirect-location is for the caller to act on */
	int status;   /* of the whole: 200, or that of an error page, which has no conditions */

	/* Between the functions. */
	bool is_gone; /* the content went while it was looked for */
	int tries;
};

/* The conditional headers and the range of the request. */
void s3_get_read_headers(const struct call *c, struct s3_get *get);

/* AccessDenied before anything is told; then NoSuchKey and its kin. */
err s3_get_find(struct call *c, const struct s3_get *get, struct bucket *b, struct object *o);

/* Sets the reply's body, and `out`; the status may be 206 or 304. */
err s3_get_reply(struct call *c, struct s3_get *get, const struct bucket *b, const struct object *o,
                 struct s3_get_object_out *out);

/* Whether to look again, in a new snapshot. */
bool s3_get_again(struct call *c, struct s3_get *get);

/* Puts what `out` says into the reply's headers: for an operation whose own output it is not. */
void s3_get_write_headers(struct call *c, const struct s3_get_object_out *out);

#endif
