#include "services/s3/content.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/source.h"

#include <errno.h>

/*
 * Keeping.
 */

static void keep(struct call *c, int64_t size, str text, struct blob_writer *blob,
                 const struct s3_sealing *sealing, struct content *ret)
{
	*ret = (struct content){ .size = size };
	if (sealing) {
		ret->encryption = sealing->kind;
		ret->wrapped_key = sealing->wrapped_key;
		ret->key_mark = sealing->key_mark;
	}
	if (blob) {
		blob_keep(c->db, blob);
		ret->blob = blob_id(blob);
	} else if (text.n) {
		ret->body = s3_next(c->db);
		db_run(c->db, "INSERT INTO s3_body (id, bytes) VALUES (?, ?)", db_int(ret->body),
		       db_blob(text));
	}
}

void s3_content_keep(struct call *c, const struct s3_sealing *sealing, struct content *ret)
{
	keep(c, c->body->size, c->body->text, c->body->blob, sealing, ret);
}

void s3_copied_keep(struct call *c, const struct s3_copied *copied, struct content *ret)
{
	keep(c, copied->size, copied->text, copied->blob, copied->sealing, ret);
}

/*
 * Replying.
 */

static int failed(int e)
{
	if (e && e != -ENOENT)
		log_error("an object cannot be read", log_errno(e));
	return e;
}

static int reply_with_blob(struct call *c, const struct s3_piece *p, int status)
{
	int fd = blob_open(store_of(c), p->blob);

	if (fd < 0)
		return fd;
	reply_file(c->exchange, status, fd, p->first, p->length);
	return 0;
}

int s3_content_reply(struct call *c, const struct content *content,
                     const struct s3_reading_key *key, int64_t first, int64_t length, int status)
{
	struct s3_pieces pieces;
	struct s3_source *source;
	const struct s3_piece *p;
	int e;

	if (!length) {
		reply_text(c->exchange, status, STR(""));
		return 0;
	}
	e = s3_pieces_of(c, content, first, length, &pieces);
	if (e)
		return failed(e);
	p = pieces.items;
	if (pieces.n == 1 && key->kind == S3_PLAIN && p->text.p) {
		reply_text(c->exchange, status,
		           str_from_to(p->text, (size_t)p->first, (size_t)(p->first + p->length)));
		return 0;
	}
	if (pieces.n == 1 && key->kind == S3_PLAIN)
		return failed(reply_with_blob(c, p, status));
	e = s3_source_open(c, content, key, &pieces, &source);
	if (!e)
		reply_stream(c->exchange, status, &source->reply, length);
	return failed(e);
}

/*
 * Copying.
 */

enum { BLOCK = 64 * 1024 };

struct copying {
	struct call *c;
	const struct s3_copy *copy;
	struct s3_source *source;
	struct checksum *checksum;    /* NULL: none wanted */
	struct cipher_writer *writer; /* NULL: plain */
	struct buf text;
	struct blob_writer *blob;
	int problem;
};

static void free_blob(void *blob)
{
	blob_free(blob);
}

static void own_blob(struct copying *k, struct blob_writer *blob)
{
	k->blob = blob;
	arena_defer(k->c->arena, free_blob, blob);
}

/* What is stored of the copy. */
static int put(void *app, str bytes)
{
	struct copying *k = app;
	struct blob_writer *blob = NULL;
	int e;

	if (!k->blob && k->text.n + bytes.n <= LIMIT_BODY_IN_ROW) {
		buf_put(&k->text, bytes);
		return 0;
	}
	if (!k->blob) {
		e = blob_create(store_of(k->c), &blob);
		if (e)
			return e;
		own_blob(k, blob);
		e = blob_append(blob, buf_str(&k->text));
		if (e)
			return e;
	}
	return blob_append(k->blob, bytes);
}

static err open_source(struct call *c, void *arg)
{
	struct copying *k = arg;
	const struct s3_copy *copy = k->copy;
	struct s3_pieces pieces;

	k->problem = s3_pieces_of(c, copy->from, copy->first, copy->length, &pieces);
	if (!k->problem)
		k->problem = s3_source_open(c, copy->from, copy->from_key, &pieces, &k->source);
	return NULL;
}

static int move(struct copying *k, bool is_linked)
{
	char *block = arena_alloc(k->c->arena, BLOCK);
	ptrdiff_t n;
	int e = 0;

	while (!e && (n = s3_source_read(k->source, block, BLOCK)) != 0) {
		str bytes = { block, (size_t)MAX(n, 0) };

		if (n < 0)
			return (int)n;
		if (k->checksum)
			checksum_update(k->checksum, bytes);
		if (is_linked)
			continue;
		e = k->writer ? cipher_writer_feed(k->writer, bytes) : put(k, bytes);
	}
	if (!e && k->writer)
		e = cipher_writer_end(k->writer);
	return e;
}

/* Whole, plain before and after: the file gets a second name. */
static bool can_link(const struct s3_copy *copy)
{
	return copy->from->blob.p && copy->from->encryption == S3_PLAIN &&
	       copy->encryption->kind == S3_PLAIN && copy->first == 0 &&
	       copy->length == copy->from->size;
}

static int copy_bytes(struct copying *k, bool is_linked)
{
	err e;

	if (!k->copy->length) /* an empty body may be nowhere */
		return k->writer ? cipher_writer_end(k->writer) : 0;
	e = call_read(k->c, open_source, k);
	if (e || k->problem)
		return e ? -EIO : k->problem;
	k->problem = move(k, is_linked);
	s3_source_close(k->source);
	return k->problem;
}

static err copy_failed(struct call *c, int problem, struct s3_copied *ret)
{
	ret->is_gone = problem == -ENOENT;
	if (ret->is_gone)
		return s3_fail(c, S3_NO_SUCH_KEY, NULL, STR_NULL);
	log_error("an object cannot be copied", log_errno(problem));
	if (problem == -ENOSPC || problem == -EDQUOT)
		return fail(c, &error_storage_full,
		            "The disk that holds %s is full; nothing was changed.",
		            store_folder(store_of(c)));
	return s3_fail(c, S3_INTERNAL_ERROR, NULL, STR_NULL);
}

static void seal(struct copying *k, struct s3_copied *ret)
{
	struct arena *a = k->c->arena;
	struct s3_sealing *sealing;
	struct cipher_key key;

	if (k->copy->encryption->kind == S3_PLAIN)
		return;
	sealing = arena_new(a, struct s3_sealing);
	*sealing = s3_sealing_new(a, k->copy->encryption, k->copy->context, &key);
	k->writer = cipher_writer_new(a, &key, put, k);
	cipher_wipe_key(&key);
	ret->sealing = sealing;
}

static void finish_checksum(struct copying *k, struct s3_copied *ret)
{
	if (!k->checksum)
		return;
	(void)checksum_end(k->checksum, NULL); /* nothing was announced, nothing can be wrong */
	ret->checksum = k->checksum->value;
	memcpy(ret->md5, k->checksum->md5_value, sizeof(ret->md5));
}

err s3_content_copy(struct call *c, const struct s3_copy *copy, struct s3_copied *ret)
{
	struct copying k = { .c = c, .copy = copy };
	struct blob_writer *linked = NULL;
	int e = 0;

	*ret = (struct s3_copied){ .size = copy->length };
	buf_init(&k.text, c->arena, LIMIT_BODY_IN_ROW);
	if (copy->checksums || copy->algorithm)
		k.checksum = checksum_new(c->arena, copy->checksums, copy->algorithm);
	seal(&k, ret);
	if (can_link(copy))
		e = blob_link(store_of(c), copy->from->blob, &linked);
	if (linked)
		own_blob(&k, linked);
	if (!e && (k.checksum || !linked))
		e = copy_bytes(&k, linked != NULL);
	if (!e && k.blob)
		e = blob_seal(k.blob);
	if (e)
		return copy_failed(c, e, ret);
	finish_checksum(&k, ret);
	ret->blob = k.blob;
	ret->text = k.blob ? STR_NULL : buf_str(&k.text);
	return NULL;
}
