#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static size_t end_of_word(str text, size_t at)
{
	while (at < text.n && is_word(text.p[at]))
		at++;
	return at;
}

static enum token_kind kind_of_word(str word)
{
	static const struct {
		str word;
		enum token_kind kind;
	} keywords[] = {
		{ STR_INIT("AND"), TOKEN_AND },       { STR_INIT("OR"), TOKEN_OR },
		{ STR_INIT("NOT"), TOKEN_NOT },       { STR_INIT("IN"), TOKEN_IN },
		{ STR_INIT("SET"), TOKEN_SET },       { STR_INIT("BETWEEN"), TOKEN_BETWEEN },
		{ STR_INIT("REMOVE"), TOKEN_REMOVE }, { STR_INIT("ADD"), TOKEN_ADD },
		{ STR_INIT("DELETE"), TOKEN_DELETE },
	};
	char first = ascii_upper(word.p[0]);

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (keywords[i].word.n == word.n && keywords[i].word.p[0] == first &&
		    str_eq_nocase(word, keywords[i].word))
			return keywords[i].kind;
	return TOKEN_IDENTIFIER;
}

static struct token symbol_of_two(str text, size_t at)
{
	char second = at + 1 < text.n ? text.p[at + 1] : '\0';
	bool is_less = text.p[at] == '<';

	if (second == '=')
		return (struct token){ is_less ? TOKEN_LESS_OR_EQUAL : TOKEN_GREATER_OR_EQUAL, at,
			               at + 2 };
	if (is_less && second == '>')
		return (struct token){ TOKEN_NOT_EQUAL, at, at + 2 };
	return (struct token){ is_less ? TOKEN_LESS : TOKEN_GREATER, at, at + 1 };
}

static struct token symbol_at(str text, size_t at)
{
	static const enum token_kind symbols[128] = {
		['='] = TOKEN_EQUAL,         ['+'] = TOKEN_PLUS,  ['-'] = TOKEN_MINUS,
		['('] = TOKEN_OPEN,          [')'] = TOKEN_CLOSE, ['['] = TOKEN_OPEN_BRACKET,
		[']'] = TOKEN_CLOSE_BRACKET, [','] = TOKEN_COMMA, ['.'] = TOKEN_DOT,
	};
	unsigned char c = (unsigned char)text.p[at];

	if (c == '<' || c == '>')
		return symbol_of_two(text, at);
	if (c < ARRAY_LEN(symbols) && symbols[c])
		return (struct token){ symbols[c], at, at + 1 };
	return (struct token){ TOKEN_UNKNOWN, at, at + MAX(utf8_first(str_after(text, at)), 1) };
}

/* No number has leading zeros, so that 01 is two tokens, which no grammar takes. */
static size_t end_of_digits(str text, size_t at)
{
	if (text.p[at] == '0')
		return at + 1;
	while (at < text.n && ascii_is_digit(text.p[at]))
		at++;
	return at;
}

struct token token_at(str text, size_t at)
{
	size_t end;
	char c;

	while (at < text.n && is_space(text.p[at]))
		at++;
	if (at == text.n)
		return (struct token){ TOKEN_END, at, at };
	c = text.p[at];
	if (ascii_is_alpha(c)) {
		end = end_of_word(text, at);
		return (struct token){ kind_of_word(str_from_to(text, at, end)), at, end };
	}
	if (c == '#' || c == ':') {
		end = end_of_word(text, at + 1);
		if (end > at + 1)
			return (struct token){ c == '#' ? TOKEN_NAME : TOKEN_VALUE, at, end };
	}
	if (ascii_is_digit(c))
		return (struct token){ TOKEN_DIGITS, at, end_of_digits(text, at) };
	return symbol_at(text, at);
}
