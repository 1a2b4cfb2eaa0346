/* The tags of a bucket. */
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/s3.h"

enum { BUCKET_TAGS = 50 };

err s3_put_bucket_tagging(struct call *c, const struct s3_put_bucket_tagging_in *in,
                          struct s3_put_bucket_tagging_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketTagging", 0,
	                      &b);

	(void)out;
	if (!e)
		e = s3_require_checksum(c);
	if (!e)
		e = s3_tags_check(c, &in->tagging->tag_set, BUCKET_TAGS);
	if (e)
		return e;
	s3_document_set(c->db, c->arena, &b, S3_TAGGING, in->tagging);
	if (c->exchange) /* AWS's model says 200, AWS 204 */
		reply_text(c->exchange, 204, STR(""));
	return NULL;
}

err s3_get_bucket_tagging(struct call *c, const struct s3_get_bucket_tagging_in *in,
                          struct s3_get_bucket_tagging_out *out)
{
	const struct s3_tagging *found = NULL;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:GetBucketTagging", 0,
	                      &b);

	if (e)
		return e;
	if (s3_bucket_has(&b, S3_TAGGING))
		found = s3_document(c->db, c->arena, &b, S3_TAGGING);
	if (!found)
		return s3_fail(c, S3_NO_SUCH_TAG_SET, "BucketName", b.name);
	out->tag_set = found->tag_set;
	return NULL;
}

err s3_delete_bucket_tagging(struct call *c, const struct s3_delete_bucket_tagging_in *in,
                             struct s3_delete_bucket_tagging_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner, "s3:PutBucketTagging", 0,
	                      &b);

	(void)out;
	if (!e)
		s3_document_set_text(c->db, &b, S3_TAGGING, STR_NULL);
	return e;
}
