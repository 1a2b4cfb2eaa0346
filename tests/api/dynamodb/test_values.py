"""Values of all ten types: what comes back of them, and what is said of those that are none."""
import json

import pytest

from . import ONE_ERROR, new_table, raw

INVALID = "One or more parameter values were invalid: "
NO_NUMBER = "The parameter cannot be converted to a numeric value"
TOO_DEEP = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"

KEPT = {
    "text": {"S": "a\"\\\n\u0001é😀"}, "empty": {"S": ""}, "number": {"N": "-0.5"}, "bytes": {"B": "AAH/"},
    "no_bytes": {"B": ""}, "true": {"BOOL": True}, "false": {"BOOL": False}, "null": {"NULL": True},
    "texts": {"SS": ["", "a", "b"]}, "numbers": {"NS": ["-1", "2.5", "3"]}, "binaries": {"BS": ["", "AQ=="]},
    "list": {"L": [{"S": "x"}, {"L": []}, {"M": {}}]}, "map": {"M": {"in": {"M": {"deep er": {"N": "1"}}}}},
}


@pytest.fixture(scope="module")
def table(menagerie):
    return new_table(menagerie.client("dynamodb"), "id:S")


def nested(levels, leaf):
    """So many maps in each other, as text: Python's own encoder would not go that deep."""
    return '{"M":{"n":' * levels + json.dumps(leaf) + "}}" * levels


def put(menagerie, table, value):
    """Puts an item with this value, given as JSON or as text, and returns status, kind of error and message."""
    text = value if isinstance(value, str) else json.dumps(value)
    status, reply = raw(menagerie, "PutItem",
                        f'{{"TableName":"{table}","Item":{{"id":{{"S":"malformed"}},"v":{text}}}}}')
    return status, reply.get("__type", "").split("#")[-1], reply.get("message", reply.get("Message"))


def test_a_value_of_each_type_comes_back_as_it_was(menagerie, table):
    body = {"TableName": table, "Item": {"id": {"S": "all"}, **KEPT}}
    assert raw(menagerie, "PutItem", body) == (200, {})
    status, reply = raw(menagerie, "GetItem", {"TableName": table, "Key": {"id": {"S": "all"}}})
    assert (status, reply["Item"]) == (200, body["Item"])


@pytest.mark.parametrize("given, kept", [
    ({"N": "00042.50"}, {"N": "42.5"}), ({"N": "-0"}, {"N": "0"}), ({"N": "1.5E2"}, {"N": "150"}),
    ({"NS": ["10", "+2.0", "1E0"]}, {"NS": ["1", "2", "10"]}), ({"SS": ["b", "a", "B", ""]}, {"SS": ["", "B", "a", "b"]}),
    ({"BS": ["AQ==", ""]}, {"BS": ["", "AQ=="]}), ({"S": None, "N": "1"}, {"N": "1"}), ({"BOOL": "true"}, {"BOOL": True}),
])
def test_a_value_is_kept_in_its_normal_form(menagerie, table, given, kept):
    key = {"id": {"S": "normal-" + json.dumps(given)}}
    assert raw(menagerie, "PutItem", {"TableName": table, "Item": {**key, "v": given}})[0] == 200
    assert raw(menagerie, "GetItem", {"TableName": table, "Key": key})[1]["Item"]["v"] == kept


@pytest.mark.parametrize("value, message", [
    ({}, EMPTY), ({"L": [{}]}, EMPTY), ({"Q": "1"}, EMPTY), ({"S": None}, EMPTY),
    ({"S": "a", "N": "1"}, "Supplied AttributeValue has more than one datatypes set, "
                           "must contain exactly one of the supported datatypes"),
    ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
    ({"SS": []}, INVALID + "An string set  may not be empty"), ({"NS": []}, INVALID + "An number set  may not be empty"),
    ({"BS": []}, INVALID + "Binary sets should not be empty"),
    ({"SS": ["a", "a"]}, INVALID + 'Input collection ["a", "a"] contains duplicates.'),
    ({"NS": ["1", "1.0"]}, INVALID + "Input collection contains duplicates."),
    ({"BS": ["Yg==", "Yg=="]}, INVALID + 'Input collection ["Yg==","Yg=="]of type BS contains duplicates.'),
    ({"N": ""}, NO_NUMBER + ": "), ({"N": "x"}, NO_NUMBER + ": x"), ({"M": {"a": {"NS": ["1", "y"]}}}, NO_NUMBER + ": y"),
    ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
    ({"N": "1E126"}, "Number overflow. Attempting to store a number with magnitude larger than supported range"),
    ({"N": "1E-131"}, "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    (nested(32, {"S": "leaf"}), TOO_DEEP), (nested(40, {"N": "x"}), TOO_DEEP), (nested(31, {"L": []}), TOO_DEEP),
])
def test_a_value_that_is_none_is_refused_in_aws_words(menagerie, table, value, message):
    assert put(menagerie, table, value) == (400, "ValidationException", ONE_ERROR + message)


@pytest.mark.parametrize("value, message", [
    ('"x"', "Unexpected value type in payload"), ({"S": 1}, "NUMBER_VALUE cannot be converted to String"),
    ({"N": 1.5}, "DECIMAL_VALUE cannot be converted to String"), ({"S": True}, "TRUE_VALUE cannot be converted to String"),
    ({"B": "abc"}, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
    ({"SS": "a"}, "Unexpected field type"), ({"M": {"a": {"S": {}}}}, "Start of structure or map found where not expected"),
])
def test_json_of_the_wrong_kind_is_a_serialization_exception(menagerie, table, value, message):
    assert put(menagerie, table, value) == (400, "SerializationException", message)


def test_the_deepest_value_that_is_taken_has_31_maps_around_it(menagerie, table):
    assert put(menagerie, table, nested(31, {"S": "leaf"}))[0] == 200


def test_a_hundred_levels_are_left_to_the_older_layer(menagerie, table):
    assert put(menagerie, table, nested(100, {"S": "leaf"})) == (400, "ValidationException", TOO_DEEP)


def test_an_empty_name_of_an_attribute_is_refused(menagerie, table):
    status, reply = raw(menagerie, "PutItem", {"TableName": table, "Item": {"id": {"S": "a"}, "": {"S": "x"}}})
    assert (status, reply["message"]) == (400, ONE_ERROR + "Empty attribute name")
