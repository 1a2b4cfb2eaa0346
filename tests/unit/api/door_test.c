#include "check.h"

#include "api/door.h"
#include "models/dynamodb.h"
#include "models/dynamodbstreams.h"
#include "models/s3.h"
#include "models/sts.h"

static const struct door s3_doors[] = { { .host = "*.s3-website-*" },
	                                { .path = "/_website/" },
	                                { 0 } };
static const struct service dynamodb = { .model = &dynamodb_model };
static const struct service streams = { .model = &dynamodbstreams_model };
static const struct service s3 = { .model = &s3_model, .doors = s3_doors, .takes_the_rest = true };
static const struct service sts = { .model = &sts_model };
static const struct service *const all[] = { &dynamodb, &streams, &s3, &sts, NULL };

TEST(door_is_found_by_what_a_request_says)
{
	static const struct {
		const char *host, *path, *target, *scope, *query;
		const struct service *want;
	} cases[] = {
		{ "sts.us-east-1.amazonaws.com", "/", NULL, "", "", &sts },
		{ "STS.localhost:4566", "/", NULL, "", "", &sts },
		{ "stsx.localhost", "/", NULL, "", "", &s3 },
		{ "b.s3-website-eu-west-1.localhost:4566", "/x", NULL, "", "", &s3 },
		{ "localhost", "/_website/b/", NULL, "", "", &s3 },
		{ "localhost", "/", "DynamoDB_20120810.ListTables", "", "", &dynamodb },
		{ "localhost", "/", "DynamoDB_20120810.ListTables", "sts", "", &dynamodb },
		{ "localhost", "/", NULL, "dynamodb", "", &dynamodb },
		{ "localhost", "/", "DynamoDBStreams_20120810.X", "dynamodb", "", &streams },
		{ "streams.dynamodb.localhost", "/", "DynamoDBStreams_20120810.X", "", "",
		  &streams },
		{ "dynamodb.localhost", "/", "DynamoDBStreams_20120810.X", "", "", &streams },
		{ "streams.dynamodb.localhost", "/", "DynamoDB_20120810.X", "", "", &dynamodb },
		{ "dynamodb.localhost", "/", "AmazonSQS.ListQueues", "", "", &dynamodb },
		{ "sts.localhost", "/", "DynamoDB_20120810.ListTables", "", "", &sts },
		{ "localhost", "/", NULL, "sts", "", &sts },
		{ "localhost", "/", NULL, "sqs", "", NULL },
		{ "localhost", "/", "AmazonSQS.ListQueues", "", "", NULL },
		{ "localhost", "/", NULL, "", "Action=AssumeRole&Version=2011-06-15", &sts },
		{ "localhost", "/", NULL, "", "Action=AssumeRole&Version=2000-01-01", NULL },
		{ "localhost", "/", NULL, "", "Action=Nothing&Version=2011-06-15", NULL },
		{ "localhost", "/bucket/key", NULL, "", "", &s3 },
		{ "[::1]:4566", "/bucket/key", NULL, "", "", &s3 },
		{ "", "/", NULL, "", "", &s3 },
	};
	struct arena a = { 0 };

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct header target = { STR("X-Amz-Target"), str_from(cases[i].target) };
		struct request request = { .method = STR("POST"),
			                   .path = str_from(cases[i].path),
			                   .host = str_from(cases[i].host),
			                   .headers = &target,
			                   .header_count = cases[i].target ? 1 : 0 };
		struct parameters parameters = { 0 };
		struct door_request d = { .request = &request,
			                  .signing_name = str_from(cases[i].scope),
			                  .parameters = &parameters };

		expect(parameters_parse(&a, str_from(cases[i].query), URI_PLAIN, &parameters));
		if (door_find(all, &d) != cases[i].want)
			print_error("case %zu\n", i);
		expect(door_find(all, &d) == cases[i].want);
	}
	arena_release(&a);
}

TEST(door_host_patterns_match_whole_hosts)
{
	static const struct {
		const char *pattern, *host;
		bool want;
	} cases[] = {
		{ "*.probe.test", "a.probe.test", true },
		{ "*.probe.test", "probe.test", false },
		{ "*.probe.test", "a.b.PROBE.test", true },
		{ "*.probe.test", "a.probe.test.com", false },
		{ "a*b*c", "abc", true },
		{ "a*b*c", "axxbyyc", true },
		{ "a*b*c", "axxbyy", false },
		{ "*", "", true },
		{ "", "", true },
		{ "", "a", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(door_host_matches(str_from(cases[i].pattern), str_from(cases[i].host)) ==
		       cases[i].want);
}

TESTS({
	RUN(door_is_found_by_what_a_request_says),
	RUN(door_host_patterns_match_whole_hosts),
})
