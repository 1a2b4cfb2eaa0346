/*
 * Lists and single mysfits. Who asks for the same while the database is answering shares one
 * request: not the one under way, which may have missed a write that the client knows of, but the
 * next. So the reply about a mysfit is never older than its request, and a thousand clients cost little
 * more than one: the next request waits until a millisecond has passed since the last.
 *
 * A list shows nothing that a like or an adoption changes, so it may be a little older than its request:
 * who asks while the last one is younger than that is given it at once. In the second half of its time it is
 * also read again, so that a list which many ask for is always there.
 */
#ifndef SERVICE_READS_H
#define SERVICE_READS_H

#include "service/answer.h"
#include "service/database.h"
#include "service/route.h"

struct reads;

/* `list_age` is in microseconds; 0: lists are as fresh as all else. */
struct reads *reads_new(struct database *d, int64_t list_age);
void reads_free(struct reads *r);

/* Replies, or parks the exchange and sees to its reply. */
void reads_take(struct reads *r, struct visit *v, const struct route *route);

#endif
