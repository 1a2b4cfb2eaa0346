#include "services/s3/condition_keys.h"

#include "api/sigv4.h"
#include "base/encoding.h"
#include "base/str.h"
#include "base/timestamp.h"
#include "wire/parameters.h"

struct keys {
	struct arena *arena;
	struct policy_key *items;
	size_t count, capacity;
};

static void add_list(struct keys *k, str name, const str *values, size_t count)
{
	if (k->count == k->capacity)
		k->items = arena_grow(k->arena, k->items, &k->capacity, sizeof(*k->items));
	k->items[k->count++] =
		(struct policy_key){ .name = name, .values = values, .count = count };
}

/* Nothing when the value is absent. */
static void add(struct keys *k, str name, str value)
{
	str *values;

	if (!value.p)
		return;
	values = arena_new(k->arena, str);
	*values = value;
	add_list(k, name, values, 1);
}

static void add_headers(struct keys *k, const struct request *r)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (str_starts_nocase(r->headers[i].name, STR("x-amz-")))
			add(k, arena_join(k->arena, STR("s3:"), r->headers[i].name),
			    r->headers[i].value);
	add(k, STR("aws:Referer"), request_header(r, STR("referer")));
	add(k, STR("aws:UserAgent"), request_header(r, STR("user-agent")));
	add(k, STR("s3:if-match"), request_header(r, STR("if-match")));
	add(k, STR("s3:if-none-match"), request_header(r, STR("if-none-match")));
}

/* A day that has begun counts: "for ten days" has a little less than ten left when it arrives. */
static int64_t days_left(int64_t until, int64_t now)
{
	const int64_t day = 24 * 60 * 60 * 1000;

	return until > now ? (until - now + day - 1) / day : 0;
}

static void add_lock(struct keys *k, const struct call *c, const struct s3_want *want)
{
	struct s3_lock_sent lock = { 0 };
	str until;

	if (want->lock) {
		lock = *want->lock;
	} else if (c->request) {
		lock.mode = request_header(c->request, STR("x-amz-object-lock-mode"));
		lock.legal_hold = request_header(c->request, STR("x-amz-object-lock-legal-hold"));
		until = request_header(c->request, STR("x-amz-object-lock-retain-until-date"));
		lock.retain_until.set =
			until.p && timestamp_from_iso8601(until, &lock.retain_until.value);
	}
	add(k, STR("s3:object-lock-mode"), lock.mode);
	add(k, STR("s3:object-lock-legal-hold"), lock.legal_hold);
	if (!lock.retain_until.set)
		return;
	add(k, STR("s3:object-lock-retain-until-date"),
	    timestamp_to_iso8601(k->arena, lock.retain_until.value));
	add(k, STR("s3:object-lock-remaining-retention-days"),
	    arena_printf(k->arena, "%lld", (long long)days_left(lock.retain_until.value, c->now)));
}

static str parameter(const struct parameters *query, const char *name)
{
	const struct parameter *p = parameters_find(query, str_from(name));

	return p ? p->value : STR_NULL;
}

static void add_parameters(struct keys *k, const struct parameters *query)
{
	add(k, STR("s3:prefix"), parameter(query, "prefix"));
	add(k, STR("s3:delimiter"), parameter(query, "delimiter"));
	add(k, STR("s3:max-keys"), parameter(query, "max-keys"));
	add(k, STR("s3:VersionId"), parameter(query, "versionId"));
}

static void add_signature(struct keys *k, const struct call *c, const struct parameters *query)
{
	static const str types[] = {
		[SIGV4_UNSIGNED] = STR_INIT("POST"), /* in the form */
		[SIGV4_IN_HEADER] = STR_INIT("REST-HEADER"),
		[SIGV4_IN_QUERY] = STR_INIT("REST-QUERY-STRING"),
	};
	enum sigv4_place place = sigv4_where(c->request);
	int64_t signed_at;

	if (place == SIGV4_IN_QUERY) /* wire/rest.c takes it from there, too */
		add(k, STR("s3:x-amz-acl"), parameter(query, "x-amz-acl"));
	if (c->identity.anonymous)
		return;
	add(k, STR("s3:signatureversion"), STR("AWS4-HMAC-SHA256"));
	add(k, STR("s3:authType"), types[place]);
	if (place == SIGV4_IN_QUERY &&
	    timestamp_from_basic(parameter(query, "X-Amz-Date"), &signed_at))
		add(k, STR("s3:signatureAge"),
		    arena_printf(k->arena, "%lld", (long long)MAX(c->now - signed_at, 0)));
}

static void add_request(struct keys *k, const struct call *c)
{
	const struct request *r = c->request;
	struct parameters query = { 0 };

	if (r->query.n && !parameters_parse(k->arena, r->query, URI_PLAIN, &query))
		query.n = 0;
	add_headers(k, r);
	add_parameters(k, &query);
	add_signature(k, c, &query);
	if (r->peer.n)
		add(k, STR("aws:SourceIp"), r->peer);
	add(k, STR("aws:SecureTransport"), STR("false"));
}

/* Kept tags look like a form. `keys`: the name of the key that lists their names; absent: none. */
static void add_tags(struct keys *k, str name, str keys, str tags)
{
	struct parameters parsed;
	str *names;

	if (!tags.n || !parameters_parse(k->arena, tags, URI_FORM, &parsed))
		return;
	names = arena_array(k->arena, str, MAX(parsed.n, 1));
	for (size_t i = 0; i < parsed.n; i++) {
		names[i] = parsed.items[i].name;
		add(k, arena_join(k->arena, name, names[i]), parsed.items[i].value);
	}
	if (keys.p)
		add_list(k, keys, names, parsed.n);
}

static bool has_variables(const struct policy_patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (patterns->items[i].variables)
			return true;
	return false;
}

static bool asks(const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->statements[i].condition_count ||
		    has_variables(&policy->statements[i].resources))
			return true;
	return false;
}

void s3_condition_keys(struct call *c, const struct bucket *b, const struct s3_want *want,
                       const struct policy *policy, struct policy_request *q)
{
	struct keys k = { .arena = c->arena };

	if (!asks(policy))
		return;
	c->depends_on_more = true;
	if (c->request)
		add_request(&k, c);
	add(&k, STR("aws:CurrentTime"), timestamp_to_iso8601(c->arena, c->now));
	add(&k, STR("aws:EpochTime"), arena_printf(c->arena, "%lld", (long long)c->now / 1000));
	add(&k, STR("aws:RequestedRegion"), b->region);
	add(&k, STR("aws:ResourceAccount"), b->account);
	add(&k, STR("s3:ResourceAccount"), b->account);
	add(&k, STR("aws:ViaAWSService"), c->depth ? STR("true") : STR("false"));
	add_lock(&k, c, want);
	add_tags(&k, STR("s3:RequestObjectTag/"), STR("s3:RequestObjectTagKeys"), want->tags);
	if (want->object)
		add_tags(&k, STR("s3:ExistingObjectTag/"), STR_NULL, want->object->tags);
	q->keys = k.items;
	q->key_count = k.count;
}

#define KEY(text)                     \
	{                             \
		STR_INIT(text), false \
	}
#define NOT_BUILT(text)              \
	{                            \
		STR_INIT(text), true \
	}

/* clang-format off */
const struct policy_key_name s3_condition_key_names[] = {
	KEY("s3:authType"),
	KEY("s3:delimiter"),
	KEY("s3:ExistingObjectTag/"),
	KEY("s3:if-match"),
	KEY("s3:if-none-match"),
	KEY("s3:max-keys"),
	KEY("s3:object-lock-legal-hold"),
	KEY("s3:object-lock-mode"),
	KEY("s3:object-lock-remaining-retention-days"),
	KEY("s3:object-lock-retain-until-date"),
	KEY("s3:prefix"),
	KEY("s3:RequestObjectTag/"),
	KEY("s3:RequestObjectTagKeys"),
	KEY("s3:ResourceAccount"),
	KEY("s3:signatureAge"),
	KEY("s3:signatureversion"),
	KEY("s3:VersionId"),
	KEY("s3:x-amz-acl"),
	KEY("s3:x-amz-content-sha256"),
	KEY("s3:x-amz-copy-source"),
	KEY("s3:x-amz-grant-full-control"),
	KEY("s3:x-amz-grant-read"),
	KEY("s3:x-amz-grant-read-acp"),
	KEY("s3:x-amz-grant-write"),
	KEY("s3:x-amz-grant-write-acp"),
	KEY("s3:x-amz-metadata-directive"),
	KEY("s3:x-amz-object-ownership"),
	KEY("s3:x-amz-server-side-encryption"),
	KEY("s3:x-amz-server-side-encryption-aws-kms-key-id"),
	KEY("s3:x-amz-server-side-encryption-customer-algorithm"),
	KEY("s3:x-amz-storage-class"),
	KEY("s3:x-amz-website-redirect-location"),
	/* Of what there is none here: no request has them, as on AWS those without. */
	KEY("s3:AccessPointNetworkOrigin"),
	KEY("s3:DataAccessPointAccount"),
	KEY("s3:DataAccessPointArn"),
	KEY("s3:TlsVersion"),
	NOT_BUILT("s3:AccessGrantsInstanceArn"),
	NOT_BUILT("s3:AccessPointTag/"),
	NOT_BUILT("s3:BucketTag/"),
	NOT_BUILT("s3:destinationRegion"),
	NOT_BUILT("s3:InventoryAccessibleOptionalFields"),
	NOT_BUILT("s3:isReplicationPauseRequest"),
	NOT_BUILT("s3:LocationConstraint"),
	NOT_BUILT("s3:ObjectCreationOperation"),
};
/* clang-format on */

const size_t s3_condition_key_name_count = ARRAY_LEN(s3_condition_key_names);
