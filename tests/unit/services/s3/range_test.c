#include "check.h"

#include "services/s3/range.h"

TEST(s3_range_is_read_as_s3_reads_it)
{
	static const struct {
		const char *header;
		int64_t size;
		enum s3_range_outcome outcome;
		int64_t first, last;
	} rows[] = {
		{ "bytes=0-9", 100, S3_RANGE_PARTIAL, 0, 9 },
		{ "bytes=0-0", 100, S3_RANGE_PARTIAL, 0, 0 },
		{ "bytes=0-", 100, S3_RANGE_PARTIAL, 0, 99 },
		{ "bytes=99-", 100, S3_RANGE_PARTIAL, 99, 99 },
		{ "bytes=10-1000", 100, S3_RANGE_PARTIAL, 10, 99 },
		{ "bytes=10-99999999999999999999999", 100, S3_RANGE_PARTIAL, 10, 99 },
		{ "bytes=-1", 100, S3_RANGE_PARTIAL, 99, 99 },
		{ "bytes=-100", 100, S3_RANGE_PARTIAL, 0, 99 },
		{ "bytes=-1000", 100, S3_RANGE_PARTIAL, 0, 99 },
		{ "bytes=-99999999999999999999999", 100, S3_RANGE_PARTIAL, 0, 99 },
		{ "Bytes=1-2", 100, S3_RANGE_PARTIAL, 1, 2 },
		{ " bytes= 1-2 ", 100, S3_RANGE_PARTIAL, 1, 2 },
		{ "bytes=100-", 100, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=100-200", 100, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=99999999999999999999999-", 100, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-0", 100, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=0-", 0, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-0", 0, S3_RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-5", 0, S3_RANGE_WHOLE, 0, 0 },
		{ NULL, 100, S3_RANGE_WHOLE, 0, 0 },
		{ "", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=-", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=5", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=9-1", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=900-100", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=0-9,20-29", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=0-9, -5", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=a-b", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=0x1-2", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=+1-2", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=1--2", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "bytes=1-2-3", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "lines=1-2", 100, S3_RANGE_WHOLE, 0, 0 },
		{ "1-2", 100, S3_RANGE_WHOLE, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_range r = { 0, 0 };
		enum s3_range_outcome got =
			s3_range_read(str_from(rows[i].header), rows[i].size, &r);

		if (got != rows[i].outcome || r.first != rows[i].first || r.last != rows[i].last)
			fail_msg("%s: %d %lld-%lld", rows[i].header, got, (long long)r.first,
			         (long long)r.last);
	}
}

TEST(s3_parts_lie_one_after_another)
{
	static const int64_t sizes[] = { 10, 5, 0, 1 };
	static const struct {
		int64_t number, first, last;
		bool found;
	} rows[] = {
		{ 1, 0, 9, true },   { 2, 10, 14, true },        { 3, 15, 14, true },
		{ 4, 15, 15, true }, { 5, 0, 0, false },         { 0, 0, 0, false },
		{ -1, 0, 0, false }, { INT64_MAX, 0, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_range r = { 0, 0 };

		expect_int(s3_range_of_part(sizes, ARRAY_LEN(sizes), rows[i].number, &r),
		           rows[i].found);
		expect_int(r.first, rows[i].first);
		expect_int(r.last, rows[i].last);
	}
	expect(!s3_range_of_part(NULL, 0, 1, &(struct s3_range){ 0 }));
}

TEST(s3_content_range_names_both_ends_and_the_size)
{
	struct arena a = { 0 };

	expect_str(s3_content_range(&a, (struct s3_range){ 0, 9 }, 100), "bytes 0-9/100");
	expect_str(s3_content_range(&a, (struct s3_range){ 0, 5497558138879 }, 5497558138880),
	           "bytes 0-5497558138879/5497558138880");
	expect(!s3_content_range(&a, (struct s3_range){ 0, -1 }, 0).p);
	arena_release(&a);
}

TEST(s3_copy_range_has_both_ends_within_the_source)
{
	static const char form[] =
		"The x-amz-copy-source-range value must be of the form bytes=first-last where "
		"first and last are the zero-based offsets of the first and last bytes to copy";
	static const char outside[] = "Range specified is not valid for source object of size: 100";
	static const char behind[] =
		"The specified copy range is invalid for the source object size";
	static const struct {
		const char *header, *message;
	} rows[] = {
		{ "bytes=0-99", NULL },
		{ "bytes=5-5", NULL },
		{ "bytes=0-100", outside },
		{ "bytes=100-100", behind },
		{ "bytes=100-200", behind },
		{ "bytes=0-99999999999999999999", outside },
		{ "bytes=0-", form },
		{ "bytes=-5", form },
		{ "bytes=9-1", form },
		{ "bytes=0-1,3-4", form },
		{ "bytes=", form },
		{ "bytes=1", form },
		{ "bytes =0-1", form },
		{ "Bytes=0-1", form },
		{ "0-1", form },
		{ "", form },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_range r = { -1, -1 };
		struct s3_problem p = s3_copy_range_read(&a, str_from(rows[i].header), 100, &r);

		expect_str(p.code, rows[i].message == behind ? "InvalidRequest"
		                   : rows[i].message         ? "InvalidArgument"
		                                             : NULL);
		expect_str(p.message, rows[i].message);
		expect_int(r.first == -1, rows[i].message != NULL);
		if (p.code.p && rows[i].message != behind)
			expect_str(p.argument_value, rows[i].header);
	}
	arena_release(&a);
}

TEST(s3_range_refusals_have_their_codes)
{
	expect_str(s3_range_problem().code, "InvalidRange");
	expect_str(s3_part_problem().code, "InvalidPartNumber");
	expect_str(s3_range_and_part_problem().code, "InvalidRequest");
}

TESTS({
	RUN(s3_range_is_read_as_s3_reads_it),
	RUN(s3_parts_lie_one_after_another),
	RUN(s3_content_range_names_both_ends_and_the_size),
	RUN(s3_copy_range_has_both_ends_within_the_source),
	RUN(s3_range_refusals_have_their_codes),
})
