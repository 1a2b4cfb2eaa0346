"""The two layers in which AWS checks requests: which operation answers in which words, and what it looks at first."""
import pytest

from . import ONE_ERROR, new_name, new_table, raw

INVALID = "One or more parameter values were invalid: "
NO_NUMBER = "The parameter cannot be converted to a numeric value"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
NESTING = "Nesting Levels have exceeded supported limits"
TOO_DEEP = NESTING + ": Attributes in the item have nested levels beyond supported limit"
RETURNS = "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
OLDER_RETURNS = ("Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
                 "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]")

KEY = {"id": {"S": "a"}}

# Each value with what the current layer says of it and what the older one does.
VALUES = [
    ({"N": "x"}, NO_NUMBER + ": x", NO_NUMBER + ": x"), ({"N": ""}, NO_NUMBER + ": ", NO_NUMBER),
    ({"N": "1e126"}, OVERFLOW, OVERFLOW), ({"N": "1e2147483647"}, OVERFLOW, UNDERFLOW),
    ({"SS": ["b", "a", "b", "0"]}, INVALID + 'Input collection ["a", "b", "b", "0"] contains duplicates.',
     INVALID + "Input collection [b, a, b, 0] contains duplicates."),
    ({"SS": [*"ponmlkjihgfedcba", "c", "0", "b"]},
     INVALID + 'Input collection ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "c", "0", "b"] '
     "contains duplicates.",
     INVALID + "Input collection [p, o, n, m, l, k, j, i, h, g, f, e, d, c, b, a, c, 0, b] contains duplicates."),
    ({"BS": ["/w==", "AA==", "AA=="]}, INVALID + 'Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.',
     INVALID + "Input collection [/w==, AA==, AA==]of type BS contains duplicates."),
    ({"NS": ["2", "1", "2"]}, INVALID + "Input collection contains duplicates.", "Input collection contains duplicates"),
]


@pytest.fixture(scope="module")
def table(menagerie):
    return new_table(menagerie.client("dynamodb"), "id:S")


@pytest.fixture
def message(menagerie):
    """Sends a request and returns the message of its ValidationException."""
    def send(operation, **body):
        status, reply = raw(menagerie, operation, body)
        assert (status, reply["__type"].split("#")[-1]) == (400, "ValidationException"), reply
        return reply["message"]
    return send


def nested(levels):
    value = {"S": "leaf"}
    for _ in range(levels):
        value = {"M": {"n": value}}
    return value


def condition(value):
    return {"ConditionExpression": "attribute_not_exists(id) OR v = :v", "ExpressionAttributeValues": {":v": value}}


def of_value(wrong, key=":v"):
    return f"ExpressionAttributeValues contains invalid value: {wrong} for key {key}"


@pytest.mark.parametrize("value, current, older", VALUES)
def test_writes_of_one_item_answer_in_the_current_words_behind_a_count(message, table, value, current, older):
    update = {"TableName": table, "UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": value}}

    assert [
        message("PutItem", TableName=table, Item={**KEY, "v": {"L": [value]}}),
        message("PutItem", TableName=table, Item=KEY, **condition(value)),
        message("PutItem", TableName=table, Item=KEY, Expected={"v": {"Value": value}}),
        message("UpdateItem", Key=KEY, **update),
        message("UpdateItem", TableName=table, Key=KEY, AttributeUpdates={"v": {"Value": value}}),
        message("DeleteItem", TableName=table, Key={"id": value}),
        message("DeleteItem", TableName=table, Key=KEY, **condition(value)),
    ] == [ONE_ERROR + current] * 7


@pytest.mark.parametrize("value, current, older", VALUES)
def test_reads_answer_in_the_current_words(message, table, value, current, older):
    query = {"TableName": table, "KeyConditionExpression": "id = :v"}

    assert [
        message("GetItem", TableName=table, Key={"id": value}),
        message("BatchGetItem", RequestItems={table: {"Keys": [{"id": value}]}}),
        message("Query", ExpressionAttributeValues={":v": value}, **query),
        message("Query", ExpressionAttributeValues={":v": {"S": "a"}}, ExclusiveStartKey={"id": value}, **query),
    ] == [current] * 4


@pytest.mark.parametrize("value, current, older", VALUES)
def test_batches_of_writes_transactions_and_scans_answer_in_the_older_words(message, table, value, current, older):
    def write(**action):
        return message("TransactWriteItems", TransactItems=[action])

    assert [
        message("BatchWriteItem", RequestItems={table: [{"PutRequest": {"Item": {**KEY, "v": value}}}]}),
        message("BatchWriteItem", RequestItems={table: [{"DeleteRequest": {"Key": {"id": value}}}]}),
        write(Put={"TableName": table, "Item": {**KEY, "v": value}}),
        write(Delete={"TableName": table, "Key": {"id": value}}),
        message("TransactGetItems", TransactItems=[{"Get": {"TableName": table, "Key": {"id": value}}}]),
    ] == [older] * 5
    assert [
        write(Put={"TableName": table, "Item": KEY, **condition(value)}),
        write(ConditionCheck={"TableName": table, "Key": KEY, **condition(value)}),
        message("Scan", TableName=table, FilterExpression="v = :v", ExpressionAttributeValues={":v": value}),
    ] == [of_value(older)] * 3


def test_return_values_that_are_none_are_refused_before_other_enums_of_an_update(message):
    request = {"TableName": new_name(), "Key": KEY, "ReturnValues": "SOME"}

    assert message("UpdateItem", **request) == ONE_ERROR + RETURNS
    assert message("UpdateItem", ReturnConsumedCapacity="SOME", **request) == ONE_ERROR + RETURNS
    assert message("DeleteItem", **request) == ONE_ERROR + RETURNS
    assert message("DeleteItem", ReturnConsumedCapacity="SOME", **request).startswith("2 validation errors detected: ")


def test_a_conditional_operator_that_is_none_needs_two_conditions_to_be_refused_first(message):
    one, two = {"a": {"Exists": False}}, {"a": {"Exists": False}, "b": {"Exists": False}}
    request = {"TableName": new_name(), "Item": KEY, "ConditionalOperator": "XOR"}

    assert message("PutItem", Expected=two, **request) == (
        ONE_ERROR + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]")
    assert message("PutItem", Expected=one, **request) == (
        ONE_ERROR + "Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value "
        "set: [OR, AND]")


def test_an_empty_table_name_stands_alone_unless_the_key_is_missing(message):
    assert message("PutItem", TableName="", Item={}, ReturnValues="SOME") == (
        ONE_ERROR + "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1")
    assert message("UpdateItem", TableName="", UpdateExpression="REMOVE a", ReturnValues="SOME") == (
        "3 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
        f"greater than or equal to 1; {OLDER_RETURNS}; Value null at 'key' failed to satisfy constraint: Member must not "
        "be null")


@pytest.mark.parametrize("levels, deep", [(32, False), (61, False), (63, True)])
def test_a_value_that_is_far_too_deep_leaves_a_write_to_the_older_layer(message, levels, deep):
    put = {"TableName": new_name(), "Item": {**KEY, "v": nested(levels)}}
    delete = {"TableName": new_name(), "Key": KEY, **condition(nested(levels))}

    assert message("PutItem", **put) == (TOO_DEEP if deep else ONE_ERROR + TOO_DEEP)
    assert message("DeleteItem", **delete) == (of_value(TOO_DEEP) if deep else ONE_ERROR + TOO_DEEP)
    assert message("DeleteItem", ReturnValues="SOME", **delete) == ONE_ERROR + (OLDER_RETURNS if deep else RETURNS)
    assert message("DeleteItem", ReturnValues="ALL_NEW", **delete) == (
        ("" if deep else ONE_ERROR) + "ReturnValues can only be ALL_OLD or NONE")


def cancelled(menagerie, action):
    """The reasons of a transaction of this action alone."""
    status, reply = raw(menagerie, "TransactWriteItems", {"TransactItems": [action]})
    assert (status, reply["__type"].split("#")[-1]) == (400, "TransactionCanceledException"), reply
    return [(reason["Code"], reason["Message"]) for reason in reply["CancellationReasons"]]


def test_a_transaction_lets_a_value_be_one_level_deeper_than_an_item(menagerie, message, table):
    check = {"TableName": table, "Key": KEY, "ConditionExpression": "v = :v"}
    update = {"TableName": table, "Key": KEY, "UpdateExpression": "SET v = :v"}

    def values(levels):
        return {"ExpressionAttributeValues": {":v": nested(levels)}}

    assert cancelled(menagerie, {"ConditionCheck": {**check, **values(32)}}) == [
        ("ConditionalCheckFailed", "The conditional request failed")]
    assert cancelled(menagerie, {"Update": {**update, **values(32)}}) == [("ValidationError", NESTING)]
    for levels in (33, 61, 100):
        assert message("TransactWriteItems", TransactItems=[{"Update": {**update, **values(levels)}}]) == of_value(TOO_DEEP)


def test_a_transaction_looks_at_names_then_values_in_their_order_and_at_keys_last(message):
    def write(kind, **action):
        return message("TransactWriteItems", TransactItems=[{kind: {"TableName": new_name(), **action}}])

    assert write("Put", Item={**KEY, "deep": nested(100), "": {"S": "x"}}) == "Empty attribute name"
    assert write("Put", Item={**KEY, "": {"S": "x"}, "deep": nested(100)}) == "Empty attribute name"
    assert write("Put", Item={**KEY, "m": {"M": {"": {"M": {"": {"S": "x"}}}}}, "deep": nested(40)}) == TOO_DEEP
    assert write("Put", Item={**KEY, "m": {"M": {"n": {"N": "x"}}}, "deep": nested(40)}) == NO_NUMBER + ": x"
    assert write("Delete", Key={"id": nested(40)}, ConditionExpression="a = = b") == (
        'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"')
    assert write("Delete", Key={"id": nested(40)}, ConditionExpression="attribute_exists(a)") == TOO_DEEP
