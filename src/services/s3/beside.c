/* What tags and locks of an object have in common: finding it, and what may be bypassed. */
#include "services/s3/access.h"
#include "services/s3/errors.h"

static err allow(struct call *c, const struct s3_beside_want *want, const struct s3_beside *found)
{
	struct s3_want action = { .action =
		                          want->version_id.n ? want->version_action : want->action,
		                  .key = want->key,
		                  .object = found->object.sequence ? &found->object : NULL,
		                  .tags = want->tags,
		                  .lock = want->lock };

	return s3_allow(c, &found->bucket, &action);
}

static err must_exist(struct call *c, const struct s3_beside_want *want,
                      const struct s3_beside *found)
{
	/* S3 makes no difference here between a marker that was asked for and one that was met. */
	str version_id = found->object.is_marker ? STR("null") : want->version_id;

	return s3_object_must_exist(c, &found->bucket, want->key, version_id, &found->object);
}

err s3_beside_find(struct call *c, const struct s3_beside_want *want, struct s3_beside *ret)
{
	err e = s3_bucket_find(c, want->bucket, want->expected_owner, &ret->bucket), missing;

	if (e)
		return e;
	missing = s3_object_version(c, &ret->bucket, want->key, want->version_id, &ret->object);
	e = allow(c, want, ret); /* first: who may not, is not told what there is */
	if (!e && want->wants_lock && !ret->bucket.object_lock)
		e = s3_fail_saying(c, S3_INVALID_REQUEST,
		                   "Bucket is missing Object Lock Configuration");
	if (!e)
		e = missing;
	return e ? e : must_exist(c, want, ret);
}

err s3_bypass(struct call *c, const struct bucket *b, str key, struct opt_bool header, bool *ret)
{
	struct s3_want want = { .action = "s3:BypassGovernanceRetention", .key = key };

	*ret = false;
	if (!header.set)
		return NULL;
	if (!b->object_lock)
		return s3_invalid_argument_error(
			c, "x-amz-bypass-governance-retention",
			header.value ? STR("true") : STR("false"),
			"x-amz-bypass-governance-retention is only applicable to Object Lock "
			"enabled buckets.");
	*ret = header.value;
	return header.value ? s3_allow(c, b, &want) : NULL;
}
