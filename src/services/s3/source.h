/*
 * Reading a range of a content from its beginning to its end, whatever it is in: a row, a blob or the
 * parts of an upload, encrypted or not. Memory does not grow with the range: files are opened one
 * after another, segments one at a time.
 */
#ifndef SERVICES_S3_SOURCE_H
#define SERVICES_S3_SOURCE_H

#include "net/message.h"
#include "services/s3/content.h"

/* A run of bytes within one part, or within a content that is in one piece. */
struct s3_piece {
	int64_t size;          /* of the part */
	int64_t first, length; /* of the run */
	str text;              /* the part as it is stored; absent: it is in a blob */
	str blob, wrapped_key;
};

struct s3_pieces {
	struct s3_piece *items;
	size_t n;
	struct s3_piece one;
};

/* In a snapshot: where the bytes are. 0, or -ENOENT: the content is gone. */
int s3_pieces_of(struct call *c, const struct content *content, int64_t first, int64_t length,
                 struct s3_pieces *ret);

/* In the same snapshot, which may begin anew: the first piece is open when this returns, and the bytes
 * stay until the source is closed. It is in the call's arena. 0 or a negative errno. */
struct s3_source {
	struct reply_source reply; /* its close is the source's */
	struct store *store;
	struct arena arena; /* of the open piece */
	const struct s3_piece *pieces;
	size_t count, at;
	int64_t done; /* of the open piece */
	int fd;
	struct cipher_reader *reader; /* of an encrypted one */
	int64_t held;                 /* the upload; 0: none */
	struct s3_reading_key key;
	struct cipher_wrapping_key wrapping;
	bool is_open;
};
int s3_source_open(struct call *c, const struct content *content, const struct s3_reading_key *key,
                   const struct s3_pieces *pieces, struct s3_source **ret);

/* Up to n bytes; 0 at the end, or a negative errno. */
ptrdiff_t s3_source_read(struct s3_source *s, char *p, size_t n);
void s3_source_close(struct s3_source *s);

#endif
