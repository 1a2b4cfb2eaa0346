/* Amazon DynamoDB: the table of its operations, its tables, its background work. */
#include "services/dynamodb/dynamodb.h"

#include "services/dynamodb/job.h"

static const struct dynamodb_api ops = {
	.batch_write_item = { dynamodb_batch_write_item, OP_WRITE },
	.create_table = { dynamodb_create_table, OP_WRITE },
	.delete_item = { dynamodb_delete_item, OP_WRITE },
	.delete_table = { dynamodb_delete_table, OP_WRITE },
	.describe_table = { dynamodb_describe_table, OP_READ },
	.list_tables = { dynamodb_list_tables, OP_READ },
	.put_item = { dynamodb_put_item, OP_WRITE },
	.transact_write_items = { dynamodb_transact_write_items, OP_WRITE },
	.update_item = { dynamodb_update_item, OP_WRITE },
};

const struct service dynamodb_service = {
	.model = &dynamodb_model,
	.ops = &ops,
	.schema = dynamodb_schema,
	.has_crc32 = true,
	.work = job_turn,
};
