"""Pages: where they end, what the next one starts with, and that together they are the whole."""
import pytest

from . import index, item, new_table, plain, put_all

SMALL = [item(id="a", n=i, kind="k", order=(i * 7) % 30) for i in range(30)]


@pytest.fixture(scope="module")
def small(menagerie):
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", "n:N", indexes=[
        index("local", "id:S", "order:N", local=True), index("global", "kind:S", "order:N"), index("bare", "kind:S")])
    put_all(client, name, SMALL)
    return name


@pytest.fixture(scope="module")
def large(menagerie):
    """Thirty items of 100,000 bytes."""
    client = menagerie.client("dynamodb")
    name = new_table(client, "id:S", "n:N")
    for i in range(30):
        fixed = len("id") + len("a") + len("n") + (1 if i == 0 else 2) + len("text")
        client.put_item(TableName=name, Item=item(id="a", n=i, text="x" * (100_000 - fixed)))
    return name


def of_a(**more):
    return {"KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}, **more}


def of_k(**more):
    return {"KeyConditionExpression": "kind = :k", "ExpressionAttributeValues": {":k": {"S": "k"}}, **more}


def pages(operation, **arguments):
    found, start = [], {}
    while True:
        reply = operation(**arguments, **start)
        found.append(reply)
        if "LastEvaluatedKey" not in reply:
            return found
        start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}


def numbers(replies, name="n"):
    return [int(plain(i)[name]) for reply in replies for i in reply["Items"]]


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 4, 7, 29])
def test_the_pages_of_a_query_are_the_whole(dynamodb, small, limit, forward):
    found = pages(dynamodb.query, TableName=small, Limit=limit, ScanIndexForward=forward, **of_a())
    assert numbers(found) == (list(range(30)) if forward else list(range(29, -1, -1)))
    assert [len(p["Items"]) for p in found] == [limit] * (30 // limit) + [30 % limit]


@pytest.mark.parametrize("name, arguments", [("local", of_a()), ("global", of_k())])
@pytest.mark.parametrize("forward", [True, False])
def test_the_pages_of_an_index_are_the_whole(dynamodb, small, name, arguments, forward):
    found = pages(dynamodb.query, TableName=small, IndexName=name, Limit=4, ScanIndexForward=forward, **arguments)
    assert numbers(found, "order") == (list(range(30)) if forward else list(range(29, -1, -1)))
    assert found[0]["LastEvaluatedKey"].keys() == {"local": {"id", "n", "order"}, "global": {"id", "n", "kind", "order"}}[name]


@pytest.mark.parametrize("forward", [True, False])
def test_items_with_the_same_key_in_an_index_are_told_apart(dynamodb, small, forward):
    found = pages(dynamodb.query, TableName=small, IndexName="bare", Limit=3, ScanIndexForward=forward, **of_k())
    assert sorted(numbers(found)) == list(range(30))


@pytest.mark.parametrize("arguments", [{}, {"IndexName": "local"}, {"IndexName": "global"}, {"IndexName": "bare"}])
def test_the_pages_of_a_scan_are_the_whole(dynamodb, small, arguments):
    found = pages(dynamodb.scan, TableName=small, Limit=7, **arguments)
    assert sorted(numbers(found)) == list(range(30))
    assert [len(p["Items"]) for p in found] == [7, 7, 7, 7, 2]


def test_a_page_that_ends_with_the_last_item_does_not_know_it(dynamodb, small):
    found = pages(dynamodb.query, TableName=small, Limit=10, **of_a())
    assert [len(p["Items"]) for p in found] == [10, 10, 10, 0]
    assert found[2]["LastEvaluatedKey"] == item(id="a", n=29)
    assert (found[3]["Count"], found[3]["ScannedCount"]) == (0, 0)
    assert "LastEvaluatedKey" not in dynamodb.query(TableName=small, Limit=31, **of_a())


def test_the_limit_is_of_items_before_the_filter(dynamodb, small):
    filtered = of_a(FilterExpression="#o < :n", ExpressionAttributeNames={"#o": "order"})
    filtered["ExpressionAttributeValues"] = {":a": {"S": "a"}, ":n": {"N": "2"}}
    found = pages(dynamodb.query, TableName=small, Limit=10, **filtered)
    assert [(p["Count"], p["ScannedCount"]) for p in found] == [(1, 10), (1, 10), (0, 10), (0, 0)]
    counts = pages(dynamodb.query, TableName=small, Limit=10, Select="COUNT", **filtered)
    assert [(p["Count"], p.get("LastEvaluatedKey")) for p in counts] == [(p["Count"], p.get("LastEvaluatedKey"))
                                                                         for p in found]


def test_a_page_ends_with_the_item_that_makes_it_a_megabyte(dynamodb, large):
    found = pages(dynamodb.query, TableName=large, ReturnConsumedCapacity="TOTAL", **of_a())
    assert [p["Count"] for p in found] == [11, 11, 8]
    assert found[0]["LastEvaluatedKey"] == item(id="a", n=10)
    assert found[0]["ConsumedCapacity"]["CapacityUnits"] == 134.5  # 1,100,000 bytes
    assert numbers(found) == list(range(30))
    assert [p["Count"] for p in pages(dynamodb.scan, TableName=large)] == [11, 11, 8]


def test_a_projection_does_not_make_pages_longer_and_neither_does_a_filter(dynamodb, large):
    assert [p["Count"] for p in pages(dynamodb.query, TableName=large, ProjectionExpression="n", **of_a())] == [11, 11, 8]
    found = pages(dynamodb.scan, TableName=large, FilterExpression="n = :n", ExpressionAttributeValues={":n": {"N": "5"}})
    assert [(p["Count"], p["ScannedCount"]) for p in found] == [(1, 11), (0, 11), (0, 8)]


def test_a_page_goes_on_where_an_item_was_removed(dynamodb):
    name = new_table(dynamodb, "id:S", "n:N")
    put_all(dynamodb, name, [item(id="a", n=i) for i in range(6)])
    first = dynamodb.query(TableName=name, Limit=3, **of_a())
    dynamodb.delete_item(TableName=name, Key=first["LastEvaluatedKey"])
    dynamodb.put_item(TableName=name, Item={"id": {"S": "a"}, "n": {"N": "2.5"}})
    rest = dynamodb.query(TableName=name, ExclusiveStartKey=first["LastEvaluatedKey"], **of_a())
    assert [i["n"]["N"] for i in rest["Items"]] == ["2.5", "3", "4", "5"]


def test_the_paginators_of_boto3_find_everything(dynamodb, small):
    query = dynamodb.get_paginator("query").paginate(TableName=small, PaginationConfig={"PageSize": 8}, **of_a())
    assert numbers(query) == list(range(30))
    scan = dynamodb.get_paginator("scan").paginate(TableName=small, PaginationConfig={"PageSize": 8})
    assert sorted(numbers(scan)) == list(range(30))
