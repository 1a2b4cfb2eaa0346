/* The program with the probe beside its own services. */
#include "cli/cli.h"
#include "probe.h"
#include "services/services.h"

enum { MOST = 64 };

int main(int argc, char **argv)
{
	static const struct service *all[MOST];
	size_t n = 0;

	for (; services[n] && n < MOST - 2; n++)
		all[n] = services[n];
	all[n] = &probe_service;
	return menagerie_main(argc, argv, all);
}
