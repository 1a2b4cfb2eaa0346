/*
 * Secrets live in the call's arena and are wiped with it; only the master key outlives a call, in the
 * process, which would have to read it from its file for each request otherwise.
 */
#include "services/s3/encryption.h"

#include "base/log.h"
#include "base/str.h"
#include "services/s3/errors.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>

static const char *const sse_header = "x-amz-server-side-encryption";

/*
 * The master key.
 */

static struct {
	pthread_mutex_t lock;
	char folder[PATH_MAX]; /* whose key it is; empty: none yet */
	struct cipher_wrapping_key key;
} master = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* A new key opens nothing that an old one sealed. */
static err find_encrypted(struct call *c, void *arg)
{
	*(bool *)arg = db_exists(c->db,
	                         "SELECT 1 FROM s3_object WHERE encryption = ? UNION ALL "
	                         "SELECT 1 FROM s3_upload WHERE encryption = ? LIMIT 1",
	                         db_int(S3_SSE_S3), db_int(S3_SSE_S3)) ||
	               db_status(c->db) != DB_OK;
	return NULL;
}

/* The lock is not held while the database is asked, but it is while a key is made: two that made one
 * at once would be in each other's way. */
static int read_master_key(struct call *c, bool may_make, struct cipher_wrapping_key *ret)
{
	const char *folder = store_folder(store_of(c));
	int e = 0;

	pthread_mutex_lock(&master.lock);
	if (strcmp(master.folder, folder) != 0) {
		e = cipher_master_key(folder, may_make, &master.key);
		master.folder[0] = '\0';
		if (!e && strlen(folder) < sizeof(master.folder))
			memcpy(master.folder, folder, strlen(folder) + 1);
	}
	if (!e)
		*ret = master.key;
	pthread_mutex_unlock(&master.lock);
	return e;
}

err s3_master_key(struct call *c, struct cipher_wrapping_key *ret)
{
	bool is_needed = true;
	int e = read_master_key(c, /* may_make= */ false, ret);

	if (e == -ENOENT && !call_read(c, find_encrypted, &is_needed) && !is_needed)
		e = read_master_key(c, /* may_make= */ true, ret);
	if (!e)
		return NULL;
	log_error("the key of what is encrypted cannot be used", log_errno(e));
	return s3_fail(c, S3_INTERNAL_ERROR, NULL, STR_NULL);
}

static void wipe_wrapping_key(void *key)
{
	cipher_wipe_wrapping_key(key);
}

static struct cipher_wrapping_key *new_key(struct arena *a)
{
	struct cipher_wrapping_key *key = arena_new(a, struct cipher_wrapping_key);

	arena_defer(a, wipe_wrapping_key, key);
	return key;
}

/*
 * What a write gets.
 */

static bool has_customer(const struct cipher_customer_headers *h)
{
	return h->algorithm.p || h->key.p || h->key_md5.p;
}

static bool is_kms(str algorithm)
{
	return str_starts(algorithm, STR("aws:"));
}

static err no_kms(struct call *c, str algorithm)
{
	return s3_fail_saying(
		c, S3_NOT_IMPLEMENTED,
		"The encryption %.*s is not built in Menagerie; nothing was done. Built are "
		"AES256 and keys that the client brings.",
		STR_ARG(refusal_excerpt(algorithm)));
}

static err customer_encryption(struct call *c, const struct cipher_customer_headers *h,
                               struct encryption *ret)
{
	const struct refusal *refusal;

	ret->key = new_key(c->arena);
	refusal = cipher_customer_key(c->arena, h, ret->key);
	if (refusal)
		return fail_refused(c, refusal);
	ret->kind = S3_SSE_C;
	ret->customer_algorithm = h->algorithm;
	ret->customer_key_md5 = h->key_md5;
	return NULL;
}

static err own_encryption(struct call *c, struct encryption *ret)
{
	ret->kind = S3_SSE_S3;
	ret->key = new_key(c->arena);
	return s3_master_key(c, ret->key);
}

static err check_headers(struct call *c, const struct s3_encryption_headers *h)
{
	if (h->sse.p && has_customer(&h->customer))
		return s3_invalid_argument_error(
			c, sse_header, h->sse,
			"Server Side Encryption with Customer provided key is incompatible with the "
			"encryption method specified");
	if (is_kms(h->sse))
		return no_kms(c, h->sse);
	if (h->sse.p && !str_eq(h->sse, STR("AES256")))
		return s3_invalid_argument_error(
			c, sse_header, h->sse, "The encryption method specified is not supported");
	if (h->kms_context.p)
		return s3_fail(c, S3_NOT_IMPLEMENTED, "Header",
		               STR("x-amz-server-side-encryption-context"));
	if (h->bucket_key)
		return s3_fail(c, S3_NOT_IMPLEMENTED, "Header",
		               STR("x-amz-server-side-encryption-bucket-key-enabled"));
	if (h->kms_key_id.p)
		return s3_invalid_argument_error(
			c, sse_header, h->sse.p ? h->sse : STR("null"),
			"Server Side Encryption with AWS KMS managed key requires HTTP header "
			"x-amz-server-side-encryption : aws:kms");
	return NULL;
}

static const struct s3_server_side_encryption_rule *default_of(struct call *c,
                                                               const struct bucket *b)
{
	const struct s3_server_side_encryption_configuration *configuration =
		s3_bucket_has(b, S3_ENCRYPTION) ? s3_document(c->db, c->arena, b, S3_ENCRYPTION)
						: NULL;

	return configuration && configuration->rules.n ? &configuration->rules.items[0] : NULL;
}

static bool is_blocked(const struct s3_server_side_encryption_rule *rule, str type)
{
	const struct s3_blocked_encryption_types *blocked =
		rule ? rule->blocked_encryption_types : NULL;

	for (size_t i = 0; blocked && i < blocked->encryption_type.n; i++)
		if (str_eq(blocked->encryption_type.items[i], type))
			return true;
	return false;
}

static str default_algorithm(const struct s3_server_side_encryption_rule *rule)
{
	const struct s3_server_side_encryption_by_default *by =
		rule ? rule->apply_server_side_encryption_by_default : NULL;

	return by ? by->sse_algorithm : STR_NULL;
}

err s3_encryption_wanted(struct call *c, const struct bucket *b,
                         const struct s3_encryption_headers *headers, struct encryption *ret)
{
	const struct s3_server_side_encryption_rule *rule;
	str algorithm;
	err e = check_headers(c, headers);

	*ret = (struct encryption){ .kind = S3_PLAIN };
	if (e)
		return e;
	rule = default_of(c, b);
	if (has_customer(&headers->customer)) {
		if (is_blocked(rule, STR("SSE-C")))
			return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
		return customer_encryption(c, &headers->customer, ret);
	}
	algorithm = headers->sse.p ? headers->sse : default_algorithm(rule);
	if (!algorithm.p)
		return NULL;
	if (is_kms(algorithm))
		return no_kms(c, algorithm);
	return own_encryption(c, ret);
}

err s3_encryption_of_upload(struct call *c, enum s3_encryption_kind kind, str key_mark,
                            const struct cipher_customer_headers *customer, struct encryption *ret)
{
	err e;

	*ret = (struct encryption){ .kind = S3_PLAIN };
	if (kind != S3_SSE_C && has_customer(customer))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The multipart upload initiate did not request encryption with a "
			"customer provided key.");
	if (kind == S3_SSE_C && !has_customer(customer))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The multipart upload initiate requested encryption. Subsequent part "
			"requests must include the appropriate encryption parameters.");
	if (kind == S3_PLAIN)
		return NULL;
	if (kind == S3_SSE_S3)
		return own_encryption(c, ret);
	e = customer_encryption(c, customer, ret);
	if (!e && !cipher_mark_matches(ret->key, key_mark))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The provided encryption parameters did not match the ones used "
			"originally.");
	return e;
}

/*
 * Sealing a body while it comes.
 */

struct seal {
	struct body_filter filter;
	struct s3_sealing sealing;
	struct cipher_writer *writer;
	err failure; /* the sink's */
};

#define SEAL_OF(f) ((struct seal *)(void *)((char *)(f)-offsetof(struct seal, filter)))

static int sink_of_seal(void *app, str bytes)
{
	struct seal *s = app;

	s->failure = s->filter.sink(s->filter.app, bytes);
	return s->failure ? -EIO : 0;
}

static err feed(struct body_filter *f, str piece)
{
	struct seal *s = SEAL_OF(f);

	cipher_writer_feed(s->writer, piece);
	return s->failure;
}

static err end(struct body_filter *f)
{
	struct seal *s = SEAL_OF(f);

	cipher_writer_end(s->writer);
	return s->failure;
}

struct s3_sealing s3_sealing_new(struct arena *a, const struct encryption *encryption, str context,
                                 struct cipher_key *ret)
{
	struct s3_sealing s = { .kind = encryption->kind };

	cipher_make_key(ret);
	s.wrapped_key = cipher_wrap(a, ret, encryption->key, context);
	if (encryption->kind == S3_SSE_C) {
		unsigned char *mark = arena_alloc(a, CIPHER_MARK_SIZE);

		cipher_mark(encryption->key, mark);
		s.key_mark = (str){ (const char *)mark, CIPHER_MARK_SIZE };
	}
	return s;
}

const struct s3_sealing *s3_seal_body(struct call *c, const struct encryption *encryption,
                                      str context)
{
	struct cipher_key key;
	struct seal *s;

	if (encryption->kind == S3_PLAIN)
		return NULL;
	s = arena_new(c->arena, struct seal);
	s->sealing = s3_sealing_new(c->arena, encryption, context, &key);
	s->writer = cipher_writer_new(c->arena, &key, sink_of_seal, s);
	cipher_wipe_key(&key);
	s->filter.feed = feed;
	s->filter.end = end;
	c->body->seal = &s->filter;
	return &s->sealing;
}

const struct s3_sealing *s3_sealing_of_body(const struct call *c)
{
	return c->body && c->body->seal ? &SEAL_OF(c->body->seal)->sealing : NULL;
}

str s3_seal_context(struct arena *a, const struct bucket *b, str key)
{
	return arena_printf(a, "%.*s/%.*s", STR_ARG(b->name), STR_ARG(key));
}

/*
 * Opening.
 */

static err customer_key_of(struct call *c, const struct content *content,
                           const struct cipher_customer_headers *customer,
                           struct s3_reading_key *ret)
{
	const struct refusal *refusal;

	if (!has_customer(customer))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The object was stored using a form of Server Side Encryption. The correct "
			"parameters must be provided to retrieve the object.");
	refusal = cipher_customer_key(c->arena, customer, ret->key);
	if (refusal)
		return fail_refused(c, refusal);
	if (!cipher_mark_matches(ret->key, content->key_mark))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	return NULL;
}

err s3_reading_key_of(struct call *c, const struct bucket *b, const struct object *o,
                      const struct cipher_customer_headers *customer, struct s3_reading_key *ret)
{
	*ret = (struct s3_reading_key){ .kind = o->content.encryption };
	if (ret->kind != S3_SSE_C && has_customer(customer))
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The encryption parameters are not applicable to this object.");
	if (ret->kind == S3_PLAIN)
		return NULL;
	ret->key = new_key(c->arena);
	ret->context = s3_seal_context(c->arena, b, o->key);
	return ret->kind == S3_SSE_C ? customer_key_of(c, &o->content, customer, ret)
	                             : s3_master_key(c, ret->key);
}
