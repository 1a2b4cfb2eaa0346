/*
 * AES-256-GCM, on OpenSSL's libcrypto: encryption that notices when what it opens is not what it
 * sealed. A nonce must never come twice with one key. Its only failure but that is out of memory,
 * which ends the process.
 */
#ifndef BASE_AEAD_H
#define BASE_AEAD_H

#include "base/base.h"

enum { AEAD_KEY_SIZE = 32, AEAD_NONCE_SIZE = 12, AEAD_TAG_SIZE = 16 };
enum aead_use { AEAD_SEAL, AEAD_OPEN };

/* Owned object, of one thread at a time. It keeps the key, and freeing wipes that. */
struct aead;
struct aead *aead_new(const unsigned char key[AEAD_KEY_SIZE], enum aead_use use);
void aead_free(struct aead *a);

/* `to` gets the sealed bytes and the tag. `beside` is not kept, but opening demands the same. */
void aead_seal(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], str beside, str plain,
               unsigned char *to);

/* `sealed` has its tag at the end. When this is false, what is in `to` is not to be used. */
bool aead_open(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], str beside, str sealed,
               unsigned char *to) MUST_CHECK;

#endif
