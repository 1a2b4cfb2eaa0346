/*
 * Which service a request is meant for. No service is known by name here: each brings its doors
 * (api/service.h), and its model brings the rest.
 */
#ifndef API_DOOR_H
#define API_DOOR_H

#include "api/service.h"
#include "wire/parameters.h"

/* What is known of a request when its head has come. */
struct door_request {
	const struct request *request;
	str signing_name; /* of the credential scope; empty without a signature */
	const struct parameters *parameters; /* of the query; later of a form, too */
	bool may_say_more; /* a form whose body has not come: nobody takes the rest yet */
};

/*
 * In this order: host, path prefix, X-Amz-Target, credential scope, Action and Version parameters,
 * and at last the service that takes the rest. NULL: no service of ours.
 */
const struct service *door_find(const struct service *const *services,
                                const struct door_request *d);

/* The service that has a door for this path, or NULL. */
const struct service *door_of_path(const struct service *const *services, str path);

/* `pattern` with `*` for any characters, against a host without its port, without regard to case. */
bool door_host_matches(str pattern, str host);

#endif
