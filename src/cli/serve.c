#include "cli/cli.h"

#include "api/api.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "console/landing.h"

#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

struct serve_options {
	const char *data, *listen, *credentials, *durability, *threads, *log_level, *log_format;
	bool default_keys, settable_clock, throttle;

	str host; /* from the texts above */
	uint16_t port;
	int thread_count;
	bool relaxed;
	enum log_level level;
	enum log_form form;
};

static bool wrong(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "menagerie serve: %s %s: %s\nSee `menagerie help serve`.\n", option, value,
	        wanted);
	return false;
}

static bool understand(struct serve_options *o)
{
	uint64_t threads = 0;

	if (!parse_address(str_from(o->listen), &o->host, &o->port))
		return wrong("--listen", o->listen, "wants HOST:PORT");
	if (!str_to_u64(str_from(o->threads), &threads) || threads > 256)
		return wrong("--threads", o->threads, "wants a number up to 256");
	o->thread_count = (int)threads;
	o->relaxed = str_eq(str_from(o->durability), STR("relaxed"));
	if (!o->relaxed && !str_eq(str_from(o->durability), STR("full")))
		return wrong("--durability", o->durability, "wants full or relaxed");
	if (!log_level_from(str_from(o->log_level), &o->level))
		return wrong("--log-level", o->log_level, "wants debug, info, warn or error");
	if (str_eq(str_from(o->log_format), STR("text")))
		o->form = LOG_FORM_TEXT;
	else if (str_eq(str_from(o->log_format), STR("json")))
		o->form = LOG_FORM_JSON;
	else if (!str_eq(str_from(o->log_format), STR("auto")))
		return wrong("--log-format", o->log_format, "wants text or json");
	if (o->default_keys && !o->credentials)
		return wrong("--default-keys", "",
		             "goes with --credentials; without it they are taken anyway");
	return true;
}

static bool failed(const char *problem)
{
	fprintf(stderr, "menagerie: %s\n", problem);
	return false;
}

/* Everything that serving needs, in the order in which it is made. */
struct serving {
	struct arena arena;
	struct credentials *credentials;
	struct store *store;
	struct pool *pool;
	struct api *api;
	struct server *server;
};

static bool load_credentials(struct serving *s, const struct serve_options *o)
{
	char problem[256];

	s->credentials = credentials_new();
	if (!o->credentials)
		return true;
	if (!credentials_load(s->credentials, o->credentials, problem))
		return failed(problem);
	if (o->default_keys)
		credentials_keep_default(s->credentials);
	if (credentials_are_exposed(s->credentials))
		log_warn("others on this machine can read the credentials",
		         log_str("file", str_from(o->credentials)));
	return true;
}

/* So that what is said of it means the same everywhere. */
static const char *absolute(struct arena *a, const char *path)
{
	char *here = path[0] == '/' ? NULL : getcwd(arena_alloc(a, PATH_MAX), PATH_MAX);

	return here ? arena_cstr(a, arena_printf(a, "%s/%s", here, path)) : path;
}

static bool open_store(struct serving *s, const struct serve_options *o,
                       const struct service *const *services)
{
	struct store_options options = { .folder = absolute(&s->arena, o->data),
		                         .relaxed = o->relaxed };
	char problem[512];

	options.schemas = api_schemas(&s->arena, services, &options.schema_count);
	s->store = store_open(&options, problem);
	return s->store || failed(problem);
}

/* Whether everyone who reaches the port could use keys that everyone knows. */
static bool is_safe(const struct serving *s, const struct serve_options *o)
{
	if (server_host_is_loopback(o->host) || !credentials_are_default(s->credentials))
		return true;
	fprintf(stderr,
	        "menagerie: %s can be reached from other machines, and the keys test/test are known to everyone.\n"
	        "Give keys of your own with --credentials FILE (and without --default-keys).\n",
	        o->listen);
	return false;
}

static bool start_server(struct serving *s, const struct serve_options *o)
{
	struct server_options options = { .host = o->host,
		                          .port = o->port,
		                          .threads = o->thread_count };
	struct server_handler handler = api_handler(s->api);
	char problem[256];

	s->server = server_start(&options, &handler, problem);
	return s->server || failed(problem);
}

static bool start(struct serving *s, const struct serve_options *o,
                  const struct service *const *services)
{
	struct api_options api = { .services = services,
		                   .landing = str_from(console_landing),
		                   .settable_clock = o->settable_clock,
		                   .throttle = o->throttle };

	if (!load_credentials(s, o) || !is_safe(s, o) || !open_store(s, o, services))
		return false;
	s->pool = pool_new(LIMIT_POOL_THREADS, LIMIT_POOL_WAITING);
	api.credentials = s->credentials;
	api.store = s->store;
	api.pool = s->pool;
	s->api = api_new(&api);
	if (!start_server(s, o))
		return false;
	api_set_server(s->api, s->server);
	store_set_address(s->store, server_address(s->server));
	return true;
}

/* The other way round: whoever is used ends after its users. */
static void stop(struct serving *s)
{
	if (s->server)
		server_stop(s->server);
	if (s->pool)
		pool_free(s->pool);
	api_free(s->api);
	if (s->store)
		store_close(s->store);
	credentials_free(s->credentials);
	arena_release(&s->arena);
}

int command_serve(int argc, char **argv, const struct service *const *services)
{
	struct serve_options o = {
		.data = DEFAULT_DATA,
		.listen = DEFAULT_ADDRESS,
		.durability = "full",
		.threads = "0",
		.log_level = "info",
		.log_format = "auto",
	};
	const struct option_text options[] = {
		{ .name = "--data", .value = &o.data },
		{ .name = "--listen", .value = &o.listen },
		{ .name = "--credentials", .value = &o.credentials },
		{ .name = "--default-keys", .flag = &o.default_keys },
		{ .name = "--durability", .value = &o.durability },
		{ .name = "--threads", .value = &o.threads },
		{ .name = "--log-level", .value = &o.log_level },
		{ .name = "--log-format", .value = &o.log_format },
		{ .name = "--throttle", .flag = &o.throttle },
		{ .name = "--settable-clock", .flag = &o.settable_clock },
	};
	struct serving s = { 0 };
	sigset_t signals;
	int signal_number, status = 1;

	if (!read_options("serve", argc, argv, options, ARRAY_LEN(options)) || !understand(&o))
		return 2;
	log_setup(o.level, o.form);
	mallopt(M_ARENA_MAX, 2); /* one heap a thread is memory that nobody uses */
	/* Blocked before there are threads, so that only sigwait below gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is then a full disk, not our end */
	if (start(&s, &o, services)) {
		printf("Menagerie " MENAGERIE_VERSION " is ready at http://%.*s (data: %s)\n",
		       STR_ARG(server_address(s.server)), store_folder(s.store));
		fflush(stdout);
		sigwait(&signals, &signal_number);
		status = 0;
	}
	stop(&s);
	return status;
}
