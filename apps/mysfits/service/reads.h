/*
 * Lists and single mysfits. Who asks for the same while the database is answering shares one
 * request: not the one under way, which may have missed a write that the client knows of, but the
 * next. So a reply is never older than its request, and a thousand clients cost little more than one:
 * the next request waits until a millisecond has passed since the last.
 */
#ifndef SERVICE_READS_H
#define SERVICE_READS_H

#include "service/answer.h"
#include "service/database.h"
#include "service/route.h"

struct reads;

struct reads *reads_new(struct database *d);
void reads_free(struct reads *r);

/* Parks the exchange, and sees to its reply. */
void reads_take(struct reads *r, struct visit *v, const struct route *route);

#endif
