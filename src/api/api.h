/*
 * The front: every request goes through the one list of steps in api/steps.c.
 */
#ifndef API_API_H
#define API_API_H

#include "api/credentials.h"
#include "api/service.h"
#include "base/pool.h"
#include "net/server.h"
#include "store/store.h"

struct api_options {
	const struct service *const *services; /* ends with NULL */
	const struct credentials *credentials;
	struct store *store;
	struct pool *pool;
	str landing;         /* the page that a browser gets at the root; absent: none */
	bool settable_clock; /* PUT /_menagerie/clock works */
	bool throttle; /* services hold their resources to the throughput that is provisioned */
};

/* An owned object. It uses what the options name until it is freed, which is after the server has
 * stopped. */
struct api *api_new(const struct api_options *options);
void api_free(struct api *a);

/* What the server calls. */
struct server_handler api_handler(struct api *a);

/* For the pages below /_menagerie: told once the server listens. */
void api_set_server(struct api *a, const struct server *s);

/* The schemas of the services, for store_open: an array in the arena. */
const struct schema *const *api_schemas(struct arena *a, const struct service *const *services,
                                        size_t *ret_count);

#endif
