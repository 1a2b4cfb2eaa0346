/*
 * The table, through DynamoDB's API over HTTP: signed requests, and what came of them.
 */
#ifndef SERVICE_DATABASE_H
#define SERVICE_DATABASE_H

#include "service/credentials.h"

struct database_options {
	str endpoint; /* empty: AWS's own of the region */
	str region, table;
	int timeout_ms;
	int on_the_wire; /* requests at once */
};

struct database;

/* NULL: *ret_problem says why, for a person. Texts are copied. */
struct database *database_new(const struct database_options *options, str *ret_problem);
void database_free(struct database *d); /* operations under way fail */

str database_table(const struct database *d);
str database_endpoint(const struct database *d);

enum outcome {
	OUTCOME_OK,
	OUTCOME_CONDITION,   /* the condition of a write does not hold: nothing was done */
	OUTCOME_UNAVAILABLE, /* no answer, or none yet: a write may have been done or not */
	OUTCOME_REFUSED,     /* the answer is that the request is wrong, or may not be made */
};

/* The caller's, until `done`; so is what it points to. */
struct operation {
	struct arena *arena;
	str name;       /* GetItem */
	str body;       /* JSON */
	bool only_once; /* a second one would do it again */
	int delay_ms;   /* before it is sent */

	/* On the fetcher's thread, or in database_run itself. It may run the same again. */
	void (*done)(struct operation *o);

	enum outcome outcome; /* at `done` */
	str answer;           /* JSON; not of OUTCOME_UNAVAILABLE */

	/* The database's. */
	struct database *database;
	struct credentials_request credentials;
	struct http_signature signature;
	struct header headers[2];
	struct fetch fetch;
};

void database_run(struct database *d, struct operation *o);

#endif
