/*
 * The names that the Streams API deals in: of streams, of shards, of places in them, and of iterators. Pure
 * functions of text; what comes back from a client is bounded and checked here.
 *
 * A stream has one shard, and a shard's records are counted from 1. A place is the sequence of the record
 * that is read next.
 */
#ifndef SERVICES_DYNAMODB_SHARD_H
#define SERVICES_DYNAMODB_SHARD_H

#include "base/arena.h"

enum { SHARD_SECRET_SIZE = 32 };

/* arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2015-06-27T00:48:05.899 */
struct stream_name {
	str account, region, table_name, label;
};

str stream_arn(struct arena *a, const struct stream_name *name);
bool stream_name_parse(str arn, struct stream_name *ret);

/* shardId-00000001435365285899-5f2d1c3a: it sorts by the time at which the shard was made. */
str shard_id(struct arena *a, int64_t stream, int64_t created);

/*
 * Sequence numbers have 21 digits, so that they sort as text too. Between those of two records there is
 * another, that of no record: a shard begins and ends with such ones, so that both AT and AFTER its
 * StartingSequenceNumber is its first record, be it there yet or not.
 */
str sequence_number(struct arena *a, int64_t sequence);
str sequence_number_before(struct arena *a, int64_t sequence);

struct sequence_place {
	int64_t at, after; /* the places that AT_ and AFTER_SEQUENCE_NUMBER mean */
};
bool sequence_number_parse(str text, struct sequence_place *ret);

/* An iterator: whose, where, and since when. It is signed with a secret of the stream's. */
struct shard_iterator {
	struct stream_name stream;
	int64_t place, made;

	str arn, payload, signature; /* for shard_iterator_is_genuine */
};

str shard_iterator_text(struct arena *a, str secret, str arn, int64_t place, int64_t now);
/* Nothing in it is to be believed before it is genuine, but the stream that it says it is of. */
bool shard_iterator_parse(struct arena *a, str text, struct shard_iterator *ret);
bool shard_iterator_is_genuine(struct arena *a, str secret, const struct shard_iterator *it);

#endif
