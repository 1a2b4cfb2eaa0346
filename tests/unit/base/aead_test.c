#include "check.h"

#include "base/aead.h"
#include "base/encoding.h"

/* Test case 16 of the GCM specification (McGrew and Viega): AES-256 with data beside. */
#define KEY    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define NONCE  "cafebabefacedbaddecaf888"
#define BESIDE "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define PLAIN                                                              \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define SEALED                                                             \
	"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" \
	"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"         \
	"76fc6ece0f4e1768cddf8853bb2d551b"

TEST(aead_seals_as_specified_and_opens_only_that)
{
	unsigned char key[32], nonce[12], beside[20], plain[60], sealed[76], want[76], back[60];
	str aside = { (const char *)beside, sizeof(beside) };
	struct aead *a;

	expect(hex_decode(STR(KEY), key, 32) && hex_decode(STR(NONCE), nonce, 12) &&
	       hex_decode(STR(BESIDE), beside, 20) && hex_decode(STR(PLAIN), plain, 60) &&
	       hex_decode(STR(SEALED), want, 76));
	a = aead_new(key, AEAD_SEAL);
	aead_seal(a, nonce, aside, (str){ (const char *)plain, 60 }, sealed);
	aead_free(a);
	assert_memory_equal(sealed, want, 76);

	a = aead_new(key, AEAD_OPEN);
	expect(aead_open(a, nonce, aside, (str){ (const char *)sealed, 76 }, back));
	assert_memory_equal(back, plain, 60);
	expect(!aead_open(a, nonce, STR(""), (str){ (const char *)sealed, 76 }, back));
	expect(!aead_open(a, nonce, aside, (str){ (const char *)sealed, 75 }, back));
	expect(!aead_open(a, nonce, aside, (str){ (const char *)sealed, 15 }, back));
	sealed[0] ^= 1;
	expect(!aead_open(a, nonce, aside, (str){ (const char *)sealed, 76 }, back));
	aead_free(a);
	aead_free(NULL);
}

TESTS({
	RUN(aead_seals_as_specified_and_opens_only_that),
})
