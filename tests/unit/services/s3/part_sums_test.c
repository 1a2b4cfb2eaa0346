#include "check.h"

#include "base/crc.h"
#include "base/encoding.h"
#include "services/s3/new_object.h"
#include "services/s3/part_sums.h"

enum { SIZE = 1000, ROUNDS = 200 };

static const enum checksum_algorithm crcs[] = { CHECKSUM_CRC32, CHECKSUM_CRC32C,
	                                        CHECKSUM_CRC64NVME };

static str checksum_of(struct arena *a, enum checksum_algorithm algorithm, str bytes)
{
	struct checksum *sum = checksum_new(a, 0, algorithm);

	checksum_update(sum, bytes);
	expect(checksum_end(sum, NULL) == NULL);
	return sum->value;
}

/* Always the same ones. */
static uint32_t next_number(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct s3_part_row part_of(struct arena *a, enum checksum_algorithm algorithm, str bytes)
{
	unsigned char md5[MD5_SIZE];

	digest_of(DIGEST_MD5, bytes, md5);
	return (struct s3_part_row){ .size = (int64_t)bytes.n,
		                     .etag = s3_md5_etag(a, md5),
		                     .algorithm = algorithm,
		                     .checksum = checksum_of(a, algorithm, bytes),
		                     .crc64nvme = crc64nvme_update(0, bytes) };
}

/* Cut anywhere, into pieces that may be empty. */
static size_t cut(struct arena *a, uint32_t *seed, enum checksum_algorithm algorithm, str bytes,
                  struct s3_part_row *ret)
{
	size_t n = 0;

	while (bytes.n && n < 9) {
		size_t size = next_number(seed) % (bytes.n + 1);

		ret[n++] = part_of(a, algorithm, str_from_to(bytes, 0, size));
		bytes = str_after(bytes, size);
	}
	ret[n++] = part_of(a, algorithm, bytes);
	return n;
}

TEST(part_sums_of_a_whole_do_not_depend_on_where_it_was_cut)
{
	char bytes[SIZE];
	str all = { bytes, sizeof(bytes) };
	struct arena a = { 0 };
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)next_number(&seed);
	for (int round = 0; round < ROUNDS; round++) {
		enum checksum_algorithm algorithm = crcs[(size_t)round % ARRAY_LEN(crcs)];
		struct s3_upload with = { .algorithm = algorithm }, without = { 0 };
		struct s3_part_row parts[10];
		size_t n = cut(&a, &seed, algorithm, all, parts);
		str sum = s3_whole_checksum(&a, &with, parts, n);

		expect(str_eq(sum, checksum_of(&a, algorithm, all)));
		sum = s3_whole_checksum(&a, &without, parts, n);
		expect(str_eq(sum, checksum_of(&a, CHECKSUM_CRC64NVME, all)));
	}
	arena_release(&a);
}

/* Seen of S3, of the single part 123456789. */
TEST(part_sums_are_composed_as_s3_composes_them)
{
	static const struct {
		enum checksum_algorithm algorithm;
		const char *part, *composite;
	} rows[] = {
		{ CHECKSUM_CRC32, "y/Q5Jg==", "7kxlUA==" },
		{ CHECKSUM_CRC32C, "4waSgw==", "pzJFoA==" },
		{ CHECKSUM_SHA1, "98O8HYCOBHMq32eZZczDTKeuNEE=", "zGcEPHvP9e6lVmvZsfPHT9mlz10=" },
		{ CHECKSUM_SHA256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
		  "KSsNAHVmgy25S/rmic1w0at3KBH9RLn0nYVQ7p6mpJQ=" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		str part = str_from(rows[i].part);

		expect_str(checksum_of(&a, rows[i].algorithm, STR("123456789")), rows[i].part);
		expect_str(s3_composite_checksum(&a, rows[i].algorithm, &part, 1),
		           rows[i].composite);
	}
	arena_release(&a);
}

TEST(part_sums_of_many_parts_are_that_of_their_bytes)
{
	struct arena a = { 0 };
	str sums[2] = { checksum_of(&a, CHECKSUM_SHA1, STR("a")),
		        checksum_of(&a, CHECKSUM_SHA1, STR("b")) };
	char bytes[2 * SHA1_SIZE];

	digest_of(DIGEST_SHA1, STR("a"), (unsigned char *)bytes);
	digest_of(DIGEST_SHA1, STR("b"), (unsigned char *)bytes + SHA1_SIZE);
	expect(str_eq(s3_composite_checksum(&a, CHECKSUM_SHA1, sums, 2),
	              checksum_of(&a, CHECKSUM_SHA1, (str){ bytes, sizeof(bytes) })));
	sums[1] = checksum_of(&a, CHECKSUM_CRC32, STR("b"));
	expect(!s3_composite_checksum(&a, CHECKSUM_SHA1, sums, 2).p);
	arena_release(&a);
}

TEST(part_sums_etag_is_the_md5_of_the_md5s)
{
	struct arena a = { 0 };
	struct s3_part_row parts[2] = { part_of(&a, CHECKSUM_CRC32, STR("a")),
		                        part_of(&a, CHECKSUM_CRC32, STR("b")) };

	/* md5(md5("a") md5("b")) */
	expect_str(s3_etag_of_parts(&a, parts, 2), "96e024ba2074fe77e8e965ba43a704be-2");
	expect_str(s3_etag_of_parts(&a, parts, 1), "b6ff9a06b7e20bcb2858c5b8ff744aea-1");
	arena_release(&a);
}

TEST(part_sums_know_a_checksum_by_its_size)
{
	struct arena a = { 0 };

	expect(s3_checksum_valid(&a, CHECKSUM_CRC32, STR("y/Q5Jg==")));
	expect(!s3_checksum_valid(&a, CHECKSUM_CRC64NVME, STR("y/Q5Jg==")));
	expect(!s3_checksum_valid(&a, CHECKSUM_CRC32, STR("y/Q5Jh==")));
	expect(!s3_checksum_valid(&a, CHECKSUM_CRC32, STR("nonsense")));
	expect(!s3_checksum_valid(&a, CHECKSUM_NONE, STR("")));
	arena_release(&a);
}

TESTS({
	RUN(part_sums_of_a_whole_do_not_depend_on_where_it_was_cut),
	RUN(part_sums_are_composed_as_s3_composes_them),
	RUN(part_sums_of_many_parts_are_that_of_their_bytes),
	RUN(part_sums_etag_is_the_md5_of_the_md5s),
	RUN(part_sums_know_a_checksum_by_its_size),
})
