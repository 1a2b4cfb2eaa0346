/*
 * The fields of a browser's form: what they say of the object that is being made, and who signed them.
 */
#ifndef SERVICES_S3_POST_FIELDS_H
#define SERVICES_S3_POST_FIELDS_H

#include "services/s3/new_object.h"
#include "services/s3/post_form.h"

struct post_fields {
	const struct post_field *items;
	size_t count;
};

/* Those before the file, each ${filename} replaced. */
struct post_fields post_fields_of(struct arena *a, const struct post_form *form);

/* The first of that name, without regard to case; absent if there is none. */
str post_fields_get(const struct post_fields *fields, str name);

/* What headers say in a PutObject. */
err post_fields_read(struct call *c, const struct post_fields *fields, struct s3_new_headers *ret);

/* The request with the fields in the place of such headers: a policy's conditions speak of them, and what
 * checks a checksum reads them. */
struct request post_fields_request(struct arena *a, const struct request *r,
                                   const struct post_fields *fields);

/* "Bucket POST must contain a field named …" */
err post_fields_missing(struct call *c, const char *name);

/* Who signed the policy becomes the caller. *ret_policy is the encoded policy; absent when there is neither a
 * policy nor a signature, which leaves the caller as it is. */
err post_fields_verify(struct call *c, const struct post_fields *fields, str *ret_policy);

#endif
