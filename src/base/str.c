#include "base/str.h"

#include <errno.h>
#include <math.h>

str str_from(const char *cstr)
{
	return cstr ? (str){ cstr, strlen(cstr) } : STR_NULL;
}

bool str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_nocase(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(str a, str b)
{
	size_t n = MIN(a.n, b.n);
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_eq((str){ s.p, prefix.n }, prefix);
}

bool str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_eq(str_after(s, s.n - suffix.n), suffix);
}

bool str_starts_nocase(str s, str prefix)
{
	return s.n >= prefix.n && str_eq_nocase((str){ s.p, prefix.n }, prefix);
}

bool str_contains(str s, str part)
{
	return str_find_str(s, part, 0) >= 0;
}

bool str_take(str *s, str prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_after(*s, prefix.n);
	return true;
}

ptrdiff_t str_find(str s, char c, size_t from)
{
	const char *found;

	if (from >= s.n)
		return -1;
	found = memchr(s.p + from, c, s.n - from);
	return found ? found - s.p : -1;
}

ptrdiff_t str_rfind(str s, char c)
{
	const char *found = s.n ? memrchr(s.p, c, s.n) : NULL;

	return found ? found - s.p : -1;
}

ptrdiff_t str_find_str(str s, str part, size_t from)
{
	const char *found;

	if (from > s.n)
		return -1;
	if (part.n == 0)
		return (ptrdiff_t)from;
	if (s.n - from < part.n)
		return -1;
	found = memmem(s.p + from, s.n - from, part.p, part.n);
	return found ? found - s.p : -1;
}

str str_from_to(str s, size_t from, size_t to)
{
	to = MIN(to, s.n);
	from = MIN(from, to);
	return s.p ? (str){ s.p + from, to - from } : s;
}

str str_after(str s, size_t from)
{
	return str_from_to(s, from, s.n);
}

str str_trim(str s)
{
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n && ascii_is_space(*s.p))
		s = str_after(s, 1);
	return s;
}

str str_cut(str *rest, char separator)
{
	str all = *rest;
	ptrdiff_t at = str_find(all, separator, 0);

	if (at < 0) {
		*rest = STR_NULL;
		return all;
	}
	*rest = str_after(all, (size_t)at + 1);
	return str_from_to(all, 0, (size_t)at);
}

bool str_to_u64(str s, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}

str str_decimal(int64_t value, char room[DECIMAL_MAX])
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char *p = room + DECIMAL_MAX;

	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--p = '-';
	return (str){ p, (size_t)(room + DECIMAL_MAX - p) };
}

bool str_to_i64(str s, int64_t *ret)
{
	bool negative = str_take(&s, STR("-"));
	uint64_t magnitude;

	if (!str_to_u64(s, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

static size_t skip_digits(str s, size_t i)
{
	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return i;
}

size_t number_prefix(str s)
{
	size_t i = s.n && s.p[0] == '-';
	size_t start = i;

	i = skip_digits(s, i);
	if (i == start || (s.p[start] == '0' && i > start + 1))
		return 0;
	if (i < s.n && s.p[i] == '.') {
		start = i + 1;
		i = skip_digits(s, start);
		if (i == start)
			return 0;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			i++;
		start = i;
		i = skip_digits(s, start);
		if (i == start)
			return 0;
	}
	return i;
}

bool str_to_double(str s, double *ret)
{
	char text[1001];
	double value;

	if (str_eq(s, STR("NaN"))) {
		value = (double)NAN;
	} else if (str_eq(s, STR("Infinity"))) {
		value = (double)INFINITY;
	} else if (str_eq(s, STR("-Infinity"))) {
		value = -(double)INFINITY;
	} else {
		if (s.n == 0 || s.n >= sizeof(text) || number_prefix(s) != s.n)
			return false;
		memcpy(text, s.p, s.n);
		text[s.n] = '\0';
		value = strtod(text, NULL);
		if (isinf(value))
			return false;
	}
	*ret = value;
	return true;
}

static bool is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t utf8_first(str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || s.n < 2 || !is_continuation(p[1]))
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if (s.n < 3 || !is_continuation(p[2]))
		return 0;
	if (p[0] < 0xf0) {
		bool overlong = p[0] == 0xe0 && p[1] < 0xa0;
		bool surrogate = p[0] == 0xed && p[1] >= 0xa0;

		return overlong || surrogate ? 0 : 3;
	}
	if (s.n < 4 || !is_continuation(p[3]))
		return 0;
	if (p[0] > 0xf4 || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return 4;
}

bool utf8_valid(str s)
{
	while (s.n) {
		uint64_t eight;
		size_t n;

		if (s.n >= 8) {
			memcpy(&eight, s.p, 8);
			if (!(eight & 0x8080808080808080)) {
				s = (str){ s.p + 8, s.n - 8 };
				continue;
			}
		}
		n = utf8_first(s);
		if (!n)
			return false;
		s = (str){ s.p + n, s.n - n };
	}
	return true;
}

str utf8_within(str s, size_t most)
{
	if (s.n <= most)
		return s;
	while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return str_from_to(s, 0, most);
}

size_t utf8_count(str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		count += !is_continuation((unsigned char)s.p[i]);
	return count;
}

size_t utf8_put(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}
