"""Random expressions mean the same to the program and to a simple model. MENAGERIE_SEEDS=N tries N seeds."""
import os
import random

import pytest
from botocore.exceptions import ClientError

from . import index, new_table, put_all
from . import expression_model as model
from .random_expressions import Conditions, Text, Updates, random_item, random_value

SEEDS = range(int(os.environ.get("MENAGERIE_SEEDS", "2")))
ITEMS = 12


@pytest.fixture(params=SEEDS)
def rng(request):
    return random.Random(request.param)


@pytest.fixture
def table(dynamodb):
    return new_table(dynamodb, "id:S", "at:N")


def key(at=0):
    return {"id": {"S": "p"}, "at": {"N": str(at)}}


def filled(client, table, rng):
    items = [{**random_item(rng), **key(at)} for at in range(ITEMS)]
    put_all(client, table, items)
    return items


def places(reply):
    return sorted(int(item["at"]["N"]) for item in reply["Items"])


def without_key(item):
    return {name: value for name, value in item.items() if name not in ("id", "at")}


def refusal(call, **parameters):
    """The message of a call that is refused; None when it is not, and what it gave."""
    try:
        return None, call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Message"], None


def test_random_filters_let_through_what_the_model_lets_through(dynamodb, table, rng):
    items = filled(dynamodb, table, rng)
    for _ in range(100):
        text = Text(rng)
        tree = Conditions(rng, without_key(rng.choice(items))).condition()
        expression = text.condition(tree)
        want = [at for at, item in enumerate(items) if model.holds(tree, item)]

        got = dynamodb.scan(TableName=table, FilterExpression=expression, **text.parameters())
        assert places(got) == want, (expression, text.parameters(), tree)
        text.values[":p"] = {"S": "p"}
        got = dynamodb.query(TableName=table, KeyConditionExpression="id = :p", FilterExpression=expression,
                             **text.parameters())
        assert places(got) == want, (expression, text.parameters(), tree)


def test_random_conditions_allow_a_write_when_the_model_does(dynamodb, table, rng):
    items = filled(dynamodb, table, rng)
    for _ in range(100):
        text, item = Text(rng), rng.choice(items)
        tree = Conditions(rng, without_key(item)).condition()
        expression = text.condition(tree)

        problem, _ = refusal(dynamodb.put_item, TableName=table, Item=item, ConditionExpression=expression,
                             **text.parameters())
        assert problem in (None, "The conditional request failed"), (problem, expression, text.parameters())
        assert (problem is None) == model.holds(tree, item), (expression, text.parameters(), tree, item)


def test_random_projections_select_what_the_model_selects(dynamodb, table, rng):
    items = filled(dynamodb, table, rng)
    for _ in range(100):
        text, at = Text(rng), rng.randrange(ITEMS)
        paths = Updates(rng, without_key(items[at])).paths()
        expression = text.projection(paths)

        got = dynamodb.get_item(TableName=table, Key=key(at), ProjectionExpression=expression, **text.parameters())
        want = model.project(paths, items[at])
        assert model.plain_item(got["Item"]) == model.plain_item(want), (expression, text.parameters(), items[at])


@pytest.mark.parametrize("returned", ["ALL_NEW", "UPDATED_NEW", "UPDATED_OLD"])
def test_random_updates_do_what_the_model_does(dynamodb, table, rng, returned):
    done = 0
    for _ in range(120):
        text, old = Text(rng), {**random_item(rng), **key()}
        actions = Updates(rng, without_key(old)).actions()
        expression = text.update(actions)
        dynamodb.put_item(TableName=table, Item=old)

        problem, reply = refusal(dynamodb.update_item, TableName=table, Key=key(), UpdateExpression=expression,
                                 ReturnValues=returned, **text.parameters())
        why = (expression, text.parameters(), old)
        stored = dynamodb.get_item(TableName=table, Key=key())["Item"]
        try:
            new = model.updated(actions, old)
        except model.Refused as refused:
            assert problem in refused.messages, (refused.messages, *why)
            assert model.plain_item(stored) == model.plain_item(old), why
            continue
        done += 1
        paths = [action[1] for action in actions]
        want = {"ALL_NEW": new, "UPDATED_NEW": model.project(paths, new), "UPDATED_OLD": model.project(paths, old)}
        assert problem is None, (problem, *why)
        assert model.plain_item(stored) == model.plain_item(new), why
        assert model.plain_item(reply.get("Attributes", {})) == model.plain_item(want[returned]), why
    assert done > 30  # the others are refused, which is worth a test as well


COMPARATORS = ["=", "<", "<=", ">", ">="]


def random_range(rng, name, of):
    """A term of the sort key's attribute: its tree and its text."""
    how = rng.choice([*COMPARATORS, "between", "begins_with"] if of == "S" else [*COMPARATORS, "between"])
    values = sorted((random_value(rng, [of]) for _ in range(2)), key=model.sort_key)
    if of == "S":  # a key is not empty
        values = [{"S": value["S"] or "a"} for value in values]
    if how == "between":
        return (how, ("path", name), *[("value", v) for v in values]), f"{name} BETWEEN {{0}} AND {{1}}", values
    tree = (how, ("path", name), ("value", values[0]))
    return tree, f"begins_with({name}, {{0}})" if how == "begins_with" else f"{name} {how} {{0}}", values[:1]


@pytest.mark.parametrize("of", ["S", "N"])
def test_random_key_conditions_find_what_the_model_finds(dynamodb, rng, of):
    table = new_table(dynamodb, "id:S", "at:N", indexes=[
        index("one", "id:S", f"r1:{of}"), index("many", "id:S", "h2:N", f"r1:{of}", f"r2:{of}", hashes=2)])
    items = []
    for at in range(40):
        r1, r2 = random_value(rng, [of]), random_value(rng, [of])
        keys = {"h2": {"N": str(at % 2)}, "r1": r1, "r2": r2}
        keys = {name: {"S": v["S"] or "b"} if "S" in v else v for name, v in keys.items()}
        items.append({**keys, **key(at)})
    put_all(dynamodb, table, items)

    for _ in range(60):
        which = rng.choice(["one", "many", "deep"])
        terms = [(("=", ("path", "id"), ("value", {"S": "p"})), "id = {0}", [{"S": "p"}])]
        if which != "one":
            terms.append((("=", ("path", "h2"), ("value", {"N": "1"})), "h2 = {0}", [{"N": "1"}]))
        if which == "deep":
            first = rng.choice(items)["r1"]
            terms.append((("=", ("path", "r1"), ("value", first)), "r1 = {0}", [first]))
        terms.append(random_range(rng, "r2" if which == "deep" else "r1", of))
        rng.shuffle(terms)
        text = Text(rng)
        expression = " AND ".join(t.format(*map(text.value, values)) for _, t, values in terms)
        found = [i for i in items if all(model.holds(tree, i) for tree, _, _ in terms)]

        forward = rng.random() < 0.5
        got = dynamodb.query(TableName=table, IndexName="one" if which == "one" else "many",
                             KeyConditionExpression=expression, ScanIndexForward=forward, **text.parameters())
        assert places(got) == sorted(int(i["at"]["N"]) for i in found), (expression, text.values)
        order = [[model.sort_key(i[name]) for name in (["r1"] if which == "one" else ["r1", "r2"])]
                 for i in got["Items"]]
        assert order == sorted(order, reverse=not forward), (expression, text.values)


LEGACY = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "BEGINS_WITH": "begins_with",
          "CONTAINS": "contains", "BETWEEN": "between", "IN": "in", "NULL": "attribute_not_exists",
          "NOT_NULL": "attribute_exists", "NOT_CONTAINS": "not_contains"}


def random_legacy(rng, item):
    """An operator with values, and its tree."""
    name, how = rng.choice(sorted(item) or ["a"]), rng.choice(sorted(LEGACY))
    path, what = ("path", name), LEGACY[how]
    count = {"BETWEEN": 2, "IN": rng.randint(1, 3), "NULL": 0, "NOT_NULL": 0}.get(how, 1)
    types = None if how in ("EQ", "NE") else [rng.choice(["S", "B"] if how == "BEGINS_WITH" else ["S", "N", "B"])]
    own = item.get(name)
    if own and model.kind(own) in ("S", "B", *([] if how == "BEGINS_WITH" else ["N"])) and rng.random() < 0.7:
        types = [model.kind(own)]
    values = [own if own and types == [model.kind(own)] and rng.random() < 0.4 else random_value(rng, types)
              for _ in range(count)]
    if how == "BETWEEN":
        values.sort(key=model.sort_key)
    trees = [("value", value) for value in values]
    if how == "NOT_CONTAINS":
        tree = ("and", ("attribute_exists", path), ("not", ("contains", path, *trees)))
    else:
        tree = (what, path, trees) if how == "IN" else (what, path, *trees)
    return name, {"ComparisonOperator": how, **({"AttributeValueList": values} if values else {})}, tree


def test_random_legacy_conditions_mean_what_the_model_says(dynamodb, table, rng):
    items = filled(dynamodb, table, rng)
    for _ in range(100):
        like = without_key(rng.choice(items))
        conditions = [random_legacy(rng, like) for _ in range(rng.randint(1, 3))]
        conditions = list({name: (name, given, tree) for name, given, tree in conditions}.values())
        given = {name: g for name, g, _ in conditions}
        joined = {"ConditionalOperator": rng.choice(["AND", "OR"])} if len(conditions) > 1 and rng.random() < 0.7 else {}
        tree = (joined.get("ConditionalOperator", "AND").lower(), *[t for _, _, t in conditions])
        want = [at for at, item in enumerate(items) if model.holds(tree, item)]

        got = dynamodb.scan(TableName=table, ScanFilter=given, **joined)
        assert places(got) == want, (given, joined)
        at = rng.randrange(ITEMS)
        problem, _ = refusal(dynamodb.put_item, TableName=table, Item=items[at], Expected=given, **joined)
        assert (problem is None) == (at in want), (problem, given, joined, items[at])
