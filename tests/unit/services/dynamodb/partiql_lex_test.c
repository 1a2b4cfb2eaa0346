#include "check.h"

#include "services/dynamodb/partiql_lex.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static struct partiql_token *lex(const char *text, size_t n)
{
	struct partiql_token *tokens;
	size_t count;

	expect(partiql_lex(&arena, str_from(text), &tokens, &count));
	expect_int(count, n + 1);
	expect_int(tokens[n].type, LEXEME_END);
	return tokens;
}

static void expect_token(const char *text, enum partiql_lexeme type, const char *value)
{
	struct partiql_token *t = lex(text, 1);

	expect_int(t->type, type);
	expect_str(t->text, value);
}

static void expect_refused(const char *text)
{
	struct partiql_token *tokens;
	size_t n;

	expect(!partiql_lex(&arena, str_from(text), &tokens, &n));
}

TEST(partiql_lex_names_and_strings_lose_their_quotes)
{
	expect_token("Artist", LEXEME_NAME, "Artist");
	expect_token("$a_1", LEXEME_NAME, "$a_1");
	expect_token("\"my table\"", LEXEME_QUOTED_NAME, "my table");
	expect_token("\"a\"\"b\"", LEXEME_QUOTED_NAME, "a\"b");
	expect_token("'it''s here'", LEXEME_STRING, "it's here");
	expect_token("''''", LEXEME_STRING, "'");
	expect_token("''", LEXEME_STRING, "");
	expect_token("'\xc3\xa9'", LEXEME_STRING, "\xc3\xa9");
}

TEST(partiql_lex_keywords_are_those_of_sql)
{
	expect_token("Select", LEXEME_KEYWORD, "select");
	expect_token("user", LEXEME_KEYWORD, "user");
	expect_token("INNER", LEXEME_KEYWORD, "inner");
	expect_token("TRUE", LEXEME_TRUE, "true");
	expect_token("null", LEXEME_NULL, "null");
	expect_token("Missing", LEXEME_MISSING, "missing");
	expect_token("year", LEXEME_NAME, "year");
	expect_token("\"user\"", LEXEME_QUOTED_NAME, "user");
}

TEST(partiql_lex_words_that_belong_together_are_one)
{
	expect_token("insert  INTO", LEXEME_KEYWORD, "insert_into");
	expect_token("is /* x */ not", LEXEME_OPERATOR, "is_not");
	expect_token("NOT IN", LEXEME_OPERATOR, "not_in");
	expect_token("modified new", LEXEME_KEYWORD, "modified_new");
	expect_int(lex("is not not in", 2)[1].word, WORD_NOT_IN);
}

TEST(partiql_lex_numbers_are_what_java_takes_for_one)
{
	expect_token("42", LEXEME_NUMBER, "42");
	expect_token("1.", LEXEME_NUMBER, "1.");
	expect_token(".73e1", LEXEME_NUMBER, ".73e1");
	expect_token("73100000E-1", LEXEME_NUMBER, "73100000E-1");
	expect_token("1e2147483647", LEXEME_NUMBER, "1e2147483647");
	expect_refused("1e2147483648");
	expect_refused("1e99999999999999999999");
	expect_refused("1.5e-2147483647");
	expect_refused("1e");
	expect_refused("1e+x");
	expect_int(lex("2fa", 2)[1].type, LEXEME_NAME);
	expect_int(lex("a.b", 3)[1].type, LEXEME_DOT);
}

TEST(partiql_lex_comments_are_white_space)
{
	expect_token("-- note\r\na", LEXEME_NAME, "a");
	expect_token("a -- note", LEXEME_NAME, "a");
	expect_token("/* one\n two */a/**/", LEXEME_NAME, "a");
	expect_refused("a /* note");
	expect_refused("a # note");
}

TEST(partiql_lex_operators_are_as_long_as_they_can_be)
{
	struct partiql_token *t = lex("<<a<=b>>=c<>d!=e<f>g", 15);
	const enum partiql_word words[] = { WORD_NONE, WORD_NONE, WORD_LESS_OR_EQUAL,
		                            WORD_NONE, WORD_NONE, WORD_EQUAL };

	expect_int(t[0].type, LEXEME_LEFT_BAG);
	expect_int(t[4].type, LEXEME_RIGHT_BAG);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		expect_int(t[i].word, words[i]);
	expect_int(t[7].word, WORD_NOT_EQUAL);
	expect_int(t[9].word, WORD_NOT_EQUAL);
	expect_int(t[11].word, WORD_LESS);
	expect_int(t[13].word, WORD_GREATER);
}

TEST(partiql_lex_what_is_no_token_is_refused)
{
	expect_refused("'open");
	expect_refused("\"open");
	expect_refused("'open''");
	expect_refused("!");
	expect_refused("|");
	expect_refused("~");
	expect_refused("`ion`");
	expect_refused("\xc3\xa9");
}

TEST(partiql_lex_places_are_counted_in_characters)
{
	struct partiql_token *t = lex("a '\xc3\xa9' bcd\r\n  e\nf", 5);

	expect_int(t[1].column, 3);
	expect_int(t[1].length, 3);
	expect_int(t[2].column, 7);
	expect_int(t[2].length, 3);
	expect_int(t[3].line, 2);
	expect_int(t[3].column, 3);
	expect_int(t[4].line, 3);
	expect_int(t[4].column, 1);
}

TESTS_WITH(NULL, release,
           {
		   RUN(partiql_lex_names_and_strings_lose_their_quotes),
		   RUN(partiql_lex_keywords_are_those_of_sql),
		   RUN(partiql_lex_words_that_belong_together_are_one),
		   RUN(partiql_lex_numbers_are_what_java_takes_for_one),
		   RUN(partiql_lex_comments_are_white_space),
		   RUN(partiql_lex_operators_are_as_long_as_they_can_be),
		   RUN(partiql_lex_what_is_no_token_is_refused),
		   RUN(partiql_lex_places_are_counted_in_characters),
	   })
