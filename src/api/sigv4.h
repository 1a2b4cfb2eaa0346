/*
 * Signature Version 4 as AWS verifies it, in the Authorization header and in the query of a
 * presigned URL.
 *
 * A request is looked at in two steps, because the signature of most services covers the body and
 * that of S3 does not:
 *
 *     sigv4_where     is it signed at all, and where? An operation or a bucket may be open to all
 *     sigv4_parse     the head: everything but the secret is checked
 *     credentials_find
 *     sigv4_verify    the signature. For S3 with the head alone, so that nobody stores a byte
 *                     without a key; for the others with the hash of the body, once it has come
 *     sigv4_check_payload   S3, when the body has come and `payload` is SIGV4_PAYLOAD_HASH
 *
 * Everything a struct sigv4 points to lives in the request or in the arena given to sigv4_parse.
 * Functions that check return NULL, or the refusal to send, worded and numbered as the flavour of
 * the door wants it. Signature Version 2 and 4A are refused by name.
 *
 * Any region is right here, but it must look like one. The clock may be 15 minutes off.
 */
#ifndef API_SIGV4_H
#define API_SIGV4_H

#include "api/credentials.h"
#include "api/refusal.h"
#include "base/digest.h"
#include "net/message.h"

/* How a service words its errors. REST-XML services other than S3 do it as query services. */
enum sigv4_flavour {
	SIGV4_AS_QUERY,
	SIGV4_AS_EC2,
	SIGV4_AS_JSON,
	SIGV4_AS_REST_JSON,
	SIGV4_AS_S3,
	SIGV4_FLAVOURS
};

/* What the service that is meant takes. Lives as long as the request or longer. */
struct sigv4_door {
	enum sigv4_flavour flavour;
	const str *services; /* signing names; errors name the first */
	size_t service_count;
};

enum sigv4_place { SIGV4_UNSIGNED, SIGV4_IN_HEADER, SIGV4_IN_QUERY };

enum sigv4_payload {
	SIGV4_PAYLOAD_BODY,     /* all but S3: sigv4_verify wants the body's hash */
	SIGV4_PAYLOAD_HASH,     /* S3: `payload_hash` says what the body's hash must be */
	SIGV4_PAYLOAD_UNSIGNED, /* S3: the body is not covered */
	SIGV4_PAYLOAD_CHUNKS,   /* S3: aws-chunked, see api/chunked.h */
	SIGV4_PAYLOAD_CHUNKS_TRAILER,
	SIGV4_PAYLOAD_UNSIGNED_TRAILER,
};

struct sigv4 {
	enum sigv4_place place;
	const struct sigv4_door *door;
	const struct request *request;

	str access_key;
	str date, region, service; /* the credential's scope: yyyymmdd, … */
	str scope;                 /* date/region/service/aws4_request */
	str timestamp;             /* when it was signed: yyyymmddThhmmssZ */
	str signed_headers, signature;
	str token; /* of a temporary key; absent */

	enum sigv4_payload payload;
	str payload_hash; /* as the head has it; absent for SIGV4_PAYLOAD_BODY */

	int64_t now;                    /* of sigv4_parse */
	unsigned char key[SHA256_SIZE]; /* the derived key, once sigv4_verify has passed */
};

enum sigv4_place sigv4_where(const struct request *r);

/* What a signature says it is for, unchecked: enough to find the service that is meant. False when
 * there is no signature or its credential does not have five parts. */
struct sigv4_claim {
	str access_key, region, service;
};
bool sigv4_peek(struct arena *a, const struct request *r, struct sigv4_claim *ret);

/* `now` is clock_wall(). An unsigned request is refused. */
const struct refusal *sigv4_parse(struct arena *a, const struct request *r,
                                  const struct sigv4_door *door, int64_t now, struct sigv4 *ret);

/* `credential` is NULL when no such key is known. `body_sha256` may be NULL unless s->payload is
 * SIGV4_PAYLOAD_BODY. */
const struct refusal *sigv4_verify(struct arena *a, struct sigv4 *s,
                                   const struct credential *credential,
                                   const unsigned char *body_sha256);

/* S3: whether the body is the one that was signed; only for SIGV4_PAYLOAD_HASH. S3 does not look at
 * the bodies of GET and HEAD. */
const struct refusal *sigv4_check_payload(struct arena *a, const struct sigv4 *s,
                                          const unsigned char body_sha256[SHA256_SIZE]);

/* S3's answer to a signature, of the request or of a chunk, that is not that of the string. */
const struct refusal *sigv4_mismatch(struct arena *a, const struct sigv4 *s, str string_to_sign,
                                     str signature);

#endif
