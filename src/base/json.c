#include "base/json.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"

#include <math.h>

/*
 * Reading. The only state besides the position is `first`: right after a '{' or '[' no comma is due
 * before the next member. It is false again once a nested value has ended, because that value was
 * then the outer one's first, or a later one. So nesting needs no stack; which kind of bracket must
 * close is known by which function the caller calls. Only json_skip has to remember, one bit a level.
 */

void json_reader_init(struct json_reader *r, struct arena *a, str text)
{
	const char *p = text.p ? text.p : "";

	*r = (struct json_reader){ .arena = a, .start = p, .p = p, .end = p + text.n };
}

bool json_ok(const struct json_reader *r)
{
	return !r->failed;
}

static bool fail(struct json_reader *r, const char *problem)
{
	if (!r->failed)
		r->problem = problem;
	r->failed = true;
	return false;
}

/* Moves to the next character that is not white space; false at the end and after a failure. */
static bool at_token(struct json_reader *r)
{
	if (r->failed)
		return false;
	if (r->p < r->end && (unsigned char)*r->p > ' ')
		return true;
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
	return r->p < r->end;
}

static bool take(struct json_reader *r, char c)
{
	if (!at_token(r) || *r->p != c)
		return false;
	r->p++;
	return true;
}

bool json_at_end(struct json_reader *r)
{
	return !at_token(r) && !r->failed;
}

static bool starts_with(const struct json_reader *r, str word)
{
	return str_starts((str){ r->p, (size_t)(r->end - r->p) }, word);
}

enum json_kind json_peek(struct json_reader *r)
{
	if (at_token(r)) {
		switch (*r->p) {
		case '{':
			return JSON_OBJECT;
		case '[':
			return JSON_ARRAY;
		case '"':
			return JSON_STRING;
		case 'n':
			if (starts_with(r, STR("null")))
				return JSON_NULL;
			break;
		case 't':
			if (starts_with(r, STR("true")))
				return JSON_TRUE;
			break;
		case 'f':
			if (starts_with(r, STR("false")))
				return JSON_FALSE;
			break;
		default:
			if (*r->p == '-' || ascii_is_digit(*r->p))
				return JSON_NUMBER;
		}
	}
	fail(r, r->p < r->end ? "a value is expected" : "the text ends too early");
	return JSON_ERROR;
}

static bool expect(struct json_reader *r, enum json_kind kind)
{
	static const char *const problems[] = {
		[JSON_ERROR] = "", /* not asked for */
		[JSON_NULL] = "null is expected",
		[JSON_FALSE] = "true or false is expected",
		[JSON_TRUE] = "true is expected",
		[JSON_NUMBER] = "a number is expected",
		[JSON_STRING] = "a string is expected",
		[JSON_ARRAY] = "an array is expected",
		[JSON_OBJECT] = "an object is expected",
	};

	return json_peek(r) == kind || fail(r, problems[kind]);
}

static bool enter(struct json_reader *r)
{
	if (r->depth == LIMIT_DEPTH)
		return fail(r, "nested too deeply");
	r->depth++;
	r->p++;
	r->first = true;
	return true;
}

/* At the next member or element, its comma taken; false at the end, with the bracket taken. */
static bool next(struct json_reader *r, char close)
{
	bool first = r->first;

	r->first = false;
	if (take(r, close)) {
		r->depth--;
		return false;
	}
	if (!first && !take(r, ','))
		return fail(r, close == '}' ? "',' or '}' is expected" : "',' or ']' is expected");
	return !r->failed;
}

/* How many bytes at p are plain: neither a quote, a backslash, a control character nor non-ASCII. */
static size_t plain_run(const char *p, const char *end)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	const char *start = p;

	while (end - p >= 8) {
		uint64_t x, quote, backslash, marks;

		memcpy(&x, p, 8);
		quote = x ^ ones * '"';
		backslash = x ^ ones * '\\';
		/* A high bit: the byte is above 127, below 32, or became zero. Borrows can only
		 * mark a byte behind a marked one, so the first mark is right. */
		marks = (x | (x - ones * 32) | (quote - ones) | (backslash - ones)) & highs;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		if (marks)
			return (size_t)(p - start) + (size_t)__builtin_ctzll(marks) / 8;
#else
		if (marks)
			break;
#endif
		p += 8;
	}
	while (p < end && (unsigned char)*p >= 32 && (unsigned char)*p < 128 && *p != '"' &&
	       *p != '\\')
		p++;
	return (size_t)(p - start);
}

static bool parse_hex4(const char *p, const char *end, uint32_t *ret)
{
	unsigned char bytes[2];

	if (end - p < 4 || !hex_decode((str){ p, 4 }, bytes, 2))
		return false;
	*ret = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* Reads the escape whose backslash is at p; returns how long it is, 0 when it is not valid. */
static size_t parse_escape(const char *p, const char *end, uint32_t *ret)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	uint32_t high, low;
	const char *letter;

	if (end - p < 2)
		return 0;
	if (p[1] != 'u') {
		letter = memchr(letters, p[1], sizeof(letters) - 1);
		if (!letter)
			return 0;
		*ret = (unsigned char)meanings[letter - letters];
		return 2;
	}
	if (!parse_hex4(p + 2, end, &high) || (high >= 0xdc00 && high <= 0xdfff))
		return 0;
	if (high < 0xd800 || high > 0xdbff) {
		*ret = high;
		return 6;
	}
	if (end - p < 12 || p[6] != '\\' || p[7] != 'u' || !parse_hex4(p + 8, end, &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return 0;
	*ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* Passes the string whose first quote is at r->p: *ret_inside is what is between the quotes. */
static bool scan_string(struct json_reader *r, str *ret_inside, bool *ret_escaped)
{
	const char *start = r->p + 1, *p = start;
	bool escaped = false;

	for (;;) {
		uint32_t code_point;
		size_t n;

		p += plain_run(p, r->end);
		if (p == r->end)
			return fail(r, "a string does not end");
		if (*p == '"')
			break;
		if (*p == '\\') {
			escaped = true;
			n = parse_escape(p, r->end, &code_point);
			if (!n)
				return fail(r, "a string has an escape that is not valid");
		} else {
			if ((unsigned char)*p < 32)
				return fail(r, "a string has a control character");
			n = utf8_first((str){ p, (size_t)(r->end - p) });
			if (!n)
				return fail(r, "a string is not valid UTF-8");
		}
		p += n;
	}
	*ret_inside = (str){ start, (size_t)(p - start) };
	*ret_escaped = escaped;
	r->p = p + 1;
	return true;
}

/* Never longer than its escaped form. */
static str unescape(struct arena *a, str s)
{
	const char *p = s.p, *end = s.p + s.n;
	char *out = arena_alloc(a, s.n);
	size_t n = 0;

	while (p < end) {
		const char *backslash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((backslash ? backslash : end) - p);
		uint32_t code_point;

		memcpy(out + n, p, plain);
		n += plain;
		p += plain;
		if (backslash) {
			p += parse_escape(p, end, &code_point);
			n += utf8_put(out + n, code_point);
		}
	}
	return (str){ out, n };
}

static bool read_string(struct json_reader *r, str *ret)
{
	bool escaped;
	str inside;

	if (!scan_string(r, &inside, &escaped))
		return false;
	*ret = escaped ? unescape(r->arena, inside) : inside;
	return true;
}

bool json_enter_object(struct json_reader *r)
{
	return expect(r, JSON_OBJECT) && enter(r);
}

bool json_enter_array(struct json_reader *r)
{
	return expect(r, JSON_ARRAY) && enter(r);
}

bool json_next_element(struct json_reader *r)
{
	return next(r, ']');
}

bool json_next_member(struct json_reader *r, str *ret_name)
{
	str name;

	if (!next(r, '}'))
		return false;
	if (!at_token(r) || *r->p != '"')
		return fail(r, "the name of a member is expected");
	if (!read_string(r, &name))
		return false;
	if (!take(r, ':'))
		return fail(r, "':' is expected");
	*ret_name = name;
	return true;
}

bool json_string(struct json_reader *r, str *ret)
{
	return expect(r, JSON_STRING) && read_string(r, ret);
}

bool json_number(struct json_reader *r, str *ret)
{
	str rest;
	size_t n;

	if (!expect(r, JSON_NUMBER))
		return false;
	rest = (str){ r->p, (size_t)(r->end - r->p) };
	n = number_prefix(rest);
	if (!n)
		return fail(r, "a number is not valid");
	*ret = str_from_to(rest, 0, n);
	r->p += n;
	return true;
}

bool json_bool(struct json_reader *r, bool *ret)
{
	if (json_peek(r) == JSON_TRUE) {
		r->p += strlen("true");
		*ret = true;
		return true;
	}
	if (!expect(r, JSON_FALSE))
		return false;
	r->p += strlen("false");
	*ret = false;
	return true;
}

bool json_null(struct json_reader *r)
{
	if (!expect(r, JSON_NULL))
		return false;
	r->p += strlen("null");
	return true;
}

static bool skip_scalar(struct json_reader *r)
{
	bool flag;
	str text;

	switch (json_peek(r)) {
	case JSON_STRING:
		return scan_string(r, &text, &flag);
	case JSON_NUMBER:
		return json_number(r, &text);
	case JSON_NULL:
		return json_null(r);
	default:
		return json_bool(r, &flag);
	}
}

/* The name of a member and its colon, without unescaping it. */
static bool skip_name(struct json_reader *r)
{
	bool escaped;
	str name;

	if (!at_token(r) || *r->p != '"')
		return fail(r, "the name of a member is expected");
	return scan_string(r, &name, &escaped) && (take(r, ':') || fail(r, "':' is expected"));
}

bool json_skip(struct json_reader *r)
{
	int outside = r->depth;
	bool is_object
		[LIMIT_DEPTH]; /* of the brackets that are open, by the depth outside of each */

	do {
		enum json_kind kind;

		if (r->depth > outside) {
			bool in_object = is_object[r->depth - 1];

			if (!next(r, in_object ? '}' : ']'))
				continue;
			if (in_object && !skip_name(r))
				return false;
		}
		kind = json_peek(r);
		if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
			if (!skip_scalar(r))
				return false;
		} else if (enter(r)) {
			is_object[r->depth - 1] = kind == JSON_OBJECT;
		}
	} while (!r->failed && r->depth > outside);
	return !r->failed;
}

bool json_raw(struct json_reader *r, str *ret)
{
	const char *start;

	if (json_peek(r) == JSON_ERROR)
		return false;
	start = r->p;
	if (!json_skip(r))
		return false;
	*ret = (str){ start, (size_t)(r->p - start) };
	return true;
}

/* Writing. */

void json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){ .out = out };
}

static void begin_value(struct json_writer *w)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
}

static void open_bracket(struct json_writer *w, char bracket)
{
	begin_value(w);
	buf_putc(w->out, bracket);
	w->comma = false;
}

static void close_bracket(struct json_writer *w, char bracket)
{
	buf_putc(w->out, bracket);
	w->comma = true;
}

void json_put_object(struct json_writer *w)
{
	open_bracket(w, '{');
}

void json_put_object_end(struct json_writer *w)
{
	close_bracket(w, '}');
}

void json_put_array(struct json_writer *w)
{
	open_bracket(w, '[');
}

void json_put_array_end(struct json_writer *w)
{
	close_bracket(w, ']');
}

static void put_escape(struct buf *out, char c)
{
	switch (c) {
	case '"':
		buf_put(out, STR("\\\""));
		break;
	case '\\':
		buf_put(out, STR("\\\\"));
		break;
	case '\n':
		buf_put(out, STR("\\n"));
		break;
	case '\r':
		buf_put(out, STR("\\r"));
		break;
	case '\t':
		buf_put(out, STR("\\t"));
		break;
	default:
		buf_printf(out, "\\u%04x", (unsigned int)(unsigned char)c);
	}
}

static void put_quoted(struct buf *out, str s)
{
	const char *p = s.p ? s.p : "", *end = p + s.n, *plain = p;

	buf_putc(out, '"');
	while (p < end) {
		p += plain_run(p, end);
		if (p == end)
			break;
		if ((unsigned char)*p >= 128) { /* UTF-8 goes as it is */
			p++;
			continue;
		}
		buf_put(out, (str){ plain, (size_t)(p - plain) });
		put_escape(out, *p++);
		plain = p;
	}
	buf_put(out, (str){ plain, (size_t)(p - plain) });
	buf_putc(out, '"');
}

void json_put_name(struct json_writer *w, str name)
{
	begin_value(w);
	put_quoted(w->out, name);
	buf_putc(w->out, ':');
	w->comma = false;
}

void json_put_string(struct json_writer *w, str s)
{
	begin_value(w);
	put_quoted(w->out, s);
}

void json_put_i64(struct json_writer *w, int64_t n)
{
	char room[DECIMAL_MAX];

	begin_value(w);
	buf_put(w->out, str_decimal(n, room));
}

void json_put_double(struct json_writer *w, double d)
{
	char text[32];
	int n;

	if (isnan(d)) {
		json_put_string(w, STR("NaN"));
		return;
	}
	if (isinf(d)) {
		json_put_string(w, d < 0 ? STR("-Infinity") : STR("Infinity"));
		return;
	}
	if (fabs(d) < 1e15 && trunc(d) == d) {
		n = snprintf(text, sizeof(text), "%.0f", d);
	} else {
		int digits = 15;

		do {
			n = snprintf(text, sizeof(text), "%.*g", digits++, d);
		} while (digits <= 17 && strtod(text, NULL) != d);
	}
	json_put_raw(w, (str){ text, (size_t)n });
}

void json_put_bool(struct json_writer *w, bool b)
{
	json_put_raw(w, b ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *w)
{
	json_put_raw(w, STR("null"));
}

void json_put_raw(struct json_writer *w, str json)
{
	begin_value(w);
	buf_put(w->out, json);
}

void json_put_member(struct json_writer *w, str name, str value)
{
	json_put_name(w, name);
	json_put_string(w, value);
}

void json_put_member_i64(struct json_writer *w, str name, int64_t value)
{
	json_put_name(w, name);
	json_put_i64(w, value);
}
