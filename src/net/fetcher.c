/*
 * One thread runs libcurl; others only put fetches in line, under the lock, and wake it. Handles are
 * kept for the next fetch; connections are the multi handle's.
 *
 * The line is looked through for fetches whose time is over while all places on the wire are taken:
 * what holds the places may have been given more time than those behind it.
 */
#include "net/fetcher.h"

#include "net/transfer.h"

#include "base/clock.h"
#include "base/str.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#undef free

enum {
	ON_THE_WIRE = 64,
	WAITING = 10000,
	BYTES = 64 * 1024 * 1024,
	TIMEOUT = 30000,
	RECEIVE_BUFFER = 4 * 1024, /* of each handle; most answers are small */
	LOOK = 100,                /* milliseconds between two looks through the line */
};

struct line {
	struct fetch *first, *last;
};

struct fetcher {
	const struct curl_library *lib;
	struct fetcher_options options;
	CURLM *multi;
	pthread_t thread;
	_Atomic size_t held; /* bytes */

	pthread_mutex_t lock;         /* for these five */
	struct line waiting, resting; /* those that rest go in line when their delay is over */
	int waiting_count;            /* of both */
	bool asleep, stopping;

	/* The thread's. */
	struct line flying;
	int flying_count;
	CURL **spare;
	int spare_count;
	int64_t next_look;
};

static void line_add(struct line *l, struct fetch *f)
{
	f->next = NULL;
	f->previous = l->last;
	*(l->last ? &l->last->next : &l->first) = f;
	l->last = f;
}

static void line_remove(struct line *l, struct fetch *f)
{
	*(f->previous ? &f->previous->next : &l->first) = f->next;
	*(f->next ? &f->next->previous : &l->last) = f->previous;
	f->next = f->previous = NULL;
}

static void finish(struct fetcher *r, struct fetch *f, bool ok)
{
	atomic_fetch_sub(&r->held, f->held);
	f->ok = ok;
	f->done(f);
}

static void finish_badly(struct fetcher *r, struct fetch *f, str problem)
{
	f->problem = problem;
	finish(r, f, false);
}

static CURL *take_handle(struct fetcher *r)
{
	return r->spare_count ? r->spare[--r->spare_count] : r->lib->easy_init();
}

static void keep_handle(struct fetcher *r, CURL *handle)
{
	r->lib->easy_reset(handle);
	assert(r->spare_count < r->options.on_the_wire);
	r->spare[r->spare_count++] = handle;
}

static CURLcode set_options(struct fetcher *r, struct fetch *f)
{
	int64_t left = (f->deadline - clock_monotonic()) / 1000;
	CURLcode e = transfer_set_options(f->transfer, f->handle);

	r->lib->easy_setopt(f->handle, CURLOPT_TIMEOUT_MS, (long)MAX(left, 1));
	r->lib->easy_setopt(f->handle, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	r->lib->easy_setopt(f->handle, CURLOPT_PRIVATE, f);
	return e;
}

/* Puts it on the wire; when that fails, what is left of it is for the caller. */
static bool take_off(struct fetcher *r, struct fetch *f)
{
	CURLcode e;

	f->handle = take_handle(r);
	if (!f->handle) {
		f->problem = STR("libcurl has no handle");
		return false;
	}
	e = set_options(r, f);
	if (!e && r->lib->multi_add_handle(r->multi, f->handle))
		e = CURLE_FAILED_INIT;
	if (!e) {
		line_add(&r->flying, f);
		r->flying_count++;
		return true;
	}
	f->problem = transfer_describe(f->transfer, e);
	keep_handle(r, f->handle);
	return false;
}

static void begin(struct fetcher *r, struct fetch *f)
{
	struct transfer *t = arena_new(f->arena, struct transfer);
	bool is_valid = transfer_init(t, f->arena, &f->what, &f->problem);

	f->transfer = t;
	t->shared = &r->held;
	t->shared_max = r->options.bytes;
	if (is_valid && take_off(r, f))
		return;
	transfer_release(t);
	finish(r, f, false);
}

/* From the wire. */
static void end(struct fetcher *r, struct fetch *f, CURLcode e)
{
	struct transfer *t = f->transfer;

	r->lib->multi_remove_handle(r->multi, f->handle);
	line_remove(&r->flying, f);
	r->flying_count--;
	if (e) {
		f->problem = transfer_describe(t, e);
	} else {
		transfer_finish(t, f->handle);
		f->answer = t->answer;
	}
	keep_handle(r, f->handle);
	transfer_release(t);
	finish(r, f, !e);
}

static void end_those_that_are_done(struct fetcher *r)
{
	CURLMsg *message;
	int left;

	while ((message = r->lib->multi_info_read(r->multi, &left))) {
		CURLcode e = message->data.result;
		char *fetch = NULL;

		r->lib->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch);
		end(r, (struct fetch *)(void *)fetch, e);
	}
}

/* Those whose delay is over go in line. Microseconds until that of the next is; -1: none rests. */
static int64_t wake_those_that_rest(struct fetcher *r)
{
	int64_t now, left = -1;

	if (!r->resting.first)
		return -1;
	now = clock_monotonic();
	for (struct fetch *f = r->resting.first, *next; f; f = next) {
		next = f->next;
		if (f->begin > now) {
			left = left < 0 ? f->begin - now : MIN(left, f->begin - now);
			continue;
		}
		line_remove(&r->resting, f);
		line_add(&r->waiting, f);
	}
	return left;
}

/* The next one in line, if there is a place for it. */
static struct fetch *next_in_line(struct fetcher *r)
{
	struct fetch *f = NULL;

	pthread_mutex_lock(&r->lock);
	r->asleep = false;
	wake_those_that_rest(r);
	if (r->flying_count < r->options.on_the_wire && !r->stopping)
		f = r->waiting.first;
	if (f) {
		line_remove(&r->waiting, f);
		r->waiting_count--;
	}
	pthread_mutex_unlock(&r->lock);
	return f;
}

static void take_over(struct fetcher *r, struct line *from, int64_t now, struct line *over)
{
	for (struct fetch *f = from->first, *next; f; f = next) {
		next = f->next;
		if (f->deadline > now)
			continue;
		line_remove(from, f);
		r->waiting_count--;
		line_add(over, f);
	}
}

/* Takes all out of the line whose time is over, or all at the end. */
static void give_up(struct fetcher *r, int64_t now, str problem)
{
	struct line over = { 0 };

	pthread_mutex_lock(&r->lock);
	take_over(r, &r->waiting, now, &over);
	take_over(r, &r->resting, now, &over);
	pthread_mutex_unlock(&r->lock);
	while (over.first) {
		struct fetch *f = over.first;

		line_remove(&over, f);
		finish_badly(r, f, problem);
	}
}

static void look_through_the_line(struct fetcher *r)
{
	int64_t now = clock_monotonic();

	if (now < r->next_look)
		return;
	r->next_look = now + LOOK * INT64_C(1000);
	give_up(r, now, STR("no place to send the request within its time"));
}

/* Until something happens on the wire or in line. */
static void sleep_until_something_happens(struct fetcher *r)
{
	bool has_line, may_sleep;
	int64_t rest, longest;

	pthread_mutex_lock(&r->lock);
	rest = wake_those_that_rest(r);
	has_line = r->waiting.first != NULL;
	may_sleep = !r->stopping && !(has_line && r->flying_count < r->options.on_the_wire);
	r->asleep = may_sleep;
	pthread_mutex_unlock(&r->lock);
	longest = has_line ? LOOK : 10000;
	if (rest >= 0)
		longest = MIN(longest, (rest + 999) / 1000);
	if (may_sleep)
		r->lib->multi_poll(r->multi, NULL, 0, (int)longest, NULL);
}

static bool is_stopping(struct fetcher *r)
{
	bool stopping;

	pthread_mutex_lock(&r->lock);
	stopping = r->stopping;
	pthread_mutex_unlock(&r->lock);
	return stopping;
}

static void *run(void *context)
{
	struct fetcher *r = context;
	struct fetch *f;
	int running;

	while (!is_stopping(r)) {
		while ((f = next_in_line(r)))
			begin(r, f);
		r->lib->multi_perform(r->multi, &running);
		end_those_that_are_done(r);
		look_through_the_line(r);
		sleep_until_something_happens(r);
	}
	while (r->flying.first)
		end(r, r->flying.first, CURLE_ABORTED_BY_CALLBACK);
	give_up(r, INT64_MAX, STR("the program is stopping"));
	return NULL;
}

static struct fetcher_options with_defaults(const struct fetcher_options *given)
{
	struct fetcher_options o = *given;

	if (!o.on_the_wire)
		o.on_the_wire = ON_THE_WIRE;
	if (!o.waiting)
		o.waiting = WAITING;
	if (!o.bytes)
		o.bytes = BYTES;
	return o;
}

/* Signals are the business of the program's first thread. */
static bool start_thread(struct fetcher *r)
{
	sigset_t blocked, before;
	int e;

	sigfillset(&blocked);
	sigdelset(&blocked, SIGSEGV);
	sigdelset(&blocked, SIGBUS);
	sigdelset(&blocked, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	e = pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e == 0;
}

static void release(struct fetcher *r)
{
	while (r->spare_count)
		r->lib->easy_cleanup(r->spare[--r->spare_count]);
	r->lib->multi_cleanup(r->multi);
	pthread_mutex_destroy(&r->lock);
	free(r->spare);
	free(r);
}

struct fetcher *fetcher_new(const struct fetcher_options *options, str *ret_problem)
{
	const struct curl_library *lib = curl_library_load(ret_problem);
	struct fetcher *r;

	if (!lib)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->lib = lib;
	r->options = with_defaults(options);
	r->spare = xcalloc((size_t)r->options.on_the_wire, sizeof(CURL *));
	pthread_mutex_init(&r->lock, NULL);
	r->multi = lib->multi_init();
	if (r->multi) {
		lib->multi_setopt(r->multi, CURLMOPT_MAXCONNECTS, (long)r->options.on_the_wire);
		lib->multi_setopt(r->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
		if (start_thread(r))
			return r;
	}
	release(r);
	*ret_problem = STR("the thread that fetches cannot be started");
	return NULL;
}

void fetcher_free(struct fetcher *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stopping = true;
	pthread_mutex_unlock(&r->lock);
	r->lib->multi_wakeup(r->multi);
	pthread_join(r->thread, NULL);
	release(r);
}

bool fetcher_submit(struct fetcher *r, struct fetch *f)
{
	int timeout = f->what.timeout_ms ? f->what.timeout_ms : TIMEOUT;
	bool taken, wake;

	f->held = f->what.body.n;
	f->begin = clock_monotonic() + f->delay_ms * INT64_C(1000);
	f->deadline = f->begin + timeout * INT64_C(1000);
	pthread_mutex_lock(&r->lock);
	taken = !r->stopping && r->waiting_count < r->options.waiting &&
	        atomic_load(&r->held) + f->held <= r->options.bytes;
	if (taken) {
		atomic_fetch_add(&r->held, f->held);
		line_add(f->delay_ms ? &r->resting : &r->waiting, f);
		r->waiting_count++;
	}
	wake = taken && r->asleep;
	if (wake)
		r->asleep = false;
	pthread_mutex_unlock(&r->lock);
	if (wake)
		r->lib->multi_wakeup(r->multi);
	return taken;
}
