/*
 * Making an object: what PutObject, a browser's form, CopyObject and the end of a multipart upload have
 * in common.
 *
 *     s3_new_object_check    may it be made, and what will be kept with it
 *     s3_new_object_seal     when a body comes with the call: what it is encrypted with
 *     s3_new_object_conditions, s3_new_object_put      in the transaction
 */
#ifndef SERVICES_S3_NEW_OBJECT_H
#define SERVICES_S3_NEW_OBJECT_H

#include "services/s3/acl.h"
#include "services/s3/encryption.h"
#include "services/s3/metadata.h"

/* What the request says, in headers or in a form. */
struct s3_new_headers {
	struct s3_stored_metadata metadata;
	str tagging; /* as x-amz-tagging has it; absent: none */
	str acl;     /* canned */
	struct acl_headers grants;
	str lock_mode, legal_hold;
	struct opt_time retain_until;
	struct s3_encryption_headers encryption;
	str if_match, if_none_match;
	str expected_owner;
};

struct s3_new_object {
	struct bucket bucket;
	str key;
	str metadata, tags, acl, owner; /* as they are stored */
	struct s3_lock lock;
};

/* In a snapshot or a transaction, before the body and again behind it. */
err s3_new_object_check(struct call *c, str bucket, str key, const struct s3_new_headers *headers,
                        struct s3_new_object *ret);

/* KeyTooLongError, InvalidURI. */
err s3_check_key_error(struct call *c, str key);

/* Only for the actions and the headers; the bucket is found already: CreateMultipartUpload. */
err s3_new_object_allow(struct call *c, const struct bucket *b, str key,
                        const struct s3_new_headers *headers, struct s3_new_object *ret);

/* Before the body: sets c->body->seal and c->body->checksums. */
err s3_new_object_seal(struct call *c, const struct s3_new_object *new,
                       const struct s3_new_headers *headers);

/* Of what the head of a request with a body says: MissingContentLength, EntityTooLarge. */
err s3_check_announced_size(struct call *c);

/* Of a body of this size. EntityTooLarge. */
err s3_check_put_size(struct call *c, int64_t size);

/* If-Match and If-None-Match against what is there: PreconditionFailed, NoSuchKey. */
err s3_new_object_conditions(struct call *c, const struct s3_new_object *new,
                             const struct s3_new_headers *headers);

/* In a transaction, behind the conditions: in *o, the caller has filled etag, checksum, content and parts;
 * the rest is filled here. */
void s3_new_object_put(struct call *c, const struct s3_new_object *new, struct object *o);

/* All of it, with the call's body as the content: PutObject and the form. */
err s3_new_object_put_body(struct call *c, const struct s3_new_object *new,
                           const struct s3_new_headers *headers, struct object *ret);

/* The version id as the reply to a write has it: not that of a null version. */
static inline str s3_new_version_shown(struct arena *a, const struct object *o)
{
	return o->nonce ? s3_id_text(a, o->sequence, o->nonce) : STR_NULL;
}

/* An entity tag that is no MD5, as objects with a client's key have. */
str s3_opaque_etag(struct arena *a);
str s3_md5_etag(struct arena *a, const unsigned char md5[MD5_SIZE]);

/* The time of an object is kept in whole seconds, so that all views of it agree. */
static inline int64_t s3_in_seconds(int64_t milliseconds)
{
	return milliseconds - milliseconds % 1000;
}

#endif
