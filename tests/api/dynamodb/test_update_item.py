"""UpdateItem: by expressions and as before them; what it refuses, what it gives back."""
import pytest

from . import ONE_ERROR, failed, index, item, new_name, new_table, plain, raw, refused

INVALID = "One or more parameter values were invalid: "


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S")


def get(client, table, **key):
    return client.get_item(TableName=table, Key=item(**key), ConsistentRead=True).get("Item")


def values(**given):
    return {":" + name: value for name, value in item(**given).items()}


def test_an_update_changes_what_it_names_and_nothing_else(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", n=1, kept="k", gone="g", tags={"x", "y"}, doc={"l": [1, 2, 3]}))
    dynamodb.update_item(TableName=table, Key=item(id="a"),
                         UpdateExpression="SET n = n + :one, doc.l[1] = :new REMOVE gone ADD sum_ :one DELETE tags :x",
                         ExpressionAttributeValues=values(one=1, new="n", x={"x"}))

    assert plain(get(dynamodb, table, id="a")) == {
        "id": "a", "n": 2, "kept": "k", "tags": {"y"}, "doc": {"l": [1, "n", 3]}, "sum_": 1}


def test_an_update_makes_the_item_that_is_not_there(dynamodb, table):
    dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression="SET n = if_not_exists(n, :n)",
                         ExpressionAttributeValues=values(n=7))
    dynamodb.update_item(TableName=table, Key=item(id="b"))

    assert get(dynamodb, table, id="a") == item(id="a", n=7)
    assert get(dynamodb, table, id="b") == item(id="b")


def test_an_update_without_any_update_leaves_an_item_as_it_is(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", n=1))
    reply = dynamodb.update_item(TableName=table, Key=item(id="a"), ReturnValues="ALL_NEW")

    assert reply["Attributes"] == item(id="a", n=1)
    assert "Attributes" not in dynamodb.update_item(TableName=table, Key=item(id="a"), ReturnValues="UPDATED_NEW")


@pytest.mark.parametrize("wanted, expected", [
    ("NONE", None),
    ("ALL_OLD", {"id": "a", "n": 1, "map": {"x": 1, "y": 2}, "gone": "g"}),
    ("ALL_NEW", {"id": "a", "n": 2, "map": {"x": 5, "y": 2}, "new": "N"}),
    ("UPDATED_OLD", {"n": 1, "map": {"x": 1}, "gone": "g"}),
    ("UPDATED_NEW", {"n": 2, "map": {"x": 5}, "new": "N"}),
])
def test_every_kind_of_return_values(dynamodb, table, wanted, expected):
    dynamodb.put_item(TableName=table, Item=item(id="a", n=1, map={"x": 1, "y": 2}, gone="g"))
    reply = dynamodb.update_item(TableName=table, Key=item(id="a"), ReturnValues=wanted,
                                 UpdateExpression="SET n = :n, #m.x = :x, #new = :new REMOVE gone",
                                 ExpressionAttributeNames={"#m": "map", "#new": "new"},
                                 ExpressionAttributeValues=values(n=2, x=5, new="N"))

    assert (plain(reply["Attributes"]) if expected else reply.get("Attributes")) == expected


def test_return_values_of_an_item_that_was_not_there(dynamodb, table):
    def update(key, wanted):
        reply = dynamodb.update_item(TableName=table, Key=item(id=key), ReturnValues=wanted, UpdateExpression="SET n = :n",
                                     ExpressionAttributeValues=values(n=1))
        return reply.get("Attributes")

    assert update("a", "ALL_OLD") is None
    assert update("b", "UPDATED_OLD") is None
    assert update("c", "ALL_NEW") == item(id="c", n=1)
    assert update("d", "UPDATED_NEW") == item(n=1)


def test_a_condition_on_an_item_that_is_not_there_makes_none(menagerie, dynamodb, table):
    def update(condition):
        return raw(menagerie, "UpdateItem", {
            "TableName": table, "Key": item(id="a"), "UpdateExpression": "SET n = :n", "ConditionExpression": condition,
            "ExpressionAttributeValues": values(n=1), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})

    assert failed(*update("attribute_exists(id)")) is None
    assert get(dynamodb, table, id="a") is None
    assert update("attribute_not_exists(id)") == (200, {})
    assert failed(*update("attribute_not_exists(id)")) == item(id="a", n=1)


def test_attribute_updates_put_add_and_delete(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", n=1, tags={"x", "y"}, gone="g"))
    reply = dynamodb.update_item(TableName=table, Key=item(id="a"), ReturnValues="UPDATED_NEW", AttributeUpdates={
        "n": {"Action": "ADD", "Value": {"N": "2"}},
        "tags": {"Action": "DELETE", "Value": {"SS": ["x"]}},
        "gone": {"Action": "DELETE"},
        "new": {"Value": {"S": "put without saying so"}}})

    assert plain(get(dynamodb, table, id="a")) == {"id": "a", "n": 3, "tags": {"y"}, "new": "put without saying so"}
    assert plain(reply["Attributes"]) == {"n": 3, "tags": {"y"}, "new": "put without saying so"}


@pytest.mark.parametrize("more, message", [
    ({"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": values(a=1),
      "AttributeUpdates": {"a": {"Value": {"N": "1"}}}, "Expected": {"a": {"Exists": False}}},
     "Can not use both expression and non-expression parameters in the same request: "
     "Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: {UpdateExpression}"),
    ({"AttributeUpdates": {"a": {"Value": {"N": "1"}}}, "ConditionExpression": "attribute_exists(a)"},
     "Can not use both expression and non-expression parameters in the same request: "
     "Non-expression parameters: {AttributeUpdates} Expression parameters: {ConditionExpression}"),
    ({"ExpressionAttributeValues": values(a=1)}, "ExpressionAttributeValues can only be specified when using expressions"),
    ({"UpdateExpression": ""}, "Invalid UpdateExpression: The expression can not be empty;"),
    ({"UpdateExpression": "SET a = :a"}, "Invalid UpdateExpression: An expression attribute value used in expression "
     "is not defined; attribute value: :a"),
])
def test_parameters_that_do_not_go_together_are_refused(dynamodb, table, more, message):
    with refused(ONE_ERROR + message):
        dynamodb.update_item(TableName=table, Key=item(id="a"), **more)
    assert get(dynamodb, table, id="a") is None


@pytest.mark.parametrize("more", [
    {"UpdateExpression": "SET n = :v", "ExpressionAttributeValues": values(v=1)},
    {"UpdateExpression": "REMOVE n"},
    {"AttributeUpdates": {"n": {"Value": {"N": "1"}}}},
])
def test_the_key_cannot_be_updated(dynamodb, more):
    table = new_table(dynamodb, "id:S", "n:N")

    with refused(INVALID + "Cannot update attribute n. This attribute is part of the key"):
        dynamodb.update_item(TableName=table, Key=item(id="a", n=1), **more)


def test_the_order_of_checks(dynamodb, table):
    update = {"TableName": new_name(), "Key": item(other="a"), "UpdateExpression": "SET id = :v, x = nowhere"}

    with refused(ONE_ERROR + "Invalid UpdateExpression: An expression attribute value used in expression is not "
                 "defined; attribute value: :v"):
        dynamodb.update_item(**update)
    update["ExpressionAttributeValues"] = values(v=1)
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.update_item(**update)
    update["TableName"] = table
    with refused("The provided key element does not match the schema"):
        dynamodb.update_item(**update)
    update["Key"] = item(id="a")
    with refused(INVALID + "Cannot update attribute id. This attribute is part of the key"):
        dynamodb.update_item(**update)


def test_what_does_not_fit_the_item_changes_nothing(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", words="t"))
    update = {"TableName": table, "Key": item(id="a")}

    with refused("The provided expression refers to an attribute that does not exist in the item"):
        dynamodb.update_item(UpdateExpression="SET b = nowhere", **update)
    with refused("An operand in the update expression has an incorrect data type"):
        dynamodb.update_item(UpdateExpression="SET b = words + :one", ExpressionAttributeValues=values(one=1), **update)
    with refused("The document path provided in the update expression is invalid for update"):
        dynamodb.update_item(UpdateExpression="SET m.x = :one", ExpressionAttributeValues=values(one=1), **update)
    assert get(dynamodb, table, id="a") == item(id="a", words="t")


def test_keys_of_indexes_must_fit_what_the_item_becomes(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-kind", "kind:S")])
    update = {"TableName": table, "Key": item(id="a"), "UpdateExpression": "SET kind = :k"}

    with refused(INVALID + "Type mismatch for Index Key kind Expected: S Actual: N IndexName: by-kind"):
        dynamodb.update_item(ExpressionAttributeValues=values(k=1), **update)
    with refused("One or more parameter values are not valid. The update expression attempted to update a secondary "
                 "index key to a value that is not supported. The AttributeValue for a key attribute cannot contain "
                 "an empty string value."):
        dynamodb.update_item(ExpressionAttributeValues=values(k=""), **update)
    assert get(dynamodb, table, id="a") is None


def test_an_item_cannot_grow_beyond_its_limit(dynamodb, table):
    dynamodb.put_item(TableName=table, Item=item(id="a", s="x" * 300000))
    update = {"TableName": table, "Key": item(id="a"), "UpdateExpression": "SET t = :t"}

    with refused("Item size to update has exceeded the maximum allowed size"):
        dynamodb.update_item(ExpressionAttributeValues=values(t="x" * (409600 - 300000 - 4)), **update)
    dynamodb.update_item(ExpressionAttributeValues=values(t="x" * (409600 - 300000 - 5)), **update)


# AWS measures the attributes that are written, whole, and adds 3 bytes, and 19 for what is set and 2 for what goes.
@pytest.mark.parametrize("there, expression, given, others", [
    ({}, "SET b = :pad", {}, 3 + 19 + len("b")),
    ({"u": "not written"}, "SET b = :pad", {}, 3 + 19 + len("b")),
    ({}, "SET b = :pad, c = :c", {"c": "y"}, 3 + 19 + 19 + len("b" "c" "y")),
    ({}, "SET b = :pad ADD n :n", {"n": 7}, 3 + 19 + 19 + len("b" "n") + 2),
    ({"r": "z"}, "SET b = :pad REMOVE r", {}, 3 + 19 + 2 + len("b")),
    ({"m": {"b": ""}}, "SET m.b = :pad", {}, 3 + 19 + len("m") + 3 + 1 + len("b")),
    ({"l": [""]}, "SET l[0] = :pad", {}, 3 + 20 + len("l") + 3 + 1),
])
def test_what_an_update_writes_has_the_limit_of_an_item_too(dynamodb, table, there, expression, given, others):
    dynamodb.put_item(TableName=table, Item=item(id="a", **there))

    def update(padding):
        dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression=expression,
                             ExpressionAttributeValues=values(pad="x" * padding, **given))

    with refused("Item size to update has exceeded the maximum allowed size"):
        update(409600 - others + 1)
    update(409600 - others)


def test_a_short_key_gives_other_writes_no_less_room(dynamodb, table):
    padding = {":pad": {"S": "x" * (409600 - len("id" "a" "b"))}}
    update = {"TableName": table, "Key": item(id="a"), "UpdateExpression": "SET b = :pad",
              "ExpressionAttributeValues": padding}

    with refused("Item size to update has exceeded the maximum allowed size"):
        dynamodb.update_item(**update)
    dynamodb.transact_write_items(TransactItems=[{"Update": update}])
    dynamodb.execute_statement(Statement=f"UPDATE \"{table}\" SET b = ? WHERE id = 'a'", Parameters=[padding[":pad"]])
    assert get(dynamodb, table, id="a")["b"] == padding[":pad"]


def test_indexes_follow_an_item_that_moves_in_them(dynamodb):
    table = new_table(dynamodb, "id:S", indexes=[index("by-kind", "kind:S", project="KEYS_ONLY")])

    def entries():
        return dynamodb.scan(TableName=table, IndexName="by-kind")["Items"]

    def update(expression, **given):
        more = {"ExpressionAttributeValues": values(**given)} if given else {}
        dynamodb.update_item(TableName=table, Key=item(id="a"), UpdateExpression=expression, **more)

    update("SET n = :n", n=1)
    assert entries() == []
    update("SET kind = :k", k="one")
    assert entries() == [item(id="a", kind="one")]
    update("SET kind = :k", k="two")
    assert entries() == [item(id="a", kind="two")]
    update("REMOVE kind")
    assert entries() == []


def test_what_was_there_before_an_index_may_stay_though_it_does_not_fit(dynamodb):
    table = new_table(dynamodb, "id:S")
    dynamodb.put_item(TableName=table, Item=item(id="a", kind=1))
    dynamodb.update_table(
        TableName=table, AttributeDefinitions=[{"AttributeName": "kind", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"}}}])
    update = {"TableName": table, "Key": item(id="a")}

    dynamodb.update_item(UpdateExpression="SET n = :n", ExpressionAttributeValues=values(n=1), **update)
    with refused(INVALID + "Type mismatch for Index Key kind Expected: S Actual: N IndexName: by-kind"):
        dynamodb.update_item(UpdateExpression="SET kind = :n", ExpressionAttributeValues=values(n=2), **update)
    dynamodb.update_item(UpdateExpression="SET kind = :k", ExpressionAttributeValues=values(k="k"), **update)
    assert get(dynamodb, table, id="a") == item(id="a", kind="k", n=1)
