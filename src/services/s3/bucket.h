/*
 * Buckets as handlers see them: a row, its settings, and who may do what with it.
 *
 * A handler begins with bucket_find and then asks s3_allow (access.h) for the action it is about to do.
 */
#ifndef SERVICES_S3_BUCKET_H
#define SERVICES_S3_BUCKET_H

#include "api/call.h"
#include "models/s3.h"

enum s3_versioning { S3_UNVERSIONED, S3_VERSIONING_ENABLED, S3_VERSIONING_SUSPENDED };

enum s3_ownership { S3_BUCKET_OWNER_ENFORCED, S3_BUCKET_OWNER_PREFERRED, S3_OBJECT_WRITER };

enum s3_public_access {
	S3_BLOCK_PUBLIC_ACLS = 1 << 0,
	S3_IGNORE_PUBLIC_ACLS = 1 << 1,
	S3_BLOCK_PUBLIC_POLICY = 1 << 2,
	S3_RESTRICT_PUBLIC_BUCKETS = 1 << 3,
	S3_PUBLIC_ACCESS_IS_SET = 1 << 4, /* there is a configuration, whatever it says */
	S3_OWNERSHIP_IS_UNSET = 1 << 5,   /* the ownership controls were deleted */
};

enum s3_document_kind {
	S3_POLICY, /* JSON; the others are XML */
	S3_CORS,
	S3_WEBSITE,
	S3_LIFECYCLE,
	S3_ENCRYPTION,
	S3_LOGGING,
	S3_TAGGING,
	S3_OBJECT_LOCK,
	S3_REQUEST_PAYMENT,
	S3_DOCUMENTS
};

struct s3_parsed_policy;

struct bucket {
	int64_t id;
	str name, account, region;
	str location; /* as GetBucketLocation shows it: the region, or EU for eu-west-1 by its old name */
	int64_t created;
	enum s3_versioning versioning;
	bool object_lock;
	enum s3_ownership ownership;
	unsigned public_access;           /* enum s3_public_access */
	unsigned documents;               /* 1 << enum s3_document_kind */
	str acl;                          /* as stored */
	struct s3_parsed_policy **parsed; /* its place; access.c fills it when it first looks */
};

/* The next number of s3_sequence; in a transaction. */
int64_t s3_next(struct db *db);

/* NoSuchBucket; AccessDenied when `expected_owner`, of x-amz-expected-bucket-owner, is there and another. Notes the
 * bucket for the access log. */
err s3_bucket_find(struct call *c, str name, str expected_owner, struct bucket *ret);

/* Without a call's errors: false when there is none. */
bool s3_bucket_load(struct db *db, struct arena *a, str name, struct bucket *ret);
bool s3_bucket_load_id(struct db *db, struct arena *a, int64_t id, struct bucket *ret);

str s3_region_of_location(str location);

/* Writes the columns that can change, by id. */
void s3_bucket_save(struct db *db, const struct bucket *b);

static inline bool s3_bucket_has(const struct bucket *b, enum s3_document_kind kind)
{
	return b->documents & 1U << kind;
}

/*
 * Its documents. The typed ones are read into the struct that the model has for the kind; NULL when
 * the bucket has none. S3_POLICY is a text.
 *
 *     S3_CORS struct s3_cors_configuration        S3_WEBSITE struct s3_website_configuration
 *     S3_LIFECYCLE struct s3_bucket_lifecycle_configuration
 *     S3_ENCRYPTION struct s3_server_side_encryption_configuration
 *     S3_LOGGING struct s3_bucket_logging_status  S3_TAGGING struct s3_tagging
 *     S3_OBJECT_LOCK struct s3_object_lock_configuration
 *     S3_REQUEST_PAYMENT struct s3_request_payment_configuration
 */
str s3_document_text(struct db *db, struct arena *a, const struct bucket *b,
                     enum s3_document_kind kind);
void *s3_document(struct db *db, struct arena *a, const struct bucket *b,
                  enum s3_document_kind kind);

/* In a transaction; also updates b->documents and its row. An absent text deletes. */
void s3_document_set_text(struct db *db, struct bucket *b, enum s3_document_kind kind, str text);
void s3_document_set(struct db *db, struct arena *a, struct bucket *b, enum s3_document_kind kind,
                     const void *value);

#endif
