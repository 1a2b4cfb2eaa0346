#include "services/s3/get.h"

#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/access.h"
#include "services/s3/content.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/note.h"
#include "services/s3/range.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"
#include "services/s3/upload.h"
#include "wire/wire.h"

#include <errno.h>

enum { TRIES = 10 }; /* each time, somebody replaced the object in between */

void s3_get_read_headers(const struct call *c, struct s3_get *get)
{
	static const str if_ = STR_INIT("if-");

	for (size_t i = 0; c->request && i < c->request->header_count; i++) {
		const struct header *h = &c->request->headers[i];
		struct s3_conditions *to = &get->conditions;

		if (str_eq_nocase(h->name, STR("range")))
			get->range = h->value;
		if (!str_starts_nocase(h->name, if_))
			continue;
		if (str_eq_nocase(h->name, STR("if-match")))
			to->if_match = h->value;
		else if (str_eq_nocase(h->name, STR("if-none-match")))
			to->if_none_match = h->value;
		else if (str_eq_nocase(h->name, STR("if-modified-since")))
			to->if_modified_since = h->value;
		else if (str_eq_nocase(h->name, STR("if-unmodified-since")))
			to->if_unmodified_since = h->value;
	}
}

err s3_get_find(struct call *c, const struct s3_get *get, struct bucket *b, struct object *o)
{
	struct s3_want want = { .key = get->key, .permission = ACL_READ, .of_object = true };
	err found, e = s3_bucket_find(c, get->bucket, get->expected_owner, b);

	if (e)
		return e;
	*o = (struct object){ 0 };
	found = s3_object_version(c, b, get->key, get->version_id, o);
	want.action = get->version_id.n ? "s3:GetObjectVersion" : "s3:GetObject";
	want.object = !found && o->sequence ? o : NULL;
	e = s3_allow(c, b, &want);
	if (e || found)
		return e ? e : found;
	return s3_object_must_exist(c, b, get->key, get->version_id, o);
}

bool s3_get_again(struct call *c, struct s3_get *get)
{
	bool again = get->is_gone && ++get->tries < TRIES;

	get->is_gone = false;
	if (again)
		call_look_again(c);
	return again;
}

/*
 * Which bytes.
 */

struct span {
	int64_t first, length;
	bool is_partial;
	struct opt_int parts_count;
	struct s3_checksum_value checksum;
};

static err invalid_range(struct call *c, str header, int64_t size)
{
	struct s3_problem problem = s3_range_problem();
	struct refusal *r = refuse(c->arena, 416, "InvalidRange", "%.*s", STR_ARG(problem.message));

	refusal_with(r, "RangeRequested", refusal_excerpt(header));
	return fail_refused(c, refusal_with_number(c->arena, r, "ActualObjectSize", size));
}

static err invalid_part(struct call *c, int64_t number, int64_t parts)
{
	struct s3_problem problem = s3_part_problem();
	struct refusal *r =
		refuse(c->arena, 416, "InvalidPartNumber", "%.*s", STR_ARG(problem.message));

	r = refusal_with_number(c->arena, r, "ActualPartCount", parts);
	return fail_refused(c, refusal_with_number(c->arena, r, "PartNumberRequested", number));
}

static bool find_part(struct call *c, const struct object *o, int64_t number, struct span *ret)
{
	struct db_rows rows;

	if (!o->parts) {
		ret->length = o->content.size;
		return number == 1;
	}
	if (number < 1 || number > o->parts ||
	    !db_row(c->db, &rows,
	            "SELECT start, size, checksum_algorithm, checksum FROM s3_part "
	            "WHERE upload = ? ORDER BY number LIMIT 1 OFFSET ?",
	            db_int(o->content.upload), db_int(number - 1)))
		return false;
	ret->first = col_int(&rows, 0);
	ret->length = col_int(&rows, 1);
	ret->checksum = (struct s3_checksum_value){ 0 };
	if (o->checksum.composite)
		ret->checksum = (struct s3_checksum_value){
			.algorithm = (enum checksum_algorithm)col_int(&rows, 2),
			.composite = true,
			.value = arena_str(c->arena, col_text(&rows, 3)),
		};
	db_rows_end(&rows);
	ret->parts_count = opt_int(o->parts);
	return true;
}

static err find_span(struct call *c, const struct s3_get *get, const struct object *o,
                     struct span *ret)
{
	struct s3_problem both = s3_range_and_part_problem();
	struct s3_range range;

	*ret = (struct span){ .length = o->content.size, .checksum = o->checksum };
	if (get->status != 200)
		return NULL;
	if (get->part.set) {
		if (get->range.p)
			return s3_problem_error(c, &both);
		ret->is_partial = true;
		return find_part(c, o, get->part.value, ret)
		               ? NULL
		               : invalid_part(c, get->part.value, MAX(o->parts, 1));
	}
	switch (s3_range_read(get->range, o->content.size, &range)) {
	case S3_RANGE_WHOLE:
		break;
	case S3_RANGE_PARTIAL:
		ret->first = range.first;
		ret->length = s3_range_length(range);
		ret->is_partial = true;
		if (ret->length != o->content.size)
			ret->checksum = (struct s3_checksum_value){ 0 };
		break;
	case S3_RANGE_UNSATISFIABLE:
		return invalid_range(c, get->range, o->content.size);
	}
	return NULL;
}

/*
 * Headers.
 */

static bool may(struct call *c, const struct bucket *b, const struct object *o, const char *action)
{
	struct s3_want want = { .action = action, .key = o->key, .object = o };

	return s3_allows(c, b, &want);
}

static void show_lock(struct call *c, const struct bucket *b, const struct object *o,
                      struct s3_get_object_out *out)
{
	if (o->retention != S3_NOT_RETAINED && may(c, b, o, "s3:GetObjectRetention")) {
		out->object_lock_mode =
			o->retention == S3_COMPLIANCE ? STR("COMPLIANCE") : STR("GOVERNANCE");
		out->object_lock_retain_until_date = opt_time(o->retain_until);
	}
	if ((o->legal_hold || o->hold_is_off) && may(c, b, o, "s3:GetObjectLegalHold"))
		out->object_lock_legal_hold_status = o->legal_hold ? STR("ON") : STR("OFF");
}

static void show_tag_count(struct call *c, const struct bucket *b, const struct object *o,
                           struct s3_get_object_out *out)
{
	int64_t count = 1;

	if (!o->tags.n || !may(c, b, o, "s3:GetObjectTagging"))
		return;
	for (size_t i = 0; i < o->tags.n; i++)
		count += o->tags.p[i] == '&';
	out->tag_count = opt_int(count);
}

/* What a 304 has as well. */
static void show_identity(struct call *c, const struct bucket *b, const struct object *o,
                          const struct s3_stored_metadata *m, struct s3_get_object_out *out)
{
	out->e_tag = s3_etag_shown(c->arena, o->etag);
	out->last_modified = opt_time(o->modified);
	out->version_id = s3_version_shown(c->arena, b, o);
	out->cache_control = m->cache_control;
}

static str either(str instead, str kept)
{
	return instead.p ? instead : kept;
}

static void show(struct call *c, const struct s3_get *get, const struct bucket *b,
                 const struct object *o, const struct s3_stored_metadata *m,
                 struct s3_get_object_out *out)
{
	out->accept_ranges = STR("bytes");
	out->cache_control = either(get->instead.cache_control, m->cache_control);
	out->content_type = either(get->instead.content_type, m->content_type);
	out->content_disposition = either(get->instead.content_disposition, m->content_disposition);
	out->content_encoding = either(get->instead.content_encoding, m->content_encoding);
	out->content_language = either(get->instead.content_language, m->content_language);
	out->website_redirect_location = get->is_page ? STR_NULL : m->redirect_location;
	out->storage_class = m->storage_class;
	out->metadata = m->user;
	if (m->unreadable)
		out->missing_meta = opt_int(m->unreadable);
	out->server_side_encryption = s3_encryption_shown(o->content.encryption);
	if (o->content.encryption == S3_SSE_C) {
		out->sse_customer_algorithm = get->customer.algorithm;
		out->sse_customer_key_md5 = get->customer.key_md5;
	}
	if (o->is_latest)
		out->expiration = s3_expiration_shown(c, b, o);
	show_tag_count(c, b, o, out);
	show_lock(c, b, o, out);
}

static void show_span(struct call *c, const struct s3_get *get, const struct object *o,
                      const struct span *span, struct s3_get_object_out *out)
{
	out->content_length = opt_int(span->length);
	out->parts_count = span->parts_count;
	if (span->is_partial)
		out->content_range = s3_content_range(
			c->arena, (struct s3_range){ span->first, span->first + span->length - 1 },
			o->content.size);
	if (get->wants_checksum)
		S3_SHOW_CHECKSUM(out, &span->checksum);
}

/* S3 keeps and shows whatever was sent as Expires; the output's member is a time. */
static void show_expires(struct call *c, str expires)
{
	if (expires.p)
		reply_header(c->exchange, STR("Expires"), expires);
}

/*
 * The reply.
 */

static enum s3_precondition check(struct call *c, const struct s3_get *get, const struct object *o,
                                  err *ret)
{
	struct s3_state state = { .exists = true, .etag = o->etag, .last_modified = o->modified };
	struct s3_problem problem;
	enum s3_precondition outcome;

	if (get->status != 200)
		return S3_PRECONDITION_HOLDS;
	outcome = s3_check_read(&get->conditions, &state, c->now, &problem);
	if (outcome == S3_PRECONDITION_FAILED)
		*ret = s3_problem_error(c, &problem);
	return outcome;
}

static err send_body(struct call *c, struct s3_get *get, const struct object *o,
                     const struct s3_reading_key *key, const struct span *span)
{
	int status = span->is_partial ? 206 : get->status;
	int problem;

	if (get->is_head) {
		reply_stream(c->exchange, status, NULL, span->length);
		return NULL;
	}
	problem = s3_content_reply(c, &o->content, key, span->first, span->length, status);
	get->is_gone = problem == -ENOENT;
	return problem ? s3_fail(c, S3_INTERNAL_ERROR, NULL, STR_NULL) : NULL;
}

err s3_get_reply(struct call *c, struct s3_get *get, const struct bucket *b, const struct object *o,
                 struct s3_get_object_out *out)
{
	struct s3_stored_metadata m;
	struct s3_reading_key key;
	struct span span;
	err e;

	*out = (struct s3_get_object_out){ 0 };
	if (!c->exchange)
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "Reading an object from within Menagerie is not built.");
	e = s3_reading_key_of(c, b, o, &get->customer, &key);
	if (e)
		return e;
	s3_metadata_from_text(c->arena, o->metadata, &m);
	show_identity(c, b, o, &m, out);
	s3_note_object(c, b, o->content.size, out->version_id);
	switch (check(c, get, o, &e)) {
	case S3_PRECONDITION_FAILED:
		return e;
	case S3_PRECONDITION_NOT_MODIFIED:
		reply_stream(c->exchange, 304, NULL, o->content.size);
		show_expires(c, m.expires);
		return NULL;
	case S3_PRECONDITION_HOLDS:
		break;
	}
	e = find_span(c, get, o, &span);
	if (e)
		return e;
	show(c, get, b, o, &m, out);
	show_span(c, get, o, &span, out);
	e = send_body(c, get, o, &key, &span); /* behind all that reads: the snapshot may end */
	if (!e)
		show_expires(c, either(get->instead.expires, m.expires));
	c->is_repeatable = c->identity.anonymous && !s3_bucket_has(b, S3_LOGGING);
	return e;
}

void s3_get_write_headers(struct call *c, const struct s3_get_object_out *out)
{
	struct wire_reply wire = { .arena = c->arena };

	wire_write(&wire, &s3_model, model_operation(&s3_model, STR("GetObject")), out,
	           c->request_id);
	for (size_t i = 0; i < wire.header_count; i++)
		reply_header(c->exchange, wire.headers[i].name, wire.headers[i].value);
}
