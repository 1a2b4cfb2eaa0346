/*
 * What replies say of an object, whatever operation they belong to.
 */
#ifndef SERVICES_S3_SHOWN_H
#define SERVICES_S3_SHOWN_H

#include "services/s3/object.h"

str s3_etag_shown(struct arena *a, str etag); /* in quotes */

/* x-amz-server-side-encryption; absent for a plain object and one with a client's key. */
str s3_encryption_shown(enum s3_encryption_kind kind);

/* x-amz-expiration: when a lifecycle rule will expire the object, which is the newest of its key; absent
 * when none will. */
str s3_expiration_shown(struct call *c, const struct bucket *b, const struct object *o);

str s3_checksum_type_shown(const struct s3_checksum_value *v); /* FULL_OBJECT, COMPOSITE, absent */

/* Fills the members checksum_* of an operation's struct, whichever it is. */
#define S3_SHOW_CHECKSUM_VALUE(to, v)                          \
	do {                                                   \
		const struct s3_checksum_value *v_ = (v);      \
		switch (v_->algorithm) {                       \
		case CHECKSUM_CRC32:                           \
			(to)->checksum_crc32 = v_->value;      \
			break;                                 \
		case CHECKSUM_CRC32C:                          \
			(to)->checksum_crc32_c = v_->value;    \
			break;                                 \
		case CHECKSUM_CRC64NVME:                       \
			(to)->checksum_crc64_nvme = v_->value; \
			break;                                 \
		case CHECKSUM_SHA1:                            \
			(to)->checksum_sha1 = v_->value;       \
			break;                                 \
		case CHECKSUM_SHA256:                          \
			(to)->checksum_sha256 = v_->value;     \
			break;                                 \
		default:                                       \
			break;                                 \
		}                                              \
	} while (0)

#define S3_SHOW_CHECKSUM(to, v)                                  \
	do {                                                     \
		S3_SHOW_CHECKSUM_VALUE(to, v);                   \
		(to)->checksum_type = s3_checksum_type_shown(v); \
	} while (0)

#endif
