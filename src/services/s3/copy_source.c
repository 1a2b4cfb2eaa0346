#include "services/s3/copy_source.h"

#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/note.h"
#include "services/s3/precondition.h"

enum { TRIES = 10 }; /* each time, somebody replaced the source in between */

bool s3_copy_source_parse(struct arena *a, str header, str *ret_bucket, str *ret_key,
                          str *ret_version)
{
	static const str mark = STR_INIT("?versionId=");
	ptrdiff_t at = str_find_str(header, mark, 0);
	str path = at < 0 ? header : str_from_to(header, 0, (size_t)at);
	str version = at < 0 ? STR_NULL : str_after(header, (size_t)at + mark.n);
	str whole;

	/* Known of S3: here, unlike in a path, a plus is a space. */
	if (!uri_decode(a, path, URI_FORM, &whole) ||
	    (version.p && !uri_decode(a, version, URI_PLAIN, &version)))
		return false;
	str_take(&whole, STR("/"));
	*ret_bucket = str_cut(&whole, '/');
	*ret_key = whole;
	*ret_version = version;
	return ret_bucket->n && ret_key->n && utf8_valid(*ret_key);
}

static err parse(struct call *c, str header, struct s3_copy_source *ret, str *ret_bucket)
{
	if (str_starts_nocase(header, STR("arn:")) || str_starts_nocase(header, STR("arn%3A")))
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "A copy source that is an ARN, of an access point or an "
		                      "outpost, is not built in Menagerie; nothing was done.");
	if (s3_copy_source_parse(c->arena, header, ret_bucket, &ret->key, &ret->version_id))
		return NULL;
	return s3_invalid_argument_error(c, "x-amz-copy-source", header,
	                                 "Copy Source must mention the source bucket and key: "
	                                 "sourcebucket/sourcekey");
}

/* A marker's version is no source, whoever asks; the rest is as for a read. */
static err must_exist(struct call *c, const struct s3_copy_source *s)
{
	if (s->object.sequence && s->object.is_marker && s->version_id.n)
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The source of a copy request may not specifically refer to a "
			"delete marker by version id.");
	return s3_object_must_exist(c, &s->bucket, s->key, s->version_id, &s->object);
}

static err find(struct call *c, struct s3_copy_source *s)
{
	struct s3_want want = { .action = s->version_id.n ? "s3:GetObjectVersion" : "s3:GetObject",
		                .key = s->key,
		                .permission = ACL_READ,
		                .of_object = true };
	err e, found = s3_object_version(c, &s->bucket, s->key, s->version_id, &s->object);

	want.object = !found && s->object.sequence ? &s->object : NULL;
	e = s3_allow(c, &s->bucket, &want);
	if (!e)
		e = found;
	return e ? e : must_exist(c, s);
}

static err check_conditions(struct call *c, const struct object *o)
{
	const struct request *r = c->request;
	struct s3_state state = { .exists = true, .etag = o->etag, .last_modified = o->modified };
	struct s3_conditions conditions;
	struct s3_problem problem;

	if (!r)
		return NULL;
	conditions = (struct s3_conditions){
		.if_match = request_header(r, STR("x-amz-copy-source-if-match")),
		.if_none_match = request_header(r, STR("x-amz-copy-source-if-none-match")),
		.if_modified_since = request_header(r, STR("x-amz-copy-source-if-modified-since")),
		.if_unmodified_since =
			request_header(r, STR("x-amz-copy-source-if-unmodified-since")),
	};
	if (s3_check_copy_source(&conditions, &state, c->now, &problem) == S3_PRECONDITION_HOLDS)
		return NULL;
	return s3_problem_error(c, &problem);
}

err s3_copy_source_find(struct call *c, const struct s3_copy_source_headers *headers,
                        struct s3_copy_source *ret)
{
	str bucket;
	err e;

	*ret = (struct s3_copy_source){ 0 };
	e = parse(c, headers->source, ret, &bucket);
	if (!e)
		e = s3_bucket_find(c, bucket, headers->expected_owner, &ret->bucket);
	if (!e)
		e = find(c, ret);
	if (!e)
		e = check_conditions(c, &ret->object);
	if (!e)
		s3_note_object(c, &ret->bucket, ret->object.content.size,
		               s3_version_shown(c->arena, &ret->bucket, &ret->object));
	return e ? e
	         : s3_reading_key_of(c, &ret->bucket, &ret->object, &headers->customer,
	                             &ret->reading);
}

bool s3_copy_again(struct s3_copied *copied, int *tries)
{
	bool again = copied->is_gone && ++*tries < TRIES;

	copied->is_gone = false;
	return again;
}
