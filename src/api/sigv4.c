#include "api/sigv4.h"

#include "api/canonical.h"
#include "api/signing_key.h"
#include "api/sigv4_parts.h"
#include "base/encoding.h"
#include "base/str.h"

#include <assert.h>

/* A longer canonical request is not shown: an answer should not be many times its question. AWS takes
 * no heads of that size. */
enum { SHOWN_MAX = 16 * 1024 };

const struct refusal *sigv4_parse(struct arena *a, const struct request *r,
                                  const struct sigv4_door *door, int64_t now, struct sigv4 *ret)
{
	bool s3 = door->flavour == SIGV4_AS_S3;

	*ret = (struct sigv4){ .place = sigv4_where(r), .door = door, .request = r, .now = now };
	switch (ret->place) {
	case SIGV4_IN_HEADER:
		if (s3)
			return sigv4_check_s3_header(a, ret);
		if (sigv4_query_has(r, STR("X-Amz-Algorithm")))
			return sigv4_refuse(a, door->flavour, SIGV4_WRONG,
			                    "Found both 'X-Amz-Algorithm' as a query-string param "
			                    "and 'Authorization' as HTTP header.");
		return sigv4_check_common(a, ret);
	case SIGV4_IN_QUERY:
		return s3 ? sigv4_check_s3_query(a, ret) : sigv4_check_common(a, ret);
	default:
		break;
	}
	if (s3)
		return refuse(a, 403, "AccessDenied", "Access Denied");
	return sigv4_refuse(a, door->flavour, SIGV4_MISSING,
	                    door->flavour == SIGV4_AS_QUERY
	                            ? "Request is missing Authentication Token"
	                            : "Missing Authentication Token");
}

static str spelt_out(struct arena *a, str s)
{
	struct buf b;

	buf_init(&b, a, 3 * s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (i)
			buf_putc(&b, ' ');
		hex_put(&b, str_from_to(s, i, i + 1));
	}
	return buf_str(&b);
}

/* The body's hash, as hex, is wanted only where the head does not have one. */
static struct canonical canonical_of(const struct sigv4 *s, str body_hash)
{
	return (struct canonical){
		.request = s->request,
		.s3 = s->door->flavour == SIGV4_AS_S3,
		.presigned = s->place == SIGV4_IN_QUERY,
		.signed_headers = s->signed_headers,
		.payload_hash = s->payload == SIGV4_PAYLOAD_BODY ? body_hash : s->payload_hash,
	};
}

/* The canonical request as a client may see it; absent when it is too long. */
static str shown(struct arena *a, struct canonical *c)
{
	str text = STR_NULL;

	c->hide_tokens = true;
	return canonical_request(a, c, &text) && text.n <= SHOWN_MAX ? text : STR_NULL;
}

const struct refusal *sigv4_mismatch(struct arena *a, const struct sigv4 *s, str string_to_sign,
                                     str signature)
{
	struct canonical c = canonical_of(s, STR_NULL);
	struct refusal *r =
		refuse(a, 403, "SignatureDoesNotMatch",
	               "The request signature we calculated does not match the signature "
	               "you provided. Check your key and signing method.");
	str canonical;

	refusal_with(r, "AWSAccessKeyId", refusal_excerpt(s->access_key));
	refusal_with(r, "StringToSign", string_to_sign);
	refusal_with(r, "SignatureProvided", refusal_excerpt(signature));
	refusal_with(r, "StringToSignBytes", spelt_out(a, string_to_sign));
	canonical = shown(a, &c);
	if (!canonical.p)
		return r;
	refusal_with(r, "CanonicalRequest", canonical);
	return refusal_with(r, "CanonicalRequestBytes", spelt_out(a, canonical));
}

#define MISMATCH                                                                                \
	"The request signature we calculated does not match the signature you provided. Check " \
	"your AWS Secret Access Key and signing method. Consult the service documentation for " \
	"details."

static const struct refusal *wrong_signature(struct arena *a, const struct sigv4 *s,
                                             struct canonical *c, str string_to_sign)
{
	str canonical;

	if (s->door->flavour == SIGV4_AS_S3)
		return sigv4_mismatch(a, s, string_to_sign, s->signature);
	canonical = shown(a, c);
	if (!canonical.p)
		return sigv4_refuse(a, s->door->flavour, SIGV4_WRONG, MISMATCH);
	return sigv4_refuse(a, s->door->flavour, SIGV4_WRONG,
	                    MISMATCH
	                    "\n\nThe Canonical String for this request should have been\n'%.*s'\n\n"
	                    "The String-to-Sign should have been\n'%.*s'\n",
	                    STR_ARG(canonical), STR_ARG(string_to_sign));
}

static const struct refusal *unknown_key(struct arena *a, const struct sigv4 *s)
{
	if (s->door->flavour == SIGV4_AS_S3)
		return sigv4_s3_unknown_key(a, s);
	return sigv4_refuse(a, s->door->flavour, SIGV4_UNKNOWN_KEY,
	                    "The security token included in the request is invalid.");
}

static const struct refusal *bad_token(struct arena *a, const struct sigv4 *s)
{
	if (s->door->flavour == SIGV4_AS_S3)
		return sigv4_s3_bad_token(a);
	return sigv4_refuse(a, s->door->flavour, SIGV4_UNKNOWN_KEY,
	                    "The security token included in the request is invalid");
}

/* A temporary key is nothing without its token, and both end together. */
static const struct refusal *check_token(struct arena *a, const struct sigv4 *s,
                                         const struct credential *c)
{
	if (!c->session_token.p)
		return NULL;
	if (!s->token.n)
		return unknown_key(a, s);
	if (!secret_eq(s->token, c->session_token))
		return bad_token(a, s);
	if (!c->expires || s->now < c->expires)
		return NULL;
	if (s->door->flavour == SIGV4_AS_S3)
		return sigv4_s3_expired_token(a);
	return sigv4_refuse(a, s->door->flavour, SIGV4_EXPIRED_TOKEN,
	                    "The security token included in the request is expired");
}

/* False when there is no canonical request; *ret_fits says whether the signature is that of it. */
static bool compare(struct arena *a, const struct sigv4 *s, const struct canonical *c,
                    str *ret_string_to_sign, bool *ret_fits)
{
	unsigned char hash[SHA256_SIZE], wanted[SHA256_SIZE], sent[SHA256_SIZE];
	struct buf b;
	str text;

	if (!canonical_request(a, c, &text))
		return false;
	digest_of(DIGEST_SHA256, text, hash);
	buf_init(&b, a, 4096 + s->scope.n);
	buf_put(&b, STR("AWS4-HMAC-SHA256\n"));
	buf_put(&b, s->timestamp);
	buf_putc(&b, '\n');
	buf_put(&b, s->scope);
	buf_putc(&b, '\n');
	hex_put(&b, (str){ (const char *)hash, sizeof(hash) });
	*ret_string_to_sign = buf_str(&b);

	hmac_sha256((str){ (const char *)s->key, SHA256_SIZE }, buf_str(&b), wanted);
	*ret_fits = hex_decode(s->signature, sent, sizeof(sent)) &&
	            secret_eq((str){ (const char *)wanted, sizeof(wanted) },
	                      (str){ (const char *)sent, sizeof(sent) });
	return true;
}

static const struct refusal *check_signature(struct arena *a, struct sigv4 *s,
                                             const unsigned char *body_sha256)
{
	char hex[2 * SHA256_SIZE] = "";
	struct canonical c;
	str to_sign, other;
	bool fits;

	if (s->payload == SIGV4_PAYLOAD_BODY) {
		assert(body_sha256);
		hex_to(hex, body_sha256, SHA256_SIZE);
	}
	c = canonical_of(s, (str){ hex, sizeof(hex) });
	if (!compare(a, s, &c, &to_sign, &fits))
		return refuse(a, 400, "RequestHeaderSectionTooLarge",
		              "Your request header section exceeds the maximum allowed size.");
	if (!fits && c.s3) {
		c.path_as_sent = true;
		compare(a, s, &c, &other, &fits);
		c.path_as_sent = false;
	}
	return fits ? NULL : wrong_signature(a, s, &c, to_sign);
}

const struct refusal *sigv4_verify(struct arena *a, struct sigv4 *s, const struct credential *c,
                                   const unsigned char *body_sha256)
{
	struct signing_scope scope;
	const struct refusal *r;
	bool remembered;

	r = c ? check_token(a, s, c) : unknown_key(a, s);
	if (r)
		return r;
	scope = (struct signing_scope){ c->access_key, c->secret, s->date, s->region, s->service };
	remembered = signing_key_get(&scope, s->key);
	r = check_signature(a, s, body_sha256);
	if (r) {
		explicit_bzero(s->key, sizeof(s->key));
		return r;
	}
	if (!remembered)
		signing_key_remember(&scope, s->key);
	/* AWS looks at a token that a long-lived key does not have only now. */
	return c->session_token.p || !s->token.n ? NULL : bad_token(a, s);
}

const struct refusal *sigv4_check_payload(struct arena *a, const struct sigv4 *s,
                                          const unsigned char body_sha256[SHA256_SIZE])
{
	unsigned char claimed[SHA256_SIZE];
	struct refusal *r;
	struct buf computed;

	assert(s->payload == SIGV4_PAYLOAD_HASH);
	if (hex_decode(s->payload_hash, claimed, sizeof(claimed)) &&
	    memcmp(claimed, body_sha256, SHA256_SIZE) == 0)
		return NULL;
	buf_init(&computed, a, 2 * SHA256_SIZE);
	hex_put(&computed, (str){ (const char *)body_sha256, SHA256_SIZE });
	r = refuse(a, 400, "XAmzContentSHA256Mismatch",
	           "The provided 'x-amz-content-sha256' header does not match what was computed.");
	refusal_with(r, "ClientComputedContentSHA256", refusal_excerpt(s->payload_hash));
	return refusal_with(r, "S3ComputedContentSHA256", buf_str(&computed));
}
