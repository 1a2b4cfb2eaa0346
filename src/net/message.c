#include "net/message.h"

#include "base/file.h"
#include "base/str.h"

#include <assert.h>

static bool name_is(str name, str wanted)
{
	return name.n == wanted.n && str_eq_nocase(name, wanted);
}

str request_header(const struct request *r, str name)
{
	for (size_t i = 0; i < r->header_count; i++) {
		if (name_is(r->headers[i].name, name))
			return r->headers[i].value;
	}
	return STR_NULL;
}

bool header_name_valid(str name)
{
	static const char others[] = "!#$%&'*+.^_`|~";

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!ascii_is_alnum(c) && c != '-' && (!c || !strchr(others, c)))
			return false;
	}
	return name.n > 0;
}

/* Who frames the message says so alone; a second voice could be made to contradict it. */
static bool is_the_servers(str name)
{
	static const str names[] = {
		STR_INIT("Connection"), STR_INIT("Content-Length"),    STR_INIT("Date"),
		STR_INIT("Keep-Alive"), STR_INIT("Transfer-Encoding"), STR_INIT("Upgrade")
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (name_is(name, names[i]))
			return true;
	}
	return false;
}

void reply_header(struct exchange *x, str name, str value)
{
	struct reply *r = &x->reply;
	char *copy;

	if (!header_name_valid(name) || is_the_servers(name))
		return;
	copy = arena_cstr(&x->arena, value);
	for (size_t i = 0; i < value.n; i++) {
		if (copy[i] == '\r' || copy[i] == '\n' || !copy[i])
			copy[i] = ' ';
	}
	if (r->header_count == r->header_capacity)
		r->headers =
			arena_grow(&x->arena, r->headers, &r->header_capacity, sizeof(*r->headers));
	r->headers[r->header_count++] = (struct header){
		.name = { arena_cstr(&x->arena, name), name.n },
		.value = { copy, value.n },
	};
}

static void drop_body(struct reply *r)
{
	if (r->kind == REPLY_FILE)
		close_fd(&r->fd);
	if (r->kind == REPLY_STREAM && r->source && r->source->close)
		r->source->close(r->source);
	r->kind = REPLY_EMPTY;
	r->source = NULL;
	r->fd = -1;
}

static struct reply *set_status(struct exchange *x, int status)
{
	assert(status >= 200 && status <= 999);
	drop_body(&x->reply);
	x->reply.status = status;
	return &x->reply;
}

void reply_text(struct exchange *x, int status, str body)
{
	struct reply *r = set_status(x, status);

	r->kind = body.n ? REPLY_TEXT : REPLY_EMPTY;
	r->text = body;
}

void reply_file(struct exchange *x, int status, int fd, int64_t offset, int64_t length)
{
	struct reply *r = set_status(x, status);

	assert(fd >= 0 && offset >= 0 && length >= 0);
	r->kind = REPLY_FILE;
	r->fd = fd;
	r->offset = offset;
	r->length = length;
}

void reply_stream(struct exchange *x, int status, struct reply_source *source, int64_t length)
{
	struct reply *r = set_status(x, status);

	assert(length >= -1);
	r->kind = REPLY_STREAM;
	r->source = source;
	r->length = length;
}

void reply_clear(struct exchange *x)
{
	drop_body(&x->reply);
	x->reply = (struct reply){ .fd = -1 };
}
