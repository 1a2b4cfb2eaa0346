#include "check.h"

#include "services/dynamodb/expression_parse.h"

TEST(reserved_words_are_known_in_any_case)
{
	static const char *const words[] = { "ABORT",  "zone",           "Name", "STATUS",
		                             "ttl",    "LOCALTIMESTAMP", "as",   "Values",
		                             "inNTer", "flattern",       "URL",  "AUTHORIZATION" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!word_is_reserved(str_from(words[i])))
			fail_msg("%s", words[i]);
}

TEST(reserved_words_of_each_letter_are_known)
{
	static const char *const words[] = {
		"ABORT",   "AVG",    "BACK",       "BYTE",     "CALL",      "CYCLE",   "DATA",
		"DYNAMIC", "EACH",   "EXTRACT",    "FAIL",     "FUNCTIONS", "GENERAL", "GROUPING",
		"HANDLER", "HOUR",   "IDENTIFIED", "ITERATE",  "JOIN",      "KEY",     "KEYS",
		"LAG",     "LOWER",  "MAP",        "MULTISET", "NAME",      "NUMERIC", "OBJECT",
		"OWNER",   "PAD",    "PUT",        "QUERY",    "QUORUM",    "RAISE",   "RULES",
		"SAMPLE",  "SYSTEM", "TABLE",      "TYPE",     "UNDER",     "UUID",    "VACUUM",
		"VOID",    "WAIT",   "WRITE",      "YEAR",     "ZONE"
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!word_is_reserved(str_from(words[i])))
			fail_msg("%s", words[i]);
}

TEST(other_words_are_not_reserved)
{
	static const char *const words[] = {
		"",    "a",     "id",  "Name1",           "names_", "sta", "statuss",
		"zzz", "AAAAA", "nam", "LOCALTIMESTAMPS", "#name",  "x",   "XML",
		"@",   "[",     "_",   "t\xC3\xBC"
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (word_is_reserved(str_from(words[i])))
			fail_msg("%s", words[i]);
}

TESTS({
	RUN(reserved_words_are_known_in_any_case),
	RUN(reserved_words_of_each_letter_are_known),
	RUN(other_words_are_not_reserved),
})
