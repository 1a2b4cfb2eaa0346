/*
 * Which bytes of an object are meant: the Range header, a part's number, and the range of a copy.
 *
 * S3 reads the Range header as RFC 9110 does, except that it never answers with several ranges: who
 * asks for more than one gets the whole object, as does who asks for something that is no range.
 */
#ifndef SERVICES_S3_RANGE_H
#define SERVICES_S3_RANGE_H

#include "base/arena.h"
#include "services/s3/problem.h"

struct s3_range {
	int64_t first, last; /* both included */
};

static inline int64_t s3_range_length(struct s3_range r)
{
	return r.last - r.first + 1;
}

enum s3_range_outcome {
	S3_RANGE_WHOLE,         /* 200: absent, several, or not a range */
	S3_RANGE_PARTIAL,       /* 206 */
	S3_RANGE_UNSATISFIABLE, /* 416 InvalidRange */
};

/* *ret is set for PARTIAL only. */
enum s3_range_outcome s3_range_read(str header, int64_t size, struct s3_range *ret);

/* InvalidRange. Its document also has RangeRequested (the header) and ActualObjectSize. */
struct s3_problem s3_range_problem(void);

/* The bytes of a part, by its number from 1, of an object whose parts have these sizes; an object
 * that was not uploaded in parts has one. False: no such part (416 InvalidPartNumber). An empty
 * part has a length of 0, and `last` before `first`. */
bool s3_range_of_part(const int64_t *sizes, size_t count, int64_t number, struct s3_range *ret);

struct s3_problem s3_part_problem(void);           /* InvalidPartNumber */
struct s3_problem s3_range_and_part_problem(void); /* both asked for: InvalidRequest */

/* `bytes 0-9/100`; of an empty range, absent: HTTP has no way to say it. */
str s3_content_range(struct arena *a, struct s3_range r, int64_t size);

/* The value of x-amz-copy-source-range: `bytes=first-last` within the source and nothing else. On a
 * problem, whose texts are in the arena, *ret is untouched. */
struct s3_problem s3_copy_range_read(struct arena *a, str header, int64_t size,
                                     struct s3_range *ret);

#endif
