#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/object.h"
#include "services/s3/s3.h"

enum { TAGS_MAX = 10 };

err s3_put_object_tagging(struct call *c, const struct s3_put_object_tagging_in *in,
                          struct s3_put_object_tagging_out *out)
{
	struct s3_beside_want want = {
		.bucket = in->bucket,
		.key = in->key,
		.version_id = in->version_id,
		.expected_owner = in->expected_bucket_owner,
		.action = "s3:PutObjectTagging",
		.version_action = "s3:PutObjectVersionTagging",
	};
	struct s3_beside found;
	err e = s3_require_checksum(c);

	if (!e && !in->tagging)
		e = s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	if (!e)
		e = s3_tags_check(c, &in->tagging->tag_set, TAGS_MAX);
	if (e)
		return e;
	want.tags = s3_tags_to_text(c->arena, &in->tagging->tag_set);
	e = s3_beside_find(c, &want, &found);
	if (e)
		return e;
	found.object.tags = want.tags;
	s3_object_save(c->db, &found.object);
	out->version_id = s3_version_shown(c->arena, &found.bucket, &found.object);
	return NULL;
}

err s3_get_object_tagging(struct call *c, const struct s3_get_object_tagging_in *in,
                          struct s3_get_object_tagging_out *out)
{
	struct s3_beside_want want = {
		.bucket = in->bucket,
		.key = in->key,
		.version_id = in->version_id,
		.expected_owner = in->expected_bucket_owner,
		.action = "s3:GetObjectTagging",
		.version_action = "s3:GetObjectVersionTagging",
	};
	struct s3_beside found;
	err e = s3_beside_find(c, &want, &found);

	if (e)
		return e;
	out->tag_set = s3_tags_of_text(c->arena, found.object.tags);
	out->version_id = s3_version_shown(c->arena, &found.bucket, &found.object);
	return NULL;
}

err s3_delete_object_tagging(struct call *c, const struct s3_delete_object_tagging_in *in,
                             struct s3_delete_object_tagging_out *out)
{
	struct s3_beside_want want = {
		.bucket = in->bucket,
		.key = in->key,
		.version_id = in->version_id,
		.expected_owner = in->expected_bucket_owner,
		.action = "s3:DeleteObjectTagging",
		.version_action = "s3:DeleteObjectVersionTagging",
	};
	struct s3_beside found;
	err e = s3_beside_find(c, &want, &found);

	if (e)
		return e;
	found.object.tags = STR_NULL;
	s3_object_save(c->db, &found.object);
	out->version_id = s3_version_shown(c->arena, &found.bucket, &found.object);
	return NULL;
}
