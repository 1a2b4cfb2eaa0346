/*
 * What is large: bodies of objects, layers of images, packages of functions. Each is a file below
 * DATA/blobs, named by 32 random hex digits, never by anything a client chose.
 *
 * A blob is written to a temporary file, sealed (fsync, rename, fsync of the folder), and only then
 * named by a row, with blob_keep, in the transaction that also writes the metadata. A file that no
 * row names is an orphan, left by a crash between the two, and removed at start; the files of the
 * run that is looking are known by the first 16 digits, which are new at each start, and left alone.
 */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "store/store.h"

enum { BLOB_ID_SIZE = 32 };

/* Writing: an owned object, of one thread at a time. Functions return 0 or a negative errno. */
struct blob_writer;

int blob_create(struct store *s, struct blob_writer **ret);
int blob_append(struct blob_writer *w, str bytes); /* on any thread: it only fills the page cache */
int blob_seal(struct blob_writer *w);              /* waits for the disk: on a pool thread only */
str blob_id(const struct blob_writer *w);
int64_t blob_size(const struct blob_writer *w);
int blob_reopen(const struct blob_writer *w); /* a descriptor to read what was written so far */
void blob_free(struct blob_writer *w);        /* deletes the file unless blob_keep was committed */

/* A new blob, sealed already, with the same bytes as one that is kept; -ENOENT when that was dropped
 * meanwhile. Like blob_seal, on a pool thread only. */
int blob_link(struct store *s, str id, struct blob_writer **ret);

/* In a write's transaction. Keeping again after a rollback is right; a blob is kept by one row. */
void blob_keep(struct db *db, struct blob_writer *w);

/* In a write's transaction: the row goes with it, the file after the commit. Readers that have it
 * open read on. */
void blob_drop(struct db *db, str id);

/* A descriptor to read, or a negative errno. -ENOENT in a snapshot that still names the blob means it
 * was dropped meanwhile: end the snapshot and look again. */
int blob_open(struct store *s, str id);

#endif
