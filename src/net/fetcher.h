/*
 * Many fetches under way at once, on one thread: libcurl's multi interface. Connections are kept and
 * used again.
 *
 * Bounded: in number on the wire, beyond which fetches wait in line; in number waiting and in bytes
 * held (requests that wait, answers that come), beyond which a fetch is refused or fails; and in
 * time, which counts from when it goes in line.
 */
#ifndef NET_FETCHER_H
#define NET_FETCHER_H

#include "net/client.h"

struct fetcher_options {
	int on_the_wire; /* at once, each on a connection of its own; 0: 64 */
	int waiting;     /* in line behind those; 0: 10,000 */
	size_t bytes;    /* of bodies, of all fetches together; 0: 64 MiB */
};

struct transfer;

/* The caller's; what it points to must stay as it is until `done`. */
struct fetch {
	struct http_fetch what;
	struct arena *arena; /* the answer's; the fetcher's alone until `done` */
	int delay_ms;        /* before it goes in line; its time counts from then */

	/* Called once, on the fetcher's thread, where it must not wait. It may submit others, and
	 * drop this one. */
	void (*done)(struct fetch *f);

	bool ok; /* at `done`: whether there is an answer */
	struct http_answer answer;
	str problem; /* otherwise why not, for a person */

	/* The fetcher's. */
	struct fetch *next, *previous;
	struct transfer *transfer;
	void *handle;
	int64_t begin, deadline;
	size_t held;
};

struct fetcher;

/* NULL: it cannot start, and *ret_problem says why; that text is never dropped. */
struct fetcher *fetcher_new(const struct fetcher_options *options, str *ret_problem);

/* What is still under way fails. Blocks until every `done` has returned. */
void fetcher_free(struct fetcher *f);

/* From any thread. False: too much is waiting already, and `done` is not called. */
bool fetcher_submit(struct fetcher *f, struct fetch *fetch) MUST_CHECK;

#endif
