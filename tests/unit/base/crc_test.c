/* Includes the source, because the tables are not reached where there is an instruction. */
#include "../../../src/base/crc.c"

#include <zlib.h>

#include "check.h"

TEST(crc_check_values)
{
	str digits = STR("123456789");

	expect_int(crc32_update(0, digits), 0xcbf43926);
	expect_int(crc32c_update(0, digits), 0xe3069283);
	expect(crc64nvme_update(0, digits) == 0xae8b14860a799888);
}

TEST(crc32c_vectors_of_rfc_3720)
{
	char bytes[32];

	memset(bytes, 0, 32);
	expect_int(crc32c_update(0, (str){ bytes, 32 }), 0x8a9136aa);
	memset(bytes, 0xff, 32);
	expect_int(crc32c_update(0, (str){ bytes, 32 }), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		bytes[i] = (char)i;
	expect_int(crc32c_update(0, (str){ bytes, 32 }), 0x46dd794e);
}

TEST(crc64nvme_vectors_of_the_nvm_express_specification)
{
	char bytes[4096];

	memset(bytes, 0, sizeof(bytes));
	expect(crc64nvme_update(0, (str){ bytes, sizeof(bytes) }) == 0x6482d367eb22b64e);
	memset(bytes, 0xff, sizeof(bytes));
	expect(crc64nvme_update(0, (str){ bytes, sizeof(bytes) }) == 0xc0ddba7302eca3ac);
}

TEST(crc_of_nothing_changes_nothing)
{
	expect_int(crc32_update(0x1234, STR_NULL), 0x1234);
	expect_int(crc32c_update(0x1234, STR_NULL), 0x1234);
	expect(crc64nvme_update(0x1234, STR_NULL) == 0x1234);
}

TEST(crc_in_pieces_is_that_of_the_whole_at_every_split)
{
	char bytes[100];
	str all = { bytes, sizeof(bytes) };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i);
	for (size_t n = 0; n <= all.n; n++) {
		str first = { bytes, n }, second = { bytes + n, all.n - n };

		expect_int(crc32_update(crc32_update(0, first), second), crc32_update(0, all));
		expect_int(crc32c_update(crc32c_update(0, first), second), crc32c_update(0, all));
		expect(crc64nvme_update(crc64nvme_update(0, first), second) ==
		       crc64nvme_update(0, all));
	}
}

TEST(crc32c_by_tables_and_by_instruction_agree)
{
	char bytes[257];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 31);
	for (size_t n = 0; n <= sizeof(bytes); n++)
		expect_int(crc32c_tables(7, bytes, n), crc32c_any(7, bytes, n));
}

TEST(crc_of_two_joined_is_that_of_the_whole_at_every_split)
{
	char bytes[300];
	str all = { bytes, sizeof(bytes) };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i * 7 + 3);
	for (size_t n = 0; n <= all.n; n++) {
		str a = { bytes, n }, b = { bytes + n, all.n - n };

		expect_int(crc32_join(crc32_update(0, a), crc32_update(0, b), b.n),
		           crc32_update(0, all));
		expect_int(crc32c_join(crc32c_update(0, a), crc32c_update(0, b), b.n),
		           crc32c_update(0, all));
		expect(crc64nvme_join(crc64nvme_update(0, a), crc64nvme_update(0, b), b.n) ==
		       crc64nvme_update(0, all));
	}
}

TEST(crc_joined_of_many_large_texts_does_not_depend_on_the_order_of_joining)
{
	const uint64_t sizes[] = { 5242880, 1, 0, 5368709120, 4398046511103, 8388608, 3 };
	const uint64_t crcs[] = {
		0xcbf43926, 0x12345678, 0, 0xffffffff, 0xe3069283, 1, 0x80000000
	};
	uint64_t forward = 0, backward = 0, size = 0;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		forward = crc64nvme_join(forward, crcs[i], sizes[i]);
	for (size_t i = ARRAY_LEN(sizes); i-- > 0; size += sizes[i])
		backward = crc64nvme_join(crcs[i], backward, size);
	expect(forward == backward);
}

TEST(crc32_is_what_zlib_says_whatever_the_length_and_the_place)
{
	unsigned char bytes[600];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + i / 7);
	for (size_t from = 0; from < 20; from++)
		for (size_t n = 0; n <= sizeof(bytes) - from; n += 3)
			expect_int(crc32_update(42, (str){ (char *)bytes + from, n }),
			           crc32(42, bytes + from, (uInt)n));
}

/* zlib's own, of lengths that nobody computes. */
TEST(crc32_joined_is_what_zlib_says)
{
	for (int bit = 0; bit < 42; bit++) {
		uint64_t size = (UINT64_C(1) << bit) + (uint64_t)bit;

		expect_int(crc32_join(0xcbf43926, 0x01020304, size),
		           crc32_combine64(0xcbf43926, 0x01020304, (off_t)size));
	}
}

TESTS({
	RUN(crc_check_values),
	RUN(crc32_is_what_zlib_says_whatever_the_length_and_the_place),
	RUN(crc32c_vectors_of_rfc_3720),
	RUN(crc64nvme_vectors_of_the_nvm_express_specification),
	RUN(crc_of_nothing_changes_nothing),
	RUN(crc_in_pieces_is_that_of_the_whole_at_every_split),
	RUN(crc32c_by_tables_and_by_instruction_agree),
	RUN(crc_of_two_joined_is_that_of_the_whole_at_every_split),
	RUN(crc_joined_of_many_large_texts_does_not_depend_on_the_order_of_joining),
	RUN(crc32_joined_is_what_zlib_says),
})
