#include "fixture.h"

#include "base/pool.h"

#define GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

static void expect_problem(struct server_options options, const char *expected)
{
	struct server_handler handler = { fixture_begin, fixture_body, fixture_run, fixture_end,
		                          NULL };
	char problem[256] = "";

	expect(!server_start(&options, &handler, problem));
	if (str_find_str(str_from(problem), str_from(expected), 0) < 0)
		fail_saying("\"%s\" is not in \"%s\"", expected, problem);
}

TEST(address_that_is_taken_is_named)
{
	struct fixture *f = fixture_open();
	char expected[64];

	snprintf(expected, sizeof(expected), "127.0.0.1:%u is in use by another program", f->port);
	expect_problem((struct server_options){ .host = STR("127.0.0.1"), .port = f->port },
	               expected);
	expect_problem((struct server_options){ .host = STR("localhost"), .port = f->port },
	               "is in use");
	fixture_close(f);
}

TEST(address_that_is_not_ours_is_named)
{
	expect_problem((struct server_options){ .host = STR("192.0.2.1") },
	               "192.0.2.1 is not an address of this machine");
	expect_problem((struct server_options){ .host = STR("no such host") },
	               "no such host is not an address or a name");
}

TEST(address_is_told)
{
	static const struct {
		const char *host, *start;
		bool loopback;
	} cases[] = {
		{ "127.0.0.1", "127.0.0.1:", true },
		{ "localhost", "127.0.0.1:", true },
		{ "127.1.2.3", "127.1.2.3:", true },
		{ "::1", "[::1]:", true },
		{ "[::1]", "[::1]:", true },
		{ "0.0.0.0", "0.0.0.0:", false },
		{ "::", "[::]:", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_open_with(
			(struct server_options){ .host = str_from(cases[i].host) });

		expect(str_starts(server_address(f->server), str_from(cases[i].start)));
		expect_int(server_is_loopback(f->server), cases[i].loopback);
		expect(f->port != 0);
		fixture_close(f);
	}
}

static void tell_loopback(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, x->request.from_loopback ? STR("yes") : STR("no"));
}

TEST(ipv6_is_served)
{
	struct fixture *f = fixture_open_with((struct server_options){ .host = STR("::1") });
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
		                        .sin6_port = htons(f->port),
		                        .sin6_addr = in6addr_loopback };
	struct client c = { .f = f, .fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) };

	buf_init(&c.unread, &f->arena, 1 << 20);
	f->run = tell_loopback;
	expect_int(connect(c.fd, (struct sockaddr *)&address, sizeof(address)), 0);
	client_say(&c, GET);
	expect_str(client_answer(&c).body, "yes");
	client_close(&c);
	fixture_close(f);
}

TEST(one_thread_or_many_serve_alike)
{
	for (int threads = 1; threads <= 5; threads++) {
		struct fixture *f =
			fixture_open_with((struct server_options){ .threads = threads });

		for (int i = 0; i < 10; i++)
			expect_int(ask(f, GET).status, 200);
		fixture_close(f);
	}
}

TEST(server_without_connections_stops_at_once)
{
	struct fixture *f = fixture_open();
	int64_t start = clock_monotonic();

	fixture_close(f);
	expect(clock_monotonic() - start < 5000000);
}

TEST(idle_connections_do_not_hold_up_the_end)
{
	struct fixture *f = fixture_open();
	struct client fresh = client_open(f), used = client_open(f), half = client_open(f);
	int64_t start;

	client_say(&used, GET);
	client_answer(&used);
	client_say(&half, "GET / HTTP/1.1\r\nHost:");
	start = clock_monotonic();
	server_stop(f->server);
	expect(clock_monotonic() - start < 5000000);
	expect(client_is_closed(&fresh));
	expect(client_is_closed(&used));
	expect(client_is_closed(&half));
	client_close(&fresh);
	client_close(&used);
	client_close(&half);
	expect_int(f->begun, f->ended);
	arena_release(&f->arena);
	free(f);
}

static void *stop(void *context)
{
	struct fixture *f = context;

	server_stop(f->server);
	return NULL;
}

static bool can_connect(struct fixture *f)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(f->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connected = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return connected;
}

TEST(requests_under_way_finish_while_new_connections_are_refused)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	pthread_t stopping;
	struct answer r;

	client_say(&c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234");
	await(&f->begun, 1);
	pthread_create(&stopping, NULL, stop, f);
	while (can_connect(f))
		sched_yield();
	client_say(&c, "56789");
	r = client_answer(&c);
	expect_str(r.body, "ok");
	expect_str(answer_header(r, "Connection"), "close");
	expect(client_is_closed(&c));
	pthread_join(stopping, NULL);
	expect_int(f->ended, 1);
	client_close(&c);
	arena_release(&f->arena);
	free(f);
}

TEST(request_that_does_not_finish_is_cut_after_the_drain_time)
{
	struct fixture *f = fixture_open_with((struct server_options){ .drain_seconds = 1 });
	struct client c = client_open(f);

	client_say(&c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234");
	await(&f->begun, 1);
	fixture_close(f);
	close(c.fd);
}

struct late {
	struct pool_work work;
	struct exchange *x;
};

static _Atomic(struct exchange *) kept;

static void keep(struct fixture *f, struct exchange *x)
{
	(void)f;
	exchange_park(x);
	atomic_store(&kept, x);
}

TEST(parked_exchange_is_waited_for_beyond_the_drain_time)
{
	struct fixture *f = fixture_open_with((struct server_options){ .drain_seconds = 1 });
	struct client c = client_open(f);
	struct pollfd polled = { .fd = c.fd, .events = POLLIN };
	pthread_t stopping;

	f->run = keep;
	client_say(&c, GET);
	while (!atomic_load(&kept))
		sched_yield();
	pthread_create(&stopping, NULL, stop, f);
	expect_int(poll(&polled, 1, 1500), 0);
	expect_int(f->ended, 0);
	reply_text(kept, 200, STR("late"));
	exchange_reply(kept);
	pthread_join(stopping, NULL);
	expect_int(f->ended, 1);
	client_close(&c);
	arena_release(&f->arena);
	free(f);
}

static void answer_late(struct pool_work *work)
{
	struct late *late = (struct late *)work;

	reply_text(late->x, 200, STR("ok"));
	exchange_reply(late->x);
}

static void park(struct fixture *f, struct exchange *x)
{
	struct late *late = arena_new(&x->arena, struct late);

	late->work.run = answer_late;
	late->x = x;
	exchange_park(x);
	expect(pool_submit(f->context, &late->work));
}

static void *hammer_until_refused(void *context)
{
	struct fixture *f = context;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(f->port) };
	bool connected = true;
	char nowhere[4096];

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	while (connected) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		connected = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
		for (int i = 0; connected && i < 20; i++)
			send(fd, GET, strlen(GET), MSG_NOSIGNAL);
		if (connected)
			recv(fd, nowhere, sizeof(nowhere), 0);
		close(fd);
	}
	return NULL;
}

TEST(server_stops_cleanly_under_load_again_and_again)
{
	for (int round = 0; round < 10; round++) {
		struct fixture *f = fixture_open();
		pthread_t threads[4];

		f->context = pool_new(4, 10000);
		f->run = round % 2 ? park : NULL;
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			pthread_create(&threads[i], NULL, hammer_until_refused, f);
		while (atomic_load(&f->ran) < 500)
			sched_yield();
		server_stop(f->server);
		for (size_t i = 0; i < ARRAY_LEN(threads); i++)
			pthread_join(threads[i], NULL);
		expect_int(f->ended, f->begun);
		pool_free(f->context);
		arena_release(&f->arena);
		free(f);
	}
}

TESTS({
	RUN(address_that_is_taken_is_named),
	RUN(address_that_is_not_ours_is_named),
	RUN(address_is_told),
	RUN(ipv6_is_served),
	RUN(one_thread_or_many_serve_alike),
	RUN(server_without_connections_stops_at_once),
	RUN(idle_connections_do_not_hold_up_the_end),
	RUN(requests_under_way_finish_while_new_connections_are_refused),
	RUN(request_that_does_not_finish_is_cut_after_the_drain_time),
	RUN(parked_exchange_is_waited_for_beyond_the_drain_time),
	RUN(server_stops_cleanly_under_load_again_and_again),
})
