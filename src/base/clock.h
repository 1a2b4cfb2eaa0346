/*
 * The one place where time is read.
 *
 * clock_now is the services' time; a test or a user may move it (serve --settable-clock), to see an
 * item expire or a certificate lapse without waiting. clock_wall is the machine's time and is never
 * moved: signatures are checked against it, because clients sign with theirs. clock_monotonic is
 * for durations.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/base.h"

int64_t clock_now(void); /* milliseconds since 1970, UTC */
int64_t clock_wall(void);
int64_t clock_monotonic(void); /* microseconds */

void clock_set(int64_t milliseconds); /* from here on clock_now runs from this moment */
void clock_reset(void);               /* back to the machine's time */

#endif
