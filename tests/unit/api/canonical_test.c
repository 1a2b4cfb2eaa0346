#include "check.h"

#include "raw_request.h"

#include "api/canonical.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static str canonical(const char *text, bool s3, const char *signed_headers)
{
	struct request r = raw_request(&arena, str_from(text), NULL);
	struct canonical c = {
		.request = &r,
		.s3 = s3,
		.signed_headers = str_from(signed_headers),
		.payload_hash = STR("HASH"),
	};
	str got;

	expect(canonical_request(&arena, &c, &got));
	return got;
}

static str line_of(str text, int line)
{
	while (line-- > 0)
		str_cut(&text, '\n');
	return str_cut(&text, '\n');
}

static void expect_target(bool s3, const char *target, const char *path, const char *query)
{
	str text = arena_printf(&arena, "GET %s HTTP/1.1\n\n", target);
	str got = canonical(arena_cstr(&arena, text), s3, "host");

	expect_str(line_of(got, 1), path);
	expect_str(line_of(got, 2), query);
}

TEST(canonical_path_of_s3_is_encoded_once_and_otherwise_kept)
{
	static const char *const cases[][2] = {
		{ "/", "/" },
		{ "/b", "/b" },
		{ "/b//a///c/", "/b//a///c/" },
		{ "/b/./a/../c", "/b/./a/../c" },
		{ "/b/a%20b+c", "/b/a%20b%2Bc" },
		{ "/b/%c3%bc/%E4%B8%AD", "/b/%C3%BC/%E4%B8%AD" },
		{ "/b/\xc3\xbc", "/b/%C3%BC" },
		{ "/b/!*'()~=&:@$,;", "/b/%21%2A%27%28%29~%3D%26%3A%40%24%2C%3B" },
		{ "/b/%21%7E%7e%41", "/b/%21~~A" },
		{ "/b/a%2Fb", "/b/a/b" },
		{ "/b/100%25/100%", "/b/100%25/100%25" },
		{ "/b/%4%zz%", "/b/%254%25zz%25" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_target(/* s3= */ true, cases[i][0], cases[i][1], "");
}

TEST(canonical_path_of_s3_may_be_as_sent)
{
	struct request r = raw_request(&arena, STR("GET /a%2Fb+%7e//.. HTTP/1.1\n\n"), NULL);
	struct canonical c = { .request = &r, .s3 = true, .path_as_sent = true };
	str got;

	expect(canonical_request(&arena, &c, &got));
	expect_str(line_of(got, 1), "/a%2Fb+%7e//..");
}

TEST(canonical_path_of_others_is_normalized_and_encoded_twice)
{
	static const char *const cases[][2] = {
		{ "", "/" },
		{ "/", "/" },
		{ "//", "/" },
		{ "/./", "/" },
		{ "/example1/example2/../..", "/" },
		{ "/../../a", "/a" },
		{ "//example//", "/example/" },
		{ "/./example", "/example" },
		{ "/a/./b/../c", "/a/c" },
		{ "/a/.", "/a" },
		{ "/a/..", "/" },
		{ "/2015-03-31/functions/a%20b/invocations",
		  "/2015-03-31/functions/a%2520b/invocations" },
		{ "/arn%3Aaws", "/arn%253Aaws" },
		{ "/a:b", "/a%3Ab" },
		{ "/%2E%2e/a", "/%252E%252e/a" },
		{ "/\xe1\x88\xb4", "/%E1%88%B4" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_target(/* s3= */ false, cases[i][0], cases[i][1], "");
}

TEST(canonical_query_is_recoded_and_sorted_by_name_and_value)
{
	static const char *const cases[][2] = {
		{ "/?", "" },
		{ "/?a", "a=" },
		{ "/?a=", "a=" },
		{ "/?=a", "=a" },
		{ "/?&&a=1&", "a=1" },
		{ "/?b=2&a=1", "a=1&b=2" },
		{ "/?a=2&a=1&a=&A=3", "A=3&a=&a=1&a=2" },
		{ "/?k=1&k-x=2&k.y=3&k0=4", "k=1&k-x=2&k.y=3&k0=4" },
		{ "/?a=b+c&d=e%2bf&g=%20", "a=b%2Bc&d=e%2Bf&g=%20" },
		{ "/?k=%c3%bc~!*'()&l=a=b&m=a:b/c",
		  "k=%C3%BC~%21%2A%27%28%29&l=a%3Db&m=a%3Ab%2Fc" },
		{ "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
		  "%E1%88%B4=Value1&Param=Value2&Param-3=Value3" },
		{ "/?a=%&b=%4&c=%zz", "a=%25&b=%254&c=%25zz" },
		{ "/?X-Amz-Signature=1", "X-Amz-Signature=1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		expect_target(/* s3= */ true, cases[i][0], "/", cases[i][1]);
		expect_target(/* s3= */ false, cases[i][0], "/", cases[i][1]);
	}
}

TEST(canonical_query_leaves_out_the_signature_it_is_presigned_with)
{
	struct request r = raw_request(
		&arena, STR("GET /?X-Amz-Signature=1&b=2&X-Amz-Signature=3 HTTP/1.1\n\n"), NULL);
	struct canonical c = { .request = &r, .s3 = true, .presigned = true };
	str got;

	expect(canonical_request(&arena, &c, &got));
	expect_str(line_of(got, 2), "b=2");
}

TEST(canonical_headers_are_lower_case_trimmed_and_joined)
{
	str got = canonical("PUT /k HTTP/1.1\n"
	                    "Host: h\n"
	                    "X-B:  a   b \t c  \n"
	                    "x-a: 2\n"
	                    "X-A:\n"
	                    "x-A:  \"1   2\"\n"
	                    "unsigned: 1\n",
	                    /* s3= */ true, "host;x-a;x-b;x-c");

	expect_str(got, "PUT\n/k\n\nhost:h\nx-a:2,,\"1 2\"\nx-b:a b c\n\nhost;x-a;x-b;x-c\nHASH");
}

TEST(canonical_request_to_be_shown_hides_session_tokens)
{
	struct request r = raw_request(&arena,
	                               STR("GET /?X-Amz-Security-Token=secret%2F1&a=1 HTTP/1.1\n"
	                                   "X-Amz-Security-Token: secret/2\n\n"),
	                               NULL);
	struct canonical c = {
		.request = &r,
		.signed_headers = STR("x-amz-security-token"),
		.hide_tokens = true,
	};
	str got;

	expect(canonical_request(&arena, &c, &got));
	expect(!str_contains(got, STR("secret")));
	expect_str(line_of(got, 2), "X-Amz-Security-Token=...&a=1");
	expect_str(line_of(got, 3), "x-amz-security-token:...");
}

TESTS_WITH(NULL, release,
           {
		   RUN(canonical_path_of_s3_is_encoded_once_and_otherwise_kept),
		   RUN(canonical_path_of_s3_may_be_as_sent),
		   RUN(canonical_path_of_others_is_normalized_and_encoded_twice),
		   RUN(canonical_query_is_recoded_and_sorted_by_name_and_value),
		   RUN(canonical_query_leaves_out_the_signature_it_is_presigned_with),
		   RUN(canonical_headers_are_lower_case_trimmed_and_joined),
		   RUN(canonical_request_to_be_shown_hides_session_tokens),
	   })
