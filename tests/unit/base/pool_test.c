#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

static _Atomic int done;

static void count_one(struct pool_work *work UNUSED)
{
	done++;
}

TEST(pool_runs_everything_before_it_is_freed)
{
	static struct pool_work works[1000];
	struct pool *p = pool_new(4, 1000);

	done = 0;
	for (size_t i = 0; i < ARRAY_LEN(works); i++) {
		works[i].run = count_one;
		expect(pool_submit(p, &works[i]));
	}
	pool_free(p);
	expect_int(done, 1000);
}

static pthread_barrier_t barrier;

static void meet(struct pool_work *work UNUSED)
{
	pthread_barrier_wait(&barrier);
	done++;
}

TEST(pool_starts_a_thread_for_each_work_that_waits)
{
	struct pool_work works[8];
	struct pool *p = pool_new(8, 100);

	done = 0;
	pthread_barrier_init(&barrier, NULL, 8); /* passes only when all eight run at once */
	for (size_t i = 0; i < ARRAY_LEN(works); i++) {
		works[i].run = meet;
		expect(pool_submit(p, &works[i]));
	}
	pool_free(p);
	pthread_barrier_destroy(&barrier);
	expect_int(done, 8);
}

TEST(pool_refuses_what_is_over_its_limit)
{
	struct pool_work blocker = { .run = meet }, waiting = { .run = count_one }, refused = { 0 };
	struct pool *p = pool_new(1, 1);

	done = 0;
	pthread_barrier_init(&barrier, NULL, 2);
	expect(pool_submit(p, &blocker));
	while (!pool_submit(p, &waiting)) { /* until the thread has taken the first */
	}
	expect(!pool_submit(p, &refused));
	pthread_barrier_wait(&barrier);
	pool_free(p);
	pthread_barrier_destroy(&barrier);
	expect_int(done, 2);
}

TEST(pool_without_work_ends)
{
	pool_free(pool_new(4, 4));
	pool_free(NULL);
}

TESTS({
	RUN(pool_runs_everything_before_it_is_freed),
	RUN(pool_starts_a_thread_for_each_work_that_waits),
	RUN(pool_refuses_what_is_over_its_limit),
	RUN(pool_without_work_ends),
})
