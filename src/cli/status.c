#include "cli/cli.h"

#include "base/json.h"
#include "base/str.h"
#include "net/client.h"
#include "store/store.h"

static void print_size(const char *name, str digits)
{
	int64_t bytes = 0;

	str_to_i64(digits, &bytes);
	if (bytes < 10 * 1024)
		printf("%-12s%lld bytes\n", name, (long long)bytes);
	else if (bytes < 10 * 1024 * 1024)
		printf("%-12s%lld KiB\n", name, (long long)(bytes / 1024));
	else
		printf("%-12s%lld MiB\n", name, (long long)(bytes / 1024 / 1024));
}

static void print_uptime(str digits)
{
	int64_t s = 0;

	str_to_i64(digits, &s);
	if (s >= 86400)
		printf("%-12s%lld days %lld hours\n", "uptime", (long long)(s / 86400),
		       (long long)(s / 3600 % 24));
	else if (s >= 3600)
		printf("%-12s%lld hours %lld minutes\n", "uptime", (long long)(s / 3600),
		       (long long)(s / 60 % 60));
	else if (s >= 60)
		printf("%-12s%lld minutes %lld seconds\n", "uptime", (long long)(s / 60),
		       (long long)(s % 60));
	else
		printf("%-12s%lld seconds\n", "uptime", (long long)s);
}

static bool print_status(struct arena *a, str body)
{
	struct json_reader r;
	str name, value;

	json_reader_init(&r, a, body);
	if (!json_enter_object(&r))
		return false;
	while (json_next_member(&r, &name)) {
		bool is_number = json_peek(&r) == JSON_NUMBER;

		if (!(is_number ? json_number(&r, &value) : json_string(&r, &value)))
			return false;
		if (str_eq(name, STR("uptime_seconds")))
			print_uptime(value);
		else if (str_eq(name, STR("database_bytes")))
			print_size("database", value);
		else if (str_eq(name, STR("blob_bytes")))
			print_size("blob bytes", value);
		else
			printf("%-12.*s%.*s\n", STR_ARG(name), STR_ARG(value));
	}
	return json_at_end(&r);
}

static int not_running(const char *listen, str problem)
{
	fprintf(stderr,
	        "menagerie status: no Menagerie answers at %s (%.*s).\nStart one with `menagerie serve`.\n",
	        listen, STR_ARG(problem));
	return 1;
}

int command_status(int argc, char **argv)
{
	const char *listen = DEFAULT_ADDRESS, *data = NULL;
	bool as_json = false;
	struct store_owner owner;
	const struct option_text options[] = {
		{ .name = "--listen", .value = &listen },
		{ .name = "--data", .value = &data },
		{ .name = "--json", .flag = &as_json },
	};
	struct arena a = { 0 };
	struct http_fetch fetch = { .method = STR("GET"), .timeout_ms = 5000 };
	struct http_answer answer;
	str problem, host;
	uint16_t port;
	int status = 0;

	if (!read_options("status", argc, argv, options, ARRAY_LEN(options)))
		return 2;
	if (data && !store_owner(data, &owner)) {
		fprintf(stderr, "menagerie status: no Menagerie has %s open.\n", data);
		return 1;
	}
	if (data)
		listen = owner.address;
	if (!parse_address(str_from(listen), &host, &port)) {
		fprintf(stderr, "menagerie status: not an address: %s\n", listen);
		return 2;
	}
	arena_init(&a);
	fetch.url = arena_printf(&a,
	                         str_contains(host, STR(":")) ? "http://[%.*s]:%u/_menagerie/status"
	                                                      : "http://%.*s:%u/_menagerie/status",
	                         STR_ARG(host), port);
	if (!http_fetch(&a, &fetch, &answer, &problem))
		status = not_running(listen, problem);
	else if (answer.status != 200)
		status = not_running(listen, arena_printf(&a, "it answered %d", answer.status));
	else if (as_json)
		fwrite(answer.body.p, 1, answer.body.n, stdout);
	else if (!print_status(&a, answer.body))
		status = not_running(listen, STR("its answer is not a status"));
	arena_release(&a);
	return status;
}
