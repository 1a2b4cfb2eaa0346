/*
 * The key that signs: derived from the secret for one day, region and service. Deriving costs four
 * HMACs, so each thread remembers the last few it was told to.
 */
#ifndef API_SIGNING_KEY_H
#define API_SIGNING_KEY_H

#include "base/base.h"
#include "base/digest.h"

/* What a key is derived for. `date` is yyyymmdd. */
struct signing_scope {
	str access_key; /* only says where to look first */
	str secret, date, region, service;
};

void signing_key_derive(const struct signing_scope *s, unsigned char key[SHA256_SIZE]);

/* From this thread's memory, which it says by true, or derived. */
bool signing_key_get(const struct signing_scope *s, unsigned char key[SHA256_SIZE]);

/* Puts a key into this thread's memory. Only for the key of a signature that was right, so that
 * nobody without a secret can push others out. */
void signing_key_remember(const struct signing_scope *s, const unsigned char key[SHA256_SIZE]);

#endif
