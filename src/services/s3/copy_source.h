/*
 * The source of a copy: CopyObject and UploadPartCopy.
 *
 *     struct s3_copied copied = { 0 };
 *     int tries = 0;
 *     do {
 *             e = call_read(c, …s3_copy_source_find…, …);
 *             if (!e) e = s3_content_copy(c, &copy, &copied);
 *     } while (s3_copy_again(&copied, &tries));
 */
#ifndef SERVICES_S3_COPY_SOURCE_H
#define SERVICES_S3_COPY_SOURCE_H

#include "services/s3/content.h"
#include "services/s3/encryption.h"

struct s3_copy_source_headers {
	str source;                              /* x-amz-copy-source */
	struct cipher_customer_headers customer; /* those of the copy source */
	str expected_owner;                      /* x-amz-source-expected-bucket-owner */
};

struct s3_copy_source {
	struct bucket bucket;
	str key, version_id; /* as the header names them; the id is absent without one */
	struct object object;
	struct s3_reading_key reading;
};

/* In a snapshot: finds the object, asks whether the caller may read it, and checks the
 * x-amz-copy-source-if-* headers of the request. InvalidArgument for what names no object. */
err s3_copy_source_find(struct call *c, const struct s3_copy_source_headers *headers,
                        struct s3_copy_source *ret);

/* Whether the source went while it was copied, and is to be found anew. */
bool s3_copy_again(struct s3_copied *copied, int *tries);

/* bucket/key?versionId=id, with or without a slash in front, encoded as in an address; false for what
 * is none. The id is absent when there is none. */
bool s3_copy_source_parse(struct arena *a, str header, str *ret_bucket, str *ret_key,
                          str *ret_version);

#endif
