/*
 * Handles are kept after use, because a handle holds the connections it made: the next exchange with
 * the same server need not make one.
 */
#include "net/client.h"

#include "net/transfer.h"

#include <pthread.h>

enum { KEPT_HANDLES = 8 };

static struct {
	pthread_mutex_t lock;
	CURL *handles[KEPT_HANDLES];
	int count;
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static CURL *take_handle(const struct curl_library *lib)
{
	CURL *handle = NULL;

	pthread_mutex_lock(&kept.lock);
	if (kept.count)
		handle = kept.handles[--kept.count];
	pthread_mutex_unlock(&kept.lock);
	return handle ? handle : lib->easy_init();
}

static void keep_handle(const struct curl_library *lib, CURL *handle)
{
	lib->easy_reset(handle);
	pthread_mutex_lock(&kept.lock);
	if (kept.count < KEPT_HANDLES) {
		kept.handles[kept.count++] = handle;
		handle = NULL;
	}
	pthread_mutex_unlock(&kept.lock);
	if (handle)
		lib->easy_cleanup(handle);
}

static CURLcode perform(const struct curl_library *lib, struct transfer *t)
{
	CURL *handle = take_handle(lib);
	CURLcode e;

	if (!handle)
		return CURLE_FAILED_INIT;
	e = transfer_set_options(t, handle);
	if (!e)
		e = lib->easy_perform(handle);
	transfer_finish(t, handle);
	keep_handle(lib, handle);
	return e;
}

bool http_fetch(struct arena *a, const struct http_fetch *what, struct http_answer *ret,
                str *ret_problem)
{
	const struct curl_library *lib = curl_library_load(ret_problem);
	struct transfer t;
	CURLcode e = CURLE_OK;
	bool sent;

	if (!lib)
		return false;
	sent = transfer_init(&t, a, what, ret_problem);
	if (sent)
		e = perform(lib, &t);
	transfer_release(&t);
	if (!sent)
		return false;
	if (e) {
		*ret_problem = transfer_describe(&t, e);
		return false;
	}
	*ret = t.answer;
	return true;
}
