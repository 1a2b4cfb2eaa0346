#include "services/s3/source.h"

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "services/s3/upload.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

static str read_row(struct call *c, int64_t body)
{
	struct db_rows rows;
	str bytes = STR_NULL;

	if (db_row(c->db, &rows, "SELECT bytes FROM s3_body WHERE id = ?", db_int(body))) {
		bytes = arena_str(c->arena, col_text(&rows, 0));
		db_rows_end(&rows);
	}
	return bytes;
}

static struct s3_piece *add_piece(struct call *c, struct s3_pieces *pieces, size_t *capacity)
{
	if (pieces->n == *capacity)
		pieces->items =
			arena_grow(c->arena, pieces->items, capacity, sizeof(*pieces->items));
	return memset(&pieces->items[pieces->n++], 0, sizeof(*pieces->items));
}

/* Of all parts but the last S3 wants 5 MiB: hardly one of them is in a row. */
static int parts_of(struct call *c, int64_t upload, int64_t first, int64_t length,
                    struct s3_pieces *ret)
{
	struct db_rows rows;
	size_t capacity = 0;

	for (db_each(c->db, &rows,
	             "SELECT start, size, body, blob, wrapped_key FROM s3_part "
	             "WHERE upload = ? AND start < ? AND start + size > ? ORDER BY number",
	             db_int(upload), db_int(first + length), db_int(first));
	     db_next(&rows);) {
		struct s3_piece *p = add_piece(c, ret, &capacity);
		int64_t start = col_int(&rows, 0);

		p->size = col_int(&rows, 1);
		p->first = MAX(first - start, 0);
		p->length = MIN(p->size, first + length - start) - p->first;
		if (col_int(&rows, 2))
			p->text = read_row(c, col_int(&rows, 2));
		p->blob = arena_str(c->arena, col_text(&rows, 3));
		p->wrapped_key = arena_str(c->arena, col_text(&rows, 4));
		length -= p->length;
		first += p->length;
		if (!p->text.p && !p->blob.p)
			ret->n--; /* an empty part of an encrypted object may be anywhere or nowhere */
	}
	return length ? -ENOENT : 0;
}

int s3_pieces_of(struct call *c, const struct content *content, int64_t first, int64_t length,
                 struct s3_pieces *ret)
{
	struct s3_piece *p = &ret->one;

	*ret = (struct s3_pieces){ 0 };
	if (content->upload)
		return parts_of(c, content->upload, first, length, ret);
	*p = (struct s3_piece){ .size = content->size,
		                .first = first,
		                .length = length,
		                .blob = content->blob,
		                .wrapped_key = content->wrapped_key };
	if (content->body)
		p->text = read_row(c, content->body);
	ret->items = p;
	ret->n = 1;
	return p->text.p || p->blob.p ? 0 : -ENOENT;
}

/*
 * The open piece.
 */

static int read_fd(int fd, int64_t offset, char *to, size_t n)
{
	while (n) {
		ssize_t got = pread(fd, to, n, offset);

		if (got <= 0)
			return got < 0 ? -errno : -EBADMSG;
		to += got;
		offset += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Exactly n bytes, as they are stored. */
static int read_stored(void *app, int64_t offset, void *to, size_t n)
{
	struct s3_source *s = app;
	const struct s3_piece *p = &s->pieces[s->at];

	if (!p->text.p)
		return read_fd(s->fd, offset, to, n);
	if (offset < 0 || (uint64_t)offset + n > p->text.n)
		return -EBADMSG;
	memcpy(to, p->text.p + offset, n);
	return 0;
}

static void close_piece(struct s3_source *s)
{
	arena_release(&s->arena);
	close_fd(&s->fd);
	s->reader = NULL;
	s->is_open = false;
	s->done = 0;
}

static int open_cipher(struct s3_source *s, const struct s3_piece *p)
{
	struct cipher_key key;
	char probe;

	if (!cipher_unwrap(p->wrapped_key, &s->wrapping, s->key.context, &key))
		return -EBADMSG;
	s->reader = cipher_reader_new(&s->arena, &key, cipher_stored_size(p->size), read_stored, s);
	cipher_wipe_key(&key);
	/* The segment stays open: nothing is read twice. */
	return p->length ? cipher_read(s->reader, p->first, &probe, 1) : 0;
}

static int open_piece(struct s3_source *s)
{
	const struct s3_piece *p = &s->pieces[s->at];

	if (s->is_open)
		return 0;
	s->is_open = true;
	if (!p->text.p) {
		s->fd = blob_open(s->store, p->blob);
		if (s->fd < 0)
			return s->fd;
	}
	return s->key.kind == S3_PLAIN ? 0 : open_cipher(s, p);
}

ptrdiff_t s3_source_read(struct s3_source *s, char *to, size_t n)
{
	const struct s3_piece *p;
	int e;

	while (s->at < s->count && s->done == s->pieces[s->at].length) {
		close_piece(s);
		s->at++;
	}
	if (s->at == s->count)
		return 0;
	p = &s->pieces[s->at];
	n = (size_t)MIN((int64_t)n, p->length - s->done);
	e = open_piece(s);
	if (!e)
		e = s->reader ? cipher_read(s->reader, p->first + s->done, to, n)
		              : read_stored(s, p->first + s->done, to, n);
	if (e)
		return e;
	s->done += (int64_t)n;
	return (ptrdiff_t)n;
}

/*
 * The source.
 */

static ptrdiff_t read_for_reply(struct reply_source *source, char *p, size_t n)
{
	ptrdiff_t got = s3_source_read((struct s3_source *)(void *)source, p, n);

	if (got < 0)
		log_error("an object breaks off: it cannot be read", log_errno((int)got));
	return got < 0 ? -1 : got;
}

static void close_for_reply(struct reply_source *source)
{
	s3_source_close((struct s3_source *)(void *)source);
}

void s3_source_close(struct s3_source *s)
{
	close_piece(s);
	cipher_wipe_wrapping_key(&s->wrapping);
	if (s->held)
		s3_upload_let_go(s->held);
	s->held = 0;
}

/* Held first, and then looked at anew: whoever drops it after that sees that it is held. */
static int hold(struct call *c, struct s3_source *s, int64_t upload)
{
	s3_upload_hold(upload);
	s->held = upload;
	call_look_again(c);
	return db_exists(c->db, "SELECT 1 FROM s3_upload WHERE id = ? AND state = ?",
	                 db_int(upload), db_int(S3_UPLOAD_COMPLETED))
	               ? 0
	               : -ENOENT;
}

int s3_source_open(struct call *c, const struct content *content, const struct s3_reading_key *key,
                   const struct s3_pieces *pieces, struct s3_source **ret)
{
	struct s3_source *s = arena_new(c->arena, struct s3_source);
	int e = 0;

	static_assert(offsetof(struct s3_source, reply) == 0, "one is cast to the other");
	s->reply = (struct reply_source){ read_for_reply, close_for_reply };
	s->store = store_of(c);
	s->pieces = pieces->items;
	s->count = pieces->n;
	s->fd = -1;
	s->key.kind = key->kind;
	s->key.context = key->context;
	if (key->key)
		s->wrapping = *key->key;
	if (s->pieces == &pieces->one) {
		struct s3_piece *one = arena_new(c->arena, struct s3_piece);

		*one = pieces->one;
		s->pieces = one;
	}
	if (content->upload && s->count > 1)
		e = hold(c, s, content->upload);
	if (!e && s->count)
		e = open_piece(s);
	if (e)
		s3_source_close(s);
	else
		*ret = s;
	return e;
}
