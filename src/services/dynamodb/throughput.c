#include "services/dynamodb/throughput.h"

#include "base/json.h"
#include "base/str.h"

enum { DECREASES_A_DAY = 4 };                  /* and then one an hour */
enum { WARM_READ = 12000, WARM_WRITE = 4000 }; /* what a table on demand begins with */

static const int64_t units_max = 1000000000000;
static const int64_t hour = 3600 * (int64_t)1000;
static const int64_t day = 24 * 3600 * (int64_t)1000;

/*
 * Checks.
 */

static bool check_unit(struct problem *p, const char *name, int64_t value)
{
	return value <= units_max || problem_of_value(p, "Given value %lld for %s is out of bounds",
	                                              (long long)value, name);
}

bool throughput_check_bounds(struct problem *p, const struct dynamodb_provisioned_throughput *given)
{
	return check_unit(p, "ReadCapacityUnits", given->read_capacity_units.value) &&
	       check_unit(p, "WriteCapacityUnits", given->write_capacity_units.value);
}

/* Where AWS puts its spaces and its full stop differs between the operations. */
static bool check_maximum(struct problem *p, const struct throughput_request *r, const char *name,
                          struct opt_int given, enum billing_mode billing, bool is_update)
{
	const char *of = !r->index.p ? "" : is_update ? "for index : " : "for index: ";

	if (!given.set)
		return true;
	if (billing == BILLING_PROVISIONED)
		return problem_of_value(
			p,
			"One or more parameter values were invalid: %s for "
			"OnDemandThroughput %s%.*s%scannot be specified when %stable "
			"BillingMode is PROVISIONED%s",
			name, of, STR_ARG(r->index), r->index.p ? " " : "", is_update ? "the " : "",
			is_update ? "" : ".");
	if (given.value < 1 && !(is_update && given.value == -1))
		return problem_of_value(
			p,
			"One or more parameter values were invalid: Requested %s for "
			"OnDemandThroughput for %s%.*s is outside of valid range",
			name, r->index.p ? "index : " : "table", STR_ARG(r->index));
	return true;
}

bool throughput_check_on_demand(struct problem *p, const struct throughput_request *r,
                                enum billing_mode billing, bool is_update)
{
	const struct dynamodb_on_demand_throughput *given = r->on_demand;

	return !given || (check_maximum(p, r, "MaxReadRequestUnits", given->max_read_request_units,
	                                billing, is_update) &&
	                  check_maximum(p, r, "MaxWriteRequestUnits",
	                                given->max_write_request_units, billing, is_update));
}

static bool check_warm(struct problem *p, const struct throughput_request *r, const char *name,
                       struct opt_int given, int64_t least, const char *of)
{
	if (!given.set || given.value >= least)
		return true;
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Requested %s for "
	                        "WarmThroughput for %s%.*s is lower than %s",
	                        name, r->index.p ? "index " : "table", STR_ARG(r->index), of);
}

bool throughput_check(struct problem *p, const struct throughput_request *r,
                      enum billing_mode billing)
{
	static const char initial[] =
		"initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/"
		"latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial";
	bool on_demand = billing == BILLING_PAY_PER_REQUEST;
	struct throughput begin = throughput_new(
		&(struct throughput_request){ .provisioned = r->provisioned }, billing);

	if (r->provisioned && !throughput_check_bounds(p, r->provisioned))
		return false;
	if (!throughput_check_on_demand(p, r, billing, /* is_update= */ false))
		return false;
	return !r->warm ||
	       (check_warm(p, r, "ReadUnitsPerSecond", r->warm->read_units_per_second,
	                   begin.warm_read,
	                   on_demand ? initial : "ReadCapacityUnits of ProvisionedThroughput") &&
	        check_warm(p, r, "WriteUnitsPerSecond", r->warm->write_units_per_second,
	                   begin.warm_write,
	                   on_demand ? initial : "WriteCapacityUnits of ProvisionedThroughput"));
}

bool throughput_check_warmer(struct problem *p, const struct throughput_request *r,
                             const struct throughput *now_set)
{
	static const char of[] =
		"current WarmThroughput, decreasing WarmThroughput is not supported";

	return check_warm(p, r, "ReadUnitsPerSecond", r->warm->read_units_per_second,
	                  now_set->warm_read, of) &&
	       check_warm(p, r, "WriteUnitsPerSecond", r->warm->write_units_per_second,
	                  now_set->warm_write, of);
}

/*
 * Changes.
 */

void throughput_warm(struct throughput *t, int64_t read, int64_t write)
{
	t->warm_read = MAX(t->warm_read, read);
	t->warm_write = MAX(t->warm_write, write);
}

/* -1 takes a maximum away. */
void throughput_limit(struct throughput *t, const struct dynamodb_on_demand_throughput *given)
{
	if (given->max_read_request_units.set)
		t->max_read = MAX(given->max_read_request_units.value, 0);
	if (given->max_write_request_units.set)
		t->max_write = MAX(given->max_write_request_units.value, 0);
}

struct throughput throughput_new(const struct throughput_request *r, enum billing_mode billing)
{
	struct throughput t = { 0 };

	if (billing == BILLING_PROVISIONED && r->provisioned) {
		t.read_units = r->provisioned->read_capacity_units.value;
		t.write_units = r->provisioned->write_capacity_units.value;
		throughput_warm(&t, t.read_units, t.write_units);
	} else if (billing == BILLING_PAY_PER_REQUEST) {
		throughput_warm(&t, WARM_READ, WARM_WRITE);
	}
	if (r->on_demand)
		throughput_limit(&t, r->on_demand);
	if (r->warm)
		throughput_warm(&t, r->warm->read_units_per_second.value,
		                r->warm->write_units_per_second.value);
	return t;
}

void throughput_provision(struct throughput *t, int64_t now, int64_t read, int64_t write)
{
	if (read > t->read_units || write > t->write_units)
		t->increased = now;
	if (read < t->read_units || write < t->write_units) {
		t->decreases = now / day == t->decreased / day ? t->decreases + 1 : 1;
		t->decreased = now;
	}
	t->read_units = read;
	t->write_units = write;
	throughput_warm(t, read, write);
	t->max_read = t->max_write = 0; /* which are of on demand */
}

bool throughput_may_decrease(const struct throughput *t, int64_t now, int64_t read, int64_t write)
{
	return (read >= t->read_units && write >= t->write_units) ||
	       now / day != t->decreased / day || t->decreases < DECREASES_A_DAY ||
	       now - t->decreased >= hour;
}

void throughput_pay_per_request(struct throughput *t)
{
	t->read_units = t->write_units = 0;
	throughput_warm(t, WARM_READ, WARM_WRITE);
}

/*
 * Text.
 */

str throughput_to_text(struct arena *a, const struct throughput *t)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, a, 1024);
	json_writer_init(&w, &b);
	json_put_object(&w);
	json_put_member_i64(&w, STR("Decreases"), t->decreases);
	json_put_member_i64(&w, STR("MaxReadRequestUnits"), t->max_read);
	json_put_member_i64(&w, STR("MaxWriteRequestUnits"), t->max_write);
	json_put_member_i64(&w, STR("ReadUnitsPerSecond"), t->warm_read);
	json_put_member_i64(&w, STR("WriteUnitsPerSecond"), t->warm_write);
	json_put_object_end(&w);
	return buf_str(&b);
}

static int64_t *place_of(struct throughput *t, str name)
{
	if (str_eq(name, STR("Decreases")))
		return &t->decreases;
	if (str_eq(name, STR("MaxReadRequestUnits")))
		return &t->max_read;
	if (str_eq(name, STR("MaxWriteRequestUnits")))
		return &t->max_write;
	if (str_eq(name, STR("ReadUnitsPerSecond")))
		return &t->warm_read;
	return &t->warm_write;
}

void throughput_from_text(struct arena *a, str text, struct throughput *t)
{
	struct json_reader r;
	str name, digits;

	json_reader_init(&r, a, text);
	if (!json_enter_object(&r))
		return;
	while (json_next_member(&r, &name))
		if (json_number(&r, &digits))
			str_to_i64(digits, place_of(t, name));
}

/*
 * Descriptions.
 */

struct dynamodb_provisioned_throughput_description *throughput_describe(struct arena *a,
                                                                        const struct throughput *t,
                                                                        int64_t now)
{
	struct dynamodb_provisioned_throughput_description *d =
		arena_new(a, struct dynamodb_provisioned_throughput_description);

	if (t->increased)
		d->last_increase_date_time = opt_time(t->increased);
	if (t->decreased)
		d->last_decrease_date_time = opt_time(t->decreased);
	d->number_of_decreases_today = opt_int(now / day == t->decreased / day ? t->decreases : 0);
	d->read_capacity_units = opt_int(t->read_units);
	d->write_capacity_units = opt_int(t->write_units);
	return d;
}

struct dynamodb_on_demand_throughput *throughput_describe_on_demand(struct arena *a,
                                                                    const struct throughput *t)
{
	struct dynamodb_on_demand_throughput *d;

	if (!t->max_read && !t->max_write)
		return NULL;
	d = arena_new(a, struct dynamodb_on_demand_throughput);
	if (t->max_read)
		d->max_read_request_units = opt_int(t->max_read);
	if (t->max_write)
		d->max_write_request_units = opt_int(t->max_write);
	return d;
}
