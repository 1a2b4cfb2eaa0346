#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/multipart.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

enum { PAGE = 1000 };

static err check_number(struct call *c, const char *name, struct opt_int number)
{
	if (!number.set || (number.value >= 0 && number.value <= INT32_MAX))
		return NULL;
	return s3_invalid_argument_error(
		c, name, arena_printf(c->arena, "%lld", (long long)number.value),
		"Argument %s must be an integer between 0 and 2147483647", name);
}

static void show_part(struct arena *a, const struct db_rows *rows, struct s3_part *ret)
{
	struct s3_checksum_value sum = {
		.algorithm = (enum checksum_algorithm)col_int(rows, 4),
		.value = arena_str(a, col_text(rows, 5)),
	};

	*ret = (struct s3_part){
		.part_number = opt_int(col_int(rows, 0)),
		.last_modified = opt_time(col_int(rows, 1)),
		.size = opt_int(col_int(rows, 2)),
		.e_tag = s3_etag_shown(a, col_text(rows, 3)),
	};
	S3_SHOW_CHECKSUM_VALUE(ret, &sum);
}

static void list(struct call *c, int64_t upload, int64_t after, int64_t most,
                 struct s3_list_parts_out *out)
{
	struct db_rows rows;
	int64_t last = 0;

	out->parts.items = arena_array(c->arena, struct s3_part, (size_t)MAX(most, 1));
	for (db_each(c->db, &rows,
	             "SELECT number, modified, size, etag, checksum_algorithm, checksum FROM "
	             "s3_part WHERE upload = ? AND number > ? ORDER BY number LIMIT ?",
	             db_int(upload), db_int(after), db_int(most ? most + 1 : 0));
	     db_next(&rows);) {
		if (out->parts.n == (size_t)most) {
			out->is_truncated = opt_bool(true);
			db_rows_end(&rows);
			break;
		}
		last = col_int(&rows, 0);
		show_part(c->arena, &rows, &out->parts.items[out->parts.n++]);
	}
	out->next_part_number_marker = opt_int(last);
}

err s3_list_parts(struct call *c, const struct s3_list_parts_in *in, struct s3_list_parts_out *out)
{
	struct s3_upload_name name = { in->bucket, in->key, in->upload_id,
		                       in->expected_bucket_owner };
	int64_t most = MIN(opt_int_or(in->max_parts, PAGE), PAGE);
	int64_t after = opt_int_or(in->part_number_marker, 0);
	struct s3_upload_at at;
	err e = check_number(c, "max-parts", in->max_parts);

	if (!e)
		e = check_number(c, "part-number-marker", in->part_number_marker);
	if (!e)
		e = s3_upload_to_manage(c, &name, "s3:ListMultipartUploadParts", &at);
	if (e)
		return e;
	out->is_truncated = opt_bool(false);
	list(c, at.upload.id, after, most, out);
	out->bucket = at.bucket.name;
	out->key = at.upload.key;
	out->upload_id = in->upload_id;
	out->part_number_marker = opt_int(after);
	out->max_parts = opt_int(most);
	out->owner = s3_owner_shown(c->arena, at.upload.owner);
	out->initiator = s3_initiator_shown(c->arena, at.upload.account);
	out->storage_class = arena_str(c->arena, s3_storage_class_of_text(at.upload.metadata));
	out->checksum_algorithm = s3_upload_algorithm_shown(&at.upload);
	out->checksum_type = s3_upload_checksum_type_shown(&at.upload);
	s3_abort_shown(c, &at.bucket, &at.upload, &out->abort_date, &out->abort_rule_id);
	return NULL;
}
