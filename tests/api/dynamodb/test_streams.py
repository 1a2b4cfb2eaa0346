"""Streams: what they tell of a table's changes."""
import json
import re
from random import Random

import pytest
from conftest import sign

from . import item, new_table, put_all, refused

VIEWS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


def view(name):
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": name}}


@pytest.fixture
def streams(menagerie):
    return menagerie.client("dynamodbstreams", parameter_validation=False)


def arn_of(dynamodb, table):
    return dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]


def describe(streams, arn):
    return streams.describe_stream(StreamArn=arn)["StreamDescription"]


def describe_by_hand(menagerie, body):
    status, _, reply = menagerie.signed("POST", "/", json.dumps(body).encode(), service="dynamodb", headers={
        "X-Amz-Target": "DynamoDBStreams_20120810.DescribeStream", "Content-Type": "application/x-amz-json-1.0"})
    return status, json.loads(reply).get("StreamDescription", {}).get("Shards")


def iterator(streams, arn, kind="TRIM_HORIZON", **more):
    shard = describe(streams, arn)["Shards"][0]["ShardId"]
    return streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]


def records(streams, arn, kind="TRIM_HORIZON", **more):
    return streams.get_records(ShardIterator=iterator(streams, arn, kind, **more))["Records"]


def names_and_images(found):
    return [(r["eventName"], r["dynamodb"].get("NewImage"), r["dynamodb"].get("OldImage")) for r in found]


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S", **view("NEW_AND_OLD_IMAGES"))


@pytest.fixture
def arn(dynamodb, table):
    return arn_of(dynamodb, table)


# Listed.

def test_a_table_lists_its_stream(dynamodb, streams):
    table, other = new_table(dynamodb, "id:S", **view("KEYS_ONLY")), new_table(dynamodb, "id:S")
    arn = arn_of(dynamodb, table)
    label = arn.rpartition("/")[2]
    assert streams.list_streams(TableName=table)["Streams"] == [
        {"StreamArn": arn, "TableName": table, "StreamLabel": label}]
    assert streams.list_streams(TableName=other)["Streams"] == []
    assert streams.list_streams(TableName="there-is-no-such-table")["Streams"] == []


def test_an_arn_has_the_time_of_its_making(dynamodb, arn, table):
    described = dynamodb.describe_table(TableName=table)["Table"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", described["LatestStreamLabel"])
    assert arn == f"{described['TableArn']}/stream/{described['LatestStreamLabel']}"


def test_streams_are_listed_in_pages(dynamodb, streams):
    wanted = {arn_of(dynamodb, new_table(dynamodb, "id:S", **view("KEYS_ONLY"))) for _ in range(3)}
    page = streams.list_streams(Limit=1)
    found = [s["StreamArn"] for s in page["Streams"]]
    while "LastEvaluatedStreamArn" in page:
        assert len(page["Streams"]) == 1
        page = streams.list_streams(Limit=1, ExclusiveStartStreamArn=page["LastEvaluatedStreamArn"])
        found += [s["StreamArn"] for s in page["Streams"]]
    assert wanted <= set(found)
    assert len(found) == len(set(found))


def test_a_list_goes_on_only_within_its_table(dynamodb, streams, table, arn):
    assert streams.list_streams(TableName=table, ExclusiveStartStreamArn=arn)["Streams"] == []
    later = arn.replace(table, "~" + table)
    assert streams.list_streams(TableName=table, ExclusiveStartStreamArn=later)["Streams"] == []


def test_a_list_has_at_most_100_streams(streams):
    with refused("1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have "
                 "value less than or equal to 100"):
        streams.list_streams(Limit=101)


def test_a_list_does_not_begin_at_what_is_no_stream(streams):
    with refused("Invalid StreamArn"):
        streams.list_streams(ExclusiveStartStreamArn="arn:aws:dynamodb:us-east-1:000000000000:table/Music")


def test_other_accounts_do_not_see_a_stream(menagerie, arn):
    other = menagerie.client("dynamodbstreams", key="111122223333")
    assert arn not in [s["StreamArn"] for s in other.list_streams()["Streams"]]
    with refused(f"Requested resource not found: Stream: {arn} not found", "ResourceNotFoundException"):
        other.describe_stream(StreamArn=arn)


# Described.

@pytest.mark.parametrize("name", VIEWS)
def test_a_stream_is_described(dynamodb, streams, name):
    table = new_table(dynamodb, "id:S", "at:N", **view(name))
    found = describe(streams, arn_of(dynamodb, table))
    shard = found.pop("Shards")[0]
    assert found.pop("CreationRequestDateTime").isoformat()[:23].ljust(23, "0")[:19] == found["StreamLabel"][:19]
    assert found == {"StreamArn": arn_of(dynamodb, table), "StreamLabel": arn_of(dynamodb, table).rpartition("/")[2],
                     "StreamStatus": "ENABLED", "StreamViewType": name, "TableName": table,
                     "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"},
                                   {"AttributeName": "at", "KeyType": "RANGE"}]}
    assert re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", shard["ShardId"])
    assert re.fullmatch(r"\d{21}", shard["SequenceNumberRange"]["StartingSequenceNumber"])
    assert "EndingSequenceNumber" not in shard["SequenceNumberRange"]


def test_no_shard_comes_after_the_last(streams, arn):
    last = describe(streams, arn)["Shards"][-1]["ShardId"]
    assert streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=last)["StreamDescription"]["Shards"] == []
    before = "shardId-" + "0" * 20
    assert len(streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=before)["StreamDescription"]["Shards"]) == 1


def test_a_shard_has_no_children(menagerie, streams, arn):
    """By hand, for a botocore that is older than the filter."""
    shard = describe(streams, arn)["Shards"][0]["ShardId"]
    children = {"StreamArn": arn, "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": shard}}
    assert describe_by_hand(menagerie, children) == (200, [])
    del children["ShardFilter"]["ShardId"]
    assert describe_by_hand(menagerie, children)[0] == 400


def test_what_is_no_stream_is_not_described(streams, arn):
    with refused("Invalid StreamArn"):
        streams.describe_stream(StreamArn="x" * 40)
    gone = arn[:-1] + "x"
    with refused(f"Requested resource not found: Stream: {gone} not found", "ResourceNotFoundException"):
        streams.describe_stream(StreamArn=gone)


# Records.

def test_a_record_tells_of_an_insertion(dynamodb, streams, table, arn):
    """The sizes are those of AWS's own example."""
    table = new_table(dynamodb, "Id:N", **view("NEW_AND_OLD_IMAGES"))
    dynamodb.put_item(TableName=table, Item=item(Id=101, Message="New item!"))
    dynamodb.put_item(TableName=table, Item=item(Id=101, Message="This item has changed"))
    dynamodb.delete_item(TableName=table, Key=item(Id=101))
    found = records(streams, arn_of(dynamodb, table))
    assert [r["dynamodb"]["SizeBytes"] for r in found] == [26, 59, 38]
    assert names_and_images(found) == [
        ("INSERT", item(Id=101, Message="New item!"), None),
        ("MODIFY", item(Id=101, Message="This item has changed"), item(Id=101, Message="New item!")),
        ("REMOVE", None, item(Id=101, Message="This item has changed"))]


def test_a_record_says_where_it_is_from(dynamodb, streams, table, arn):
    put_all(dynamodb, table, [item(id="a"), item(id="b")])
    found = records(streams, arn)
    for record in found:
        assert (record["eventVersion"], record["eventSource"], record["awsRegion"]) == (
            "1.1", "aws:dynamodb", "us-east-1")
        assert re.fullmatch(r"[0-9a-f]{32}", record["eventID"])
        assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert record["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0
        assert "userIdentity" not in record
    assert len({r["eventID"] for r in found}) == 2
    numbers = [r["dynamodb"]["SequenceNumber"] for r in found]
    assert numbers == sorted(numbers) and {len(n) for n in numbers} == {21}


@pytest.mark.parametrize("name, new, old", [("KEYS_ONLY", False, False), ("NEW_IMAGE", True, False),
                                            ("OLD_IMAGE", False, True), ("NEW_AND_OLD_IMAGES", True, True)])
def test_a_view_shows_no_more_than_it_says(dynamodb, streams, name, new, old):
    table = new_table(dynamodb, "id:S", "at:N", **view(name))
    first, second, key = item(id="a", at=1, x=1), item(id="a", at=1, x=2), item(id="a", at=1)
    dynamodb.put_item(TableName=table, Item=first)
    dynamodb.put_item(TableName=table, Item=second)
    dynamodb.delete_item(TableName=table, Key=key)
    found = records(streams, arn_of(dynamodb, table))
    assert [r["dynamodb"]["Keys"] for r in found] == [key] * 3
    assert names_and_images(found) == [
        ("INSERT", first if new else None, None),
        ("MODIFY", second if new else None, first if old else None),
        ("REMOVE", None, second if old else None)]


def test_what_changes_nothing_has_no_record(dynamodb, streams, table, arn):
    put = item(id="a", n=1, s={"x", "y"})
    dynamodb.put_item(TableName=table, Item=put)
    dynamodb.put_item(TableName=table, Item={**put, "n": {"N": "1.0"}, "s": {"SS": ["y", "x"]}})
    dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression="SET n = :n REMOVE z",
                         ExpressionAttributeValues=item(**{":n": 1}))
    dynamodb.delete_item(TableName=table, Key=item(id="b"))
    assert [name for name, _, _ in names_and_images(records(streams, arn))] == ["INSERT"]


def test_an_update_that_makes_an_item_is_an_insertion(dynamodb, streams, table, arn):
    dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression="SET n = :n",
                         ExpressionAttributeValues=item(**{":n": 1}))
    dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression="ADD n :n",
                         ExpressionAttributeValues=item(**{":n": 1}))
    assert names_and_images(records(streams, arn)) == [
        ("INSERT", item(id="a", n=1), None), ("MODIFY", item(id="a", n=2), item(id="a", n=1))]


def test_a_write_that_is_refused_has_no_record(dynamodb, streams, table, arn):
    with refused("The conditional request failed", "ConditionalCheckFailedException"):
        dynamodb.put_item(TableName=table, Item=item(id="a"), ConditionExpression="attribute_exists(id)")
    assert records(streams, arn) == []


def test_a_transaction_has_a_record_for_each_write_or_none(dynamodb, streams, table, arn):
    def put(name, **condition):
        return {"Put": {"TableName": table, "Item": item(id=name), **condition}}

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[put("a"), put("b", ConditionExpression="attribute_exists(id)")])
    dynamodb.transact_write_items(TransactItems=[put("c"), put("d")])
    assert [r["dynamodb"]["Keys"]["id"]["S"] for r in records(streams, arn)] == ["c", "d"]


def test_what_its_records_tell_adds_up_to_the_table(dynamodb, streams, table, arn):
    random, told = Random(20120810), {}
    for n in range(300):
        key = item(id=str(random.randrange(20)))
        if random.random() < 0.3:
            dynamodb.delete_item(TableName=table, Key=key)
        elif random.random() < 0.5:
            dynamodb.put_item(TableName=table, Item={**key, **item(n=random.randrange(3))})
        else:
            dynamodb.update_item(TableName=table, Key=key, UpdateExpression="ADD n :n",
                                 ExpressionAttributeValues=item(**{":n": random.randrange(2)}))
    for record in records(streams, arn):
        change = record["dynamodb"]
        assert change.get("OldImage") == told.pop(change["Keys"]["id"]["S"], None)
        assert change.get("OldImage") != change.get("NewImage")
        if record["eventName"] != "REMOVE":
            told[change["Keys"]["id"]["S"]] = change["NewImage"]
    assert told == {i["id"]["S"]: i for i in dynamodb.scan(TableName=table)["Items"]}


def test_every_type_comes_through_a_stream_as_it_went_in(dynamodb, streams, table, arn):
    everything = item(id="a", b=b"\0\xff", n=-1, t=True, z=None, ss={"x"}, ns={1}, bs={b"x"}, m={"l": [1, {"k": ""}]},
                      u='"\\\u2028\n')
    dynamodb.put_item(TableName=table, Item=everything)
    assert records(streams, arn)[0]["dynamodb"]["NewImage"] == everything


# Places.

@pytest.fixture
def three(dynamodb, table, streams, arn):
    """The sequence numbers of three records."""
    put_all(dynamodb, table, [item(id="a"), item(id="b"), item(id="c")])
    return [r["dynamodb"]["SequenceNumber"] for r in records(streams, arn)]


def test_each_kind_of_iterator_begins_at_its_place(dynamodb, streams, table, arn, three):
    def ids(kind, **more):
        return [r["dynamodb"]["SequenceNumber"] for r in records(streams, arn, kind, **more)]

    assert ids("TRIM_HORIZON") == three
    assert ids("LATEST") == []
    assert ids("AT_SEQUENCE_NUMBER", SequenceNumber=three[1]) == three[1:]
    assert ids("AFTER_SEQUENCE_NUMBER", SequenceNumber=three[1]) == three[2:]
    assert ids("AFTER_SEQUENCE_NUMBER", SequenceNumber=three[2]) == []


def test_latest_sees_what_comes_after_it(dynamodb, streams, table, arn, three):
    place = iterator(streams, arn, "LATEST")
    dynamodb.put_item(TableName=table, Item=item(id="d"))
    assert [r["dynamodb"]["Keys"] for r in streams.get_records(ShardIterator=place)["Records"]] == [item(id="d")]


def test_a_shard_begins_before_its_first_record(dynamodb, streams, table, arn):
    start = describe(streams, arn)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    at = iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=start)
    after = iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=start)
    dynamodb.put_item(TableName=table, Item=item(id="a"))
    for place in (at, after):
        assert len(streams.get_records(ShardIterator=place)["Records"]) == 1


def test_records_come_in_pages_that_go_on_for_ever(dynamodb, streams, table, arn, three):
    page = streams.get_records(ShardIterator=iterator(streams, arn), Limit=2)
    assert [r["dynamodb"]["SequenceNumber"] for r in page["Records"]] == three[:2]
    page = streams.get_records(ShardIterator=page["NextShardIterator"], Limit=2)
    assert [r["dynamodb"]["SequenceNumber"] for r in page["Records"]] == three[2:]
    page = streams.get_records(ShardIterator=page["NextShardIterator"])
    assert page["Records"] == []
    dynamodb.put_item(TableName=table, Item=item(id="d"))
    assert len(streams.get_records(ShardIterator=page["NextShardIterator"])["Records"]) == 1


def test_a_page_has_at_most_a_megabyte(dynamodb, streams, table, arn):
    for n in range(5):
        dynamodb.put_item(TableName=table, Item=item(id=str(n), text="x" * 300_000))
    page = streams.get_records(ShardIterator=iterator(streams, arn))
    assert len(page["Records"]) == 3
    assert len(streams.get_records(ShardIterator=page["NextShardIterator"])["Records"]) == 2


def test_a_record_larger_than_a_page_comes_alone(dynamodb, streams, table, arn):
    for text in ("\1" * 200_000, "\2" * 200_000):
        dynamodb.put_item(TableName=table, Item=item(id="a", text=text))
    page = streams.get_records(ShardIterator=iterator(streams, arn))
    assert [r["eventName"] for r in page["Records"]] == ["INSERT"]
    page = streams.get_records(ShardIterator=page["NextShardIterator"])
    assert [r["dynamodb"]["NewImage"]["text"]["S"][0] for r in page["Records"]] == ["\2"]


def test_a_page_has_at_most_1000_records(dynamodb, streams, table, arn):
    put_all(dynamodb, table, [item(id=str(n)) for n in range(1001)])
    page = streams.get_records(ShardIterator=iterator(streams, arn))
    assert len(page["Records"]) == 1000
    assert len(streams.get_records(ShardIterator=page["NextShardIterator"])["Records"]) == 1
    with refused("1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have "
                 "value less than or equal to 1000"):
        streams.get_records(ShardIterator=iterator(streams, arn), Limit=1001)


def test_a_sequence_number_goes_with_its_types_of_iterator(streams, arn, three):
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        with refused(f"SequenceNumber is required for ShardIteratorType {kind}"):
            iterator(streams, arn, kind)
    for kind in ("TRIM_HORIZON", "LATEST"):
        with refused(f"SequenceNumber is not allowed for ShardIteratorType {kind}"):
            iterator(streams, arn, kind, SequenceNumber=three[0])


@pytest.mark.parametrize("number", ["9" * 21, "1" + "9" * 20, "x" * 21, "1" + "0" * 39, "1-0000000000000000100"])
def test_a_sequence_number_of_no_record_is_refused(streams, arn, three, number):
    with refused("Invalid SequenceNumber"):
        iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)


def test_a_shard_of_another_stream_is_not_there(dynamodb, streams, arn):
    other = arn_of(dynamodb, new_table(dynamodb, "id:S", **view("KEYS_ONLY")))
    shard = describe(streams, other)["Shards"][0]["ShardId"]
    with refused("Requested resource not found: Shard does not exist", "ResourceNotFoundException"):
        streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="LATEST")


def test_an_iterator_that_was_tampered_with_is_refused(dynamodb, streams, arn, three):
    place = iterator(streams, arn)
    head, _, tail = place.rpartition("|")
    other = arn_of(dynamodb, new_table(dynamodb, "id:S", **view("KEYS_ONLY")))
    for bad in ("x", place + "A", place[:-4], head + "|" + ("B" if tail[5] == "A" else "A") + tail[1:],
                head.replace("|1", "|2") + "|" + tail, f"{other}|1|{tail}", f"{arn}|1|" + "A" * 64, f"{arn}|1|"):
        with refused("Invalid ShardIterator"):
            streams.get_records(ShardIterator=bad)


def test_an_iterator_is_of_no_use_to_others(menagerie, streams, arn):
    other = menagerie.client("dynamodbstreams", key="111122223333")
    with refused(f"Requested resource not found: Stream: {arn} not found", "ResourceNotFoundException"):
        other.get_records(ShardIterator=iterator(streams, arn))


# Closed.

def close(dynamodb, table):
    dynamodb.update_table(TableName=table, StreamSpecification={"StreamEnabled": False})


def test_a_closed_stream_is_read_to_its_end(dynamodb, streams, table, arn, three):
    place = iterator(streams, arn)
    close(dynamodb, table)
    dynamodb.put_item(TableName=table, Item=item(id="too late"))
    found = describe(streams, arn)
    assert found["StreamStatus"] == "DISABLED"
    assert found["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"] >= three[-1]
    page = streams.get_records(ShardIterator=place, Limit=2)
    assert [r["dynamodb"]["SequenceNumber"] for r in page["Records"]] == three[:2]
    page = streams.get_records(ShardIterator=page["NextShardIterator"])
    assert [r["dynamodb"]["SequenceNumber"] for r in page["Records"]] == three[2:]
    assert "NextShardIterator" not in page


def test_a_stream_that_is_opened_again_is_another(dynamodb, streams, table, arn, three):
    close(dynamodb, table)
    dynamodb.update_table(TableName=table, **view("KEYS_ONLY"))
    second = arn_of(dynamodb, table)
    assert second != arn
    assert [s["StreamArn"] for s in streams.list_streams(TableName=table)["Streams"]] == sorted([arn, second])
    dynamodb.put_item(TableName=table, Item=item(id="d"))
    assert [r["dynamodb"]["Keys"] for r in records(streams, second)] == [item(id="d")]
    assert len(records(streams, arn)) == 3


def test_a_stream_outlives_its_table(dynamodb, streams, table, arn, three):
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})
    assert describe(streams, arn)["StreamStatus"] == "DISABLED"
    assert [r["dynamodb"]["SequenceNumber"] for r in records(streams, arn)] == three


# The doors.

@pytest.mark.parametrize("host", ["streams.dynamodb.us-east-1.amazonaws.com", "dynamodb.localhost:4566"])
def test_the_target_tells_streams_from_tables(menagerie, host):
    headers = {"X-Amz-Target": "DynamoDBStreams_20120810.ListStreams", "Content-Type": "application/x-amz-json-1.0"}
    signed = sign(host, "POST", "/", b"{}", headers, service="dynamodb")
    status, _, body = menagerie.request("POST", "/", b"{}", {**signed, "Host": host})
    assert status == 200 and b'"Streams"' in body, body
