#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/object.h"
#include "services/s3/s3.h"

#define LOCK_WANT(in, verb_action)                                                        \
	{                                                                                 \
		.bucket = (in)->bucket, .key = (in)->key, .version_id = (in)->version_id, \
		.expected_owner = (in)->expected_bucket_owner, .action = verb_action,     \
		.version_action = verb_action, .wants_lock = true,                        \
	}

static err malformed(struct call *c)
{
	return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
}

static err never_set(struct call *c)
{
	return s3_fail(c, S3_NO_SUCH_OBJECT_LOCK, NULL, STR_NULL);
}

/*
 * Legal hold.
 */

err s3_put_object_legal_hold(struct call *c, const struct s3_put_object_legal_hold_in *in,
                             struct s3_put_object_legal_hold_out *out)
{
	struct s3_beside_want want = LOCK_WANT(in, "s3:PutObjectLegalHold");
	str status = in->legal_hold ? in->legal_hold->status : STR_NULL;
	struct s3_lock_sent sent = { .legal_hold = status };
	struct s3_beside found;
	err e = s3_require_checksum(c);

	(void)out;
	want.lock = &sent;
	if (!e)
		e = s3_beside_find(c, &want, &found);
	if (e)
		return e;
	found.object.legal_hold = str_eq(status, STR("ON"));
	found.object.hold_is_off = str_eq(status, STR("OFF"));
	if (!found.object.legal_hold && !found.object.hold_is_off)
		return malformed(c);
	s3_object_save(c->db, &found.object);
	return NULL;
}

err s3_get_object_legal_hold(struct call *c, const struct s3_get_object_legal_hold_in *in,
                             struct s3_get_object_legal_hold_out *out)
{
	struct s3_beside_want want = LOCK_WANT(in, "s3:GetObjectLegalHold");
	struct s3_beside found;
	err e = s3_beside_find(c, &want, &found);

	if (e)
		return e;
	if (!found.object.legal_hold && !found.object.hold_is_off)
		return never_set(c);
	out->legal_hold = arena_new(c->arena, struct s3_object_lock_legal_hold);
	out->legal_hold->status = found.object.legal_hold ? STR("ON") : STR("OFF");
	return NULL;
}

/*
 * Retention.
 */

/* Neither mode nor date: the retention goes. */
static err read_retention(struct call *c, const struct s3_object_lock_retention *r,
                          struct object *ret)
{
	if (!r || (r->mode.p != NULL) != r->retain_until_date.set)
		return malformed(c);
	ret->retention = S3_NOT_RETAINED;
	ret->retain_until = 0;
	if (!r->mode.p)
		return NULL;
	if (!str_eq(r->mode, STR("GOVERNANCE")) && !str_eq(r->mode, STR("COMPLIANCE")))
		return malformed(c);
	ret->retention = str_eq(r->mode, STR("COMPLIANCE")) ? S3_COMPLIANCE : S3_GOVERNANCE;
	ret->retain_until = r->retain_until_date.value;
	if (ret->retain_until > c->now)
		return NULL;
	return s3_invalid_argument_error(c, "RetainUntilDate",
	                                 timestamp_to_iso8601(c->arena, ret->retain_until),
	                                 "The retain until date must be in the future!");
}

/* Whether the new retention takes anything back that the old one promises. */
static bool loosens(const struct object *old, const struct object *new)
{
	return new->retention != old->retention || new->retain_until < old->retain_until;
}

static err check_change(struct call *c, const struct object *old, const struct object *new,
                        bool bypass)
{
	struct object retained = *old;

	retained.legal_hold = false; /* it is another matter */
	if (!loosens(old, new) || !s3_object_is_locked(&retained, c->now, bypass))
		return NULL;
	return s3_fail_saying(c, S3_ACCESS_DENIED,
	                      "Access Denied because object protected by object lock.");
}

err s3_put_object_retention(struct call *c, const struct s3_put_object_retention_in *in,
                            struct s3_put_object_retention_out *out)
{
	struct s3_beside_want want = LOCK_WANT(in, "s3:PutObjectRetention");
	struct s3_lock_sent sent = { 0 };
	struct s3_beside found;
	struct object changed;
	bool bypass = false;
	err e = s3_require_checksum(c);

	(void)out;
	if (in->retention)
		sent = (struct s3_lock_sent){ .mode = in->retention->mode,
			                      .retain_until = in->retention->retain_until_date };
	want.lock = &sent;
	if (!e)
		e = s3_beside_find(c, &want, &found);
	if (e)
		return e;
	changed = found.object;
	e = read_retention(c, in->retention, &changed);
	if (!e)
		e = s3_bypass(c, &found.bucket, in->key, in->bypass_governance_retention, &bypass);
	if (!e)
		e = check_change(c, &found.object, &changed, bypass);
	if (!e)
		s3_object_save(c->db, &changed);
	return e;
}

err s3_get_object_retention(struct call *c, const struct s3_get_object_retention_in *in,
                            struct s3_get_object_retention_out *out)
{
	struct s3_beside_want want = LOCK_WANT(in, "s3:GetObjectRetention");
	struct s3_beside found;
	err e = s3_beside_find(c, &want, &found);

	if (e)
		return e;
	if (found.object.retention == S3_NOT_RETAINED)
		return never_set(c);
	out->retention = arena_new(c->arena, struct s3_object_lock_retention);
	out->retention->mode =
		found.object.retention == S3_COMPLIANCE ? STR("COMPLIANCE") : STR("GOVERNANCE");
	out->retention->retain_until_date = opt_time(found.object.retain_until);
	return NULL;
}
