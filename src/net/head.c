/*
 * The head of a request. libmicrohttpd has parsed it, but 0.9.75 takes much that a careful server
 * must not, because another server on the way may read it differently and the two then disagree
 * about where a request ends: lines ended by a bare LF, NUL bytes (which cut a name or a value
 * short), folded lines (whose text it appends to the *name*), space before a colon, several
 * lengths, a length beside chunks, transfer codings it does not know (it then reads until the
 * connection closes).
 *
 * Most of these leave no trace in what libmicrohttpd tells us, but they do in its memory, which
 * this file relies on: the head stays where it was read, at `method`, with each separator turned to
 * NUL, one for a bare LF and two for CRLF. So when every part begins exactly where the one before
 * it ended, there was nothing between them that we were not told of. Nothing is copied: the
 * request's texts are that memory, which stays until the exchange ends.
 */
#include "net/internal.h"

#include "base/str.h"

struct head_reader {
	struct connection *c;
	struct header *headers;
	size_t count, capacity;
	const char *expected; /* where the next line should begin */
	bool malformed;
};

static bool refuse(struct connection *c, int status, str why)
{
	reply_clear(&c->x);
	reply_header(&c->x, STR("Content-Type"), STR("text/plain"));
	reply_text(&c->x, status, why);
	c->x.reply.close = true;
	return false;
}

/*
 * Called when the first line has been read, before libmicrohttpd takes the target apart. It would
 * decode the query into an entry of the connection's memory for each parameter, so the query is
 * hidden from it: after the '?', where it starts to read, there is a NUL until the whole head has
 * come.
 */
void head_note_target(struct connection *c, const char *uri)
{
	c->target = (char *)(uintptr_t)uri;
	c->target_size = strlen(uri);
	c->question = memchr(c->target, '?', c->target_size);
	if (c->question) {
		c->after_question = c->question[1];
		c->question[1] = '\0';
	}
}

static str restore_target(struct connection *c)
{
	if (c->question) {
		c->question[0] = '?';
		c->question[1] = c->after_question;
	}
	return (str){ c->target, c->target_size };
}

static bool target_valid(str target)
{
	for (size_t i = 0; i < target.n; i++) {
		if ((unsigned char)target.p[i] <= ' ' || target.p[i] == 0x7f)
			return false;
	}
	return target.n > 0;
}

/* http://host/path?query: the host moves to r->host, what follows it is the target. */
static bool read_absolute_target(struct connection *c, str rest)
{
	struct request *r = &c->x.request;
	size_t end = 0;

	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	r->host = str_from_to(rest, 0, end);
	r->target = str_after(rest, end);
	if (!str_starts(r->target, STR("/")))
		r->target = arena_join(&c->x.arena, STR("/"), r->target);
	return r->host.n > 0 && str_find(r->host, '@', 0) < 0;
}

static bool read_target(struct connection *c)
{
	struct request *r = &c->x.request;
	str target = restore_target(c), rest = target;
	ptrdiff_t question;

	r->target = target;
	if (!target_valid(target))
		return false;
	if (str_starts_nocase(target, STR("http://")) ||
	    str_starts_nocase(target, STR("https://"))) {
		rest = str_after(target, (size_t)str_find_str(target, STR("://"), 0) + 3);
		if (!read_absolute_target(c, rest))
			return false;
	} else if (target.p[0] != '/' &&
	           !(str_eq(target, STR("*")) && str_eq(r->method, STR("OPTIONS")))) {
		return false;
	}
	question = str_find(r->target, '?', 0);
	r->path = question < 0 ? r->target : str_from_to(r->target, 0, (size_t)question);
	r->query = question < 0 ? STR_NULL : str_after(r->target, (size_t)question + 1);
	return true;
}

/* METHOD, one space, the target, one space, the version, CRLF. */
static const char *after_first_line(const struct connection *c, const char *method,
                                    const char *version)
{
	const char *end = version + strlen(version);

	if (method + strlen(method) + 1 != c->target || c->target + c->target_size + 1 != version)
		return NULL;
	return end[0] == '\0' && end[1] == '\0' ? end + 2 : NULL;
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
	struct head_reader *h = context;
	str n = { name, name_size }, v = { value, value_size };

	(void)kind;
	if (h->count == h->capacity)
		return MHD_NO;
	if (name != h->expected || name[name_size] || !header_name_valid(n) ||
	    value < name + name_size + 1 || value[value_size] || value[value_size + 1] ||
	    (value_size && memchr(value, '\r', value_size))) {
		h->malformed = true;
		return MHD_NO;
	}
	h->expected = value + value_size + 2;
	h->headers[h->count++] = (struct header){ n, str_trim(v) };
	return MHD_YES;
}

/* Of the two limits, what a connection with less memory than usual has room for: the head itself, a
 * record for each header, and the head of the reply. */
static int share_of(const struct connection *c, int limit)
{
	int memory = MIN(c->server->options.connection_memory, CONNECTION_MEMORY);

	return (int)((int64_t)limit * memory / CONNECTION_MEMORY);
}

static bool read_headers(struct connection *c, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *size =
		MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	int count = MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, NULL, NULL);
	struct head_reader h = { .c = c, .capacity = (size_t)count };

	if ((int)size->header_size > share_of(c, LIMIT_REQUEST_HEAD))
		return refuse(c, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
		              STR("The head of the request is too large.\n"));
	if (count > share_of(c, LIMIT_HEADERS))
		return refuse(c, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
		              STR("The request has too many headers.\n"));

	h.headers = arena_array(&c->x.arena, struct header, h.capacity);
	h.expected = after_first_line(c, method, version);
	MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, take_header, &h);
	/* The empty line is all that is left. */
	if (!h.expected || h.malformed || h.count != h.capacity ||
	    h.expected + 2 != method + size->header_size)
		return refuse(c, MHD_HTTP_BAD_REQUEST,
		              STR("The head of the request is malformed.\n"));
	c->x.request.headers = h.headers;
	c->x.request.header_count = h.count;
	return true;
}

struct framing {
	int hosts, lengths, codings;
	str host, length, coding;
};

static void note_if(const struct header *h, str name, int *count, str *value)
{
	if (h->name.n != name.n || !str_eq_nocase(h->name, name))
		return;
	++*count;
	*value = h->value;
}

static bool read_host(struct connection *c, const struct framing *f)
{
	struct request *r = &c->x.request;

	if (f->hosts > 1 || (f->hosts == 0 && !c->is_http_1_0))
		return refuse(c, MHD_HTTP_BAD_REQUEST,
		              STR("The request must have one Host header.\n"));
	if (!r->host.p)
		r->host = f->hosts ? f->host : STR("");
	return true;
}

static bool read_length(struct connection *c, const struct framing *f)
{
	struct request *r = &c->x.request;

	if (f->codings) {
		if (f->codings > 1 || f->lengths || c->is_http_1_0)
			return refuse(c, MHD_HTTP_BAD_REQUEST,
			              STR("The length of the body is ambiguous.\n"));
		/* libmicrohttpd would not recognise it with a space after it, and not look for
		 * chunks. */
		if (!str_eq_nocase(f->coding, STR("chunked")) || f->coding.p[f->coding.n] != '\0')
			return refuse(c, MHD_HTTP_NOT_IMPLEMENTED,
			              STR("This Transfer-Encoding is not known here.\n"));
		r->content_length = -1;
		return true;
	}
	if (f->lengths > 1)
		return refuse(c, MHD_HTTP_BAD_REQUEST,
		              STR("The length of the body is ambiguous.\n"));
	if (f->lengths && !str_to_i64(f->length, &r->content_length))
		return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, STR("The body is too large.\n"));
	return true;
}

static bool read_framing(struct connection *c)
{
	const struct request *r = &c->x.request;
	struct framing f = { 0 };
	str expect = STR_NULL;
	int expects = 0;

	for (size_t i = 0; i < r->header_count; i++) {
		const struct header *h = &r->headers[i];

		/* By length, so that most headers are compared with nothing. */
		switch (h->name.n) {
		case 4:
			note_if(h, STR("Host"), &f.hosts, &f.host);
			break;
		case 6:
			note_if(h, STR("Expect"), &expects, &expect);
			break;
		case 14:
			note_if(h, STR("Content-Length"), &f.lengths, &f.length);
			break;
		case 17:
			note_if(h, STR("Transfer-Encoding"), &f.codings, &f.coding);
			break;
		}
	}
	if (!read_host(c, &f) || !read_length(c, &f))
		return false;
	c->has_body = r->content_length != 0;
	c->expects_continue = !c->is_http_1_0 && str_eq_nocase(expect, STR("100-continue"));
	return true;
}

bool head_read(struct connection *c, const char *method, const char *version)
{
	struct request *r = &c->x.request;

	r->method = str_from(method);
	r->from_loopback = c->from_loopback;
	r->peer = str_from(c->peer);
	c->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
	c->has_body = true; /* until it is known: a refused request is not read further */
	if (!read_target(c) || !header_name_valid(r->method))
		return refuse(c, MHD_HTTP_BAD_REQUEST, STR("The request line is malformed.\n"));
	return read_headers(c, method, version) && read_framing(c);
}
