/*
 * The command line: one file a command. Each takes what stands behind its name and returns the exit
 * status: 0 done, 1 it failed, 2 the command line is wrong.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "api/service.h"

/* The program, with the services it is to have: src/main.c gives it those of services.def, the tests
 * others. */
int menagerie_main(int argc, char **argv, const struct service *const *services);

int command_serve(int argc, char **argv, const struct service *const *services);
int command_status(int argc, char **argv);
int command_env(int argc, char **argv);
int command_version(void);
int command_help(const char *topic);

/* `menagerie serve --data DIR`: one option of a command. */
struct option_text {
	const char *name;   /* --data */
	const char **value; /* where its value goes; NULL: a flag */
	bool *flag;
};

/* Reads `--name value` and `--name=value`. On anything else prints what is wrong, and how to get
 * help, and returns false. `--help` prints the command's help and ends the program. */
bool read_options(const char *command, int argc, char **argv, const struct option_text *options,
                  size_t count);

/* HOST:PORT, :PORT or PORT; [::1]:4566 for IPv6. */
bool parse_address(str text, str *ret_host, uint16_t *ret_port);

#define DEFAULT_ADDRESS "127.0.0.1:4566"
#define DEFAULT_DATA    "data"

#endif
