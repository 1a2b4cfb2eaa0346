"""Random numbers, as a client sees them: a model of Decimals in Python gives the same answers.

They are read as text: boto3's own conversion takes no number that is shown with more than 38 digits."""
import random
from decimal import Context, Decimal

import pytest

from . import ONE_ERROR, new_table, put_all, refused

EXACT = Context(prec=1000, Emin=-10000, Emax=10000)
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"


def random_number(rng):
    """Of any size, near ones more often, and among them neighbours that differ in one digit."""
    digits = "".join(rng.choice(["0", "9", str(rng.randint(0, 9))]) for _ in range(rng.choice([1, 2, 3, 17, 38])))
    number = Decimal(f"{rng.choice('+-')}{digits}E{rng.choice([0, -2, rng.randint(-40, 40), rng.randint(-130, 125)])}")
    return number if number and -130 <= number.adjusted() <= 125 else Decimal(digits)


def random_numbers(seed, count):
    rng = random.Random(seed)
    numbers = {random_number(rng) for _ in range(count)}
    numbers |= {n.scaleb(rng.choice([-1, 1]), EXACT) for n in list(numbers)[:count // 4] if -129 < n.adjusted() < 125}
    return rng, sorted(numbers | {Decimal(0), Decimal("1E-130"), Decimal("-1E-130"), Decimal("9E125"), Decimal("-9E125")})


def spelled(rng, number):
    """One of the ways to write a number, which only the exponent tells from another."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits))
    point = rng.randint(1, len(text))
    return f"{'-' if sign else ''}{text[:point]}.{text[point:]}0e{exponent + len(text) - point}" \
        if len(text) < 38 else f"{'-' if sign else ''}{text}E{exponent}"


def values(reply):
    return [Decimal(i["n"]["N"]) for i in reply["Items"]]


@pytest.fixture(scope="module")
def numbers(menagerie):
    """A table with a few hundred numbers as sort keys, put in no order, and the numbers in theirs."""
    client = menagerie.client("dynamodb")
    table = new_table(client, "id:S", "n:N")
    rng, ascending = random_numbers(20120810, 300)
    shuffled = rng.sample(ascending, len(ascending))
    put_all(client, table, [{"id": {"S": "all"}, "n": {"N": spelled(rng, n)}} for n in shuffled])
    return table, ascending


def query(dynamodb, table, condition="", low=Decimal(0), high=Decimal(0), **more):
    given = {":id": {"S": "all"}}
    given |= {name: {"N": str(n)} for name, n in ((":low", low), (":high", high)) if name in condition}
    return dynamodb.query(TableName=table, KeyConditionExpression="id = :id" + (condition and " AND n " + condition),
                          ExpressionAttributeValues=given, **more)


def test_a_query_goes_through_numbers_in_their_order_and_back(dynamodb, numbers):
    table, ascending = numbers
    assert values(query(dynamodb, table)) == ascending
    assert values(query(dynamodb, table, ScanIndexForward=False)) == ascending[::-1]


def test_ranges_of_numbers_are_those_of_the_model(dynamodb, numbers):
    table, ascending = numbers
    rng = random.Random(1)
    for _ in range(25):
        low, high = sorted([rng.choice(ascending), rng.choice([*ascending, random_number(rng)])])
        assert values(query(dynamodb, table, "BETWEEN :low AND :high", low, high)) == \
            [n for n in ascending if low <= n <= high]
        assert values(query(dynamodb, table, "< :low", low)) == [n for n in ascending if n < low]
        assert values(query(dynamodb, table, "<= :low", low)) == [n for n in ascending if n <= low]
        assert values(query(dynamodb, table, "> :high", high=high)) == [n for n in ascending if n > high]
        assert values(query(dynamodb, table, ">= :high", high=high)) == [n for n in ascending if n >= high]


def test_pages_of_numbers_go_on_where_they_ended(dynamodb, numbers):
    table, ascending = numbers
    found, start = [], {}
    while True:
        reply = query(dynamodb, table, Limit=7, **start)
        found += values(reply)
        if "LastEvaluatedKey" not in reply:
            break
        start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}
    assert found == ascending


def test_an_item_is_found_however_its_number_is_written(dynamodb, numbers):
    table, ascending = numbers
    rng = random.Random(2)
    for number in rng.sample(ascending, 40):
        reply = dynamodb.get_item(TableName=table, Key={"id": {"S": "all"}, "n": {"N": spelled(rng, number)}})
        assert Decimal(reply["Item"]["n"]["N"]) == number


def test_filters_compare_numbers_as_the_model_does(dynamodb):
    table = new_table(dynamodb, "id:S")
    rng, ascending = random_numbers(3, 100)
    put_all(dynamodb, table, [{"id": {"S": str(i)}, "n": {"N": spelled(rng, n)}} for i, n in enumerate(ascending)])
    for _ in range(15):
        low, high = sorted([rng.choice(ascending), random_number(rng)])
        reply = dynamodb.scan(TableName=table, FilterExpression="n > :low AND n <= :high OR n = :low",
                              ExpressionAttributeValues={":low": {"N": str(low)}, ":high": {"N": str(high)}})
        assert sorted(values(reply)) == [n for n in ascending if low < n <= high or n == low]


def test_sums_are_exact_or_refused(dynamodb):
    table = new_table(dynamodb, "id:S")
    rng = random.Random(4)
    refusals = 0
    for _ in range(100):
        a, b = random_number(rng), random_number(rng)
        total = EXACT.add(a, b).normalize(EXACT)
        change = {"TableName": table, "Key": {"id": {"S": "sum"}}, "UpdateExpression": "SET n = :a + :b",
                  "ExpressionAttributeValues": {":a": {"N": spelled(rng, a)}, ":b": {"N": spelled(rng, b)}},
                  "ReturnValues": "UPDATED_NEW"}
        if total.adjusted() > 125 or len(total.as_tuple().digits) > 38:
            refusals += 1
            with refused(OVERFLOW):
                dynamodb.update_item(**change)
        elif not total or total.adjusted() >= -130:
            assert Decimal(dynamodb.update_item(**change)["Attributes"]["n"]["N"]) == total
    assert 10 < refusals < 90


def test_a_set_has_a_number_once_however_it_is_written(dynamodb):
    table = new_table(dynamodb, "id:S")
    for pair in (["1", "1.0"], ["100", "1e2"], ["0", "-0"]):
        with refused(ONE_ERROR + "One or more parameter values were invalid: Input collection contains duplicates."):
            dynamodb.put_item(TableName=table, Item={"id": {"S": "a"}, "s": {"NS": pair}})


def test_adding_to_a_set_of_numbers_is_a_union_of_values(dynamodb):
    table = new_table(dynamodb, "id:S")
    rng, numbers = random_numbers(5, 40)
    model = set()
    for _ in range(10):
        some = rng.sample(numbers, 8)
        model |= set(some)
        reply = dynamodb.update_item(
            TableName=table, Key={"id": {"S": "a"}}, UpdateExpression="ADD s :some", ReturnValues="ALL_NEW",
            ExpressionAttributeValues={":some": {"NS": [spelled(rng, n) for n in some]}})
        assert sorted(Decimal(n) for n in reply["Attributes"]["s"]["NS"]) == sorted(model)
