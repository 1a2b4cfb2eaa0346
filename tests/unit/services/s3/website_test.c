#include "check.h"

#include "services/s3/website.h"

static struct s3_index_document index_document = { STR_INIT("index.html") };
static struct s3_error_document error_document = { STR_INIT("errors/404.html") };
static const struct s3_website_configuration plain = { .index_document = &index_document };

TEST(s3_website_index_document_stands_for_the_folder_at_each_level)
{
	static const struct {
		const char *key, *object, *folder;
	} rows[] = {
		{ "", "index.html", NULL },
		{ "docs/", "docs/index.html", NULL },
		{ "docs/a/", "docs/a/index.html", NULL },
		{ "/", "/index.html", NULL },
		{ "docs", "docs", "docs/index.html" },
		{ "docs/a.html", "docs/a.html", "docs/a.html/index.html" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str key = str_from(rows[i].key);

		expect_str(s3_website_key(&a, &plain, key), rows[i].object);
		expect_str(s3_website_folder_index(&a, &plain, key), rows[i].folder);
	}
	arena_release(&a);
}

TEST(s3_website_redirects_a_folder_without_slash)
{
	static const struct {
		const char *key, *location;
	} rows[] = {
		{ "docs", "/docs/" },
		{ "a b/c\xc3\xa9", "/a%20b/c%C3%A9/" },
		{ "a?b#c", "/a%3Fb%23c/" },
		{ "/evil.example", "/%2Fevil.example/" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_website_redirect r =
			s3_website_folder_redirect(&a, str_from(rows[i].key));

		expect_int(r.status, 302);
		expect_str(r.location, rows[i].location);
	}
	arena_release(&a);
}

TEST(s3_website_redirects_all_requests_with_path_and_query)
{
	struct s3_redirect_all_requests_to to = { .host_name = STR("example.com") };
	struct s3_website_configuration site = { .redirect_all_requests_to = &to };
	struct s3_website_request q = { .key = STR("a b"),
		                        .target = STR("/a%20b?c=d"),
		                        .host = STR("site.localhost:4566") };
	struct s3_website_redirect r = { 0 };
	struct arena a = { 0 };

	expect(s3_website_redirect_all(&a, &site, &q, &r));
	expect_int(r.status, 301);
	expect_str(r.location, "http://example.com/a%20b?c=d");
	q.https = true;
	expect(s3_website_redirect_all(&a, &site, &q, &r));
	expect_str(r.location, "https://example.com/a%20b?c=d");
	to.protocol = STR("http");
	expect(s3_website_redirect_all(&a, &site, &q, &r));
	expect_str(r.location, "http://example.com/a%20b?c=d");
	expect(!s3_website_redirect_all(&a, &plain, &q, &r));
	arena_release(&a);
}

TEST(s3_website_routes_by_prefix_before_the_lookup_and_by_error_after_it)
{
	static struct s3_condition docs = { .key_prefix_equals = STR_INIT("docs/") };
	static struct s3_condition missing = { .http_error_code_returned_equals = STR_INIT("404") };
	static struct s3_condition both = { .http_error_code_returned_equals = STR_INIT("403"),
		                            .key_prefix_equals = STR_INIT("img/") };
	static struct s3_redirect to_documents = { .replace_key_prefix_with =
		                                           STR_INIT("documents/") };
	static struct s3_redirect to_app = { .host_name = STR_INIT("app.example"),
		                             .protocol = STR_INIT("https"),
		                             .http_redirect_code = STR_INIT("307"),
		                             .replace_key_prefix_with = STR_INIT("resize?key=") };
	static struct s3_redirect to_page = { .replace_key_with = STR_INIT("sorry.html"),
		                              .http_redirect_code = STR_INIT("302") };
	struct s3_routing_rule rules[] = { { &docs, &to_documents },
		                           { &both, &to_page },
		                           { &missing, &to_app } };
	struct s3_website_configuration site = { .index_document = &index_document,
		                                 .routing_rules = { rules, ARRAY_LEN(rules) } };
	static const struct {
		const char *key, *target;
		int error, status; /* 0: not redirected */
		const char *location;
	} rows[] = {
		{ "docs/a b", "/docs/a%20b", 0, 301, "http://h/documents/a%20b" },
		{ "docs/", "/docs/?x=1", 0, 301, "http://h/documents/?x=1" },
		{ "docs", "/docs", 0, 0, NULL },
		{ "x", "/x", 0, 0, NULL },
		{ "x", "/x", 404, 307, "https://app.example/resize?key=x" },
		{ "x", "/x?y", 404, 307, "https://app.example/resize?key=x" },
		{ "x", "/x", 403, 0, NULL },
		{ "img/x", "/img/x", 403, 302, "http://h/sorry.html" },
		{ "img/x", "/img/x", 0, 0, NULL },
		{ "img/x", "/img/x", 404, 307, "https://app.example/resize?key=img/x" },
		{ "", "/", 404, 307, "https://app.example/resize?key=" },
		{ "x", "/x", 500, 0, NULL },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_website_request q = { str_from(rows[i].key), str_from(rows[i].target),
			                        STR("h"), false };
		struct s3_website_redirect r = { 0 };

		if (s3_website_route(&a, &site, &q, rows[i].error, &r) != (rows[i].status != 0))
			fail_msg("row %zu", i);
		expect_int(r.status, rows[i].status);
		expect_str(r.location, rows[i].location);
	}
	arena_release(&a);
}

TEST(s3_website_rule_without_condition_is_for_every_request)
{
	struct s3_redirect to = { .host_name = STR("other.example") };
	struct s3_routing_rule rule = { .redirect = &to };
	struct s3_website_configuration site = { .routing_rules = { &rule, 1 } };
	struct s3_website_request q = { STR("a b"), STR("/a%20b?c"), STR("h"), true };
	struct s3_website_redirect r = { 0 };
	struct arena a = { 0 };

	expect(s3_website_route(&a, &site, &q, 0, &r));
	expect_int(r.status, 301);
	expect_str(r.location, "https://other.example/a%20b?c");
	to.replace_key_prefix_with = STR("#!/");
	expect(s3_website_route(&a, &site, &q, 0, &r));
	expect_str(r.location, "https://other.example/#!/a%20b");
	arena_release(&a);
}

TEST(s3_website_page_is_s3s)
{
	struct s3_website_error e = { .status = 404,
		                      .code = STR("NoSuchKey"),
		                      .message = STR("The specified key does not exist."),
		                      .key = STR("a<b>&c") };
	struct s3_website_error document = { .code = STR("NoSuchKey"),
		                             .message = STR("The specified key does not exist."),
		                             .key = STR("error.html") };
	struct arena a = { 0 };

	expect_str(s3_website_page(&a, &e, NULL, STR("R1"), STR("H1")),
	           "<html>\n<head><title>404 Not Found</title></head>\n<body>\n"
	           "<h1>404 Not Found</h1>\n<ul>\n<li>Code: NoSuchKey</li>\n"
	           "<li>Message: The specified key does not exist.</li>\n"
	           "<li>Key: a&lt;b&gt;&amp;c</li>\n<li>RequestId: R1</li>\n"
	           "<li>HostId: H1</li>\n</ul>\n<hr/>\n</body>\n</html>\n");
	expect_str(s3_website_page(&a, &e, &document, STR("R1"), STR("H1")),
	           "<html>\n<head><title>404 Not Found</title></head>\n<body>\n"
	           "<h1>404 Not Found</h1>\n<ul>\n<li>Code: NoSuchKey</li>\n"
	           "<li>Message: The specified key does not exist.</li>\n"
	           "<li>Key: a&lt;b&gt;&amp;c</li>\n<li>RequestId: R1</li>\n"
	           "<li>HostId: H1</li>\n</ul>\n"
	           "<h3>An Error Occurred While Attempting to Retrieve a Custom Error "
	           "Document</h3>\n<ul>\n<li>Code: NoSuchKey</li>\n"
	           "<li>Message: The specified key does not exist.</li>\n"
	           "<li>Key: error.html</li>\n</ul>\n<hr/>\n</body>\n</html>\n");
	arena_release(&a);
}

TEST(s3_website_page_shows_what_belongs_to_its_error)
{
	static const struct {
		struct s3_website_error e;
		const char *title, *item;
	} rows[] = {
		{ { .status = 403, .code = STR_INIT("AccessDenied") },
		  "<title>403 Forbidden</title>",
		  "<li>Code: AccessDenied</li>\n<li>RequestId: R</li>" },
		{ { .status = 404, .bucket_name = STR_INIT("b") },
		  "<title>404 Not Found</title>",
		  "<li>BucketName: b</li>" },
		{ { .status = 405,
		    .method = STR_INIT("POST"),
		    .resource_type = STR_INIT("OBJECT") },
		  "<h1>405 Method Not Allowed</h1>",
		  "<li>Method: POST</li>\n<li>ResourceType: OBJECT</li>" },
		{ { .status = 302, .code = STR_INIT("Found") }, "<h1>302 Found</h1>", "Found" },
		{ { .status = 499 }, "<h1>499 Error</h1>", "HostId: H" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str page = s3_website_page(&a, &rows[i].e, NULL, STR("R"), STR("H"));

		expect(str_contains(page, str_from(rows[i].title)));
		expect(str_contains(page, str_from(rows[i].item)));
	}
	arena_release(&a);
}

TEST(s3_website_configuration_is_an_index_or_a_redirect_of_everything)
{
	static struct s3_index_document nested = { STR_INIT("a/index.html") };
	static struct s3_index_document empty = { STR_INIT("") };
	static struct s3_error_document no_key = { STR_INIT("") };
	static struct s3_redirect_all_requests_to all = { .host_name = STR_INIT("example.com"),
		                                          .protocol = STR_INIT("https") };
	static struct s3_redirect_all_requests_to nowhere = { .host_name = STR_INIT("") };
	static struct s3_redirect_all_requests_to ftp = { .host_name = STR_INIT("example.com"),
		                                          .protocol = STR_INIT("ftp") };
	static struct s3_redirect_all_requests_to absent;
	static struct s3_routing_rule rules[1];
	static const struct {
		struct s3_website_configuration site;
		const char *code, *message;
	} rows[] = {
		{ { .index_document = &index_document }, NULL, NULL },
		{ { .index_document = &index_document, .error_document = &error_document },
		  NULL,
		  NULL },
		{ { .redirect_all_requests_to = &all }, NULL, NULL },
		{ { 0 },
		  "InvalidArgument",
		  "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is "
		  "empty" },
		{ { .error_document = &error_document },
		  "InvalidArgument",
		  "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is "
		  "empty" },
		{ { .index_document = &nested },
		  "InvalidArgument",
		  "The IndexDocument Suffix is not well formed" },
		{ { .index_document = &empty },
		  "InvalidArgument",
		  "The IndexDocument Suffix is not well formed" },
		{ { .index_document = &index_document, .error_document = &no_key },
		  "MalformedXML",
		  NULL },
		{ { .index_document = &index_document, .routing_rules = { rules, 0 } },
		  "MalformedXML",
		  NULL },
		{ { .index_document = &index_document, .routing_rules = { rules, 1 } },
		  "MalformedXML",
		  NULL },
		{ { .index_document = &index_document, .redirect_all_requests_to = &all },
		  "InvalidArgument",
		  "RedirectAllRequestsTo cannot be provided in conjunction with other Routing "
		  "Rules." },
		{ { .redirect_all_requests_to = &nowhere },
		  "InvalidRequest",
		  "A host name must be provided to redirect all requests (e.g. "
		  "\"example.com\")." },
		{ { .redirect_all_requests_to = &absent }, "MalformedXML", NULL },
		{ { .redirect_all_requests_to = &ftp },
		  "InvalidRequest",
		  "Invalid protocol, protocol can be http or https. If not defined the protocol "
		  "will be selected automatically." },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_problem p = s3_website_check(&a, &rows[i].site);

		expect_str(p.code, rows[i].code);
		if (rows[i].message)
			expect_str(p.message, rows[i].message);
	}
	arena_release(&a);
}

TEST(s3_website_rules_are_checked_as_put_bucket_website_does)
{
	static const struct {
		struct s3_condition condition;
		struct s3_redirect redirect;
		const char *message;
	} rows[] = {
		{ { .key_prefix_equals = STR_INIT("a/") },
		  { .replace_key_prefix_with = STR_INIT("") },
		  NULL },
		{ { .http_error_code_returned_equals = STR_INIT("404") },
		  { .replace_key_with = STR_INIT("k"), .http_redirect_code = STR_INIT("308") },
		  NULL },
		{ { .key_prefix_equals = STR_INIT("") }, { 0 }, NULL },
		{ { 0 },
		  { .host_name = STR_INIT("h") },
		  "Condition cannot be empty. To redirect all requests without a condition, the "
		  "condition element shouldn't be present." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .replace_key_with = STR_INIT("k"), .replace_key_prefix_with = STR_INIT("p") },
		  "You can only define ReplaceKeyPrefix or ReplaceKey but not both." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .host_name = STR_INIT("") },
		  "The HostName cannot be blank. To redirect within the same domain, the element "
		  "should not be present." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .protocol = STR_INIT("HTTPS") },
		  "Invalid protocol, protocol can be http or https. If not defined the protocol "
		  "will be selected automatically." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .http_redirect_code = STR_INIT("300") },
		  "The provided HTTP redirect code (300) is not valid. Valid codes are 3XX except "
		  "300." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .http_redirect_code = STR_INIT("400") },
		  "The provided HTTP redirect code (400) is not valid. Valid codes are 3XX except "
		  "300." },
		{ { .key_prefix_equals = STR_INIT("a") },
		  { .http_redirect_code = STR_INIT("3xx") },
		  "The provided HTTP redirect code is not valid. It should be a string containing "
		  "a number." },
		{ { .http_error_code_returned_equals = STR_INIT("302") },
		  { .host_name = STR_INIT("h") },
		  "The provided HTTP error code (302) is not valid. Valid codes are 4XX or 5XX." },
		{ { .http_error_code_returned_equals = STR_INIT("600") },
		  { .host_name = STR_INIT("h") },
		  "The provided HTTP error code (600) is not valid. Valid codes are 4XX or 5XX." },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct s3_condition condition = rows[i].condition;
		struct s3_redirect redirect = rows[i].redirect;
		struct s3_routing_rule rule = { &condition, &redirect };
		struct s3_website_configuration site = { .index_document = &index_document,
			                                 .routing_rules = { &rule, 1 } };
		struct s3_problem p = s3_website_check(&a, &site);

		expect_str(p.message, rows[i].message);
		expect_str(p.code, rows[i].message ? "InvalidRequest" : NULL);
	}
	arena_release(&a);
}

TEST(s3_website_configuration_has_at_most_50_rules)
{
	struct s3_redirect redirect = { .host_name = STR("h") };
	struct s3_routing_rule rules[51];
	struct s3_website_configuration site = { .index_document = &index_document,
		                                 .routing_rules = { rules, 50 } };
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		rules[i] = (struct s3_routing_rule){ .redirect = &redirect };
	expect(!s3_website_check(&a, &site).code.p);
	site.routing_rules.n = 51;
	expect_str(s3_website_check(&a, &site).message,
	           "51 routing rules provided, the number of routing rules in a website "
	           "configuration is limited to 50.");
	arena_release(&a);
}

TESTS({
	RUN(s3_website_index_document_stands_for_the_folder_at_each_level),
	RUN(s3_website_redirects_a_folder_without_slash),
	RUN(s3_website_redirects_all_requests_with_path_and_query),
	RUN(s3_website_routes_by_prefix_before_the_lookup_and_by_error_after_it),
	RUN(s3_website_rule_without_condition_is_for_every_request),
	RUN(s3_website_page_is_s3s),
	RUN(s3_website_page_shows_what_belongs_to_its_error),
	RUN(s3_website_configuration_is_an_index_or_a_redirect_of_everything),
	RUN(s3_website_rules_are_checked_as_put_bucket_website_does),
	RUN(s3_website_configuration_has_at_most_50_rules),
})
