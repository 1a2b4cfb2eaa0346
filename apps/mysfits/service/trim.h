/*
 * Starting touches megabytes of library code that serving never needs again: libcurl brings thirty
 * libraries with it. Those pages stay counted as this process's memory until they are given back.
 */
#ifndef SERVICE_TRIM_H
#define SERVICE_TRIM_H

/* Gives back the code pages touched so far; those that are needed come back by themselves, from the
 * page cache. To be called once everything runs. */
void trim_code(void);

/* One of those libraries is GnuTLS, of which libcurl makes no use for HTTP. Loading it sets it up, which is
 * a MiB and two milliseconds, unless it finds this function in the program. */
__attribute__((visibility("default"))) int _gnutls_global_init_skip(void);

#endif
