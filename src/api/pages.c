/*
 * Our own pages, below /_menagerie/: for people, probes and the command line.
 *
 *   GET /                    for a browser: what this is, and where the site is
 *   GET /_menagerie/health   also at /_localstack/health, where tools look for it
 *   GET /_menagerie/metrics  Prometheus's text format
 *   GET /_menagerie/status   what `menagerie status` prints; only to this machine
 *   PUT /_menagerie/clock    {"now": "2026-11-23T21:12:00Z"} or {"now": null}; only with --settable-clock
 */
#include "api/internal.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "base/timestamp.h"

#include <unistd.h>

enum { PAGE_MAX = 4 * 1024 * 1024 };

/* This machine by one of its own names: what else a host may say, a bucket's for instance, is for a service. */
static bool is_plain_host(str host)
{
	static const str names[] = { STR_INIT("localhost"), STR_INIT("127.0.0.1"),
		                     STR_INIT("[::1]") };
	ptrdiff_t colon = str_rfind(host, ':');
	str name =
		colon > 0 && !str_ends(host, STR("]")) ? str_from_to(host, 0, (size_t)colon) : host;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(name, names[i]))
			return true;
	return false;
}

/* Somebody who looks, rather than a client of S3, whose list of buckets has this address too. */
static bool is_visit(const struct request *r)
{
	return (str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"))) &&
	       str_eq(r->path, STR("/")) && !r->query.p &&
	       !request_header(r, STR("authorization")).p &&
	       str_contains(request_header(r, STR("accept")), STR("text/html")) &&
	       is_plain_host(r->host);
}

bool pages_claim(const struct api *a, const struct request *r)
{
	return str_starts(r->path, STR("/_menagerie/")) ||
	       str_eq(r->path, STR("/_localstack/health")) || (a->landing.p && is_visit(r));
}

static void answer(struct turn *t, int status, str type, str body)
{
	reply_header(t->x, STR("Content-Type"), type);
	reply_header(t->x, STR("Cache-Control"), STR("no-store"));
	metrics_count(t->api->metrics, STR("menagerie"), STR("-"), status,
	              clock_monotonic() - t->started);
	reply_text(t->x, status, body);
}

static void answer_problem(struct turn *t, int status, str message)
{
	struct buf b;
	struct json_writer w;

	buf_init(&b, t->call.arena, PAGE_MAX);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_member(&w, STR("message"), message);
	json_put_object_end(&w);
	buf_putc(&b, '\n');
	answer(t, status, STR("application/json"), buf_str(&b));
}

/* Tools that wait for LocalStack look for "running" or "available" behind a service's name. */
static void page_health(struct turn *t)
{
	struct buf b;
	struct json_writer w;

	buf_init(&b, t->call.arena, PAGE_MAX);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_name(&w, STR("services"));
	json_put_object(&w);
	for (size_t i = 0; t->api->services[i]; i++)
		json_put_member(&w, str_from(t->api->services[i]->model->name), STR("running"));
	json_put_object_end(&w);
	json_put_member(&w, STR("edition"), STR("menagerie"));
	json_put_member(&w, STR("version"), STR(MENAGERIE_VERSION));
	json_put_object_end(&w);
	buf_putc(&b, '\n');
	answer(t, 200, STR("application/json"), buf_str(&b));
}

static void print_histogram(struct buf *b, const char *name, const char *help,
                            const int64_t *counts, size_t n, int64_t first_bound, int64_t sum)
{
	int64_t total = 0, bound = first_bound;

	buf_printf(b, "# HELP %s %s\n# TYPE %s histogram\n", name, help, name);
	for (size_t i = 0; i < n; i++, bound *= 2) {
		total += counts[i];
		if (i + 1 < n)
			buf_printf(b, "%s_bucket{le=\"%lld\"} %lld\n", name, (long long)bound,
			           (long long)total);
	}
	buf_printf(b, "%s_bucket{le=\"+Inf\"} %lld\n%s_sum %lld\n%s_count %lld\n", name,
	           (long long)total, name, (long long)sum, name, (long long)total);
}

static void page_metrics(struct turn *t)
{
	struct buf b;
	struct store_statistics s;
	const struct server *server = __atomic_load_n(&t->api->server, __ATOMIC_ACQUIRE);

	buf_init(&b, t->call.arena, PAGE_MAX);
	store_statistics(t->api->store, &s);
	metrics_print(t->api->metrics, &b);
	print_histogram(&b, "menagerie_store_batch_writes", "Writes in one transaction.",
	                s.batch_size, ARRAY_LEN(s.batch_size), 1, s.writes);
	print_histogram(&b, "menagerie_store_commit_microseconds",
	                "Time of a commit, nearly all of it the fsync.", s.commit_us,
	                ARRAY_LEN(s.commit_us), 16, s.commit_us_total);
	metrics_print_value(&b, "menagerie_store_rolled_back_total", "counter",
	                    "Writes that were undone.", s.rolled_back);
	metrics_print_value(&b, "menagerie_store_database_bytes", "gauge", "Size of the database.",
	                    s.database_bytes);
	metrics_print_value(&b, "menagerie_store_blobs", "gauge", "Files that hold what is large.",
	                    s.blobs);
	metrics_print_value(&b, "menagerie_store_blob_bytes", "gauge", "Size of those files.",
	                    s.blob_bytes);
	metrics_print_value(&b, "menagerie_connections", "gauge", "Open connections.",
	                    server ? server_connections(server) : 0);
	answer(t, 200, STR("text/plain; version=0.0.4; charset=utf-8"), buf_str(&b));
}

static void page_status(struct turn *t)
{
	struct buf b;
	struct json_writer w;
	struct store_statistics s;
	const struct server *server = __atomic_load_n(&t->api->server, __ATOMIC_ACQUIRE);

	if (!t->x->request.from_loopback) {
		answer_problem(
			t, 403,
			STR("The status is told only to the machine that Menagerie runs on."));
		return;
	}
	store_statistics(t->api->store, &s);
	buf_init(&b, t->call.arena, PAGE_MAX);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_member(&w, STR("version"), STR(MENAGERIE_VERSION));
	json_put_member_i64(&w, STR("pid"), getpid());
	json_put_member_i64(&w, STR("uptime_seconds"), (clock_wall() - t->api->started) / 1000);
	json_put_member(&w, STR("address"), server ? server_address(server) : STR(""));
	json_put_member(&w, STR("data"), str_from(store_folder(t->api->store)));
	json_put_member(&w, STR("services"), service_names(t->call.arena, t->api->services));
	json_put_member_i64(&w, STR("requests"), metrics_requests(t->api->metrics));
	json_put_member_i64(&w, STR("connections"), server ? server_connections(server) : 0);
	json_put_member_i64(&w, STR("database_bytes"), s.database_bytes);
	json_put_member_i64(&w, STR("blobs"), s.blobs);
	json_put_member_i64(&w, STR("blob_bytes"), s.blob_bytes);
	json_put_member(&w, STR("orphans"), s.swept ? STR("removed") : STR("being looked for"));
	json_put_object_end(&w);
	buf_putc(&b, '\n');
	answer(t, 200, STR("application/json"), buf_str(&b));
}

/* {"now": TEXT} or {"now": null}. */
static bool read_clock(struct turn *t, bool *ret_reset, int64_t *ret_now)
{
	struct json_reader r;
	str name, text;
	bool found = false;

	json_reader_init(&r, t->call.arena, t->body.text);
	if (!json_enter_object(&r))
		return false;
	while (json_next_member(&r, &name)) {
		if (!str_eq(name, STR("now"))) {
			json_skip(&r);
		} else if (json_peek(&r) == JSON_NULL) {
			found = json_null(&r);
			*ret_reset = true;
		} else {
			found = json_string(&r, &text) && timestamp_from_iso8601(text, ret_now);
			if (!found)
				return false;
		}
	}
	return json_at_end(&r) && found;
}

static void set_clock(struct pool_work *work)
{
	struct turn *t = (struct turn *)(void *)((char *)work - offsetof(struct turn, work));
	struct buf b;
	struct json_writer w;

	ticker_run_now(t->api->ticker);
	buf_init(&b, t->call.arena, PAGE_MAX);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_member(&w, STR("now"), timestamp_to_iso8601_millis(t->call.arena, clock_now()));
	json_put_object_end(&w);
	buf_putc(&b, '\n');
	answer(t, 200, STR("application/json"), buf_str(&b));
	exchange_reply(t->x);
}

/* Answers when every service has ticked at the new time, so a test can look at once. */
static void page_clock(struct turn *t)
{
	bool reset = false;
	int64_t now;

	if (!t->api->settable_clock || !t->x->request.from_loopback) {
		answer_problem(
			t, 403,
			STR("The clock cannot be set. Start with --settable-clock to allow it, from this machine."));
		return;
	}
	if (!read_clock(t, &reset, &now)) {
		answer_problem(
			t, 400,
			STR("Send {\"now\": \"2026-11-23T21:12:00Z\"}, or {\"now\": null} for the machine's time."));
		return;
	}
	if (reset)
		clock_reset();
	else
		clock_set(now);
	exchange_park(t->x);
	t->work.run = set_clock;
	if (!pool_submit(t->api->pool, &t->work)) {
		answer_problem(t, 503, STR("Too many requests are waiting. Please try again."));
		exchange_reply(t->x);
	}
}

static void page_landing(struct turn *t)
{
	reply_header(
		t->x, STR("Content-Security-Policy"),
		STR("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
	            "connect-src 'self'; img-src data:"));
	answer(t, 200, STR("text/html; charset=utf-8"), t->api->landing);
}

static const struct page {
	str path, method;
	void (*answer)(struct turn *t);
} pages[] = {
	{ STR_INIT("/"), STR_INIT("GET"), page_landing },
	{ STR_INIT("/_menagerie/health"), STR_INIT("GET"), page_health },
	{ STR_INIT("/_localstack/health"), STR_INIT("GET"), page_health },
	{ STR_INIT("/_menagerie/metrics"), STR_INIT("GET"), page_metrics },
	{ STR_INIT("/_menagerie/status"), STR_INIT("GET"), page_status },
	{ STR_INIT("/_menagerie/clock"), STR_INIT("PUT"), page_clock },
};

void pages_answer(struct turn *t)
{
	str path = t->x->request.path, method = t->x->request.method;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (!str_eq(pages[i].path, path))
			continue;
		if (str_eq(pages[i].method, method) ||
		    (str_eq(method, STR("HEAD")) && str_eq(pages[i].method, STR("GET")))) {
			pages[i].answer(t);
			return;
		}
		reply_header(t->x, STR("Allow"), pages[i].method);
		answer_problem(t, 405, STR("This page does not take that method."));
		return;
	}
	answer_problem(
		t, 404,
		STR("There is no such page. There are: /_menagerie/health, /_menagerie/metrics, "
	            "/_menagerie/status, /_menagerie/clock."));
}
