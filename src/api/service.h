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
};

/* An address beside those that the model gives (the target prefix, the signing name, hosts that start with the
 * endpoint prefix). In a host, `*` stands for any characters. */
struct door {
	const char *host; /* without the port; NULL: any */
	const char *path; /* prefix; NULL: any */
};

struct service {
	const struct model *model;
	const void *ops;           /* struct NAME_api, generated */
	const char *schema;        /* NAME_schema, from NAME.sql; NULL: no tables */
	const struct door *doors;  /* ends at the first without host and path; NULL: none */
	const char *invalid_input; /* code of a broken constraint; NULL: the protocol's */
	bool takes_the_rest;       /* requests that come through no other door: S3 */
	/* Once a second, in a transaction; NULL: nothing to do. */
	void (*tick)(struct db *db, int64_t now);
};

/* A generated table, seen without its types. */
struct op_slot {
	void (*run)(void);
	unsigned flags;
};

static inline const struct op_slot *service_slot(const struct service *s,
                                                 const struct operation *op)
{
	const struct op_slot *slots = s->ops;

	return op->slot == OPERATION_NOT_BUILT || !slots[op->slot].run ? NULL : &slots[op->slot];
}

#endif
