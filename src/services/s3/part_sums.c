#include "services/s3/part_sums.h"

#include "base/crc.h"
#include "base/encoding.h"
#include "base/str.h"

static size_t size_of(enum checksum_algorithm algorithm)
{
	static const size_t sizes[CHECKSUM_ALGORITHMS] = {
		[CHECKSUM_CRC32] = 4,
		[CHECKSUM_CRC32C] = 4,
		[CHECKSUM_CRC64NVME] = 8,
		[CHECKSUM_SHA1] = SHA1_SIZE,
		[CHECKSUM_SHA256] = SHA256_SIZE,
	};

	return sizes[algorithm];
}

static bool decode(struct arena *a, enum checksum_algorithm algorithm, str text, str *ret)
{
	return algorithm && base64_decode(a, text, ret) && ret->n == size_of(algorithm);
}

bool s3_checksum_valid(struct arena *a, enum checksum_algorithm algorithm, str text)
{
	str bytes;

	return decode(a, algorithm, text, &bytes);
}

str s3_etag_of_parts(struct arena *a, const struct s3_part_row *parts, size_t count)
{
	struct digest *digest = digest_new(DIGEST_MD5);
	unsigned char md5[MD5_SIZE];
	struct buf text;

	for (size_t i = 0; i < count; i++) {
		if (hex_decode(parts[i].etag, md5, MD5_SIZE))
			digest_update(digest, (str){ (const char *)md5, MD5_SIZE });
	}
	digest_finish(digest, md5);
	buf_init(&text, a, 64);
	hex_put(&text, (str){ (const char *)md5, MD5_SIZE });
	buf_printf(&text, "-%zu", count);
	return buf_str(&text);
}

str s3_composite_checksum(struct arena *a, enum checksum_algorithm algorithm, const str *checksums,
                          size_t count)
{
	struct checksum *sum = checksum_new(a, 0, algorithm);
	str bytes;

	for (size_t i = 0; i < count; i++) {
		if (!decode(a, algorithm, checksums[i], &bytes))
			return STR_NULL;
		checksum_update(sum, bytes);
	}
	(void)checksum_end(sum, NULL); /* nothing was announced, nothing can be wrong */
	return sum->value;
}

/*
 * CRCs are sent big-endian.
 */

uint64_t s3_crc_of_text(struct arena *a, str text)
{
	uint64_t crc = 0;
	str bytes;

	if (base64_decode(a, text, &bytes))
		for (size_t i = 0; i < bytes.n; i++)
			crc = crc << 8 | (unsigned char)bytes.p[i];
	return crc;
}

static str text_of_crc(struct arena *a, uint64_t crc, size_t size)
{
	char bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(crc >> 8 * (size - 1 - i));
	return base64_of(a, (str){ bytes, size });
}

static uint64_t join(enum checksum_algorithm algorithm, uint64_t first, uint64_t second,
                     int64_t second_size)
{
	uint64_t size = (uint64_t)second_size;

	switch (algorithm) {
	case CHECKSUM_CRC32:
		return crc32_join((uint32_t)first, (uint32_t)second, size);
	case CHECKSUM_CRC32C:
		return crc32c_join((uint32_t)first, (uint32_t)second, size);
	default:
		return crc64nvme_join(first, second, size);
	}
}

str s3_whole_checksum(struct arena *a, const struct s3_upload *upload,
                      const struct s3_part_row *parts, size_t count)
{
	enum checksum_algorithm algorithm =
		upload->algorithm ? upload->algorithm : CHECKSUM_CRC64NVME;
	uint64_t crc = 0;

	for (size_t i = 0; i < count; i++) {
		const struct s3_part_row *p = &parts[i];

		crc = join(algorithm, crc,
		           upload->algorithm ? s3_crc_of_text(a, p->checksum) : p->crc64nvme,
		           p->size);
	}
	return text_of_crc(a, crc, size_of(algorithm));
}
