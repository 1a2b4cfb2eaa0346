/* The API of the mysfits, as what the HTTP server calls. */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "service/database.h"

#include "net/server.h"

struct service;

/* `allow_origin`: whose pages may read the replies: "*", or origins with spaces between them. Both
 * must outlive the service. `list_age`: how old a list may be, in microseconds. */
struct service *service_new(struct database *d, str allow_origin, int64_t list_age);
void service_free(struct service *s); /* when neither server nor database calls it any more */

struct server_handler service_handler(struct service *s);

#endif
