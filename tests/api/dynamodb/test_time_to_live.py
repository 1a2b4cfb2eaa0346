"""Times to live: items go when it is time."""
import time

import pytest

from . import index, item, new_name, new_table, put_all, refused
from .test_streams import arn_of, records, view

START = "2030-01-01T12:00:00Z"
NOON = 1893499200
YEAR = 365 * 24 * 3600


@pytest.fixture
def program(start):
    running = start("--settable-clock")
    running.set_clock(START)
    return running


@pytest.fixture
def dynamodb(program):
    return program.client("dynamodb", parameter_validation=False)


def turn(dynamodb, table, on, attribute="ttl"):
    return dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={
        "Enabled": on, "AttributeName": attribute})["TimeToLiveSpecification"]


def described(dynamodb, table):
    return dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]


@pytest.fixture
def table(dynamodb):
    name = new_table(dynamodb, "id:S")
    turn(dynamodb, name, True)
    return name


def ids(dynamodb, table, **more):
    return sorted(i["id"]["S"] for i in dynamodb.scan(TableName=table, **more)["Items"])


# On and off.

def test_a_time_to_live_is_turned_on_and_off(dynamodb):
    table = new_table(dynamodb, "id:S")
    assert described(dynamodb, table) == {"TimeToLiveStatus": "DISABLED"}
    assert turn(dynamodb, table, True) == {"Enabled": True, "AttributeName": "ttl"}
    assert described(dynamodb, table) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    assert turn(dynamodb, table, False) == {"Enabled": False, "AttributeName": "ttl"}
    assert described(dynamodb, table) == {"TimeToLiveStatus": "DISABLED"}


def test_it_is_not_turned_on_or_off_twice(dynamodb, table):
    with refused("TimeToLive is already enabled"):
        turn(dynamodb, table, True)
    for on in (True, False):
        with refused("TimeToLive is active on a different AttributeName: current AttributeName is ttl"):
            turn(dynamodb, table, on, "other")
    turn(dynamodb, table, False)
    with refused("TimeToLive is already disabled"):
        turn(dynamodb, table, False)


def test_a_table_is_also_named_by_its_arn(dynamodb, table):
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    assert described(dynamodb, arn) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    turn(dynamodb, arn, False)
    assert described(dynamodb, table) == {"TimeToLiveStatus": "DISABLED"}


def test_a_table_that_is_not_there_has_no_time_to_live(dynamodb):
    name = new_name()
    message = f"Requested resource not found: Table: {name} not found"
    with refused(message, "ResourceNotFoundException"):
        described(dynamodb, name)
    with refused(message, "ResourceNotFoundException"):
        turn(dynamodb, name, True)


def test_the_attribute_has_a_name_of_255_bytes_at_most(dynamodb, table):
    with refused("1 validation error detected: Value '" + "x" * 256 + "' at 'timeToLiveSpecification.attributeName' "
                 "failed to satisfy constraint: Member must have length less than or equal to 255"):
        turn(dynamodb, table, False, "x" * 256)
    with refused("1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed to satisfy "
                 "constraint: Member must not be null"):
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "ttl"})


# Expired.

def test_an_item_expires_at_its_time(program, dynamodb, table):
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60), item(id="b", ttl=NOON + 7200)])
    program.set_clock("2030-01-01T12:00:30Z")
    assert ids(dynamodb, table) == ["a", "b"]
    program.set_clock("2030-01-01T12:01:01Z")
    assert ids(dynamodb, table) == ["b"]
    program.set_clock("2030-01-01T14:00:01Z")
    assert ids(dynamodb, table) == []


def test_it_does_so_without_anybody_setting_a_clock(menagerie):
    dynamodb = menagerie.client("dynamodb")
    table = new_table(dynamodb, "id:S")
    turn(dynamodb, table, True)
    dynamodb.put_item(TableName=table, Item=item(id="a", ttl=int(time.time()) - 60))
    deadline = time.monotonic() + 20
    while ids(dynamodb, table) and time.monotonic() < deadline:
        pass
    assert ids(dynamodb, table) == []


@pytest.mark.parametrize("value", [
    {"S": str(NOON - 60)}, {"N": "-1"}, {"N": "0"}, {"N": str(NOON - 6 * YEAR)}, {"N": "1E+125"}, {"N": "1E+13"},
    {"NS": [str(NOON - 60)]}, {"L": [{"N": str(NOON - 60)}]}, {"BOOL": True}, {"NULL": True},
    {"M": {"ttl": {"N": str(NOON - 60)}}}, {"N": "9" * 38}, {"N": "1E-130"}])
def test_what_is_no_time_of_the_last_five_years_stays(program, dynamodb, table, value):
    dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "ttl": value})
    dynamodb.put_item(TableName=table, Item=item(id="b", ttl=NOON - 60))
    program.set_clock("2030-01-01T12:01:00Z")
    assert ids(dynamodb, table) == ["a"]


@pytest.mark.parametrize("number", [f"{NOON // 100}E2", f"{NOON - 1}.5", f"{NOON}.000", str(NOON - 5 * YEAR + 600)])
def test_a_time_may_be_written_in_any_way(program, dynamodb, table, number):
    dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "ttl": {"N": number}})
    program.set_clock("2030-01-01T12:01:00Z")
    assert ids(dynamodb, table) == []


def test_a_later_time_saves_an_item(program, dynamodb, table):
    put_all(dynamodb, table, [item(id=i, ttl=NOON + 60) for i in "abcd"])
    dynamodb.put_item(TableName=table, Item=item(id="a", ttl=NOON + 3600))
    dynamodb.update_item(TableName=table, Key=item(id="b"), UpdateExpression="REMOVE #t",
                         ExpressionAttributeNames={"#t": "ttl"})
    dynamodb.delete_item(TableName=table, Key=item(id="c"))
    dynamodb.put_item(TableName=table, Item=item(id="c"))
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["a", "b", "c"]


def test_an_attribute_of_the_key_may_be_the_time(program, dynamodb):
    table = new_table(dynamodb, "id:S", "at:N")
    turn(dynamodb, table, True, "at")
    put_all(dynamodb, table, [item(id="a", at=NOON + 60), item(id="b", at=NOON + 7200)])
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["b"]


def test_indexes_lose_what_expires(program, dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-kind", "kind:S"),
                                                 index("keys", "kind:S", project="KEYS_ONLY")])
    turn(dynamodb, table, True)
    put_all(dynamodb, table, [item(id="a", kind="x", ttl=NOON + 60), item(id="b", kind="x")])
    program.set_clock("2030-01-01T12:02:00Z")
    for name in ("by-kind", "keys"):
        assert ids(dynamodb, table, IndexName=name) == ["b"]
    assert ids(dynamodb, table) == ["b"]


def test_a_stream_tells_who_removed_an_item(program, dynamodb):
    table = new_table(dynamodb, "id:S", **view("NEW_AND_OLD_IMAGES"))
    turn(dynamodb, table, True)
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60), item(id="b", ttl=NOON + 60)])
    dynamodb.delete_item(TableName=table, Key=item(id="b"))
    program.set_clock("2030-01-01T12:02:00Z")
    found = records(program.client("dynamodbstreams"), arn_of(dynamodb, table))
    assert [(r["eventName"], r["dynamodb"]["Keys"]["id"]["S"], r.get("userIdentity")) for r in found] == [
        ("INSERT", "a", None), ("INSERT", "b", None), ("REMOVE", "b", None),
        ("REMOVE", "a", {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"})]
    assert found[-1]["dynamodb"]["OldImage"] == item(id="a", ttl=NOON + 60)


# Items that are there when it is turned on or off.

def test_what_was_there_before_expires_too(program, dynamodb):
    table = new_table(dynamodb, "id:S")
    put_all(dynamodb, table, [item(id=str(n), ttl=NOON + 60) for n in range(600)] + [item(id="x")])
    turn(dynamodb, table, True)
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["x"]


def test_nothing_expires_any_more_when_it_is_off(program, dynamodb, table):
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60)])
    turn(dynamodb, table, False)
    dynamodb.put_item(TableName=table, Item=item(id="b", ttl=NOON + 60))
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["a", "b"]


def test_another_attribute_counts_from_when_it_is_turned_on(program, dynamodb, table):
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60, other=NOON + 7200), item(id="b", other=NOON + 60)])
    turn(dynamodb, table, False)
    turn(dynamodb, table, True, "other")
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["a"]
    program.set_clock("2030-01-01T14:02:00Z")
    assert ids(dynamodb, table) == []


def test_a_table_of_the_same_name_inherits_no_times(program, dynamodb, table):
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60)])
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST",
                          KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    dynamodb.put_item(TableName=table, Item=item(id="a", ttl=NOON + 60))
    program.set_clock("2030-01-01T12:02:00Z")
    assert ids(dynamodb, table) == ["a"]


def test_expiries_outlive_a_restart(start, program, dynamodb, table):
    put_all(dynamodb, table, [item(id="a", ttl=NOON + 60), item(id="b", ttl=NOON + 7200)])
    program.stop()
    again = start("--settable-clock", data=program.data)
    again.set_clock("2030-01-01T12:02:00Z")
    assert ids(again.client("dynamodb"), table) == ["b"]
