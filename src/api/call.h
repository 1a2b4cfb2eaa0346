/*
 * A call: one operation being run for somebody. What a handler needs is here, and nothing else
 * reaches it: no connection, no thread, no lock.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/error.h"
#include "base/arena.h"
#include "net/message.h"
#include "store/blob.h"

struct api;
struct checksum;
struct service;

/* Who is calling. */
struct identity {
	bool anonymous;
	bool root;   /* the root user of its account: may do everything there */
	str account; /* twelve digits; the default account's when anonymous */
	str arn;     /* arn:aws:iam::000000000000:root */
	str user_id; /* as GetCallerIdentity gives it */
	str access_key;
};

/* The body of an operation that streams: small ones in memory, larger ones in a blob, which is
 * already on the disk (sealed) when the handler runs. It goes away with the call unless a handler
 * keeps it (blob_keep). */
struct body {
	int64_t size;
	str text; /* when there is no blob */
	struct blob_writer *blob;
	const struct checksum *checksum; /* verified; NULL for a service that has none */
};

struct call {
	struct arena *arena;
	struct db *db; /* OP_READ: a snapshot; OP_WRITE: the transaction; OP_SLOW: NULL */
	struct identity identity;
	str region; /* of the signature's scope; us-east-1 without one */
	str request_id;
	int64_t now; /* clock_now when the call began; handlers never read the clock */
	const struct request *request; /* the HTTP request, or NULL in an internal call */
	struct body *body;             /* of an operation that streams its input, else NULL */
	struct exchange *exchange;     /* to stream a reply; NULL in an internal call */
	struct api *api;
	const struct service *service;
	const struct operation *operation;
	int depth; /* of internal calls */
};

/*
 * Calls another service as the caller of `c`, in-process: the input is checked as if it had come
 * over the wire, the identity and the transaction are the caller's. What the called operation wrote
 * is undone when it fails. `out` is the operation's output struct, zeroed here. A read can only call
 * reads; a write reads and writes; slow operations anything.
 */
err call_service(struct call *c, const char *service, const char *operation, const void *in,
                 void *out);

/* For a handler that opens blobs. */
struct store *store_of(const struct call *c);

#endif
