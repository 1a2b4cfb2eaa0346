/*
 * Walking the keys of a bucket in order, from any of them, without looking at what lies between: keys
 * that fold into one common prefix are passed by one search, and so are the old versions of a key. What
 * a page costs depends on what it shows, not on what the bucket holds; but keys whose newest version is
 * a delete marker are passed one by one, so a walk can be given a most of rows to look at.
 *
 *     struct s3_list l = { .db = db, .arena = a, .bucket = b->id, .prefix = prefix };
 *     s3_list_begin(&l);
 *     while (s3_list_next(&l, &found))
 *             …
 *     s3_list_end(&l);
 */
#ifndef SERVICES_S3_LIST_H
#define SERVICES_S3_LIST_H

#include "services/s3/names.h"
#include "services/s3/object.h"

struct s3_list {
	/* What is asked. Texts live until s3_list_end. */
	struct db *db;
	struct arena *arena; /* what is found lives here */
	int64_t bucket;
	str prefix, delimiter; /* empty: none */
	bool all_versions;     /* and delete markers; otherwise objects as they are now */
	int64_t most_rows;     /* to look at; 0: as many as it takes */

	/* How it came to its end: not because there is no more. `last_key` was looked at last. */
	bool is_tired;

	/* Between calls. */
	struct db_rows rows;
	bool is_open, is_done;
	str from;      /* where to search next: this key or a later one */
	int64_t below; /* of that key, versions older than this one; 0: all */
	int64_t rows_seen;
	int skipped; /* rows of one key */
	bool has_last;
	char last[S3_KEY_MAX];
	size_t last_size;
};

struct s3_found {
	str prefix;           /* a common prefix; absent: an object */
	struct object object; /* without its content but for the size; `metadata` too */
};

void s3_list_begin(struct s3_list *l);
/* Instead: behind a key, or behind the common prefix that it folds into. */
void s3_list_begin_after(struct s3_list *l, str key);
/* Instead: at a key, with all of its versions, or with those that are older. */
void s3_list_begin_at(struct s3_list *l, str key, int64_t below);

bool s3_list_next(struct s3_list *l, struct s3_found *ret);
void s3_list_end(struct s3_list *l); /* may be called twice */

static inline str s3_list_last_key(const struct s3_list *l)
{
	return (str){ l->last, l->last_size };
}

/* The common prefix that a key folds into: up to the first delimiter behind the prefix; absent when it
 * stands for itself. */
str s3_fold(str key, str prefix, str delimiter);

/* The first text behind a key, and that behind all keys that begin with a prefix; absent: there is
 * none. */
str s3_behind_key(struct arena *a, str key);
str s3_behind_prefix(struct arena *a, str prefix);

/* What lists have in common. As encoding-type=url wants it; an absent text stays absent. */
str s3_url_encoded(struct arena *a, str text);
/* InvalidArgument for an encoding-type that is not `url`. */
err s3_list_encoding(struct call *c, str encoding_type, bool *ret);

#endif
