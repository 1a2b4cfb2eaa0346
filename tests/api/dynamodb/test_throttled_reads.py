"""Reads of a program that keeps to the provisioned throughput."""
import contextlib

import pytest
from botocore.exceptions import ClientError

from . import index, item, new_table, put_all

THROUGHPUT = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 1000}
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
    """An item whose reading takes a minute to earn, and small ones."""
    by_kind = {**index("by-kind", "kind:S"), "ProvisionedThroughput": THROUGHPUT}
    name = new_table(dynamodb, "id:S", indexes=[by_kind], BillingMode="PROVISIONED", ProvisionedThroughput=THROUGHPUT)
    put_all(dynamodb, name, [item(id="dear", kind="dear", text="x" * 350_000)])
    put_all(dynamodb, name, [item(id=str(i), kind="k") for i in range(3)])
    return name


@contextlib.contextmanager
def code(expected):
    with pytest.raises(ClientError) as caught:
        yield caught
    assert caught.value.response["Error"]["Code"] == expected


def spend(client, table):
    client.get_item(TableName=table, Key=item(id="dear"))


def of_kind(kind):
    return {"KeyConditionExpression": "kind = :k", "ExpressionAttributeValues": {":k": {"S": kind}}}


def test_a_read_is_held_up_until_units_are_there_again(program, dynamodb, table):
    spend(dynamodb, table)
    with code(EXCEEDED):
        dynamodb.get_item(TableName=table, Key=item(id="1"))
    with code(EXCEEDED):
        dynamodb.scan(TableName=table)
    program.set_clock("2026-01-01T12:01:00Z")
    assert "Item" in dynamodb.get_item(TableName=table, Key=item(id="1"))


def test_a_global_index_has_units_of_its_own(dynamodb, table):
    spend(dynamodb, table)
    assert dynamodb.query(TableName=table, IndexName="by-kind", **of_kind("k"))["Count"] == 3
    dynamodb.query(TableName=table, IndexName="by-kind", **of_kind("dear"))
    with code(EXCEEDED):
        dynamodb.query(TableName=table, IndexName="by-kind", **of_kind("k"))


def test_what_is_held_up_of_a_batch_is_left_and_all_of_it_an_error(program, dynamodb, table):
    keys = [item(id="dear"), item(id="1"), item(id="2")]
    reply = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
    assert [i["id"]["S"] for i in reply["Responses"][table]] == ["dear"]
    assert reply["UnprocessedKeys"] == {table: {"Keys": keys[1:]}}
    with code(EXCEEDED):
        dynamodb.batch_get_item(RequestItems=reply["UnprocessedKeys"])
    program.set_clock("2026-01-01T12:01:00Z")
    assert len(dynamodb.batch_get_item(RequestItems=reply["UnprocessedKeys"])["Responses"][table]) == 2


def test_a_transaction_that_is_held_up_is_cancelled(dynamodb, table):
    other = new_table(dynamodb, "id:S")
    spend(dynamodb, table)
    with code("TransactionCanceledException") as caught:
        dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": n, "Key": item(id="1")}} for n in (other, table)])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ProvisionedThroughputExceeded"]
