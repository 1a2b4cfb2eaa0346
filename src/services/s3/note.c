#include "services/s3/note.h"

#include "base/str.h"

static struct s3_note *find(const struct call *c, const struct bucket *b)
{
	struct s3_note *n = c->note;

	while (n && n->bucket.id != b->id)
		n = n->next;
	return n;
}

static void forget_deletes(struct s3_note *n)
{
	n->deletes = NULL;
	n->last = &n->deletes;
}

/* A write may run twice: what the first run noted did not happen. */
void s3_note_bucket(struct call *c, const struct bucket *b)
{
	const struct s3_bucket_logging_status *status;
	struct s3_note *n = find(c, b);

	if (n)
		forget_deletes(n);
	if (n || !s3_bucket_has(b, S3_LOGGING))
		return;
	status = s3_document(c->db, c->arena, b, S3_LOGGING);
	if (!status || !status->logging_enabled)
		return;
	n = arena_new(c->arena, struct s3_note);
	*n = (struct s3_note){
		.bucket = *b, .target = status->logging_enabled, .size = -1, .next = c->note
	};
	forget_deletes(n);
	c->note = n;
}

void s3_note_object(struct call *c, const struct bucket *b, int64_t size, str version_id)
{
	struct s3_note *n = find(c, b);

	if (!n)
		return;
	n->size = size;
	n->version_id = version_id;
}

void s3_note_delete(struct call *c, const struct bucket *b, str key, str version_id, err e)
{
	struct s3_note *n = find(c, b);
	struct s3_noted_delete *d;

	if (!n)
		return;
	d = arena_new(c->arena, struct s3_noted_delete);
	*d = (struct s3_noted_delete){ .key = key,
		                       .version_id = version_id,
		                       .status = e ? error_status(e) : 204,
		                       .error_code = e ? error_code(e) : STR_NULL };
	*n->last = d;
	n->last = &d->next;
}

void s3_note_acl(struct call *c, const struct bucket *b)
{
	struct s3_note *n = find(c, b);

	if (n)
		n->acl_was_needed = true;
}
