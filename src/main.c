/* The program's entry: hands the list of services to the rest. */
#include "cli/cli.h"
#include "services/services.h"

int main(int argc, char **argv)
{
	return menagerie_main(argc, argv, services);
}
