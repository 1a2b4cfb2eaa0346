/*
 * The bytes of objects: keeping a body that was sent, replying with one, copying one.
 */
#ifndef SERVICES_S3_CONTENT_H
#define SERVICES_S3_CONTENT_H

#include "services/s3/encryption.h"
#include "services/s3/object.h"

/* In a transaction: makes the call's body a content, in a row or as a blob. `sealing` is NULL for a
 * plain one, otherwise what the body was sealed with (s3_seal_body). */
void s3_content_keep(struct call *c, const struct s3_sealing *sealing, struct content *ret);

/* In a snapshot: sets the reply's body to `length` bytes at `first` of the content; from then on the
 * reply does not need the snapshot, and gets them whatever becomes of the object. `key` opens an
 * encrypted one (s3_key_of). -ENOENT: it is gone; call_look_again and find the object anew. Other
 * failures are logged and InternalError. */
int s3_content_reply(struct call *c, const struct content *content,
                     const struct s3_reading_key *key, int64_t first, int64_t length, int status);

/*
 * In a slow handler: reads a content into a new one, piece by piece. A whole plain blob is not copied
 * but linked.
 */
struct s3_copy {
	const struct content *from;
	const struct s3_reading_key *from_key;
	int64_t first, length;
	const struct encryption *encryption; /* of the new one */
	str context;                         /* see s3_seal_body */
	unsigned checksums;                  /* enum checksum_wanted: what to compute; 0: nothing */
	enum checksum_algorithm algorithm;   /* to compute as well; CHECKSUM_NONE: none */
};

/* The copied bytes: a text, or a sealed blob, until s3_copied_keep in the transaction that names it. It
 * goes away with the call unless it is kept. */
struct s3_copied {
	int64_t size;
	str text;
	struct blob_writer *blob;
	const struct s3_sealing *sealing;
	unsigned char md5[MD5_SIZE];
	str checksum; /* base64, of the algorithm */
	bool is_gone; /* why it failed: the source was dropped meanwhile, and is to be found anew */
};

err s3_content_copy(struct call *c, const struct s3_copy *copy, struct s3_copied *ret);
void s3_copied_keep(struct call *c, const struct s3_copied *copied, struct content *ret);

#endif
