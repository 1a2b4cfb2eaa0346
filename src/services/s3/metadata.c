#include "services/s3/metadata.h"

#include "base/buf.h"
#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/mail_words.h"

enum {
	TEXT_MAX = 64 * 1024, /* more than the head of a request */
	REDIRECT_MAX = 2048,
};

#define USER_PREFIX "x-amz-meta-"
#define MISSING     "x-amz-missing-meta"

/*
 * What may be kept.
 */

static err bad_redirect(struct call *c, const char *message)
{
	return fail_refused(c, refuse(c->arena, 400, "InvalidRedirectLocation", "%s", message));
}

static err check_redirect(struct call *c, str location)
{
	if (!location.n)
		return NULL;
	if (location.n > REDIRECT_MAX)
		return bad_redirect(
			c,
			"The length of website redirect location cannot exceed 2,048 characters.");
	if (str_starts(location, STR("/")) || str_starts(location, STR("http://")) ||
	    str_starts(location, STR("https://")))
		return NULL;
	return bad_redirect(c, "The website redirect location must have a prefix of 'http://' or "
	                       "'https://' or '/'.");
}

/* One class is as good as another here, but for those whose objects must be restored to be read. */
static err check_storage_class(struct call *c, str name)
{
	static const str classes[] = {
		STR_INIT("STANDARD"),   STR_INIT("REDUCED_REDUNDANCY"),  STR_INIT("STANDARD_IA"),
		STR_INIT("ONEZONE_IA"), STR_INIT("INTELLIGENT_TIERING"), STR_INIT("GLACIER_IR"),
	};
	struct refusal *r;

	if (!name.p)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (str_eq(name, classes[i]))
			return NULL;
	if (str_eq(name, STR("GLACIER")) || str_eq(name, STR("DEEP_ARCHIVE")))
		return s3_fail_saying(c, S3_NOT_IMPLEMENTED,
		                      "The storage class %.*s is not built in Menagerie; nothing "
		                      "was stored.",
		                      STR_ARG(name));
	r = refuse(c->arena, 400, "InvalidStorageClass",
	           "The storage class you specified is not valid");
	return fail_refused(c, refusal_with(r, "StorageClassRequested", refusal_excerpt(name)));
}

/*
 * Into text.
 */

/* A form could bring line ends. */
static void put_line(struct buf *b, str prefix, str name, str value)
{
	buf_put(b, prefix);
	buf_put(b, name);
	buf_put(b, STR(": "));
	for (size_t i = 0; i < value.n; i++)
		buf_putc(b, value.p[i] == '\n' || value.p[i] == '\r' ? ' ' : value.p[i]);
	buf_putc(b, '\n');
}

static void put_header(struct buf *b, str name, str value)
{
	if (value.n)
		put_line(b, STR(""), name, value);
}

/* How the body came is not what the object is. */
static str without_aws_chunked(struct arena *a, str encoding)
{
	struct buf b;

	if (!str_contains(encoding, STR("aws-chunked")))
		return encoding;
	buf_init(&b, a, TEXT_MAX);
	while (encoding.p) {
		str one = str_trim(str_cut(&encoding, ','));

		if (!one.n || str_eq(one, STR("aws-chunked")))
			continue;
		if (b.n)
			buf_putc(&b, ',');
		buf_put(&b, one);
	}
	return buf_str(&b);
}

static str lower(struct arena *a, str name)
{
	char *p = arena_alloc(a, name.n + 1);

	for (size_t i = 0; i < name.n; i++)
		p[i] = ascii_lower(name.p[i]);
	return (str){ p, name.n };
}

struct user_metadata {
	struct s3_metadata_map_entry *items;
	size_t n;
	int64_t unreadable;
	size_t size;
};

/* What was sent twice is one value, as HTTP has it. */
static struct s3_metadata_map_entry *entry_of(struct user_metadata *u, str name)
{
	for (size_t i = 0; i < u->n; i++)
		if (str_eq(u->items[i].key, name))
			return &u->items[i];
	u->items[u->n].key = name;
	return &u->items[u->n++];
}

static str decoded(struct arena *a, str value, bool is_utf8)
{
	bool is_ascii = true;

	for (size_t i = 0; i < value.n; i++)
		is_ascii = is_ascii && !((unsigned char)value.p[i] & 0x80);
	if (is_ascii)
		return mail_words_decode(a, value);
	/* The documentation says so, and shows what becomes of UTF-8 then. */
	return is_utf8 && utf8_valid(value) ? value : latin1_to_utf8(a, value);
}

static void read_user(struct arena *a, const struct s3_stored_metadata *m,
                      struct user_metadata *ret)
{
	*ret = (struct user_metadata){ .unreadable = m->unreadable };
	ret->items = arena_array(a, struct s3_metadata_map_entry, m->user.n + 1);
	for (size_t i = 0; i < m->user.n; i++) {
		str name = lower(a, m->user.items[i].key);
		str value = decoded(a, str_trim(m->user.items[i].value), m->is_utf8);
		struct s3_metadata_map_entry *entry;

		ret->size += name.n + value.n;
		if (!header_name_valid(name)) {
			ret->unreadable++;
			continue;
		}
		entry = entry_of(ret, name);
		entry->value = entry->value.p ? arena_printf(a, "%.*s,%.*s", STR_ARG(entry->value),
		                                             STR_ARG(value))
		                              : value;
	}
}

static err check_size(struct call *c, size_t size)
{
	struct refusal *r;

	if (size <= S3_USER_METADATA_MAX)
		return NULL;
	r = refuse(c->arena, 400, "MetadataTooLarge",
	           "Your metadata headers exceed the maximum allowed metadata size");
	r = refusal_with_number(c->arena, r, "Size", (int64_t)size);
	return fail_refused(
		c, refusal_with_number(c->arena, r, "MaxSizeAllowed", S3_USER_METADATA_MAX));
}

static str text_of(struct arena *a, const struct s3_stored_metadata *m,
                   const struct user_metadata *user)
{
	str type = m->content_type.n ? m->content_type : STR("binary/octet-stream");
	struct buf b;

	buf_init(&b, a, TEXT_MAX);
	put_header(&b, STR("Cache-Control"), m->cache_control);
	put_header(&b, STR("Content-Disposition"), m->content_disposition);
	put_header(&b, STR("Content-Encoding"), without_aws_chunked(a, m->content_encoding));
	put_header(&b, STR("Content-Language"), m->content_language);
	put_header(&b, STR("Content-Type"), type);
	put_header(&b, STR("Expires"), m->expires);
	put_header(&b, STR("x-amz-website-redirect-location"), m->redirect_location);
	if (!str_eq(m->storage_class, STR("STANDARD")))
		put_header(&b, STR("x-amz-storage-class"), m->storage_class);
	for (size_t i = 0; i < user->n; i++)
		put_line(&b, STR(USER_PREFIX), user->items[i].key,
		         mail_words_encode(a, user->items[i].value));
	if (user->unreadable)
		buf_printf(&b, MISSING ": %lld\n", (long long)user->unreadable);
	return buf_str(&b);
}

err s3_metadata_to_text(struct call *c, const struct s3_stored_metadata *m, str *ret)
{
	struct user_metadata user;
	err e = check_redirect(c, m->redirect_location);

	if (!e)
		e = check_storage_class(c, m->storage_class);
	if (e)
		return e;
	read_user(c->arena, m, &user);
	e = check_size(c, user.size);
	if (!e)
		*ret = text_of(c->arena, m, &user);
	return e;
}

/*
 * And back.
 */

static str *place_of(struct s3_stored_metadata *m, str name)
{
	const struct {
		str name;
		str *place;
	} places[] = {
		{ STR("Cache-Control"), &m->cache_control },
		{ STR("Content-Disposition"), &m->content_disposition },
		{ STR("Content-Encoding"), &m->content_encoding },
		{ STR("Content-Language"), &m->content_language },
		{ STR("Content-Type"), &m->content_type },
		{ STR("Expires"), &m->expires },
		{ STR("x-amz-website-redirect-location"), &m->redirect_location },
		{ STR("x-amz-storage-class"), &m->storage_class },
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (str_eq(name, places[i].name))
			return places[i].place;
	return NULL;
}

static str cut_line(str *rest, str *ret_name)
{
	str line = str_cut(rest, '\n');
	ptrdiff_t colon = str_find(line, ':', 0);

	*ret_name = str_from_to(line, 0, (size_t)MAX(colon, 0));
	return str_after(line, (size_t)MAX(colon, 0) + 2);
}

void s3_metadata_from_text(struct arena *a, str text, struct s3_stored_metadata *ret)
{
	size_t capacity = 0;

	*ret = (struct s3_stored_metadata){ 0 };
	while (text.p && text.n) {
		str name, value = cut_line(&text, &name);
		str *place = place_of(ret, name);

		if (place) {
			*place = value;
		} else if (str_take(&name, STR(USER_PREFIX))) {
			if (ret->user.n == capacity)
				ret->user.items = arena_grow(a, ret->user.items, &capacity,
				                             sizeof(*ret->user.items));
			ret->user.items[ret->user.n++] =
				(struct s3_metadata_map_entry){ name, value };
		} else if (str_eq(name, STR(MISSING))) {
			(void)str_to_i64(value, &ret->unreadable);
		}
	}
}

str s3_storage_class_of_text(str text)
{
	ptrdiff_t at = str_find_str(text, STR("\nx-amz-storage-class: "), 0);
	str rest, name;

	if (at < 0) /* it is never the first line: the content type comes before */
		return STR("STANDARD");
	rest = str_after(text, (size_t)at + 1);
	return cut_line(&rest, &name);
}
