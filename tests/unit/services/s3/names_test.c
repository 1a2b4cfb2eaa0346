#include "check.h"

#include "services/s3/names.h"

static str repeated(char *out, char c, size_t n)
{
	memset(out, c, n);
	return (str){ out, n };
}

TEST(s3_bucket_names_follow_the_rules_for_general_purpose_buckets)
{
	static const struct {
		const char *name;
		bool valid;
	} rows[] = {
		{ "docexamplebucket1", true },
		{ "log-delivery-march-2020", true },
		{ "my-hosted-content", true },
		{ "docexamplewebsite.com", true },
		{ "www.docexamplewebsite.com", true },
		{ "my.example.s3.bucket", true },
		{ "abc", true },
		{ "1-2", true },
		{ "a--b", true },
		{ "123", true },
		{ "1.2.3", true },
		{ "1.2.3.4.5", true },
		{ "1.2.3.4a", true },
		{ "1234.2.3.4", true },
		{ "xn-abc", true },
		{ "sthree", true },
		{ "s3alias", true },
		{ "mrap", true },
		{ "my-mrap", true },
		{ "", false },
		{ "ab", false },
		{ "doc_example_bucket", false },
		{ "DocExampleBucket", false },
		{ "doc-example-bucket-", false },
		{ "-doc", false },
		{ ".doc", false },
		{ "doc.", false },
		{ "example..com", false },
		{ "example.-com", false },
		{ "example-.com", false },
		{ "has space", false },
		{ "has/slash", false },
		{ "b\xc3\xbc"
		  "cket",
		  false },
		{ "192.168.5.4", false },
		{ "999.999.999.999", false },
		{ "0.0.0.0", false },
		{ "xn--abc", false },
		{ "sthree-abc", false },
		{ "sthree-configurator", false },
		{ "amzn-s3-demo-bucket", false },
		{ "abc-s3alias", false },
		{ "abc--ol-s3", false },
		{ "abc.mrap", false },
		{ "abc--use1-az4--x-s3", false },
		{ "abc--table-s3", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (s3_bucket_name_valid(str_from(rows[i].name)) != rows[i].valid)
			fail_msg("%s: want %d", rows[i].name, rows[i].valid);
}

TEST(s3_bucket_names_end_at_63_characters)
{
	char text[64];

	expect(s3_bucket_name_valid(repeated(text, 'a', 63)));
	expect(!s3_bucket_name_valid(repeated(text, 'a', 64)));
	expect(!s3_bucket_name_valid((str){ "a\0b", 3 }));
	expect(!s3_bucket_name_valid(STR_NULL));
}

TEST(s3_names_are_refused_in_awss_words)
{
	char text[1025];

	expect_str(s3_check_bucket_name(STR("No")).code, "InvalidBucketName");
	expect_str(s3_check_bucket_name(STR("No")).message, "The specified bucket is not valid.");
	expect(!s3_check_bucket_name(STR("yes")).code.p);
	expect_str(s3_check_key(repeated(text, 'k', 1025)).code, "KeyTooLongError");
	expect_str(s3_check_key(repeated(text, 'k', 1025)).message, "Your key is too long");
	expect(!s3_check_key(repeated(text, 'k', 1024)).code.p);
	expect_str(s3_check_key(STR("\xff")).code, "InvalidURI");
}

TEST(s3_keys_are_any_utf8_of_1024_bytes)
{
	char text[1025];

	expect(s3_key_valid(STR("k")));
	expect(s3_key_valid(STR("/a//b/")));
	expect(s3_key_valid(STR("../..")));
	expect(s3_key_valid(STR("\x01\x7f")));
	expect(s3_key_valid(STR("\xf0\x9f\x98\x80")));
	expect(s3_key_valid(repeated(text, 'k', 1024)));
	expect(!s3_key_valid(repeated(text, 'k', 1025)));
	expect(!s3_key_valid(STR("")));
	expect(!s3_key_valid(STR("\xed\xa0\x80"))); /* a surrogate */
}

TESTS({
	RUN(s3_bucket_names_follow_the_rules_for_general_purpose_buckets),
	RUN(s3_bucket_names_end_at_63_characters),
	RUN(s3_names_are_refused_in_awss_words),
	RUN(s3_keys_are_any_utf8_of_1024_bytes),
})
