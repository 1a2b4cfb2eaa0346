/*
 * Which encryption an object gets and how it is opened: from the headers of a request, the bucket's
 * default and what is stored, to the keys of cipher.h.
 */
#ifndef SERVICES_S3_ENCRYPTION_H
#define SERVICES_S3_ENCRYPTION_H

#include "services/s3/cipher.h"
#include "services/s3/object.h"

/* The headers of a write, absent where not sent. */
struct s3_encryption_headers {
	str sse; /* x-amz-server-side-encryption */
	str kms_key_id, kms_context;
	bool bucket_key;
	struct cipher_customer_headers customer;
};

struct encryption {
	enum s3_encryption_kind kind;
	struct cipher_wrapping_key *key; /* the master key, or the client's; wiped with the arena */
	str customer_algorithm, customer_key_md5; /* of SSE-C: replies repeat them */
};

/* What a write gets: what its headers say, else the bucket's default, else nothing. aws:kms and
 * aws:kms:dsse are NotImplemented, by name; a combination that S3 refuses is refused. */
err s3_encryption_wanted(struct call *c, const struct bucket *b,
                         const struct s3_encryption_headers *headers, struct encryption *ret);

/* The same for a part: of the kind that its upload was begun with. */
err s3_encryption_of_upload(struct call *c, enum s3_encryption_kind kind, str key_mark,
                            const struct cipher_customer_headers *customer, struct encryption *ret);

/* What a body is sealed with while it comes. */
struct s3_sealing {
	enum s3_encryption_kind kind;
	str wrapped_key, key_mark;
};

/* Seals what comes: sets c->body->seal. `context` says whose body it is ("BUCKET/KEY"), and is
 * demanded again to read it. NULL for a plain one. */
const struct s3_sealing *s3_seal_body(struct call *c, const struct encryption *encryption,
                                      str context);

/* What s3_seal_body said of the call's body, or NULL: for the handler. */
const struct s3_sealing *s3_sealing_of_body(const struct call *c);

/* The same for a body that does not come with the call: a new key, which the caller wipes. */
struct s3_sealing s3_sealing_new(struct arena *a, const struct encryption *encryption, str context,
                                 struct cipher_key *ret);

/* The context of an object's body. */
str s3_seal_context(struct arena *a, const struct bucket *b, str key);

/* What opens a body: nothing for a plain one. */
struct s3_reading_key {
	enum s3_encryption_kind kind;
	struct cipher_wrapping_key *key; /* wiped with the arena; NULL for a plain one */
	str context;
};

/* InvalidRequest where the client's key is missing or not applicable, AccessDenied where it is another.
 * `customer` are the x-amz-server-side-encryption-customer-* headers, or those of the copy source. */
err s3_reading_key_of(struct call *c, const struct bucket *b, const struct object *o,
                      const struct cipher_customer_headers *customer, struct s3_reading_key *ret);

/* The master key of the program's data directory, made when it is first needed. */
err s3_master_key(struct call *c, struct cipher_wrapping_key *ret);

#endif
