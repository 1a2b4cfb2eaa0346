/*
 * Versions of objects as rows, and what becomes of the old one when a new one is put or deleted.
 *
 * In a bucket without versioning a key has one row, the null version. With versioning every put adds
 * one; while it is suspended, a put replaces the null version only. Rows of a key stand newest first.
 */
#ifndef SERVICES_S3_OBJECT_H
#define SERVICES_S3_OBJECT_H

#include "api/checksum.h"
#include "services/s3/bucket.h"

enum s3_encryption_kind { S3_PLAIN, S3_SSE_S3, S3_SSE_C };
enum s3_retention { S3_NOT_RETAINED, S3_GOVERNANCE, S3_COMPLIANCE };
enum s3_upload_state {
	S3_UPLOAD_OPEN,
	S3_UPLOAD_COMPLETED,
	S3_UPLOAD_DROPPED, /* its parts are garbage: see garbage.c */
	S3_UPLOAD_SEEN,    /* the same, and a tick has seen it */
};

/* Where a body is: in a row, in a blob, or in the parts of an upload. An empty one may be nowhere. */
struct content {
	int64_t size;   /* of the payload */
	int64_t body;   /* s3_body; 0: none */
	str blob;       /* absent: none */
	int64_t upload; /* s3_upload; 0: none */
	enum s3_encryption_kind encryption;
	str wrapped_key; /* absent when plain, and when the parts have their own */
	str key_mark;    /* of SSE-C */
};

struct s3_checksum_value {
	enum checksum_algorithm algorithm; /* CHECKSUM_NONE: there is none */
	bool composite;
	str value; /* base64, "-N" behind a composite one */
};

struct object {
	int64_t bucket;
	str key;
	int64_t sequence, nonce;
	bool is_marker, is_latest;
	int64_t modified;
	str etag;
	str owner;
	struct s3_checksum_value checksum;
	struct content content;
	int64_t parts; /* 0: not uploaded in parts */
	str metadata, tags, acl;
	bool legal_hold, hold_is_off; /* neither: nobody ever said */
	enum s3_retention retention;
	int64_t retain_until;
};

/* The newest row of the key, which may be a delete marker; false: there is none at all. */
bool s3_object_newest(struct db *db, struct arena *a, int64_t bucket, str key, struct object *ret);

/* A version by its id: "null" or 32 hex digits. NoSuchVersion; InvalidArgument for what is no id. An
 * absent or, from a query, empty id means the newest; then, and when it is a marker or there is none, *ret
 * says so: `sequence` 0 is none. */
err s3_object_version(struct call *c, const struct bucket *b, str key, str version_id,
                      struct object *ret);

/* What most reads want: NoSuchKey (or AccessDenied, see access.h) when there is none; a delete marker
 * is NoSuchKey with x-amz-delete-marker when it is the newest, MethodNotAllowed when its version was
 * asked for. */
err s3_object_must_exist(struct call *c, const struct bucket *b, str key, str version_id,
                         const struct object *o);

/* For what stands beside an object's content, its tags and its lock: who may do the action (or, with a
 * version id, the other one) finds what is there. A delete marker is MethodNotAllowed even as the newest. */
struct s3_beside {
	struct bucket bucket;
	struct object object;
};
/* A lock as a request asks for it. */
struct s3_lock_sent {
	str mode, legal_hold;
	struct opt_time retain_until;
};
struct s3_beside_want {
	str bucket, key, version_id, expected_owner;
	const char *action, *version_action;
	str tags; /* see access.h */
	const struct s3_lock_sent *lock;
	bool wants_lock; /* InvalidRequest in a bucket without object lock */
};
err s3_beside_find(struct call *c, const struct s3_beside_want *want, struct s3_beside *ret);

/* Whether x-amz-bypass-governance-retention counts: InvalidArgument where there is no lock, AccessDenied
 * for who may not. */
err s3_bypass(struct call *c, const struct bucket *b, str key, struct opt_bool header, bool *ret);

/* Version ids and upload ids: both are a number and a nonce, as 32 hex digits. A nonce is random and
 * never 0. */
int64_t s3_new_nonce(void);
str s3_id_text(struct arena *a, int64_t number, int64_t nonce); /* "null" for a nonce of 0 */
bool s3_id_parse(str text, int64_t *ret_number, int64_t *ret_nonce);

/* The version id as replies show it: absent in a bucket that never had versioning. */
str s3_version_shown(struct arena *a, const struct bucket *b, const struct object *o);

/* In a transaction: o->sequence is new (s3_next), everything else filled in; gives it its nonce and
 * replaces what it replaces. The writer has checked conditions and locks: a version under lock is never
 * replaced, since lock needs versioning. */
void s3_object_put(struct db *db, const struct bucket *b, struct object *o);

/* Updates what may change of a version: tags, acl, lock, by bucket, key and sequence. */
void s3_object_save(struct db *db, const struct object *o);

/* Removes a version for good, its content with it. */
void s3_object_remove(struct db *db, const struct object *o);

/* Lets go of a content that no row names any more. */
void s3_content_drop(struct db *db, const struct content *content);

/*
 * A delete, as DeleteObject, DeleteObjects and lifecycle rules do it: without a version id, the object
 * goes or a delete marker comes; with one, that version goes. Refuses what a lock holds (AccessDenied
 * "Access Denied because object protected by object lock."), unless `bypass` and it is governance.
 * `if_match` as s3_check_delete. Deleting what is not there succeeds.
 */
struct s3_deleted_version {
	bool is_marker; /* what was made, or removed, is a delete marker */
	str version_id; /* of it; absent without versioning */
	bool was_there;
};
err s3_delete(struct call *c, const struct bucket *b, str key, str version_id, str if_match,
              bool bypass, struct s3_deleted_version *ret);

/* Its parts, for whoever has no call: which version may not go, and what becomes of the rows of a key that is
 * deleted without a version id. `account` owns the delete marker. */
bool s3_object_is_locked(const struct object *o, int64_t now, bool bypass);
void s3_delete_newest(struct db *db, struct arena *a, const struct bucket *b, str key, str account,
                      int64_t now, struct s3_deleted_version *ret);

/* Conditions of a write on the newest version: PreconditionFailed, NoSuchKey, … (precondition.h). */
err s3_check_write_conditions(struct call *c, const struct bucket *b, str key, str if_match,
                              str if_none_match);

#endif
