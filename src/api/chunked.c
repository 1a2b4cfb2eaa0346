#include "api/chunked.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"

#include <assert.h>

enum { CHUNK_MIN = 8192 };

#define EMPTY_SHA256 STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

enum state {
	AT_SIZE, /* in the line before a chunk */
	IN_DATA,
	AFTER_DATA,  /* in the empty line behind it */
	IN_TRAILERS, /* in a line behind the last chunk */
	FINISHED,
};

struct chunked {
	struct arena *arena;
	const struct sigv4 *sigv4;
	chunked_sink *sink;
	void *app;
	bool is_signed, has_trailers;

	enum state state;
	char line[LIMIT_CHUNK_HEADER];
	size_t line_size;

	int64_t chunks, chunk_size;         /* how many came; of the one under way */
	uint64_t left;                      /* of its data */
	struct digest *hash;                /* of its data */
	char signature[LIMIT_CHUNK_HEADER]; /* said to be its */
	size_t signature_size;
	char previous[2 *
	              SHA256_SIZE]; /* the signature before: of the request, then of each chunk */
	struct buf string_to_sign;  /* one for all chunks, so that memory does not grow with them */
	int64_t length, received;

	struct header *trailers;
	size_t trailer_count, trailer_capacity;
	struct buf canonical_trailers; /* its size is that of all trailers */
	str trailer_signature;         /* absent until it comes */

	const struct refusal *refusal;
};

static const struct refusal *terminated(struct chunked *c)
{
	return refuse(c->arena, 400, "IncompleteBody", "The request body terminated unexpectedly");
}

static const struct refusal *wrong_length(struct chunked *c, int64_t provided)
{
	struct refusal *r = refuse(c->arena, 400, "IncompleteBody",
	                           "You did not provide the number of bytes specified by the "
	                           "Content-Length HTTP header");

	refusal_with_number(c->arena, r, "NumberBytesExpected", c->length);
	return refusal_with_number(c->arena, r, "NumberBytesProvided", provided);
}

static const struct refusal *malformed_trailer(struct chunked *c)
{
	return refuse(c->arena, 400, "MalformedTrailerError",
	              "The request contained trailing data that was not well-formed or did not "
	              "conform to our published schema.");
}

static void drop_hash(void *ptr)
{
	struct chunked *c = ptr;

	digest_free(c->hash);
	c->hash = NULL;
}

const struct refusal *chunked_begin(struct arena *a, const struct sigv4 *s, chunked_sink *sink,
                                    void *app, struct chunked **ret)
{
	str length = request_header(s->request, STR("x-amz-decoded-content-length"));
	struct refusal *r;
	struct chunked *c;
	int64_t n;

	assert(s->payload >= SIGV4_PAYLOAD_CHUNKS);
	if (!length.p)
		return refuse(a, 411, "MissingContentLength",
		              "You must provide the Content-Length HTTP header.");
	if (!str_to_i64(length, &n) || n < 0) {
		r = refuse(a, 400, "InvalidArgument",
		           "x-amz-decoded-content-length must be a number of bytes.");
		refusal_with(r, "ArgumentName", STR("x-amz-decoded-content-length"));
		return refusal_with(r, "ArgumentValue", refusal_excerpt(length));
	}

	c = arena_new(a, struct chunked);
	c->arena = a;
	c->sigv4 = s;
	c->sink = sink;
	c->app = app;
	c->is_signed = s->payload != SIGV4_PAYLOAD_UNSIGNED_TRAILER;
	c->has_trailers = s->payload != SIGV4_PAYLOAD_CHUNKS;
	c->length = n;
	/* A verified signature is 64 hex digits; the chain goes on with small ones. */
	assert(s->signature.n == sizeof(c->previous));
	for (size_t i = 0; i < sizeof(c->previous); i++)
		c->previous[i] = ascii_lower(s->signature.p[i]);
	buf_init(&c->string_to_sign, a, LIMIT_REQUEST_HEAD);
	buf_init(&c->canonical_trailers, a, LIMIT_TRAILERS);
	arena_defer(a, drop_hash, c);
	*ret = c;
	return NULL;
}

int64_t chunked_length(const struct chunked *c)
{
	return c->length;
}

str chunked_trailer(const struct chunked *c, str name)
{
	for (size_t i = c->trailer_count; i-- > 0;) /* of several the last counts */
		if (str_eq_nocase(c->trailers[i].name, name))
			return c->trailers[i].value;
	return STR_NULL;
}

static struct buf *begin_string(struct chunked *c, str kind)
{
	struct buf *b = &c->string_to_sign;

	b->n = 0;
	buf_put(b, kind);
	buf_putc(b, '\n');
	buf_put(b, c->sigv4->timestamp);
	buf_putc(b, '\n');
	buf_put(b, c->sigv4->scope);
	buf_putc(b, '\n');
	buf_put(b, (str){ c->previous, sizeof(c->previous) });
	buf_putc(b, '\n');
	return b;
}

/* Compares with the signature of the string, which becomes the one before. */
static const struct refusal *check_signature(struct chunked *c, str signature)
{
	unsigned char wanted[SHA256_SIZE], sent[SHA256_SIZE];
	str key = { (const char *)c->sigv4->key, SHA256_SIZE };
	str string_to_sign = buf_str(&c->string_to_sign);

	hmac_sha256(key, string_to_sign, wanted);
	hex_to(c->previous, wanted, sizeof(wanted));
	if (hex_decode(signature, sent, sizeof(sent)) &&
	    secret_eq((str){ (const char *)wanted, sizeof(wanted) },
	              (str){ (const char *)sent, sizeof(sent) }))
		return NULL;
	return sigv4_mismatch(c->arena, c->sigv4, string_to_sign, signature);
}

static const struct refusal *check_chunk(struct chunked *c)
{
	unsigned char hash[SHA256_SIZE];
	struct digest *digest = c->hash;
	struct buf *b;

	if (!c->is_signed)
		return NULL;
	c->hash = NULL;
	digest_finish(digest, hash);
	b = begin_string(c, STR("AWS4-HMAC-SHA256-PAYLOAD"));
	buf_put(b, EMPTY_SHA256);
	buf_putc(b, '\n');
	hex_put(b, (str){ (const char *)hash, sizeof(hash) });
	return check_signature(c, (str){ c->signature, c->signature_size });
}

static bool parse_size(str text, uint64_t *ret)
{
	uint64_t size = 0;

	if (text.n < 1 || text.n > 15)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = ascii_lower(text.p[i]);

		if (!ascii_is_hex(c))
			return false;
		size = size << 4 | (uint64_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	*ret = size;
	return true;
}

/* "400;chunk-signature=0055627c…"; S3 takes spaces around each part, and signatures of any length. */
static bool parse_chunk_line(struct chunked *c, str line)
{
	str size = str_trim(str_cut(&line, ';')), name;

	if (!parse_size(size, &c->left))
		return false;
	if (!c->is_signed)
		return !line.p;
	name = str_trim(str_cut(&line, '='));
	line = str_trim(line);
	if (!str_eq(name, STR("chunk-signature")) || !line.n || str_find(line, ';', 0) >= 0)
		return false;
	memcpy(c->signature, line.p, line.n);
	c->signature_size = line.n;
	return true;
}

static const struct refusal *begin_chunk(struct chunked *c, str line)
{
	int64_t before = c->chunk_size;
	struct refusal *r;

	if (!parse_chunk_line(c, line))
		return terminated(c);
	c->chunk_size = (int64_t)c->left;
	c->chunks++;
	/* S3 names the number of this chunk and the size of the one before. */
	if (c->chunks > 1 && c->left && before < CHUNK_MIN) {
		r = refuse(c->arena, 403, "InvalidChunkSizeError",
		           "Only the last chunk is allowed to have a size less than 8192 bytes");
		refusal_with_number(c->arena, r, "Chunk", c->chunks);
		return refusal_with_number(c->arena, r, "BadChunkSize", before);
	}
	if (c->chunk_size > c->length - c->received)
		return wrong_length(c, c->received + c->chunk_size);
	if (c->is_signed)
		c->hash = digest_new(DIGEST_SHA256);
	if (c->left) {
		c->state = IN_DATA;
		return NULL;
	}
	c->state = IN_TRAILERS;
	return check_chunk(c);
}

/* The names that x-amz-trailer announces, one by one; absent after the last. */
static str next_announced(str *rest)
{
	while (rest->p) {
		str name = str_trim(str_cut(rest, ','));

		if (name.n)
			return name;
	}
	return STR_NULL;
}

static bool is_announced(const struct chunked *c, str name)
{
	str rest = request_header(c->sigv4->request, STR("x-amz-trailer")), announced;

	while (announced = next_announced(&rest), announced.p)
		if (str_eq_nocase(announced, name))
			return true;
	return false;
}

static const struct refusal *take_trailer(struct chunked *c, str line)
{
	str value = line, name = str_trim(str_cut(&value, ':'));
	struct buf *b = &c->canonical_trailers;
	size_t from = b->n;

	if (!value.p || !name.n)
		return malformed_trailer(c);
	value = str_trim(value);
	if (c->is_signed && str_eq_nocase(name, STR("x-amz-trailer-signature"))) {
		c->trailer_signature = arena_str(c->arena, value);
		return NULL;
	}
	if (c->trailer_signature.p || !is_announced(c, name))
		return malformed_trailer(c);
	for (size_t i = 0; i < name.n; i++)
		buf_putc(b, ascii_lower(name.p[i]));
	buf_putc(b, ':');
	buf_put(b, value);
	buf_putc(b, '\n');
	if (b->overflow)
		return malformed_trailer(c);
	if (c->trailer_count == c->trailer_capacity)
		c->trailers = arena_grow(c->arena, c->trailers, &c->trailer_capacity,
		                         sizeof(*c->trailers));
	line = arena_str(c->arena, str_from_to(buf_str(b), from, b->n - 1));
	c->trailers[c->trailer_count].name = str_from_to(line, 0, name.n);
	c->trailers[c->trailer_count++].value = str_after(line, name.n + 1);
	return NULL;
}

static const struct refusal *check_trailer_signature(struct chunked *c)
{
	unsigned char hash[SHA256_SIZE];
	struct buf *b;

	if (!c->trailer_signature.p || !c->trailer_count)
		return terminated(c);
	digest_of(DIGEST_SHA256, buf_str(&c->canonical_trailers), hash);
	b = begin_string(c, STR("AWS4-HMAC-SHA256-TRAILER"));
	hex_put(b, (str){ (const char *)hash, sizeof(hash) });
	return check_signature(c, c->trailer_signature);
}

static const struct refusal *finish(struct chunked *c)
{
	str rest = request_header(c->sigv4->request, STR("x-amz-trailer")), name;
	const struct refusal *r;

	c->state = FINISHED;
	if (c->received != c->length)
		return wrong_length(c, c->received);
	if (c->is_signed && c->has_trailers) {
		r = check_trailer_signature(c);
		if (r)
			return r;
	}
	while (name = next_announced(&rest), name.p)
		if (!chunked_trailer(c, name).p)
			return malformed_trailer(c);
	return NULL;
}

static const struct refusal *take_line(struct chunked *c, str line)
{
	switch (c->state) {
	case AT_SIZE:
		return begin_chunk(c, line);
	case AFTER_DATA:
		c->state = AT_SIZE;
		return line.n ? terminated(c) : NULL;
	case IN_TRAILERS:
		if (!line.n)
			return finish(c);
		return c->has_trailers ? take_trailer(c, line) : terminated(c);
	default:
		return NULL;
	}
}

/* Adds to the line until it ends in CR LF; a piece may end between the two. */
static const struct refusal *feed_line(struct chunked *c, str *piece)
{
	ptrdiff_t end = str_find(*piece, '\n', 0);
	size_t n = end < 0 ? piece->n : (size_t)end + 1;
	str line;

	if (n > sizeof(c->line) - c->line_size)
		return terminated(c);
	memcpy(c->line + c->line_size, piece->p, n);
	c->line_size += n;
	*piece = str_after(*piece, n);
	if (end < 0)
		return NULL;
	line = (str){ c->line, c->line_size };
	c->line_size = 0;
	if (!str_ends(line, STR("\r\n")))
		return terminated(c);
	return take_line(c, str_from_to(line, 0, line.n - 2));
}

static const struct refusal *feed_data(struct chunked *c, str *piece)
{
	str bytes = str_from_to(*piece, 0, (size_t)MIN(c->left, piece->n));

	*piece = str_after(*piece, bytes.n);
	if (c->is_signed)
		digest_update(c->hash, bytes);
	c->left -= bytes.n;
	c->received += (int64_t)bytes.n;
	c->sink(c->app, bytes);
	if (c->left)
		return NULL;
	c->state = AFTER_DATA;
	return check_chunk(c);
}

const struct refusal *chunked_feed(struct chunked *c, str piece)
{
	while (!c->refusal && piece.n && c->state != FINISHED)
		c->refusal = c->state == IN_DATA ? feed_data(c, &piece) : feed_line(c, &piece);
	return c->refusal;
}

const struct refusal *chunked_end(struct chunked *c)
{
	if (c->refusal || c->state == FINISHED)
		return c->refusal;
	if (c->state == IN_TRAILERS && !c->line_size)
		c->refusal = finish(c);
	else
		c->refusal = terminated(c);
	return c->refusal;
}
