/*
 * libmicrohttpd ends a connection on which nothing moves for a while. What moves just enough to
 * stay is left to this thread, which looks at all connections once a second while there are any:
 *
 *     a head must be complete LIMIT_HEAD_SECONDS after its first line, and that line must be there
 *     as long after the idle time (when its first byte came is not known here);
 *     a body must bring LEAST_RATE bytes a second, over each idle time, and the client must take
 *     those of a reply as fast;
 *     when connections run out, the one that has been idle for longest has to go.
 *
 * A connection is ended by shutting its socket down, which its own thread notices. For one that is
 * idle only reading ends, so that a request which comes at that moment is still answered; if it
 * goes on to wait for another one, the next look ends it all. Under the lock a descriptor in the
 * list is open and still its connection's, because keeper_remove comes before the close.
 *
 * The thread also holds sockets whose connections are closed but whose clients may still be sending
 * (h2o and nginx call it lingering): until the client closes, for at most LINGER_SECONDS and
 * LIMIT_DISCARD bytes. Without that the kernel answers what comes with a reset, and a client that
 * is still sending may never see the reply.
 */
#include "net/internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <linux/tcp.h> /* knows more of tcp_info than netinet/tcp.h */
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#undef free

#define SECOND INT64_C(1000000)

enum { CLOSE_WAIT = 8 }; /* tcpi_state, which the kernel's header leaves out */

enum { MANY = 100 }; /* connections whose memory is worth giving back */

struct lingering {
	int fd;
	int64_t until, left;
};

struct keeper {
	struct server *server;
	pthread_t thread;
	int wake; /* an eventfd */
	pthread_mutex_t lock;
	struct connection *oldest, *newest;
	_Atomic int count; /* of connections, without those that have been told to go */
	_Atomic int all;
	bool ending;
	int arrived[LINGERING]; /* descriptors that are to linger */
	size_t arrived_count;

	/* The thread's own. */
	struct lingering lingering[LINGERING];
	size_t lingering_count;
	int most; /* connections since memory was last given back */
};

static void wake(struct keeper *k)
{
	uint64_t one = 1;

	while (write(k->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void end_connection(struct keeper *k, struct connection *c, int how)
{
	if (!c->ending)
		atomic_fetch_sub(&k->count, 1);
	c->ending = true;
	shutdown(c->fd, how);
}

static enum phase phase_of(struct connection *c)
{
	return atomic_load_explicit(&c->phase, memory_order_relaxed) % PHASES;
}

static int64_t idle_since(struct connection *c)
{
	return c->phase == c->seen_phase ? c->since : INT64_MAX;
}

/* Ends the connection that has been idle for longest, if there is one beside `newest`. Among those
 * that have not been looked at since they fell idle it is the one that was accepted first. */
static void evict(struct keeper *k, const struct connection *newest)
{
	struct connection *idlest = NULL;

	pthread_mutex_lock(&k->lock);
	for (struct connection *c = k->oldest; c; c = c->newer) {
		if (c != newest && phase_of(c) <= PHASE_HEAD && !c->ending &&
		    (!idlest || idle_since(c) < idle_since(idlest)))
			idlest = c;
	}
	if (idlest)
		end_connection(k, idlest, SHUT_RD);
	pthread_mutex_unlock(&k->lock);
}

void keeper_add(struct keeper *k, struct connection *c)
{
	bool crowded;

	pthread_mutex_lock(&k->lock);
	c->older = k->newest;
	if (c->older)
		c->older->newer = c;
	else
		k->oldest = c;
	k->newest = c;
	atomic_fetch_add(&k->count, 1);
	if (atomic_fetch_add(&k->all, 1) == 0)
		wake(k);
	crowded = k->count >
	          k->server->options.connections - MIN(64, k->server->options.connections / 8);
	pthread_mutex_unlock(&k->lock);
	if (crowded)
		evict(k, c);
}

void keeper_remove(struct keeper *k, struct connection *c)
{
	pthread_mutex_lock(&k->lock);
	if (c->older)
		c->older->newer = c->newer;
	else
		k->oldest = c->newer;
	if (c->newer)
		c->newer->older = c->older;
	else
		k->newest = c->older;
	if (!c->ending)
		atomic_fetch_sub(&k->count, 1);
	atomic_fetch_sub(&k->all, 1);
	pthread_mutex_unlock(&k->lock);
}

int keeper_count(struct keeper *k)
{
	return atomic_load(&k->count);
}

bool keeper_any(struct keeper *k, bool (*is)(struct connection *c))
{
	bool any = false;

	pthread_mutex_lock(&k->lock);
	for (struct connection *c = k->oldest; c && !any; c = c->newer)
		any = is(c);
	pthread_mutex_unlock(&k->lock);
	return any;
}

static int64_t bytes_moved(struct connection *c)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	if (phase_of(c) == PHASE_BODY)
		return atomic_load_explicit(&c->received, memory_order_relaxed);
	getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &size);
	return (int64_t)info.tcpi_bytes_acked;
}

/* Looks at the end of each window what has moved since its start. */
static bool is_slow(struct connection *c, int64_t now, int64_t window)
{
	bool first = c->window_start < c->since;
	int64_t moved;
	bool slow;

	if (!first && now - c->window_start < window)
		return false;
	moved = bytes_moved(c);
	slow = !first && moved - c->window_moved < window / SECOND * LEAST_RATE;
	c->window_start = now;
	c->window_moved = moved;
	return slow;
}

/* libmicrohttpd, told of bytes and of the end behind them at once, reads the bytes and waits for the end for
 * ever. Twice seen with nothing new in between, so that a client which only closes its half behind a whole
 * request, whose last bytes are being looked at, is not taken for one. */
static bool has_left(struct connection *c)
{
	int64_t received = atomic_load_explicit(&c->received, memory_order_relaxed);
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);
	int unread = 1;
	bool ended, seen = c->end_seen && c->end_received == received;

	getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &size);
	ended = info.tcpi_state == CLOSE_WAIT && ioctl(c->fd, FIONREAD, &unread) == 0 && !unread;
	c->end_seen = ended;
	c->end_received = received;
	return ended && seen;
}

static bool is_overdue(struct connection *c, int64_t now)
{
	const struct server_options *o = &c->server->options;
	int64_t idle = o->idle_seconds * SECOND, head = o->head_seconds * SECOND;

	switch (phase_of(c)) {
	case PHASE_IDLE:
		return now - c->since > idle + head;
	case PHASE_HEAD:
		return now - c->since > head;
	case PHASE_BODY:
		return has_left(c) || is_slow(c, now, idle);
	case PHASE_REPLY:
		return is_slow(c, now, idle);
	case PHASE_BUSY:
	case PHASES:
		break;
	}
	return false;
}

static void sweep(struct keeper *k, int64_t now)
{
	pthread_mutex_lock(&k->lock);
	k->most = MAX(k->most, atomic_load(&k->all));
	for (struct connection *c = k->oldest; c; c = c->newer) {
		unsigned phase = atomic_load_explicit(&c->phase, memory_order_relaxed);

		if (phase != c->seen_phase) {
			c->seen_phase = phase;
			c->since = now;
		}
		if (is_overdue(c, now) || (c->ending && phase % PHASES <= PHASE_HEAD))
			end_connection(k, c, SHUT_RDWR);
	}
	pthread_mutex_unlock(&k->lock);
}

void keeper_linger(struct keeper *k, int fd)
{
	bool room;

	pthread_mutex_lock(&k->lock);
	room = k->arrived_count < LINGERING && !k->ending;
	if (room)
		k->arrived[k->arrived_count++] = fd;
	pthread_mutex_unlock(&k->lock);
	if (room)
		wake(k);
	else
		close(fd);
}

/* False at the end. */
static bool take_arrived(struct keeper *k)
{
	int64_t until = clock_monotonic() + LINGER_SECONDS * SECOND;
	bool ending;

	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < k->arrived_count; i++) {
		if (k->lingering_count < LINGERING)
			k->lingering[k->lingering_count++] =
				(struct lingering){ k->arrived[i], until, LIMIT_DISCARD };
		else
			close(k->arrived[i]);
	}
	k->arrived_count = 0;
	ending = k->ending;
	pthread_mutex_unlock(&k->lock);
	return !ending;
}

/* Reads and forgets; false when there is no more to wait for. */
static bool drain(struct lingering *l)
{
	char nowhere[16 * 1024];
	ssize_t n;

	do {
		n = recv(l->fd, nowhere, sizeof(nowhere), MSG_DONTWAIT);
		l->left -= MAX(n, 0);
	} while (n == sizeof(nowhere) && l->left > 0);
	return l->left > 0 && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
}

static void drain_all(struct keeper *k, int64_t now)
{
	for (size_t i = 0; i < k->lingering_count;) {
		struct lingering *l = &k->lingering[i];

		if (now < l->until && drain(l)) {
			i++;
			continue;
		}
		close(l->fd);
		*l = k->lingering[--k->lingering_count];
	}
}

/* The memory of connections that have gone stays with malloc, in pieces that it does not give back
 * by itself: 33 KiB each. Only done when there were many, because it takes milliseconds. */
static void give_back_memory(struct keeper *k)
{
	if (atomic_load(&k->all) || k->most < MANY)
		return;
	malloc_trim(0);
	k->most = 0;
}

/* Waits for a second if there is anything to look after, otherwise until there is. */
static void wait_for_work(struct keeper *k)
{
	bool busy = k->lingering_count || k->most >= MANY || atomic_load(&k->all);
	struct pollfd polled[1 + LINGERING] = { { .fd = k->wake, .events = POLLIN } };
	uint64_t woken;

	for (size_t i = 0; i < k->lingering_count; i++)
		polled[1 + i] = (struct pollfd){ .fd = k->lingering[i].fd, .events = POLLIN };
	poll(polled, 1 + k->lingering_count, busy ? 1000 : -1);
	while (read(k->wake, &woken, sizeof(woken)) < 0 && errno == EINTR)
		;
}

static void *keep(void *arg)
{
	struct keeper *k = arg;
	int64_t swept = 0;

	pthread_setname_np(pthread_self(), "net-keeper");
	while (take_arrived(k)) {
		int64_t now;

		wait_for_work(k);
		now = clock_monotonic();
		drain_all(k, now);
		if (now - swept >= SECOND) {
			swept = now;
			sweep(k, now);
			give_back_memory(k);
		}
	}
	return NULL;
}

struct keeper *keeper_new(struct server *s)
{
	struct keeper *k = xcalloc(1, sizeof(*k));

	k->server = s;
	pthread_mutex_init(&k->lock, NULL);
	k->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (k->wake >= 0 && pthread_create(&k->thread, NULL, keep, k) == 0)
		return k;
	close_fd(&k->wake);
	pthread_mutex_destroy(&k->lock);
	free(k);
	return NULL;
}

void keeper_free(struct keeper *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->ending = true;
	pthread_mutex_unlock(&k->lock);
	wake(k);
	pthread_join(k->thread, NULL);
	for (size_t i = 0; i < k->lingering_count; i++)
		close(k->lingering[i].fd);
	close_fd(&k->wake);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
