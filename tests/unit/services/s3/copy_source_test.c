#include "services/s3/copy_source.h"

#include "check.h"

static void expect_source(const char *header, const char *bucket, const char *key,
                          const char *version)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	str got_bucket, got_key, got_version;

	expect(s3_copy_source_parse(&a, str_from(header), &got_bucket, &got_key, &got_version));
	expect_str(got_bucket, bucket);
	expect_str(got_key, key);
	expect(!version == !got_version.p);
	if (version)
		expect_str(got_version, version);
}

static void expect_none(const char *header)
{
	struct arena a CLEANUP(arena_release) = { 0 };
	str bucket, key, version;

	expect(!s3_copy_source_parse(&a, str_from(header), &bucket, &key, &version));
}

TEST(copy_source_is_a_bucket_and_a_key)
{
	expect_source("bucket/key", "bucket", "key", NULL);
	expect_source("/bucket/key", "bucket", "key", NULL);
	expect_source("bucket/a/b//c", "bucket", "a/b//c", NULL);
	expect_source("/bucket//key", "bucket", "/key", NULL);
}

TEST(copy_source_is_decoded)
{
	expect_source("bucket%2Fa%2Bb%20c", "bucket", "a+b c", NULL);
	expect_source("bucket/a+b", "bucket", "a b", NULL);
	expect_source("bucket/%C3%BC", "bucket", "\xc3\xbc", NULL);
	expect_source("bucket/what%3FversionId=1", "bucket", "what?versionId=1", NULL);
}

TEST(copy_source_may_name_a_version)
{
	expect_source("bucket/key?versionId=null", "bucket", "key", "null");
	expect_source("bucket/key?versionId=", "bucket", "key", "");
	expect_source("bucket/key?other=1", "bucket", "key?other=1", NULL);
}

TEST(copy_source_that_names_no_object_is_none)
{
	expect_none("");
	expect_none("/");
	expect_none("nothing");
	expect_none("/bucket");
	expect_none("bucket/");
	expect_none("//key");
	expect_none("bucket/%zz");
	expect_none("bucket/%FF");
}

TESTS({
	RUN(copy_source_is_a_bucket_and_a_key),
	RUN(copy_source_is_decoded),
	RUN(copy_source_may_name_a_version),
	RUN(copy_source_that_names_no_object_is_none),
})
