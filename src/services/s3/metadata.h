/*
 * What is kept with an object and comes back as headers: the standard ones and the client's own.
 *
 * Kept as lines `Name: value` in the order they are sent back; names of the client's own with their
 * x-amz-meta- in front.
 */
#ifndef SERVICES_S3_METADATA_H
#define SERVICES_S3_METADATA_H

#include "api/call.h"
#include "models/s3.h"

enum { S3_USER_METADATA_MAX = 2048 }; /* names and values together */

struct s3_stored_metadata {
	str cache_control, content_disposition, content_encoding, content_language, content_type;
	str expires;                          /* as sent */
	str redirect_location, storage_class; /* absent: STANDARD */
	struct s3_metadata user;
	bool is_utf8;       /* the values of `user` come from a form, not from headers */
	int64_t unreadable; /* how many of the client's own cannot be shown: x-amz-missing-meta */
};

/* Checks and encodes: MetadataTooLarge, InvalidRedirectLocation, InvalidStorageClass. The client's own
 * may be RFC 2047 encoded, or raw bytes, which S3 takes for ISO-8859-1 (for UTF-8 in a form); they are
 * kept, and come back, RFC 2047 encoded where they need to be. Names become lower case. aws-chunked is
 * taken out of the content encoding. Without a content type it is binary/octet-stream. */
err s3_metadata_to_text(struct call *c, const struct s3_stored_metadata *m, str *ret);
void s3_metadata_from_text(struct arena *a, str text, struct s3_stored_metadata *ret);
str s3_storage_class_of_text(str text); /* STANDARD where there is none */

/*
 * Tags: kept as the x-amz-tagging header has them, a=b&c=d. InvalidTag for names and values that S3
 * does not take, twice the same name, more than `most` (10 of an object, 50 of a bucket).
 */
err s3_tags_from_header(struct call *c, str header, str *ret);
err s3_tags_check(struct call *c, const struct s3_tag_set *tags, size_t most);
str s3_tags_to_text(struct arena *a, const struct s3_tag_set *tags); /* absent for none */
struct s3_tag_set s3_tags_of_text(struct arena *a, str text);

/*
 * Object lock: what the headers of a new object and the bucket's default come to. InvalidRequest
 * where the bucket has none or they do not go together.
 */
struct bucket;
struct s3_lock {
	bool legal_hold, hold_is_off;
	int retention; /* enum s3_retention */
	int64_t retain_until;
};
err s3_lock_of_new(struct call *c, const struct bucket *b, str mode, struct opt_time until,
                   str legal_hold, struct s3_lock *ret);

#endif
