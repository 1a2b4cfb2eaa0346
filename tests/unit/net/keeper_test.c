#include "fixture.h"

#define GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

/* Sends something, again and again, before the server's patience ends, until the server closes. */
static void trickle(struct client *c, str drop)
{
	struct pollfd polled = { .fd = c->fd, .events = POLLIN | POLLRDHUP };
	int64_t patience = clock_monotonic() + PATIENCE * INT64_C(1000000);

	while (client_send(c, drop) && poll(&polled, 1, 200) == 0 && clock_monotonic() < patience)
		;
	expect(clock_monotonic() < patience);
}

TEST(idle_connection_is_closed_after_the_idle_time)
{
	struct fixture *f = fixture_open_with((struct server_options){ .idle_seconds = 1 });
	struct client fresh = client_open(f), used = client_open(f);

	client_say(&used, GET);
	client_answer(&used);
	expect(client_is_closed(&fresh));
	expect(client_is_closed(&used));
	client_close(&fresh);
	client_close(&used);
	fixture_close(f);
}

TEST(head_that_does_not_come_to_its_end_is_given_up)
{
	struct fixture *f =
		fixture_open_with((struct server_options){ .idle_seconds = 5, .head_seconds = 1 });
	struct client c = client_open(f);

	client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
	trickle(&c, STR("a"));
	expect_int(f->begun, 0);
	client_close(&c);
	fixture_close(f);
}

TEST(first_line_that_does_not_come_to_its_end_is_given_up)
{
	struct fixture *f =
		fixture_open_with((struct server_options){ .idle_seconds = 1, .head_seconds = 1 });
	struct client c = client_open(f);

	client_say(&c, "GET /");
	trickle(&c, STR("a"));
	client_close(&c);
	fixture_close(f);
}

TEST(body_that_trickles_is_given_up)
{
	struct fixture *f = fixture_open_with((struct server_options){ .idle_seconds = 1 });
	struct client c = client_open(f);

	client_say(&c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
	trickle(&c, STR("abc"));
	await(&f->ended, 1);
	expect_int(f->ran, 0);
	client_close(&c);
	fixture_close(f);
}

TEST(body_that_is_slow_but_steady_is_waited_for)
{
	struct fixture *f = fixture_open_with((struct server_options){ .idle_seconds = 1 });
	struct client c = client_open(f);
	struct pollfd polled = { .fd = c.fd, .events = POLLIN };

	client_say(&c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 180000\r\n\r\n");
	for (int i = 0; i < 18; i++) {
		static const char piece[10000];

		client_send(&c, (str){ piece, sizeof(piece) });
		poll(&polled, 1, 200);
	}
	expect_int(client_answer(&c).status, 200);
	client_close(&c);
	fixture_close(f);
}

static ptrdiff_t read_zeros(struct reply_source *source, char *p, size_t n)
{
	(void)source;
	memset(p, 0, n);
	return (ptrdiff_t)n;
}

static void stream_without_end(struct fixture *f, struct exchange *x)
{
	struct reply_source *source = arena_new(&x->arena, struct reply_source);

	(void)f;
	source->read = read_zeros;
	reply_stream(x, 200, source, -1);
}

TEST(reply_that_is_taken_in_drops_is_given_up)
{
	struct fixture *f = fixture_open_with((struct server_options){ .idle_seconds = 1 });
	struct client c = client_open(f);
	struct pollfd polled = { .fd = c.fd, .events = POLLRDHUP };
	int64_t patience = clock_monotonic() + PATIENCE * INT64_C(1000000);
	char drops[100];

	f->run = stream_without_end;
	client_say(&c, GET);
	while (!f->ended && clock_monotonic() < patience) {
		recv(c.fd, drops, sizeof(drops), 0);
		poll(&polled, 1, 100);
	}
	expect_int(f->ended, 1);
	client_close(&c);
	fixture_close(f);
}

TEST(connections_that_only_take_a_place_make_room)
{
	struct fixture *f = fixture_open_with((struct server_options){ .connections = 64 });
	struct client idlers[300];

	for (size_t i = 0; i < ARRAY_LEN(idlers); i++)
		idlers[i] = client_open(f);
	for (int i = 0; i < 20; i++)
		expect_int(ask(f, GET).status, 200);
	expect(server_connections(f->server) <= 64);
	for (size_t i = 0; i < ARRAY_LEN(idlers); i++)
		client_close(&idlers[i]);
	fixture_close(f);
}

static void keep_parked(struct fixture *f, struct exchange *x)
{
	_Atomic(struct exchange *) *parked = f->context;

	if (str_eq(x->request.path, STR("/park"))) {
		exchange_park(x);
		atomic_store(parked, x);
	} else {
		reply_text(x, 200, STR("ok"));
	}
}

TEST(connection_with_a_request_under_way_keeps_its_place)
{
	struct fixture *f = fixture_open_with((struct server_options){ .connections = 32 });
	_Atomic(struct exchange *) parked = NULL;
	struct client busy = client_open(f), idlers[100];

	f->run = keep_parked;
	f->context = &parked;
	client_say(&busy, "GET /park HTTP/1.1\r\nHost: h\r\n\r\n");
	await(&f->ran, 1);
	for (size_t i = 0; i < ARRAY_LEN(idlers); i++)
		idlers[i] = client_open(f);
	expect_int(ask(f, GET).status, 200);
	while (!atomic_load(&parked))
		sched_yield();
	reply_text(parked, 200, STR("late"));
	exchange_reply(parked);
	expect_str(client_answer(&busy).body, "late");
	for (size_t i = 0; i < ARRAY_LEN(idlers); i++)
		client_close(&idlers[i]);
	client_close(&busy);
	fixture_close(f);
}

/* The idle ones are more than one thread of the server accepts at a time, and stay. */
TEST(two_thousand_idle_connections_keep_nobody_waiting)
{
	enum { IDLERS = 2000 };
	struct fixture *f = fixture_open();
	struct client *idlers = xcalloc(IDLERS, sizeof(*idlers));

	for (size_t i = 0; i < IDLERS; i++)
		idlers[i] = client_open(f);
	for (int i = 0; i < 100; i++)
		expect_int(ask(f, GET).status, 200);
	for (size_t i = 0; i < IDLERS; i += 100) {
		client_say(&idlers[i], GET);
		expect_int(client_answer(&idlers[i]).status, 200);
	}
	for (size_t i = 0; i < IDLERS; i++)
		client_close(&idlers[i]);
	free(idlers);
	fixture_close(f);
}

TESTS({
	RUN(idle_connection_is_closed_after_the_idle_time),
	RUN(head_that_does_not_come_to_its_end_is_given_up),
	RUN(first_line_that_does_not_come_to_its_end_is_given_up),
	RUN(body_that_trickles_is_given_up),
	RUN(body_that_is_slow_but_steady_is_waited_for),
	RUN(reply_that_is_taken_in_drops_is_given_up),
	RUN(connections_that_only_take_a_place_make_room),
	RUN(connection_with_a_request_under_way_keeps_its_place),
	RUN(two_thousand_idle_connections_keep_nobody_waiting),
})
