#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/note.h"
#include "services/s3/precondition.h"
#include "services/s3/s3.h"

enum { DELETE_MAX = 1000 };

static err allow(struct call *c, const struct bucket *b, str key, str version_id)
{
	struct s3_want want = { .action = "s3:DeleteObject", .key = key, .permission = ACL_WRITE };

	if (version_id.n)
		want = (struct s3_want){ .action = "s3:DeleteObjectVersion", .key = key };
	return s3_allow(c, b, &want);
}

static err only_of_directories(struct call *c, const char *condition)
{
	return s3_fail_saying(
		c, S3_NOT_IMPLEMENTED,
		"The condition %s is one of directory buckets, which are not built in Menagerie; "
		"nothing was deleted.",
		condition);
}

static err check_conditions(struct call *c, const struct s3_delete_object_in *in)
{
	struct s3_conditions conditions = s3_conditions_of(c->request);
	struct s3_problem problem;

	if (in->if_match_last_modified_time.set)
		return only_of_directories(c, "x-amz-if-match-last-modified-time");
	if (in->if_match_size.set)
		return only_of_directories(c, "x-amz-if-match-size");
	if (s3_check_delete_headers(&conditions, &problem) == S3_PRECONDITION_HOLDS)
		return NULL;
	return s3_problem_error(c, &problem);
}

err s3_delete_object(struct call *c, const struct s3_delete_object_in *in,
                     struct s3_delete_object_out *out)
{
	struct s3_deleted_version deleted;
	bool bypass = false;
	struct bucket b;
	err e = s3_bucket_find(c, in->bucket, in->expected_bucket_owner, &b);

	if (!e)
		e = allow(c, &b, in->key, in->version_id);
	if (!e)
		e = check_conditions(c, in);
	if (!e)
		e = s3_bypass(c, &b, in->key, in->bypass_governance_retention, &bypass);
	if (!e)
		e = s3_delete(c, &b, in->key, in->version_id, in->if_match, bypass, &deleted);
	if (e)
		return e;
	s3_note_object(c, &b, -1, deleted.version_id);
	out->version_id = deleted.version_id;
	if (deleted.is_marker)
		out->delete_marker = opt_bool(true);
	return NULL;
}

/*
 * Many at once: each is refused or deleted for itself.
 */

struct deleting {
	struct call *c;
	const struct s3_delete_objects_in *in;
	struct s3_delete_objects_out *out;
	struct bucket bucket;
	size_t deleted_capacity, error_capacity;
};

/* An id that was never one of ours; those that were may be gone by now. */
static bool is_unknown(str version_id)
{
	int64_t number, nonce;

	return version_id.n && !str_eq(version_id, STR("null")) &&
	       !s3_id_parse(version_id, &number, &nonce);
}

static err delete_one(struct deleting *d, const struct s3_object_identifier *o,
                      struct s3_deleted_version *ret)
{
	bool bypass = false;
	err e = allow(d->c, &d->bucket, o->key, o->version_id);

	if (!e)
		e = s3_bypass(d->c, &d->bucket, o->key, d->in->bypass_governance_retention,
		              &bypass);
	if (!e && is_unknown(o->version_id))
		e = s3_fail(d->c, S3_NO_SUCH_VERSION, NULL, STR_NULL);
	if (!e)
		e = s3_delete(d->c, &d->bucket, o->key, o->version_id, o->e_tag, bypass, ret);
	return e;
}

static void tell_deleted(struct deleting *d, const struct s3_object_identifier *o,
                         const struct s3_deleted_version *deleted)
{
	struct s3_deleted_objects *list = &d->out->deleted;
	struct s3_deleted_object *entry;

	if (opt_true(d->in->delete->quiet))
		return;
	if (list->n == d->deleted_capacity)
		list->items = arena_grow(d->c->arena, list->items, &d->deleted_capacity,
		                         sizeof(*list->items));
	entry = &list->items[list->n++];
	*entry = (struct s3_deleted_object){ .key = o->key };
	if (o->version_id.n)
		entry->version_id = o->version_id;
	if (deleted->is_marker) {
		entry->delete_marker = opt_bool(true);
		entry->delete_marker_version_id = deleted->version_id;
	}
}

static void tell_error(struct deleting *d, const struct s3_object_identifier *o, err e)
{
	struct s3_errors *list = &d->out->errors;

	if (list->n == d->error_capacity)
		list->items = arena_grow(d->c->arena, list->items, &d->error_capacity,
		                         sizeof(*list->items));
	list->items[list->n++] = (struct s3_error){
		.key = o->key,
		.version_id = o->version_id.n ? o->version_id : STR_NULL,
		.code = error_code(e),
		.message = e->refusal ? e->refusal->message : e->message,
	};
}

static err check_list(struct call *c, const struct s3_delete *list)
{
	if (!list || !list->objects.n || list->objects.n > DELETE_MAX)
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	for (size_t i = 0; i < list->objects.n; i++) {
		const struct s3_object_identifier *o = &list->objects.items[i];

		if (!o->key.n)
			return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
		if (o->last_modified_time.set)
			return only_of_directories(c, "LastModifiedTime");
		if (o->size.set)
			return only_of_directories(c, "Size");
	}
	return NULL;
}

/* What goes for all of them need not be found out a thousand times. */
static err check_bypass(struct deleting *d)
{
	struct opt_bool header = d->in->bypass_governance_retention;
	bool bypass;

	if (!header.set || d->bucket.object_lock)
		return NULL;
	return s3_bypass(d->c, &d->bucket, STR(""), header, &bypass);
}

err s3_delete_objects(struct call *c, const struct s3_delete_objects_in *in,
                      struct s3_delete_objects_out *out)
{
	struct deleting d = { .c = c, .in = in, .out = out };
	err e = s3_bucket_find(c, in->bucket, in->expected_bucket_owner, &d.bucket);

	if (!e)
		e = s3_require_checksum(c);
	if (!e)
		e = check_list(c, in->delete);
	if (!e)
		e = check_bypass(&d);
	if (e)
		return e;
	for (size_t i = 0; i < in->delete->objects.n; i++) {
		const struct s3_object_identifier *o = &in->delete->objects.items[i];
		struct s3_deleted_version deleted;

		e = delete_one(&d, o, &deleted);
		s3_note_delete(c, &d.bucket, o->key, o->version_id, e);
		if (e)
			tell_error(&d, o, e);
		else
			tell_deleted(&d, o, &deleted);
	}
	return NULL;
}
