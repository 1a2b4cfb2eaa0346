/* Tags of objects and of buckets: what S3 takes for one, and how they are kept. */
#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "wire/pattern.h"

enum {
	OBJECT_TAGS = 10,
	NAME_MAX = 128, /* characters */
	VALUE_MAX = 256,
	TEXT_MAX = 64 * 1024,
};

static struct own_pattern characters = { "[\\p{L}\\p{Z}\\p{N}\\p{M}_.:/=+\\-@]*", NULL };

static bool is_text(str s, size_t most)
{
	return own_pattern_matches(&characters, s) && utf8_count(s) <= most;
}

static bool is_name(str s)
{
	return s.n && is_text(s, NAME_MAX);
}

static err invalid_tag(struct call *c, const char *message, str name, str value)
{
	struct refusal *r = refuse(c->arena, 400, "InvalidTag", "%s", message);

	if (name.n)
		r = refusal_with(r, "TagKey", refusal_excerpt(name));
	if (value.p)
		r = refusal_with(r, "TagValue", refusal_excerpt(value));
	return fail_refused(c, r);
}

static bool is_twice(const struct s3_tag_set *tags, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(tags->items[i].key, tags->items[at].key))
			return true;
	return false;
}

static err too_many(struct call *c, size_t most)
{
	return fail_refused(c, refuse(c->arena, 400, "BadRequest",
	                              most == OBJECT_TAGS
	                                      ? "Object tags cannot be greater than %zu"
	                                      : "Bucket tag count cannot be greater than %zu",
	                              most));
}

static err check_tag(struct call *c, const struct s3_tag_set *tags, size_t at, size_t most)
{
	const struct s3_tag *tag = &tags->items[at];

	if (!tag->key.p || !tag->value.p)
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	if (is_twice(tags, at))
		return invalid_tag(c, "Cannot provide multiple Tags with the same key", tag->key,
		                   STR_NULL);
	if (str_starts_nocase(tag->key, STR("aws:")))
		return invalid_tag(c,
		                   most == OBJECT_TAGS
		                           ? "Your TagKey cannot be prefixed with aws:"
		                           : "System tags cannot be added/updated by requester",
		                   tag->key, STR_NULL);
	if (!is_name(tag->key))
		return invalid_tag(c, "The TagKey you have provided is invalid", tag->key,
		                   STR_NULL);
	if (!is_text(tag->value, VALUE_MAX))
		return invalid_tag(c, "The TagValue you have provided is invalid", tag->key,
		                   tag->value);
	return NULL;
}

err s3_tags_check(struct call *c, const struct s3_tag_set *tags, size_t most)
{
	err e = tags->n > most ? too_many(c, most) : NULL;

	for (size_t i = 0; !e && i < tags->n; i++)
		e = check_tag(c, tags, i, most);
	return e;
}

/*
 * As text.
 */

str s3_tags_to_text(struct arena *a, const struct s3_tag_set *tags)
{
	struct buf b;

	if (!tags->n)
		return STR_NULL;
	buf_init(&b, a, TEXT_MAX);
	for (size_t i = 0; i < tags->n; i++) {
		if (i)
			buf_putc(&b, '&');
		uri_put(&b, tags->items[i].key, URI_COMPONENT);
		buf_putc(&b, '=');
		uri_put(&b, tags->items[i].value, URI_COMPONENT);
	}
	return buf_str(&b);
}

static size_t count_of(str text)
{
	size_t n = text.n ? 1 : 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '&';
	return n;
}

/* False for what is not encoded as it should be. */
static bool parse(struct arena *a, str text, struct s3_tag_set *ret)
{
	*ret = (struct s3_tag_set){ .items = arena_array(a, struct s3_tag, count_of(text) + 1) };
	while (text.p && text.n) {
		str value = str_cut(&text, '&');
		str name = str_cut(&value, '=');
		struct s3_tag *tag = &ret->items[ret->n];

		if (!name.n && !value.p) /* a=1&&b=2 */
			continue;
		tag->value = STR("");
		if (!uri_decode(a, name, URI_FORM, &tag->key))
			return false;
		if (value.p && !uri_decode(a, value, URI_FORM, &tag->value))
			return false;
		ret->n++;
	}
	return true;
}

struct s3_tag_set s3_tags_of_text(struct arena *a, str text)
{
	struct s3_tag_set tags;

	return parse(a, text, &tags) ? tags : (struct s3_tag_set){ 0 };
}

static bool are_well_formed(const struct s3_tag_set *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		if (!own_pattern_matches(&characters, tags->items[i].key) ||
		    !own_pattern_matches(&characters, tags->items[i].value) || is_twice(tags, i))
			return false;
	return true;
}

err s3_tags_from_header(struct call *c, str header, str *ret)
{
	struct s3_tag_set tags;
	err e;

	*ret = STR_NULL;
	if (!parse(c->arena, header, &tags) || !are_well_formed(&tags))
		return s3_invalid_argument_error(
			c, "x-amz-tagging", header,
			"The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL "
			"query parameters without tag name duplicates.");
	e = s3_tags_check(c, &tags, OBJECT_TAGS);
	if (!e)
		*ret = s3_tags_to_text(c->arena, &tags);
	return e;
}
