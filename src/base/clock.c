#include "base/clock.h"

#include <stdatomic.h>

static _Atomic int64_t moved_by; /* milliseconds that clock_now is ahead of the machine */

int64_t clock_wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return clock_wall() + atomic_load_explicit(&moved_by, memory_order_relaxed);
}

void clock_set(int64_t milliseconds)
{
	atomic_store(&moved_by, milliseconds - clock_wall());
}

void clock_reset(void)
{
	atomic_store(&moved_by, 0);
}
