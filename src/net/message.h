/*
 * A request and its reply, as the HTTP server hands them over and takes them back.
 *
 * An exchange is one request and its reply. It belongs to the connection thread until
 * exchange_park, then to whoever holds it, until exchange_reply. Everything in it, the arena
 * included, is dropped when the server calls the handler's `end`.
 */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include "base/arena.h"

struct header {
	str name, value;
};

struct request {
	str method;      /* as sent: GET, … */
	str target;      /* as sent, undecoded: path, and '?' and query where there is one */
	str path, query; /* the two halves of target; query is absent without a '?' */
	str host;        /* the Host header, port included; empty if none */
	const struct header *headers; /* in the order sent, duplicates kept */
	size_t header_count;
	int64_t content_length; /* -1 when the body is chunked; 0 when there is none */
	bool from_loopback;     /* the peer's address is 127.0.0.0/8 or ::1 */
	str peer;               /* that address, without the port */
};

/* The first header of that name, without regard to case; absent if there is none. */
str request_header(const struct request *r, str name);

bool header_name_valid(str name); /* a token, as HTTP calls it */

enum reply_body { REPLY_EMPTY, REPLY_TEXT, REPLY_FILE, REPLY_STREAM };

/* A body that is produced while it is sent. `read` puts up to n bytes at p and returns how many; 0
 * ends the body; -1 breaks the connection off. It is called on the connection's thread and must not
 * wait. */
struct reply_source {
	ptrdiff_t (*read)(struct reply_source *source, char *p, size_t n);
	void (*close)(struct reply_source *source); /* always called once; may be NULL */
};

struct reply {
	int status; /* 0: no reply yet */
	struct header *headers;
	size_t header_count, header_capacity;
	enum reply_body kind;
	str text;               /* lives as long as the exchange */
	int fd;                 /* REPLY_FILE: owned by the reply; sent with sendfile */
	int64_t offset, length; /* length of a STREAM may be -1: sent chunked */
	struct reply_source *source;
	bool close; /* end the connection after this reply */
};

struct exchange {
	struct request request;
	struct reply reply;
	struct arena arena;
	void *app; /* whatever the handler hangs here */
};

/* Building the reply. Setting a body replaces the one set before, and closes its file or source.
 *
 * Names and values are copied. They may come from a client or a backend, so what must not get out
 * does not: a CR, LF or NUL in a value becomes a space, a header whose name is not a token is left
 * out, and so are those that are the server's business: Connection, Content-Length, Date,
 * Keep-Alive, Transfer-Encoding, Upgrade.
 *
 * HEAD is answered like GET; the body stays behind, its length does not. For that, and for a 304,
 * the source of a stream may be NULL when only its length is known. */
void reply_header(struct exchange *x, str name, str value);
void reply_text(struct exchange *x, int status, str body);
void reply_file(struct exchange *x, int status, int fd, int64_t offset, int64_t length);
void reply_stream(struct exchange *x, int status, struct reply_source *source, int64_t length);
void reply_clear(struct exchange *x); /* as if nothing had been said yet */

#endif
