/*
 * Conditions: one operator applied to one key of the request and the values that the policy lists.
 */
#include "api/policy_parts.h"
#include "base/encoding.h"
#include "base/str.h"
#include "base/timestamp.h"

#include <arpa/inet.h>

/* The names are exact: S3 refuses "stringequals". */
static const struct policy_operator operators[POLICY_OPERATORS] = {
	{ STR_INIT("StringEquals"), COMPARE_EQUALS, RELATION_EQ, false },
	{ STR_INIT("StringNotEquals"), COMPARE_EQUALS, RELATION_EQ, true },
	{ STR_INIT("StringEqualsIgnoreCase"), COMPARE_EQUALS_NOCASE, RELATION_EQ, false },
	{ STR_INIT("StringNotEqualsIgnoreCase"), COMPARE_EQUALS_NOCASE, RELATION_EQ, true },
	{ STR_INIT("StringLike"), COMPARE_LIKE, RELATION_EQ, false },
	{ STR_INIT("StringNotLike"), COMPARE_LIKE, RELATION_EQ, true },
	{ STR_INIT("NumericEquals"), COMPARE_NUMBER, RELATION_EQ, false },
	{ STR_INIT("NumericNotEquals"), COMPARE_NUMBER, RELATION_EQ, true },
	{ STR_INIT("NumericLessThan"), COMPARE_NUMBER, RELATION_LT, false },
	{ STR_INIT("NumericLessThanEquals"), COMPARE_NUMBER, RELATION_LE, false },
	{ STR_INIT("NumericGreaterThan"), COMPARE_NUMBER, RELATION_GT, false },
	{ STR_INIT("NumericGreaterThanEquals"), COMPARE_NUMBER, RELATION_GE, false },
	{ STR_INIT("DateEquals"), COMPARE_DATE, RELATION_EQ, false },
	{ STR_INIT("DateNotEquals"), COMPARE_DATE, RELATION_EQ, true },
	{ STR_INIT("DateLessThan"), COMPARE_DATE, RELATION_LT, false },
	{ STR_INIT("DateLessThanEquals"), COMPARE_DATE, RELATION_LE, false },
	{ STR_INIT("DateGreaterThan"), COMPARE_DATE, RELATION_GT, false },
	{ STR_INIT("DateGreaterThanEquals"), COMPARE_DATE, RELATION_GE, false },
	{ STR_INIT("Bool"), COMPARE_BOOL, RELATION_EQ, false },
	{ STR_INIT("BinaryEquals"), COMPARE_BINARY, RELATION_EQ, false },
	{ STR_INIT("IpAddress"), COMPARE_IP, RELATION_EQ, false },
	{ STR_INIT("NotIpAddress"), COMPARE_IP, RELATION_EQ, true },
	{ STR_INIT("ArnEquals"), COMPARE_ARN, RELATION_EQ, false },
	{ STR_INIT("ArnLike"), COMPARE_ARN, RELATION_EQ, false },
	{ STR_INIT("ArnNotEquals"), COMPARE_ARN, RELATION_EQ, true },
	{ STR_INIT("ArnNotLike"), COMPARE_ARN, RELATION_EQ, true },
	{ STR_INIT("Null"), COMPARE_NULL, RELATION_EQ, false },
};

bool policy_operator_parse(str name, struct policy_condition *ret)
{
	static const str if_exists = STR_INIT("IfExists");
	enum policy_set set = str_take(&name, STR("ForAllValues:"))  ? SET_ALL
	                      : str_take(&name, STR("ForAnyValue:")) ? SET_ANY
	                                                             : SET_NONE;
	bool optional = str_ends(name, if_exists);

	if (optional)
		name.n -= if_exists.n;
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (str_eq(name, operators[i].name)) {
			if (optional && operators[i].compare == COMPARE_NULL)
				return false;
			*ret = (struct policy_condition){ .operation = &operators[i],
				                          .set = set,
				                          .if_exists = optional };
			return true;
		}
	return false;
}

size_t policy_operator_index(const struct policy_condition *c)
{
	return (size_t)(c->operation - operators) * 6 + c->set * 2u + c->if_exists;
}

/*
 * Values of the types that are not text.
 */

static bool parse_bool(str s, bool *ret)
{
	*ret = str_eq_nocase(s, STR("true"));
	return *ret || str_eq_nocase(s, STR("false"));
}

/*
 * ISO 8601 in W3C's forms (2026-11, 2026-11-23, then a time with or without seconds; without a zone
 * it is UTC), or seconds since 1970. A year alone is taken for seconds, as IAM does.
 */
static bool parse_date(str s, int64_t *ret)
{
	static const char rest[] = "-01-01T00:00:00Z";
	char text[48];
	uint64_t seconds;
	size_t n = s.n;

	if (str_to_u64(s, &seconds)) {
		*ret = (int64_t)MIN(seconds, (uint64_t)INT64_MAX / 1000) * 1000;
		return seconds <= INT64_MAX;
	}
	if (n < strlen("2026-11") || n > 40)
		return false;
	for (size_t i = 0; i < n; i++)
		text[i] = ascii_upper(s.p[i]);
	if (!memchr(text, 'T', n)) {
		if (n > strlen("2026-11-23"))
			return false;
		/* 2026-11 and 2026-11-23 are completed by what follows at that place. */
		memcpy(text + n, rest + (n - strlen("2026")), sizeof(rest) - (n - strlen("2026")));
		n = strlen(text);
	} else {
		size_t clock = strlen("2026-11-23T21:12");
		bool zone = n > clock && (memchr(text + clock, 'Z', n - clock) ||
		                          memchr(text + clock, '+', n - clock) ||
		                          memchr(text + clock, '-', n - clock));

		if (n >= clock && (n == clock || text[clock] != ':')) {
			memmove(text + clock + 3, text + clock, n - clock);
			memcpy(text + clock, ":00", 3);
			n += 3;
		}
		if (!zone)
			text[n++] = 'Z';
	}
	return timestamp_from_iso8601((str){ text, n }, ret);
}

static bool parse_address(str s, unsigned char bytes[16], bool *ret_v6)
{
	char text[INET6_ADDRSTRLEN];

	if (s.n == 0 || s.n >= sizeof(text) || str_find(s, '\0', 0) >= 0)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memset(bytes, 0, 16);
	*ret_v6 = str_find(s, ':', 0) >= 0;
	return inet_pton(*ret_v6 ? AF_INET6 : AF_INET, text, bytes) == 1;
}

/* "203.0.113.0/24"; without the prefix, that one address. An IPv4 address written as IPv6
 * (::ffff:203.0.113.1), as a socket may give it, is the IPv4 address. */
static bool parse_range(str s, struct policy_ip_range *ret)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	str prefix = s;
	str address = str_cut(&prefix, '/');
	struct policy_ip_range range = { 0 };
	uint64_t bits;

	if (!parse_address(address, range.bytes, &range.v6))
		return false;
	bits = range.v6 ? 128 : 32;
	if (prefix.p && (!str_to_u64(prefix, &bits) || bits > (range.v6 ? 128 : 32)))
		return false;
	range.bits = (unsigned)bits;
	if (range.v6 && range.bits >= 96 && memcmp(range.bytes, mapped, sizeof(mapped)) == 0) {
		memmove(range.bytes, range.bytes + 12, 4);
		range.bits -= 96;
		range.v6 = false;
	}
	*ret = range;
	return true;
}

static bool range_contains(const struct policy_ip_range *range, const struct policy_ip_range *other)
{
	unsigned whole = range->bits / 8, rest = range->bits % 8;
	unsigned char mask = (unsigned char)(0xff << (8 - rest));

	if (range->v6 != other->v6 || other->bits < range->bits ||
	    memcmp(range->bytes, other->bytes, whole) != 0)
		return false;
	return rest == 0 || ((range->bytes[whole] ^ other->bytes[whole]) & mask) == 0;
}

static bool related(double key, enum policy_relation relation, double value)
{
	switch (relation) {
	case RELATION_EQ:
		return !(key < value) && !(key > value);
	case RELATION_LT:
		return key < value;
	case RELATION_LE:
		return key <= value;
	case RELATION_GT:
		return key > value;
	case RELATION_GE:
		return key >= value;
	}
	return false;
}

static void compile_value(struct arena *a, enum policy_compare compare, struct policy_value *v,
                          bool variables)
{
	str text = v->pattern.text;

	switch (compare) {
	case COMPARE_EQUALS:
	case COMPARE_EQUALS_NOCASE:
	case COMPARE_LIKE:
	case COMPARE_ARN:
		policy_pattern_compile(a, &v->pattern, variables,
		                       compare == COMPARE_LIKE || compare == COMPARE_ARN);
		v->valid = true;
		break;
	case COMPARE_NUMBER:
		v->valid = str_to_double(text, &v->as.number);
		break;
	case COMPARE_DATE:
		v->valid = parse_date(text, &v->as.time);
		break;
	case COMPARE_BOOL:
	case COMPARE_NULL:
		v->valid = parse_bool(text, &v->as.truth);
		break;
	case COMPARE_BINARY:
		v->valid = base64_decode(a, text, &v->pattern.text);
		break;
	case COMPARE_IP:
		v->valid = parse_range(text, &v->as.range);
		break;
	}
}

void policy_condition_compile(struct arena *a, struct policy_condition *c, bool variables)
{
	for (size_t i = 0; i < c->count; i++)
		compile_value(a, c->operation->compare, &c->values[i], variables);
}

/* Whether one value of the request matches one of the policy; a negated operator is not negated
 * here. */
static bool value_matches(const struct policy_operator *operation, const struct policy_value *v,
                          str key, const struct policy_request *q)
{
	struct policy_ip_range range;
	double number;
	int64_t time;
	bool truth;

	if (!v->valid)
		return false;
	switch (operation->compare) {
	case COMPARE_EQUALS:
		return policy_pattern_matches(&v->pattern, key, MATCH_EQUALS, q);
	case COMPARE_EQUALS_NOCASE:
		return policy_pattern_matches(&v->pattern, key, MATCH_EQUALS_NOCASE, q);
	case COMPARE_LIKE:
		return policy_pattern_matches(&v->pattern, key, MATCH_LIKE, q);
	case COMPARE_ARN:
		return policy_pattern_matches(&v->pattern, key, MATCH_ARN, q);
	case COMPARE_NUMBER:
		return str_to_double(key, &number) &&
		       related(number, operation->relation, v->as.number);
	case COMPARE_DATE:
		return parse_date(key, &time) &&
		       related((double)time, operation->relation, (double)v->as.time);
	case COMPARE_BOOL:
		return parse_bool(key, &truth) && truth == v->as.truth;
	case COMPARE_BINARY:
		return str_eq(v->pattern.text, key);
	case COMPARE_IP:
		return parse_range(key, &range) && range_contains(&v->as.range, &range);
	case COMPARE_NULL:
		break;
	}
	return false;
}

/* Whether one value of the request satisfies the operator: it is one of the policy's values, or,
 * when the operator is negated, none of them. */
static bool key_satisfies(const struct policy_condition *c, str key, const struct policy_request *q)
{
	for (size_t i = 0; i < c->count; i++)
		if (value_matches(c->operation, &c->values[i], key, q))
			return !c->operation->negated;
	return c->operation->negated;
}

static bool null_holds(const struct policy_condition *c, bool absent)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->values[i].valid && c->values[i].as.truth == absent)
			return true;
	return false;
}

/*
 * A key that is absent: ...IfExists and ForAllValues: hold, ForAnyValue: does not, a negated
 * operator holds. The set operators take a key without values, or whose only value is empty, as
 * absent. Without a set operator, a key with several values is meant to have one: a plain operator
 * asks whether any satisfies it, a negated one whether all do.
 */
bool policy_condition_holds(const struct policy_condition *c, const struct policy_request *q)
{
	struct policy_key_values key = { 0 };
	bool absent = !policy_find_key(q, c->key, &key) || key.count == 0;
	bool all = c->set == SET_ALL || (c->set == SET_NONE && c->operation->negated);

	if (c->operation->compare == COMPARE_NULL)
		return null_holds(c, absent);
	if (c->set != SET_NONE && key.count == 1 && key.values[0].n == 0)
		absent = true;
	if (absent)
		return c->if_exists || all;
	for (size_t i = 0; i < key.count; i++)
		if (key_satisfies(c, key.values[i], q) != all)
			return !all;
	return all;
}
