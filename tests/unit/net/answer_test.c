#include "fixture.h"

#define GET     "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define HEAD    "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"
#define OLD_GET "GET / HTTP/1.0\r\n\r\n"

/* A file without a name that holds "0123456789" again and again. */
static int file_of_digits(size_t size)
{
	int fd = memfd_create("digits", MFD_CLOEXEC);

	for (size_t i = 0; i < size; i += 10)
		expect_int(pwrite(fd, "0123456789", MIN(size - i, 10), (off_t)i),
		           MIN(size - i, 10));
	return fd;
}

/* A source of `left` digits that ends there, or breaks. */
struct digits {
	struct reply_source source;
	struct fixture *f;
	int64_t left, position;
	bool breaks;
};

static ptrdiff_t read_digits(struct reply_source *source, char *p, size_t n)
{
	struct digits *d = (struct digits *)source;

	n = (size_t)MIN((int64_t)n, d->left);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)('0' + d->position++ % 10);
	d->left -= (int64_t)n;
	return n || !d->breaks ? (ptrdiff_t)n : -1;
}

static void close_digits(struct reply_source *source)
{
	struct digits *d = (struct digits *)source;

	atomic_fetch_add(&d->f->sources_closed, 1);
}

static void stream_digits(struct fixture *f, struct exchange *x, int64_t count, int64_t length,
                          bool breaks)
{
	struct digits *d = arena_new(&x->arena, struct digits);

	d->source.read = read_digits;
	d->source.close = close_digits;
	d->f = f;
	d->left = count;
	d->breaks = breaks;
	reply_stream(x, 200, &d->source, length);
}

static void reply_ok(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_header(x, STR("Content-Type"), STR("text/plain"));
	reply_header(x, STR("Empty"), STR(""));
	reply_header(x, STR("Set-Cookie"), STR("a"));
	reply_header(x, STR("Set-Cookie"), STR("b"));
	reply_text(x, 200, STR("ok"));
}

TEST(reply_has_its_headers_a_date_and_no_banner)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->run = reply_ok;
	r = ask(f, GET);
	expect_int(r.status, 200);
	expect_str(r.body, "ok");
	expect_str(answer_header(r, "Content-Type"), "text/plain");
	expect(answer_header(r, "Empty").p && answer_header(r, "Empty").n == 0);
	expect(str_find_str(r.head, STR("Set-Cookie: a\r\nSet-Cookie: b\r\n"), 0) > 0);
	expect_int(answer_header(r, "Date").n, 29);
	expect(!answer_header(r, "Server").p);
	expect(!answer_header(r, "Connection").p);
	fixture_close(f);
}

TEST(head_tells_the_length_and_keeps_the_body)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_ok;
	for (int i = 0; i < 3; i++) {
		struct answer r;

		client_say(&c, HEAD);
		r = client_answer_to(&c, "HEAD");
		expect_str(answer_header(r, "Content-Length"), "2");
		client_say(&c, GET);
		expect_str(client_answer(&c).body, "ok");
	}
	client_close(&c);
	fixture_close(f);
}

static void reply_with_status(struct fixture *f, struct exchange *x)
{
	reply_header(x, STR("ETag"), STR("\"tag\""));
	if (*(int *)f->context == 304)
		reply_stream(x, 304, NULL, 1234);
	else
		reply_text(x, *(int *)f->context, STR(""));
}

TEST(replies_without_a_body_have_none)
{
	static const struct {
		int status;
		const char *length;
	} cases[] = { { 200, "0" }, { 204, NULL }, { 304, "1234" }, { 404, "0" } };
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_with_status;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int status = cases[i].status;
		struct answer r;

		f->context = &status;
		client_say(&c, GET);
		r = client_answer(&c);
		expect_int(r.status, status);
		expect_str(r.body, "");
		expect_str(answer_header(r, "Content-Length"), cases[i].length);
		expect_str(answer_header(r, "ETag"), "\"tag\"");
		expect(!answer_header(r, "Transfer-Encoding").p);
	}
	client_close(&c);
	fixture_close(f);
}

static void reply_and_close(struct fixture *f, struct exchange *x)
{
	reply_ok(f, x);
	x->reply.close = true;
}

TEST(reply_may_end_the_connection)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = reply_and_close;
	client_say(&c, GET GET);
	expect_str(answer_header(client_answer(&c), "Connection"), "close");
	expect(client_is_closed(&c));
	expect_int(f->begun, 1);
	client_close(&c);
	fixture_close(f);
}

static void reply_with_large_head(struct fixture *f, struct exchange *x)
{
	(void)f;
	for (int i = 0; i < 12; i++)
		reply_header(x, STR("x-amz-meta-large"),
		             (str){ memset(arena_alloc(&x->arena, 1000), 'm', 1000), 1000 });
	reply_text(x, 200, STR("ok"));
}

TEST(head_of_a_reply_may_have_12_kb)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	struct buf b;

	f->run = reply_with_large_head;
	buf_init(&b, &f->arena, 1 << 20);
	for (int i = 0; i < 500; i++)
		buf_put(&b, STR("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n"));
	client_send(&c, buf_str(&b));
	for (int i = 0; i < 500; i++)
		expect(client_answer(&c).head.n > 12000);
	client_close(&c);
	fixture_close(f);
}

static void reply_with_large_text(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, (str){ memset(arena_alloc(&x->arena, 8 << 20), 't', 8 << 20), 8 << 20 });
}

TEST(large_text_arrives_whole)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->run = reply_with_large_text;
	r = ask(f, GET);
	expect_int(r.body.n, 8 << 20);
	expect(r.body.p[0] == 't' && r.body.p[r.body.n - 1] == 't');
	fixture_close(f);
}

struct range {
	size_t size;
	int64_t offset, length;
};

static void reply_with_range(struct fixture *f, struct exchange *x)
{
	struct range *range = f->context;

	reply_file(x, 206, file_of_digits(range->size), range->offset, range->length);
}

static int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

TEST(file_is_sent_from_an_offset_and_closed)
{
	static const struct {
		struct range range;
		const char *start, *end;
	} cases[] = {
		{ { 100, 0, 100 }, "0123456789", "56789" },
		{ { 100, 7, 5 }, "78901", "78901" },
		{ { 100, 100, 0 }, "", "" },
		{ { 3000000, 0, 3000000 }, "012345", "56789" },
		{ { 3000000, 999991, 2000000 }, "1234", "890" },
		{ { 0, 0, 0 }, "", "" },
	};
	struct fixture *f = fixture_open();
	struct client c = client_open(f);
	int before = open_descriptors();

	f->run = reply_with_range;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct range range = cases[i].range;
		struct answer r;

		f->context = &range;
		client_say(&c, HEAD);
		client_answer_to(&c, "HEAD");
		client_say(&c, GET);
		r = client_answer(&c);
		expect_int(r.status, 206);
		expect_int(r.body.n, range.length);
		expect(str_starts(r.body, str_from(cases[i].start)));
		expect(str_ends(r.body, str_from(cases[i].end)));
	}
	await(&f->ended, 2 * (int)ARRAY_LEN(cases));
	client_say(&c, "GET / HTTP/9\r\n\r\n"); /* by its end the last file is closed */
	client_answer(&c);
	while (client_receive(&c))
		;
	client_close(&c);
	fixture_close(f);
	expect(open_descriptors() < before);
}

TEST(file_that_is_shorter_than_promised_is_an_error_and_not_a_promise)
{
	struct fixture *f = fixture_open();

	f->run = reply_with_range;
	f->context = &(struct range){ 1000, 0, 1001 };
	expect_int(ask(f, GET).status, 500);
	f->context = &(struct range){ 1000, 999, 2 };
	expect_int(ask(f, GET).status, 500);
	fixture_close(f);
}

static void stream_of_known_length(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 1000000, 1000000, false);
}

static void stream_of_unknown_length(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 1000000, -1, false);
}

static void stream_of_nothing(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 0, -1, false);
}

TEST(stream_of_known_length_is_sent_with_it)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = stream_of_known_length;
	for (int i = 0; i < 3; i++) {
		struct answer r;

		client_say(&c, GET);
		r = client_answer(&c);
		expect_str(answer_header(r, "Content-Length"), "1000000");
		expect_int(r.body.n, 1000000);
		expect(str_starts(r.body, STR("0123")) && str_ends(r.body, STR("6789")));
	}
	await(&f->sources_closed, 3);
	client_close(&c);
	fixture_close(f);
}

TEST(stream_of_unknown_length_is_chunked)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->run = stream_of_unknown_length;
	for (int i = 0; i < 3; i++) {
		struct answer r;

		client_say(&c, GET);
		r = client_answer(&c);
		expect_str(answer_header(r, "Transfer-Encoding"), "chunked");
		expect(!answer_header(r, "Content-Length").p);
		expect_int(r.body.n, 1000000);
		expect(str_starts(r.body, STR("0123")) && str_ends(r.body, STR("6789")));
	}
	f->run = stream_of_nothing;
	client_say(&c, GET);
	expect_int(client_answer(&c).body.n, 0);
	await(&f->sources_closed, 4);
	client_close(&c);
	fixture_close(f);
}

TEST(stream_of_unknown_length_ends_with_the_connection_for_http_1_0)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->run = stream_of_unknown_length;
	r = ask(f, OLD_GET);
	expect_int(r.body.n, 1000000);
	expect_str(answer_header(r, "Connection"), "close");
	await(&f->sources_closed, 1);
	fixture_close(f);
}

TEST(stream_is_not_read_for_head_but_closed)
{
	struct fixture *f = fixture_open();
	struct answer r;

	f->run = stream_of_known_length;
	r = ask(f, HEAD);
	expect_str(answer_header(r, "Content-Length"), "1000000");
	await(&f->sources_closed, 1);
	fixture_close(f);
}

static void stream_that_breaks(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 100000, *(int *)f->context, true);
}

static void stream_that_ends_early(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 100000, *(int *)f->context, false);
}

/* How many bytes of the body came before the connection ended, its chunks' heads included. */
static size_t take_broken_body(struct fixture *f)
{
	struct client c = client_open(f);
	size_t n;

	client_say(&c, GET);
	client_take_through(&c, STR("\r\n\r\n"));
	while (client_receive(&c))
		;
	n = c.unread.n;
	expect(!str_ends(buf_str(&c.unread), STR("\r\n0\r\n\r\n")));
	client_close(&c);
	return n;
}

TEST(stream_that_breaks_does_not_look_complete)
{
	struct fixture *f = fixture_open();

	f->run = stream_that_breaks;
	f->context = &(int){ -1 };
	expect(take_broken_body(f) >= 100000);
	f->context = &(int){ 200000 };
	expect_int(take_broken_body(f), 100000);
	f->run = stream_that_ends_early;
	expect_int(take_broken_body(f), 100000);
	await(&f->sources_closed, 3);
	fixture_close(f);
}

static void stream_without_end(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, INT64_MAX, -1, false);
}

TEST(source_is_closed_when_the_client_leaves)
{
	struct fixture *f = fixture_open();

	f->run = stream_without_end;
	for (int i = 0; i < 10; i++) {
		struct client c = client_open(f);

		client_say(&c, GET);
		client_take_bytes(&c, 100000);
		client_close(&c);
		await(&f->sources_closed, i + 1);
	}
	await(&f->ended, 10);
	fixture_close(f);
}

static void reply_in_begin_with_stream(struct fixture *f, struct exchange *x)
{
	stream_digits(f, x, 10, 10, false);
}

TEST(source_is_closed_when_its_reply_is_never_sent)
{
	struct fixture *f = fixture_open();
	struct client c = client_open(f);

	f->begin = reply_in_begin_with_stream;
	client_say(&c, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
	await(&f->begun, 1);
	client_close(&c);
	await(&f->ended, 1);
	expect_int(f->sources_closed, 1);
	fixture_close(f);
}

TEST(status_is_known_at_the_end)
{
	struct fixture *f = fixture_open();

	f->run = reply_with_status;
	f->context = &(int){ 404 };
	ask(f, GET);
	await(&f->ended, 1);
	expect_int(f->last_status, 404);
	fixture_close(f);
}

TESTS({
	RUN(reply_has_its_headers_a_date_and_no_banner),
	RUN(head_tells_the_length_and_keeps_the_body),
	RUN(replies_without_a_body_have_none),
	RUN(reply_may_end_the_connection),
	RUN(head_of_a_reply_may_have_12_kb),
	RUN(large_text_arrives_whole),
	RUN(file_is_sent_from_an_offset_and_closed),
	RUN(file_that_is_shorter_than_promised_is_an_error_and_not_a_promise),
	RUN(stream_of_known_length_is_sent_with_it),
	RUN(stream_of_unknown_length_is_chunked),
	RUN(stream_of_unknown_length_ends_with_the_connection_for_http_1_0),
	RUN(stream_is_not_read_for_head_but_closed),
	RUN(stream_that_breaks_does_not_look_complete),
	RUN(source_is_closed_when_the_client_leaves),
	RUN(source_is_closed_when_its_reply_is_never_sent),
	RUN(status_is_known_at_the_end),
})
