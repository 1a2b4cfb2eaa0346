#include "policy_fixture.h"

#include "base/buf.h"
#include "base/limits.h"

static const struct policy_rules any = { .kind = POLICY_OF_RESOURCE };

static enum policy_error_code error_of(struct arena *a, str text, const struct policy_rules *rules)
{
	struct policy_error error = { 0 };
	struct policy policy;

	return policy_parse(a, text, rules, &policy, &error) ? POLICY_OK : error.code;
}

TEST(policy_is_read_into_its_statements)
{
	struct arena a = { 0 };
	struct policy p = given_policy(
		&a, POLICY_OF_RESOURCE,
		"{'Version':'2012-10-17','Id':'x y','Statement':["
		"{'Sid':'One','Effect':'Allow','Principal':{'AWS':['111122223333',"
		"'arn:aws:iam::444455556666:root','*'],'Service':'s3.amazonaws.com'},"
		"'Action':['s3:Get*','s3:PutObject'],'NotResource':'arn:aws:s3:::b/?'},"
		"{'Effect':'Deny','NotPrincipal':{'AWS':'111122223333'},'NotAction':'s3:*',"
		"'Resource':'*','Condition':{'Bool':{'aws:SecureTransport':false},"
		"'NumericLessThan':{'s3:max-keys':[1,'2']}}}]}");
	const struct policy_statement *s = p.statements;

	expect_str(p.id, "x y");
	expect(p.variables);
	expect_int(p.count, 2);
	expect_str(s[0].sid, "One");
	expect(!s[0].deny && s[1].deny && !s[1].sid.p);
	expect_int(s[0].principals.count, 4);
	expect_int(s[0].principals.items[1].kind, POLICY_GRANTEE_ACCOUNT);
	expect_str(s[0].principals.items[1].value, "444455556666");
	expect_int(s[0].principals.items[2].kind, POLICY_GRANTEE_EVERYONE);
	expect_int(s[0].principals.items[3].kind, POLICY_GRANTEE_SERVICE);
	expect_int(s[0].actions.count, 2);
	expect_str(s[0].actions.items[0].text, "s3:Get\xff");
	expect(!s[0].actions.negated && s[0].resources.negated);
	expect_str(s[0].resources.items[0].text, "arn:aws:s3:::b/\xfe");
	expect(s[1].principals.negated && s[1].actions.negated);
	expect_int(s[1].condition_count, 2);
	arena_release(&a);
}

TEST(policy_is_of_the_older_version_when_it_names_none)
{
	struct arena a = { 0 };
	struct policy p = given_policy(&a, POLICY_OF_RESOURCE,
	                               "{'Statement':{'Effect':'Allow','Principal':'*',"
	                               "'Action':'s3:GetObject','Resource':'${x}'}}");

	expect(!p.variables);
	expect(!p.statements[0].resources.items[0].variables);
	arena_release(&a);
}

TEST(policy_size_does_not_count_white_space_between_tokens)
{
	expect_int(policy_size(STR("{ \"a\" :\n\t[ 1, 2 ]\r\n}")), strlen("{\"a\":[1,2]}"));
	expect_int(policy_size(STR("\" a \"")), 5);
	expect_int(policy_size(STR("\"\\\" \"  ")), 5);
	expect_int(policy_size(STR("\"\\")), 2);
	expect_int(policy_size(STR("")), 0);
}

TEST(policy_over_its_size_is_refused)
{
	struct arena a = { 0 };
	struct policy_error error;
	struct policy policy;
	struct policy_rules small = { .kind = POLICY_OF_IDENTITY, .max_size = 40 };
	struct buf text;

	buf_init(&text, &a, 10 * LIMIT_POLICY);
	buf_put(&text, STR("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\","
	                   "\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b\"}"));
	while (text.n <= LIMIT_POLICY)
		buf_putc(&text, ' ');
	buf_putc(&text, '}');
	expect_int(error_of(&a, buf_str(&text), &any), POLICY_OK);
	while (text.n <= 9 * LIMIT_POLICY)
		buf_putc(&text, ' ');
	expect_int(error_of(&a, buf_str(&text), &any), POLICY_TOO_LARGE);

	text.n = 0;
	buf_put(&text, STR("{\"Id\":\""));
	while (text.n <= LIMIT_POLICY)
		buf_putc(&text, 'x');
	expect(!policy_parse(&a, buf_str(&text), &any, &policy, &error));
	expect_str(error.message,
	           "Normalized policy document exceeds the maximum allowed size of 20480 bytes");
	expect(!policy_parse(&a, buf_str(&text), &small, &policy, &error));
	expect_str(error.message, "Cannot exceed quota for PolicySize: 40");
	arena_release(&a);
}

TEST(policy_has_no_more_statements_and_depth_than_it_may)
{
	struct arena a = { 0 };
	struct buf text;

	buf_init(&text, &a, LIMIT_POLICY);
	buf_put(&text, STR("{\"Statement\":["));
	for (int i = 0; i <= LIMIT_POLICY_STATEMENTS; i++)
		buf_put(&text, i ? STR(",{}") : STR("{}"));
	buf_put(&text, STR("]}"));
	expect_int(error_of(&a, buf_str(&text), &any), POLICY_TOO_LARGE);

	text.n = 0;
	buf_put(&text, STR("{\"Statement\":{\"Action\":"));
	for (int i = 0; i < 10000; i++)
		buf_putc(&text, '[');
	expect_int(error_of(&a, buf_str(&text), &any), POLICY_NOT_JSON);
	arena_release(&a);
}

TEST(policy_message_repeats_no_more_than_a_kilobyte)
{
	struct arena a = { 0 };
	struct policy_error error;
	struct policy policy;
	struct buf text;

	buf_init(&text, &a, LIMIT_POLICY);
	buf_put(&text, STR("{\"x"));
	for (int i = 0; i < 1000; i++)
		buf_put(&text, STR("\xc3\xa9"));
	buf_put(&text, STR("\":1}"));
	expect(!policy_parse(&a, buf_str(&text), &any, &policy, &error));
	expect(str_starts(error.message, STR("Unknown field x\xc3\xa9")));
	expect(error.message.n <= LIMIT_ERROR_VALUE && utf8_valid(error.message));
	arena_release(&a);
}

TEST(policy_escapes_are_read_before_anything_is_judged)
{
	struct arena a = { 0 };
	struct policy p = given_policy(
		&a, POLICY_OF_RESOURCE,
		"{'Statement':{'\\u0045ffect':'\\u0041llow','Principal':'\\u002a',"
		"'Action':'s3:Get\\u004fbject','Resource':'arn:aws:s3:::b\\/\\u00e9'}}");

	expect_int(p.statements[0].principals.items[0].kind, POLICY_GRANTEE_EVERYONE);
	expect_str(p.statements[0].resources.items[0].text, "arn:aws:s3:::b/\xc3\xa9");
	arena_release(&a);
}

TESTS({
	RUN(policy_is_read_into_its_statements),
	RUN(policy_is_of_the_older_version_when_it_names_none),
	RUN(policy_size_does_not_count_white_space_between_tokens),
	RUN(policy_over_its_size_is_refused),
	RUN(policy_has_no_more_statements_and_depth_than_it_may),
	RUN(policy_message_repeats_no_more_than_a_kilobyte),
	RUN(policy_escapes_are_read_before_anything_is_judged),
})
