#include "services/s3/website.h"

#include "base/encoding.h"
#include "base/str.h"
#include "wire/xml.h"

str s3_website_key(struct arena *a, const struct s3_website_configuration *site, str key)
{
	if (site->index_document && (key.n == 0 || str_ends(key, STR("/"))))
		return arena_join(a, key, site->index_document->suffix);
	return key;
}

str s3_website_folder_index(struct arena *a, const struct s3_website_configuration *site, str key)
{
	if (!site->index_document || key.n == 0 || str_ends(key, STR("/")))
		return STR_NULL;
	return arena_printf(a, "%.*s/%.*s", STR_ARG(key), STR_ARG(site->index_document->suffix));
}

/* Two slashes at the start would make a host of the first folder. */
struct s3_website_redirect s3_website_folder_redirect(struct arena *a, str key)
{
	struct buf b;

	buf_init(&b, a, SIZE_MAX);
	buf_putc(&b, '/');
	while (str_take(&key, STR("/")))
		buf_put(&b, STR("%2F"));
	uri_put(&b, key, URI_PATH);
	buf_putc(&b, '/');
	return (struct s3_website_redirect){ .status = 302, .location = buf_str(&b) };
}

static void put_origin(struct buf *b, str protocol, str host_name,
                       const struct s3_website_request *r)
{
	if (protocol.n > 0)
		buf_put(b, protocol);
	else
		buf_put(b, r->https ? STR("https") : STR("http"));
	buf_put(b, STR("://"));
	buf_put(b, host_name.n > 0 ? host_name : r->host);
}

bool s3_website_redirect_all(struct arena *a, const struct s3_website_configuration *site,
                             const struct s3_website_request *r, struct s3_website_redirect *ret)
{
	const struct s3_redirect_all_requests_to *to = site->redirect_all_requests_to;
	struct buf b;

	if (!to)
		return false;
	buf_init(&b, a, SIZE_MAX);
	put_origin(&b, to->protocol, to->host_name, r);
	buf_put(&b, r->target);
	*ret = (struct s3_website_redirect){ .status = 301, .location = buf_str(&b) };
	return true;
}

static bool rule_matches(const struct s3_condition *c, str key, int status)
{
	int64_t wanted = 0;

	if (!c)
		return status == 0;
	if (c->http_error_code_returned_equals.n > 0 &&
	    !str_to_i64(c->http_error_code_returned_equals, &wanted))
		return false;
	return wanted == status && str_starts(key, c->key_prefix_equals);
}

/* A replacement goes out as it stands: sites use it to put `?key=` or `#!/` before the key. */
static void put_location(struct buf *b, const struct s3_routing_rule *rule,
                         const struct s3_website_request *r)
{
	const struct s3_redirect *to = rule->redirect;
	size_t prefix = rule->condition ? rule->condition->key_prefix_equals.n : 0;
	str query = r->target, replacement;

	put_origin(b, to->protocol, to->host_name, r);
	if (!to->replace_key_with.p && !to->replace_key_prefix_with.p) {
		buf_put(b, r->target);
		return;
	}
	replacement = to->replace_key_with.p ? to->replace_key_with : to->replace_key_prefix_with;
	buf_putc(b, '/');
	buf_put(b, replacement);
	if (!to->replace_key_with.p)
		uri_put(b, str_after(r->key, prefix), URI_PATH);

	str_cut(&query, '?');
	if (!query.p || str_find(replacement, '?', 0) >= 0 || str_find(replacement, '#', 0) >= 0)
		return;
	buf_putc(b, '?');
	buf_put(b, query);
}

bool s3_website_route(struct arena *a, const struct s3_website_configuration *site,
                      const struct s3_website_request *r, int status,
                      struct s3_website_redirect *ret)
{
	for (size_t i = 0; i < site->routing_rules.n; i++) {
		const struct s3_routing_rule *rule = &site->routing_rules.items[i];
		int64_t code = 301;
		struct buf b;

		if (!rule->redirect || !rule_matches(rule->condition, r->key, status))
			continue;
		str_to_i64(rule->redirect->http_redirect_code, &code);
		buf_init(&b, a, SIZE_MAX);
		put_location(&b, rule, r);
		*ret = (struct s3_website_redirect){ .status = (int)code, .location = buf_str(&b) };
		return true;
	}
	return false;
}

static str reason(int status)
{
	static const struct {
		int status;
		str reason;
	} rows[] = {
		{ 301, STR_INIT("Moved Permanently") },
		{ 302, STR_INIT("Found") },
		{ 400, STR_INIT("Bad Request") },
		{ 403, STR_INIT("Forbidden") },
		{ 404, STR_INIT("Not Found") },
		{ 405, STR_INIT("Method Not Allowed") },
		{ 412, STR_INIT("Precondition Failed") },
		{ 416, STR_INIT("Requested Range Not Satisfiable") },
		{ 500, STR_INIT("Internal Server Error") },
		{ 501, STR_INIT("Not Implemented") },
		{ 503, STR_INIT("Service Unavailable") },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return STR("Error");
}

static void put_item(struct xml_writer *w, str name, str value)
{
	if (!value.p)
		return;
	xml_open(w, STR("li"));
	xml_text(w, name);
	buf_put(w->out, STR(": "));
	xml_text(w, value);
	xml_close(w, STR("li"));
	buf_putc(w->out, '\n');
}

static void put_error(struct xml_writer *w, const struct s3_website_error *e)
{
	put_item(w, STR("Code"), e->code);
	put_item(w, STR("Message"), e->message);
	put_item(w, STR("Key"), e->key);
	put_item(w, STR("BucketName"), e->bucket_name);
	put_item(w, STR("Method"), e->method);
	put_item(w, STR("ResourceType"), e->resource_type);
}

static void open_line(struct xml_writer *w, str element)
{
	xml_open(w, element);
	buf_putc(w->out, '\n');
}

static void close_line(struct xml_writer *w, str element)
{
	xml_close(w, element);
	buf_putc(w->out, '\n');
}

str s3_website_page(struct arena *a, const struct s3_website_error *e,
                    const struct s3_website_error *document, str request_id, str host_id)
{
	str title = arena_printf(a, "%d %.*s", e->status, STR_ARG(reason(e->status)));
	struct buf b;
	struct xml_writer w = { .out = &b };

	buf_init(&b, a, SIZE_MAX);
	open_line(&w, STR("html"));
	xml_open(&w, STR("head"));
	xml_element(&w, STR("title"), title);
	close_line(&w, STR("head"));
	open_line(&w, STR("body"));
	xml_element(&w, STR("h1"), title);
	buf_putc(&b, '\n');

	open_line(&w, STR("ul"));
	put_error(&w, e);
	put_item(&w, STR("RequestId"), request_id);
	put_item(&w, STR("HostId"), host_id);
	close_line(&w, STR("ul"));

	if (document) {
		xml_element(&w, STR("h3"),
		            STR("An Error Occurred While Attempting to Retrieve a Custom Error "
		                "Document"));
		buf_putc(&b, '\n');
		open_line(&w, STR("ul"));
		put_error(&w, document);
		close_line(&w, STR("ul"));
	}
	buf_put(&b, STR("<hr/>\n"));
	close_line(&w, STR("body"));
	close_line(&w, STR("html"));
	return buf_str(&b);
}

static const struct s3_problem fine;

static struct s3_problem invalid(str message)
{
	return (struct s3_problem){ .code = STR("InvalidRequest"), .message = message };
}

static struct s3_problem invalid_argument(str message, str name, str value)
{
	return (struct s3_problem){ .code = STR("InvalidArgument"),
		                    .message = message,
		                    .argument_name = name,
		                    .argument_value = value };
}

static struct s3_problem malformed(void)
{
	return (struct s3_problem){
		.code = STR("MalformedXML"),
		.message = STR("The XML you provided was not well-formed or did not validate "
		               "against our published schema"),
	};
}

static struct s3_problem check_protocol(str protocol)
{
	if (!protocol.p || str_eq(protocol, STR("http")) || str_eq(protocol, STR("https")))
		return fine;
	return invalid(STR("Invalid protocol, protocol can be http or https. If not defined the "
	                   "protocol will be selected automatically."));
}

/* The status codes from `first` to `last`, if there is one at all. */
static struct s3_problem check_code(struct arena *a, str code, const char *kind, int64_t first,
                                    int64_t last, const char *valid)
{
	int64_t value;

	if (!code.p)
		return fine;
	if (!str_to_i64(code, &value))
		return invalid(arena_printf(a,
		                            "The provided HTTP %s code is not valid. It should be "
		                            "a string containing a number.",
		                            kind));
	if (value < first || value > last)
		return invalid(arena_printf(
			a, "The provided HTTP %s code (%lld) is not valid. Valid codes are %s.",
			kind, (long long)value, valid));
	return fine;
}

static struct s3_problem check_redirect(struct arena *a, const struct s3_redirect *to)
{
	struct s3_problem p = check_protocol(to->protocol);

	if (p.code.p)
		return p;
	if (to->host_name.p && to->host_name.n == 0)
		return invalid(STR("The HostName cannot be blank. To redirect within the same "
		                   "domain, the element should not be present."));
	if (to->replace_key_with.p && to->replace_key_prefix_with.p)
		return invalid(
			STR("You can only define ReplaceKeyPrefix or ReplaceKey but not both."));
	return check_code(a, to->http_redirect_code, "redirect", 301, 399, "3XX except 300");
}

static struct s3_problem check_condition(struct arena *a, const struct s3_condition *c)
{
	if (!c->key_prefix_equals.p && !c->http_error_code_returned_equals.p)
		return invalid(STR("Condition cannot be empty. To redirect all requests without a "
		                   "condition, the condition element shouldn't be present."));
	return check_code(a, c->http_error_code_returned_equals, "error", 400, 599, "4XX or 5XX");
}

static struct s3_problem check_rules(struct arena *a, const struct s3_routing_rules *rules)
{
	if (rules->items && rules->n == 0)
		return malformed();
	if (rules->n > S3_ROUTING_RULES)
		return invalid(arena_printf(a,
		                            "%zu routing rules provided, the number of routing "
		                            "rules in a website configuration is limited to %d.",
		                            rules->n, S3_ROUTING_RULES));
	for (size_t i = 0; i < rules->n; i++) {
		const struct s3_routing_rule *rule = &rules->items[i];
		struct s3_problem p =
			rule->redirect ? check_redirect(a, rule->redirect) : malformed();

		if (!p.code.p && rule->condition)
			p = check_condition(a, rule->condition);
		if (p.code.p)
			return p;
	}
	return fine;
}

static struct s3_problem check_redirect_all(const struct s3_website_configuration *site)
{
	if (site->index_document || site->error_document || site->routing_rules.items)
		return invalid_argument(STR("RedirectAllRequestsTo cannot be provided in "
		                            "conjunction with other Routing Rules."),
		                        STR("RedirectAllRequestsTo"), STR("not null"));
	if (!site->redirect_all_requests_to->host_name.p)
		return malformed();
	if (site->redirect_all_requests_to->host_name.n == 0)
		return invalid(STR("A host name must be provided to redirect all requests (e.g. "
		                   "\"example.com\")."));
	return check_protocol(site->redirect_all_requests_to->protocol);
}

struct s3_problem s3_website_check(struct arena *a, const struct s3_website_configuration *site)
{
	str suffix;

	if (site->redirect_all_requests_to)
		return check_redirect_all(site);
	if (!site->index_document)
		return invalid_argument(STR("A value for IndexDocument Suffix must be provided if "
		                            "RedirectAllRequestsTo is empty"),
		                        STR("IndexDocument"), STR("null"));
	suffix = site->index_document->suffix;
	if (suffix.n == 0 || str_find(suffix, '/', 0) >= 0)
		return invalid_argument(STR("The IndexDocument Suffix is not well formed"),
		                        STR("IndexDocument"), suffix.p ? suffix : STR(""));
	if (site->error_document && site->error_document->key.n == 0)
		return malformed();
	return check_rules(a, &site->routing_rules);
}
