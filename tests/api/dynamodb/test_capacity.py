"""What writes cost, of a table and of its indexes, and how large item collections are."""
import contextlib
import os
import sqlite3
import uuid

import pytest

from . import index, item, new_table


@pytest.fixture(scope="module")
def table(menagerie):
    """With an index of each kind: `by-kind` has `shown` besides its keys, `local` everything."""
    return new_table(menagerie.client("dynamodb"), "id:S", "at:N", indexes=[
        index("by-kind", "kind:S", project=["shown"]), index("local", "id:S", "rank:N", local=True)])


@pytest.fixture
def key():
    return uuid.uuid4().hex


def units(capacity):
    """{"total": …, "table": …, and each index that is named}."""
    found = {"total": capacity["CapacityUnits"], "table": capacity["Table"]["CapacityUnits"]}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        assert capacity.get(kind) != {}
        found.update({name: c["CapacityUnits"] for name, c in capacity.get(kind, {}).items()})
    return found


def put(client, table, **attributes):
    reply = client.put_item(TableName=table, Item=item(**attributes), ReturnConsumedCapacity="INDEXES")
    assert reply["ConsumedCapacity"]["TableName"] == table
    return units(reply["ConsumedCapacity"])


def update(client, table, key, expression, **values):
    more = {"ExpressionAttributeValues": {":" + k: v for k, v in item(**values).items()}} if values else {}
    reply = client.update_item(TableName=table, Key=item(id=key, at=1), UpdateExpression=expression,
                               ReturnConsumedCapacity="INDEXES", **more)
    return units(reply["ConsumedCapacity"])


def test_what_is_returned_is_what_was_asked_for(dynamodb, table, key):
    def asked(wanted):
        return dynamodb.put_item(TableName=table, Item=item(id=key, at=1), ReturnConsumedCapacity=wanted)

    assert "ConsumedCapacity" not in asked("NONE")
    assert asked("TOTAL")["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 1}
    assert asked("INDEXES")["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 1, "Table": {"CapacityUnits": 1}}


def test_a_write_costs_the_larger_of_what_was_and_what_is_in_steps_of_1_kilobyte(dynamodb, table, key):
    rest = len("id") + len(key) + len("at") + 2 + len("s")

    assert put(dynamodb, table, id=key, at=1, s="x" * (1024 - rest))["table"] == 1
    assert put(dynamodb, table, id=key, at=1, s="x" * (1025 - rest))["table"] == 2
    assert put(dynamodb, table, id=key, at=1, s="x" * 3000)["table"] == 3
    assert put(dynamodb, table, id=key, at=1, s="small")["table"] == 3
    assert put(dynamodb, table, id=key, at=1, s="small")["table"] == 1


def test_a_delete_costs_what_was_there_and_one_when_nothing_was(dynamodb, table, key):
    def delete():
        return units(dynamodb.delete_item(TableName=table, Key=item(id=key, at=1),
                                          ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"])

    put(dynamodb, table, id=key, at=1, kind="k", rank=1, s="x" * 2500)
    assert delete() == {"total": 7, "table": 3, "by-kind": 1, "local": 3}
    assert delete() == {"total": 1, "table": 1}


def test_a_new_item_costs_once_for_each_index_that_it_is_in(dynamodb, table, key):
    assert put(dynamodb, table, id=key, at=1) == {"total": 1, "table": 1}
    assert put(dynamodb, table, id=key, at=2, kind="k") == {"total": 2, "table": 1, "by-kind": 1}
    assert put(dynamodb, table, id=key, at=3, rank=1) == {"total": 2, "table": 1, "local": 1}
    assert put(dynamodb, table, id=key, at=4, kind="k", rank=1) == {"total": 3, "table": 1, "by-kind": 1, "local": 1}


def test_an_index_costs_nothing_when_nothing_changes_for_it(dynamodb, table, key):
    attributes = {"id": key, "at": 1, "kind": "k", "rank": 1, "shown": "s", "rest": "o"}

    put(dynamodb, table, **attributes)
    assert put(dynamodb, table, **attributes) == {"total": 1, "table": 1}
    assert update(dynamodb, table, key, "SET rest = :o", o="new") == {"total": 2, "table": 1, "local": 1}
    assert update(dynamodb, table, key, "SET shown = :s", s="new") == {"total": 3, "table": 1, "by-kind": 1, "local": 1}


def test_an_entry_that_moves_costs_twice_and_one_that_goes_once(dynamodb, table, key):
    put(dynamodb, table, id=key, at=1, kind="k", rank=1)

    assert update(dynamodb, table, key, "SET kind = :k", k="new") == {"total": 4, "table": 1, "by-kind": 2, "local": 1}
    assert update(dynamodb, table, key, "REMOVE kind") == {"total": 3, "table": 1, "by-kind": 1, "local": 1}


def test_entries_are_charged_by_their_own_size(dynamodb, table, key):
    put(dynamodb, table, id=key, at=1, kind="k", shown="x" * 2500, rest="x" * 3000)

    assert update(dynamodb, table, key, "SET shown = :s", s="small") == {"total": 9, "table": 6, "by-kind": 3}
    update(dynamodb, table, key, "SET shown = :s", s="x" * 1500)
    assert update(dynamodb, table, key, "SET kind = :k", k="new") == {"total": 9, "table": 5, "by-kind": 4}


def test_a_batch_is_charged_by_table(dynamodb, table, key):
    second = new_table(dynamodb, "id:S")
    requests = {table: [{"PutRequest": {"Item": item(id=key, at=1, kind="k")}}, {"PutRequest": {"Item": item(id=key, at=2)}}],
                second: [{"PutRequest": {"Item": item(id=key, s="x" * 1500)}}]}
    capacities = dynamodb.batch_write_item(RequestItems=requests, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]

    assert {c["TableName"]: units(c) for c in capacities} == {
        table: {"total": 3, "table": 2, "by-kind": 1}, second: {"total": 2, "table": 2}}


def transact(client, token, wanted, *actions):
    reply = client.transact_write_items(TransactItems=actions, ClientRequestToken=token, ReturnConsumedCapacity=wanted)
    return reply["ConsumedCapacity"]


def test_a_transaction_costs_its_tables_twice_but_not_their_indexes(dynamodb, table, key):
    second = new_table(dynamodb, "id:S")
    dynamodb.put_item(TableName=second, Item=item(id="checked", s="x" * 2500))
    actions = [{"Put": {"TableName": table, "Item": item(id=key, at=1, kind="k")}},
               {"ConditionCheck": {"TableName": second, "Key": item(id="checked"), "ConditionExpression": "attribute_exists(id)"}},
               {"Put": {"TableName": table, "Item": item(id=key, at=2, s="x" * 1500)}}]

    assert transact(dynamodb, uuid.uuid4().hex, "INDEXES", *actions) == [
        {"TableName": table, "CapacityUnits": 7, "WriteCapacityUnits": 7,
         "Table": {"CapacityUnits": 6, "WriteCapacityUnits": 6},
         "GlobalSecondaryIndexes": {"by-kind": {"CapacityUnits": 1, "WriteCapacityUnits": 1}}},
        {"TableName": second, "CapacityUnits": 6, "WriteCapacityUnits": 6,
         "Table": {"CapacityUnits": 6, "WriteCapacityUnits": 6}}]


def test_a_transaction_that_comes_again_costs_reading_what_it_wrote(dynamodb, table, key):
    token = uuid.uuid4().hex
    action = {"Put": {"TableName": table, "Item": item(id=key, at=1, kind="k", s="x" * 5000)}}

    assert transact(dynamodb, token, "TOTAL", action) == [
        {"TableName": table, "CapacityUnits": 11, "WriteCapacityUnits": 11}]
    assert transact(dynamodb, token, "TOTAL", action) == [
        {"TableName": table, "CapacityUnits": 4, "ReadCapacityUnits": 4}]
    assert transact(dynamodb, token, "INDEXES", action) == [
        {"TableName": table, "CapacityUnits": 4, "ReadCapacityUnits": 4,
         "Table": {"CapacityUnits": 4, "ReadCapacityUnits": 4}}]


def test_item_collections_are_measured_in_tables_with_a_local_index(dynamodb, table, key):
    small = {"ItemCollectionKey": item(id=key), "SizeEstimateRangeGB": [0.0, 1.0]}
    wanted = {"TableName": table, "ReturnItemCollectionMetrics": "SIZE"}

    assert dynamodb.put_item(Item=item(id=key, at=1), **wanted)["ItemCollectionMetrics"] == small
    assert dynamodb.update_item(Key=item(id=key, at=1), **wanted)["ItemCollectionMetrics"] == small
    assert dynamodb.delete_item(Key=item(id=key, at=1), **wanted)["ItemCollectionMetrics"] == small
    assert "ItemCollectionMetrics" not in dynamodb.put_item(TableName=table, Item=item(id=key, at=1))
    without = new_table(dynamodb, "id:S")
    assert "ItemCollectionMetrics" not in dynamodb.put_item(**{**wanted, "TableName": without, "Item": item(id=key)})


def test_each_collection_of_a_batch_or_a_transaction_is_measured_once(dynamodb, table, key):
    small = [{"ItemCollectionKey": item(id=key), "SizeEstimateRangeGB": [0.0, 1.0]}]
    items = [item(id=key, at=1), item(id=key, at=2)]

    reply = dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": i}} for i in items]},
                                      ReturnItemCollectionMetrics="SIZE")
    assert reply["ItemCollectionMetrics"] == {table: small}
    reply = dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": i}} for i in items],
                                          ReturnItemCollectionMetrics="SIZE")
    assert reply["ItemCollectionMetrics"] == {table: small}


def measured(program, table, key):
    reply = program.client("dynamodb").delete_item(TableName=table, Key=item(id=key, at=0), ReturnItemCollectionMetrics="SIZE")
    return reply["ItemCollectionMetrics"]["SizeEstimateRangeGB"]


def test_a_large_collection_is_measured_by_its_own_entries(start):
    """Nobody writes gigabytes for this: the sizes are changed where they are kept."""
    program = start()
    client = program.client("dynamodb")
    table = new_table(client, "id:S", "at:N", indexes=[index("local", "id:S", "rank:N", local=True)])
    for key, n in (("large", 3), ("small", 1)):
        for at in range(1, n + 1):
            client.put_item(TableName=table, Item=item(id=key, at=at, rank=at))
    assert program.stop() == 0
    with contextlib.closing(sqlite3.connect(os.path.join(program.data, "menagerie.db"))) as db, db:
        db.execute("UPDATE dynamodb_space SET bytes = 5 << 30")
        db.execute("UPDATE dynamodb_item SET size = 450 << 20 WHERE item LIKE '%large%'")

    program = start(data=program.data)
    assert measured(program, table, "large") == [2.0, 3.0]
    assert measured(program, table, "small") == [0.0, 1.0]
