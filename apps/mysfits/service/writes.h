/*
 * Likes and adoptions: one update each, which the database does whole or not at all. Neither is ever
 * sent twice by itself: a like would count twice, and who has won would be told of having lost.
 */
#ifndef SERVICE_WRITES_H
#define SERVICE_WRITES_H

#include "service/answer.h"
#include "service/database.h"
#include "service/route.h"

/* Parks the exchange, and sees to its reply: the mysfit as it is now. */
void write_take(struct database *d, struct visit *v, const struct route *route);

#endif
