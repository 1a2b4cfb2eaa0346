#include "base/digest.h"

#include "base/encoding.h"
#include "base/str.h"

#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

static void expect_digest(enum digest_kind kind, str bytes, const char *want)
{
	unsigned char out[DIGEST_MAX];
	char hex[2 * DIGEST_MAX];

	digest_of(kind, bytes, out);
	hex_to(hex, out, digest_size(kind));
	expect_str(((str){ hex, 2 * digest_size(kind) }), want);
}

TEST(digest_vectors)
{
	expect_digest(DIGEST_MD5, STR_NULL, "d41d8cd98f00b204e9800998ecf8427e");
	expect_digest(DIGEST_MD5, STR("abc"), "900150983cd24fb0d6963f7d28e17f72");
	expect_digest(DIGEST_SHA1, STR("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	expect_digest(DIGEST_SHA256, STR_NULL,
	              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_digest(DIGEST_SHA256, STR("abc"),
	              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(digest_in_pieces_is_that_of_the_whole)
{
	static const enum digest_kind kinds[] = { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };
	char bytes[1000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 13);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		unsigned char whole[DIGEST_MAX], pieces[DIGEST_MAX];
		struct digest *d = digest_new(kinds[i]);

		digest_of(kinds[i], (str){ bytes, sizeof(bytes) }, whole);
		digest_update(d, STR_NULL);
		for (size_t at = 0; at < sizeof(bytes); at += 100)
			digest_update(d, (str){ bytes + at, 100 });
		digest_finish(d, pieces);
		expect_int(memcmp(whole, pieces, digest_size(kinds[i])), 0);
	}
	digest_free(digest_new(DIGEST_MD5));
	digest_free(NULL);
}

static void expect_hmac(str key, str bytes, const char *want)
{
	unsigned char out[SHA256_SIZE];
	char hex[2 * SHA256_SIZE];

	hmac_sha256(key, bytes, out);
	hex_to(hex, out, sizeof(out));
	expect_str(((str){ hex, sizeof(hex) }), want);
}

TEST(hmac_sha256_vectors_of_rfc_4231)
{
	char key[131], data[50];

	memset(key, 0x0b, 20);
	expect_hmac((str){ key, 20 }, STR("Hi There"),
	            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	expect_hmac(STR("Jefe"), STR("what do ya want for nothing?"),
	            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	expect_hmac((str){ key, 20 }, (str){ data, 50 },
	            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	expect_hmac((str){ key, 131 },
	            STR("Test Using Larger Than Block-Size Key - Hash Key First"),
	            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	expect_hmac(STR(""), STR(""),
	            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(secret_eq_compares_length_and_bytes)
{
	expect(secret_eq(STR("same"), STR("same")));
	expect(!secret_eq(STR("same"), STR("sane")));
	expect(!secret_eq(STR("same"), STR("sam")));
	expect(secret_eq(STR_NULL, STR("")));
}

TEST(random_hex_fills_exactly_n_digits)
{
	for (size_t n = 0; n <= 130; n++) {
		char text[140];

		memset(text, '!', sizeof(text));
		random_hex(text, n);
		for (size_t i = 0; i < n; i++)
			expect(ascii_is_hex(text[i]) && !(text[i] >= 'A' && text[i] <= 'F'));
		expect_int(text[n], '!');
	}
}

TEST(random_uuid_is_version_4_and_new_each_time)
{
	char first[36], second[36];

	random_uuid(first);
	random_uuid(second);
	expect(memcmp(first, second, 36) != 0);
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		expect(dash ? first[i] == '-' : ascii_is_hex(first[i]));
	}
	expect_int(first[14], '4');
	expect(first[19] == '8' || first[19] == '9' || first[19] == 'a' || first[19] == 'b');
}

TEST(random_bytes_of_a_child_are_not_its_parents)
{
	unsigned char mine[16], childs[16];
	int ends[2];
	pid_t child;

	random_bytes(mine, 1); /* so that there is a stock to share */
	assert_int_equal(pipe(ends), 0);
	child = fork();
	random_bytes(mine, sizeof(mine));
	if (child == 0)
		_exit(write(ends[1], mine, sizeof(mine)) == sizeof(mine) ? 0 : 1);
	assert_int_equal(read(ends[0], childs, sizeof(childs)), sizeof(childs));
	expect(memcmp(mine, childs, sizeof(mine)) != 0);
	close(ends[0]);
	close(ends[1]);
	waitpid(child, NULL, 0);
}

TESTS({
	RUN(digest_vectors),
	RUN(digest_in_pieces_is_that_of_the_whole),
	RUN(hmac_sha256_vectors_of_rfc_4231),
	RUN(secret_eq_compares_length_and_bytes),
	RUN(random_hex_fills_exactly_n_digits),
	RUN(random_bytes_of_a_child_are_not_its_parents),
	RUN(random_uuid_is_version_4_and_new_each_time),
})
