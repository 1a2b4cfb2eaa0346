"""DeleteItem: what it takes, what it refuses, what it gives back."""
import pytest

from . import ONE_ERROR, failed, index, item, new_table, plain, raw, refused

INVALID = "One or more parameter values were invalid: "
MISMATCH = "The provided key element does not match the schema"


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


def get(client, table, **key):
    return client.get_item(TableName=table, Key=item(**key), ConsistentRead=True).get("Item")


def test_an_item_is_deleted_and_so_is_one_that_is_not_there(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", n=1))

    for _ in range(2):
        assert "Attributes" not in dynamodb.delete_item(TableName=table, Key=item(id="a"))
        assert get(dynamodb, table, id="a") is None


def test_all_old_returns_what_was_there(dynamodb, table):
    old = item(id="a", n=1, list=[1, {"x": "y"}])
    delete = {"TableName": table, "Key": item(id="a"), "ReturnValues": "ALL_OLD"}

    dynamodb.put_item(TableName=table, Item=old)
    assert plain(dynamodb.delete_item(**delete)["Attributes"]) == plain(old)
    assert "Attributes" not in dynamodb.delete_item(**delete)


@pytest.mark.parametrize("values", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_other_return_values_are_refused(dynamodb, table, values):
    with refused(ONE_ERROR + "ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.delete_item(TableName=table, Key=item(id="a"), ReturnValues=values)


def test_a_condition_keeps_the_item_and_shows_it_when_asked(menagerie, dynamodb, table):
    old = item(id="a", n=1)

    def delete(n):
        return raw(menagerie, "DeleteItem", {
            "TableName": table, "Key": item(id="a"), "ConditionExpression": "n > :n",
            "ExpressionAttributeValues": {":n": {"N": n}}, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})

    dynamodb.put_item(TableName=table, Item=old)
    assert failed(*delete("1")) == old
    assert get(dynamodb, table, id="a") == old
    assert delete("0") == (200, {})
    assert get(dynamodb, table, id="a") is None


def test_a_condition_on_an_item_that_is_not_there(dynamodb, table):
    delete = {"TableName": table, "Key": item(id="a")}

    with refused("The conditional request failed", "ConditionalCheckFailedException"):
        dynamodb.delete_item(ConditionExpression="attribute_exists(id)", **delete)
    dynamodb.delete_item(ConditionExpression="attribute_not_exists(id)", **delete)
    with refused("The conditional request failed", "ConditionalCheckFailedException"):
        dynamodb.delete_item(Expected={"id": {"Value": {"S": "a"}}}, **delete)


def test_expected_and_a_condition_expression_are_refused_together(dynamodb, table):
    with refused(ONE_ERROR + "Can not use both expression and non-expression parameters in the same request: "
                 "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"):
        dynamodb.delete_item(TableName=table, Key=item(id="a"), Expected={"id": {"Exists": False}},
                             ConditionExpression="attribute_exists(id)")


@pytest.mark.parametrize("key, message", [
    ({}, MISMATCH),
    ({"id": {"S": "a"}}, MISMATCH),
    ({"id": {"S": "a"}, "at": {"S": "1"}}, MISMATCH),
    ({"id": {"S": "a"}, "at": {"N": "1"}, "more": {"N": "1"}}, MISMATCH),
    ({"id": {"S": ""}, "at": {"N": "1"}}, "One or more parameter values are not valid. The AttributeValue for a key "
     "attribute cannot contain an empty string value. Key: id"),
])
def test_the_key_must_be_that_of_the_table(dynamodb, key, message):
    table = new_table(dynamodb, "id:S", "at:N")

    with refused(message):
        dynamodb.delete_item(TableName=table, Key=key)


def test_a_deleted_item_is_gone_from_every_index(dynamodb):
    table = new_table(dynamodb, "id:S", "at:N", indexes=[index("all", "kind:S"),
                                                         index("local", "id:S", "kind:S", local=True)])

    dynamodb.put_item(TableName=table, Item=item(id="a", at=1, kind="k"))
    dynamodb.put_item(TableName=table, Item=item(id="a", at=2, kind="k"))
    dynamodb.delete_item(TableName=table, Key=item(id="a", at=1))
    for name in ("all", "local"):
        assert dynamodb.scan(TableName=table, IndexName=name)["Items"] == [item(id="a", at=2, kind="k")]
