/*
 * The body of a request, as it arrives. What an operation reads whole is kept in memory, up to
 * LIMIT_BODY_IN_MEMORY and within a budget for all requests together; what it streams goes to a
 * blob as soon as it is more than a row should hold.
 */
#include "api/internal.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>

struct body_reader {
	bool streams;
	struct buf text;
	int64_t reserved; /* of the budget */
	struct digest *sha256; /* of the bytes on the wire, where a signature speaks of it */
	err failure;
};

static int64_t bytes_in_memory; /* of all requests */

static err too_large(struct turn *t)
{
	return fail(&t->call, &error_request_entity_too_large,
	            "The body of the request is larger than the %d bytes that are taken.", (int)LIMIT_BODY_IN_MEMORY);
}

static err reserve(struct turn *t, int64_t bytes)
{
	struct body_reader *r = t->reader;

	if (bytes <= r->reserved)
		return NULL;
	if (__atomic_add_fetch(&bytes_in_memory, bytes - r->reserved, __ATOMIC_RELAXED) > LIMIT_BODIES_IN_MEMORY) {
		__atomic_sub_fetch(&bytes_in_memory, bytes - r->reserved, __ATOMIC_RELAXED);
		return fail(&t->call, &error_service_unavailable, "Too many large requests at once. Please try again.");
	}
	r->reserved = bytes;
	return NULL;
}

err body_expect(struct turn *t)
{
	int64_t length = t->x->request.content_length;

	t->reader = arena_new(t->call.arena, struct body_reader);
	t->reader->streams = t->operation && (t->operation->flags & OPERATION_STREAMS_IN);
	buf_init(&t->reader->text, NULL, LIMIT_BODY_IN_MEMORY);
	if (t->reader->streams || length <= LIMIT_BODY_IN_MEMORY)
		return NULL;
	return too_large(t);
}

static err storage_failed(struct turn *t, int problem)
{
	if (problem == -ENOSPC || problem == -EDQUOT)
		return fail(&t->call, &error_storage_full, "The disk that holds %s is full; nothing was changed.",
		            store_folder(t->api->store));
	return fail(&t->call, &error_internal_failure, "The body could not be stored.");
}

/* Payload, whatever it was wrapped in. */
static err take_payload(struct turn *t, str bytes)
{
	struct body_reader *r = t->reader;
	int problem;
	err e;

	t->body.size += (int64_t)bytes.n;
	if (r->streams && !t->body.blob && r->text.n + bytes.n > LIMIT_BODY_IN_ROW) {
		problem = blob_create(t->api->store, &t->body.blob);
		if (!problem)
			problem = blob_append(t->body.blob, buf_str(&r->text));
		if (problem)
			return storage_failed(t, problem);
		buf_release(&r->text);
	}
	if (t->body.blob) {
		problem = blob_append(t->body.blob, bytes);
		return problem ? storage_failed(t, problem) : NULL;
	}
	e = reserve(t, (int64_t)(r->text.n + bytes.n));
	if (e)
		return e;
	buf_put(&r->text, bytes);
	return r->text.overflow ? too_large(t) : NULL;
}

err body_feed(struct turn *t, str piece)
{
	return take_payload(t, piece);
}

err body_take(struct turn *t)
{
	if (!t->body.blob)
		t->body.text = buf_str(&t->reader->text);
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
	__atomic_sub_fetch(&bytes_in_memory, r->reserved, __ATOMIC_RELAXED);
	r->reserved = 0;
}
