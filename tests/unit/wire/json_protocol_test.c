#include "fixture.h"

#include "models/dynamodb.h"
#include "models/logs.h"
#include "recursive_model.h"

TEST(json_reads_members_by_name_and_ignores_unknown_ones)
{
	struct read_result r =
		read_body(&dynamodb_model, "DescribeTable",
	                  "{\"Other\": {\"deep\": [1, {}]}, \"TableName\": \"t\\u00e4\"}");
	struct dynamodb_describe_table_in *in = r.in;

	expect(r.ok);
	expect_str(in->table_name, "t\xc3\xa4");
}

TEST(json_null_is_an_absent_member)
{
	struct read_result r = read_body(&dynamodb_model, "DescribeTable", "{\"TableName\": null}");

	expect(r.ok);
	expect(((struct dynamodb_describe_table_in *)r.in)->table_name.p == NULL);
}

TEST(json_tells_an_empty_list_from_an_absent_one)
{
	struct read_result r = read_body(&dynamodb_model, "CreateTable", "{\"KeySchema\": []}");
	struct dynamodb_create_table_in *in = r.in;

	expect(r.ok);
	expect(in->key_schema.items != NULL);
	expect_int(in->key_schema.n, 0);
	expect(in->attribute_definitions.items == NULL);
}

TEST(json_reads_recursive_values)
{
	struct read_result r =
		read_body(&recursive_model, "PutItem",
	                  "{\"Item\": {\"a\": {\"L\": [{\"M\": {\"b\": {\"B\": \"AAEC\"}}}]}}}");
	struct recursive_put_item_in *in = r.in;
	struct recursive_attribute_value *list, *inner;

	expect(r.ok);
	expect_int(in->item.n, 1);
	expect_str(in->item.items[0].key, "a");
	list = in->item.items[0].value;
	expect_int(list->l.n, 1);
	expect_str(list->l.items[0].m.items[0].key, "b");
	inner = list->l.items[0].m.items[0].value;
	expect(str_eq(inner->b, STR("\x00\x01\x02")));
}

/* The sentences are those that DynamoDB answers with. */
TEST(json_refuses_wrong_types_in_the_words_of_aws)
{
	static const struct {
		const char *body, *message;
	} cases[] = {
		{ "{\"TableName\": 1}", "NUMBER_VALUE cannot be converted to String" },
		{ "{\"TableName\": 1.5}", "DECIMAL_VALUE cannot be converted to String" },
		{ "{\"TableName\": true}", "TRUE_VALUE cannot be converted to String" },
		{ "{\"TableName\": false}", "FALSE_VALUE cannot be converted to String" },
		{ "{\"TableName\": []}", "Unrecognized collection type class java.lang.String" },
		{ "{\"TableName\": {}}", "Start of structure or map found where not expected" },
		{ "{\"KeySchema\": \"x\"}", "Unexpected field type" },
		{ "{\"KeySchema\": {}}", "Start of structure or map found where not expected" },
		{ "{\"ProvisionedThroughput\": 3}", "Unexpected field type" },
		{ "{\"ProvisionedThroughput\": {\"ReadCapacityUnits\": \"5\"}}",
		  "STRING_VALUE cannot be converted to Long" },
		{ "{\"ProvisionedThroughput\": {\"ReadCapacityUnits\": true}}",
		  "TRUE_VALUE cannot be converted to Long" },
		{ "{\"ProvisionedThroughput\": {\"ReadCapacityUnits\": []}}",
		  "Unrecognized collection type class java.lang.Long" },
		{ "{\"DeletionProtectionEnabled\": 1}",
		  "NUMBER_VALUE cannot be converted to Boolean" },
		{ "{\"DeletionProtectionEnabled\": \"true\"}",
		  "Unexpected token received from parser" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct read_result r = read_body(&dynamodb_model, "CreateTable", cases[i].body);

		expect(!r.ok);
		expect_str(str_from(r.problem.code), "SerializationException");
		expect_str(r.problem.message, cases[i].message);
	}
}

TEST(json_refuses_what_is_not_one_json_object)
{
	static const char *const bodies[] = { "",
		                              " ",
		                              "{",
		                              "[]",
		                              "3",
		                              "\"x\"",
		                              "null",
		                              "{} {}",
		                              "{\"a\"}",
		                              "{'a': 1}",
		                              "{\"TableName\": \"\xff\"}",
		                              "{\"TableName\": \"\\ud800\"}" };

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct read_result r = read_body(&dynamodb_model, "CreateTable", bodies[i]);

		expect(!r.ok);
		expect_str(str_from(r.problem.code), "SerializationException");
	}
}

TEST(json_integers_may_have_a_fraction_and_stop_at_the_ends_of_their_type)
{
	static const struct {
		const char *number;
		int64_t want;
	} cases[] = {
		{ "5", 5 },
		{ "5.9", 5 },
		{ "-5.9", -5 },
		{ "1e3", 1000 },
		{ "9223372036854775807", INT64_MAX },
		{ "9223372036854775808", INT64_MAX },
		{ "-1e30", INT64_MIN },
		{ "9007199254740993", 9007199254740993 }, /* a double would round it */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str body = arena_printf(&arena,
		                        "{\"ProvisionedThroughput\": {\"ReadCapacityUnits\": %s}}",
		                        cases[i].number);
		struct read_result r =
			read_request(&dynamodb_model, "CreateTable", STR("/"), STR(""), body);

		expect(r.ok);
		expect_int(((struct dynamodb_create_table_in *)r.in)
		                   ->provisioned_throughput->read_capacity_units.value,
		           cases[i].want);
	}
}

TEST(json_blobs_must_be_base64)
{
	struct read_result r =
		read_body(&recursive_model, "PutItem", "{\"Item\": {\"a\": {\"B\": \"AAA\"}}}");

	expect(!r.ok);
	expect_str(r.problem.message,
	           "Base64 encoded length is expected a multiple of 4 bytes but found: 3");
	expect(!read_body(&recursive_model, "PutItem", "{\"Item\": {\"a\": {\"B\": \"A~~=\"}}}")
	                .ok);
}

TEST(json_depth_is_limited)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, STR("{\"Item\": {\"a\": "));
	for (int i = 0; i < 1000; i++)
		buf_put(&b, STR("{\"L\": ["));
	expect(!read_request(&recursive_model, "PutItem", STR("/"), STR(""), buf_str(&b)).ok);
}

TEST(json_longs_hold_milliseconds_exactly)
{
	struct read_result r =
		read_body(&logs_model, "GetLogEvents", "{\"startTime\": 1700000000123}");

	expect(r.ok);
	expect_int(((struct logs_get_log_events_in *)r.in)->start_time.value, 1700000000123);
}

TESTS({
	RUN(json_reads_members_by_name_and_ignores_unknown_ones),
	RUN(json_null_is_an_absent_member),
	RUN(json_tells_an_empty_list_from_an_absent_one),
	RUN(json_reads_recursive_values),
	RUN(json_refuses_wrong_types_in_the_words_of_aws),
	RUN(json_refuses_what_is_not_one_json_object),
	RUN(json_integers_may_have_a_fraction_and_stop_at_the_ends_of_their_type),
	RUN(json_blobs_must_be_base64),
	RUN(json_depth_is_limited),
	RUN(json_longs_hold_milliseconds_exactly),
})
