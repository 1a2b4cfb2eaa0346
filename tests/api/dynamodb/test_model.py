"""Random operations, with random crashes in between, against a model in Python: the same answers, all the way."""
import concurrent.futures
import os
import random

import pytest

from . import index, item, new_table, plain
from .expressions import (ALWAYS, GROUPS, NUMBERS, PARTITIONS, SORTS, Values, Write, random_condition, random_key,
                          random_range)
from .model import INDEXES, Table

STEPS = int(os.environ.get("MENAGERIE_MODEL_STEPS", "350"))
SEEDS = [int(s) for s in os.environ.get("MENAGERIE_MODEL_SEEDS", "1,2,3").split(",")]
CRASHES = 4  # of each seed


def attributes(request, values):
    if values:
        request["ExpressionAttributeValues"] = item(**{k[1:]: v for k, v in values.items()})
        request["ExpressionAttributeValues"] = {":" + k: v for k, v in request["ExpressionAttributeValues"].items()}
    return request


def sorted_items(items):
    return sorted(items, key=lambda i: (i["p"], i["s"].encode()))


class Run:
    """A program, a table in it, and what should be in the table."""

    def __init__(self, start, seed):
        self.start, self.r, self.model = start, random.Random(seed), Table()
        self.program = start()
        self.client = self.program.client("dynamodb")
        self.name = new_table(self.client, "p:S", "s:S", indexes=[
            index("local", "p:S", "l:N", local=True), index("global", "g:S", "h:N"),
            index("keys", "h:N", project="KEYS_ONLY")])

    # --- Writes

    def request(self, write, with_table=True):
        request = {"TableName": self.name} if with_table else {}
        request.update({"Item": item(**write.item)} if write.kind == "Put" else {"Key": item(**write.key)})
        if write.condition.text:
            request["ConditionExpression"] = write.condition.text
        if write.update:
            request["UpdateExpression"] = write.update.text
        return attributes(request, write.values.values)

    def write(self):
        write = Write(self.r)
        shown = self.r.choice(["ALL_OLD", "ALL_NEW"] if write.kind == "Update" else ["ALL_OLD", "NONE"])
        operation = getattr(self.client, {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[write.kind])
        if not self.model.apply(write):
            with pytest.raises(self.client.exceptions.ConditionalCheckFailedException):
                operation(**self.request(write))
            return
        reply = operation(ReturnValues=shown, **self.request(write))
        expected = {"ALL_OLD": write.old, "ALL_NEW": write.new, "NONE": None}[shown]
        assert plain(reply.get("Attributes", {})) == (expected or {})

    def writes_of_a_transaction(self):
        keys = {tuple(random_key(self.r).items()) for _ in range(self.r.randrange(2, 7))}
        return [Write(self.r, ("Put", "Update", "Delete", "ConditionCheck"), dict(k)) for k in sorted(keys)]

    def transact(self):
        writes = self.writes_of_a_transaction()
        codes = self.model.transact(writes)
        requests = [{w.kind: self.request(w)} for w in writes]
        if set(codes) == {"None"}:
            self.client.transact_write_items(TransactItems=requests)
            return
        with pytest.raises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.transact_write_items(TransactItems=requests)
        assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == codes

    def batch_write(self):
        requests, keys = [], {tuple(random_key(self.r).items()) for _ in range(10)}
        for key in sorted(keys):
            write = Write(self.r, ("Put", "Delete"), dict(key))
            write.condition = ALWAYS
            self.model.apply(write)
            requests.append({"PutRequest": {"Item": item(**write.item)}} if write.kind == "Put" else
                            {"DeleteRequest": {"Key": item(**write.key)}})
        assert not self.client.batch_write_item(RequestItems={self.name: requests})["UnprocessedItems"]

    # --- Reads

    def get(self):
        key = random_key(self.r)
        reply = self.client.get_item(TableName=self.name, Key=item(**key), ConsistentRead=self.r.random() < 0.5)
        assert plain(reply.get("Item", {})) == (self.model.get(key) or {})

    def get_many(self):
        keys = [dict(k) for k in sorted({tuple(random_key(self.r).items()) for _ in range(6)})]
        expected = [self.model.get(k) for k in keys]
        requests = [{"Get": {"TableName": self.name, "Key": item(**k)}} for k in keys]
        replies = self.client.transact_get_items(TransactItems=requests)["Responses"]
        assert [plain(r["Item"]) if "Item" in r else None for r in replies] == expected
        reply = self.client.batch_get_item(RequestItems={self.name: {"Keys": [item(**k) for k in keys]}})
        found = [plain(i) for i in reply["Responses"][self.name]]
        assert sorted_items(found) == sorted_items(e for e in expected if e)

    def pages(self, operation, request, limit):
        """All pages; as long as they should be."""
        found, more = [], {"Limit": limit} if limit else {}
        while True:
            reply = operation(**request, **more)
            found += [plain(i) for i in reply["Items"]]
            if "LastEvaluatedKey" not in reply:
                assert not limit or reply["ScannedCount"] < limit
                return found
            assert reply["ScannedCount"] == limit
            more["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    def query(self):
        name = self.r.choice(list(INDEXES))
        hash_name, range_name, held = INDEXES[name]
        values, forward = Values(), self.r.random() < 0.5
        value = self.r.choice({"p": PARTITIONS, "g": GROUPS, "h": NUMBERS}[hash_name])
        text = f"{hash_name} = {values.add(value)}"
        condition, filter_ = ALWAYS, ALWAYS
        if range_name:
            condition = random_range(self.r, values, range_name, SORTS if range_name == "s" else NUMBERS)
        if held is None and range_name == "s" and self.r.random() < 0.5:
            filter_ = random_condition(self.r, values)
        request = attributes({"TableName": self.name, "ScanIndexForward": forward}, values.values)
        request["KeyConditionExpression"] = f"{text} AND {condition.text}" if condition.text else text
        if filter_.text:
            request["FilterExpression"] = filter_.text
        if name:
            request["IndexName"] = name
        found = self.pages(self.client.query, request, self.r.choice([None, 1, 2, 5]))
        expected = [i for i in self.model.query(name, value, condition) if filter_.holds(i)]
        assert sorted_items(found) == sorted_items(expected)
        if range_name:  # and in order; of the same sort key, in any
            order = [i[range_name].encode() if range_name == "s" else i[range_name] for i in found]
            assert order == sorted(order, reverse=not forward)

    def scan(self):
        name, segments, values = self.r.choice(list(INDEXES)), self.r.choice([1, 2, 5]), Values()
        condition = random_condition(self.r, values) if self.r.random() < 0.5 and name is None else ALWAYS
        request = attributes({"TableName": self.name, "TotalSegments": segments}, values.values)
        if condition.text:
            request["FilterExpression"] = condition.text
        if name:
            request["IndexName"] = name
        found = []
        for segment in range(segments):
            found += self.pages(self.client.scan, {**request, "Segment": segment}, self.r.choice([None, 3]))
        assert sorted_items(found) == sorted_items(i for i in self.model.index(name) if condition.holds(i))

    # --- Crashes

    def restart(self):
        self.program.kill()
        self.program = self.start(data=self.program.data)
        self.client = self.program.client("dynamodb")

    def crash(self):
        """In the middle of a transaction: it is whole, or it never was; and so are the indexes."""
        after, writes = self.model.copy(), self.writes_of_a_transaction()
        after.transact(writes)
        requests = [{w.kind: self.request(w)} for w in writes]
        client = self.client
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            sent = pool.submit(lambda: client.transact_write_items(TransactItems=requests))
            concurrent.futures.wait([sent], timeout=self.r.choice([0.0005, 0.002, 0.004]))
            is_acknowledged = sent.done() and not sent.exception()
            self.restart()
        found = sorted_items(plain(i) for i in self.client.scan(TableName=self.name)["Items"])
        possible = [after] if is_acknowledged else [self.model, after]
        assert found in [sorted_items(table.items.values()) for table in possible]
        self.model = Table(found)
        for name in INDEXES:
            held = [plain(i) for i in self.client.scan(TableName=self.name, **({"IndexName": name} if name else {}))["Items"]]
            assert sorted_items(held) == sorted_items(self.model.index(name))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_does_what_its_model_does(start, seed):
    run = Run(start, seed)
    operations = [run.write] * 6 + [run.transact] * 2 + [run.batch_write, run.get, run.get_many] + [run.query] * 5 + [run.scan]
    crashes = set(run.r.sample(range(STEPS), CRASHES))
    for step in range(STEPS):
        operation = run.crash if step in crashes else run.r.choice(operations)
        try:
            operation()
        except BaseException as e:
            raise AssertionError(f"seed {seed}, step {step}: {operation.__name__}") from e
