#include "base/aead.h"

#include <limits.h>
#include <openssl/evp.h>

/* struct aead is never defined: it is OpenSSL's context under our name. */
static EVP_CIPHER_CTX *context_of(struct aead *a)
{
	return (EVP_CIPHER_CTX *)a;
}

static void must(bool done)
{
	if (!done)
		abort();
}

struct aead *aead_new(const unsigned char key[AEAD_KEY_SIZE], enum aead_use use)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	must(context != NULL);
	must(EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, NULL, use == AEAD_SEAL) == 1);
	return (struct aead *)context;
}

void aead_free(struct aead *a)
{
	EVP_CIPHER_CTX_free(context_of(a));
}

static void begin(EVP_CIPHER_CTX *context, const unsigned char nonce[AEAD_NONCE_SIZE], str beside)
{
	int n;

	must(EVP_CipherInit_ex(context, NULL, NULL, NULL, nonce, /* as it is: */ -1) == 1);
	if (beside.n)
		must(EVP_CipherUpdate(context, NULL, &n, (const unsigned char *)beside.p,
		                      (int)beside.n) == 1);
}

void aead_seal(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], str beside, str plain,
               unsigned char *to)
{
	EVP_CIPHER_CTX *context = context_of(a);
	int n;

	must(plain.n <= INT_MAX && beside.n <= INT_MAX);
	begin(context, nonce, beside);
	if (plain.n)
		must(EVP_CipherUpdate(context, to, &n, (const unsigned char *)plain.p,
		                      (int)plain.n) == 1);
	must(EVP_CipherFinal_ex(context, to + plain.n, &n) == 1);
	must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_SIZE, to + plain.n) == 1);
}

bool aead_open(struct aead *a, const unsigned char nonce[AEAD_NONCE_SIZE], str beside, str sealed,
               unsigned char *to)
{
	EVP_CIPHER_CTX *context = context_of(a);
	unsigned char tag[AEAD_TAG_SIZE];
	size_t plain;
	int n;

	must(sealed.n <= INT_MAX && beside.n <= INT_MAX);
	if (sealed.n < sizeof(tag))
		return false;
	plain = sealed.n - sizeof(tag);
	memcpy(tag, sealed.p + plain, sizeof(tag));
	begin(context, nonce, beside);
	must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) == 1);
	if (plain)
		must(EVP_CipherUpdate(context, to, &n, (const unsigned char *)sealed.p,
		                      (int)plain) == 1);
	return EVP_CipherFinal_ex(context, to + plain, &n) == 1;
}
