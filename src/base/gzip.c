#include "base/gzip.h"

#include "base/buf.h"

#include <zlib.h>

enum {
	GZIP_WINDOW = 15 + 16, /* zlib's way to ask for a gzip header */
	MEMORY_LEVEL = 8,
	PIECE = 16 * 1024,
};

bool gzip_pack(struct arena *a, str text, str *ret)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)text.p,
		       .avail_in = (unsigned)text.n,
		       .avail_out = (unsigned)text.n };
	char *out;
	int code;

	if (text.n > UINT32_MAX || deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW,
	                                        MEMORY_LEVEL, Z_DEFAULT_STRATEGY))
		return false;
	out = arena_alloc(a, text.n + 1);
	z.next_out = (unsigned char *)out;
	code = deflate(&z, Z_FINISH);
	deflateEnd(&z);
	if (code != Z_STREAM_END)
		return false;
	*ret = (str){ out, z.total_out };
	return true;
}

static bool inflate_all(z_stream *z, struct buf *out)
{
	int code;

	do {
		char *place = buf_reserve(out, MIN((size_t)PIECE, out->max - out->n));

		if (!place || out->n == out->max)
			return false;
		z->next_out = (unsigned char *)place;
		z->avail_out = (unsigned)MIN((size_t)PIECE, out->max - out->n);
		out->n += z->avail_out;
		code = inflate(z, Z_NO_FLUSH);
		out->n -= z->avail_out;
	} while (code == Z_OK);
	return code == Z_STREAM_END && z->avail_in == 0;
}

bool gzip_unpack(struct arena *a, str packed, size_t max, str *ret)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed.p,
		       .avail_in = (unsigned)packed.n };
	struct buf out;
	bool is_whole;

	if (packed.n > UINT32_MAX || inflateInit2(&z, GZIP_WINDOW))
		return false;
	/* One more byte of room, so that a text of just `max` comes to its end. */
	buf_init(&out, a, max + 1);
	is_whole = inflate_all(&z, &out);
	inflateEnd(&z);
	if (!is_whole || out.n > max)
		return false;
	*ret = buf_str(&out);
	return true;
}
