/* The lock that a new object gets: from the headers of the request, or the bucket's default. */
#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/object.h"

#define DAY   (24 * 60 * 60 * INT64_C(1000))
#define MODE  "x-amz-object-lock-mode"
#define UNTIL "x-amz-object-lock-retain-until-date"
#define HOLD  "x-amz-object-lock-legal-hold"
#define BOTH  UNTIL " and " MODE " must both be supplied"
#define YEAR  365 /* days: S3 does not look into the calendar */

static err read_retention(struct call *c, str mode, struct opt_time until, struct s3_lock *ret)
{
	if (!mode.p)
		return s3_invalid_argument_error(c, MODE, STR(""), BOTH);
	if (!until.set)
		return s3_invalid_argument_error(c, UNTIL, STR(""), BOTH);
	if (str_eq(mode, STR("GOVERNANCE")))
		ret->retention = S3_GOVERNANCE;
	else if (str_eq(mode, STR("COMPLIANCE")))
		ret->retention = S3_COMPLIANCE;
	else
		return s3_invalid_argument_error(c, MODE, mode, "Unknown wormMode directive.");
	ret->retain_until = until.value;
	if (until.value > c->now)
		return NULL;
	return s3_invalid_argument_error(c, UNTIL, timestamp_to_iso8601(c->arena, until.value),
	                                 "The retain until date must be in the future!");
}

static err read_hold(struct call *c, str hold, struct s3_lock *ret)
{
	ret->legal_hold = str_eq(hold, STR("ON"));
	ret->hold_is_off = str_eq(hold, STR("OFF"));
	if (!hold.p || ret->legal_hold || ret->hold_is_off)
		return NULL;
	return s3_invalid_argument_error(c, HOLD, hold,
	                                 "Legal Hold must be either of 'ON' or 'OFF'");
}

static void read_default(struct call *c, const struct bucket *b, struct s3_lock *ret)
{
	const struct s3_object_lock_configuration *configuration;
	const struct s3_default_retention *d;

	if (!s3_bucket_has(b, S3_OBJECT_LOCK))
		return;
	configuration = s3_document(c->db, c->arena, b, S3_OBJECT_LOCK);
	if (!configuration || !configuration->rule || !configuration->rule->default_retention)
		return;
	d = configuration->rule->default_retention;
	ret->retention = str_eq(d->mode, STR("COMPLIANCE")) ? S3_COMPLIANCE : S3_GOVERNANCE;
	ret->retain_until =
		c->now + DAY * (opt_int_or(d->days, 0) + YEAR * opt_int_or(d->years, 0));
}

err s3_lock_of_new(struct call *c, const struct bucket *b, str mode, struct opt_time until,
                   str legal_hold, struct s3_lock *ret)
{
	bool has_retention = mode.p || until.set;
	err e;

	*ret = (struct s3_lock){ .retention = S3_NOT_RETAINED };
	if ((has_retention || legal_hold.p) && !b->object_lock)
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Bucket is missing ObjectLockConfiguration");
	e = read_hold(c, legal_hold, ret);
	if (e || has_retention)
		return e ? e : read_retention(c, mode, until, ret);
	read_default(c, b, ret);
	return NULL;
}
