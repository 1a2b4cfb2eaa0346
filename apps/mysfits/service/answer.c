#include "service/answer.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/str.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	WORTH_PACKING = 512, /* bytes; below that a packet is a packet */
	TAG_BYTES = 16,
	RETRY_SECONDS = 1,
};

/* One form of the body, with its tag, in quotes. */
struct form {
	str body, tag;
};

struct answer {
	struct arena arena;
	_Atomic int holders;
	int status;
	struct form plain, packed;
	pthread_mutex_t packing;
	bool tried_packing;
};

struct answer *answer_new(struct arena *a, int status, str body)
{
	struct answer *answer = arena_new(a, struct answer);
	unsigned char digest[SHA256_SIZE];
	char hex[2 * TAG_BYTES];

	digest_of(DIGEST_SHA256, body, digest);
	hex_to(hex, digest, TAG_BYTES);
	answer->status = status;
	answer->plain = (struct form){ body, arena_printf(a, "\"%.*s\"", (int)sizeof(hex), hex) };
	answer->holders = 1;
	pthread_mutex_init(&answer->packing, NULL);
	answer->arena = *a;
	*a = (struct arena){ 0 };
	return answer;
}

struct answer *answer_hold(struct answer *a)
{
	atomic_fetch_add(&a->holders, 1);
	return a;
}

void answer_drop(struct answer *a)
{
	struct arena arena;

	if (!a || atomic_fetch_sub(&a->holders, 1) > 1)
		return;
	pthread_mutex_destroy(&a->packing);
	arena = a->arena;
	arena_release(&arena);
}

/* Of an element of Accept-Encoding: its weight is not nought. */
static bool is_wanted(str parameters)
{
	str rest = parameters;

	while (rest.p) {
		str value = str_cut(&rest, ';'), name = str_trim(str_cut(&value, '='));
		double weight;

		if (str_eq_nocase(name, STR("q")) && value.p)
			return str_to_double(str_trim(value), &weight) && weight > 0;
	}
	return true;
}

bool takes_gzip(const struct request *r)
{
	str rest = request_header(r, STR("Accept-Encoding"));
	bool any = false;

	while (rest.p) {
		str parameters = str_cut(&rest, ','), coding = str_trim(str_cut(&parameters, ';'));

		if (str_eq_nocase(coding, STR("gzip")) || str_eq_nocase(coding, STR("x-gzip")))
			return is_wanted(parameters);
		if (str_eq(coding, STR("*")))
			any = is_wanted(parameters);
	}
	return any;
}

/* For the first who wants it. */
static void pack(struct answer *a)
{
	str tag = a->plain.tag;

	pthread_mutex_lock(&a->packing);
	if (!a->tried_packing && gzip_pack(&a->arena, a->plain.body, &a->packed.body))
		a->packed.tag = arena_printf(&a->arena, "%.*s-gzip\"", (int)tag.n - 1, tag.p);
	a->tried_packing = true;
	pthread_mutex_unlock(&a->packing);
}

static const struct form *form_for(struct answer *a, const struct request *r)
{
	if (a->plain.body.n < WORTH_PACKING || !takes_gzip(r))
		return &a->plain;
	pack(a);
	return a->packed.tag.p ? &a->packed : &a->plain;
}

/* If-None-Match compares weakly: W/ does not count. */
static bool has_already(const struct request *r, str tag)
{
	for (size_t i = 0; i < r->header_count; i++) {
		str rest = r->headers[i].value;

		if (!str_eq_nocase(r->headers[i].name, STR("If-None-Match")))
			continue;
		while (rest.p) {
			str one = str_trim(str_cut(&rest, ','));

			str_take(&one, STR("W/"));
			if (str_eq(one, tag) || str_eq(one, STR("*")))
				return true;
		}
	}
	return false;
}

static bool is_a_read(const struct request *r)
{
	return str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"));
}

/* The origin itself if it is one of those, "*" if any is welcome; absent otherwise. */
static str welcome(str allow_origin, str origin)
{
	str rest = allow_origin;

	if (str_eq(allow_origin, STR("*")))
		return allow_origin;
	while (rest.p) {
		if (origin.n && str_eq(str_cut(&rest, ' '), origin))
			return origin;
		if (!origin.n)
			break;
	}
	return STR_NULL;
}

static void put_origin(struct visit *v, bool by_encoding)
{
	struct exchange *x = v->exchange;
	str origin = welcome(v->allow_origin, request_header(&x->request, STR("Origin")));
	bool by_origin;

	if (origin.p) {
		reply_header(x, STR("Access-Control-Allow-Origin"), origin);
		if (x->reply.status == 503)
			reply_header(x, STR("Access-Control-Expose-Headers"), STR("Retry-After"));
	}
	by_origin = !str_eq(v->allow_origin, STR("*"));
	if (by_origin || by_encoding)
		reply_header(x, STR("Vary"),
		             !by_origin     ? STR("Accept-Encoding")
		             : !by_encoding ? STR("Origin")
		                            : STR("Accept-Encoding, Origin"));
}

void answer_cors(struct visit *v)
{
	put_origin(v, /* by_encoding= */ false);
}

void answer_set(struct visit *v, struct answer *a)
{
	struct exchange *x = v->exchange;
	const struct form *form = form_for(a, &x->request);
	bool is_fresh = is_a_read(&x->request) && has_already(&x->request, form->tag);

	v->answer = answer_hold(a);
	reply_text(x, is_fresh ? 304 : a->status, is_fresh ? STR("") : form->body);
	put_origin(v, /* by_encoding= */ true);
	if (is_a_read(&x->request)) {
		reply_header(x, STR("ETag"), form->tag);
		reply_header(x, STR("Cache-Control"), STR("no-cache"));
	}
	if (is_fresh)
		return;
	reply_header(x, STR("Content-Type"), STR("application/json"));
	if (form == &a->packed)
		reply_header(x, STR("Content-Encoding"), STR("gzip"));
}

void answer_own(struct visit *v, int status, str body)
{
	struct exchange *x = v->exchange;

	reply_text(x, status, body);
	reply_header(x, STR("Content-Type"), STR("application/json"));
	reply_header(x, STR("Cache-Control"), STR("no-store"));
	answer_cors(v);
}

void answer_problem(struct visit *v, int status, str message)
{
	struct exchange *x = v->exchange;
	struct json_writer w;
	struct buf body;

	buf_init(&body, &x->arena, 4096);
	json_writer_init(&w, &body);
	json_put_object(&w);
	json_put_member(&w, STR("message"), message);
	json_put_object_end(&w);
	answer_own(v, status, buf_str(&body));
	if (status == 503)
		reply_header(x, STR("Retry-After"), arena_printf(&x->arena, "%d", RETRY_SECONDS));
}
