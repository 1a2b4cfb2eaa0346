#include "api/repeat.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/str.h"

#include <pthread.h>
#include <string.h>

#undef free

enum {
	SLOTS = 512, /* where a head may be: the newer pushes the older out */
	HEAD_MAX = 2048,
	BODY_MAX = 64 * 1024,
};

/* What is remembered. It lives until no slot and no reply that is being sent needs it. */
struct repeat {
	int users;
	int64_t changes;
	str head;
	str service, operation; /* for the metrics */
	int status;
	struct header *headers;
	size_t header_count;
	str body;
	struct arena arena;
};

struct repeats {
	pthread_mutex_t lock;
	struct repeat *slots[SLOTS];
	size_t bytes;
};

struct repeats *repeats_new(void)
{
	struct repeats *r = xcalloc(1, sizeof(*r));

	pthread_mutex_init(&r->lock, NULL);
	return r;
}

static void let_go(void *arg)
{
	struct repeat *repeat = arg;

	if (__atomic_sub_fetch(&repeat->users, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	arena_release(&repeat->arena);
	free(repeat);
}

/* With the lock. */
static void empty_slot(struct repeats *r, size_t slot)
{
	struct repeat *old = r->slots[slot];

	if (!old)
		return;
	r->slots[slot] = NULL;
	r->bytes -= old->arena.total;
	let_go(old);
}

void repeats_free(struct repeats *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		empty_slot(r, i);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

struct head {
	char text[HEAD_MAX];
	size_t n;
};

static bool add(struct head *h, str s)
{
	if (h->n + s.n + 1 > sizeof(h->text))
		return false;
	if (s.n)
		memcpy(h->text + h->n, s.p, s.n);
	h->n += s.n;
	h->text[h->n++] = '\0'; /* which no part of a head has */
	return true;
}

/* All that a reply to a request without a body can depend on, but for who sent it from where. */
static bool read_head(const struct request *r, struct head *ret)
{
	bool fits;

	ret->n = 0;
	if (r->content_length != 0 || !str_eq(r->method, STR("GET")))
		return false;
	fits = add(ret, r->target);
	for (size_t i = 0; fits && i < r->header_count; i++)
		fits = add(ret, r->headers[i].name) && add(ret, r->headers[i].value);
	return fits;
}

static size_t slot_of(const struct head *h)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */

	for (size_t i = 0; i < h->n; i++)
		hash = (hash ^ (unsigned char)h->text[i]) * 0x100000001b3;
	return (size_t)(hash ^ hash >> 32) % SLOTS;
}

/* Held for the caller, or NULL. */
static struct repeat *find(struct repeats *r, const struct head *head, const struct store *s)
{
	size_t slot = slot_of(head);
	struct repeat *found;

	pthread_mutex_lock(&r->lock);
	found = r->slots[slot];
	if (found && !store_is_unchanged(s, found->changes)) {
		empty_slot(r, slot);
		found = NULL;
	}
	if (found && found->head.n == head->n && memcmp(found->head.p, head->text, head->n) == 0)
		__atomic_add_fetch(&found->users, 1, __ATOMIC_RELAXED);
	else
		found = NULL;
	pthread_mutex_unlock(&r->lock);
	return found;
}

bool repeats_answer(struct api *a, struct exchange *x, int64_t started)
{
	struct repeat *found;
	struct head head;
	str id;

	if (!read_head(&x->request, &head))
		return false;
	found = find(a->repeats, &head, a->store);
	if (!found)
		return false;
	arena_defer(&x->arena, let_go, found);
	reply_text(x, found->status, found->body);
	x->reply.headers = found->headers;
	x->reply.header_count = x->reply.header_capacity = found->header_count;
	id = new_request_id(&x->arena);
	reply_header(x, STR("x-amz-request-id"), id);
	reply_header(x, STR("x-amz-id-2"), id);
	metrics_count(a->metrics, found->service, found->operation, found->status,
	              clock_monotonic() - started);
	return true;
}

/* The ids of a request are its own. */
static bool is_of_request(str name)
{
	return str_eq_nocase(name, STR("x-amz-request-id")) ||
	       str_eq_nocase(name, STR("x-amz-id-2"));
}

static void copy_headers(struct repeat *to, const struct reply *from)
{
	struct arena *a = &to->arena;

	to->headers = arena_array(a, struct header, from->header_count);
	for (size_t i = 0; i < from->header_count; i++) {
		const struct header *h = &from->headers[i];

		if (!is_of_request(h->name))
			to->headers[to->header_count++] =
				(struct header){ { arena_cstr(a, h->name), h->name.n },
				                 { arena_cstr(a, h->value), h->value.n } };
	}
}

static struct repeat *remember(const struct turn *t, const struct head *head, int64_t changes)
{
	const struct reply *reply = &t->x->reply;
	struct repeat *new = xcalloc(1, sizeof(*new));

	new->users = 1;
	new->changes = changes;
	new->service = str_from(t->service->model->name);
	new->operation = model_text(t->service->model, t->operation->name);
	new->status = reply->status;
	new->head = arena_str(&new->arena, (str){ head->text, head->n });
	new->body = arena_str(&new->arena, reply->text);
	copy_headers(new, reply);
	return new;
}

void repeats_keep(const struct turn *t, int64_t changes)
{
	const struct reply *reply = &t->x->reply;
	struct repeats *r = t->api->repeats;
	struct repeat *new;
	struct head head;

	if (!t->call.is_repeatable || t->call.depends_on_more || reply->status != 200 ||
	    reply->kind != REPLY_TEXT || reply->text.n > BODY_MAX || reply->close ||
	    !read_head(&t->x->request, &head))
		return;
	new = remember(t, &head, changes);
	pthread_mutex_lock(&r->lock);
	empty_slot(r, slot_of(&head));
	for (size_t i = 0; i < SLOTS && r->bytes + new->arena.total > LIMIT_REPEATS; i++)
		empty_slot(r, i);
	r->slots[slot_of(&head)] = new;
	r->bytes += new->arena.total;
	pthread_mutex_unlock(&r->lock);
}
