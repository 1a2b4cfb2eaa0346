#include "services/dynamodb/shard.h"
#include "tests/unit/check.h"

#include <string.h>

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2015-06-27T00:48:05.899"

static struct arena arena;
static const str secret = STR_INIT("0123456789abcdef0123456789abcdef");
static const str other_secret = STR_INIT("0123456789abcdef0123456789abcdeF");

TEST(stream_name_parse_reads_what_stream_arn_writes)
{
	struct stream_name name;

	expect(stream_name_parse(STR(ARN), &name));
	expect_str(name.region, "us-east-1");
	expect_str(name.account, "000000000000");
	expect_str(name.table_name, "Music");
	expect_str(name.label, "2015-06-27T00:48:05.899");
	expect_str(stream_arn(&arena, &name), ARN);
}

TEST(stream_name_parse_refuses_other_arns)
{
	static const char *others[] = {
		"",
		"arn:aws:dynamodb:us-east-1:000000000000:table/Music",
		"arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/",
		"arn:aws:dynamodb:us-east-1:000000000000:table//stream/2015-06-27T00:48:05.899",
		"arn:aws:dynamodb:us-east-1::table/Music/stream/2015-06-27T00:48:05.899",
		"arn:aws:dynamodb::000000000000:table/Music/stream/2015-06-27T00:48:05.899",
		"arn:aws:dynamodb:us-east-1:000000000000:table/Music/index/Music",
		"arn:aws:kinesis:us-east-1:000000000000:table/Music/stream/2015-06-27T00:48:05.899",
	};
	struct stream_name name;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		expect(!stream_name_parse(str_from(others[i]), &name));
}

TEST(shard_id_has_the_length_of_aws)
{
	str id = shard_id(&arena, 7, 1435365285899);

	expect_int(id.n, strlen("shardId-00000001414576573621-f55eea83"));
	expect(str_starts(id, STR("shardId-00000001435365285899-")));
	expect(!str_eq(id, shard_id(&arena, 8, 1435365285899)));
}

TEST(sequence_numbers_sort_as_text)
{
	str nine = sequence_number(&arena, 9), ten = sequence_number(&arena, 10);

	expect_int(nine.n, 21);
	expect(str_cmp(sequence_number_before(&arena, 9), nine) < 0);
	expect(str_cmp(nine, sequence_number_before(&arena, 10)) < 0);
	expect(str_cmp(sequence_number_before(&arena, 10), ten) < 0);
	expect_int(sequence_number(&arena, 999999999999999999).n, 21);
}

TEST(sequence_number_of_a_record_is_at_it_and_after_it)
{
	struct sequence_place place;

	expect(sequence_number_parse(sequence_number(&arena, 41), &place));
	expect_int(place.at, 41);
	expect_int(place.after, 42);
}

TEST(sequence_number_before_a_record_leads_to_it_either_way)
{
	struct sequence_place place;

	expect(sequence_number_parse(sequence_number_before(&arena, 1), &place));
	expect_int(place.at, 1);
	expect_int(place.after, 1);
}

TEST(sequence_number_parse_refuses_what_was_never_given_out)
{
	static const char *others[] = {
		"",
		"1",
		"200000000000000000100",
		"10000000000000000010",
		"1000000000000000001000",
		"1-0000000000000000100",
		"1000000000000000001-1",
		"1000000000000000001 0",
		"1 0000000000000000100",
		"10000000000000000a100",
	};
	struct sequence_place place;

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		expect(!sequence_number_parse(str_from(others[i]), &place));
}

TEST(shard_iterator_says_whose_where_and_when)
{
	struct shard_iterator it;
	str text = shard_iterator_text(&arena, secret, STR(ARN), 42, 1435365285899);

	expect(str_starts(text, STR(ARN "|1|")));
	expect(shard_iterator_parse(&arena, text, &it));
	expect_str(it.arn, ARN);
	expect_str(it.stream.table_name, "Music");
	expect_int(it.place, 42);
	expect_int(it.made, 1435365285899);
	expect(shard_iterator_is_genuine(&arena, secret, &it));
	expect(!shard_iterator_is_genuine(&arena, other_secret, &it));
}

TEST(shard_iterator_that_was_changed_anywhere_is_not_genuine)
{
	str text = shard_iterator_text(&arena, secret, STR(ARN), 42, 1435365285899);

	for (size_t i = 0; i < text.n; i++) {
		struct shard_iterator it;
		char *changed = arena_cstr(&arena, text);

		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		expect(!shard_iterator_parse(&arena, (str){ changed, text.n }, &it) ||
		       !shard_iterator_is_genuine(&arena, secret, &it));
	}
}

TEST(shard_iterator_parse_refuses_what_is_cut_short_or_longer)
{
	str text = shard_iterator_text(&arena, secret, STR(ARN), 42, 1435365285899);
	struct shard_iterator it;

	for (size_t n = 0; n < text.n; n++)
		expect(!shard_iterator_parse(&arena, str_from_to(text, 0, n), &it));
	expect(!shard_iterator_parse(&arena, arena_join(&arena, text, STR("AAAA")), &it));
}

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

TESTS_WITH(NULL, release,
           {
		   RUN(stream_name_parse_reads_what_stream_arn_writes),
		   RUN(stream_name_parse_refuses_other_arns),
		   RUN(shard_id_has_the_length_of_aws),
		   RUN(sequence_numbers_sort_as_text),
		   RUN(sequence_number_of_a_record_is_at_it_and_after_it),
		   RUN(sequence_number_before_a_record_leads_to_it_either_way),
		   RUN(sequence_number_parse_refuses_what_was_never_given_out),
		   RUN(shard_iterator_says_whose_where_and_when),
		   RUN(shard_iterator_that_was_changed_anywhere_is_not_genuine),
		   RUN(shard_iterator_parse_refuses_what_is_cut_short_or_longer),
	   })
