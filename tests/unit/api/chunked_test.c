#include "check.h"

#include "raw_request.h"

#include "api/chunked.h"
#include "base/encoding.h"

/*
 * The examples are those of the S3 documentation: 66,560 times the letter a, in chunks of 65,536
 * and 1,024 bytes. What it does not have is signed here, with the key of the example.
 */
#define S3_NOW 1369353600000 /* 2013-05-24T00:00:00Z */
#define SCOPE  "20130524/us-east-1/s3/aws4_request"
#define EMPTY  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct arena arena;

static const struct credential key = {
	.access_key = STR_INIT("AKIAIOSFODNN7EXAMPLE"),
	.secret = STR_INIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
};
static const str names[] = { STR_INIT("s3") };
static const struct sigv4_door door = { SIGV4_AS_S3, names, 1 };

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static const char example_head[] =
	"PUT /examplebucket/chunkObject.txt HTTP/1.1\n"
	"Host: s3.amazonaws.com\n"
	"x-amz-date: 20130524T000000Z\n"
	"x-amz-storage-class: REDUCED_REDUNDANCY\n"
	"x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\n"
	"Content-Encoding: aws-chunked\n"
	"x-amz-decoded-content-length: 66560\n"
	"Content-Length: 66824\n"
	"Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/" SCOPE ","
	"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
	"x-amz-decoded-content-length;x-amz-storage-class,"
	"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9\n\n";

static const char trailer_head[] =
	"PUT /examplebucket/chunkObject.txt HTTP/1.1\n"
	"Host: s3.amazonaws.com\n"
	"x-amz-date: 20130524T000000Z\n"
	"x-amz-storage-class: REDUCED_REDUNDANCY\n"
	"x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\n"
	"Content-Encoding: aws-chunked\n"
	"x-amz-decoded-content-length: 66560\n"
	"x-amz-trailer: x-amz-checksum-crc32c\n"
	"Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/" SCOPE ","
	"SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;"
	"x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,"
	"Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e\n\n";

/* A head that nobody signed: these tests begin behind sigv4_verify. */
static str head(const char *payload, int length, const char *trailer)
{
	return arena_printf(&arena,
	                    "PUT /b/k HTTP/1.1\nHost: h\nx-amz-content-sha256: %s\n"
	                    "x-amz-decoded-content-length: %d\n%s%s\n",
	                    payload, length, trailer ? "x-amz-trailer: " : "",
	                    trailer ? trailer : "\n");
}

#define SIGNED         "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
#define SIGNED_TRAILER "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
#define UNSIGNED       "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
#define SEED           "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"

static struct sigv4 verified(str text)
{
	struct request *r = arena_new(&arena, struct request);
	struct sigv4 s = { .door = &door, .place = SIGV4_IN_HEADER };
	const struct refusal *refusal;
	str payload;

	*r = raw_request(&arena, text, NULL);
	if (sigv4_where(r)) {
		refusal = sigv4_parse(&arena, r, &door, S3_NOW, &s);
		if (!refusal)
			refusal = sigv4_verify(&arena, &s, &key, NULL);
		assert_null(refusal);
		return s;
	}
	payload = request_header(r, STR("x-amz-content-sha256"));
	s.request = r;
	s.payload = str_eq(payload, STR(SIGNED))           ? SIGV4_PAYLOAD_CHUNKS
	            : str_eq(payload, STR(SIGNED_TRAILER)) ? SIGV4_PAYLOAD_CHUNKS_TRAILER
	                                                   : SIGV4_PAYLOAD_UNSIGNED_TRAILER;
	s.payload_hash = payload;
	s.timestamp = STR("20130524T000000Z");
	s.scope = STR(SCOPE);
	s.access_key = key.access_key;
	s.signature = STR(SEED);
	memset(s.key, 'k', sizeof(s.key));
	return s;
}

static void keep(void *app, str bytes)
{
	buf_put(app, bytes);
}

/* Decodes a body that comes in pieces of `piece` bytes. */
static const struct refusal *decode(str text, str body, size_t piece, str *ret_payload,
                                    struct chunked **ret)
{
	struct sigv4 *s = arena_new(&arena, struct sigv4);
	struct buf *payload = arena_new(&arena, struct buf);
	struct chunked *c = NULL;
	const struct refusal *r;

	*s = verified(text);
	buf_init(payload, &arena, 1 << 20);
	r = chunked_begin(&arena, s, keep, payload, &c);
	for (size_t i = 0; !r && i < body.n; i += piece)
		r = chunked_feed(c, str_from_to(body, i, i + piece));
	if (!r)
		r = chunked_end(c);
	if (ret_payload)
		*ret_payload = buf_str(payload);
	if (ret)
		*ret = c;
	return r;
}

static void put_letters(struct buf *b, char letter, size_t n)
{
	while (n--)
		buf_putc(b, letter);
}

static str example_body(const char *first, const char *second, const char *last,
                        const char *trailers)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	buf_printf(&b, "10000;chunk-signature=%s\r\n", first);
	put_letters(&b, 'a', 65536);
	buf_printf(&b, "\r\n400;chunk-signature=%s\r\n", second);
	put_letters(&b, 'a', 1024);
	buf_printf(&b, "\r\n0;chunk-signature=%s\r\n%s\r\n", last, trailers);
	return buf_str(&b);
}

static str documented_body(void)
{
	return example_body("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
	                    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
	                    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "");
}

static str documented_trailer_body(void)
{
	return example_body("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
	                    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
	                    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
	                    "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:"
	                    "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n");
}

static void expect_letters(str payload, char letter, size_t n)
{
	expect_int(payload.n, n);
	for (size_t i = 0; i < n; i++)
		if (payload.p[i] != letter) {
			print_error("byte %zu differs\n", i);
			expect(false);
		}
}

static void expect_refused(const struct refusal *r, int status, const char *code,
                           const char *message)
{
	assert_non_null(r);
	expect_str(r->message, message);
	expect_str(str_from(r->code), code);
	expect_int(r->status, status);
}

static void expect_terminated(const struct refusal *r)
{
	expect_refused(r, 400, "IncompleteBody", "The request body terminated unexpectedly");
}

static void expect_malformed_trailer(const struct refusal *r)
{
	expect_refused(r, 400, "MalformedTrailerError",
	               "The request contained trailing data that was not well-formed or did not "
	               "conform to our published schema.");
}

static void expect_wrong_length(const struct refusal *r, const char *wanted, const char *got)
{
	expect_refused(r, 400, "IncompleteBody",
	               "You did not provide the number of bytes specified by the Content-Length "
	               "HTTP header");
	expect_str(str_from(r->fields[0].name), "NumberBytesExpected");
	expect_str(r->fields[0].value, wanted);
	expect_str(str_from(r->fields[1].name), "NumberBytesProvided");
	expect_str(r->fields[1].value, got);
}

/* Signs like a client: the chain goes on from `previous`, which it replaces. */
static void sign(char previous[65], const char *kind, const char *middle, str what)
{
	unsigned char hash[SHA256_SIZE], mac[SHA256_SIZE], secret[SHA256_SIZE];
	char hex[2 * SHA256_SIZE];
	str text;

	memset(secret, 'k', sizeof(secret));
	digest_of(DIGEST_SHA256, what, hash);
	hex_to(hex, hash, sizeof(hash));
	text = arena_printf(&arena, "%s\n20130524T000000Z\n" SCOPE "\n%s\n%s%.64s", kind, previous,
	                    middle, hex);
	hmac_sha256((str){ (char *)secret, sizeof(secret) }, text, mac);
	hex_to(previous, mac, sizeof(mac));
}

static void put_signed_chunk(struct buf *b, char previous[65], str data)
{
	sign(previous, "AWS4-HMAC-SHA256-PAYLOAD", EMPTY "\n", data);
	buf_printf(b, "%zx;chunk-signature=%.64s\r\n", data.n, previous);
	buf_put(b, data);
	if (data.n)
		buf_put(b, STR("\r\n"));
}

static void put_signed_trailer(struct buf *b, char previous[65], const char *lines)
{
	struct buf canonical;

	buf_init(&canonical, &arena, 4096);
	for (const char *p = lines; *p; p++)
		if (*p != '\r' && *p != ' ')
			buf_putc(&canonical, *p);
	sign(previous, "AWS4-HMAC-SHA256-TRAILER", "", buf_str(&canonical));
	buf_printf(b, "%sx-amz-trailer-signature:%.64s\r\n", lines, previous);
}

TEST(chunked_decodes_the_examples_of_the_documentation_in_pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 64, 85, 86, 87, 1024, 8191, 65536, 1 << 20 };

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct chunked *c;
		str payload;

		assert_null(
			decode(str_from(example_head), documented_body(), pieces[i], &payload, &c));
		expect_letters(payload, 'a', 66560);
		expect_int(chunked_length(c), 66560);
		assert_null(decode(str_from(trailer_head), documented_trailer_body(), pieces[i],
		                   &payload, &c));
		expect_letters(payload, 'a', 66560);
		expect_str(chunked_trailer(c, STR("X-Amz-Checksum-Crc32c")), "sOO8/Q==");
		expect(!chunked_trailer(c, STR("x-amz-checksum-crc32")).p);
		expect(!chunked_trailer(c, STR("x-amz-trailer-signature")).p);
	}
}

/* Flips one bit at a time; the data is skipped but for a few bytes of each chunk. */
static void expect_each_byte_to_matter(const char *text, str body)
{
	for (size_t i = 0; i < body.n; i++) {
		char *changed;

		if (i > 200 && i < 65600 && i % 4096)
			continue;
		changed = arena_alloc(&arena, body.n);
		memcpy(changed, body.p, body.n);
		changed[i] ^= 1;
		if (!decode(str_from(text), (str){ changed, body.n }, 4096, NULL, NULL)) {
			print_error("byte %zu does not matter\n", i);
			expect(false);
		}
	}
}

TEST(chunked_refuses_a_body_with_any_byte_changed)
{
	/* The empty line at the end is not signed, and S3 takes a body without it. */
	str body = documented_body(), trailer_body = documented_trailer_body();

	expect_each_byte_to_matter(example_head, str_from_to(body, 0, body.n - 2));
	expect_each_byte_to_matter(trailer_head, str_from_to(trailer_body, 0, trailer_body.n - 2));
}

TEST(chunked_says_what_it_verified_a_chunk_against)
{
	str body = example_body(
		"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", "invalid",
		"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "");
	const struct refusal *r = decode(str_from(example_head), body, 1000, NULL, NULL);

	expect_refused(r, 403, "SignatureDoesNotMatch",
	               "The request signature we calculated does not match the signature you "
	               "provided. Check your key and signing method.");
	expect_str(str_from(r->fields[1].name), "StringToSign");
	expect_str(r->fields[1].value,
	           "AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n" SCOPE "\n"
	           "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\n" EMPTY "\n"
	           "2edc986847e209b4016e141a6dc8716d3207350f416969382d431539bf292e4a");
	expect_str(str_from(r->fields[2].name), "SignatureProvided");
	expect_str(r->fields[2].value, "invalid");
	expect_str(str_from(r->fields[4].name), "CanonicalRequest");
	expect(str_starts(r->fields[4].value, STR("PUT\n/examplebucket/chunkObject.txt\n")));
}

TEST(chunked_takes_unsigned_chunks_with_a_checksum_behind_them)
{
	struct chunked *c;
	str payload, text = head(UNSIGNED, 5, "x-amz-checksum-crc32\n");

	assert_null(decode(text, STR("5\r\nhello\r\n0\r\nx-amz-checksum-crc32: NhCmhg== \r\n\r\n"),
	                   1, &payload, &c));
	expect_str(payload, "hello");
	expect_str(chunked_trailer(c, STR("x-amz-checksum-crc32")), "NhCmhg==");
	/* In capitals, without the empty line, twice: the last one counts. */
	assert_null(decode(text,
	                   STR("5\r\nhello\r\n0\r\nX-AMZ-CHECKSUM-CRC32:1\r\n"
	                       "x-amz-checksum-crc32:2\r\n"),
	                   100, &payload, &c));
	expect_str(chunked_trailer(c, STR("x-amz-checksum-crc32")), "2");
}

struct body {
	const char *text;
	size_t n; /* so that it may have a NUL */
};

#define BODY(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

TEST(chunked_takes_what_s3_takes)
{
	static const struct body bodies[] = {
		BODY("5\r\nhello\r\n0\r\n\r\n"),
		BODY("5\r\nhello\r\n0\r\n"),         /* nothing behind the last chunk */
		BODY("5\r\nhello\r\n0\r\n\r\njunk"), /* nobody looks there */
		BODY("0005\r\nhello\r\n00\r\n\r\n\r\n"),
		BODY(" 5 \r\nhello\r\n0\r\n\r\n"),
	};
	str payload;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		assert_null(decode(head(UNSIGNED, 5, NULL), (str){ bodies[i].text, bodies[i].n }, 3,
		                   &payload, NULL));
		expect_str(payload, "hello");
	}
	assert_null(decode(head(UNSIGNED, 0, NULL), STR("0\r\n\r\n"), 3, &payload, NULL));
	expect_str(payload, "");
}

TEST(chunked_refuses_what_is_no_chunk)
{
	static const struct body bodies[] = {
		BODY(""),
		BODY("hello"),
		BODY("\r\n"),
		BODY("5\r\nhello\r\n"),
		BODY("5\r\nhel"),
		BODY("5\r\nhello"),
		BODY("5\r\nhello\r\n0"),
		BODY("5\r\nhello\r\n0\r"),
		BODY("5\r\nhello\r\n0\r\n\r"),
		BODY("5\nhello\n0\n\n"),
		BODY("5\r\nhelloX\r\n0\r\n\r\n"),
		BODY("5\r\nhello0\r\n\r\n"),
		BODY("-5\r\nhello\r\n0\r\n\r\n"),
		BODY("0x5\r\nhello\r\n0\r\n\r\n"),
		BODY("g\r\nhello\r\n0\r\n\r\n"),
		BODY("5\0\r\nhello\r\n0\r\n\r\n"),
		BODY("0000000000000005\r\nhello\r\n0\r\n\r\n"),
		BODY("5;chunk-signature=00\r\nhello\r\n0\r\n\r\n"),
		BODY("5;\r\nhello\r\n0\r\n\r\n"),
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		expect_terminated(decode(head(UNSIGNED, 5, NULL),
		                         (str){ bodies[i].text, bodies[i].n }, 2, NULL, NULL));
}

TEST(chunked_refuses_a_line_without_end)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	put_letters(&b, '0', 1025);
	expect_terminated(decode(head(UNSIGNED, 5, NULL), buf_str(&b), 100, NULL, NULL));
	expect_terminated(decode(head(UNSIGNED, 5, NULL), buf_str(&b), 10000, NULL, NULL));
}

TEST(chunked_wants_the_announced_length)
{
	expect_wrong_length(
		decode(head(UNSIGNED, 6, NULL), STR("5\r\nhello\r\n0\r\n\r\n"), 9, NULL, NULL), "6",
		"5");
	expect_wrong_length(
		decode(head(UNSIGNED, 4, NULL), STR("5\r\nhello\r\n0\r\n\r\n"), 9, NULL, NULL), "4",
		"5");
	/* A chunk without bytes ends the body, wherever it stands. */
	expect_wrong_length(decode(head(UNSIGNED, 5, NULL),
	                           STR("2\r\nhe\r\n0\r\n\r\n3\r\nllo\r\n0\r\n\r\n"), 9, NULL, NULL),
	                    "5", "2");
	expect_wrong_length(
		decode(head(UNSIGNED, 4, NULL), STR("fffffffffffffff\r\n"), 9, NULL, NULL), "4",
		"1152921504606846975");
}

TEST(chunked_wants_to_know_the_length_before)
{
	expect_refused(decode(STR("PUT / HTTP/1.1\nx-amz-content-sha256: " UNSIGNED "\n\n"),
	                      STR("0\r\n\r\n"), 9, NULL, NULL),
	               411, "MissingContentLength",
	               "You must provide the Content-Length HTTP header.");
	for (int i = 0; i < 4; i++) {
		static const char *const lengths[] = { "", "-1", "5x", "99999999999999999999" };
		str text = arena_printf(&arena,
		                        "PUT / HTTP/1.1\nx-amz-content-sha256: " UNSIGNED
		                        "\nx-amz-decoded-content-length: %s\n\n",
		                        lengths[i]);

		expect_str(str_from(decode(text, STR("0\r\n\r\n"), 9, NULL, NULL)->code),
		           "InvalidArgument");
	}
}

TEST(chunked_wants_chunks_of_eight_kibibytes_but_for_the_last)
{
	str text = head(SIGNED, 9216, NULL);
	char previous[65] = SEED;
	const struct refusal *r;
	struct buf b, letters;

	buf_init(&letters, &arena, 1 << 20);
	put_letters(&letters, 'x', 8192);
	buf_init(&b, &arena, 1 << 20);
	put_signed_chunk(&b, previous, buf_str(&letters));
	put_signed_chunk(&b, previous, str_from_to(buf_str(&letters), 0, 1024));
	put_signed_chunk(&b, previous, STR(""));
	assert_null(decode(text, buf_str(&b), 100, NULL, NULL));

	buf_init(&b, &arena, 1 << 20);
	memcpy(previous, SEED, 64);
	put_signed_chunk(&b, previous, str_from_to(buf_str(&letters), 0, 1024));
	put_signed_chunk(&b, previous, buf_str(&letters));
	put_signed_chunk(&b, previous, STR(""));
	r = decode(text, buf_str(&b), 100, NULL, NULL);
	expect_refused(r, 403, "InvalidChunkSizeError",
	               "Only the last chunk is allowed to have a size less than 8192 bytes");
	expect_str(str_from(r->fields[0].name), "Chunk");
	expect_str(r->fields[0].value, "2");
	expect_str(str_from(r->fields[1].name), "BadChunkSize");
	expect_str(r->fields[1].value, "1024");
}

TEST(chunked_reads_signatures_as_s3_does)
{
	char previous[65] = SEED;
	str text = head(SIGNED, 0, NULL);

	sign(previous, "AWS4-HMAC-SHA256-PAYLOAD", EMPTY "\n", STR(""));
	assert_null(decode(text, arena_printf(&arena, "0 ; chunk-signature = %s \r\n", previous), 9,
	                   NULL, NULL));
	expect_terminated(decode(text, STR("0\r\n\r\n"), 9, NULL, NULL));
	expect_terminated(decode(text, STR("0;chunk-signature=\r\n\r\n"), 9, NULL, NULL));
	expect_terminated(
		decode(text, arena_printf(&arena, "0;chunk-signature=%s;extra=param\r\n", previous),
	               9, NULL, NULL));
	expect_terminated(
		decode(text, arena_printf(&arena, "0;signature=%s\r\n", previous), 9, NULL, NULL));
	expect_str(str_from(decode(text, STR("0;chunk-signature=00\r\n\r\n"), 9, NULL, NULL)->code),
	           "SignatureDoesNotMatch");
}

static str signed_trailer_body(const char *lines)
{
	char previous[65] = SEED;
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	put_signed_chunk(&b, previous, STR("hello"));
	put_signed_chunk(&b, previous, STR(""));
	put_signed_trailer(&b, previous, lines);
	return buf_str(&b);
}

TEST(chunked_verifies_the_signature_of_the_trailers)
{
	str text = head(SIGNED_TRAILER, 5, "x-amz-checksum-crc32\n");
	str body = signed_trailer_body("x-amz-checksum-crc32: NhCmhg==\r\n");
	ptrdiff_t signature = str_find_str(body, STR("x-amz-trailer-signature"), 0);
	const struct refusal *r;
	struct chunked *c;

	assert_null(decode(text, body, 10, NULL, &c));
	expect_str(chunked_trailer(c, STR("x-amz-checksum-crc32")), "NhCmhg==");
	/* Left out, wrong, before the trailer, and where none was announced. */
	expect_terminated(decode(text, str_from_to(body, 0, (size_t)signature), 10, NULL, NULL));
	r = decode(
		text,
		arena_printf(&arena, "%.*sx-amz-trailer-signature:00\r\n", (int)signature, body.p),
		10, NULL, NULL);
	expect_str(str_from(r->code), "SignatureDoesNotMatch");
	expect(str_starts(r->fields[1].value, STR("AWS4-HMAC-SHA256-TRAILER\n")));
	expect_malformed_trailer(decode(
		text, arena_join(&arena, body, STR("x-amz-checksum-crc32:x\r\n")), 10, NULL, NULL));
	expect_terminated(
		decode(head(SIGNED_TRAILER, 5, NULL), signed_trailer_body(""), 10, NULL, NULL));
}

TEST(chunked_wants_exactly_the_announced_trailers)
{
	str announced = head(UNSIGNED, 0, "x-amz-checksum-crc32\n");
	char previous[65] = SEED;
	struct buf b;

	expect_malformed_trailer(decode(announced, STR("0\r\n\r\n"), 9, NULL, NULL));
	expect_malformed_trailer(decode(announced, STR("0\r\n"), 9, NULL, NULL));
	expect_malformed_trailer(decode(
		announced, STR("0\r\n\r\nx-amz-checksum-crc32:AAAAAA==\r\n"), 9, NULL, NULL));
	expect_malformed_trailer(
		decode(announced, STR("0\r\nx-amz-checksum-crc32c:a\r\n\r\n"), 9, NULL, NULL));
	expect_malformed_trailer(decode(
		announced, STR("0\r\nx-amz-checksum-crc32:a\r\nbonus:b\r\n"), 9, NULL, NULL));
	expect_malformed_trailer(decode(announced, STR("0\r\nnonsense\r\n"), 9, NULL, NULL));
	/* The payload without -TRAILER has none, whatever was announced. */
	sign(previous, "AWS4-HMAC-SHA256-PAYLOAD", EMPTY "\n", STR(""));
	expect_malformed_trailer(decode(
		head(SIGNED, 0, "x-amz-checksum-crc32\n"),
		arena_printf(&arena, "0;chunk-signature=%s\r\n\r\n", previous), 9, NULL, NULL));
	expect_terminated(
		decode(announced, STR("0\r\nx-amz-checksum-crc32:AAAAAA==\n"), 9, NULL, NULL));
	expect_terminated(
		decode(announced, STR("0\r\nx-amz-checksum-crc32:AAAAAA=="), 9, NULL, NULL));

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, STR("0\r\n"));
	for (int i = 0; i < 400; i++)
		buf_put(&b, STR("x-amz-checksum-crc32:AAAAAA==\r\n"));
	expect_malformed_trailer(decode(announced, buf_str(&b), 100, NULL, NULL));
}

TEST(chunked_repeats_its_first_refusal)
{
	struct sigv4 s = verified(head(UNSIGNED, 5, NULL));
	const struct refusal *r;
	struct chunked *c;
	struct buf payload;

	buf_init(&payload, &arena, 100);
	assert_null(chunked_begin(&arena, &s, keep, &payload, &c));
	r = chunked_feed(c, STR("x\r\n"));
	expect_terminated(r);
	expect(chunked_feed(c, STR("5\r\nhello\r\n0\r\n")) == r);
	expect(chunked_end(c) == r);
	expect_str(buf_str(&payload), "");
}

TESTS_WITH(NULL, release,
           {
		   RUN(chunked_decodes_the_examples_of_the_documentation_in_pieces_of_any_size),
		   RUN(chunked_refuses_a_body_with_any_byte_changed),
		   RUN(chunked_says_what_it_verified_a_chunk_against),
		   RUN(chunked_takes_unsigned_chunks_with_a_checksum_behind_them),
		   RUN(chunked_takes_what_s3_takes),
		   RUN(chunked_refuses_what_is_no_chunk),
		   RUN(chunked_refuses_a_line_without_end),
		   RUN(chunked_wants_the_announced_length),
		   RUN(chunked_wants_to_know_the_length_before),
		   RUN(chunked_wants_chunks_of_eight_kibibytes_but_for_the_last),
		   RUN(chunked_reads_signatures_as_s3_does),
		   RUN(chunked_verifies_the_signature_of_the_trailers),
		   RUN(chunked_wants_exactly_the_announced_trailers),
		   RUN(chunked_repeats_its_first_refusal),
	   })
