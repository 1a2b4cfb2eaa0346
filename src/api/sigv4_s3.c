/*
 * How S3 checks the head of a signed request. Codes, texts, fields and above all the order of the
 * checks follow what s3.us-east-1.amazonaws.com was measured to answer in September 2026 (by the
 * authors of Backlot, one fault at a time and in pairs), and before that versitygw's and Swift's
 * tests against it.
 *
 * Not as S3 does it: ArgumentValue leaves out an Authorization header and Token-0 is not sent,
 * because both may be secrets, and any region is right.
 */
#include "api/sigv4_parts.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/timestamp.h"

#define HEADER_MALFORMED "The authorization header is malformed; "
#define QUERY_CREDENTIAL "Error parsing the X-Amz-Credential parameter; "

static const struct refusal *about_authorization(struct arena *a, const char *message)
{
	return refusal_with(refuse(a, 400, "InvalidArgument", "%s", message), "ArgumentName",
	                    STR("Authorization"));
}

static const struct refusal *one_mechanism(struct arena *a)
{
	return about_authorization(
		a, "Only one auth mechanism allowed; only the X-Amz-Algorithm query "
		   "parameter, Signature query string parameter or the Authorization "
		   "header should be specified");
}

static const struct refusal *version_2(struct arena *a)
{
	return refuse(a, 400, "InvalidRequest",
	              "The authorization mechanism you have provided is not supported. Please use "
	              "AWS4-HMAC-SHA256.");
}

static const struct refusal *version_4a(struct arena *a)
{
	return refuse(
		a, 501, "NotImplemented",
		"Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use "
		"AWS4-HMAC-SHA256.");
}

/* AuthorizationHeaderMalformed, or AuthorizationQueryParametersError for the credential of a URL. */
static struct refusal *malformed(struct arena *a, const struct sigv4 *s, const char *format, ...)
	PRINTF_LIKE(3, 4);

static struct refusal *malformed(struct arena *a, const struct sigv4 *s, const char *format, ...)
{
	bool in_header = s->place == SIGV4_IN_HEADER;
	struct buf detail;
	va_list args;

	buf_init(&detail, a, 8 * LIMIT_ERROR_VALUE);
	va_start(args, format);
	buf_vprintf(&detail, format, args);
	va_end(args);
	return refuse(a, 400,
	              in_header ? "AuthorizationHeaderMalformed"
	                        : "AuthorizationQueryParametersError",
	              "%s%.*s", in_header ? HEADER_MALFORMED : QUERY_CREDENTIAL,
	              STR_ARG(buf_str(&detail)));
}

static bool is_date(str s)
{
	char text[] = "yyyymmddT000000Z";
	int64_t t;

	if (s.n != 8)
		return false;
	memcpy(text, s.p, s.n);
	return timestamp_from_basic(str_from(text), &t);
}

static const struct refusal *check_credential(struct arena *a, struct sigv4 *s, str credential)
{
	struct refusal *r;
	str terminator;

	if (!sigv4_split_credential(credential, s, &terminator))
		return malformed(a, s,
		                 "the Credential is mal-formed; expecting "
		                 "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
	if (!is_date(s->date))
		return malformed(a, s,
		                 "incorrect date format \"%.*s\". This date in the credential "
		                 "must be in the format \"yyyyMMdd\".",
		                 STR_ARG(refusal_excerpt(s->date)));
	if (!s->region.n)
		return malformed(a, s, "a non-empty region must be provided in the credential.");
	if (!sigv4_region_is_valid(s->region)) {
		r = malformed(a, s, "the region '%.*s' is wrong; expecting 'us-east-1'",
		              STR_ARG(refusal_excerpt(s->region)));
		return refusal_with(r, "Region", STR("us-east-1"));
	}
	if (!sigv4_door_takes(s->door, s->service))
		return malformed(a, s,
		                 "incorrect service \"%.*s\". This endpoint belongs to "
		                 "\"%.*s\".",
		                 STR_ARG(refusal_excerpt(s->service)),
		                 STR_ARG(s->door->services[0]));
	if (!str_eq(terminator, SIGV4_TERMINATOR))
		return malformed(a, s,
		                 "incorrect terminal \"%.*s\". This endpoint uses "
		                 "\"aws4_request\".",
		                 STR_ARG(refusal_excerpt(terminator)));
	return NULL;
}

static bool must_be_signed(str name)
{
	if (str_eq_nocase(name, STR("host")) || str_eq_nocase(name, STR("content-md5")))
		return true;
	return str_starts_nocase(name, STR("x-amz-")) &&
	       !str_eq_nocase(name, STR("x-amz-content-sha256"));
}

/* What is not signed may have been added on the way, and most of these change what S3 does. */
static const struct refusal *check_signed_headers(struct arena *a, struct sigv4 *s,
                                                  const struct sigv4_parts *p)
{
	const struct request *request = s->request;
	struct refusal *r;
	struct buf names;

	if (!sigv4_is_list_of_headers(p->signed_headers))
		return refuse(a, 400, "AuthorizationHeaderMalformed",
		              HEADER_MALFORMED "SignedHeaders must be at most %d names of headers, "
		                               "separated by ';'.",
		              LIMIT_SIGNED_HEADERS);
	buf_init(&names, a, LIMIT_REQUEST_HEAD);
	for (size_t i = 0; i < request->header_count; i++) {
		str name = request->headers[i].name;

		if (!must_be_signed(name) || sigv4_signs(p->signed_headers, name))
			continue;
		if (names.n)
			buf_put(&names, STR(", "));
		for (size_t k = 0; k < name.n; k++)
			buf_putc(&names, ascii_lower(name.p[k]));
	}
	s->signed_headers = p->signed_headers;
	s->signature = p->signature;
	s->token = p->token;
	if (!names.n)
		return NULL;
	r = refuse(a, 403, "AccessDenied",
	           "There were headers present in the request which were not signed");
	return refusal_with(r, "HeadersNotSigned", buf_str(&names));
}

static const struct refusal *check_payload_hash(struct arena *a, struct sigv4 *s)
{
	static const struct {
		str text;
		enum sigv4_payload payload;
	} known[] = {
		{ STR_INIT("UNSIGNED-PAYLOAD"), SIGV4_PAYLOAD_UNSIGNED },
		{ STR_INIT("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), SIGV4_PAYLOAD_CHUNKS },
		{ STR_INIT("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
		  SIGV4_PAYLOAD_CHUNKS_TRAILER },
		{ STR_INIT("STREAMING-UNSIGNED-PAYLOAD-TRAILER"), SIGV4_PAYLOAD_UNSIGNED_TRAILER },
	};
	str text = request_header(s->request, STR("x-amz-content-sha256"));
	unsigned char hash[SHA256_SIZE];
	struct refusal *r;

	s->payload_hash = text;
	s->payload = SIGV4_PAYLOAD_HASH;
	if (!text.p)
		return refuse(a, 400, "InvalidRequest",
		              "Missing required header for this request: x-amz-content-sha256");
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_eq(text, known[i].text)) {
			s->payload = known[i].payload;
			return NULL;
		}
	}
	if (hex_decode(text, hash, sizeof(hash)))
		return NULL;
	if (str_starts(text, STR("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")))
		return version_4a(a);
	r = refuse(a, 400, "InvalidArgument",
	           "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
	           "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
	           "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
	           "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "
	           "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.");
	refusal_with(r, "ArgumentName", STR("x-amz-content-sha256"));
	return refusal_with(r, "ArgumentValue", refusal_excerpt(text));
}

static const struct refusal *check_date(struct arena *a, struct sigv4 *s,
                                        const struct sigv4_parts *p)
{
	struct refusal *r;
	int64_t time, skew;

	if (!p->date.p || !sigv4_time(a, p->date, &time, &s->timestamp))
		return refuse(a, 403, "AccessDenied",
		              "AWS authentication requires a valid Date or x-amz-date header");
	skew = s->now - time;
	if (skew >= -LIMIT_SKEW_SECONDS * 1000 && skew <= LIMIT_SKEW_SECONDS * 1000)
		return NULL;
	r = refuse(a, 403, "RequestTimeTooSkewed",
	           "The difference between the request time and the current time is too large.");
	refusal_with(r, "RequestTime", refusal_excerpt(p->date));
	refusal_with(r, "ServerTime", timestamp_to_iso8601(a, s->now));
	return refusal_with_number(a, r, "MaxAllowedSkewMilliseconds", LIMIT_SKEW_SECONDS * 1000);
}

static const struct refusal *check_scheme(struct arena *a, const struct sigv4 *s,
                                          const struct sigv4_parts *p)
{
	if (sigv4_query_has(s->request, STR("X-Amz-Algorithm")) ||
	    sigv4_query_has(s->request, STR("Signature")))
		return one_mechanism(a);
	if (str_find(p->authorization, ' ', 0) < 0)
		return about_authorization(a, "Authorization header is invalid -- one and only one "
		                              "' ' (space) required");
	if (str_eq_nocase(p->algorithm, STR("AWS")))
		return version_2(a);
	if (str_eq(p->algorithm, SIGV4A_ALGORITHM))
		return version_4a(a);
	if (!str_eq(p->algorithm, SIGV4_ALGORITHM))
		return about_authorization(a, "Unsupported Authorization Type");
	return NULL;
}

const struct refusal *sigv4_check_s3_header(struct arena *a, struct sigv4 *s)
{
	const struct refusal *r;
	struct sigv4_parts p;

	sigv4_parts_of_header(s->request, &p);
	r = check_scheme(a, s, &p);
	if (!r)
		r = check_payload_hash(a, s);
	if (!r)
		r = check_date(a, s, &p);
	if (r)
		return r;
	if (p.odd || !p.credential.n || !p.signed_headers.n || !p.signature.n)
		return malformed(a, s,
		                 "the authorization header requires three components: "
		                 "Credential, SignedHeaders, and Signature.");
	r = check_credential(a, s, p.credential);
	if (r)
		return r;
	if (!str_eq(s->date, str_from_to(s->timestamp, 0, 8)))
		return malformed(a, s,
		                 "Invalid credential date. Date is not the same as X-Amz-Date.");
	return check_signed_headers(a, s, &p);
}

static const struct refusal *check_parameters(struct arena *a, const struct sigv4 *s,
                                              const struct sigv4_parts *p)
{
	static const char code[] = "AuthorizationQueryParametersError";

	if (!sigv4_query_has(s->request, STR("X-Amz-Algorithm")))
		return version_2(a);
	if (sigv4_query_has(s->request, STR("Signature")))
		return one_mechanism(a);
	if (str_eq(p->algorithm, SIGV4A_ALGORITHM))
		return version_4a(a);
	if (p->algorithm.n && !str_eq(p->algorithm, SIGV4_ALGORITHM))
		return refuse(a, 400, code,
		              "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and "
		              "AWS4-ECDSA-P256-SHA256\"");
	if (!p->algorithm.n || !p->credential.n || !p->signature.n || !p->date.n ||
	    !p->signed_headers.n || !p->expires.p)
		return refuse(a, 400, code,
		              "Query-string authentication version 4 requires the X-Amz-Algorithm, "
		              "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, "
		              "and X-Amz-Expires parameters.");
	return NULL;
}

/* From 15 minutes before the date it bears, because clocks differ, until it has expired. */
static const struct refusal *check_life(struct arena *a, struct sigv4 *s,
                                        const struct sigv4_parts *p)
{
	static const char code[] = "AuthorizationQueryParametersError";
	int64_t time, seconds, end;
	struct refusal *r;

	if (!timestamp_from_basic(p->date, &time))
		return refuse(a, 400, code,
		              "X-Amz-Date must be in the ISO8601 Long Format "
		              "\"yyyyMMdd'T'HHmmss'Z'\"");
	if (!str_to_i64(p->expires, &seconds))
		return refuse(a, 400, code, "X-Amz-Expires should be a number");
	if (seconds < 0)
		return refuse(a, 400, code, "X-Amz-Expires must be non-negative");
	if (seconds > LIMIT_PRESIGNED_SECONDS)
		return refuse(a, 400, code,
		              "X-Amz-Expires must be less than a week (in seconds); that is, the "
		              "given X-Amz-Expires must be less than 604800 seconds");
	s->timestamp = p->date;
	end = time + seconds * 1000;
	if (time - s->now > LIMIT_SKEW_SECONDS * 1000) {
		r = refuse(a, 403, "AccessDenied", "Request is not yet valid");
		refusal_with_number(a, r, "X-Amz-Date", time);
	} else if (s->now > end || seconds == 0) {
		r = refuse(a, 403, "AccessDenied", "Request has expired");
		refusal_with_number(a, r, "X-Amz-Expires", seconds);
	} else {
		return NULL;
	}
	refusal_with(r, "Expires", timestamp_to_iso8601(a, end));
	return refusal_with(r, "ServerTime", timestamp_to_iso8601(a, s->now));
}

/* S3 does not decode chunks in a presigned request: any hash but UNSIGNED-PAYLOAD, a STREAMING one
 * too, must be the hash of the body, so those never fit. */
static void take_payload_hash(struct sigv4 *s)
{
	str hash = request_header(s->request, STR("x-amz-content-sha256"));

	s->payload_hash = hash.p ? hash : STR("UNSIGNED-PAYLOAD");
	s->payload = str_eq(s->payload_hash, STR("UNSIGNED-PAYLOAD")) ? SIGV4_PAYLOAD_UNSIGNED
	                                                              : SIGV4_PAYLOAD_HASH;
}

const struct refusal *sigv4_check_s3_query(struct arena *a, struct sigv4 *s)
{
	const struct refusal *r;
	struct sigv4_parts p;
	str day;

	sigv4_parts_of_query(a, s->request, &p);
	r = check_parameters(a, s, &p);
	if (!r)
		r = check_life(a, s, &p);
	if (!r)
		r = check_credential(a, s, p.credential);
	if (r)
		return r;
	take_payload_hash(s);
	day = str_from_to(s->timestamp, 0, 8);
	if (!str_eq(s->date, day))
		return refuse(a, 400, "AuthorizationQueryParametersError",
		              "Invalid credential date \"%.*s\". This date is not the same as "
		              "X-Amz-Date: \"%.*s\".",
		              STR_ARG(s->date), STR_ARG(day));
	return check_signed_headers(a, s, &p);
}

struct refusal *sigv4_s3_unknown_key(struct arena *a, const struct sigv4 *s)
{
	struct refusal *r =
		refuse(a, 403, "InvalidAccessKeyId",
	               "The AWS Access Key Id you provided does not exist in our records.");

	return refusal_with(r, "AWSAccessKeyId", refusal_excerpt(s->access_key));
}

struct refusal *sigv4_s3_bad_token(struct arena *a)
{
	return refuse(a, 400, "InvalidToken",
	              "The provided token is malformed or otherwise invalid.");
}

struct refusal *sigv4_s3_expired_token(struct arena *a)
{
	return refuse(a, 400, "ExpiredToken", "The provided token has expired.");
}
