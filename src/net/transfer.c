#include "net/transfer.h"

#include "base/limits.h"
#include "base/str.h"

#include <dlfcn.h>
#include <pthread.h>

enum {
	DEFAULT_TIMEOUT = 30000,
	LIMIT_ANSWER_HEAD = 256 * 1024,

	/* Seconds for which an idle connection is trusted. The server may be closing it while a
	 * request is on its way; one that must not be sent twice rather makes a new connection. */
	TRUST = 30,
	TRUST_ONLY_ONCE = 4,
};

static struct {
	struct curl_library library;
	char problem[256]; /* empty when loaded */
} loaded;

static pthread_once_t loading = PTHREAD_ONCE_INIT;

/* POSIX says that what dlsym returns can be a function; C has no cast for it. */
static bool find(void *library, const char *name, void *function)
{
	void *found = dlsym(library, name);

	if (!found)
		snprintf(loaded.problem, sizeof(loaded.problem), "libcurl has no %s", name);
	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool find_all(void *l)
{
	struct curl_library *c = &loaded.library;

	return find(l, "curl_global_init", &c->global_init) &&
	       find(l, "curl_easy_init", &c->easy_init) &&
	       find(l, "curl_easy_reset", &c->easy_reset) &&
	       find(l, "curl_easy_cleanup", &c->easy_cleanup) &&
	       find(l, "curl_easy_setopt", &c->easy_setopt) &&
	       find(l, "curl_easy_perform", &c->easy_perform) &&
	       find(l, "curl_easy_getinfo", &c->easy_getinfo) &&
	       find(l, "curl_easy_strerror", &c->easy_strerror) &&
	       find(l, "curl_slist_append", &c->slist_append) &&
	       find(l, "curl_slist_free_all", &c->slist_free_all) &&
	       find(l, "curl_multi_init", &c->multi_init) &&
	       find(l, "curl_multi_setopt", &c->multi_setopt) &&
	       find(l, "curl_multi_add_handle", &c->multi_add_handle) &&
	       find(l, "curl_multi_remove_handle", &c->multi_remove_handle) &&
	       find(l, "curl_multi_perform", &c->multi_perform) &&
	       find(l, "curl_multi_poll", &c->multi_poll) &&
	       find(l, "curl_multi_wakeup", &c->multi_wakeup) &&
	       find(l, "curl_multi_info_read", &c->multi_info_read) &&
	       find(l, "curl_multi_cleanup", &c->multi_cleanup);
}

/* Never closed again. */
static void load(void)
{
	void *l = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!l)
		snprintf(loaded.problem, sizeof(loaded.problem), "libcurl could not be loaded: %s",
		         dlerror());
	else if (find_all(l) && loaded.library.global_init(CURL_GLOBAL_DEFAULT) != 0)
		snprintf(loaded.problem, sizeof(loaded.problem), "libcurl does not start");
}

const struct curl_library *curl_library_load(str *ret_problem)
{
	pthread_once(&loading, load);
	if (!loaded.problem[0])
		return &loaded.library;
	*ret_problem = str_from(loaded.problem);
	return NULL;
}

static size_t take_body(char *p, size_t size, size_t count, void *context)
{
	struct transfer *t = context;
	str piece = { p, size * count };

	if (t->shared) {
		t->own += piece.n;
		t->no_room = atomic_fetch_add(t->shared, piece.n) + piece.n > t->shared_max;
	}
	buf_put(&t->body, piece);
	return t->body.overflow || t->no_room ? 0 : piece.n;
}

/* One line of the head, status line included. A head may follow another: after 100 Continue. */
static size_t take_header(char *p, size_t size, size_t count, void *context)
{
	struct transfer *t = context;
	str line = { p, size * count }, value = line;
	str name = str_cut(&value, ':');

	t->head_size += line.n;
	if (t->head_size > LIMIT_ANSWER_HEAD || t->answer.header_count >= LIMIT_HEADERS) {
		t->head_too_large = true;
		return 0;
	}
	if (str_starts(line, STR("HTTP/"))) {
		t->answer.header_count = 0;
	} else if (value.p && header_name_valid(name)) {
		if (t->answer.header_count == t->header_capacity)
			t->answer.headers =
				arena_grow(t->arena, t->answer.headers, &t->header_capacity,
			                   sizeof(*t->answer.headers));
		t->answer.headers[t->answer.header_count++] =
			(struct header){ arena_str(t->arena, name),
			                 arena_str(t->arena, str_trim(value)) };
	}
	return line.n;
}

/* libcurl asks before it sends the request, and again before it sends it a second time. */
static int allow_once(void *context, char *address, char *own_address, int port, int own_port)
{
	struct transfer *t = context;

	(void)address;
	(void)own_address;
	(void)port;
	(void)own_port;
	return t->sendings++ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool is_one_line(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' || s.p[i] == '\n' || !s.p[i])
			return false;
	}
	return true;
}

static void add_line(struct transfer *t, str line)
{
	t->lines = loaded.library.slist_append(t->lines, arena_cstr(t->arena, line));
}

static bool has_header(const struct http_fetch *what, str name)
{
	const struct request r = { .headers = what->headers, .header_count = what->header_count };

	return request_header(&r, name).p;
}

static bool add_token(struct transfer *t)
{
	const struct http_signature *s = t->what->signature;

	if (!is_one_line(s->token) || !is_one_line(s->key) || !is_one_line(s->secret) ||
	    !is_one_line(s->region) || !is_one_line(s->service))
		return false;
	if (s->token.n)
		add_line(t, arena_join(t->arena, STR("X-Amz-Security-Token: "), s->token));
	return true;
}

/* libcurl adds headers of its own; those that nobody asked for are taken out with "Name:". Not where it
 * signs: it would sign what it then does not send. What it adds by itself it leaves unsigned. */
static bool add_headers(struct transfer *t)
{
	static const str not_by_itself[] = { STR_INIT("Expect"), STR_INIT("Content-Type"),
		                             STR_INIT("Accept") };
	const struct http_fetch *what = t->what;

	for (size_t i = 0; i < what->header_count; i++) {
		const struct header *h = &what->headers[i];

		if (!header_name_valid(h->name) || !is_one_line(h->value))
			return false;
		if (what->signature && !str_trim(h->value).n)
			return false; /* libcurl signs it otherwise than it sends it */
		if (str_trim(h->value).n)
			add_line(t, arena_printf(t->arena, "%.*s: %.*s", STR_ARG(h->name),
			                         STR_ARG(h->value)));
		else
			add_line(t, arena_join(t->arena, h->name,
			                       STR(";"))); /* libcurl's way to say empty */
	}
	if (what->signature)
		return add_token(t);
	for (size_t i = 0; i < ARRAY_LEN(not_by_itself); i++) {
		if (!has_header(what, not_by_itself[i]))
			add_line(t, arena_join(t->arena, not_by_itself[i], STR(":")));
	}
	return true;
}

bool transfer_init(struct transfer *t, struct arena *a, const struct http_fetch *what,
                   str *ret_problem)
{
	*t = (struct transfer){ .arena = a, .what = what };
	buf_init(&t->body, a, what->max_body ? what->max_body : LIMIT_BODY_IN_MEMORY);
	if (header_name_valid(what->method) && is_one_line(what->url) && add_headers(t))
		return true;
	*ret_problem = STR("the request has a method, an address or a header that cannot be sent");
	return false;
}

void transfer_release(struct transfer *t)
{
	loaded.library.slist_free_all(t->lines);
	t->lines = NULL;
	if (t->shared)
		atomic_fetch_sub(t->shared, t->own);
	t->own = 0;
}

static bool has_body(const struct http_fetch *what)
{
	return what->body.n || str_eq(what->method, STR("POST")) ||
	       str_eq(what->method, STR("PUT")) || str_eq(what->method, STR("PATCH"));
}

static int timeout_of(const struct http_fetch *what)
{
	return what->timeout_ms ? what->timeout_ms : DEFAULT_TIMEOUT;
}

static void set_signature(struct transfer *t, CURL *handle)
{
	const struct curl_library *lib = &loaded.library;
	const struct http_signature *s = t->what->signature;

	lib->easy_setopt(handle, CURLOPT_USERNAME, arena_cstr(t->arena, s->key));
	lib->easy_setopt(handle, CURLOPT_PASSWORD, arena_cstr(t->arena, s->secret));
	lib->easy_setopt(
		handle, CURLOPT_AWS_SIGV4,
		arena_cstr(t->arena, arena_printf(t->arena, "aws:amz:%.*s:%.*s", STR_ARG(s->region),
	                                          STR_ARG(s->service))));
}

/* Proxies of the environment are not used: what is called here is mostly on this machine. */
CURLcode transfer_set_options(struct transfer *t, CURL *handle)
{
	const struct curl_library *lib = &loaded.library;
	const struct http_fetch *what = t->what;
	CURLcode e = lib->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");

	if (!e)
		e = lib->easy_setopt(handle, CURLOPT_URL, arena_cstr(t->arena, what->url));
	lib->easy_setopt(handle, CURLOPT_ERRORBUFFER, t->problem);
	lib->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(handle, CURLOPT_PROXY, "");
	lib->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	lib->easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	lib->easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
	lib->easy_setopt(handle, CURLOPT_MAXAGE_CONN,
	                 what->only_once ? (long)TRUST_ONLY_ONCE : (long)TRUST);
	lib->easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)timeout_of(what));
	lib->easy_setopt(handle, CURLOPT_HTTPHEADER, t->lines);
	lib->easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
	lib->easy_setopt(handle, CURLOPT_HEADERDATA, t);
	lib->easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
	lib->easy_setopt(handle, CURLOPT_WRITEDATA, t);
	if (what->only_once) {
		lib->easy_setopt(handle, CURLOPT_PREREQFUNCTION, allow_once);
		lib->easy_setopt(handle, CURLOPT_PREREQDATA, t);
	}
	if (has_body(what)) {
		lib->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)what->body.n);
		lib->easy_setopt(handle, CURLOPT_POSTFIELDS, what->body.p ? what->body.p : "");
	}
	if (what->signature)
		set_signature(t, handle);
	if (str_eq(what->method, STR("HEAD")))
		lib->easy_setopt(handle, CURLOPT_NOBODY, 1L);
	else
		lib->easy_setopt(handle, CURLOPT_CUSTOMREQUEST, arena_cstr(t->arena, what->method));
	return e;
}

void transfer_finish(struct transfer *t, CURL *handle)
{
	long status = 0;

	loaded.library.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	t->answer.status = (int)status;
	t->answer.body = buf_str(&t->body);
}

str transfer_describe(struct transfer *t, CURLcode e)
{
	if (t->body.overflow)
		return arena_printf(t->arena, "the answer is larger than %zu bytes", t->body.max);
	if (t->no_room)
		return STR("all answers together are too large");
	if (t->head_too_large)
		return STR("the head of the answer is too large");
	if (e == CURLE_OPERATION_TIMEDOUT)
		return arena_printf(t->arena, "no answer within %d ms", timeout_of(t->what));
	if (e == CURLE_UNSUPPORTED_PROTOCOL)
		return STR("only http and https addresses can be used");
	if (t->sendings > 1)
		return STR("the connection ended before the answer came");
	return arena_str(t->arena,
	                 str_from(t->problem[0] ? t->problem : loaded.library.easy_strerror(e)));
}
