/* What a request asks for: the paths, methods and parameters of the API. Pure. */
#ifndef SERVICE_ROUTE_H
#define SERVICE_ROUTE_H

#include "net/message.h"

enum action {
	ACTION_HEALTH,  /* GET / */
	ACTION_LIST,    /* GET /mysfits, GET /mysfits?filter=F&value=V */
	ACTION_ONE,     /* GET /mysfits/{id} */
	ACTION_LIKE,    /* POST /mysfits/{id}/like */
	ACTION_ADOPT,   /* POST /mysfits/{id}/adopt */
	ACTION_OPTIONS, /* OPTIONS of any of these */
	ACTION_REFUSE,  /* none of them: with `status` and `problem` */
};

enum { LONGEST_KEY = 2048 }; /* bytes; DynamoDB's limit */

struct route {
	enum action action;
	str id;            /* of a mysfit, decoded */
	str filter, value; /* of a list: an attribute's name and what it is to be; absent for all */
	int status;
	str problem;
	str allow; /* the methods of the path; absent for a path that there is not */
};

/* Texts are in the arena, in the request or constant. */
struct route route_find(struct arena *a, const struct request *r);

#endif
