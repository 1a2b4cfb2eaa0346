/*
 * What libmicrohttpd calls, always on the connection's thread. For one request:
 *
 *     note_target     its first line has come
 *     access          the head has come: `begin`
 *     access          with a piece of the body, as often as there is one: `body`
 *     access          the body has come: `run`
 *     completed       the reply is sent, or the connection is lost: `end`
 *
 * A reply may be queued in the first of these calls, which makes libmicrohttpd close the connection
 * after it, or in the last one. So a reply that is there early waits until the body has come, which
 * is thrown away, unless the body is better not waited for: because the client asked first
 * (`Expect: 100-continue`), because it is long, or because nobody knows how long it is. Such a
 * connection lingers (keeper.c), as a reset would take the reply away from a client that still
 * sends; so does one that libmicrohttpd has refused by itself, which leaves unread bytes behind.
 *
 * A parked exchange is suspended in libmicrohttpd. exchange_reply resumes it from any thread, upon
 * which access is called again the same way; the reply is queued there and not by the other thread.
 * The connection cannot go away in between: only its own thread ends it, and not while it is
 * suspended.
 */
#include "net/internal.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

#undef free

void connection_phase(struct connection *c, enum phase phase)
{
	unsigned before = atomic_load_explicit(&c->phase, memory_order_relaxed);

	atomic_store_explicit(&c->phase, before / PHASES * PHASES + PHASES + phase,
	                      memory_order_relaxed);
}

bool address_is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;

		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;

		return IN6_IS_ADDR_LOOPBACK(v6) ||
		       (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
	}
	return false;
}

enum MHD_Result connection_accept(void *server, const struct sockaddr *peer, socklen_t size)
{
	struct server *s = server;
	bool full = keeper_count(s->keeper) >= s->options.connections;

	(void)peer;
	(void)size;
	return full || atomic_load(&s->stopping) ? MHD_NO : MHD_YES;
}

static void note_peer(struct connection *c, const struct sockaddr *address)
{
	const void *bytes = &((const struct sockaddr_in6 *)address)->sin6_addr;

	if (address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)address)->sin_addr;
	c->from_loopback = address_is_loopback(address);
	inet_ntop(address->sa_family, bytes, c->peer, sizeof(c->peer));
}

static void opened(struct server *s, struct MHD_Connection *mhd, void **context)
{
	struct connection *c = xcalloc(1, sizeof(*c));

	c->server = s;
	c->mhd = mhd;
	c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	note_peer(c, MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	connection_phase(c, PHASE_IDLE);
	*context = c;
	keeper_add(s->keeper, c);
}

/* The descriptor is still open here, and no one else's. */
static void closed(struct server *s, void **context)
{
	struct connection *c = *context;
	int unread = 0;

	if (!c)
		return;
	keeper_remove(s->keeper, c);
	if (c->lingers || (ioctl(c->fd, FIONREAD, &unread) == 0 && unread > 0)) {
		int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);

		if (fd >= 0)
			keeper_linger(s->keeper, fd);
	}
	*context = NULL;
	arena_release(&c->x.arena);
	free(c);
}

void connection_notify(void *server, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(server, mhd, context);
	else
		closed(server, context);
}

void *connection_note_target(void *server, const char *uri, struct MHD_Connection *mhd)
{
	struct connection *c =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;

	(void)server;
	if (uri)
		head_note_target(c, uri);
	connection_phase(c, PHASE_HEAD);
	return c;
}

/* Whether the program may be called; if so, leave() must follow. Both stores are ordered before
 * both loads, here and in server_stop, so one of the two threads sees what the other has stored. */
static bool enter(struct connection *c)
{
	atomic_store(&c->in_call, true);
	if (!atomic_load(&c->server->closed))
		return true;
	atomic_store(&c->in_call, false);
	return false;
}

static void leave(struct connection *c)
{
	atomic_store_explicit(&c->in_call, false, memory_order_release);
}

/* Whether a parked exchange is still waited for. With chunks, libmicrohttpd offers the next one
 * although the connection is suspended. */
static bool still_parked(struct connection *c)
{
	if (!c->parked)
		return false;
	if (MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_SUSPENDED)->suspended ==
	    MHD_YES)
		return true;
	c->parked = false;
	if (c->has_body && c->stage != STAGE_RUN)
		connection_phase(c, PHASE_BODY);
	return false;
}

/* A reply is there before the body is. */
static enum MHD_Result reply_early(struct connection *c)
{
	bool body_is_short =
		c->x.request.content_length >= 0 && c->x.request.content_length <= LIMIT_DISCARD;

	if (!c->has_body || (body_is_short && !c->expects_continue && !c->refused))
		return MHD_YES; /* it waits for the last call */
	c->lingers = true;
	return answer_queue(c) ? MHD_YES : MHD_NO;
}

static enum MHD_Result begin(struct connection *c, const char *method, const char *version)
{
	struct server *s = c->server;

	c->stage = STAGE_BEGUN;
	if (!head_read(c, method, version)) {
		c->refused = true;
		return reply_early(c);
	}
	if (!enter(c)) {
		c->refused = true;
		return MHD_NO;
	}
	atomic_store_explicit(&c->under_way, true, memory_order_relaxed);
	atomic_store_explicit(&c->received, 0, memory_order_relaxed);
	connection_phase(c, c->has_body ? PHASE_BODY : PHASE_BUSY);
	s->handler.begin(&c->x, s->handler.app);
	leave(c);
	return c->parked || !c->x.reply.status ? MHD_YES : reply_early(c);
}

static enum MHD_Result discard(struct connection *c, size_t *size)
{
	c->discarded += (int64_t)*size;
	*size = 0;
	if (c->discarded <= LIMIT_DISCARD)
		return MHD_YES;
	c->lingers = true;
	answer_by_hand(c);
	return MHD_NO;
}

static enum MHD_Result body(struct connection *c, const char *data, size_t *size)
{
	struct server *s = c->server;
	str piece = { data, *size };

	c->stage = STAGE_BODY;
	atomic_fetch_add_explicit(&c->received, (int64_t)piece.n, memory_order_relaxed);
	if (c->x.reply.status)
		return discard(c, size);
	if (!enter(c))
		return MHD_NO;
	s->handler.body(&c->x, s->handler.app, piece);
	leave(c);
	*size = 0;
	return MHD_YES;
}

static enum MHD_Result run(struct connection *c)
{
	struct server *s = c->server;

	if (!c->x.reply.status && c->stage != STAGE_RUN) {
		c->stage = STAGE_RUN;
		if (c->has_body)
			connection_phase(c, PHASE_BUSY);
		if (!enter(c))
			return MHD_NO;
		s->handler.run(&c->x, s->handler.app);
		leave(c);
		if (c->parked)
			return MHD_YES;
	}
	assert(c->x.reply.status); /* run must reply or park */
	return answer_queue(c) ? MHD_YES : MHD_NO;
}

enum MHD_Result connection_access(void *server, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
	struct connection *c = *context;
	bool was_parked = c->parked;

	(void)server;
	(void)mhd;
	(void)url;
	if (still_parked(c))
		return MHD_YES;
	if (c->stage == STAGE_NONE)
		return begin(c, method, version);
	if (c->stage == STAGE_ANSWERED)
		return MHD_YES;
	if (*size)
		return body(c, data, size);
	if (was_parked && c->stage == STAGE_BEGUN)
		return reply_early(c); /* still the first call */
	return run(c);
}

void connection_completed(void *server, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code)
{
	struct server *s = server;
	struct connection *c = *context;

	(void)mhd;
	(void)code;
	if (!c)
		return;
	answer_end(c);
	if (c->stage != STAGE_NONE && !c->refused) {
		s->handler.end(&c->x, s->handler.app);
		atomic_store_explicit(&c->under_way, false, memory_order_release);
	}
	arena_release(&c->x.arena);
	c->x = (struct exchange){ .app = NULL };
	c->stage = STAGE_NONE;
	c->refused = c->parked = c->has_body = false;
	c->discarded = 0;
	connection_phase(c, PHASE_IDLE);
	*context = NULL;
}

static struct connection *connection_of(struct exchange *x)
{
	_Static_assert(offsetof(struct connection, x) == 0, "the exchange is the first member");
	return (struct connection *)x;
}

void exchange_park(struct exchange *x)
{
	struct connection *c = connection_of(x);

	assert(!c->parked);
	c->parked = true;
	atomic_fetch_add(&c->server->parked, 1);
	connection_phase(c, PHASE_BUSY);
	MHD_suspend_connection(c->mhd);
}

void exchange_reply(struct exchange *x)
{
	struct connection *c = connection_of(x);
	struct server *s = c->server;

	assert(x->reply.status);
	if (!c->parked)
		return; /* on its own thread, in a call that returns to us */
	/* After the first of these the connection may be gone, after the second the server. */
	MHD_resume_connection(c->mhd);
	atomic_fetch_sub(&s->parked, 1);
}
