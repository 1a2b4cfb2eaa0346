/*
 * Stream ARNs, sequence numbers and shard iterators of any bytes. What is accepted is written again and must
 * be the same; nothing that was not signed is genuine.
 */
#include "base/str.h"
#include "services/dynamodb/shard.h"

#include <stdlib.h>

static void check_name(struct arena *a, str text)
{
	struct stream_name name;

	if (stream_name_parse(text, &name) && !str_eq(stream_arn(a, &name), text))
		abort();
}

static void check_sequence_number(struct arena *a, str text)
{
	struct sequence_place place;

	if (!sequence_number_parse(text, &place))
		return;
	if (place.at < 0 || place.after < place.at || place.after > place.at + 1)
		abort();
	if (place.after > place.at && !str_eq(sequence_number(a, place.at), text))
		abort();
}

static void check_iterator(struct arena *a, str text)
{
	static const str secret = STR_INIT("a secret that the fuzzer cannot ");
	struct shard_iterator it;

	if (shard_iterator_parse(a, text, &it) && shard_iterator_is_genuine(a, secret, &it))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	str text = { (const char *)data, size };

	check_name(&a, text);
	check_sequence_number(&a, text);
	check_iterator(&a, text);
	arena_release(&a);
	return 0;
}
