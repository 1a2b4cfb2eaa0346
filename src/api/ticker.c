/*
 * Background work: each service's tick, once a second, as a write of its own; then its work, turn by turn,
 * each a write of its own, so that whatever else waits for the writer goes in between.
 *
 * The thread waits on a condition rather than sleeping, so that it ends at once when told to and
 * ticks at once when the clock is set.
 */
#include "api/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

#include <pthread.h>

#undef free

struct ticker {
	struct store *store;
	const struct service *const *services;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int64_t wanted, done; /* rounds asked for with ticker_run_now, and rounds that have ended */
	bool ending;
};

struct tick {
	void (*run)(struct db *db, int64_t now);
	bool (*work)(struct db *db, int64_t now);
	int64_t now;
	bool is_more;
};

static bool run_tick(struct db *db, void *arg)
{
	struct tick *tick = arg;

	tick->run(db, tick->now);
	return true;
}

static void run(struct ticker *t, const struct service *s, void (*work)(struct db *db, int64_t now))
{
	struct tick tick = { .run = work, .now = clock_now() };

	if (work && store_write_wait(t->store, run_tick, &tick) != DB_OK)
		log_warn("tick failed", log_str("service", str_from(s->model->name)));
}

static bool run_turn(struct db *db, void *arg)
{
	struct tick *turn = arg;

	turn->is_more = turn->work(db, turn->now);
	return true;
}

static bool is_ending(struct ticker *t)
{
	bool ending;

	pthread_mutex_lock(&t->lock);
	ending = t->ending;
	pthread_mutex_unlock(&t->lock);
	return ending;
}

/* A turn that fails is tried again at the next round. */
static void work_through(struct ticker *t, const struct service *s)
{
	struct tick turn = { .work = s->work, .is_more = s->work != NULL };

	while (turn.is_more && !is_ending(t)) {
		turn.now = clock_now();
		turn.is_more = false;
		if (store_write_wait(t->store, run_turn, &turn) != DB_OK) {
			log_warn("work failed", log_str("service", str_from(s->model->name)));
			return;
		}
	}
}

static void tick_all(struct ticker *t)
{
	for (size_t i = 0; t->services[i]; i++)
		run(t, t->services[i], t->services[i]->tick);
	for (size_t i = 0; t->services[i]; i++)
		work_through(t, t->services[i]);
}

static void end_all(struct ticker *t)
{
	for (size_t i = 0; t->services[i]; i++)
		run(t, t->services[i], t->services[i]->ending);
}

static void wait_a_second(struct ticker *t)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	while (!t->ending && t->wanted == t->done)
		if (pthread_cond_timedwait(&t->changed, &t->lock, &until))
			return;
}

static void *ticker_thread(void *arg)
{
	struct ticker *t = arg;

	pthread_mutex_lock(&t->lock);
	while (!t->ending) {
		int64_t round = t->wanted;

		pthread_mutex_unlock(&t->lock);
		tick_all(t);
		pthread_mutex_lock(&t->lock);
		t->done = round;
		pthread_cond_broadcast(&t->changed);
		wait_a_second(t);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static bool anyone_ticks(const struct service *const *services)
{
	for (size_t i = 0; services[i]; i++)
		if (services[i]->tick || services[i]->work || services[i]->ending)
			return true;
	return false;
}

struct ticker *ticker_new(struct store *store, const struct service *const *services)
{
	struct ticker *t;
	pthread_condattr_t monotonic;

	if (!anyone_ticks(services))
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->store = store;
	t->services = services;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&t->thread, NULL, ticker_thread, t))
		abort();
	return t;
}

void ticker_free(struct ticker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	end_all(t);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void ticker_run_now(struct ticker *t)
{
	int64_t round;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	round = ++t->wanted;
	pthread_cond_broadcast(&t->changed);
	while (t->done < round && !t->ending)
		pthread_cond_wait(&t->changed, &t->lock);
	pthread_mutex_unlock(&t->lock);
}

void ticker_wake(struct ticker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->wanted++;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}
