/*
 * What /_menagerie/metrics counts: requests by service, operation and status, with a histogram of
 * their time. Any thread may count; nothing locks.
 */
#ifndef API_METRICS_H
#define API_METRICS_H

#include "base/buf.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* `service` and `operation` must live as long as the process (they come from models); `-` where there is none. */
void metrics_count(struct metrics *m, str service, str operation, int status, int64_t microseconds);

/* Prometheus's text format. */
void metrics_print(const struct metrics *m, struct buf *out);

/* A line of that format: `# TYPE name kind`, then `name{labels} value`. */
void metrics_print_value(struct buf *out, const char *name, const char *kind, const char *help,
                         int64_t value);

int64_t metrics_requests(const struct metrics *m);

#endif
