/* The program with the probe beside its own services. */
#include "cli/cli.h"
#include "probe.h"
#include "services/services.h"

enum { MOST = 64 };

int main(int argc, char **argv)
{
	static const struct service *all[MOST];

	all[0] = &probe_service; /* first, so that it takes the rest */
	for (size_t n = 0; services[n] && n < MOST - 2; n++)
		all[n + 1] = services[n];
	return menagerie_main(argc, argv, all);
}
