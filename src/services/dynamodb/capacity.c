#include "services/dynamodb/capacity.h"

#include "base/str.h"

enum { READ_STEP = 4096, WRITE_STEP = 1024 };

static int64_t steps(int64_t bytes, int64_t step)
{
	return bytes <= step ? 1 : (bytes + step - 1) / step;
}

double read_units(int64_t bytes, enum capacity_factor factor)
{
	return (double)(steps(bytes, READ_STEP) * (int64_t)factor) / 2;
}

double write_units(int64_t bytes, bool in_transaction)
{
	return (double)(steps(bytes, WRITE_STEP) * (in_transaction ? 2 : 1));
}

void capacity_add_read(struct capacity *capacity, const struct index *index, double units)
{
	if (index)
		capacity->index_read[index - capacity->table->indexes] += units;
	else
		capacity->table_read += units;
}

void capacity_add_write(struct capacity *capacity, const struct index *index, double units)
{
	if (index)
		capacity->index_write[index - capacity->table->indexes] += units;
	else
		capacity->table_write += units;
}

void capacity_add(struct capacity *sum, const struct capacity *more)
{
	sum->table_read += more->table_read;
	sum->table_write += more->table_write;
	for (size_t i = 0; i < more->table->index_count; i++) {
		sum->index_read[i] += more->index_read[i];
		sum->index_write[i] += more->index_write[i];
	}
}

/* Reads and writes apart are only told of transactions, and only what there was of them. */
static struct opt_double apart(double units, bool in_transaction)
{
	return in_transaction && units > 0 ? opt_double(units) : (struct opt_double){ 0 };
}

static struct dynamodb_capacity *describe_one(struct arena *a, double reads, double writes,
                                              bool in_transaction)
{
	struct dynamodb_capacity *one = arena_new(a, struct dynamodb_capacity);

	one->capacity_units = opt_double(reads + writes);
	one->read_capacity_units = apart(reads, in_transaction);
	one->write_capacity_units = apart(writes, in_transaction);
	return one;
}

/* Those of one kind that took any: an index that a call did not touch is not named. */
static void describe_indexes(struct arena *a, const struct capacity *c, bool is_global,
                             bool in_transaction,
                             struct dynamodb_secondary_indexes_capacity_map *ret)
{
	const struct table *t = c->table;

	for (size_t i = 0; i < t->index_count; i++) {
		struct dynamodb_secondary_indexes_capacity_map_map_entry *entry;

		if (t->indexes[i].is_global != is_global ||
		    c->index_read[i] + c->index_write[i] <= 0)
			continue;
		if (!ret->items)
			ret->items = arena_array(
				a, struct dynamodb_secondary_indexes_capacity_map_map_entry,
				t->index_count);
		entry = &ret->items[ret->n++];
		entry->key = t->indexes[i].name;
		entry->value = describe_one(a, c->index_read[i], c->index_write[i], in_transaction);
	}
}

static void describe(struct arena *a, const struct capacity *c, str wanted, bool in_transaction,
                     struct dynamodb_consumed_capacity *ret)
{
	double reads = c->table_read, writes = c->table_write;

	for (size_t i = 0; i < c->table->index_count; i++) {
		reads += c->index_read[i];
		writes += c->index_write[i];
	}
	ret->table_name = c->table->given;
	ret->capacity_units = opt_double(reads + writes);
	ret->read_capacity_units = apart(reads, in_transaction);
	ret->write_capacity_units = apart(writes, in_transaction);
	if (!str_eq(wanted, STR("INDEXES")))
		return;
	ret->table = describe_one(a, c->table_read, c->table_write, in_transaction);
	describe_indexes(a, c, /* is_global= */ false, in_transaction,
	                 &ret->local_secondary_indexes);
	describe_indexes(a, c, /* is_global= */ true, in_transaction,
	                 &ret->global_secondary_indexes);
}

static bool is_wanted(str wanted)
{
	return wanted.n && !str_eq(wanted, STR("NONE"));
}

struct dynamodb_consumed_capacity *capacity_describe(struct arena *a,
                                                     const struct capacity *capacity, str wanted,
                                                     bool in_transaction)
{
	struct dynamodb_consumed_capacity *ret;

	if (!is_wanted(wanted))
		return NULL;
	ret = arena_new(a, struct dynamodb_consumed_capacity);
	describe(a, capacity, wanted, in_transaction, ret);
	return ret;
}

void capacity_describe_all(struct arena *a, const struct capacity *capacities, size_t n, str wanted,
                           bool in_transaction, struct dynamodb_consumed_capacity_multiple *ret)
{
	if (!is_wanted(wanted))
		return;
	ret->items = arena_array(a, struct dynamodb_consumed_capacity, n);
	ret->n = n;
	for (size_t i = 0; i < n; i++)
		describe(a, &capacities[i], wanted, in_transaction, &ret->items[i]);
}
