"""Writes of a program that keeps to the provisioned throughput."""
import contextlib

import pytest
from botocore.exceptions import ClientError

from . import item, new_table

THROUGHPUT = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": {"ReadCapacityUnits": 100, "WriteCapacityUnits": 2}}
DEAR = item(id="a", s="x" * 400000)  # which takes minutes to earn: the clock goes on between two requests
EXCEEDED = "ProvisionedThroughputExceededException"


@pytest.fixture
def program(start):
    program = start("--throttle", "--settable-clock")
    program.set_clock("2026-01-01T12:00:00Z")
    return program


@pytest.fixture
def dynamodb(program):
    return program.client("dynamodb")


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S", **THROUGHPUT)


@contextlib.contextmanager
def code(expected):
    with pytest.raises(ClientError) as caught:
        yield caught
    assert caught.value.response["Error"]["Code"] == expected


def count(client, table):
    return client.scan(TableName=table)["Count"]


def test_a_write_is_held_up_until_units_are_there_again(program, dynamodb, table):
    dynamodb.put_item(TableName=table, Item=DEAR)
    with code(EXCEEDED):
        dynamodb.put_item(TableName=table, Item=item(id="b"))
    with code(EXCEEDED):
        dynamodb.update_item(TableName=table, Key=item(id="b"))
    with code(EXCEEDED):
        dynamodb.delete_item(TableName=table, Key=item(id="a"))
    assert count(dynamodb, table) == 1
    program.set_clock("2026-01-01T12:04:00Z")
    dynamodb.put_item(TableName=table, Item=item(id="b"))
    assert count(dynamodb, table) == 2


def test_a_write_whose_condition_fails_costs_what_is_there(program, dynamodb, table):
    dynamodb.put_item(TableName=table, Item=DEAR)
    program.set_clock("2026-01-01T12:04:00Z")
    with code("ConditionalCheckFailedException"):
        dynamodb.put_item(TableName=table, Item=item(id="a"), ConditionExpression="attribute_not_exists(id)")
    with code(EXCEEDED):
        dynamodb.put_item(TableName=table, Item=item(id="b"))


def test_what_is_held_up_of_a_batch_is_unprocessed_and_all_of_it_an_error(program, dynamodb, table):
    requests = [{"PutRequest": {"Item": i}} for i in (DEAR, *(item(id=str(n)) for n in range(3)))]
    other = new_table(dynamodb, "id:S")

    reply = dynamodb.batch_write_item(RequestItems={table: requests, other: requests[:1]})
    assert reply["UnprocessedItems"] == {table: requests[1:]}
    assert (count(dynamodb, table), count(dynamodb, other)) == (1, 1)
    with code(EXCEEDED):
        dynamodb.batch_write_item(RequestItems=reply["UnprocessedItems"])
    program.set_clock("2026-01-01T12:04:00Z")
    assert dynamodb.batch_write_item(RequestItems=reply["UnprocessedItems"])["UnprocessedItems"] == {}
    assert count(dynamodb, table) == 4


def test_a_transaction_that_is_held_up_is_cancelled(dynamodb, table):
    other = new_table(dynamodb, "id:S")

    dynamodb.put_item(TableName=table, Item=DEAR)
    with code("TransactionCanceledException") as caught:
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": name, "Item": item(id="b")}}
                                                     for name in (other, table)])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ProvisionedThroughputExceeded"]
    assert count(dynamodb, other) == 0
