#include "api/checksum.h"

#include "base/crc.h"
#include "base/encoding.h"
#include "base/str.h"

static const struct {
	str name, header;
	size_t size;
} algorithms[CHECKSUM_ALGORITHMS] = {
	[CHECKSUM_CRC32] = { STR_INIT("CRC32"), STR_INIT("x-amz-checksum-crc32"), 4 },
	[CHECKSUM_CRC32C] = { STR_INIT("CRC32C"), STR_INIT("x-amz-checksum-crc32c"), 4 },
	[CHECKSUM_CRC64NVME] = { STR_INIT("CRC64NVME"), STR_INIT("x-amz-checksum-crc64nvme"), 8 },
	[CHECKSUM_SHA1] = { STR_INIT("SHA1"), STR_INIT("x-amz-checksum-sha1"), SHA1_SIZE },
	[CHECKSUM_SHA256] = { STR_INIT("SHA256"), STR_INIT("x-amz-checksum-sha256"), SHA256_SIZE },
};

str checksum_name(enum checksum_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

bool checksum_from_name(str name, enum checksum_algorithm *ret)
{
	for (size_t i = 1; i < CHECKSUM_ALGORITHMS; i++) {
		if (str_eq_nocase(algorithms[i].name, name)) {
			*ret = (enum checksum_algorithm)i;
			return true;
		}
	}
	return false;
}

/* "x-amz-checksum-sha1"; false for another header. */
static bool from_header(str header, enum checksum_algorithm *ret)
{
	str prefix = STR("x-amz-checksum-");

	return str_starts_nocase(header, prefix) &&
	       checksum_from_name(str_after(header, prefix.n), ret);
}

static const struct refusal *invalid_request(struct arena *a, const char *message)
{
	return refuse(a, 400, "InvalidRequest", "%s", message);
}

static const struct refusal *more_than_one(struct arena *a)
{
	return invalid_request(a, "Expecting a single x-amz-checksum- header. Multiple checksum "
	                          "Types are not allowed.");
}

static const struct refusal *no_trailer(struct arena *a)
{
	return refuse(a, 400, "MalformedTrailerError",
	              "The request contained trailing data that was not well-formed or did not "
	              "conform to our published schema.");
}

/* These share the prefix but are no checksums. */
static bool is_about_checksums(str name)
{
	return str_eq_nocase(name, STR("x-amz-checksum-algorithm")) ||
	       str_eq_nocase(name, STR("x-amz-checksum-mode")) ||
	       str_eq_nocase(name, STR("x-amz-checksum-type"));
}

static const struct refusal *take_headers(struct checksum *c, const struct request *r)
{
	for (size_t i = 0; i < r->header_count; i++) {
		const struct header *h = &r->headers[i];
		enum checksum_algorithm algorithm;
		str decoded;

		if (!str_starts_nocase(h->name, STR("x-amz-checksum-")) ||
		    is_about_checksums(h->name))
			continue;
		if (!from_header(h->name, &algorithm))
			return invalid_request(
				c->arena, "The algorithm type you specified in x-amz-checksum- "
					  "header is invalid.");
		if (c->algorithm)
			return more_than_one(c->arena);
		c->algorithm = algorithm;
		c->announced = h->value;
		if (!base64_decode(c->arena, h->value, &decoded) ||
		    decoded.n != algorithms[algorithm].size)
			return refuse(c->arena, 400, "InvalidRequest",
			              "Value for %.*s header is invalid.",
			              STR_ARG(algorithms[algorithm].header));
	}
	return NULL;
}

/* S3 takes commas at the end of the list, but no empty name before one. */
static const struct refusal *take_trailers(struct checksum *c, const struct request *r)
{
	str rest = str_trim(request_header(r, STR("x-amz-trailer")));

	while (str_ends(rest, STR(",")))
		rest.n--;
	while (rest.n) {
		str name = str_trim(str_cut(&rest, ','));
		enum checksum_algorithm algorithm;

		if (!from_header(name, &algorithm))
			return invalid_request(c->arena,
			                       "The value specified in the x-amz-trailer header is "
			                       "not supported");
		if (c->algorithm)
			return more_than_one(c->arena);
		c->algorithm = algorithm;
		c->in_trailer = true;
	}
	return NULL;
}

static const struct refusal *check_sdk_algorithm(struct checksum *c, const struct request *r)
{
	str name = request_header(r, STR("x-amz-sdk-checksum-algorithm"));
	enum checksum_algorithm algorithm;

	if (!name.p)
		return NULL;
	if (!checksum_from_name(name, &algorithm))
		return invalid_request(
			c->arena, "Checksum algorithm provided is unsupported. Please try again "
				  "with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, "
				  "SHA256]");
	if (!c->algorithm)
		return invalid_request(
			c->arena, "x-amz-sdk-checksum-algorithm specified, but no corresponding "
				  "x-amz-checksum-* or x-amz-trailer headers were found.");
	if (c->algorithm != algorithm)
		return invalid_request(c->arena, "Value for x-amz-sdk-checksum-algorithm header is "
		                                 "invalid.");
	return NULL;
}

static const struct refusal *take_md5(struct checksum *c, const struct request *r)
{
	str value = request_header(r, STR("Content-MD5")), decoded;

	if (!value.p)
		return NULL;
	if (!base64_decode(c->arena, value, &decoded) || decoded.n != MD5_SIZE)
		return refusal_with(refuse(c->arena, 400, "InvalidDigest",
		                           "The Content-MD5 you specified was invalid."),
		                    "Content-MD5", refusal_excerpt(value));
	c->announced_md5 = decoded;
	return NULL;
}

static void drop_digests(void *ptr)
{
	struct checksum *c = ptr;

	digest_free(c->md5);
	digest_free(c->sha);
	c->md5 = c->sha = NULL;
}

static enum checksum_algorithm wanted_algorithm(unsigned wanted)
{
	if (wanted & CHECKSUM_WANT_CRC64NVME)
		return CHECKSUM_CRC64NVME;
	if (wanted & CHECKSUM_WANT_CRC32)
		return CHECKSUM_CRC32;
	return wanted & CHECKSUM_WANT_CRC32C ? CHECKSUM_CRC32C : CHECKSUM_NONE;
}

static void begin(struct checksum *c, unsigned wanted)
{
	if (!c->algorithm)
		c->algorithm = wanted_algorithm(wanted);
	c->also_crc64nvme = (wanted & CHECKSUM_ALSO_CRC64NVME) != 0;
	if (c->announced_md5.p || wanted & CHECKSUM_WANT_MD5)
		c->md5 = digest_new(DIGEST_MD5);
	if (c->algorithm == CHECKSUM_SHA1)
		c->sha = digest_new(DIGEST_SHA1);
	if (c->algorithm == CHECKSUM_SHA256)
		c->sha = digest_new(DIGEST_SHA256);
	arena_defer(c->arena, drop_digests, c);
}

const struct refusal *checksum_begin(struct arena *a, const struct request *r, unsigned wanted,
                                     struct checksum **ret)
{
	struct checksum *c = arena_new(a, struct checksum);
	const struct refusal *refusal;

	c->arena = a;
	refusal = take_md5(c, r);
	if (!refusal)
		refusal = take_headers(c, r);
	if (!refusal)
		refusal = take_trailers(c, r);
	if (!refusal)
		refusal = check_sdk_algorithm(c, r);
	if (refusal)
		return refusal;

	begin(c, wanted);
	*ret = c;
	return NULL;
}

struct checksum *checksum_new(struct arena *a, unsigned wanted, enum checksum_algorithm algorithm)
{
	struct checksum *c = arena_new(a, struct checksum);

	c->arena = a;
	c->algorithm = algorithm;
	begin(c, wanted);
	return c;
}

void checksum_update(struct checksum *c, str bytes)
{
	if (c->md5)
		digest_update(c->md5, bytes);
	if (c->also_crc64nvme)
		c->crc64nvme = crc64nvme_update(c->crc64nvme, bytes);
	switch (c->algorithm) {
	case CHECKSUM_CRC32:
		c->crc = crc32_update((uint32_t)c->crc, bytes);
		break;
	case CHECKSUM_CRC32C:
		c->crc = crc32c_update((uint32_t)c->crc, bytes);
		break;
	case CHECKSUM_CRC64NVME:
		c->crc = crc64nvme_update(c->crc, bytes);
		break;
	case CHECKSUM_SHA1:
	case CHECKSUM_SHA256:
		digest_update(c->sha, bytes);
		break;
	default:
		break;
	}
}

/* The checksum's bytes; a CRC is sent big-endian. */
static str finish(struct checksum *c, unsigned char out[DIGEST_MAX])
{
	size_t size = algorithms[c->algorithm].size;
	struct digest *sha = c->sha;

	c->sha = NULL;
	if (sha)
		digest_finish(sha, out);
	else
		for (size_t i = 0; i < size; i++)
			out[i] = (unsigned char)(c->crc >> (8 * (size - 1 - i)));
	return (str){ (const char *)out, size };
}

static const struct refusal *check_md5(struct checksum *c)
{
	struct digest *md5 = c->md5;
	struct buf expected;
	struct refusal *r;
	str computed = { (const char *)c->md5_value, MD5_SIZE };

	if (!md5)
		return NULL;
	c->md5 = NULL;
	digest_finish(md5, c->md5_value);
	c->has_md5 = true;
	if (!c->announced_md5.p || str_eq(c->announced_md5, computed))
		return NULL;
	/* S3 spells the one in hex and the other in base64. */
	buf_init(&expected, c->arena, 2 * MD5_SIZE);
	hex_put(&expected, c->announced_md5);
	r = refuse(c->arena, 400, "BadDigest",
	           "The Content-MD5 you specified did not match what we received.");
	refusal_with(r, "ExpectedDigest", buf_str(&expected));
	return refusal_with(r, "CalculatedDigest", base64_of(c->arena, computed));
}

const struct refusal *checksum_end(struct checksum *c, const struct chunked *chunked)
{
	const struct refusal *r = check_md5(c);
	unsigned char out[DIGEST_MAX];
	str computed, sent = c->announced, decoded;

	if (r || !c->algorithm)
		return r;
	computed = finish(c, out);
	if (c->in_trailer) {
		str header = algorithms[c->algorithm].header;

		sent = chunked ? chunked_trailer(chunked, header) : STR_NULL;
		if (!sent.p)
			return no_trailer(c->arena);
		if (!base64_decode(c->arena, sent, &decoded) || decoded.n != computed.n)
			return refuse(c->arena, 400, "InvalidRequest",
			              "Value for %.*s trailing header is invalid.",
			              STR_ARG(header));
	}
	c->value = base64_of(c->arena, computed);
	if (sent.p && !str_eq(c->value, sent))
		return refuse(c->arena, 400, "BadDigest",
		              "The %.*s you specified did not match the calculated checksum.",
		              STR_ARG(algorithms[c->algorithm].name));
	return NULL;
}
