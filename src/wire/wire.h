/*
 * Requests into structs, structs into replies: one reader and one writer a protocol, all walking the
 * tables of wire/model.h. Pure functions of bytes: nothing here knows a service, a connection or the
 * store.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "base/buf.h"
#include "net/message.h"
#include "wire/model.h"
#include "wire/parameters.h"

/* Why a request cannot be read, in AWS's words for that protocol. */
struct wire_problem {
	const char *code; /* SerializationException, MalformedXML, … */
	int status;
	str message;
	str argument, value; /* of S3's InvalidArgument; absent otherwise */
};

/* A request on its way into a struct. */
struct wire_request {
	struct arena *arena;
	const struct model *model;
	const struct operation *operation;
	const struct request *request; /* its headers are read; its path and query are not */
	str path; /* the path to match, undecoded, as routed (/BUCKET/KEY…) */
	const struct parameters *query;
	str body; /* whole; empty for an operation that streams it */
	struct wire_problem problem;
};

/*
 * Fills `in`, the operation's zeroed input struct. Texts point into the request where nothing had to
 * be decoded. Members that the model does not know are ignored; wrong types and malformed documents
 * are refused: false, and w->problem says why.
 */
bool wire_read(struct wire_request *w, void *in);

/*
 * Checks what the model states: required members, lengths, ranges, patterns, enums. NULL message
 * when all hold; otherwise AWS's sentence, naming up to LIMIT_VALIDATION_ERRORS of them:
 * `1 validation error detected: Value '…' at '…' failed to satisfy constraint: …`.
 */
str wire_validate(struct arena *a, const struct model *m, uint16_t shape, const void *in);

/* The name of the first required member that is missing, as the protocol writes it; absent: none. For
 * the protocols whose services do not speak of constraints (ec2, S3). */
str wire_missing(const struct model *m, uint16_t shape, const void *in);

/* A reply being made: given to the server, or to a test, when done. */
struct wire_reply {
	struct arena *arena;
	int status;
	struct header *headers;
	size_t header_count, header_capacity;
	str content_type; /* absent: no body */
	str body;
};

enum { WIRE_REPLY_MAX = 64 * 1024 * 1024 };

void wire_reply_header(struct wire_reply *r, str name, str value);

/* Writes the output struct: status, headers and body. A streaming payload is left to the caller. */
void wire_write(struct wire_reply *r, const struct model *m, const struct operation *op,
                const void *out, str request_id);

/* An error, in the protocol's form. `details` is the error's own struct, or NULL; `extra` are further
 * name and value pairs that S3 prints. */
struct wire_error {
	str code, message;
	int status;
	bool sender;
	const struct error_definition *definition; /* NULL unless details is set */
	const void *details;
	const struct header *extra;
	size_t extra_count;
	str resource; /* rest-xml: the path */
	str request_id;
};

void wire_write_error(struct wire_reply *r, const struct model *m, enum protocol protocol,
                      const struct wire_error *e);

/*
 * Which operation a REST request means: method, path template and fixed query parameters; among
 * those that share them, the one whose required headers and parameters are all there (PutObject,
 * CopyObject, UploadPart). NULL: none. An operation imported only by name can be the answer.
 */
const struct operation *wire_route(const struct model *m, const struct request *request, str path,
                                   const struct parameters *query);

#endif
