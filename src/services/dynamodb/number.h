/*
 * DynamoDB's numbers: up to 38 significant decimal digits, magnitudes from 1E-130 to
 * 9.9999999999999999999999999999999999999E+125, and zero. Exact: no doubles anywhere.
 *
 * A number is 0.D1 D2 D3 … times 10 to the `exponent`. It is normal: the first digit and the last are not
 * zero, and zero has no digits, no sign and the exponent 0. So equal numbers have equal structs.
 */
#ifndef SERVICES_DYNAMODB_NUMBER_H
#define SERVICES_DYNAMODB_NUMBER_H

#include "base/buf.h"

enum {
	NUMBER_DIGITS = 38,
	NUMBER_TEXT_MAX = 180, /* of number_put: -0.000…, with 130 places before the first digit */
	NUMBER_KEY_MAX = 24,   /* of number_put_key */
};

struct number {
	bool negative;
	int exponent;
	int count;                           /* of digits; 0: zero */
	unsigned char digits[NUMBER_DIGITS]; /* 0 to 9 */
};

enum number_problem {
	NUMBER_IS_GOOD,
	NUMBER_IS_NONE,      /* "The parameter cannot be converted to a numeric value" */
	NUMBER_IS_TOO_LONG,  /* more than 38 significant digits */
	NUMBER_IS_TOO_LARGE, /* overflow */
	NUMBER_IS_TOO_SMALL, /* underflow */
};

/* The exponent of a number that is a Java BigDecimal, as PartiQL's are: from its digits, the sign before them, and
 * how many digits of the number are behind the point. False: it, or what that leaves of it, is beyond 32 bits. */
bool number_exponent(str digits, bool negative, size_t fraction, int64_t *ret);

/* Of the texts that DynamoDB takes: an optional sign, digits with an optional point, an optional exponent
 * of 64 bits, which counts for a zero, too.
 * Zeros at both ends do not count as digits. *ret is untouched on failure. */
enum number_problem number_parse(str text, struct number *ret);
/* As the older layer of checks reads it, PartiQL's parameters too: by Java's BigDecimal, the bounds of its
 * exponents included. */
enum number_problem number_parse_decimal(str text, struct number *ret);

/* As DynamoDB shows it: no exponent, no leading or trailing zeros ("0.5", "-100"). */
void number_put(struct buf *out, const struct number *n);

int number_compare(const struct number *a, const struct number *b); /* <0, 0, >0 */

/* Exact, or not at all: a result that needs more than 38 digits is an overflow too, as DynamoDB says of 1E+50
 * and 1 (observed by the authors of Alternator). *ret may be one of the operands. */
enum number_problem number_add(const struct number *a, const struct number *b, struct number *ret);
enum number_problem number_subtract(const struct number *a, const struct number *b,
                                    struct number *ret);

/* Bytes that compare (as by memcmp) as the numbers do, and end by themselves: none is a prefix of another. */
void number_put_key(struct buf *out, const struct number *n);
/* Reads one back from the start of *key and removes it from there; false: it is none. */
bool number_take_key(str *key, struct number *ret);

/* What it counts for in an item's size: a byte for two digits, on each side of the point, one more, and one for
 * a minus (measured at the limit of 400 KB). */
int number_size(const struct number *n);

/* A whole number in the range of int64: for a time to live. False: it is none. */
bool number_to_i64(const struct number *n, int64_t *ret);

#endif
