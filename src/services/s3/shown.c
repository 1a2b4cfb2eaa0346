#include "services/s3/shown.h"

#include "services/s3/lifecycle.h"
#include "services/s3/metadata.h"

str s3_etag_shown(struct arena *a, str etag)
{
	char *p = arena_alloc(a, etag.n + 2);

	p[0] = '"';
	memcpy(p + 1, etag.p, etag.n);
	p[etag.n + 1] = '"';
	return (str){ p, etag.n + 2 };
}

str s3_encryption_shown(enum s3_encryption_kind kind)
{
	return kind == S3_SSE_S3 ? STR("AES256") : STR_NULL;
}

str s3_expiration_shown(struct call *c, const struct bucket *b, const struct object *o)
{
	const struct s3_bucket_lifecycle_configuration *rules;
	struct lifecycle_object object = {
		.key = o->key,
		.size = o->content.size,
		.last_modified = o->modified,
		.is_latest = true,
	};

	if (!s3_bucket_has(b, S3_LIFECYCLE))
		return STR_NULL;
	rules = s3_document(c->db, c->arena, b, S3_LIFECYCLE);
	if (!rules)
		return STR_NULL;
	object.tags = s3_tags_of_text(c->arena, o->tags);
	return lifecycle_expiration_header(c->arena, rules, &object);
}

str s3_checksum_type_shown(const struct s3_checksum_value *v)
{
	if (v->algorithm == CHECKSUM_NONE)
		return STR_NULL;
	return v->composite ? STR("COMPOSITE") : STR("FULL_OBJECT");
}
