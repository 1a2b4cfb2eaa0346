/*
 * What goes back: JSON with an entity tag, packed for who wants that, for pages of other sites.
 */
#ifndef SERVICE_ANSWER_H
#define SERVICE_ANSWER_H

#include "net/server.h"

#include "base/buf.h"

/*
 * A body that several exchanges send, on whichever threads. It is made in an arena of its own, which it
 * takes over, and lives until everybody who holds it has dropped it.
 */
struct answer;

struct answer *answer_new(struct arena *a, int status, str body); /* held once */
struct answer *answer_hold(struct answer *a);
void answer_drop(struct answer *a); /* NULL is none */

/* One request, from begin to end; it lives in its exchange's arena. */
struct visit {
	struct exchange *exchange;
	int64_t body_size;     /* of the request, so far */
	struct answer *answer; /* that it sends, held until its end */
	struct visit *next;    /* in a group that waits for the same */
	str allow_origin;      /* "*", or origins with spaces between them */
};

/* Each of these sets the reply; exchange_reply is the caller's. */
void answer_set(struct visit *v, struct answer *a);            /* or 304, when the client has it */
void answer_problem(struct visit *v, int status, str message); /* {"message": …} */
void answer_own(struct visit *v, int status, str body);        /* made for this exchange alone */

/* Lets pages of other sites read the reply; the above have done it. */
void answer_cors(struct visit *v);

bool takes_gzip(const struct request *r);

#endif
