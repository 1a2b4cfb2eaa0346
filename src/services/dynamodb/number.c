#include "services/dynamodb/number.h"

#include "base/str.h"

/* Of the first digit behind the point, in 0.D1 D2 D3 …: 1E-130 and 9.99…E+125. */
enum { EXPONENT_MIN = -129, EXPONENT_MAX = 126 };

/* What the digits of a text say, before its exponent does. */
struct scan {
	struct number number;
	int64_t exponent;
	int64_t written; /* the exponent alone */
	size_t fraction; /* digits behind the point */
	bool has_digits, is_too_long;
};

/* Takes digits with at most one point from *p. Zeros before the first other digit only move the exponent, and
 * those behind the last one are not written down. */
static void scan_digits(const char **p, const char *end, struct scan *s)
{
	struct number *n = &s->number;
	bool after_point = false;
	size_t zeros = 0; /* since the last digit that is none */

	for (; *p < end; ++*p) {
		char c = **p;

		if (c == '.' && !after_point) {
			after_point = true;
			continue;
		}
		if (!ascii_is_digit(c))
			break;
		s->has_digits = true;
		s->fraction += after_point;
		if (c == '0' && !n->count) {
			s->exponent -= after_point;
			continue;
		}
		s->exponent += !after_point;
		if (c == '0') {
			zeros++;
		} else if (zeros >= NUMBER_DIGITS - (size_t)n->count) {
			s->is_too_long = true;
		} else {
			n->count += (int)zeros;
			n->digits[n->count++] = (unsigned char)(c - '0');
			zeros = 0;
		}
	}
}

bool number_exponent(str digits, bool negative, size_t fraction, int64_t *ret)
{
	int64_t n = 0;

	for (size_t i = 0; i < digits.n; i++) {
		n = n * 10 + (digits.p[i] - '0');
		if (n > (int64_t)INT32_MAX + 1)
			return false;
	}
	*ret = negative ? -n : n;
	return digits.n && *ret >= -(int64_t)INT32_MAX && *ret <= INT32_MAX &&
	       (int64_t)fraction - *ret <= INT32_MAX;
}

/* An exponent of 64 bits; what is far out of range may be made less, so that sums stay in bounds. */
static bool long_exponent(str digits, bool negative, int64_t *ret)
{
	int64_t n = 0;

	for (size_t i = 0; i < digits.n; i++) {
		int digit = digits.p[i] - '0';

		if (n > (INT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	n = MIN(n, INT64_MAX / 2);
	*ret = negative ? -n : n;
	return digits.n != 0;
}

/* Takes an exponent, if there is one: false when it is not well formed. */
static bool scan_exponent(const char **p, const char *end, bool is_decimal, struct scan *s)
{
	bool negative;
	const char *start;
	str digits;

	if (*p == end || (**p != 'e' && **p != 'E'))
		return true;
	++*p;
	negative = *p < end && **p == '-';
	if (*p < end && (**p == '-' || **p == '+'))
		++*p;
	start = *p;
	while (*p < end && ascii_is_digit(**p))
		++*p;
	digits = (str){ start, (size_t)(*p - start) };
	if (is_decimal ? !number_exponent(digits, negative, s->fraction, &s->written)
	               : !long_exponent(digits, negative, &s->written))
		return false;
	s->exponent += s->written;
	return true;
}

static enum number_problem check_exponent(int64_t exponent)
{
	if (exponent > EXPONENT_MAX)
		return NUMBER_IS_TOO_LARGE;
	return exponent < EXPONENT_MIN ? NUMBER_IS_TOO_SMALL : NUMBER_IS_GOOD;
}

static enum number_problem parse(str text, bool is_decimal, struct number *ret)
{
	const char *p = text.p ? text.p : "", *end = p + text.n;
	struct scan s = { 0 };
	enum number_problem problem;

	if (text.n && (*p == '-' || *p == '+'))
		s.number.negative = *p++ == '-';
	scan_digits(&p, end, &s);
	if (!s.has_digits || !scan_exponent(&p, end, is_decimal, &s) || p < end)
		return NUMBER_IS_NONE;
	/* Zero is where its exponent says, although there is nothing. */
	if (!s.number.count)
		s = (struct scan){ .exponent = s.written + 1 };
	/* Where a BigDecimal's first digit is, is an int, too: it wraps around. */
	if (is_decimal && s.exponent > INT32_MAX)
		return NUMBER_IS_TOO_SMALL;
	problem = check_exponent(s.exponent);
	if (problem)
		return problem;
	if (s.is_too_long)
		return NUMBER_IS_TOO_LONG;
	s.number.exponent = s.number.count ? (int)s.exponent : 0;
	*ret = s.number;
	return NUMBER_IS_GOOD;
}

enum number_problem number_parse(str text, struct number *ret)
{
	return parse(text, /* is_decimal= */ false, ret);
}

enum number_problem number_parse_decimal(str text, struct number *ret)
{
	return parse(text, /* is_decimal= */ true, ret);
}

void number_put(struct buf *out, const struct number *n)
{
	char text[NUMBER_TEXT_MAX], *p = text;
	int i = 0;

	if (n->negative)
		*p++ = '-';
	if (n->exponent <= 0)
		*p++ = '0';
	for (; i < n->exponent; i++)
		*p++ = (char)('0' + (i < n->count ? n->digits[i] : 0));
	if (n->count > n->exponent) {
		*p++ = '.';
		for (int zeros = n->exponent; zeros < 0; zeros++)
			*p++ = '0';
		for (; i < n->count; i++)
			*p++ = (char)('0' + n->digits[i]);
	}
	buf_put(out, (str){ text, (size_t)(p - text) });
}

/* Without their signs. */
static int compare_magnitudes(const struct number *a, const struct number *b)
{
	int order;

	if (!a->count || !b->count)
		return a->count - b->count;
	if (a->exponent != b->exponent)
		return a->exponent - b->exponent;
	order = memcmp(a->digits, b->digits, (size_t)MIN(a->count, b->count));
	return order ? order : a->count - b->count;
}

int number_compare(const struct number *a, const struct number *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

/*
 * Sums are made in a row of digits that is as wide as both numbers together: the first place is for a carry,
 * the next one is the first digit of the larger exponent.
 */
enum { ROW_MAX = 1 + EXPONENT_MAX - EXPONENT_MIN + NUMBER_DIGITS };

struct row {
	int exponent; /* of the place for the carry, as the first of a number's digits */
	int width;
	unsigned char digits[ROW_MAX];
};

static int last_place(const struct number *n)
{
	return n->exponent - n->count;
}

static void row_init(struct row *r, const struct number *a, const struct number *b)
{
	r->exponent = MAX(a->exponent, b->exponent) + 1;
	r->width = r->exponent - MIN(last_place(a), last_place(b));
	memset(r->digits, 0, (size_t)r->width);
	memcpy(r->digits + (r->exponent - a->exponent), a->digits, (size_t)a->count);
}

static void row_add(struct row *r, const struct number *n)
{
	int from = r->exponent - n->exponent, carry = 0;

	for (int i = from + n->count - 1; i >= from || carry; i--) {
		int sum = r->digits[i] + (i >= from ? n->digits[i - from] : 0) + carry;

		carry = sum > 9;
		r->digits[i] = (unsigned char)(carry ? sum - 10 : sum);
	}
}

/* What is in the row is not less than n. */
static void row_subtract(struct row *r, const struct number *n)
{
	int from = r->exponent - n->exponent, borrow = 0;

	for (int i = from + n->count - 1; i >= from || borrow; i--) {
		int left = r->digits[i] - (i >= from ? n->digits[i - from] : 0) - borrow;

		borrow = left < 0;
		r->digits[i] = (unsigned char)(borrow ? left + 10 : left);
	}
}

static enum number_problem row_take(struct row *r, bool negative, struct number *ret)
{
	struct number n = { .negative = negative };
	enum number_problem problem;
	int first = 0;

	while (first < r->width && !r->digits[first])
		first++;
	while (r->width > first && !r->digits[r->width - 1])
		r->width--;
	if (first == r->width) {
		*ret = (struct number){ 0 };
		return NUMBER_IS_GOOD;
	}
	n.exponent = r->exponent - first;
	n.count = r->width - first;
	problem = n.count > NUMBER_DIGITS ? NUMBER_IS_TOO_LARGE : check_exponent(n.exponent);
	if (problem)
		return problem;
	memcpy(n.digits, r->digits + first, (size_t)n.count);
	*ret = n;
	return NUMBER_IS_GOOD;
}

enum number_problem number_add(const struct number *a, const struct number *b, struct number *ret)
{
	struct row r;

	if (!a->count || !b->count) {
		*ret = a->count ? *a : *b;
		return NUMBER_IS_GOOD;
	}
	if (a->negative != b->negative && compare_magnitudes(a, b) < 0) {
		const struct number *larger = b;

		b = a;
		a = larger;
	}
	row_init(&r, a, b);
	if (a->negative == b->negative)
		row_add(&r, b);
	else
		row_subtract(&r, b);
	return row_take(&r, a->negative, ret);
}

enum number_problem number_subtract(const struct number *a, const struct number *b,
                                    struct number *ret)
{
	struct number minus = *b;

	minus.negative = b->count && !b->negative;
	return number_add(a, &minus, ret);
}

/*
 * Keys. Two bytes, big-endian, for the sign and the exponent, so that zero is in the middle; then two digits
 * to a byte, twice their value, and one more when further bytes follow: so the end is told, and comes before
 * what goes on. Of a negative number all of this is inverted.
 */
enum { KEY_ZERO = 0x8000, KEY_PAIRS_MAX = NUMBER_DIGITS / 2 };

void number_put_key(struct buf *out, const struct number *n)
{
	unsigned char key[NUMBER_KEY_MAX], flip = n->negative ? 0xff : 0;
	unsigned int head =
		KEY_ZERO + (unsigned int)(n->count ? n->exponent - EXPONENT_MIN + 1 : 0);
	size_t size = 0;

	key[size++] = (unsigned char)(head >> 8) ^ flip;
	key[size++] = (unsigned char)head ^ flip;
	for (int i = 0; i < n->count; i += 2) {
		int pair = n->digits[i] * 10 + (i + 1 < n->count ? n->digits[i + 1] : 0);

		key[size++] = (unsigned char)(pair * 2 + (i + 2 < n->count)) ^ flip;
	}
	buf_put(out, (str){ (const char *)key, size });
}

/* Takes the digits behind the head: false when they are none that number_put_key writes. */
static bool take_pairs(const unsigned char *key, size_t size, struct number *n, size_t *ret_used)
{
	unsigned char flip = n->negative ? 0xff : 0;

	for (size_t i = 0; i < KEY_PAIRS_MAX && i < size; i++) {
		int byte = key[i] ^ flip, pair = byte / 2;

		if (pair > 99)
			return false;
		n->digits[n->count++] = (unsigned char)(pair / 10);
		n->digits[n->count++] = (unsigned char)(pair % 10);
		if (byte % 2)
			continue;
		n->count -= !n->digits[n->count - 1];
		*ret_used = i + 1;
		return n->digits[0] && n->digits[n->count - 1];
	}
	return false;
}

bool number_take_key(str *key, struct number *ret)
{
	const unsigned char *p = (const unsigned char *)key->p;
	struct number n = { 0 };
	size_t used = 0;
	int head;

	if (key->n < 2)
		return false;
	n.negative = p[0] < KEY_ZERO >> 8;
	head = (p[0] << 8 | p[1]) ^ (n.negative ? 0xffff : 0);
	head -= KEY_ZERO;
	n.exponent = head - 1 + EXPONENT_MIN;
	if (!head && !n.negative)
		n.exponent = 0;
	else if (!head || n.exponent > EXPONENT_MAX || !take_pairs(p + 2, key->n - 2, &n, &used))
		return false;
	*key = str_after(*key, 2 + used);
	*ret = n;
	return true;
}

int number_size(const struct number *n)
{
	int whole = MAX(0, MIN(n->count, n->exponent)), rest = n->count - whole;

	return 1 + (whole + 1) / 2 + (rest + 1) / 2 + n->negative;
}

bool number_to_i64(const struct number *n, int64_t *ret)
{
	uint64_t magnitude = 0;

	if (n->exponent > 19 || n->count > n->exponent)
		return false;
	for (int i = 0; i < n->exponent; i++)
		magnitude = magnitude * 10 + (i < n->count ? n->digits[i] : 0);
	if (magnitude > (uint64_t)INT64_MAX + n->negative)
		return false;
	*ret = n->negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}
