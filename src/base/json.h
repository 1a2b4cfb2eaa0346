/*
 * JSON, read and written without a tree.
 *
 * The reader is a cursor over text in memory: the caller asks for what it expects and the text
 * answers. It allocates only to unescape a string, so a hostile body costs what it weighs; nesting
 * is limited to LIMIT_DEPTH. It is strict (RFC 8259, valid UTF-8), and its first error sticks: every
 * later call returns false or an empty value, so a caller checks json_ok once, at the end.
 *
 *     if (json_enter_object(&r))
 *             while (json_next_member(&r, &name))
 *                     if (str_eq(name, STR("n"))) json_number(&r, &digits);
 *                     else json_skip(&r);
 *
 * Every value must be consumed, by one of the calls below.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

enum json_kind {
	JSON_ERROR,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_reader {
	struct arena *arena;
	const char *start, *p, *end;
	int depth;
	bool failed;
	bool first; /* just entered: no comma is due */
	const char *problem;
};

void json_reader_init(struct json_reader *r, struct arena *a, str text);
bool json_ok(const struct json_reader *r);
bool json_at_end(struct json_reader *r); /* no failure and only white space is left */

enum json_kind json_peek(struct json_reader *r); /* of the next value, consuming nothing */

/* Each consumes one value of its kind; on another kind it fails the reader and returns false. The
 * two `next` return false at the end of the object or array, which they consume, as well. */
bool json_enter_object(struct json_reader *r);
bool json_next_member(struct json_reader *r, str *ret_name); /* false at the end */
bool json_enter_array(struct json_reader *r);
bool json_next_element(struct json_reader *r);
bool json_string(struct json_reader *r, str *ret);
bool json_number(struct json_reader *r, str *ret); /* the digits, exactly as sent */
bool json_bool(struct json_reader *r, bool *ret);
bool json_null(struct json_reader *r);
bool json_skip(struct json_reader *r);          /* any value */
bool json_raw(struct json_reader *r, str *ret); /* any value, as the slice of text it is */

/*
 * The writer appends to a buf and puts commas and escapes itself. Control characters, '"' and '\'
 * are escaped; other UTF-8 goes as it is.
 */
struct json_writer {
	struct buf *out;
	bool comma; /* due before the next value */
};

void json_writer_init(struct json_writer *w, struct buf *out);
void json_put_object(struct json_writer *w);
void json_put_object_end(struct json_writer *w);
void json_put_array(struct json_writer *w);
void json_put_array_end(struct json_writer *w);
void json_put_name(struct json_writer *w, str name); /* a value follows */
void json_put_string(struct json_writer *w, str s);
void json_put_i64(struct json_writer *w, int64_t n);
void json_put_double(struct json_writer *w, double d); /* "NaN" and "Infinity" are strings */
void json_put_bool(struct json_writer *w, bool b);
void json_put_null(struct json_writer *w);
void json_put_raw(struct json_writer *w, str json); /* already JSON */

/* A member in one call. */
void json_put_member(struct json_writer *w, str name, str value);
void json_put_member_i64(struct json_writer *w, str name, int64_t value);

#endif
