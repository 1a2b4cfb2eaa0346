/* Streams of a table's changes: opened and closed with the table, written by its changes. */
#ifndef SERVICES_DYNAMODB_STREAM_H
#define SERVICES_DYNAMODB_STREAM_H

#include "services/dynamodb/change.h"

enum { STREAM_KEPT_MS = 24 * 3600 * 1000 }; /* records, and what is closed */

str stream_view_name(enum stream_view view); /* NEW_AND_OLD_IMAGES */
bool stream_view_from_name(str name, enum stream_view *ret);

/* Makes a stream for the table and returns its number. */
int64_t stream_open(struct db *db, struct arena *a, int64_t now, const struct table *t,
                    enum stream_view view);
void stream_close(struct db *db, int64_t stream, int64_t now);

/* Label, ARN and view of a stream, for the description of its table: the latest, open or not. False: the
 * table never had one. */
struct stream_description {
	int64_t id;
	str label, arn;
	enum stream_view view;
	bool is_open;
};
bool stream_describe(struct db *db, struct arena *a, const struct table *t,
                     struct stream_description *ret);

/* The record of a change; only called when something did change and the table has a stream. */
void stream_write(struct db *db, struct arena *a, int64_t now, const struct change *change);

/* Drops records of more than 24 hours ago, and streams that were closed as long ago and have none; a part of
 * it at a time. True: there is more. */
bool stream_trim(struct db *db, int64_t now);

#endif
