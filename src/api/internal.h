/*
 * What the files of this folder share: the state of one request on its way through the steps.
 */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/api.h"
#include "api/door.h"
#include "api/metrics.h"
#include "api/sigv4.h"
#include "wire/wire.h"

struct api {
	const struct service *const *services;
	const struct credentials *credentials;
	struct store *store;
	struct pool *pool;
	struct metrics *metrics;
	const struct server *server;
	str landing;
	bool settable_clock, throttle;
	int64_t started; /* clock_wall, milliseconds */
	struct repeats *repeats;
	struct ticker *ticker; /* NULL when no service ticks */
};

/* Lives in the exchange's arena. One thread at a time: the connection's, then whoever runs it. */
struct turn {
	struct api *api;
	struct exchange *x;
	struct call call;
	int64_t started;        /* clock_monotonic */
	enum protocol protocol; /* in which an error is worded */

	/* From the head. */
	str path;
	struct parameters query;
	bool is_page, is_form;
	bool has_arrived, has_ended; /* its service was told */
	const struct service *service;
	const struct operation *operation;
	const struct op_slot *slot;
	str signing_name;
	struct sigv4_door door;
	struct sigv4 signature;
	bool signature_was_read, has_credential;
	struct credential credential;

	/* From the body. */
	bool body_has_come;
	struct body_reader *reader;
	struct body body;
	struct parameters form;
	void *in, *out;

	/* While it runs. */
	err failure;
	str error_code; /* of the reply */
	int64_t sent;   /* bytes of its body */
	struct store_write write;
	struct pool_work work;
};

/* body.c: what is done with the pieces. Each may refuse. */
err body_expect(struct turn *t);
err body_feed(struct turn *t, str piece);
err body_take(struct turn *t);
err body_unpack(struct turn *t); /* once its signature is verified, which is of what was sent */
void body_release(struct turn *t);
void body_sha256(struct turn *t, unsigned char out[SHA256_SIZE]); /* once it is taken */

/* A refusal as an error of the call; NULL for none. */
err refused(struct turn *t, const struct refusal *refusal);

/* run.c */
void run_operation(struct turn *t);

/* reply.c */
void tell_end(struct turn *t, int status); /* the service, once */
void reply_with_error(struct turn *t, err e);
void reply_with_result(struct turn *t);
enum protocol protocol_of_stranger(const struct request *r);
str new_request_id(struct arena *a);

/* validate.c: the model's constraints, as an error of the service. */
err validate(struct call *c, const struct service *s, const struct operation *op, const void *in);

/* pages.c: our own pages. */
bool pages_claim(const struct api *a, const struct request *r);
void pages_answer(struct turn *t);
str service_names(struct arena *a, const struct service *const *services); /* sts, s3, dynamodb */

/* ticker.c: background work of the services, once a second. */
struct ticker;
struct ticker *ticker_new(struct store *store, const struct service *const *services);
void ticker_free(struct ticker *t);
void ticker_run_now(struct ticker *t); /* returns when all have ticked, and worked */
void ticker_wake(struct ticker *t);    /* does not wait */

extern const struct error_definition error_missing_action;

#endif
