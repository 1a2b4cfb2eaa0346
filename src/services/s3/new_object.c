#include "services/s3/new_object.h"

#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/content.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/note.h"
#include "services/s3/precondition.h"
#include "services/s3/upload.h"

err s3_check_key_error(struct call *c, str key)
{
	struct s3_problem problem = s3_check_key(key);
	struct refusal *r;

	if (!str_eq(problem.code, STR("KeyTooLongError")))
		return s3_problem_error(c, &problem);
	r = refuse(c->arena, 400, "KeyTooLongError", "%.*s", STR_ARG(problem.message));
	r = refusal_with_number(c->arena, r, "Size", (int64_t)key.n);
	return fail_refused(c, refusal_with_number(c->arena, r, "MaxSizeAllowed", S3_KEY_MAX));
}

err s3_check_put_size(struct call *c, int64_t size)
{
	struct refusal *r;

	if (size <= S3_PUT_MAX)
		return NULL;
	r = refuse(c->arena, 400, "EntityTooLarge",
	           "Your proposed upload exceeds the maximum allowed size");
	r = refusal_with_number(c->arena, r, "ProposedSize", size);
	return fail_refused(c, refusal_with_number(c->arena, r, "MaxSizeAllowed", S3_PUT_MAX));
}

/* Each header has an action of its own, in a policy. Whom an ACL lets write may also say them. */
static err allow(struct call *c, const struct bucket *b, str key, const struct s3_new_headers *h,
                 str tags)
{
	const struct {
		const char *action;
		bool is_wanted;
	} actions[] = {
		{ "s3:PutObject", true },
		{ "s3:PutObjectAcl", h->acl.n || acl_has_headers(&h->grants) },
		{ "s3:PutObjectTagging", tags.p != NULL },
		{ "s3:PutObjectRetention", h->lock_mode.p || h->retain_until.set },
		{ "s3:PutObjectLegalHold", h->legal_hold.p != NULL },
	};
	err e = NULL;

	for (size_t i = 0; !e && i < ARRAY_LEN(actions); i++) {
		struct s3_want want = { .action = actions[i].action,
			                .key = key,
			                .permission = ACL_WRITE,
			                .tags = tags };

		if (actions[i].is_wanted)
			e = s3_allow(c, b, &want);
	}
	return e;
}

err s3_new_object_allow(struct call *c, const struct bucket *b, str key,
                        const struct s3_new_headers *h, struct s3_new_object *ret)
{
	err e = NULL;

	if (&ret->bucket != b)
		ret->bucket = *b;
	ret->key = key;
	ret->tags = STR_NULL;
	if (h->tagging.p)
		e = s3_tags_from_header(c, h->tagging, &ret->tags);
	if (!e)
		e = allow(c, b, key, h, ret->tags);
	if (!e)
		e = s3_metadata_to_text(c, &h->metadata, &ret->metadata);
	if (!e)
		e = s3_lock_of_new(c, b, h->lock_mode, h->retain_until, h->legal_hold, &ret->lock);
	if (!e)
		e = s3_acl_of_headers(c, b, b->ownership, h->acl, &h->grants, &ret->acl);
	ret->owner = s3_owner_of_new(c, b, h->acl);
	return e;
}

static err check_conditions(struct call *c, const struct s3_new_headers *h)
{
	struct s3_conditions conditions = s3_conditions_of(c->request);
	struct s3_problem problem;

	conditions.if_match = h->if_match;
	conditions.if_none_match = h->if_none_match;
	if (s3_check_write_headers(&conditions, &problem) == S3_PRECONDITION_HOLDS)
		return NULL;
	return s3_problem_error(c, &problem);
}

err s3_new_object_check(struct call *c, str bucket, str key, const struct s3_new_headers *headers,
                        struct s3_new_object *ret)
{
	err e = s3_check_key_error(c, key);

	if (!e)
		e = s3_bucket_find(c, bucket, headers->expected_owner, &ret->bucket);
	if (!e)
		e = s3_new_object_allow(c, &ret->bucket, key, headers, ret);
	return e ? e : check_conditions(c, headers);
}

err s3_new_object_seal(struct call *c, const struct s3_new_object *new,
                       const struct s3_new_headers *headers)
{
	struct encryption encryption;
	err e = s3_encryption_wanted(c, &new->bucket, &headers->encryption, &encryption);

	if (e)
		return e;
	c->body->checksums = CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC64NVME;
	if (encryption.kind != S3_PLAIN)
		s3_seal_body(c, &encryption, s3_seal_context(c->arena, &new->bucket, new->key));
	return NULL;
}

/*
 * Putting.
 */

str s3_opaque_etag(struct arena *a)
{
	char *hex = arena_alloc(a, 2 * MD5_SIZE);

	random_hex(hex, 2 * MD5_SIZE);
	return (str){ hex, 2 * MD5_SIZE };
}

str s3_md5_etag(struct arena *a, const unsigned char md5[MD5_SIZE])
{
	char *hex = arena_alloc(a, 2 * MD5_SIZE);

	hex_to(hex, md5, MD5_SIZE);
	return (str){ hex, 2 * MD5_SIZE };
}

err s3_new_object_conditions(struct call *c, const struct s3_new_object *new,
                             const struct s3_new_headers *headers)
{
	if (!headers->if_match.p && !headers->if_none_match.p)
		return NULL;
	return s3_check_write_conditions(c, &new->bucket, new->key, headers->if_match,
	                                 headers->if_none_match);
}

void s3_new_object_put(struct call *c, const struct s3_new_object *new, struct object *o)
{
	o->bucket = new->bucket.id;
	o->key = new->key;
	o->sequence = s3_next(c->db);
	o->is_latest = true;
	o->modified = s3_in_seconds(c->now);
	o->owner = new->owner;
	o->metadata = new->metadata;
	o->tags = new->tags;
	o->acl = new->acl;
	o->legal_hold = new->lock.legal_hold;
	o->hold_is_off = new->lock.hold_is_off;
	o->retention = (enum s3_retention) new->lock.retention;
	o->retain_until = new->lock.retain_until;
	s3_object_put(c->db, &new->bucket, o);
	s3_note_object(c, &new->bucket, o->content.size, s3_new_version_shown(c->arena, o));
}

/* A body that is lost on the way must not pass for one that is to be kept. */
static err check_is_verified(struct call *c, const struct s3_new_headers *h)
{
	const struct checksum *sum = c->body->checksum;

	if (!h->lock_mode.p && !h->legal_hold.p && !h->retain_until.set)
		return NULL;
	if (sum->announced.p || sum->in_trailer || sum->announced_md5.p)
		return NULL;
	return s3_fail_saying(
		c, S3_INVALID_REQUEST,
		"Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object "
		"requests with Object Lock parameters");
}

err s3_new_object_put_body(struct call *c, const struct s3_new_object *new,
                           const struct s3_new_headers *headers, struct object *ret)
{
	const struct checksum *sum = c->body->checksum;
	err e = s3_check_put_size(c, c->body->size);

	if (!e)
		e = check_is_verified(c, headers);
	if (!e)
		e = s3_new_object_conditions(c, new, headers);
	if (e)
		return e;
	*ret = (struct object){ .checksum = { .algorithm = sum->algorithm, .value = sum->value } };
	s3_content_keep(c, s3_sealing_of_body(c), &ret->content);
	ret->etag = ret->content.encryption == S3_SSE_C ? s3_opaque_etag(c->arena)
	                                                : s3_md5_etag(c->arena, sum->md5_value);
	s3_new_object_put(c, new, ret);
	return NULL;
}
