/*
 * Cross-origin requests: the rules of a bucket, and what a browser is told.
 *
 * The first rule that matches decides. S3 takes any request with an Origin for a cross-origin one; one
 * with Access-Control-Request-Method is matched as that method even when it is not a preflight. A
 * preflight that no rule matches is refused; any other request is answered as if it had no Origin.
 */
#ifndef SERVICES_S3_CORS_H
#define SERVICES_S3_CORS_H

#include "models/s3.h"
#include "net/message.h"
#include "services/s3/problem.h"

enum { S3_CORS_RULES = 100 }; /* of a bucket */

struct s3_cors_request {
	str origin;            /* absent: not a cross-origin request */
	str method;            /* of the request itself; OPTIONS for a preflight */
	str requested_method;  /* Access-Control-Request-Method, or absent */
	str requested_headers; /* Access-Control-Request-Headers, or absent */
};

/* The headers above, of a request. */
struct s3_cors_request s3_cors_request_of(const struct request *r);

/* The first rule that matches, or NULL. A NULL configuration has no rules. */
const struct s3_cors_rule *s3_cors_match(const struct s3_cors_configuration *configuration,
                                         const struct s3_cors_request *r);

enum { S3_CORS_HEADERS = 7 }; /* at most, of one reply */

/* What a reply gets on account of the rule that matched; returns how many. */
size_t s3_cors_headers(struct arena *a, const struct s3_cors_rule *rule,
                       const struct s3_cors_request *r, struct header ret[S3_CORS_HEADERS]);

enum s3_cors_refusal {
	S3_CORS_NO_ORIGIN,   /* 400 */
	S3_CORS_NO_BUCKET,   /* 403, as are those below */
	S3_CORS_NOT_ENABLED, /* the bucket has no rules */
	S3_CORS_NOT_ALLOWED, /* none of its rules matches */
};

/* Why a preflight is refused. The document of an AccessForbidden also has Method, which is
 * s3_cors_method, and ResourceType: BUCKET, or OBJECT where rules were looked at for a key. */
struct s3_problem s3_cors_problem(enum s3_cors_refusal refusal);
str s3_cors_method(const struct s3_cors_request *r);

/* Whether PutBucketCors takes it. The problem's message is in the arena. */
struct s3_problem s3_cors_check(struct arena *a, const struct s3_cors_configuration *configuration);

#endif
