/*
 * The forms of time that AWS's protocols use. All are UTC; milliseconds since 1970.
 * Parsers take the whole text or return false. That of HTTP takes RFC 850's and asctime's form too.
 */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include "base/arena.h"

bool timestamp_from_iso8601(str s, int64_t *ret); /* 2026-11-23T21:12:00[.123](Z|+01:00) */
bool timestamp_from_basic(str s, int64_t *ret);   /* 20261123T211200Z, as signatures have it */
bool timestamp_from_http(str s, int64_t *ret);    /* Mon, 23 Nov 2026 21:12:00 GMT */

str timestamp_to_iso8601(struct arena *a, int64_t t);        /* 2026-11-23T21:12:00Z */
str timestamp_to_iso8601_millis(struct arena *a, int64_t t); /* 2026-11-23T21:12:00.123Z */
str timestamp_to_basic(struct arena *a, int64_t t);          /* 20261123T211200Z */
str timestamp_to_http(struct arena *a, int64_t t);           /* Mon, 23 Nov 2026 21:12:00 GMT */

#endif
