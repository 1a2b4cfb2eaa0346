/*
 * What the files of this folder share: places in structs, and the two halves of each protocol.
 */
#ifndef WIRE_INTERNAL_H
#define WIRE_INTERNAL_H

#include "base/json.h"
#include "wire/wire.h"
#include "wire/xml.h"

static inline const struct shape *shape_at(const struct model *m, uint16_t index)
{
	return &m->shapes[index];
}

static inline const struct member *members_of(const struct model *m, const struct shape *s)
{
	return &m->members[s->first_member];
}

/* Whether a member or map value of this shape is there. */
bool value_present(const struct shape *s, const void *place);

/* The struct a member's or map value's place points to: made when it is not there yet, for a place
 * that holds a structure; otherwise the place itself. */
void *value_open(struct arena *a, const struct shape *s, void *place);
const void *value_at(const struct shape *s, const void *place);

/* Grows a list or map by one zeroed element and returns it; `capacity` starts at 0. */
void *list_append(struct arena *a, const struct shape *s, struct any_list *list, size_t *capacity);
/* Makes an absent list present and empty. */
void list_present(struct any_list *list);

/* A scalar from its text in XML, a header, a query or a form: false when it is not one. */
bool scalar_from_text(struct arena *a, const struct shape *s, uint8_t form, str text, void *place);
/* And back; for timestamps, `fallback` is the protocol's own form. */
str scalar_to_text(struct arena *a, const struct shape *s, uint8_t form,
                   enum timestamp_form fallback, const void *place);

/* Status 400; returns false. */
bool wire_fail(struct wire_request *w, const char *code, str message);

/* Body readers: each fills the IN_BODY members, or the payload member's structure. */
bool json_read_body(struct wire_request *w, uint16_t shape, void *place);
bool query_read_body(struct wire_request *w, void *in);
/* `root`: what the document's element must be called; absent: anything. */
bool xml_read_body(struct wire_request *w, uint16_t shape, str root, void *place);

/* Body writers: the IN_BODY members of a structure, without what stands around them. */
void json_write_members(struct json_writer *w, struct arena *a, const struct model *m,
                        uint16_t shape, const void *value);
void xml_write_members(struct xml_writer *w, struct arena *a, const struct model *m, uint16_t shape,
                       const void *value);
void xml_write_value(struct xml_writer *w, struct arena *a, const struct model *m,
                     const struct member *member, str name, const void *place);

/* REST bindings: headers, path and query parameters, status. */
bool rest_read(struct wire_request *w, void *in);
void rest_write(struct wire_reply *r, const struct model *m, const struct operation *op,
                const void *out);

#endif
