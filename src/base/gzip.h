/* Whole texts in gzip's format, on zlib. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "base/arena.h"

/* Quick rather than small. False: it does not get smaller than it is. */
bool gzip_pack(struct arena *a, str text, str *ret) MUST_CHECK;

/* What a stranger packed: at most `max` bytes come of it, and nothing may follow. False: it is not gzip, or
 * it is broken, or there is more. */
bool gzip_unpack(struct arena *a, str packed, size_t max, str *ret) MUST_CHECK;

#endif
