#include "services/s3/range.h"

#include "base/str.h"

/* Digits only. One that no object can have is as good as the largest that fits. */
static bool read_offset(str digits, int64_t *ret)
{
	uint64_t value;

	if (digits.n == 0)
		return false;
	for (size_t i = 0; i < digits.n; i++)
		if (!ascii_is_digit(digits.p[i]))
			return false;
	if (!str_to_u64(digits, &value) || value > INT64_MAX - 1)
		value = INT64_MAX - 1;
	*ret = (int64_t)value;
	return true;
}

enum s3_range_outcome s3_range_read(str header, int64_t size, struct s3_range *ret)
{
	str rest = str_trim(header);
	str from, to;
	int64_t first, last;

	if (!str_starts_nocase(rest, STR("bytes=")))
		return S3_RANGE_WHOLE;
	rest = str_trim(str_after(rest, STR("bytes=").n));
	from = str_cut(&rest, '-');
	to = rest;
	if (!to.p || (from.n == 0 && to.n == 0))
		return S3_RANGE_WHOLE;

	if (from.n == 0) {
		if (!read_offset(to, &last))
			return S3_RANGE_WHOLE;
		if (last == 0)
			return S3_RANGE_UNSATISFIABLE;
		/* The end of nothing: S3 answers 200 (observed, arrow-rs-object-store 846). */
		if (size == 0)
			return S3_RANGE_WHOLE;
		*ret = (struct s3_range){ size - MIN(last, size), size - 1 };
		return S3_RANGE_PARTIAL;
	}
	if (!read_offset(from, &first))
		return S3_RANGE_WHOLE;
	last = INT64_MAX - 1;
	if (to.n > 0 && (!read_offset(to, &last) || last < first))
		return S3_RANGE_WHOLE;
	if (first >= size)
		return S3_RANGE_UNSATISFIABLE;
	*ret = (struct s3_range){ first, MIN(last, size - 1) };
	return S3_RANGE_PARTIAL;
}

struct s3_problem s3_range_problem(void)
{
	return (struct s3_problem){
		.code = STR("InvalidRange"),
		.message = STR("The requested range is not satisfiable"),
	};
}

bool s3_range_of_part(const int64_t *sizes, size_t count, int64_t number, struct s3_range *ret)
{
	int64_t first = 0;

	if (number < 1 || (uint64_t)number > count)
		return false;
	for (int64_t i = 0; i < number - 1; i++)
		first += sizes[i];
	*ret = (struct s3_range){ first, first + sizes[number - 1] - 1 };
	return true;
}

struct s3_problem s3_part_problem(void)
{
	return (struct s3_problem){
		.code = STR("InvalidPartNumber"),
		.message = STR("The requested partnumber is not satisfiable"),
	};
}

struct s3_problem s3_range_and_part_problem(void)
{
	return (struct s3_problem){
		.code = STR("InvalidRequest"),
		.message = STR("Cannot specify both Range header and partNumber query parameter"),
	};
}

str s3_content_range(struct arena *a, struct s3_range r, int64_t size)
{
	if (s3_range_length(r) <= 0)
		return STR_NULL;
	return arena_printf(a, "bytes %lld-%lld/%lld", (long long)r.first, (long long)r.last,
	                    (long long)size);
}

static struct s3_problem copy_range_problem(str header, str message)
{
	return (struct s3_problem){
		.code = STR("InvalidArgument"),
		.message = message,
		.argument_name = STR("x-amz-copy-source-range"),
		.argument_value = header,
	};
}

struct s3_problem s3_copy_range_read(struct arena *a, str header, int64_t size,
                                     struct s3_range *ret)
{
	str rest = header;
	struct s3_range r;
	bool well_formed = str_take(&rest, STR("bytes="));
	str from = str_cut(&rest, '-');

	if (!well_formed || !read_offset(from, &r.first) || !read_offset(rest, &r.last) ||
	    r.first > r.last)
		return copy_range_problem(
			header, STR("The x-amz-copy-source-range value must be of the form "
		                    "bytes=first-last where first and last are the zero-based "
		                    "offsets of the first and last bytes to copy"));
	if (r.first >= size)
		return (struct s3_problem){
			.code = STR("InvalidRequest"),
			.message = STR("The specified copy range is invalid for the source object "
			               "size"),
		};
	if (r.last >= size)
		return copy_range_problem(
			header,
			arena_printf(a,
		                     "Range specified is not valid for source object of size: %lld",
		                     (long long)size));
	*ret = r;
	return (struct s3_problem){ 0 };
}
