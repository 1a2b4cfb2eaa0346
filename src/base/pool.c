/*
 * One lock, one queue. A thread that has been idle for IDLE_SECONDS ends; because a thread should be
 * joined, it leaves its id in `ended` for the next one that ends, or for pool_free, to join.
 */
#include "base/pool.h"

#include "base/arena.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#undef free

enum { IDLE_SECONDS = 10 };

/* Sanitizers make frames several times larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STACK = 2 * 1024 * 1024 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
enum { STACK = 2 * 1024 * 1024 };
#else
enum { STACK = 256 * 1024 };
#endif
#else
enum { STACK = 256 * 1024 };
#endif

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work_came, thread_ended;
	struct pool_work *first, **last;
	int waiting, max_waiting;
	int threads, max_threads, idle;
	bool closing;
	bool has_ended;
	pthread_t ended; /* if has_ended: not yet joined */
};

struct pool *pool_new(int threads, int max_waiting)
{
	struct pool *p = xcalloc(1, sizeof(*p));
	pthread_condattr_t monotonic;

	p->last = &p->first;
	p->max_threads = threads;
	p->max_waiting = max_waiting;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->work_came, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_cond_init(&p->thread_ended, NULL);
	return p;
}

/* Waits for work; NULL when the thread should end. Called with the lock held. */
static struct pool_work *take_work(struct pool *p)
{
	struct pool_work *work;
	struct timespec until;
	int e = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDLE_SECONDS;
	p->idle++;
	while (!p->first && !p->closing && e != ETIMEDOUT)
		e = pthread_cond_timedwait(&p->work_came, &p->lock, &until);
	p->idle--;
	work = p->first;
	if (!work)
		return NULL;
	p->first = work->next;
	if (!p->first)
		p->last = &p->first;
	p->waiting--;
	return work;
}

static void *run_thread(void *arg)
{
	struct pool *p = arg;
	struct pool_work *work;
	bool has_before;
	pthread_t before;

	pthread_mutex_lock(&p->lock);
	while ((work = take_work(p))) {
		pthread_mutex_unlock(&p->lock);
		work->run(work);
		pthread_mutex_lock(&p->lock);
	}
	has_before = p->has_ended;
	before = p->ended;
	p->has_ended = true;
	p->ended = pthread_self();
	p->threads--;
	pthread_cond_signal(&p->thread_ended);
	pthread_mutex_unlock(&p->lock);
	if (has_before)
		pthread_join(before, NULL);
	return NULL;
}

static bool start_thread(struct pool *p)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int e;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	e = pthread_create(&thread, &attributes, run_thread, p);
	pthread_attr_destroy(&attributes);
	if (e == 0)
		p->threads++;
	return e == 0;
}

bool pool_submit(struct pool *p, struct pool_work *work)
{
	bool accepted;

	pthread_mutex_lock(&p->lock);
	assert(!p->closing);
	accepted = p->waiting < p->max_waiting;
	if (accepted && p->idle <= p->waiting && p->threads < p->max_threads)
		accepted = start_thread(p) || p->threads > 0;
	if (accepted) {
		work->next = NULL;
		*p->last = work;
		p->last = &work->next;
		p->waiting++;
		pthread_cond_signal(&p->work_came);
	}
	pthread_mutex_unlock(&p->lock);
	return accepted;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->work_came);
	while (p->threads > 0)
		pthread_cond_wait(&p->thread_ended, &p->lock);
	pthread_mutex_unlock(&p->lock);
	if (p->has_ended)
		pthread_join(p->ended, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work_came);
	pthread_cond_destroy(&p->thread_ended);
	free(p);
}
