/*
 * The aws-chunked encoding, with which S3 clients send a body in signed pieces, or with a checksum
 * behind it:
 *
 *     400;chunk-signature=0055627c…CRLF  <1,024 bytes>CRLF
 *     0;chunk-signature=b6c6ea8a…CRLF
 *     x-amz-checksum-crc32c:sOO8/Q==CRLF  x-amz-trailer-signature:d81f82fc…CRLF  CRLF
 *
 * The decoder is fed the body in pieces of any size and hands the payload on as it comes, without
 * keeping any. A signature stands before its chunk but is known to be right only behind it, so what
 * the sink gets is not authentic until chunked_end has returned NULL: on a refusal, whatever was
 * stored must be thrown away.
 *
 * As S3 does, it takes a body that ends right behind the last chunk or a trailer, without the empty
 * line, and does not look at what follows that line. It insists on CR LF, on chunks of at least 8
 * KiB but for the last, and on the announced length and trailers.
 */
#ifndef API_CHUNKED_H
#define API_CHUNKED_H

#include "api/sigv4.h"

typedef void chunked_sink(void *app, str bytes);

struct chunked; /* lives in the arena */

/* `s` has been verified and says one of the three streaming payloads. */
const struct refusal *chunked_begin(struct arena *a, const struct sigv4 *s, chunked_sink *sink,
                                    void *app, struct chunked **ret);

/* The first refusal is the last word: later calls repeat it. */
const struct refusal *chunked_feed(struct chunked *c, str piece);
const struct refusal *chunked_end(struct chunked *c);

/* How long the decoded body is, as its head says. */
int64_t chunked_length(const struct chunked *c);

/* After chunked_end: a trailer's value, without regard to case; absent if there is none. */
str chunked_trailer(const struct chunked *c, str name);

#endif
