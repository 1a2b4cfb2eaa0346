#include "base/encoding.h"

#include "base/str.h"

#include "check.h"

struct pair {
	str plain, coded;
};

TEST(hex_is_written_in_lower_case_and_read_in_either)
{
	struct arena a = { 0 };
	unsigned char bytes[3] = { 0 };
	struct buf b;

	buf_init(&b, &a, 100);
	hex_put(&b, STR("\x00\xff\x1a"));
	expect_str(buf_str(&b), "00ff1a");
	expect(hex_decode(STR("00fF1A"), bytes, 3));
	expect_int(memcmp(bytes, "\x00\xff\x1a", 3), 0);
	arena_release(&a);
}

TEST(hex_decode_refuses_and_leaves_the_output_alone)
{
	static const char *const bad[] = { "",       "00",       "00ff1",  "00ff1a0",
		                           "00ff1g", "00ff1a00", " 0ff1a", "0x00ff" };
	unsigned char bytes[3] = { 7, 7, 7 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (hex_decode(str_from(bad[i]), bytes, 3))
			fail_msg("%s", bad[i]);
	expect_int(bytes[0], 7);
	expect(hex_decode(STR_NULL, bytes, 0));
}

TEST(base64_vectors_of_rfc_4648)
{
	static const struct pair cases[] = {
		{ STR_INIT(""), STR_INIT("") },
		{ STR_INIT("f"), STR_INIT("Zg==") },
		{ STR_INIT("fo"), STR_INIT("Zm8=") },
		{ STR_INIT("foo"), STR_INIT("Zm9v") },
		{ STR_INIT("foob"), STR_INIT("Zm9vYg==") },
		{ STR_INIT("fooba"), STR_INIT("Zm9vYmE=") },
		{ STR_INIT("foobar"), STR_INIT("Zm9vYmFy") },
		{ STR_INIT("\xfb\xff\xfe"), STR_INIT("+//+") },
		{ STR_INIT("\0\0"), STR_INIT("AAA=") },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str plain;

		expect(str_eq(base64_of(&a, cases[i].plain), cases[i].coded));
		expect(base64_decode(&a, cases[i].coded, &plain));
		expect(str_eq(plain, cases[i].plain));
	}
	arena_release(&a);
}

TEST(base64_decode_refuses_what_is_not_its_one_form)
{
	/* clang-format off */
	static const char *const bad[] = {
		"Zg",   "Zg=",      "Zg===",    "Z",     "=",        "==",   "====", "Zm9v\n", "Zm 9v",
		"Zh==", "Zm9=",     "Zg==Zg==", "-_-_",  "Zm9vY===", "Z===", "Z=g=", "Zm9v====",
		"\xc3\xa9\xc3\xa9",
	};
	/* clang-format on */
	struct arena a = { 0 };
	str plain = STR("untouched");

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (base64_decode(&a, str_from(bad[i]), &plain))
			fail_msg("%s", bad[i]);
	expect_str(plain, "untouched");
	arena_release(&a);
}

TEST(base64_of_every_length_reads_back)
{
	struct arena a = { 0 };
	char bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		str plain, coded = base64_of(&a, (str){ bytes, n });

		expect_int(coded.n, (n + 2) / 3 * 4);
		expect(base64_decode(&a, coded, &plain));
		expect(str_eq(plain, (str){ bytes, n }));
	}
	arena_release(&a);
}

TEST(uri_put_escapes_as_aws_signs)
{
	struct arena a = { 0 };
	struct buf b;

	buf_init(&b, &a, 1000);
	uri_put(&b, STR("a/b c~-_.+%\xc3\xa9*"), URI_COMPONENT);
	expect_str(buf_str(&b), "a%2Fb%20c~-_.%2B%25%C3%A9%2A");
	buf_init(&b, &a, 1000);
	uri_put(&b, STR("/a/b c"), URI_PATH);
	expect_str(buf_str(&b), "/a/b%20c");
	arena_release(&a);
}

TEST(uri_decode_knows_plus_only_in_forms)
{
	struct arena a = { 0 };
	str text;

	expect(uri_decode(&a, STR("a%2fb+c%C3%A9"), URI_PLAIN, &text));
	expect_str(text, "a/b+c\xc3\xa9");
	expect(uri_decode(&a, STR("a+b%2Bc"), URI_FORM, &text));
	expect_str(text, "a b+c");
	expect(uri_decode(&a, STR("%00"), URI_PLAIN, &text));
	expect_int(text.n, 1);
	arena_release(&a);
}

TEST(uri_decode_refuses_a_percent_without_two_digits)
{
	static const char *const bad[] = { "%", "%1", "a%", "%zz", "%1g", "%%20", "% 1" };
	struct arena a = { 0 };
	str text = STR("untouched");

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (uri_decode(&a, str_from(bad[i]), URI_PLAIN, &text))
			fail_msg("%s", bad[i]);
	expect_str(text, "untouched");
	arena_release(&a);
}

TESTS({
	RUN(hex_is_written_in_lower_case_and_read_in_either),
	RUN(hex_decode_refuses_and_leaves_the_output_alone),
	RUN(base64_vectors_of_rfc_4648),
	RUN(base64_decode_refuses_what_is_not_its_one_form),
	RUN(base64_of_every_length_reads_back),
	RUN(uri_put_escapes_as_aws_signs),
	RUN(uri_decode_knows_plus_only_in_forms),
	RUN(uri_decode_refuses_a_percent_without_two_digits),
})
