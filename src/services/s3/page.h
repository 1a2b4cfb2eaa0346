/*
 * A page of a list: how many, how encoded, and what the three lists show of what is found.
 */
#ifndef SERVICES_S3_PAGE_H
#define SERVICES_S3_PAGE_H

#include "services/s3/list.h"

enum { S3_PAGE_MAX = 1000 };

/* What all three are asked alike. */
struct s3_page_want {
	str bucket, expected_owner;
	const char *action;
	str prefix, delimiter, encoding_type;
	struct opt_int max_keys;
	const struct s3_optional_object_attributes_list *attributes;
};

struct s3_page {
	struct call *c;
	struct bucket bucket;
	int64_t most;
	bool is_encoded;
	struct s3_list list;

	struct s3_found *found; /* in order */
	size_t count, capacity;
	bool is_truncated;
	/* Where the next page begins: behind this key, or all that begin with this prefix. */
	str last;
	bool last_is_prefix;

	str owner_account; /* whose `owner` is shown */
	struct s3_owner *owner;
};

/* Checks all of it; `list` is ready but for where it begins. */
err s3_page_open(struct call *c, const struct s3_page_want *want, struct s3_page *ret);
void s3_page_fill(struct s3_page *p);

/* As the page shows a key, a prefix or a marker; absent stays absent. */
str s3_page_text(const struct s3_page *p, str text);
struct s3_owner *s3_page_owner(struct s3_page *p, str account);
struct s3_common_prefix_list s3_page_prefixes(const struct s3_page *p);

/* ChecksumAlgorithm of a listed object; absent for none. */
struct s3_checksum_algorithm_list s3_page_checksum(struct arena *a,
                                                   const struct s3_checksum_value *v);

#endif
