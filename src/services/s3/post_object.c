/*
 * A file that a browser's form uploads. The form comes as a body like any other and is taken apart while it
 * comes: as soon as the fields before the file are there, it is known who sends it and whether it is taken,
 * and not a byte of what is refused is kept.
 */
#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/post_fields.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"
#include "wire/xml.h"

/* The body's filter, and what it finds out for the handler. */
struct upload {
	struct body_filter filter;
	struct call *call;
	str bucket;
	struct post_form *form;
	err failure; /* why the form is refused, in other words than the parser's */

	/* When the file begins. */
	struct post_fields fields;
	struct request request; /* see post_fields_request */
	str key;
	struct s3_new_headers headers;
	struct post_range range;
	struct checksum *checksum;
	int64_t size; /* so far */
};

/*
 * When the file begins.
 */

static err read_key(struct upload *u)
{
	str key = post_fields_get(&u->fields, STR("key"));

	if (!key.p)
		return post_fields_missing(u->call, "key");
	if (!key.n)
		return s3_invalid_argument_error(u->call, "key", key,
		                                 "User key must have a length greater than 0.");
	u->key = key;
	return NULL;
}

static err check_policy(struct upload *u)
{
	struct call *c = u->call;
	str policy;
	err e = post_fields_verify(c, &u->fields, &policy);

	if (e || !policy.p)
		return e;
	return fail_refused(c, post_policy_check(c->arena, policy, u->fields.items, u->fields.count,
	                                         u->bucket, c->now, &u->range));
}

/* One that is asked for without its value is computed, and kept. */
static err begin_checksum(struct upload *u)
{
	const unsigned wanted = CHECKSUM_WANT_MD5 | CHECKSUM_WANT_CRC64NVME;
	str name = post_fields_get(&u->fields, STR("x-amz-checksum-algorithm"));
	enum checksum_algorithm algorithm;
	struct call *c = u->call;
	const struct refusal *r = checksum_begin(c->arena, &u->request, wanted, &u->checksum);

	if (r || !name.p)
		return fail_refused(c, r);
	if (!checksum_from_name(name, &algorithm))
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Checksum algorithm provided is unsupported. Please try "
		                      "again with any of the valid types: [CRC32, CRC32C, "
		                      "CRC64NVME, SHA1, SHA256]");
	if (u->checksum->announced.p && u->checksum->algorithm != algorithm)
		return s3_fail_saying(c, S3_INVALID_REQUEST,
		                      "Value for x-amz-checksum-algorithm header is invalid.");
	if (!u->checksum->announced.p)
		u->checksum = checksum_new(c->arena, CHECKSUM_WANT_MD5, algorithm);
	return NULL;
}

/* In a snapshot. */
static err begin_object(struct call *c, void *arg)
{
	struct upload *u = arg;
	struct s3_new_object new;
	err e = s3_new_object_check(c, u->bucket, u->key, &u->headers, &new);

	return e ? e : s3_new_object_seal(c, &new, &u->headers);
}

static err begin(struct upload *u)
{
	struct call *c = u->call;
	err e;

	u->fields = post_fields_of(c->arena, u->form);
	e = read_key(u);
	if (!e)
		e = check_policy(u);
	if (e)
		return e;
	u->request = post_fields_request(c->arena, c->request, &u->fields);
	c->request = &u->request;
	e = post_fields_read(c, &u->fields, &u->headers);
	if (!e)
		e = begin_checksum(u);
	return e ? e : call_read(c, begin_object, u);
}

static const struct refusal *on_file(void *app, const struct post_form *form)
{
	struct upload *u = app;

	(void)form;
	u->failure = begin(u);
	if (!u->failure)
		return NULL;
	return u->failure->refusal
	               ? u->failure->refusal
	               : refuse(u->call->arena, error_status(u->failure),
	                        u->failure->definition->code, "%.*s", STR_ARG(u->failure->message));
}

/*
 * While it comes.
 */

static err check_size(struct upload *u, bool is_whole)
{
	const struct refusal *r = post_size_check(u->call->arena, &u->range, u->size, is_whole);

	return r ? fail_refused(u->call, r) : s3_check_put_size(u->call, u->size);
}

static void on_bytes(void *app, str bytes)
{
	struct upload *u = app;

	if (u->failure)
		return;
	u->size += (int64_t)bytes.n;
	u->failure = check_size(u, /* is_whole= */ false);
	if (u->failure)
		return;
	checksum_update(u->checksum, bytes);
	u->failure = u->filter.sink(u->filter.app, bytes);
}

static struct upload *upload_of(struct body_filter *f)
{
	return (struct upload *)(void *)((char *)f - offsetof(struct upload, filter));
}

static err feed(struct body_filter *f, str piece)
{
	struct upload *u = upload_of(f);
	const struct refusal *r = post_form_feed(u->form, piece);

	return u->failure ? u->failure : fail_refused(u->call, r);
}

static err end(struct body_filter *f)
{
	struct upload *u = upload_of(f);
	const struct refusal *r = post_form_end(u->form);
	err e;

	if (u->failure || r)
		return u->failure ? u->failure : fail_refused(u->call, r);
	e = check_size(u, /* is_whole= */ true);
	return e ? e : fail_refused(u->call, checksum_end(u->checksum, NULL));
}

err s3_prepare_post_object(struct call *c, const struct s3_post_object_in *in)
{
	struct upload *u = arena_new(c->arena, struct upload);
	str type = request_header(c->request, STR("content-type"));
	struct bucket b;
	err e = s3_bucket_find(c, in->bucket, STR_NULL, &b);

	if (e)
		return e;
	*u = (struct upload){ .filter = { .feed = feed, .end = end },
		              .call = c,
		              .bucket = in->bucket };
	c->body->unwrap = &u->filter;
	return fail_refused(c, post_form_new(c->arena, type, on_file, on_bytes, u, &u->form));
}

/*
 * The reply.
 */

/* A host with the bucket's name in front is one whose path does not name it. */
static str location_of(struct call *c, const struct upload *u)
{
	const struct request *r = c->request;
	struct buf b;

	buf_init(&b, c->arena, SIZE_MAX);
	buf_put(&b, STR("http://"));
	buf_put(&b, r->host);
	buf_putc(&b, '/');
	if (r->path.n > 1) {
		buf_put(&b, u->bucket);
		buf_putc(&b, '/');
	}
	uri_put(&b, u->key, URI_COMPONENT);
	return buf_str(&b);
}

/* What is no address is taken as if it had not been sent. */
static bool is_address(str s)
{
	if (!str_starts_nocase(s, STR("http://")) && !str_starts_nocase(s, STR("https://")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return !str_ends(s, STR("//"));
}

static str redirect_of(struct call *c, const struct upload *u, str etag)
{
	str page = post_fields_get(&u->fields, STR("success_action_redirect"));
	struct buf b;

	if (!page.p)
		page = post_fields_get(&u->fields, STR("redirect"));
	if (!is_address(page))
		return STR_NULL;
	buf_init(&b, c->arena, SIZE_MAX);
	buf_put(&b, page);
	buf_put(&b, str_find(page, '?', 0) >= 0 ? STR("&bucket=") : STR("?bucket="));
	uri_put(&b, u->bucket, URI_COMPONENT);
	buf_put(&b, STR("&key="));
	uri_put(&b, u->key, URI_COMPONENT);
	buf_put(&b, STR("&etag="));
	uri_put(&b, etag, URI_COMPONENT);
	return buf_str(&b);
}

static str document_of(struct call *c, const struct upload *u, str location, str etag)
{
	struct buf b;
	struct xml_writer w = { .out = &b };

	buf_init(&b, c->arena, SIZE_MAX);
	xml_declaration(&w);
	xml_open(&w, STR("PostResponse"));
	xml_element(&w, STR("Location"), location);
	xml_element(&w, STR("Bucket"), u->bucket);
	xml_element(&w, STR("Key"), u->key);
	xml_element(&w, STR("ETag"), etag);
	xml_close(&w, STR("PostResponse"));
	return buf_str(&b);
}

static void answer(struct call *c, const struct upload *u, str etag)
{
	str wanted = post_fields_get(&u->fields, STR("success_action_status"));
	str location = location_of(c, u), redirect = redirect_of(c, u, etag);
	struct exchange *x = c->exchange;

	if (redirect.p) {
		reply_text(x, 303, STR(""));
	} else if (str_eq(wanted, STR("201"))) {
		reply_text(x, 201, document_of(c, u, location, etag));
		reply_header(x, STR("Content-Type"), STR("application/xml"));
	} else {
		reply_text(x, str_eq(wanted, STR("200")) ? 200 : 204, STR(""));
	}
	reply_header(x, STR("Location"), redirect.p ? redirect : location);
	reply_header(x, STR("ETag"), etag);
}

static void put_header(struct call *c, const char *name, str value)
{
	if (value.p)
		reply_header(c->exchange, str_from(name), value);
}

static void describe(struct call *c, const struct upload *u, const struct bucket *b,
                     const struct object *o)
{
	const struct cipher_customer_headers *customer = &u->headers.encryption.customer;

	put_header(c, "x-amz-version-id", s3_new_version_shown(c->arena, o));
	put_header(c, "x-amz-expiration", s3_expiration_shown(c, b, o));
	put_header(c, "x-amz-server-side-encryption", s3_encryption_shown(o->content.encryption));
	if (o->content.encryption != S3_SSE_C)
		return;
	put_header(c, "x-amz-server-side-encryption-customer-algorithm", customer->algorithm);
	put_header(c, "x-amz-server-side-encryption-customer-key-MD5", customer->key_md5);
}

static err from_within(struct call *c)
{
	return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
	                      "PostObject from within Menagerie is not built; nothing was done.");
}

err s3_post_object(struct call *c, const struct s3_post_object_in *in,
                   struct s3_post_object_out *out)
{
	struct s3_new_object new;
	struct upload *u;
	struct object o;
	err e;

	(void)out;
	if (!c->request || !c->body)
		return from_within(c);
	if (!c->body->unwrap) { /* a form of the other kind comes without preparation: to be refused */
		e = s3_prepare_post_object(c, in);
		return e ? e : from_within(c);
	}
	u = upload_of(c->body->unwrap);
	c->body->checksum = u->checksum;
	e = s3_new_object_check(c, in->bucket, u->key, &u->headers, &new);
	if (!e)
		e = s3_new_object_put_body(c, &new, &u->headers, &o);
	if (e)
		return e;
	answer(c, u, s3_etag_shown(c->arena, o.etag));
	describe(c, u, &new.bucket, &o);
	return NULL;
}
