/*
 * The HTTP client: libcurl, loaded when it is first needed (it costs several milliseconds that most
 * runs never spend). Blocking, so only for pool threads and the command line; net/fetcher.h has many
 * fetches under way at once.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "net/message.h"

/* Signature version 4 over method, address, the given headers, none of which may be empty, and the
 * body. */
struct http_signature {
	str region, service; /* us-east-1, dynamodb */
	str key, secret;
	str token; /* of temporary keys; empty if none */
};

struct http_fetch {
	str method, url;
	const struct header *headers;
	size_t header_count;
	str body;
	int timeout_ms;                         /* whole exchange; 0: 30,000 */
	size_t max_body;                        /* of the answer; 0: 16 MiB */
	const struct http_signature *signature; /* NULL: unsigned */

	/* A request on a connection that turns out to be dead is sent again on another, which is
	 * wrong for one that may have had its effect already. Set, it fails instead. */
	bool only_once;
};

struct http_answer {
	int status;
	struct header *headers;
	size_t header_count;
	str body;
};

/* False: nothing usable came back, and *ret_problem says why, for a person. The answer lives in the
 * arena. Redirects are not followed; only http and https are spoken. */
bool http_fetch(struct arena *a, const struct http_fetch *f, struct http_answer *ret,
                str *ret_problem);

#endif
