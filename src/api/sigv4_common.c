/*
 * How every service but S3 checks the head of a signed request. The order and the texts are those
 * that DynamoDB was seen to use (dynalite wrote them down): what is missing, the time, the signed
 * host, the algorithm, the credential, its scope.
 *
 * AWS used to repeat the Authorization header in its complaints; since about 2023 it gives the
 * header's hash instead, and so do we, because the header may be somebody's bearer token.
 */
#include "api/sigv4_parts.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/timestamp.h"

#include <inttypes.h>

static const struct {
	int status;
	const char *code;
} table[SIGV4_FLAVOURS][SIGV4_PROBLEMS] = {
	[SIGV4_AS_QUERY] = {
		[SIGV4_MISSING] = { 403, "MissingAuthenticationToken" },
		[SIGV4_INCOMPLETE] = { 400, "IncompleteSignature" },
		[SIGV4_WRONG] = { 403, "SignatureDoesNotMatch" },
		[SIGV4_UNKNOWN_KEY] = { 403, "InvalidClientTokenId" },
		[SIGV4_EXPIRED_TOKEN] = { 403, "ExpiredToken" },
	},
	[SIGV4_AS_EC2] = {
		[SIGV4_MISSING] = { 400, "MissingParameter" },
		[SIGV4_INCOMPLETE] = { 400, "IncompleteSignature" },
		[SIGV4_WRONG] = { 401, "AuthFailure" },
		[SIGV4_UNKNOWN_KEY] = { 401, "AuthFailure" },
		[SIGV4_EXPIRED_TOKEN] = { 400, "RequestExpired" },
	},
	[SIGV4_AS_JSON] = {
		[SIGV4_MISSING] = { 400, "MissingAuthenticationTokenException" },
		[SIGV4_INCOMPLETE] = { 400, "IncompleteSignatureException" },
		[SIGV4_WRONG] = { 400, "InvalidSignatureException" },
		[SIGV4_UNKNOWN_KEY] = { 400, "UnrecognizedClientException" },
		[SIGV4_EXPIRED_TOKEN] = { 400, "ExpiredTokenException" },
	},
	[SIGV4_AS_REST_JSON] = {
		[SIGV4_MISSING] = { 403, "MissingAuthenticationTokenException" },
		[SIGV4_INCOMPLETE] = { 403, "IncompleteSignatureException" },
		[SIGV4_WRONG] = { 403, "InvalidSignatureException" },
		[SIGV4_UNKNOWN_KEY] = { 403, "UnrecognizedClientException" },
		[SIGV4_EXPIRED_TOKEN] = { 403, "ExpiredTokenException" },
	},
};

/* EC2 does not say what is wrong with a signature. */
static const char *ec2_words(enum sigv4_problem problem)
{
	switch (problem) {
	case SIGV4_MISSING:
		return "The request must contain the parameter AWSAccessKeyId";
	case SIGV4_EXPIRED_TOKEN:
		return "Request has expired.";
	case SIGV4_WRONG:
	case SIGV4_UNKNOWN_KEY:
		return "AWS was not able to validate the provided access credentials";
	default:
		return NULL;
	}
}

struct refusal *sigv4_refuse(struct arena *a, enum sigv4_flavour flavour,
                             enum sigv4_problem problem, const char *format, ...)
{
	const char *words = flavour == SIGV4_AS_EC2 ? ec2_words(problem) : NULL;
	struct buf message;
	va_list args;

	buf_init(&message, a, 8 * LIMIT_REQUEST_HEAD);
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	return refuse(a, table[flavour][problem].status, table[flavour][problem].code, "%.*s",
	              STR_ARG(words ? str_from(words) : buf_str(&message)));
}

static str hash_of(struct arena *a, str authorization)
{
	unsigned char hash[SHA256_SIZE];

	digest_of(DIGEST_SHA256, authorization, hash);
	return base64_of(a, (str){ (const char *)hash, sizeof(hash) });
}

static const struct refusal *check_header_parts(struct arena *a, const struct sigv4 *s,
                                                const struct sigv4_parts *p)
{
	struct buf missing;

	/* Version 2 is "AWS key:signature". */
	if (str_eq(p->algorithm, STR("AWS")))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "Unsupported AWS 'algorithm': 'AWS' (only AWS4-HMAC-SHA256 "
		                    "for now). ");
	if (p->odd)
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "Invalid key=value pair (missing equal-sign) in Authorization "
		                    "header (hashed with SHA-256 and encoded with Base64): '%.*s'.",
		                    STR_ARG(hash_of(a, p->authorization)));
	buf_init(&missing, a, 1024);
	if (!p->credential.n)
		buf_put(&missing, STR("Authorization header requires 'Credential' parameter. "));
	if (!p->signature.n)
		buf_put(&missing, STR("Authorization header requires 'Signature' parameter. "));
	if (!p->signed_headers.n)
		buf_put(&missing, STR("Authorization header requires 'SignedHeaders' parameter. "));
	if (!p->date.n)
		buf_put(&missing, STR("Authorization header requires existence of either a "
		                      "'X-Amz-Date' or a 'Date' header. "));
	if (!missing.n)
		return NULL;
	return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
	                    "%.*s(Hashed with SHA-256 and encoded with Base64) Authorization=%.*s",
	                    STR_ARG(buf_str(&missing)), STR_ARG(hash_of(a, p->authorization)));
}

static const struct refusal *check_query_parts(struct arena *a, const struct sigv4 *s,
                                               const struct sigv4_parts *p)
{
	const struct {
		const char *name;
		str value;
	} needed[] = {
		{ "X-Amz-Algorithm", p->algorithm }, { "X-Amz-Credential", p->credential },
		{ "X-Amz-Signature", p->signature }, { "X-Amz-SignedHeaders", p->signed_headers },
		{ "X-Amz-Date", p->date },
	};
	struct buf missing;

	if (!sigv4_query_has(s->request, STR("X-Amz-Algorithm")))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "Unsupported AWS 'algorithm': 'Signature Version 2' (only "
		                    "AWS4-HMAC-SHA256 for now). ");
	buf_init(&missing, a, 1024);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!needed[i].value.n)
			buf_printf(&missing, "AWS query-string parameters must include '%s'. ",
			           needed[i].name);
	if (!missing.n)
		return NULL;
	return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
	                    "%.*sRe-examine the query-string parameters.",
	                    STR_ARG(buf_str(&missing)));
}

/* A presigned request says how long it is good for; the others are good for as long as clocks are
 * allowed to differ. */
static const struct refusal *check_life(struct arena *a, const struct sigv4 *s,
                                        const struct sigv4_parts *p, int64_t *ret_seconds)
{
	*ret_seconds = LIMIT_SKEW_SECONDS;
	if (!p->expires.p)
		return NULL;
	if (!str_to_i64(p->expires, ret_seconds))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "X-Amz-Expires should be a number");
	if (*ret_seconds < 0)
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "X-Amz-Expires must be non-negative");
	if (*ret_seconds > LIMIT_PRESIGNED_SECONDS)
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "X-Amz-Expires must be less than a week (in seconds); that is, "
		                    "the given X-Amz-Expires must be less than 604800 seconds");
	return NULL;
}

static const struct refusal *out_of_time(struct arena *a, const struct sigv4 *s, bool expired,
                                         int64_t seconds)
{
	int64_t limit = s->now + (expired ? -seconds : seconds) * 1000;
	bool minutes = seconds % 60 == 0;

	if (s->door->flavour == SIGV4_AS_EC2)
		return refuse(a, 400, "RequestExpired", "Request has expired.");
	return sigv4_refuse(a, s->door->flavour, SIGV4_WRONG,
	                    "%s: %.*s is %s than %.*s (%.*s %c %" PRId64 " %s.)",
	                    expired ? "Signature expired" : "Signature not yet current",
	                    STR_ARG(s->timestamp), expired ? "now earlier" : "still later",
	                    STR_ARG(timestamp_to_basic(a, limit)),
	                    STR_ARG(timestamp_to_basic(a, s->now)), expired ? '-' : '+',
	                    minutes ? seconds / 60 : seconds, minutes ? "min" : "sec");
}

static const struct refusal *check_time(struct arena *a, struct sigv4 *s,
                                        const struct sigv4_parts *p)
{
	const struct refusal *r;
	int64_t time, life;

	if (!sigv4_time(a, p->date, &time, &s->timestamp))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "Date must be in ISO-8601 'basic format'. Got '%.*s'. See "
		                    "http://en.wikipedia.org/wiki/ISO_8601",
		                    STR_ARG(refusal_excerpt(p->date)));
	r = check_life(a, s, p, &life);
	if (r)
		return r;
	if (s->now - time > life * 1000 || life == 0)
		return out_of_time(a, s, /* expired= */ true, life);
	if (time - s->now > LIMIT_SKEW_SECONDS * 1000)
		return out_of_time(a, s, /* expired= */ false, LIMIT_SKEW_SECONDS);
	return NULL;
}

static const struct refusal *check_scope(struct arena *a, struct sigv4 *s, str credential)
{
	str terminator, day = str_from_to(s->timestamp, 0, 8);
	struct buf wrong;

	if (!sigv4_split_credential(credential, s, &terminator))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "Credential must have exactly 5 slash-delimited elements, e.g. "
		                    "keyid/date/region/service/term, got '%.*s'",
		                    STR_ARG(refusal_excerpt(credential)));
	buf_init(&wrong, a, 8 * LIMIT_ERROR_VALUE);
	if (!sigv4_region_is_valid(s->region))
		buf_printf(&wrong, "Credential should be scoped to a valid region, not '%.*s'. ",
		           STR_ARG(refusal_excerpt(s->region)));
	if (!sigv4_door_takes(s->door, s->service))
		buf_printf(&wrong, "Credential should be scoped to correct service: '%.*s'. ",
		           STR_ARG(s->door->services[0]));
	if (!str_eq(terminator, SIGV4_TERMINATOR))
		buf_printf(&wrong,
		           "Credential should be scoped with a valid terminator: 'aws4_request', "
		           "not '%.*s'. ",
		           STR_ARG(refusal_excerpt(terminator)));
	if (!str_eq(s->date, day))
		buf_printf(&wrong,
		           "Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
		           "of date from HTTP: '%.*s' != '%.*s', from '%.*s'. ",
		           STR_ARG(refusal_excerpt(s->date)), STR_ARG(day), STR_ARG(s->timestamp));
	if (!wrong.n)
		return NULL;
	return sigv4_refuse(a, s->door->flavour, SIGV4_WRONG, "%.*s",
	                    STR_ARG(str_trim(buf_str(&wrong))));
}

const struct refusal *sigv4_check_common(struct arena *a, struct sigv4 *s)
{
	const struct refusal *r;
	struct sigv4_parts p;

	if (s->place == SIGV4_IN_HEADER) {
		sigv4_parts_of_header(s->request, &p);
		r = check_header_parts(a, s, &p);
	} else {
		sigv4_parts_of_query(a, s->request, &p);
		r = check_query_parts(a, s, &p);
	}
	if (r)
		return r;
	r = check_time(a, s, &p);
	if (r)
		return r;
	if (!sigv4_signs(p.signed_headers, STR("host")))
		return sigv4_refuse(a, s->door->flavour, SIGV4_WRONG,
		                    "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
		                    "Authorization.");
	if (!sigv4_is_list_of_headers(p.signed_headers))
		return sigv4_refuse(a, s->door->flavour, SIGV4_INCOMPLETE,
		                    "SignedHeaders must be at most %d names of headers, separated "
		                    "by ';'",
		                    LIMIT_SIGNED_HEADERS);
	if (!str_eq(p.algorithm, SIGV4_ALGORITHM))
		return sigv4_refuse(
			a, s->door->flavour, SIGV4_INCOMPLETE,
			"Unsupported AWS 'algorithm': '%.*s' (only AWS4-HMAC-SHA256 for "
			"now). ",
			STR_ARG(refusal_excerpt(p.algorithm)));
	s->payload = SIGV4_PAYLOAD_BODY;
	s->signed_headers = p.signed_headers;
	s->signature = p.signature;
	s->token = p.token;
	return check_scope(a, s, p.credential);
}
