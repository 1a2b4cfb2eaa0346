/*
 * Encryption at rest: what SSE-S3 and SSE-C do to the body of an object.
 *
 * Each body has a random key of its own, which is stored beside it, wrapped: by the program's master
 * key (SSE-S3) or by the key that the client sends each time and nobody keeps (SSE-C). The body is
 * cut into segments of 64 KiB, each sealed with AES-256-GCM under a nonce made of the body's salt,
 * the segment's number and whether it is the last. So any range can be read by opening only the
 * segments it touches, and a byte that was changed, a segment that was moved and an end that was cut
 * off are all noticed. An empty body is one empty segment.
 */
#ifndef SERVICES_S3_CIPHER_H
#define SERVICES_S3_CIPHER_H

#include "api/refusal.h"

enum {
	CIPHER_KEY_SIZE = 32,
	CIPHER_SALT_SIZE = 7,
	CIPHER_TAG_SIZE = 16,
	CIPHER_SEGMENT = 64 * 1024, /* plain; stored, it has its tag behind it */
	CIPHER_MARK_SIZE = 48,
};

/* A key that wraps: the master key, or a client's. */
struct cipher_wrapping_key {
	unsigned char bytes[CIPHER_KEY_SIZE];
};

/* What one body is sealed with. */
struct cipher_key {
	unsigned char bytes[CIPHER_KEY_SIZE];
	unsigned char salt[CIPHER_SALT_SIZE];
};

/* Whoever holds one of the two wipes it when it is done. Readers and writers keep copies, which go
 * with their arena. */
void cipher_wipe_wrapping_key(struct cipher_wrapping_key *k);
void cipher_wipe_key(struct cipher_key *k);

/*
 * Where keys come from.
 */

/* The master key: the file s3-master.key of the folder. With `may_make`, a missing one is made: only
 * while nothing is encrypted yet, since a new key opens nothing that an old one sealed. Returns 0 or
 * a negative errno; -EBADMSG when the file is no key. */
int cipher_master_key(const char *folder, bool may_make, struct cipher_wrapping_key *ret);

/* The three headers of SSE-C, absent where not sent; the caller has looked that one is there, at
 * least. NULL when all is well, otherwise S3's refusal. */
struct cipher_customer_headers {
	str algorithm, key, key_md5;
};
const struct refusal *cipher_customer_key(struct arena *a, const struct cipher_customer_headers *h,
                                          struct cipher_wrapping_key *ret) MUST_CHECK;

/* What is stored to tell a wrong client's key from a damaged body: a salted HMAC of the key. */
void cipher_mark(const struct cipher_wrapping_key *k, unsigned char ret[CIPHER_MARK_SIZE]);
bool cipher_mark_matches(const struct cipher_wrapping_key *k, str mark);

/* A new random key for one body, and never for a second. */
void cipher_make_key(struct cipher_key *ret);

/* The wrapped key, to be stored. `context` says what it belongs to, a blob's id for instance; it is
 * not kept, and unwrapping demands the same. */
str cipher_wrap(struct arena *a, const struct cipher_key *key, const struct cipher_wrapping_key *by,
                str context);
bool cipher_unwrap(str wrapped, const struct cipher_wrapping_key *by, str context,
                   struct cipher_key *ret) MUST_CHECK;

/*
 * Sizes. cipher_plain_size is -1 for a size that no sealed body has.
 */
int64_t cipher_stored_size(int64_t plain);
int64_t cipher_plain_size(int64_t stored);

/*
 * Writing, in pieces of any size. The sink's failure, a negative errno, is what both return from
 * then on. A body is only whole when cipher_writer_end was called, once.
 */
typedef int cipher_sink(void *app, str bytes);

struct cipher_writer; /* lives in the arena */
struct cipher_writer *cipher_writer_new(struct arena *a, const struct cipher_key *key,
                                        cipher_sink *sink, void *app);
int cipher_writer_feed(struct cipher_writer *w, str plain);
int cipher_writer_end(struct cipher_writer *w);

/*
 * Reading any range, in any order. `read_at` reads exactly n bytes and returns 0 or a negative errno.
 * The last segment is kept open, so that reading on in small pieces opens each segment once.
 */
typedef int cipher_read_at(void *app, int64_t offset, void *to, size_t n);

struct cipher_reader; /* lives in the arena; of one thread at a time */
struct cipher_reader *cipher_reader_new(struct arena *a, const struct cipher_key *key,
                                        int64_t stored_size, cipher_read_at *read_at, void *app);

/* All n bytes at `offset` of the plain body, or a negative errno: -EBADMSG when the body is not what
 * was sealed, -EINVAL for a range outside of it. After a failure nothing in `to` is to be used. */
int cipher_read(struct cipher_reader *r, int64_t offset, void *to, size_t n);

#endif
