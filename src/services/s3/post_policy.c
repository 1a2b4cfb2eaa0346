#include "services/s3/post_policy.h"

#include "base/encoding.h"
#include "base/json.h"
#include "base/str.h"
#include "base/timestamp.h"

enum operation { OPERATION_EQ, OPERATION_STARTS_WITH, OPERATION_RANGE };

struct condition {
	enum operation operation;
	str first, second; /* "$name" and a value; or the two bounds as they were written */
};

struct document {
	str expiration;
	bool has_conditions;
	struct condition *conditions;
	size_t count, capacity;
};

str post_key(struct arena *a, str key, str filename)
{
	const str variable = STR("${filename}");
	ptrdiff_t slash = MAX(str_rfind(filename, '/'), str_rfind(filename, '\\'));
	ptrdiff_t at;
	size_t from = 0;
	struct buf b;

	if (!filename.p)
		return key;
	filename = str_after(filename, (size_t)(slash + 1));
	buf_init(&b, a, key.n + (key.n / variable.n + 1) * filename.n);
	while ((at = str_find_str(key, variable, from)) >= 0) {
		buf_put(&b, str_from_to(key, from, (size_t)at));
		buf_put(&b, filename);
		from = (size_t)at + variable.n;
	}
	buf_put(&b, str_after(key, from));
	return buf_str(&b);
}

/*
 * Reading.
 */

static struct refusal *invalid(struct arena *a, const char *what)
{
	return refuse(a, 400, "InvalidPolicyDocument", "Invalid Policy: %s", what);
}

static void add(struct arena *a, struct document *d, struct condition c)
{
	if (d->count == d->capacity)
		d->conditions = arena_grow(a, d->conditions, &d->capacity, sizeof(c));
	d->conditions[d->count++] = c;
}

/* {"acl": "public-read"} is ["eq", "$acl", "public-read"]. */
static const struct refusal *read_simple(struct arena *a, struct json_reader *r, struct document *d)
{
	struct condition c = { OPERATION_EQ, STR_NULL, STR_NULL };
	size_t members = 0;
	str name;

	json_enter_object(r);
	while (json_next_member(r, &name)) {
		if (json_peek(r) != JSON_STRING)
			return json_ok(r) ? invalid(a, "Invalid Simple-Condition: value must be a "
			                               "string.")
			                  : NULL;
		json_string(r, &c.second);
		c.first = arena_join(a, STR("$"), name);
		members++;
	}
	if (json_ok(r) && members != 1)
		return invalid(a, "Invalid Simple-Condition: Simple-Conditions must have exactly "
		                  "one property specified.");
	add(a, d, c);
	return NULL;
}

static const struct refusal *read_array(struct arena *a, struct json_reader *r, struct document *d)
{
	str parts[3] = { STR_NULL, STR_NULL, STR_NULL };
	struct condition c;
	size_t n = 0;

	json_enter_array(r);
	while (json_next_element(r)) {
		enum json_kind kind = json_peek(r);

		if (n == ARRAY_LEN(parts) || (kind != JSON_STRING && kind != JSON_NUMBER))
			return json_ok(r) ? invalid(a, "Invalid Condition.") : NULL;
		if (kind == JSON_STRING)
			json_string(r, &parts[n]);
		else
			json_number(r, &parts[n]);
		n++;
	}
	if (!json_ok(r))
		return NULL;
	if (str_eq_nocase(parts[0], STR("eq")))
		c.operation = OPERATION_EQ;
	else if (str_eq_nocase(parts[0], STR("starts-with")))
		c.operation = OPERATION_STARTS_WITH;
	else if (str_eq_nocase(parts[0], STR("content-length-range")))
		c.operation = OPERATION_RANGE;
	else
		return invalid(a, "Invalid Condition: unknown operation.");
	if (n != ARRAY_LEN(parts))
		return invalid(a, "Invalid Condition: wrong number of arguments.");
	c.first = parts[1];
	c.second = parts[2];
	add(a, d, c);
	return NULL;
}

static const struct refusal *read_conditions(struct arena *a, struct json_reader *r,
                                             struct document *d)
{
	const struct refusal *refusal = NULL;

	d->has_conditions = true;
	if (!json_enter_array(r))
		return NULL;
	while (!refusal && json_next_element(r)) {
		enum json_kind kind = json_peek(r);

		if (d->count == POST_POLICY_CONDITIONS)
			refusal = invalid(a, "Too many conditions.");
		else if (kind == JSON_OBJECT)
			refusal = read_simple(a, r, d);
		else if (kind == JSON_ARRAY)
			refusal = read_array(a, r, d);
		else if (json_ok(r))
			refusal = invalid(a, "Invalid Condition.");
	}
	return refusal;
}

static const struct refusal *read_document(struct arena *a, str encoded, struct document *ret)
{
	const struct refusal *refusal = NULL;
	struct json_reader r;
	str text, name;

	if (!base64_decode(a, encoded, &text))
		return invalid(a, "Invalid JSON.");
	json_reader_init(&r, a, text);
	json_enter_object(&r);
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("expiration")))
			json_string(&r, &ret->expiration);
		else if (str_eq(name, STR("conditions")))
			refusal = read_conditions(a, &r, ret);
		else
			json_skip(&r);
		if (refusal)
			return refusal;
	}
	if (!json_at_end(&r))
		return invalid(a, "Invalid JSON.");
	if (!ret->expiration.p)
		return invalid(a, "Policy missing expiration.");
	return ret->has_conditions ? NULL : invalid(a, "Policy missing conditions.");
}

/*
 * Checking.
 */

static struct refusal *failed(struct arena *a, const struct condition *c)
{
	static const str names[] = {
		[OPERATION_EQ] = STR_INIT("eq"),
		[OPERATION_STARTS_WITH] = STR_INIT("starts-with"),
		[OPERATION_RANGE] = STR_INIT("content-length-range"),
	};
	const str parts[] = { names[c->operation], refusal_excerpt(c->first),
		              refusal_excerpt(c->second) };
	struct buf b;

	buf_init(&b, a, 16384);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct json_writer w;

		buf_put(&b, i ? STR(", ") : STR("["));
		json_writer_init(&w, &b);
		json_put_string(&w, parts[i]);
	}
	buf_putc(&b, ']');
	return refuse(a, 403, "AccessDenied",
	              "Invalid according to Policy: Policy Condition failed: %.*s",
	              STR_ARG(buf_str(&b)));
}

static bool holds(const struct condition *c, str value)
{
	return c->operation == OPERATION_EQ ? str_eq(value, c->second)
	                                    : str_starts(value, c->second);
}

/* A field that was not sent fails even ["starts-with", "$name", ""]. */
static bool check_fields(const struct condition *c, const struct post_field *fields, size_t count,
                         str bucket, bool *covered)
{
	str name = c->first;
	bool found = false;

	if (!str_take(&name, STR("$")))
		return false;
	if (str_eq_nocase(name, STR("bucket"))) {
		found = true;
		if (!holds(c, bucket))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!str_eq_nocase(fields[i].name, name))
			continue;
		if (!holds(c, fields[i].value))
			return false;
		covered[i] = found = true;
	}
	return found;
}

static bool needs_no_condition(str name)
{
	return str_eq_nocase(name, STR("x-amz-signature")) || str_eq_nocase(name, STR("file")) ||
	       str_eq_nocase(name, STR("policy")) || str_starts_nocase(name, STR("x-ignore-"));
}

static const struct refusal *check_covered(struct arena *a, const struct post_field *fields,
                                           size_t count, const bool *covered)
{
	struct buf b;

	buf_init(&b, a, 2048);
	for (size_t i = 0; i < count; i++) {
		if (covered[i] || needs_no_condition(fields[i].name))
			continue;
		buf_put(&b, b.n ? STR(", ") : STR(""));
		for (size_t j = 0; j < fields[i].name.n; j++)
			buf_putc(&b, ascii_lower(fields[i].name.p[j]));
	}
	if (b.n == 0 && !b.overflow)
		return NULL;
	return refuse(a, 403, "AccessDenied",
	              "Invalid according to Policy: Extra input fields: %.*s",
	              STR_ARG(buf_str(&b)));
}

const struct refusal *post_policy_check(struct arena *a, str encoded,
                                        const struct post_field *fields, size_t count, str bucket,
                                        int64_t now, struct post_range *ret_range)
{
	bool *covered = arena_array(a, bool, count + 1);
	struct document d = { 0 };
	struct post_range range = { 0 };
	const struct refusal *r = read_document(a, encoded, &d);
	int64_t expiration;

	if (r)
		return r;
	if (!timestamp_from_iso8601(d.expiration, &expiration))
		return refuse(a, 400, "InvalidPolicyDocument",
		              "Invalid Policy: Invalid 'expiration' value: '%.*s'",
		              STR_ARG(refusal_excerpt(d.expiration)));
	if (now >= expiration)
		return refuse(a, 403, "AccessDenied",
		              "Invalid according to Policy: Policy expired.");
	for (size_t i = 0; i < d.count; i++) {
		const struct condition *c = &d.conditions[i];
		int64_t least, most;

		if (c->operation != OPERATION_RANGE) {
			if (!check_fields(c, fields, count, bucket, covered))
				return failed(a, c);
			continue;
		}
		if (!str_to_i64(c->first, &least) || !str_to_i64(c->second, &most))
			return failed(a, c);
		if (least < 0 || most < 0)
			return invalid(a, "Invalid Condition.");
		range = (struct post_range){ true, MAX(range.least, least),
			                     range.set ? MIN(range.most, most) : most };
	}
	r = check_covered(a, fields, count, covered);
	if (!r)
		*ret_range = range;
	return r;
}

const struct refusal *post_size_check(struct arena *a, const struct post_range *range, int64_t size,
                                      bool is_whole)
{
	struct refusal *r;

	if (range->set && size > range->most) {
		r = refuse(a, 400, "EntityTooLarge",
		           "Your proposed upload exceeds the maximum allowed size");
		refusal_with_number(a, r, "ProposedSize", size);
		return refusal_with_number(a, r, "MaxSizeAllowed", range->most);
	}
	if (range->set && is_whole && size < range->least) {
		r = refuse(a, 400, "EntityTooSmall",
		           "Your proposed upload is smaller than the minimum allowed size");
		refusal_with_number(a, r, "ProposedSize", size);
		return refusal_with_number(a, r, "MinSizeAllowed", range->least);
	}
	return NULL;
}

bool post_signature_matches(const unsigned char key[SHA256_SIZE], str encoded_policy, str signature)
{
	unsigned char mac[SHA256_SIZE];
	char hex[2 * SHA256_SIZE];

	hmac_sha256((str){ (const char *)key, SHA256_SIZE }, encoded_policy, mac);
	hex_to(hex, mac, sizeof(mac));
	return secret_eq((str){ hex, sizeof(hex) }, signature);
}
