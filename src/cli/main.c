#include "cli/cli.h"

#include "base/str.h"

int menagerie_main(int argc, char **argv, const struct service *const *services)
{
	str command = argc > 1 ? str_from(argv[1]) : STR("help");

	if (str_eq(command, STR("serve")))
		return command_serve(argc - 2, argv + 2, services);
	if (str_eq(command, STR("status")))
		return command_status(argc - 2, argv + 2);
	if (str_eq(command, STR("env")))
		return command_env(argc - 2, argv + 2);
	if (str_eq(command, STR("version")) || str_eq(command, STR("--version")))
		return command_version();
	if (str_eq(command, STR("help")) || str_eq(command, STR("--help")) ||
	    str_eq(command, STR("-h")))
		return command_help(argc > 2 ? argv[2] : NULL);
	fprintf(stderr, "menagerie: there is no command '%.*s'.\nSee `menagerie help`.\n",
	        STR_ARG(command));
	return 2;
}
