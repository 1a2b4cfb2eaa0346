#include "check.h"

#include "services/s3/precondition.h"

#define ETAG   "0cc175b9c0f1b6a831c399e269772661"
#define OTHER  "\"92eb5ffee6ae2fec3ad71c777531578f\""
#define SAME   "\"" ETAG "\""
#define BEFORE "Mon, 23 Nov 2026 21:11:59 GMT"
#define AT     "Mon, 23 Nov 2026 21:12:00 GMT"
#define AFTER  "Mon, 23 Nov 2026 21:12:01 GMT"
#define FUTURE "Tue, 24 Nov 2026 21:12:00 GMT"

static const int64_t modified = 1795468320000 + 450; /* AT and a bit */
static const int64_t now = 1795468320000 + 3600 * 1000;
static const struct s3_state object = { .exists = true,
	                                .etag = STR_INIT(ETAG),
	                                .last_modified = modified };
static const struct s3_state nothing = { 0 };

struct row {
	const char *match, *none_match, *modified_since, *unmodified_since;
	const char *failed; /* the condition, or NULL */
	bool not_modified;
};

/* For both reads and copies: what is the same for them, and where they differ. */
static const struct row rows[] = {
	{ 0 },
	{ .match = SAME },
	{ .match = ETAG },
	{ .match = "*" },
	{ .match = OTHER ", " SAME },
	{ .match = OTHER, .failed = "If-Match" },
	{ .match = "", .failed = "If-Match" },
	{ .none_match = OTHER },
	{ .none_match = SAME, .failed = "If-None-Match", .not_modified = true },
	{ .none_match = ETAG, .failed = "If-None-Match", .not_modified = true },
	{ .none_match = "W/" SAME, .failed = "If-None-Match", .not_modified = true },
	{ .none_match = "*", .failed = "If-None-Match", .not_modified = true },
	{ .modified_since = BEFORE },
	{ .modified_since = AT, .failed = "If-Modified-Since", .not_modified = true },
	{ .modified_since = AFTER, .failed = "If-Modified-Since", .not_modified = true },
	{ .modified_since = FUTURE },
	{ .modified_since = "yesterday" },
	{ .unmodified_since = BEFORE, .failed = "If-Unmodified-Since" },
	{ .unmodified_since = AT },
	{ .unmodified_since = AFTER },
	{ .unmodified_since = "yesterday" },
	/* The entity tag is above the date. */
	{ .match = SAME, .unmodified_since = BEFORE },
	{ .match = OTHER, .unmodified_since = AFTER, .failed = "If-Match" },
	{ .none_match = OTHER, .modified_since = AFTER },
	{ .none_match = SAME,
	  .modified_since = BEFORE,
	  .failed = "If-None-Match",
	  .not_modified = true },
	/* What fails is above what is not modified. */
	{ .match = OTHER, .none_match = SAME, .failed = "If-Match" },
	{ .match = SAME, .none_match = SAME, .failed = "If-None-Match", .not_modified = true },
	{ .match = SAME,
	  .modified_since = AFTER,
	  .failed = "If-Modified-Since",
	  .not_modified = true },
	{ .none_match = SAME, .unmodified_since = BEFORE, .failed = "If-Unmodified-Since" },
};

static struct s3_conditions conditions_of(const struct row *row)
{
	return (struct s3_conditions){
		.if_match = str_from(row->match),
		.if_none_match = str_from(row->none_match),
		.if_modified_since = str_from(row->modified_since),
		.if_unmodified_since = str_from(row->unmodified_since),
	};
}

TEST(s3_read_answers_304_or_412_with_the_precedence_of_rfc_9110)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_conditions c = conditions_of(&rows[i]);
		struct s3_problem p = { 0 };
		enum s3_precondition want = rows[i].not_modified ? S3_PRECONDITION_NOT_MODIFIED
		                            : rows[i].failed     ? S3_PRECONDITION_FAILED
		                                                 : S3_PRECONDITION_HOLDS;
		enum s3_precondition got = s3_check_read(&c, &object, now, &p);

		if (got != want)
			fail_msg("row %zu: %d, want %d", i, got, want);
		if (want == S3_PRECONDITION_FAILED)
			expect_str(p.condition, rows[i].failed);
	}
}

TEST(s3_copy_source_answers_412_to_whatever_does_not_hold)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_conditions c = conditions_of(&rows[i]);
		struct s3_problem p = { 0 };
		enum s3_precondition want =
			rows[i].failed ? S3_PRECONDITION_FAILED : S3_PRECONDITION_HOLDS;

		if (s3_check_copy_source(&c, &object, now, &p) != want)
			fail_msg("row %zu: want %d", i, want);
		if (!rows[i].failed)
			continue;
		expect_str(p.code, "PreconditionFailed");
		expect_str(p.message,
		           "At least one of the pre-conditions you specified did not hold");
		expect(str_take(&p.condition, STR("x-amz-copy-source-")));
		expect_str(p.condition, rows[i].failed);
	}
}

TEST(s3_etag_lists_are_read_in_any_spelling)
{
	static const struct {
		const char *header;
		bool listed;
	} lists[] = {
		{ "a-2", true },
		{ "\"a-2\"", true },
		{ "W/\"a-2\"", true },
		{ " * ", true },
		{ "\"b\",\"a-2\"", true },
		{ "b, a-2", true },
		{ "b , W/\"a-2\" , c", true },
		{ "\"b\" junk, \"a-2\"", true },
		{ "\"b,c\", \"a-2\"", true },
		{ "\"a-2", true },
		{ ",,\"a-2\"", true },
		{ "", false },
		{ "\"\"", false },
		{ "\"*\"", false },
		{ "a-", false },
		{ "a-22", false },
		{ "A-2", false },
		{ "\"b,a-2\"", false },
		{ "\"b\"", false },
		{ ",", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (s3_etag_listed(str_from(lists[i].header), STR("a-2")) != lists[i].listed)
			fail_msg("%s: want %d", lists[i].header, lists[i].listed);
	expect(!s3_etag_listed(STR_NULL, STR("a-2")));
	expect(!s3_etag_listed(STR("\"\""), STR("")));
}

TEST(s3_write_creates_only_or_replaces_only_what_it_has_seen)
{
	static const struct {
		const char *match, *none_match;
		const struct s3_state *object;
		const char *code;
	} writes[] = {
		{ NULL, NULL, &nothing, NULL },
		{ NULL, NULL, &object, NULL },
		{ NULL, "*", &nothing, NULL },
		{ NULL, "*", &object, "PreconditionFailed" },
		{ SAME, NULL, &object, NULL },
		{ ETAG, NULL, &object, NULL },
		{ OTHER, NULL, &object, "PreconditionFailed" },
		{ SAME, NULL, &nothing, "NoSuchKey" },
	};

	for (size_t i = 0; i < ARRAY_LEN(writes); i++) {
		struct s3_conditions c = { .if_match = str_from(writes[i].match),
			                   .if_none_match = str_from(writes[i].none_match) };
		struct s3_problem p = { 0 };

		expect_int(s3_check_write_headers(&c, &p), S3_PRECONDITION_HOLDS);
		expect_int(s3_check_write(&c, writes[i].object, &p) == S3_PRECONDITION_FAILED,
		           writes[i].code != NULL);
		expect_str(p.code, writes[i].code);
	}
}

TEST(s3_write_and_delete_refuse_what_would_be_ignored)
{
	struct s3_conditions since = { .if_modified_since = STR_INIT("any") };
	struct s3_conditions unless = { .if_unmodified_since = STR_INIT("any") };
	struct s3_conditions absent = { .if_none_match = STR_INIT("*") };
	struct s3_problem p = { 0 };

	expect_int(s3_check_write_headers(&since, &p), S3_PRECONDITION_FAILED);
	expect_str(p.header, "If-Modified-Since");
	expect_int(s3_check_write_headers(&unless, &p), S3_PRECONDITION_FAILED);
	expect_str(p.header, "If-Unmodified-Since");
	expect_int(s3_check_delete_headers(&unless, &p), S3_PRECONDITION_FAILED);
	expect_str(p.header, "If-Unmodified-Since");
	expect_int(s3_check_delete_headers(&absent, &p), S3_PRECONDITION_FAILED);
	expect_str(p.header, "If-None-Match");
	expect_str(p.code, "NotImplemented");
}

TEST(s3_write_refuses_conditions_it_does_not_know)
{
	static const struct {
		const char *match, *none_match, *header, *more;
	} refused[] = {
		{ SAME, "*", "If-Match,If-None-Match",
		  "Multiple conditional request headers present in the request" },
		{ NULL, SAME, "If-None-Match",
		  "We don't accept the provided value of If-None-Match header for this API" },
		{ "*", NULL, "If-Match",
		  "We don't accept the provided value of If-Match header for this API" },
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct s3_conditions c = { .if_match = str_from(refused[i].match),
			                   .if_none_match = str_from(refused[i].none_match) };
		struct s3_problem p = { 0 };

		expect_int(s3_check_write_headers(&c, &p), S3_PRECONDITION_FAILED);
		expect_str(p.code, "NotImplemented");
		expect_str(p.header, refused[i].header);
		expect_str(p.additional_message, refused[i].more);
	}
}

TEST(s3_delete_with_a_condition_wants_the_object_there)
{
	static const struct {
		const char *match;
		const struct s3_state *object;
		const char *code;
	} deletes[] = {
		{ NULL, &nothing, NULL },        { NULL, &object, NULL },
		{ SAME, &object, NULL },         { ETAG, &object, NULL },
		{ "*", &object, NULL },          { OTHER, &object, "PreconditionFailed" },
		{ SAME, &nothing, "NoSuchKey" }, { "*", &nothing, "NoSuchKey" },
	};

	for (size_t i = 0; i < ARRAY_LEN(deletes); i++) {
		struct s3_problem p = { 0 };

		expect_int(s3_check_delete(str_from(deletes[i].match), deletes[i].object, &p) ==
		                   S3_PRECONDITION_FAILED,
		           deletes[i].code != NULL);
		expect_str(p.code, deletes[i].code);
	}
}

TESTS({
	RUN(s3_read_answers_304_or_412_with_the_precedence_of_rfc_9110),
	RUN(s3_copy_source_answers_412_to_whatever_does_not_hold),
	RUN(s3_etag_lists_are_read_in_any_spelling),
	RUN(s3_write_creates_only_or_replaces_only_what_it_has_seen),
	RUN(s3_write_and_delete_refuse_what_would_be_ignored),
	RUN(s3_write_refuses_conditions_it_does_not_know),
	RUN(s3_delete_with_a_condition_wants_the_object_there),
})
