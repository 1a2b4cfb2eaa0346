/* ListObjects and ListObjectsV2: the same list, and two ways to say where a page begins. */
#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/page.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"

/* Of deleted keys and of versions that are passed: a page may be short, but never slow. */
enum { MOST_ROWS = 50000 };

static void show_object(struct s3_page *p, const struct object *o, bool with_owner,
                        struct s3_object *ret)
{
	*ret = (struct s3_object){
		.key = s3_page_text(p, o->key),
		.last_modified = opt_time(o->modified),
		.e_tag = s3_etag_shown(p->c->arena, o->etag),
		.checksum_algorithm = s3_page_checksum(p->c->arena, &o->checksum),
		.checksum_type = s3_checksum_type_shown(&o->checksum),
		.size = opt_int(o->content.size),
		.storage_class = s3_storage_class_of_text(o->metadata),
		.owner = with_owner ? s3_page_owner(p, o->owner) : NULL,
	};
}

static struct s3_object_list contents(struct s3_page *p, bool with_owner)
{
	struct s3_object_list list = { 0 };

	for (size_t i = 0; i < p->count; i++) {
		if (p->found[i].prefix.p)
			continue;
		if (!list.items)
			list.items = arena_array(p->c->arena, struct s3_object, p->count - i);
		show_object(p, &p->found[i].object, with_owner, &list.items[list.n++]);
	}
	return list;
}

/* The members that both replies have, whichever it is. */
#define SHOW_PAGE(page, in, out, with_owner)                                                   \
	do {                                                                                   \
		(out)->name = (page)->bucket.name;                                             \
		(out)->prefix = (in)->prefix.p ? s3_page_text((page), (in)->prefix) : STR(""); \
		(out)->delimiter =                                                             \
			(in)->delimiter.n ? s3_page_text((page), (in)->delimiter) : STR_NULL;  \
		(out)->max_keys = opt_int((page)->most);                                       \
		(out)->encoding_type = (in)->encoding_type;                                    \
		(out)->is_truncated = opt_bool((page)->is_truncated);                          \
		(out)->contents = contents((page), (with_owner));                              \
		(out)->common_prefixes = s3_page_prefixes(page);                               \
	} while (0)

#define PAGE_WANT(in)                                                                            \
	{                                                                                        \
		.bucket = (in)->bucket, .expected_owner = (in)->expected_bucket_owner,           \
		.action = "s3:ListBucket", .prefix = (in)->prefix, .delimiter = (in)->delimiter, \
		.encoding_type = (in)->encoding_type, .max_keys = (in)->max_keys,                \
		.attributes = &(in)->optional_object_attributes,                                 \
	}

/* A marker cannot say "in the middle of what folds", so there with a delimiter the search goes on for as
 * long as it takes. */
err s3_list_objects(struct call *c, const struct s3_list_objects_in *in,
                    struct s3_list_objects_out *out)
{
	struct s3_page_want want = PAGE_WANT(in);
	struct s3_page p = { 0 };
	err e = s3_page_open(c, &want, &p);

	if (e)
		return e;
	if (in->marker.n)
		s3_list_begin_after(&p.list, in->marker);
	else
		s3_list_begin(&p.list);
	if (!in->delimiter.n)
		p.list.most_rows = MOST_ROWS;
	s3_page_fill(&p);
	SHOW_PAGE(&p, in, out, true);
	out->marker = in->marker.p ? s3_page_text(&p, in->marker) : STR("");
	if (p.is_truncated && (in->delimiter.n || p.list.is_tired))
		out->next_marker = s3_page_text(&p, p.last);
	return NULL;
}

/*
 * The second version's tokens: whether a key or a common prefix was last, and which.
 */

#define KEY_MARK    "1k"
#define PREFIX_MARK "1p"

static str token_of(const struct s3_page *p)
{
	struct arena *a = p->c->arena;

	if (!p->is_truncated)
		return STR_NULL;
	return base64_of(
		a, arena_join(a, p->last_is_prefix ? STR(PREFIX_MARK) : STR(KEY_MARK), p->last));
}

static err begin_at_token(struct s3_page *p, str token)
{
	str text = STR_NULL, from = STR_NULL;

	if (base64_decode(p->c->arena, token, &text)) {
		if (str_take(&text, STR(KEY_MARK)))
			from = s3_behind_key(p->c->arena, text);
		else if (str_take(&text, STR(PREFIX_MARK)))
			from = s3_behind_prefix(p->c->arena, text);
	}
	if (!from.p)
		return s3_invalid_argument_error(p->c, "continuation-token", token,
		                                 "The continuation token provided is incorrect");
	s3_list_begin_at(&p->list, from, 0);
	return NULL;
}

err s3_list_objects_v2(struct call *c, const struct s3_list_objects_v2_in *in,
                       struct s3_list_objects_v2_out *out)
{
	struct s3_page_want want = PAGE_WANT(in);
	struct s3_page p = { .list.most_rows = MOST_ROWS };
	err e = s3_page_open(c, &want, &p);

	if (!e && in->continuation_token.p)
		e = begin_at_token(&p, in->continuation_token);
	else if (!e && in->start_after.n)
		s3_list_begin_after(&p.list, in->start_after);
	else if (!e)
		s3_list_begin(&p.list);
	if (e)
		return e;
	s3_page_fill(&p);
	SHOW_PAGE(&p, in, out, opt_true(in->fetch_owner));
	out->key_count = opt_int((int64_t)p.count);
	out->continuation_token = in->continuation_token;
	out->next_continuation_token = token_of(&p);
	out->start_after = in->start_after.n ? s3_page_text(&p, in->start_after) : STR_NULL;
	return NULL;
}
