#include "services/s3/lifecycle.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "base/timestamp.h"

#define DAY          (24 * 3600 * INT64_C(1000))
#define MAX_OBJECT   INT64_C(1099511627776000)
#define MAX_DAYS     INT64_C(2147483647)
#define MAX_NEWER    100
#define MUST_BE_MORE " action must be a positive integer"

/*
 * The check.
 */

static struct refusal *malformed(struct arena *a)
{
	return refuse(a, 400, "MalformedXML",
	              "The XML you provided was not well-formed or did not validate against our "
	              "published schema");
}

static struct refusal *bad_argument(struct arena *a, const char *message)
{
	return refuse(a, 400, "InvalidArgument", "%s", message);
}

static struct refusal *bad_request(struct arena *a, const char *message)
{
	return refuse(a, 400, "InvalidRequest", "%s", message);
}

/* A filter, of whichever of its three forms, in one: prefix, tags and sizes. */
struct terms {
	str prefix;
	const struct s3_tag *tags;
	size_t tag_count;
	struct opt_int greater, less;
};

static struct terms terms_of(const struct s3_lifecycle_rule *rule)
{
	const struct s3_lifecycle_rule_filter *f = rule->filter;

	if (!f)
		return (struct terms){ .prefix = rule->prefix };
	if (f->and)
		return (struct terms){ f->and->prefix, f->and->tags.items, f->and->tags.n,
			               f->and->object_size_greater_than,
			               f->and->object_size_less_than };
	return (struct terms){ f->prefix, f->tag, f->tag != NULL, f->object_size_greater_than,
		               f->object_size_less_than };
}

static size_t count_terms(const struct terms *t)
{
	return (t->prefix.p != NULL) + t->tag_count + t->greater.set + t->less.set;
}

static const struct refusal *check_filter(struct arena *a, const struct s3_lifecycle_rule *rule)
{
	const struct s3_lifecycle_rule_filter *f = rule->filter;
	struct terms t = terms_of(rule);

	if ((f != NULL) == (rule->prefix.p != NULL))
		return malformed(a);
	if (f && f->and
	    &&(f->prefix.p || f->tag || f->object_size_greater_than.set ||
	       f->object_size_less_than.set || count_terms(&t) < 2))
		return malformed(a);
	if (f && !f->and &&count_terms(&t) > 1)
		return malformed(a);
	for (size_t i = 0; i < t.tag_count; i++)
		for (size_t j = 0; j < i; j++)
			if (str_eq(t.tags[i].key, t.tags[j].key))
				return bad_request(a, "Duplicate Tag Keys are not allowed.");
	if (t.greater.set && (t.greater.value < 0 || t.greater.value > MAX_OBJECT))
		return bad_request(
			a, "'ObjectSizeGreaterThan' should be between 0 and 1099511627776000.");
	if (t.less.set && (t.less.value < 1 || t.less.value > MAX_OBJECT))
		return bad_request(
			a, "'ObjectSizeLessThan' should be between 1 and 1099511627776000.");
	if (t.greater.set && t.less.set && t.greater.value >= t.less.value)
		return bad_request(a, "'ObjectSizeLessThan' has to be a value greater than "
		                      "'ObjectSizeGreaterThan'.");
	return NULL;
}

static bool is_positive(struct opt_int days)
{
	return days.value > 0 && days.value <= MAX_DAYS;
}

static const struct refusal *check_expiration(struct arena *a, const struct s3_lifecycle_rule *rule)
{
	const struct s3_lifecycle_expiration *e = rule->expiration;

	if (!e)
		return NULL;
	if (e->date.set + e->days.set + e->expired_object_delete_marker.set != 1)
		return malformed(a);
	if (e->days.set && !is_positive(e->days))
		return bad_argument(a, "'Days' for Expiration" MUST_BE_MORE);
	if (e->date.set && e->date.value % DAY != 0)
		return bad_argument(a, "'Date' must be at midnight GMT");
	if (opt_true(e->expired_object_delete_marker) && terms_of(rule).tag_count)
		return bad_request(a, "ExpiredObjectDeleteMarker cannot be specified with Tags.");
	return NULL;
}

static const struct refusal *check_noncurrent(struct arena *a, const struct s3_lifecycle_rule *rule)
{
	const struct s3_noncurrent_version_expiration *e = rule->noncurrent_version_expiration;

	if (!e)
		return NULL;
	if (!e->noncurrent_days.set)
		return malformed(a);
	if (!is_positive(e->noncurrent_days))
		return bad_argument(
			a, "'NoncurrentDays' for NoncurrentVersionExpiration" MUST_BE_MORE);
	if (e->newer_noncurrent_versions.set && (e->newer_noncurrent_versions.value < 1 ||
	                                         e->newer_noncurrent_versions.value > MAX_NEWER))
		return bad_argument(
			a,
			"'NewerNoncurrentVersions' for NoncurrentVersionExpiration" MUST_BE_MORE);
	return NULL;
}

static const struct refusal *check_abort(struct arena *a, const struct s3_lifecycle_rule *rule)
{
	const struct s3_abort_incomplete_multipart_upload *e =
		rule->abort_incomplete_multipart_upload;
	struct terms t = terms_of(rule);

	if (!e)
		return NULL;
	if (!e->days_after_initiation.set)
		return malformed(a);
	if (!is_positive(e->days_after_initiation))
		return bad_argument(
			a, "'DaysAfterInitiation' for AbortIncompleteMultipartUpload" MUST_BE_MORE);
	if (t.tag_count)
		return bad_request(a,
		                   "AbortIncompleteMultipartUpload cannot be specified with Tags.");
	if (t.greater.set || t.less.set)
		return bad_request(
			a, "AbortIncompleteMultipartUpload cannot be specified with Object Size.");
	return NULL;
}

static const struct refusal *check_rule(struct arena *a, const struct s3_lifecycle_rule *rule)
{
	const struct refusal *r;

	if (rule->id.n > LIFECYCLE_MAX_ID)
		return bad_argument(a, "ID length should not exceed allowed limit of 255");
	if (!str_eq(rule->status, STR("Enabled")) && !str_eq(rule->status, STR("Disabled")))
		return malformed(a);
	if (rule->transitions.n || rule->noncurrent_version_transitions.n)
		return refuse(a, 501, "NotImplemented",
		              "Transition and NoncurrentVersionTransition are not implemented: "
		              "objects have one storage class here.");
	r = check_filter(a, rule);
	if (r)
		return r;
	if (!rule->expiration && !rule->noncurrent_version_expiration &&
	    !rule->abort_incomplete_multipart_upload)
		return bad_request(a, "At least one action needs to be specified in a rule");
	r = check_expiration(a, rule);
	if (!r)
		r = check_noncurrent(a, rule);
	return r ? r : check_abort(a, rule);
}

const struct refusal *lifecycle_check(struct arena *a,
                                      const struct s3_bucket_lifecycle_configuration *configuration)
{
	const struct s3_lifecycle_rules *rules;

	if (!configuration || configuration->rules.n == 0 ||
	    configuration->rules.n > LIFECYCLE_MAX_RULES)
		return malformed(a);
	rules = &configuration->rules;
	for (size_t i = 0; i < rules->n; i++) {
		const struct refusal *r = check_rule(a, &rules->items[i]);

		if (r)
			return r;
		for (size_t j = 0; rules->items[i].id.n && j < i; j++)
			if (str_eq(rules->items[i].id, rules->items[j].id))
				return bad_argument(a, "Rule ID must be unique. Found same ID for "
				                       "more than one rule");
	}
	return NULL;
}

void lifecycle_name_rules(struct arena *a, struct s3_bucket_lifecycle_configuration *configuration)
{
	for (size_t i = 0; i < configuration->rules.n; i++) {
		char *id;

		if (configuration->rules.items[i].id.n)
			continue;
		id = arena_alloc(a, 36);
		random_uuid(id);
		configuration->rules.items[i].id = (str){ id, 36 };
	}
}

/*
 * The plan.
 */

static bool has_tag(const struct s3_tag_set *tags, const struct s3_tag *wanted)
{
	for (size_t i = 0; i < tags->n; i++)
		if (str_eq(tags->items[i].key, wanted->key) &&
		    str_eq(tags->items[i].value, wanted->value))
			return true;
	return false;
}

static bool is_enabled(const struct s3_lifecycle_rule *rule)
{
	return str_eq(rule->status, STR("Enabled"));
}

static bool applies(const struct s3_lifecycle_rule *rule, const struct lifecycle_object *o)
{
	struct terms t = terms_of(rule);

	if (!is_enabled(rule) || !str_starts(o->key, t.prefix) ||
	    (t.greater.set && o->size <= t.greater.value) ||
	    (t.less.set && o->size >= t.less.value))
		return false;
	for (size_t i = 0; i < t.tag_count; i++)
		if (!has_tag(&o->tags, &t.tags[i]))
			return false;
	return true;
}

static int64_t midnight_after(int64_t from, int64_t days)
{
	return (from + days * DAY + DAY - 1) / DAY * DAY;
}

struct choice {
	bool found;
	struct lifecycle_plan plan;
};

static void offer(struct choice *c, const struct s3_lifecycle_rule *rule,
                  enum lifecycle_action action, int64_t when)
{
	if (c->found && c->plan.when <= when)
		return;
	c->found = true;
	c->plan = (struct lifecycle_plan){ action, when, rule->id };
}

/* The age of a rule's Days also clears delete markers that nothing is behind. */
static void plan_latest(struct choice *c, const struct s3_lifecycle_rule *rule,
                        const struct lifecycle_object *o)
{
	const struct s3_lifecycle_expiration *e = rule->expiration;
	int64_t when;

	if (!e)
		return;
	when = e->days.set ? midnight_after(o->last_modified, e->days.value) : e->date.value;
	if (!o->is_delete_marker) {
		if (e->days.set || e->date.set)
			offer(c, rule, LIFECYCLE_EXPIRE, when);
	} else if (o->is_only_version) {
		if (e->days.set)
			offer(c, rule, LIFECYCLE_REMOVE_MARKER, when);
		else if (opt_true(e->expired_object_delete_marker))
			offer(c, rule, LIFECYCLE_REMOVE_MARKER, o->last_modified);
	}
}

static void plan_noncurrent(struct choice *c, const struct s3_lifecycle_rule *rule,
                            const struct lifecycle_object *o)
{
	const struct s3_noncurrent_version_expiration *e = rule->noncurrent_version_expiration;

	if (e && o->newer_noncurrent >= opt_int_or(e->newer_noncurrent_versions, 0))
		offer(c, rule, LIFECYCLE_REMOVE_VERSION,
		      midnight_after(o->noncurrent_since, e->noncurrent_days.value));
}

bool lifecycle_plan(const struct s3_bucket_lifecycle_configuration *configuration,
                    const struct lifecycle_object *object, struct lifecycle_plan *ret)
{
	struct choice c = { 0 };

	for (size_t i = 0; i < configuration->rules.n; i++) {
		const struct s3_lifecycle_rule *rule = &configuration->rules.items[i];

		if (!applies(rule, object))
			continue;
		if (object->is_latest)
			plan_latest(&c, rule, object);
		else
			plan_noncurrent(&c, rule, object);
	}
	if (c.found)
		*ret = c.plan;
	return c.found;
}

bool lifecycle_plan_upload(const struct s3_bucket_lifecycle_configuration *configuration, str key,
                           int64_t initiated, struct lifecycle_plan *ret)
{
	struct choice c = { 0 };

	for (size_t i = 0; i < configuration->rules.n; i++) {
		const struct s3_lifecycle_rule *rule = &configuration->rules.items[i];
		const struct s3_abort_incomplete_multipart_upload *e =
			rule->abort_incomplete_multipart_upload;

		if (e && is_enabled(rule) && str_starts(key, terms_of(rule).prefix))
			offer(&c, rule, LIFECYCLE_ABORT_UPLOAD,
			      midnight_after(initiated, e->days_after_initiation.value));
	}
	if (c.found)
		*ret = c.plan;
	return c.found;
}

/* S3 says that the id is URI-encoded, but sends a space as it is; so only what would end the value
 * or the header is encoded. */
static void put_id(struct buf *b, str id)
{
	for (size_t i = 0; i < id.n; i++) {
		unsigned char c = (unsigned char)id.p[i];

		if (c < ' ' || c == '"' || c == '%' || c >= 0x7f)
			buf_printf(b, "%%%02X", c);
		else
			buf_putc(b, (char)c);
	}
}

str lifecycle_expiration_header(struct arena *a,
                                const struct s3_bucket_lifecycle_configuration *configuration,
                                const struct lifecycle_object *object)
{
	struct lifecycle_plan plan;
	str date;
	struct buf b;

	if (!lifecycle_plan(configuration, object, &plan) || plan.action != LIFECYCLE_EXPIRE)
		return STR_NULL;
	date = timestamp_to_http(a, plan.when);
	buf_init(&b, a, 64 + date.n + 3 * plan.rule_id.n);
	buf_printf(&b, "expiry-date=\"%.*s\", rule-id=\"", STR_ARG(date));
	put_id(&b, plan.rule_id);
	buf_putc(&b, '"');
	return buf_str(&b);
}
