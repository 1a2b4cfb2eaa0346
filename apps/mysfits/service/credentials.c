#include "service/credentials.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "base/timestamp.h"

#include <pthread.h>

enum {
	RENEW_BEFORE = 5 * 60 * 1000, /* milliseconds before they expire */
	UNUSABLE_BEFORE = 5 * 1000,   /* from then on they may expire on their way */
	TRY_AGAIN_AFTER = 1000,
	ANSWER_TIMEOUT = 2000,
	LARGEST_ANSWER = 64 * 1024,
	LARGEST_TOKEN = 16 * 1024,
};

/* Keys that came together; an arena of their own, in which the struct lives, too. */
struct keys {
	struct arena arena;
	str key, secret, token;
	int64_t expires; /* milliseconds since 1970; INT64_MAX: never */
};

struct credentials {
	struct arena arena;
	struct fetcher *fetcher;
	str url; /* empty: the keys are those of the environment */
	str authorization, authorization_file;

	pthread_mutex_t lock;
	struct keys *keys; /* may be NULL */
	bool asking;
	int64_t next_try;
	str problem; /* why there are none; constant text */
	struct credentials_request *first, **last;
	struct fetch fetch;
	struct arena answer; /* the fetch's */
	struct header header;
};

static struct keys *keys_new(str key, str secret, str token, int64_t expires)
{
	struct arena a = { 0 };
	struct keys *k = arena_new(&a, struct keys);

	k->key = arena_str(&a, key);
	k->secret = arena_str(&a, secret);
	k->token = arena_str(&a, token.p ? token : STR(""));
	k->expires = expires;
	k->arena = a;
	return k;
}

static void keys_free(struct keys *k)
{
	struct arena a = k ? k->arena : (struct arena){ 0 };

	arena_release(&a);
}

static struct keys *read_keys(struct arena *a, str body)
{
	str name, key = STR_NULL, secret = STR_NULL, token = STR_NULL, expiration = STR_NULL;
	int64_t expires = INT64_MAX;
	struct json_reader r;

	json_reader_init(&r, a, body);
	json_enter_object(&r);
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("AccessKeyId")))
			json_string(&r, &key);
		else if (str_eq(name, STR("SecretAccessKey")))
			json_string(&r, &secret);
		else if (str_eq(name, STR("Token")))
			json_string(&r, &token);
		else if (str_eq(name, STR("Expiration")))
			json_string(&r, &expiration);
		else
			json_skip(&r);
	}
	if (!json_at_end(&r) || !key.n || !secret.n ||
	    (expiration.n && !timestamp_from_iso8601(expiration, &expires)))
		return NULL;
	return keys_new(key, secret, token, expires);
}

static bool can_be_used(const struct keys *k, int64_t now)
{
	return k && k->expires - UNUSABLE_BEFORE > now;
}

static void hand_over(struct credentials_request *r, const struct keys *k)
{
	r->key = arena_str(r->arena, k->key);
	r->secret = arena_str(r->arena, k->secret);
	r->token = arena_str(r->arena, k->token);
}

static void take_answer(struct fetch *f);

/* Under the lock, when nobody is asking yet. */
static bool start_asking(struct credentials *c)
{
	arena_release(&c->answer);
	c->fetch = (struct fetch){
		.what = { .method = STR("GET"),
		          .url = c->url,
		          .timeout_ms = ANSWER_TIMEOUT,
		          .max_body = LARGEST_ANSWER },
		.arena = &c->answer,
		.done = take_answer,
	};
	c->header = (struct header){ STR_INIT("Authorization"), c->authorization };
	if (c->authorization_file.n &&
	    file_read_all(&c->answer, arena_cstr(&c->answer, c->authorization_file), LARGEST_TOKEN,
	                  &c->header.value) < 0)
		return false;
	c->header.value = str_trim(c->header.value);
	if (c->header.value.n) {
		c->fetch.what.headers = &c->header;
		c->fetch.what.header_count = 1;
	}
	c->asking = fetcher_submit(c->fetcher, &c->fetch);
	return c->asking;
}

static void take_answer(struct fetch *f)
{
	struct credentials *c =
		(struct credentials *)(void *)((char *)f - offsetof(struct credentials, fetch));
	struct keys *keys =
		f->ok && f->answer.status == 200 ? read_keys(&c->answer, f->answer.body) : NULL;
	struct credentials_request *waiting, *next;
	int64_t now = clock_wall();

	if (!keys)
		log_error("no credentials from the container's endpoint", log_str("url", c->url),
		          log_int("status", f->ok ? f->answer.status : 0),
		          log_str("problem", f->ok ? STR("not an answer with keys") : f->problem));
	pthread_mutex_lock(&c->lock);
	if (keys) {
		keys_free(c->keys);
		c->keys = keys;
	}
	c->asking = false;
	c->next_try = now + TRY_AGAIN_AFTER;
	waiting = c->first;
	c->first = NULL;
	c->last = &c->first;
	for (struct credentials_request *r = waiting; r; r = r->next) {
		if (can_be_used(c->keys, now))
			hand_over(r, c->keys);
		else
			r->problem = STR("the container's credentials endpoint gives none");
	}
	pthread_mutex_unlock(&c->lock);
	for (; waiting; waiting = next) {
		next = waiting->next;
		waiting->ready(waiting);
	}
}

/* Whether the answer is there already; otherwise it is in line. */
static bool answer_at_once(struct credentials *c, struct credentials_request *r)
{
	int64_t now = clock_wall();
	bool usable = can_be_used(c->keys, now);

	if (!c->asking && c->url.n && now >= c->next_try &&
	    (!c->keys || c->keys->expires - RENEW_BEFORE <= now) && !start_asking(c))
		c->next_try = now + TRY_AGAIN_AFTER;
	if (usable) {
		hand_over(r, c->keys);
		return true;
	}
	if (!c->asking) {
		r->problem = STR("there are no credentials that hold");
		return true;
	}
	r->next = NULL;
	*c->last = r;
	c->last = &r->next;
	return false;
}

void credentials_ask(struct credentials *c, struct credentials_request *r)
{
	bool ready;

	r->key = r->secret = r->token = r->problem = STR_NULL;
	pthread_mutex_lock(&c->lock);
	ready = answer_at_once(c, r);
	pthread_mutex_unlock(&c->lock);
	if (ready)
		r->ready(r);
}

void credentials_refused(struct credentials *c)
{
	pthread_mutex_lock(&c->lock);
	if (c->url.n && c->keys)
		c->keys->expires = 0;
	pthread_mutex_unlock(&c->lock);
}

/* The token is sent there in the clear, so without TLS it goes only to this machine, or to the
 * addresses at which ECS and EKS answer a container. */
static bool may_be_asked(str url)
{
	static const str hosts[] = { STR_INIT("127.0.0.1"),      STR_INIT("localhost"),
		                     STR_INIT("[::1]"),          STR_INIT("169.254.170.2"),
		                     STR_INIT("169.254.170.23"), STR_INIT("[fd00:ec2::23]") };
	str rest = url;

	if (str_starts(url, STR("https://")))
		return true;
	if (!str_take(&rest, STR("http://")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		str after = rest;

		if (str_take(&after, hosts[i]) &&
		    (!after.n || after.p[0] == ':' || after.p[0] == '/' || after.p[0] == '?'))
			return str_find(after, '@', 0) < 0;
	}
	return false;
}

static str variable(const char *name)
{
	str value = str_from(getenv(name));

	return value.p ? value : STR("");
}

static bool find_endpoint(struct credentials *c, str *ret_problem)
{
	str relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	str full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");

	c->url = relative.n ? arena_join(&c->arena, STR("http://169.254.170.2"), relative)
	                    : arena_str(&c->arena, full);
	if (!c->url.n) {
		*ret_problem = STR(
			"there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_CONTAINER_CREDENTIALS_FULL_URI");
		return false;
	}
	if (!may_be_asked(c->url)) {
		*ret_problem = STR(
			"AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http on this machine or at a container's own address");
		return false;
	}
	c->authorization = arena_str(&c->arena, variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
	c->authorization_file =
		arena_str(&c->arena, variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
	return true;
}

struct credentials *credentials_new(struct fetcher *f, str *ret_problem)
{
	str key = variable("AWS_ACCESS_KEY_ID"), secret = variable("AWS_SECRET_ACCESS_KEY");
	struct arena a = { 0 };
	struct credentials *c = arena_new(&a, struct credentials);

	c->arena = a;
	c->fetcher = f;
	c->last = &c->first;
	pthread_mutex_init(&c->lock, NULL);
	if (key.n && secret.n) {
		c->keys = keys_new(key, secret, variable("AWS_SESSION_TOKEN"), INT64_MAX);
		return c;
	}
	if (find_endpoint(c, ret_problem))
		return c;
	credentials_free(c);
	return NULL;
}

void credentials_free(struct credentials *c)
{
	struct arena a;

	if (!c)
		return;
	keys_free(c->keys);
	arena_release(&c->answer);
	pthread_mutex_destroy(&c->lock);
	a = c->arena;
	arena_release(&a);
}
