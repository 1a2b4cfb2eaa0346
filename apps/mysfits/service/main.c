/* The service of the mysfits: its options, and its life from start to SIGTERM. */
#include "service/service.h"
#include "service/trim.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"

#include <signal.h>

static const char help[] =
	"usage: mysfits-service [OPTIONS]\n"
	"\n"
	"The API of Mythical Mysfits: JSON over HTTP, in front of one DynamoDB table. Serves until it is told\n"
	"to stop (Ctrl-C or SIGTERM): requests under way then finish.\n"
	"\n"
	"  GET  /                          is it there; does not ask the database\n"
	"  GET  /mysfits                   {\"mysfits\": [...]}, all of them\n"
	"  GET  /mysfits?filter=F&value=V  those whose F is V: F is Species, Alignment, GoodEvil or LawChaos;\n"
	"                                  a Query on SpeciesIndex, AlignmentIndex, GoodEvilIndex, LawChaosIndex\n"
	"  GET  /mysfits/ID                one, with all there is to know\n"
	"  POST /mysfits/ID/like           counts a like, and answers the mysfit\n"
	"  POST /mysfits/ID/adopt          adopts it, and answers the mysfit; 409 if somebody has already\n"
	"\n"
	"Errors are {\"message\": ...}. When the database does not answer: 503 with Retry-After.\n"
	"\n"
	"  --listen HOST:PORT   where to listen (127.0.0.1:4567); port 0 takes a free one\n"
	"  --table NAME         the table (MYSFITS_TABLE, MysfitsTable)\n"
	"  --allow-origin LIST  whose pages may read the replies: '*', or origins separated by commas\n"
	"                       (MYSFITS_ALLOW_ORIGIN, *)\n"
	"  --list-age MS        how old a list of mysfits may be that is sent again (5); 0 asks anew for each\n"
	"  --timeout MS         how long the database may take for one request (5000)\n"
	"  --requests N         requests to the database at once, each on a connection; more wait (32)\n"
	"  --threads N          threads that serve connections (one a core)\n"
	"  --log-level LEVEL    debug (each request), info, warn or error (info)\n"
	"  --log-format FORM    text or json (text on a terminal, JSON lines otherwise)\n"
	"  --version, --help\n"
	"\n"
	"The rest comes from the environment, as AWS's SDKs have it:\n"
	"\n"
	"  AWS_REGION, AWS_DEFAULT_REGION         the region, the first that is set (us-east-1)\n"
	"  AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL\n"
	"                                         where DynamoDB is, the first that is set; without either\n"
	"                                         AWS itself: https://dynamodb.REGION.amazonaws.com\n"
	"  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN\n"
	"                                         the keys; without them, those of the container's role:\n"
	"  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI,\n"
	"  AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\n"
	"                                         where they are given, and with which Authorization\n";

/* A head of half of that has room for what a gateway and its tokens put into it. */
enum { CONNECTION_MEMORY = 8 * 1024 };

struct options {
	const char *listen, *table, *allow_origin, *list_age, *timeout, *requests, *threads,
		*log_level, *log_format;

	/* From those. */
	str host, origins;
	struct arena arena;
	uint64_t port, list_age_ms, timeout_ms, request_count, thread_count;
	enum log_level level;
	enum log_form form;
};

struct option {
	const char *name;
	const char **value;
};

static bool wrong(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "mysfits-service: %s %s: %s\nSee `mysfits-service --help`.\n", option,
	        value, wanted);
	return false;
}

/* --name value and --name=value. */
static bool read_options(int argc, char **argv, const struct option *options, size_t count)
{
	for (int i = 1; i < argc; i++) {
		str value = str_from(argv[i]), name = str_cut(&value, '=');
		const struct option *found = NULL;

		for (size_t j = 0; j < count; j++) {
			if (str_eq(name, str_from(options[j].name)))
				found = &options[j];
		}
		if (!found)
			return wrong(argv[i], "", "there is no such option");
		if (!value.p && ++i == argc)
			return wrong(found->name, "", "needs a value");
		*found->value = value.p ? value.p : argv[i];
	}
	return true;
}

/* HOST:PORT, :PORT or PORT. */
static bool read_address(struct options *o)
{
	str text = str_from(o->listen);
	ptrdiff_t colon = str_rfind(text, ':');

	o->host = colon > 0 ? str_from_to(text, 0, (size_t)colon) : STR("127.0.0.1");
	return str_to_u64(str_after(text, (size_t)(colon + 1)), &o->port) && o->port <= UINT16_MAX;
}

static bool in_range(const char *text, uint64_t least, uint64_t most, uint64_t *ret)
{
	return str_to_u64(str_from(text), ret) && *ret >= least && *ret <= most;
}

/* "https://a.example, https://b.example" */
static bool read_origins(struct options *o)
{
	str rest = str_from(o->allow_origin);
	struct buf list;

	buf_init(&list, &o->arena, 64 * 1024);
	while (rest.p) {
		str one = str_trim(str_cut(&rest, ','));

		if (!str_eq(str_from(o->allow_origin), STR("*")) &&
		    !str_starts(one, STR("http://")) && !str_starts(one, STR("https://")))
			return false;
		if (list.n)
			buf_putc(&list, ' ');
		buf_put(&list, one);
	}
	o->origins = buf_str(&list);
	return !list.overflow;
}

static bool understand(struct options *o)
{
	if (!read_address(o))
		return wrong("--listen", o->listen, "wants HOST:PORT");
	if (!o->table[0])
		return wrong("--table", "", "wants a name");
	if (!read_origins(o))
		return wrong("--allow-origin", o->allow_origin,
		             "wants * or origins, as https://example.com");
	if (!in_range(o->list_age, 0, 600000, &o->list_age_ms))
		return wrong("--list-age", o->list_age, "wants milliseconds, up to 600000");
	if (!in_range(o->timeout, 1, 600000, &o->timeout_ms))
		return wrong("--timeout", o->timeout, "wants milliseconds, up to 600000");
	if (!in_range(o->requests, 1, 4096, &o->request_count))
		return wrong("--requests", o->requests, "wants a number from 1 to 4096");
	if (!in_range(o->threads, 0, 256, &o->thread_count))
		return wrong("--threads", o->threads, "wants a number up to 256");
	if (!log_level_from(str_from(o->log_level), &o->level))
		return wrong("--log-level", o->log_level, "wants debug, info, warn or error");
	if (str_eq(str_from(o->log_format), STR("text")))
		o->form = LOG_FORM_TEXT;
	else if (str_eq(str_from(o->log_format), STR("json")))
		o->form = LOG_FORM_JSON;
	else if (!str_eq(str_from(o->log_format), STR("auto")))
		return wrong("--log-format", o->log_format, "wants text or json");
	return true;
}

/* The first of these variables that says something. */
static const char *variable(const char *name, const char *or_this, const char *otherwise)
{
	const char *value = getenv(name);

	if (!value || !value[0])
		value = or_this ? getenv(or_this) : NULL;
	return value && value[0] ? value : otherwise;
}

/* Everything that serving needs, in the order in which it is made. */
struct serving {
	struct database *database;
	struct service *service;
	struct server *server;
};

static bool failed(str problem)
{
	fprintf(stderr, "mysfits-service: %.*s\n", STR_ARG(problem));
	return false;
}

static bool start(struct serving *s, const struct options *o)
{
	const struct database_options database = {
		.endpoint = str_from(variable("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL", "")),
		.region = str_from(variable("AWS_REGION", "AWS_DEFAULT_REGION", "us-east-1")),
		.table = str_from(o->table),
		.timeout_ms = (int)o->timeout_ms,
		.on_the_wire = (int)o->request_count,
	};
	const struct server_options server = { .host = o->host,
		                               .port = (uint16_t)o->port,
		                               .threads = (int)o->thread_count,
		                               .connection_memory = CONNECTION_MEMORY };
	struct server_handler handler;
	char text[256];
	str problem;

	s->database = database_new(&database, &problem);
	if (!s->database)
		return failed(problem);
	s->service = service_new(s->database, o->origins, (int64_t)o->list_age_ms * 1000);
	handler = service_handler(s->service);
	s->server = server_start(&server, &handler, text);
	return s->server || failed(str_from(text));
}

/* The other way round. The server waits until every exchange has its reply. */
static void stop(struct serving *s)
{
	server_stop(s->server);
	database_free(s->database);
	service_free(s->service);
}

static int serve(struct options *o)
{
	struct serving s = { 0 };
	sigset_t signals;
	int signal_number, status = 1;

	log_setup(o->level, o->form);
	mallopt(M_ARENA_MAX, 1); /* one heap a thread is memory that nobody uses */
	/* Blocked before there are threads, so that only sigwait below gets them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (start(&s, o)) {
		trim_code();
		printf("mysfits-service " MENAGERIE_VERSION
		       " is ready at http://%.*s (table: %.*s at %.*s)\n",
		       STR_ARG(server_address(s.server)), STR_ARG(database_table(s.database)),
		       STR_ARG(database_endpoint(s.database)));
		fflush(stdout);
		sigwait(&signals, &signal_number);
		log_info("stopping");
		status = 0;
	}
	stop(&s);
	return status;
}

static bool is_asked_for(int argc, char **argv, const char *name, const char *or_this)
{
	return argc == 2 && (strcmp(argv[1], name) == 0 || strcmp(argv[1], or_this) == 0);
}

int main(int argc, char **argv)
{
	struct options o = {
		.listen = "127.0.0.1:4567",
		.table = variable("MYSFITS_TABLE", NULL, "MysfitsTable"),
		.allow_origin = variable("MYSFITS_ALLOW_ORIGIN", NULL, "*"),
		.list_age = "5",
		.timeout = "5000",
		.requests = "32",
		.threads = "0",
		.log_level = "info",
		.log_format = "auto",
	};
	const struct option options[] = {
		{ "--listen", &o.listen },
		{ "--table", &o.table },
		{ "--list-age", &o.list_age },
		{ "--timeout", &o.timeout },
		{ "--allow-origin", &o.allow_origin },
		{ "--requests", &o.requests },
		{ "--threads", &o.threads },
		{ "--log-level", &o.log_level },
		{ "--log-format", &o.log_format },
	};
	int status = 2;

	if (is_asked_for(argc, argv, "--help", "-h")) {
		fputs(help, stdout);
		return 0;
	}
	if (is_asked_for(argc, argv, "--version", "version")) {
		puts("mysfits-service " MENAGERIE_VERSION);
		return 0;
	}
	if (read_options(argc, argv, options, ARRAY_LEN(options)) && understand(&o))
		status = serve(&o);
	arena_release(&o.arena);
	return status;
}
