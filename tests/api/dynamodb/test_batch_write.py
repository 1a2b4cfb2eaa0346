"""BatchWriteItem: many puts and deletes at once."""
import pytest

from . import index, item, new_name, new_table, raw, refused

MISMATCH = "The provided key element does not match the schema"


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


def put(**attributes):
    return {"PutRequest": {"Item": item(**attributes)}}


def delete(**key):
    return {"DeleteRequest": {"Key": item(**key)}}


def nested(depth):
    return [nested(depth - 1)] if depth else "leaf"


def all_of(client, table, **more):
    return sorted(client.scan(TableName=table, ConsistentRead=True, **more)["Items"], key=lambda i: i["id"]["S"])


def test_puts_and_deletes_in_several_tables_are_all_made(dynamodb, table):
    second = new_table(dynamodb, "id:S")

    dynamodb.put_item(TableName=table, Item=item(id="gone"))
    dynamodb.put_item(TableName=second, Item=item(id="replaced", old=True))
    reply = dynamodb.batch_write_item(RequestItems={table: [put(id="a", n=1), delete(id="gone"), delete(id="never")],
                                                    second: [put(id="replaced", n=2)]})

    assert reply["UnprocessedItems"] == {}
    assert "ConsumedCapacity" not in reply and "ItemCollectionMetrics" not in reply
    assert all_of(dynamodb, table) == [item(id="a", n=1)]
    assert all_of(dynamodb, second) == [item(id="replaced", n=2)]


def test_a_batch_has_25_requests_over_all_its_tables(dynamodb, table):
    second = new_table(dynamodb, "id:S")
    requests = {table: [put(id=f"{i:02}") for i in range(13)], second: [put(id=f"{i:02}") for i in range(12)]}

    assert dynamodb.batch_write_item(RequestItems=requests)["UnprocessedItems"] == {}
    requests[second].append(put(id="more"))
    with refused("Too many items requested for the BatchWriteItem call"):
        dynamodb.batch_write_item(RequestItems=requests)
    assert len(all_of(dynamodb, table)) + len(all_of(dynamodb, second)) == 25


@pytest.mark.parametrize("requests", [
    [put(id="a", n=1), put(id="a", n=2)],
    [put(id="a"), put(id="b"), delete(id="a")],
    [delete(id="a"), delete(id="a")],
])
def test_two_requests_for_one_item_are_refused(dynamodb, table, requests):
    with refused("Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={table: requests})
    assert all_of(dynamodb, table) == []


def test_a_number_that_is_written_otherwise_is_the_same_key(dynamodb):
    table = new_table(dynamodb, "n:N")
    requests = [{"PutRequest": {"Item": {"n": {"N": text}}}} for text in ("1", "1.0")]

    with refused("Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={table: requests})


@pytest.mark.parametrize("request_", [{}, {**put(id="a"), **delete(id="a")}])
def test_a_request_puts_or_deletes_and_not_both_or_neither(dynamodb, table, request_):
    with refused("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
                 "datatypes"):
        dynamodb.batch_write_item(RequestItems={table: [request_]})


@pytest.mark.parametrize("request_, message", [
    (put(other="a"), MISMATCH),
    (put(id=1), MISMATCH),
    (put(id=["a"]), MISMATCH),
    (delete(other="a"), MISMATCH),
    (delete(id="a", more=1), MISMATCH),
    (put(id=""), "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
     "empty string value. Key: id"),
    (put(id="a", deep=nested(32)), "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
     "beyond supported limit"),
    (put(id="a", s="x" * 409600), "Item size has exceeded the maximum allowed size"),
])
def test_one_bad_request_refuses_the_batch(dynamodb, table, request_, message):
    with refused(message):
        dynamodb.batch_write_item(RequestItems={table: [put(id="good"), request_]})
    assert all_of(dynamodb, table) == []


def test_keys_of_indexes_must_fit(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-n", "n:N")])

    with refused("One or more parameter values were invalid: Type mismatch for Index Key n Expected: N Actual: S "
                 "IndexName: by-n"):
        dynamodb.batch_write_item(RequestItems={table: [put(id="a", n="x")]})
    dynamodb.batch_write_item(RequestItems={table: [put(id="a", n=1), put(id="b")]})
    assert dynamodb.scan(TableName=table, IndexName="by-n")["Items"] == [item(id="a", n=1)]


def test_a_table_that_is_not_there_fails_it_all(dynamodb, table):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.batch_write_item(RequestItems={table: [put(id="a")], new_name(): [put(id="a")]})
    assert all_of(dynamodb, table) == []


def test_an_empty_batch_is_refused(dynamodb):
    with refused("The requestItems parameter is required for BatchWriteItem"):
        dynamodb.batch_write_item(RequestItems={})


@pytest.mark.parametrize("count", [0, 26])
def test_a_table_has_one_to_25_requests(menagerie, table, count):
    requests = {"RequestItems": {table: [put(id=str(i)) for i in range(count)]}, "ReturnConsumedCapacity": "SOME"}
    status, reply = raw(menagerie, "BatchWriteItem", requests)
    assert status == 400
    assert reply["message"].startswith("2 validation errors detected: Value '{" + table + "=[")
    assert (" at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less "
            "than or equal to 25, Member must have length greater than or equal to 1]" in reply["message"])


def test_what_is_asked_of_the_reply_must_be_known(dynamodb, table):
    capacity = ("Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
                "[INDEXES, TOTAL, NONE]")
    metrics = ("Value 'MANY' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: "
               "[SIZE, NONE]")
    with refused(f"2 validation errors detected: {capacity}; {metrics}"):
        dynamodb.batch_write_item(RequestItems={table: [put(id="a")]}, ReturnConsumedCapacity="SOME",
                                  ReturnItemCollectionMetrics="MANY")
    for name in ("bad!name", new_name()):
        with refused(f"1 validation error detected: {capacity}"):
            dynamodb.batch_write_item(RequestItems={name: [put(id="a")]}, ReturnConsumedCapacity="SOME")
    assert all_of(dynamodb, table) == []


def test_a_batch_may_be_large(dynamodb, table):
    requests = [put(id=str(i), s="x" * 400000) for i in range(25)]

    assert dynamodb.batch_write_item(RequestItems={table: requests})["UnprocessedItems"] == {}
    assert dynamodb.describe_table(TableName=table)["Table"]["ItemCount"] == 25


def test_a_table_can_be_named_by_its_arn(dynamodb, table):
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]

    dynamodb.batch_write_item(RequestItems={arn: [put(id="a")]})
    with refused("Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={arn: [put(id="a")], table: [put(id="a")]})
    assert all_of(dynamodb, table) == [item(id="a")]
