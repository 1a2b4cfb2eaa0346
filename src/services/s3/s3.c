/* Amazon Simple Storage Service: the table of its operations, its tables, its hooks. */
#include "services/s3/s3.h"

static const struct s3_api ops = {
	/* buckets.c */
	.create_bucket = { s3_create_bucket, OP_WRITE | OP_ANONYMOUS },
	.head_bucket = { s3_head_bucket, OP_READ | OP_ANONYMOUS },
	.delete_bucket = { s3_delete_bucket, OP_WRITE | OP_ANONYMOUS },
	.list_buckets = { s3_list_buckets, OP_READ | OP_ANONYMOUS },
	.get_bucket_location = { s3_get_bucket_location, OP_READ | OP_ANONYMOUS },

	/* bucket_policy.c, ownership.c */
	.put_bucket_policy = { s3_put_bucket_policy, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_policy = { s3_get_bucket_policy, OP_READ | OP_ANONYMOUS },
	.delete_bucket_policy = { s3_delete_bucket_policy, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_policy_status = { s3_get_bucket_policy_status, OP_READ | OP_ANONYMOUS },
	.put_public_access_block = { s3_put_public_access_block, OP_WRITE | OP_ANONYMOUS },
	.get_public_access_block = { s3_get_public_access_block, OP_READ | OP_ANONYMOUS },
	.delete_public_access_block = { s3_delete_public_access_block, OP_WRITE | OP_ANONYMOUS },
	.put_bucket_ownership_controls = { s3_put_bucket_ownership_controls,
	                                   OP_WRITE | OP_ANONYMOUS },
	.get_bucket_ownership_controls = { s3_get_bucket_ownership_controls,
	                                   OP_READ | OP_ANONYMOUS },
	.delete_bucket_ownership_controls = { s3_delete_bucket_ownership_controls,
	                                      OP_WRITE | OP_ANONYMOUS },

	/* acls.c */
	.put_bucket_acl = { s3_put_bucket_acl, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_acl = { s3_get_bucket_acl, OP_READ | OP_ANONYMOUS },
	.put_object_acl = { s3_put_object_acl, OP_WRITE | OP_ANONYMOUS },
	.get_object_acl = { s3_get_object_acl, OP_READ | OP_ANONYMOUS },

	/* versioning.c, bucket_settings.c, bucket_tagging.c, bucket_logging.c, requester_pays.c */
	.put_bucket_versioning = { s3_put_bucket_versioning, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_versioning = { s3_get_bucket_versioning, OP_READ | OP_ANONYMOUS },
	.put_bucket_tagging = { s3_put_bucket_tagging, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_tagging = { s3_get_bucket_tagging, OP_READ | OP_ANONYMOUS },
	.delete_bucket_tagging = { s3_delete_bucket_tagging, OP_WRITE | OP_ANONYMOUS },
	.put_bucket_website = { s3_put_bucket_website, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_website = { s3_get_bucket_website, OP_READ | OP_ANONYMOUS },
	.delete_bucket_website = { s3_delete_bucket_website, OP_WRITE | OP_ANONYMOUS },
	.put_bucket_cors = { s3_put_bucket_cors, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_cors = { s3_get_bucket_cors, OP_READ | OP_ANONYMOUS },
	.delete_bucket_cors = { s3_delete_bucket_cors, OP_WRITE | OP_ANONYMOUS },
	.put_bucket_encryption = { s3_put_bucket_encryption, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_encryption = { s3_get_bucket_encryption, OP_READ | OP_ANONYMOUS },
	.delete_bucket_encryption = { s3_delete_bucket_encryption, OP_WRITE | OP_ANONYMOUS },
	.put_bucket_lifecycle_configuration = { s3_put_bucket_lifecycle_configuration,
	                                        OP_WRITE | OP_ANONYMOUS },
	.get_bucket_lifecycle_configuration = { s3_get_bucket_lifecycle_configuration,
	                                        OP_READ | OP_ANONYMOUS },
	.delete_bucket_lifecycle = { s3_delete_bucket_lifecycle, OP_WRITE | OP_ANONYMOUS },
	.put_object_lock_configuration = { s3_put_object_lock_configuration,
	                                   OP_WRITE | OP_ANONYMOUS },
	.get_object_lock_configuration = { s3_get_object_lock_configuration,
	                                   OP_READ | OP_ANONYMOUS },
	.put_bucket_logging = { s3_put_bucket_logging, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_logging = { s3_get_bucket_logging, OP_READ | OP_ANONYMOUS },
	.put_bucket_request_payment = { s3_put_bucket_request_payment, OP_WRITE | OP_ANONYMOUS },
	.get_bucket_request_payment = { s3_get_bucket_request_payment, OP_READ | OP_ANONYMOUS },

	/* put_object.c */
	.put_object = { s3_put_object, OP_WRITE | OP_ANONYMOUS, s3_prepare_put_object },

	/* get_object.c, object_attributes.c */
	.get_object = { s3_get_object, OP_READ | OP_ANONYMOUS },
	.head_object = { s3_head_object, OP_READ | OP_ANONYMOUS },
	.get_object_attributes = { s3_get_object_attributes, OP_READ | OP_ANONYMOUS },

	/* copy_object.c */
	.copy_object = { s3_copy_object, OP_SLOW | OP_ANONYMOUS },

	/* delete_object.c */
	.delete_object = { s3_delete_object, OP_WRITE | OP_ANONYMOUS },
	.delete_objects = { s3_delete_objects, OP_WRITE | OP_ANONYMOUS },

	/* object_tagging.c */
	.put_object_tagging = { s3_put_object_tagging, OP_WRITE | OP_ANONYMOUS },
	.get_object_tagging = { s3_get_object_tagging, OP_READ | OP_ANONYMOUS },
	.delete_object_tagging = { s3_delete_object_tagging, OP_WRITE | OP_ANONYMOUS },

	/* object_lock.c */
	.put_object_legal_hold = { s3_put_object_legal_hold, OP_WRITE | OP_ANONYMOUS },
	.get_object_legal_hold = { s3_get_object_legal_hold, OP_READ | OP_ANONYMOUS },
	.put_object_retention = { s3_put_object_retention, OP_WRITE | OP_ANONYMOUS },
	.get_object_retention = { s3_get_object_retention, OP_READ | OP_ANONYMOUS },

	/* multipart.c and its neighbours */
	.create_multipart_upload = { s3_create_multipart_upload, OP_WRITE | OP_ANONYMOUS },
	.upload_part = { s3_upload_part, OP_WRITE | OP_ANONYMOUS, s3_prepare_upload_part },
	.upload_part_copy = { s3_upload_part_copy, OP_SLOW | OP_ANONYMOUS },
	.complete_multipart_upload = { s3_complete_multipart_upload,
	                               OP_WRITE | OP_ANONYMOUS | OP_OWN_CHECKSUM },
	.abort_multipart_upload = { s3_abort_multipart_upload, OP_WRITE | OP_ANONYMOUS },
	.list_parts = { s3_list_parts, OP_READ | OP_ANONYMOUS },
	.list_multipart_uploads = { s3_list_multipart_uploads, OP_READ | OP_ANONYMOUS },

	/* listing.c, list_versions.c */
	.list_objects = { s3_list_objects, OP_READ | OP_ANONYMOUS },
	.list_objects_v2 = { s3_list_objects_v2, OP_READ | OP_ANONYMOUS },
	.list_object_versions = { s3_list_object_versions, OP_READ | OP_ANONYMOUS },

	/* website_page.c, preflight.c, post_object.c */
	.get_website_root = { s3_get_website_root, OP_READ | OP_UNSIGNED },
	.get_website_page = { s3_get_website_page, OP_READ | OP_UNSIGNED },
	.options_bucket = { s3_options_bucket, OP_READ | OP_UNSIGNED },
	.options_object = { s3_options_object, OP_READ | OP_UNSIGNED },
	.post_object = { s3_post_object, OP_WRITE | OP_ANONYMOUS | OP_OWN_CHECKSUM,
	                 s3_prepare_post_object },

};

static const struct door doors[] = {
	{ .host = "*.s3-website-*" },
	{ .host = "*.s3-website.*" },
	{ .host = "*.s3.*" },
	{ .path = "/_menagerie/website/" },
	{ 0 },
};

static void tick(struct db *db, int64_t now)
{
	s3_expire(db, now);
	s3_deliver_logs(db, now);
	s3_collect_garbage(db, now);
}

const struct service s3_service = {
	.model = &s3_model,
	.ops = &ops,
	.schema = s3_schema,
	.doors = doors,
	.route = s3_route,
	.takes_the_rest = true,
	.arrived = s3_arrived,
	.ended = s3_ended,
	.tick = tick,
	.ending = s3_deliver_all_logs,
};
