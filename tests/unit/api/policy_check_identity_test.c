#include "policy_fixture.h"

#define ARN "'Resource':'arn:aws:s3:::mysfits'"

static const char SYNTAX[] = "Syntax errors in policy.";
static const char VERSION[] = "Policy document must be version 2012-10-17 or greater.";
static const char LEGACY[] = "The policy failed legacy parsing";
static const char VENDOR[] =
	"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
static const char UNIQUE[] = "Statement IDs (SID) in a single policy must be unique.";
static const char ALPHANUMERIC[] =
	"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
	"expression [0-9A-Za-z]*";
static const char ACTIONS[] = "Policy statement must contain actions.";
static const char RESOURCES[] = "Policy statement must contain resources.";
static const char IAM_PATH[] =
	"IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
	"group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
	"oidc-provider/, report/, access-report/.";

/* A row is a document if it has a Statement, otherwise statements. */
struct row {
	const char *text;
	const char *message; /* NULL when it is accepted */
};

static void check_rows(const struct row *rows, size_t n, bool only_2012)
{
	struct policy_rules rules = { .kind = POLICY_OF_IDENTITY, .only_2012 = only_2012 };

	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct policy_error error = { 0 };
		struct policy policy;
		bool parsed =
			policy_parse(&a, policy_text(&a, rows[i].text), &rules, &policy, &error);

		if (parsed != !rows[i].message ||
		    !str_eq(error.message, str_from(rows[i].message)) ||
		    parsed != (error.code == POLICY_OK)) {
			print_error("row %zu: %s\n  got  \"%.*s\"\n  want \"%s\"\n", i,
			            rows[i].text, STR_ARG(error.message),
			            rows[i].message ? rows[i].message : "");
			fail_here();
		}
		arena_release(&a);
	}
}

/* What IAM answers to such documents is known from experiments that moto's tests record. */
TEST(policy_of_an_identity_is_refused_in_the_words_of_iam)
{
	static const struct row rows[] = {
		{ "This is not a 'Statement'", SYNTAX },
		{ "{'Statement':{'Effect':'Allow','Action':'s3:ListBucket'," ARN "}}", VERSION },
		{ "{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  "}}",
		  VERSION },
		{ "{'Version':'2013-10-17','Statement':{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  "}}",
		  SYNTAX },
		{ "{'Version':'2012-10-17','x':'Statement'}", SYNTAX },
		{ "{'Version':'2012-10-17','Statement':['text']}", SYNTAX },
		{ "{'Version':'2012-10-17','Statement':[]}", SYNTAX },
		{ "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  "},'Comment':'x'}",
		  SYNTAX },
		{ "{'Version':'2012-10-17','Id':['x'],'Statement':{'Effect':'Allow',"
		  "'Action':'s3:ListBucket'," ARN "}}",
		  SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Comment':'x'}", SYNTAX },
		{ "{'Effect':'Maybe','Action':'s3:ListBucket'," ARN "}", SYNTAX },
		{ "{'Action':'s3:ListBucket'," ARN "}", SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':{'a':'arn:aws:s3:::b'}}",
		  SYNTAX },
		{ "{'Effect':'Deny','Action':'s3:ListBucket','Resource':['arn:aws:s3:::mysfits',{}]}",
		  SYNTAX },
		{ "{'Effect':'Allow','NotAction':'s3:ListBucket'," ARN ",'NotResource':[]}",
		  SYNTAX },
		{ "{'Effect':'Deny','Action':[[]]," ARN "}", SYNTAX },
		{ "{'Effect':'Allow','NotAction':'s3x:Get','Action':[]," ARN "}", SYNTAX },
		{ "{'Effect':'Allow','Action':{}," ARN "}", SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':[]}", SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':'a'}", SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':{'a':'b'}}",
		  SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateGreaterThan':'b'}}",
		  SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateGreaterThan':{'a':{}}}}",
		  SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':{'x':{'a':'1'}}}",
		  SYNTAX },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'ForAnyValue::StringEqualsIfExists':{'a':'v'}}}",
		  SYNTAX },
		{ "{'Sid':{},'Effect':'Allow','Action':'s3:ListBucket'," ARN "}", SYNTAX },

		{ "{'Effect':'denY','Action':'s3:ListBucket'," ARN "}", LEGACY },
		{ "{'Effect':'allow','Resource':'arn:aws:s3:us-east-1::mysfits'}", LEGACY },
		{ "{'Sid':'Read','Effect':'aLLow','Action':'s3:ListBucket'," ARN "},"
		  "{'Sid':'Read','Effect':'Allow'}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateGreaterThan':{'a':'next week'}}}",
		  LEGACY },
		{ "{'Effect':'Allow','Condition':{'DateGreaterThan':{'a':'next week'}}}", LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateLessThanEquals':{'a':'2026-13'}}}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateLessThanEquals':{'a':'2026-11-23t2:00:00+1'}}}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateLessThan':{'a':'9223372036854775808'}}}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:azure:s3:::b',"
		  "'Condition':{'DateGreaterThan':{'a':'next week'}}}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s3::mysfits'}",
		  LEGACY },
		{ "{'Effect':'Allow','Resource':'arn:aws:s3::mysfits'}", LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','NotResource':'arn:aws:s3::b'}",
		  LEGACY },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws::x'}", LEGACY },
		{ "{'Effect':'Allow','NotAction':'s3:ListBucket','Resource':'arn:aws::::b'}",
		  LEGACY },
		{ "{'Statement':{'Effect':'denY','Action':'s3:ListBucket'," ARN "}}", VERSION },

		{ "{'Sid':'Read','Effect':'Allow','Action':'s3:ListBucket'," ARN "},"
		  "{'Sid':'Read','Effect':'Allow'}",
		  UNIQUE },
		{ "{'Sid':'auto-id','Effect':'Allow','Action':'s3:ListBucket'," ARN "},"
		  "{'Sid':'auto-id','Effect':'Allow'}",
		  ALPHANUMERIC },
		{ "{'Effect':'Allow'," ARN "}", ACTIONS },
		{ "{'Effect':'Allow'}", ACTIONS },
		{ "{'Effect':'Allow','Action':[]," ARN "}", ACTIONS },
		{ "{'Effect':'Deny'},{'Effect':'Allow','Action':'s3:ListBucket'," ARN "}",
		  ACTIONS },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'}", RESOURCES },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':[]}", RESOURCES },
		{ "{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'*'}",
		  "Policy document should not specify a principal." },
		{ "{'Effect':'Allow','Principal':{'Service':'ec2.amazonaws.com'},"
		  "'Action':'sts:AssumeRole'}",
		  "Policy document should not specify a principal." },
	};

	check_rows(rows, ARRAY_LEN(rows), /* only_2012= */ true);
}

TEST(policy_of_an_identity_has_vendors_and_arns)
{
	static const struct row rows[] = {
		{ "{'Effect':'Allow','Action':'GetObject'," ARN "}", VENDOR },
		{ "{'Effect':'Allow','NotAction':''," ARN "}", VENDOR },
		{ "{'Effect':'Allow','Action':'GetObject'}", VENDOR },
		{ "{'Effect':'Allow','Action':'s 3:ListBucket'," ARN "}",
		  "Vendor s 3 is not valid" },
		{ "{'Effect':'Allow','Action':':GetObject'," ARN "}", "Vendor  is not valid" },
		{ "{'Effect':'Allow','Action':'s3:Put:Object'," ARN "}",
		  "Actions/Condition can contain only one colon." },
		{ "{'Effect':'Allow','Action':'s3x:Get'," ARN "},"
		  "{'Effect':'Allow','Action':'s3:Get:Object'," ARN "}",
		  "Actions/Condition can contain only one colon." },

		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'my bucket'}",
		  "Resource my bucket must be in ARN format or \"*\"." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':''}",
		  "Resource  must be in ARN format or \"*\"." },
		{ "{'Effect':'Allow','Action':'s3:Get:Object','Resource':'bucket'}",
		  "Resource bucket must be in ARN format or \"*\"." },
		{ "{'Effect':'Allow','NotAction':'s3x:Get','Resource':'a:elsewhere'}",
		  "Partition \"elsewhere\" is not valid for resource \"arn:elsewhere:*:*:*:*\"." },
		{ "{'Effect':'Allow','NotAction':'s3x:Get','Resource':'x:y:z'}",
		  "Partition \"y\" is not valid for resource \"arn:y:z:*:*:*\"." },
		{ "{'Effect':'Allow','NotAction':'s3x:Get','Resource':'o:p:q:r:s:t:u:v'}",
		  "Partition \"p\" is not valid for resource \"arn:p:q:r:s:t:u:v\"." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'aws:s3:::mysfits'}",
		  "Partition \"s3\" is not valid for resource \"arn:s3:::mysfits:*\"." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':["
		  "'arn:azure:s3:::mysfits','arn:azure:s3::mysfits']}",
		  "Partition \"azure\" is not valid for resource \"arn:azure:s3:::mysfits\"." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:iam:::example'}",
		  IAM_PATH },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws'}",
		  "Resource vendor must be fully qualified and cannot contain regexes." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:iam:us-east-1::b'}",
		  "IAM resource arn:aws:iam:us-east-1::b cannot contain region information." },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s3:us-east-1::b'}",
		  "Resource arn:aws:s3:us-east-1::b can not contain region information." },
	};

	check_rows(rows, ARRAY_LEN(rows), /* only_2012= */ true);
}

TEST(policy_of_an_identity_is_accepted_where_iam_accepts_it)
{
	static const struct row rows[] = {
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':['arn:aws:s3:::b','*']}",
		  NULL },
		{ "{'Effect':'Allow','Action':'iam: list some users '," ARN "}", NULL },
		{ "{'Effect':'Allow','Action':'*'," ARN "}", NULL },
		{ "{'Effect':'Allow','Action':'mysfits:adopt','Resource':'*',"
		  "'Condition':{'DateGreaterThan':{'aws:CurrentTime':'2026-07-01T00:00:00Z'},"
		  "'DateLessThan':{'aws:CurrentTime':'2026-12-31T23:59:59Z'}}}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:iam:::user/b'}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:s4:::b'}", NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:x'}", NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket','Resource':'arn:aws:ec2:us-east-1::b'}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':{}}", NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateGreaterThan':{}}}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'DateGreaterThan':{'a':[]}}}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN ",'Condition':{'a':{}}}",
		  NULL },
		{ "{'Effect':'Allow','Action':'s3:ListBucket'," ARN
		  ",'Condition':{'ForAllValues:StringEquals':{'aws:TagKeys':'team'}}}",
		  NULL },
		{ "{'Sid':'','Effect':'Allow','Action':'s3:*','Resource':'*'},"
		  "{'Sid':'','Effect':'Allow','Action':'s3:*','Resource':'*'}",
		  NULL },
		{ "{'Effect':'Allow','NotAction':'iam:*','NotResource':'arn:aws:s3:::s/*'}", NULL },
		{ " \n{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'s3:*',"
		  "'Resource':'*'}} ",
		  NULL },
	};
	static const struct row older[] = {
		{ "{'Statement':{'Effect':'Allow','Action':'s3:ListBucket'," ARN "}}", NULL },
		{ "{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'s3:*','Resource':"
		  "'*'}}",
		  NULL },
	};

	check_rows(rows, ARRAY_LEN(rows), /* only_2012= */ true);
	check_rows(older, ARRAY_LEN(older), /* only_2012= */ false);
}

TESTS({
	RUN(policy_of_an_identity_is_refused_in_the_words_of_iam),
	RUN(policy_of_an_identity_has_vendors_and_arns),
	RUN(policy_of_an_identity_is_accepted_where_iam_accepts_it),
})
