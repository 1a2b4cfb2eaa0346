/*
 * Lifecycle rules: whether a configuration is one, and what it does to an object, and when.
 *
 * Days are counted from the object's time and rounded up to the next midnight, UTC, as S3 does.
 * When several rules apply, the earliest wins. Nothing here reads the clock.
 *
 * Transitions are refused by name: objects have one storage class here.
 */
#ifndef SERVICES_S3_LIFECYCLE_H
#define SERVICES_S3_LIFECYCLE_H

#include "api/refusal.h"
#include "models/s3.h"

enum { LIFECYCLE_MAX_RULES = 1000, LIFECYCLE_MAX_ID = 255 };

const struct refusal *lifecycle_check(
	struct arena *a, const struct s3_bucket_lifecycle_configuration *configuration) MUST_CHECK;

/* Gives a random id to each rule that has none. */
void lifecycle_name_rules(struct arena *a, struct s3_bucket_lifecycle_configuration *configuration);

struct lifecycle_object {
	str key;
	int64_t size;
	struct s3_tag_set tags;
	int64_t last_modified;
	bool is_latest, is_delete_marker;
	bool is_only_version;     /* of its key */
	int64_t noncurrent_since; /* of one that is not latest: when its successor came */
	int64_t newer_noncurrent; /* versions of its key, not counting the latest */
};

enum lifecycle_action {
	LIFECYCLE_EXPIRE,         /* the latest: deleted, or a delete marker put on it */
	LIFECYCLE_REMOVE_VERSION, /* one that is not latest: deleted for good */
	LIFECYCLE_REMOVE_MARKER,  /* a delete marker with nothing behind it */
	LIFECYCLE_ABORT_UPLOAD,
};

struct lifecycle_plan {
	enum lifecycle_action action;
	int64_t when; /* due at this time and after */
	str rule_id;
};

/* What will happen first; false: nothing ever. The configuration has passed lifecycle_check. */
bool lifecycle_plan(const struct s3_bucket_lifecycle_configuration *configuration,
                    const struct lifecycle_object *object, struct lifecycle_plan *ret);
bool lifecycle_plan_upload(const struct s3_bucket_lifecycle_configuration *configuration, str key,
                           int64_t initiated, struct lifecycle_plan *ret);

/* The x-amz-expiration header of the latest version; absent when none is due. */
str lifecycle_expiration_header(struct arena *a,
                                const struct s3_bucket_lifecycle_configuration *configuration,
                                const struct lifecycle_object *object);

#endif
