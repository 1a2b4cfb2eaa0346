/*
 * cmocka with what our tests say most, and a main that finds the cases.
 *
 *     TEST(str_cut_returns_all_when_there_is_no_separator)
 *     {
 *             ...
 *             expect_str(str_cut(&rest, ','), "all");
 *     }
 *     TESTS({
 *             RUN(str_cut_returns_all_when_there_is_no_separator),
 *     })
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail /* cmocka's; a handler's `fail` makes an AWS error */
#undef fail_msg
#define fail_here()   _fail(__FILE__, __LINE__)
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), fail_here())

#include "base/str.h"

#define TEST(name) static void name(void **state UNUSED)
#define RUN(name)  cmocka_unit_test(name)
#define TESTS(...) TESTS_WITH(NULL, NULL, __VA_ARGS__)

/* The same with a function before the first test, and one after the last. */
#define TESTS_WITH(setup, teardown, ...)                               \
	int main(void)                                                 \
	{                                                              \
		const struct CMUnitTest cases[] = __VA_ARGS__;         \
		const char *filter = getenv("CHECK_FILTER");           \
		if (filter)                                            \
			cmocka_set_test_filter(filter);                \
		return cmocka_run_group_tests(cases, setup, teardown); \
	}

#define expect(condition)     assert_true(condition)
#define expect_int(got, want) assert_int_equal((got), (want))
#define expect_str(got, want) expect_str_at((got), str_from(want), #got, __FILE__, __LINE__)

static inline void expect_str_at(str got, str want, const char *what, const char *file, int line)
{
	if (str_eq(got, want))
		return;
	print_error("%s:\n  got  \"%.*s\"\n  want \"%.*s\"\n", what, STR_ARG(got), STR_ARG(want));
	_fail(file, line);
}

#endif
