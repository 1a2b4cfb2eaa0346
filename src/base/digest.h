/*
 * Hashes, HMAC, random bytes and comparing secrets, on OpenSSL's libcrypto.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/base.h"

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };

enum { DIGEST_MAX = 32, MD5_SIZE = 16, SHA1_SIZE = 20, SHA256_SIZE = 32 };

size_t digest_size(enum digest_kind kind);

/* One shot; `out` gets digest_size(kind) bytes. */
void digest_of(enum digest_kind kind, str bytes, unsigned char *out);
void hmac_sha256(str key, str bytes, unsigned char out[SHA256_SIZE]);

/* Piecewise, for streams. Owned object: finish or free. */
struct digest;
struct digest *digest_new(enum digest_kind kind);
void digest_update(struct digest *d, str bytes);
void digest_finish(struct digest *d, unsigned char *out); /* and frees it */
void digest_free(struct digest *d);

/* Takes the same time whatever the contents; lengths are not secret. */
bool secret_eq(str a, str b);

void random_bytes(void *out, size_t n);
void random_hex(char *out, size_t n); /* n lower-case hex digits, no NUL */
void random_uuid(char out[36]);       /* version 4, no NUL */

#endif
