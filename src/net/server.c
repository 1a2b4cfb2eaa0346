#include "net/internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#undef free

enum { BACKLOG = 1024, SPARE_DESCRIPTORS = 128 };

static int cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

static struct server_options with_defaults(const struct server_options *given)
{
	struct server_options o = *given;

	if (!o.threads)
		o.threads = cores();
	if (!o.connections)
		o.connections = LIMIT_CONNECTIONS;
	if (!o.idle_seconds)
		o.idle_seconds = LIMIT_IDLE_SECONDS;
	if (!o.head_seconds)
		o.head_seconds = LIMIT_HEAD_SECONDS;
	if (!o.drain_seconds)
		o.drain_seconds = LIMIT_DRAIN_SECONDS;
	if (!o.connection_memory)
		o.connection_memory = CONNECTION_MEMORY;
	return o;
}

/* A connection may need a descriptor of its own and one of a file that it sends or receives. */
static void fit_descriptors(struct server_options *o)
{
	rlim_t wanted = (rlim_t)o->connections * 2 + SPARE_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = MIN(limit.rlim_max, wanted);
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < wanted)
		o->connections = (int)MAX(((int64_t)limit.rlim_cur - SPARE_DESCRIPTORS) / 2, 16);
}

/* Texts that are addresses are not looked up: it would take a millisecond, or the network. */
static int resolve(const char *host, uint16_t port, struct sockaddr_storage *ret,
                   socklen_t *ret_size)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		                  .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *found;
	char service[8];
	int e;

	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	snprintf(service, sizeof(service), "%u", (unsigned)port);
	e = getaddrinfo(host, service, &hints, &found);
	if (e == EAI_NONAME) {
		hints.ai_flags = AI_NUMERICSERV;
		e = getaddrinfo(host, service, &hints, &found);
	}
	if (e)
		return e;
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	*ret_size = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static void describe_listen_problem(const char *host, uint16_t port, int error, char problem[256])
{
	const char *open = strchr(host, ':') ? "[" : "", *close = *open ? "]" : "";

	switch (error) {
	case EADDRINUSE:
		snprintf(problem, 256, "%s%s%s:%u is in use by another program", open, host, close,
		         (unsigned)port);
		break;
	case EADDRNOTAVAIL:
		snprintf(problem, 256, "%s is not an address of this machine", host);
		break;
	case EACCES:
		snprintf(problem, 256, "listening on port %u is only allowed to the administrator",
		         (unsigned)port);
		break;
	default:
		snprintf(problem, 256, "cannot listen on %s%s%s:%u: %s", open, host, close,
		         (unsigned)port, strerrordesc_np(error));
	}
}

static int listen_on(const char *host, uint16_t port, char problem[256])
{
	struct sockaddr_storage address;
	socklen_t size;
	AUTO_CLOSE fd = -1;
	int e = resolve(host, port, &address, &size);

	if (e) {
		snprintf(problem, 256, "%s is not an address or a name that can be found: %s", host,
		         gai_strerror(e));
		return -1;
	}
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)); /* inherited */
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, BACKLOG) < 0) {
		describe_listen_problem(host, port, errno, problem);
		return -1;
	}
	return take_fd(&fd);
}

static void note_address(struct server *s)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof(address);
	char host[INET6_ADDRSTRLEN] = "";

	getsockname(s->listener, (struct sockaddr *)&address, &size);
	if (address.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address;

		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		snprintf(s->address, sizeof(s->address), "[%s]:%u", host,
		         (unsigned)ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;

		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		snprintf(s->address, sizeof(s->address), "%s:%u", host,
		         (unsigned)ntohs(v4->sin_port));
	}
	s->address_size = strlen(s->address);
	s->is_loopback = address_is_loopback((struct sockaddr *)&address);
}

static void log_message(void *unused, const char *format, va_list args) PRINTF_LIKE(2, 0);
static void log_message(void *unused, const char *format, va_list args)
{
	char text[512];

	(void)unused;
	vsnprintf(text, sizeof(text), format, args);
	log_debug("libmicrohttpd", log_str("message", str_trim(str_from(text))));
}

/* Targets and queries are nobody's to decode but the program's. */
static size_t leave_escaped(void *unused, struct MHD_Connection *mhd, char *text)
{
	(void)unused;
	(void)mhd;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct server *s)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
	                 MHD_USE_ERROR_LOG;
	const struct server_options *o = &s->options;
	struct MHD_OptionItem threads[] = {
		{ o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	/* The number of connections is held by connection_accept; here it is only what is never
	 * reached. */
	return MHD_start_daemon(
		flags, 0, connection_accept, s, connection_access, s, MHD_OPTION_EXTERNAL_LOGGER,
		log_message, NULL, MHD_OPTION_LISTEN_SOCKET, s->listener,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)(o->connections + 64) * (unsigned)o->threads,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)o->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)o->connection_memory,
		MHD_OPTION_NOTIFY_CONNECTION, connection_notify, s, MHD_OPTION_NOTIFY_COMPLETED,
		connection_completed, s, MHD_OPTION_URI_LOG_CALLBACK, connection_note_target, s,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_ARRAY, threads,
		MHD_OPTION_END);
}

/* The server's threads leave signals to the program's first one, but for those that are their
 * fault. */
static bool start_threads(struct server *s)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
	sigset_t blocked, before;

	sigfillset(&blocked);
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		sigdelset(&blocked, own[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	s->keeper = keeper_new(s);
	if (s->keeper)
		s->daemon = start_daemon(s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return s->daemon != NULL;
}

/* head.c knows the memory of this version, and this folder the faults of it. With another one all of
 * that has to be looked at again, and tests/unit/net says whether it still holds. */
static bool library_is_known(char problem[256])
{
	static const char known[] = "0.9.75";

	if (strcmp(MHD_get_version(), known) == 0)
		return true;
	snprintf(problem, 256, "libmicrohttpd %s is needed, but this is %s", known,
	         MHD_get_version());
	return false;
}

struct server *server_start(const struct server_options *options,
                            const struct server_handler *handler, char problem[256])
{
	struct arena a = { 0 };
	str host = options->host;
	struct server *s;

	if (!library_is_known(problem))
		return NULL;
	if (str_take(&host, STR("[")) && str_ends(host, STR("]")))
		host.n--;
	s = xcalloc(1, sizeof(*s));
	s->handler = *handler;
	s->options = with_defaults(options);
	fit_descriptors(&s->options);
	s->listener = listen_on(arena_cstr(&a, host), options->port, problem);
	arena_release(&a);
	if (s->listener >= 0) {
		note_address(s);
		if (start_threads(s))
			return s;
		snprintf(problem, 256, "cannot start the threads of the server: %s",
		         strerrordesc_np(errno));
	}
	keeper_free(s->keeper);
	close_fd(&s->listener);
	free(s);
	return NULL;
}

str server_address(const struct server *s)
{
	return (str){ s->address, s->address_size };
}

bool server_host_is_loopback(str host)
{
	struct sockaddr_storage address;
	struct arena a = { 0 };
	socklen_t size;
	bool yes = resolve(arena_cstr(&a, host), 0, &address, &size) == 0 &&
	           address_is_loopback((struct sockaddr *)&address);

	arena_release(&a);
	return yes;
}

bool server_is_loopback(const struct server *s)
{
	return s->is_loopback;
}

int server_connections(const struct server *s)
{
	return keeper_count(s->keeper);
}

/*
 * The listening socket is replaced under its number by one that does not listen, which closes it
 * and takes it out of every epoll set. MHD_quiesce_daemon would take it out of the sets of other
 * threads while these may be doing the same, and end the process when it loses that race.
 */
static void stop_listening(struct server *s)
{
	AUTO_CLOSE deaf = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (deaf >= 0)
		dup3(deaf, s->listener, O_CLOEXEC);
}

static bool is_under_way(struct connection *c)
{
	return atomic_load(&c->under_way);
}

static bool is_in_call(struct connection *c)
{
	return atomic_load(&c->in_call);
}

static void pause_briefly(void)
{
	struct timespec millisecond = { .tv_nsec = 1000000 };

	nanosleep(&millisecond, NULL);
}

void server_stop(struct server *s)
{
	int64_t deadline;

	if (!s)
		return;
	deadline = clock_monotonic() + s->options.drain_seconds * INT64_C(1000000);
	atomic_store(&s->stopping, true);
	stop_listening(s);
	while (keeper_any(s->keeper, is_under_way) && clock_monotonic() < deadline)
		pause_briefly();
	/* From here on the program is called no more, so no exchange can be parked; those that are
	 * have to be answered, because a suspended connection cannot be ended. */
	atomic_store(&s->closed, true);
	while (keeper_any(s->keeper, is_in_call) || atomic_load(&s->parked))
		pause_briefly();
	MHD_stop_daemon(s->daemon); /* closes s->listener */
	keeper_free(s->keeper);
	free(s);
}
