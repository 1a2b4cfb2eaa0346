"""PartiQL, many statements at a time of which all happen or none: ExecuteTransaction."""
import pytest

from . import index, item, new_name, new_table, plain, raw, refused

CANCELLED = "Transaction cancelled, please refer cancellation reasons for specific reasons "
INVALID = "Validation failed in TransactStatements[{}]: "
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
NONE = {"Code": "None"}


@pytest.fixture(scope="module")
def table(menagerie):
    return new_table(menagerie.client("dynamodb"), "id:S", indexes=[index("one", "text:S")])


@pytest.fixture
def put(dynamodb, table):
    def put(**attributes):
        key = new_name()
        dynamodb.put_item(TableName=table, Item=item(id=key, **attributes))
        return key
    return put


@pytest.fixture
def stored(dynamodb, table):
    def stored(key):
        found = dynamodb.get_item(TableName=table, Key=item(id=key)).get("Item")
        return found and plain(found)
    return stored


@pytest.fixture
def run(dynamodb, table):
    """Runs statements in which {} is the table."""
    def run(*statements, **more):
        return dynamodb.execute_transaction(
            TransactStatements=[{"Statement": s.replace("{}", f'"{table}"')} for s in statements], **more)
    return run


# --- Reads


def test_reads_answer_in_order(run, put):
    keys = [put(text=t, n=1) for t in "xy"]
    assert run(*(f"SELECT text FROM {{}} WHERE id = '{k}'" for k in [*keys, "none"]))["Responses"] == [
        {"Item": item(text="x")}, {"Item": item(text="y")}, {}]


@pytest.mark.parametrize("statement, message", [
    ("SELECT * FROM {} WHERE text = 'x'",
     "Select statements within ExecuteTransaction must specify the primary key in the where clause."),
    ("SELECT * FROM {} WHERE id = 'x' AND attribute_exists(text)",
     "Select statements within ExecuteTransaction must specify the primary key in the where clause."),
    ("SELECT * FROM {}.\"one\" WHERE text = 'x'", "Reads on indices are not supported within transactions."),
    ("SELECT * FROM {} WHERE", "Statement wasn't well formed, can't be processed: Unexpected term"),
])
def test_a_read_that_is_wrong_says_which_it_is(run, statement, message):
    with refused(INVALID.format(1) + message):
        run("SELECT * FROM {} WHERE id = 'y'", statement)


def test_reads_are_charged_twice(run, put, table):
    key = put(text="x")
    assert run(f"SELECT * FROM {{}} WHERE id = '{key}'", ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]


# --- Writes


def test_writes_happen_together_and_answer_nothing(run, put, stored):
    key, gone, fresh = put(text="x"), put(text="x"), new_name()
    assert run(f"INSERT INTO {{}} VALUE {{'id': '{fresh}'}}", f"UPDATE {{}} SET text = 'y' WHERE id = '{key}'",
               f"DELETE FROM {{}} WHERE id = '{gone}'")["Responses"] == []
    assert (stored(fresh), stored(key)["text"], stored(gone)) == ({"id": fresh}, "y", None)


def test_a_reason_cancels_them_all(run, put, stored):
    key, fresh = put(text="x"), new_name()
    with refused(CANCELLED + "[None, DuplicateItem, ConditionalCheckFailed]", "TransactionCanceledException") as response:
        run(f"INSERT INTO {{}} VALUE {{'id': '{fresh}'}}", f"INSERT INTO {{}} VALUE {{'id': '{key}'}}",
            "UPDATE {} SET text = 'y' WHERE id = 'ghost'")
    assert response["CancellationReasons"] == [
        NONE, {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}, FAILED]
    assert (stored(fresh), stored(key)) == (None, {"id": key, "text": "x"})


def test_exists_is_a_condition_on_another_item(run, put, stored):
    key, checked = put(n=1), put(text="x")
    change = f"UPDATE {{}} SET n = 2 WHERE id = '{key}'"
    with refused(CANCELLED + "[ConditionalCheckFailed, None]", "TransactionCanceledException") as response:
        run(f"EXISTS(SELECT * FROM {{}} WHERE id = '{checked}' AND text IS MISSING)", change)
    assert response["CancellationReasons"] == [FAILED, NONE] and stored(key)["n"] == 1
    run(f"EXISTS(SELECT * FROM {{}} WHERE id = '{checked}' AND text = 'x')", change)
    assert stored(key)["n"] == 2


def test_exists_needs_a_condition(run, put):
    key = put(n=1)
    with refused(INVALID.format(0) + "EXISTS() must contain a single item read with additional condition"):
        run(f"EXISTS(SELECT * FROM {{}} WHERE id = '{key}')", "DELETE FROM {} WHERE id = 'x'")


def test_a_deletion_of_nothing_has_no_condition(run):
    assert run("DELETE FROM {} WHERE id = 'none' AND text = 'x'")["Responses"] == []


def test_the_item_is_shown_when_a_condition_fails(menagerie, put, table):
    key = put(text="x")
    _, reply = raw(menagerie, "ExecuteTransaction", {"TransactStatements": [{
        "Statement": f"DELETE FROM \"{table}\" WHERE id = '{key}' AND text = 'y'",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}]})
    assert reply["CancellationReasons"] == [{**FAILED, "Item": item(id=key, text="x")}]


@pytest.mark.parametrize("statement, message", [
    ("UPDATE {} SET text = 'v' WHERE id = 'x' RETURNING ALL NEW *",
     "RETURNING clause is not supported in ExecuteTransaction."),
    ("DELETE FROM {} WHERE text = 'x'", "Where clause does not contain a mandatory equality on all key attributes"),
    ("UPDATE {}.\"one\" SET n = 1 WHERE id = 'x'", "This operation is not supported on an index"),
    ("DELETE FROM {} WHERE id = ?", "Number of parameters in request and statement don't match."),
])
def test_a_write_that_is_wrong_says_which_it_is(run, statement, message):
    with refused(INVALID.format(1) + message):
        run("DELETE FROM {} WHERE id = 'y'", statement)


def test_a_parameter_that_is_wrong_does_not(dynamodb, table):
    with refused("The parameter cannot be converted to a numeric value: abc"):
        dynamodb.execute_transaction(TransactStatements=[
            {"Statement": f"UPDATE \"{table}\" SET n = ? WHERE id = 'x'", "Parameters": [{"N": "abc"}]}])


def test_reads_and_writes_do_not_mix(run):
    with refused("ExecuteTransaction API does not support both read and write operations in the same request."):
        run("SELECT * FROM {} WHERE id = 'x'", "DELETE FROM {} WHERE id = 'y'")


@pytest.mark.parametrize("first, second", [
    ("UPDATE {} SET n = 1 WHERE id = 'x'", "DELETE FROM {} WHERE id = 'x'"),
    ("SELECT * FROM {} WHERE id = 'x'", "SELECT n FROM {} WHERE 'x' = id")])
def test_no_item_comes_twice(run, first, second):
    with refused("Transaction request cannot include multiple operations on one item"):
        run(first, second)


def test_a_table_that_is_not_there(run):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        run("DELETE FROM none WHERE id = 'x'")


@pytest.mark.parametrize("count, bound", [(0, "greater than or equal to 1"), (101, "less than or equal to 100")])
def test_between_one_and_a_hundred(dynamodb, count, bound):
    with pytest.raises(dynamodb.exceptions.ClientError, match=bound):
        dynamodb.execute_transaction(TransactStatements=[{"Statement": "DELETE FROM t WHERE id = 'x'"}] * count)


# --- Tokens


def test_a_token_makes_it_happen_once(run, put, stored, table):
    key, token = put(n=0), new_name()
    change = f"UPDATE {{}} SET n = n + 1 WHERE id = '{key}'"
    first, again = (run(change, ClientRequestToken=token, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
                    for _ in range(2))
    assert stored(key)["n"] == 1
    assert first == [{"TableName": table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    assert again == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]


def test_a_token_is_for_one_request(run, put, dynamodb):
    key, token = put(n=0), new_name()
    run(f"UPDATE {{}} SET n = 1 WHERE id = '{key}'", ClientRequestToken=token)
    with pytest.raises(dynamodb.exceptions.ClientError) as caught:
        run(f"UPDATE {{}} SET n = 2 WHERE id = '{key}'", ClientRequestToken=token)
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
