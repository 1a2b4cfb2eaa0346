#include "policy_fixture.h"

#include "api/policy_parts.h"
#include "base/buf.h"

static bool matches(struct arena *a, const char *pattern, str text, enum policy_match how,
                    const struct policy_request *q)
{
	struct policy_pattern p = { .text = quoted(a, pattern) };

	policy_pattern_compile(a, &p, /* variables= */ true,
	                       how != MATCH_EQUALS && how != MATCH_EQUALS_NOCASE);
	return policy_pattern_matches(&p, text, how, q);
}

TEST(policy_wildcards_match_runs_and_single_characters)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} rows[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "a", true },
		{ "a", "A", false },
		{ "a", "ab", false },
		{ "ab", "a", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "**", "", true },
		{ "a*", "a", true },
		{ "a*", "b", false },
		{ "*a", "ba", true },
		{ "*a", "ab", false },
		{ "a*b", "ab", true },
		{ "a*b", "aXb", true },
		{ "a*b", "a", false },
		{ "a*a", "a", false },
		{ "ab*bc", "abc", false },
		{ "a*b*c", "aXbYc", true },
		{ "a*b*c", "aXcYb", false },
		{ "*ab*ab*", "abab", true },
		{ "*ab*ab*", "aab", false },
		{ "*ab*b", "aabb", true },
		{ "*ab*b", "aab", false },
		{ "?", "", false },
		{ "?", "a", true },
		{ "?", "ab", false },
		{ "?*", "a", true },
		{ "?*", "", false },
		{ "*?", "abc", true },
		{ "*?", "", false },
		{ "*?c", "c", false },
		{ "*?c", "bc", true },
		{ "a?c*e", "abcde", true },
		{ "*b?d*", "abcde", true },
		{ "*b?d*", "abde", false },
		{ "a?c",
		  "a\xc3\xa9"
		  "c",
		  true }, /* one character, two bytes */
		{ "*?c",
		  "\xc3\xa9"
		  "c",
		  true },
		{ "*a?c",
		  "aa\xc3\xa9"
		  "c",
		  true },
		{ "?", "\xf0\x9f\x98\x80", true },
		{ "??", "\xc3\xa9", false },
		{ "\xc3\xa9*",
		  "\xc3\xa9"
		  "a",
		  true },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1///test///object.jpg", true },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b//test/object.jpg", true },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/test/", true },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/object.jpg", false },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/test/object.jpg", false },
		{ "arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test.jpg", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };

		if (matches(&a, rows[i].pattern, str_from(rows[i].text), MATCH_LIKE, NULL) !=
		    rows[i].match) {
			print_error("row %zu: \"%s\" and \"%s\"\n", i, rows[i].pattern,
			            rows[i].text);
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_wildcards_do_not_explode)
{
	struct arena a = { 0 };
	struct buf pattern, text;

	buf_init(&pattern, &a, 1 << 20);
	buf_init(&text, &a, 1 << 20);
	for (int i = 0; i < 2000; i++)
		buf_put(&pattern, STR("a*"));
	buf_putc(&pattern, 'b');
	for (int i = 0; i < 60000; i++)
		buf_putc(&text, 'a');
	expect(!matches(&a, buf_cstr(&pattern), buf_str(&text), MATCH_LIKE, NULL));
	buf_putc(&text, 'b');
	expect(matches(&a, buf_cstr(&pattern), buf_str(&text), MATCH_LIKE, NULL));
	arena_release(&a);
}

TEST(policy_actions_match_whatever_the_case)
{
	struct arena a = { 0 };

	expect(matches(&a, "s3:get*", STR("s3:GetObject"), MATCH_ACTION, NULL));
	expect(matches(&a, "S3:*Object", STR("s3:GETOBJECT"), MATCH_ACTION, NULL));
	expect(matches(&a, "s3:?etO*t", STR("s3:GetObject"), MATCH_ACTION, NULL));
	expect(matches(&a, "*", STR("s3:GetObject"), MATCH_ACTION, NULL));
	expect(!matches(&a, "s3:get*", STR("s3:PutObject"), MATCH_ACTION, NULL));
	expect(!matches(&a, "s3:GetObject", STR("s3:GetObjectAcl"), MATCH_ACTION, NULL));
	arena_release(&a);
}

TEST(policy_arns_match_part_by_part)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} rows[] = {
		/* AWS's own example: as text these would match. */
		{ "arn:aws:someservice:*:111122223333:finance/*",
		  "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/doc.txt",
		  false },
		{ "arn:aws:someservice:*:111122223333:finance/*",
		  "arn:aws:someservice:us-east-2:111122223333:finance/doc.txt", true },
		{ "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a/b", true },
		{ "arn:aws:iam::111122223333:role/*", "arn:aws:iam::999922223333:role/a", false },
		{ "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:Role/a", false },
		{ "arn:aws:sns:*:*:*", "arn:aws:sns:us-east-1:111122223333:t:sub", true },
		{ "arn:aws:sns:*", "arn:aws:sns:us-east-1:111122223333:t", false },
		{ "arn:aws:sns:us-?ast-1:*:t", "arn:aws:sns:us-east-1:1:t", true },
		{ "*", "arn:aws:sns:us-east-1:1:t", true },
		{ "arn:aws:sns:us-east-1:1:t", "not an arn", false },
		{ "arn:*:*:*:*:*", "a:b:c:d:e", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };

		if (matches(&a, rows[i].pattern, str_from(rows[i].text), MATCH_ARN, NULL) !=
		    rows[i].match) {
			print_error("row %zu: %s and %s\n", i, rows[i].pattern, rows[i].text);
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_variables_stand_for_keys_of_the_request)
{
	static const str team[] = { STR_INIT("blue") }, star[] = { STR_INIT("a*b") };
	static const str several[] = { STR_INIT("x"), STR_INIT("y") };
	static const str colon[] = { STR_INIT("1:2") }, empty[] = { STR_INIT("") };
	static const str bytes[] = { STR_INIT("\xff") };
	static const struct policy_key keys[] = {
		{ STR_INIT("aws:PrincipalTag/team"), team, 1 },
		{ STR_INIT("s3:prefix"), star, 1 },
		{ STR_INIT("aws:TagKeys"), several, 2 },
		{ STR_INIT("x:colon"), colon, 1 },
		{ STR_INIT("x:empty"), empty, 1 },
		{ STR_INIT("x:bytes"), bytes, 1 },
	};
	static const struct {
		const char *pattern, *text;
		enum policy_match how;
		bool match;
	} rows[] = {
		{ "${aws:username}", "Bob", MATCH_LIKE, true },
		{ "${AWS:UserName}/*", "Bob/x", MATCH_LIKE, true },
		{ "${aws:username}", "bob", MATCH_EQUALS_NOCASE, true },
		{ "home/${aws:username}/${aws:PrincipalTag/team}", "home/Bob/blue", MATCH_EQUALS,
		  true },
		{ "${aws:userid}", "AIDAJQABLZS4A3QDU576Q", MATCH_EQUALS, true },
		{ "${aws:PrincipalType}-${aws:PrincipalAccount}", "User-111122223333", MATCH_EQUALS,
		  true },
		{ "${aws:PrincipalArn}", "arn:aws:iam::111122223333:user/staff/Bob", MATCH_EQUALS,
		  true },
		/* Absent, or of several values: nothing matches, unless there is a default. */
		{ "${aws:PrincipalTag/none}", "", MATCH_EQUALS, false },
		{ "${aws:PrincipalTag/none}*", "x", MATCH_LIKE, false },
		{ "${aws:PrincipalTag/none, `all`}", "all", MATCH_EQUALS, true },
		{ "${aws:PrincipalTag/none,`all`}", "all", MATCH_EQUALS, true },
		{ "${aws:PrincipalTag/none, `a}b`}", "a}b", MATCH_EQUALS, true },
		{ "${aws:PrincipalTag/none, ``}", "", MATCH_EQUALS, true },
		{ "${aws:PrincipalTag/none, all}", "all", MATCH_EQUALS, false },
		{ "${aws:PrincipalTag/team, `all`}", "blue", MATCH_EQUALS, true },
		{ "${aws:TagKeys}", "x", MATCH_EQUALS, false },
		{ "${aws:TagKeys, `z`}", "z", MATCH_EQUALS, true },
		{ "a${x:empty}b", "ab", MATCH_EQUALS, true },
		/* What comes out of a variable is no wildcard; what stands outside is. */
		{ "${s3:prefix}", "a*b", MATCH_LIKE, true },
		{ "${s3:prefix}", "aXb", MATCH_LIKE, false },
		{ "${s3:prefix}*", "a*bXX", MATCH_LIKE, true },
		{ "${aws:PrincipalTag/none, `*`}", "x", MATCH_LIKE, false },
		{ "${x:bytes}", "anything", MATCH_LIKE, false },
		{ "${x:bytes}", "\xff", MATCH_LIKE, false },
		/* The characters that would have a meaning. */
		{ "a${*}b", "a*b", MATCH_LIKE, true },
		{ "a${*}b", "aXb", MATCH_LIKE, false },
		{ "a${?}b", "a?b", MATCH_LIKE, true },
		{ "a${?}b", "aXb", MATCH_LIKE, false },
		{ "${$}{aws:username}", "${aws:username}", MATCH_EQUALS, true },
		/* What is no variable is text. */
		{ "${aws:username", "${aws:username", MATCH_EQUALS, true },
		{ "$aws{x}", "$aws{x}", MATCH_EQUALS, true },
		{ "${}", "${}", MATCH_EQUALS, false },
		/* A colon may only come behind the fifth. */
		{ "arn:aws:s3:::b/${x:colon}", "arn:aws:s3:::b/1:2", MATCH_RESOURCE, true },
		{ "arn:aws:sqs:${x:colon}:q", "arn:aws:sqs:1:2:q", MATCH_RESOURCE, false },
		{ "arn:aws:sqs:${x:colon}:q:r", "arn:aws:sqs:1:2:q:r", MATCH_ARN, false },
		{ "arn:aws:sns:::${aws:username}-*", "arn:aws:sns:::Bob-x", MATCH_ARN, true },
	};
	struct policy_request q = { .principal = &bob, .keys = keys, .key_count = ARRAY_LEN(keys) };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };

		if (matches(&a, rows[i].pattern, str_from(rows[i].text), rows[i].how, &q) !=
		    rows[i].match) {
			print_error("row %zu: %s and %s\n", i, rows[i].pattern, rows[i].text);
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_variables_are_text_in_the_older_version)
{
	struct arena a = { 0 };
	struct policy_request q = { .principal = &bob };
	struct policy_pattern p = { .text = STR("${aws:username}*") };

	policy_pattern_compile(&a, &p, /* variables= */ false, /* wildcards= */ true);
	expect(policy_pattern_matches(&p, STR("${aws:username}x"), MATCH_LIKE, &q));
	expect(!policy_pattern_matches(&p, STR("Bobx"), MATCH_LIKE, &q));
	arena_release(&a);
}

static const char *key_of(const struct policy_principal *p, const char *name)
{
	struct policy_request q = { .principal = p };
	struct policy_key_values key;

	return policy_find_key(&q, str_from(name), &key) ? key.values[0].p : "absent";
}

TEST(policy_keys_follow_from_the_principal)
{
	assert_string_equal(key_of(&root, "aws:PrincipalType"), "Account");
	assert_string_equal(key_of(&root, "aws:userid"), "111122223333");
	assert_string_equal(key_of(&root, "aws:username"), "absent");
	assert_string_equal(key_of(&bob, "aws:username"), "Bob");
	assert_string_equal(key_of(&bob, "AWS:USERNAME"), "Bob");
	assert_string_equal(key_of(&session, "aws:PrincipalType"), "AssumedRole");
	assert_string_equal(key_of(&session, "aws:PrincipalArn"),
	                    "arn:aws:iam::111122223333:role/ci/builder");
	assert_string_equal(key_of(&session, "aws:userid"), "AROADBQP57FF2AEXAMPLE:run-1");
	assert_string_equal(key_of(&session, "aws:username"), "absent");
	assert_string_equal(key_of(&anonymous, "aws:PrincipalType"), "Anonymous");
	assert_string_equal(key_of(&anonymous, "aws:userid"), "anonymous");
	assert_string_equal(key_of(&anonymous, "aws:PrincipalArn"), "absent");
	assert_string_equal(key_of(&anonymous, "aws:PrincipalAccount"), "absent");
	assert_string_equal(key_of(&lambda, "aws:PrincipalIsAWSService"), "true");
	assert_string_equal(key_of(&lambda, "aws:PrincipalServiceName"), "lambda.amazonaws.com");
	assert_string_equal(key_of(&bob, "aws:PrincipalIsAWSService"), "false");
	assert_string_equal(key_of(&bob, "s3:prefix"), "absent");
}

TESTS({
	RUN(policy_wildcards_match_runs_and_single_characters),
	RUN(policy_wildcards_do_not_explode),
	RUN(policy_actions_match_whatever_the_case),
	RUN(policy_arns_match_part_by_part),
	RUN(policy_variables_stand_for_keys_of_the_request),
	RUN(policy_variables_are_text_in_the_older_version),
	RUN(policy_keys_follow_from_the_principal),
})
