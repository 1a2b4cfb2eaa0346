/* The handlers of S3, by the file they are in, and what a browser's and a bucket's hooks are. */
#ifndef SERVICES_S3_S3_H
#define SERVICES_S3_S3_H

#include "api/service.h"
#include "models/s3.h"

extern const struct service s3_service;
extern const char s3_schema[]; /* s3.sql */

/* buckets.c */
s3_create_bucket_fn s3_create_bucket;
s3_head_bucket_fn s3_head_bucket;
s3_delete_bucket_fn s3_delete_bucket;
s3_list_buckets_fn s3_list_buckets;
s3_get_bucket_location_fn s3_get_bucket_location;

/* bucket_policy.c */
s3_put_bucket_policy_fn s3_put_bucket_policy;
s3_get_bucket_policy_fn s3_get_bucket_policy;
s3_delete_bucket_policy_fn s3_delete_bucket_policy;
s3_get_bucket_policy_status_fn s3_get_bucket_policy_status;
s3_put_public_access_block_fn s3_put_public_access_block;
s3_get_public_access_block_fn s3_get_public_access_block;
s3_delete_public_access_block_fn s3_delete_public_access_block;

/* ownership.c */
s3_put_bucket_ownership_controls_fn s3_put_bucket_ownership_controls;
s3_get_bucket_ownership_controls_fn s3_get_bucket_ownership_controls;
s3_delete_bucket_ownership_controls_fn s3_delete_bucket_ownership_controls;

/* acls.c */
s3_put_bucket_acl_fn s3_put_bucket_acl;
s3_get_bucket_acl_fn s3_get_bucket_acl;
s3_put_object_acl_fn s3_put_object_acl;
s3_get_object_acl_fn s3_get_object_acl;

/* versioning.c, bucket_settings.c, bucket_tagging.c, bucket_logging.c, requester_pays.c */
s3_put_bucket_versioning_fn s3_put_bucket_versioning;
s3_get_bucket_versioning_fn s3_get_bucket_versioning;
s3_put_bucket_tagging_fn s3_put_bucket_tagging;
s3_get_bucket_tagging_fn s3_get_bucket_tagging;
s3_delete_bucket_tagging_fn s3_delete_bucket_tagging;
s3_put_bucket_website_fn s3_put_bucket_website;
s3_get_bucket_website_fn s3_get_bucket_website;
s3_delete_bucket_website_fn s3_delete_bucket_website;
s3_put_bucket_cors_fn s3_put_bucket_cors;
s3_get_bucket_cors_fn s3_get_bucket_cors;
s3_delete_bucket_cors_fn s3_delete_bucket_cors;
s3_put_bucket_encryption_fn s3_put_bucket_encryption;
s3_get_bucket_encryption_fn s3_get_bucket_encryption;
s3_delete_bucket_encryption_fn s3_delete_bucket_encryption;
s3_put_bucket_lifecycle_configuration_fn s3_put_bucket_lifecycle_configuration;
s3_get_bucket_lifecycle_configuration_fn s3_get_bucket_lifecycle_configuration;
s3_delete_bucket_lifecycle_fn s3_delete_bucket_lifecycle;
s3_put_object_lock_configuration_fn s3_put_object_lock_configuration;
s3_get_object_lock_configuration_fn s3_get_object_lock_configuration;
s3_put_bucket_logging_fn s3_put_bucket_logging;
s3_get_bucket_logging_fn s3_get_bucket_logging;
s3_put_bucket_request_payment_fn s3_put_bucket_request_payment;
s3_get_bucket_request_payment_fn s3_get_bucket_request_payment;

/* put_object.c */
s3_put_object_fn s3_put_object;

/* get_object.c, object_attributes.c */
s3_get_object_fn s3_get_object;
s3_head_object_fn s3_head_object;
s3_get_object_attributes_fn s3_get_object_attributes;

/* copy_object.c */
s3_copy_object_fn s3_copy_object;

/* delete_object.c */
s3_delete_object_fn s3_delete_object;
s3_delete_objects_fn s3_delete_objects;

/* object_tagging.c */
s3_put_object_tagging_fn s3_put_object_tagging;
s3_get_object_tagging_fn s3_get_object_tagging;
s3_delete_object_tagging_fn s3_delete_object_tagging;

/* object_lock.c */
s3_put_object_legal_hold_fn s3_put_object_legal_hold;
s3_get_object_legal_hold_fn s3_get_object_legal_hold;
s3_put_object_retention_fn s3_put_object_retention;
s3_get_object_retention_fn s3_get_object_retention;

/* multipart.c and its neighbours */
s3_create_multipart_upload_fn s3_create_multipart_upload;
s3_upload_part_fn s3_upload_part;
s3_upload_part_copy_fn s3_upload_part_copy;
s3_complete_multipart_upload_fn s3_complete_multipart_upload;
s3_abort_multipart_upload_fn s3_abort_multipart_upload;
s3_list_parts_fn s3_list_parts;
s3_list_multipart_uploads_fn s3_list_multipart_uploads;

/* listing.c, list_versions.c */
s3_list_objects_fn s3_list_objects;
s3_list_objects_v2_fn s3_list_objects_v2;
s3_list_object_versions_fn s3_list_object_versions;

/* website_page.c, preflight.c, post_object.c */
s3_get_website_root_fn s3_get_website_root;
s3_get_website_page_fn s3_get_website_page;
s3_options_bucket_fn s3_options_bucket;
s3_options_object_fn s3_options_object;
s3_post_object_fn s3_post_object;

/* Run when the head has come (api/service.h). */
err s3_prepare_put_object(struct call *c, const struct s3_put_object_in *in);
err s3_prepare_upload_part(struct call *c, const struct s3_upload_part_in *in);
err s3_prepare_post_object(struct call *c, const struct s3_post_object_in *in);

/* host.c: which bucket, and whether its website, a host or a path means. */
void s3_route(struct arena *a, const struct request *r, struct route *route);

/* preflight.c: the CORS headers of a reply. */
void s3_arrived(struct call *c, str path);

/* access_log.c: what is in the call's note (note.h) becomes a line of the bucket's log. */
void s3_ended(struct call *c, const struct ended *e);
void s3_deliver_logs(struct db *db, int64_t now);
void s3_deliver_all_logs(struct db *db, int64_t now); /* at the program's end */

/* Background work, each a few milliseconds at most: expire.c, garbage.c. */
void s3_expire(struct db *db, int64_t now);
void s3_collect_garbage(struct db *db, int64_t now);

#endif
