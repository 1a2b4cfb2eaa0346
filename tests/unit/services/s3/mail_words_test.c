#include "check.h"

#include "base/buf.h"
#include "services/s3/mail_words.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static str decode(const char *text)
{
	return mail_words_decode(&arena, str_from(text));
}

static str encode(const char *text)
{
	return mail_words_encode(&arena, str_from(text));
}

TEST(mail_words_decode_knows_both_encodings)
{
	expect_str(decode("=?UTF-8?B?w4RNw4RaSMOTTiDmvKI=?="), "ÄMÄZHÓN 漢");
	expect_str(decode("=?utf-8?q?=C3=84_b=20c?="), "Ä b c");
	expect_str(decode("=?ISO-8859-1?Q?=C4?="), "Ä");
	expect_str(decode("=?UTF-8*de?Q?a?="), "a");
}

TEST(mail_words_decode_joins_words_and_keeps_what_stands_between_others)
{
	expect_str(decode("=?UTF-8?Q?a?= =?UTF-8?Q?b?="), "ab");
	expect_str(decode("x =?UTF-8?Q?a?= y =?UTF-8?Q?b?= z"), "x a y b z");
}

TEST(mail_words_decode_keeps_what_is_no_word)
{
	const char *texts[] = {
		"",
		"plain",
		"=?",
		"=?UTF-8?",
		"=?UTF-8?B?***?=",
		"=?UTF-8?X?a?=",
		"=?KOI8-R?Q?a?=",
		"=?UTF-8?Q?=G0?=",
		"=?UTF-8?Q?=FF?=",
		"a=?b?=c",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		expect_str(decode(texts[i]), texts[i]);
}

TEST(mail_words_encode_leaves_ascii_alone)
{
	expect_str(encode("only ascii ~"), "only ascii ~");
	expect_str(encode("Ä"), "=?UTF-8?B?w4Q=?=");
	expect_str(encode("=?UTF-8?Q?a?="), "=?UTF-8?B?PT9VVEYtOD9RP2E/PQ==?=");
}

TEST(mail_words_encode_makes_words_of_at_most_75_characters)
{
	struct buf b;
	str text, encoded;

	buf_init(&b, &arena, 4096);
	for (size_t i = 0; i < 100; i++)
		buf_put(&b, i % 3 ? STR("漢") : STR("x"));
	text = buf_str(&b);
	encoded = mail_words_encode(&arena, text);
	expect(str_eq(mail_words_decode(&arena, encoded), text));
	while (encoded.p)
		expect(str_cut(&encoded, ' ').n <= 75);
}

TESTS_WITH(NULL, release,
           {
		   RUN(mail_words_decode_knows_both_encodings),
		   RUN(mail_words_decode_joins_words_and_keeps_what_stands_between_others),
		   RUN(mail_words_decode_keeps_what_is_no_word),
		   RUN(mail_words_encode_leaves_ascii_alone),
		   RUN(mail_words_encode_makes_words_of_at_most_75_characters),
	   })
