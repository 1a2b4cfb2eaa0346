#include "base/clock.h"

#include "check.h"

TEST(clock_now_is_the_wall_clock_until_it_is_set)
{
	int64_t wall = clock_wall(), now = clock_now();

	expect(wall > 1700000000000);
	expect(now >= wall && now < wall + 60000);
}

TEST(clock_set_moves_now_and_neither_wall_nor_monotonic)
{
	int64_t wall = clock_wall(), monotonic = clock_monotonic();

	clock_set(1000);
	expect(clock_now() >= 1000 && clock_now() < 61000);
	expect(clock_wall() >= wall);
	expect(clock_monotonic() >= monotonic && clock_monotonic() < monotonic + 60000000);
	clock_reset();
	expect(clock_now() >= wall);
}

TESTS({
	RUN(clock_now_is_the_wall_clock_until_it_is_set),
	RUN(clock_set_moves_now_and_neither_wall_nor_monotonic),
})
