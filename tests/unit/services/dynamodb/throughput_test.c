/* Throughputs: how they change, and that they outlive a row of the database. */
#include "check.h"

#include "services/dynamodb/throughput.h"

static const int64_t noon = 1893499200000; /* 2030-01-01T12:00:00Z */
static const int64_t hour = 3600000;

static struct throughput provisioned(int64_t read, int64_t write)
{
	struct dynamodb_provisioned_throughput given = {
		.read_capacity_units = opt_int(read),
		.write_capacity_units = opt_int(write),
	};
	struct throughput_request r = { .provisioned = &given };

	return throughput_new(&r, BILLING_PROVISIONED);
}

TEST(throughput_of_a_new_table_is_warm_for_what_it_provides)
{
	struct throughput t = provisioned(5, 6);
	struct throughput_request none = { 0 };

	expect_int(t.warm_read, 5);
	expect_int(t.warm_write, 6);
	t = throughput_new(&none, BILLING_PAY_PER_REQUEST);
	expect_int(t.read_units, 0);
	expect_int(t.warm_read, 12000);
	expect_int(t.warm_write, 4000);
}

TEST(throughput_says_when_it_was_raised_and_lowered)
{
	struct throughput t = provisioned(5, 5);

	throughput_provision(&t, noon, 6, 5);
	expect_int(t.increased, noon);
	expect_int(t.decreased, 0);
	throughput_provision(&t, noon + 1, 5, 7);
	expect_int(t.increased, noon + 1);
	expect_int(t.decreased, noon + 1);
	expect_int(t.decreases, 1);
	expect_int(t.warm_read, 6);
}

TEST(throughput_decreases_are_counted_by_the_day)
{
	struct throughput t = provisioned(100, 5);
	int64_t now = noon;

	for (int64_t read = 99; read > 95; read--) {
		expect(throughput_may_decrease(&t, now, read, 5));
		throughput_provision(&t, now++, read, 5);
	}
	expect_int(t.decreases, 4);
	expect(!throughput_may_decrease(&t, now, 95, 5));
	expect(!throughput_may_decrease(&t, now, 200, 4));
	expect(throughput_may_decrease(&t, now, 200, 5));
	expect(throughput_may_decrease(&t, now + hour, 95, 5));
	expect(throughput_may_decrease(&t, noon + 12 * hour, 95, 5));
	throughput_provision(&t, noon + 12 * hour, 95, 5);
	expect_int(t.decreases, 1);
}

TEST(throughput_on_demand_forgets_its_units_and_provisioned_its_maxima)
{
	struct dynamodb_on_demand_throughput most = { opt_int(10), opt_int(20) };
	struct throughput t = provisioned(5, 5);

	throughput_pay_per_request(&t);
	throughput_limit(&t, &most);
	expect_int(t.read_units, 0);
	expect_int(t.max_write, 20);
	most.max_read_request_units = opt_int(-1);
	throughput_limit(&t, &most);
	expect_int(t.max_read, 0);
	throughput_provision(&t, noon, 1, 1);
	expect_int(t.max_write, 0);
	expect_int(t.warm_read, 12000);
}

TEST(throughput_is_read_as_it_was_written)
{
	struct throughput t = { .decreases = 3,
		                .max_read = 10,
		                .max_write = 1LL << 40,
		                .warm_read = 12001,
		                .warm_write = 4000 };
	struct throughput back = { 0 };
	struct arena a = { 0 };

	throughput_from_text(&a, throughput_to_text(&a, &t), &back);
	expect(!memcmp(&t, &back, sizeof(t)));
	arena_release(&a);
}

TESTS({
	RUN(throughput_of_a_new_table_is_warm_for_what_it_provides),
	RUN(throughput_says_when_it_was_raised_and_lowered),
	RUN(throughput_decreases_are_counted_by_the_day),
	RUN(throughput_on_demand_forgets_its_units_and_provisioned_its_maxima),
	RUN(throughput_is_read_as_it_was_written),
})
