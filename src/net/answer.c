/*
 * A reply becomes a response of libmicrohttpd. Bodies are not copied: a text stays in the
 * exchange's arena, a file goes out by sendfile, a source is read while it is sent.
 */
#include "net/internal.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

static ssize_t read_source(void *context, uint64_t position, char *p, size_t n)
{
	struct connection *c = context;
	struct reply_source *source = c->x.reply.source;
	ptrdiff_t got = source && source->read ? source->read(source, p, n) : -1;

	(void)position;
	if (got < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	assert((size_t)got <= n);
	return got ? got : MHD_CONTENT_READER_END_OF_STREAM;
}

/* libmicrohttpd 0.9.75 would try for ever to send what a file does not have. */
static bool file_is_long_enough(const struct reply *r)
{
	struct stat status;

	return fstat(r->fd, &status) == 0 &&
	       (!S_ISREG(status.st_mode) || r->offset + r->length <= status.st_size);
}

/* libmicrohttpd sends the head of a reply in a packet of its own when a file follows. */
static void cork(struct connection *c, bool corked)
{
	if (c->corked == corked)
		return;
	c->corked = corked;
	setsockopt(c->fd, IPPROTO_TCP, TCP_CORK, &(int){ corked }, sizeof(int));
}

static struct MHD_Response *make_response(struct connection *c)
{
	struct reply *r = &c->x.reply;
	uint64_t length = r->length < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)r->length;
	struct MHD_Response *response = NULL;

	switch (r->kind) {
	case REPLY_EMPTY:
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
		break;
	case REPLY_TEXT:
		response = MHD_create_response_from_buffer(r->text.n, (void *)(uintptr_t)r->text.p,
		                                           MHD_RESPMEM_PERSISTENT);
		break;
	case REPLY_FILE:
		response =
			MHD_create_response_from_fd_at_offset64(length, r->fd, (uint64_t)r->offset);
		if (response)
			take_fd(&r->fd);
		break;
	case REPLY_STREAM:
		response = MHD_create_response_from_callback(length, STREAM_BLOCK, read_source, c,
		                                             NULL);
		break;
	}
	return response;
}

static void add_headers(struct MHD_Response *response, const struct reply *r)
{
	/* libmicrohttpd refuses a header without a value; white space around one does not count. */
	for (size_t i = 0; i < r->header_count; i++)
		MHD_add_response_header(response, r->headers[i].name.p,
		                        r->headers[i].value.n ? r->headers[i].value.p : " ");
}

enum {
	RECORD = 64, /* what libmicrohttpd keeps of a header of the request */
	OWN = 256,   /* its part of a reply's head, and the ends of its allocations */
};

/* Beside the head of the request, in the connection's memory. libmicrohttpd would close the connection
 * without a word. */
static bool head_fits(const struct connection *c)
{
	const struct reply *r = &c->x.reply;
	size_t size = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
	                      ->header_size +
	              c->x.request.header_count * RECORD + OWN;

	for (size_t i = 0; i < r->header_count; i++)
		size += r->headers[i].name.n + r->headers[i].value.n + strlen(": \r\n");
	return size <= (size_t)c->server->options.connection_memory;
}

static void fail_instead(struct connection *c, const char *event, str text)
{
	log_error(event, log_str("path", c->x.request.path));
	reply_clear(&c->x);
	reply_text(&c->x, MHD_HTTP_INTERNAL_SERVER_ERROR, text);
}

bool answer_queue(struct connection *c)
{
	struct reply *r = &c->x.reply;
	struct MHD_Response *response;
	enum MHD_Result queued;

	if (r->kind == REPLY_FILE && !file_is_long_enough(r))
		fail_instead(c, "a file to be sent is too short",
		             STR("What should be sent is damaged.\n"));
	if (!c->refused && !head_fits(c))
		fail_instead(c, "the head of a reply is too large",
		             STR("The head of the reply is too large to be sent.\n"));
	cork(c, r->kind == REPLY_FILE);
	response = make_response(c);
	if (!response)
		return false;
	add_headers(response, r);
	if (r->close || atomic_load(&c->server->stopping))
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	queued = MHD_queue_response(c->mhd, (unsigned)r->status, response);
	MHD_destroy_response(response);
	c->stage = STAGE_ANSWERED;
	connection_phase(c, PHASE_REPLY);
	return queued == MHD_YES;
}

/*
 * libmicrohttpd takes no reply while a body is coming in. When so much of a refused one has come
 * that the connection is going to be cut, the reply is written past it: nothing else has been sent
 * for this request, and nothing will be. What the socket does not take at once is lost.
 */
void answer_by_hand(struct connection *c)
{
	struct reply *r = &c->x.reply;
	struct buf head;

	buf_init(&head, &c->x.arena, 64 * 1024);
	buf_printf(&head, "HTTP/1.1 %d %s\r\nConnection: close\r\n", r->status,
	           MHD_get_reason_phrase_for((unsigned)r->status));
	for (size_t i = 0; i < r->header_count; i++)
		buf_printf(&head, "%s: %s\r\n", r->headers[i].name.p, r->headers[i].value.p);
	if (r->kind == REPLY_TEXT || r->kind == REPLY_EMPTY) {
		buf_printf(&head, "Content-Length: %zu\r\n\r\n", r->text.n);
		buf_put(&head, r->text);
	} else {
		buf_put(&head, STR("Content-Length: 0\r\n\r\n"));
	}
	c->stage = STAGE_ANSWERED;
	if (!head.overflow && send(c->fd, head.p, head.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("early reply lost", log_errno(errno));
}

void answer_end(struct connection *c)
{
	int status = c->x.reply.status;

	cork(c, false);
	reply_clear(&c->x);
	c->x.reply.status = status; /* of interest to the handler's end */
}
