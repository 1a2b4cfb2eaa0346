/*
 * A line of an access log, as S3 writes it: 26 fields, of which any may be `-`.
 */
#ifndef SERVICES_S3_LOG_LINE_H
#define SERVICES_S3_LOG_LINE_H

#include "base/buf.h"

struct s3_log_line { /* what is absent or empty is shown as `-` */
	str owner, bucket;
	int64_t time;
	str peer, requester, request_id;
	str operation; /* REST.GET.OBJECT */
	str key;       /* decoded */
	str method, target;
	bool is_batched; /* one of the keys of a DeleteObjects: nothing of the request is repeated */
	int status;
	str error_code;
	int64_t sent;        /* 0: none */
	int64_t object_size; /* -1: none */
	int64_t total_ms;
	str referer, user_agent, version_id, host_id;
	str authentication; /* AuthHeader, QueryString, POST; absent: unsigned */
	str host;
	bool acl_was_needed;
};

/* With its end of line. */
void s3_log_line_put(struct buf *b, struct arena *a, const struct s3_log_line *line);

/* What the log calls an operation of the API. */
str s3_log_operation(struct arena *a, str operation, str method);

/* The key of a log object. */
enum s3_log_partition { S3_LOG_SIMPLE, S3_LOG_BY_EVENT, S3_LOG_BY_DELIVERY };
struct s3_log_key {
	str prefix;
	enum s3_log_partition partition;
	str account, region, bucket; /* the source's */
	int64_t event, delivery;
	str unique;
};
str s3_log_key(struct arena *a, const struct s3_log_key *k);

#endif
