/*
 * A server in this process, on a free port of loopback, whose handler a test makes up; and a client
 * that sends any bytes. No call waits for longer than PATIENCE: then the test fails.
 */
#ifndef TESTS_UNIT_NET_FIXTURE_H
#define TESTS_UNIT_NET_FIXTURE_H

#include "net/server.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#undef free

enum { PATIENCE = 20 }; /* seconds */

#define fail_saying(...)                  \
	do {                              \
		print_error(__VA_ARGS__); \
		print_error("\n");        \
		fail_here();              \
	} while (0)

struct fixture {
	struct server *server;
	uint16_t port;
	struct arena arena;

	/* Set by the test before it sends. The default replies 200 "ok" in run. */
	void (*begin)(struct fixture *f, struct exchange *x);
	void (*body)(struct fixture *f, struct exchange *x, str piece);
	void (*run)(struct fixture *f, struct exchange *x);
	void *context;

	_Atomic int begun, ran, ended, last_status, sources_closed;
	_Atomic int64_t body_bytes;
};

static void fixture_begin(struct exchange *x, void *app)
{
	struct fixture *f = app;

	atomic_fetch_add(&f->begun, 1);
	if (f->begin)
		f->begin(f, x);
}

static void fixture_body(struct exchange *x, void *app, str piece)
{
	struct fixture *f = app;

	atomic_fetch_add(&f->body_bytes, (int64_t)piece.n);
	if (f->body)
		f->body(f, x, piece);
}

static void fixture_run(struct exchange *x, void *app)
{
	struct fixture *f = app;

	atomic_fetch_add(&f->ran, 1);
	if (f->run)
		f->run(f, x);
	else
		reply_text(x, 200, STR("ok"));
}

static void fixture_end(struct exchange *x, void *app)
{
	struct fixture *f = app;

	atomic_store(&f->last_status, x->reply.status);
	atomic_fetch_add(&f->ended, 1);
}

static UNUSED struct fixture *fixture_open_with(struct server_options options)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct server_handler handler = { fixture_begin, fixture_body, fixture_run, fixture_end,
		                          f };
	char problem[256] = "";
	str address;
	uint64_t port;

	if (!options.host.p)
		options.host = STR("127.0.0.1");
	if (!options.threads)
		options.threads = 2;
	f->server = server_start(&options, &handler, problem);
	if (!f->server)
		print_error("%s\n", problem);
	expect(f->server != NULL);
	address = server_address(f->server);
	expect(str_to_u64(str_after(address, (size_t)str_rfind(address, ':') + 1), &port));
	f->port = (uint16_t)port;
	return f;
}

static UNUSED struct fixture *fixture_open(void)
{
	return fixture_open_with((struct server_options){ 0 });
}

/* Whatever a test did, every exchange that began has ended. */
static UNUSED void fixture_close(struct fixture *f)
{
	server_stop(f->server);
	expect_int(f->ended, f->begun);
	arena_release(&f->arena);
	free(f);
}

/* Waits for a counter of the fixture; its threads move it. */
static UNUSED void await(_Atomic int *count, int wanted)
{
	int64_t deadline = clock_monotonic() + PATIENCE * INT64_C(1000000);

	while (atomic_load(count) < wanted && clock_monotonic() < deadline)
		sched_yield();
	expect_int(atomic_load(count), wanted);
}

struct client {
	struct fixture *f;
	int fd;
	struct buf unread; /* what came and was not taken */
};

struct answer {
	int status;
	str head, body;
};

static UNUSED struct client client_open(struct fixture *f)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(f->port) };
	struct client c = { .f = f, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	struct timeval patience = { .tv_sec = PATIENCE };

	buf_init(&c.unread, &f->arena, (size_t)1 << 30);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	expect_int(connect(c.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return c;
}

static UNUSED void client_close(struct client *c)
{
	close(c->fd);
}

/* As much as the server takes: it may close in the middle. */
static UNUSED bool client_send(struct client *c, str bytes)
{
	while (bytes.n) {
		ssize_t n = send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return true;
}

static UNUSED void client_say(struct client *c, const char *text)
{
	expect(client_send(c, str_from(text)));
}

/* False when the server has closed, or reset, the connection. */
static UNUSED bool client_receive(struct client *c)
{
	char *room = buf_reserve(&c->unread, 64 * 1024);
	ssize_t n = recv(c->fd, room, 64 * 1024, 0);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		fail_saying("the server neither answers nor closes");
	if (n > 0)
		c->unread.n += (size_t)n;
	return n > 0;
}

static UNUSED bool client_is_closed(struct client *c)
{
	return !c->unread.n && !client_receive(c);
}

static str client_take(struct client *c, size_t n)
{
	str taken = arena_str(&c->f->arena, (str){ c->unread.p, n });

	memmove(c->unread.p, c->unread.p + n, c->unread.n - n);
	c->unread.n -= n;
	return taken;
}

static str client_take_bytes(struct client *c, size_t n)
{
	while (c->unread.n < n) {
		if (!client_receive(c))
			fail_saying("the connection ended after %zu of %zu bytes", c->unread.n, n);
	}
	return client_take(c, n);
}

static str client_take_through(struct client *c, str mark)
{
	ptrdiff_t at;

	while ((at = str_find_str(buf_str(&c->unread), mark, 0)) < 0) {
		if (!client_receive(c))
			fail_saying("the connection ended in the middle of a head");
	}
	return client_take(c, (size_t)at + mark.n);
}

static UNUSED str answer_header(struct answer r, const char *name)
{
	str rest = r.head;

	while (rest.p) {
		str line = str_cut(&rest, '\n'), value = line;

		if (str_eq_nocase(str_cut(&value, ':'), str_from(name)) && value.p)
			return str_trim(value);
	}
	return STR_NULL;
}

static str client_take_chunks(struct client *c)
{
	struct buf body;
	size_t n;

	buf_init(&body, &c->f->arena, (size_t)1 << 30);
	do {
		str line = client_take_through(c, STR("\r\n"));

		n = strtoul(arena_cstr(&c->f->arena, line), NULL, 16);
		buf_put(&body, client_take_bytes(c, n));
		client_take_through(c, STR("\r\n"));
	} while (n);
	return buf_str(&body);
}

static UNUSED struct answer client_answer_to(struct client *c, const char *method)
{
	struct answer r = { .head = client_take_through(c, STR("\r\n\r\n")) };
	int64_t status, length;

	expect(str_starts(r.head, STR("HTTP/1.1 ")));
	expect(str_to_i64(str_from_to(r.head, 9, 12), &status));
	r.status = (int)status;
	if (strcmp(method, "HEAD") == 0 || status == 304 || status == 204 || status < 200) {
		r.body = STR("");
	} else if (str_eq(answer_header(r, "Transfer-Encoding"), STR("chunked"))) {
		r.body = client_take_chunks(c);
	} else if (str_to_i64(answer_header(r, "Content-Length"), &length)) {
		r.body = client_take_bytes(c, (size_t)length);
	} else {
		while (client_receive(c))
			;
		r.body = client_take(c, c->unread.n);
	}
	return r;
}

static UNUSED struct answer client_answer(struct client *c)
{
	return client_answer_to(c, "GET");
}

/* One exchange on a connection of its own. */
static UNUSED struct answer ask(struct fixture *f, const char *text)
{
	struct client c = client_open(f);
	struct answer r;

	client_say(&c, text);
	r = client_answer_to(&c, strncmp(text, "HEAD", 4) == 0 ? "HEAD" : "GET");
	client_close(&c);
	return r;
}

/* Replies with what came, so that a test can read it. */
static UNUSED void reply_with_request(struct fixture *f, struct exchange *x)
{
	const struct request *r = &x->request;
	struct buf b;

	(void)f;
	buf_init(&b, &x->arena, 1 << 20);
	buf_printf(&b,
	           "method %.*s\ntarget %.*s\npath %.*s\nquery %s%.*s\nhost %.*s\nlength %lld\n",
	           STR_ARG(r->method), STR_ARG(r->target), STR_ARG(r->path),
	           r->query.p ? "?" : "absent", STR_ARG(r->query), STR_ARG(r->host),
	           (long long)r->content_length);
	for (size_t i = 0; i < r->header_count; i++)
		buf_printf(&b, "[%.*s]=[%.*s]\n", STR_ARG(r->headers[i].name),
		           STR_ARG(r->headers[i].value));
	reply_text(x, 200, buf_str(&b));
}

#endif
