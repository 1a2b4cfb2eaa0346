#include "check.h"

#include "base/timestamp.h"
#include "services/s3/lifecycle.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

#define DAY (24 * 3600 * INT64_C(1000))

static int64_t at(const char *iso)
{
	int64_t t = 0;

	expect(timestamp_from_iso8601(str_from(iso), &t));
	return t;
}

#define ALL .status = STR("Enabled"), .prefix = STR("")
#define EXPIRES                                         \
	.expiration = &(struct s3_lifecycle_expiration) \
	{                                               \
		.days = { 1, true }                     \
	}

static const struct refusal *check_one(struct s3_lifecycle_rule rule)
{
	struct s3_bucket_lifecycle_configuration c = { { &rule, 1 } };

	return lifecycle_check(&arena, &c);
}

static void expect_refused(struct s3_lifecycle_rule rule, const char *code, const char *start)
{
	const struct refusal *r = check_one(rule);

	assert_non_null(r);
	expect_str(str_from(r->code), code);
	if (!str_starts(r->message, str_from(start)))
		fail_msg("%.*s", STR_ARG(r->message));
}

#define RULE(...) ((struct s3_lifecycle_rule){ __VA_ARGS__ })
#define FILTER(...)                                  \
	.filter = &(struct s3_lifecycle_rule_filter) \
	{                                            \
		__VA_ARGS__                          \
	}
#define AND(...)                                        \
	.and = &(struct s3_lifecycle_rule_and_operator) \
	{                                               \
		__VA_ARGS__                             \
	}
#define EXPIRATION(...)                                 \
	.expiration = &(struct s3_lifecycle_expiration) \
	{                                               \
		__VA_ARGS__                             \
	}
#define NONCURRENT(...)                                                             \
	.noncurrent_version_expiration = &(struct s3_noncurrent_version_expiration) \
	{                                                                           \
		__VA_ARGS__                                                         \
	}
#define ABORT(n)                                                                            \
	.abort_incomplete_multipart_upload = &(struct s3_abort_incomplete_multipart_upload) \
	{                                                                                   \
		{                                                                           \
			n, true                                                             \
		}                                                                           \
	}
#define ENABLED .status = STR("Enabled")

static struct s3_tag tag = { STR_INIT("k"), STR_INIT("v") };
static struct s3_tag twice[] = { { STR_INIT("k"), STR_INIT("v") },
	                         { STR_INIT("k"), STR_INIT("w") } };

TEST(lifecycle_check_takes_what_s3_takes)
{
	assert_null(check_one(RULE(ALL, EXPIRES)));
	assert_null(check_one(RULE(ENABLED, FILTER(.and = NULL), EXPIRES)));
	assert_null(check_one(RULE(ENABLED, FILTER(.tag = &tag), EXPIRES)));
	assert_null(check_one(
		RULE(ENABLED, FILTER(AND(.prefix = STR("a"), .tags = { &tag, 1 })), EXPIRES)));
	assert_null(check_one(RULE(ALL, EXPIRATION(.date = { at("2030-01-01T00:00:00Z"), true }))));
	assert_null(check_one(RULE(ALL, NONCURRENT({ 1, true }, { 100, true }), ABORT(7))));
}

TEST(lifecycle_check_refuses_filters_that_are_none)
{
	expect_refused(RULE(ENABLED, EXPIRES), "MalformedXML", "");
	expect_refused(RULE(ALL, FILTER(.and = NULL), EXPIRES), "MalformedXML", "");
	expect_refused(RULE(ENABLED, FILTER(.prefix = STR("a"), .tag = &tag), EXPIRES),
	               "MalformedXML", "");
	expect_refused(RULE(ENABLED, FILTER(AND(.prefix = STR("a"))), EXPIRES), "MalformedXML", "");
	expect_refused(RULE(ENABLED, FILTER(AND(.tags = { twice, 2 })), EXPIRES), "InvalidRequest",
	               "Duplicate Tag Keys");
	expect_refused(RULE(ENABLED, FILTER(.object_size_greater_than = { -1, true }), EXPIRES),
	               "InvalidRequest", "'ObjectSizeGreaterThan' should");
	expect_refused(RULE(ENABLED, FILTER(.object_size_less_than = { 0, true }), EXPIRES),
	               "InvalidRequest", "'ObjectSizeLessThan' should");
	expect_refused(RULE(ENABLED,
	                    FILTER(AND(.object_size_greater_than = { 5, true },
	                               .object_size_less_than = { 5, true })),
	                    EXPIRES),
	               "InvalidRequest", "'ObjectSizeLessThan' has to be");
}

TEST(lifecycle_check_refuses_actions_that_are_none)
{
	struct s3_transition transition = { .days = { 30, true } };

	expect_refused(RULE(.prefix = STR(""), EXPIRES), "MalformedXML", "");
	expect_refused(RULE(ALL), "InvalidRequest", "At least one action");
	expect_refused(RULE(ALL, EXPIRATION({ 0 })), "MalformedXML", "");
	expect_refused(RULE(ALL, EXPIRATION(.days = { 1, true }, .date = { 0, true })),
	               "MalformedXML", "");
	expect_refused(RULE(ALL, EXPIRATION(.days = { 0, true })), "InvalidArgument",
	               "'Days' for Expiration action must be a positive integer");
	expect_refused(RULE(ALL, EXPIRATION(.date = { at("2030-01-01T00:00:01Z"), true })),
	               "InvalidArgument", "'Date' must be at midnight GMT");
	expect_refused(RULE(ALL, NONCURRENT(.newer_noncurrent_versions = { 1, true })),
	               "MalformedXML", "");
	expect_refused(RULE(ALL, NONCURRENT({ 0, true })), "InvalidArgument", "'NoncurrentDays'");
	expect_refused(RULE(ALL, NONCURRENT({ 1, true }, { 101, true })), "InvalidArgument",
	               "'NewerNoncurrentVersions'");
	expect_refused(RULE(ALL, ABORT(0)), "InvalidArgument", "'DaysAfterInitiation'");
	expect_refused(RULE(ENABLED, FILTER(.tag = &tag), ABORT(1)), "InvalidRequest",
	               "AbortIncompleteMultipartUpload cannot");
	expect_refused(RULE(ENABLED, FILTER(.object_size_less_than = { 9, true }), ABORT(1)),
	               "InvalidRequest", "AbortIncompleteMultipartUpload cannot");
	expect_refused(RULE(ENABLED, FILTER(.tag = &tag),
	                    EXPIRATION(.expired_object_delete_marker = { true, true })),
	               "InvalidRequest", "ExpiredObjectDeleteMarker cannot");
	expect_refused(RULE(ALL, EXPIRES, .transitions = { &transition, 1 }), "NotImplemented",
	               "Transition");
}

TEST(lifecycle_check_counts_rules_and_ids)
{
	static struct s3_lifecycle_rule rules[LIFECYCLE_MAX_RULES + 1];
	struct s3_lifecycle_expiration e = { .days = { 1, true } };
	struct s3_bucket_lifecycle_configuration c = { { rules, LIFECYCLE_MAX_RULES } };
	char id[LIFECYCLE_MAX_ID + 1];

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		rules[i] = RULE(ALL, .expiration = &e);
	assert_null(lifecycle_check(&arena, &c));
	c.rules.n++;
	expect_str(str_from(lifecycle_check(&arena, &c)->code), "MalformedXML");
	c.rules.n = 0;
	expect_str(str_from(lifecycle_check(&arena, &c)->code), "MalformedXML");
	expect_str(str_from(lifecycle_check(&arena, NULL)->code), "MalformedXML");

	memset(id, 'i', sizeof(id));
	c.rules.n = 2;
	rules[0].id = rules[1].id = (str){ id, LIFECYCLE_MAX_ID };
	expect_str(lifecycle_check(&arena, &c)->message,
	           "Rule ID must be unique. Found same ID for more than one rule");
	rules[1].id = STR_NULL;
	assert_null(lifecycle_check(&arena, &c));
	lifecycle_name_rules(&arena, &c);
	expect_int(rules[0].id.n, LIFECYCLE_MAX_ID);
	expect_int(rules[1].id.n, 36);
	rules[0].id.n++;
	expect_str(lifecycle_check(&arena, &c)->message,
	           "ID length should not exceed allowed limit of 255");
}

static bool plan_one(struct s3_lifecycle_rule rule, struct lifecycle_object o,
                     struct lifecycle_plan *ret)
{
	struct s3_bucket_lifecycle_configuration c = { { &rule, 1 } };

	return lifecycle_plan(&c, &o, ret);
}

#define OBJECT(...) ((struct lifecycle_object){ .key = STR("logs/a"), __VA_ARGS__ })

TEST(lifecycle_plan_rounds_days_up_to_midnight)
{
	static const struct {
		const char *modified;
		int days;
		const char *when;
	} rows[] = {
		{ "2014-01-15T10:30:00Z", 3, "2014-01-19T00:00:00Z" }, /* AWS's example */
		{ "2018-08-14T19:57:04Z", 60, "2018-10-14T00:00:00Z" },
		{ "2024-02-28T23:59:59Z", 1, "2024-03-01T00:00:00Z" },
		{ "2024-02-28T00:00:00Z", 1, "2024-02-29T00:00:00Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lifecycle_plan p;

		expect(plan_one(RULE(ALL, EXPIRATION(.days = { rows[i].days, true })),
		                OBJECT(.last_modified = at(rows[i].modified), .is_latest = true),
		                &p));
		expect_int(p.action, LIFECYCLE_EXPIRE);
		expect_int(p.when, at(rows[i].when));
	}
}

TEST(lifecycle_plan_is_for_what_the_filter_matches)
{
	struct lifecycle_plan p;
	struct lifecycle_object o = OBJECT(.size = 10, .tags = { twice, 1 }, .is_latest = true);

	expect(plan_one(RULE(ENABLED, .prefix = STR("logs/"), EXPIRES), o, &p));
	expect(!plan_one(RULE(ENABLED, .prefix = STR("log/"), EXPIRES), o, &p));
	expect(!plan_one(RULE(.status = STR("Disabled"), .prefix = STR(""), EXPIRES), o, &p));
	expect(plan_one(RULE(ENABLED, FILTER(.tag = &tag), EXPIRES), o, &p));
	expect(!plan_one(RULE(ENABLED, FILTER(.tag = &twice[1]), EXPIRES), o, &p));
	expect(plan_one(RULE(ENABLED, FILTER(.object_size_greater_than = { 9, true }), EXPIRES), o,
	                &p));
	expect(!plan_one(RULE(ENABLED, FILTER(.object_size_greater_than = { 10, true }), EXPIRES),
	                 o, &p));
	expect(!plan_one(RULE(ENABLED, FILTER(.object_size_less_than = { 10, true }), EXPIRES), o,
	                 &p));
	expect(!plan_one(
		RULE(ENABLED,
	             FILTER(AND(.prefix = STR("logs/"), .object_size_less_than = { 5, true })),
	             EXPIRES),
		o, &p));
}

TEST(lifecycle_plan_treats_versions_and_markers_by_their_own_rules)
{
	struct lifecycle_object old = OBJECT(.noncurrent_since = 5, .newer_noncurrent = 2);
	struct lifecycle_object marker = OBJECT(.last_modified = 7, .is_latest = true,
	                                        .is_delete_marker = true, .is_only_version = true);
	struct lifecycle_plan p;

	expect(!plan_one(RULE(ALL, EXPIRES), old, &p));
	expect(plan_one(RULE(ALL, NONCURRENT({ 1, true })), old, &p));
	expect_int(p.action, LIFECYCLE_REMOVE_VERSION);
	expect_int(p.when, 2 * DAY);
	expect(plan_one(RULE(ALL, NONCURRENT({ 1, true }, { 2, true })), old, &p));
	expect(!plan_one(RULE(ALL, NONCURRENT({ 1, true }, { 3, true })), old, &p));

	expect(plan_one(RULE(ALL, EXPIRES), marker, &p));
	expect_int(p.action, LIFECYCLE_REMOVE_MARKER);
	expect_int(p.when, 2 * DAY);
	expect(plan_one(RULE(ALL, EXPIRATION(.expired_object_delete_marker = { true, true })),
	                marker, &p));
	expect_int(p.when, 7);
	expect(!plan_one(RULE(ALL, EXPIRATION(.date = { 0, true })), marker, &p));
	marker.is_only_version = false;
	expect(!plan_one(RULE(ALL, EXPIRES), marker, &p));
}

TEST(lifecycle_plan_takes_the_earliest)
{
	struct s3_lifecycle_rule rules[] = {
		RULE(ALL, .id = STR("late"), EXPIRATION(.days = { 9, true })),
		RULE(ALL, .id = STR("early"), EXPIRATION(.date = { DAY, true })),
	};
	struct s3_bucket_lifecycle_configuration c = { { rules, 2 } };
	struct lifecycle_object o = OBJECT(.last_modified = 1, .is_latest = true);
	struct lifecycle_plan p;

	expect(lifecycle_plan(&c, &o, &p));
	expect_str(p.rule_id, "early");
	expect_int(p.when, DAY);
}

TEST(lifecycle_plan_aborts_uploads)
{
	struct s3_lifecycle_rule rule = RULE(ENABLED, FILTER(.prefix = STR("a/")), ABORT(2));
	struct s3_bucket_lifecycle_configuration c = { { &rule, 1 } };
	struct lifecycle_plan p;

	expect(lifecycle_plan_upload(&c, STR("a/x"), 1, &p));
	expect_int(p.action, LIFECYCLE_ABORT_UPLOAD);
	expect_int(p.when, 3 * DAY);
	expect(!lifecycle_plan_upload(&c, STR("b/x"), 1, &p));
}

TEST(lifecycle_expiration_header_tells_date_and_rule)
{
	struct s3_lifecycle_rule rule =
		RULE(ALL, .id = STR("my rule\r\n\"%"), EXPIRATION(.days = { 60, true }));
	struct s3_bucket_lifecycle_configuration c = { { &rule, 1 } };
	struct lifecycle_object o =
		OBJECT(.last_modified = at("2018-08-14T19:57:04Z"), .is_latest = true);

	expect_str(lifecycle_expiration_header(&arena, &c, &o),
	           "expiry-date=\"Sun, 14 Oct 2018 00:00:00 GMT\", "
	           "rule-id=\"my rule%0D%0A%22%25\"");
	o.is_latest = false;
	assert_null(lifecycle_expiration_header(&arena, &c, &o).p);
}

TESTS_WITH(NULL, release,
           {
		   RUN(lifecycle_check_takes_what_s3_takes),
		   RUN(lifecycle_check_refuses_filters_that_are_none),
		   RUN(lifecycle_check_refuses_actions_that_are_none),
		   RUN(lifecycle_check_counts_rules_and_ids),
		   RUN(lifecycle_plan_rounds_days_up_to_midnight),
		   RUN(lifecycle_plan_is_for_what_the_filter_matches),
		   RUN(lifecycle_plan_treats_versions_and_markers_by_their_own_rules),
		   RUN(lifecycle_plan_takes_the_earliest),
		   RUN(lifecycle_plan_aborts_uploads),
		   RUN(lifecycle_expiration_header_tells_date_and_rule),
	   })
