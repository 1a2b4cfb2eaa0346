"""GetItem: an item by its key, whole or in part."""
import pytest

from . import item, new_table, raw, refused

MIX = ("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
       "{AttributesToGet} Expression parameters: {ProjectionExpression}")
NO_MATCH = "The provided key element does not match the schema"
EVERYTHING = {"id": {"S": "all"}, "n": {"N": "-1.5"}, "b": {"B": b"\x00\xff"}, "t": {"BOOL": True}, "z": {"NULL": True},
              "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": [b"a"]}, "e": {"S": ""},
              "l": {"L": [{"S": "x"}, {"L": []}, {"M": {"k": {"N": "1"}}}]}, "m": {"M": {"in": {"M": {"ner": {"S": "ü"}}}}}}


@pytest.fixture(scope="module")
def table(menagerie):
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S")
    client.put_item(TableName=name, Item=EVERYTHING)
    client.put_item(TableName=name, Item=item(id="wide", text="x" * 9000))
    return name


@pytest.fixture(scope="module")
def ranged(menagerie):
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", "at:N")
    client.put_item(TableName=name, Item=item(id="a", at=1, text="one"))
    client.put_item(TableName=name, Item=item(id="a", at=10, text="ten"))
    return name


def test_a_value_of_each_type_comes_back_as_it_was_put(dynamodb, table):
    assert dynamodb.get_item(TableName=table, Key=item(id="all"))["Item"] == EVERYTHING


def test_a_consistent_read_gives_the_same(dynamodb, table):
    assert dynamodb.get_item(TableName=table, Key=item(id="all"), ConsistentRead=True)["Item"] == EVERYTHING


def test_there_is_no_item_in_the_reply_when_there_is_none(menagerie, table):
    assert raw(menagerie, "GetItem", {"TableName": table, "Key": item(id="none")}) == (200, {})


def test_both_parts_of_a_key_count(dynamodb, ranged):
    assert dynamodb.get_item(TableName=ranged, Key=item(id="a", at=10))["Item"]["text"] == {"S": "ten"}
    assert "Item" not in dynamodb.get_item(TableName=ranged, Key=item(id="a", at=2))


def test_equal_numbers_are_the_same_key_however_they_are_written(dynamodb, ranged):
    for number in ("10", "10.0", "1e1", "+10", "0.1E2"):
        key = {"id": {"S": "a"}, "at": {"N": number}}
        assert dynamodb.get_item(TableName=ranged, Key=key)["Item"]["text"] == {"S": "ten"}


def test_a_table_is_also_found_by_its_arn(dynamodb, table):
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    reply = dynamodb.get_item(TableName=arn, Key=item(id="all"), ReturnConsumedCapacity="TOTAL")
    assert reply["Item"] == EVERYTHING
    assert reply["ConsumedCapacity"]["TableName"] == arn


# --- Parts of items


@pytest.mark.parametrize("projection, names, expected", [
    ("n", None, {"n": {"N": "-1.5"}}),
    ("id, m.#i", {"#i": "in"}, {"id": {"S": "all"}, "m": {"M": {"in": {"M": {"ner": {"S": "ü"}}}}}}),
    ("l[2].k, l[0]", None, {"l": {"L": [{"S": "x"}, {"M": {"k": {"N": "1"}}}]}}),
    ("nothing, m.nothing, l[9]", None, {}),
])
def test_a_projection_gives_what_its_paths_lead_to(dynamodb, table, projection, names, expected):
    more = {"ExpressionAttributeNames": names} if names else {}
    reply = dynamodb.get_item(TableName=table, Key=item(id="all"), ProjectionExpression=projection, **more)
    assert reply["Item"] == expected


def test_attributes_to_get_are_names_not_paths(dynamodb, table):
    reply = dynamodb.get_item(TableName=table, Key=item(id="all"), AttributesToGet=["n", "m.in", "l[0]"])
    assert reply["Item"] == {"n": {"N": "-1.5"}}


def test_an_item_that_is_not_there_has_no_projection_either(dynamodb, table):
    assert "Item" not in dynamodb.get_item(TableName=table, Key=item(id="none"), ProjectionExpression="n")


# --- Capacity


@pytest.mark.parametrize("key, consistent, units", [
    ("all", False, 0.5), ("all", True, 1), ("none", False, 0.5), ("none", True, 1), ("wide", False, 1.5), ("wide", True, 3),
])
def test_a_read_costs_four_kilobytes_a_unit_and_half_when_it_may_be_old(dynamodb, table, key, consistent, units):
    arguments = {"TableName": table, "Key": item(id=key), "ConsistentRead": consistent}
    total = dynamodb.get_item(ReturnConsumedCapacity="TOTAL", **arguments)["ConsumedCapacity"]
    assert total == {"TableName": table, "CapacityUnits": units}
    indexes = dynamodb.get_item(ReturnConsumedCapacity="INDEXES", **arguments)["ConsumedCapacity"]
    assert indexes == {"TableName": table, "CapacityUnits": units, "Table": {"CapacityUnits": units}}
    assert "ConsumedCapacity" not in dynamodb.get_item(ReturnConsumedCapacity="NONE", **arguments)


def test_a_projection_does_not_make_a_read_cheaper(dynamodb, table):
    reply = dynamodb.get_item(TableName=table, Key=item(id="wide"), ProjectionExpression="id", ReturnConsumedCapacity="TOTAL")
    assert reply["ConsumedCapacity"]["CapacityUnits"] == 1.5


# --- Refusals


@pytest.mark.parametrize("key", [{}, {"x": {"S": "a"}}, {"id": {"N": "1"}}, {"id": {"S": "a"}, "x": {"S": "a"}},
                                 {"id": {"NULL": True}}, {"id": {"M": {}}}])
def test_a_key_must_be_that_of_the_table(dynamodb, table, key):
    with refused(NO_MATCH):
        dynamodb.get_item(TableName=table, Key=key)


def test_a_key_must_not_be_empty(dynamodb, table):
    with refused("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                 "empty string value. Key: id"):
        dynamodb.get_item(TableName=table, Key=item(id=""))


def test_a_key_must_not_be_too_long(dynamodb, table):
    dynamodb.get_item(TableName=table, Key=item(id="x" * 2048))
    with refused("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 "
                 "bytes"):
        dynamodb.get_item(TableName=table, Key=item(id="x" * 2049))


def test_there_must_be_such_a_table(dynamodb):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.get_item(TableName="no-such-table", Key=item(id="a"))


def test_a_table_of_another_account_is_not_there(other, table):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        other.get_item(TableName=table, Key=item(id="all"))


def test_expressions_and_what_was_before_them_do_not_mix(dynamodb):
    with refused(MIX):
        dynamodb.get_item(TableName="no-such-table", Key={}, ProjectionExpression="a", AttributesToGet=["a"])


def test_names_need_an_expression(dynamodb, table):
    with refused("ExpressionAttributeNames can only be specified when using expressions"):
        dynamodb.get_item(TableName=table, Key=item(id="a"), ExpressionAttributeNames={"#a": "a"})


def test_a_name_that_no_expression_uses_is_refused(dynamodb, table):
    with refused("Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"):
        dynamodb.get_item(TableName=table, Key=item(id="a"), ProjectionExpression="#a",
                          ExpressionAttributeNames={"#a": "a", "#b": "b"})


def test_an_attribute_is_asked_for_once(dynamodb, table):
    with refused("One or more parameter values were invalid: Duplicate value in attribute name: a"):
        dynamodb.get_item(TableName=table, Key=item(id="a"), AttributesToGet=["a", "b", "a"])


def test_a_key_has_no_insides(dynamodb, table):
    with refused("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id"):
        dynamodb.get_item(TableName=table, Key=item(id="a"), ProjectionExpression="n, id.x")


def test_the_expression_is_looked_at_before_the_table_and_the_table_before_the_key(dynamodb):
    with refused('Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'):
        dynamodb.get_item(TableName="no-such-table", Key={}, ProjectionExpression="a,")
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.get_item(TableName="no-such-table", Key={})
