/*
 * The regular expressions of the models, matched with PCRE2: they are Java's, and PCRE2 is the
 * engine nearest to that which bounds its own work.
 */
#ifndef WIRE_PATTERN_H
#define WIRE_PATTERN_H

#include "wire/model.h"

/* Whether the whole of `text` matches pattern number `pattern` (from 1) of the model. A match that
 * takes more than a fixed amount of work counts as none. Patterns are compiled when first used and
 * kept; any thread may call. */
bool pattern_matches(const struct model *m, uint16_t pattern, str text);

/* The same for a pattern of our own, in PCRE2's spelling: a static one. */
struct own_pattern {
	const char *pcre;
	void *compiled; /* NULL at first */
};
bool own_pattern_matches(struct own_pattern *p, str text);

/* Whether the pattern is one that PCRE2 understands: tests ask this of every model. */
bool pattern_compiles(const struct model *m, uint16_t pattern);

#endif
