/*
 * Every limit on what a client, a file or a neighbour can make this program hold, in one place.
 * Sizes are bytes, times milliseconds, unless the name says otherwise.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* clang-format off */
enum {
	/* connections and requests */
	LIMIT_CONNECTIONS       = 8192,
	LIMIT_REQUEST_HEAD      = 16 * 1024, /* request line and headers; AWS takes 8 to 16 KiB */
	LIMIT_HEADERS           = 200,
	LIMIT_IDLE_SECONDS      = 60,  /* a connection that sends nothing */
	LIMIT_HEAD_SECONDS      = 30,  /* a head that does not come to its end */
	LIMIT_DRAIN_SECONDS     = 10,  /* requests under way at SIGTERM */
	LIMIT_DISCARD           = 16 * 1024 * 1024, /* of a refused body read to keep the connection */
	LIMIT_BODY_IN_MEMORY    = 16 * 1024 * 1024, /* of an operation that is not streaming */
	LIMIT_BODIES_IN_MEMORY  = 256 * 1024 * 1024, /* of all requests together */
	LIMIT_BODY_UNCOUNTED    = 16 * 1024, /* of each is beside that: small requests always find room */
	LIMIT_REPEATS           = 4 * 1024 * 1024, /* of all replies that are remembered */
	LIMIT_BODY_IN_ROW       = 64 * 1024, /* of a streaming one: more goes to a blob */
	LIMIT_BODY_BYTES_PER_IO = 64 * 1024,

	/* documents in a request body */
	LIMIT_DEPTH             = 512, /* DynamoDB has words of its own for items that are far too deep */
	LIMIT_XML_NODES         = 100000,
	LIMIT_QUERY_PARAMETERS  = 10000,
	LIMIT_LIST_INDEX        = 10000, /* the N of Name.member.N */
	LIMIT_VALIDATION_ERRORS = 10,    /* named in one message */
	LIMIT_ERROR_VALUE       = 1024,  /* of a refused value repeated in a message */
	LIMIT_ERROR_COLLECTION  = 8192,  /* the same of a list or a map */

	/* signatures */
	LIMIT_SIGNED_HEADERS    = 100,
	LIMIT_CHUNK_HEADER      = 1024,       /* the line before an aws-chunked chunk */
	LIMIT_TRAILERS          = 8 * 1024,   /* all trailers of one body */
	LIMIT_SKEW_SECONDS      = 15 * 60,
	LIMIT_PRESIGNED_SECONDS = 7 * 24 * 3600,
	LIMIT_CREDENTIALS       = 1000, /* sections of a credentials file */

	/* policies */
	LIMIT_POLICY            = 20 * 1024, /* the largest AWS takes, a bucket policy */
	LIMIT_POLICY_STATEMENTS = 1000,
	LIMIT_POLICY_VALUES     = 10000,

	/* the store */
	LIMIT_BATCH             = 256,  /* handlers in one transaction */
	LIMIT_WRITES_WAITING    = 20000,
	LIMIT_SQL_ARGUMENTS     = 24,

	/* pool threads, for what waits */
	LIMIT_POOL_THREADS      = 32,
	LIMIT_POOL_WAITING      = 10000,

	/* lines of access logs that wait to be written */
	LIMIT_LOG_LINES         = 10000, /* for one target */
	LIMIT_LOG_BYTES         = 16 * 1024 * 1024,

	/* internal calls */
	LIMIT_CALL_DEPTH        = 8,
};
/* clang-format on */

#endif
