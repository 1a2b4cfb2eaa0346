#include "policy_fixture.h"

#define EVERYONE "'Effect':'Allow','Principal':'*','Action':'s3:PutObject','Resource':'*'"

static const struct {
	const char *statements;
	bool is_public;
} rows[] = {
	/* The page's own examples. */
	{ "{" EVERYONE "}", true },
	{ "{" EVERYONE ",'Condition':{'StringLike':{'aws:SourceVpc':'vpc-*'}}}", true },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:SourceVpc':'vpc-91237329'}}}", false },
	{ "{" EVERYONE ",'Condition':{'StringLike':{'s3:DataAccessPointArn':"
	  "'arn:aws:s3:us-west-2:123456789012:accesspoint/*'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':'0.0.0.0/1'}}}", true },
	{ "{'Effect':'Allow','Principal':{'Service':'cloudtrail.amazonaws.com'},'Action':'s3:*',"
	  "'Resource':'*'},{'Effect':'Allow','Principal':{'AWS':'444455556666'},'Action':'s3:*',"
	  "'Resource':'*'}",
	  false },
	{ "{'Effect':'Allow','Principal':{'Service':'cloudtrail.amazonaws.com'},'Action':'s3:*',"
	  "'Resource':'*'},{" EVERYONE "}",
	  true },

	{ "{'Effect':'Allow','Principal':{'AWS':'*'},'Action':'s3:*','Resource':'*'}", true },
	{ "{'Effect':'Allow','Principal':{'AWS':['444455556666','*']},'Action':'s3:*','Resource':'*'}",
	  true },
	{ "{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:role/x'},"
	  "'Action':'s3:*','Resource':'*'}",
	  false },
	{ "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}", false },
	{ "{" EVERYONE "},{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}", true },
	{ "{" EVERYONE ",'Condition':{'Bool':{'aws:SecureTransport':'true'}}}", true },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:Referer':'x'}}}", true },

	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}}", false },
	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}}", false },
	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':['10.0.0.0/8','8.0.0.0/7']}}}",
	  true },
	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':'2001:db8::/32'}}}", false },
	{ "{" EVERYONE ",'Condition':{'IpAddress':{'aws:SourceIp':'2000::/31'}}}", true },
	{ "{" EVERYONE ",'Condition':{'NotIpAddress':{'aws:SourceIp':'203.0.113.0/24'}}}", true },
	{ "{" EVERYONE ",'Condition':{'IpAddressIfExists':{'aws:SourceIp':'203.0.113.0/24'}}}",
	  true },

	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-a1b2c3'}}}", false },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'AWS:sourceaccount':'111122223333'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:SourceAccount':'${aws:userid}'}}}",
	  true },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:SourceAccount':[]}}}", true },
	{ "{" EVERYONE ",'Condition':{'StringNotEquals':{'aws:SourceAccount':'111122223333'}}}",
	  true },
	{ "{" EVERYONE
	  ",'Condition':{'StringEqualsIfExists':{'aws:SourceAccount':'111122223333'}}}",
	  true },
	{ "{" EVERYONE
	  ",'Condition':{'ForAllValues:StringEquals':{'aws:SourceAccount':'111122223333'}}}",
	  true },
	{ "{" EVERYONE
	  ",'Condition':{'ForAnyValue:StringEquals':{'aws:PrincipalOrgPaths':'o-a/r-b/'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:1:t'}}}", true },
	{ "{" EVERYONE ",'Condition':{'ArnEquals':{'aws:SourceArn':'arn:aws:sns:us-east-1:1:t'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'StringEquals':{'aws:userid':'AIDAJQABLZS4A3QDU576Q'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'StringLike':{'aws:userid':'AROADBQP57FF2AEXAMPLE:*'}}}",
	  true },
	{ "{" EVERYONE ",'Condition':{'StringLike':{'s3:DataAccessPointArn':"
	  "'arn:aws:s3:us-west-2:*:accesspoint/*'}}}",
	  true },
	{ "{" EVERYONE
	  ",'Condition':{'StringEquals':{'s3:DataAccessPointAccount':'123456789012'}}}",
	  false },
	{ "{" EVERYONE ",'Condition':{'Null':{'aws:SourceVpc':'false'}}}", true },
};

TEST(policy_is_public_unless_it_allows_fixed_values_only)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct policy p = given_policy(&a, POLICY_OF_RESOURCE, rows[i].statements);

		if (policy_is_public(&p) != rows[i].is_public) {
			print_error("row %zu: %s\n", i, rows[i].statements);
			fail_here();
		}
		arena_release(&a);
	}
}

TESTS({
	RUN(policy_is_public_unless_it_allows_fixed_values_only),
})
