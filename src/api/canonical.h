/*
 * The canonical request of Signature Version 4: the one text that client and server make of the
 * same request, whatever proxies and libraries did to its spelling.
 *
 * Two things differ between S3 and everybody else. S3 takes the path as it is, each byte encoded
 * once; a key may well contain "//" or "..". The others remove dot segments and repeated slashes
 * and encode what was sent a second time.
 *
 * Signers do not agree on what is to be encoded in a path of S3: some sign "/a+b" as "/a%2Bb", and
 * botocore and the CRT as it is sent. Either says the same of the same key, so both will do.
 */
#ifndef API_CANONICAL_H
#define API_CANONICAL_H

#include "net/message.h"

struct canonical {
	const struct request *request;
	bool s3;
	bool path_as_sent;  /* S3 only: otherwise recoded */
	bool presigned;     /* X-Amz-Signature in the query is the signature, so not part of it */
	str signed_headers; /* as sent: names separated by ';' */
	str payload_hash;
	bool hide_tokens; /* to be shown: a session token's value is left out */
};

/* False when it would be longer than a head can honestly make it. */
bool canonical_request(struct arena *a, const struct canonical *c, str *ret);

#endif
