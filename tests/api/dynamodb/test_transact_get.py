"""TransactGetItems: several items as they are at one moment."""
import pytest

from . import item, new_table, put_all, raw, refused


@pytest.fixture(scope="module")
def tables(menagerie):
    client = menagerie.client("dynamodb")
    first, second = new_table(client, "id:S"), new_table(client, "id:S", "n:N")
    put_all(client, first, [item(id=str(i), text="x" * 5000, deep={"a": [i]}) for i in range(10)])
    put_all(client, second, [item(id="a", n=i) for i in range(100)])
    return first, second


def get(table, more=None, **key):
    return {"Get": {"TableName": table, "Key": item(**key), **(more or {})}}


def test_items_come_in_the_order_in_which_they_were_asked_for(dynamodb, tables):
    first, second = tables
    reply = dynamodb.transact_get_items(TransactItems=[
        get(second, id="a", n=3), get(first, {"ProjectionExpression": "id"}, id="4"), get(second, id="a", n=1)])
    assert reply["Responses"] == [{"Item": item(id="a", n=3)}, {"Item": item(id="4")}, {"Item": item(id="a", n=1)}]


def test_an_item_that_is_not_there_has_an_empty_place(menagerie, tables):
    status, reply = raw(menagerie, "TransactGetItems", {"TransactItems": [get(tables[1], id="b", n=1),
                                                                        get(tables[1], id="a", n=1)]})
    assert (status, reply) == (200, {"Responses": [{}, {"Item": item(id="a", n=1)}]})


def test_an_item_of_which_nothing_is_wanted_has_an_empty_place(menagerie, tables):
    status, reply = raw(menagerie, "TransactGetItems", {"TransactItems": [
        get(tables[0], {"ProjectionExpression": "nothing, deep.nothing"}, id="4")]})
    assert (status, reply) == (200, {"Responses": [{}]})


def test_a_projection_has_names_of_its_own(dynamodb, tables):
    more = {"ProjectionExpression": "#d.a[0]", "ExpressionAttributeNames": {"#d": "deep"}}
    reply = dynamodb.transact_get_items(TransactItems=[get(tables[0], more, id="4")])
    assert reply["Responses"] == [{"Item": item(deep={"a": [4]})}]


def test_a_transaction_costs_twice_a_consistent_read(dynamodb, tables):
    first, second = tables
    arguments = {"TransactItems": [get(first, id="1"), get(second, id="a", n=1), get(second, id="none", n=1)]}
    total = dynamodb.transact_get_items(ReturnConsumedCapacity="TOTAL", **arguments)["ConsumedCapacity"]
    assert sorted(total, key=lambda c: c["TableName"] != first) == [
        {"TableName": first, "CapacityUnits": 4, "ReadCapacityUnits": 4},
        {"TableName": second, "CapacityUnits": 4, "ReadCapacityUnits": 4}]
    indexes = dynamodb.transact_get_items(ReturnConsumedCapacity="INDEXES", **arguments)["ConsumedCapacity"]
    assert {"TableName": first, "CapacityUnits": 4, "ReadCapacityUnits": 4,
            "Table": {"CapacityUnits": 4, "ReadCapacityUnits": 4}} in indexes


def test_a_hundred_items_are_enough(dynamodb, tables):
    reply = dynamodb.transact_get_items(TransactItems=[get(tables[1], id="a", n=i) for i in range(100)])
    assert [r["Item"]["n"]["N"] for r in reply["Responses"]] == [str(i) for i in range(100)]


def test_more_than_four_megabytes_are_refused(dynamodb):
    name = new_table(dynamodb, "id:S")
    for i in range(11):
        dynamodb.put_item(TableName=name, Item=item(id=str(i), text="x" * 400_000))
    ten = [get(name, {"ProjectionExpression": "id"}, id=str(i)) for i in range(10)]
    assert len(dynamodb.transact_get_items(TransactItems=ten)["Responses"]) == 10
    with refused("Aggregate size of the items in the transaction cannot exceed 4 MB"):
        dynamodb.transact_get_items(TransactItems=[*ten, get(name, {"ProjectionExpression": "id"}, id="10")])


def test_a_bad_key_cancels_with_a_reason_for_each_item(dynamodb, tables):
    message = ("Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, "
               "ValidationError]")
    with refused(message, "TransactionCanceledException") as response:
        dynamodb.transact_get_items(TransactItems=[get(tables[0], id="1"), get(tables[1], id="a"), get(tables[0], id=1)])
    wrong = {"Code": "ValidationError", "Message": "The provided key element does not match the schema"}
    assert response["CancellationReasons"] == [{"Code": "None"}, wrong, wrong]


def test_an_item_is_asked_for_once(dynamodb, tables):
    with refused("Transaction request cannot include multiple operations on one item"):
        dynamodb.transact_get_items(TransactItems=[get(tables[0], id="1"), get(tables[0], {"ProjectionExpression": "a"},
                                                                             id="1")])


def test_an_expression_that_cannot_be_read_is_told_before_a_missing_table(dynamodb, tables):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.transact_get_items(TransactItems=[get("no-such-table", id="1"), get(tables[0], id="1")])
    with refused('Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"'):
        dynamodb.transact_get_items(TransactItems=[get("no-such-table", id="1"),
                                                   get(tables[0], {"ProjectionExpression": "!!!"}, id="1")])
