/*
 * What a service hands to the program: its model, its handlers, its tables, its doors.
 *
 * Its main file holds this and nothing else:
 *
 *     static const struct sts_api ops = {
 *             .get_caller_identity = { sts_get_caller_identity, OP_READ },
 *     };
 *     const struct service sts_service = { .model = &sts_model, .ops = &ops };
 */
#ifndef API_SERVICE_H
#define API_SERVICE_H

#include "api/call.h"

/* Beside a handler in the table; only the dispatcher acts on them. */
enum op_flags {
	OP_READ = 1 << 0,      /* on the connection's thread, in a snapshot */
	OP_WRITE = 1 << 1,     /* on the writer thread, in a transaction; may run twice */
	OP_SLOW = 1 << 2,      /* on a pool thread, without a transaction: it may wait */
	OP_ANONYMOUS = 1 << 3, /* may come without a signature: the handler decides */
	OP_UNSIGNED =
		1 << 4, /* nobody signs it: a signature is not looked at, the caller is anonymous */
	/* x-amz-checksum-* headers do not speak of the request's body */
	OP_OWN_CHECKSUM = 1 << 5,
};

/*
 * Beside its handler, an operation that streams its input can have a `prepare`: it runs when the head
 * has come, with the same input, on the connection's thread, in a snapshot. It refuses what need not be
 * sent at all, before a client that asked (Expect: 100-continue) sends it, and says what the body passes
 * through (struct body). The handler checks again: much can happen while a body comes.
 *
 * And any operation can have a `check`: what the service says of an input in words of its own before it
 * looks at the model's constraints. It has no db, and what the model requires may be missing.
 */

/* An address beside those that the model gives (the target prefix, the signing name, hosts that start with the
 * endpoint prefix). In a host, `*` stands for any characters. */
struct door {
	const char *host; /* without the port; NULL: any */
	const char *path; /* prefix; NULL: any */
};

/* Where a request goes in the service. */
struct route {
	str path;              /* as the model has it: /BUCKET/KEY for a request to BUCKET.s3.… */
	const char *operation; /* its name, when it is not for the model to find */
};

/* A request whose reply is on its way, or whose client has left. */
struct ended {
	int status;
	str error_code;      /* absent: none */
	int64_t sent;        /* bytes of the reply's body */
	int64_t total_us;    /* from the head to the reply's first byte */
	int64_t received_at; /* clock_now */
};

struct service {
	const struct model *model;
	const void *ops;           /* struct NAME_api, generated */
	const char *schema;        /* NAME_schema, from NAME.sql; NULL: no tables */
	const struct door *doors;  /* ends at the first without host and path; NULL: none */
	const char *invalid_input; /* code of a broken constraint; NULL: the protocol's */
	bool takes_the_rest;       /* requests that come through no other door: S3 */
	/* Replies say their CRC-32, and are packed for a client that asks: DynamoDB. */
	bool has_crc32;
	/* Looks at the head of a request before the model does, and says where it goes; `path` is there
	 * already. NULL: all go by their path. */
	void (*route)(struct arena *a, const struct request *r, struct route *route);
	/* Of every request that has come to an operation, in a snapshot, before its signature is looked
	 * at: `path` is the route's. For headers that even a refusal gets (call_header). May be NULL. */
	void (*arrived)(struct call *c, str path);
	/* Of every request that `arrived` saw, when it is over, on any thread; there is no db any more.
	 * It must not wait. May be NULL. */
	void (*ended)(struct call *c, const struct ended *e);
	/* Once a second, in a transaction; NULL: nothing to do. */
	void (*tick)(struct db *db, int64_t now);
	/* A turn of what takes many, a few milliseconds long, in a transaction: once a second, or at once
	 * when a handler says so (call_wake), and again as long as it returns true. May be NULL. */
	bool (*work)(struct db *db, int64_t now);
	/* Once, in a transaction, when the program ends and all requests are over. May be NULL. */
	void (*ending)(struct db *db, int64_t now);
};

/* A generated table, seen without its types. */
struct op_slot {
	void (*run)(void);
	unsigned flags;
	void (*prepare)(void);
	void (*check)(void);
};

static inline const struct op_slot *service_slot(const struct service *s,
                                                 const struct operation *op)
{
	const struct op_slot *slots = s->ops;

	return op->slot == OPERATION_NOT_BUILT || !slots[op->slot].run ? NULL : &slots[op->slot];
}

#endif
