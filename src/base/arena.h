/*
 * Memory that lives as long as a request and is dropped whole.
 *
 * Allocation never fails: out of memory ends the process with one message. Memory is zeroed
 * unless asked for raw, and aligned for any type. An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/base.h"

struct arena_block;
struct arena_cleanup;

struct arena {
	char *next, *end;           /* free part of the newest block */
	struct arena_block *blocks; /* newest first */
	struct arena_cleanup *cleanups;
	size_t total; /* bytes asked of malloc */
};

/* An arena may live in any memory; a zeroed one is empty and ready. Release runs the deferred
 * functions, newest first, then frees the memory; the arena is then empty and ready again. */
void arena_init(struct arena *a);
void arena_release(struct arena *a);

void *arena_alloc(struct arena *a, size_t n);
void *arena_alloc_array(struct arena *a, size_t count, size_t size); /* dies on overflow */
#define arena_new(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc_array((a), (count), sizeof(type)))

/* Grows an array whose `*capacity` elements are all in use, at least doubling it; returns the new
 * place, with the old contents. In place when it is the arena's newest allocation. */
void *arena_grow(struct arena *a, void *array, size_t *capacity, size_t size);

/* Of any content, for a caller that writes all of it. */
void *arena_alloc_raw(struct arena *a, size_t n);

/* Makes an allocation of n bytes `wanted` bytes long without moving it, which works only for the
 * arena's newest one and within its block; false otherwise. The new bytes are of any content. */
bool arena_extend(struct arena *a, void *p, size_t n, size_t wanted);

/* Copies into the arena. A copy of an absent str is absent; `arena_cstr` adds a NUL, so the text
 * must not contain one that matters. */
str arena_str(struct arena *a, str s);
char *arena_cstr(struct arena *a, str s);
str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
str arena_decimal(struct arena *a, int64_t value); /* a fraction of what printf takes */
str arena_join(struct arena *a, str first, str second);

/* Calls fn(ptr) at release: for a file or a handle that lives with the request. */
void arena_defer(struct arena *a, void (*fn)(void *ptr), void *ptr);

/* malloc that does not fail, for the few objects that are owned rather than in an arena. */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);

#endif
