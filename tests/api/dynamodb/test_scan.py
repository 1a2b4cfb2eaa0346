"""Scan: all items of a table or an index, in one go or in segments."""
import pytest

from . import index, item, new_table, plain, put_all, refused

INVALID = "The provided starting key is invalid"
WRONG_KEY = "The provided key element does not match the schema"
IDS = {f"item-{i}" for i in range(60)}


@pytest.fixture(scope="module")
def table(menagerie):
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", indexes=[index("by-kind", "kind:S", "n:N", project=["text"])])
    put_all(client, name, [item(id=i, n=int(i[5:]), text="t", **({"kind": "k"} if int(i[5:]) % 3 == 0 else {}))
                           for i in sorted(IDS)])
    return name


def ids(reply):
    return {i["id"]["S"] for i in reply["Items"]}


def test_an_empty_table_has_no_items(dynamodb):
    reply = dynamodb.scan(TableName=new_table(dynamodb, "id:S"), ReturnConsumedCapacity="TOTAL")
    assert (reply["Items"], reply["Count"], reply["ScannedCount"], "LastEvaluatedKey" in reply) == ([], 0, 0, False)
    assert reply["ConsumedCapacity"]["CapacityUnits"] == 0.5


def test_a_scan_finds_each_item_once(dynamodb, table):
    reply = dynamodb.scan(TableName=table)
    assert (ids(reply), reply["Count"], reply["ScannedCount"]) == (IDS, 60, 60)


def test_a_filter_may_speak_of_the_key(dynamodb, table):
    reply = dynamodb.scan(TableName=table, FilterExpression="id = :a OR n < :n",
                          ExpressionAttributeValues={":a": {"S": "item-9"}, ":n": {"N": "2"}})
    assert (ids(reply), reply["Count"], reply["ScannedCount"]) == ({"item-0", "item-1", "item-9"}, 3, 60)


def test_a_scan_filter_does_the_same(dynamodb, table):
    reply = dynamodb.scan(TableName=table, ScanFilter={
        "id": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "item-1"}]},
        "n": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "11"}]}})
    assert ids(reply) == {"item-1", "item-10"}


def test_projections_and_counts(dynamodb, table):
    only = {"FilterExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": "7"}}}
    assert dynamodb.scan(TableName=table, ProjectionExpression="n", **only)["Items"] == [item(n=7)]
    assert dynamodb.scan(TableName=table, AttributesToGet=["n", "id"], Limit=1)["Items"][0].keys() == {"n", "id"}
    counted = dynamodb.scan(TableName=table, Select="COUNT", **only)
    assert ("Items" in counted, counted["Count"], counted["ScannedCount"]) == (False, 1, 60)


def test_an_index_is_scanned_as_a_table_is(dynamodb, table):
    reply = dynamodb.scan(TableName=table, IndexName="by-kind", ReturnConsumedCapacity="INDEXES")
    assert [plain(i)["n"] for i in reply["Items"]] == list(range(0, 60, 3))
    assert reply["Items"][0] == item(id="item-0", n=0, kind="k", text="t")
    assert reply["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0},
                                         "GlobalSecondaryIndexes": {"by-kind": {"CapacityUnits": 0.5}}}


# --- Segments


@pytest.mark.parametrize("total", [1, 2, 3, 7, 64])
def test_every_item_is_in_exactly_one_segment(dynamodb, table, total):
    found = [i for s in range(total) for i in ids(dynamodb.scan(TableName=table, TotalSegments=total, Segment=s))]
    assert sorted(found) == sorted(IDS)


def test_a_million_segments_are_as_narrow_as_they_should_be(dynamodb):
    """The one item of a table is found digit by digit: of all segments, exactly one has it."""
    name = new_table(dynamodb, "id:S")
    put_all(dynamodb, name, [item(id="only")])
    place = 0
    for total in (10, 100, 1_000, 10_000, 100_000, 1_000_000):
        having = [s for s in range(10 * place, 10 * place + 10)
                  if dynamodb.scan(TableName=name, TotalSegments=total, Segment=s)["Count"]]
        assert len(having) == 1
        place = having[0]


def test_segments_are_of_about_the_same_size(dynamodb):
    name = new_table(dynamodb, "id:N")
    put_all(dynamodb, name, [item(id=i) for i in range(400)])
    counts = [dynamodb.scan(TableName=name, TotalSegments=4, Segment=s, Select="COUNT")["Count"] for s in range(4)]
    assert sum(counts) == 400
    assert min(counts) > 60 and max(counts) < 140


def test_a_segment_is_read_in_pages(dynamodb, table):
    found = []
    for segment in range(3):
        start = {}
        while True:
            reply = dynamodb.scan(TableName=table, TotalSegments=3, Segment=segment, Limit=7, **start)
            found += [i["id"]["S"] for i in reply["Items"]]
            if "LastEvaluatedKey" not in reply:
                break
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}
    assert sorted(found) == sorted(IDS)


def test_an_index_has_segments_too(dynamodb, table):
    counts = [dynamodb.scan(TableName=table, IndexName="by-kind", TotalSegments=5, Segment=s)["Count"] for s in range(5)]
    assert sorted(counts) == [0, 0, 0, 0, 20]  # all are of one partition


def test_a_key_of_another_segment_is_refused(dynamodb, table):
    key = dynamodb.scan(TableName=table, TotalSegments=2, Segment=1, Limit=1)["LastEvaluatedKey"]
    with refused(INVALID + ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
                 "TotalSegments: 2 Segment: 0"):
        dynamodb.scan(TableName=table, TotalSegments=2, Segment=0, ExclusiveStartKey=key)


@pytest.mark.parametrize("segments, message", [
    ({"Segment": 0}, "The TotalSegments parameter is required but was not present in the request when Segment parameter "
                     "is present"),
    ({"TotalSegments": 1}, "The Segment parameter is required but was not present in the request when parameter "
                           "TotalSegments is present"),
    ({"Segment": 2, "TotalSegments": 2}, "The Segment parameter is zero-based and must be less than parameter "
                                         "TotalSegments: Segment: 2 is not less than TotalSegments: 2"),
])
def test_a_segment_is_one_of_the_total(dynamodb, segments, message):
    with refused(message):
        dynamodb.scan(TableName="no-such-table", **segments)


# --- Refusals


@pytest.mark.parametrize("select, more, message", [
    ("ALL_ATTRIBUTES", {"ProjectionExpression": "n"}, "Cannot specify the ProjectionExpression when choosing to get "
                                                      "ALL_ATTRIBUTES"),
    ("COUNT", {"AttributesToGet": ["n"]}, "Cannot specify the AttributesToGet when choosing to get only the Count"),
    ("ALL_PROJECTED_ATTRIBUTES", {}, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
    ("SPECIFIC_ATTRIBUTES", {}, "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                                "SPECIFIC_ATTRIBUTES"),
])
def test_select_goes_with_some_parameters_only(dynamodb, table, select, more, message):
    with refused(message):
        dynamodb.scan(TableName=table, Select=select, **more)


def test_a_global_index_is_never_consistent_and_gives_what_it_has(dynamodb, table):
    with refused("Consistent reads are not supported on global secondary indexes"):
        dynamodb.scan(TableName=table, IndexName="by-kind", ConsistentRead=True)
    with refused("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global "
                 "secondary index by-kind because its projection type is not ALL"):
        dynamodb.scan(TableName=table, IndexName="by-kind", Select="ALL_ATTRIBUTES")


@pytest.mark.parametrize("start", [{}, {"x": "a"}, {"id": 1}, {"id": "a", "x": "a"}])
def test_a_starting_key_is_one_of_the_table(dynamodb, table, start):
    with refused(f"{INVALID}: {WRONG_KEY}"):
        dynamodb.scan(TableName=table, ExclusiveStartKey=item(**start))


@pytest.mark.parametrize("start, message", [
    ({"kind": "k"}, INVALID),
    ({"kind": "k", "n": 1}, INVALID),
    ({"kind": "k", "n": 1, "x": "a"}, f"{INVALID}: {WRONG_KEY}"),
    ({"kind": "k", "n": "1", "id": "a"}, WRONG_KEY),
    ({"kind": "k", "n": 1, "id": 1}, f"{INVALID}: {WRONG_KEY}"),
])
def test_a_starting_key_of_an_index_is_one_of_both(dynamodb, table, start, message):
    with refused(message):
        dynamodb.scan(TableName=table, IndexName="by-kind", ExclusiveStartKey=item(**start))


def test_a_starting_key_needs_no_item(dynamodb, table):
    every = [i["id"]["S"] for i in dynamodb.scan(TableName=table)["Items"]]
    first = dynamodb.scan(TableName=table, ExclusiveStartKey=item(id="never put"))["Items"]
    assert [i["id"]["S"] for i in first] == every[len(every) - len(first):]


def test_a_filter_does_not_reach_into_keys(dynamodb, table):
    with refused("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: n"):
        dynamodb.scan(TableName=table, FilterExpression="attribute_exists(n.x)")


def test_there_must_be_such_a_table_and_such_an_index(dynamodb, table):
    with refused("Requested resource not found", "ResourceNotFoundException"):
        dynamodb.scan(TableName="no-such-table", ExclusiveStartKey={})
    with refused("The table does not have the specified index: none"):
        dynamodb.scan(TableName=table, IndexName="none", ExclusiveStartKey={})
