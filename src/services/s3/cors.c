#include "services/s3/cors.h"

#include "base/buf.h"
#include "base/str.h"

struct s3_cors_request s3_cors_request_of(const struct request *r)
{
	return (struct s3_cors_request){
		.origin = request_header(r, STR("Origin")),
		.method = r->method,
		.requested_method = request_header(r, STR("Access-Control-Request-Method")),
		.requested_headers = request_header(r, STR("Access-Control-Request-Headers")),
	};
}

str s3_cors_method(const struct s3_cors_request *r)
{
	return r->requested_method.n > 0 ? r->requested_method : r->method;
}

/* One `*` stands for any run of characters, none included. */
static bool wildcard_matches(str pattern, str text, bool (*starts)(str s, str prefix))
{
	ptrdiff_t star = str_find(pattern, '*', 0);
	str head, tail;

	if (star < 0)
		return pattern.n == text.n && starts(text, pattern);
	head = str_from_to(pattern, 0, (size_t)star);
	tail = str_after(pattern, (size_t)star + 1);
	return text.n >= head.n + tail.n && starts(text, head) &&
	       starts(str_after(text, text.n - tail.n), tail);
}

static bool origin_matches(const struct s3_cors_rule *rule, str origin)
{
	for (size_t i = 0; i < rule->allowed_origins.n; i++)
		if (wildcard_matches(rule->allowed_origins.items[i], origin, str_starts))
			return true;
	return false;
}

static bool method_matches(const struct s3_cors_rule *rule, str method)
{
	for (size_t i = 0; i < rule->allowed_methods.n; i++)
		if (str_eq(rule->allowed_methods.items[i], method))
			return true;
	return false;
}

static bool header_matches(const struct s3_cors_rule *rule, str name)
{
	for (size_t i = 0; i < rule->allowed_headers.n; i++)
		if (wildcard_matches(rule->allowed_headers.items[i], name, str_starts_nocase))
			return true;
	return false;
}

static bool headers_match(const struct s3_cors_rule *rule, str names)
{
	str rest = names;

	while (rest.p) {
		str name = str_trim(str_cut(&rest, ','));

		if (name.n > 0 && !header_matches(rule, name))
			return false;
	}
	return true;
}

const struct s3_cors_rule *s3_cors_match(const struct s3_cors_configuration *configuration,
                                         const struct s3_cors_request *r)
{
	if (!configuration || r->origin.n == 0)
		return NULL;
	for (size_t i = 0; i < configuration->cors_rules.n; i++) {
		const struct s3_cors_rule *rule = &configuration->cors_rules.items[i];

		if (origin_matches(rule, r->origin) && method_matches(rule, s3_cors_method(r)) &&
		    headers_match(rule, r->requested_headers))
			return rule;
	}
	return NULL;
}

static bool allows_any_origin(const struct s3_cors_rule *rule)
{
	for (size_t i = 0; i < rule->allowed_origins.n; i++)
		if (str_eq(rule->allowed_origins.items[i], STR("*")))
			return true;
	return false;
}

static str joined(struct arena *a, const str *items, size_t n)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_put(&b, i > 0 ? STR(", ") : STR(""));
		buf_put(&b, items[i]);
	}
	return buf_str(&b);
}

/* Those that were asked for, in lower case: not what the rule lists. */
static str allowed_headers(struct arena *a, str names)
{
	struct buf b;
	str rest = names;

	buf_init(&b, a, SIZE_MAX);
	while (rest.p) {
		str name = str_trim(str_cut(&rest, ','));

		if (name.n == 0)
			continue;
		buf_put(&b, b.n > 0 ? STR(", ") : STR(""));
		for (size_t i = 0; i < name.n; i++)
			buf_putc(&b, ascii_lower(name.p[i]));
	}
	return buf_str(&b);
}

/* As recorded from S3: an origin allowed by `*` itself is answered with `*` and no credentials, one
 * that is allowed in any other way is repeated, with credentials. Simple requests get the same
 * headers as preflights. */
size_t s3_cors_headers(struct arena *a, const struct s3_cors_rule *rule,
                       const struct s3_cors_request *r, struct header ret[S3_CORS_HEADERS])
{
	bool any = allows_any_origin(rule);
	str headers = allowed_headers(a, r->requested_headers);
	size_t n = 0;

	ret[n++] =
		(struct header){ STR("Access-Control-Allow-Origin"), any ? STR("*") : r->origin };
	ret[n++] =
		(struct header){ STR("Access-Control-Allow-Methods"),
		                 joined(a, rule->allowed_methods.items, rule->allowed_methods.n) };
	if (headers.n > 0)
		ret[n++] = (struct header){ STR("Access-Control-Allow-Headers"), headers };
	if (rule->expose_headers.n > 0)
		ret[n++] = (struct header){ STR("Access-Control-Expose-Headers"),
			                    joined(a, rule->expose_headers.items,
			                           rule->expose_headers.n) };
	if (rule->max_age_seconds.set)
		ret[n++] = (struct header){ STR("Access-Control-Max-Age"),
			                    arena_printf(a, "%lld",
			                                 (long long)rule->max_age_seconds.value) };
	if (!any)
		ret[n++] = (struct header){ STR("Access-Control-Allow-Credentials"), STR("true") };
	ret[n++] = (struct header){
		STR("Vary"),
		STR("Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	};
	return n;
}

/* "evalution" is S3's. */
struct s3_problem s3_cors_problem(enum s3_cors_refusal refusal)
{
	static const str messages[] = {
		[S3_CORS_NO_ORIGIN] =
			STR_INIT("Insufficient information. Origin request header needed."),
		[S3_CORS_NO_BUCKET] = STR_INIT("CORSResponse: Bucket not found"),
		[S3_CORS_NOT_ENABLED] =
			STR_INIT("CORSResponse: CORS is not enabled for this bucket."),
		[S3_CORS_NOT_ALLOWED] = STR_INIT(
			"CORSResponse: This CORS request is not allowed. This is usually because "
			"the evalution of Origin, request method / Access-Control-Request-Method "
			"or Access-Control-Request-Headers are not whitelisted by the resource's "
			"CORS spec."),
	};

	return (struct s3_problem){
		.code = refusal == S3_CORS_NO_ORIGIN ? STR("BadRequest") : STR("AccessForbidden"),
		.message = messages[refusal],
	};
}

static struct s3_problem invalid(str message)
{
	return (struct s3_problem){ .code = STR("InvalidRequest"), .message = message };
}

static struct s3_problem malformed(void)
{
	return (struct s3_problem){
		.code = STR("MalformedXML"),
		.message = STR("The XML you provided was not well-formed or did not validate "
		               "against our published schema"),
	};
}

static struct s3_problem check_methods(struct arena *a, const struct s3_cors_rule *rule)
{
	static const str known[] = { STR_INIT("GET"), STR_INIT("PUT"), STR_INIT("POST"),
		                     STR_INIT("DELETE"), STR_INIT("HEAD") };

	for (size_t i = 0; i < rule->allowed_methods.n; i++) {
		str method = rule->allowed_methods.items[i];
		size_t at = 0;

		while (at < ARRAY_LEN(known) && !str_eq(known[at], method))
			at++;
		if (at == ARRAY_LEN(known))
			return invalid(arena_printf(a,
			                            "Found unsupported HTTP method in CORS config. "
			                            "Unsupported method is %.*s",
			                            STR_ARG(method)));
	}
	return (struct s3_problem){ 0 };
}

static struct s3_problem check_wildcards(struct arena *a, const char *element, const str *items,
                                         size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ptrdiff_t star = str_find(items[i], '*', 0);

		if (star >= 0 && str_find(items[i], '*', (size_t)star + 1) >= 0)
			return invalid(
				arena_printf(a, "%s \"%.*s\" can not have more than one wildcard.",
			                     element, STR_ARG(items[i])));
	}
	return (struct s3_problem){ 0 };
}

static struct s3_problem check_exposed(struct arena *a, const struct s3_cors_rule *rule)
{
	for (size_t i = 0; i < rule->expose_headers.n; i++) {
		str name = rule->expose_headers.items[i];

		if (str_find(name, '*', 0) >= 0)
			return invalid(arena_printf(a,
			                            "ExposeHeader \"%.*s\" contains wildcard. We "
			                            "currently do not support wildcard for "
			                            "ExposeHeader.",
			                            STR_ARG(name)));
		if (!header_name_valid(name))
			return invalid(
				arena_printf(a, "ExposeHeader \"%.*s\" contains invalid character.",
			                     STR_ARG(name)));
	}
	return (struct s3_problem){ 0 };
}

static struct s3_problem check_rule(struct arena *a, const struct s3_cors_rule *rule)
{
	struct s3_problem p;

	if (rule->allowed_methods.n == 0 || rule->allowed_origins.n == 0 || rule->id.n > 255 ||
	    (rule->max_age_seconds.set && rule->max_age_seconds.value < 0))
		return malformed();
	p = check_methods(a, rule);
	if (!p.code.p)
		p = check_wildcards(a, "AllowedOrigin", rule->allowed_origins.items,
		                    rule->allowed_origins.n);
	if (!p.code.p)
		p = check_wildcards(a, "AllowedHeader", rule->allowed_headers.items,
		                    rule->allowed_headers.n);
	if (!p.code.p)
		p = check_exposed(a, rule);
	return p;
}

struct s3_problem s3_cors_check(struct arena *a, const struct s3_cors_configuration *configuration)
{
	size_t n = configuration ? configuration->cors_rules.n : 0;

	if (n == 0 || n > S3_CORS_RULES)
		return malformed();
	for (size_t i = 0; i < n; i++) {
		struct s3_problem p = check_rule(a, &configuration->cors_rules.items[i]);

		if (p.code.p)
			return p;
	}
	return (struct s3_problem){ 0 };
}
