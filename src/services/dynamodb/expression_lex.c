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

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (str_eq_nocase(word, keywords[i].word))
			return keywords[i].kind;
	return TOKEN_IDENTIFIER;
}

static struct token symbol_at(str text, size_t at)
{
	static const struct {
		str symbol;
		enum token_kind kind;
	} symbols[] = {
		{ STR_INIT("<>"), TOKEN_NOT_EQUAL },
		{ STR_INIT("<="), TOKEN_LESS_OR_EQUAL },
		{ STR_INIT(">="), TOKEN_GREATER_OR_EQUAL },
		{ STR_INIT("="), TOKEN_EQUAL },
		{ STR_INIT("<"), TOKEN_LESS },
		{ STR_INIT(">"), TOKEN_GREATER },
		{ STR_INIT("+"), TOKEN_PLUS },
		{ STR_INIT("-"), TOKEN_MINUS },
		{ STR_INIT("("), TOKEN_OPEN },
		{ STR_INIT(")"), TOKEN_CLOSE },
		{ STR_INIT("["), TOKEN_OPEN_BRACKET },
		{ STR_INIT("]"), TOKEN_CLOSE_BRACKET },
		{ STR_INIT(","), TOKEN_COMMA },
		{ STR_INIT("."), TOKEN_DOT },
	};
	str rest = str_after(text, at);

	for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
		if (str_starts(rest, symbols[i].symbol))
			return (struct token){ symbols[i].kind, at, at + symbols[i].symbol.n };
	return (struct token){ TOKEN_UNKNOWN, at, at + MAX(utf8_first(rest), 1) };
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
