#include "services/s3/cipher.h"

#include "base/aead.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/str.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NONCE_SIZE = AEAD_NONCE_SIZE,
	STORED_SEGMENT = CIPHER_SEGMENT + CIPHER_TAG_SIZE,
	WRAPPED_VERSION = 1,
	/* version, nonce, sealed key and salt, tag */
	WRAPPED_BODY = CIPHER_KEY_SIZE + CIPHER_SALT_SIZE,
	WRAPPED_SIZE = 1 + NONCE_SIZE + WRAPPED_BODY + CIPHER_TAG_SIZE,
	MARK_SALT = CIPHER_MARK_SIZE - SHA256_SIZE,
};

void cipher_wipe_wrapping_key(struct cipher_wrapping_key *k)
{
	explicit_bzero(k, sizeof(*k));
}

void cipher_wipe_key(struct cipher_key *k)
{
	explicit_bzero(k, sizeof(*k));
}

static void free_aead(void *aead)
{
	aead_free(aead);
}

/*
 * Keys.
 */

/* By link, which does not replace what another process made meanwhile. */
static int make_master_key(const char *folder, const char *path, const char *temporary)
{
	struct cipher_wrapping_key k;
	AUTO_CLOSE fd = -1;
	int e;

	if (unlink(temporary) < 0 && errno != ENOENT)
		return -errno;
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	random_bytes(k.bytes, sizeof(k.bytes));
	e = file_write_all(fd, (str){ (const char *)k.bytes, sizeof(k.bytes) });
	cipher_wipe_wrapping_key(&k);
	if (!e)
		e = file_sync(fd);
	if (!e && link(temporary, path) < 0 && errno != EEXIST)
		e = -errno;
	unlink(temporary);
	return e ? e : file_sync_folder(folder);
}

int cipher_master_key(const char *folder, bool may_make, struct cipher_wrapping_key *ret)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	const char *path = arena_printf(&a, "%s/s3-master.key%c", folder, 0).p;
	const char *temporary = arena_printf(&a, "%s/s3-master.key.new%c", folder, 0).p;
	AUTO_CLOSE fd = open(path, O_RDONLY | O_CLOEXEC);
	struct cipher_wrapping_key k;
	struct stat status;
	int e;

	if (fd < 0 && errno == ENOENT && may_make) {
		e = make_master_key(folder, path, temporary);
		if (e)
			return e;
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size != CIPHER_KEY_SIZE ||
	    read(fd, k.bytes, sizeof(k.bytes)) != CIPHER_KEY_SIZE)
		return -EBADMSG;
	*ret = k;
	cipher_wipe_wrapping_key(&k);
	return 0;
}

static struct refusal *refuse_customer(struct arena *a, const char *text)
{
	struct refusal *r = refuse(a, 400, "InvalidArgument", "%s", text);

	refusal_with(r, "ArgumentName", STR("x-amz-server-side-encryption"));
	return refusal_with(r, "ArgumentValue", STR("null"));
}

#define REQUESTS \
	"Requests specifying Server Side Encryption with Customer provided keys must provide "

const struct refusal *cipher_customer_key(struct arena *a, const struct cipher_customer_headers *h,
                                          struct cipher_wrapping_key *ret)
{
	unsigned char md5[MD5_SIZE];
	struct refusal *r;
	str key, sum;

	if (!h->algorithm.n)
		return refuse_customer(a, REQUESTS "a valid encryption algorithm.");
	if (!h->key.n)
		return refuse_customer(a, REQUESTS "an appropriate secret key.");
	if (!h->key_md5.n)
		return refuse_customer(a, REQUESTS "the client calculated MD5 of the secret key.");
	if (!str_eq(h->algorithm, STR("AES256"))) {
		r = refuse(a, 400, "InvalidEncryptionAlgorithmError",
		           "The Encryption request you specified is not valid. Supported value: "
		           "AES256.");
		refusal_with(r, "ArgumentName", STR("x-amz-server-side-encryption"));
		return refusal_with(r, "ArgumentValue", refusal_excerpt(h->algorithm));
	}
	if (!base64_decode(a, h->key, &key) || key.n != CIPHER_KEY_SIZE)
		return refuse_customer(a,
		                       "The secret key was invalid for the specified algorithm.");
	digest_of(DIGEST_MD5, key, md5);
	if (!base64_decode(a, h->key_md5, &sum) ||
	    !secret_eq(sum, (str){ (const char *)md5, sizeof(md5) })) {
		explicit_bzero((void *)(uintptr_t)key.p, key.n);
		return refuse_customer(a, "The calculated MD5 hash of the key did not match the "
		                          "hash that was provided.");
	}
	memcpy(ret->bytes, key.p, CIPHER_KEY_SIZE);
	explicit_bzero((void *)(uintptr_t)key.p, key.n); /* our own decoded copy */
	return NULL;
}

static void mark_with_salt(const struct cipher_wrapping_key *k, const unsigned char salt[MARK_SALT],
                           unsigned char to[SHA256_SIZE])
{
	hmac_sha256((str){ (const char *)k->bytes, sizeof(k->bytes) },
	            (str){ (const char *)salt, MARK_SALT }, to);
}

void cipher_mark(const struct cipher_wrapping_key *k, unsigned char ret[CIPHER_MARK_SIZE])
{
	random_bytes(ret, MARK_SALT);
	mark_with_salt(k, ret, ret + MARK_SALT);
}

bool cipher_mark_matches(const struct cipher_wrapping_key *k, str mark)
{
	unsigned char expected[SHA256_SIZE];

	if (mark.n != CIPHER_MARK_SIZE)
		return false;
	mark_with_salt(k, (const unsigned char *)mark.p, expected);
	return secret_eq((str){ (const char *)expected, sizeof(expected) },
	                 str_after(mark, MARK_SALT));
}

void cipher_make_key(struct cipher_key *ret)
{
	random_bytes(ret->bytes, sizeof(ret->bytes));
	random_bytes(ret->salt, sizeof(ret->salt));
}

str cipher_wrap(struct arena *a, const struct cipher_key *key, const struct cipher_wrapping_key *by,
                str context)
{
	unsigned char *out = arena_alloc(a, WRAPPED_SIZE), plain[WRAPPED_BODY];
	struct aead *cipher = aead_new(by->bytes, AEAD_SEAL);

	memcpy(plain, key->bytes, CIPHER_KEY_SIZE);
	memcpy(plain + CIPHER_KEY_SIZE, key->salt, CIPHER_SALT_SIZE);
	out[0] = WRAPPED_VERSION;
	random_bytes(out + 1, NONCE_SIZE);
	aead_seal(cipher, out + 1, context, (str){ (const char *)plain, sizeof(plain) },
	          out + 1 + NONCE_SIZE);
	aead_free(cipher);
	explicit_bzero(plain, sizeof(plain));
	return (str){ (const char *)out, WRAPPED_SIZE };
}

bool cipher_unwrap(str wrapped, const struct cipher_wrapping_key *by, str context,
                   struct cipher_key *ret)
{
	const unsigned char *in = (const unsigned char *)wrapped.p;
	unsigned char plain[WRAPPED_BODY];
	struct aead *cipher;
	bool right;

	if (wrapped.n != WRAPPED_SIZE || in[0] != WRAPPED_VERSION)
		return false;
	cipher = aead_new(by->bytes, AEAD_OPEN);
	right = aead_open(cipher, in + 1, context, str_after(wrapped, 1 + NONCE_SIZE), plain);
	aead_free(cipher);
	if (right) {
		memcpy(ret->bytes, plain, CIPHER_KEY_SIZE);
		memcpy(ret->salt, plain + CIPHER_KEY_SIZE, CIPHER_SALT_SIZE);
	}
	explicit_bzero(plain, sizeof(plain));
	return right;
}

/*
 * Segments.
 */

static int64_t segments_of(int64_t size, int64_t segment)
{
	return size ? (size - 1) / segment + 1 : 1;
}

int64_t cipher_stored_size(int64_t plain)
{
	return plain + CIPHER_TAG_SIZE * segments_of(plain, CIPHER_SEGMENT);
}

int64_t cipher_plain_size(int64_t stored)
{
	int64_t plain;

	if (stored < CIPHER_TAG_SIZE)
		return -1;
	plain = stored - CIPHER_TAG_SIZE * segments_of(stored, STORED_SEGMENT);
	return plain >= 0 && cipher_stored_size(plain) == stored ? plain : -1;
}

static void segment_nonce(const unsigned char salt[CIPHER_SALT_SIZE], uint32_t number, bool last,
                          unsigned char to[NONCE_SIZE])
{
	memcpy(to, salt, CIPHER_SALT_SIZE);
	for (int i = 0; i < 4; i++)
		to[CIPHER_SALT_SIZE + i] = (unsigned char)(number >> (24 - 8 * i));
	to[NONCE_SIZE - 1] = last;
}

struct cipher_writer {
	struct aead *cipher;
	unsigned char salt[CIPHER_SALT_SIZE];
	uint32_t number;
	cipher_sink *sink;
	void *app;
	int failure;
	bool ended;
	size_t n; /* of plain; full, it waits for a byte more, or for the end, which makes it last */
	char plain[CIPHER_SEGMENT];
	unsigned char sealed[STORED_SEGMENT];
};

struct cipher_writer *cipher_writer_new(struct arena *a, const struct cipher_key *key,
                                        cipher_sink *sink, void *app)
{
	struct cipher_writer *w = arena_new(a, struct cipher_writer);

	w->cipher = aead_new(key->bytes, AEAD_SEAL);
	arena_defer(a, free_aead, w->cipher);
	memcpy(w->salt, key->salt, sizeof(w->salt));
	w->sink = sink;
	w->app = app;
	return w;
}

static void put_segment(struct cipher_writer *w, str plain, bool last)
{
	unsigned char nonce[NONCE_SIZE];

	/* 256 TiB: fifty times what S3 takes, and a nonce must not come twice. */
	assert(w->number < UINT32_MAX);
	segment_nonce(w->salt, w->number++, last, nonce);
	aead_seal(w->cipher, nonce, STR(""), plain, w->sealed);
	w->failure = w->sink(w->app, (str){ (const char *)w->sealed, plain.n + CIPHER_TAG_SIZE });
}

int cipher_writer_feed(struct cipher_writer *w, str plain)
{
	assert(!w->ended);
	while (plain.n && !w->failure) {
		size_t now = MIN(plain.n, CIPHER_SEGMENT - w->n);

		if (now == 0) {
			put_segment(w, (str){ w->plain, w->n }, /* last= */ false);
			w->n = 0;
			continue;
		}
		memcpy(w->plain + w->n, plain.p, now);
		w->n += now;
		plain = str_after(plain, now);
	}
	return w->failure;
}

int cipher_writer_end(struct cipher_writer *w)
{
	assert(!w->ended);
	w->ended = true;
	if (!w->failure)
		put_segment(w, (str){ w->plain, w->n }, /* last= */ true);
	return w->failure;
}

struct cipher_reader {
	struct aead *cipher;
	unsigned char salt[CIPHER_SALT_SIZE];
	int64_t size, segments; /* plain; size is -1 when no sealed body is that long */
	cipher_read_at *read_at;
	void *app;
	int64_t opened; /* the segment in `plain`; -1: none */
	unsigned char plain[CIPHER_SEGMENT];
	unsigned char sealed[STORED_SEGMENT];
};

struct cipher_reader *cipher_reader_new(struct arena *a, const struct cipher_key *key,
                                        int64_t stored_size, cipher_read_at *read_at, void *app)
{
	struct cipher_reader *r = arena_new(a, struct cipher_reader);

	r->cipher = aead_new(key->bytes, AEAD_OPEN);
	arena_defer(a, free_aead, r->cipher);
	memcpy(r->salt, key->salt, sizeof(r->salt));
	r->size = cipher_plain_size(stored_size);
	r->segments = segments_of(MAX(r->size, 0), CIPHER_SEGMENT);
	r->read_at = read_at;
	r->app = app;
	r->opened = -1;
	return r;
}

static int open_segment(struct cipher_reader *r, int64_t number)
{
	bool last = number == r->segments - 1;
	size_t n = last ? (size_t)(r->size - number * CIPHER_SEGMENT) : (size_t)CIPHER_SEGMENT;
	unsigned char nonce[NONCE_SIZE];
	int e;

	if (r->opened == number)
		return 0;
	r->opened = -1;
	if (number > UINT32_MAX)
		return -EBADMSG;
	e = r->read_at(r->app, number * STORED_SEGMENT, r->sealed, n + CIPHER_TAG_SIZE);
	if (e)
		return e;
	segment_nonce(r->salt, (uint32_t)number, last, nonce);
	if (!aead_open(r->cipher, nonce, STR(""),
	               (str){ (const char *)r->sealed, n + CIPHER_TAG_SIZE }, r->plain))
		return -EBADMSG;
	r->opened = number;
	return 0;
}

int cipher_read(struct cipher_reader *r, int64_t offset, void *to, size_t n)
{
	char *out = to;

	if (r->size < 0)
		return -EBADMSG;
	if (offset < 0 || offset > r->size || n > (uint64_t)(r->size - offset))
		return -EINVAL;
	if (r->size == 0)
		return open_segment(r, 0); /* empty must have been meant */
	while (n) {
		size_t within = (size_t)(offset % CIPHER_SEGMENT);
		size_t now = MIN(n, CIPHER_SEGMENT - within);
		int e = open_segment(r, offset / CIPHER_SEGMENT);

		if (e)
			return e;
		memcpy(out, r->plain + within, now);
		out += now;
		offset += (int64_t)now;
		n -= now;
	}
	return 0;
}
