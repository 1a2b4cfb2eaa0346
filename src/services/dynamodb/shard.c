#include "services/dynamodb/shard.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/str.h"

enum {
	SEQUENCE_DIGITS = 21, /* a 1, eighteen of the record, two of what is between records */
	SEQUENCE_RECORD_DIGITS = 18,
	PAYLOAD_SIZE = 16,
};

/*
 * Streams and shards.
 */

str stream_arn(struct arena *a, const struct stream_name *name)
{
	return arena_printf(a, "arn:aws:dynamodb:%.*s:%.*s:table/%.*s/stream/%.*s",
	                    STR_ARG(name->region), STR_ARG(name->account),
	                    STR_ARG(name->table_name), STR_ARG(name->label));
}

static bool is_plain(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return true;
}

bool stream_name_parse(str arn, struct stream_name *ret)
{
	str rest = arn;
	struct stream_name name;

	if (!is_plain(arn) || !str_take(&rest, STR("arn:aws:dynamodb:")))
		return false;
	name.region = str_cut(&rest, ':');
	name.account = str_cut(&rest, ':');
	if (!str_take(&rest, STR("table/")))
		return false;
	name.table_name = str_cut(&rest, '/');
	if (!str_take(&rest, STR("stream/")))
		return false;
	name.label = rest;
	if (!name.region.n || !name.account.n || !name.table_name.n || !name.label.n)
		return false;
	*ret = name;
	return true;
}

str shard_id(struct arena *a, int64_t stream, int64_t created)
{
	/* Spread, only so that it looks like no counter: what follows the time means nothing. */
	uint32_t mark = (uint32_t)stream * 2654435761u;

	return arena_printf(a, "shardId-%020lld-%08x", (long long)created, mark);
}

/*
 * Sequence numbers.
 */

str sequence_number(struct arena *a, int64_t sequence)
{
	return arena_printf(a, "1%018lld00", (long long)sequence);
}

str sequence_number_before(struct arena *a, int64_t sequence)
{
	return arena_printf(a, "1%018lld50", (long long)sequence - 1);
}

bool sequence_number_parse(str text, struct sequence_place *ret)
{
	int64_t sequence, part;

	if (text.n != SEQUENCE_DIGITS || text.p[0] != '1' || !ascii_is_digit(text.p[1]) ||
	    !str_to_i64(str_from_to(text, 1, 1 + SEQUENCE_RECORD_DIGITS), &sequence) ||
	    !ascii_is_digit(text.p[1 + SEQUENCE_RECORD_DIGITS]) ||
	    !str_to_i64(str_after(text, 1 + SEQUENCE_RECORD_DIGITS), &part))
		return false;
	*ret = (struct sequence_place){ .at = sequence + (part != 0), .after = sequence + 1 };
	return true;
}

/*
 * Iterators: ARN|1|BASE64, of the place, the time and the signature.
 */

static void put_i64(char *out, int64_t n)
{
	for (int i = 0; i < 8; i++)
		out[i] = (char)((uint64_t)n >> (56 - 8 * i));
}

static int64_t get_i64(const char *in)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | (unsigned char)in[i];
	return (int64_t)n;
}

static void sign(struct arena *a, str secret, str arn, str payload, unsigned char out[SHA256_SIZE])
{
	hmac_sha256(secret, arena_join(a, payload, arn), out);
}

str shard_iterator_text(struct arena *a, str secret, str arn, int64_t place, int64_t now)
{
	char bytes[PAYLOAD_SIZE + SHA256_SIZE];
	str all = { bytes, sizeof(bytes) };

	put_i64(bytes, place);
	put_i64(bytes + 8, now);
	sign(a, secret, arn, (str){ bytes, PAYLOAD_SIZE }, (unsigned char *)bytes + PAYLOAD_SIZE);
	return arena_printf(a, "%.*s|1|%.*s", STR_ARG(arn), STR_ARG(base64_of(a, all)));
}

bool shard_iterator_parse(struct arena *a, str text, struct shard_iterator *ret)
{
	str rest = text, bytes;
	struct shard_iterator it = { .arn = str_cut(&rest, '|') };

	if (!rest.p || !str_take(&rest, STR("1|")) || !stream_name_parse(it.arn, &it.stream) ||
	    !base64_decode(a, rest, &bytes) || bytes.n != PAYLOAD_SIZE + SHA256_SIZE)
		return false;
	it.payload = str_from_to(bytes, 0, PAYLOAD_SIZE);
	it.signature = str_after(bytes, PAYLOAD_SIZE);
	it.place = get_i64(it.payload.p);
	it.made = get_i64(it.payload.p + 8);
	*ret = it;
	return true;
}

bool shard_iterator_is_genuine(struct arena *a, str secret, const struct shard_iterator *it)
{
	unsigned char wanted[SHA256_SIZE];

	sign(a, secret, it->arn, it->payload, wanted);
	return secret_eq(it->signature, (str){ (const char *)wanted, sizeof(wanted) });
}
