/* What browsers ask before they send, and what they are told with every reply. */
#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/bucket.h"
#include "services/s3/cors.h"
#include "services/s3/errors.h"
#include "services/s3/s3.h"

static const struct s3_cors_configuration *rules_of(struct call *c, const struct bucket *b)
{
	return s3_bucket_has(b, S3_CORS) ? s3_document(c->db, c->arena, b, S3_CORS) : NULL;
}

static void allow(struct call *c, const struct s3_cors_rule *rule, const struct s3_cors_request *r)
{
	struct header headers[S3_CORS_HEADERS];
	size_t n = s3_cors_headers(c->arena, rule, r, headers);

	for (size_t i = 0; i < n; i++)
		call_header(c, headers[i].name, headers[i].value);
}

/*
 * Preflights.
 */

static err forbid(struct call *c, const struct s3_cors_request *r, enum s3_cors_refusal why,
                  str resource)
{
	struct s3_problem problem = s3_cors_problem(why);
	struct refusal *refusal;

	if (why == S3_CORS_NO_ORIGIN)
		return s3_problem_error(c, &problem);
	refusal = refuse(c->arena, 403, "AccessForbidden", "%.*s", STR_ARG(problem.message));
	refusal = refusal_with(refusal, "Method", refusal_excerpt(s3_cors_method(r)));
	return fail_refused(c, refusal_with(refusal, "ResourceType", resource));
}

static err preflight(struct call *c, str name, str resource)
{
	const struct s3_cors_configuration *rules;
	const struct s3_cors_rule *rule;
	struct s3_cors_request r;
	struct bucket b;

	if (!c->request)
		return s3_fail(c, S3_NOT_IMPLEMENTED, NULL, STR_NULL);
	r = s3_cors_request_of(c->request);
	if (!r.origin.n)
		return forbid(c, &r, S3_CORS_NO_ORIGIN, resource);
	if (!s3_bucket_load(c->db, c->arena, name, &b))
		return forbid(c, &r, S3_CORS_NO_BUCKET, STR("BUCKET"));
	rules = rules_of(c, &b);
	if (!rules)
		return forbid(c, &r, S3_CORS_NOT_ENABLED, STR("BUCKET"));
	rule = s3_cors_match(rules, &r);
	if (!rule)
		return forbid(c, &r, S3_CORS_NOT_ALLOWED, resource);
	allow(c, rule, &r);
	return NULL;
}

err s3_options_bucket(struct call *c, const struct s3_options_bucket_in *in,
                      struct s3_options_bucket_out *out)
{
	(void)out;
	return preflight(c, in->bucket, STR("BUCKET"));
}

err s3_options_object(struct call *c, const struct s3_options_object_in *in,
                      struct s3_options_object_out *out)
{
	(void)out;
	return preflight(c, in->bucket, STR("OBJECT"));
}

/*
 * Every other request. This runs for each: most have no Origin.
 */

void s3_arrived(struct call *c, str path)
{
	const struct s3_cors_rule *rule;
	struct s3_cors_request r;
	struct bucket b;
	str rest, name;

	if (!request_header(c->request, STR("origin")).n ||
	    str_eq(c->request->method, STR("OPTIONS")))
		return;
	rest = str_after(path, 1);
	if (!uri_decode(c->arena, str_cut(&rest, '/'), URI_PLAIN, &name) || !name.n ||
	    !s3_bucket_load(c->db, c->arena, name, &b))
		return;
	r = s3_cors_request_of(c->request);
	rule = s3_cors_match(rules_of(c, &b), &r);
	if (rule)
		allow(c, rule, &r);
}
