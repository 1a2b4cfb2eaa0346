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
struct credential;
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

/*
 * What a body passes through, piece by piece, while it comes. An operation's `prepare` hangs one in.
 * It hands on what becomes of a piece with f->sink(f->app, …), and returns the first error, its own
 * or the sink's, which becomes the reply.
 */
struct body_filter {
	err (*feed)(struct body_filter *f, str piece);
	err (*end)(struct body_filter *f); /* all has come */
	err (*sink)(void *app, str piece); /* the front's, set before the first piece */
	void *app;
};

/* The body of an operation that streams: small ones in memory, larger ones in a blob, which is
 * already on the disk (sealed) when the handler runs. It goes away with the call unless a handler
 * keeps it (blob_keep). */
struct body {
	/* For `prepare` to set. Checksums are of what `unwrap` hands on; `seal` comes behind them, and
	 * may still be set while `unwrap` is fed, before it hands on the first byte. */
	unsigned checksums;         /* enum checksum_wanted; an operation that streams wants MD5 */
	struct body_filter *unwrap; /* takes the payload out of what was sent: a form */
	struct body_filter *seal;   /* what is stored instead of the payload: encrypted */

	/* For the handler. */
	int64_t size; /* of the payload; what is stored of it is the text or the blob */
	str text;     /* when there is no blob */
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

	/* Headers that the reply gets whatever becomes of the call: see call_header. */
	struct header *headers;
	size_t header_count, header_capacity;
	/* Of a handler that words its error itself, as a page of a website: for the log. Absent: none. */
	str error_code;
	void *note; /* the service's own, from handler to `ended` */

	/* Of a read: the same head would be answered the same, while nothing is written (api/repeat.h). What
	 * looks at more than head and state, an address or the time, sets the second. */
	bool is_repeatable, depends_on_more;
};

/* Adds a header to the reply, be it a result or an error. The texts live as long as the call. */
void call_header(struct call *c, str name, str value);

/* For a signature that the front does not see, in a form: who holds an access key, and that it is the one who
 * calls. What the credential points to lives as long as the call. */
bool call_credential(struct call *c, str access_key, struct credential *ret);
void call_become(struct call *c, const struct credential *credential);

/*
 * Calls another service as the caller of `c`, in-process: the input is checked as if it had come
 * over the wire, the identity and the transaction are the caller's. What the called operation wrote
 * is undone when it fails. `out` is the operation's output struct, zeroed here. A read can only call
 * reads; a write reads and writes; slow operations anything.
 */
err call_service(struct call *c, const char *service, const char *operation, const void *in,
                 void *out);

/*
 * For a slow handler, which has no db of its own: runs a part of it in a snapshot, or in a transaction
 * that is committed when this returns; what the part wrote is undone when it fails. A part in a
 * transaction may run twice. Elsewhere, c->db is there already and the part runs in it.
 */
typedef err call_part(struct call *c, void *arg);
err call_read(struct call *c, call_part *part, void *arg);
err call_write(struct call *c, call_part *part, void *arg);

/* The snapshot of a read begins anew: for a reader whose blob was dropped meanwhile (blob_open). */
void call_look_again(struct call *c);

/* The call leaves work behind for its service's `work`, which begins when this call's writes are there. */
void call_wake(struct call *c);

/* Whether provisioned throughput is more than a number (--throttle). */
bool call_throttles(const struct call *c);

/* For a handler that opens blobs. */
struct store *store_of(const struct call *c);

#endif
