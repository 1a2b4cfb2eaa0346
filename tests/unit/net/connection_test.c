#include "fixture.h"

#include "base/limits.h"
#include "base/pool.h"

#define PUT "PUT /b HTTP/1.1\r\nHost: h\r\n"

static void reply_with_length(struct fixture *f, struct exchange *x)
{
	reply_text(x, 200, arena_printf(&x->arena, "%lld", (long long)atomic_load(&f->body_bytes)));
}

static void refuse_in_begin(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 403, STR("refused"));
}

static void refuse_in_body(struct fixture *f, struct exchange *x, str piece)
{
	(void)f;
	(void)piece;
	expect_int(x->reply.status, 0);
	reply_header(x, STR("X-Why"), STR("large"));
	reply_text(x, 413, STR("too large"));
}

/* Sends `count` pieces of 64 KiB; false when the server stopped taking them. */
static bool send_bulk(struct client *c, int count)
{
	static char piece[64 * 1024];

	for (int i = 0; i < count; i++) {
		if (!client_send(c, (str){ piece, sizeof(piece) }))
			return false;
	}
	return true;
}

static bool send_chunked_bulk(struct client *c, int count)
{
	for (int i = 0; i < count; i++) {
		if (!client_send(c, STR("10000\r\n")) || !send_bulk(c, 1) ||
		    !client_send(c, STR("\r\n")))
			return false;
	}
	return client_send(c, STR("0\r\n\r\n"));
}

TEST(connection_serves_one_request_after_another)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	for (int i = 0; i < 100; i++) {
		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		expect_str(client_answer(&c).body, "ok");
	}
	expect_int(server_connections(f->server), 1);
	await(&f->ended, 100);
	client_close(&c);
	fixture_close(f);
}

static void reply_with_path(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, x->request.path);
}

TEST(pipelined_requests_are_answered_in_order)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	struct buf b;

	f->run = reply_with_path;
	buf_init(&b, &f->arena, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", i);
	client_send(&c, buf_str(&b));
	for (int i = 0; i < 1000; i++)
		expect_str(client_answer(&c).body,
		           arena_cstr(&f->arena, arena_printf(&f->arena, "/%d", i)));
	client_close(&c);
	fixture_close(f);
}

TEST(body_of_a_length_comes_whole)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_with_length;
	client_say(&c, PUT "Content-Length: 655360\r\n\r\n");
	send_bulk(&c, 10);
	expect_str(client_answer(&c).body, "655360");
	client_close(&c);
	fixture_close(f);
}

TEST(chunked_body_comes_without_its_wrapping)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_with_length;
	client_say(&c,
	           PUT "Transfer-Encoding: Chunked\r\n\r\n"
	               "3\r\nabc\r\n00A;name=\"value\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
	expect_str(client_answer(&c).body, "13");
	client_say(&c, PUT "Transfer-Encoding: chunked\r\n\r\n");
	send_chunked_bulk(&c, 3);
	expect_str(client_answer(&c).body, "196621");
	client_close(&c);
	fixture_close(f);
}

TEST(body_is_asked_for_when_the_client_waits)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_with_length;
	client_say(&c, PUT "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
	expect_int(client_answer(&c).status, 100);
	client_say(&c, "hello");
	expect_str(client_answer(&c).body, "5");
	client_close(&c);
	fixture_close(f);
}

TEST(body_is_not_asked_for_when_begin_has_replied)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->begin = refuse_in_begin;
	r = ask(f, PUT "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
	expect_int(r.status, 403);
	expect_str(r.body, "refused");
	expect_str(answer_header(r, "Connection"), "close");
	expect_int(f->body_bytes, 0);
	expect_int(f->ran, 0);
	fixture_close(f);
}

TEST(begin_may_reply_to_a_request_without_body_and_keep_the_connection)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->begin = refuse_in_begin;
	for (int i = 0; i < 3; i++) {
		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		expect_int(client_answer(&c).status, 403);
	}
	expect_int(f->ran, 0);
	client_close(&c);
	fixture_close(f);
}

TEST(short_refused_body_is_thrown_away_and_the_connection_kept)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->begin = refuse_in_begin;
	for (int i = 0; i < 3; i++) {
		client_say(&c, PUT "Content-Length: 1048576\r\n\r\n");
		expect(send_bulk(&c, 16));
		expect_int(client_answer(&c).status, 403);
	}
	expect_int(f->body_bytes, 0);
	client_close(&c);
	fixture_close(f);
}

/* The client sends all it has before it looks for the answer, as Python's http.client does. */
static struct answer refused_upload(struct fixture *f, const char *head,
                                    bool (*send_body)(struct client *, int))
{
	struct client c = client_open(f);
	struct answer r;

	client_say(&c, head);
	send_body(&c, 1024);
	r = client_answer(&c);
	expect(client_is_closed(&c));
	client_close(&c);
	return r;
}

TEST(long_refused_body_does_not_hide_the_reply)
{
	struct fixture *f = fixture_open();

	f->begin = refuse_in_begin;
	expect_int(refused_upload(f, PUT "Content-Length: 67108864\r\n\r\n", send_bulk).status,
	           403);
	expect_int(refused_upload(f, PUT "Transfer-Encoding: chunked\r\n\r\n", send_chunked_bulk)
	                   .status,
	           403);
	fixture_close(f);
}

TEST(long_body_refused_half_way_does_not_hide_the_reply)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->body = refuse_in_body;
	r = refused_upload(f, PUT "Content-Length: 67108864\r\n\r\n", send_bulk);
	expect_int(r.status, 413);
	expect_str(r.body, "too large");
	expect_str(answer_header(r, "X-Why"), "large");
	r = refused_upload(f, PUT "Transfer-Encoding: chunked\r\n\r\n", send_chunked_bulk);
	expect_int(r.status, 413);
	expect_str(r.body, "too large");
	expect_int(f->ran, 0);
	fixture_close(f);
}

TEST(body_refused_half_way_is_thrown_away_when_it_is_short)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->body = refuse_in_body;
	for (int i = 0; i < 2; i++) {
		client_say(&c, PUT "Transfer-Encoding: chunked\r\n\r\n");
		expect(send_chunked_bulk(&c, 20));
		expect_int(client_answer(&c).status, 413);
	}
	client_close(&c);
	fixture_close(f);
}

TEST(exchange_ends_once_when_the_client_leaves_in_the_middle)
{
	static const char *const beginnings[] = {
		PUT "Content-Length: 100\r\n\r\n",
		PUT "Content-Length: 100\r\n\r\nabc",
		PUT "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
		PUT "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
		PUT "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n",
	};
	struct fixture *f = fixture_open();

	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
		struct client c = client_open(f);

		client_say(&c, beginnings[i]);
		await(&f->begun, (int)i + 1);
		client_close(&c);
		await(&f->ended, (int)i + 1);
	}
	expect_int(f->ran, 0);
	fixture_close(f);
}

TEST(nothing_begins_when_the_client_leaves_before_the_head_is_complete)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f), d;

	client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n");
	client_close(&c);
	d = client_open(f);
	client_say(&d, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	expect_int(client_answer(&d).status, 200);
	expect_int(f->begun, 1);
	client_close(&d);
	fixture_close(f);
}

static void tell_loopback(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, x->request.from_loopback ? STR("yes") : STR("no"));
}

TEST(client_on_loopback_is_known)
{
	struct fixture *f = fixture_open_with((struct server_options){ .host = STR("::") });

	f->run = tell_loopback;
	expect_str(ask(f, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").body,
	           "yes"); /* as ::ffff:127.0.0.1 */
	fixture_close(f);
}

struct job {
	struct pool_work work;
	struct exchange *x;
};

static void answer_job(struct pool_work *work)
{
	struct job *job = (struct job *)work;

	reply_text(job->x, 200, STR("later"));
	exchange_reply(job->x);
}

/* Hands the exchange to a thread of the pool in f->context, which may well reply before this
 * returns. */
static void park(struct fixture *f, struct exchange *x)
{
	struct job *job = arena_new(&x->arena, struct job);

	job->work.run = answer_job;
	job->x = x;
	exchange_park(x);
	expect(pool_submit(f->context, &job->work));
}

static void park_in_body(struct fixture *f, struct exchange *x, str piece)
{
	(void)piece;
	park(f, x);
}

TEST(parked_exchange_is_answered_from_another_thread)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->context = pool_new(4, 1000);
	f->run = park;
	for (int i = 0; i < 200; i++) {
		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		expect_str(client_answer(&c).body, "later");
	}
	client_close(&c);
	pool_free(f->context);
	fixture_close(f);
}

TEST(exchange_may_be_parked_before_its_body)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->context = pool_new(4, 1000);
	f->begin = park;
	for (int i = 0; i < 50; i++) {
		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		expect_str(client_answer(&c).body, "later");
		client_say(&c, PUT "Content-Length: 3\r\n\r\nabc");
		expect_str(client_answer(&c).body, "later");
	}
	client_say(&c, PUT "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	expect_str(client_answer(&c).body, "later");
	expect(client_is_closed(&c));
	client_close(&c);
	expect_int(f->ran, 0);
	pool_free(f->context);
	fixture_close(f);
}

TEST(exchange_may_be_parked_in_the_middle_of_its_body)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->context = pool_new(4, 1000);
	f->body = park_in_body;
	for (int i = 0; i < 50; i++) {
		client_say(&c, PUT "Content-Length: 131072\r\n\r\n");
		expect(send_bulk(&c, 2));
		expect_str(client_answer(&c).body, "later");
		client_say(&c, PUT "Transfer-Encoding: chunked\r\n\r\n"
		                   "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n");
		expect_str(client_answer(&c).body, "later");
	}
	expect_int(f->ran, 0);
	client_close(&c);
	pool_free(f->context);
	fixture_close(f);
}

static void park_and_answer_at_once(struct fixture *f, struct exchange *x)
{
	(void)f;
	exchange_park(x);
	reply_text(x, 200, STR("at once"));
	exchange_reply(x);
}

static void answer_without_parking(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, STR("directly"));
	exchange_reply(x);
}

TEST(exchange_may_be_answered_on_its_own_thread)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = park_and_answer_at_once;
	client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	expect_str(client_answer(&c).body, "at once");
	f->run = answer_without_parking;
	client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	expect_str(client_answer(&c).body, "directly");
	client_close(&c);
	fixture_close(f);
}

TEST(client_that_leaves_while_its_exchange_is_parked_harms_nothing)
{
	struct fixture *f = fixture_open();

	f->context = pool_new(2, 1000);
	f->run = park;
	for (int i = 0; i < 200; i++) {
		struct client c = client_open(f);

		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		client_close(&c);
	}
	await(&f->ended, 200);
	pool_free(f->context);
	fixture_close(f);
}

static void *ask_again_and_again(void *context)
{
	struct fixture *f = context;
	struct fixture own = { .server = f->server, .port = f->port };
	struct client c = client_open(&own);

	for (int i = 0; i < 500; i++) {
		client_say(&c, i % 3 ? "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
		                     : PUT "Content-Length: 3\r\n\r\nabc");
		expect_str(client_answer(&c).body, "later");
	}
	client_close(&c);
	arena_release(&own.arena);
	return NULL;
}

TEST(many_clients_and_many_answering_threads_get_along)
{
	struct fixture *f = fixture_open();
	pthread_t threads[8];

	f->context = pool_new(8, 1000);
	f->run = park;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, ask_again_and_again, f);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	expect_int(f->begun, 4000);
	pool_free(f->context);
	fixture_close(f);
}

/* In KiB. */
static int64_t resident(void)
{
	char text[128] = "";
	str rest = { text, 0 };
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	uint64_t pages = 0;

	rest.n = (size_t)read(fd, text, sizeof(text));
	close(fd);
	str_cut(&rest, ' ');
	expect(str_to_u64(str_cut(&rest, ' '), &pages));
	return (int64_t)pages * 4;
}

TEST(memory_does_not_grow_with_a_body)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	int64_t before;

	f->run = reply_with_length;
	client_say(&c, PUT "Content-Length: 6553600\r\n\r\n");
	send_bulk(&c, 100);
	expect_str(client_answer(&c).body, "6553600");
	before = resident();
	client_say(&c, PUT "Content-Length: 209715200\r\n\r\n");
	send_bulk(&c, 3200);
	expect_str(client_answer(&c).body, "216268800");
	expect(resident() - before < 2048);
	client_close(&c);
	fixture_close(f);
}

TESTS({
	RUN(connection_serves_one_request_after_another),
	RUN(pipelined_requests_are_answered_in_order),
	RUN(body_of_a_length_comes_whole),
	RUN(chunked_body_comes_without_its_wrapping),
	RUN(body_is_asked_for_when_the_client_waits),
	RUN(body_is_not_asked_for_when_begin_has_replied),
	RUN(begin_may_reply_to_a_request_without_body_and_keep_the_connection),
	RUN(short_refused_body_is_thrown_away_and_the_connection_kept),
	RUN(long_refused_body_does_not_hide_the_reply),
	RUN(long_body_refused_half_way_does_not_hide_the_reply),
	RUN(body_refused_half_way_is_thrown_away_when_it_is_short),
	RUN(exchange_ends_once_when_the_client_leaves_in_the_middle),
	RUN(nothing_begins_when_the_client_leaves_before_the_head_is_complete),
	RUN(client_on_loopback_is_known),
	RUN(parked_exchange_is_answered_from_another_thread),
	RUN(exchange_may_be_parked_before_its_body),
	RUN(exchange_may_be_parked_in_the_middle_of_its_body),
	RUN(exchange_may_be_answered_on_its_own_thread),
	RUN(client_that_leaves_while_its_exchange_is_parked_harms_nothing),
	RUN(many_clients_and_many_answering_threads_get_along),
	RUN(memory_does_not_grow_with_a_body),
})
