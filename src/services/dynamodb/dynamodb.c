/* Amazon DynamoDB: the table of its operations, its tables, its background work. */
#include "services/dynamodb/dynamodb.h"

#include "services/dynamodb/job.h"
#include "services/dynamodb/stream.h"
#include "services/dynamodb/time_to_live.h"

static const struct dynamodb_api ops = {
	.batch_execute_statement = { dynamodb_batch_execute_statement, OP_SLOW },
	.batch_get_item = { dynamodb_batch_get_item, OP_READ,
	                    .check = dynamodb_batch_get_item_check },
	.batch_write_item = { dynamodb_batch_write_item, OP_WRITE,
	                      .check = dynamodb_batch_write_item_check },
	.create_table = { dynamodb_create_table, OP_WRITE, .check = dynamodb_create_table_check },
	.delete_item = { dynamodb_delete_item, OP_WRITE, .check = dynamodb_delete_item_check },
	.delete_table = { dynamodb_delete_table, OP_WRITE },
	.describe_continuous_backups = { dynamodb_describe_continuous_backups, OP_READ },
	.describe_endpoints = { dynamodb_describe_endpoints, OP_READ },
	.describe_limits = { dynamodb_describe_limits, OP_READ },
	.describe_table = { dynamodb_describe_table, OP_READ },
	.describe_time_to_live = { dynamodb_describe_time_to_live, OP_READ },
	.execute_statement = { dynamodb_execute_statement, OP_SLOW },
	.execute_transaction = { dynamodb_execute_transaction, OP_SLOW },
	.get_item = { dynamodb_get_item, OP_READ },
	.list_tables = { dynamodb_list_tables, OP_READ },
	.list_tags_of_resource = { dynamodb_list_tags_of_resource, OP_READ },
	.put_item = { dynamodb_put_item, OP_WRITE, .check = dynamodb_put_item_check },
	.query = { dynamodb_query, OP_READ, .check = dynamodb_query_check },
	.scan = { dynamodb_scan, OP_READ },
	.tag_resource = { dynamodb_tag_resource, OP_WRITE },
	.transact_get_items = { dynamodb_transact_get_items, OP_READ },
	.transact_write_items = { dynamodb_transact_write_items, OP_WRITE },
	.untag_resource = { dynamodb_untag_resource, OP_WRITE },
	.update_item = { dynamodb_update_item, OP_WRITE, .check = dynamodb_update_item_check },
	.update_table = { dynamodb_update_table, OP_WRITE },
	.update_time_to_live = { dynamodb_update_time_to_live, OP_WRITE },
};

static bool work(struct db *db, int64_t now)
{
	bool has_more = job_turn(db, now);

	has_more = time_to_live_expire(db, now) || has_more;
	return stream_trim(db, now) || has_more;
}

const struct service dynamodb_service = {
	.model = &dynamodb_model,
	.ops = &ops,
	.schema = dynamodb_schema,
	.has_crc32 = true,
	.work = work,
};
