"""Expressions as requests have them: which of them is wrong, and what is said before a table is looked for."""
import pytest

from . import ONE_ERROR, item, new_name, new_table, plain, refused

KEY = {"id": {"S": "a"}}
SYNTAX = 'Invalid {}: Syntax error; token: "<EOF>", near: "{}"'

OPERATIONS = [
    ("put_item", "ConditionExpression", {"Item": KEY}),
    ("delete_item", "ConditionExpression", {"Key": KEY}),
    ("update_item", "ConditionExpression", {"Key": KEY}),
    ("update_item", "UpdateExpression", {"Key": KEY}),
    ("get_item", "ProjectionExpression", {"Key": KEY}),
    ("scan", "FilterExpression", {}),
    ("scan", "ProjectionExpression", {}),
    ("query", "KeyConditionExpression", {}),
    ("query", "FilterExpression", {"KeyConditionExpression": "id = :id"}),
    ("query", "ProjectionExpression", {"KeyConditionExpression": "id = :id"}),
]


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


@pytest.mark.parametrize("operation, expression, more", OPERATIONS)
def test_an_operation_says_which_expression_is_wrong_before_it_looks_for_the_table(dynamodb, operation, expression, more):
    if "KeyConditionExpression" in more:
        more = {**more, "ExpressionAttributeValues": {":id": {"S": "a"}}}
    wrong, near = {"UpdateExpression": ("SET", "SET"), "ProjectionExpression": ("a,", ",")}.get(expression, ("a =", "="))

    of_write = operation in ("put_item", "delete_item", "update_item")
    with refused((ONE_ERROR if of_write else "") + SYNTAX.format(expression, near)):
        getattr(dynamodb, operation)(TableName=new_name(), **{expression: wrong}, **more)


def test_names_and_values_are_looked_at_before_the_expressions(dynamodb, table):
    with refused('ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'):
        dynamodb.scan(TableName=table, FilterExpression="a =", ExpressionAttributeNames={"a": "b"})
    with refused("ExpressionAttributeNames must not be empty"):
        dynamodb.scan(TableName=table, FilterExpression="a =", ExpressionAttributeNames={})
    with refused("ExpressionAttributeValues must not be empty"):
        dynamodb.scan(TableName=table, FilterExpression="a =", ExpressionAttributeValues={})


def test_names_and_values_that_no_expression_uses_are_refused(dynamodb, table):
    with refused("Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"):
        dynamodb.get_item(TableName=table, Key=KEY, ProjectionExpression="#a",
                          ExpressionAttributeNames={"#a": "a", "#b": "b"})
    with refused(ONE_ERROR + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"):
        dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression="SET x = :a",
                             ExpressionAttributeValues={":a": {"N": "1"}, ":b": {"N": "1"}})


def test_two_expressions_share_names_and_values(dynamodb, table):
    names, values = {"#n": "name"}, {":v": {"S": "v"}}
    dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression="SET #n = :v",
                         ConditionExpression="attribute_not_exists(#n) AND NOT size(:v) > size(#n)",
                         ExpressionAttributeNames=names, ExpressionAttributeValues=values)
    found = dynamodb.scan(TableName=table, FilterExpression="#n = :v", ProjectionExpression="#n",
                          ExpressionAttributeNames=names, ExpressionAttributeValues=values)

    assert [plain(i) for i in found["Items"]] == [{"name": "v"}]


def test_a_reserved_word_needs_a_substitute(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", status="up"))
    with refused("Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: status"):
        dynamodb.scan(TableName=table, FilterExpression="status = :up", ExpressionAttributeValues={":up": {"S": "up"}})

    found = dynamodb.scan(TableName=table, FilterExpression="#s = :up", ExpressionAttributeNames={"#s": "status"},
                          ExpressionAttributeValues={":up": {"S": "up"}})
    assert found["Count"] == 1


def test_an_expression_has_at_most_four_kilobytes(dynamodb, table):
    longest = ("SET x" + "a" * 4096)[:4096 - len(" = :v")] + " = :v"
    values = {":v": {"N": "1"}}
    dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression=longest, ExpressionAttributeValues=values)
    with refused(ONE_ERROR + "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;"):
        dynamodb.update_item(TableName=table, Key=KEY, UpdateExpression=longest + " ", ExpressionAttributeValues=values)
    condition = " AND ".join(["a = :v"] * 374)
    with refused(ONE_ERROR + "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
                 "expression size: 4109"):
        dynamodb.delete_item(TableName=table, Key=KEY, ConditionExpression=condition, ExpressionAttributeValues=values)
