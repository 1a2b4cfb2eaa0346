/*
 * An aws-chunked body of any bytes, behind the head of its request and behind a byte that chooses
 * the size of the pieces it comes in. In one piece or in many, the outcome must be the same. When
 * the input does not look like a request, it is the payload, which is sent in properly signed
 * chunks and must come out as it went in.
 */
#include "../unit/raw_request.h"

#include "api/checksum.h"
#include "base/encoding.h"

#define SEED  "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SCOPE "20130524/us-east-1/s3/aws4_request"

static const str names[] = { STR_INIT("s3") };
static const struct sigv4_door door = { SIGV4_AS_S3, names, 1 };

struct result {
	const struct refusal *refusal;
	struct checksum *checksum;
	struct buf payload;
};

static void take(void *app, str bytes)
{
	struct result *result = app;

	buf_put(&result->payload, bytes);
	if (result->checksum)
		checksum_update(result->checksum, bytes);
}

static struct sigv4 verified(const struct request *r, enum sigv4_payload payload)
{
	struct sigv4 s = {
		.door = &door,
		.request = r,
		.payload = payload,
		.payload_hash = STR("STREAMING-"),
		.access_key = STR("AKIDEXAMPLE"),
		.timestamp = STR("20130524T000000Z"),
		.scope = STR(SCOPE),
		.signature = STR(SEED),
	};

	memset(s.key, 'k', sizeof(s.key));
	return s;
}

static struct result decode(struct arena *a, const struct request *r, enum sigv4_payload payload,
                            str body, size_t piece)
{
	struct sigv4 s = verified(r, payload);
	struct result result = { 0 };
	struct chunked *c;

	buf_init(&result.payload, a, 1 << 24);
	if (checksum_begin(a, r, CHECKSUM_WANT_CRC64NVME, &result.checksum))
		result.checksum = NULL;
	result.refusal = chunked_begin(a, &s, take, &result, &c);
	if (result.refusal)
		return result;
	for (size_t i = 0; i < body.n; i += piece)
		chunked_feed(c, str_from_to(body, i, i + piece));
	result.refusal = chunked_end(c);
	if (!result.refusal && (int64_t)result.payload.n != chunked_length(c))
		abort();
	if (!result.refusal && result.checksum)
		result.refusal = checksum_end(result.checksum, c);
	return result;
}

static void decode_twice(struct arena *a, str input, size_t piece)
{
	str body;
	struct request r = raw_request(a, input, &body);

	for (int i = SIGV4_PAYLOAD_CHUNKS; i <= SIGV4_PAYLOAD_UNSIGNED_TRAILER; i++) {
		struct result one = decode(a, &r, (enum sigv4_payload)i, body, SIZE_MAX / 2);
		struct result many = decode(a, &r, (enum sigv4_payload)i, body, piece);

		if (!one.refusal != !many.refusal ||
		    !str_eq(buf_str(&one.payload), buf_str(&many.payload)))
			abort();
		if (one.refusal && (!str_eq(one.refusal->message, many.refusal->message) ||
		                    strcmp(one.refusal->code, many.refusal->code) != 0))
			abort();
	}
}

static void put_chunk(struct arena *a, struct buf *b, char previous[65], str data)
{
	unsigned char hash[SHA256_SIZE], mac[SHA256_SIZE], key[SHA256_SIZE];
	char hex[2 * SHA256_SIZE];
	str text;

	memset(key, 'k', sizeof(key));
	digest_of(DIGEST_SHA256, data, hash);
	hex_to(hex, hash, sizeof(hash));
	text = arena_printf(
		a, "AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n" SCOPE "\n%s\n" EMPTY "\n%.64s",
		previous, hex);
	hmac_sha256((str){ (char *)key, sizeof(key) }, text, mac);
	hex_to(previous, mac, sizeof(mac));
	buf_printf(b, "%zX;chunk-signature=%s\r\n", data.n, previous);
	buf_put(b, data);
	buf_put(b, STR("\r\n"));
}

static void round_trip(struct arena *a, str payload, size_t piece)
{
	str head =
		arena_printf(a, "PUT / HTTP/1.1\nx-amz-decoded-content-length: %zu\n\n", payload.n);
	struct request r = raw_request(a, head, NULL);
	char previous[65] = SEED;
	struct result result;
	struct buf body;

	buf_init(&body, a, 1 << 24);
	for (size_t i = 0; i < payload.n; i += 8192 + piece)
		put_chunk(a, &body, previous, str_from_to(payload, i, i + 8192 + piece));
	put_chunk(a, &body, previous, STR(""));
	result = decode(a, &r, SIGV4_PAYLOAD_CHUNKS, buf_str(&body), piece);
	if (result.refusal || !str_eq(buf_str(&result.payload), payload))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	str input;

	if (!size)
		return 0;
	input = (str){ (const char *)data + 1, size - 1 };
	if (str_contains(input, STR(" HTTP/1.1")))
		decode_twice(&a, input, 1 + data[0]);
	else
		round_trip(&a, input, 1 + data[0]);
	arena_release(&a);
	return 0;
}
