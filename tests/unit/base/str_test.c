#include "base/str.h"

#include <math.h>

#include "check.h"

TEST(str_comparisons)
{
	expect(str_eq(STR("ab"), STR("ab")));
	expect(!str_eq(STR("ab"), STR("aB")));
	expect(!str_eq(STR("ab"), STR("abc")));
	expect(str_eq(STR_NULL, STR("")));
	expect(str_eq_nocase(STR("aB-1"), STR("Ab-1")));
	expect(!str_eq_nocase(STR("a@"), STR("a`")));
	expect(str_cmp(STR("a"), STR("b")) < 0);
	expect(str_cmp(STR("ab"), STR("a")) > 0);
	expect(str_cmp(STR("\x7f"), STR("\x80")) < 0);
	expect_int(str_cmp(STR_NULL, STR("")), 0);
}

TEST(str_prefixes_and_suffixes)
{
	str s = STR("host:80");

	expect(str_starts(s, STR("host")));
	expect(str_starts(s, STR("")));
	expect(!str_starts(STR("ho"), STR("host")));
	expect(str_starts_nocase(s, STR("HOST")));
	expect(str_ends(s, STR(":80")));
	expect(!str_ends(STR("0"), STR("80")));
	expect(str_contains(s, STR("t:8")));
	expect(!str_contains(s, STR("t:9")));
	expect(str_contains(STR_NULL, STR("")));
	expect(str_take(&s, STR("host:")));
	expect_str(s, "80");
	expect(!str_take(&s, STR("x")));
	expect_str(s, "80");
}

TEST(str_find_gives_offsets_or_minus_one)
{
	str s = STR("abcabc");

	expect_int(str_find(s, 'c', 0), 2);
	expect_int(str_find(s, 'c', 3), 5);
	expect_int(str_find(s, 'x', 0), -1);
	expect_int(str_find(s, 'a', 6), -1);
	expect_int(str_find(s, 'a', 99), -1);
	expect_int(str_rfind(s, 'a'), 3);
	expect_int(str_rfind(STR_NULL, 'a'), -1);
	expect_int(str_find_str(s, STR("bc"), 2), 4);
	expect_int(str_find_str(s, STR("bcd"), 0), -1);
	expect_int(str_find_str(s, STR(""), 6), 6);
	expect_int(str_find_str(s, STR("a"), 7), -1);
}

TEST(str_slices_are_clamped)
{
	expect_str(str_from_to(STR("abc"), 1, 2), "b");
	expect_str(str_from_to(STR("abc"), 2, 99), "c");
	expect_str(str_from_to(STR("abc"), 99, 1), "");
	expect_str(str_after(STR("abc"), 99), "");
	expect(str_from_to(STR_NULL, 0, 1).p == NULL);
	expect_str(str_trim(STR(" \t a b\r\n")), "a b");
	expect_str(str_trim(STR("  ")), "");
}

TEST(str_cut_gives_each_piece_once)
{
	str rest = STR("a,,b,");

	expect_str(str_cut(&rest, ','), "a");
	expect_str(str_cut(&rest, ','), "");
	expect_str(str_cut(&rest, ','), "b");
	expect(rest.p != NULL);
	expect_str(str_cut(&rest, ','), "");
	expect(rest.p == NULL);
}

TEST(str_to_i64_takes_the_whole_range_and_nothing_else)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "007", true, 7 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "0x1", false, 0 },
		{ "1.0", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 42;

		if (str_to_i64(str_from(cases[i].text), &value) != cases[i].valid)
			fail_msg("%s", cases[i].text);
		expect_int(value, cases[i].valid ? cases[i].value : 42);
	}
}

TEST(str_to_u64_takes_the_whole_range_and_nothing_else)
{
	uint64_t value = 42;

	expect(!str_to_u64(STR("18446744073709551616"), &value));
	expect(!str_to_u64(STR("-1"), &value));
	expect(!str_to_u64(STR_NULL, &value));
	expect_int(value, 42);
	expect(str_to_u64(STR("18446744073709551615"), &value));
	expect(value == UINT64_MAX);
}

TEST(str_to_double_reads_json_numbers)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 },       { "-0", -0.0 },
		{ "1.5", 1.5 },   { "1e3", 1000 },
		{ "1E+3", 1000 }, { "12.5e-1", 1.25 },
		{ "1e-999", 0 },  { "1.7976931348623157e308", 1.7976931348623157e308 },
		{ "-17", -17 },
	};
	/* clang-format off */
	static const char *const bad[] = { "",     "-",      "+1",   "01",   ".5",  "1.",  "1e",
		                           "1e+",  "1e999",  "0x10", "1 ",   " 1",  "nan", "inf",
		                           "NaN1", "1,5",    "--1",  "1e1.", "1.e1", "Inf" };
	/* clang-format on */
	char long_text[1101];
	double value = 42;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		if (!str_to_double(str_from(good[i].text), &value) || value != good[i].value)
			fail_msg("%s", good[i].text);
	}
	value = 42;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (str_to_double(str_from(bad[i]), &value))
			fail_msg("%s", bad[i]);
	memset(long_text, '1', sizeof(long_text));
	expect(!str_to_double((str){ long_text, sizeof(long_text) }, &value));
	expect(value == 42);
}

TEST(str_to_double_reads_what_aws_writes_for_no_number)
{
	double value;

	expect(str_to_double(STR("NaN"), &value) && isnan(value));
	expect(str_to_double(STR("Infinity"), &value) && isinf(value) && value > 0);
	expect(str_to_double(STR("-Infinity"), &value) && isinf(value) && value < 0);
}

TEST(utf8_valid_refuses_surrogates_overlongs_and_stumps)
{
	/* clang-format off */
	static const char *const good[] = {
		"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"a long text with \xc3\xa9 after more than eight bytes",
	};
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf",
		"\xe2\x82", "\xe2(\xa1", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
		"12345678\xff", "1234567\xc3",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!utf8_valid(str_from(good[i])))
			fail_msg("good %zu", i);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (utf8_valid(str_from(bad[i])))
			fail_msg("bad %zu", i);
	expect(utf8_valid(STR("a\0b")));
	expect(utf8_valid(STR_NULL));
}

TEST(utf8_within_cuts_at_a_characters_start)
{
	expect_str(utf8_within(STR("abc"), 3), "abc");
	expect_str(utf8_within(STR("abc"), 2), "ab");
	expect_str(utf8_within(STR("a\xc3\xa9"), 2), "a");
	expect_str(utf8_within(STR("\xf0\x9f\x98\x80"), 3), "");
	expect_str(utf8_within(STR_NULL, 3), "");
}

TEST(utf8_every_code_point_is_written_as_it_is_read)
{
	char text[4];

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		size_t n = utf8_put(text, c);

		assert_true(utf8_first((str){ text, n }) == (surrogate ? 0 : n));
		assert_true(surrogate || utf8_count((str){ text, n }) == 1);
	}
	expect_int(utf8_count(STR("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
}

TESTS({
	RUN(str_comparisons),
	RUN(str_prefixes_and_suffixes),
	RUN(str_find_gives_offsets_or_minus_one),
	RUN(str_slices_are_clamped),
	RUN(str_cut_gives_each_piece_once),
	RUN(str_to_i64_takes_the_whole_range_and_nothing_else),
	RUN(str_to_u64_takes_the_whole_range_and_nothing_else),
	RUN(str_to_double_reads_json_numbers),
	RUN(str_to_double_reads_what_aws_writes_for_no_number),
	RUN(utf8_valid_refuses_surrogates_overlongs_and_stumps),
	RUN(utf8_within_cuts_at_a_characters_start),
	RUN(utf8_every_code_point_is_written_as_it_is_read),
})
