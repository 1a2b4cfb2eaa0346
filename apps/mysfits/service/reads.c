#include "service/reads.h"

#include "service/mysfit.h"
#include "service/table.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"

#include <pthread.h>

enum {
	BUCKETS = 256,
	LARGEST_LIST = 16 * 1024 * 1024,
	LARGEST_REQUEST = 64 * 1024,
	PACE = 1000,            /* microseconds between two rounds, so that more share one */
	LISTS = 16,             /* that are remembered at once, */
	REMEMBERED = 64 * 1024, /* each of at most so many bytes */
};

/*
 * Something that is being read, for those who came before the request was made, `now`, and those
 * who came since, `later`. It lives in its own arena, and ends when nobody waits for it.
 */
struct reading {
	struct arena arena;
	struct reads *reads;
	struct reading *next; /* in its bucket */
	unsigned bucket;
	struct route route;
	struct visit *now, *later;

	/* Of one round. */
	struct arena text, page; /* what the answer is made in; what one page of it needs */
	struct buf list;
	struct json_writer w;
	struct operation operation;
	int delay_ms;
	int64_t began; /* after the delay */
};

/* A list as it was last sent. */
struct list {
	const struct route *route; /* in the answer's memory */
	struct answer *answer;     /* held; NULL: none yet */
	int64_t began;             /* when the database was asked for it */
};

struct reads {
	struct arena arena;
	struct database *database;
	int64_t list_age;
	pthread_mutex_t lock;
	struct reading *buckets[BUCKETS];
	struct list lists[LISTS];
};

static unsigned hash_of(const struct route *r)
{
	const str parts[] = { r->id, r->filter, r->value };
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		for (size_t j = 0; j < parts[i].n; j++)
			hash = (hash ^ (unsigned char)parts[i].p[j]) * 16777619;
		hash = (hash ^ 0xff) * 16777619;
	}
	return hash % BUCKETS;
}

static bool is_same(const struct route *a, const struct route *b)
{
	return a->action == b->action && str_eq(a->id, b->id) && str_eq(a->filter, b->filter) &&
	       str_eq(a->value, b->value);
}

/* Ends the round for all who waited. Each goes its way with its own reply; after exchange_reply a
 * visit is not ours any more. */
static void send_all(struct visit *group, struct answer *answer, int status, str message)
{
	struct visit *next;

	for (struct visit *v = group; v; v = next) {
		next = v->next;
		if (answer)
			answer_set(v, answer);
		else
			answer_problem(v, status, message);
		exchange_reply(v->exchange);
	}
	answer_drop(answer);
}

static struct route *copy_route(struct arena *a, const struct route *route)
{
	struct route *copy = arena_new(a, struct route);

	*copy = (struct route){ .action = route->action,
		                .id = arena_str(a, route->id),
		                .filter = route->filter,
		                .value = arena_str(a, route->value) };
	return copy;
}

static bool is_young(const struct reads *reads, int64_t began)
{
	return reads->list_age > 0 && clock_monotonic() - began < reads->list_age;
}

/* Held for the caller, or NULL. With the lock. */
static struct answer *young_list(struct reads *reads, const struct route *route, unsigned bucket)
{
	struct list *l = &reads->lists[bucket % LISTS];

	if (route->action != ACTION_LIST || !l->answer || !is_same(l->route, route) ||
	    !is_young(reads, l->began))
		return NULL;
	return answer_hold(l->answer);
}

/* Half of its time has passed: it is read again, so that nobody who asks later need wait. */
static bool is_ageing(const struct reads *reads, unsigned bucket)
{
	return clock_monotonic() - reads->lists[bucket % LISTS].began >= reads->list_age / 2;
}

static void remember(struct reading *r, const struct route *route, struct answer *answer)
{
	struct list *l = &r->reads->lists[r->bucket % LISTS];
	struct list old;

	if (!r->reads->list_age || r->list.n > REMEMBERED)
		return;
	pthread_mutex_lock(&r->reads->lock);
	old = *l;
	*l = (struct list){ route, answer_hold(answer), r->began };
	pthread_mutex_unlock(&r->reads->lock);
	answer_drop(old.answer);
}

static void begin_round(struct reading *r);

/* Keeps the pace. With the lock. */
static void plan_round(struct reading *r)
{
	int64_t now = clock_monotonic(), left = r->began + PACE - now;

	r->delay_ms = r->began && left > 0 ? (int)((left + 999) / 1000) : 0;
	r->began = now + r->delay_ms * INT64_C(1000);
}

/* The group that gets this round's answer. Those who came meanwhile are next; without them it is over,
 * and the reading is in no bucket any more. */
static struct visit *take_group(struct reading *r, bool all)
{
	struct reads *reads = r->reads;
	struct visit *group;

	pthread_mutex_lock(&reads->lock);
	group = r->now;
	if (all) {
		struct visit **end = &group;

		while (*end)
			end = &(*end)->next;
		*end = r->later;
		r->later = NULL;
	}
	r->now = r->later;
	r->later = NULL;
	if (r->now) {
		plan_round(r);
	} else {
		struct reading **at = &reads->buckets[r->bucket];

		while (*at != r)
			at = &(*at)->next;
		*at = r->next;
	}
	pthread_mutex_unlock(&reads->lock);
	return group;
}

static void finish(struct reading *r, struct answer *answer, int status, str message)
{
	struct visit *group = take_group(r, /* all= */ false);
	struct arena arena;

	arena_release(&r->page);
	arena_release(&r->text);
	if (r->now) {
		begin_round(r);
	} else {
		arena = r->arena;
		arena_release(&arena);
	}
	send_all(group, answer, status, message);
}

/* Who waits for the next round is told the same: a database that is silent would otherwise hold them for
 * as long again. */
static void finish_badly(struct reading *r, enum outcome outcome)
{
	struct problem p = problem_of(outcome);
	struct visit *group = take_group(r, /* all= */ true);
	struct arena arena;

	arena_release(&r->page);
	arena_release(&r->text);
	arena = r->arena;
	arena_release(&arena);
	send_all(group, NULL, p.status, p.message);
}

static str request_of_one(struct reading *r, struct buf *b)
{
	struct json_writer w;

	json_writer_init(&w, b);
	json_put_object(&w);
	put_table(&w, r->reads->database);
	put_key(&w, r->route.id);
	json_put_object_end(&w);
	return buf_str(b);
}

static void put_filter(struct json_writer *w, const struct route *route, struct arena *a)
{
	json_put_member(w, STR("IndexName"), arena_join(a, route->filter, STR("Index")));
	json_put_member(w, STR("KeyConditionExpression"), STR("#filter = :value"));
	json_put_name(w, STR("ExpressionAttributeNames"));
	json_put_object(w);
	json_put_member(w, STR("#filter"), route->filter);
	json_put_object_end(w);
	json_put_name(w, STR("ExpressionAttributeValues"));
	json_put_object(w);
	json_put_name(w, STR(":value"));
	json_put_object(w);
	json_put_member(w, STR("S"), route->value);
	json_put_object_end(w);
	json_put_object_end(w);
}

/* Of a scan only what the list shows: descriptions are long. An index has what it has. */
static void put_projection(struct json_writer *w)
{
	json_put_member(
		w, STR("ProjectionExpression"),
		STR("MysfitId, #name, Species, GoodEvil, LawChaos, Alignment, ThumbImageUri"));
	json_put_name(w, STR("ExpressionAttributeNames"));
	json_put_object(w);
	json_put_member(w, STR("#name"), STR("Name")); /* a reserved word */
	json_put_object_end(w);
}

static str request_of_list(struct reading *r, struct buf *b, str start)
{
	struct json_writer w;

	json_writer_init(&w, b);
	json_put_object(&w);
	put_table(&w, r->reads->database);
	if (r->route.filter.n)
		put_filter(&w, &r->route, &r->page);
	else
		put_projection(&w);
	if (start.n) {
		json_put_name(&w, STR("ExclusiveStartKey"));
		json_put_raw(&w, start);
	}
	json_put_object_end(&w);
	return buf_str(b);
}

/* False: it is not what the API says. ret_next is the key after which the next page begins. */
static bool read_page(struct reading *r, str answer, str *ret_next)
{
	struct json_reader in;
	struct mysfit m;
	str name;

	*ret_next = STR_NULL;
	json_reader_init(&in, &r->page, answer);
	json_enter_object(&in);
	while (json_next_member(&in, &name)) {
		if (str_eq(name, STR("Items"))) {
			json_enter_array(&in);
			while (json_next_element(&in)) {
				mysfit_read(&in, &m);
				mysfit_put_summary(&r->w, &m);
			}
		} else if (str_eq(name, STR("LastEvaluatedKey"))) {
			json_raw(&in, ret_next);
		} else {
			json_skip(&in);
		}
	}
	return json_at_end(&in) && !r->list.overflow;
}

static void take_page(struct operation *o);

static void ask_for_page(struct reading *r, str start, int delay_ms)
{
	struct arena page = { 0 };
	struct buf b;

	buf_init(&b, &page, LARGEST_REQUEST);
	r->operation = (struct operation){
		.name = r->route.filter.n ? STR("Query") : STR("Scan"),
		.body = request_of_list(r, &b, start),
		.delay_ms = delay_ms,
		.done = take_page,
	};
	/* `start` is in the page before this one. */
	arena_release(&r->page);
	r->page = page;
	r->operation.arena = &r->page;
	database_run(r->reads->database, &r->operation);
}

static struct reading *reading_of(struct operation *o)
{
	return (struct reading *)(void *)((char *)o - offsetof(struct reading, operation));
}

static void take_page(struct operation *o)
{
	struct reading *r = reading_of(o);
	struct answer *answer;
	struct route *route;
	str next;

	if (o->outcome != OUTCOME_OK) {
		finish_badly(r, o->outcome);
		return;
	}
	if (!read_page(r, o->answer, &next)) {
		log_error("a page of the table cannot be used",
		          log_str("why", r->list.overflow ? STR("the list is too long")
		                                          : STR("it is not DynamoDB's JSON")));
		finish_badly(r, OUTCOME_REFUSED);
		return;
	}
	if (next.n) {
		ask_for_page(r, next, 0);
		return;
	}
	json_put_array_end(&r->w);
	json_put_object_end(&r->w);
	route = copy_route(&r->text, &r->route);
	answer = answer_new(&r->text, 200, buf_str(&r->list));
	remember(r, route, answer);
	finish(r, answer, 0, STR_NULL);
}

static void take_one(struct operation *o)
{
	struct reading *r = reading_of(o);
	bool found, is_valid;
	str name;

	if (o->outcome != OUTCOME_OK) {
		finish_badly(r, o->outcome);
		return;
	}
	buf_init(&r->list, &r->text, LARGEST_LIST);
	is_valid = mysfit_of_answer(&r->text, o->answer, STR("Item"), &r->list, &found, &name);
	if (is_valid && found)
		finish(r, answer_new(&r->text, 200, buf_str(&r->list)), 0, STR_NULL);
	else if (is_valid)
		finish(r, NULL, 404, NO_SUCH_MYSFIT);
	else
		finish_badly(r, OUTCOME_REFUSED);
}

static void begin_round(struct reading *r)
{
	struct buf b;

	if (r->route.action == ACTION_LIST) {
		buf_init(&r->list, &r->text, LARGEST_LIST);
		json_writer_init(&r->w, &r->list);
		json_put_object(&r->w);
		json_put_name(&r->w, STR("mysfits"));
		json_put_array(&r->w);
		ask_for_page(r, STR_NULL, r->delay_ms);
		return;
	}
	buf_init(&b, &r->page, LARGEST_REQUEST);
	r->operation = (struct operation){
		.arena = &r->page,
		.name = STR("GetItem"),
		.body = request_of_one(r, &b),
		.delay_ms = r->delay_ms,
		.done = take_one,
	};
	database_run(r->reads->database, &r->operation);
}

static struct reading *reading_new(struct reads *reads, const struct route *route, unsigned bucket)
{
	struct arena a = { 0 };
	struct reading *r = arena_new(&a, struct reading);

	r->reads = reads;
	r->bucket = bucket;
	r->route = *copy_route(&a, route);
	r->arena = a;
	return r;
}

static struct reading *find_reading(struct reads *reads, const struct route *route, unsigned bucket)
{
	struct reading *r = reads->buckets[bucket];

	while (r && !is_same(&r->route, route))
		r = r->next;
	return r;
}

/* For a visit, or for those to come. With the lock, without which it is then begun. */
static struct reading *add_reading(struct reads *reads, struct visit *v, const struct route *route,
                                   unsigned bucket)
{
	struct reading *r = reading_new(reads, route, bucket);

	plan_round(r);
	if (v)
		v->next = NULL;
	r->now = v;
	r->next = reads->buckets[bucket];
	reads->buckets[bucket] = r;
	return r;
}

/* The reading that is to be begun for this visit; NULL: there is one to wait for. With the lock. */
static struct reading *wait_for_reading(struct reads *reads, struct visit *v,
                                        const struct route *route, unsigned bucket)
{
	struct reading *r = find_reading(reads, route, bucket);
	struct visit **group;

	if (!r)
		return add_reading(reads, v, route, bucket);
	group = route->action == ACTION_LIST && is_young(reads, r->began) ? &r->now : &r->later;
	v->next = *group;
	*group = v;
	return NULL;
}

void reads_take(struct reads *reads, struct visit *v, const struct route *route)
{
	unsigned bucket = hash_of(route);
	struct reading *new = NULL;
	struct answer *young;

	pthread_mutex_lock(&reads->lock);
	young = young_list(reads, route, bucket);
	if (!young) {
		exchange_park(v->exchange);
		new = wait_for_reading(reads, v, route, bucket);
	} else if (is_ageing(reads, bucket) && !find_reading(reads, route, bucket)) {
		new = add_reading(reads, NULL, route, bucket);
	}
	pthread_mutex_unlock(&reads->lock);
	if (young) {
		answer_set(v, young);
		answer_drop(young);
	}
	if (new)
		begin_round(new);
}

struct reads *reads_new(struct database *d, int64_t list_age)
{
	struct arena a = { 0 };
	struct reads *r = arena_new(&a, struct reads);

	r->arena = a;
	r->database = d;
	r->list_age = list_age;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void reads_free(struct reads *r)
{
	struct arena a;

	if (!r)
		return;
	for (size_t i = 0; i < LISTS; i++)
		answer_drop(r->lists[i].answer);
	pthread_mutex_destroy(&r->lock);
	a = r->arena;
	arena_release(&a);
}
