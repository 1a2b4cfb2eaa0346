/*
 * Keeps GnuTLS asleep. Debian's libmicrohttpd is linked with it and sets it up at start although a
 * server without TLS never uses it: that costs almost a MiB of memory at rest and a millisecond or
 * two. The two functions that GnuTLS and libmicrohttpd call to do so are replaced by ones that do
 * nothing; the first is the hook that GnuTLS offers for this (GNUTLS_SKIP_GLOBAL_INIT).
 *
 * When the server gets TLS, this goes.
 */
#ifndef NET_NO_TLS_H
#define NET_NO_TLS_H

#define EXPORTED __attribute__((visibility("default")))

EXPORTED int _gnutls_global_init_skip(void);
EXPORTED int gnutls_global_init(void);

#endif
