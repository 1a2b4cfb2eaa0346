#include "services/dynamodb/partiql_lex.h"

#include "base/str.h"
#include "services/dynamodb/number.h"

#include <stdlib.h>
#include <string.h>

enum { KEYWORD_MAX = 24 };

struct keyword {
	const char *text;
	enum partiql_lexeme type;
	enum partiql_word word;
};

/* clang-format off */
#define RESERVED(text)       { text, LEXEME_KEYWORD, WORD_OTHER }
#define KEYWORD(text, name)  { text, LEXEME_KEYWORD, WORD_##name }
#define OPERATOR(text, name) { text, LEXEME_OPERATOR, WORD_##name }
#define FUNCTION(text)       { text, LEXEME_KEYWORD, WORD_FUNCTION }
#define TYPE(text)           { text, LEXEME_KEYWORD, WORD_TYPE }

/* In the order of the alphabet: SQL-92's, and PartiQL's own. */
static const struct keyword keywords[] = {
	RESERVED("absolute"), RESERVED("action"), RESERVED("add"), KEYWORD("all", ALL), RESERVED("allocate"),
	RESERVED("alter"), OPERATOR("and", AND), TYPE("any"), RESERVED("are"), { "as", LEXEME_AS, WORD_NONE },
	KEYWORD("asc", ASC), RESERVED("assertion"), { "at", LEXEME_AT, WORD_NONE }, RESERVED("authorization"),
	FUNCTION("avg"), TYPE("bag"), RESERVED("begin"), OPERATOR("between", BETWEEN), TYPE("bigint"),
	RESERVED("bit"), FUNCTION("bit_length"), TYPE("blob"), TYPE("bool"), TYPE("boolean"),
	{ "by", LEXEME_BY, WORD_NONE }, RESERVED("can_cast"), RESERVED("can_lossless_cast"), RESERVED("cascade"),
	RESERVED("cascaded"), RESERVED("case"), RESERVED("cast"), RESERVED("catalog"), TYPE("char"),
	FUNCTION("char_length"), KEYWORD("character", CHARACTER), FUNCTION("character_length"),
	RESERVED("check"), TYPE("clob"), RESERVED("close"), RESERVED("coalesce"), RESERVED("collate"),
	RESERVED("collation"), RESERVED("column"), RESERVED("commit"), KEYWORD("conflict", CONFLICT),
	RESERVED("connect"), RESERVED("connection"), RESERVED("constraint"), RESERVED("constraints"),
	RESERVED("continue"), RESERVED("convert"), RESERVED("corresponding"), FUNCTION("count"),
	RESERVED("create"), RESERVED("cross"), RESERVED("current"), RESERVED("current_date"),
	RESERVED("current_time"), RESERVED("current_timestamp"), RESERVED("current_user"), RESERVED("cursor"),
	TYPE("date"), RESERVED("date_add"), RESERVED("date_diff"), RESERVED("deallocate"), TYPE("dec"),
	TYPE("decimal"), RESERVED("declare"), RESERVED("default"), RESERVED("deferrable"),
	RESERVED("deferred"), KEYWORD("delete", DELETE), KEYWORD("desc", DESC), RESERVED("describe"),
	RESERVED("descriptor"), RESERVED("diagnostics"), RESERVED("disconnect"),
	KEYWORD("distinct", DISTINCT), RESERVED("do"), RESERVED("domain"), KEYWORD("double", DOUBLE),
	RESERVED("drop"), RESERVED("else"), RESERVED("end"), RESERVED("escape"), OPERATOR("except", EXCEPT),
	RESERVED("exception"), RESERVED("exec"), RESERVED("execute"), FUNCTION("exists"),
	RESERVED("external"), RESERVED("extract"), { "false", LEXEME_FALSE, WORD_NONE }, RESERVED("fetch"),
	RESERVED("first"), TYPE("float"), RESERVED("for"), RESERVED("foreign"), RESERVED("found"),
	KEYWORD("from", FROM), RESERVED("full"), RESERVED("get"), RESERVED("global"), RESERVED("go"),
	RESERVED("goto"), RESERVED("grant"), KEYWORD("group", GROUP), KEYWORD("having", HAVING),
	RESERVED("identity"), RESERVED("immediate"), OPERATOR("in", IN), RESERVED("index"),
	RESERVED("indicator"), RESERVED("initially"), RESERVED("inner"), RESERVED("input"),
	RESERVED("insensitive"), KEYWORD("insert", INSERT), TYPE("int"), TYPE("int2"), TYPE("int4"),
	TYPE("int8"), TYPE("integer"), TYPE("integer2"), TYPE("integer4"), TYPE("integer8"),
	OPERATOR("intersect", INTERSECT), RESERVED("interval"), KEYWORD("into", INTO), OPERATOR("is", IS),
	RESERVED("isolation"), KEYWORD("join", JOIN), RESERVED("key"), RESERVED("language"),
	RESERVED("last"), RESERVED("left"), KEYWORD("let", LET), RESERVED("level"), OPERATOR("like", LIKE),
	KEYWORD("limit", LIMIT), TYPE("list"), RESERVED("local"), FUNCTION("lower"), RESERVED("match"),
	FUNCTION("max"), FUNCTION("min"), { "missing", LEXEME_MISSING, WORD_TYPE },
	KEYWORD("modified", MODIFIED), RESERVED("module"), RESERVED("names"), RESERVED("national"),
	RESERVED("natural"), RESERVED("nchar"), KEYWORD("new", NEW), RESERVED("next"), RESERVED("no"),
	OPERATOR("not", NOT), RESERVED("nothing"), { "null", LEXEME_NULL, WORD_TYPE }, RESERVED("nullif"),
	TYPE("numeric"), FUNCTION("octet_length"), RESERVED("of"), KEYWORD("offset", OFFSET),
	KEYWORD("old", OLD), KEYWORD("on", ON), RESERVED("only"), RESERVED("open"), RESERVED("option"),
	OPERATOR("or", OR), KEYWORD("order", ORDER), RESERVED("outer"), RESERVED("output"),
	RESERVED("overlaps"), RESERVED("pad"), RESERVED("partial"), RESERVED("pivot"), RESERVED("position"),
	KEYWORD("precision", PRECISION), RESERVED("prepare"), RESERVED("preserve"), RESERVED("primary"),
	RESERVED("prior"), RESERVED("privileges"), RESERVED("procedure"), RESERVED("public"),
	RESERVED("read"), TYPE("real"), RESERVED("references"), RESERVED("relative"),
	KEYWORD("remove", REMOVE), RESERVED("restrict"), KEYWORD("returning", RETURNING),
	RESERVED("revoke"), RESERVED("right"), RESERVED("rollback"), RESERVED("rows"), RESERVED("schema"),
	RESERVED("scroll"), RESERVED("section"), KEYWORD("select", SELECT), RESERVED("session"),
	RESERVED("session_user"), KEYWORD("set", SET), TYPE("sexp"), FUNCTION("size"), TYPE("smallint"),
	RESERVED("some"), RESERVED("space"), RESERVED("sql"), RESERVED("sqlcode"), RESERVED("sqlerror"),
	RESERVED("sqlstate"), TYPE("string"), TYPE("struct"), RESERVED("substring"), FUNCTION("sum"),
	TYPE("symbol"), RESERVED("system_user"), RESERVED("table"), RESERVED("temporary"),
	RESERVED("then"), TYPE("time"), TYPE("timestamp"), RESERVED("to"), RESERVED("transaction"),
	RESERVED("translate"), RESERVED("translation"), RESERVED("trim"), { "true", LEXEME_TRUE, WORD_NONE },
	TYPE("tuple"), OPERATOR("union", UNION), RESERVED("unique"), RESERVED("unknown"),
	RESERVED("unpivot"), KEYWORD("update", UPDATE), FUNCTION("upper"), RESERVED("usage"),
	RESERVED("user"), RESERVED("using"), KEYWORD("value", VALUE), RESERVED("values"), TYPE("varchar"),
	KEYWORD("varying", VARYING), RESERVED("view"), RESERVED("when"), RESERVED("whenever"),
	KEYWORD("where", WHERE), RESERVED("with"), RESERVED("work"), RESERVED("write"), RESERVED("zone"),
};

static const struct {
	enum partiql_word first, second, both;
	enum partiql_lexeme type;
	const char *text;
} pairs[] = {
	{ WORD_NOT, WORD_IN, WORD_NOT_IN, LEXEME_OPERATOR, "not_in" },
	{ WORD_NOT, WORD_BETWEEN, WORD_NOT_BETWEEN, LEXEME_OPERATOR, "not_between" },
	{ WORD_NOT, WORD_LIKE, WORD_NOT_LIKE, LEXEME_OPERATOR, "not_like" },
	{ WORD_IS, WORD_NOT, WORD_IS_NOT, LEXEME_OPERATOR, "is_not" },
	{ WORD_INSERT, WORD_INTO, WORD_INSERT_INTO, LEXEME_KEYWORD, "insert_into" },
	{ WORD_ALL, WORD_OLD, WORD_ALL_OLD, LEXEME_KEYWORD, "all_old" },
	{ WORD_ALL, WORD_NEW, WORD_ALL_NEW, LEXEME_KEYWORD, "all_new" },
	{ WORD_MODIFIED, WORD_OLD, WORD_MODIFIED_OLD, LEXEME_KEYWORD, "modified_old" },
	{ WORD_MODIFIED, WORD_NEW, WORD_MODIFIED_NEW, LEXEME_KEYWORD, "modified_new" },
	{ WORD_CHARACTER, WORD_VARYING, WORD_TYPE, LEXEME_KEYWORD, "character_varying" },
	{ WORD_DOUBLE, WORD_PRECISION, WORD_TYPE, LEXEME_KEYWORD, "double_precision" },
};

/* The longer ones first. */
static const struct {
	const char *text;
	enum partiql_lexeme type;
	enum partiql_word word;
} marks[] = {
	{ "<<", LEXEME_LEFT_BAG, WORD_NONE },
	{ ">>", LEXEME_RIGHT_BAG, WORD_NONE },
	{ "<=", LEXEME_OPERATOR, WORD_LESS_OR_EQUAL },
	{ ">=", LEXEME_OPERATOR, WORD_GREATER_OR_EQUAL },
	{ "<>", LEXEME_OPERATOR, WORD_NOT_EQUAL },
	{ "!=", LEXEME_OPERATOR, WORD_NOT_EQUAL },
	{ "||", LEXEME_OPERATOR, WORD_CONCAT },
	{ "<", LEXEME_OPERATOR, WORD_LESS },
	{ ">", LEXEME_OPERATOR, WORD_GREATER },
	{ "=", LEXEME_OPERATOR, WORD_EQUAL },
	{ "+", LEXEME_OPERATOR, WORD_PLUS },
	{ "-", LEXEME_OPERATOR, WORD_MINUS },
	{ "/", LEXEME_OPERATOR, WORD_DIVIDE },
	{ "%", LEXEME_OPERATOR, WORD_MODULO },
	{ "@", LEXEME_OPERATOR, WORD_OTHER },
	{ "*", LEXEME_STAR, WORD_TIMES },
	{ "?", LEXEME_PARAMETER, WORD_NONE },
	{ ".", LEXEME_DOT, WORD_NONE },
	{ ",", LEXEME_COMMA, WORD_NONE },
	{ ":", LEXEME_COLON, WORD_NONE },
	{ ";", LEXEME_SEMICOLON, WORD_NONE },
	{ "(", LEXEME_LEFT_PAREN, WORD_NONE },
	{ ")", LEXEME_RIGHT_PAREN, WORD_NONE },
	{ "[", LEXEME_LEFT_BRACKET, WORD_NONE },
	{ "]", LEXEME_RIGHT_BRACKET, WORD_NONE },
	{ "{", LEXEME_LEFT_CURLY, WORD_NONE },
	{ "}", LEXEME_RIGHT_CURLY, WORD_NONE },
};
/* clang-format on */

struct lexer {
	struct arena *arena;
	str text;
	size_t at;
	/* Of the character at `at`, counted on as it moves. */
	unsigned line, column;
	struct partiql_token *tokens;
	size_t n, capacity;
};

static char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->text.n ? l->text.p[l->at + ahead] : '\0';
}

static str rest(const struct lexer *l)
{
	return str_after(l->text, l->at);
}

static bool is_name_start(char c)
{
	return ascii_is_alpha(c) || c == '_' || c == '$';
}

static bool is_name_part(char c)
{
	return is_name_start(c) || ascii_is_digit(c);
}

/* A line ends with a line feed, a carriage return, or both. */
static void move(struct lexer *l, size_t n)
{
	for (; n; n--) {
		char c = l->text.p[l->at++];

		if (c == '\n' || (c == '\r' && peek(l, 0) != '\n')) {
			l->line++;
			l->column = 1;
		} else if (((unsigned char)c & 0xc0) != 0x80 && c != '\r') {
			l->column++;
		}
	}
}

static struct partiql_token *add(struct lexer *l, enum partiql_lexeme type, enum partiql_word word,
                                 str text, size_t bytes)
{
	struct partiql_token *t;
	unsigned line = l->line, column = l->column;

	if (l->n == l->capacity)
		l->tokens = arena_grow(l->arena, l->tokens, &l->capacity, sizeof *l->tokens);
	t = &l->tokens[l->n++];
	*t = (struct partiql_token){ type, word, text, line, column, 0 };
	t->length = (unsigned)utf8_count(str_from_to(l->text, l->at, l->at + bytes));
	move(l, bytes);
	return t;
}

/* Two words that are one. */
static void merge(struct lexer *l)
{
	struct partiql_token *second = &l->tokens[l->n - 1], *first;

	if (l->n < 2 || second->word == WORD_NONE)
		return;
	first = second - 1;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (first->word == pairs[i].first && second->word == pairs[i].second) {
			first->type = pairs[i].type;
			first->word = pairs[i].both;
			first->text = str_from(pairs[i].text);
			l->n--;
			return;
		}
}

static int compare_keyword(const void *key, const void *element)
{
	return strcmp(key, ((const struct keyword *)element)->text);
}

static void lex_word(struct lexer *l)
{
	char lower[KEYWORD_MAX];
	const struct keyword *k = NULL;
	size_t n = 1;
	str word;

	while (is_name_part(peek(l, n)))
		n++;
	word = str_from_to(l->text, l->at, l->at + n);
	if (n < sizeof lower) {
		for (size_t i = 0; i < n; i++)
			lower[i] = ascii_lower(word.p[i]);
		lower[n] = '\0';
		k = bsearch(lower, keywords, ARRAY_LEN(keywords), sizeof *keywords,
		            compare_keyword);
	}
	if (!k) {
		add(l, LEXEME_NAME, WORD_NONE, word, n);
		return;
	}
	add(l, k->type, k->word, str_from(k->text), n);
	merge(l);
}

/* Where text in quotes ends, in which the quote itself is written twice; the size of the text is what is
 * left without the doubles. */
static bool find_end(const struct lexer *l, char quote, size_t *ret_end, size_t *ret_doubles)
{
	size_t doubles = 0;

	for (size_t i = l->at + 1; i < l->text.n; i++) {
		if (l->text.p[i] != quote)
			continue;
		if (i + 1 >= l->text.n || l->text.p[i + 1] != quote) {
			*ret_end = i;
			*ret_doubles = doubles;
			return true;
		}
		doubles++;
		i++;
	}
	return false;
}

static bool lex_quoted(struct lexer *l, char quote, enum partiql_lexeme type)
{
	size_t end, doubles, n = 0;
	str text;
	char *copy;

	if (!find_end(l, quote, &end, &doubles))
		return false;
	text = str_from_to(l->text, l->at + 1, end);
	if (doubles) {
		copy = arena_alloc(l->arena, text.n - doubles);
		for (size_t i = 0; i < text.n; i++) {
			copy[n++] = text.p[i];
			i += text.p[i] == quote;
		}
		text = (str){ copy, n };
	}
	add(l, type, WORD_NONE, text, end + 1 - l->at);
	return true;
}

static bool lex_number(struct lexer *l)
{
	size_t n = 0, fraction = 0, digits;
	int64_t exponent;
	bool negative = false;

	while (ascii_is_digit(peek(l, n)))
		n++;
	if (peek(l, n) == '.') {
		for (n++; ascii_is_digit(peek(l, n)); n++)
			fraction++;
	}
	if (ascii_lower(peek(l, n)) == 'e') {
		n++;
		if (peek(l, n) == '+' || peek(l, n) == '-')
			negative = peek(l, n++) == '-';
		digits = n;
		while (ascii_is_digit(peek(l, n)))
			n++;
		if (!number_exponent(str_from_to(l->text, l->at + digits, l->at + n), negative,
		                     fraction, &exponent))
			return false;
	}
	add(l, LEXEME_NUMBER, WORD_NONE, str_from_to(l->text, l->at, l->at + n), n);
	return true;
}

static bool lex_mark(struct lexer *l)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		str mark = str_from(marks[i].text);

		if (str_starts(rest(l), mark)) {
			add(l, marks[i].type, marks[i].word, mark, mark.n);
			return true;
		}
	}
	return false;
}

static bool skip_comment(struct lexer *l)
{
	ptrdiff_t end = str_find_str(l->text, STR("*/"), l->at + 2);

	if (end < 0)
		return false;
	move(l, (size_t)end + 2 - l->at);
	return true;
}

static bool lex_one(struct lexer *l)
{
	char c = peek(l, 0);

	if (ascii_is_space(c)) {
		move(l, 1);
		return true;
	}
	if (c == '-' && peek(l, 1) == '-') {
		while (l->at < l->text.n && peek(l, 0) != '\n' && peek(l, 0) != '\r')
			move(l, 1);
		return true;
	}
	if (c == '/' && peek(l, 1) == '*')
		return skip_comment(l);
	if (c == '\'')
		return lex_quoted(l, c, LEXEME_STRING);
	if (c == '"')
		return lex_quoted(l, c, LEXEME_QUOTED_NAME);
	if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(peek(l, 1))))
		return lex_number(l);
	if (is_name_start(c)) {
		lex_word(l);
		return true;
	}
	return lex_mark(l);
}

bool partiql_lex(struct arena *a, str text, struct partiql_token **ret, size_t *ret_n)
{
	struct lexer l = { .arena = a, .text = text, .line = 1, .column = 1 };

	while (l.at < text.n)
		if (!lex_one(&l))
			return false;
	add(&l, LEXEME_END, WORD_NONE, STR(""), 0);
	*ret = l.tokens;
	*ret_n = l.n;
	return true;
}
