#include "services/s3/bucket.h"

#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/note.h"
#include "wire/document.h"

/* The shape of each in the model. */
static const char *const shapes[S3_DOCUMENTS] = {
	[S3_CORS] = "CORSConfiguration",
	[S3_WEBSITE] = "WebsiteConfiguration",
	[S3_LIFECYCLE] = "BucketLifecycleConfiguration",
	[S3_ENCRYPTION] = "ServerSideEncryptionConfiguration",
	[S3_LOGGING] = "BucketLoggingStatus",
	[S3_TAGGING] = "Tagging",
	[S3_OBJECT_LOCK] = "ObjectLockConfiguration",
	[S3_REQUEST_PAYMENT] = "RequestPaymentConfiguration",
};

int64_t s3_next(struct db *db)
{
	return db_integer(db, 1, "UPDATE s3_sequence SET next = next + 1 RETURNING next - 1");
}

static void read_row(struct arena *a, struct db_rows *rows, struct bucket *ret)
{
	*ret = (struct bucket){
		.id = col_int(rows, 0),
		.name = arena_str(a, col_text(rows, 1)),
		.account = arena_str(a, col_text(rows, 2)),
		.location = arena_str(a, col_text(rows, 3)),
		.created = col_int(rows, 4),
		.versioning = (enum s3_versioning)col_int(rows, 5),
		.object_lock = col_int(rows, 6) != 0,
		.ownership = (enum s3_ownership)col_int(rows, 7),
		.public_access = (unsigned)col_int(rows, 8),
		.documents = (unsigned)col_int(rows, 9),
		.acl = arena_str(a, col_text(rows, 10)),
		.parsed = arena_new(a, struct s3_parsed_policy *),
	};
	ret->region = s3_region_of_location(ret->location);
	db_rows_end(rows);
}

str s3_region_of_location(str location)
{
	return str_eq(location, STR("EU")) ? STR("eu-west-1") : location;
}

bool s3_bucket_load(struct db *db, struct arena *a, str name, struct bucket *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT id, name, account, region, created, versioning, object_lock, ownership, "
	            "public_access, documents, acl FROM s3_bucket WHERE name = ?",
	            db_text(name)))
		return false;
	read_row(a, &rows, ret);
	return true;
}

bool s3_bucket_load_id(struct db *db, struct arena *a, int64_t id, struct bucket *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT id, name, account, region, created, versioning, object_lock, ownership, "
	            "public_access, documents, acl FROM s3_bucket WHERE id = ?",
	            db_int(id)))
		return false;
	read_row(a, &rows, ret);
	return true;
}

static bool is_account(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n == 12;
}

err s3_bucket_find(struct call *c, str name, str expected_owner, struct bucket *ret)
{
	if (expected_owner.p && !is_account(expected_owner))
		return fail_refused(
			c, refuse(c->arena, 400, "InvalidBucketOwnerAWSAccountID",
		                  "The value of the expected bucket owner parameter must be an AWS "
		                  "Account ID... [%.*s]",
		                  STR_ARG(refusal_excerpt(expected_owner))));
	if (!s3_bucket_load(c->db, c->arena, name, ret))
		return s3_fail(c, S3_NO_SUCH_BUCKET, "BucketName", name);
	s3_note_bucket(c, ret);
	if (expected_owner.p && !str_eq(expected_owner, ret->account))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	return NULL;
}

void s3_bucket_save(struct db *db, const struct bucket *b)
{
	db_run(db,
	       "UPDATE s3_bucket SET versioning = ?, object_lock = ?, ownership = ?, "
	       "public_access = ?, documents = ?, acl = ? WHERE id = ?",
	       db_int(b->versioning), db_int(b->object_lock), db_int(b->ownership),
	       db_int(b->public_access), db_int(b->documents), db_text(b->acl), db_int(b->id));
}

/*
 * Documents.
 */

str s3_document_text(struct db *db, struct arena *a, const struct bucket *b,
                     enum s3_document_kind kind)
{
	struct db_rows rows;
	str text;

	if (!s3_bucket_has(b, kind) ||
	    !db_row(db, &rows, "SELECT text FROM s3_document WHERE bucket = ? AND kind = ?",
	            db_int(b->id), db_int(kind)))
		return STR_NULL;
	text = arena_str(a, col_text(&rows, 0));
	db_rows_end(&rows);
	return text;
}

void *s3_document(struct db *db, struct arena *a, const struct bucket *b,
                  enum s3_document_kind kind)
{
	str text = s3_document_text(db, a, b, kind);

	return text.p ? document_read(a, &s3_model, shapes[kind], text) : NULL;
}

void s3_document_set_text(struct db *db, struct bucket *b, enum s3_document_kind kind, str text)
{
	unsigned bit = 1U << kind;

	if (text.p)
		db_run(db,
		       "INSERT OR REPLACE INTO s3_document (bucket, kind, text) VALUES (?, ?, ?)",
		       db_int(b->id), db_int(kind), db_text(text));
	else
		db_run(db, "DELETE FROM s3_document WHERE bucket = ? AND kind = ?", db_int(b->id),
		       db_int(kind));
	if (kind == S3_POLICY && b->parsed)
		*b->parsed = NULL;
	b->documents = text.p ? b->documents | bit : b->documents & ~bit;
	db_run(db, "UPDATE s3_bucket SET documents = ? WHERE id = ?", db_int(b->documents),
	       db_int(b->id));
}

void s3_document_set(struct db *db, struct arena *a, struct bucket *b, enum s3_document_kind kind,
                     const void *value)
{
	s3_document_set_text(db, b, kind,
	                     value ? document_write(a, &s3_model, shapes[kind], value) : STR_NULL);
}
