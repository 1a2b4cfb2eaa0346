/*
 * A structure of a model as an XML text, to be kept, and back: the form in which the API itself shows
 * it. For settings that are stored as they were given.
 */
#ifndef WIRE_DOCUMENT_H
#define WIRE_DOCUMENT_H

#include "base/arena.h"
#include "wire/model.h"

/* `shape` is the structure's name in the model; one that is not there ends the program. Members that
 * do not stand in a body are left out. */
str document_write(struct arena *a, const struct model *m, const char *shape, const void *value);

/* A new struct; NULL for a text that document_write never made. */
void *document_read(struct arena *a, const struct model *m, const char *shape, str text);

#endif
