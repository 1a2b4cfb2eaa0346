"""PartiQL, a statement at a time: ExecuteStatement."""
from decimal import Decimal

import pytest

from . import failed, index, item, new_name, new_table, plain, put_all, raw, refused

MALFORMED = "Statement wasn't well formed, can't be processed: "
LEFTOVER = MALFORMED + "Unexpected token after expression"
NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"
CONDITION = "The conditional request failed"
TYPE = "Key attribute's data type should match its data type in table's schema: Key "
ONE = {"text": "x", "number": 5, "map": {"sub": "deep", "other": 1}, "array": [1, 2, 3], "words": {"a", "b"},
       "numbers": {1, 2}, "flag": True, "none": None, "bytes": b"1234"}


@pytest.fixture(scope="module")
def hashed(menagerie):
    """A table with a partition key alone."""
    return new_table(menagerie.client("dynamodb"), "id:S")


@pytest.fixture(scope="module")
def sorted_table(menagerie):
    """A table with a sort key, and indexes that hold different things."""
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", "n:N", indexes=[
        index("local", "id:S", "word:S", local=True, project="KEYS_ONLY"),
        index("all", "kind:S", "n:N"),
        index("some", "kind:S", project=["text"]),
        index("many", "kind:S", "word:S", "text:S", hashes=2),
    ])
    put_all(client, name, [item(id=i, n=n, kind="odd" if n % 2 else "even", word=f"w{n}", text=f"{i}{n}", rest="r")
                           for i in "ab" for n in range(5)])
    return name


@pytest.fixture
def run(dynamodb):
    """Runs a statement, with plain values for its parameters; gives plain items."""
    def run(statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(item(**{str(i): p for i, p in enumerate(parameters)}).values())
        return [plain(i) for i in dynamodb.execute_statement(Statement=statement, **more)["Items"]]
    return run


@pytest.fixture
def put(dynamodb, hashed):
    """Puts an item under a key of the test's own, and gives that."""
    def put(**attributes):
        key = new_name()
        dynamodb.put_item(TableName=hashed, Item=item(id=key, **attributes))
        return key
    return put


@pytest.fixture
def stored(dynamodb, hashed):
    def stored(key):
        found = dynamodb.get_item(TableName=hashed, Key=item(id=key)).get("Item")
        return found and plain(found)
    return stored


# --- SELECT


@pytest.mark.parametrize("condition, found", [
    ("text = 'x'", True), ("text <> 'x'", False), ("number != 4", True), ("number > 4.5 AND number <= 5e0", True),
    ("number BETWEEN 1 AND 5", True), ("number NOT BETWEEN 1 AND 5", False), ("number IN [4, 5]", True),
    ("number IN (4, 6)", False), ("NOT text IN ('y')", True), ("text = 'y' OR flag = true", True),
    ("(text = 'y' OR flag = true) AND number = 4", False), ("absent IS MISSING", True), ("text IS NOT MISSING", True),
    ("text IS MISSING", False), ("none IS NULL", True), ("text IS NULL", False), ("absent IS NULL", False),
    ("absent IS NOT NULL", True), ("flag IS BOOL", True), ("text IS STRING", True), ("map IS LIST", False),
    ("begins_with(text, 'x')", True), ("NOT begins_with(\"text\", 'x')", False), ("contains(words, 'a')", True),
    ("contains(text, 'y')", False), ("size(bytes) = 4", True), ("SIZE(array) > 3", False),
    ("attribute_type(words, 'SS')", True), ("attribute_exists(map.sub)", True), ("attribute_not_exists(map.none)", True),
    ("attribute_exists(text) = true", True), ("attribute_exists(text) <> true", False), ("map.sub = 'deep'", True),
    ("array[1] = 2", True), ("array = [1, 2, 3]", True), ("words = <<'b', 'a'>>", True),
    ("map = {'other': 1, 'sub': 'deep'}", True), ("map = {'other': 2}", False), ("5 = number", True),
    ("number = array[0]", False), ("'x' <= text", True),
])
def test_conditions_mean_what_they_say(run, put, hashed, condition, found):
    key = put(**ONE)
    assert len(run(f"SELECT * FROM \"{hashed}\" WHERE id = ? AND ({condition})", key)) == found


def test_a_star_selects_the_whole_item(run, put, hashed):
    key = put(**ONE)
    assert run(f"SELECT * FROM \"{hashed}\" WHERE id = ?", key) == [{"id": key, **ONE}]


def test_columns_are_returned_under_their_last_name(run, put, hashed):
    key = put(**ONE)
    assert run(f"SELECT map.sub, array[2], \"text\", absent FROM \"{hashed}\" WHERE id = ?", key) == [
        {"sub": "deep", "array[2]": 3, "text": "x"}]
    assert run(f"SELECT text, number FROM \"{hashed}\" WHERE id = ?", key) == [{"text": "x", "number": 5}]


def test_nothing_that_matches_is_an_empty_list(run, hashed):
    assert run(f"SELECT * FROM \"{hashed}\" WHERE id = 'none'") == []


def test_without_the_partition_key_it_is_a_scan(run, sorted_table):
    found = run(f"SELECT id, n FROM \"{sorted_table}\" WHERE n >= 3 AND rest = 'r'")
    assert sorted((i["id"], i["n"]) for i in found) == [("a", 3), ("a", 4), ("b", 3), ("b", 4)]


@pytest.mark.parametrize("condition, expected", [
    ("id = 'a'", "a0 a1 a2 a3 a4"), ("id = 'a' AND n = 3", "a3"), ("id = 'a' AND n < 2", "a0 a1"),
    ("id = 'a' AND n <= 2 AND n > 0", "a1 a2"), ("id = 'a' AND 3 <= n", "a3 a4"),
    ("id = 'a' AND n BETWEEN 1 AND 3", "a1 a2 a3"), ("id = 'a' AND kind = 'odd'", "a1 a3"),
    ("id IN ['b', 'a'] AND n > 3", "b4 a4"), ("id = 'a' AND n = 1 OR id = 'b' AND n = 2", "a1 b2"),
    ("id = 'a' AND id = 'b'", ""), ("(id = 'a' AND (n = 1 AND rest = 'r'))", "a1"),
])
def test_with_it_the_items_come_in_the_order_of_the_sort_key(run, sorted_table, condition, expected):
    assert " ".join(i["text"] for i in run(f"SELECT text FROM \"{sorted_table}\" WHERE {condition}")) == expected


@pytest.mark.parametrize("condition", ["id = 'a' AND n <> 1", "id = 'a' AND NOT n = 1", "id = 'a' AND NOT n IN [1]"])
def test_a_branch_that_negates_the_sort_key_may_overlap_another(run, sorted_table, condition):
    found = run(f"SELECT n FROM \"{sorted_table}\" WHERE {condition} OR id = 'a' AND n = 2")
    assert sorted(i["n"] for i in found) == [0, 2, 3, 4]


@pytest.mark.parametrize("condition", ["id = 'a' AND rest = 'r' OR id = 'a' AND n = 2", "id IN ['a', 'b', 'a']"])
def test_other_overlaps_are_refused(run, sorted_table, condition):
    with refused("Overlapping conditions with range keys are not supported in where clause"):
        run(f"SELECT n FROM \"{sorted_table}\" WHERE {condition}")


@pytest.mark.parametrize("condition, expected", [
    ("id = 'a' ORDER BY n DESC", "a4 a3 a2 a1 a0"), ("id = 'a' ORDER BY n", "a0 a1 a2 a3 a4"),
    # It looks odd, and is what AWS does.
    ("id = 'a' ORDER BY id ASC", "a4 a3 a2 a1 a0"),
    ("id IN ['a', 'b'] AND n < 2 ORDER BY id DESC, n ASC", "b0 b1 a0 a1"),
    ("id IN ['b', 'a'] AND n < 2 ORDER BY id, n DESC", "a1 a0 b1 b0"),
])
def test_order_by_the_key(run, sorted_table, condition, expected):
    assert " ".join(i["text"] for i in run(f"SELECT text FROM \"{sorted_table}\" WHERE {condition}")) == expected


@pytest.mark.parametrize("rest, message", [
    ("ORDER BY n", "Must have WHERE clause in the statement when using ORDER BY clause."),
    ("WHERE id = 'a' ORDER BY word", "Attribute word in ORDER BY clause must be part of the primary key"),
    ("WHERE id > 'a' ORDER BY n",
     "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."),
    ("WHERE id IN ['a', 'b'] ORDER BY n", "Must have hash key in ORDER BY clause when more than one hash key condition "
                                          "specified in WHERE clause."),
])
def test_order_by_anything_else_is_refused(run, sorted_table, rest, message):
    with refused(message):
        run(f"SELECT n FROM \"{sorted_table}\" {rest}")


# --- Pages


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("rest", ["", "WHERE id = 'a'", "WHERE id IN ['a', 'b'] ORDER BY id, n DESC",
                                  "WHERE kind = 'odd'"])
def test_pages_put_together_are_the_whole(dynamodb, run, sorted_table, rest, limit):
    statement = f"SELECT text FROM \"{sorted_table}\" {rest}"
    items, more = [], {}
    while True:
        page = dynamodb.execute_statement(Statement=statement, Limit=limit, **more)
        assert len(page["Items"]) <= limit
        items += [plain(i) for i in page["Items"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert items == run(statement) and items


def test_a_page_ends_at_a_megabyte(dynamodb):
    table = new_table(dynamodb, "id:S", "n:N")
    put_all(dynamodb, table, [item(id="a", n=n, filler="x" * 100_000) for n in range(24)])
    statement = f"SELECT n FROM \"{table}\" WHERE id = 'a'"
    first = dynamodb.execute_statement(Statement=statement)
    assert len(first["Items"]) == 11 and first["LastEvaluatedKey"] == item(id="a", n=10)
    second = dynamodb.execute_statement(Statement=statement, NextToken=first["NextToken"])
    assert second["Items"][0] == item(n=11)


def test_a_token_belongs_to_its_table(dynamodb, hashed, sorted_table):
    with refused("Invalid NextToken"):
        dynamodb.execute_statement(Statement=f"SELECT * FROM \"{hashed}\"", NextToken="garbage")
    page = dynamodb.execute_statement(Statement=f"SELECT * FROM \"{sorted_table}\"", Limit=1)
    with refused("The provided starting key is invalid"):
        dynamodb.execute_statement(Statement=f"SELECT * FROM \"{hashed}\"", NextToken=page["NextToken"])


def test_limit_counts_what_is_looked_at(dynamodb, sorted_table):
    page = dynamodb.execute_statement(Statement=f"SELECT * FROM \"{sorted_table}\" WHERE id = 'a' AND kind = 'odd'",
                                      Limit=1)
    assert page["Items"] == [] and page["NextToken"]


# --- Indexes


def test_an_index_is_named_behind_its_table(run, sorted_table):
    assert run(f"SELECT text FROM \"{sorted_table}\".\"all\" WHERE kind = 'odd' AND n = 3") == [
        {"text": "a3"}, {"text": "b3"}]
    assert set(run(f"SELECT * FROM \"{sorted_table}\".\"some\" WHERE kind = 'odd'")[0]) == {"id", "n", "kind", "text"}
    assert len(run(f"SELECT * FROM \"{sorted_table}\".\"all\" WHERE id = 'a'")) == 5


def test_a_local_index_reaches_into_the_table_for_columns(dynamodb, sorted_table):
    got = dynamodb.execute_statement(Statement=f"SELECT rest FROM \"{sorted_table}\".\"local\" WHERE id = 'a' "
                                               "AND word > 'w2'", ReturnConsumedCapacity="INDEXES", ConsistentRead=True)
    assert got["Items"] == [item(rest="r")] * 2
    assert got["ConsumedCapacity"]["Table"]["CapacityUnits"] > 0


def test_a_scan_of_an_index_finds_nothing_by_what_it_does_not_hold(run, sorted_table):
    assert run(f"SELECT id FROM \"{sorted_table}\".\"some\" WHERE rest = 'r'") == []
    assert len(run(f"SELECT id FROM \"{sorted_table}\".\"some\" WHERE NOT rest = 'r'")) == 10


@pytest.mark.parametrize("statement, message", [
    ("SELECT rest, word FROM {}.\"some\" WHERE kind = 'odd'",
     "One or more parameter values were invalid: Global secondary index some does not project [rest, word]"),
    ("SELECT text FROM {}.\"some\" WHERE kind = 'odd' AND rest = 'r'",
     "One or more parameter values were invalid: Secondary index some does not project one or more filter attributes: "
     "[rest]"),
    ("SELECT id FROM {}.\"local\" WHERE id = 'a' AND NOT rest = 'r'",
     "One or more parameter values were invalid: Secondary index local does not project one or more filter attributes: "
     "[rest]"),
    ("SELECT * FROM {}.\"none\"", "The table does not have the specified index"),
    ("SELECT * FROM {}.\"many\" WHERE kind = 'odd'",
     "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."),
    ("SELECT COUNT(*) FROM {}.\"many\"",
     "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."),
    ("SELECT COUNT(*) FROM {}.\"all\"", "Unexpected path component at 1:8:5"),
    ("UPDATE {}.\"all\" SET text = 'x' WHERE id = 'a'", "This operation is not supported on an index"),
    ("INSERT INTO {}.\"all\" VALUE {{'id': 'x'}}", "FROM clause may only contain a single table name"),
])
def test_what_an_index_cannot_do(run, sorted_table, statement, message):
    with refused(message):
        run(statement.format(f'"{sorted_table}"'))


def test_a_global_index_has_no_consistent_reads(run, sorted_table):
    with refused("Strongly consistent read is not supported on Global Secondary Indexes"):
        run(f"SELECT * FROM \"{sorted_table}\".\"all\" WHERE kind = 'odd'", ConsistentRead=True)


# --- INSERT


def test_an_insert_takes_values_of_all_kinds(run, stored, hashed):
    assert run(f"INSERT INTO \"{hashed}\" VALUE {{'id': 'kinds', 's': 'it''s', 'n': -1.50e3, 'b': true, 'z': null, "
               "'l': [1, [], {}], 'm': {'k': 'v'}, 'ns': <<1, 2.5>>, 'ss': <<'a'>>, 'p': ?, 'q': [?]}", b"\0", "two") == []
    assert stored("kinds") == {"id": "kinds", "s": "it's", "n": -1500, "b": True, "z": None, "l": [1, [], {}],
                               "m": {"k": "v"}, "ns": {1, Decimal("2.5")}, "ss": {"a"}, "p": b"\0", "q": ["two"]}


def test_an_insert_does_not_replace(run, put, stored, hashed):
    key = put(text="first")
    with refused("Duplicate primary key exists in table", "DuplicateItemException"):
        run(f"INSERT INTO \"{hashed}\" VALUE {{'id': ?, 'text': 'second'}}", key)
    assert stored(key)["text"] == "first"


@pytest.mark.parametrize("value, message", [
    ("{'text': 'x'}", "Key attribute should be present in the item: Key id"),
    ("{'id': 1}", TYPE + "id"),
    ("{'id': 'x', 's': <<>>}", "Empty bags are not supported"),
    ("{'id': 'x', 's': <<1, 'a'>>}",
     "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"),
    ("{'id': 'x', 's': <<'a', 'a'>>}",
     "One or more parameter values were invalid: Input collection [a, a] contains duplicates."),
    ("{'id': 'x', 'n': [1, 1e126]}", "Number overflow. Attempting to store a number with magnitude larger than "
                                     "supported range under root[1]"),
    ("{'id': 'x'} foo", LEFTOVER),
    ("{'id': 'x'} RETURNING ALL OLD *", "RETURNING is not supported in INSERT"),
])
def test_what_cannot_be_inserted(run, stored, hashed, value, message):
    with refused(message):
        run(f"INSERT INTO \"{hashed}\" VALUE {value}")
    assert stored("x") is None


def test_an_item_that_is_inserted_has_409600_bytes_and_not_one_more(run, stored, hashed):
    def insert(size):
        run(f"INSERT INTO \"{hashed}\" VALUE {{'id': 'full', 's': ?}}", "x" * (size - len("id" "full" "s")))

    with refused("Item size has exceeded the maximum allowed size"):
        insert(409601)
    assert stored("full") is None
    insert(409600)


# --- UPDATE


@pytest.mark.parametrize("changes, changed", [
    ("SET text = 'y'", {"text": "y"}), ("SET number = number + 1.5", {"number": Decimal("6.5")}),
    ("SET number = 7 - number, flag = false", {"number": 2, "flag": False}), ("SET fresh = number", {"fresh": 5}),
    ("SET fresh = [1, <<'a'>>]", {"fresh": [1, {"a"}]}), ("SET map.sub = 'y' SET array[0] = 9", {
        "map": {"sub": "y", "other": 1}, "array": [9, 2, 3]}),
    ("SET array = list_append(array, [4, 5])", {"array": [1, 2, 3, 4, 5]}),
    ("SET array = LIST_APPEND([0], array)", {"array": [0, 1, 2, 3]}),
    ("SET words = set_add(words, <<'c', 'a'>>)", {"words": {"a", "b", "c"}}),
    ("SET fresh = set_add(fresh, <<1>>)", {"fresh": {1}}), ("SET numbers = set_delete(numbers, <<1, 9>>)", {"numbers": {2}}),
    ("SET text = number + number", {"text": 10}),
])
def test_updates_change_what_they_name(run, put, stored, hashed, changes, changed):
    key = put(**ONE)
    assert run(f"UPDATE \"{hashed}\" {changes} WHERE id = ?", key) == []
    assert stored(key) == {"id": key, **ONE, **changed}


@pytest.mark.parametrize("changes, gone", [
    ("REMOVE text", "text"), ("REMOVE text REMOVE flag", "text flag"),
    ("SET words = set_delete(words, <<'a', 'b'>>)", "words"),
])
def test_updates_remove_what_they_name(run, put, stored, hashed, changes, gone):
    key = put(**ONE)
    run(f"UPDATE \"{hashed}\" {changes} WHERE id = ?", key)
    assert set(ONE) - set(stored(key)) == set(gone.split())


def test_the_where_may_come_first(run, put, stored, hashed):
    key = put(number=1)
    assert run(f"FROM \"{hashed}\" WHERE id = ? AND number = 1 SET number = ? REMOVE text RETURNING ALL NEW *",
               key, 2) == [{"id": key, "number": 2}]
    assert stored(key) == {"id": key, "number": 2}


def test_an_update_of_an_item_that_is_not_there_fails(run, stored, hashed):
    for condition in ("", " AND attribute_not_exists(id)"):
        with refused(CONDITION, "ConditionalCheckFailedException"):
            run(f"UPDATE \"{hashed}\" SET text = 'x' WHERE id = 'ghost'{condition}")
    assert stored("ghost") is None


def test_what_else_the_where_says_is_a_condition(run, put, stored, hashed):
    key = put(text="x", number=1)
    run(f"UPDATE \"{hashed}\" SET number = 2 WHERE id = ? AND text = 'x'", key)
    with refused(CONDITION, "ConditionalCheckFailedException"):
        run(f"UPDATE \"{hashed}\" SET number = 3 WHERE id = ? AND text = 'y'", key)
    assert stored(key)["number"] == 2


def test_the_item_is_shown_when_the_condition_fails(menagerie, put, hashed):
    key = put(text="x")
    assert failed(*raw(menagerie, "ExecuteStatement", {
        "Statement": f"DELETE FROM \"{hashed}\" WHERE id = '{key}' AND text = 'y'",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"})) == item(id=key, text="x")


@pytest.mark.parametrize("changes, returning, expected", [
    ("SET text = 'y'", "ALL OLD", {"text": "x", "array": [1, 2, 3]}),
    ("SET text = 'y'", "ALL NEW", {"text": "y", "array": [1, 2, 3]}),
    ("SET text = 'y'", "MODIFIED OLD", {"text": "x"}), ("SET text = 'y'", "MODIFIED NEW", {"text": "y"}),
    ("SET array[2] = 9, array[0] = 7", "MODIFIED NEW", {"array": [7, 9]}), ("REMOVE array[1]", "MODIFIED NEW", {"array": [3]}),
    ("REMOVE text", "MODIFIED OLD", {"text": "x"}), ("REMOVE text", "MODIFIED NEW", None),
    ("SET fresh = 1", "MODIFIED OLD", None), ("SET array[9] = 1", "MODIFIED NEW", None),
])
def test_updates_return_what_is_asked_for(run, put, hashed, changes, returning, expected):
    key = put(text="x", array=[1, 2, 3])
    if expected and returning.startswith("ALL"):
        expected = {"id": key, **expected}
    assert run(f"UPDATE \"{hashed}\" {changes} WHERE id = ? RETURNING {returning} *", key) == (
        [expected] if expected else [])


def at(statement, token):
    return f"1:{statement.rindex(token) + 1}:{len(token)}"


@pytest.mark.parametrize("changes, message, token", [
    ("SET fresh = set_add(words, <<'x'>>)", "The first argument to SET_ADD must equal the assignment value at ", "set_add"),
    ("SET words = set_add(words)", "SET_ADD must have exactly two arguments at ", "set_add"),
    ("SET fresh = foo(words)", "Unrecognized function: foo at ", "foo"),
    ("SET words = set_add(words, <<1>>)", "An operand in the update expression has an incorrect data type", None),
    ("SET fresh = list_append(fresh, [1])",
     "The provided expression refers to an attribute that does not exist in the item", None),
    ("SET fresh[0] = 1", "The document path provided in the update expression is invalid for update", None),
    ("SET id = 'y'", "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of "
                     "the key", None),
    ("", MALFORMED + "Expected data manipulation", None),
])
def test_updates_that_are_refused(run, put, stored, hashed, changes, message, token):
    key = put(**ONE)
    statement = f"UPDATE \"{hashed}\" {changes} WHERE id = '{key}'"
    with refused(message + (at(statement, token) if token else "")):
        run(statement)
    assert stored(key) == {"id": key, **ONE}


# --- DELETE


def test_a_delete_removes_one_item(run, put, stored, hashed):
    key = put(text="x")
    assert run(f"DELETE FROM \"{hashed}\" WHERE id = ? AND text = 'x' RETURNING ALL OLD *", key) == [
        {"id": key, "text": "x"}]
    assert stored(key) is None


def test_a_delete_of_nothing_succeeds_whatever_the_condition(run, hashed):
    assert run(f"DELETE FROM \"{hashed}\" WHERE id = 'none' AND text = 'x' RETURNING ALL OLD *") == []


def test_a_delete_whose_condition_fails_keeps_the_item(run, put, stored, hashed):
    key = put(text="x")
    with refused(CONDITION, "ConditionalCheckFailedException"):
        run(f"DELETE FROM \"{hashed}\" WHERE id = ? AND NOT begins_with(text, 'x')", key)
    assert stored(key)


@pytest.mark.parametrize("rest, message", [
    ("WHERE text = 'x'", NO_KEY), ("", NO_KEY), ("WHERE id > 'x'", NO_KEY), ("WHERE id IN ['x']", NO_KEY),
    ("WHERE id = 'x' OR id = 'y'", NO_KEY), ("WHERE id = 5", TYPE + "id"),
    ("WHERE id = 'x' RETURNING ALL NEW *", "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is "
                                           "allowed in DELETE statements."),
])
def test_deletes_that_are_refused(run, hashed, rest, message):
    with refused(message):
        run(f"DELETE FROM \"{hashed}\" {rest}")


# --- What is wrong with a statement


@pytest.mark.parametrize("statement, message", [
    ("SLECT * FROM {} WHERE id = 'x'", MALFORMED + "Expected data manipulation"),
    ("SELECT * FROM {} WHERE id = 'x' foo", LEFTOVER), ("SELECT * FROM {} WHERE", MALFORMED + "Unexpected term"),
    ("SELECT * FROM {} WHERE id = 'x' # note", MALFORMED), ("SELECT * FROM {} LIMIT 5", None),
    ("SELECT * FROM {} t WHERE id = 'x'", "Aliasing is not supported"), ("x IS INT4", "Unsupported operation: IsType"),
    ("SELECT COUNT(*) FROM {}", "Unexpected path component at 1:8:5"),
    ("SELECT text, map.text FROM {}", "Duplicate identifiers in select clause: text"),
    ("SELECT * FROM {} WHERE id = 5", TYPE + "id"),
    ("SELECT * FROM {} WHERE id = ''", "One or more parameter values are not valid. The AttributeValue for a key "
                                       "attribute cannot contain an empty string value. Key: id"),
    ("SELECT * FROM {} WHERE id = 'x' AND text < true", "Incorrect operand type for operator or function; operator or "
                                                        "function: <, operand type: BOOL"),
    ("SELECT * FROM {} WHERE attribute_exists('x')",
     "Operator or function requires a document path; operator or function: attribute_exists"),
    ("SELECT * FROM {} WHERE attribute_exists(a, b)", "Incorrect number of operands for operator or function; operator "
                                                      "or function: attribute_exists, number of operands: 2"),
    ("SELECT * FROM {} WHERE attribute_type(a, 'X')",
     "Invalid attribute type name found; type: X, valid types: {{N,BS,L,B,NULL,M,S,SS,NS,BOOL}}"),
    ("SELECT * FROM {} WHERE id = ?", "Number of parameters in request and statement don't match."),
    ("EXISTS(SELECT * FROM {} WHERE id = 'x' AND text IS MISSING)",
     "EXISTS can only be used in ExecuteTransaction write requests."),
])
def test_statements_that_are_refused(run, hashed, statement, message):
    statement = statement.format(f'"{hashed}"')
    message = message.format() if message else "Unsupported clause: LIMIT at " + at(statement, "5")
    with refused(message):
        run(statement)


def test_parameters_are_checked_before_the_table(run):
    for number, echo in (("abc", ": abc"), ("", ""), ("1e99999999999", ": 1e99999999999")):
        with refused("The parameter cannot be converted to a numeric value" + echo):
            run("SELECT * FROM none WHERE id = ?", Parameters=[{"N": number}])
    with refused("Number underflow. Attempting to store a number with magnitude smaller than supported range"):
        run("SELECT * FROM none WHERE id = ?", Parameters=[{"N": "1e2147483647"}])


def test_a_table_that_is_not_there(run):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        run("SELECT * FROM \"no-such-table\" WHERE id = 'x'")


def test_comments_and_a_semicolon_are_nothing(run, put, hashed):
    key = put(text="x")
    assert run(f"-- first\nSELECT text /* of */ FROM \"{hashed}\" -- all\nWHERE id = ?;", key) == [{"text": "x"}]


# --- What it costs


def capacity(dynamodb, statement, **more):
    return dynamodb.execute_statement(Statement=statement, ReturnConsumedCapacity="TOTAL", **more)["ConsumedCapacity"]


def test_statements_cost_what_their_operations_cost(dynamodb, hashed):
    assert capacity(dynamodb, f"INSERT INTO \"{hashed}\" VALUE {{'id': 'cost', 'x': '{'x' * 1500}'}}") == {
        "TableName": hashed, "CapacityUnits": 2.0}
    assert capacity(dynamodb, f"SELECT * FROM \"{hashed}\" WHERE id = 'cost'")["CapacityUnits"] == 0.5
    assert capacity(dynamodb, f"SELECT * FROM \"{hashed}\" WHERE id = 'cost'", ConsistentRead=True)["CapacityUnits"] == 1
    assert capacity(dynamodb, f"DELETE FROM \"{hashed}\" WHERE id = 'cost'")["CapacityUnits"] == 2
