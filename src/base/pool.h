/*
 * Threads for what waits: an fsync, a call to another program. Threads start when work is waiting
 * and none is idle, up to `threads`, and end after a while without work.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/base.h"

struct pool;

struct pool_work {
	void (*run)(struct pool_work *work); /* may free the work */
	struct pool_work *next;              /* the pool's */
};

struct pool *pool_new(int threads, int max_waiting);
void pool_free(struct pool *p); /* finishes what is queued, joins */

/* The work must stay alive until it runs. False when too much is waiting already. */
bool pool_submit(struct pool *p, struct pool_work *work) MUST_CHECK;

#endif
