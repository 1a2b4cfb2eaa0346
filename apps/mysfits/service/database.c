#include "service/database.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"

#include <stdatomic.h>

enum {
	LARGEST_ANSWER =
		8 * 1024 * 1024, /* DynamoDB's pages end at 1 MB, which escapes make longer */
	ALL_BODIES = 64 * 1024 * 1024,
	SECONDS_BETWEEN_COMPLAINTS = 1,
};

struct database {
	struct arena arena;
	str url, region, table;
	int timeout_ms;
	struct fetcher *fetcher;
	struct credentials *credentials;

	_Atomic bool failing;
	_Atomic int64_t next_complaint;
	_Atomic int64_t failures; /* since the last complaint */
};

/* Errors of DynamoDB that go away by themselves. */
static const str PASSING[] = {
	STR_INIT("ProvisionedThroughputExceededException"),
	STR_INIT("ThrottlingException"),
	STR_INIT("RequestLimitExceeded"),
	STR_INIT("InternalServerError"),
	STR_INIT("ServiceUnavailable"),
	STR_INIT("ResourceNotFoundException"), /* until the table is there */
	STR_INIT("TransactionConflictException"),
};

static const str OF_CREDENTIALS[] = {
	STR_INIT("ExpiredTokenException"),
	STR_INIT("UnrecognizedClientException"),
	STR_INIT("InvalidSignatureException"),
};

static bool is_one_of(str s, const str *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(s, list[i]))
			return true;
	}
	return false;
}

/* Of {"__type": "com.amazonaws.dynamodb.v20120810#NAME", …}; empty if it is not that. */
static str error_name(struct arena *a, str body, str *ret_message)
{
	str name, type = STR("");
	struct json_reader r;
	ptrdiff_t mark;

	*ret_message = STR("");
	json_reader_init(&r, a, body);
	json_enter_object(&r);
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("__type")))
			json_string(&r, &type);
		else if (str_eq_nocase(name, STR("message")))
			json_string(&r, ret_message);
		else
			json_skip(&r);
	}
	mark = str_rfind(type, '#');
	return json_ok(&r) ? str_after(type, (size_t)(mark + 1)) : STR("");
}

/* Of many failures in a second one is said, and how many there were: a database that is down must
 * not fill the disk. */
static void complain(struct database *d, const struct operation *o, str problem, str message)
{
	int64_t now = clock_monotonic() / 1000000, due = atomic_load(&d->next_complaint);

	atomic_store(&d->failing, true);
	atomic_fetch_add(&d->failures, 1);
	if (now < due || !atomic_compare_exchange_strong(&d->next_complaint, &due,
	                                                 now + SECONDS_BETWEEN_COMPLAINTS))
		return;
	log_error("the database does not do it", log_str("operation", o->name),
	          log_str("problem", problem), log_str("message", message),
	          log_int("failures", atomic_exchange(&d->failures, 0)));
}

static enum outcome fail(struct operation *o, enum outcome outcome, str problem, str message)
{
	complain(o->database, o, problem, message);
	return outcome;
}

static enum outcome outcome_of(struct operation *o)
{
	struct database *d = o->database;
	const struct fetch *f = &o->fetch;
	str name, message;

	if (!f->ok)
		return fail(o, OUTCOME_UNAVAILABLE, f->problem, STR(""));
	if (f->answer.status == 200) {
		if (atomic_load(&d->failing) && atomic_exchange(&d->failing, false))
			log_info("the database answers");
		return OUTCOME_OK;
	}
	name = error_name(o->arena, f->answer.body, &message);
	if (str_eq(name, STR("ConditionalCheckFailedException")))
		return OUTCOME_CONDITION;
	if (is_one_of(name, OF_CREDENTIALS, ARRAY_LEN(OF_CREDENTIALS)))
		credentials_refused(d->credentials);
	if (!name.n || f->answer.status >= 500 || is_one_of(name, PASSING, ARRAY_LEN(PASSING)))
		return fail(o, OUTCOME_UNAVAILABLE,
		            name.n ? name : arena_printf(o->arena, "status %d", f->answer.status),
		            message);
	return fail(o, OUTCOME_REFUSED, name, message);
}

static void end(struct operation *o, enum outcome outcome)
{
	o->outcome = outcome;
	o->answer = o->fetch.answer.body;
	o->done(o);
}

static void take_answer(struct fetch *f)
{
	struct operation *o =
		(struct operation *)(void *)((char *)f - offsetof(struct operation, fetch));

	end(o, outcome_of(o));
}

static void send_signed(struct credentials_request *r)
{
	struct operation *o =
		(struct operation *)(void *)((char *)r - offsetof(struct operation, credentials));
	struct database *d = o->database;

	if (!r->key.p) {
		end(o, fail(o, OUTCOME_UNAVAILABLE, r->problem, STR("")));
		return;
	}
	o->signature = (struct http_signature){ .region = d->region,
		                                .service = STR("dynamodb"),
		                                .key = r->key,
		                                .secret = r->secret,
		                                .token = r->token };
	o->headers[0] =
		(struct header){ STR_INIT("Content-Type"), STR_INIT("application/x-amz-json-1.0") };
	o->headers[1] = (struct header){ STR_INIT("X-Amz-Target"),
		                         arena_join(o->arena, STR("DynamoDB_20120810."), o->name) };
	o->fetch = (struct fetch){
		.what = { .method = STR("POST"),
		          .url = d->url,
		          .headers = o->headers,
		          .header_count = ARRAY_LEN(o->headers),
		          .body = o->body,
		          .timeout_ms = d->timeout_ms,
		          .max_body = LARGEST_ANSWER,
		          .signature = &o->signature,
		          .only_once = o->only_once },
		.arena = o->arena,
		.delay_ms = o->delay_ms,
		.done = take_answer,
	};
	if (!fetcher_submit(d->fetcher, &o->fetch))
		end(o, fail(o, OUTCOME_UNAVAILABLE, STR("too many requests are waiting for it"),
		            STR("")));
}

void database_run(struct database *d, struct operation *o)
{
	o->database = d;
	o->credentials = (struct credentials_request){ .arena = o->arena, .ready = send_signed };
	credentials_ask(d->credentials, &o->credentials);
}

/* http://HOST[:PORT], with or without a slash. */
static bool is_endpoint(str url)
{
	str rest = url;

	if (!str_take(&rest, STR("http://")) && !str_take(&rest, STR("https://")))
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		if ((unsigned char)rest.p[i] <= ' ' || strchr("/?#@\"<>", rest.p[i]))
			return false;
	}
	return rest.n > 0;
}

static bool is_region(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

static bool set_address(struct database *d, const struct database_options *o, str *ret_problem)
{
	str endpoint = o->endpoint;

	if (!is_region(o->region)) {
		*ret_problem = STR("the region is not one: set AWS_REGION");
		return false;
	}
	if (!endpoint.n)
		endpoint = arena_printf(&d->arena, "https://dynamodb.%.*s.amazonaws.com%s",
		                        STR_ARG(o->region),
		                        str_starts(o->region, STR("cn-")) ? ".cn" : "");
	if (str_ends(endpoint, STR("/")))
		endpoint.n--;
	if (!is_endpoint(endpoint)) {
		*ret_problem = STR("the endpoint must be http://HOST:PORT or https://HOST");
		return false;
	}
	d->url = arena_join(&d->arena, endpoint, STR("/"));
	d->region = arena_str(&d->arena, o->region);
	d->table = arena_str(&d->arena, o->table);
	d->timeout_ms = o->timeout_ms;
	return true;
}

struct database *database_new(const struct database_options *o, str *ret_problem)
{
	const struct fetcher_options fetcher = { .on_the_wire = o->on_the_wire,
		                                 .bytes = ALL_BODIES };
	struct arena a = { 0 };
	struct database *d = arena_new(&a, struct database);

	d->arena = a;
	if (set_address(d, o, ret_problem))
		d->fetcher = fetcher_new(&fetcher, ret_problem);
	if (d->fetcher)
		d->credentials = credentials_new(d->fetcher, ret_problem);
	if (d->credentials)
		return d;
	database_free(d);
	return NULL;
}

void database_free(struct database *d)
{
	struct arena a;

	if (!d)
		return;
	fetcher_free(d->fetcher);
	credentials_free(d->credentials);
	a = d->arena;
	arena_release(&a);
}

str database_table(const struct database *d)
{
	return d->table;
}

str database_endpoint(const struct database *d)
{
	return d->url;
}
