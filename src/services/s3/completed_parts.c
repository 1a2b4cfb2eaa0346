#include "services/s3/completed_parts.h"

#include "base/str.h"
#include "services/s3/errors.h"
#include "services/s3/multipart.h"
#include "services/s3/part_sums.h"

/*
 * Checksums of an entry.
 */

struct entry_checksum {
	str name;
	enum checksum_algorithm algorithm; /* CHECKSUM_NONE: not built */
	size_t offset;
};

/* clang-format off */
#define MEMBER(m) offsetof(struct s3_completed_part, m)
static const struct entry_checksum entry_checksums[] = {
	{ STR_INIT("CRC32"), CHECKSUM_CRC32, MEMBER(checksum_crc32) },
	{ STR_INIT("CRC32C"), CHECKSUM_CRC32C, MEMBER(checksum_crc32_c) },
	{ STR_INIT("CRC64NVME"), CHECKSUM_CRC64NVME, MEMBER(checksum_crc64_nvme) },
	{ STR_INIT("SHA1"), CHECKSUM_SHA1, MEMBER(checksum_sha1) },
	{ STR_INIT("SHA256"), CHECKSUM_SHA256, MEMBER(checksum_sha256) },
	{ STR_INIT("SHA512"), CHECKSUM_NONE, MEMBER(checksum_sha512) },
	{ STR_INIT("MD5"), CHECKSUM_NONE, MEMBER(checksum_md5) },
	{ STR_INIT("XXHASH64"), CHECKSUM_NONE, MEMBER(checksum_xxhash64) },
	{ STR_INIT("XXHASH3"), CHECKSUM_NONE, MEMBER(checksum_xxhash3) },
	{ STR_INIT("XXHASH128"), CHECKSUM_NONE, MEMBER(checksum_xxhash128) },
};
/* clang-format on */

static str value_of(const struct s3_completed_part *entry, const struct entry_checksum *e)
{
	return *(const str *)(const void *)((const char *)entry + e->offset);
}

int s3_checksums_of_entry(const struct s3_completed_part *entry, struct s3_checksum_value *ret)
{
	int count = 0;

	*ret = (struct s3_checksum_value){ .algorithm = CHECKSUM_NONE };
	for (size_t i = 0; i < ARRAY_LEN(entry_checksums); i++) {
		str value = value_of(entry, &entry_checksums[i]);

		if (!value.p)
			continue;
		count++;
		ret->algorithm = entry_checksums[i].algorithm;
		ret->value = value;
	}
	return count;
}

/* NAME:VALUE; of each: as S3 has it in its error. */
static err invalid_checksums(struct call *c, const struct s3_completed_part *entry)
{
	str shown = STR_NULL;

	for (size_t i = 0; i < ARRAY_LEN(entry_checksums); i++) {
		str value = refusal_excerpt(value_of(entry, &entry_checksums[i]));

		if (value.p)
			shown = arena_printf(c->arena, "%.*s%.*s:%.*s;", STR_ARG(shown),
			                     STR_ARG(entry_checksums[i].name), STR_ARG(value));
	}
	return s3_invalid_argument_error(c, "Checksum", shown,
	                                 "Invalid Base64 or multiple checksums present in request");
}

static err check_entry(struct call *c, const struct s3_completed_part *entry)
{
	struct s3_checksum_value sum;
	int count = s3_checksums_of_entry(entry, &sum);

	if (!entry->part_number.set || !entry->e_tag.p)
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	if (!count || (count == 1 && s3_checksum_valid(c->arena, sum.algorithm, sum.value)))
		return NULL;
	return invalid_checksums(c, entry);
}

/*
 * The list itself.
 */

static err check_order(struct call *c, const struct s3_complete_multipart_upload_in *in)
{
	const struct s3_completed_part_list *list = &in->multipart_upload->parts;
	int64_t last = 0;

	for (size_t i = 0; i < list->n; i++) {
		int64_t number = list->items[i].part_number.value;

		if (number < 1)
			return s3_invalid_argument_error(
				c, "PartNumber", arena_printf(c->arena, "%lld", (long long)number),
				"PartNumber must be >= 1");
		if (number <= last)
			return s3_fail(c, S3_INVALID_PART_ORDER, "UploadId", in->upload_id);
		last = number;
	}
	return NULL;
}

static err check_entries(struct call *c, const struct s3_completed_part_list *list)
{
	err e = NULL;

	for (size_t i = 0; !e && i < list->n; i++)
		e = check_entry(c, &list->items[i]);
	return e;
}

err s3_completed_list_check(struct call *c, const struct s3_complete_multipart_upload_in *in)
{
	const struct s3_completed_part_list *list;
	err e;

	if (!in->multipart_upload)
		return s3_fail_saying(c, S3_INVALID_REQUEST, "You must specify at least one part");
	list = &in->multipart_upload->parts;
	if (list->n == 0 || list->n > S3_PARTS_MAX)
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	e = check_entries(c, list);
	return e ? e : check_order(c, in);
}

err s3_completed_list_checksums(struct call *c, const struct s3_upload *u,
                                const struct s3_completed_part_list *list)
{
	for (size_t i = 0; u->composite && i < list->n; i++) {
		struct s3_checksum_value sum;

		s3_checksums_of_entry(&list->items[i], &sum);
		if (sum.algorithm == u->algorithm)
			continue;
		return s3_fail_saying(
			c, S3_INVALID_REQUEST,
			"The upload was created using a %.*s checksum. The complete request must "
			"include the checksum for each part. It was missing for part %lld in the "
			"request.",
			STR_ARG(s3_checksum_spelled(c->arena, u->algorithm)),
			(long long)list->items[i].part_number.value);
	}
	return NULL;
}

/*
 * The parts that are meant.
 */

static str without_quotes(str etag)
{
	if (etag.n >= 2 && etag.p[0] == '"' && etag.p[etag.n - 1] == '"')
		return str_from_to(etag, 1, etag.n - 1);
	return etag;
}

static err invalid_part(struct call *c, str upload_id, const struct s3_completed_part *entry)
{
	struct refusal *r = refuse(
		c->arena, 400, "InvalidPart",
		"One or more of the specified parts could not be found.  The part may not have "
		"been uploaded, or the specified entity tag may not match the part's entity tag.");

	r = refusal_with(r, "UploadId", refusal_excerpt(upload_id));
	r = refusal_with_number(c->arena, r, "PartNumber", entry->part_number.value);
	return fail_refused(c,
	                    refusal_with(r, "ETag", refusal_excerpt(without_quotes(entry->e_tag))));
}

static err too_small(struct call *c, const struct s3_part_row *part)
{
	struct refusal *r = refuse(c->arena, 400, "EntityTooSmall",
	                           "Your proposed upload is smaller than the minimum allowed size");

	r = refusal_with_number(c->arena, r, "ProposedSize", part->size);
	r = refusal_with_number(c->arena, r, "MinSizeAllowed", S3_PART_MIN);
	r = refusal_with_number(c->arena, r, "PartNumber", part->number);
	return fail_refused(c, refusal_with(r, "ETag", part->etag));
}

/* A checksum of another algorithm than the part has cannot be compared. */
static bool is_meant(const struct s3_completed_part *entry, const struct s3_part_row *part)
{
	struct s3_checksum_value sum;

	if (!str_eq_nocase(without_quotes(entry->e_tag), part->etag))
		return false;
	s3_checksums_of_entry(entry, &sum);
	return sum.algorithm == CHECKSUM_NONE ||
	       (sum.algorithm == part->algorithm && str_eq(sum.value, part->checksum));
}

err s3_completed_parts(struct call *c, str upload_id, const struct s3_completed_part_list *list,
                       const struct s3_part_row *rows, size_t row_count, struct s3_part_row *ret)
{
	size_t at = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct s3_completed_part *entry = &list->items[i];

		while (at < row_count && rows[at].number < entry->part_number.value)
			at++;
		if (at == row_count || rows[at].number != entry->part_number.value ||
		    !is_meant(entry, &rows[at]))
			return invalid_part(c, upload_id, entry);
		ret[i] = rows[at];
	}
	for (size_t i = 0; i + 1 < list->n; i++)
		if (ret[i].size < S3_PART_MIN)
			return too_small(c, &ret[i]);
	return NULL;
}
