/*
 * Inside of sigv4: what a signature consists of, as sent, and what the two schools of checking it,
 * S3's (sigv4_s3.c) and everybody else's (sigv4_common.c), share.
 */
#ifndef API_SIGV4_PARTS_H
#define API_SIGV4_PARTS_H

#include "api/sigv4.h"

#define SIGV4_ALGORITHM  STR("AWS4-HMAC-SHA256")
#define SIGV4A_ALGORITHM STR("AWS4-ECDSA-P256-SHA256")
#define SIGV4_TERMINATOR STR("aws4_request")

/* Absent where the request does not have it. */
struct sigv4_parts {
	str authorization; /* the whole header */
	str algorithm, credential, signed_headers, signature;
	str date, expires, token;
	bool odd; /* the header has a part without an '=' */
};

/* From the Authorization header and its companions, or from the query, decoded. */
void sigv4_parts_of_header(const struct request *r, struct sigv4_parts *ret);
void sigv4_parts_of_query(struct arena *a, const struct request *r, struct sigv4_parts *ret);

/* The credential, which has five parts, or false. Fills access_key, date, region, service, scope. */
bool sigv4_split_credential(str credential, struct sigv4 *s, str *ret_terminator);

bool sigv4_region_is_valid(str region);
bool sigv4_door_takes(const struct sigv4_door *door, str service);
bool sigv4_signs(str signed_headers, str name);
bool sigv4_is_list_of_headers(str signed_headers);

/* "20260101T000000Z", or the forms of an HTTP Date header; the timestamp is always the former. */
bool sigv4_time(struct arena *a, str date, int64_t *ret_time, str *ret_timestamp);

/* Whether the query has a parameter of that name, spelt exactly so. */
bool sigv4_query_has(const struct request *r, str name);

/* Each fills *s, whose door, request and now are set. */
const struct refusal *sigv4_check_s3_header(struct arena *a, struct sigv4 *s);
const struct refusal *sigv4_check_s3_query(struct arena *a, struct sigv4 *s);
const struct refusal *sigv4_check_common(struct arena *a, struct sigv4 *s);

/* How the flavours other than S3 number and name what is wrong. */
enum sigv4_problem {
	SIGV4_MISSING,    /* no signature */
	SIGV4_INCOMPLETE, /* a part is missing or malformed */
	SIGV4_WRONG,      /* it does not fit */
	SIGV4_UNKNOWN_KEY,
	SIGV4_EXPIRED_TOKEN,
	SIGV4_PROBLEMS
};
struct refusal *sigv4_refuse(struct arena *a, enum sigv4_flavour flavour,
                             enum sigv4_problem problem, const char *format, ...) PRINTF_LIKE(4, 5);

/* The refusals of sigv4_verify, in S3's words. */
struct refusal *sigv4_s3_unknown_key(struct arena *a, const struct sigv4 *s);
struct refusal *sigv4_s3_bad_token(struct arena *a);
struct refusal *sigv4_s3_expired_token(struct arena *a);

#endif
