/*
 * The only growing text. Its limit is given at init; appending past it does nothing but set
 * `overflow`, which is checked once, at the end. The text lives in the arena, or, with a NULL
 * arena, on the heap until buf_release. Never NUL-terminated; see buf_cstr.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t n, capacity, max;
	struct arena *arena;
	bool overflow;
};

void buf_init(struct buf *b, struct arena *a, size_t max);
void buf_release(struct buf *b);

void buf_put(struct buf *b, str s);
void buf_putc_slowly(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* n writable bytes at the end, not yet counted; NULL on overflow. */
char *buf_reserve(struct buf *b, size_t n);

/* In place while there is room: writers of XML and JSON put much of their text by the character. */
static inline void buf_putc(struct buf *b, char c)
{
	if (b->n + 1 < b->capacity && b->n < b->max && !b->overflow)
		b->p[b->n++] = c;
	else
		buf_putc_slowly(b, c);
}

static inline str buf_str(const struct buf *b)
{
	return (str){ b->p ? b->p : "", b->n };
}

const char *buf_cstr(struct buf *b); /* NUL-terminated until the next append */

#endif
