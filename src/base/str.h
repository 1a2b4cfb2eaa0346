/*
 * Working on slices of text. Nothing here allocates; slices point into what they were cut from.
 * ASCII only where case or classes matter, whatever the locale.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

str str_from(const char *cstr); /* NULL gives an absent str */
bool str_eq(str a, str b);      /* an absent str equals an empty one */
bool str_eq_nocase(str a, str b);
int str_cmp(str a, str b); /* by unsigned bytes, shorter first: UTF-8 order */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_starts_nocase(str s, str prefix);
bool str_contains(str s, str part);
bool str_take(str *s, str prefix); /* if s starts with prefix, removes it */

/* Offset of the first or last such byte at or after `from`, or -1. */
ptrdiff_t str_find(str s, char c, size_t from);
ptrdiff_t str_rfind(str s, char c);
ptrdiff_t str_find_str(str s, str part, size_t from);

str str_from_to(str s, size_t from, size_t to); /* clamped to s */
str str_after(str s, size_t from);
str str_trim(str s); /* ASCII white space at both ends */

/* Cuts *rest at the first `separator`: returns what is before it, leaves what is after it. When
 * there is none, returns all and leaves *rest absent; so loop `while (rest.p)`. */
str str_cut(str *rest, char separator);

/* Whole-text parsers: true only if all of s is one number in range; *ret is untouched otherwise.
 * Integers: an optional '-', digits, nothing else. Doubles: JSON's grammar in at most 1,000
 * characters, plus NaN, Infinity and -Infinity as AWS spells them. */
bool str_to_i64(str s, int64_t *ret);
bool str_to_u64(str s, uint64_t *ret);
bool str_to_double(str s, double *ret);

enum { DECIMAL_MAX = 20 };

/* The other way round; the text is within `room`. */
str str_decimal(int64_t value, char room[DECIMAL_MAX]);

size_t number_prefix(str s); /* how much of the start of s is a JSON number; 0: none */

bool utf8_valid(str s);                          /* no surrogates, no overlongs; NUL is allowed */
size_t utf8_first(str s);                        /* bytes of the first code point; 0: not valid */
size_t utf8_count(str s);                        /* code points of valid UTF-8 */
str utf8_within(str s, size_t most);             /* cut at a character's start, not within one */
size_t utf8_put(char *out, uint32_t code_point); /* 1 to 4 bytes */

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_digit(c) || ascii_is_alpha(c);
}

static inline bool ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_is_hex(char c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

#endif
