#include "policy_fixture.h"

#include "base/buf.h"

/*
 * A row is a condition and the values of the one key x:k of the request. "-" stands for an absent
 * key, several values are separated by '|', "" is one empty value, "|" alone means none.
 */
struct row {
	const char *condition; /* "'StringEquals':{'k':'x'}" */
	const char *values;
	bool holds;
};

static bool holds(struct arena *a, const struct row *row)
{
	struct policy p = given_policy(
		a, POLICY_OF_RESOURCE,
		arena_printf(a,
	                     "{'Effect':'Allow','Principal':'*','Action':'*','Condition':{%s}}%c",
	                     row->condition, '\0')
			.p);
	str rest = str_from(row->values), values[8];
	struct policy_key key = { .name = STR("x:K"), .values = values };
	struct policy_request q = {
		.principal = &bob,
		.action = STR("s3:GetObject"),
		.resource = STR("arn:aws:s3:::b/x"),
		.keys = &key,
		.key_count = !str_eq(rest, STR("-")),
	};

	if (!str_eq(rest, STR("|")))
		while (rest.p)
			values[key.count++] = str_cut(&rest, '|');
	return policy_evaluate(&p, &q) == POLICY_ALLOW;
}

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };

		if (holds(&a, &rows[i]) != rows[i].holds) {
			print_error("row %zu: {%s} on \"%s\" should%s hold\n", i, rows[i].condition,
			            rows[i].values, rows[i].holds ? "" : " not");
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_strings_compare_exactly_without_case_or_by_wildcards)
{
	static const struct row rows[] = {
		{ "'StringEquals':{'x:k':'abc'}", "abc", true },
		{ "'StringEquals':{'x:k':'abc'}", "ABC", false },
		{ "'StringEquals':{'x:k':'a*'}", "abc", false },
		{ "'StringEquals':{'x:k':'a*'}", "a*", true },
		{ "'StringEquals':{'x:k':['x','abc']}", "abc", true },
		{ "'StringEquals':{'x:k':[]}", "abc", false },
		{ "'StringEquals':{'x:k':''}", "", true },
		{ "'StringEquals':{'x:k':10}", "10", true },
		{ "'StringEquals':{'x:k':true}", "true", true },
		{ "'StringEquals':{'X:K':'abc'}", "abc", true },
		{ "'StringEquals':{'x:other':'abc'}", "abc", false },
		{ "'StringNotEquals':{'x:k':'abc'}", "abd", true },
		{ "'StringNotEquals':{'x:k':'abc'}", "abc", false },
		{ "'StringNotEquals':{'x:k':['abc','abd']}", "abd", false },
		{ "'StringNotEquals':{'x:k':['abc','abd']}", "x", true },
		{ "'StringEqualsIgnoreCase':{'x:k':'aBc'}", "AbC", true },
		{ "'StringEqualsIgnoreCase':{'x:k':'aBc'}", "abd", false },
		{ "'StringNotEqualsIgnoreCase':{'x:k':'aBc'}", "AbC", false },
		{ "'StringNotEqualsIgnoreCase':{'x:k':'aBc'}", "abd", true },
		{ "'StringLike':{'x:k':'a*c'}", "abbc", true },
		{ "'StringLike':{'x:k':'a?c'}", "abbc", false },
		{ "'StringLike':{'x:k':'A*'}", "abc", false },
		{ "'StringLike':{'x:k':['','home/','home/${aws:username}/']}", "home/Bob/", true },
		{ "'StringLike':{'x:k':['','home/','home/${aws:username}/']}", "", true },
		{ "'StringLike':{'x:k':['','home/','home/${aws:username}/']}", "home/Eve/", false },
		{ "'StringNotLike':{'x:k':'a*'}", "abc", false },
		{ "'StringNotLike':{'x:k':'a*'}", "bcd", true },
		{ "'StringEquals':{'x:k':'${aws:none}'}", "", false },
		{ "'StringNotEquals':{'x:k':'${aws:none}'}", "", true },
		{ "'StringEquals':{'aws:username':'Bob'}", "-", true },
		{ "'StringEquals':{'aws:PrincipalAccount':'111122223333'}", "-", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_numbers_compare_by_value)
{
	static const struct row rows[] = {
		{ "'NumericEquals':{'x:k':'10'}", "10", true },
		{ "'NumericEquals':{'x:k':'10'}", "10.0", true },
		{ "'NumericEquals':{'x:k':10}", "10", true },
		{ "'NumericEquals':{'x:k':'10'}", "11", false },
		{ "'NumericEquals':{'x:k':'-1.5'}", "-1.5", true },
		{ "'NumericEquals':{'x:k':'10'}", "ten", false },
		{ "'NumericEquals':{'x:k':'ten'}", "ten", false },
		{ "'NumericNotEquals':{'x:k':'10'}", "11", true },
		{ "'NumericNotEquals':{'x:k':'10'}", "10", false },
		{ "'NumericNotEquals':{'x:k':'10'}", "ten", true },
		{ "'NumericLessThan':{'x:k':'10'}", "9.99", true },
		{ "'NumericLessThan':{'x:k':'10'}", "10", false },
		{ "'NumericLessThanEquals':{'x:k':'10'}", "10", true },
		{ "'NumericLessThanEquals':{'x:k':'10'}", "100", false },
		{ "'NumericGreaterThan':{'x:k':'10'}", "11", true },
		{ "'NumericGreaterThan':{'x:k':'10'}", "9", false },
		{ "'NumericGreaterThanEquals':{'x:k':['10','20']}", "15", true },
		{ "'NumericGreaterThanEquals':{'x:k':'10'}", "1e1", true },
		{ "'NumericLessThan':{'x:k':'10'}", "-", false },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_dates_are_iso_8601_or_seconds)
{
	static const struct row rows[] = {
		{ "'DateEquals':{'x:k':'2026-11-23T21:12:00Z'}", "2026-11-23T21:12:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23T21:12:00Z'}", "2026-11-23T22:12:00+01:00",
		  true },
		{ "'DateEquals':{'x:k':'2026-11-23T21:12:00Z'}", "1795468320", true },
		{ "'DateEquals':{'x:k':1795468320}", "2026-11-23T21:12:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23T21:12Z'}", "2026-11-23T21:12:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23T21:12+00:00'}", "2026-11-23T21:12:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23T21:12:00'}", "2026-11-23T21:12:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23'}", "2026-11-23T00:00:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11'}", "2026-11-01T00:00:00Z", true },
		{ "'DateEquals':{'x:k':'2026-11-23t21:12:00z'}", "2026-11-23T21:12:00Z", true },
		{ "'DateNotEquals':{'x:k':'2026-11-23'}", "2026-11-24", true },
		{ "'DateNotEquals':{'x:k':'2026-11-23'}", "2026-11-23", false },
		{ "'DateLessThan':{'x:k':'2026-11-23T21:12:00Z'}", "2026-11-23T21:11:59Z", true },
		{ "'DateLessThan':{'x:k':'2026-11-23T21:12:00Z'}", "2026-11-23T21:12:00Z", false },
		{ "'DateLessThan':{'x:k':'2026-11-23T21:12:00Z'}", "9000000000", false },
		{ "'DateLessThanEquals':{'x:k':'2026-11-23'}", "2026-11-23T00:00:00Z", true },
		{ "'DateGreaterThan':{'x:k':'2026-11-23'}", "2026-11-23T00:00:00.500Z", true },
		{ "'DateGreaterThan':{'x:k':'2026-11-23'}", "2026-11-22T23:59:59Z", false },
		{ "'DateGreaterThanEquals':{'x:k':'2026-11-23'}", "2026-11-23", true },
		{ "'DateGreaterThan':{'x:k':'2026-11-23'}", "tomorrow", false },
		{ "'DateGreaterThan':{'x:k':'2026-11-23'}", "", false },
		{ "'DateGreaterThan':{'x:k':'2026-11-23'}", "-", false },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_booleans_and_bytes_compare_by_what_they_mean)
{
	static const struct row rows[] = {
		{ "'Bool':{'x:k':'true'}", "true", true },
		{ "'Bool':{'x:k':true}", "True", true },
		{ "'Bool':{'x:k':'TRUE'}", "false", false },
		{ "'Bool':{'x:k':'false'}", "false", true },
		{ "'Bool':{'x:k':'false'}", "no", false },
		{ "'Bool':{'x:k':'no'}", "no", false },
		{ "'Bool':{'x:k':'false'}", "-", false },
		{ "'BoolIfExists':{'x:k':'false'}", "-", true },
		{ "'BoolIfExists':{'x:k':'false'}", "true", false },
		{ "'BinaryEquals':{'x:k':'QmluYXJ5VmFsdWVJbkJhc2U2NA=='}", "BinaryValueInBase64",
		  true },
		{ "'BinaryEquals':{'x:k':'QmluYXJ5'}", "QmluYXJ5", false },
		{ "'BinaryEquals':{'x:k':'not base64'}", "not base64", false },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_addresses_are_in_ranges)
{
	static const struct row rows[] = {
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "203.0.113.255", true },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "203.0.114.0", false },
		{ "'IpAddress':{'x:k':'203.0.113.77/24'}", "203.0.113.1", true },
		{ "'IpAddress':{'x:k':'203.0.113.5'}", "203.0.113.5", true },
		{ "'IpAddress':{'x:k':'203.0.113.5'}", "203.0.113.6", false },
		{ "'IpAddress':{'x:k':'10.0.0.0/9'}", "10.127.0.1", true },
		{ "'IpAddress':{'x:k':'10.0.0.0/9'}", "10.128.0.1", false },
		{ "'IpAddress':{'x:k':'0.0.0.0/0'}", "8.8.8.8", true },
		{ "'IpAddress':{'x:k':'0.0.0.0/0'}", "2001:db8::1", false },
		{ "'IpAddress':{'x:k':'::/0'}", "2001:db8::1", true },
		{ "'IpAddress':{'x:k':'::/0'}", "8.8.8.8", false },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "::ffff:203.0.113.9", true },
		{ "'IpAddress':{'x:k':'2001:DB8:1234:5678::/64'}", "2001:db8:1234:5678::9", true },
		{ "'IpAddress':{'x:k':'2001:DB8:1234:5678::/64'}", "2001:db8:1234:5679::9", false },
		{ "'IpAddress':{'x:k':['203.0.113.0/24','2001:db8::/33']}",
		  "2001:db8:7fff::", true },
		{ "'IpAddress':{'x:k':['203.0.113.0/24','2001:db8::/33']}",
		  "2001:db8:8000::", false },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "203.0.113.0/25", true },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "203.0.113.0/23", false },
		{ "'IpAddress':{'x:k':'::ffff:0:0/95'}", "203.0.113.9", false },
		{ "'IpAddress':{'x:k':'::ffff:0:0/96'}", "203.0.113.9", true },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "localhost", false },
		{ "'IpAddress':{'x:k':'203.0.113.0/24'}", "-", false },
		{ "'NotIpAddress':{'x:k':'203.0.113.0/24'}", "203.0.113.1", false },
		{ "'NotIpAddress':{'x:k':'203.0.113.0/24'}", "198.51.100.1", true },
		{ "'NotIpAddress':{'x:k':'203.0.113.0/24'}", "-", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_arns_are_compared_with_or_without_like)
{
	static const char topic[] = "arn:aws:sns:us-east-1:111122223333:t";
	static const struct row rows[] = {
		{ "'ArnEquals':{'x:k':'arn:aws:sns:us-east-1:111122223333:t'}", topic, true },
		{ "'ArnEquals':{'x:k':'arn:aws:sns:*:111122223333:*'}", topic, true },
		{ "'ArnLike':{'x:k':'arn:aws:sns:*:111122223333:?'}", topic, true },
		{ "'ArnLike':{'x:k':'arn:aws:sqs:*:111122223333:*'}", topic, false },
		{ "'ArnNotEquals':{'x:k':'arn:aws:sns:*:111122223333:*'}", topic, false },
		{ "'ArnNotLike':{'x:k':'arn:aws:sqs:*:*:*'}", topic, true },
		{ "'ArnNotLike':{'x:k':'arn:aws:sqs:*:*:*'}", "-", true },
		{ "'ArnLike':{'x:k':'arn:aws:sns:*:${aws:PrincipalAccount}:*'}", topic, true },
		{ "'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::111122223333:user/staff/*'}", "-",
		  true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_absent_keys_fail_unless_the_operator_is_negated_or_optional)
{
	static const struct row rows[] = {
		{ "'StringEquals':{'x:k':'a'}", "-", false },
		{ "'StringEquals':{'x:k':''}", "-", false },
		{ "'StringLike':{'x:k':'*'}", "-", false },
		{ "'StringNotEquals':{'x:k':'a'}", "-", true },
		{ "'StringNotLike':{'x:k':'*'}", "-", true },
		{ "'NumericNotEquals':{'x:k':'1'}", "-", true },
		{ "'DateNotEquals':{'x:k':'1'}", "-", true },
		{ "'StringEqualsIfExists':{'x:k':'a'}", "-", true },
		{ "'StringEqualsIfExists':{'x:k':'a'}", "a", true },
		{ "'StringEqualsIfExists':{'x:k':'a'}", "b", false },
		{ "'StringNotEqualsIfExists':{'x:k':'a'}", "-", true },
		{ "'NumericLessThanIfExists':{'x:k':'1'}", "-", true },
		{ "'Null':{'x:k':'true'}", "-", true },
		{ "'Null':{'x:k':'true'}", "a", false },
		{ "'Null':{'x:k':'false'}", "-", false },
		{ "'Null':{'x:k':'false'}", "a", true },
		{ "'Null':{'x:k':false}", "", true },
		{ "'Null':{'x:k':true}", "|", true },
		{ "'Null':{'x:k':'maybe'}", "-", false },
		{ "'Null':{'aws:TokenIssueTime':'true'}", "-", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_sets_ask_for_all_or_any_of_a_keys_values)
{
	static const struct row rows[] = {
		{ "'ForAllValues:StringEquals':{'x:k':['PostDateTime','Message','Tags']}",
		  "PostDateTime|Message", true },
		{ "'ForAllValues:StringEquals':{'x:k':['PostDateTime','Message','Tags']}",
		  "PostDateTime|UserName", false },
		{ "'ForAllValues:StringEquals':{'x:k':'a'}", "-", true },
		{ "'ForAllValues:StringEquals':{'x:k':'a'}", "|", true },
		{ "'ForAllValues:StringEquals':{'x:k':'a'}", "", true },
		{ "'ForAllValues:StringNotEquals':{'x:k':'a'}", "b|c", true },
		{ "'ForAllValues:StringNotEquals':{'x:k':'a'}", "b|a", false },
		{ "'ForAllValues:StringLike':{'x:k':['a*','b*']}", "ax|bx|b", true },
		{ "'ForAnyValue:StringEquals':{'x:k':['ID','PostDateTime']}",
		  "UserName|Message|PostDateTime", true },
		{ "'ForAnyValue:StringEquals':{'x:k':['ID','PostDateTime']}", "UserName", false },
		{ "'ForAnyValue:StringEquals':{'x:k':'a'}", "-", false },
		{ "'ForAnyValue:StringEquals':{'x:k':'a'}", "|", false },
		{ "'ForAnyValue:StringEquals':{'x:k':''}", "", false },
		{ "'ForAnyValue:StringNotEquals':{'x:k':'a'}", "a|b", true },
		{ "'ForAnyValue:StringNotEquals':{'x:k':'a'}", "a|a", false },
		{ "'ForAnyValue:StringNotEquals':{'x:k':'a'}", "-", false },
		{ "'ForAnyValue:StringEqualsIfExists':{'x:k':'a'}", "-", true },
		{ "'ForAllValues:ArnLike':{'x:k':'arn:aws:s3:::*'}",
		  "arn:aws:s3:::a|arn:aws:s3:::b", true },
		{ "'ForAllValues:NumericLessThan':{'x:k':'5'}", "1|2|9", false },
		/* Without a set operator. */
		{ "'StringEquals':{'x:k':'a'}", "a|b", true },
		{ "'StringNotEquals':{'x:k':'a'}", "a|b", false },
		{ "'StringNotEquals':{'x:k':'a'}", "b|c", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_conditions_must_all_hold)
{
	static const struct row rows[] = {
		{ "'StringEquals':{'x:k':'a','aws:username':'Bob'}", "a", true },
		{ "'StringEquals':{'x:k':'a','aws:username':'Eve'}", "a", false },
		{ "'StringEquals':{'x:k':'a'},'StringLike':{'x:k':'b'}", "a", false },
		{ "'StringEquals':{'x:k':'a'},'Bool':{'aws:PrincipalIsAWSService':'false'}", "a",
		  true },
		{ "'StringEquals':{}", "a", true },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TESTS({
	RUN(policy_strings_compare_exactly_without_case_or_by_wildcards),
	RUN(policy_numbers_compare_by_value),
	RUN(policy_dates_are_iso_8601_or_seconds),
	RUN(policy_booleans_and_bytes_compare_by_what_they_mean),
	RUN(policy_addresses_are_in_ranges),
	RUN(policy_arns_are_compared_with_or_without_like),
	RUN(policy_absent_keys_fail_unless_the_operator_is_negated_or_optional),
	RUN(policy_sets_ask_for_all_or_any_of_a_keys_values),
	RUN(policy_conditions_must_all_hold),
})
