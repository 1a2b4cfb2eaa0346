#include "services/dynamodb/throttle.h"

#include <pthread.h>

enum {
	BUCKETS = 1024, /* a space beyond that takes the place of another, which begins anew */
	BURST_SECONDS = 300,
};

struct bucket {
	int64_t space; /* 0: free; numbers of spaces are never given twice */
	int64_t at;    /* when it was last filled */
	double left;
};

/* One for each kind; handlers of all threads draw from them. */
static struct bucket buckets[2][BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Filled up to now. */
static struct bucket *bucket_of(enum throttle_kind kind, int64_t space, int64_t units, int64_t now)
{
	struct bucket *b = &buckets[kind][space % BUCKETS];

	if (b->space != space)
		*b = (struct bucket){ .space = space, .at = now, .left = (double)units };
	if (now > b->at) {
		b->left += (double)units * (double)(now - b->at) / 1000;
		b->left = MIN(b->left, (double)(units * BURST_SECONDS));
	}
	b->at = now;
	return b;
}

static bool has_left(enum throttle_kind kind, int64_t space, int64_t units, int64_t now)
{
	return bucket_of(kind, space, units, now)->left > 0;
}

static bool is_held(const struct call *c, const struct table *t)
{
	return call_throttles(c) && t->billing_mode == BILLING_PROVISIONED;
}

static int64_t units_of(enum throttle_kind kind, int64_t read_units, int64_t write_units)
{
	return kind == THROTTLE_READ ? read_units : write_units;
}

static bool indexes_admit_write(const struct table *t, int64_t now)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].is_global &&
		    !has_left(THROTTLE_WRITE, t->indexes[i].space, t->indexes[i].write_units, now))
			return false;
	return true;
}

bool throttle_admits(struct call *c, const struct table *t, const struct index *index,
                     enum throttle_kind kind)
{
	bool admits;

	if (!is_held(c, t))
		return true;
	pthread_mutex_lock(&lock);
	if (index && index->is_global)
		admits = has_left(kind, index->space,
		                  units_of(kind, index->read_units, index->write_units), c->now);
	else
		admits = has_left(kind, t->space, units_of(kind, t->read_units, t->write_units),
		                  c->now);
	if (admits && kind == THROTTLE_WRITE)
		admits = indexes_admit_write(t, c->now);
	pthread_mutex_unlock(&lock);
	return admits;
}

err throttle_admit(struct call *c, const struct table *t, const struct index *index,
                   enum throttle_kind kind)
{
	if (throttle_admits(c, t, index, kind))
		return NULL;
	return fail(c, &dynamodb_provisioned_throughput_exceeded_exception,
	            "The level of configured provisioned throughput for %s was exceeded. Consider "
	            "increasing your provisioning level with the UpdateTable API.",
	            index && index->is_global ? "one or more global secondary indexes of the table"
	                                      : "the table");
}

/* A local index draws from its table. */
static void spend(enum throttle_kind kind, const struct capacity *spent, int64_t now)
{
	const struct table *t = spent->table;
	bool is_read = kind == THROTTLE_READ;
	double of_table = is_read ? spent->table_read : spent->table_write;

	for (size_t i = 0; i < t->index_count; i++) {
		const struct index *index = &t->indexes[i];
		double units = is_read ? spent->index_read[i] : spent->index_write[i];

		if (!index->is_global)
			of_table += units;
		else if (units > 0)
			bucket_of(kind, index->space,
			          units_of(kind, index->read_units, index->write_units), now)
				->left -= units;
	}
	if (of_table > 0)
		bucket_of(kind, t->space, units_of(kind, t->read_units, t->write_units), now)
			->left -= of_table;
}

void throttle_spend(struct call *c, const struct capacity *spent)
{
	if (!is_held(c, spent->table))
		return;
	pthread_mutex_lock(&lock);
	spend(THROTTLE_READ, spent, c->now);
	spend(THROTTLE_WRITE, spent, c->now);
	pthread_mutex_unlock(&lock);
}
