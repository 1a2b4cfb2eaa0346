#include "check.h"

#include "raw_request.h"

#include "api/checksum.h"

/* The check values of the algorithms, for "123456789". */
static const char DATA[] = "123456789";
#define MD5_OF_DATA "JfnnlDI7RTiF9RgfG2JNCw=="

static const struct {
	const char *name, *header, *value;
} known[] = {
	{ "CRC32", "x-amz-checksum-crc32", "y/Q5Jg==" },
	{ "CRC32C", "x-amz-checksum-crc32c", "4waSgw==" },
	{ "CRC64NVME", "x-amz-checksum-crc64nvme", "rosUhgp5mIg=" },
	{ "SHA1", "x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE=" },
	{ "SHA256", "x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=" },
};

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static const struct refusal *check(str headers, unsigned wanted, str body, struct checksum **ret)
{
	struct request r = raw_request(
		&arena, arena_printf(&arena, "PUT / HTTP/1.1\n%.*s\n\n", STR_ARG(headers)), NULL);
	const struct refusal *refusal;
	struct checksum *c;

	refusal = checksum_begin(&arena, &r, wanted, &c);
	if (refusal)
		return refusal;
	checksum_update(c, str_from_to(body, 0, 4));
	checksum_update(c, STR(""));
	checksum_update(c, str_after(body, 4));
	if (ret)
		*ret = c;
	return checksum_end(c, NULL);
}

static str line(const char *name, const char *value)
{
	return arena_printf(&arena, "%s: %s", name, value);
}

static void expect_refused(const struct refusal *r, const char *code, const char *message)
{
	assert_non_null(r);
	expect_str(r->message, message);
	expect_str(str_from(r->code), code);
	expect_int(r->status, 400);
}

TEST(checksum_passes_a_body_without_one)
{
	struct checksum *c;

	assert_null(check(STR("x-amz-checksum-mode: ENABLED\nx-amz-checksum-type: FULL_OBJECT"), 0,
	                  STR("123456789"), &c));
	expect_int(c->algorithm, CHECKSUM_NONE);
	expect(!c->value.p);
	expect(!c->has_md5);
}

TEST(checksum_computes_what_is_wanted)
{
	struct checksum *c;

	assert_null(
		check(STR(""), CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC64NVME, str_from(DATA), &c));
	expect_int(c->algorithm, CHECKSUM_CRC64NVME);
	expect_str(c->value, "rosUhgp5mIg=");
	expect(c->has_md5);
	expect_int(c->md5_value[0], 0x25);
	/* An announced one is enough. */
	assert_null(check(line("X-Amz-Checksum-Crc32", "y/Q5Jg=="), CHECKSUM_WANT_CRC64NVME,
	                  str_from(DATA), &c));
	expect_int(c->algorithm, CHECKSUM_CRC32);
	expect_str(c->value, "y/Q5Jg==");
}

TEST(checksum_verifies_each_algorithm)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		str wrong_body = STR("12345678X");
		struct checksum *c;

		assert_null(check(line(known[i].header, known[i].value), 0, str_from(DATA), &c));
		expect_str(c->value, known[i].value);
		expect_str(checksum_name(c->algorithm), known[i].name);
		expect_refused(check(line(known[i].header, known[i].value), 0, wrong_body, NULL),
		               "BadDigest",
		               arena_cstr(&arena, arena_printf(&arena,
		                                               "The %s you specified did not match "
		                                               "the calculated checksum.",
		                                               known[i].name)));
		expect_refused(
			check(line(known[i].header, "AAAA"), 0, str_from(DATA), NULL),
			"InvalidRequest",
			arena_cstr(&arena, arena_printf(&arena, "Value for %s header is invalid.",
		                                        known[i].header)));
	}
}

TEST(checksum_verifies_content_md5)
{
	const struct refusal *r;

	assert_null(check(line("Content-MD5", MD5_OF_DATA), 0, str_from(DATA), NULL));
	r = check(line("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), 0, str_from(DATA), NULL);
	expect_refused(r, "BadDigest",
	               "The Content-MD5 you specified did not match what we received.");
	expect_str(str_from(r->fields[0].name), "ExpectedDigest");
	expect_str(r->fields[0].value, "d41d8cd98f00b204e9800998ecf8427e");
	expect_str(str_from(r->fields[1].name), "CalculatedDigest");
	expect_str(r->fields[1].value, MD5_OF_DATA);
}

TEST(checksum_refuses_a_content_md5_that_is_none)
{
	static const char *const values[] = { "not base64!", "YWJyYWNhZGFicmE=", "",
		                              "25f9e794323b453885f5181f1b624d0b" };

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const struct refusal *r =
			check(line("Content-MD5", values[i]), 0, str_from(DATA), NULL);

		expect_refused(r, "InvalidDigest", "The Content-MD5 you specified was invalid.");
		expect_str(str_from(r->fields[0].name), "Content-MD5");
		expect_str(r->fields[0].value, values[i]);
	}
}

TEST(checksum_refuses_heads_that_contradict_themselves)
{
	static const char *const cases[][2] = {
		{ "x-amz-checksum-crc32: y/Q5Jg==\nx-amz-checksum-crc32c: 4waSgw==",
		  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
		  "allowed." },
		{ "x-amz-checksum-crc32: y/Q5Jg==\nx-amz-checksum-crc32: y/Q5Jg==",
		  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
		  "allowed." },
		{ "x-amz-checksum-crc32: y/Q5Jg==\nx-amz-trailer: x-amz-checksum-crc32c",
		  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
		  "allowed." },
		{ "x-amz-trailer: x-amz-checksum-crc32, x-amz-checksum-sha256",
		  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
		  "allowed." },
		{ "x-amz-checksum-md4: AAAA",
		  "The algorithm type you specified in x-amz-checksum- header is invalid." },
		{ "x-amz-sdk-checksum-algorithm: CRC32",
		  "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
		  "x-amz-trailer headers were found." },
		{ "x-amz-sdk-checksum-algorithm: sha256\nx-amz-checksum-crc32: y/Q5Jg==",
		  "Value for x-amz-sdk-checksum-algorithm header is invalid." },
		{ "x-amz-sdk-checksum-algorithm: MD4\nx-amz-checksum-crc32: y/Q5Jg==",
		  "Checksum algorithm provided is unsupported. Please try again with any of the "
		  "valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(check(str_from(cases[i][0]), 0, str_from(DATA), NULL),
		               "InvalidRequest", cases[i][1]);
}

TEST(checksum_reads_the_list_of_trailers_as_s3_does)
{
	static const char *const refused[] = {
		"foo",
		"x-amz-checksum-bad",
		"x-amz-content-sha256",
		", x-amz-checksum-crc32",
		"x-amz-checksum-crc32, ,",
		"x-amz-checksum-crc32, x-amz-foo",
	};
	static const char *const taken[] = {
		"x-amz-checksum-crc32",
		"X-Amz-Checksum-CRC32,",
		"x-amz-checksum-crc32,,",
		"x-amz-checksum-crc32, ",
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		expect_refused(check(line("x-amz-trailer", refused[i]), 0, str_from(DATA), NULL),
		               "InvalidRequest",
		               "The value specified in the x-amz-trailer header is not supported");
	/* Announced, but the body is not chunked, so it cannot have come. */
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		expect_refused(check(line("x-amz-trailer", taken[i]), 0, str_from(DATA), NULL),
		               "MalformedTrailerError",
		               "The request contained trailing data that was not well-formed or "
		               "did not conform to our published schema.");
}

static void update(void *app, str bytes)
{
	checksum_update(app, bytes);
}

static const struct refusal *check_trailer(const char *header, const char *value)
{
	static const str names[] = { STR_INIT("s3") };
	static const struct sigv4_door door = { SIGV4_AS_S3, names, 1 };
	struct request *request = arena_new(&arena, struct request);
	struct sigv4 *s = arena_new(&arena, struct sigv4);
	const struct refusal *r;
	struct chunked *chunked;
	struct checksum *c;
	str body;

	*request = raw_request(&arena,
	                       arena_printf(&arena,
	                                    "PUT / HTTP/1.1\nx-amz-decoded-content-length: 9\n"
	                                    "x-amz-trailer: %s\n\n9\r\n%s\r\n0\r\n%s:%s\r\n\r\n",
	                                    header, DATA, header, value),
	                       &body);
	s->request = request;
	s->door = &door;
	s->payload = SIGV4_PAYLOAD_UNSIGNED_TRAILER;
	s->signature = STR("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
	assert_null(checksum_begin(&arena, request, 0, &c));
	assert_null(chunked_begin(&arena, s, update, c, &chunked));
	assert_null(chunked_feed(chunked, body));
	assert_null(chunked_end(chunked));
	r = checksum_end(c, chunked);
	if (!r)
		expect_str(c->value, value);
	return r;
}

TEST(checksum_verifies_a_trailer)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		assert_null(check_trailer(known[i].header, known[i].value));
	expect_refused(check_trailer("x-amz-checksum-crc32", "AAAAAA=="), "BadDigest",
	               "The CRC32 you specified did not match the calculated checksum.");
	expect_refused(check_trailer("x-amz-checksum-crc32", "y/Q5Jg"), "InvalidRequest",
	               "Value for x-amz-checksum-crc32 trailing header is invalid.");
}

TESTS_WITH(NULL, release,
           {
		   RUN(checksum_passes_a_body_without_one),
		   RUN(checksum_computes_what_is_wanted),
		   RUN(checksum_verifies_each_algorithm),
		   RUN(checksum_verifies_content_md5),
		   RUN(checksum_refuses_a_content_md5_that_is_none),
		   RUN(checksum_refuses_heads_that_contradict_themselves),
		   RUN(checksum_reads_the_list_of_trailers_as_s3_does),
		   RUN(checksum_verifies_a_trailer),
	   })
