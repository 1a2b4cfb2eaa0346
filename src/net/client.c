/*
 * libcurl is opened on first use and never closed. Handles are kept after use, because a handle
 * holds the connections it made: the next exchange with the same server need not make one.
 */
#define CURL_DISABLE_TYPECHECK
#include "net/client.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>

enum { DEFAULT_TIMEOUT = 30000, KEPT_HANDLES = 8, LIMIT_ANSWER_HEAD = 256 * 1024 };

static struct {
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
	char problem[256]; /* empty when loaded */
} lib;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;

/* POSIX says that what dlsym returns can be a function; C has no cast for it. */
static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	if (!found)
		snprintf(lib.problem, sizeof(lib.problem), "libcurl has no %s", name);
	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static void load(void)
{
	void *l = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!l) {
		snprintf(lib.problem, sizeof(lib.problem), "libcurl could not be loaded: %s",
		         dlerror());
		return;
	}
	if (find(l, "curl_global_init", &lib.global_init) &&
	    find(l, "curl_easy_init", &lib.easy_init) &&
	    find(l, "curl_easy_reset", &lib.easy_reset) &&
	    find(l, "curl_easy_cleanup", &lib.easy_cleanup) &&
	    find(l, "curl_easy_setopt", &lib.easy_setopt) &&
	    find(l, "curl_easy_perform", &lib.easy_perform) &&
	    find(l, "curl_easy_getinfo", &lib.easy_getinfo) &&
	    find(l, "curl_easy_strerror", &lib.easy_strerror) &&
	    find(l, "curl_slist_append", &lib.slist_append) &&
	    find(l, "curl_slist_free_all", &lib.slist_free_all) &&
	    lib.global_init(CURL_GLOBAL_DEFAULT) != 0)
		snprintf(lib.problem, sizeof(lib.problem), "libcurl does not start");
}

static struct {
	pthread_mutex_t lock;
	CURL *handles[KEPT_HANDLES];
	int count;
} kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static CURL *take_handle(void)
{
	CURL *handle = NULL;

	pthread_mutex_lock(&kept.lock);
	if (kept.count)
		handle = kept.handles[--kept.count];
	pthread_mutex_unlock(&kept.lock);
	return handle ? handle : lib.easy_init();
}

static void keep_handle(CURL *handle)
{
	lib.easy_reset(handle);
	pthread_mutex_lock(&kept.lock);
	if (kept.count < KEPT_HANDLES) {
		kept.handles[kept.count++] = handle;
		handle = NULL;
	}
	pthread_mutex_unlock(&kept.lock);
	if (handle)
		lib.easy_cleanup(handle);
}

struct fetching {
	struct arena *arena;
	struct http_answer answer;
	size_t header_capacity, head_size;
	struct buf body;
	bool head_too_large;
	struct curl_slist *lines;
	char problem[CURL_ERROR_SIZE];
};

static size_t take_body(char *p, size_t size, size_t count, void *context)
{
	struct fetching *f = context;

	buf_put(&f->body, (str){ p, size * count });
	return f->body.overflow ? 0 : size * count;
}

/* One line of the head, status line included. A head may follow another: after 100 Continue. */
static size_t take_header(char *p, size_t size, size_t count, void *context)
{
	struct fetching *f = context;
	str line = { p, size * count }, value = line;
	str name = str_cut(&value, ':');

	f->head_size += line.n;
	if (f->head_size > LIMIT_ANSWER_HEAD || f->answer.header_count >= LIMIT_HEADERS) {
		f->head_too_large = true;
		return 0;
	}
	if (str_starts(line, STR("HTTP/"))) {
		f->answer.header_count = 0;
	} else if (value.p && header_name_valid(name)) {
		if (f->answer.header_count == f->header_capacity)
			f->answer.headers =
				arena_grow(f->arena, f->answer.headers, &f->header_capacity,
			                   sizeof(*f->answer.headers));
		f->answer.headers[f->answer.header_count++] =
			(struct header){ arena_str(f->arena, name),
			                 arena_str(f->arena, str_trim(value)) };
	}
	return line.n;
}

static bool is_one_line(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' || s.p[i] == '\n' || !s.p[i])
			return false;
	}
	return true;
}

static void add_line(struct fetching *f, str line)
{
	f->lines = lib.slist_append(f->lines, arena_cstr(f->arena, line));
}

static bool has_header(const struct http_fetch *what, str name)
{
	const struct request r = { .headers = what->headers, .header_count = what->header_count };

	return request_header(&r, name).p;
}

/* libcurl adds headers of its own; those that nobody asked for are taken out with "Name:". */
static bool add_headers(struct fetching *f, const struct http_fetch *what)
{
	static const str not_by_itself[] = { STR_INIT("Expect"), STR_INIT("Content-Type"),
		                             STR_INIT("Accept") };

	for (size_t i = 0; i < what->header_count; i++) {
		const struct header *h = &what->headers[i];

		if (!header_name_valid(h->name) || !is_one_line(h->value))
			return false;
		if (str_trim(h->value).n)
			add_line(f, arena_printf(f->arena, "%.*s: %.*s", STR_ARG(h->name),
			                         STR_ARG(h->value)));
		else
			add_line(f, arena_join(f->arena, h->name,
			                       STR(";"))); /* libcurl's way to say empty */
	}
	for (size_t i = 0; i < ARRAY_LEN(not_by_itself); i++) {
		if (!has_header(what, not_by_itself[i]))
			add_line(f, arena_join(f->arena, not_by_itself[i], STR(":")));
	}
	return true;
}

static bool has_body(const struct http_fetch *what)
{
	return what->body.n || str_eq(what->method, STR("POST")) ||
	       str_eq(what->method, STR("PUT")) || str_eq(what->method, STR("PATCH"));
}

/* Proxies of the environment are not used: what is called here is mostly on this machine. */
static CURLcode set_options(CURL *handle, struct fetching *f, const struct http_fetch *what)
{
	int timeout = what->timeout_ms ? what->timeout_ms : DEFAULT_TIMEOUT;
	CURLcode e = lib.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");

	if (!e)
		e = lib.easy_setopt(handle, CURLOPT_URL, arena_cstr(f->arena, what->url));
	lib.easy_setopt(handle, CURLOPT_ERRORBUFFER, f->problem);
	lib.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	lib.easy_setopt(handle, CURLOPT_PROXY, "");
	lib.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	lib.easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	lib.easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
	lib.easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout);
	lib.easy_setopt(handle, CURLOPT_HTTPHEADER, f->lines);
	lib.easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	lib.easy_setopt(handle, CURLOPT_HEADERDATA, f);
	lib.easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	lib.easy_setopt(handle, CURLOPT_WRITEDATA, f);
	if (has_body(what)) {
		lib.easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)what->body.n);
		lib.easy_setopt(handle, CURLOPT_POSTFIELDS, what->body.p ? what->body.p : "");
	}
	if (str_eq(what->method, STR("HEAD")))
		lib.easy_setopt(handle, CURLOPT_NOBODY, 1L);
	else
		lib.easy_setopt(handle, CURLOPT_CUSTOMREQUEST, arena_cstr(f->arena, what->method));
	return e;
}

static str describe(struct fetching *f, const struct http_fetch *what, CURLcode e)
{
	if (f->body.overflow)
		return arena_printf(f->arena, "the answer is larger than %zu bytes", f->body.max);
	if (f->head_too_large)
		return STR("the head of the answer is too large");
	if (e == CURLE_OPERATION_TIMEDOUT)
		return arena_printf(f->arena, "no answer within %d ms",
		                    what->timeout_ms ? what->timeout_ms : DEFAULT_TIMEOUT);
	if (e == CURLE_UNSUPPORTED_PROTOCOL)
		return STR("only http and https addresses can be used");
	return arena_str(f->arena, str_from(f->problem[0] ? f->problem : lib.easy_strerror(e)));
}

static CURLcode perform(struct fetching *f, const struct http_fetch *what)
{
	CURL *handle = take_handle();
	long status = 0;
	CURLcode e;

	if (!handle)
		return CURLE_FAILED_INIT;
	e = set_options(handle, f, what);
	if (!e)
		e = lib.easy_perform(handle);
	lib.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	f->answer.status = (int)status;
	keep_handle(handle);
	return e;
}

bool http_fetch(struct arena *a, const struct http_fetch *what, struct http_answer *ret,
                str *ret_problem)
{
	struct fetching f = { .arena = a };
	CURLcode e;

	pthread_once(&loaded, load);
	if (lib.problem[0]) {
		*ret_problem = str_from(lib.problem);
		return false;
	}
	buf_init(&f.body, a, what->max_body ? what->max_body : LIMIT_BODY_IN_MEMORY);
	if (!header_name_valid(what->method) || !is_one_line(what->url) || !add_headers(&f, what)) {
		*ret_problem =
			STR("the request has a method, an address or a header that cannot be sent");
		lib.slist_free_all(f.lines);
		return false;
	}
	e = perform(&f, what);
	lib.slist_free_all(f.lines);
	if (e) {
		*ret_problem = describe(&f, what, e);
		return false;
	}
	f.answer.body = buf_str(&f.body);
	*ret = f.answer;
	return true;
}
