/*
 * The inside of the HTTP server.
 *
 *     server.c      start and stop
 *     connection.c  what libmicrohttpd calls: the life of a connection and of its exchanges
 *     head.c        a request from what libmicrohttpd has parsed; refuses what it should have
 *     answer.c      a reply to what libmicrohttpd sends
 *     keeper.c      the thread that ends connections which waste a place
 */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include "net/server.h"

#include "base/limits.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
	/* What libmicrohttpd gives a connection for a head, a record of 64 bytes for each header
	 * and cookie, the head of the reply, and the pieces of a body. It clears all of it after
	 * every request, which is felt: with 64 KiB a request costs a quarter more, with 128 KiB
	 * twice as much. With 24 KiB a reply with a large head has no room when a client sends
	 * many requests at once. */
	CONNECTION_MEMORY = 32 * 1024,
	STREAM_BLOCK = 64 * 1024,
	LINGER_SECONDS = 2, /* how long a client may take to notice an early reply */
	LINGERING = 256,    /* such connections at once */
	LEAST_RATE = 1024,  /* bytes a second that a body or a reply must move, over an idle time */
};

/* What a connection is doing, as far as the keeper cares. */
enum phase {
	PHASE_IDLE, /* no request, or one that has not got to the end of its first line */
	PHASE_HEAD,
	PHASE_BODY,
	PHASE_BUSY, /* the request is in the program's hands */
	PHASE_REPLY,
	PHASES = 8,
};

/* Where an exchange is. */
enum stage { STAGE_NONE, STAGE_BEGUN, STAGE_BODY, STAGE_RUN, STAGE_ANSWERED };

/*
 * One for each connection, from accept to close; requests on it come one after another, so it also
 * holds the exchange. Used by the connection's thread, but for what is marked. Owned object.
 */
struct connection {
	struct exchange x; /* first: an exchange is turned back into its connection */
	struct server *server;
	struct MHD_Connection *mhd;
	int fd;
	bool from_loopback;
	char peer[INET6_ADDRSTRLEN]; /* its address, as text */

	enum stage stage;
	bool refused; /* by us; the program has not seen it */
	bool parked;
	bool has_body, expects_continue, is_http_1_0;
	bool lingers; /* the client may still be sending: do not reset it when closing */
	bool corked;  /* TCP_CORK is set */
	int64_t discarded;

	/* The request line, in libmicrohttpd's memory; see head_note_target. */
	char *target;
	size_t target_size;
	char *question, after_question;

	/* Written by the connection's thread, read by others. */
	_Atomic unsigned phase;   /* an enum phase, and in the bits above it how many there were */
	_Atomic int64_t received; /* bytes of the body */
	_Atomic bool in_call;     /* the program has been called and has not returned */
	_Atomic bool under_way;   /* between begin and end */

	/* The keeper's, under its lock. */
	struct connection *older, *newer;
	bool ending;         /* told to go */
	unsigned seen_phase; /* `phase` when it last looked, */
	int64_t since;       /* and clock_monotonic when it first saw that */
	int64_t window_start, window_moved;
	bool end_seen; /* by the keeper: the client has closed in the middle of a body */
	int64_t end_received;
};

struct server {
	struct server_handler handler;
	struct server_options options; /* with the defaults filled in */
	struct MHD_Daemon *daemon;
	int listener;
	char address[128];
	size_t address_size;
	bool is_loopback;
	struct keeper *keeper;

	_Atomic bool stopping; /* every reply ends its connection */
	_Atomic bool closed;   /* the program is not called any more */
	_Atomic int parked;    /* exchanges that nobody has replied to */
};

bool address_is_loopback(const struct sockaddr *address);

/* connection.c: what libmicrohttpd is given. */
enum MHD_Result connection_accept(void *server, const struct sockaddr *peer, socklen_t size);
void connection_notify(void *server, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code);
void *connection_note_target(void *server, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result connection_access(void *server, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context);
void connection_completed(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code);

/* Costs next to nothing: the keeper, which looks every second, finds out when. */
void connection_phase(struct connection *c, enum phase phase);

/* head.c: fills x.request; otherwise returns false, and x.reply says why. */
void head_note_target(struct connection *c, const char *uri);
bool head_read(struct connection *c, const char *method, const char *version);

/* answer.c */
bool answer_queue(struct connection *c); /* hands x.reply to libmicrohttpd */
void answer_by_hand(struct connection *c);
void answer_end(struct connection *c); /* nothing more will be read from x.reply */

/* keeper.c: a list of all connections, and a thread that looks at it while there are any. When
 * places get scarce, adding one ends the one that has been idle for longest. */
struct keeper *keeper_new(struct server *s);
void keeper_free(struct keeper *k);
void keeper_add(struct keeper *k, struct connection *c);
void keeper_remove(struct keeper *k, struct connection *c);
int keeper_count(struct keeper *k);
bool keeper_any(struct keeper *k, bool (*is)(struct connection *c));

/* Keeps a closing connection open until its client has read the reply; closes the descriptor. */
void keeper_linger(struct keeper *k, int fd);

#endif
