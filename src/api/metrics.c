#include "api/metrics.h"

#include "base/str.h"

#undef free

enum { ENTRIES = 1024, BUCKETS = 12 };

static const int64_t bounds[BUCKETS] = {
	100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 1000000, 5000000
}; /* microseconds */

/* One service, operation and status. Claimed once by a compare-and-swap of `state`, then only counted. */
struct entry {
	int state; /* 0 free, 1 being claimed, 2 in use */
	str service, operation;
	int status;
	int64_t count, microseconds, buckets[BUCKETS];
};

struct metrics {
	struct entry entries[ENTRIES];
	int64_t requests;
};

struct metrics *metrics_new(void)
{
	return xcalloc(1, sizeof(struct metrics));
}

void metrics_free(struct metrics *m)
{
	free(m);
}

static size_t hash(str service, str operation, int status)
{
	uint64_t h = 1469598103934665603ull ^ (uint64_t)status;

	for (size_t i = 0; i < service.n; i++)
		h = (h ^ (unsigned char)service.p[i]) * 1099511628211ull;
	for (size_t i = 0; i < operation.n; i++)
		h = (h ^ (unsigned char)operation.p[i]) * 1099511628211ull;
	return (size_t)(h % ENTRIES);
}

static bool is_entry(const struct entry *e, str service, str operation, int status)
{
	return e->status == status && str_eq(e->service, service) &&
	       str_eq(e->operation, operation);
}

/* NULL when the table is full; what it counts comes from tables of ours, so that takes a mistake. */
static struct entry *find(struct metrics *m, str service, str operation, int status)
{
	size_t at = hash(service, operation, status);

	for (size_t i = 0; i < ENTRIES; i++) {
		struct entry *e = &m->entries[(at + i) % ENTRIES];
		int state = 0;

		if (__atomic_compare_exchange_n(&e->state, &state, 1, false, __ATOMIC_ACQ_REL,
		                                __ATOMIC_ACQUIRE)) {
			e->service = service;
			e->operation = operation;
			e->status = status;
			__atomic_store_n(&e->state, 2, __ATOMIC_RELEASE);
			return e;
		}
		while (__atomic_load_n(&e->state, __ATOMIC_ACQUIRE) == 1)
			; /* three stores away from being ready */
		if (is_entry(e, service, operation, status))
			return e;
	}
	return NULL;
}

void metrics_count(struct metrics *m, str service, str operation, int status, int64_t microseconds)
{
	struct entry *e = find(m, service, operation, status);

	__atomic_add_fetch(&m->requests, 1, __ATOMIC_RELAXED);
	if (!e)
		return;
	__atomic_add_fetch(&e->count, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&e->microseconds, microseconds, __ATOMIC_RELAXED);
	for (size_t i = 0; i < BUCKETS; i++)
		if (microseconds <= bounds[i]) {
			__atomic_add_fetch(&e->buckets[i], 1, __ATOMIC_RELAXED);
			break;
		}
}

int64_t metrics_requests(const struct metrics *m)
{
	return __atomic_load_n(&m->requests, __ATOMIC_RELAXED);
}

static void print_labels(struct buf *out, const struct entry *e)
{
	buf_printf(out, "{service=\"%.*s\",operation=\"%.*s\",status=\"%d\"", STR_ARG(e->service),
	           STR_ARG(e->operation), e->status);
}

static bool in_use(const struct entry *e)
{
	return __atomic_load_n(&e->state, __ATOMIC_ACQUIRE) == 2;
}

static void print_histogram(struct buf *out, const struct entry *e)
{
	int64_t sum = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		sum += __atomic_load_n(&e->buckets[i], __ATOMIC_RELAXED);
		buf_put(out, STR("menagerie_request_seconds_bucket"));
		print_labels(out, e);
		buf_printf(out, ",le=\"%g\"} %lld\n", (double)bounds[i] / 1e6, (long long)sum);
	}
	buf_put(out, STR("menagerie_request_seconds_bucket"));
	print_labels(out, e);
	buf_printf(out, ",le=\"+Inf\"} %lld\n", (long long)e->count);
	buf_put(out, STR("menagerie_request_seconds_sum"));
	print_labels(out, e);
	buf_printf(out, "} %.6f\n", (double)e->microseconds / 1e6);
	buf_put(out, STR("menagerie_request_seconds_count"));
	print_labels(out, e);
	buf_printf(out, "} %lld\n", (long long)e->count);
}

void metrics_print(const struct metrics *m, struct buf *out)
{
	buf_put(out,
	        STR("# HELP menagerie_requests_total Requests by service, operation and HTTP status.\n"
	            "# TYPE menagerie_requests_total counter\n"));
	for (size_t i = 0; i < ENTRIES; i++) {
		if (!in_use(&m->entries[i]))
			continue;
		buf_put(out, STR("menagerie_requests_total"));
		print_labels(out, &m->entries[i]);
		buf_printf(out, "} %lld\n", (long long)m->entries[i].count);
	}
	buf_put(out,
	        STR("# HELP menagerie_request_seconds Time from a request's head to its reply.\n"
	            "# TYPE menagerie_request_seconds histogram\n"));
	for (size_t i = 0; i < ENTRIES; i++)
		if (in_use(&m->entries[i]))
			print_histogram(out, &m->entries[i]);
}

void metrics_print_value(struct buf *out, const char *name, const char *kind, const char *help,
                         int64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, kind, name,
	           (long long)value);
}
