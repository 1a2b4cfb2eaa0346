"""BatchGetItem: items by their keys, of several tables, as many as fit."""
import pytest

from . import item, new_table, put_all, raw, refused


@pytest.fixture(scope="module")
def tables(menagerie):
    client = menagerie.client("dynamodb")
    first, second = new_table(client, "id:S"), new_table(client, "id:S", "n:N")
    put_all(client, first, [item(id=str(i), text="x" * 100, deep={"a": [i]}) for i in range(10)])
    put_all(client, second, [item(id="a", n=i) for i in range(10)])
    return first, second


def keys(*ids):
    return {"Keys": [item(id=i) for i in ids]}


def test_items_of_several_tables_come_in_one_reply(dynamodb, tables):
    first, second = tables
    reply = dynamodb.batch_get_item(RequestItems={first: keys("3", "5"), second: {"Keys": [item(id="a", n=7)]}})
    assert {i["id"]["S"] for i in reply["Responses"][first]} == {"3", "5"}
    assert reply["Responses"][second] == [item(id="a", n=7)]
    assert reply["UnprocessedKeys"] == {}


def test_nothing_is_said_of_keys_without_an_item(menagerie, tables):
    first, second = tables
    asked = {"RequestItems": {first: keys("none", "1"), second: {"Keys": [item(id="b", n=1)]}}}
    status, reply = raw(menagerie, "BatchGetItem", asked)
    assert status == 200
    assert [i["id"]["S"] for i in reply["Responses"][first]] == ["1"]
    assert (reply["Responses"][second], reply["UnprocessedKeys"]) == ([], {})


def test_each_table_has_a_projection_of_its_own(dynamodb, tables):
    first, second = tables
    reply = dynamodb.batch_get_item(RequestItems={
        first: {**keys("1"), "ProjectionExpression": "#d.a[0]", "ExpressionAttributeNames": {"#d": "deep"}},
        second: {"Keys": [item(id="a", n=1)], "ProjectionExpression": "n"}})
    assert reply["Responses"] == {first: [item(deep={"a": [1]})], second: [item(n=1)]}
    reply = dynamodb.batch_get_item(RequestItems={first: {**keys("1"), "AttributesToGet": ["id"]}})
    assert reply["Responses"] == {first: [item(id="1")]}


def test_each_item_is_paid_for_by_itself(dynamodb, tables):
    first, second = tables
    reply = dynamodb.batch_get_item(ReturnConsumedCapacity="INDEXES", RequestItems={
        first: keys("1", "2", "none"), second: {"Keys": [item(id="a", n=1)], "ConsistentRead": True}})
    assert sorted(reply["ConsumedCapacity"], key=lambda c: c["CapacityUnits"]) == [
        {"TableName": second, "CapacityUnits": 1, "Table": {"CapacityUnits": 1}},
        {"TableName": first, "CapacityUnits": 1.5, "Table": {"CapacityUnits": 1.5}}]


def test_what_does_not_fit_into_sixteen_megabytes_is_left(dynamodb):
    name = new_table(dynamodb, "id:S")
    for i in range(45):
        dynamodb.put_item(TableName=name, Item=item(id=f"{i:02}", text="x" * 400_000))
    wanted = {name: {**keys(*(f"{i:02}" for i in range(45))), "ConsistentRead": True, "ProjectionExpression": "#i",
                     "ExpressionAttributeNames": {"#i": "id"}}}
    found, rounds = [], 0
    while wanted:
        reply = dynamodb.batch_get_item(RequestItems=wanted)
        found += [i["id"]["S"] for i in reply["Responses"][name]]
        wanted, rounds = reply["UnprocessedKeys"], rounds + 1
        if wanted:
            assert wanted[name].pop("Keys") == [item(id=f"{i:02}") for i in range(41, 45)]
            assert wanted[name] == {"ConsistentRead": True, "ProjectionExpression": "#i",
                                    "ExpressionAttributeNames": {"#i": "id"}}
            wanted[name]["Keys"] = [item(id=f"{i:02}") for i in range(41, 45)]
    assert (sorted(found), rounds) == ([f"{i:02}" for i in range(45)], 2)


def test_a_hundred_keys_are_enough(dynamodb, tables):
    first, second = tables
    many = [item(id="a", n=i) for i in range(100)]
    assert len(dynamodb.batch_get_item(RequestItems={second: {"Keys": many}})["Responses"][second]) == 10
    with refused("Too many items requested for the BatchGetItem call"):
        dynamodb.batch_get_item(RequestItems={second: {"Keys": many}, first: keys("1")})


@pytest.mark.parametrize("count, most", [(0, "greater than or equal to 1"), (101, "less than or equal to 100")])
def test_a_table_is_asked_for_one_to_a_hundred_keys(dynamodb, tables, count, most):
    with refused(f"1 validation error detected: Value at 'RequestItems.{tables[1]}.member.Keys' failed to satisfy constraint: "
                 f"Member must have length {most}"):
        dynamodb.batch_get_item(RequestItems={tables[1]: {"Keys": [item(id="a", n=i) for i in range(count)]}})


def test_some_table_must_be_asked(dynamodb):
    with refused("1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length "
                 "greater than or equal to 1"):
        dynamodb.batch_get_item(RequestItems={})


NAMES = ("'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or "
         "equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: "
         "[a-zA-Z0-9_.-]+]")
UNKNOWN = ("Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: "
           "[INDEXES, TOTAL, NONE]")


def test_a_name_that_no_table_can_have_is_told_with_what_is_asked_of_it(dynamodb, tables):
    asked = {"bad!name": {"Keys": [{"id": {"S": "\u00e9"}}, {"n": {"N": "1.0"}}]}, tables[0]: keys("1")}
    shown = ('{"bad!name":{"Keys":[{"id":{"S":"\u00e9"}},{"n":{"N":"1"}}]},"%s":{"Keys":[{"id":{"S":"1"}}]}}' % tables[0])
    with refused(f"1 validation error detected: Value '{shown}' at {NAMES}"):
        dynamodb.batch_get_item(RequestItems=asked)
    with refused(f"2 validation errors detected: Value '{shown}' at {NAMES}; {UNKNOWN}"):
        dynamodb.batch_get_item(RequestItems=asked, ReturnConsumedCapacity="BOGUS")
    with refused(f"1 validation error detected: Value '{{\"ab\":{{\"Keys\":[{{\"id\":{{\"S\":\"1\"}}}}]}}}}' at {NAMES}"):
        dynamodb.batch_get_item(RequestItems={"ab": keys("1")})


def test_what_is_shown_of_it_is_cut_at_a_character(menagerie):
    asked = {"RequestItems": {"\u00e9" * 3000: {"Keys": [{"id": {"X": 1}}]}}, "ReturnConsumedCapacity": "\u00e9" * 3000}
    status, reply = raw(menagerie, "BatchGetItem", asked)
    assert status == 400
    assert reply["message"].startswith("2 validation errors detected: Value '{\"" + "\u00e9" * 511 + "' at 'requestItems' failed")
    assert "; Value '" + "\u00e9" * 512 + "' at 'returnConsumedCapacity' failed" in reply["message"]


def test_a_table_may_be_named_by_its_arn(dynamodb, tables):
    arn = dynamodb.describe_table(TableName=tables[0])["Table"]["TableArn"]
    found = dynamodb.batch_get_item(RequestItems={arn: {**keys("1"), "ProjectionExpression": "id"}})["Responses"]
    assert list(found.values()) == [[item(id="1")]]


def test_unknown_capacity_is_told_before_a_missing_table(dynamodb):
    with refused("1 validation error detected: " + UNKNOWN):
        dynamodb.batch_get_item(RequestItems={"no-such-table": keys("1")}, ReturnConsumedCapacity="BOGUS")


def test_the_same_key_twice_is_refused(dynamodb, tables):
    with refused("Provided list of item keys contains duplicates"):
        dynamodb.batch_get_item(RequestItems={tables[0]: keys("1", "2", "1")})
    with refused("Provided list of item keys contains duplicates"):
        dynamodb.batch_get_item(RequestItems={tables[1]: {"Keys": [
            {"id": {"S": "a"}, "n": {"N": "1"}}, {"n": {"N": "1.0"}, "id": {"S": "a"}}]}})


def test_each_table_is_to_be_there(dynamodb, tables):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.batch_get_item(RequestItems={tables[0]: keys("1"), "no-such-table": keys("1")})


def test_each_key_is_to_be_of_its_table(dynamodb, tables):
    with refused("The provided key element does not match the schema"):
        dynamodb.batch_get_item(RequestItems={tables[0]: {"Keys": [item(id="1"), item(id=1)]}})


def test_expressions_and_what_was_before_them_do_not_mix_even_between_tables(dynamodb, tables):
    first, second = tables
    message = ("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
               "{AttributesToGet} Expression parameters: {ProjectionExpression}")
    with refused(message):
        dynamodb.batch_get_item(RequestItems={first: {**keys("1"), "AttributesToGet": ["a"], "ProjectionExpression": "a"}})
    with refused(message):
        dynamodb.batch_get_item(RequestItems={first: {**keys("1"), "AttributesToGet": ["a"]}, second: {
            "Keys": [item(id="a", n=1)], "ProjectionExpression": "a"}})


def test_a_bad_projection_of_one_table_refuses_all(dynamodb, tables):
    with refused("Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
                 "these paths; path one: [a], path two: [a, b]"):
        dynamodb.batch_get_item(RequestItems={tables[0]: {**keys("1"), "ProjectionExpression": "a, a.b"}})


@pytest.mark.parametrize("part, code", [(None, "ValidationException"), ({}, "ValidationException"),
                                        ({"Keys": [None]}, "ValidationException"), ({"Keys": ["x"]}, "SerializationException"),
                                        ({"Keys": [{"id": None}]}, "ValidationException"), ([], "SerializationException")])
def test_parts_that_are_none_are_refused(menagerie, tables, part, code):
    status, reply = raw(menagerie, "BatchGetItem", {"RequestItems": {tables[0]: part}})
    assert (status, reply["__type"].rpartition("#")[2]) == (400, code)
