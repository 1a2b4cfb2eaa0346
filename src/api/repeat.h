/*
 * Answers that are remembered: who asks the same again, of the same state, is told the same.
 *
 * A website's pages are asked for again and again by people who do not sign, and finding out who may read
 * what costs more than sending it. So the reply to a read that its handler calls repeatable is kept, under
 * the whole head of its request, and is sent again while nothing has been written to the store by anybody.
 * There is nothing to invalidate: one number says whether the state is still the same (store_is_unchanged).
 *
 * Only small texts are kept, LIMIT_REPEATS bytes in all. What someone else writes into the
 * database, with an sqlite3 shell for instance, is seen with the program's own next write.
 */
#ifndef API_REPEAT_H
#define API_REPEAT_H

#include "api/internal.h"

struct repeats *repeats_new(void);
void repeats_free(struct repeats *r);

/* When the head has come: whether it was answered from what is remembered. */
bool repeats_answer(struct api *a, struct exchange *x, int64_t started);

/* When a read has been answered, in a snapshot that was begun when `changes` was the store's number. */
void repeats_keep(const struct turn *t, int64_t changes);

#endif
