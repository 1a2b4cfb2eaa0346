"""What becomes of streams, their records and their iterators as time goes by."""
import pytest

from . import item, new_table, refused
from .test_streams import arn_of, close, describe, iterator, records, view

START = "2030-01-01T12:00:00Z"


@pytest.fixture
def program(start):
    running = start("--settable-clock")
    running.set_clock(START)
    return running


@pytest.fixture
def dynamodb(program):
    return program.client("dynamodb")


@pytest.fixture
def streams(program):
    return program.client("dynamodbstreams")


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S", **view("KEYS_ONLY"))


@pytest.fixture
def arn(dynamodb, table):
    return arn_of(dynamodb, table)


def put(dynamodb, table, name):
    dynamodb.put_item(TableName=table, Item=item(id=name))


def ids(found):
    return [r["dynamodb"]["Keys"]["id"]["S"] for r in found]


def test_an_iterator_lasts_for_15_minutes(program, dynamodb, streams, table, arn):
    put(dynamodb, table, "a")
    place = iterator(streams, arn)
    program.set_clock("2030-01-01T12:14:50Z")
    assert ids(streams.get_records(ShardIterator=place)["Records"]) == ["a"]
    program.set_clock("2030-01-01T12:15:10Z")
    with refused("Shard iterator has expired", "ExpiredIteratorException"):
        streams.get_records(ShardIterator=place)


def test_an_iterator_outlives_a_restart(start, program, dynamodb, streams, table, arn):
    put(dynamodb, table, "a")
    place = iterator(streams, arn)
    program.stop()
    again = start("--settable-clock", data=program.data)
    again.set_clock(START)
    assert ids(again.client("dynamodbstreams").get_records(ShardIterator=place)["Records"]) == ["a"]


def test_a_record_is_kept_for_24_hours(program, dynamodb, streams, table, arn):
    put(dynamodb, table, "a")
    first = records(streams, arn)[0]["dynamodb"]["SequenceNumber"]
    program.set_clock("2030-01-02T11:59:00Z")
    put(dynamodb, table, "b")
    assert ids(records(streams, arn)) == ["a", "b"]
    stale = iterator(streams, arn)
    program.set_clock("2030-01-02T12:01:00Z")
    assert ids(records(streams, arn)) == ["b"]
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        start = describe(streams, arn)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
        assert ids(records(streams, arn, kind, SequenceNumber=start)) == ["b"]
    trimmed = "The data you are trying to access has been trimmed"
    with refused(trimmed, "TrimmedDataAccessException"):
        streams.get_records(ShardIterator=stale)
    with refused(trimmed, "TrimmedDataAccessException"):
        iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=first)


def test_a_stream_goes_on_after_all_its_records_went(program, dynamodb, streams, table, arn):
    put(dynamodb, table, "a")
    program.set_clock("2030-01-03T12:00:00Z")
    place = iterator(streams, arn)
    assert streams.get_records(ShardIterator=place)["Records"] == []
    put(dynamodb, table, "b")
    assert ids(streams.get_records(ShardIterator=place)["Records"]) == ["b"]


def test_a_closed_stream_is_kept_for_24_hours(program, dynamodb, streams, table, arn):
    close(dynamodb, table)
    program.set_clock("2030-01-02T11:59:00Z")
    assert describe(streams, arn)["StreamStatus"] == "DISABLED"
    program.set_clock("2030-01-02T12:01:00Z")
    with refused(f"Requested resource not found: Stream: {arn} not found", "ResourceNotFoundException"):
        streams.describe_stream(StreamArn=arn)
    assert streams.list_streams(TableName=table)["Streams"] == []


def test_many_records_are_trimmed_at_once(program, dynamodb, streams, table, arn):
    for at in range(0, 2000, 25):
        dynamodb.batch_write_item(RequestItems={table: [
            {"PutRequest": {"Item": item(id=str(n))}} for n in range(at, at + 25)]})
    program.set_clock("2030-01-02T12:01:00Z")
    assert records(streams, arn) == []
