/*
 * Lines wait in piles, one for each source, target and, where the key asks for it, day. A pile that is
 * old or large enough is taken out by the tick, which writes it; it is let go by a later tick that
 * finds its first object there, since only then is the transaction known to have been committed.
 */
#include "services/s3/access_log.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "services/s3/content.h"
#include "services/s3/log_line.h"
#include "services/s3/metadata.h"
#include "services/s3/names.h"
#include "services/s3/new_object.h"
#include "services/s3/note.h"
#include "services/s3/s3.h"

#include <pthread.h>

#define DAY (24 * 3600 * INT64_C(1000))
#define AGE (60 * INT64_C(1000))

enum {
	ENOUGH_LINES = 1000,
	OBJECT_MAX = 48 * 1024, /* of one log object: its body is in a row */
	UNIQUE = 16,
};

struct line {
	struct line *next;
	str text;
};

struct pile {
	struct pile *next;
	struct arena arena; /* of the lines, and of this */
	struct api *api;
	str bucket, account, region; /* the source */
	str target, prefix, acl;
	enum s3_log_partition partition;
	int64_t day; /* of the events, when they are parted by it */
	struct line *first, **end;
	size_t lines, bytes;
	int64_t oldest;
	str written; /* the key of its first object; absent: not yet */
};

static struct {
	pthread_mutex_t lock;
	struct pile *waiting;
	size_t bytes; /* of all that wait */
	int64_t dropped;
	struct pile *leaving; /* the writer thread's */
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER };

/*
 * A line, when the request is over.
 */

static str header(const struct call *c, str name)
{
	return request_header(c->request, name);
}

static str authentication(const struct call *c)
{
	if (header(c, STR("authorization")).n)
		return STR("AuthHeader");
	if (str_contains(c->request->query, STR("X-Amz-Signature=")))
		return STR("QueryString");
	return c->identity.anonymous || !c->identity.account.p ? STR_NULL : STR("POST");
}

static str requester(const struct call *c)
{
	if (c->identity.anonymous || !c->identity.account.p)
		return STR_NULL;
	return c->identity.root ? acl_canonical_id(c->arena, c->identity.account) : c->identity.arn;
}

static struct s3_log_line line_of(struct call *c, const struct ended *e, const struct s3_note *n)
{
	str operation = model_text(c->service->model, c->operation->name);

	return (struct s3_log_line){
		.owner = acl_canonical_id(c->arena, n->bucket.account),
		.bucket = n->bucket.name,
		.time = e->received_at,
		.peer = c->request->peer,
		.requester = requester(c),
		.request_id = c->request_id,
		.operation = s3_log_operation(c->arena, operation, c->request->method),
		.method = c->request->method,
		.target = c->request->target,
		.status = e->status,
		.error_code = e->error_code,
		.sent = e->sent,
		.object_size = n->size,
		.total_ms = e->total_us / 1000,
		.referer = header(c, STR("referer")),
		.user_agent = header(c, STR("user-agent")),
		.version_id = n->version_id,
		.host_id = c->request_id,
		.authentication = authentication(c),
		.host = c->request->host,
		.acl_was_needed = n->acl_was_needed,
	};
}

/*
 * Piles.
 */

static enum s3_log_partition partition_of(const struct s3_logging_enabled *target)
{
	const struct s3_target_object_key_format *f = target->target_object_key_format;

	if (!f || !f->partitioned_prefix)
		return S3_LOG_SIMPLE;
	return str_eq(f->partitioned_prefix->partition_date_source, STR("DeliveryTime"))
	               ? S3_LOG_BY_DELIVERY
	               : S3_LOG_BY_EVENT;
}

static struct pile wanted_pile(struct call *c, const struct ended *e, const struct s3_note *n)
{
	struct pile p = {
		.api = c->api,
		.bucket = n->bucket.name,
		.account = n->bucket.account,
		.region = n->bucket.region,
		.target = n->target->target_bucket,
		.prefix = n->target->target_prefix,
		.partition = partition_of(n->target),
		.oldest = e->received_at,
	};

	if (p.partition == S3_LOG_BY_EVENT)
		p.day = e->received_at / DAY;
	if (s3_log_acl(c->arena, n->target, n->bucket.account, &p.acl))
		p.acl = STR_NULL;
	return p;
}

static bool is_same(const struct pile *a, const struct pile *b)
{
	return a->api == b->api && str_eq(a->bucket, b->bucket) && str_eq(a->target, b->target) &&
	       str_eq(a->prefix, b->prefix) && str_eq(a->acl, b->acl) &&
	       a->partition == b->partition && a->day == b->day;
}

/* The pile is in its own arena, which so goes with it. */
static struct pile *new_pile(const struct pile *wanted)
{
	struct arena a = { 0 };
	struct pile *p = arena_new(&a, struct pile);

	*p = *wanted;
	p->bucket = arena_str(&a, wanted->bucket);
	p->account = arena_str(&a, wanted->account);
	p->region = arena_str(&a, wanted->region);
	p->target = arena_str(&a, wanted->target);
	p->prefix = arena_str(&a, wanted->prefix);
	p->acl = arena_str(&a, wanted->acl);
	p->end = &p->first;
	p->arena = a;
	return p;
}

static void let_go(struct pile *p)
{
	struct arena a = p->arena;

	arena_release(&a);
}

/* With the lock. */
static void add_line(const struct pile *wanted, str text)
{
	struct pile *p = queue.waiting;
	struct line *line;

	while (p && !is_same(p, wanted))
		p = p->next;
	if (queue.bytes + text.n > LIMIT_LOG_BYTES || (p && p->lines >= LIMIT_LOG_LINES)) {
		queue.dropped++;
		return;
	}
	if (!p) {
		p = new_pile(wanted);
		p->next = queue.waiting;
		queue.waiting = p;
	}
	line = arena_new(&p->arena, struct line);
	line->text = arena_str(&p->arena, text);
	*p->end = line;
	p->end = &line->next;
	p->lines++;
	p->bytes += text.n;
	queue.bytes += text.n;
}

static void log_line(struct call *c, const struct pile *wanted, const struct s3_log_line *line)
{
	struct buf b;

	buf_init(&b, c->arena, 4 * LIMIT_REQUEST_HEAD);
	s3_log_line_put(&b, c->arena, line);
	if (b.overflow)
		return;
	pthread_mutex_lock(&queue.lock);
	add_line(wanted, buf_str(&b));
	pthread_mutex_unlock(&queue.lock);
}

static void log_delete(struct call *c, const struct pile *wanted, const struct s3_log_line *whole,
                       const struct s3_noted_delete *d)
{
	struct s3_log_line line = *whole;

	line.operation = STR("BATCH.DELETE.OBJECT");
	line.is_batched = true;
	line.key = d->key;
	line.status = d->status;
	line.error_code = d->error_code;
	line.version_id = d->version_id;
	line.sent = 0;
	line.object_size = -1;
	log_line(c, wanted, &line);
}

/* Of /BUCKET/KEY. */
static void split(struct arena *a, str path, str *ret_bucket, str *ret_key)
{
	str rest = str_after(path, 1), bucket = str_cut(&rest, '/');

	if (!uri_decode(a, bucket, URI_PLAIN, ret_bucket))
		*ret_bucket = bucket;
	if (!uri_decode(a, rest, URI_PLAIN, ret_key))
		*ret_key = rest;
}

void s3_ended(struct call *c, const struct ended *e)
{
	const struct s3_note *n = c->note;
	struct s3_log_line line;
	struct route route;
	struct pile wanted;
	str bucket, key;

	if (!n || !c->request || !c->operation)
		return;
	route = (struct route){ .path = c->request->path };
	s3_route(c->arena, c->request, &route);
	split(c->arena, route.path, &bucket, &key);
	while (n && !str_eq(n->bucket.name, bucket))
		n = n->next;
	if (!n)
		return;
	line = line_of(c, e, n);
	line.key = key;
	wanted = wanted_pile(c, e, n);
	log_line(c, &wanted, &line);
	for (const struct s3_noted_delete *d = n->deletes; d; d = d->next)
		log_delete(c, &wanted, &line, d);
}

/*
 * Delivery.
 */

static bool is_due(const struct pile *p, int64_t now, bool all)
{
	return all || p->lines >= ENOUGH_LINES || now - p->oldest >= AGE || now < p->oldest;
}

static void take_due(int64_t now, bool all)
{
	int64_t dropped;

	pthread_mutex_lock(&queue.lock);
	for (struct pile **at = &queue.waiting; *at;) {
		struct pile *p = *at;

		if (!is_due(p, now, all)) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		queue.bytes -= p->bytes;
		p->next = queue.leaving;
		queue.leaving = p;
	}
	dropped = queue.dropped;
	queue.dropped = 0;
	pthread_mutex_unlock(&queue.lock);
	if (dropped)
		log_warn("access log is full, lines are lost", log_int("lines", dropped));
}

static str new_key(struct arena *a, const struct pile *p, int64_t now)
{
	char unique[UNIQUE];
	struct s3_log_key key = {
		.prefix = p->prefix,
		.partition = p->partition,
		.account = p->account,
		.region = p->region,
		.bucket = p->bucket,
		.event = p->day * DAY,
		.delivery = now,
		.unique = { unique, UNIQUE },
	};

	random_hex(unique, UNIQUE);
	for (size_t i = 0; i < UNIQUE; i++)
		unique[i] = ascii_upper(unique[i]);
	return s3_log_key(a, &key);
}

static int append(void *app, str bytes)
{
	buf_put(app, bytes);
	return 0;
}

/* The bucket's default encryption is the log's, too. */
static err seal(struct call *c, const struct bucket *b, str key, struct s3_copied *body)
{
	struct s3_encryption_headers none = { 0 };
	struct encryption encryption;
	struct s3_sealing *sealing;
	struct cipher_writer *writer;
	struct cipher_key with;
	struct buf sealed;
	err e = s3_encryption_wanted(c, b, &none, &encryption);

	if (e || encryption.kind == S3_PLAIN)
		return e;
	sealing = arena_new(c->arena, struct s3_sealing);
	*sealing = s3_sealing_new(c->arena, &encryption, s3_seal_context(c->arena, b, key), &with);
	buf_init(&sealed, c->arena, 2 * OBJECT_MAX);
	writer = cipher_writer_new(c->arena, &with, append, &sealed);
	cipher_wipe_key(&with);
	(void)cipher_writer_feed(writer, body->text); /* its sink never fails */
	(void)cipher_writer_end(writer);
	body->sealing = sealing;
	body->text = buf_str(&sealed);
	return NULL;
}

static err put(struct call *c, const struct bucket *b, const struct pile *p, str key, str text)
{
	struct checksum *sum = checksum_new(c->arena, CHECKSUM_WANT_MD5, CHECKSUM_CRC64NVME);
	struct s3_stored_metadata metadata = { .content_type = STR("text/plain") };
	struct s3_copied body = { .size = (int64_t)text.n, .text = text };
	struct object o = { .bucket = b->id, .key = key, .is_latest = true, .owner = b->account };
	struct s3_lock lock;
	err e = s3_metadata_to_text(c, &metadata, &o.metadata);

	if (!e)
		e = s3_lock_of_new(c, b, STR_NULL, (struct opt_time){ 0 }, STR_NULL, &lock);
	if (!e)
		e = seal(c, b, key, &body);
	if (e)
		return e;
	checksum_update(sum, text);
	(void)checksum_end(sum, NULL); /* nothing was announced, nothing can be wrong */
	s3_copied_keep(c, &body, &o.content);
	o.sequence = s3_next(c->db);
	o.modified = s3_in_seconds(c->now);
	o.etag = s3_md5_etag(c->arena, sum->md5_value);
	o.checksum = (struct s3_checksum_value){ sum->algorithm, false, sum->value };
	o.acl = b->ownership == S3_BUCKET_OWNER_ENFORCED ? STR_NULL : p->acl;
	o.retention = (enum s3_retention)lock.retention;
	o.retain_until = lock.retain_until;
	s3_object_put(c->db, b, &o);
	return NULL;
}

/* As many lines as one object takes, at least one. */
static str next_text(struct arena *a, const struct line **at)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	do {
		buf_put(&b, (*at)->text);
		*at = (*at)->next;
	} while (*at && b.n + (*at)->text.n <= OBJECT_MAX);
	return buf_str(&b);
}

/* False: it cannot be delivered. */
static bool write_pile(struct call *c, struct pile *p)
{
	const struct line *at = p->first;
	struct bucket b;

	if (!s3_bucket_load(c->db, c->arena, p->target, &b) || !str_eq(b.account, p->account))
		return false;
	p->written = STR_NULL;
	while (at) {
		str key = new_key(c->arena, p, c->now);

		if (!s3_key_valid(key) || put(c, &b, p, key, next_text(c->arena, &at)))
			return false;
		if (!p->written.p)
			p->written = arena_str(&p->arena, key);
	}
	return true;
}

static bool is_there(struct call *c, const struct pile *p)
{
	struct bucket b;

	return s3_bucket_load(c->db, c->arena, p->target, &b) &&
	       db_exists(c->db, "SELECT 1 FROM s3_object WHERE bucket = ? AND key = ?",
	                 db_int(b.id), db_text(p->written));
}

/* False: done with it. */
static bool deliver(struct db *db, int64_t now, struct pile *p)
{
	struct arena a = { 0 };
	struct call c = {
		.arena = &a,
		.db = db,
		.now = now,
		.api = p->api,
		.identity = { .root = true, .account = p->account },
	};
	bool stays = false;

	if (!p->written.p || !is_there(&c, p)) {
		stays = write_pile(&c, p) || db_status(db) != DB_OK;
		if (!stays)
			log_warn("access log cannot be delivered", log_str("bucket", p->target),
			         log_int("lines", (int64_t)p->lines));
	}
	arena_release(&a);
	return stays;
}

static void deliver_all(struct db *db, int64_t now)
{
	for (struct pile **at = &queue.leaving; *at;) {
		struct pile *p = *at;

		if (deliver(db, now, p)) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		let_go(p);
	}
}

void s3_deliver_logs(struct db *db, int64_t now)
{
	take_due(now, /* all= */ false);
	deliver_all(db, now);
}

void s3_deliver_all_logs(struct db *db, int64_t now)
{
	take_due(now, /* all= */ true);
	deliver_all(db, now);
}
