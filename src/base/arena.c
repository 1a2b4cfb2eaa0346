/*
 * An arena is a list of blocks, each a malloc, filled from the front. The first is 4 KiB, which most
 * requests never outgrow; each further one is twice the size, up to 64 KiB, so a large request costs
 * few mallocs. What does not fit a quarter of a block gets a block of its own, put behind the newest
 * one, whose free part stays in use.
 *
 * Memory is zeroed when handed out, not when the block is made: most of a block is never used, and what a
 * text is copied into need not be.
 *
 * Under AddressSanitizer the free part of a block is poisoned, and so is the gap that alignment
 * leaves behind an allocation, so running past one's end is found as it would be with malloc.
 */
#include "base/arena.h"

#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONS 1
#endif
#endif

#ifdef POISONS
#include <sanitizer/asan_interface.h>
#define poison(p, n)   __asan_poison_memory_region((p), (n))
#define unpoison(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define poison(p, n)   ((void)0)
#define unpoison(p, n) ((void)0)
#endif

#undef malloc
#undef calloc
#undef realloc
#undef free

enum { ALIGNMENT = 16, FIRST_BLOCK = 4 * 1024, LARGEST_BLOCK = 64 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t size; /* of the whole malloc */
	_Alignas(ALIGNMENT) char data[];
};

struct arena_cleanup {
	struct arena_cleanup *older;
	void (*fn)(void *ptr);
	void *ptr;
};

static NORETURN void die(const char *message)
{
	if (write(STDERR_FILENO, message, strlen(message)) < 0)
		_exit(71);
	_exit(70);
}

static NORETURN void out_of_memory(void)
{
	die("menagerie: out of memory\n");
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (!p)
		out_of_memory();
	return p;
}

static size_t round_up(size_t n)
{
	return (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static struct arena_block *block_new(struct arena *a, size_t size)
{
	struct arena_block *block = xmalloc(size);

	block->size = size;
	a->total += size;
	poison(block->data, size - sizeof(*block));
	return block;
}

/* The block of an allocation of n rounded bytes, which the newest block has no room for. */
static char *alloc_slowly(struct arena *a, size_t n)
{
	struct arena_block *newest = a->blocks;
	size_t size = FIRST_BLOCK;
	struct arena_block *block;

	if (newest)
		size = MIN(MAX(newest->size * 2, FIRST_BLOCK), LARGEST_BLOCK);
	if (n > size / 4) {
		block = block_new(a, sizeof(*block) + n);
		if (newest) {
			block->older = newest->older;
			newest->older = block;
		} else {
			block->older = NULL;
			a->blocks = block;
			a->next = a->end = block->data + n;
		}
		return block->data;
	}
	block = block_new(a, size);
	block->older = newest;
	a->blocks = block;
	a->next = block->data + n;
	a->end = (char *)block + size;
	return block->data;
}

void arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

void arena_release(struct arena *a)
{
	if (!a)
		return;
	while (a->cleanups) {
		struct arena_cleanup *cleanup = a->cleanups;

		a->cleanups = cleanup->older;
		cleanup->fn(cleanup->ptr);
	}
	for (struct arena_block *block = a->blocks; block;) {
		struct arena_block *older = block->older;

		unpoison(block->data, block->size - sizeof(*block));
		free(block);
		block = older;
	}
	arena_init(a);
}

void *arena_alloc_raw(struct arena *a, size_t n)
{
	size_t rounded;
	char *p;

	if (n > PTRDIFF_MAX - 2 * sizeof(struct arena_block))
		out_of_memory();
	rounded = n ? round_up(n) : ALIGNMENT;
	if (rounded <= (size_t)(a->end - a->next)) {
		p = a->next;
		a->next += rounded;
	} else {
		p = alloc_slowly(a, rounded);
	}
	unpoison(p, n);
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(arena_alloc_raw(a, n), 0, n);
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		out_of_memory();
	return arena_alloc(a, n);
}

bool arena_extend(struct arena *a, void *p, size_t n, size_t wanted)
{
	char *start = p;

	assert(wanted >= n);
	if (!n || start + round_up(n) != a->next || wanted > (size_t)(a->end - start) ||
	    round_up(wanted) > (size_t)(a->end - start))
		return false;
	a->next = start + round_up(wanted);
	unpoison(start, wanted);
	return true;
}

void *arena_grow(struct arena *a, void *array, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 8;
	size_t old_bytes = *capacity * size;
	size_t bytes;
	void *grown;

	if (__builtin_mul_overflow(more, size, &bytes))
		out_of_memory();
	if (!arena_extend(a, array, old_bytes, bytes)) {
		grown = arena_alloc_raw(a, bytes);
		if (old_bytes)
			memcpy(grown, array, old_bytes);
		array = grown;
	}
	memset((char *)array + old_bytes, 0, bytes - old_bytes);
	*capacity = more;
	return array;
}

str arena_str(struct arena *a, str s)
{
	char *copy;

	if (!s.p)
		return s;
	copy = arena_alloc_raw(a, s.n);
	memcpy(copy, s.p, s.n);
	return (str){ copy, s.n };
}

char *arena_cstr(struct arena *a, str s)
{
	char *copy = arena_alloc_raw(a, s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

str arena_printf(struct arena *a, const char *format, ...)
{
	char small[256];
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	assert(n >= 0);
	if ((size_t)n < sizeof(small))
		return arena_str(a, (str){ small, (size_t)n });

	text = arena_alloc(a, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return (str){ text, (size_t)n };
}

str arena_decimal(struct arena *a, int64_t value)
{
	char room[DECIMAL_MAX];

	return arena_str(a, str_decimal(value, room));
}

str arena_join(struct arena *a, str first, str second)
{
	char *text = arena_alloc_raw(a, first.n + second.n);

	if (first.n)
		memcpy(text, first.p, first.n);
	if (second.n)
		memcpy(text + first.n, second.p, second.n);
	return (str){ text, first.n + second.n };
}

void arena_defer(struct arena *a, void (*fn)(void *ptr), void *ptr)
{
	struct arena_cleanup *cleanup = arena_new(a, struct arena_cleanup);

	*cleanup = (struct arena_cleanup){ .older = a->cleanups, .fn = fn, .ptr = ptr };
	a->cleanups = cleanup;
}
