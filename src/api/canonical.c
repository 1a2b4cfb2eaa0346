#include "api/canonical.h"

#include "base/buf.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"

/* Each byte of a head becomes at most three. */
enum { CANONICAL_MAX = 4 * LIMIT_REQUEST_HEAD };

#define HIDDEN STR("...")

static bool is_hex_pair(str s, size_t at)
{
	return s.n - at >= 2 && ascii_is_hex(s.p[at]) && ascii_is_hex(s.p[at + 1]);
}

/*
 * Decodes and encodes again, so that "%7e", "%7E" and "~" become the same. A '%' that starts no
 * escape stands for itself, and so does a '+', in a query as well: what is signed must be what the
 * readers of the query find there, or one could be put in place of the other.
 */
static void put_recoded(struct buf *b, str s, enum uri_flavour flavour)
{
	size_t i = 0;

	while (i < s.n) {
		size_t from = i;
		char c;

		while (i < s.n && s.p[i] != '%')
			i++;
		uri_put(b, str_from_to(s, from, i), flavour);
		if (i == s.n)
			break;
		c = s.p[i++];
		if (is_hex_pair(s, i)) {
			hex_decode(str_from_to(s, i, i + 2), &c, 1);
			i += 2;
		}
		uri_put(b, (str){ &c, 1 }, flavour);
	}
}

static void put_normalized(struct arena *a, struct buf *b, str path)
{
	size_t most = 1, n = 0;
	bool ends_in_slash = path.n && path.p[path.n - 1] == '/';
	str *segments, rest = path;

	for (size_t i = 0; i < path.n; i++)
		most += path.p[i] == '/';
	segments = arena_array(a, str, most);
	while (rest.p) {
		str segment = str_cut(&rest, '/');

		if (str_eq(segment, STR("..")))
			n -= n > 0;
		else if (segment.n && !str_eq(segment, STR(".")))
			segments[n++] = segment;
	}
	for (size_t i = 0; i < n; i++) {
		buf_putc(b, '/');
		uri_put(b, segments[i], URI_COMPONENT);
	}
	if (n == 0 || ends_in_slash)
		buf_putc(b, '/');
}

static void put_path(struct arena *a, struct buf *b, const struct canonical *c)
{
	str path = c->request->path;

	if (!path.n || str_eq(path, STR("/")))
		buf_putc(b, '/');
	else if (c->path_as_sent)
		buf_put(b, path);
	else if (c->s3 || path.p[0] != '/')
		put_recoded(b, path, URI_PATH);
	else
		put_normalized(a, b, path);
}

struct pair {
	str name, value;
};

/* By name, then by value. Not by the joined text: '-', '.' and digits sort before '='. */
static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : str_cmp(x->value, y->value);
}

static str recoded(struct buf *scratch, str s)
{
	size_t from = scratch->n;

	put_recoded(scratch, s, URI_COMPONENT);
	return (str){ scratch->p + from, scratch->n - from };
}

static void put_query(struct arena *a, struct buf *b, const struct canonical *c)
{
	str rest = c->request->query;
	size_t most = 1, n = 0;
	struct pair *pairs;
	struct buf scratch;

	if (!rest.n)
		return;
	for (size_t i = 0; i < rest.n; i++)
		most += rest.p[i] == '&';
	pairs = arena_array(a, struct pair, most);
	/* Reserved whole, because the pairs point into it. */
	buf_init(&scratch, a, 3 * rest.n);
	buf_reserve(&scratch, 3 * rest.n);
	while (rest.p) {
		str value = str_cut(&rest, '&'), name;

		if (!value.n)
			continue;
		name = str_cut(&value, '=');
		if (c->presigned && str_eq(name, STR("X-Amz-Signature")))
			continue;
		pairs[n++] = (struct pair){ recoded(&scratch, name), recoded(&scratch, value) };
	}
	qsort(pairs, n, sizeof(*pairs), compare_pairs);
	for (size_t i = 0; i < n; i++) {
		bool hide = c->hide_tokens && str_eq(pairs[i].name, STR("X-Amz-Security-Token"));

		if (i)
			buf_putc(b, '&');
		buf_put(b, pairs[i].name);
		buf_putc(b, '=');
		buf_put(b, hide ? HIDDEN : pairs[i].value);
	}
}

/* Without white space at its ends and with one space for each run inside. */
static void put_value(struct buf *b, str value)
{
	size_t i = 0;

	value = str_trim(value);
	while (i < value.n) {
		size_t from = i;

		while (i < value.n && !ascii_is_space(value.p[i]))
			i++;
		buf_put(b, str_from_to(value, from, i));
		if (i == value.n)
			break;
		buf_putc(b, ' ');
		while (ascii_is_space(value.p[i]))
			i++;
	}
}

static void put_lower(struct buf *b, str name)
{
	for (size_t i = 0; i < name.n; i++)
		buf_putc(b, ascii_lower(name.p[i]));
}

/* Headers of the same name are one line, their values in the order sent. A header that is said to
 * be signed but is not there has no line, so adding it later breaks the signature. */
static void put_header(struct buf *b, const struct canonical *c, str name)
{
	const struct request *r = c->request;
	bool hide = c->hide_tokens && str_eq_nocase(name, STR("x-amz-security-token"));
	bool first = true;

	for (size_t i = 0; i < r->header_count; i++) {
		const struct header *h = &r->headers[i];

		if (h->name.n != name.n || !str_eq_nocase(h->name, name))
			continue;
		if (first)
			put_lower(b, name);
		buf_putc(b, first ? ':' : ',');
		first = false;
		if (hide)
			buf_put(b, HIDDEN);
		else
			put_value(b, h->value);
	}
	if (!first)
		buf_putc(b, '\n');
}

bool canonical_request(struct arena *a, const struct canonical *c, str *ret)
{
	str names = c->signed_headers;
	struct buf b;

	buf_init(&b, a, CANONICAL_MAX);
	buf_reserve(&b, 1024); /* most stay below, so nothing is copied while it grows */
	buf_put(&b, c->request->method);
	buf_putc(&b, '\n');
	put_path(a, &b, c);
	buf_putc(&b, '\n');
	put_query(a, &b, c);
	buf_putc(&b, '\n');
	while (names.p)
		put_header(&b, c, str_cut(&names, ';'));
	buf_putc(&b, '\n');
	buf_put(&b, c->signed_headers);
	buf_putc(&b, '\n');
	buf_put(&b, c->payload_hash);
	if (b.overflow)
		return false;
	*ret = buf_str(&b);
	return true;
}
