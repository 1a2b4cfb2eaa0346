#include "services/dynamodb/number.h"

#include "check.h"

static struct number number(const char *text)
{
	struct number n;

	expect_int(number_parse(str_from(text), &n), NUMBER_IS_GOOD);
	return n;
}

static str put(struct arena *a, const struct number *n)
{
	struct buf b;

	buf_init(&b, a, NUMBER_TEXT_MAX);
	number_put(&b, n);
	expect(!b.overflow);
	return buf_str(&b);
}

static str put_key(struct arena *a, const struct number *n)
{
	struct buf b;

	buf_init(&b, a, NUMBER_KEY_MAX);
	number_put_key(&b, n);
	expect(!b.overflow);
	return buf_str(&b);
}

#define DIGITS_38 "12345678901234567890123456789012345678"
#define NINES_38  "99999999999999999999999999999999999999"
#define ZEROS_88 \
	"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define ZEROS_126 ZEROS_88 "00000000000000000000000000000000000000"

TEST(number_is_shown_without_an_exponent_and_without_zeros_that_say_nothing)
{
	static const struct {
		const char *given, *shown;
	} cases[] = {
		{ "0", "0" },
		{ "-0", "0" },
		{ "0.000", "0" },
		{ "0e125", "0" },
		{ "-0E-130", "0" },
		{ "0.0000", "0" },
		{ "1", "1" },
		{ "+5", "5" },
		{ "-7", "-7" },
		{ "00042", "42" },
		{ "1.0", "1" },
		{ "3.1400", "3.14" },
		{ "5.", "5" },
		{ ".123", "0.123" },
		{ "-.5", "-0.5" },
		{ "1.5E+3", "1500" },
		{ "1e+2", "100" },
		{ "1.5e2", "150" },
		{ "-17.4E37", "-174000000000000000000000000000000000000" },
		{ "0.00001", "0.00001" },
		{ "100E-5", "0.001" },
		{ "1E-00000000000000000000000000000000005", "0.00001" },
		{ DIGITS_38, DIGITS_38 },
		{ "0." DIGITS_38 "000", "0." DIGITS_38 },
		{ "9.9999999999999999999999999999999999999E+125", NINES_38 ZEROS_88 },
		{ "-9.9999999999999999999999999999999999999E+125", "-" NINES_38 ZEROS_88 },
		{ "1E-130", "0.000" ZEROS_126 "1" },
		{ "10E-131", "0.000" ZEROS_126 "1" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number n = number(cases[i].given);

		expect_str(put(&a, &n), cases[i].shown);
	}
	arena_release(&a);
}

TEST(number_that_is_none_or_out_of_range_is_refused)
{
	static const struct {
		const char *given;
		enum number_problem problem;
	} cases[] = {
		{ "", NUMBER_IS_NONE },
		{ "-", NUMBER_IS_NONE },
		{ ".", NUMBER_IS_NONE },
		{ "x", NUMBER_IS_NONE },
		{ "NaN", NUMBER_IS_NONE },
		{ "-Infinity", NUMBER_IS_NONE },
		{ " 1", NUMBER_IS_NONE },
		{ "1 ", NUMBER_IS_NONE },
		{ "1e", NUMBER_IS_NONE },
		{ "1e+", NUMBER_IS_NONE },
		{ "e5", NUMBER_IS_NONE },
		{ "+e2", NUMBER_IS_NONE },
		{ "1.2.3", NUMBER_IS_NONE },
		{ "1+2", NUMBER_IS_NONE },
		{ "--1", NUMBER_IS_NONE },
		{ "0x10", NUMBER_IS_NONE },
		{ "1,000", NUMBER_IS_NONE },
		{ DIGITS_38 "9", NUMBER_IS_TOO_LONG },
		{ "0." DIGITS_38 "1", NUMBER_IS_TOO_LONG },
		{ "1" ZEROS_88 "1", NUMBER_IS_TOO_LONG },
		{ "1E126", NUMBER_IS_TOO_LARGE },
		{ "-11e125", NUMBER_IS_TOO_LARGE },
		{ "1e2147483647", NUMBER_IS_TOO_LARGE },
		{ "1e99999999999", NUMBER_IS_TOO_LARGE },
		{ "1e9223372036854775807", NUMBER_IS_TOO_LARGE },
		{ "1e9223372036854775808", NUMBER_IS_NONE },
		{ "0e126", NUMBER_IS_TOO_LARGE },
		{ "0e-131", NUMBER_IS_TOO_SMALL },
		{ "1E-131", NUMBER_IS_TOO_SMALL },
		{ "0.9e-130", NUMBER_IS_TOO_SMALL },
		{ "1e-99999999999", NUMBER_IS_TOO_SMALL },
		{ DIGITS_38 "9E126", NUMBER_IS_TOO_LARGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number n = { .count = 7 };

		expect_int(number_parse(str_from(cases[i].given), &n), cases[i].problem);
		expect_int(n.count, 7);
	}
}

TEST(number_of_a_parameter_has_the_bounds_of_a_big_decimal)
{
	static const struct {
		const char *given;
		enum number_problem problem;
	} cases[] = {
		{ "1e125", NUMBER_IS_GOOD },
		{ "1e126", NUMBER_IS_TOO_LARGE },
		{ "1e2147483646", NUMBER_IS_TOO_LARGE },
		{ "1e2147483647", NUMBER_IS_TOO_SMALL }, /* it wraps around */
		{ "1e2147483648", NUMBER_IS_NONE },
		{ "1e-2147483647", NUMBER_IS_TOO_SMALL },
		{ "1.5e-2147483647", NUMBER_IS_NONE },
		{ "-1e99999999999", NUMBER_IS_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number n;

		expect_int(number_parse_decimal(str_from(cases[i].given), &n), cases[i].problem);
	}
}

TEST(number_takes_38_digits_wherever_the_zeros_are)
{
	struct number n = number("1000000000000000000000000000000000000100000");

	expect_int(n.count, 38);
	expect_int(n.exponent, 43);
}

TEST(number_add_and_subtract_are_exact)
{
	static const struct {
		const char *a, *b, *sum, *difference;
	} cases[] = {
		{ "0", "0", "0", "0" },
		{ "0", "5", "5", "-5" },
		{ "5", "0", "5", "5" },
		{ "1", "1", "2", "0" },
		{ "1", "-1", "0", "2" },
		{ "0.1", "0.2", "0.3", "-0.1" },
		{ "999", "1", "1000", "998" },
		{ "1000", "-1", "999", "1001" },
		{ "-3", "10", "7", "-13" },
		{ "1", "10000000000000000000000", "10000000000000000000001",
		  "-9999999999999999999999" },
		{ "1e18", "1e-18", "1000000000000000000.000000000000000001",
		  "999999999999999999.999999999999999999" },
		{ NINES_38, "1", "100000000000000000000000000000000000000",
		  "99999999999999999999999999999999999998" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number x = number(cases[i].a), y = number(cases[i].b), sum = x;

		expect_int(number_add(&sum, &y, &sum), NUMBER_IS_GOOD);
		expect_str(put(&a, &sum), cases[i].sum);
		expect_int(number_subtract(&x, &y, &y), NUMBER_IS_GOOD);
		expect_str(put(&a, &y), cases[i].difference);
	}
	arena_release(&a);
}

TEST(number_sum_that_does_not_fit_is_an_overflow_and_leaves_the_result_alone)
{
	static const struct {
		const char *a, *b;
		enum number_problem problem;
	} cases[] = {
		{ "9e125", "9e125", NUMBER_IS_TOO_LARGE },
		{ "-9e125", "-9e125", NUMBER_IS_TOO_LARGE },
		{ "9.9999999999999999999999999999999999999E+125", "1E+125", NUMBER_IS_TOO_LARGE },
		{ "1e50", "1", NUMBER_IS_TOO_LARGE },
		{ "1e50", "-1", NUMBER_IS_TOO_LARGE },
		{ "1e125", "1e-130", NUMBER_IS_TOO_LARGE },
		{ "1.1E-130", "-1E-130", NUMBER_IS_TOO_SMALL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number x = number(cases[i].a), y = number(cases[i].b);
		struct number result = { .exponent = 77 };

		expect_int(number_add(&x, &y, &result), cases[i].problem);
		expect_int(result.exponent, 77);
	}
}

/* From the smallest to the largest. */
static const char *const ascending[] = {
	"-9.9999999999999999999999999999999999999E+125",
	"-1E125",
	"-100.5",
	"-100",
	"-99.99",
	"-12.5",
	"-12.34",
	"-12",
	"-9",
	"-1.01",
	"-1",
	"-0.99",
	"-0.1",
	"-1E-129",
	"-1.2E-130",
	"-1E-130",
	"0",
	"1E-130",
	"1.2E-130",
	"1E-129",
	"0.1",
	"0.99",
	"1",
	"1.01",
	"1.1",
	"9",
	"12",
	"12.01",
	"12.34",
	"12.5",
	"99.99",
	"100",
	"100.5",
	"1E125",
	"9.9999999999999999999999999999999999999E+125",
};

static int sign_of(int64_t n)
{
	return (n > 0) - (n < 0);
}

TEST(number_compare_and_keys_put_numbers_in_their_order)
{
	struct arena a = { 0 };

	for (int i = 0; i < (int)ARRAY_LEN(ascending); i++) {
		for (int k = 0; k < (int)ARRAY_LEN(ascending); k++) {
			struct number x = number(ascending[i]), y = number(ascending[k]);

			expect_int(sign_of(number_compare(&x, &y)), sign_of(i - k));
			expect_int(sign_of(str_cmp(put_key(&a, &x), put_key(&a, &y))),
			           sign_of(i - k));
		}
	}
	arena_release(&a);
}

/* A small generator: the tests are the same each time. */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

/* Any number, the near ones more often; sometimes a neighbour of the one before. */
static void random_number(uint64_t *state, struct number *n)
{
	if (n->count && next_random(state) % 4 == 0) {
		unsigned char *digit = &n->digits[next_random(state) % (unsigned)n->count];

		*digit = (unsigned char)(1 + next_random(state) % 9);
		return;
	}
	*n = (struct number){ .negative = next_random(state) % 2 };
	n->count = 1 + (int)(next_random(state) % (next_random(state) % 2 ? 4 : NUMBER_DIGITS));
	for (int i = 0; i < n->count; i++)
		n->digits[i] = (unsigned char)(next_random(state) % 3 ? next_random(state) % 10
		                                                      : next_random(state) % 2 * 9);
	n->digits[0] += !n->digits[0];
	n->digits[n->count - 1] += !n->digits[n->count - 1];
	n->exponent = (int)(next_random(state) % (next_random(state) % 2 ? 5 : 256)) - 2;
	n->exponent = n->exponent > 126 ? n->exponent - 253 : n->exponent;
}

TEST(number_keys_of_random_numbers_compare_as_the_numbers_and_come_back)
{
	struct arena a = { 0 };
	struct number x = { 0 }, y = { 0 };
	uint64_t seed = 20120810;

	for (int i = 0; i < 20000; i++) {
		str x_key, y_key, rest;
		struct number back;
		size_t common;

		random_number(&seed, &x);
		y = i % 3 ? y : x;
		random_number(&seed, &y);
		x_key = put_key(&a, &x);
		y_key = put_key(&a, &y);
		expect_int(sign_of(str_cmp(x_key, y_key)), sign_of(number_compare(&x, &y)));

		common = MIN(x_key.n, y_key.n);
		if (number_compare(&x, &y))
			expect(memcmp(x_key.p, y_key.p, common));

		rest = arena_join(&a, x_key, STR("more"));
		expect(number_take_key(&rest, &back));
		expect_str(rest, "more");
		assert_memory_equal(&back, &x, sizeof(x));
		arena_release(&a);
	}
}

TEST(number_of_random_text_comes_back_from_its_text)
{
	struct arena a = { 0 };
	struct number x = { 0 }, back;
	uint64_t seed = 7;

	for (int i = 0; i < 20000; i++) {
		random_number(&seed, &x);
		expect_int(number_parse(put(&a, &x), &back), NUMBER_IS_GOOD);
		assert_memory_equal(&back, &x, sizeof(x));
		arena_release(&a);
	}
}

TEST(number_subtract_undoes_add_of_random_numbers)
{
	struct number x = { 0 }, y = { 0 }, sum, back;
	uint64_t seed = 99;
	int checked = 0;

	for (int i = 0; i < 20000; i++) {
		random_number(&seed, &x);
		random_number(&seed, &y);
		if (number_add(&x, &y, &sum) || number_subtract(&sum, &y, &back))
			continue;
		assert_memory_equal(&back, &x, sizeof(x));
		checked++;
	}
	expect(checked > 2000);
}

TEST(number_key_that_was_cut_or_is_none_is_not_taken)
{
	struct arena a = { 0 };
	struct number n = number("-123.45"), back;
	str key = put_key(&a, &n);
	static const char *const wrong[] = {
		"\x80\x01\x01",             /* goes on, and ends */
		"\x80\x01\x02",             /* its first digit is zero */
		"\x80\x01\x15\x01\x15",     /* a pair too many? no: ends too early */
		"\x80\x01\xff",             /* no two digits */
		"\x81\x01\x14",             /* beyond the largest exponent */
		"\x7e\x00\x14",             /* the same, negative */
		"\x80\x01\x15\x15\x15\x00", /* ends with two zeros */
	};

	for (size_t n_bytes = 0; n_bytes < key.n; n_bytes++) {
		str cut = str_from_to(key, 0, n_bytes);

		expect(!number_take_key(&cut, &back));
		expect_int(cut.n, n_bytes);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		str text = str_from(wrong[i]);

		expect(!number_take_key(&text, &back));
	}
	arena_release(&a);
}

/* Measured on AWS at the limit of an item's size. */
TEST(number_size_is_what_aws_counts)
{
	static const struct {
		const char *text;
		int size;
	} cases[] = {
		{ "0", 1 },      { "-0", 1 },      { "1", 2 },         { "12", 2 },
		{ "123", 3 },    { "1234", 3 },    { DIGITS_38, 20 },  { "0042", 2 },
		{ "100", 2 },    { "1010", 3 },    { "0.0000001", 2 }, { "1E125", 2 },
		{ "1E-100", 2 }, { "1.5", 3 },     { "15", 2 },        { "1.200", 3 },
		{ "1.234", 4 },  { "3.14159", 5 }, { "123456", 4 },    { "100.5", 4 },
		{ "0.15", 2 },   { "-42", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct number n = number(cases[i].text);

		expect_int(number_size(&n), cases[i].size);
	}
}

TEST(number_to_i64_takes_whole_numbers_in_range)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0", 0 },
		{ "1700000000", 1700000000 },
		{ "-1", -1 },
		{ "1e3", 1000 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	static const char *const bad[] = {
		"0.5",   "1.5",  "9223372036854775808", "-9223372036854775809", "1e19",
		"1e100", "-1e-5"
	};
	int64_t value;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct number n = number(good[i].text);

		expect(number_to_i64(&n, &value));
		expect(value == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct number n = number(bad[i]);

		expect(!number_to_i64(&n, &value));
	}
}

TESTS({
	RUN(number_is_shown_without_an_exponent_and_without_zeros_that_say_nothing),
	RUN(number_that_is_none_or_out_of_range_is_refused),
	RUN(number_of_a_parameter_has_the_bounds_of_a_big_decimal),
	RUN(number_takes_38_digits_wherever_the_zeros_are),
	RUN(number_add_and_subtract_are_exact),
	RUN(number_sum_that_does_not_fit_is_an_overflow_and_leaves_the_result_alone),
	RUN(number_compare_and_keys_put_numbers_in_their_order),
	RUN(number_keys_of_random_numbers_compare_as_the_numbers_and_come_back),
	RUN(number_of_random_text_comes_back_from_its_text),
	RUN(number_subtract_undoes_add_of_random_numbers),
	RUN(number_key_that_was_cut_or_is_none_is_not_taken),
	RUN(number_size_is_what_aws_counts),
	RUN(number_to_i64_takes_whole_numbers_in_range),
})
