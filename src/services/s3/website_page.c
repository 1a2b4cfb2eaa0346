/* A bucket as a website: pages for browsers, and pages for what went wrong. The rules are in website.h. */
#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/get.h"
#include "services/s3/metadata.h"
#include "services/s3/requester_pays.h"
#include "services/s3/s3.h"
#include "services/s3/website.h"

static const str by_path = STR_INIT("/_menagerie/website/");

struct visit {
	struct call *c;
	struct bucket bucket;
	const struct s3_website_configuration *site;
	struct s3_website_request request;
	/* What stands before the paths of the site in ours; empty for one that has a host of its own. */
	str prefix;
};

/*
 * Replies.
 */

static bool is_head(const struct call *c)
{
	return str_eq(c->request->method, STR("HEAD"));
}

static void tell_error(struct call *c, const struct s3_website_error *e)
{
	reply_header(c->exchange, STR("x-amz-error-code"), e->code);
	reply_header(c->exchange, STR("x-amz-error-message"), e->message);
	if (e->key.p)
		reply_header(c->exchange, STR("x-amz-error-detail-Key"), e->key);
	c->error_code = e->code;
}

static void send_page(struct call *c, const struct s3_website_error *e,
                      const struct s3_website_error *document)
{
	reply_text(c->exchange, e->status,
	           s3_website_page(c->arena, e, document, c->request_id, c->request_id));
	reply_header(c->exchange, STR("Content-Type"), STR("text/html; charset=utf-8"));
	tell_error(c, e);
}

static str field_of(err e, const char *name)
{
	const struct refusal_field *f = e->refusal ? e->refusal->fields : NULL;

	for (; f && f->name; f++)
		if (str_eq(str_from(f->name), str_from(name)))
			return f->value;
	return STR_NULL;
}

static struct s3_website_error shown(err e)
{
	return (struct s3_website_error){
		.status = error_status(e),
		.code = error_code(e),
		.message = e->refusal ? e->refusal->message : e->message,
		.key = field_of(e, "Key"),
		.bucket_name = field_of(e, "BucketName"),
		.method = field_of(e, "Method"),
		.resource_type = field_of(e, "ResourceType"),
	};
}

static void send_error(struct call *c, err e)
{
	struct s3_website_error error = shown(e);

	send_page(c, &error, NULL);
}

static void send_redirect(struct visit *v, int status, str location)
{
	reply_text(v->c->exchange, status, STR(""));
	reply_header(v->c->exchange, STR("Location"), location);
}

/* To a path of the site. */
static str within(const struct visit *v, str path)
{
	return v->prefix.n ? arena_join(v->c->arena, v->prefix, path) : path;
}

static void send_folder_redirect(struct visit *v, str path)
{
	const struct s3_website_error found = { .status = 302,
		                                .code = STR_INIT("Found"),
		                                .message = STR_INIT("Resource Found") };

	send_page(v->c, &found, NULL);
	reply_header(v->c->exchange, STR("Location"), within(v, path));
	v->c->error_code = STR_NULL;
}

/*
 * Objects.
 */

static bool exists(const struct object *o)
{
	return o->sequence && !o->is_marker;
}

static err find(struct visit *v, str key, struct object *o)
{
	struct s3_want want = {
		.action = "s3:GetObject", .key = key, .permission = ACL_READ, .of_object = true
	};
	err e = s3_object_version(v->c, &v->bucket, key, STR_NULL, o);

	want.object = !e && o->sequence ? o : NULL;
	if (!e)
		e = s3_allow(v->c, &v->bucket, &want);
	return e ? e : s3_object_must_exist(v->c, &v->bucket, key, STR_NULL, o);
}

static bool is_redirect(struct visit *v, const struct object *o)
{
	struct s3_stored_metadata m;
	str to;

	s3_metadata_from_text(v->c->arena, o->metadata, &m);
	to = m.redirect_location;
	if (!to.n)
		return false;
	send_redirect(v, 301, str_starts(to, STR("/")) ? within(v, to) : to);
	return true;
}

/* The object as the whole reply. */
static err send_object(struct visit *v, struct s3_get *get, struct object *o)
{
	struct s3_get_object_out out;
	err e;

	get->is_page = true;
	get->is_head = is_head(v->c);
	do {
		e = find(v, get->key, o);
		if (!e && get->status == 200 && is_redirect(v, o))
			return NULL;
		if (!e)
			e = s3_get_reply(v->c, get, &v->bucket, o, &out);
	} while (s3_get_again(v->c, get));
	if (!e)
		s3_get_write_headers(v->c, &out);
	return e;
}

static bool is_folder(struct visit *v)
{
	str key = s3_website_folder_index(v->c->arena, v->site, v->request.key);
	struct object index;

	return key.p && !find(v, key, &index);
}

static err send_what_is_meant(struct visit *v)
{
	struct s3_get get = { .key = s3_website_key(v->c->arena, v->site, v->request.key),
		              .status = 200 };
	struct object o;
	err e;

	s3_get_read_headers(v->c, &get);
	e = send_object(v, &get, &o);
	if (!e || exists(&o) || !is_folder(v))
		return e;
	send_folder_redirect(v, s3_website_folder_redirect(v->c->arena, v->request.key).location);
	return NULL;
}

/*
 * When something is missing.
 */

/* Only of errors that are the visitor's does a site have a page of its own. */
static void send_error_document(struct visit *v, err e)
{
	const struct s3_website_error error = shown(e);
	struct s3_website_error problem;
	struct s3_get get = { .status = error.status };
	struct object o;
	err failure;

	if (!v->site->error_document || error.status >= 500) {
		send_page(v->c, &error, NULL);
		return;
	}
	get.key = v->site->error_document->key;
	failure = send_object(v, &get, &o);
	if (!failure) {
		tell_error(v->c, &error);
		return;
	}
	problem = shown(failure);
	send_page(v->c, &error, &problem);
}

static bool send_route(struct visit *v, int status)
{
	struct s3_website_redirect to;

	if (!s3_website_route(v->c->arena, v->site, &v->request, status, &to))
		return false;
	send_redirect(v, to.status, to.location);
	return true;
}

static void answer(struct visit *v)
{
	struct s3_website_redirect to;
	err e;

	if (s3_website_redirect_all(v->c->arena, v->site, &v->request, &to)) {
		send_redirect(v, to.status, to.location);
		return;
	}
	if (send_route(v, 0))
		return;
	e = send_what_is_meant(v);
	if (e && !send_route(v, error_status(e)))
		send_error_document(v, e);
}

/*
 * The request.
 */

/* A site with a host of its own may have such a path, too: then all of it is the key. */
static bool came_by_path(struct call *c, str key)
{
	str decoded;

	if (!str_starts(c->request->path, by_path))
		return false;
	return !uri_decode(c->arena, str_after(c->request->path, 1), URI_PLAIN, &decoded) ||
	       !str_eq(decoded, key);
}

static void read_request(struct visit *v, str key)
{
	const struct request *r = v->c->request;
	ptrdiff_t end;

	v->request =
		(struct s3_website_request){ .key = key, .target = r->target, .host = r->host };
	if (!came_by_path(v->c, key))
		return;
	end = str_find(r->path, '/', by_path.n);
	v->prefix = str_from_to(r->path, 0, end < 0 ? r->path.n : (size_t)end);
	v->request.target = str_after(r->target, v->prefix.n);
	/* A redirect to another path of the same host stays within ours. */
	v->request.host = arena_join(v->c->arena, r->host, v->prefix);
}

static err not_allowed(struct call *c)
{
	struct refusal *r = refuse(c->arena, 405, "MethodNotAllowed",
	                           "The specified method is not allowed against this resource.");

	r = refusal_with(r, "Method", refusal_excerpt(c->request->method));
	return fail_refused(c, refusal_with(r, "ResourceType", STR("OBJECT")));
}

static err find_site(struct visit *v, str bucket)
{
	struct call *c = v->c;
	err e;

	if (!str_eq(c->request->method, STR("GET")) && !is_head(c))
		return not_allowed(c);
	e = s3_bucket_find(c, bucket, STR_NULL, &v->bucket);
	if (!e)
		e = s3_check_payer(c, &v->bucket);
	if (e)
		return e;
	if (s3_bucket_has(&v->bucket, S3_WEBSITE))
		v->site = s3_document(c->db, c->arena, &v->bucket, S3_WEBSITE);
	return v->site ? NULL : s3_fail(c, S3_NO_SUCH_WEBSITE_CONFIGURATION, "BucketName", bucket);
}

static err visit(struct call *c, str bucket, str key)
{
	struct visit v = { .c = c };
	err e;

	if (!c->request || !c->exchange)
		return s3_fail(c, S3_NOT_IMPLEMENTED, NULL, STR_NULL);
	e = find_site(&v, bucket);
	if (e) {
		send_error(c, e);
		return NULL;
	}
	read_request(&v, key);
	if (str_starts(v.request.target, STR("/")))
		answer(&v);
	else
		send_folder_redirect(&v, STR("/")); /* ours, without the slash behind the bucket */
	return NULL;
}

err s3_get_website_root(struct call *c, const struct s3_get_website_root_in *in,
                        struct s3_get_website_root_out *out)
{
	(void)out;
	return visit(c, in->bucket, STR(""));
}

err s3_get_website_page(struct call *c, const struct s3_get_website_page_in *in,
                        struct s3_get_website_page_out *out)
{
	(void)out;
	return visit(c, in->bucket, in->key);
}
