/*
 * What S3 checks of a body besides its signature: Content-MD5 and one x-amz-checksum-*, which
 * stands in a header or, with aws-chunked, in a trailer that x-amz-trailer announces.
 *
 *     checksum_begin    the head: which are announced, and whether they look like ones
 *     checksum_update   each piece of the payload, decoded, in order
 *     checksum_end      all of it has come
 *
 * Not for CompleteMultipartUpload, whose x-amz-checksum-* speaks of the object and not of the body.
 */
#ifndef API_CHECKSUM_H
#define API_CHECKSUM_H

#include "api/chunked.h"

enum checksum_algorithm {
	CHECKSUM_NONE,
	CHECKSUM_CRC32,
	CHECKSUM_CRC32C,
	CHECKSUM_CRC64NVME,
	CHECKSUM_SHA1,
	CHECKSUM_SHA256,
	CHECKSUM_ALGORITHMS
};

/* What to compute although nobody announced it. */
enum checksum_wanted {
	CHECKSUM_WANT_MD5 = 1 << 0,       /* an object's ETag */
	CHECKSUM_WANT_CRC64NVME = 1 << 1, /* what S3 stores when it is given no other checksum */
	CHECKSUM_WANT_CRC32 = 1 << 2,     /* the same of these two, of a part */
	CHECKSUM_WANT_CRC32C = 1 << 3,
	CHECKSUM_ALSO_CRC64NVME = 1 << 4, /* beside what was announced: `crc64nvme` */
};

struct checksum {
	struct arena *arena;
	enum checksum_algorithm algorithm; /* of the announced or the wanted one */
	bool in_trailer;                   /* announced by x-amz-trailer */
	str announced;                     /* the header's value; absent */
	str announced_md5;                 /* Content-MD5; absent */
	struct digest *md5, *sha;          /* under way */
	uint64_t crc;
	bool also_crc64nvme;

	/* Once checksum_end has passed. */
	str value; /* base64; absent for CHECKSUM_NONE */
	bool has_md5;
	unsigned char md5_value[MD5_SIZE];
	uint64_t crc64nvme;
};

/* The result lives in the arena. */
const struct refusal *checksum_begin(struct arena *a, const struct request *r, unsigned wanted,
                                     struct checksum **ret);
/* For bytes that no request announced: of `algorithm`, and MD5 when it is wanted. */
struct checksum *checksum_new(struct arena *a, unsigned wanted, enum checksum_algorithm algorithm);

void checksum_update(struct checksum *c, str bytes);

/* `chunked` has the trailers; NULL when the body was not aws-chunked. */
const struct refusal *checksum_end(struct checksum *c, const struct chunked *chunked);

/* CRC32, CRC32C, CRC64NVME, SHA1, SHA256, in any case; from_name is false for another. */
str checksum_name(enum checksum_algorithm algorithm);
bool checksum_from_name(str name, enum checksum_algorithm *ret);

#endif
