"""PartiQL, many statements at a time that have nothing to do with each other: BatchExecuteStatement."""
import pytest

from . import index, item, new_name, new_table, plain, raw, refused

NEEDS_KEY = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."


@pytest.fixture(scope="module")
def table(menagerie):
    return new_table(menagerie.client("dynamodb"), "id:S", indexes=[
        index("one", "text:S"), index("many", "text:S", "more:S", hashes=2)])


@pytest.fixture
def put(dynamodb, table):
    def put(**attributes):
        key = new_name()
        dynamodb.put_item(TableName=table, Item=item(id=key, **attributes))
        return key
    return put


@pytest.fixture
def run(dynamodb, table):
    """Runs statements in which {} is the table; the responses."""
    def run(*statements, **more):
        return dynamodb.batch_execute_statement(
            Statements=[{"Statement": s.replace("{}", f'"{table}"')} for s in statements], **more)["Responses"]
    return run


def error(code, message):
    return {"Error": {"Code": code, "Message": message}}


def test_reads_answer_in_order(run, put, table):
    keys = [put(text=t, n=1) for t in "xy"]
    assert run(*(f"SELECT id, text FROM {{}} WHERE id = '{k}'" for k in [*keys, "none"])) == [
        {"TableName": table, "Item": item(id=keys[0], text="x")},
        {"TableName": table, "Item": item(id=keys[1], text="y")}, {"TableName": table}]


def test_writes_are_made_each_on_its_own(run, put, table, dynamodb):
    key, fresh = put(text="x"), new_name()
    assert run(f"INSERT INTO {{}} VALUE {{'id': '{fresh}', 'n': 1}}", f"INSERT INTO {{}} VALUE {{'id': '{fresh}x'}}",
               f"UPDATE {{}} SET text = 'y' WHERE id = '{key}'") == [{"TableName": table}] * 3
    assert plain(dynamodb.get_item(TableName=table, Key=item(id=key))["Item"])["text"] == "y"
    assert plain(dynamodb.get_item(TableName=table, Key=item(id=fresh))["Item"]) == {"id": fresh, "n": 1}


def test_what_is_wrong_with_one_leaves_the_others(run, put, table, dynamodb):
    key, other = put(text="x"), put(text="x")
    assert run(f"SLECT * FROM {{}} WHERE id = '{key}'", f"INSERT INTO {{}} VALUE {{'id': '{key}'}}",
               f"UPDATE {{}} SET text = 'y' WHERE id = '{other}' AND text = 'z'", "DELETE FROM none WHERE id = 'x'",
               "DELETE FROM {} WHERE text = 'x'", "DELETE FROM {} WHERE id = 'none'") == [
        error("ValidationError", "Statement wasn't well formed, can't be processed: Expected data manipulation"),
        {**error("DuplicateItem", "Duplicate primary key exists in table"), "TableName": table},
        {**error("ConditionalCheckFailed", "The conditional request failed"), "TableName": table},
        error("ResourceNotFound", "Requested resource not found"),
        error("ValidationError", "Where clause does not contain a mandatory equality on all key attributes"),
        {"TableName": table}]
    assert plain(dynamodb.get_item(TableName=table, Key=item(id=other))["Item"])["text"] == "x"


def test_returning_is_honoured(run, put, table):
    old, new, empty = put(text="x"), put(text="x", n=1), put(text="x")
    assert run(f"DELETE FROM {{}} WHERE id = '{old}' RETURNING ALL OLD *",
               f"UPDATE {{}} SET text = 'y' WHERE id = '{new}' RETURNING MODIFIED NEW *",
               f"UPDATE {{}} REMOVE text WHERE id = '{empty}' RETURNING MODIFIED NEW *") == [
        {"TableName": table, "Item": item(id=old, text="x")}, {"TableName": table, "Item": item(text="y")},
        {"TableName": table}]


@pytest.mark.parametrize("condition", ["text = 'x'", "id = 'x' AND text = 'x'", "id = 'x' AND attribute_exists(text)",
                                       "id IN ['x']"])
def test_a_select_names_the_key_and_nothing_else(run, condition):
    assert run(f"SELECT * FROM {{}} WHERE {condition}") == [error("ValidationError", NEEDS_KEY)]


def test_a_select_is_not_of_an_index(run, table):
    many = "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."
    assert [r["Error"]["Message"] for r in run("SELECT * FROM {}.\"one\" WHERE text = 'x'",
                                               "SELECT * FROM {}.\"many\" WHERE text = 'x' AND more = 'x'")] == [
        NEEDS_KEY, many]


def test_the_item_is_shown_when_a_condition_fails(menagerie, put, table):
    key = put(text="x")
    status, reply = raw(menagerie, "BatchExecuteStatement", {"Statements": [{
        "Statement": f"UPDATE \"{table}\" SET n = 1 WHERE id = '{key}' AND text = 'y'",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}]})
    assert (status, reply["Responses"][0]["Error"]["Item"]) == (200, item(id=key, text="x"))


def test_reads_and_writes_do_not_mix(run, put):
    key = put(text="x")
    with refused("BatchExecuteStatement API does not support both read and write operations in the same request."):
        run(f"SELECT * FROM {{}} WHERE id = '{key}'", "DELETE FROM {} WHERE id = 'x'")


def test_no_item_comes_twice(run, put):
    key = put(text="x")
    with refused("Provided list of item keys contains duplicates"):
        run(f"UPDATE {{}} SET text = 'y' WHERE id = '{key}'", f"DELETE FROM {{}} WHERE id = '{key}'")


@pytest.mark.parametrize("count, bound", [(0, "greater than or equal to 1"), (26, "less than or equal to 25")])
def test_between_one_and_twenty_five(dynamodb, count, bound):
    with pytest.raises(dynamodb.exceptions.ClientError, match=bound):
        dynamodb.batch_execute_statement(Statements=[{"Statement": "SELECT * FROM t WHERE id = 'x'"}] * count)


def test_capacity_is_of_what_succeeded(dynamodb, put, table):
    other = new_table(dynamodb, "id:S")
    keys = [put(text="x" * 2000), put(text="x")]
    reply = dynamodb.batch_execute_statement(ReturnConsumedCapacity="TOTAL", Statements=[
        {"Statement": f"SELECT * FROM \"{table}\" WHERE id = '{keys[0]}'"},
        {"Statement": f"SELECT * FROM \"{table}\" WHERE id = '{keys[1]}'", "ConsistentRead": True},
        {"Statement": f"SELECT * FROM \"{other}\" WHERE text = 'x'"}])
    assert reply["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 1.5}]
