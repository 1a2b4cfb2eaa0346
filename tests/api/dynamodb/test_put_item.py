"""PutItem: what it takes, what it refuses, what it gives back."""
import pytest

from . import ONE_ERROR, failed, index, item, new_name, new_table, plain, raw, refused

INVALID = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


def get(client, table, **key):
    return client.get_item(TableName=table, Key=item(**key), ConsistentRead=True).get("Item")


def test_an_item_is_put_and_replaced_whole(dynamodb, table):
    first = dynamodb.put_item(TableName=table, Item=item(id="a", n=1, gone=True))
    second = dynamodb.put_item(TableName=table, Item=item(id="a", n=2))

    assert "Attributes" not in first and "ConsumedCapacity" not in first
    assert "Attributes" not in second
    assert plain(get(dynamodb, table, id="a")) == {"id": "a", "n": 2}


def test_all_old_returns_what_was_replaced_and_nothing_for_a_new_item(dynamodb, table):
    old = item(id="a", text="old", set={"x", "y"}, map={"k": [1, None]})

    assert "Attributes" not in dynamodb.put_item(TableName=table, Item=old, ReturnValues="ALL_OLD")
    reply = dynamodb.put_item(TableName=table, Item=item(id="a"), ReturnValues="ALL_OLD")
    assert plain(reply["Attributes"]) == plain(old)


@pytest.mark.parametrize("values", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_other_return_values_are_refused(dynamodb, table, values):
    with refused(ONE_ERROR + "ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.put_item(TableName=table, Item=item(id="a"), ReturnValues=values)
    assert get(dynamodb, table, id="a") is None


def test_a_condition_is_checked_against_the_old_item(dynamodb, table):
    condition = {"ConditionExpression": "attribute_not_exists(id) OR version < :v",
                 "ExpressionAttributeValues": {":v": {"N": "2"}}}

    dynamodb.put_item(TableName=table, Item=item(id="a", version=1), **condition)
    dynamodb.put_item(TableName=table, Item=item(id="a", version=2), **condition)
    with refused("The conditional request failed", "ConditionalCheckFailedException") as response:
        dynamodb.put_item(TableName=table, Item=item(id="a", version=3), **condition)
    assert "Item" not in response
    assert plain(get(dynamodb, table, id="a"))["version"] == 2


def test_a_condition_that_fails_shows_the_old_item_when_asked(menagerie, dynamodb, table):
    old = item(id="a", n=5)

    def put(key, condition):
        return raw(menagerie, "PutItem", {"TableName": table, "Item": item(id=key), "ConditionExpression": condition,
                                          "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})

    dynamodb.put_item(TableName=table, Item=old)
    assert failed(*put("a", "attribute_not_exists(id)")) == old
    assert failed(*put("b", "attribute_exists(id)")) is None


def test_expected_does_what_it_did_before_expressions(dynamodb, table):
    put = {"TableName": table, "Expected": {"id": {"Exists": False}}}

    dynamodb.put_item(Item=item(id="a", n=1), **put)
    with refused("The conditional request failed", "ConditionalCheckFailedException"):
        dynamodb.put_item(Item=item(id="a", n=2), **put)
    dynamodb.put_item(TableName=table, Item=item(id="a", n=3), Expected={"n": {"Value": {"N": "1"}}})
    assert plain(get(dynamodb, table, id="a"))["n"] == 3


@pytest.mark.parametrize("more, message", [
    ({"Expected": {"id": {"Exists": False}}, "ConditionExpression": "attribute_not_exists(id)"},
     "Can not use both expression and non-expression parameters in the same request: "
     "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"),
    ({"ExpressionAttributeNames": {"#a": "a"}},
     "ExpressionAttributeNames can only be specified when using expressions"),
    ({"ExpressionAttributeValues": {":a": {"S": "a"}}},
     "ExpressionAttributeValues can only be specified when using expressions"),
    ({"ConditionExpression": ""}, "Invalid ConditionExpression: The expression can not be empty;"),
    ({"ConditionExpression": "attribute_exists(id)", "ExpressionAttributeNames": {}},
     "ExpressionAttributeNames must not be empty"),
    ({"ConditionExpression": "a = :a", "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}}},
     "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"),
])
def test_parameters_that_do_not_go_together_are_refused(dynamodb, table, more, message):
    with refused(ONE_ERROR + message):
        dynamodb.put_item(TableName=table, Item=item(id="a"), **more)


def test_parameters_are_checked_before_values_and_values_before_the_table(dynamodb):
    put = {"TableName": new_name(), "Item": {"id": {"N": "not a number"}}}

    with refused(ONE_ERROR + "ExpressionAttributeNames can only be specified when using expressions"):
        dynamodb.put_item(ExpressionAttributeNames={"#a": "a"}, **put)
    with refused(ONE_ERROR + "The parameter cannot be converted to a numeric value: not a number"):
        dynamodb.put_item(ReturnValues="ALL_NEW", **put)
    put["Item"] = item(id="a")
    with refused(ONE_ERROR + "ReturnValues can only be ALL_OLD or NONE"):
        dynamodb.put_item(ReturnValues="ALL_NEW", ConditionExpression="(", **put)
    with refused(ONE_ERROR + 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("'):
        dynamodb.put_item(ConditionExpression="(", **put)
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.put_item(**put)


@pytest.mark.parametrize("given, message", [
    ({}, INVALID + "Missing the key id in the item"),
    ({"id": {"S": "a"}}, INVALID + "Missing the key at in the item"),
    ({"id": {"N": "1"}, "at": {"N": "1"}}, INVALID + "Type mismatch for key id expected: S actual: N"),
    ({"id": {"S": ""}, "at": {"N": "1"}},
     NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty string value. Key: id"),
    ({"id": {"S": "a" * 2049}, "at": {"N": "1"}},
     INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
])
def test_the_key_must_be_that_of_the_table(dynamodb, given, message):
    table = new_table(dynamodb, "id:S", "at:N")

    with refused(message):
        dynamodb.put_item(TableName=table, Item=given)


def test_keys_of_indexes_must_fit_where_they_are_there(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("second", "kind:S", "n:N"), index("first", "n:N")])

    dynamodb.put_item(TableName=table, Item=item(id="a", kind="k"))
    with refused(INVALID + "Type mismatch for Index Key n Expected: N Actual: S IndexName: first"):
        dynamodb.put_item(TableName=table, Item=item(id="a", kind="k", n="x"))
    with refused(INVALID + "Type mismatch for Index Key kind Expected: S Actual: NULL IndexName: second"):
        dynamodb.put_item(TableName=table, Item=item(id="a", kind=None))
    with refused(NOT_VALID + "A value specified for a secondary index key is not supported. The AttributeValue for a "
                 "key attribute cannot contain an empty string value. IndexName: second, IndexKey: kind"):
        dynamodb.put_item(TableName=table, Item=item(id="a", kind=""))


def test_an_item_has_409600_bytes_and_not_one_more(dynamodb, table):
    def sized(n):
        return item(id="a", s="x" * (n - len("id" + "a" + "s")))

    dynamodb.put_item(TableName=table, Item=sized(409600))
    with refused(ONE_ERROR + "Item size has exceeded the maximum allowed size"):
        dynamodb.put_item(TableName=table, Item=sized(409601))


def test_an_item_that_is_no_item_is_a_serialization_exception(menagerie, dynamodb, table):
    status, reply = raw(menagerie, "PutItem", {"TableName": table, "Item": {"id": {"S": 1}},
                                               "ExpressionAttributeNames": {"#a": "a"}})

    assert (status, reply["__type"].split("#")[-1]) == (400, "SerializationException")


def test_numbers_and_sets_are_kept_in_their_normal_form(dynamodb, table):
    dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "n": {"N": "+001.500"}, "set": {"NS": ["1.0", "20"]}})

    assert get(dynamodb, table, id="a") == {"id": {"S": "a"}, "n": {"N": "1.5"}, "set": {"NS": ["1", "20"]}}


def test_an_item_in_another_account_or_region_is_another(menagerie, dynamodb, other, table):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        other.put_item(TableName=table, Item=item(id="a"))
    dynamodb.put_item(TableName=table, Item=item(id="a"))
    assert get(dynamodb, table, id="a") == item(id="a")
