#include "base/encoding.h"

#include "base/str.h"

static const char HEX_LOWER[] = "0123456789abcdef";
static const char HEX_UPPER[] = "0123456789ABCDEF";
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_to(char *out, const void *bytes, size_t n)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = HEX_LOWER[from[i] >> 4];
		out[2 * i + 1] = HEX_LOWER[from[i] & 15];
	}
}

void hex_put(struct buf *b, str bytes)
{
	char *out = bytes.n <= SIZE_MAX / 2 ? buf_reserve(b, bytes.n * 2) : NULL;

	if (!out)
		return;
	hex_to(out, bytes.p, bytes.n);
	b->n += bytes.n * 2;
}

/* One more than the value of a hex digit; 0 for what is none. */
static const unsigned char hex_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool hex_decode(str text, void *out, size_t n)
{
	const unsigned char *from = (const unsigned char *)text.p;
	unsigned char *to = out;

	if (text.n % 2 || text.n / 2 != n)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!hex_values[from[i]])
			return false;
	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)((hex_values[from[2 * i]] - 1) << 4 |
		                        (hex_values[from[2 * i + 1]] - 1));
	return true;
}

static void base64_to(char *out, str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t left = bytes.n;

	for (; left >= 3; left -= 3, p += 3, out += 4) {
		out[0] = BASE64[p[0] >> 2];
		out[1] = BASE64[(p[0] & 3) << 4 | p[1] >> 4];
		out[2] = BASE64[(p[1] & 15) << 2 | p[2] >> 6];
		out[3] = BASE64[p[2] & 63];
	}
	if (left == 0)
		return;
	out[0] = BASE64[p[0] >> 2];
	out[1] = BASE64[(p[0] & 3) << 4 | (left == 2 ? p[1] >> 4 : 0)];
	out[2] = left == 2 ? BASE64[(p[1] & 15) << 2] : '=';
	out[3] = '=';
}

void base64_put(struct buf *b, str bytes)
{
	size_t n = bytes.n / 3 * 4 + (bytes.n % 3 ? 4 : 0);
	char *out = bytes.n <= SIZE_MAX / 2 ? buf_reserve(b, n) : NULL;

	if (!out)
		return;
	base64_to(out, bytes);
	b->n += n;
}

str base64_of(struct arena *a, str bytes)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX / 2);
	base64_put(&b, bytes);
	return buf_str(&b);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bits that the last digit before the padding leaves over must be zero, so that a value has one
 * form only. */
bool base64_decode(struct arena *a, str text, str *ret)
{
	size_t n = text.n / 4 * 3, filled = 0;
	uint32_t bits = 0;
	unsigned char *out;

	if (text.n % 4)
		return false;
	for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++) {
		text.n--;
		n--;
	}
	out = arena_alloc(a, n);
	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (i % 4 != 0)
			out[filled++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	if ((text.n % 4 == 2 && bits & 15) || (text.n % 4 == 3 && bits & 3))
		return false;
	*ret = (str){ (char *)out, n };
	return true;
}

static bool is_unreserved(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

void uri_put(struct buf *b, str text, enum uri_flavour flavour)
{
	size_t plain = 0; /* start of what needs no escape */

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (is_unreserved((char)c) || (c == '/' && flavour == URI_PATH))
			continue;
		buf_put(b, str_from_to(text, plain, i));
		buf_put(b, (str){ (char[]){ '%', HEX_UPPER[c >> 4], HEX_UPPER[c & 15] }, 3 });
		plain = i + 1;
	}
	buf_put(b, str_after(text, plain));
}

bool uri_decode(struct arena *a, str text, enum uri_source source, str *ret)
{
	char *out = arena_alloc(a, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			if (!hex_decode(str_from_to(text, i + 1, i + 3), &c, 1))
				return false;
			i += 2;
		} else if (c == '+' && source == URI_FORM) {
			c = ' ';
		}
		out[n++] = c;
	}
	*ret = (str){ out, n };
	return true;
}
