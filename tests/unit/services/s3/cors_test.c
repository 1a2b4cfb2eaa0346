#include "check.h"

#include "base/buf.h"
#include "services/s3/cors.h"

#define REFUSED                                                                    \
	"CORSResponse: This CORS request is not allowed. This is usually because " \
	"the evalution of Origin, request method / Access-Control-Request-Method " \
	"or Access-Control-Request-Headers are not whitelisted by the resource's " \
	"CORS spec."
#define VARY "Vary: Origin, Access-Control-Request-Headers, Access-Control-Request-Method\n"

/* clang-format off */
#define LIST(...) { (str[]){ __VA_ARGS__ }, ARRAY_LEN(((str[]){ __VA_ARGS__ })) }
/* clang-format on */

static const struct s3_cors_configuration *configuration(void)
{
	static struct s3_cors_rule rules[4];
	static const struct s3_cors_configuration c = { .cors_rules = { rules, ARRAY_LEN(rules) } };
	static str first_origins[] = { STR_INIT("https://localhost:4200"),
		                       STR_INIT("http://*.example.com") };
	static str first_methods[] = { STR_INIT("GET"), STR_INIT("PUT") };
	static str first_headers[] = { STR_INIT("x-AMZ-*"), STR_INIT("Content-Type") };
	static str post[] = { STR_INIT("POST") };
	static str tail[] = { STR_INIT("https://app.*") };
	static str any[] = { STR_INIT("*") };
	static str get[] = { STR_INIT("GET") };
	static str exposed[] = { STR_INIT("ETag"), STR_INIT("x-amz-request-id") };
	static str remove[] = { STR_INIT("DELETE") };

	rules[0] = (struct s3_cors_rule){
		.allowed_origins = { first_origins, 2 },
		.allowed_methods = { first_methods, 2 },
		.allowed_headers = { first_headers, 2 },
		.max_age_seconds = opt_int(3000),
	};
	rules[1] = (struct s3_cors_rule){
		.allowed_origins = { tail, 1 },
		.allowed_methods = { post, 1 },
		.allowed_headers = { any, 1 },
	};
	rules[2] = (struct s3_cors_rule){
		.allowed_origins = { any, 1 },
		.allowed_methods = { get, 1 },
		.expose_headers = { exposed, 2 },
	};
	rules[3] = (struct s3_cors_rule){
		.allowed_origins = { first_origins, 1 },
		.allowed_methods = { remove, 1 },
		.allowed_headers = { any, 1 },
		.max_age_seconds = opt_int(0),
	};
	return &c;
}

TEST(s3_cors_takes_the_first_rule_that_matches)
{
	static const struct {
		const char *origin, *method, *requested_method, *requested_headers;
		int rule; /* -1: none */
	} rows[] = {
		{ "https://localhost:4200", "OPTIONS", "PUT", NULL, 0 },
		{ "https://localhost:4200", "PUT", NULL, NULL, 0 },
		{ "https://localhost:4200", "OPTIONS", "GET", NULL, 0 },
		{ "https://localhost:4200", "OPTIONS", "get", NULL, -1 },
		{ "https://localhost:4200", "OPTIONS", NULL, NULL, -1 },
		{ "https://localhost:4200", "GET", "POST", NULL, -1 },
		{ "https://localhost:4200", "OPTIONS", "PATCH", NULL, -1 },
		{ "http://localhost:4200", "OPTIONS", "PUT", NULL, -1 },
		{ "HTTPS://localhost:4200", "OPTIONS", "PUT", NULL, -1 },
		{ "http://a.example.com", "OPTIONS", "PUT", NULL, 0 },
		{ "http://a.b.example.com", "OPTIONS", "PUT", NULL, 0 },
		{ "http://.example.com", "OPTIONS", "PUT", NULL, 0 },
		{ "http://example.com", "OPTIONS", "PUT", NULL, -1 },
		{ "http://a.example.com.evil", "OPTIONS", "PUT", NULL, -1 },
		{ "https://app.x", "OPTIONS", "POST", "anything, at-all", 1 },
		{ "https://ap", "OPTIONS", "POST", NULL, -1 },
		{ "https://elsewhere", "GET", NULL, NULL, 2 },
		{ "null", "GET", NULL, NULL, 2 },
		{ "https://elsewhere", "OPTIONS", "GET", "x-amz-date", -1 },
		{ "https://localhost:4200", "OPTIONS", "PUT", "X-Amz-Date", 0 },
		{ "https://localhost:4200", "OPTIONS", "PUT", "content-type,x-amz-a , X-AMZ-b", 0 },
		{ "https://localhost:4200", "OPTIONS", "PUT", "content-typ", -1 },
		{ "https://localhost:4200", "OPTIONS", "PUT", "x-amz-date, x-other", -1 },
		{ "https://localhost:4200", "OPTIONS", "PUT", "", 0 },
		{ NULL, "GET", NULL, NULL, -1 },
		{ "", "GET", NULL, NULL, -1 },
	};
	const struct s3_cors_configuration *c = configuration();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_cors_request r = { str_from(rows[i].origin), str_from(rows[i].method),
			                     str_from(rows[i].requested_method),
			                     str_from(rows[i].requested_headers) };
		const struct s3_cors_rule *got = s3_cors_match(c, &r);
		int at = got ? (int)(got - c->cors_rules.items) : -1;

		if (at != rows[i].rule)
			fail_msg("row %zu: rule %d, want %d", i, at, rows[i].rule);
		expect(!s3_cors_match(NULL, &r));
	}
}

static str headers_of(struct arena *a, int rule, const char *origin, const char *requested_headers)
{
	struct s3_cors_request r = { str_from(origin), STR("OPTIONS"), STR("GET"),
		                     str_from(requested_headers) };
	struct header h[S3_CORS_HEADERS];
	size_t n = s3_cors_headers(a, &configuration()->cors_rules.items[rule], &r, h);
	struct buf b;

	buf_init(&b, a, 4096);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%.*s: %.*s\n", STR_ARG(h[i].name), STR_ARG(h[i].value));
	return buf_str(&b);
}

TEST(s3_cors_headers_are_those_that_s3_sends)
{
	struct arena a = { 0 };

	expect_str(headers_of(&a, 0, "https://localhost:4200", "X-Amz-Date,Content-Type "),
	           "Access-Control-Allow-Origin: https://localhost:4200\n"
	           "Access-Control-Allow-Methods: GET, PUT\n"
	           "Access-Control-Allow-Headers: x-amz-date, content-type\n"
	           "Access-Control-Max-Age: 3000\n"
	           "Access-Control-Allow-Credentials: true\n" VARY);
	expect_str(headers_of(&a, 1, "https://app.x", NULL),
	           "Access-Control-Allow-Origin: https://app.x\n"
	           "Access-Control-Allow-Methods: POST\n"
	           "Access-Control-Allow-Credentials: true\n" VARY);
	expect_str(headers_of(&a, 2, "https://elsewhere", NULL),
	           "Access-Control-Allow-Origin: *\n"
	           "Access-Control-Allow-Methods: GET\n"
	           "Access-Control-Expose-Headers: ETag, x-amz-request-id\n" VARY);
	expect_str(headers_of(&a, 3, "https://localhost:4200", ""),
	           "Access-Control-Allow-Origin: https://localhost:4200\n"
	           "Access-Control-Allow-Methods: DELETE\n"
	           "Access-Control-Max-Age: 0\n"
	           "Access-Control-Allow-Credentials: true\n" VARY);
	arena_release(&a);
}

TEST(s3_cors_refuses_preflights_in_s3s_words)
{
	struct s3_cors_request r = { .method = STR("OPTIONS") };

	expect_str(s3_cors_problem(S3_CORS_NO_ORIGIN).code, "BadRequest");
	expect_str(s3_cors_problem(S3_CORS_NO_ORIGIN).message,
	           "Insufficient information. Origin request header needed.");
	expect_str(s3_cors_problem(S3_CORS_NO_BUCKET).message, "CORSResponse: Bucket not found");
	expect_str(s3_cors_problem(S3_CORS_NOT_ENABLED).message,
	           "CORSResponse: CORS is not enabled for this bucket.");
	expect_str(s3_cors_problem(S3_CORS_NOT_ALLOWED).code, "AccessForbidden");
	expect_str(s3_cors_problem(S3_CORS_NOT_ALLOWED).message, REFUSED);
	expect_str(s3_cors_method(&r), "OPTIONS");
	r.requested_method = STR("PUT");
	expect_str(s3_cors_method(&r), "PUT");
}

TEST(s3_cors_headers_of_a_request_are_found)
{
	const struct header headers[] = {
		{ STR("origin"), STR("https://a") },
		{ STR("access-control-request-method"), STR("PUT") },
		{ STR("Access-Control-Request-Headers"), STR("x-a") },
	};
	struct request request = { .method = STR("OPTIONS"),
		                   .headers = headers,
		                   .header_count = ARRAY_LEN(headers) };
	struct s3_cors_request r = s3_cors_request_of(&request);

	expect_str(r.origin, "https://a");
	expect_str(r.method, "OPTIONS");
	expect_str(r.requested_method, "PUT");
	expect_str(r.requested_headers, "x-a");
}

TEST(s3_cors_configurations_are_checked_as_put_bucket_cors_does)
{
	static const char xml[] = "The XML you provided was not well-formed or did not validate "
				  "against our published schema";
	char id[256];
	struct {
		struct s3_cors_rule rule;
		const char *message;
	} rows[] = {
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods =
		            LIST(STR("GET"), STR("PUT"), STR("POST"), STR("DELETE"), STR("HEAD")),
		    .allowed_headers = LIST(STR("*"), STR("x-*-z")),
		    .expose_headers = LIST(STR("ETag")) },
		  NULL },
		{ { .allowed_origins = LIST(STR("")), .allowed_methods = LIST(STR("GET")) }, NULL },
		{ { .allowed_origins = LIST(STR("*")), .allowed_methods = LIST(STR("OPTIONS")) },
		  "Found unsupported HTTP method in CORS config. Unsupported method is OPTIONS" },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET"), STR("get")) },
		  "Found unsupported HTTP method in CORS config. Unsupported method is get" },
		{ { .allowed_origins = LIST(STR("https://*.example.*")),
		    .allowed_methods = LIST(STR("GET")) },
		  "AllowedOrigin \"https://*.example.*\" can not have more than one wildcard." },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .allowed_headers = LIST(STR("ok"), STR("**")) },
		  "AllowedHeader \"**\" can not have more than one wildcard." },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .expose_headers = LIST(STR("x-*")) },
		  "ExposeHeader \"x-*\" contains wildcard. We currently do not support wildcard "
		  "for ExposeHeader." },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .expose_headers = LIST(STR("a b")) },
		  "ExposeHeader \"a b\" contains invalid character." },
		{ { .allowed_methods = LIST(STR("GET")) }, xml },
		{ { .allowed_origins = LIST(STR("*")) }, xml },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .max_age_seconds = opt_int(-1) },
		  xml },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .id = { id, 255 } },
		  NULL },
		{ { .allowed_origins = LIST(STR("*")),
		    .allowed_methods = LIST(STR("GET")),
		    .id = { id, 256 } },
		  xml },
	};
	struct arena a = { 0 };

	memset(id, 'i', sizeof(id));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_cors_configuration c = { .cors_rules = { &rows[i].rule, 1 } };
		struct s3_problem p = s3_cors_check(&a, &c);

		expect_str(p.message, rows[i].message);
		expect_str(p.code, !rows[i].message         ? NULL
		                   : rows[i].message == xml ? "MalformedXML"
		                                            : "InvalidRequest");
	}
	arena_release(&a);
}

TEST(s3_cors_configurations_have_1_to_100_rules)
{
	struct s3_cors_rule rules[101];
	struct s3_cors_rule rule = { .allowed_origins = LIST(STR("*")),
		                     .allowed_methods = LIST(STR("GET")) };
	struct s3_cors_configuration c = { .cors_rules = { rules, 100 } };
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		rules[i] = rule;
	expect(!s3_cors_check(&a, &c).code.p);
	c.cors_rules.n = 101;
	expect_str(s3_cors_check(&a, &c).code, "MalformedXML");
	c.cors_rules.n = 0;
	expect_str(s3_cors_check(&a, &c).code, "MalformedXML");
	expect_str(s3_cors_check(&a, NULL).code, "MalformedXML");
	arena_release(&a);
}

TESTS({
	RUN(s3_cors_takes_the_first_rule_that_matches),
	RUN(s3_cors_headers_are_those_that_s3_sends),
	RUN(s3_cors_refuses_preflights_in_s3s_words),
	RUN(s3_cors_headers_of_a_request_are_found),
	RUN(s3_cors_configurations_are_checked_as_put_bucket_cors_does),
	RUN(s3_cors_configurations_have_1_to_100_rules),
})
