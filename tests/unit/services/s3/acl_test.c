#include "check.h"

#include "services/s3/acl.h"

#define A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ALL  "http://acs.amazonaws.com/groups/global/AllUsers"
#define AUTH "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
#define EC2  "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static const char malformed[] = "MalformedACLError";

TEST(acl_canonical_id_is_one_per_account)
{
	str one = acl_canonical_id(&arena, STR("000000000000"));

	expect_int(one.n, CANONICAL_ID_SIZE);
	expect(str_eq(one, acl_canonical_id(&arena, STR("000000000000"))));
	expect(!str_eq(one, acl_canonical_id(&arena, STR("000000000001"))));
}

TEST(acl_canned_names_give_their_grants)
{
	static const struct {
		const char *name, *own, *others; /* in one's own bucket, and in B's */
	} rows[] = {
		{ "", A " f" A, A " f" A },
		{ "private", A " f" A, A " f" A },
		{ "public-read", A " f" A " r*", A " f" A " r*" },
		{ "public-read-write", A " f" A " r* w*", A " f" A " r* w*" },
		{ "authenticated-read", A " f" A " r@", A " f" A " r@" },
		{ "bucket-owner-read", A " f" A, A " f" A " r" B },
		{ "bucket-owner-full-control", A " f" A, A " f" A " f" B },
		{ "log-delivery-write", A " f" A " w^ a^", A " f" A " w^ a^" },
		{ "aws-exec-read", A " f" A " r" EC2, A " f" A " r" EC2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acl acl;
		str name = str_from(rows[i].name);

		assert_null(acl_from_canned(&arena, name, STR(A), STR(A), &acl));
		expect_str(acl_to_text(&arena, &acl), rows[i].own);
		assert_null(acl_from_canned(&arena, name, STR(A), STR(B), &acl));
		expect_str(acl_to_text(&arena, &acl), rows[i].others);
	}
}

TEST(acl_canned_refuses_other_names)
{
	struct acl acl;
	const struct refusal *r = acl_from_canned(&arena, STR("Private"), STR(A), STR(A), &acl);

	assert_non_null(r);
	expect_str(str_from(r->code), "InvalidArgument");
	expect_str(r->fields[0].value, "x-amz-acl");
	expect_str(r->fields[1].value, "Private");
}

TEST(acl_headers_give_their_grants_or_are_refused)
{
	static const struct {
		const char *read, *full_control, *text, *code, *message;
	} rows[] = {
		{ "id=" B, NULL, A " r" B, NULL, NULL },
		{ "id=\"" B "\", uri=\"" ALL "\"", "id=" A, A " r" B " r* f" A, NULL, NULL },
		{ NULL, "uri=" AUTH, A " f@", NULL, NULL },
		{ "id=12", NULL, NULL, "InvalidArgument", "Invalid id" },
		{ "uri=http://x", NULL, NULL, "InvalidArgument", "Invalid group uri" },
		{ "name=x", NULL, NULL, "InvalidArgument", "Argument format not recognized" },
		{ "", NULL, NULL, "InvalidArgument", "Argument format not recognized" },
		{ "id=" B ",", NULL, NULL, "InvalidArgument", "Argument format not recognized" },
		{ "id", NULL, NULL, "InvalidArgument", "Invalid id" },
		{ "emailAddress=a@b.c", NULL, NULL, "MethodNotAllowed",
		  "The specified method is not allowed against this resource." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acl_headers h = { .read = str_from(rows[i].read),
			                 .full_control = str_from(rows[i].full_control) };
		struct acl acl;
		const struct refusal *r;

		expect(acl_has_headers(&h));
		r = acl_from_headers(&arena, &h, STR(A), &acl);
		if (rows[i].text) {
			assert_null(r);
			expect_str(acl_to_text(&arena, &acl), rows[i].text);
			continue;
		}
		assert_non_null(r);
		expect_str(str_from(r->code), rows[i].code);
		expect_str(r->message, rows[i].message);
	}
}

TEST(acl_policy_is_checked_as_s3_does)
{
	static const struct {
		const char *owner, *type, *id, *uri, *permission, *text, *code;
	} rows[] = {
		{ A, "CanonicalUser", B, NULL, "READ", A " r" B, NULL },
		{ A, "CanonicalUser", B, NULL, "WRITE_ACP", A " c" B, NULL },
		{ A, "Group", NULL, ALL, "FULL_CONTROL", A " f*", NULL },
		{ B, "Group", NULL, ALL, "READ", NULL, "AccessDenied" },
		{ "x", "Group", NULL, ALL, "READ", NULL, "InvalidArgument" },
		{ NULL, "Group", NULL, ALL, "READ", NULL, "InvalidArgument" },
		{ A, "Group", NULL, ALL, "EAT", NULL, malformed },
		{ A, "Group", NULL, ALL, NULL, NULL, malformed },
		{ A, "Group", NULL, NULL, "READ", NULL, malformed },
		{ A, "Group", NULL, "http://x", "READ", NULL, "InvalidArgument" },
		{ A, "CanonicalUser", "x", NULL, "READ", NULL, "InvalidArgument" },
		{ A, "CanonicalUser", NULL, ALL, "READ", NULL, malformed },
		{ A, NULL, B, NULL, "READ", NULL, malformed },
		{ A, "AmazonCustomerByEmail", NULL, NULL, "READ", NULL, "MethodNotAllowed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_owner owner = { .id = str_from(rows[i].owner) };
		struct s3_grantee grantee = { .type = str_from(rows[i].type),
			                      .id = str_from(rows[i].id),
			                      .uri = str_from(rows[i].uri) };
		struct s3_grant grant = { &grantee, str_from(rows[i].permission) };
		struct s3_access_control_policy p = { { &grant, 1 }, &owner };
		struct acl acl;
		const struct refusal *r = acl_from_policy(&arena, &p, STR(A), &acl);

		if (rows[i].text) {
			assert_null(r);
			expect_str(acl_to_text(&arena, &acl), rows[i].text);
			continue;
		}
		assert_non_null(r);
		expect_str(str_from(r->code), rows[i].code);
	}
}

TEST(acl_policy_takes_a_hundred_grants_and_no_more)
{
	struct s3_owner owner = { .id = STR(A) };
	struct s3_grantee grantee = { .type = STR("Group"), .uri = STR(ALL) };
	struct s3_grant grants[ACL_MAX_GRANTS + 1];
	struct s3_access_control_policy p = { { grants, ACL_MAX_GRANTS }, &owner };
	struct acl acl, back;
	str text;

	for (size_t i = 0; i < ARRAY_LEN(grants); i++)
		grants[i] = (struct s3_grant){ &grantee, STR("READ") };
	assert_null(acl_from_policy(&arena, &p, STR(A), &acl));
	text = acl_to_text(&arena, &acl);
	expect(acl_from_text(&arena, text, &back));
	expect_int(back.count, ACL_MAX_GRANTS);
	p.grants.n++;
	expect_str(str_from(acl_from_policy(&arena, &p, STR(A), &acl)->code), malformed);
	p.grants.n = 0;
	assert_null(acl_from_policy(&arena, &p, STR(A), &acl));
	expect_int(acl.count, 0);
	p.grants.items = NULL;
	expect_str(str_from(acl_from_policy(&arena, &p, STR(A), &acl)->code), malformed);
	expect_str(str_from(acl_from_policy(&arena, NULL, STR(A), &acl)->code), malformed);
}

TEST(acl_text_comes_back_and_nothing_else_is_taken)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
		{ A, true },
		{ A " f" A " r* w@ a^ c" B, true },
		{ "", false },
		{ "x", false },
		{ A " ", false },
		{ A " f", false },
		{ A " x*", false },
		{ A " f?", false },
		{ A " f" A "0", false },
		{ A "  f*", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acl acl;

		expect_int(acl_from_text(&arena, str_from(rows[i].text), &acl), rows[i].valid);
		if (rows[i].valid)
			expect_str(acl_to_text(&arena, &acl), rows[i].text);
	}
}

TEST(acl_goes_out_as_it_came_in)
{
	struct acl acl, back;
	struct s3_access_control_policy p;

	expect(acl_from_text(&arena, STR(A " f" A " r* w@ a^ c" B), &acl));
	p.owner = acl_to_owner(&arena, &acl);
	p.grants = acl_to_grants(&arena, &acl);
	assert_null(acl_from_policy(&arena, &p, STR(A), &back));
	expect_str(acl_to_text(&arena, &back), A " f" A " r* w@ a^ c" B);
}

TEST(acl_allows_whom_it_names)
{
	static const struct {
		const char *text, *caller, *may; /* letters of the permissions */
	} rows[] = {
		{ A " f" A, A, "rwac" },
		{ A " f" A, B, "" },
		{ A " f" A, NULL, "" },
		{ A, A, "ac" },
		{ A, NULL, "" },
		{ A " r*", NULL, "r" },
		{ A " r*", B, "r" },
		{ A " r@", NULL, "" },
		{ A " r@", B, "r" },
		{ A " r" B " a" B, B, "ra" },
		{ A " f*", NULL, "rwac" },
		{ A " w^ a^", B, "" },
		{ A " w^ a^", "log", "wa" },
	};
	static const char letters[] = "rwac";

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool is_log = rows[i].caller && strcmp(rows[i].caller, "log") == 0;
		struct acl_caller caller = { is_log ? STR_NULL : str_from(rows[i].caller), is_log };
		struct acl acl;

		expect(acl_from_text(&arena, str_from(rows[i].text), &acl));
		for (int bit = 0; bit < 4; bit++)
			expect_int(acl_allows(&acl, &caller, (enum acl_permission)(1 << bit)),
			           strchr(rows[i].may, letters[bit]) != NULL);
	}
}

TEST(acl_is_public_when_it_grants_to_a_global_group)
{
	static const struct {
		const char *text;
		bool is_public;
	} rows[] = {
		{ A " f" A, false },      { A " f" A " f" B, false }, { A " f" A " r*", true },
		{ A " f" A " a@", true }, { A " w^ a^", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct acl acl;

		expect(acl_from_text(&arena, str_from(rows[i].text), &acl));
		expect_int(acl_is_public(&acl), rows[i].is_public);
	}
}

TESTS_WITH(NULL, release,
           {
		   RUN(acl_canonical_id_is_one_per_account),
		   RUN(acl_canned_names_give_their_grants),
		   RUN(acl_canned_refuses_other_names),
		   RUN(acl_headers_give_their_grants_or_are_refused),
		   RUN(acl_policy_is_checked_as_s3_does),
		   RUN(acl_policy_takes_a_hundred_grants_and_no_more),
		   RUN(acl_text_comes_back_and_nothing_else_is_taken),
		   RUN(acl_goes_out_as_it_came_in),
		   RUN(acl_allows_whom_it_names),
		   RUN(acl_is_public_when_it_grants_to_a_global_group),
	   })
