/*
 * The keys that requests are signed with, as AWS's SDKs find them: from AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; otherwise from a container's credentials endpoint,
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN or the
 * contents of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.
 *
 * Those of a container are renewed well before they expire, while the old ones are still in use.
 * Whoever asks when there are none that hold waits for the endpoint's answer.
 */
#ifndef SERVICE_CREDENTIALS_H
#define SERVICE_CREDENTIALS_H

#include "net/fetcher.h"

struct credentials;

/* NULL: there are none, and *ret_problem says what is missing. */
struct credentials *credentials_new(struct fetcher *f, str *ret_problem);

/* After the fetcher, so that nobody waits any more. */
void credentials_free(struct credentials *c);

/* The caller's, until `ready`. */
struct credentials_request {
	struct arena *arena;
	void (*ready)(
		struct credentials_request *r); /* in the call itself, or on the fetcher's thread */

	/* At `ready`, in the arena: absent when there are none, and then why. */
	str key, secret, token;
	str problem;

	struct credentials_request *next; /* in line for them */
};

void credentials_ask(struct credentials *c, struct credentials_request *r);

/* The database does not take these any more: a container's are asked for again. */
void credentials_refused(struct credentials *c);

#endif
