#include "policy_fixture.h"

#define S3 \
	"{'Effect':'Allow','Principal':'*','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/*'}"
#define LIST "'Effect':'Allow','Principal':'*','Action':'s3:ListBucket'"

static const struct policy_action actions[] = {
	{ STR_INIT("GetObject"), POLICY_TO_CHILDREN },
	{ STR_INIT("PutObject"), POLICY_TO_CHILDREN },
	{ STR_INIT("ListBucket"), POLICY_TO_RESOURCE },
	{ STR_INIT("GetBucketVersioning"), POLICY_TO_RESOURCE },
};

static const struct policy_rules s3 = {
	.kind = POLICY_OF_RESOURCE,
	.brace_first = true,
	.vendor = STR_INIT("s3"),
	.resource_prefix = STR_INIT("arn:aws:s3:::b"),
	.actions = actions,
	.action_count = ARRAY_LEN(actions),
};

static const struct policy_rules trust = {
	.kind = POLICY_OF_RESOURCE,
	.resource = POLICY_RESOURCE_PROHIBITED,
	.unique_sids = true,
	.vendor = STR_INIT("sts"),
};

static const struct policy_rules ecr = {
	.kind = POLICY_OF_RESOURCE,
	.resource = POLICY_RESOURCE_PROHIBITED,
	.vendor = STR_INIT("ecr"),
};

struct row {
	const struct policy_rules *rules;
	const char *statements;
	enum policy_error_code code;
	const char *message;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct policy_error error = { 0 };
		struct policy policy;
		bool parsed = policy_parse(&a, policy_text(&a, rows[i].statements), rows[i].rules,
		                           &policy, &error);

		if (parsed != !rows[i].code || error.code != rows[i].code ||
		    !str_eq(error.message, str_from(rows[i].message))) {
			print_error("row %zu: %s\n  got %d \"%.*s\", want %d \"%s\"\n", i,
			            rows[i].statements, error.code, STR_ARG(error.message),
			            rows[i].code, rows[i].message ? rows[i].message : "");
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_of_a_bucket_is_refused_in_the_words_of_s3)
{
	static const struct row rows[] = {
		{ &s3, "'Statement'", POLICY_NOT_JSON,
		  "Policies must be valid JSON and the first byte must be '{'" },
		{ &s3, " {'Statement':[" S3 "]}", POLICY_NOT_JSON,
		  "Policies must be valid JSON and the first byte must be '{'" },
		{ &s3, "{'Statement':[" S3 "]", POLICY_NOT_JSON,
		  "This policy contains invalid Json" },
		{ &s3, "{'Statement':[" S3 "]} x", POLICY_NOT_JSON,
		  "This policy contains invalid Json" },
		{ &s3, "{'Nonsense':1,'Statement':[" S3 ",]}", POLICY_NOT_JSON,
		  "This policy contains invalid Json" },
		{ &s3, "{'Statement':[]}", POLICY_BAD_SYNTAX,
		  "Could not parse the policy: Statement is empty!" },
		{ &s3, "{'Statement':'x'}", POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{'Statement':['x']}", POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{'Statements':[],'Statement':[" S3 "]}", POLICY_UNKNOWN_FIELD,
		  "Unknown field Statements" },
		{ &s3, "{'Statement':[" S3 "],'Statement':[" S3 "]}", POLICY_DUPLICATE_FIELD,
		  "Statement/policy already has instance of Statement" },
		{ &s3, "{'Version':'2012-10-18','Statement':[" S3 "]}", POLICY_BAD_VERSION,
		  "The policy must contain a valid version string" },
		{ &s3, "{'Version':1,'Statement':[" S3 "]}", POLICY_BAD_SYNTAX,
		  "Invalid policy syntax." },
		{ &s3, "{'Id':{},'Statement':[" S3 "]}", POLICY_BAD_SYNTAX,
		  "Invalid policy syntax." },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_of_a_bucket_names_effect_and_principal)
{
	static const struct row rows[] = {
		{ &s3, "{'Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::b'}",
		  POLICY_MISSING_FIELD, "Missing required field Effect" },
		{ &s3,
		  "{'Effect':'hello','Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::b'}",
		  POLICY_BAD_EFFECT, "Invalid effect: hello" },
		{ &s3,
		  "{'Effect':'allow','Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::b'}",
		  POLICY_BAD_EFFECT, "Invalid effect: allow" },
		{ &s3, "{'Effect':true}", POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::b'}",
		  POLICY_MISSING_FIELD, "Missing required field Principal" },
		{ &s3, "{'Effect':'Allow','Principal':{},'Action':'s3:*'}", POLICY_MISSING_FIELD,
		  "Missing required field Principal cannot be empty!" },
		{ &s3, "{'Effect':'Allow','Principal':{'AWS':[]},'Action':'s3:*'}",
		  POLICY_MISSING_FIELD, "Missing required field Principal cannot be empty!" },
		{ &s3, "{'Effect':'Allow','Principal':'arn:aws:iam::111122223333:root'}",
		  POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{'Effect':'Allow','Principal':['*']}", POLICY_BAD_SYNTAX,
		  "Invalid policy syntax." },
		{ &s3, "{'Effect':'Allow','Principal':{'*':'*'}}", POLICY_BAD_PRINCIPAL,
		  "Invalid principal in policy" },
		{ &s3, "{'Effect':'Allow','Principal':{'AWS':'*','AWS':'*'}}",
		  POLICY_DUPLICATE_FIELD, "Statement/policy already has instance of AWS" },
		{ &s3, "{'Effect':'Allow','Principal':'*','NotPrincipal':'*'}",
		  POLICY_DUPLICATE_FIELD, "Statement/policy already has instance of Principal" },
		{ &s3, "{'Effect':'Allow','NotPrincipal':{'AWS':'111122223333'},'Action':'s3:*'}",
		  POLICY_BAD_PRINCIPAL, "Allow with NotPrincipal is not allowed." },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_principals_are_accounts_arns_ids_and_services)
{
	static const struct {
		const char *principal;
		bool valid;
	} rows[] = {
		{ "{'AWS':'*'}", true },
		{ "{'AWS':'111122223333'}", true },
		{ "{'AWS':['111122223333','arn:aws:iam::444455556666:root']}", true },
		{ "{'AWS':'arn:aws:iam::111122223333:user/staff/Bob'}", true },
		{ "{'AWS':'arn:aws:iam::111122223333:role/builder'}", true },
		{ "{'AWS':'arn:aws-cn:iam::111122223333:role/builder'}", true },
		{ "{'AWS':'arn:aws:sts::111122223333:assumed-role/builder/run-1'}", true },
		{ "{'AWS':'arn:aws:sts::111122223333:federated-user/Bob'}", true },
		{ "{'AWS':'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1'}",
		  true },
		{ "{'AWS':'AIDAJQABLZS4A3QDU576Q'}", true },
		{ "{'Service':'delivery.logs.amazonaws.com'}", true },
		{ "{'Service':['ecs.amazonaws.com','elasticloadbalancing.amazonaws.com']}", true },
		{ "{'Federated':'cognito-identity.amazonaws.com'}", true },
		{ "{'Federated':'arn:aws:iam::111122223333:saml-provider/x'}", true },
		{ "{'CanonicalUser':"
		  "'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}",
		  true },
		{ "{'AWS':'111122223333','Service':'s3.amazonaws.com'}", true },

		{ "{'AWS':'user'}", false },
		{ "{'AWS':''}", false },
		{ "{'AWS':'11112222333'}", false },
		{ "{'AWS':'1111-2222-3333'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333:user/*'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333:user/B?b'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333:*'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333:group/staff'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333:user/'}", false },
		{ "{'AWS':'arn:aws:iam::1111:root'}", false },
		{ "{'AWS':'arn:aws:iam:us-east-1:111122223333:root'}", false },
		{ "{'AWS':'arn:aws:iam::111122223333'}", false },
		{ "{'AWS':'arn:aws:s3:::b'}", false },
		{ "{'AWS':'arn:aws:sts::111122223333:assumed-role/builder'}", false },
		{ "{'AWS':'REPLACE_ME_CODEBUILD_ROLE_ARN'}", false },
		{ "{'AWS':'AIDAshort'}", false },
		{ "{'Service':'lambda'}", false },
		{ "{'Service':'*'}", false },
		{ "{'Federated':'*'}", false },
		{ "{'CanonicalUser':'79a59df900b949e5'}", false },
		{ "{'CanonicalUser':"
		  "'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47efxyz'}",
		  false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct policy_error error = { 0 };
		struct policy policy;
		str text = arena_printf(&a,
		                        "{'Effect':'Allow','Principal':%s,'Action':'s3:GetObject',"
		                        "'Resource':'arn:aws:s3:::b/*'}%c",
		                        rows[i].principal, '\0');
		bool valid = policy_parse(&a, policy_text(&a, text.p), &s3, &policy, &error);

		if (valid != rows[i].valid || (!valid && error.code != POLICY_BAD_PRINCIPAL)) {
			print_error("row %zu: %s: %.*s\n", i, rows[i].principal,
			            STR_ARG(error.message));
			fail_here();
		}
		arena_release(&a);
	}
}

TEST(policy_of_a_bucket_is_about_that_bucket_and_s3)
{
	static const struct row rows[] = {
		{ &s3, S3, POLICY_OK, NULL },
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::b'}", POLICY_OK, NULL },
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::b*'}", POLICY_OK, NULL },
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::bb'}", POLICY_BAD_RESOURCE,
		  "Policy has invalid resource" },
		{ &s3, "{" LIST ",'Resource':'*'}", POLICY_BAD_RESOURCE,
		  "Policy has invalid resource" },
		{ &s3, "{" LIST ",'Resource':''}", POLICY_BAD_RESOURCE,
		  "Policy has invalid resource" },
		{ &s3, "{" LIST ",'Resource':['arn:aws:s3:::b','arn:aws:s3:::c']}",
		  POLICY_BAD_RESOURCE, "Policy has invalid resource" },
		{ &s3, "{" LIST ",'Resource':[]}", POLICY_MISSING_FIELD,
		  "Missing required field Resource cannot be empty!" },
		{ &s3, "{" LIST "}", POLICY_MISSING_FIELD, "Missing required field Resource" },
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::b','NotResource':'arn:aws:s3:::b'}",
		  POLICY_DUPLICATE_FIELD, "Statement/policy already has instance of Resource" },

		{ &s3, "{'Effect':'Allow','Principal':'*','Resource':'arn:aws:s3:::b'}",
		  POLICY_MISSING_FIELD, "Missing required field Action" },
		{ &s3, "{'Effect':'Allow','Principal':'*','Action':[],'Resource':'arn:aws:s3:::b'}",
		  POLICY_MISSING_FIELD, "Missing required field Action cannot be empty!" },
		{ &s3, "{'Effect':'Allow','Principal':'*','Action':null}", POLICY_BAD_SYNTAX,
		  "Invalid policy syntax." },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'invalid_action',"
		  "'Resource':'arn:aws:s3:::b'}",
		  POLICY_BAD_ACTION, "Policy has invalid action" },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'sqs:SendMessage',"
		  "'Resource':'arn:aws:s3:::b'}",
		  POLICY_BAD_ACTION, "Policy has invalid action" },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'s3:GetObjekt',"
		  "'Resource':'arn:aws:s3:::b/*'}",
		  POLICY_BAD_ACTION, "Policy has invalid action" },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'s3:','Resource':'arn:aws:s3:::b/*'}",
		  POLICY_BAD_ACTION, "Policy has invalid action" },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'arn:aws:s3:::b/*'}",
		  POLICY_OK, NULL },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'S3:getobject',"
		  "'Resource':'arn:aws:s3:::b/*'}",
		  POLICY_OK, NULL },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_actions_must_apply_to_one_of_the_resources)
{
	static const char mismatch[] = "Action does not apply to any resource(s) in statement";
	static const struct row rows[] = {
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'s3:PutObject',"
		  "'Resource':'arn:aws:s3:::b'}",
		  POLICY_ACTION_MISMATCH, mismatch },
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::b/*'}", POLICY_ACTION_MISMATCH,
		  mismatch },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':['s3:GetObject','s3:ListBucket'],"
		  "'Resource':'arn:aws:s3:::b/*'}",
		  POLICY_ACTION_MISMATCH, mismatch },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':['s3:GetObject','s3:ListBucket'],"
		  "'Resource':['arn:aws:s3:::b','arn:aws:s3:::b/*']}",
		  POLICY_OK, NULL },
		/* A wildcard needs only one action that applies. */
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'s3:Get*',"
		  "'Resource':'arn:aws:s3:::b'}",
		  POLICY_OK, NULL },
		{ &s3,
		  "{'Effect':'Allow','Principal':'*','Action':'s3:Put*',"
		  "'Resource':'arn:aws:s3:::b'}",
		  POLICY_ACTION_MISMATCH, mismatch },
		{ &s3,
		  "{'Effect':'Deny','Principal':'*','NotAction':'s3:ListBucket',"
		  "'Resource':'arn:aws:s3:::b/*'}",
		  POLICY_OK, NULL },
		{ &s3,
		  "{'Effect':'Deny','Principal':'*','Action':'s3:ListBucket',"
		  "'NotResource':'arn:aws:s3:::b/*'}",
		  POLICY_OK, NULL },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_conditions_are_refused_in_the_words_of_s3)
{
	static const struct row rows[] = {
		{ &s3, "{" LIST ",'Resource':'arn:aws:s3:::b','Condition':{}}", POLICY_OK, NULL },
		{ &s3, "{" LIST ",'Condition':[]}", POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{" LIST ",'Condition':{'StringEqual':{'s3:prefix':'x'}}}",
		  POLICY_BAD_CONDITION, "Invalid Condition type : StringEqual" },
		{ &s3, "{" LIST ",'Condition':{'stringequals':{'s3:prefix':'x'}}}",
		  POLICY_BAD_CONDITION, "Invalid Condition type : stringequals" },
		{ &s3, "{" LIST ",'Condition':{'NullIfExists':{'s3:prefix':'true'}}}",
		  POLICY_BAD_CONDITION, "Invalid Condition type : NullIfExists" },
		{ &s3, "{" LIST ",'Condition':{'ForSomeValue:StringLike':{}}}",
		  POLICY_BAD_CONDITION, "Invalid Condition type : ForSomeValue:StringLike" },
		{ &s3, "{" LIST ",'Condition':{'StringLike':'x'}}", POLICY_BAD_SYNTAX,
		  "Invalid policy syntax." },
		{ &s3, "{" LIST ",'Condition':{'StringLike':{'s3:prefix':null}}}",
		  POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{" LIST ",'Condition':{'StringLike':{'s3:prefix':[{}]}}}",
		  POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &s3, "{" LIST ",'Condition':{'StringLike':{'k':'x'},'StringLike':{'l':'x'}}}",
		  POLICY_DUPLICATE_FIELD, "Statement/policy already has instance of StringLike" },
		{ &s3, "{" LIST ",'Condition':{'StringLike':{'k':'x','k':'y'}}}",
		  POLICY_DUPLICATE_FIELD, "Statement/policy already has instance of k" },
		{ &s3,
		  "{" LIST ",'Resource':'arn:aws:s3:::b',"
		  "'Condition':{'StringLike':{'k':'x'},'StringLikeIfExists':{'k':'y'}}}",
		  POLICY_OK, NULL },
		{ &s3,
		  "{" LIST ",'Resource':'arn:aws:s3:::b',"
		  "'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/33'}}}",
		  POLICY_BAD_CONDITION, "Invalid IP address in Conditions" },
		{ &s3,
		  "{" LIST ",'Resource':'arn:aws:s3:::b',"
		  "'Condition':{'DateLessThan':{'aws:CurrentTime':'tomorrow'}}}",
		  POLICY_BAD_CONDITION, "Invalid policy syntax." },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_of_the_workshop_is_accepted)
{
	static const struct policy_rules site = {
		.kind = POLICY_OF_RESOURCE,
		.vendor = STR_INIT("s3"),
		.resource_prefix = STR_INIT("arn:aws:s3:::mysfits-site"),
		.actions = actions,
		.action_count = ARRAY_LEN(actions),
	};
	static const struct row rows[] = {
		{ &site,
		  "{'Id':'MyPolicy','Version':'2012-10-17','Statement':[{"
		  "'Sid':'PublicReadForGetBucketObjects','Effect':'Allow','Principal':'*',"
		  "'Action':'s3:GetObject','Resource':'arn:aws:s3:::mysfits-site/*'}]}",
		  POLICY_OK, NULL },
		{ &site,
		  "{'Version':'2008-10-17','Id':'PolicyForCloudFrontPrivateContent','Statement':[{"
		  "'Sid':'1','Effect':'Allow','Principal':{'AWS':'arn:aws:iam::cloudfront:user/"
		  "CloudFront Origin Access Identity E2EXAMPLE'},'Action':'s3:GetObject',"
		  "'Resource':'arn:aws:s3:::mysfits-site/*'}]}",
		  POLICY_OK, NULL },
		{ &site,
		  "{'Statement':[{'Sid':'WhitelistedGet','Effect':'Allow','Principal':{'AWS':["
		  "'arn:aws:iam::111122223333:role/MythicalMysfitsServiceCodeBuildServiceRole',"
		  "'arn:aws:iam::111122223333:role/MythicalMysfitsServiceCodePipelineServiceRole']},"
		  "'Action':['s3:GetObject','s3:GetBucketVersioning'],'Resource':["
		  "'arn:aws:s3:::mysfits-site/*','arn:aws:s3:::mysfits-site']},"
		  "{'Sid':'WhitelistedPut','Effect':'Allow','Principal':{'AWS':["
		  "'arn:aws:iam::111122223333:role/MythicalMysfitsServiceCodeBuildServiceRole']},"
		  "'Action':'s3:PutObject','Resource':['arn:aws:s3:::mysfits-site/*',"
		  "'arn:aws:s3:::mysfits-site']}]}",
		  POLICY_OK, NULL },
		{ &ecr,
		  "{'Statement':[{'Sid':'AllowPushPull','Effect':'Allow','Principal':{'AWS':["
		  "'arn:aws:iam::111122223333:role/MythicalMysfitsServiceCodeBuildServiceRole']},"
		  "'Action':['ecr:GetDownloadUrlForLayer','ecr:BatchGetImage','ecr:PutImage']}]}",
		  POLICY_OK, NULL },
		{ &ecr, "{'Effect':'Allow','Principal':'*','Action':'ecr:PutImage','Resource':'*'}",
		  POLICY_PROHIBITED_FIELD, "Has prohibited field Resource" },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TEST(policy_of_trust_names_no_resource)
{
	static const struct row rows[] = {
		{ &trust,
		  "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':"
		  "{'Service':['ecs-tasks.amazonaws.com']},'Action':['sts:AssumeRole']}]}",
		  POLICY_OK, NULL },
		{ &trust,
		  "\n {'Statement':{'Effect':'Allow','Principal':{'AWS':'111122223333'},"
		  "'Action':'sts:AssumeRole'}}",
		  POLICY_OK, NULL },
		{ &trust,
		  "{'Effect':'Allow','Principal':{'AWS':'*'},'Action':'sts:AssumeRole',"
		  "'Resource':'*'}",
		  POLICY_PROHIBITED_FIELD, "Has prohibited field Resource" },
		{ &trust, "{'Effect':'Allow','Principal':{'AWS':'*'},'Action':'s3:GetObject'}",
		  POLICY_BAD_ACTION, "Policy has invalid action" },
		{ &trust, "{'Effect':'Allow','Action':'sts:AssumeRole'}", POLICY_MISSING_FIELD,
		  "Missing required field Principal" },
		{ &trust, "'Statement'", POLICY_BAD_SYNTAX, "Invalid policy syntax." },
		{ &trust,
		  "{'Sid':'a','Effect':'Allow','Principal':{'AWS':'*'},'Action':'sts:AssumeRole'},"
		  "{'Sid':'a','Effect':'Allow','Principal':{'AWS':'*'},'Action':'sts:AssumeRole'}",
		  POLICY_BAD_SID, "The Statement Ids in the policy are not unique" },
		{ &s3,
		  "{'Sid':'a','Effect':'Allow','Principal':'*','Action':'s3:GetObject',"
		  "'Resource':'arn:aws:s3:::b/*'},"
		  "{'Sid':'a','Effect':'Allow','Principal':'*','Action':'s3:GetObject',"
		  "'Resource':'arn:aws:s3:::b/*'}",
		  POLICY_OK, NULL },
	};

	check_rows(rows, ARRAY_LEN(rows));
}

TESTS({
	RUN(policy_of_a_bucket_is_refused_in_the_words_of_s3),
	RUN(policy_of_a_bucket_names_effect_and_principal),
	RUN(policy_principals_are_accounts_arns_ids_and_services),
	RUN(policy_of_a_bucket_is_about_that_bucket_and_s3),
	RUN(policy_actions_must_apply_to_one_of_the_resources),
	RUN(policy_conditions_are_refused_in_the_words_of_s3),
	RUN(policy_of_the_workshop_is_accepted),
	RUN(policy_of_trust_names_no_resource),
})
