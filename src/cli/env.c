#include "cli/cli.h"

#include "base/str.h"

/*
 * What is printed must survive `eval $(…)`, which joins the lines: so each ends with a semicolon.
 *
 * Newer clients read AWS_ENDPOINT_URL. The CLI of Debian 12 is older and would silently talk to AWS, so
 * `aws` becomes a function that names the endpoint to any of them.
 */
int command_env(int argc, char **argv)
{
	const char *listen = DEFAULT_ADDRESS, *region = "us-east-1";
	const struct option_text options[] = {
		{ .name = "--listen", .value = &listen },
		{ .name = "--region", .value = &region },
	};
	str host;
	uint16_t port;

	if (!read_options("env", argc, argv, options, ARRAY_LEN(options)))
		return 2;
	if (!parse_address(str_from(listen), &host, &port)) {
		fprintf(stderr, "menagerie env: not an address: %s\n", listen);
		return 2;
	}
	printf("export AWS_ENDPOINT_URL=http://%s%.*s%s:%u;\n",
	       str_contains(host, STR(":")) ? "[" : "", STR_ARG(host),
	       str_contains(host, STR(":")) ? "]" : "", port);
	printf("export AWS_ACCESS_KEY_ID=test;\nexport AWS_SECRET_ACCESS_KEY=test;\nunset AWS_SESSION_TOKEN AWS_PROFILE;\n");
	printf("export AWS_DEFAULT_REGION=%s;\nexport AWS_REGION=%s;\n", region, region);
	printf("export AWS_EC2_METADATA_DISABLED=true;\nexport AWS_PAGER='';\n");
	printf("aws() { command aws --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"; };\n");
	return 0;
}
