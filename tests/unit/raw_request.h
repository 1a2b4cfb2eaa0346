/*
 * The text of an HTTP request as a struct request, for tests that have no server. Lines end in LF
 * or CR LF; what follows the empty line is the body. Nothing is checked: tests want to write
 * requests that no server lets through.
 */
#ifndef TESTS_UNIT_RAW_REQUEST_H
#define TESTS_UNIT_RAW_REQUEST_H

#include "base/str.h"
#include "net/message.h"

static inline str raw_line(str *rest)
{
	str line = str_cut(rest, '\n');

	return str_ends(line, STR("\r")) ? str_from_to(line, 0, line.n - 1) : line;
}

static inline struct request raw_request(struct arena *a, str text, str *ret_body)
{
	str line = raw_line(&text);
	struct request r = { .method = str_cut(&line, ' ') };
	ptrdiff_t version = str_rfind(line, ' ');
	struct header *headers = NULL;
	size_t capacity = 0;

	r.target = version < 0 ? line : str_from_to(line, 0, (size_t)version);
	r.query = r.target;
	r.path = str_cut(&r.query, '?');
	while (text.p && (line = raw_line(&text), line.n)) {
		str value = line, name = str_cut(&value, ':');

		if (r.header_count == capacity)
			headers = (struct header *)arena_grow(a, headers, &capacity,
			                                      sizeof(*headers));
		headers[r.header_count++] = (struct header){ name, str_trim(value) };
	}
	r.headers = headers;
	r.host = request_header(&r, STR("Host"));
	r.content_length = (int64_t)text.n;
	r.from_loopback = true;
	if (ret_body)
		*ret_body = text.p ? text : STR("");
	return r;
}

#endif
