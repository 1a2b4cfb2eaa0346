/*
 * The body of a browser's POST upload, multipart/form-data as RFC 2046 and RFC 7578 have it:
 *
 *     --BOUNDARY CRLF
 *     Content-Disposition: form-data; name="key" CRLF CRLF
 *     user/${filename} CRLF
 *     --BOUNDARY CRLF
 *     Content-Disposition: form-data; name="file"; filename="a.txt" CRLF
 *     Content-Type: text/plain CRLF CRLF
 *     <the file's bytes> CRLF
 *     --BOUNDARY-- CRLF
 *
 * The parser is fed the body in pieces of any size. It keeps the fields before the file, and hands
 * the file's bytes on as they come without keeping any: that a boundary may have begun is a count,
 * since all of its bytes are known. Nothing but post_form_end says that the file came whole; on a
 * refusal, whatever was stored must be thrown away.
 *
 * The file is the form-data part named `file`, in any case, with or without a filename; a part that
 * merely has a filename is a field, as S3 takes it. What follows the file is not looked at, neither
 * fields nor the end of the form; but the boundary behind the file must come, with nothing else in
 * its line. A boundary that anything else follows makes the form malformed wherever it stands:
 * RFC 2046 forbids it in a part, and to take it for the file's end would cut the file short.
 */
#ifndef SERVICES_S3_POST_FORM_H
#define SERVICES_S3_POST_FORM_H

#include "services/s3/post_policy.h"

enum {
	POST_FORM_BEFORE_FILE = 20 * 1024, /* bytes of all kinds, boundaries and heads too: as S3 */
	POST_FORM_FIELDS = 256,
	POST_FORM_BOUNDARY = 70, /* RFC 2046 */
};

struct post_form; /* lives in the arena */

struct post_file {
	str name;         /* path and all, only quotes unescaped; absent without a filename */
	str content_type; /* of the part, not the field of that name; absent when not sent */
};

/* Called once, between the last byte of the file's head and the first of the file: the fields and
 * post_form_file are there. A refusal becomes the form's, and no byte is handed on. */
typedef const struct refusal *post_form_begin_file(void *app, const struct post_form *form);

/* Some of the file's bytes; never none. Not called for an empty file. */
typedef void post_form_sink(void *app, str bytes);

/* Refuses what is not multipart/form-data, and one whose boundary is missing or not one. */
const struct refusal *post_form_new(struct arena *a, str content_type,
                                    post_form_begin_file *on_file, post_form_sink *on_bytes,
                                    void *app, struct post_form **ret) MUST_CHECK;

/* The first refusal is the last word: later calls repeat it. */
const struct refusal *post_form_feed(struct post_form *f, str piece);
const struct refusal *post_form_end(struct post_form *f) MUST_CHECK;

/* The fields before the file, in their order; one that was sent twice is there twice. */
const struct post_field *post_form_fields(const struct post_form *f, size_t *ret_count);

/* The first field of that name, without regard to case; absent if there is none. */
str post_form_field(const struct post_form *f, str name);

const struct post_file *post_form_file(const struct post_form *f); /* NULL until on_file */

#endif
