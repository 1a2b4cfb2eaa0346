#include "services/s3/multipart.h"

#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/lifecycle.h"
#include "services/s3/metadata.h"
#include "services/s3/s3.h"

/*
 * Who may.
 */

static err find_bucket(struct call *c, const struct s3_upload_name *name, struct bucket *ret)
{
	return s3_bucket_find(c, name->bucket, name->expected_owner, ret);
}

static err may_write(struct call *c, const struct bucket *b, str key)
{
	struct s3_want want = { .action = "s3:PutObject", .key = key, .permission = ACL_WRITE };

	return s3_allow(c, b, &want);
}

err s3_upload_to_write(struct call *c, const struct s3_upload_name *name, struct s3_upload_at *ret)
{
	err e = find_bucket(c, name, &ret->bucket);

	if (!e)
		e = may_write(c, &ret->bucket, name->key);
	return e ? e : s3_upload_find(c, &ret->bucket, name->key, name->upload_id, &ret->upload);
}

/* Who began it in another's bucket needs no permission but the one to write. In the own account, what
 * is not allowed is denied by name. */
static bool is_initiator(struct call *c, const struct s3_upload_at *at)
{
	return !c->identity.anonymous && str_eq(c->identity.account, at->upload.account) &&
	       !str_eq(c->identity.account, at->bucket.account) &&
	       !may_write(c, &at->bucket, at->upload.key);
}

err s3_upload_to_manage(struct call *c, const struct s3_upload_name *name, const char *action,
                        struct s3_upload_at *ret)
{
	struct s3_want want = { .action = action, .key = name->key };
	err denied, found, e = find_bucket(c, name, &ret->bucket);

	if (e)
		return e;
	denied = s3_allow(c, &ret->bucket, &want);
	found = s3_upload_find_open(c, &ret->bucket, name->key, name->upload_id, &ret->upload);
	if (denied)
		return !found && is_initiator(c, ret) ? NULL : denied;
	return found;
}

err s3_upload_for_part(struct call *c, const struct s3_upload_name *name, struct opt_int number,
                       const struct cipher_customer_headers *customer, struct s3_upload_at *ret,
                       struct encryption *ret_encryption)
{
	err e;

	if (number.value < 1 || number.value > S3_PARTS_MAX)
		return s3_invalid_argument_error(
			c, "partNumber", arena_printf(c->arena, "%lld", (long long)number.value),
			"Part number must be an integer between 1 and 10000, inclusive");
	e = s3_upload_to_write(c, name, ret);
	if (!e && ret->upload.state != S3_UPLOAD_OPEN)
		e = s3_no_such_upload_error(c, name->upload_id);
	return e ? e
	         : s3_encryption_of_upload(c, ret->upload.encryption, ret->upload.key_mark,
	                                   customer, ret_encryption);
}

/*
 * What is shown.
 */

str s3_checksum_spelled(struct arena *a, enum checksum_algorithm algorithm)
{
	str name = checksum_name(algorithm);
	char *p = arena_alloc(a, name.n);

	if (algorithm == CHECKSUM_NONE)
		return STR("null");
	for (size_t i = 0; i < name.n; i++)
		p[i] = ascii_lower(name.p[i]);
	return (str){ p, name.n };
}

err s3_checksum_mismatch_error(struct call *c, enum checksum_algorithm want,
                               enum checksum_algorithm got)
{
	return s3_fail_saying(c, S3_INVALID_REQUEST,
	                      "Checksum Type mismatch occurred, expected checksum Type: %.*s, "
	                      "actual checksum Type: %.*s",
	                      STR_ARG(s3_checksum_spelled(c->arena, want)),
	                      STR_ARG(s3_checksum_spelled(c->arena, got)));
}

str s3_upload_algorithm_shown(const struct s3_upload *u)
{
	return u->algorithm ? checksum_name(u->algorithm) : STR_NULL;
}

str s3_upload_checksum_type_shown(const struct s3_upload *u)
{
	if (!u->algorithm)
		return STR_NULL;
	return u->composite ? STR("COMPOSITE") : STR("FULL_OBJECT");
}

void s3_abort_shown(struct call *c, const struct bucket *b, const struct s3_upload *u,
                    struct opt_time *ret_date, str *ret_rule)
{
	const struct s3_bucket_lifecycle_configuration *rules;
	struct lifecycle_plan plan;

	if (!s3_bucket_has(b, S3_LIFECYCLE))
		return;
	rules = s3_document(c->db, c->arena, b, S3_LIFECYCLE);
	if (!rules || !lifecycle_plan_upload(rules, u->key, u->initiated, &plan))
		return;
	*ret_date = opt_time(plan.when);
	*ret_rule = plan.rule_id;
}

/*
 * Aborting.
 */

void s3_upload_drop(struct db *db, int64_t upload)
{
	db_run(db, "UPDATE s3_upload SET state = ? WHERE id = ?", db_int(S3_UPLOAD_DROPPED),
	       db_int(upload));
}

err s3_abort_multipart_upload(struct call *c, const struct s3_abort_multipart_upload_in *in,
                              struct s3_abort_multipart_upload_out *out UNUSED)
{
	struct s3_upload_name name = { in->bucket, in->key, in->upload_id,
		                       in->expected_bucket_owner };
	struct s3_upload_at at;
	err e;

	if (in->if_match_initiated_time.set)
		return s3_fail(c, S3_NOT_IMPLEMENTED, "Header",
		               STR("x-amz-if-match-initiated-time"));
	e = s3_upload_to_manage(c, &name, "s3:AbortMultipartUpload", &at);
	if (!e)
		s3_upload_drop(c->db, at.upload.id);
	return e;
}
