/* Amazon DynamoDB: the table of its operations, its tables, its background work. */
#include "services/dynamodb/dynamodb.h"

#include "services/dynamodb/job.h"
#include "services/dynamodb/stream.h"
#include "services/dynamodb/time_to_live.h"

static const struct dynamodb_api ops = {
	.create_table = { dynamodb_create_table, OP_WRITE },
	.delete_table = { dynamodb_delete_table, OP_WRITE },
	.describe_table = { dynamodb_describe_table, OP_READ },
	.describe_time_to_live = { dynamodb_describe_time_to_live, OP_READ },
	.list_tables = { dynamodb_list_tables, OP_READ },
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
