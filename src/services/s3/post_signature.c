/*
 * Who signed a form. The signature is over the policy's base64 text; everything else of it stands in
 * fields, and the policy, which the caller checks, says which values they may have.
 */
#include "api/credentials.h"
#include "api/signing_key.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/post_fields.h"

/* As errors name them. */
enum part { ALGORITHM, CREDENTIAL, DATE, SIGNATURE, PARTS };

static const char *const names[PARTS] = {
	[ALGORITHM] = "X-Amz-Algorithm",
	[CREDENTIAL] = "X-Amz-Credential",
	[DATE] = "X-Amz-Date",
	[SIGNATURE] = "X-Amz-Signature",
};

struct signature {
	str policy;
	str parts[PARTS];
	str token;
	struct signing_scope scope;
};

static err wrong_mechanism(struct call *c)
{
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "The authorization mechanism you have provided is not supported. "
	                      "Please use AWS4-HMAC-SHA256.");
}

static err check_algorithm(struct call *c, str algorithm)
{
	if (str_eq(algorithm, STR("AWS4-HMAC-SHA256")))
		return NULL;
	if (str_eq(algorithm, STR("AWS4-ECDSA-P256-SHA256")))
		return s3_fail_saying(
			c, S3_NOT_IMPLEMENTED,
			"Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please "
			"use AWS4-HMAC-SHA256.");
	return wrong_mechanism(c);
}

static err malformed(struct call *c, str credential, const char *message)
{
	return s3_invalid_argument_error(c, names[CREDENTIAL], credential,
	                                 "Error parsing the X-Amz-Credential parameter; %s",
	                                 message);
}

static bool is_region(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n > 0;
}

/* KEY/yyyymmdd/REGION/s3/aws4_request */
static err read_credential(struct call *c, struct signature *s)
{
	str credential = s->parts[CREDENTIAL], rest = credential, terminal;
	str date = s->parts[DATE];
	int64_t time;

	s->scope.access_key = str_cut(&rest, '/');
	s->scope.date = str_cut(&rest, '/');
	s->scope.region = str_cut(&rest, '/');
	s->scope.service = str_cut(&rest, '/');
	terminal = str_cut(&rest, '/');
	if (rest.p || !terminal.p || !s->scope.access_key.n)
		return malformed(c, credential,
		                 "the Credential is mal-formed; expecting "
		                 "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
	if (!timestamp_from_basic(date, &time))
		return s3_invalid_argument_error(c, names[DATE], date,
		                                 "X-Amz-Date must be in the ISO8601 Long Format "
		                                 "\"yyyyMMdd'T'HHmmss'Z'\"");
	if (!str_eq(s->scope.date, str_from_to(date, 0, 8)))
		return malformed(c, credential,
		                 "invalid credential date. This date is not the same as "
		                 "X-Amz-Date.");
	if (!is_region(s->scope.region))
		return malformed(c, credential, "the region is wrong; expecting 'us-east-1'");
	if (!str_eq(s->scope.service, STR("s3")))
		return malformed(c, credential,
		                 "incorrect service. This endpoint belongs to \"s3\".");
	if (!str_eq(terminal, STR("aws4_request")))
		return malformed(c, credential,
		                 "incorrect terminal. This endpoint uses \"aws4_request\".");
	return NULL;
}

static err unknown_key(struct call *c, str access_key)
{
	struct refusal *r =
		refuse(c->arena, 403, "InvalidAccessKeyId",
	               "The AWS Access Key Id you provided does not exist in our records.");

	return fail_refused(c, refusal_with(r, "AWSAccessKeyId", refusal_excerpt(access_key)));
}

static err bad_token(struct call *c)
{
	return fail_refused(c, refuse(c->arena, 400, "InvalidToken",
	                              "The provided token is malformed or otherwise invalid."));
}

/* A temporary key is nothing without its token, and both end together. */
static err check_token(struct call *c, const struct signature *s, const struct credential *found)
{
	if (!found->session_token.p)
		return s->token.n ? bad_token(c) : NULL;
	if (!s->token.n)
		return unknown_key(c, found->access_key);
	if (!secret_eq(s->token, found->session_token))
		return bad_token(c);
	if (!found->expires || c->now < found->expires)
		return NULL;
	return fail_refused(
		c, refuse(c->arena, 400, "ExpiredToken", "The provided token has expired."));
}

static err mismatch(struct call *c, const struct signature *s)
{
	struct refusal *r =
		refuse(c->arena, 403, "SignatureDoesNotMatch",
	               "The request signature we calculated does not match the signature you "
	               "provided. Check your key and signing method.");

	r = refusal_with(r, "AWSAccessKeyId", refusal_excerpt(s->scope.access_key));
	r = refusal_with(r, "StringToSign", s->policy);
	return fail_refused(
		c, refusal_with(r, "SignatureProvided", refusal_excerpt(s->parts[SIGNATURE])));
}

static err check_signature(struct call *c, struct signature *s, const struct credential *found)
{
	unsigned char key[SHA256_SIZE];
	bool remembered, matches;

	s->scope.secret = found->secret;
	remembered = signing_key_get(&s->scope, key);
	matches = post_signature_matches(key, s->policy, s->parts[SIGNATURE]);
	if (matches && !remembered)
		signing_key_remember(&s->scope, key);
	explicit_bzero(key, sizeof(key));
	return matches ? NULL : mismatch(c, s);
}

static err check(struct call *c, struct signature *s)
{
	struct credential found;
	err e = NULL;

	for (size_t i = 0; i < PARTS; i++)
		if (!s->parts[i].n)
			return post_fields_missing(c, names[i]);
	e = check_algorithm(c, s->parts[ALGORITHM]);
	if (!e)
		e = read_credential(c, s);
	if (e)
		return e;
	if (!call_credential(c, s->scope.access_key, &found))
		return unknown_key(c, s->scope.access_key);
	e = check_token(c, s, &found);
	if (!e)
		e = check_signature(c, s, &found);
	if (!e) {
		call_become(c, &found);
		c->region = s->scope.region;
	}
	return e;
}

err post_fields_verify(struct call *c, const struct post_fields *fields, str *ret_policy)
{
	struct signature s = { .policy = post_fields_get(fields, STR("policy")),
		               .token = post_fields_get(fields, STR("x-amz-security-token")) };
	bool is_signed = false;

	for (size_t i = 0; i < PARTS; i++) {
		s.parts[i] = post_fields_get(fields, str_from(names[i]));
		is_signed = is_signed || s.parts[i].p;
	}
	*ret_policy = s.policy;
	if (!is_signed && (post_fields_get(fields, STR("AWSAccessKeyId")).p ||
	                   post_fields_get(fields, STR("signature")).p))
		return wrong_mechanism(c); /* Signature Version 2 */
	if (!s.policy.p)
		return is_signed ? post_fields_missing(c, "policy") : NULL;
	return check(c, &s);
}
