#include "fixture.h"

static void expect_contains(str text, const char *part)
{
	if (str_find_str(text, str_from(part), 0) < 0)
		fail_saying("\"%s\" is not in \"%.*s\"", part, STR_ARG(text));
}

TEST(target_arrives_as_it_was_sent)
{
	static const struct {
		const char *target, *path, *query;
	} cases[] = {
		{ "/", "/", "absent" },
		{ "/a%2Fb//c/../d/./e;f=1", "/a%2Fb//c/../d/./e;f=1", "absent" },
		{ "/?", "/", "?" },
		{ "/x?a=b?c&d=%3F&e+f&&=", "/x", "?a=b?c&d=%3F&e+f&&=" },
		{ "/%zz%00%", "/%zz%00%", "absent" },
		{ "/\xc3\xa4\xff?\xe2\x82\xac", "/\xc3\xa4\xff", "?\xe2\x82\xac" },
		{ "//double", "//double", "absent" },
		{ "/a#b", "/a#b", "absent" },
	};
	struct fixture *f = fixture_open();

	f->run = reply_with_request;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *request = arena_cstr(
			&f->arena, arena_printf(&f->arena, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
		                                cases[i].target));
		struct answer r = ask(f, request);

		expect_int(r.status, 200);
		expect_str(
			r.body,
			arena_cstr(
				&f->arena,
				arena_printf(
					&f->arena,
					"method GET\ntarget %s\npath %s\nquery %s\nhost h\nlength 0\n[Host]=[h]\n",
					cases[i].target, cases[i].path, cases[i].query)));
	}
	fixture_close(f);
}

TEST(absolute_target_names_the_host)
{
	static const struct {
		const char *target, *expected;
	} cases[] = {
		{ "http://other:81/p%20q?r",
		  "target /p%20q?r\npath /p%20q\nquery ?r\nhost other:81\n" },
		{ "HTTPS://other/", "target /\npath /\nquery absent\nhost other\n" },
		{ "http://other", "target /\npath /\nquery absent\nhost other\n" },
		{ "http://other?r/s", "target /?r/s\npath /\nquery ?r/s\nhost other\n" },
		{ "http://[::1]:80/x", "target /x\npath /x\nquery absent\nhost [::1]:80\n" },
	};
	struct fixture *f = fixture_open();

	f->run = reply_with_request;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *request = arena_cstr(
			&f->arena, arena_printf(&f->arena, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
		                                cases[i].target));

		expect_contains(ask(f, request).body, cases[i].expected);
	}
	fixture_close(f);
}

TEST(headers_keep_order_and_duplicates_and_lose_outer_space)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->run = reply_with_request;
	r = ask(f, "GET / HTTP/1.1\r\nb: 1\r\nHost: h\r\nA:  two words\t \r\nb: 3\r\n"
	           "Empty:\r\nc:x:y\r\n"
	           "Cookie: k=v; l\r\n\r\n");
	expect_contains(
		r.body,
		"length 0\n[b]=[1]\n[Host]=[h]\n[A]=[two words]\n[b]=[3]\n[Empty]=[]\n[c]=[x:y]\n"
		"[Cookie]=[k=v; l]\n");
	fixture_close(f);
}

TEST(query_of_many_parameters_costs_only_its_bytes)
{
	struct fixture *f = fixture_open();
	struct buf b;
	struct answer r;

	f->run = reply_with_request;
	buf_init(&b, &f->arena, 64 * 1024);
	buf_put(&b, STR("GET /?"));
	for (int i = 0; i < 7000; i++)
		buf_put(&b, STR("a&"));
	buf_put(&b, STR(" HTTP/1.1\r\nHost: h\r\n\r\n"));
	r = ask(f, buf_cstr(&b));
	expect_int(r.status, 200);
	expect(r.body.n > 28000);
	fixture_close(f);
}

TEST(request_that_could_be_read_two_ways_is_refused)
{
#define REQUEST "POST / HTTP/1.1\r\nHost: h\r\n"
	static const struct {
		int status;
		str text;
	} cases[] = {
		{ 400, STR_INIT("GET / HTTP/1.1\nHost: h\n\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\n\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.0\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\n Host: h\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\tc\r\n\r\n") },
		{ 400, STR_INIT(REQUEST "Content-: x\r\n Length: 5\r\n\r\nhello") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost : h\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\n: no name\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\0\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA:\0\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA\0B: c\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n") },
		{ 400, STR_INIT("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET  / HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET /  HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("G(T / HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET h HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT("GET / HTTP/11\r\nHost: h\r\n\r\n") },
		{ 400, STR_INIT(REQUEST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length: 5, 5\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length: +5\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length: -5\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length:\r\n\r\nhello") },
		{ 400, STR_INIT(REQUEST "Content-Length: 0x5\r\n\r\nhello") },
		{ 413, STR_INIT(REQUEST "Content-Length: 9223372036854775808\r\n\r\n") },
		{ 413, STR_INIT(REQUEST "Content-Length: 18446744073709551615\r\n\r\n") },
		{ 413, STR_INIT(REQUEST "Content-Length: 99999999999999999999\r\n\r\n") },
		{ 400,
		  STR_INIT(REQUEST
		           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") },
		{ 400,
		  STR_INIT(
			  REQUEST
			  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") },
		{ 400, STR_INIT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") },
		{ 501, STR_INIT(REQUEST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n") },
		{ 501, STR_INIT(REQUEST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n") },
		{ 501, STR_INIT(REQUEST "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n") },
		{ 501, STR_INIT(REQUEST "Transfer-Encoding: identity\r\n\r\n") },
		{ 400,
		  STR_INIT(REQUEST "Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n") },
		{ 400, STR_INIT(REQUEST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n") },
		{ 400,
		  STR_INIT(REQUEST "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n") },
		{ 413,
		  STR_INIT(REQUEST "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n") },
		{ 505, STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") },
		{ 505, STR_INIT("GET / HTTP/0.9\r\n\r\n") },
	};
	struct fixture *f = fixture_open();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client c = client_open(f);
		struct answer r;

		expect(client_send(&c, cases[i].text));
		r = client_answer(&c);
		if (r.status != cases[i].status)
			fail_saying("%d instead of %d to %.*s", r.status, cases[i].status,
			            STR_ARG(cases[i].text));
		while (client_receive(&c))
			; /* it ends, and nothing that follows is taken for another request */
		client_close(&c);
	}
	expect_int(f->ran, 0);
	fixture_close(f);
}

TEST(head_of_16_kib_is_taken_and_a_larger_one_refused)
{
	struct fixture *f = fixture_open();
	str value = { memset(arena_alloc(&f->arena, 1 << 20), 'a', 1 << 20), 0 };
	static const struct {
		size_t size;
		int status;
	} cases[] = {
		{ 8000, 200 }, { 16300, 200 }, { 17000, 431 }, { 40000, 431 }, { 1 << 20, 431 }
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client c = client_open(f);

		value.n = cases[i].size;
		client_say(&c, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
		client_send(&c, value);
		client_send(&c, STR("\r\n\r\n"));
		expect_int(client_answer(&c).status, cases[i].status);
		client_close(&c);
	}
	fixture_close(f);
}

static void reply_with_ten_headers(struct fixture *f, struct exchange *x)
{
	(void)f;
	for (int i = 0; i < 10; i++)
		reply_header(x, STR("X-Name-Of-A-Header"), STR("and a value of usual length"));
	reply_text(x, 200, STR("ok"));
}

static int status_of_head(struct fixture *f, const char *format, int count, size_t *ret_size)
{
	struct client c = client_open(f);
	struct buf b;
	int status;

	buf_init(&b, &f->arena, 1 << 20);
	buf_put(&b, STR("GET / HTTP/1.1\r\nHost: h\r\n"));
	for (int n = 1; n < count; n++)
		buf_printf(&b, "x-%03d: %s\r\n", n, format);
	buf_put(&b, STR("\r\n"));
	client_send(&c, buf_str(&b));
	status = client_answer(&c).status;
	client_close(&c);
	*ret_size = b.n;
	return status;
}

TEST(connection_with_less_memory_takes_smaller_heads_and_fewer_headers)
{
	static const char *const values[] = {
		"y",
		"a value like any",
		"a value that is as long as that: seventy characters and some more",
	};
	struct fixture *f =
		fixture_open_with((struct server_options){ .connection_memory = 8 * 1024 });

	f->run = reply_with_ten_headers;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		for (int count = 1; count <= 55; count++) {
			size_t size;
			int status = status_of_head(f, values[i], count, &size);

			expect_int(status, count <= 50 && size <= 4096 ? 200 : 431);
		}
	}
	fixture_close(f);
}

TEST(target_that_never_ends_is_refused)
{
	struct fixture *f = fixture_open();
	str value = { memset(arena_alloc(&f->arena, 1 << 20), 'a', 1 << 20), 1 << 20 };
	struct client c = client_open(f);

	client_say(&c, "GET /");
	client_send(&c, value);
	expect_int(client_answer(&c).status, 414);
	client_close(&c);
	fixture_close(f);
}

TEST(two_hundred_headers_are_taken_and_more_refused)
{
	struct fixture *f = fixture_open();
	static const struct {
		int count, status;
	} cases[] = { { 200, 200 }, { 201, 431 }, { 400, 431 }, { 5000, 431 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client c = client_open(f);
		struct buf b;

		buf_init(&b, &f->arena, 1 << 20);
		buf_put(&b, STR("GET / HTTP/1.1\r\nHost: h\r\n"));
		for (int n = 1; n < cases[i].count; n++)
			buf_printf(&b, "x-%d: y\r\n", n);
		buf_put(&b, STR("\r\n"));
		client_send(&c, buf_str(&b));
		expect_int(client_answer(&c).status, cases[i].status);
		client_close(&c);
	}
	fixture_close(f);
}

TEST(http_1_0_is_answered_and_closed_unless_it_asks)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	struct answer r;

	client_say(&c, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	r = client_answer(&c);
	expect_str(r.body, "ok");
	expect_str(answer_header(r, "Connection"), "Keep-Alive");
	client_say(&c, "GET / HTTP/1.0\r\n\r\n");
	r = client_answer(&c);
	expect_str(r.body, "ok");
	expect(client_is_closed(&c));
	client_close(&c);
	fixture_close(f);
}

TEST(empty_lines_before_a_request_are_skipped)
{
	struct fixture *f = fixture_open();

	expect_int(ask(f, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
	fixture_close(f);
}

TEST(head_may_come_a_byte_at_a_time)
{
	static const char text[] = "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_with_request;
	for (size_t i = 0; text[i]; i++)
		expect(client_send(&c, (str){ text + i, 1 }));
	expect_contains(client_answer(&c).body,
	                "path /a\nquery ?b=c\nhost h\nlength 0\n[Host]=[h]\n[X]=[y]\n");
	client_close(&c);
	fixture_close(f);
}

TESTS({
	RUN(target_arrives_as_it_was_sent),
	RUN(absolute_target_names_the_host),
	RUN(headers_keep_order_and_duplicates_and_lose_outer_space),
	RUN(query_of_many_parameters_costs_only_its_bytes),
	RUN(request_that_could_be_read_two_ways_is_refused),
	RUN(head_of_16_kib_is_taken_and_a_larger_one_refused),
	RUN(connection_with_less_memory_takes_smaller_heads_and_fewer_headers),
	RUN(target_that_never_ends_is_refused),
	RUN(two_hundred_headers_are_taken_and_more_refused),
	RUN(http_1_0_is_answered_and_closed_unless_it_asks),
	RUN(empty_lines_before_a_request_are_skipped),
	RUN(head_may_come_a_byte_at_a_time),
})
