/* GetObjectAttributes: what else there is to know of an object, by name. */
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/get.h"
#include "services/s3/metadata.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

enum {
	WANT_ETAG = 1 << 0,
	WANT_CHECKSUM = 1 << 1,
	WANT_PARTS = 1 << 2,
	WANT_STORAGE_CLASS = 1 << 3,
	WANT_SIZE = 1 << 4,
};

enum { PARTS_AT_ONCE = 1000 };

static err read_names(struct call *c, const struct s3_object_attributes_list *list, unsigned *ret)
{
	static const struct {
		str name;
		unsigned bit;
	} known[] = {
		{ STR_INIT("ETag"), WANT_ETAG },
		{ STR_INIT("Checksum"), WANT_CHECKSUM },
		{ STR_INIT("ObjectParts"), WANT_PARTS },
		{ STR_INIT("StorageClass"), WANT_STORAGE_CLASS },
		{ STR_INIT("ObjectSize"), WANT_SIZE },
	};

	*ret = 0;
	for (size_t i = 0; i < list->n; i++) {
		unsigned bit = 0;

		for (size_t j = 0; j < ARRAY_LEN(known); j++)
			if (str_eq(list->items[i], known[j].name))
				bit = known[j].bit;
		if (!bit)
			return s3_invalid_argument_error(c, "x-amz-object-attributes",
			                                 list->items[i],
			                                 "Invalid attribute name specified.");
		*ret |= bit;
	}
	if (!*ret)
		return s3_invalid_argument_error(c, "x-amz-object-attributes", STR(""),
		                                 "Invalid attribute name specified.");
	return NULL;
}

static err read_count(struct call *c, const char *name, struct opt_int given, int64_t otherwise,
                      int64_t *ret)
{
	*ret = opt_int_or(given, otherwise);
	if (*ret >= 0 && *ret <= INT32_MAX)
		return NULL;
	return s3_invalid_argument_error(c, name, arena_printf(c->arena, "%lld", (long long)*ret),
	                                 "Argument %s must be an integer between 0 and 2147483647",
	                                 name);
}

static void add_part(struct call *c, const struct db_rows *row, struct s3_parts_list *parts)
{
	struct s3_object_part *part = &parts->items[parts->n++];
	struct s3_checksum_value sum = {
		.algorithm = (enum checksum_algorithm)col_int(row, 2),
		.value = arena_str(c->arena, col_text(row, 3)),
	};

	part->part_number = opt_int(col_int(row, 0));
	part->size = opt_int(col_int(row, 1));
	S3_SHOW_CHECKSUM_VALUE(part, &sum);
}

/* S3 tells of the parts themselves only when they have checksums of their own. */
static void list_parts(struct call *c, const struct object *o, int64_t after, int64_t most,
                       struct s3_get_object_attributes_parts *ret)
{
	int64_t count = MIN(most, PARTS_AT_ONCE);
	struct db_rows rows;

	ret->parts.items = arena_array(c->arena, struct s3_object_part, (size_t)count);
	for (db_each(c->db, &rows,
	             "SELECT number, size, checksum_algorithm, checksum FROM s3_part "
	             "WHERE upload = ? AND number > ? ORDER BY number LIMIT ?",
	             db_int(o->content.upload), db_int(after), db_int(count + 1));
	     db_next(&rows);) {
		if ((int64_t)ret->parts.n == count) {
			ret->is_truncated = opt_bool(true);
			continue;
		}
		add_part(c, &rows, &ret->parts);
	}
	if (ret->parts.n)
		ret->next_part_number_marker = ret->parts.items[ret->parts.n - 1].part_number;
}

static err show_parts(struct call *c, const struct s3_get_object_attributes_in *in,
                      const struct object *o, struct s3_get_object_attributes_parts **ret)
{
	struct s3_get_object_attributes_parts *parts;
	int64_t after, most;
	err e = read_count(c, "x-amz-part-number-marker", in->part_number_marker, 0, &after);

	if (!e)
		e = read_count(c, "x-amz-max-parts", in->max_parts, PARTS_AT_ONCE, &most);
	if (e || !o->parts)
		return e;
	parts = arena_new(c->arena, struct s3_get_object_attributes_parts);
	parts->total_parts_count = opt_int(o->parts);
	if (o->checksum.composite) {
		parts->is_truncated = opt_bool(false);
		parts->part_number_marker = opt_int(after);
		parts->next_part_number_marker = opt_int(0);
		parts->max_parts = opt_int(MIN(most, PARTS_AT_ONCE));
		list_parts(c, o, after, most, parts);
	}
	*ret = parts;
	return NULL;
}

/* Here, unlike in a header, a composite one is without its number of parts. */
static void show_checksum(struct call *c, const struct object *o, struct s3_checksum **ret)
{
	struct s3_checksum_value sum = o->checksum;
	ptrdiff_t dash = str_rfind(sum.value, '-');

	if (sum.algorithm == CHECKSUM_NONE)
		return;
	if (sum.composite && dash >= 0)
		sum.value = str_from_to(sum.value, 0, (size_t)dash);
	*ret = arena_new(c->arena, struct s3_checksum);
	S3_SHOW_CHECKSUM(*ret, &sum);
}

static str storage_class(struct call *c, const struct object *o)
{
	struct s3_stored_metadata m;

	s3_metadata_from_text(c->arena, o->metadata, &m);
	return m.storage_class.p ? m.storage_class : STR("STANDARD");
}

static err find(struct call *c, const struct s3_get_object_attributes_in *in, struct bucket *b,
                struct object *o)
{
	struct s3_get get = { .bucket = in->bucket,
		              .key = in->key,
		              .version_id = in->version_id,
		              .expected_owner = in->expected_bucket_owner };
	struct s3_want want = { .key = in->key, .permission = ACL_READ, .of_object = true };
	struct cipher_customer_headers customer = { in->sse_customer_algorithm,
		                                    in->sse_customer_key,
		                                    in->sse_customer_key_md5 };
	struct s3_reading_key key;
	err e = s3_get_find(c, &get, b, o);

	want.action = in->version_id.n ? "s3:GetObjectVersionAttributes" : "s3:GetObjectAttributes";
	want.object = o;
	if (!e)
		e = s3_allow(c, b, &want);
	return e ? e : s3_reading_key_of(c, b, o, &customer, &key);
}

err s3_get_object_attributes(struct call *c, const struct s3_get_object_attributes_in *in,
                             struct s3_get_object_attributes_out *out)
{
	struct bucket b;
	struct object o;
	unsigned wanted;
	err e = read_names(c, &in->object_attributes, &wanted);

	if (!e)
		e = find(c, in, &b, &o);
	if (!e && wanted & WANT_PARTS)
		e = show_parts(c, in, &o, &out->object_parts);
	if (e)
		return e;
	out->last_modified = opt_time(o.modified);
	out->version_id = s3_version_shown(c->arena, &b, &o);
	if (wanted & WANT_ETAG)
		out->e_tag = o.etag;
	if (wanted & WANT_CHECKSUM)
		show_checksum(c, &o, &out->checksum);
	if (wanted & WANT_STORAGE_CLASS)
		out->storage_class = storage_class(c, &o);
	if (wanted & WANT_SIZE)
		out->object_size = opt_int(o.content.size);
	return NULL;
}
