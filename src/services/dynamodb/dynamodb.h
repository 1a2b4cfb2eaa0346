/* The handlers of DynamoDB and of DynamoDB Streams, by the file they are in. */
#ifndef SERVICES_DYNAMODB_DYNAMODB_H
#define SERVICES_DYNAMODB_DYNAMODB_H

#include "api/service.h"
#include "models/dynamodb.h"
#include "models/dynamodbstreams.h"

extern const struct service dynamodb_service;
extern const struct service dynamodbstreams_service;
extern const char dynamodb_schema[]; /* dynamodb.sql */

/* create_table.c */
dynamodb_create_table_fn dynamodb_create_table;
err dynamodb_create_table_check(struct call *c, const struct dynamodb_create_table_in *in);

/* update_table.c */
dynamodb_update_table_fn dynamodb_update_table;

/* tables.c */
dynamodb_describe_table_fn dynamodb_describe_table;
dynamodb_list_tables_fn dynamodb_list_tables;
dynamodb_delete_table_fn dynamodb_delete_table;

/* tags.c */
dynamodb_tag_resource_fn dynamodb_tag_resource;
dynamodb_untag_resource_fn dynamodb_untag_resource;
dynamodb_list_tags_of_resource_fn dynamodb_list_tags_of_resource;

/* limits.c */
dynamodb_describe_limits_fn dynamodb_describe_limits;
dynamodb_describe_endpoints_fn dynamodb_describe_endpoints;
dynamodb_describe_continuous_backups_fn dynamodb_describe_continuous_backups;

/* time_to_live.c */
dynamodb_describe_time_to_live_fn dynamodb_describe_time_to_live;
dynamodb_update_time_to_live_fn dynamodb_update_time_to_live;

/* put_item.c, update_item.c, delete_item.c, batch_write.c, transact_write.c */
dynamodb_put_item_fn dynamodb_put_item;
err dynamodb_put_item_check(struct call *c, const struct dynamodb_put_item_in *in);
dynamodb_update_item_fn dynamodb_update_item;
err dynamodb_update_item_check(struct call *c, const struct dynamodb_update_item_in *in);
dynamodb_delete_item_fn dynamodb_delete_item;
err dynamodb_delete_item_check(struct call *c, const struct dynamodb_delete_item_in *in);
dynamodb_batch_write_item_fn dynamodb_batch_write_item;
err dynamodb_batch_write_item_check(struct call *c, const struct dynamodb_batch_write_item_in *in);
dynamodb_transact_write_items_fn dynamodb_transact_write_items;

/* get_item.c, batch_get.c, transact_get.c, query.c, scan.c */
dynamodb_get_item_fn dynamodb_get_item;
dynamodb_batch_get_item_fn dynamodb_batch_get_item;
err dynamodb_batch_get_item_check(struct call *c, const struct dynamodb_batch_get_item_in *in);
dynamodb_transact_get_items_fn dynamodb_transact_get_items;
dynamodb_query_fn dynamodb_query;
err dynamodb_query_check(struct call *c, const struct dynamodb_query_in *in);
dynamodb_scan_fn dynamodb_scan;

/* execute_statement.c, batch_execute_statement.c, execute_transaction.c */
dynamodb_execute_statement_fn dynamodb_execute_statement;
dynamodb_batch_execute_statement_fn dynamodb_batch_execute_statement;
dynamodb_execute_transaction_fn dynamodb_execute_transaction;

/* streams.c */
dynamodbstreams_list_streams_fn dynamodbstreams_list_streams;
dynamodbstreams_describe_stream_fn dynamodbstreams_describe_stream;
dynamodbstreams_get_shard_iterator_fn dynamodbstreams_get_shard_iterator;
dynamodbstreams_get_records_fn dynamodbstreams_get_records;

#endif
