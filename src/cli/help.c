#include "cli/cli.h"

#include "base/str.h"

static const char overview[] =
	"Menagerie: the AWS API on this machine, in one small program.\n"
	"\n"
	"usage: menagerie COMMAND [OPTIONS]\n"
	"\n"
	"  serve     answer the AWS API until stopped\n"
	"  status    say what a running Menagerie is doing and holds\n"
	"  env       print shell exports that point the AWS CLI and SDKs at it\n"
	"  version   print the version\n"
	"  help      print this, or the help of a command\n"
	"\n"
	"Start it, then in another shell:\n"
	"\n"
	"  eval $(menagerie env)\n"
	"  aws sts get-caller-identity\n";

static const char serve[] =
	"usage: menagerie serve [OPTIONS]\n"
	"\n"
	"Answers the AWS API until it is told to stop (Ctrl-C or SIGTERM): requests under way then finish.\n"
	"\n"
	"  --data DIR           the directory that holds all state; made if it is not there (data)\n"
	"  --listen HOST:PORT   where to listen (" DEFAULT_ADDRESS "); port 0 takes a free one.\n"
	"                       Beyond loopback it needs --credentials: everyone knows test/test\n"
	"  --credentials FILE   key pairs instead of test/test: an INI file, a section a user, with\n"
	"                       aws_access_key_id, aws_secret_access_key and account; each is the root\n"
	"                       user of its account\n"
	"  --default-keys       with --credentials: take test/test as well; only on loopback\n"
	"  --durability WHEN    full: what is acknowledged survives power loss (full)\n"
	"                       relaxed: faster; it survives the death of the program, but power loss may\n"
	"                       take the last seconds of acknowledged writes\n"
	"  --threads N          threads that serve connections (one a core)\n"
	"  --log-level LEVEL    debug, info, warn or error (info)\n"
	"  --log-format FORM    text or json (text on a terminal, JSON lines otherwise)\n"
	"  --throttle           hold DynamoDB's tables to their provisioned throughput; without it the\n"
	"                       numbers are kept and shown, and nothing is throttled\n"
	"  --settable-clock     allow PUT /_menagerie/clock, to see things expire without waiting\n";

static const char status[] = "usage: menagerie status [OPTIONS]\n"
			     "\n"
			     "Says version, uptime, address, data directory and what is stored.\n"
			     "\n"
			     "  --listen HOST:PORT   where it listens (" DEFAULT_ADDRESS ")\n"
			     "  --data DIR           the one that has this data directory open\n"
			     "  --json               as JSON\n";

static const char env[] =
	"usage: eval $(menagerie env [OPTIONS])\n"
	"\n"
	"Prints shell exports for the AWS CLI and SDKs: endpoint, keys and region.\n"
	"\n"
	"  --listen HOST:PORT   where it listens (" DEFAULT_ADDRESS ")\n"
	"  --region REGION      the region (us-east-1)\n";

int command_help(const char *topic)
{
	static const struct {
		const char *name, *text;
	} topics[] = { { "serve", serve }, { "status", status }, { "env", env } };

	for (size_t i = 0; topic && i < ARRAY_LEN(topics); i++)
		if (str_eq(str_from(topic), str_from(topics[i].name))) {
			fputs(topics[i].text, stdout);
			return 0;
		}
	fputs(overview, stdout);
	return 0;
}

int command_version(void)
{
	puts("menagerie " MENAGERIE_VERSION);
	return 0;
}
