#include "base/buf.h"

#undef free

void buf_init(struct buf *b, struct arena *a, size_t max)
{
	*b = (struct buf){ .arena = a, .max = max };
}

void buf_release(struct buf *b)
{
	if (!b)
		return;
	if (!b->arena)
		free(b->p);
	buf_init(b, b->arena, b->max);
}

static void set_capacity(struct buf *b, size_t capacity)
{
	char *grown;

	if (!b->arena) {
		b->p = xrealloc(b->p, capacity);
	} else if (!arena_extend(b->arena, b->p, b->capacity, capacity)) {
		grown = arena_alloc_raw(b->arena, capacity);
		if (b->n)
			memcpy(grown, b->p, b->n);
		b->p = grown;
	}
	b->capacity = capacity;
}

/* Room for n more bytes and for buf_cstr's NUL. */
static bool make_room(struct buf *b, size_t n)
{
	if (b->overflow || n > b->max - b->n) {
		b->overflow = true;
		return false;
	}
	if (n >= b->capacity - b->n)
		set_capacity(b, MAX(MAX(b->capacity * 2, 256), b->n + n + 1));
	return true;
}

void buf_put(struct buf *b, str s)
{
	if (!s.n || !make_room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_putc_slowly(struct buf *b, char c)
{
	if (make_room(b, 1))
		b->p[b->n++] = c;
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int n;

	if (!make_room(b, 0))
		return;
	va_copy(again, args);
	n = vsnprintf(b->p + b->n, b->capacity - b->n, format, args);
	if (n > 0 && make_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, b->capacity - b->n, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

char *buf_reserve(struct buf *b, size_t n)
{
	return make_room(b, n) ? b->p + b->n : NULL;
}

const char *buf_cstr(struct buf *b)
{
	if (b->capacity <= b->n)
		set_capacity(b, b->n + 1);
	b->p[b->n] = '\0';
	return b->p;
}
