#include "base/fault.h"

#ifdef MENAGERIE_FAULTS

#include "base/str.h"

#include <pthread.h>
#include <stdatomic.h>

static const char *const names[FAULT_KINDS] = {
	[FAULT_WRITE] = "write",
	[FAULT_SYNC] = "sync",
	[FAULT_SQL] = "sql",
};

static struct {
	_Atomic int64_t seen;
	_Atomic int64_t nth; /* 0: never */
} faults[FAULT_KINDS];

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void print_counts(void)
{
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		fprintf(stderr, "fault %s %lld\n", names[kind], (long long)faults[kind].seen);
}

static void read_environment(void)
{
	str rest = str_from(getenv("MENAGERIE_FAULT"));

	if (str_eq(rest, STR("count")))
		atexit(print_counts);
	while (rest.p) {
		str nth = str_cut(&rest, ',');
		str name = str_cut(&nth, ':');
		int64_t n;

		for (int kind = 0; kind < FAULT_KINDS; kind++)
			if (str_eq(name, str_from(names[kind])) && str_to_i64(nth, &n))
				faults[kind].nth = n;
	}
}

bool fault_hits(enum fault_kind kind)
{
	pthread_once(&once, read_environment);
	return atomic_fetch_add(&faults[kind].seen, 1) + 1 == faults[kind].nth;
}

void fault_set(enum fault_kind kind, int64_t nth)
{
	pthread_once(&once, read_environment);
	faults[kind].seen = 0;
	faults[kind].nth = nth;
}

int64_t fault_count(enum fault_kind kind)
{
	return faults[kind].seen;
}

#endif
