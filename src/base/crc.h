/*
 * The three CRCs that S3 knows. Start with 0, feed pieces in order; results are what S3 sends,
 * big-endian, base64.
 */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include "base/base.h"

uint32_t crc32_update(uint32_t crc, str bytes);     /* gzip's */
uint32_t crc32c_update(uint32_t crc, str bytes);    /* Castagnoli */
uint64_t crc64nvme_update(uint64_t crc, str bytes); /* NVM Express, reflected 0x9a6c9329ac4bc9b5 */

/* The CRC of two texts, one behind the other, of theirs and the size of the second. */
uint32_t crc32_join(uint32_t first, uint32_t second, uint64_t second_size);
uint32_t crc32c_join(uint32_t first, uint32_t second, uint64_t second_size);
uint64_t crc64nvme_join(uint64_t first, uint64_t second, uint64_t second_size);

#endif
