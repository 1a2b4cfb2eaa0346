#include "net/fetcher.h"

#include "fixture.h"

#include <netinet/tcp.h>

/* A fetch, and what the test wants to know of it. */
struct wanted {
	struct fetch fetch;
	struct arena arena;
	struct fetcher *fetcher;
	struct wanted *then; /* submitted by the first one's done */
	_Atomic int *count;
	int64_t done_at;
};

static void count_done(struct fetch *f)
{
	struct wanted *w = (struct wanted *)(void *)f;

	w->done_at = clock_monotonic();
	if (w->then)
		expect(fetcher_submit(w->fetcher, &w->then->fetch));
	atomic_fetch_add(w->count, 1);
}

static struct wanted *want(struct fixture *f, struct fetcher *r, const char *target,
                           _Atomic int *count)
{
	struct wanted *w = arena_new(&f->arena, struct wanted);

	w->fetcher = r;
	w->count = count;
	w->fetch.arena = &w->arena;
	w->fetch.done = count_done;
	w->fetch.what.method = STR("GET");
	w->fetch.what.url = arena_printf(&f->arena, "http://127.0.0.1:%u%s", f->port, target);
	arena_defer(&f->arena, (void (*)(void *))arena_release, &w->arena);
	return w;
}

static struct fetcher *fetcher_with(struct fetcher_options options)
{
	str problem = STR("");
	struct fetcher *r = fetcher_new(&options, &problem);

	if (!r)
		fail_saying("%.*s", STR_ARG(problem));
	return r;
}

static void submit(struct wanted *w)
{
	expect(fetcher_submit(w->fetcher, &w->fetch));
}

static void expect_problem(const struct wanted *w, const char *part)
{
	expect(!w->fetch.ok);
	if (str_find_str(w->fetch.problem, str_from(part), 0) < 0)
		fail_saying("\"%s\" is not in \"%.*s\"", part, STR_ARG(w->fetch.problem));
}

static void reply_with_target(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, x->request.target);
}

TEST(many_fetches_have_each_its_own_answer)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ .on_the_wire = 16 });
	struct wanted *all[500];
	_Atomic int count = 0;

	f->run = reply_with_target;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		all[i] = want(f, r, arena_cstr(&f->arena, arena_printf(&f->arena, "/%zu", i)),
		              &count);
		submit(all[i]);
	}
	await(&count, ARRAY_LEN(all));
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		expect(all[i]->fetch.ok);
		expect_int(all[i]->fetch.answer.status, 200);
		expect(str_ends(all[i]->fetch.what.url, all[i]->fetch.answer.body));
	}
	expect(server_connections(f->server) <= 16);
	fetcher_free(r);
	fixture_close(f);
}

static void *submit_some(void *context)
{
	struct wanted **all = context;

	for (int i = 0; i < 50; i++)
		submit(all[i]);
	return NULL;
}

TEST(many_threads_submit_at_once)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ 0 });
	struct wanted *all[8][50];
	pthread_t threads[8];
	_Atomic int count = 0;

	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < 50; j++)
			all[i][j] = want(f, r, "/", &count);
	for (size_t i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, submit_some, all[i]);
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	await(&count, 400);
	fetcher_free(r);
	fixture_close(f);
}

TEST(one_that_is_done_may_submit_another)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ 0 });
	_Atomic int count = 0;
	struct wanted *first = want(f, r, "/first", &count);

	first->then = want(f, r, "/second", &count);
	submit(first);
	await(&count, 2);
	expect(first->then->fetch.ok);
	fetcher_free(r);
	fixture_close(f);
}

static struct {
	pthread_mutex_t lock;
	struct exchange *exchanges[64];
	_Atomic int count;
} parked = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void park(struct fixture *f, struct exchange *x)
{
	(void)f;
	exchange_park(x);
	pthread_mutex_lock(&parked.lock);
	parked.exchanges[parked.count++] = x;
	pthread_mutex_unlock(&parked.lock);
}

static void reply_to_the_parked(void)
{
	struct exchange *taken[64];
	int count;

	pthread_mutex_lock(&parked.lock);
	count = parked.count;
	memcpy(taken, parked.exchanges, sizeof(taken));
	parked.count = 0;
	pthread_mutex_unlock(&parked.lock);
	while (count) {
		reply_text(taken[--count], 200, STR("at last"));
		exchange_reply(taken[count]);
	}
}

TEST(no_more_are_on_the_wire_than_allowed_and_the_rest_wait)
{
	struct fixture *f = fixture_open();
	struct fetcher *r =
		fetcher_with((struct fetcher_options){ .on_the_wire = 3, .waiting = 100 });
	_Atomic int count = 0;

	f->run = park;
	for (int i = 0; i < 10; i++)
		submit(want(f, r, "/", &count));
	for (int done = 0; done < 9; done += 3) {
		await(&parked.count, 3);
		expect_int(f->ran, done + 3);
		expect_int(count, done);
		expect_int(server_connections(f->server), 3);
		reply_to_the_parked();
		await(&count, done + 3);
	}
	await(&parked.count, 1);
	reply_to_the_parked();
	await(&count, 10);
	fetcher_free(r);
	fixture_close(f);
}

TEST(what_does_not_fit_in_line_is_refused)
{
	struct fixture *f = fixture_open();
	struct fetcher *r =
		fetcher_with((struct fetcher_options){ .on_the_wire = 1, .waiting = 2 });
	_Atomic int count = 0;

	f->run = park;
	submit(want(f, r, "/", &count));
	await(&parked.count, 1);
	submit(want(f, r, "/", &count));
	submit(want(f, r, "/", &count));
	expect(!fetcher_submit(r, &want(f, r, "/", &count)->fetch));
	f->run = NULL;
	reply_to_the_parked();
	await(&count, 3);
	submit(want(f, r, "/", &count));
	await(&count, 4);
	fetcher_free(r);
	fixture_close(f);
}

TEST(requests_together_are_bounded_in_bytes)
{
	struct fixture *f = fixture_open();
	struct fetcher *r =
		fetcher_with((struct fetcher_options){ .on_the_wire = 1, .bytes = 1000 });
	_Atomic int count = 0;
	struct wanted *large = want(f, r, "/", &count), *small = want(f, r, "/", &count);

	f->run = park;
	large->fetch.what.method = small->fetch.what.method = STR("POST");
	large->fetch.what.body = (str){ arena_alloc(&f->arena, 900), 900 };
	small->fetch.what.body = (str){ arena_alloc(&f->arena, 200), 200 };
	submit(large);
	expect(!fetcher_submit(r, &small->fetch));
	await(&parked.count, 1);
	f->run = NULL;
	reply_to_the_parked();
	await(&count, 1);
	submit(small);
	await(&count, 2);
	expect(large->fetch.ok && small->fetch.ok);
	fetcher_free(r);
	fixture_close(f);
}

static void reply_with_a_megabyte(struct fixture *f, struct exchange *x)
{
	(void)f;
	reply_text(x, 200, (str){ arena_alloc(&x->arena, 1 << 20), 1 << 20 });
}

TEST(answers_together_are_bounded_in_bytes_and_each_by_itself)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ .bytes = 1000000 });
	_Atomic int count = 0;
	struct wanted *all = want(f, r, "/", &count), *own = want(f, r, "/", &count),
		      *small = want(f, r, "/", &count);

	f->run = reply_with_a_megabyte;
	submit(all);
	await(&count, 1);
	expect_problem(all, "all answers together are too large");
	own->fetch.what.max_body = 1000;
	submit(own);
	await(&count, 2);
	expect_problem(own, "larger than 1000 bytes");
	f->run = NULL;
	submit(small);
	await(&count, 3);
	expect(small->fetch.ok); /* what was held has been given back */
	fetcher_free(r);
	fixture_close(f);
}

TEST(time_is_bounded_on_the_wire_and_in_line)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ .on_the_wire = 1 });
	_Atomic int count = 0;
	struct wanted *slow = want(f, r, "/", &count), *behind = want(f, r, "/", &count);

	f->run = park;
	slow->fetch.what.timeout_ms = 400;
	behind->fetch.what.timeout_ms = 100;
	submit(slow);
	submit(behind);
	await(&count, 2);
	expect_problem(slow, "no answer within 400 ms");
	expect_problem(behind, "no place to send the request");
	expect(behind->done_at < slow->done_at);
	expect_int(f->ran, 1);
	reply_to_the_parked();
	fetcher_free(r);
	fixture_close(f);
}

TEST(one_with_a_delay_lets_others_pass)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ .on_the_wire = 1 });
	_Atomic int count = 0;
	struct wanted *late = want(f, r, "/", &count), *early = want(f, r, "/", &count);
	int64_t start = clock_monotonic();

	late->fetch.delay_ms = 50;
	submit(late);
	submit(early);
	await(&count, 2);
	expect(late->fetch.ok && early->fetch.ok);
	expect(late->done_at >= start + 50000);
	expect(early->done_at < late->done_at);
	fetcher_free(r);
	fixture_close(f);
}

TEST(what_is_under_way_when_it_ends_fails)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ .on_the_wire = 2 });
	struct wanted *all[6];
	_Atomic int count = 0;

	f->run = park;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		all[i] = want(f, r, "/", &count);
		all[i]->fetch.delay_ms = i == 5 ? 60000 : 0;
		submit(all[i]);
	}
	await(&parked.count, 2);
	fetcher_free(r);
	expect_int(count, 6);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		expect(!all[i]->fetch.ok);
	reply_to_the_parked();
	fixture_close(f);
}

TEST(what_cannot_be_sent_or_reached_is_explained)
{
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ 0 });
	_Atomic int count = 0;
	struct wanted *nowhere = want(f, r, "/", &count), *other = want(f, r, "/", &count),
		      *broken = want(f, r, "/ HTTP/1.1\r\nA: b", &count);

	nowhere->fetch.what.url = STR("http://127.0.0.1:1/");
	other->fetch.what.url = STR("file:///etc/passwd");
	submit(nowhere);
	submit(other);
	submit(broken);
	await(&count, 3);
	expect_problem(nowhere, "Failed to connect");
	expect_problem(other, "only http and https");
	expect_problem(broken, "cannot be sent");
	expect_int(f->begun, 0);
	fetcher_free(r);
	fixture_close(f);
}

/* A server that answers one request of a connection, and hangs up on the second. */
struct moody {
	int listener;
	uint16_t port;
	pthread_t thread;
	_Atomic int requests;
};

static bool read_request(int fd)
{
	char bytes[4096];
	size_t n = 0;
	ssize_t got;

	while ((got = recv(fd, bytes + n, sizeof(bytes) - n, 0)) > 0) {
		n += (size_t)got;
		if (str_ends((str){ bytes, n }, STR("\r\n\r\nbody")))
			return true;
	}
	return false;
}

static void *be_moody(void *context)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	struct moody *m = context;
	int fd;

	while ((fd = accept(m->listener, NULL, NULL)) >= 0) {
		for (int i = 0; i < 2 && read_request(fd); i++) {
			atomic_fetch_add(&m->requests, 1);
			if (i == 0)
				expect_int(send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL),
				           sizeof(answer) - 1);
		}
		close(fd);
	}
	return NULL;
}

static void moody_open(struct moody *m)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	expect_int(bind(m->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_int(listen(m->listener, 16), 0);
	getsockname(m->listener, (struct sockaddr *)&address, &size);
	m->port = ntohs(address.sin_port);
	pthread_create(&m->thread, NULL, be_moody, m);
}

static void moody_close(struct moody *m)
{
	shutdown(m->listener, SHUT_RDWR);
	pthread_join(m->thread, NULL);
	close(m->listener);
}

/* The second fetch is sent on the connection of the first, which then ends without an answer. */
static struct wanted *second_of_two(struct fixture *f, struct fetcher *r, bool only_once)
{
	_Atomic int count = 0;
	struct wanted *w = NULL;

	for (int i = 0; i < 2; i++) {
		w = want(f, r, "/", &count);
		w->fetch.what.method = STR("POST");
		w->fetch.what.body = STR("body");
		w->fetch.what.only_once = only_once;
		submit(w);
		await(&count, i + 1);
	}
	return w;
}

TEST(request_on_a_dead_connection_is_sent_again_unless_it_must_not_be)
{
	for (int only_once = 0; only_once < 2; only_once++) {
		struct fixture *f = fixture_open();
		struct fetcher *r = fetcher_with((struct fetcher_options){ .on_the_wire = 1 });
		struct moody m = { 0 };
		struct wanted *second;

		moody_open(&m);
		f->port = m.port;
		second = second_of_two(f, r, only_once);
		expect_int(second->fetch.ok, !only_once);
		expect_int(m.requests, only_once ? 2 : 3);
		fetcher_free(r);
		moody_close(&m);
		fixture_close(f);
	}
}

static str line_of(str body, const char *name)
{
	str start = str_from(name);
	ptrdiff_t at = str_find_str(body, start, 0);
	str rest = at < 0 ? STR("") : str_after(body, (size_t)at + start.n);

	return str_cut(&rest, '\n');
}

TEST(signed_request_says_who_signed_what)
{
	struct http_signature signature = { STR_INIT("eu-west-1"), STR_INIT("dynamodb"),
		                            STR_INIT("AKID"), STR_INIT("a secret"),
		                            STR_INIT("a token") };
	struct header target = { STR_INIT("X-Amz-Target"), STR_INIT("T.Op") };
	struct fixture *f = fixture_open();
	struct fetcher *r = fetcher_with((struct fetcher_options){ 0 });
	_Atomic int count = 0;

	f->run = reply_with_request;
	for (int only_once = 0; only_once < 2; only_once++) {
		struct wanted *w = want(f, r, "/", &count);
		str credential;

		w->fetch.what.method = STR("POST");
		w->fetch.what.body = STR("{}");
		w->fetch.what.headers = &target;
		w->fetch.what.header_count = 1;
		w->fetch.what.signature = &signature;
		w->fetch.what.only_once = only_once;
		submit(w);
		await(&count, only_once + 1);
		expect_str(line_of(w->fetch.answer.body, "[X-Amz-Security-Token]="), "[a token]");
		credential = line_of(w->fetch.answer.body, "[Authorization]=");
		expect(str_starts(credential, STR("[AWS4-HMAC-SHA256 Credential=AKID/20")));
		expect(str_contains(credential, STR("/eu-west-1/dynamodb/aws4_request")));
		expect(str_contains(credential, STR("x-amz-security-token;x-amz-target, ")));
	}
	fetcher_free(r);
	fixture_close(f);
}

TESTS({
	RUN(many_fetches_have_each_its_own_answer),
	RUN(many_threads_submit_at_once),
	RUN(one_that_is_done_may_submit_another),
	RUN(no_more_are_on_the_wire_than_allowed_and_the_rest_wait),
	RUN(what_does_not_fit_in_line_is_refused),
	RUN(requests_together_are_bounded_in_bytes),
	RUN(answers_together_are_bounded_in_bytes_and_each_by_itself),
	RUN(time_is_bounded_on_the_wire_and_in_line),
	RUN(one_with_a_delay_lets_others_pass),
	RUN(what_is_under_way_when_it_ends_fails),
	RUN(what_cannot_be_sent_or_reached_is_explained),
	RUN(request_on_a_dead_connection_is_sent_again_unless_it_must_not_be),
	RUN(signed_request_says_who_signed_what),
})
