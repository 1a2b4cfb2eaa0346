/* Streams of a table's changes: opened and closed with the table, written by its changes. */
#ifndef SERVICES_DYNAMODB_STREAM_H
#define SERVICES_DYNAMODB_STREAM_H

#include "services/dynamodb/change.h"

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

/* Drops records of more than 24 hours ago, and closed streams that have none; a part of it at a time. */
void stream_trim(struct db *db, int64_t now);

#endif
