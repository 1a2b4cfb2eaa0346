#include "net/no_tls.h"

int _gnutls_global_init_skip(void)
{
	return 1;
}

int gnutls_global_init(void)
{
	return 0;
}
