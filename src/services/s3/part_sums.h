/*
 * What S3 computes of an object from its parts, without their bytes. Checksums are base64, as they are
 * sent.
 */
#ifndef SERVICES_S3_PART_SUMS_H
#define SERVICES_S3_PART_SUMS_H

#include "services/s3/upload.h"

/* The MD5 of the parts' MD5s, and how many there are: without quotes. */
str s3_etag_of_parts(struct arena *a, const struct s3_part_row *parts, size_t count);

/* The checksum of the parts' checksums, without how many there are; absent when one of them is none of
 * the algorithm. */
str s3_composite_checksum(struct arena *a, enum checksum_algorithm algorithm, const str *checksums,
                          size_t count);

/* The CRC of the whole, made of those of the parts: of their `checksum`, when the upload has the
 * algorithm; of their `crc64nvme`, when it has none. */
str s3_whole_checksum(struct arena *a, const struct s3_upload *upload,
                      const struct s3_part_row *parts, size_t count);

/* Whether a text is a checksum of the algorithm. */
bool s3_checksum_valid(struct arena *a, enum checksum_algorithm algorithm, str text);

/* The number that a CRC's text says; the text is one. */
uint64_t s3_crc_of_text(struct arena *a, str text);

#endif
