#include "services/s3/post_fields.h"

#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "wire/document.h"

enum { OBJECT_TAGS = 10 };

static const str user_prefix = STR_INIT("x-amz-meta-");
static const str amazon_prefix = STR_INIT("x-amz-");

struct post_fields post_fields_of(struct arena *a, const struct post_form *form)
{
	size_t count;
	const struct post_field *sent = post_form_fields(form, &count);
	struct post_field *fields = arena_array(a, struct post_field, MAX(count, 1));
	str filename = post_form_file(form)->name;

	for (size_t i = 0; i < count; i++) {
		fields[i] = sent[i];
		if (!str_eq_nocase(fields[i].name, STR("policy")))
			fields[i].value = post_key(a, fields[i].value, filename);
	}
	return (struct post_fields){ fields, count };
}

str post_fields_get(const struct post_fields *fields, str name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (str_eq_nocase(fields->items[i].name, name))
			return fields->items[i].value;
	return STR_NULL;
}

err post_fields_missing(struct call *c, const char *name)
{
	return s3_invalid_argument_error(c, name, STR(""),
	                                 "Bucket POST must contain a field named '%s'.  If it is "
	                                 "specified, please check the order of the fields.",
	                                 name);
}

/*
 * The object.
 */

#define PLACE(name, member)                                             \
	{                                                               \
		STR_INIT(name), offsetof(struct s3_new_headers, member) \
	}

static const struct {
	str name;
	size_t offset; /* of a str */
} places[] = {
	PLACE("acl", acl),
	PLACE("Cache-Control", metadata.cache_control),
	PLACE("Content-Disposition", metadata.content_disposition),
	PLACE("Content-Encoding", metadata.content_encoding),
	PLACE("Content-Language", metadata.content_language),
	PLACE("Content-Type", metadata.content_type),
	PLACE("Expires", metadata.expires),
	PLACE("x-amz-storage-class", metadata.storage_class),
	PLACE("x-amz-website-redirect-location", metadata.redirect_location),
	PLACE("x-amz-object-lock-mode", lock_mode),
	PLACE("x-amz-object-lock-legal-hold", legal_hold),
	PLACE("x-amz-server-side-encryption", encryption.sse),
	PLACE("x-amz-server-side-encryption-aws-kms-key-id", encryption.kms_key_id),
	PLACE("x-amz-server-side-encryption-context", encryption.kms_context),
	PLACE("x-amz-server-side-encryption-customer-algorithm", encryption.customer.algorithm),
	PLACE("x-amz-server-side-encryption-customer-key", encryption.customer.key),
	PLACE("x-amz-server-side-encryption-customer-key-MD5", encryption.customer.key_md5),
};

static void read_user_metadata(struct arena *a, const struct post_fields *fields,
                               struct s3_metadata *ret)
{
	ret->items = arena_array(a, struct s3_metadata_map_entry, MAX(fields->count, 1));
	for (size_t i = 0; i < fields->count; i++) {
		const struct post_field *f = &fields->items[i];

		if (str_starts_nocase(f->name, user_prefix))
			ret->items[ret->n++] =
				(struct s3_metadata_map_entry){ str_after(f->name, user_prefix.n),
				                                f->value };
	}
}

/* Unlike the header, this is the document that PutObjectTagging takes. */
static err read_tags(struct call *c, str text, str *ret)
{
	const struct s3_tagging *tagging;
	err e;

	if (!text.n)
		return NULL;
	tagging = document_read(c->arena, &s3_model, "Tagging", text);
	if (!tagging || !tagging->tag_set.items)
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	e = s3_tags_check(c, &tagging->tag_set, OBJECT_TAGS);
	if (!e)
		*ret = s3_tags_to_text(c->arena, &tagging->tag_set);
	return e;
}

static err read_retention(struct call *c, str until, struct opt_time *ret)
{
	int64_t time;

	if (!until.p)
		return NULL;
	if (!timestamp_from_iso8601(until, &time))
		return s3_invalid_argument_error(
			c, "x-amz-object-lock-retain-until-date", until,
			"The retain until date must be provided in ISO 8601 format");
	*ret = opt_time(time);
	return NULL;
}

err post_fields_read(struct call *c, const struct post_fields *fields, struct s3_new_headers *ret)
{
	str bucket_key =
		post_fields_get(fields, STR("x-amz-server-side-encryption-bucket-key-enabled"));
	err e;

	*ret = (struct s3_new_headers){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		str *place = (str *)(void *)((char *)ret + places[i].offset);

		*place = post_fields_get(fields, places[i].name);
	}
	ret->encryption.bucket_key = str_eq_nocase(bucket_key, STR("true"));
	read_user_metadata(c->arena, fields, &ret->metadata.user);
	e = read_retention(c, post_fields_get(fields, STR("x-amz-object-lock-retain-until-date")),
	                   &ret->retain_until);
	return e ? e : read_tags(c, post_fields_get(fields, STR("tagging")), &ret->tagging);
}

/* Headers of these names say nothing of an object that a form brings. */
static bool is_replaced(str name)
{
	return str_starts_nocase(name, amazon_prefix) || str_eq_nocase(name, STR("Content-MD5"));
}

struct request post_fields_request(struct arena *a, const struct request *r,
                                   const struct post_fields *fields)
{
	struct header *headers = arena_array(a, struct header, r->header_count + fields->count + 1);
	struct request ret = *r;
	size_t n = 0;

	for (size_t i = 0; i < r->header_count; i++)
		if (!is_replaced(r->headers[i].name))
			headers[n++] = r->headers[i];
	for (size_t i = 0; i < fields->count; i++) {
		const struct post_field *f = &fields->items[i];

		if (str_eq_nocase(f->name, STR("acl")))
			headers[n++] = (struct header){ STR("x-amz-acl"), f->value };
		else if (str_starts_nocase(f->name, amazon_prefix))
			headers[n++] = (struct header){ f->name, f->value };
	}
	ret.headers = headers;
	ret.header_count = n;
	return ret;
}
