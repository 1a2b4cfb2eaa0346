/*
 * The body of a request, as it arrives: unwrapped, hashed, counted and put where it belongs. What an
 * operation reads whole is kept in memory, up to LIMIT_BODY_IN_MEMORY and within a budget for all
 * requests together; what it streams goes to a blob as soon as it is more than a row should hold.
 */
#include "api/internal.h"

#include "api/checksum.h"
#include "base/gzip.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>

struct body_reader {
	bool streams;
	struct buf text;
	int64_t reserved;          /* of the budget */
	struct digest *sha256;     /* of a streamed body that a signature speaks of */
	struct chunked *chunked;   /* of an aws-chunked one */
	struct checksum *checksum; /* S3's */
	err failure;               /* of the sink */
};

static int64_t bytes_in_memory; /* of all requests */

static err too_large(struct turn *t)
{
	return fail(&t->call, &error_request_entity_too_large,
	            "The body of the request is larger than the %d bytes that are taken.",
	            (int)LIMIT_BODY_IN_MEMORY);
}

/* For so many bytes of this body. */
static err reserve(struct turn *t, int64_t size)
{
	struct body_reader *r = t->reader;
	int64_t bytes = size - LIMIT_BODY_UNCOUNTED;

	if (bytes <= r->reserved)
		return NULL;
	if (__atomic_add_fetch(&bytes_in_memory, bytes - r->reserved, __ATOMIC_RELAXED) >
	    LIMIT_BODIES_IN_MEMORY) {
		__atomic_sub_fetch(&bytes_in_memory, bytes - r->reserved, __ATOMIC_RELAXED);
		return fail(&t->call, &error_service_unavailable,
		            "Too many large requests at once. Please try again.");
	}
	r->reserved = bytes;
	return NULL;
}

/* All but what so many bytes need. */
static void give_back(struct body_reader *r, int64_t size)
{
	int64_t kept = MAX(0, size - LIMIT_BODY_UNCOUNTED);

	__atomic_sub_fetch(&bytes_in_memory, r->reserved - kept, __ATOMIC_RELAXED);
	r->reserved = kept;
}

static err storage_failed(struct turn *t, int problem)
{
	if (problem == -ENOSPC || problem == -EDQUOT)
		return fail(&t->call, &error_storage_full,
		            "The disk that holds %s is full; nothing was changed.",
		            store_folder(t->api->store));
	return fail(&t->call, &error_internal_failure, "The body could not be stored.");
}

static err append_to_blob(struct turn *t, str bytes)
{
	int problem = 0;

	if (!t->body.blob) {
		problem = blob_create(t->api->store, &t->body.blob);
		if (!problem)
			problem = blob_append(t->body.blob, buf_str(&t->reader->text));
		buf_release(&t->reader->text);
	}
	if (!problem)
		problem = blob_append(t->body.blob, bytes);
	return problem ? storage_failed(t, problem) : NULL;
}

static err append_to_text(struct turn *t, str bytes)
{
	struct buf *text = &t->reader->text;
	err e = reserve(t, (int64_t)(text->n + bytes.n));

	if (e)
		return e;
	buf_put(text, bytes);
	return text->overflow ? too_large(t) : NULL;
}

static err store(void *app, str bytes)
{
	struct turn *t = app;
	struct body_reader *r = t->reader;

	if (t->body.blob || (r->streams && r->text.n + bytes.n > LIMIT_BODY_IN_ROW))
		return append_to_blob(t, bytes);
	return append_to_text(t, bytes);
}

static err pass_through(struct turn *t, struct body_filter *f, err (*sink)(void *app, str bytes),
                        str bytes)
{
	f->sink = sink;
	f->app = t;
	return f->feed(f, bytes);
}

static err take_unwrapped(void *app, str bytes)
{
	struct turn *t = app;

	t->body.size += (int64_t)bytes.n;
	if (t->reader->checksum)
		checksum_update(t->reader->checksum, bytes);
	return t->body.seal ? pass_through(t, t->body.seal, store, bytes) : store(t, bytes);
}

/* Payload, out of whatever it was sent in. */
static void take_payload(void *app, str bytes)
{
	struct turn *t = app;
	struct body_reader *r = t->reader;

	if (r->failure)
		return;
	r->failure = t->body.unwrap ? pass_through(t, t->body.unwrap, take_unwrapped, bytes)
	                            : take_unwrapped(t, bytes);
}

static err end_filter(struct turn *t, struct body_filter *f, err (*sink)(void *app, str bytes))
{
	f->sink = sink;
	f->app = t;
	return f->end(f);
}

static bool is_chunked(const struct turn *t)
{
	return t->signature.payload == SIGV4_PAYLOAD_CHUNKS ||
	       t->signature.payload == SIGV4_PAYLOAD_CHUNKS_TRAILER ||
	       t->signature.payload == SIGV4_PAYLOAD_UNSIGNED_TRAILER;
}

static bool is_hashed(const struct turn *t)
{
	return t->signature.place != SIGV4_UNSIGNED &&
	       (t->signature.payload == SIGV4_PAYLOAD_BODY ||
	        t->signature.payload == SIGV4_PAYLOAD_HASH);
}

err body_expect(struct turn *t)
{
	struct body_reader *r = arena_new(t->call.arena, struct body_reader);
	const struct refusal *refusal = NULL;

	t->reader = r;
	r->streams = t->operation && (t->operation->flags & OPERATION_STREAMS_IN);
	buf_init(&r->text, NULL, LIMIT_BODY_IN_MEMORY);
	if (!r->streams && t->x->request.content_length > LIMIT_BODY_IN_MEMORY)
		return too_large(t);
	if (t->service && t->service->model->protocol == PROTOCOL_REST_XML &&
	    !(t->slot && (t->slot->flags & OP_OWN_CHECKSUM)))
		refusal = checksum_begin(t->call.arena, &t->x->request, t->body.checksums,
		                         &r->checksum);
	if (!refusal && is_chunked(t))
		refusal = chunked_begin(t->call.arena, &t->signature, take_payload, t, &r->chunked);
	if (r->streams && is_hashed(t))
		r->sha256 = digest_new(DIGEST_SHA256);
	return refused(t, refusal);
}

err body_feed(struct turn *t, str piece)
{
	struct body_reader *r = t->reader;

	if (r->sha256)
		digest_update(r->sha256, piece);
	if (r->chunked) {
		const struct refusal *refusal = chunked_feed(r->chunked, piece);

		return refusal ? refused(t, refusal) : r->failure;
	}
	take_payload(t, piece);
	return r->failure;
}

void body_sha256(struct turn *t, unsigned char out[SHA256_SIZE])
{
	if (t->reader->sha256) {
		digest_finish(t->reader->sha256, out);
		t->reader->sha256 = NULL;
	} else {
		digest_of(DIGEST_SHA256, buf_str(&t->reader->text), out);
	}
}

/* Everything that can be said of a body once it is there, but for a signature that covers it. */
err body_take(struct turn *t)
{
	struct body_reader *r = t->reader;
	const struct refusal *refusal = NULL;
	unsigned char hash[SHA256_SIZE];

	if (r->chunked)
		refusal = chunked_end(r->chunked);
	if (!refusal && t->signature.payload == SIGV4_PAYLOAD_HASH) {
		body_sha256(t, hash);
		refusal = sigv4_check_payload(t->call.arena, &t->signature, hash);
	}
	if (refusal || r->failure)
		return refusal ? refused(t, refusal) : r->failure;
	if (t->body.unwrap)
		r->failure = end_filter(t, t->body.unwrap, take_unwrapped);
	if (!r->failure && r->checksum)
		r->failure = refused(t, checksum_end(r->checksum, r->chunked));
	if (!r->failure && t->body.seal)
		r->failure = end_filter(t, t->body.seal, store);
	if (!t->body.blob)
		t->body.text = buf_str(&r->text);
	t->body.checksum = r->checksum;
	return r->failure;
}

/* The budget is asked for the most that may come of it, and keeps what has come. */
err body_unpack(struct turn *t)
{
	struct body_reader *r = t->reader;
	str packed = t->body.text;
	err e;

	if (t->service->model->protocol != PROTOCOL_JSON ||
	    !str_eq_nocase(request_header(&t->x->request, STR("content-encoding")), STR("gzip")))
		return NULL;
	e = reserve(t, (int64_t)packed.n + LIMIT_BODY_IN_MEMORY);
	if (e)
		return e;
	if (!gzip_unpack(t->call.arena, packed, LIMIT_BODY_IN_MEMORY, &t->body.text))
		return refused(t, refuse(t->call.arena, 400, "SerializationException",
		                         "The body of the request is not a whole gzip text, or "
		                         "unpacks to more than is taken."));
	give_back(r, (int64_t)(packed.n + t->body.text.n));
	return NULL;
}

void body_release(struct turn *t)
{
	struct body_reader *r = t->reader;

	if (!r)
		return;
	blob_free(t->body.blob);
	t->body.blob = NULL;
	digest_free(r->sha256);
	r->sha256 = NULL;
	buf_release(&r->text);
	give_back(r, 0);
}
