/* Amazon DynamoDB Streams: the same tables as DynamoDB, by an API of their own. */
#include "services/dynamodb/dynamodb.h"

static const struct dynamodbstreams_api ops = {
	.list_streams = { dynamodbstreams_list_streams, OP_READ },
	.describe_stream = { dynamodbstreams_describe_stream, OP_READ },
	.get_shard_iterator = { dynamodbstreams_get_shard_iterator, OP_READ },
	.get_records = { dynamodbstreams_get_records, OP_READ },
};

const struct service dynamodbstreams_service = {
	.model = &dynamodbstreams_model,
	.ops = &ops,
	.has_crc32 = true,
};
