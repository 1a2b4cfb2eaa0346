#include "services/dynamodb/capacity.h"

#include "check.h"

static struct index indexes[] = {
	{ .name = STR_INIT("everywhere"), .is_global = true },
	{ .name = STR_INIT("here"), .is_global = false },
};
static const struct table table = {
	.given = STR_INIT("things"),
	.indexes = indexes,
	.index_count = ARRAY_LEN(indexes),
};

static void expect_units(double got, double want)
{
	expect_int((int64_t)(got * 1000), (int64_t)(want * 1000));
}

TEST(read_units_go_in_steps_of_4096_bytes)
{
	const struct {
		int64_t bytes;
		enum capacity_factor factor;
		double units;
	} cases[] = {
		{ 0, CAPACITY_EVENTUAL, 0.5 },           { 4096, CAPACITY_EVENTUAL, 0.5 },
		{ 4097, CAPACITY_EVENTUAL, 1 },          { 0, CAPACITY_CONSISTENT, 1 },
		{ 4096, CAPACITY_CONSISTENT, 1 },        { 4097, CAPACITY_CONSISTENT, 2 },
		{ 1, CAPACITY_TRANSACTION, 2 },          { 8193, CAPACITY_TRANSACTION, 6 },
		{ 1024 * 1024, CAPACITY_EVENTUAL, 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_units(read_units(cases[i].bytes, cases[i].factor), cases[i].units);
}

TEST(write_units_go_in_steps_of_1024_bytes_and_count_twice_in_a_transaction)
{
	expect_units(write_units(0, false), 1);
	expect_units(write_units(1024, false), 1);
	expect_units(write_units(1025, false), 2);
	expect_units(write_units(409600, false), 400);
	expect_units(write_units(1, true), 2);
	expect_units(write_units(1025, true), 4);
}

TEST(capacity_is_not_described_unless_it_is_wanted)
{
	struct arena a = { 0 };
	struct capacity c = { .table = &table };
	struct dynamodb_consumed_capacity_multiple all = { 0 };

	expect(!capacity_describe(&a, &c, STR_NULL, false));
	expect(!capacity_describe(&a, &c, STR("NONE"), false));
	capacity_describe_all(&a, &c, 1, STR("NONE"), false, &all);
	expect(!all.items);
	arena_release(&a);
}

TEST(capacity_total_is_of_the_table_and_its_indexes)
{
	struct arena a = { 0 };
	struct capacity c = { .table = &table };
	const struct dynamodb_consumed_capacity *d;

	capacity_add_write(&c, NULL, 3);
	capacity_add_write(&c, &indexes[0], 2);
	capacity_add_read(&c, &indexes[1], 0.5);
	d = capacity_describe(&a, &c, STR("TOTAL"), false);
	expect_str(d->table_name, "things");
	expect_units(d->capacity_units.value, 5.5);
	expect(!d->write_capacity_units.set && !d->read_capacity_units.set && !d->table);
	expect(!d->global_secondary_indexes.items && !d->local_secondary_indexes.items);
	arena_release(&a);
}

TEST(capacity_names_the_indexes_that_took_any_and_the_table_always)
{
	struct arena a = { 0 };
	struct capacity c = { .table = &table };
	const struct dynamodb_consumed_capacity *d;

	capacity_add_read(&c, &indexes[0], 2);
	d = capacity_describe(&a, &c, STR("INDEXES"), false);
	expect_units(d->table->capacity_units.value, 0);
	expect_int(d->global_secondary_indexes.n, 1);
	expect_str(d->global_secondary_indexes.items[0].key, "everywhere");
	expect_units(d->global_secondary_indexes.items[0].value->capacity_units.value, 2);
	expect(!d->global_secondary_indexes.items[0].value->read_capacity_units.set);
	expect(!d->local_secondary_indexes.items);
	arena_release(&a);
}

TEST(capacity_of_a_transaction_tells_reads_from_writes)
{
	struct arena a = { 0 };
	struct capacity c = { .table = &table };
	const struct dynamodb_consumed_capacity *d;

	capacity_add_write(&c, NULL, 4);
	capacity_add_write(&c, &indexes[1], 1);
	d = capacity_describe(&a, &c, STR("INDEXES"), true);
	expect_units(d->write_capacity_units.value, 5);
	expect(!d->read_capacity_units.set);
	expect_units(d->table->write_capacity_units.value, 4);
	expect_units(d->local_secondary_indexes.items[0].value->write_capacity_units.value, 1);
	arena_release(&a);
}

TEST(capacity_add_sums_every_part)
{
	struct capacity sum = { .table = &table }, more = { .table = &table };

	capacity_add_write(&sum, NULL, 1);
	capacity_add_write(&more, NULL, 2);
	capacity_add_read(&more, NULL, 3);
	capacity_add_write(&more, &indexes[0], 4);
	capacity_add_read(&more, &indexes[1], 5);
	capacity_add(&sum, &more);
	capacity_add(&sum, &more);
	expect_units(sum.table_write, 5);
	expect_units(sum.table_read, 6);
	expect_units(sum.index_write[0], 8);
	expect_units(sum.index_read[1], 10);
}

TESTS({
	RUN(read_units_go_in_steps_of_4096_bytes),
	RUN(write_units_go_in_steps_of_1024_bytes_and_count_twice_in_a_transaction),
	RUN(capacity_is_not_described_unless_it_is_wanted),
	RUN(capacity_total_is_of_the_table_and_its_indexes),
	RUN(capacity_names_the_indexes_that_took_any_and_the_table_always),
	RUN(capacity_of_a_transaction_tells_reads_from_writes),
	RUN(capacity_add_sums_every_part),
})
