"""Query: the items of one partition, of a table or an index, in the order of their sort key."""
import pytest

from . import index, item, new_name, new_table, plain, put_all, refused

SINGULAR = "One or more parameter values were invalid: "
NO_KEY = "The provided starting key is invalid"
WRONG_KEY = "The provided key element does not match the schema"
WORDS = ["1", "10", "2", "A", "B", "a", "aa", "ab", "b"]


@pytest.fixture(scope="module")
def table(menagerie):
    """Words and numbers, and a local and two global indexes that hold different things."""
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", "word:S", indexes=[
        index("local", "id:S", "n:N", local=True, project="KEYS_ONLY"),
        index("all", "kind:S", "n:N"),
        index("some", "kind:S", project=["text"]),
    ])
    put_all(client, name, [item(id="words", word=w, n=i, kind="even" if i % 2 == 0 else "odd", text=w * 3, rest="r")
                           for i, w in enumerate(WORDS)])
    put_all(client, name, [item(id="other", word="x", n=1), item(id="other", word="y", kind="odd")])
    return name


@pytest.fixture
def query(dynamodb, table):
    """Runs one with "id = words" and more; the words of its items."""
    def run(more="", reply=False, **arguments):
        values = {":id": {"S": "words"}, **arguments.pop("values", {})}
        answer = dynamodb.query(**{"TableName": table, "KeyConditionExpression": "id = :id" + more,
                                   "ExpressionAttributeValues": values, **arguments})
        return answer if reply else [i["word"]["S"] for i in answer["Items"]]
    return run


def of_kind(kind, **more):
    return {"KeyConditionExpression": "kind = :k", "ExpressionAttributeValues": {":k": {"S": kind}}, **more}


# --- Order and ranges


def test_items_come_in_the_order_of_their_bytes(query):
    assert query() == WORDS


def test_and_backwards(query):
    assert query(ScanIndexForward=False) == WORDS[::-1]


@pytest.mark.parametrize("condition, values, expected", [
    ("word = :a", {":a": "a"}, ["a"]),
    ("word < :a", {":a": "2"}, ["1", "10"]),
    ("word <= :a", {":a": "2"}, ["1", "10", "2"]),
    ("word > :a", {":a": "aa"}, ["ab", "b"]),
    ("word >= :a", {":a": "aa"}, ["aa", "ab", "b"]),
    (":a >= word", {":a": "1"}, ["1"]),
    ("word BETWEEN :a AND :b", {":a": "10", ":b": "B"}, ["10", "2", "A", "B"]),
    ("begins_with(word, :a)", {":a": "a"}, ["a", "aa", "ab"]),
    ("begins_with(word, :a)", {":a": "c"}, []),
    ("word > :a", {":a": "z"}, []),
])
def test_a_condition_on_the_sort_key_selects_a_range(query, condition, values, expected):
    texts = {name: {"S": text} for name, text in values.items()}
    assert query(f" AND {condition}", values=texts) == expected
    assert query(f" AND {condition}", values=texts, ScanIndexForward=False) == expected[::-1]


def test_numbers_are_in_their_own_order(dynamodb):
    name = new_table(dynamodb, "id:S", "n:N")
    numbers = ["-1E+125", "-99.1", "-10.1", "-9.9", "-1.01", "-1", "-0.9", "-0.01", "-1E-130", "0", "1E-130", "0.01",
               "0.09", "0.1", "0.9", "1", "1.1", "9", "9.1", "10.1", "99.1", "12345678901234567890123456789012345678"]
    put_all(dynamodb, name, [{"id": {"S": "a"}, "n": {"N": n}} for n in sorted(numbers)])
    reply = dynamodb.query(TableName=name, KeyConditionExpression="id = :a", ExpressionAttributeValues={":a": {"S": "a"}})
    found = [float(i["n"]["N"]) for i in reply["Items"]]
    assert found == [float(n) for n in numbers]


def test_binaries_are_unsigned_and_may_hold_zeros(dynamodb):
    name = new_table(dynamodb, "id:B", "b:B")
    keys = [b"\x00", b"\x00\x00", b"\x00\x01", b"\x00\xff", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00", b"\xff\xff"]
    put_all(dynamodb, name, [item(id=b"\x00\xff", b=k) for k in reversed(keys)])

    def find(condition, **values):
        values = {f":{n}": {"B": v} for n, v in values.items()}
        reply = dynamodb.query(TableName=name, KeyConditionExpression=condition, ExpressionAttributeValues=values)
        return [plain(i)["b"] for i in reply["Items"]]

    assert find("id = :i", i=b"\x00\xff") == keys
    assert find("id = :i AND begins_with(b, :b)", i=b"\x00\xff", b=b"\x00") == keys[:4]
    assert find("id = :i AND begins_with(b, :b)", i=b"\x00\xff", b=b"\xff") == keys[7:]
    assert find("id = :i AND b > :b", i=b"\x00\xff", b=b"\xff\x00") == keys[9:]
    assert find("id = :i", i=b"\x00") == []


def test_key_conditions_do_what_the_expression_does(dynamodb, table):
    def find(operator, *values):
        reply = dynamodb.query(TableName=table, KeyConditions={
            "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]},
            "word": {"ComparisonOperator": operator, "AttributeValueList": [{"S": v} for v in values]}})
        return [i["word"]["S"] for i in reply["Items"]]

    assert find("EQ", "a") == ["a"]
    assert find("LT", "2") == ["1", "10"]
    assert find("LE", "2") == ["1", "10", "2"]
    assert find("GT", "ab") == ["b"]
    assert find("GE", "ab") == ["ab", "b"]
    assert find("BEGINS_WITH", "a") == ["a", "aa", "ab"]
    assert find("BETWEEN", "10", "A") == ["10", "2", "A"]


# --- Indexes


def test_a_local_index_has_an_order_of_its_own(query):
    assert query(IndexName="local") == WORDS
    assert query(" AND n > :n", IndexName="local", values={":n": {"N": "5"}}) == WORDS[6:]
    assert query(" AND n <= :n", IndexName="local", values={":n": {"N": "1"}}, ScanIndexForward=False) == ["10", "1"]


def test_a_global_index_has_partitions_of_its_own(dynamodb, table):
    reply = dynamodb.query(TableName=table, IndexName="all", **of_kind("even"))
    assert [plain(i)["n"] for i in reply["Items"]] == [0, 2, 4, 6, 8]
    assert reply["Items"][1] == item(id="words", word="2", n=2, kind="even", text="222", rest="r")


def test_an_item_without_the_key_of_an_index_is_not_in_it(dynamodb, table):
    reply = dynamodb.query(TableName=table, IndexName="all", **of_kind("odd"))
    assert [i["word"]["S"] for i in reply["Items"]] == ["10", "A", "a", "ab"]
    reply = dynamodb.query(TableName=table, IndexName="some", **of_kind("odd"))
    assert sorted(i["word"]["S"] for i in reply["Items"]) == ["10", "A", "a", "ab", "y"]


def test_an_index_gives_what_is_projected_into_it(dynamodb, table, query):
    keys = query(IndexName="local", reply=True)["Items"][0]
    assert keys == item(id="words", word="1", n=0)
    some = dynamodb.query(TableName=table, IndexName="some", Select="ALL_PROJECTED_ATTRIBUTES", **of_kind("even"))
    assert {tuple(sorted(i)) for i in some["Items"]} == {("id", "kind", "text", "word")}


def test_a_local_index_fetches_what_it_does_not_hold(dynamodb, table, query):
    whole = query(IndexName="local", Select="ALL_ATTRIBUTES", Limit=1, reply=True)["Items"]
    assert whole == [item(id="words", word="1", n=0, kind="even", text="111", rest="r")]
    part = query(IndexName="local", ProjectionExpression="rest, n", Limit=1, reply=True)["Items"]
    assert part == [item(rest="r", n=0)]
    names = dynamodb.query(TableName=table, IndexName="local", AttributesToGet=["kind"], Limit=2, KeyConditions={
        "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]}})
    assert names["Items"] == [item(kind="even"), item(kind="odd")]

def test_a_filter_on_an_index_sees_what_the_index_holds(query):
    reply = query(IndexName="local", FilterExpression="rest = :r", values={":r": {"S": "r"}}, reply=True)
    assert (reply["Count"], reply["ScannedCount"]) == (0, 9)
    reply = query(IndexName="local", FilterExpression="rest = :r", values={":r": {"S": "r"}}, reply=True,
                  Select="ALL_ATTRIBUTES")
    assert (reply["Count"], reply["ScannedCount"]) == (9, 9)


def test_a_global_index_may_have_keys_of_many_attributes(dynamodb):
    name = new_table(dynamodb, "id:S", indexes=[index("many", "h:S", "g:N", "a:S", "b:N", "c:S", hashes=2)])
    rows = [("x", 1, "T", 10, "r2"), ("x", 1, "T", 9, "r1"), ("x", 1, "T", 10, "r1"), ("x", 1, "F", 5, "z"),
            ("x", 2, "T", 1, "r1"), ("y", 1, "T", 1, "r1")]
    put_all(dynamodb, name, [item(id=str(i), h=h, g=g, a=a, b=b, c=c) for i, (h, g, a, b, c) in enumerate(rows)])
    put_all(dynamodb, name, [item(id="none", h="x", g=1, a="T", b=1)])

    def find(condition, **values):
        reply = dynamodb.query(TableName=name, IndexName="many", KeyConditionExpression=condition,
                               ExpressionAttributeValues={f":{k}": item(v=v)["v"] for k, v in values.items()})
        return "".join(i["id"]["S"] for i in reply["Items"])

    assert find("h = :h AND g = :g", h="x", g=1) == "3120"
    assert find("h = :h AND g = :g AND a = :a", h="x", g=1, a="T") == "120"
    assert find("g = :g AND b = :b AND a = :a AND h = :h", h="x", g=1, a="T", b=10) == "20"
    assert find("h = :h AND g = :g AND a = :a AND b < :b", h="x", g=1, a="T", b=10) == "1"
    assert find("h = :h AND g = :g AND a = :a AND b = :b AND begins_with(c, :c)", h="x", g=1, a="T", b=10, c="r2") == "0"
    with refused("RANGE key attributes a must have equality conditions specified in the query because a condition is "
                 "present on key attribute b"):
        find("h = :h AND g = :g AND b = :b", h="x", g=1, b=1)


# --- Filters, projections, counts


def test_a_filter_drops_items_after_they_were_counted(query):
    reply = query(FilterExpression="n > :n", values={":n": {"N": "5"}}, reply=True)
    assert ([i["word"]["S"] for i in reply["Items"]], reply["Count"], reply["ScannedCount"]) == (WORDS[6:], 3, 9)


def test_a_query_filter_does_the_same(dynamodb, table):
    reply = dynamodb.query(TableName=table, KeyConditions={
        "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]}}, QueryFilter={
        "n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "7"}]},
        "kind": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "odd"}]}}, ConditionalOperator="OR")
    assert [i["word"]["S"] for i in reply["Items"]] == ["10", "A", "a", "ab", "b"]


def test_key_conditions_go_with_the_other_expressions(dynamodb, table):
    reply = dynamodb.query(TableName=table, FilterExpression="n = :n", ExpressionAttributeValues={":n": {"N": "3"}},
                           KeyConditions={"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]}})
    assert [i["word"]["S"] for i in reply["Items"]] == ["A"]


def test_a_count_has_no_items(query):
    reply = query(Select="COUNT", FilterExpression="n > :n", values={":n": {"N": "5"}}, reply=True)
    assert ("Items" in reply, reply["Count"], reply["ScannedCount"]) == (False, 3, 9)


def test_a_projection_gives_parts(query):
    assert query(ProjectionExpression="n", Limit=2, reply=True)["Items"] == [item(n=0), item(n=1)]
    assert query(ProjectionExpression="n", Select="SPECIFIC_ATTRIBUTES", Limit=1, reply=True)["Items"] == [item(n=0)]


def test_nothing_found_is_an_empty_list(query):
    reply = query(values={":id": {"S": "nobody"}}, reply=True)
    assert (reply["Items"], reply["Count"], reply["ScannedCount"], "LastEvaluatedKey" in reply) == ([], 0, 0, False)


# --- Capacity


def test_what_is_read_is_added_up_and_then_rounded(dynamodb):
    name = new_table(dynamodb, "id:S", "n:N")
    put_all(dynamodb, name, [item(id="a", n=i, text="x" * 1000) for i in range(20)])  # of 1,009 bytes or 1,010
    arguments = {"TableName": name, "KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}},
                 "ReturnConsumedCapacity": "TOTAL"}
    assert dynamodb.query(**arguments)["ConsumedCapacity"] == {"TableName": name, "CapacityUnits": 2.5}
    assert dynamodb.query(**arguments, ConsistentRead=True)["ConsumedCapacity"]["CapacityUnits"] == 5
    assert dynamodb.query(**arguments, Select="COUNT")["ConsumedCapacity"]["CapacityUnits"] == 2.5
    assert dynamodb.query(**arguments, Limit=4)["ConsumedCapacity"]["CapacityUnits"] == 0.5
    arguments["ExpressionAttributeValues"] = {":a": {"S": "nobody"}}
    assert dynamodb.query(**arguments)["ConsumedCapacity"]["CapacityUnits"] == 0.5


def test_an_index_pays_for_itself(dynamodb, table, query):
    local = query(IndexName="local", ReturnConsumedCapacity="INDEXES", reply=True)["ConsumedCapacity"]
    assert local == {"TableName": table, "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0},
                     "LocalSecondaryIndexes": {"local": {"CapacityUnits": 0.5}}}
    reply = dynamodb.query(TableName=table, IndexName="all", ReturnConsumedCapacity="INDEXES", **of_kind("odd"))
    assert reply["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0},
                                         "GlobalSecondaryIndexes": {"all": {"CapacityUnits": 0.5}}}


def test_each_fetch_from_the_table_is_paid_for(table, query):
    reply = query(IndexName="local", Select="ALL_ATTRIBUTES", ReturnConsumedCapacity="INDEXES", reply=True)
    assert reply["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 5, "Table": {"CapacityUnits": 4.5},
                                         "LocalSecondaryIndexes": {"local": {"CapacityUnits": 0.5}}}


# --- Refusals


@pytest.mark.parametrize("select, more, message", [
    ("ALL_ATTRIBUTES", {"ProjectionExpression": "n"}, "Cannot specify the ProjectionExpression when choosing to get "
                                                      "ALL_ATTRIBUTES"),
    ("COUNT", {"ProjectionExpression": "n"}, "Cannot specify the ProjectionExpression when choosing to get only the Count"),
    ("ALL_PROJECTED_ATTRIBUTES", {"ProjectionExpression": "n"}, "Cannot specify the ProjectionExpression when choosing "
                                                                "to get ALL_PROJECTED_ATTRIBUTES"),
    ("ALL_PROJECTED_ATTRIBUTES", {}, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
    ("SPECIFIC_ATTRIBUTES", {}, "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                                "SPECIFIC_ATTRIBUTES"),
])
def test_select_goes_with_some_parameters_only(query, select, more, message):
    with refused("1 validation error detected: " + message):
        query(Select=select, **more)


def test_select_is_one_of_four(query):
    with refused("1 validation error detected: Value 'SOME' at 'select' failed to satisfy constraint: Member must satisfy enum "
                 "value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"):
        query(Select="SOME")


def test_a_limit_is_positive(query):
    with refused("1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater "
                 "than or equal to 1"):
        query(Limit=0)


def test_how_conditions_are_joined_is_checked_before_the_rest(dynamodb):
    conditions = {"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}}
    null = {"ComparisonOperator": "NULL"}
    with refused("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"):
        dynamodb.query(TableName="no-such-table", KeyConditions=conditions, QueryFilter={"a": null, "b": null},
                       ConditionalOperator="XOR", Select="SOME")
    with refused("1 validation error detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                 "satisfy enum value set: [OR, AND]"):
        dynamodb.query(TableName="no-such-table", KeyConditions=conditions, QueryFilter={"a": null},
                       ConditionalOperator="XOR")


def test_attributes_to_get_are_specific_too(dynamodb, table):
    conditions = {"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]}}
    with refused("1 validation error detected: Cannot specify the AttributesToGet when choosing to get only the Count"):
        dynamodb.query(TableName=table, KeyConditions=conditions, AttributesToGet=["n"], Select="COUNT")


def test_a_global_index_gives_nothing_that_it_does_not_hold(dynamodb, table):
    with refused(SINGULAR + "Select type ALL_ATTRIBUTES is not supported for global secondary index some because its "
                 "projection type is not ALL"):
        dynamodb.query(TableName=table, IndexName="some", Select="ALL_ATTRIBUTES", **of_kind("odd"))
    with refused(SINGULAR + "Global secondary index some does not project [n, rest]"):
        dynamodb.query(TableName=table, IndexName="some", ProjectionExpression="n, word, rest", **of_kind("odd"))
    assert dynamodb.query(TableName=table, IndexName="all", Select="ALL_ATTRIBUTES", **of_kind("odd"))["Count"] == 4


def test_a_global_index_is_never_consistent(dynamodb, table, query):
    with refused("Consistent reads are not supported on global secondary indexes"):
        dynamodb.query(TableName=table, IndexName="all", ConsistentRead=True, **of_kind("odd"))
    assert query(IndexName="local", ConsistentRead=True) == WORDS


def test_there_must_be_such_an_index(query):
    with refused("The table does not have the specified index: none"):
        query(IndexName="none")


@pytest.mark.parametrize("filter_, key", [("id = :v", "id"), ("word = :v", "word"), ("n = :v OR word.a = :v", "word")])
def test_a_filter_does_not_speak_of_the_key(query, filter_, key):
    with refused("Filter Expression can only contain non-primary key attributes: Primary key attribute: " + key):
        query(FilterExpression=filter_, values={":v": {"S": "x"}})


def test_it_is_the_key_of_what_is_read(query):
    assert query(IndexName="local", FilterExpression="word = :v", values={":v": {"S": "A"}}) == ["A"]
    with refused("Filter Expression can only contain non-primary key attributes: Primary key attribute: n"):
        query(IndexName="local", FilterExpression="n = :v", values={":v": {"N": "1"}})


def test_a_query_filter_does_not_either(dynamodb, table):
    conditions = {"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "words"}]}}
    with refused("QueryFilter can only contain non-primary key attributes: Primary key attribute: word"):
        dynamodb.query(TableName=table, KeyConditions=conditions, QueryFilter={"word": {"ComparisonOperator": "NOT_NULL"}})


def test_keys_have_no_insides_whatever_they_are_keys_of(query):
    message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
    with refused(message + "IndexKey: kind"):
        query(FilterExpression="rest = :v AND kind[0] = :v", values={":v": {"S": "x"}})
    with refused(message + "Key: word"):
        query(IndexName="local", FilterExpression="word.a = :v", values={":v": {"S": "x"}})
    with refused(message + "Key: word"):
        query(ProjectionExpression="word.a")


@pytest.mark.parametrize("condition, is_defined", [
    ("begins_with(n, :n)", True),
    ("begins_with(n, :n) AND n = :none", True),
    ("begins_with(n, :n) AND n > :m", True),
    ("n = :none AND begins_with(n, :n)", False),
])
def test_of_a_key_condition_the_first_that_is_wrong_is_told_before_anybody_asks_for_the_table(dynamodb, condition, is_defined):
    given = {":id": {"S": "words"}, ":n": {"N": "1"}, ":m": {"N": "2"}}
    text = "id = :id AND " + condition
    with refused("Invalid KeyConditionExpression: " + (
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N" if is_defined else
            "An expression attribute value used in expression is not defined; attribute value: :none")):
        dynamodb.query(TableName="no-such-table", KeyConditionExpression=text,
                       ExpressionAttributeValues={name: value for name, value in given.items() if name in text.split() or
                                                  name + ")" in text})


def test_the_partition_must_be_given(dynamodb, table):
    with refused("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."):
        dynamodb.query(TableName=table)
    with refused("Query condition missed key schema element: id"):
        dynamodb.query(TableName=table, KeyConditionExpression="word = :a", ExpressionAttributeValues={":a": {"S": "a"}})
    with refused("Query key condition not supported"):
        dynamodb.query(TableName=table, KeyConditionExpression="id > :a", ExpressionAttributeValues={":a": {"S": "a"}})


def test_both_generations_of_parameters_are_named(dynamodb):
    with refused("Can not use both expression and non-expression parameters in the same request: Non-expression "
                 "parameters: {AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: "
                 "{ProjectionExpression, FilterExpression, KeyConditionExpression}"):
        dynamodb.query(TableName="no-such-table", AttributesToGet=["a"], QueryFilter={}, ConditionalOperator="OR",
                       KeyConditions={}, ProjectionExpression="", FilterExpression="", KeyConditionExpression="")
    with refused("ExpressionAttributeValues can only be specified when using expressions: FilterExpression and "
                 "KeyConditionExpression are null"):
        dynamodb.query(TableName="no-such-table", ExpressionAttributeValues={":a": {"S": "a"}})


def test_a_table_that_is_not_there_is_told_after_the_expressions(dynamodb):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.query(TableName=new_name(), KeyConditionExpression="a = :a", ExpressionAttributeValues={":a": {"S": "a"}})
    with refused("Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"):
        dynamodb.query(TableName=new_name(), KeyConditionExpression="a = :a",
                       ExpressionAttributeValues={":a": {"S": "a"}, ":b": {"S": "a"}})


# --- Starting keys


@pytest.mark.parametrize("start, message", [
    ({}, NO_KEY),
    ({"id": "words"}, NO_KEY),
    ({"id": "words", "word": "a", "n": 1}, NO_KEY),
    ({"id": "words", "x": "a"}, NO_KEY),
    ({"id": 1, "word": "a"}, WRONG_KEY),
    ({"id": "words", "word": 1}, WRONG_KEY),
    ({"id": "other", "word": "a"}, "The provided starting key is outside query boundaries based on provided conditions"),
])
def test_a_starting_key_is_one_of_the_query(query, start, message):
    with refused(message):
        query(ExclusiveStartKey=item(**start))


def test_a_starting_key_is_within_the_range_of_the_query(query):
    assert query(" AND word < :w", values={":w": {"S": "a"}}, ExclusiveStartKey=item(id="words", word="9")) == ["A", "B"]
    with refused("The provided starting key does not match the range key predicate"):
        query(" AND word < :w", values={":w": {"S": "a"}}, ExclusiveStartKey=item(id="words", word="a"))
    with refused("The query can return at most one row and cannot be restarted"):
        query(" AND word < :w", values={":w": {"S": "a"}}, ExclusiveStartKey=item(id="other", word="9"))


def test_a_starting_key_of_an_index_has_the_keys_of_both(query):
    assert query(IndexName="local", ExclusiveStartKey=item(id="words", word="aa", n=6)) == ["ab", "b"]
    with refused(NO_KEY):
        query(IndexName="local", ExclusiveStartKey=item(id="words", word="aa"))
    with refused(WRONG_KEY):
        query(IndexName="local", ExclusiveStartKey=item(id="words", word="aa", n="6"))
    with refused("The provided starting key is invalid: " + WRONG_KEY):
        query(IndexName="local", ExclusiveStartKey=item(id="words", word=1, n=6))


@pytest.mark.parametrize("value, message", [
    ({}, NO_KEY + ": Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ({"SS": []}, NO_KEY + ": One or more parameter values were invalid: An string set  may not be empty"),
    ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
])
def test_the_values_of_a_starting_key_are_checked_first(dynamodb, value, message):
    with refused(message):
        dynamodb.query(TableName="no-such-table", KeyConditionExpression="!", ExclusiveStartKey={"id": value})
