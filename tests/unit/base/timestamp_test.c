#include "base/timestamp.h"

#include "check.h"

struct timestamp_case {
	const char *text;
	int64_t t;
};

typedef bool (*parser)(str s, int64_t *ret);

static void expect_all(parser parse, const struct timestamp_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t t = 42;

		if (!parse(str_from(cases[i].text), &t) || t != cases[i].t)
			fail_msg("%s: %lld", cases[i].text, (long long)t);
	}
}

static void expect_none(parser parse, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t t = 42;

		if (parse(str_from(texts[i]), &t) || t != 42)
			fail_msg("%s: %lld", texts[i], (long long)t);
	}
}

TEST(timestamp_from_iso8601_takes_fractions_and_zones)
{
	static const struct timestamp_case cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-23T21:12:00Z", 1795468320000 },
		{ "2026-11-23T21:12:00.123Z", 1795468320123 },
		{ "2026-11-23T21:12:00.1Z", 1795468320100 },
		{ "2026-11-23T21:12:00.123999999Z", 1795468320123 },
		{ "2026-11-23T22:12:00+01:00", 1795468320000 },
		{ "2026-11-23T16:42:00-04:30", 1795468320000 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2000-02-29T00:00:00Z", 951782400000 },
		{ "0001-01-01T00:00:00Z", -62135596800000 },
		{ "9999-12-31T23:59:59.999Z", 253402300799999 },
	};
	/* clang-format off */
	static const char *const bad[] = {
		"", "2026-11-23", "2026-11-23T21:12:00", "2026-11-23T21:12Z", "2026-11-23t21:12:00z",
		"2026-11-23 21:12:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-11-00T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T21:60:00Z",
		"2026-11-23T21:12:60Z", "2026-11-23T21:12:00.Z", "2026-11-23T21:12:00.1234567890Z",
		"2026-11-23T21:12:00+0100", "2026-11-23T21:12:00+24:00", "2026-11-23T21:12:00+01:60",
		"2026-11-23T21:12:00+Z", "2026-11-23T21:12:00-", "2026-11-23T21:12:00ZZ",
		" 2026-11-23T21:12:00Z", "+026-11-23T21:12:00Z", "0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "20261123T211200Z",
	};
	/* clang-format on */

	expect_all(timestamp_from_iso8601, cases, ARRAY_LEN(cases));
	expect_none(timestamp_from_iso8601, bad, ARRAY_LEN(bad));
}

TEST(timestamp_from_basic_is_that_of_signatures)
{
	static const struct timestamp_case cases[] = {
		{ "20261123T211200Z", 1795468320000 },
		{ "19700101T000000Z", 0 },
	};
	/* clang-format off */
	static const char *const bad[] = {
		"",  "20261123T211200", "20261123T211200z", "20261123 211200Z", "20261323T211200Z",
		"20261123T2112000Z",    "20261123T-11200Z", "2026-11-23T21:12:00Z",
	};
	/* clang-format on */

	expect_all(timestamp_from_basic, cases, ARRAY_LEN(cases));
	expect_none(timestamp_from_basic, bad, ARRAY_LEN(bad));
}

TEST(timestamp_from_http_takes_the_three_forms_of_rfc_9110)
{
	static const struct timestamp_case cases[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777000 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777000 },
		{ "Sun Nov  6 08:49:37 1994", 784111777000 },
		{ "Wed Nov 16 08:49:37 1994", 784975777000 },
		{ "Mon, 23 Nov 2026 21:12:00 GMT", 1795468320000 },
		{ "Monday, 23-Nov-26 21:12:00 GMT", 1795468320000 },
	};
	/* clang-format off */
	static const char *const bad[] = {
		"", "Sun", "Sun,", "06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06-Nov-94 08:49:37 GMT", "Sunday Nov  6 08:49:37 1994",
		"Sun Nov 6 08:49:37 1994", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun Nov  6 08:49:37",
	};
	/* clang-format on */

	expect_all(timestamp_from_http, cases, ARRAY_LEN(cases));
	expect_none(timestamp_from_http, bad, ARRAY_LEN(bad));
}

TEST(timestamp_forms_written)
{
	struct arena a = { 0 };
	int64_t t = 1795468320123;

	expect_str(timestamp_to_iso8601(&a, t), "2026-11-23T21:12:00Z");
	expect_str(timestamp_to_iso8601_millis(&a, t), "2026-11-23T21:12:00.123Z");
	expect_str(timestamp_to_basic(&a, t), "20261123T211200Z");
	expect_str(timestamp_to_http(&a, t), "Mon, 23 Nov 2026 21:12:00 GMT");
	expect_str(timestamp_to_http(&a, 784111777000), "Sun, 06 Nov 1994 08:49:37 GMT");
	expect_str(timestamp_to_iso8601_millis(&a, -1), "1969-12-31T23:59:59.999Z");
	expect_str(timestamp_to_http(&a, -1), "Wed, 31 Dec 1969 23:59:59 GMT");
	arena_release(&a);
}

TEST(timestamp_out_of_range_is_clamped_to_years_1_and_9999)
{
	struct arena a = { 0 };

	expect_str(timestamp_to_iso8601(&a, INT64_MIN), "0001-01-01T00:00:00Z");
	expect_str(timestamp_to_iso8601(&a, INT64_MAX), "9999-12-31T23:59:59Z");
	arena_release(&a);
}

TEST(timestamp_of_every_day_reads_back)
{
	struct arena a = { 0 };
	int64_t day = 86400000;

	for (int64_t t = -62135596800000; t <= 253402300799999; t += day) {
		int64_t back = 0;

		if (!timestamp_from_iso8601(timestamp_to_iso8601_millis(&a, t), &back) || back != t)
			fail_msg("%lld: %lld", (long long)t, (long long)back);
		if (a.total > 1000000)
			arena_release(&a);
	}
	arena_release(&a);
}

TESTS({
	RUN(timestamp_from_iso8601_takes_fractions_and_zones),
	RUN(timestamp_from_basic_is_that_of_signatures),
	RUN(timestamp_from_http_takes_the_three_forms_of_rfc_9110),
	RUN(timestamp_forms_written),
	RUN(timestamp_out_of_range_is_clamped_to_years_1_and_9999),
	RUN(timestamp_of_every_day_reads_back),
})
