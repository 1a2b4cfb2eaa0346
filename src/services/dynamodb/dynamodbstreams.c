/* Amazon DynamoDB Streams: the same tables as DynamoDB, by an API of their own. */
#include "services/dynamodb/dynamodb.h"

static const struct dynamodbstreams_api ops = {
	.list_streams = { NULL, 0 },
};

const struct service dynamodbstreams_service = {
	.model = &dynamodbstreams_model,
	.ops = &ops,
	.has_crc32 = true,
};
