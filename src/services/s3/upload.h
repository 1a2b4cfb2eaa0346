/*
 * Multipart uploads and their parts as rows, and reading a body that is in parts.
 */
#ifndef SERVICES_S3_UPLOAD_H
#define SERVICES_S3_UPLOAD_H

#include "services/s3/object.h"

enum {
	S3_PARTS_MAX = 10000,
	S3_PART_MIN = 5 * 1024 * 1024, /* of all but the last */
};
#define S3_OBJECT_MAX (5LL << 40)
#define S3_PUT_MAX    (5LL << 30) /* of one part, or one PutObject */

struct s3_upload {
	int64_t id, nonce, bucket;
	str key;
	enum s3_upload_state state;
	int64_t object, initiated;
	str account; /* who began it */
	str owner;   /* of the object that it becomes */
	enum checksum_algorithm algorithm;
	bool composite;
	enum s3_encryption_kind encryption;
	str key_mark, metadata, tags, acl;
	bool legal_hold;
	enum s3_retention retention;
	int64_t retain_until;
};

/* NoSuchUpload when there is none of this id for the key, or it was aborted. One that was completed is
 * found, and its state says so. */
err s3_upload_find(struct call *c, const struct bucket *b, str key, str upload_id,
                   struct s3_upload *ret);

/* The same, and NoSuchUpload for one that is no longer open. */
err s3_upload_find_open(struct call *c, const struct bucket *b, str key, str upload_id,
                        struct s3_upload *ret);

err s3_no_such_upload_error(struct call *c, str upload_id);

struct s3_part_row {
	int64_t number, modified, size, start;
	str etag;
	enum checksum_algorithm algorithm;
	str checksum;
	uint64_t crc64nvme; /* when its upload has no algorithm */
	int64_t body;
	str blob, wrapped_key;
};

/* The parts of an upload, or of an object's content, in order. */
struct s3_part_row *s3_upload_parts(struct db *db, struct arena *a, int64_t upload,
                                    size_t *ret_count);

/* In a transaction: puts a part, in the place of one that has its number. */
void s3_part_put(struct db *db, int64_t upload, const struct s3_part_row *part);

/* In a transaction: the bytes of a part whose row is gone or about to go. */
void s3_part_drop_bytes(struct db *db, int64_t body, str blob);

/*
 * Readers of an object in parts hold its upload, so that the parts stay although the object is
 * replaced or deleted meanwhile: garbage.c leaves the parts of an upload alone while somebody holds it.
 * To be taken before a look at the object's row that finds it still there.
 */
void s3_upload_hold(int64_t upload);
void s3_upload_let_go(int64_t upload);
bool s3_upload_is_held(int64_t upload);

#endif
