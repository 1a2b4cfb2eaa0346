/* DescribeTable, ListTables, DeleteTable. */
#include "base/str.h"
#include "services/dynamodb/description.h"
#include "services/dynamodb/dynamodb.h"

enum { LIST_MAX = 100 };

err dynamodb_describe_table(struct call *c, const struct dynamodb_describe_table_in *in,
                            struct dynamodb_describe_table_out *out)
{
	struct settings s;
	struct table t;
	err e = table_find_named(c, in->table_name, &t);

	if (e)
		return e;
	settings_load(c->db, c->arena, &t, &s);
	out->table = table_describe(c, &t, &s);
	return NULL;
}

err dynamodb_list_tables(struct call *c, const struct dynamodb_list_tables_in *in,
                         struct dynamodb_list_tables_out *out)
{
	size_t limit = (size_t)opt_int_or(in->limit, LIST_MAX);
	str after = in->exclusive_start_table_name;
	struct dynamodb_table_name_list *names = &out->table_names;
	struct db_rows rows;

	names->items = arena_array(c->arena, str, limit);
	db_each(c->db, &rows,
	        "SELECT name FROM dynamodb_table WHERE account = ? AND region = ? AND name > ? "
	        "ORDER BY name LIMIT ?",
	        db_text(c->identity.account), db_text(c->region),
	        db_text(after.p ? after : STR("")), db_int((int64_t)limit + 1));
	while (db_next(&rows)) {
		if (names->n == limit) {
			out->last_evaluated_table_name = names->items[limit - 1];
			break;
		}
		names->items[names->n++] = arena_str(c->arena, col_text(&rows, 0));
	}
	db_rows_end(&rows);
	return NULL;
}

static bool has_busy_index(const struct table *t)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].status != INDEX_ACTIVE)
			return true;
	return false;
}

/* The table is gone when this has answered; its items follow in the background. */
err dynamodb_delete_table(struct call *c, const struct dynamodb_delete_table_in *in,
                          struct dynamodb_delete_table_out *out)
{
	struct dynamodb_table_description *d;
	struct settings s;
	struct table t;
	err e = table_find_named(c, in->table_name, &t);

	if (e)
		return e;
	settings_load(c->db, c->arena, &t, &s);
	if (s.is_protected)
		return validation_error(c,
		                        "Resource cannot be deleted as it is currently protected "
		                        "against deletion. Disable deletion protection first.");
	if (has_busy_index(&t))
		return fail(
			c, &dynamodb_resource_in_use_exception,
			"Attempt to change a resource which is still in use: Cannot delete table "
			"while indexes are being created, updated, or deleted.");
	d = table_describe(c, &t, &s);
	out->table_description = arena_new(c->arena, struct dynamodb_table_description);
	*out->table_description = (struct dynamodb_table_description){
		.table_name = d->table_name,
		.table_status = STR("DELETING"),
		.provisioned_throughput = d->provisioned_throughput,
		.table_size_bytes = d->table_size_bytes,
		.item_count = d->item_count,
		.table_arn = d->table_arn,
		.table_id = d->table_id,
		.billing_mode_summary = d->billing_mode_summary,
		.table_class_summary = d->table_class_summary,
		.deletion_protection_enabled = d->deletion_protection_enabled,
	};
	settings_delete(c->db, &t, c->now);
	call_wake(c);
	return NULL;
}
