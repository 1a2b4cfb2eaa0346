"""TransactWriteItems: all of it or nothing, and why nothing."""
import contextlib
import uuid

import pytest
from botocore.exceptions import ClientError

from . import index, item, new_name, new_table, plain, refused

FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
NONE = {"Code": "None"}
INVALID = "One or more parameter values were invalid: "
MISMATCH = "The provided key element does not match the schema"


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


def put(table, more=None, **attributes):
    return {"Put": {"TableName": table, "Item": item(**attributes), **(more or {})}}


def delete(table, more=None, **key):
    return {"Delete": {"TableName": table, "Key": item(**key), **(more or {})}}


def add(table, more=None, **key):
    return {"Update": {"TableName": table, "Key": item(**key), "UpdateExpression": "ADD n :one",
                       "ExpressionAttributeValues": {":one": {"N": "1"}}, **(more or {})}}


def check(table, condition="attribute_exists(id)", more=None, **key):
    return {"ConditionCheck": {"TableName": table, "Key": item(**key), "ConditionExpression": condition, **(more or {})}}


def condition(text):
    return {"ConditionExpression": text}


def invalid(message):
    return {"Code": "ValidationError", "Message": message}


def all_of(client, table):
    return {i["id"]["S"]: plain(i) for i in client.scan(TableName=table, ConsistentRead=True)["Items"]}


@contextlib.contextmanager
def cancelled(*reasons):
    with pytest.raises(ClientError) as caught:
        yield
    response = caught.value.response
    codes = ", ".join(reason["Code"] for reason in reasons)
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert response["Error"]["Message"] == \
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    assert response["CancellationReasons"] == list(reasons)


def test_actions_of_every_kind_in_several_tables_are_made_together(dynamodb, table):
    second = new_table(dynamodb, "id:S")

    dynamodb.put_item(TableName=table, Item=item(id="gone"))
    dynamodb.put_item(TableName=second, Item=item(id="there", n=1))
    reply = dynamodb.transact_write_items(TransactItems=[
        put(table, id="new"), delete(table, id="gone"), add(second, id="there"), check(table, "attribute_not_exists(id)",
                                                                                      id="never")])

    assert "ConsumedCapacity" not in reply and "ItemCollectionMetrics" not in reply
    assert all_of(dynamodb, table) == {"new": {"id": "new"}}
    assert all_of(dynamodb, second) == {"there": {"id": "there", "n": 2}}


def test_one_condition_that_fails_cancels_all_and_each_reason_is_told_in_order(dynamodb, table):
    old = item(id="there", n=1)
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    dynamodb.put_item(TableName=table, Item=old)
    with cancelled(NONE, FAILED, {**FAILED, "Item": old}, FAILED):
        dynamodb.transact_write_items(TransactItems=[
            put(table, id="new"), check(table, id="never"),
            add(table, {**condition("attribute_not_exists(id)"), **shown}, id="there"),
            delete(table, {**condition("attribute_exists(id)"), **shown}, id="never either")])
    assert all_of(dynamodb, table) == {"there": plain(old)}


def test_what_an_action_says_of_its_item_is_its_reason(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="text", n="t"))
    with cancelled(NONE, invalid("An operand in the update expression has an incorrect data type"),
                   invalid(INVALID + "Type mismatch for key id expected: S actual: N"), invalid(MISMATCH),
                   invalid(INVALID + "Missing the key id in the item"), FAILED):
        dynamodb.transact_write_items(TransactItems=[
            put(table, id="new"), add(table, id="text"), put(table, id=1), delete(table, id=1), put(table, other="a"),
            check(table, id="never")])
    assert set(all_of(dynamodb, table)) == {"text"}


def test_an_update_beyond_the_limit_cancels_and_a_put_is_refused_at_once(dynamodb, table):
    grow = {"Update": {"TableName": table, "Key": item(id="a"), "UpdateExpression": "SET s = :s",
                       "ExpressionAttributeValues": {":s": {"S": "x" * 409600}}}}

    with cancelled(invalid("Item size to update has exceeded the maximum allowed size")):
        dynamodb.transact_write_items(TransactItems=[grow])
    with refused("Item size has exceeded the maximum allowed size"):
        dynamodb.transact_write_items(TransactItems=[put(table, id="a", s="x" * 409600)])


def test_an_empty_key_is_refused_at_once(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-kind", "kind:S")])
    not_valid = "One or more parameter values are not valid. "
    key = not_valid + "The AttributeValue for a key attribute cannot contain an empty string value. Key: id"
    update = {"Update": {"TableName": table, "Key": item(id="a"), "UpdateExpression": "SET kind = :k",
                         "ExpressionAttributeValues": {":k": {"S": ""}}}}

    for action in (put(table, id=""), add(table, id=""), delete(table, id=""), check(table, id="")):
        with refused(key):
            dynamodb.transact_write_items(TransactItems=[action])
    with refused(not_valid + "A value specified for a secondary index key is not supported. The AttributeValue for a "
                 "key attribute cannot contain an empty string value. IndexName: by-kind, IndexKey: kind"):
        dynamodb.transact_write_items(TransactItems=[put(table, id="a", kind="")])
    with refused(not_valid + "The update expression attempted to update a secondary index key to a value that is not "
                 "supported. The AttributeValue for a key attribute cannot contain an empty string value."):
        dynamodb.transact_write_items(TransactItems=[update])


def test_two_actions_on_one_item_are_refused(dynamodb, table):
    for second in (put(table, id="a"), delete(table, id="a"), add(table, id="a"), check(table, id="a")):
        with refused("Transaction request cannot include multiple operations on one item"):
            dynamodb.transact_write_items(TransactItems=[put(table, id="a"), put(table, id="b"), second])
    assert all_of(dynamodb, table) == {}


def test_an_action_is_of_one_kind(dynamodb, table):
    with refused("TransactItems can only contain one of Check, Put, Update or Delete"):
        dynamodb.transact_write_items(TransactItems=[{**put(table, id="a"), **delete(table, id="b")}])
    with refused("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"):
        dynamodb.transact_write_items(TransactItems=[{}])


def test_expressions_are_checked_before_tables_and_tables_before_items(dynamodb, table):
    unused = {"ExpressionAttributeValues": {":v": {"S": "x"}}}

    with refused("Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"):
        dynamodb.transact_write_items(TransactItems=[put(new_name(), id="a"), check(table, more=unused, id="a")])
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.transact_write_items(TransactItems=[put(table, id=1), put(table, id="a"), put(table, id="a"),
                                                     put(new_name(), id="a")])


def test_a_transaction_has_up_to_100_actions(dynamodb, table):
    dynamodb.transact_write_items(TransactItems=[put(table, id=str(i)) for i in range(100)])
    assert len(all_of(dynamodb, table)) == 100
    with pytest.raises(ClientError, match=r"Value '\[.*\]' at 'transactItems' failed to satisfy constraint: Member must "
                                          "have length less than or equal to 100$"):
        dynamodb.transact_write_items(TransactItems=[put(table, id=str(i)) for i in range(101)])


def test_the_items_of_a_transaction_have_4_megabytes_together(dynamodb, table):
    actions = [put(table, id=f"{i:02}", s="x" * 380000) for i in range(12)]

    dynamodb.transact_write_items(TransactItems=actions[:11])
    with refused("Transaction size has exceeded the maximum allowed size"):
        dynamodb.transact_write_items(TransactItems=actions)
    assert len(all_of_keys(dynamodb, table)) == 11


def all_of_keys(client, table):
    pages = client.get_paginator("scan").paginate(TableName=table, ProjectionExpression="id", ConsistentRead=True)
    return [i["id"]["S"] for page in pages for i in page["Items"]]


def transact(client, token, actions, **more):
    return client.transact_write_items(ClientRequestToken=token, TransactItems=actions, **more)


def test_a_token_makes_it_once(dynamodb, table):
    token = uuid.uuid4().hex

    for _ in range(3):
        transact(dynamodb, token, [add(table, id="a")])
    assert all_of(dynamodb, table) == {"a": {"id": "a", "n": 1}}
    transact(dynamodb, uuid.uuid4().hex, [add(table, id="a")])
    assert all_of(dynamodb, table) == {"a": {"id": "a", "n": 2}}


def test_a_token_is_of_one_request_however_its_maps_and_sets_are_ordered(dynamodb, table):
    token = uuid.uuid4().hex
    first = {"id": {"S": "a"}, "map": {"M": {"x": {"N": "1"}, "y": {"N": "2.0"}}}, "set": {"SS": ["p", "q"]}}
    same = {"set": {"SS": ["q", "p"]}, "map": {"M": {"y": {"N": "2"}, "x": {"N": "1"}}}, "id": {"S": "a"}}

    transact(dynamodb, token, [{"Put": {"TableName": table, "Item": first}}])
    transact(dynamodb, token, [{"Put": {"TableName": table, "Item": same}}], ReturnConsumedCapacity="TOTAL")
    with refused("An error occurred (IdempotentParameterMismatchException)", "IdempotentParameterMismatchException"):
        transact(dynamodb, token, [{"Put": {"TableName": table, "Item": {**first, "more": {"NULL": True}}}}])
    with refused("An error occurred (IdempotentParameterMismatchException)", "IdempotentParameterMismatchException"):
        transact(dynamodb, token, [{"Put": {"TableName": table, "Item": first, **condition("attribute_exists(id)")}}])


def test_a_transaction_that_was_cancelled_may_come_again_with_its_token(dynamodb, table):
    token = uuid.uuid4().hex
    actions = [check(table, id="there"), add(table, id="a")]

    with cancelled(FAILED, NONE):
        transact(dynamodb, token, actions)
    dynamodb.put_item(TableName=table, Item=item(id="there"))
    transact(dynamodb, token, actions)
    assert all_of(dynamodb, table)["a"] == {"id": "a", "n": 1}


def test_a_token_is_forgotten_after_ten_minutes(start):
    program = start("--settable-clock")
    client = program.client("dynamodb")

    program.set_clock("2026-01-01T12:00:00Z")
    table = new_table(client, "id:S")
    for time, n in (("12:00:00", 1), ("12:09:59", 1), ("12:10:01", 2), ("12:19:00", 2)):
        program.set_clock(f"2026-01-01T{time}Z")
        transact(client, "a-token", [add(table, id="a")])
        assert all_of(client, table) == {"a": {"id": "a", "n": n}}, time


def test_a_token_is_of_its_account(dynamodb, other, table):
    token = uuid.uuid4().hex
    theirs = new_table(other, "id:S")

    transact(dynamodb, token, [add(table, id="a")])
    transact(other, token, [add(theirs, id="a")])
    assert all_of(other, theirs) == {"a": {"id": "a", "n": 1}}


def test_indexes_follow_a_transaction(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-kind", "kind:S")])

    dynamodb.put_item(TableName=table, Item=item(id="b", kind="old"))
    dynamodb.transact_write_items(TransactItems=[put(table, id="a", kind="new"), delete(table, id="b")])
    with cancelled(NONE, FAILED):
        dynamodb.transact_write_items(TransactItems=[delete(table, id="a"), check(table, id="never")])
    assert dynamodb.scan(TableName=table, IndexName="by-kind")["Items"] == [item(id="a", kind="new")]
