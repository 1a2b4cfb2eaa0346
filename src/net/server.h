/*
 * The HTTP/1.1 server: libmicrohttpd with epoll, one thread a core.
 *
 * What it promises: keep-alive; `Expect: 100-continue` answered only when the handler wants the
 * body; chunked uploads; paths and queries undecoded; bodies handed on piece by piece as they
 * arrive, so that memory does not grow with them; files sent with sendfile; a reply that comes
 * before the body is seen even by a client that sends first and looks later; requests that could be
 * read in two ways refused; a graceful end.
 *
 * Its limits (base/limits.h and net/internal.h) are on the size of a head and the number of headers
 * (431, 414), on connections (the one that has been idle for longest makes room), on idle time, on
 * the time of a head, and on how slowly a body may come and a reply be taken.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/message.h"

/*
 * What the program does with requests. All but `end` run on the connection's thread and must not
 * wait.
 *
 *   begin  the head has come. It may reply at once: the body is then not asked for, or, if it is
 *          on its way, thrown away: up to LIMIT_DISCARD, beyond which the connection ends after
 *          the reply.
 *   body   a piece of the body. It may reply: the rest is thrown away likewise.
 *   run    the whole body has come. It replies, or parks the exchange and sees to it that somebody
 *          replies.
 *   end    the reply is sent or the connection is lost, at whichever point: give everything back.
 *          Called exactly once for every begin, on any thread. Of the reply only the status is
 *          left; its file or source is closed.
 */
struct server_handler {
	void (*begin)(struct exchange *x, void *app);
	void (*body)(struct exchange *x, void *app, str piece);
	void (*run)(struct exchange *x, void *app);
	void (*end)(struct exchange *x, void *app);
	void *app;
};

struct server_options {
	str host;          /* an address or a name: 127.0.0.1, ::1, localhost, 0.0.0.0 */
	uint16_t port;     /* 0: any free one */
	int threads;       /* 0: one a core */
	int connections;   /* 0: LIMIT_CONNECTIONS */
	int idle_seconds;  /* 0: LIMIT_IDLE_SECONDS */
	int head_seconds;  /* 0: LIMIT_HEAD_SECONDS */
	int drain_seconds; /* 0: LIMIT_DRAIN_SECONDS */

	/* Bytes that each connection holds; 0: 32 KiB. With less, the limits on the size of a head and
	 * the number of its headers are less in proportion. */
	int connection_memory;
};

struct server;

/* Starts listening. On failure returns NULL and says why, for a person, in `problem`. Raises the
 * process's limit on open files as far as the connections need it; if it cannot, takes fewer. */
struct server *server_start(const struct server_options *options,
                            const struct server_handler *handler, char problem[256]);

/* Where it listens, e.g. "127.0.0.1:4566"; lives as long as the server. */
str server_address(const struct server *s);
bool server_is_loopback(const struct server *s);

/* Whether only this machine could reach a server on that host: to be asked before it listens. False
 * for a host that cannot be found. */
bool server_host_is_loopback(str host);

/* Stops listening, lets requests under way finish for the drain time, ends. Blocks. An exchange
 * that is still parked then is waited for until somebody replies to it. */
void server_stop(struct server *s);

int server_connections(const struct server *s); /* open now */

/* Called in `begin`, `body` or `run`, on the connection's thread, before the exchange is handed to
 * another thread: the connection waits until exchange_reply, and `end` is not called before it,
 * even when the client has gone. */
void exchange_park(struct exchange *x);

/* From any thread: x->reply is set; send it. The exchange is no longer the caller's. On its own
 * thread, without exchange_park, a reply need only be set. */
void exchange_reply(struct exchange *x);

#endif
