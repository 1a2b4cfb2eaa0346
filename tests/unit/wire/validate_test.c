#include "fixture.h"

#include "models/dynamodb.h"
#include "models/ec2.h"
#include "models/iam.h"
#include "models/lambda.h"
#include "models/logs.h"
#include "models/s3.h"
#include "models/sts.h"
#include "wire/pattern.h"

static str validated(const struct model *m, const char *operation, const char *body)
{
	struct read_result r = read_body(m, operation, body);

	assert_true(r.ok);
	return wire_validate(&arena, m, model_operation(m, str_from(operation))->input, r.in);
}

TEST(validate_finds_nothing_wrong_with_good_input)
{
	expect(validated(&dynamodb_model, "DescribeTable", "{\"TableName\": \"table\"}").p == NULL);
}

/* As AWS words them; the enums and patterns are the model's. */
TEST(validate_words_each_constraint_as_aws_does)
{
	static const struct {
		const struct model *model;
		const char *operation, *body, *message;
	} cases[] = {
		{ &dynamodb_model, "DescribeTable", "{}",
		  "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null" },
		{ &dynamodb_model, "GetItem", "{\"TableName\": \"\", \"Key\": {}}",
		  "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
		  "greater than or equal to 1" },
		{ &dynamodb_model, "ListTables", "{\"Limit\": 0}",
		  "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
		  "than or equal to 1" },
		{ &dynamodb_model, "ListTables", "{\"Limit\": 101}",
		  "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less "
		  "than or equal to 100" },
		{ &dynamodb_model, "GetItem",
		  "{\"TableName\": \"tab\", \"Key\": {}, \"ReturnConsumedCapacity\": \"SOME\"}",
		  "1 validation error detected: Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
		  "must satisfy enum value set: [INDEXES, TOTAL, NONE]" },
		{ &dynamodb_model, "PutItem",
		  "{\"TableName\": \"\", \"Item\": {}, \"ReturnValues\": \"ANY\"}",
		  "2 validation errors detected: Value 'ANY' at 'returnValues' failed to satisfy constraint: Member must satisfy enum "
		  "value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value '' at 'tableName' failed to satisfy "
		  "constraint: Member must have length greater than or equal to 1" },
		{ &dynamodb_model, "UpdateItem",
		  "{\"TableName\": \"\", \"ReturnValues\": \"ANY\", \"ReturnConsumedCapacity\": \"ANY\"}",
		  "4 validation errors detected: Value 'ANY' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
		  "satisfy enum value set: [INDEXES, TOTAL, NONE]; Value '' at 'tableName' failed to satisfy constraint: Member must "
		  "have length greater than or equal to 1; Value 'ANY' at 'returnValues' failed to satisfy constraint: Member must "
		  "satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; Value null at 'key' failed to "
		  "satisfy constraint: Member must not be null" },
		{ &dynamodb_model, "UpdateItem",
		  "{\"TableName\": \"tab\", \"ConditionalOperator\": \"XOR\"}",
		  "2 validation errors detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
		  "satisfy enum value set: [OR, AND]; Value null at 'key' failed to satisfy constraint: Member must not be null" },
		{ &dynamodb_model, "Scan", "{\"TableName\": \"tab\", \"Select\": \"SOME\"}",
		  "1 validation error detected: Value 'SOME' at 'select' failed to satisfy constraint: Member must satisfy enum "
		  "value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]" },
		{ &logs_model, "CreateLogGroup", "{\"logGroupName\": \"a b\"}",
		  "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy "
		  "regular expression pattern: [\\.\\-_/#A-Za-z0-9]+" },
		{ &logs_model, "GetLogEvents", "{\"logStreamName\": \"a:b\", \"limit\": 0}",
		  "2 validation errors detected: Value 'a:b' at 'logStreamName' failed to satisfy constraint: Member must satisfy "
		  "regular expression pattern: [^:*]*; Value '0' at 'limit' failed to satisfy constraint: Member must have value "
		  "greater than or equal to 1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_str(validated(cases[i].model, cases[i].operation, cases[i].body),
		           cases[i].message);
}

TEST(validate_names_the_place_inside_lists)
{
	str message = validated(
		&dynamodb_model, "CreateTable",
		"{\"TableName\": \"tab\", \"AttributeDefinitions\": [{\"AttributeName\": \"a\", "
		"\"AttributeType\": \"S\"}, {\"AttributeName\": \"b\", \"AttributeType\": \"X\"}], "
		"\"KeySchema\": [{\"AttributeName\": \"a\", \"KeyType\": \"HASH\"}]}");

	expect_str(
		message,
		"1 validation error detected: Value 'X' at 'attributeDefinitions.2.member.attributeType' failed to "
		"satisfy constraint: Member must satisfy enum value set: [B, N, S]");
}

/* On the collection, and with all constraints of what is in it: what holds, too. */
TEST(validate_reports_what_is_in_a_collection_on_the_collection)
{
	static const struct {
		const struct model *model;
		const char *operation, *body, *message;
	} cases[] = {
		{ &dynamodb_model, "BatchWriteItem", "{\"RequestItems\": {\"abc\": []}}",
		  "1 validation error detected: Value '{abc=[]}' at 'requestItems' failed to satisfy constraint: Map value must "
		  "satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or "
		  "equal to 1]" },
		{ &dynamodb_model, "BatchWriteItem", "{\"RequestItems\": {\"\": [{}]}}",
		  "1 validation error detected: Value '{=[WriteRequest()]}' at 'requestItems' failed to satisfy constraint: Map "
		  "keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length "
		  "greater than or equal to 1]" },
		{ &logs_model, "CreateLogGroup",
		  "{\"logGroupName\": \"g\", \"tags\": {\"k\": \"!\"}}",
		  "1 validation error detected: Value '{k=!}' at 'tags' failed to satisfy constraint: Map value must satisfy "
		  "constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: "
		  "^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]" },
		{ &dynamodb_model, "CreateTable",
		  "{\"TableName\": \"tab\", \"LocalSecondaryIndexes\": [{\"IndexName\": \"ind\", \"KeySchema\": "
		  "[{\"AttributeName\": \"a\", \"KeyType\": \"HASH\"}], \"Projection\": {\"NonKeyAttributes\": [\"a\", "
		  "\"\"]}}]}",
		  "1 validation error detected: Value '[a, ]' at 'localSecondaryIndexes.1.member.projection.nonKeyAttributes' "
		  "failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to "
		  "255, Member must have length greater than or equal to 1]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_str(validated(cases[i].model, cases[i].operation, cases[i].body),
		           cases[i].message);
}

TEST(validate_counts_characters_not_bytes)
{
	struct buf b;

	buf_init(&b, &arena, 4096);
	buf_put(&b, STR("{\"logGroupName\": \"g\", \"logStreamName\": \""));
	for (int i = 0; i < 512; i++)
		buf_put(&b, STR("\xc3\xa4"));
	buf_put(&b, STR("\"}"));
	expect(validated(&logs_model, "CreateLogStream", buf_cstr(&b)).p == NULL);
}

TEST(validate_names_no_more_than_ten_errors)
{
	struct buf b;
	str message;

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, STR("{\"TableName\": \"tab\", \"AttributeDefinitions\": ["));
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "%s{\"AttributeName\": \"a\", \"AttributeType\": \"X\"}",
		           i ? "," : "");
	buf_put(&b, STR("], \"KeySchema\": []}"));
	message = validated(&dynamodb_model, "CreateTable", buf_cstr(&b));
	expect(str_starts(message, STR("10 validation errors detected: ")));
	expect(str_contains(message, STR("attributeDefinitions.10.member")));
	expect(!str_contains(message, STR("attributeDefinitions.11.member")));
}

TEST(validate_cuts_a_long_value_at_a_characters_start)
{
	struct buf b;
	str message;

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, STR("{\"logGroupName\": \"x"));
	for (int i = 0; i < 5000; i++)
		buf_put(&b, STR("\xe2\x82\xac"));
	buf_put(&b, STR("\"}"));
	message = validated(&logs_model, "CreateLogGroup", buf_cstr(&b));
	expect(utf8_valid(message));
	expect(message.n < 4000);
}

TEST(validate_ends_a_list_that_it_cuts)
{
	struct buf b;
	str message;

	buf_init(&b, &arena, 1 << 20);
	buf_put(&b, STR("{\"TransactItems\": ["));
	for (int i = 0; i < 1000; i++)
		buf_printf(
			&b,
			"%s{\"Get\": {\"TableName\": \"tab\", \"Key\": {\"id\": {\"N\": \"%d\"}}}}",
			i ? "," : "", i);
	buf_put(&b, STR("]}"));
	message = validated(&dynamodb_model, "TransactGetItems", buf_cstr(&b));
	expect(str_starts(message,
	                  STR("1 validation error detected: Value '[TransactGetItem(get=Get(")));
	expect(str_contains(message,
	                    STR("...]' at 'transactItems' failed to satisfy constraint: Member "
	                        "must have length less than or equal to 100")));
	expect(message.n < 9000);
}

TEST(every_pattern_of_every_model_compiles)
{
	static const struct model *const models[] = { &dynamodb_model, &ec2_model,  &iam_model,
		                                      &lambda_model,   &logs_model, &s3_model,
		                                      &sts_model };

	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		for (uint16_t p = 1; p <= models[i]->pattern_count; p++)
			expect(pattern_compiles(models[i], p));
}

TESTS({
	RUN(validate_finds_nothing_wrong_with_good_input),
	RUN(validate_words_each_constraint_as_aws_does),
	RUN(validate_names_the_place_inside_lists),
	RUN(validate_reports_what_is_in_a_collection_on_the_collection),
	RUN(validate_counts_characters_not_bytes),
	RUN(validate_names_no_more_than_ten_errors),
	RUN(validate_cuts_a_long_value_at_a_characters_start),
	RUN(validate_ends_a_list_that_it_cuts),
	RUN(every_pattern_of_every_model_compiles),
})
