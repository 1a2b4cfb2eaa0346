/*
 * What the operations on multipart uploads have in common. All in a snapshot or a transaction.
 */
#ifndef SERVICES_S3_MULTIPART_H
#define SERVICES_S3_MULTIPART_H

#include "services/s3/encryption.h"
#include "services/s3/upload.h"

/* Which upload a request names. */
struct s3_upload_name {
	str bucket, key, upload_id, expected_owner;
};

struct s3_upload_at {
	struct bucket bucket;
	struct s3_upload upload;
};

/* For s3:PutObject. The upload is found whether it is still open or completed. */
err s3_upload_to_write(struct call *c, const struct s3_upload_name *name, struct s3_upload_at *ret);

/* For an action of the upload's own, which who began it may also do. It is open. */
err s3_upload_to_manage(struct call *c, const struct s3_upload_name *name, const char *action,
                        struct s3_upload_at *ret);

/* For a part: s3_upload_to_write of an open one, the part's number, its encryption. */
err s3_upload_for_part(struct call *c, const struct s3_upload_name *name, struct opt_int number,
                       const struct cipher_customer_headers *customer, struct s3_upload_at *ret,
                       struct encryption *ret_encryption);

/* InvalidRequest for a checksum of `got` where the upload wants another. */
err s3_checksum_mismatch_error(struct call *c, enum checksum_algorithm want,
                               enum checksum_algorithm got);

/* In lower case, as messages have it; "null" for none. */
str s3_checksum_spelled(struct arena *a, enum checksum_algorithm algorithm);

/* What S3 tells of an upload's checksum; absent when it has none. */
str s3_upload_algorithm_shown(const struct s3_upload *u);
str s3_upload_checksum_type_shown(const struct s3_upload *u);

/* The x-amz-abort-* headers: when a lifecycle rule will abort the upload, and which. */
void s3_abort_shown(struct call *c, const struct bucket *b, const struct s3_upload *u,
                    struct opt_time *ret_date, str *ret_rule);

/* The parts of an upload begin to be removed. In a transaction. */
void s3_upload_drop(struct db *db, int64_t upload);

#endif
