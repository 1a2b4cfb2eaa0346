#include "services/s3/precondition.h"

#include "base/str.h"
#include "base/timestamp.h"

/* The next entity tag of a list, without its quotes; one without quotes ends at a comma. */
static str next_etag(str *rest)
{
	str tag, s = str_trim(*rest);
	ptrdiff_t end;

	str_take(&s, STR("W/"));
	if (!str_take(&s, STR("\""))) {
		tag = str_trim(str_cut(&s, ','));
		*rest = s;
		return tag;
	}
	end = str_find(s, '"', 0);
	if (end < 0) {
		*rest = STR_NULL;
		return s;
	}
	tag = str_from_to(s, 0, (size_t)end);
	s = str_after(s, (size_t)end + 1);
	str_cut(&s, ',');
	*rest = s;
	return tag;
}

bool s3_etag_listed(str header, str etag)
{
	str rest = header;

	if (str_eq(str_trim(header), STR("*")))
		return true;
	while (rest.p) {
		str tag = next_etag(&rest);

		if (tag.n > 0 && str_eq(tag, etag))
			return true;
	}
	return false;
}

struct s3_conditions s3_conditions_of(const struct request *r)
{
	struct s3_conditions c = { 0 };

	if (r)
		c = (struct s3_conditions){
			.if_match = request_header(r, STR("if-match")),
			.if_none_match = request_header(r, STR("if-none-match")),
			.if_modified_since = request_header(r, STR("if-modified-since")),
			.if_unmodified_since = request_header(r, STR("if-unmodified-since")),
		};
	return c;
}

static bool read_date(str header, int64_t now, int64_t *ret)
{
	int64_t t;

	if (!header.p || !timestamp_from_http(str_trim(header), &t) || t > now)
		return false;
	*ret = t;
	return true;
}

static int64_t in_seconds(int64_t milliseconds)
{
	return milliseconds - milliseconds % 1000;
}

static bool modified_since(str header, const struct s3_state *object, int64_t now, bool otherwise)
{
	int64_t t;

	return read_date(header, now, &t) ? in_seconds(object->last_modified) > t : otherwise;
}

static enum s3_precondition failed(struct s3_problem *ret, str condition)
{
	*ret = (struct s3_problem){
		.code = STR("PreconditionFailed"),
		.message = STR("At least one of the pre-conditions you specified did not hold"),
		.condition = condition,
	};
	return S3_PRECONDITION_FAILED;
}

static enum s3_precondition not_implemented(struct s3_problem *ret, str header, str more)
{
	*ret = (struct s3_problem){
		.code = STR("NotImplemented"),
		.message =
			STR("A header you provided implies functionality that is not implemented"),
		.header = header,
		.additional_message = more,
	};
	return S3_PRECONDITION_FAILED;
}

static enum s3_precondition no_such_key(struct s3_problem *ret)
{
	*ret = (struct s3_problem){
		.code = STR("NoSuchKey"),
		.message = STR("The specified key does not exist."),
	};
	return S3_PRECONDITION_FAILED;
}

enum s3_precondition s3_check_read(const struct s3_conditions *c, const struct s3_state *object,
                                   int64_t now, struct s3_problem *ret)
{
	if (c->if_match.p) {
		if (!s3_etag_listed(c->if_match, object->etag))
			return failed(ret, STR("If-Match"));
	} else if (modified_since(c->if_unmodified_since, object, now, /* otherwise= */ false)) {
		return failed(ret, STR("If-Unmodified-Since"));
	}

	if (c->if_none_match.p) {
		if (s3_etag_listed(c->if_none_match, object->etag))
			return S3_PRECONDITION_NOT_MODIFIED;
	} else if (!modified_since(c->if_modified_since, object, now, /* otherwise= */ true)) {
		return S3_PRECONDITION_NOT_MODIFIED;
	}
	return S3_PRECONDITION_HOLDS;
}

/* S3 spells the names in its error documents like this. */
enum s3_precondition s3_check_copy_source(const struct s3_conditions *c,
                                          const struct s3_state *source, int64_t now,
                                          struct s3_problem *ret)
{
	if (c->if_match.p) {
		if (!s3_etag_listed(c->if_match, source->etag))
			return failed(ret, STR("x-amz-copy-source-If-Match"));
	} else if (modified_since(c->if_unmodified_since, source, now, /* otherwise= */ false)) {
		return failed(ret, STR("x-amz-copy-source-If-Unmodified-Since"));
	}

	if (c->if_none_match.p) {
		if (s3_etag_listed(c->if_none_match, source->etag))
			return failed(ret, STR("x-amz-copy-source-If-None-Match"));
	} else if (!modified_since(c->if_modified_since, source, now, /* otherwise= */ true)) {
		return failed(ret, STR("x-amz-copy-source-If-Modified-Since"));
	}
	return S3_PRECONDITION_HOLDS;
}

/* Whoever sends one means not to lose what is there; to ignore it would be to lose it. */
static enum s3_precondition check_no_date(const struct s3_conditions *c, struct s3_problem *ret)
{
	if (c->if_modified_since.p)
		return not_implemented(ret, STR("If-Modified-Since"), STR_NULL);
	if (c->if_unmodified_since.p)
		return not_implemented(ret, STR("If-Unmodified-Since"), STR_NULL);
	return S3_PRECONDITION_HOLDS;
}

enum s3_precondition s3_check_write_headers(const struct s3_conditions *c, struct s3_problem *ret)
{
	if (c->if_match.p && c->if_none_match.p)
		return not_implemented(
			ret, STR("If-Match,If-None-Match"),
			STR("Multiple conditional request headers present in the request"));
	if (c->if_none_match.p && !str_eq(str_trim(c->if_none_match), STR("*")))
		return not_implemented(ret, STR("If-None-Match"),
		                       STR("We don't accept the provided value of "
		                           "If-None-Match header for this API"));
	if (c->if_match.p && str_eq(str_trim(c->if_match), STR("*")))
		return not_implemented(ret, STR("If-Match"),
		                       STR("We don't accept the provided value of "
		                           "If-Match header for this API"));
	return check_no_date(c, ret);
}

enum s3_precondition s3_check_write(const struct s3_conditions *c, const struct s3_state *object,
                                    struct s3_problem *ret)
{
	if (c->if_none_match.p && object->exists)
		return failed(ret, STR("If-None-Match"));
	if (c->if_match.p && !object->exists)
		return no_such_key(ret);
	if (c->if_match.p && !s3_etag_listed(c->if_match, object->etag))
		return failed(ret, STR("If-Match"));
	return S3_PRECONDITION_HOLDS;
}

enum s3_precondition s3_check_delete_headers(const struct s3_conditions *c, struct s3_problem *ret)
{
	if (c->if_none_match.p)
		return not_implemented(ret, STR("If-None-Match"), STR_NULL);
	return check_no_date(c, ret);
}

/* A delete without a condition is content with an object that is not there; one with any is told that
 * it is missing (observed on S3 in 2026: localstack issue 13894, ministack pull request 1458). */
enum s3_precondition s3_check_delete(str if_match, const struct s3_state *object,
                                     struct s3_problem *ret)
{
	if (!if_match.p)
		return S3_PRECONDITION_HOLDS;
	if (!object->exists)
		return no_such_key(ret);
	if (!s3_etag_listed(if_match, object->etag))
		return failed(ret, STR("If-Match"));
	return S3_PRECONDITION_HOLDS;
}
