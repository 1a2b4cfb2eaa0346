/*
 * The inside of the HTTP client, for this folder only: libcurl, loaded when it is first needed, and
 * one exchange as libcurl's options. client.c waits for one; fetcher.c runs many on one thread.
 */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#define CURL_DISABLE_TYPECHECK
#include "net/client.h"

#include "base/buf.h"

#include <curl/curl.h>
#include <stdatomic.h>

struct curl_library {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_setopt) *multi_setopt;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_poll) *multi_poll;
	__typeof__(curl_multi_wakeup) *multi_wakeup;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
};

/* NULL: it cannot be had, and *ret_problem says why, for a person. */
const struct curl_library *curl_library_load(str *ret_problem);

/* Initialised by transfer_init; everything but the header lines lives in the arena. */
struct transfer {
	struct arena *arena;
	const struct http_fetch *what;
	struct http_answer answer;
	size_t header_capacity, head_size;
	struct buf body;
	bool head_too_large, no_room;
	int sendings; /* of the request, when there must be only one */
	struct curl_slist *lines;
	char problem[CURL_ERROR_SIZE];

	/* Where several share a limit on the bytes of their answers: what all hold, and this one. */
	_Atomic size_t *shared;
	size_t shared_max, own;
};

/* False: the request cannot be sent, and *ret_problem says why. Release in either case. */
bool transfer_init(struct transfer *t, struct arena *a, const struct http_fetch *what,
                   str *ret_problem);
void transfer_release(struct transfer *t);

CURLcode transfer_set_options(struct transfer *t, CURL *handle);
void transfer_finish(struct transfer *t, CURL *handle); /* status and body of the answer */
str transfer_describe(struct transfer *t, CURLcode e);  /* why there is none */

#endif
