#include "policy_fixture.h"

#define OBJECT "arn:aws:s3:::bucket/photos/cat.jpg"
#define BUCKET "arn:aws:s3:::bucket"

struct row {
	const char *statements;
	const struct policy_principal *principal;
	const char *action, *resource;
	enum policy_decision decision;
	struct key_row keys[3];
};

static void check_rows(const struct row *rows, size_t n, enum policy_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct policy p = given_policy(&a, kind, rows[i].statements);
		struct policy_key *keys;
		size_t key_count = keys_from(&a, rows[i].keys, ARRAY_LEN(rows[i].keys), &keys);
		struct policy_request q = {
			.principal = rows[i].principal,
			.action = str_from(rows[i].action),
			.resource = str_from(rows[i].resource),
			.keys = keys,
			.key_count = key_count,
		};
		enum policy_decision decision = policy_evaluate(&p, &q);

		if (decision != rows[i].decision) {
			print_error("row %zu: %s\n  %.*s %s %s\n  got %s, want %s\n", i,
			            rows[i].statements, STR_ARG(rows[i].principal->arn),
			            rows[i].action, rows[i].resource, decision_name(decision),
			            decision_name(rows[i].decision));
			fail_here();
		}
		arena_release(&a);
	}
}

static const char WEBSITE[] =
	"{'Id':'MyPolicy','Version':'2012-10-17','Statement':[{"
	"'Sid':'PublicReadForGetBucketObjects','Effect':'Allow','Principal':'*',"
	"'Action':'s3:GetObject','Resource':'arn:aws:s3:::bucket/*'}]}";

TEST(policy_of_the_website_lets_everyone_read_objects_only)
{
	static const struct row rows[] = {
		{ WEBSITE, &anonymous, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ WEBSITE, &stranger, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ WEBSITE, &lambda, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ WEBSITE, &anonymous, "s3:PutObject", OBJECT, POLICY_NOT_APPLICABLE },
		{ WEBSITE, &anonymous, "s3:GetObjectAcl", OBJECT, POLICY_NOT_APPLICABLE },
		{ WEBSITE, &anonymous, "s3:ListBucket", BUCKET, POLICY_NOT_APPLICABLE },
		{ WEBSITE, &anonymous, "s3:GetObject", BUCKET, POLICY_NOT_APPLICABLE },
		{ WEBSITE, &anonymous, "s3:GetObject", "arn:aws:s3:::bucket2/x",
		  POLICY_NOT_APPLICABLE },
		{ WEBSITE, &anonymous, "s3:GetObject", "arn:aws:s3:::bucket/", POLICY_ALLOW },
	};

	check_rows(rows, ARRAY_LEN(rows), POLICY_OF_RESOURCE);
}

#define TO(principal) "{'Effect':'Allow','Principal':" principal ",'Action':'*','Resource':'*'}"
#define NOT_BOB                                                                               \
	"{'Effect':'Deny','NotPrincipal':{'AWS':['arn:aws:iam::111122223333:user/staff/Bob'," \
	"'arn:aws:iam::111122223333:root']},'Action':'*','Resource':'*'}"
#define NOT_SESSION                                                                       \
	"{'Effect':'Deny','NotPrincipal':{'AWS':["                                        \
	"'arn:aws:sts::111122223333:assumed-role/builder/run-1',"                         \
	"'arn:aws:iam::111122223333:role/ci/builder','arn:aws:iam::111122223333:root']}," \
	"'Action':'*','Resource':'*'}"

TEST(policy_principals_are_matched_as_aws_does)
{
	static const char canonical[] =
		TO("{'CanonicalUser':"
	           "'79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'}");
	static const struct row rows[] = {
		{ TO("{'AWS':'*'}"), &anonymous, "a:b", "r", POLICY_ALLOW },
		{ TO("{'AWS':'*'}"), &bob, "a:b", "r", POLICY_ALLOW },

		{ TO("{'AWS':'111122223333'}"), &root, "a:b", "r", POLICY_ALLOW },
		{ TO("{'AWS':'111122223333'}"), &bob, "a:b", "r", POLICY_ALLOW_ACCOUNT },
		{ TO("{'AWS':'111122223333'}"), &session, "a:b", "r", POLICY_ALLOW_ACCOUNT },
		{ TO("{'AWS':'111122223333'}"), &stranger, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'111122223333'}"), &anonymous, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'111122223333'}"), &lambda, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'arn:aws:iam::111122223333:root'}"), &bob, "a:b", "r",
		  POLICY_ALLOW_ACCOUNT },
		{ canonical, &root, "a:b", "r", POLICY_ALLOW },
		{ canonical, &bob, "a:b", "r", POLICY_ALLOW_ACCOUNT },
		{ canonical, &stranger, "a:b", "r", POLICY_NOT_APPLICABLE },

		{ TO("{'AWS':'arn:aws:iam::111122223333:user/staff/Bob'}"), &bob, "a:b", "r",
		  POLICY_ALLOW },
		{ TO("{'AWS':'arn:aws:iam::111122223333:user/staff/bob'}"), &bob, "a:b", "r",
		  POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'arn:aws:iam::111122223333:user/Bob'}"), &bob, "a:b", "r",
		  POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'AIDAJQABLZS4A3QDU576Q'}"), &bob, "a:b", "r", POLICY_ALLOW },
		{ TO("{'AWS':['444455556666','arn:aws:iam::111122223333:user/staff/Bob']}"), &bob,
		  "a:b", "r", POLICY_ALLOW },
		{ TO("{'AWS':['111122223333','arn:aws:iam::111122223333:user/staff/Bob']}"), &bob,
		  "a:b", "r", POLICY_ALLOW },

		{ TO("{'AWS':'arn:aws:iam::111122223333:role/ci/builder'}"), &session, "a:b", "r",
		  POLICY_ALLOW },
		{ TO("{'AWS':'arn:aws:sts::111122223333:assumed-role/builder/run-1'}"), &session,
		  "a:b", "r", POLICY_ALLOW },
		{ TO("{'AWS':'arn:aws:sts::111122223333:assumed-role/builder/run-2'}"), &session,
		  "a:b", "r", POLICY_NOT_APPLICABLE },
		{ TO("{'AWS':'AROADBQP57FF2AEXAMPLE'}"), &session, "a:b", "r", POLICY_ALLOW },

		{ TO("{'Service':'lambda.amazonaws.com'}"), &lambda, "a:b", "r", POLICY_ALLOW },
		{ TO("{'Service':'ec2.amazonaws.com'}"), &lambda, "a:b", "r",
		  POLICY_NOT_APPLICABLE },
		{ TO("{'Service':'lambda.amazonaws.com'}"), &bob, "a:b", "r",
		  POLICY_NOT_APPLICABLE },
		{ TO("{'Federated':'cognito-identity.amazonaws.com'}"), &web_identity, "a:b", "r",
		  POLICY_ALLOW },
		{ TO("{'Federated':'accounts.google.com'}"), &web_identity, "a:b", "r",
		  POLICY_NOT_APPLICABLE },

		/* NotPrincipal: the user and its account; the session, its role and its account. */
		{ NOT_BOB, &bob, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ NOT_BOB, &root, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ NOT_BOB, &session, "a:b", "r", POLICY_DENY },
		{ NOT_BOB, &stranger, "a:b", "r", POLICY_DENY },
		{ NOT_BOB, &anonymous, "a:b", "r", POLICY_DENY },
		{ NOT_BOB, &lambda, "a:b", "r", POLICY_DENY },
		{ "{'Effect':'Deny','NotPrincipal':{'AWS':'arn:aws:iam::111122223333:user/staff/"
		  "Bob'},'Action':'*','Resource':'*'}",
		  &bob, "a:b", "r", POLICY_DENY },
		{ NOT_SESSION, &session, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ NOT_SESSION, &bob, "a:b", "r", POLICY_DENY },
		{ "{'Effect':'Deny','NotPrincipal':{'AWS':["
		  "'arn:aws:sts::111122223333:assumed-role/builder/run-1','111122223333']},"
		  "'Action':'*','Resource':'*'}",
		  &session, "a:b", "r", POLICY_DENY },
		{ "{'Effect':'Deny','NotPrincipal':{'Service':'lambda.amazonaws.com'},"
		  "'Action':'*','Resource':'*'}",
		  &lambda, "a:b", "r", POLICY_NOT_APPLICABLE },
		{ "{'Effect':'Deny','NotPrincipal':'*','Action':'*','Resource':'*'}", &stranger,
		  "a:b", "r", POLICY_NOT_APPLICABLE },
	};

	check_rows(rows, ARRAY_LEN(rows), POLICY_OF_RESOURCE);
}

TEST(policy_actions_and_resources_may_be_negated)
{
	static const char not_action[] =
		"{'Effect':'Allow','NotAction':['iam:*','s3:Delete*'],'Resource':'*'}";
	static const char not_resource[] = "{'Effect':'Deny','Action':'s3:*','NotResource':["
					   "'arn:aws:s3:::bucket','arn:aws:s3:::bucket/*']}";
	static const struct row rows[] = {
		{ not_action, &bob, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ not_action, &bob, "S3:deleteobject", OBJECT, POLICY_NOT_APPLICABLE },
		{ not_action, &bob, "iam:CreateUser", "*", POLICY_NOT_APPLICABLE },
		{ not_resource, &bob, "s3:GetObject", OBJECT, POLICY_NOT_APPLICABLE },
		{ not_resource, &bob, "s3:ListBucket", BUCKET, POLICY_NOT_APPLICABLE },
		{ not_resource, &bob, "s3:GetObject", "arn:aws:s3:::other/x", POLICY_DENY },
		{ not_resource, &bob, "sqs:SendMessage", "arn:aws:sqs:::q", POLICY_NOT_APPLICABLE },
		{ "{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::bucket/*/cat.jpg'}",
		  &bob, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ "{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::bucket/photos/?at.jpg'}",
		  &bob, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ "{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::Bucket/*'}", &bob,
		  "s3:GetObject", OBJECT, POLICY_NOT_APPLICABLE },
	};

	check_rows(rows, ARRAY_LEN(rows), POLICY_OF_IDENTITY);
}

TEST(policy_explicit_deny_wins_in_any_order)
{
	static const struct row rows[] = {
		{ "{'Effect':'Allow','Action':'*','Resource':'*'},"
		  "{'Effect':'Deny','Action':'s3:Put*','Resource':'*'}",
		  &bob, "s3:PutObject", OBJECT, POLICY_DENY },
		{ "{'Effect':'Deny','Action':'s3:Put*','Resource':'*'},"
		  "{'Effect':'Allow','Action':'*','Resource':'*'}",
		  &bob, "s3:PutObject", OBJECT, POLICY_DENY },
		{ "{'Effect':'Deny','Action':'s3:Put*','Resource':'*'},"
		  "{'Effect':'Allow','Action':'*','Resource':'*'}",
		  &bob, "s3:GetObject", OBJECT, POLICY_ALLOW },
		{ "{'Effect':'Deny','Action':'s3:Put*','Resource':'*'}", &bob, "s3:GetObject",
		  OBJECT, POLICY_NOT_APPLICABLE },
	};

	check_rows(rows, ARRAY_LEN(rows), POLICY_OF_IDENTITY);
}

/* From the pages "Bucket policy examples" and "IAM policy elements: Variables". */
TEST(policy_examples_of_the_documentation_decide_as_documented)
{
	static const char by_ip[] =
		"{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':['" BUCKET
		"','" BUCKET "/*'],'Condition':{'IpAddress':{'aws:SourceIp':'192.0.2.0/24'},"
		"'NotIpAddress':{'aws:SourceIp':'192.0.2.188/32'}}}";
	static const char by_mfa[] =
		"{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'" BUCKET
		"/tax/*','Condition':{'Null':{'aws:MultiFactorAuthAge':true}}}";
	static const char by_mfa_age[] =
		"{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*',"
		"'Condition':{'NumericGreaterThan':{'aws:MultiFactorAuthAge':3600}}}";
	static const char insecure[] =
		"{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':['" BUCKET "','" BUCKET
		"/*'],'Condition':{'Bool':{'aws:SecureTransport':'false'}}}";
	static const char endpoint[] =
		"{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':['" BUCKET "','" BUCKET
		"/*'],'Condition':{'StringNotEquals':{'aws:SourceVpce':'vpce-1a2b3c4d'}}}";
	static const char referer[] =
		"{'Effect':'Allow','Principal':'*','Action':['s3:GetObject','s3:GetObjectVersion'],"
		"'Resource':'" BUCKET "/*','Condition':{'StringLike':{'aws:Referer':["
		"'http://www.example.com/*','http://example.com/*']}}}";
	static const char acl[] =
		"{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::444455556666:user/Eve'},"
		"'Action':'s3:PutObject','Resource':'" BUCKET
		"/*','Condition':{'StringEquals':{'s3:x-amz-acl':['public-read']}}}";
	static const char home[] =
		"{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':['" BUCKET
		"/home/${aws:username}','" BUCKET "/home/${aws:username}/*']}";
	static const char home_of_old[] =
		"{'Version':'2008-10-17','Statement':{'Effect':'Allow','Principal':'*',"
		"'Action':'s3:*','Resource':'" BUCKET "/home/${aws:username}/*'}}";
	static const char queue[] =
		"{'Effect':'Allow','Principal':{'Service':'lambda.amazonaws.com'},"
		"'Action':'SQS:SendMessage','Resource':'arn:aws:sqs:us-east-1:111122223333:q',"
		"'Condition':{'ArnEquals':{'aws:SourceArn':"
		"'arn:aws:lambda:us-east-1:111122223333:function:*'}}}";
	static const struct row rows[] = {
		{ by_ip,
		  &anonymous,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_ALLOW,
		  { { "aws:SourceIp", "192.0.2.7" } } },
		{ by_ip,
		  &anonymous,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:SourceIp", "192.0.2.188" } } },
		{ by_ip,
		  &anonymous,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:SourceIp", "198.51.100.7" } } },

		{ by_mfa, &bob, "s3:GetObject", BUCKET "/tax/x", POLICY_DENY },
		{ by_mfa,
		  &bob,
		  "s3:GetObject",
		  BUCKET "/tax/x",
		  POLICY_NOT_APPLICABLE,
		  { { "aws:MultiFactorAuthAge", "10" } } },
		{ by_mfa_age,
		  &bob,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_DENY,
		  { { "aws:MultiFactorAuthAge", "3601" } } },
		{ by_mfa_age,
		  &bob,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:MultiFactorAuthAge", "3600" } } },

		{ insecure,
		  &root,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_DENY,
		  { { "aws:SecureTransport", "false" } } },
		{ insecure,
		  &root,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:SecureTransport", "true" } } },

		{ endpoint, &bob, "s3:GetObject", OBJECT, POLICY_DENY },
		{ endpoint,
		  &bob,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_DENY,
		  { { "aws:SourceVpce", "vpce-other" } } },
		{ endpoint,
		  &bob,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:SourceVpce", "vpce-1a2b3c4d" } } },

		{ referer,
		  &anonymous,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_ALLOW,
		  { { "aws:Referer", "http://www.example.com/page" } } },
		{ referer,
		  &anonymous,
		  "s3:GetObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "aws:Referer", "http://evil.com/http://example.com/" } } },
		{ referer, &anonymous, "s3:GetObject", OBJECT, POLICY_NOT_APPLICABLE },

		{ acl,
		  &stranger,
		  "s3:PutObject",
		  OBJECT,
		  POLICY_ALLOW,
		  { { "s3:x-amz-acl", "public-read" } } },
		{ acl,
		  &stranger,
		  "s3:PutObject",
		  OBJECT,
		  POLICY_NOT_APPLICABLE,
		  { { "s3:x-amz-acl", "private" } } },
		{ acl, &stranger, "s3:PutObject", OBJECT, POLICY_NOT_APPLICABLE },

		{ home, &bob, "s3:GetObject", BUCKET "/home/Bob/x", POLICY_ALLOW },
		{ home, &bob, "s3:GetObject", BUCKET "/home/Bob", POLICY_ALLOW },
		{ home, &bob, "s3:GetObject", BUCKET "/home/Eve/x", POLICY_NOT_APPLICABLE },
		{ home, &session, "s3:GetObject", BUCKET "/home//x", POLICY_NOT_APPLICABLE },
		{ home, &anonymous, "s3:GetObject", BUCKET "/home//x", POLICY_NOT_APPLICABLE },
		{ home_of_old, &bob, "s3:GetObject", BUCKET "/home/Bob/x", POLICY_NOT_APPLICABLE },
		{ home_of_old, &bob, "s3:GetObject", BUCKET "/home/${aws:username}/x",
		  POLICY_ALLOW },

		{ queue,
		  &lambda,
		  "sqs:SendMessage",
		  "arn:aws:sqs:us-east-1:111122223333:q",
		  POLICY_ALLOW,
		  { { "aws:SourceArn", "arn:aws:lambda:us-east-1:111122223333:function:f" } } },
		{ queue,
		  &lambda,
		  "sqs:SendMessage",
		  "arn:aws:sqs:us-east-1:111122223333:q",
		  POLICY_NOT_APPLICABLE,
		  { { "aws:SourceArn", "arn:aws:lambda:us-east-1:444455556666:function:f" } } },
	};

	check_rows(rows, ARRAY_LEN(rows), POLICY_OF_RESOURCE);
}

/*
 * Several policies. A letter stands for each: A allows all, D denies all, N says nothing, C allows
 * the caller's account, B allows Bob; '-' is no policy.
 */
static struct policy lettered(struct arena *a, char letter, enum policy_kind kind)
{
	const char *identity = letter == 'A'   ? "{'Effect':'Allow','Action':'*','Resource':'*'}"
	                       : letter == 'D' ? "{'Effect':'Deny','Action':'*','Resource':'*'}"
	                                       : "{'Effect':'Allow','Action':'x:y','Resource':'*'}";
	const char *resource =
		letter == 'A'   ? TO("'*'")
		: letter == 'D' ? "{'Effect':'Deny','Principal':'*','Action':'*','Resource':'*'}"
		: letter == 'C' ? TO("{'AWS':['111122223333','444455556666']}")
		: letter == 'B'
			? TO("{'AWS':'arn:aws:iam::111122223333:user/staff/Bob'}")
			: "{'Effect':'Allow','Principal':'*','Action':'x:y','Resource':'*'}";

	return given_policy(a, kind, kind == POLICY_OF_IDENTITY ? identity : resource);
}

TEST(policy_identity_and_resource_decide_together)
{
	static const struct {
		const struct policy_principal *principal;
		const char *identity;
		char resource;
		enum policy_decision decision;
	} rows[] = {
		/* In one account either is enough, unless it only allows the account. */
		{ &bob, "", '-', POLICY_NOT_APPLICABLE },
		{ &bob, "N", 'N', POLICY_NOT_APPLICABLE },
		{ &bob, "A", '-', POLICY_ALLOW },
		{ &bob, "NA", 'N', POLICY_ALLOW },
		{ &bob, "N", 'A', POLICY_ALLOW },
		{ &bob, "", 'B', POLICY_ALLOW },
		{ &bob, "N", 'C', POLICY_NOT_APPLICABLE },
		{ &bob, "A", 'C', POLICY_ALLOW },
		{ &bob, "AD", 'A', POLICY_DENY },
		{ &bob, "DA", '-', POLICY_DENY },
		{ &bob, "A", 'D', POLICY_DENY },
		{ &session, "N", 'A', POLICY_ALLOW },
		{ &session, "A", 'B', POLICY_ALLOW },
		{ &session, "N", 'B', POLICY_NOT_APPLICABLE },

		/* The root may do all in its account, save what is denied. */
		{ &root, "", '-', POLICY_ALLOW },
		{ &root, "", 'N', POLICY_ALLOW },
		{ &root, "", 'D', POLICY_DENY },

		/* From another account both must allow. */
		{ &stranger, "A", '-', POLICY_NOT_APPLICABLE },
		{ &stranger, "A", 'N', POLICY_NOT_APPLICABLE },
		{ &stranger, "N", 'A', POLICY_NOT_APPLICABLE },
		{ &stranger, "A", 'A', POLICY_ALLOW },
		{ &stranger, "A", 'C', POLICY_ALLOW },
		{ &stranger, "N", 'C', POLICY_NOT_APPLICABLE },
		{ &stranger, "A", 'B', POLICY_NOT_APPLICABLE },
		{ &stranger, "D", 'A', POLICY_DENY },
		{ &stranger, "A", 'D', POLICY_DENY },
		{ &stranger_root, "", '-', POLICY_NOT_APPLICABLE },
		{ &stranger_root, "", 'C', POLICY_ALLOW },
		{ &stranger_root, "", 'D', POLICY_DENY },

		/* Those without identity policies. */
		{ &anonymous, "", '-', POLICY_NOT_APPLICABLE },
		{ &anonymous, "", 'A', POLICY_ALLOW },
		{ &anonymous, "A", 'N', POLICY_NOT_APPLICABLE },
		{ &anonymous, "", 'C', POLICY_NOT_APPLICABLE },
		{ &anonymous, "", 'D', POLICY_DENY },
		{ &lambda, "", '-', POLICY_NOT_APPLICABLE },
		{ &lambda, "", 'A', POLICY_ALLOW },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct policy identity[2], resource = { 0 };
		size_t count = strlen(rows[i].identity);
		struct policy_request q = { .principal = rows[i].principal,
			                    .action = STR("s3:GetObject"),
			                    .resource = STR(OBJECT) };
		enum policy_decision decision;

		for (size_t j = 0; j < count; j++)
			identity[j] = lettered(&a, rows[i].identity[j], POLICY_OF_IDENTITY);
		if (rows[i].resource != '-')
			resource = lettered(&a, rows[i].resource, POLICY_OF_RESOURCE);
		decision = policy_authorize(&q, identity, count,
		                            rows[i].resource == '-' ? NULL : &resource,
		                            STR("111122223333"));
		if (decision != rows[i].decision) {
			print_error("row %zu: got %s, want %s\n", i, decision_name(decision),
			            decision_name(rows[i].decision));
			fail_here();
		}
		arena_release(&a);
	}
}

TESTS({
	RUN(policy_of_the_website_lets_everyone_read_objects_only),
	RUN(policy_principals_are_matched_as_aws_does),
	RUN(policy_actions_and_resources_may_be_negated),
	RUN(policy_explicit_deny_wins_in_any_order),
	RUN(policy_examples_of_the_documentation_decide_as_documented),
	RUN(policy_identity_and_resource_decide_together),
})
