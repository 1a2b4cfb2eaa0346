#include "services/s3/mail_words.h"

#include "base/encoding.h"
#include "base/str.h"

enum {
	TEXT_MAX = 64 * 1024,
	WORD_BYTES =
		45, /* of UTF-8 in a word: 60 characters of base64 and what stands around them */
};

str latin1_to_utf8(struct arena *a, str text)
{
	struct buf b;

	buf_init(&b, a, 2 * text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		char out[4];
		size_t n = utf8_put(out, (unsigned char)text.p[i]);

		buf_put(&b, (str){ out, n });
	}
	return buf_str(&b);
}

/*
 * Decoding.
 */

struct word {
	str charset, encoding, text;
};

/* Takes a word off the front of *rest, if one stands there. */
static bool take_word(str *rest, struct word *ret)
{
	str s = *rest;
	ptrdiff_t end;

	if (!str_take(&s, STR("=?")))
		return false;
	ret->charset = str_cut(&s, '?');
	if (!s.p)
		return false;
	ret->encoding = str_cut(&s, '?');
	if (!s.p)
		return false;
	end = str_find_str(s, STR("?="), 0);
	if (end < 0)
		return false;
	ret->text = str_from_to(s, 0, (size_t)end);
	*rest = str_after(s, (size_t)end + 2);
	return true;
}

static bool decode_q(struct arena *a, str text, str *ret)
{
	struct buf b;
	char byte;

	buf_init(&b, a, text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '=') {
			if (!hex_decode(str_from_to(text, i + 1, i + 3), &byte, 1))
				return false;
			buf_putc(&b, byte);
			i += 2;
		} else {
			buf_putc(&b, text.p[i] == '_' ? ' ' : text.p[i]);
		}
	}
	*ret = buf_str(&b);
	return true;
}

static bool decode_word(struct arena *a, const struct word *w, str *ret)
{
	str charset = w->charset, bytes;

	charset = str_cut(&charset, '*'); /* a language may follow */
	if (str_eq_nocase(w->encoding, STR("B"))) {
		if (!base64_decode(a, w->text, &bytes))
			return false;
	} else if (!str_eq_nocase(w->encoding, STR("Q")) || !decode_q(a, w->text, &bytes)) {
		return false;
	}
	if (str_eq_nocase(charset, STR("UTF-8")) || str_eq_nocase(charset, STR("US-ASCII")))
		*ret = bytes;
	else if (str_eq_nocase(charset, STR("ISO-8859-1")))
		*ret = latin1_to_utf8(a, bytes);
	else
		return false;
	return true;
}

str mail_words_decode(struct arena *a, str text)
{
	bool behind_word = false;
	str rest = text;
	size_t plain = 0; /* characters before `rest` that are no word */
	struct word w;
	struct buf b;

	buf_init(&b, a, TEXT_MAX);
	while (rest.n) {
		str next = rest, before = { rest.p - plain, plain }, decoded;

		if (!take_word(&next, &w) || !decode_word(a, &w, &decoded)) {
			rest = str_after(rest, 1);
			plain++;
			continue;
		}
		/* White space between two words belongs to neither. */
		if (!behind_word || str_trim(before).n)
			buf_put(&b, before);
		buf_put(&b, decoded);
		rest = next;
		plain = 0;
		behind_word = true;
	}
	buf_put(&b, (str){ rest.p - plain, plain });
	return b.overflow || !utf8_valid(buf_str(&b)) ? text : buf_str(&b);
}

/*
 * Encoding.
 */

static bool is_plain(str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((text.p[i] < ' ' && text.p[i] != '\t') || text.p[i] > '~')
			return false;
	return !str_contains(text, STR("=?"));
}

/* As many whole characters as go into a word. */
static str take_characters(str *rest)
{
	size_t n = 0;

	while (n < rest->n) {
		size_t next = MAX(utf8_first(str_after(*rest, n)), (size_t)1);

		if (n + next > WORD_BYTES)
			break;
		n += next;
	}
	str taken = str_from_to(*rest, 0, n);
	*rest = str_after(*rest, n);
	return taken;
}

str mail_words_encode(struct arena *a, str text)
{
	struct buf b;

	if (is_plain(text))
		return text;
	buf_init(&b, a, 4 * TEXT_MAX);
	while (text.n) {
		if (b.n)
			buf_putc(&b, ' ');
		buf_put(&b, STR("=?UTF-8?B?"));
		base64_put(&b, take_characters(&text));
		buf_put(&b, STR("?="));
	}
	return buf_str(&b);
}
