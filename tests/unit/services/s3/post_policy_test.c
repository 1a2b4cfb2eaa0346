#include "check.h"

#include "base/encoding.h"
#include "services/s3/post_policy.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

#define NOW    INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
#define UNTIL  "{\"expiration\":\"2020-01-01T00:00:01Z\",\"conditions\":"
#define KEY    "[\"starts-with\",\"$Key\",\"user/\"]"
#define FAILED "Invalid according to Policy: Policy Condition failed: "
#define EXTRA  "Invalid according to Policy: Extra input fields: "

/* The form: key=user/a.txt, acl=private, and what needs no condition. */
static const struct post_field form[] = {
	{ STR_INIT("key"), STR_INIT("user/a.txt") }, { STR_INIT("ACL"), STR_INIT("private") },
	{ STR_INIT("Policy"), STR_INIT("x") },       { STR_INIT("X-Amz-Signature"), STR_INIT("x") },
	{ STR_INIT("x-ignore-a"), STR_INIT("x") },
};

TEST(post_policy_checks_forms_as_s3_does)
{
	static const struct {
		const char *document, *code, *message;
	} rows[] = {
		{ UNTIL "[" KEY ",{\"acl\":\"private\"},{\"bucket\":\"b\"}]}", NULL, NULL },
		{ UNTIL "[" KEY ",[\"EQ\",\"$acl\",\"private\"]]}", NULL, NULL },
		{ UNTIL "[" KEY "]}", "AccessDenied", EXTRA "acl" },
		{ UNTIL "[]}", "AccessDenied", EXTRA "key, acl" },
		{ UNTIL "[" KEY ",{\"acl\":\"public\"}]}", "AccessDenied",
		  FAILED "[\"eq\", \"$acl\", \"public\"]" },
		{ UNTIL "[" KEY ",{\"bucket\":\"c\"}]}", "AccessDenied",
		  FAILED "[\"eq\", \"$bucket\", \"c\"]" },
		{ UNTIL "[[\"starts-with\",\"key\",\"\"]]}", "AccessDenied",
		  FAILED "[\"starts-with\", \"key\", \"\"]" },
		{ UNTIL "[[\"starts-with\",\"$absent\",\"\"]]}", "AccessDenied",
		  FAILED "[\"starts-with\", \"$absent\", \"\"]" },
		{ UNTIL "[[\"content-length-range\",\"test\",10]]}", "AccessDenied",
		  FAILED "[\"content-length-range\", \"test\", \"10\"]" },
		{ UNTIL "[[\"content-length-range\",-1,10]]}", "InvalidPolicyDocument",
		  "Invalid Policy: Invalid Condition." },
		{ UNTIL "[[\"content-length-range\",1]]}", "InvalidPolicyDocument",
		  "Invalid Policy: Invalid Condition: wrong number of arguments." },
		{ UNTIL "[{}]}", "InvalidPolicyDocument",
		  "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly "
		  "one property specified." },
		{ UNTIL "[{\"a\":1}]}", "InvalidPolicyDocument",
		  "Invalid Policy: Invalid Simple-Condition: value must be a string." },
		{ UNTIL "[1]}", "InvalidPolicyDocument", "Invalid Policy: Invalid Condition." },
		{ UNTIL "[}", "InvalidPolicyDocument", "Invalid Policy: Invalid JSON." },
		{ "[]", "InvalidPolicyDocument", "Invalid Policy: Invalid JSON." },
		{ "", "InvalidPolicyDocument", "Invalid Policy: Invalid JSON." },
		{ "{\"conditions\":[]}", "InvalidPolicyDocument",
		  "Invalid Policy: Policy missing expiration." },
		{ "{\"expiration\":\"2020-01-01T00:00:01Z\"}", "InvalidPolicyDocument",
		  "Invalid Policy: Policy missing conditions." },
		{ "{\"expiration\":\"soon\",\"conditions\":[]}", "InvalidPolicyDocument",
		  "Invalid Policy: Invalid 'expiration' value: 'soon'" },
		{ "{\"expiration\":\"2020-01-01T00:00:00Z\",\"conditions\":[]}", "AccessDenied",
		  "Invalid according to Policy: Policy expired." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str encoded = base64_of(&arena, str_from(rows[i].document));
		struct post_range range;
		const struct refusal *r = post_policy_check(&arena, encoded, form, ARRAY_LEN(form),
		                                            STR("b"), NOW, &range);

		if (!rows[i].code) {
			assert_null(r);
			continue;
		}
		assert_non_null(r);
		expect_str(str_from(r->code), rows[i].code);
		expect_str(r->message, rows[i].message);
	}
}

TEST(post_policy_bounds_the_size_inclusively)
{
	str encoded = base64_of(&arena, STR(UNTIL "[[\"content-length-range\",\"5\",10]]}"));
	struct post_range range;
	const struct refusal *r;

	assert_null(post_policy_check(&arena, encoded, NULL, 0, STR("b"), NOW, &range));
	assert_null(post_size_check(&arena, &range, 5, true));
	assert_null(post_size_check(&arena, &range, 10, true));
	assert_null(post_size_check(&arena, &range, 4, false));
	r = post_size_check(&arena, &range, 4, true);
	expect_str(str_from(r->code), "EntityTooSmall");
	expect_str(r->fields[0].value, "4");
	r = post_size_check(&arena, &range, 11, false);
	expect_str(str_from(r->code), "EntityTooLarge");
	expect_str(r->fields[1].value, "10");
}

TEST(post_key_takes_the_name_of_the_file)
{
	static const struct {
		const char *key, *filename, *want;
	} rows[] = {
		{ "a/${filename}", "b.txt", "a/b.txt" },
		{ "${filename}${filename}", "b", "bb" },
		{ "${filename}", "C:\\x\\b.txt", "b.txt" },
		{ "${filename}", "x/b.txt", "b.txt" },
		{ "a/${filename}", "", "a/" },
		{ "a/${filename}", NULL, "a/${filename}" },
		{ "${file}", "b", "${file}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_str(post_key(&arena, str_from(rows[i].key), str_from(rows[i].filename)),
		           rows[i].want);
}

TEST(post_signature_is_that_of_the_encoded_policy)
{
	/* RFC 4231's test case 2 has a short key; HMAC pads keys with zeros. */
	const unsigned char key[SHA256_SIZE] = "Jefe";
	str right = STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

	expect(post_signature_matches(key, STR("what do ya want for nothing?"), right));
	expect(!post_signature_matches(key, STR("what do ya want for nothing!"), right));
	expect(!post_signature_matches(key, STR("what do ya want for nothing?"), STR("")));
}

TESTS_WITH(NULL, release,
           {
		   RUN(post_policy_checks_forms_as_s3_does),
		   RUN(post_policy_bounds_the_size_inclusively),
		   RUN(post_key_takes_the_name_of_the_file),
		   RUN(post_signature_is_that_of_the_encoded_policy),
	   })
