#include "cli/cli.h"

#include "base/str.h"

static const struct option_text *find(const struct option_text *options, size_t count, str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(str_from(options[i].name), name))
			return &options[i];
	return NULL;
}

static bool complain(const char *command, const char *what, str argument)
{
	fprintf(stderr, "menagerie %s: %s: %.*s\nSee `menagerie help %s`.\n", command, what,
	        STR_ARG(argument), command);
	return false;
}

bool read_options(const char *command, int argc, char **argv, const struct option_text *options,
                  size_t count)
{
	for (int i = 0; i < argc; i++) {
		str value = str_from(argv[i]);
		str name = str_cut(&value, '=');
		const struct option_text *option = find(options, count, name);

		if (str_eq(name, STR("--help")) || str_eq(name, STR("-h")))
			exit(command_help(command));
		if (!option)
			return complain(command, "there is no such option", str_from(argv[i]));
		if (option->flag) {
			if (value.p)
				return complain(command, "takes no value", name);
			*option->flag = true;
			continue;
		}
		if (!value.p && ++i == argc)
			return complain(command, "needs a value", name);
		*option->value = value.p ? value.p : argv[i];
	}
	return true;
}

bool parse_address(str text, str *ret_host, uint16_t *ret_port)
{
	ptrdiff_t colon = str_rfind(text, ':');
	str host = colon < 0 ? STR("") : str_from_to(text, 0, (size_t)colon);
	uint64_t port;

	if (!str_to_u64(str_after(text, (size_t)(colon + 1)), &port) || port > UINT16_MAX)
		return false;
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_from_to(host, 1, host.n - 1);
	*ret_host = host.n ? host : STR("127.0.0.1");
	*ret_port = (uint16_t)port;
	return true;
}
