#include "net/client.h"

#include "fixture.h"

static str url_of(struct fixture *f, const char *target)
{
	return arena_printf(&f->arena, "http://127.0.0.1:%u%s", f->port, target);
}

static struct http_answer fetched(struct fixture *f, struct http_fetch fetch)
{
	struct http_answer answer;
	str problem = STR("");

	if (!http_fetch(&f->arena, &fetch, &answer, &problem))
		fail_saying("%.*s", STR_ARG(problem));
	return answer;
}

static void expect_problem(struct fixture *f, struct http_fetch fetch, const char *expected)
{
	struct http_answer answer;
	str problem = STR("");

	expect(!http_fetch(&f->arena, &fetch, &answer, &problem));
	if (str_find_str(problem, str_from(expected), 0) < 0)
		fail_saying("\"%s\" is not in \"%.*s\"", expected, STR_ARG(problem));
}

static str header_of(struct http_answer a, const char *name)
{
	const struct request r = { .headers = a.headers, .header_count = a.header_count };

	return request_header(&r, str_from(name));
}

static void echo_body(struct fixture *f, struct exchange *x, str piece)
{
	struct buf *b = f->context;

	(void)x;
	buf_put(b, piece);
}

static void reply_with_echo(struct fixture *f, struct exchange *x)
{
	reply_with_request(f, x);
	x->reply.text = arena_join(&x->arena, x->reply.text, buf_str(f->context));
}

TEST(request_goes_out_as_it_was_made)
{
	struct header headers[] = { { STR_INIT("X-One"), STR_INIT("a, b") },
		                    { STR_INIT("X-Empty"), STR_INIT("") },
		                    { STR_INIT("X-One"), STR_INIT("c") } };
	struct fixture *f = fixture_open();
	struct buf body;
	struct http_answer a;

	buf_init(&body, &f->arena, 1 << 20);
	f->context = &body;
	f->body = echo_body;
	f->run = reply_with_echo;
	a = fetched(f, (struct http_fetch){ .method = STR("PUT"),
	                                    .url = url_of(f, "/a%2F/../b?c=d%20e"),
	                                    .headers = headers,
	                                    .header_count = 3,
	                                    .body = STR("body") });
	expect_int(a.status, 200);
	expect_str(
		a.body,
		arena_cstr(
			&f->arena,
			arena_printf(
				&f->arena,
				"method PUT\ntarget /a%%2F/../b?c=d%%20e\npath /a%%2F/../b\nquery ?c=d%%20e\nhost 127.0.0.1:%u\nlength 4\n"
				"[Host]=[127.0.0.1:%u]\n[X-One]=[a, b]\n[X-Empty]=[]\n[X-One]=[c]\n[Content-Length]=[4]\nbody",
				f->port, f->port)));
	fixture_close(f);
}

TEST(post_without_a_body_says_so)
{
	struct fixture *f = fixture_open();
	struct http_answer a;

	f->run = reply_with_request;
	a = fetched(f, (struct http_fetch){ .method = STR("POST"), .url = url_of(f, "/") });
	expect(str_ends(a.body, STR("[Content-Length]=[0]\n")));
	a = fetched(f, (struct http_fetch){ .method = STR("GET"), .url = url_of(f, "/") });
	expect(str_find_str(a.body, STR("Content-Length"), 0) < 0);
	fixture_close(f);
}

static void reply_plainly(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_header(x, STR("Location"), STR("/elsewhere"));
	reply_header(x, STR("Set-Cookie"), STR("a"));
	reply_header(x, STR("Set-Cookie"), STR("b"));
	reply_text(x, str_eq(x->request.path, STR("/moved")) ? 302 : 418, STR("tea"));
}

TEST(answer_comes_with_status_headers_and_body)
{
	struct fixture *f = fixture_open();
	struct http_answer a;

	f->run = reply_plainly;
	for (int i = 0; i < 5; i++) {
		a = fetched(f, (struct http_fetch){ .method = STR("GET"), .url = url_of(f, "/") });
		expect_int(a.status, 418);
		expect_str(a.body, "tea");
		expect_str(header_of(a, "content-length"), "3");
		expect_int(a.header_count, 5);
		expect_str(a.headers[3].value, "b");
	}
	expect_int(f->begun, 5);
	expect_int(server_connections(f->server), 1);
	fixture_close(f);
}

TEST(redirect_is_not_followed)
{
	struct fixture *f = fixture_open();

	f->run = reply_plainly;
	expect_int(
		fetched(f, (struct http_fetch){ .method = STR("GET"), .url = url_of(f, "/moved") })
			.status,
		302);
	expect_int(f->begun, 1);
	fixture_close(f);
}

TEST(head_has_no_body)
{
	struct fixture *f = fixture_open();
	struct http_answer a;

	a = fetched(f, (struct http_fetch){ .method = STR("HEAD"), .url = url_of(f, "/") });
	expect_str(header_of(a, "Content-Length"), "2");
	expect_str(a.body, "");
	fixture_close(f);
}

static void reply_with_a_megabyte(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, (str){ arena_alloc(&x->arena, 1 << 20), 1 << 20 });
}

TEST(answer_larger_than_wanted_is_a_problem)
{
	struct fixture *f = fixture_open();
	struct http_fetch fetch = { .method = STR("GET"),
		                    .url = url_of(f, "/"),
		                    .max_body = (1 << 20) - 1 };

	f->run = reply_with_a_megabyte;
	expect_problem(f, fetch, "larger than 1048575 bytes");
	fetch.max_body++;
	expect_int(fetched(f, fetch).body.n, 1 << 20);
	fixture_close(f);
}

static _Atomic(struct exchange *) parked;

static void never_reply(struct fixture *f, struct exchange *x)
{
	(void)f;
	exchange_park(x);
	atomic_store(&parked, x);
}

TEST(server_that_does_not_answer_is_given_up)
{
	struct fixture *f = fixture_open();

	f->run = never_reply;
	expect_problem(f,
	               (struct http_fetch){
			       .method = STR("GET"), .url = url_of(f, "/"), .timeout_ms = 100 },
	               "no answer within 100 ms");
	reply_text(parked, 200, STR("too late"));
	exchange_reply(parked);
	fixture_close(f);
}

TEST(what_cannot_be_reached_is_explained)
{
	struct fixture *f = fixture_open();

	expect_problem(
		f, (struct http_fetch){ .method = STR("GET"), .url = STR("http://127.0.0.1:1/") },
		"Failed to connect");
	expect_problem(
		f,
		(struct http_fetch){ .method = STR("GET"), .url = STR("http://nowhere.invalid/") },
		"Could not resolve host");
	expect_problem(
		f, (struct http_fetch){ .method = STR("GET"), .url = STR("file:///etc/passwd") },
		"only http and https");
	expect_problem(f, (struct http_fetch){ .method = STR("GET"), .url = STR("gopher://h/") },
	               "only http and https");
	expect_problem(f, (struct http_fetch){ .method = STR("GET"), .url = STR("http://") }, "");
	fixture_close(f);
}

TEST(request_that_would_say_more_than_it_should_is_not_sent)
{
	struct header bad_value = { STR_INIT("A"), STR_INIT("b\r\nC: d") },
		      bad_name = { STR_INIT("A: b\r\nC"), STR_INIT("d") };
	struct fixture *f = fixture_open();
	struct http_fetch fetch = { .method = STR("GET"),
		                    .url = url_of(f, "/"),
		                    .headers = &bad_value,
		                    .header_count = 1 };

	expect_problem(f, fetch, "cannot be sent");
	fetch.headers = &bad_name;
	expect_problem(f, fetch, "cannot be sent");
	fetch.header_count = 0;
	fetch.method = STR("GET / HTTP/1.1\r\nA: b\r\n\r\nGET");
	expect_problem(f, fetch, "cannot be sent");
	fetch.method = STR("GET");
	fetch.url = arena_join(&f->arena, fetch.url, STR(" HTTP/1.1\r\nA: b\r\n\r\n"));
	expect_problem(f, fetch, "cannot be sent");
	expect_int(f->begun, 0);
	fixture_close(f);
}

static void *fetch_again_and_again(void *context)
{
	struct fixture own = { .port = ((struct fixture *)context)->port };

	for (int i = 0; i < 50; i++) {
		struct http_answer a =
			fetched(&own, (struct http_fetch){ .method = STR("GET"),
		                                           .url = url_of(&own, "/") });

		expect_str(a.body, "ok");
	}
	arena_release(&own.arena);
	return NULL;
}

TEST(many_threads_fetch_at_once)
{
	struct fixture *f = fixture_open();
	pthread_t threads[12];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, fetch_again_and_again, f);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	expect_int(f->begun, 600);
	fixture_close(f);
}

TESTS({
	RUN(request_goes_out_as_it_was_made),
	RUN(post_without_a_body_says_so),
	RUN(answer_comes_with_status_headers_and_body),
	RUN(redirect_is_not_followed),
	RUN(head_has_no_body),
	RUN(answer_larger_than_wanted_is_a_problem),
	RUN(server_that_does_not_answer_is_given_up),
	RUN(what_cannot_be_reached_is_explained),
	RUN(request_that_would_say_more_than_it_should_is_not_sent),
	RUN(many_threads_fetch_at_once),
})
