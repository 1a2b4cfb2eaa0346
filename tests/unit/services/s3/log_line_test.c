#include "check.h"

#include "services/s3/log_line.h"

#define NOON INT64_C(1549411238123) /* 2019-02-06T00:00:38.123Z */

static str line_of(struct arena *a, const struct s3_log_line *line)
{
	struct buf b;

	buf_init(&b, a, 4096);
	s3_log_line_put(&b, a, line);
	return buf_str(&b);
}

TEST(s3_log_line_has_all_fields)
{
	struct arena a = { 0 };
	struct s3_log_line line = {
		.owner = STR("79a59df9"),
		.bucket = STR("source"),
		.time = NOON,
		.peer = STR("192.0.2.3"),
		.requester = STR("79a59df9"),
		.request_id = STR("3E57427F3EXAMPLE"),
		.operation = STR("REST.GET.OBJECT"),
		.key = STR("a b"),
		.method = STR("GET"),
		.target = STR("/source/a%20b?versionId=1"),
		.status = 404,
		.error_code = STR("NoSuchVersion"),
		.sent = 113,
		.object_size = 7,
		.total_ms = 12,
		.referer = STR("http://here"),
		.user_agent = STR("S3Console/0.4"),
		.version_id = STR("1"),
		.host_id = STR("s9lz"),
		.authentication = STR("AuthHeader"),
		.host = STR("source.s3.localhost"),
		.acl_was_needed = true,
	};

	expect_str(line_of(&a, &line),
	           "79a59df9 source [06/Feb/2019:00:00:38 +0000] 192.0.2.3 79a59df9 "
	           "3E57427F3EXAMPLE REST.GET.OBJECT a%2520b \"GET /source/a%20b?versionId=1 "
	           "HTTP/1.1\" 404 NoSuchVersion 113 7 12 - \"http://here\" \"S3Console/0.4\" 1 "
	           "s9lz SigV4 - AuthHeader source.s3.localhost - - Yes\n");
	arena_release(&a);
}

TEST(s3_log_line_shows_what_is_missing_as_a_dash)
{
	struct arena a = { 0 };
	struct s3_log_line line = { .owner = STR("o"),
		                    .bucket = STR("b"),
		                    .time = NOON,
		                    .operation = STR("REST.PUT.OBJECT"),
		                    .method = STR("PUT"),
		                    .target = STR("/b"),
		                    .status = 200,
		                    .object_size = -1 };

	expect_str(line_of(&a, &line),
	           "o b [06/Feb/2019:00:00:38 +0000] - - - REST.PUT.OBJECT - \"PUT /b HTTP/1.1\" "
	           "200 - - - 0 - \"-\" \"-\" - - - - - - - - -\n");
	arena_release(&a);
}

TEST(s3_log_line_is_not_ended_by_what_a_client_says)
{
	struct arena a = { 0 };
	struct s3_log_line line = { .method = STR("GET"),
		                    .target = STR("/b?\""),
		                    .status = 200,
		                    .user_agent = STR("a\" \"b\nc"),
		                    .host = STR("two words"),
		                    .object_size = -1 };
	str text = line_of(&a, &line);

	expect(str_contains(text, STR("\"GET /b?%22 HTTP/1.1\"")));
	expect(str_contains(text, STR("\"a%22 %22b%0Ac\"")));
	expect(!str_contains(text, STR("two words")));
	expect_int(str_find(text, '\n', 0), text.n - 1);
	arena_release(&a);
}

TEST(s3_log_line_of_a_batched_delete_says_nothing_of_the_request)
{
	struct arena a = { 0 };
	struct s3_log_line line = { .owner = STR("o"),
		                    .bucket = STR("b"),
		                    .time = NOON,
		                    .operation = STR("BATCH.DELETE.OBJECT"),
		                    .key = STR("k"),
		                    .method = STR("POST"),
		                    .target = STR("/b?delete"),
		                    .status = 204,
		                    .user_agent = STR("agent"),
		                    .authentication = STR("AuthHeader"),
		                    .total_ms = 12,
		                    .is_batched = true,
		                    .object_size = -1 };

	expect_str(line_of(&a, &line),
	           "o b [06/Feb/2019:00:00:38 +0000] - - - BATCH.DELETE.OBJECT k - 204 - - - - - - "
	           "- - - SigV4 - AuthHeader - - - -\n");
	arena_release(&a);
}

TEST(s3_log_operations_have_the_names_of_s3)
{
	static const struct {
		str operation, method;
		const char *want;
	} rows[] = {
		{ STR_INIT("GetObject"), STR_INIT("GET"), "REST.GET.OBJECT" },
		{ STR_INIT("HeadObject"), STR_INIT("HEAD"), "REST.HEAD.OBJECT" },
		{ STR_INIT("PostObject"), STR_INIT("POST"), "REST.POST.OBJECT" },
		{ STR_INIT("CopyObject"), STR_INIT("PUT"), "REST.COPY.OBJECT" },
		{ STR_INIT("ListObjectsV2"), STR_INIT("GET"), "REST.GET.BUCKET" },
		{ STR_INIT("GetBucketVersioning"), STR_INIT("GET"), "REST.GET.VERSIONING" },
		{ STR_INIT("PutBucketLogging"), STR_INIT("PUT"), "REST.PUT.LOGGING_STATUS" },
		{ STR_INIT("DeleteObjects"), STR_INIT("POST"), "REST.POST.MULTI_OBJECT_DELETE" },
		{ STR_INIT("OptionsObject"), STR_INIT("OPTIONS"), "REST.OPTIONS.PREFLIGHT" },
		{ STR_INIT("GetWebsitePage"), STR_INIT("HEAD"), "WEBSITE.HEAD.OBJECT" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_str(s3_log_operation(&a, rows[i].operation, rows[i].method), rows[i].want);
	arena_release(&a);
}

TEST(s3_log_keys_are_of_three_kinds)
{
	struct arena a = { 0 };
	struct s3_log_key key = { .prefix = STR("log/"),
		                  .account = STR("000000000000"),
		                  .region = STR("us-east-1"),
		                  .bucket = STR("source"),
		                  .event = NOON - 24 * 3600 * INT64_C(1000),
		                  .delivery = NOON,
		                  .unique = STR("E568B2907131C0C0") };

	expect_str(s3_log_key(&a, &key), "log/2019-02-06-00-00-38-E568B2907131C0C0");
	key.partition = S3_LOG_BY_DELIVERY;
	expect_str(s3_log_key(&a, &key), "log/000000000000/us-east-1/source/2019/02/06/"
	                                 "2019-02-06-00-00-38-E568B2907131C0C0");
	key.partition = S3_LOG_BY_EVENT;
	expect_str(s3_log_key(&a, &key), "log/000000000000/us-east-1/source/2019/02/05/"
	                                 "2019-02-05-00-00-00-E568B2907131C0C0");
	arena_release(&a);
}

TESTS({
	RUN(s3_log_line_has_all_fields),
	RUN(s3_log_line_shows_what_is_missing_as_a_dash),
	RUN(s3_log_line_is_not_ended_by_what_a_client_says),
	RUN(s3_log_line_of_a_batched_delete_says_nothing_of_the_request),
	RUN(s3_log_operations_have_the_names_of_s3),
	RUN(s3_log_keys_are_of_three_kinds),
})
