/* Amazon DynamoDB: the table of its operations, its tables, its background work. */
#include "services/dynamodb/dynamodb.h"

static const struct dynamodb_api ops = {
	.list_tables = { NULL, 0 },
};

const struct service dynamodb_service = {
	.model = &dynamodb_model,
	.ops = &ops,
	.schema = dynamodb_schema,
	.has_crc32 = true,
};
