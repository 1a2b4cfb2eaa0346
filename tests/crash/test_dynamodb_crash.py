"""kill -9 in the middle of transactions, again and again: each is whole or has left no trace, and the indexes agree.

What a writer's tables hold follows from one number, the count of its transactions; each raises it, and the number is
known up to the one that nobody acknowledged.
"""
import contextlib
import http.client
import json
import os
import random
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from conftest import Program, sign  # noqa: E402

ROUNDS = int(os.environ.get("MENAGERIE_CRASH_ROUNDS", "100"))
THREADS = 4
KEPT = 3  # pairs of a writer, of which each transaction makes one and drops one
TABLES = ("left", "right")


def put(table, key, **more):
    return {"Put": {"TableName": table, "Item": {"id": {"S": key}, **more}}}


def delete(table, key):
    return {"Delete": {"TableName": table, "Key": {"id": {"S": key}}}}


def mark(writer, i):
    return {"S": f"{writer} {i % 5}"}


def transaction(writer, i):
    """The i-th: a pair in two tables, an old pair's end, an item that moves in the index, the count."""
    actions = [put(table, f"{writer} {i}", mark=mark(writer, i), number={"N": str(i)}) for table in TABLES]
    if i > KEPT:
        actions += [delete(table, f"{writer} {i - KEPT}") for table in TABLES]
    return [*actions, {"Update": {
        "TableName": "left", "Key": {"id": {"S": writer}}, "UpdateExpression": "SET mark = :mark ADD transactions :one",
        "ConditionExpression": "attribute_not_exists(id) OR transactions = :before",
        "ExpressionAttributeValues": {":mark": mark(writer, i), ":one": {"N": "1"}, ":before": {"N": str(i - 1)}}}}]


def cancelled_transaction(writer, i):
    check = {"ConditionCheck": {"TableName": "right", "Key": {"id": {"S": writer}},
                                "ConditionExpression": "attribute_exists(id)"}}
    return [put("left", f"{writer} never {i}", mark=mark(writer, i)), delete("left", writer), check]


def expected(writer, count):
    """What the tables hold of a writer after so many transactions."""
    pairs = {f"{writer} {i}": {"id": {"S": f"{writer} {i}"}, "mark": mark(writer, i), "number": {"N": str(i)}}
             for i in range(max(1, count - KEPT + 1), count + 1)}
    own = {writer: {"id": {"S": writer}, "mark": mark(writer, count), "transactions": {"N": str(count)}}} if count else {}
    return {"left": {**pairs, **own}, "right": pairs}


def transact(connection, program, actions):
    body = json.dumps({"TransactItems": actions}).encode()
    headers = {"X-Amz-Target": "DynamoDB_20120810.TransactWriteItems", "Content-Type": "application/x-amz-json-1.0"}
    connection.request("POST", "/", body, sign(program.address, "POST", "/", body, headers, service="dynamodb"))
    response = connection.getresponse()
    return response.status, response.read()


def write_until_killed(program, writer, acknowledged, wrong):
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for i in range(1, 100000):
            if i % 4 == 0:
                status, reply = transact(connection, program, cancelled_transaction(writer, i))
                if status != 400 or b"[None, None, ConditionalCheckFailed]" not in reply:
                    wrong.append(reply)
            status, reply = transact(connection, program, transaction(writer, i))
            if status != 200:
                wrong.append(reply)
                break
            acknowledged[writer] = i
    connection.close()


def items_of(client, table, **more):
    pages = client.get_paginator("scan").paginate(TableName=table, **more)
    return {i["id"]["S"]: i for page in pages for i in page["Items"]}


def check_round(program, counts, acknowledged):
    """Adds the new writers' counts to `counts`; every item that is there must follow from them."""
    client = program.client("dynamodb")
    found = {table: items_of(client, table) for table in TABLES}
    for writer, least in acknowledged.items():
        counts[writer] = int(found["left"].get(writer, {"transactions": {"N": "0"}})["transactions"]["N"])
        assert counts[writer] in (least, least + 1), f"{writer}: {least} were acknowledged, {counts[writer]} are there"
    for table in TABLES:
        whole = {}
        for writer, count in counts.items():
            whole.update(expected(writer, count)[table])
        assert found[table] == whole
    assert items_of(client, "left", IndexName="by-mark") == found["left"]
    assert items_of(client, "right", IndexName="numbers") == {
        key: {name: i[name] for name in ("id", "number")} for key, i in found["right"].items()}


def check_counts(data):
    """The counts that DescribeTable shows are kept with the items."""
    with contextlib.closing(sqlite3.connect(os.path.join(data, "menagerie.db"))) as db:
        wrong = db.execute("SELECT s.id, s.items, s.bytes, count(i.key), total(i.size) FROM dynamodb_space s LEFT JOIN "
                           "dynamodb_item i ON i.space = s.id GROUP BY s.id "
                           "HAVING s.items <> count(i.key) OR s.bytes <> total(i.size)").fetchall()
        assert wrong == []
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def make_tables(program):
    client = program.client("dynamodb")
    for name, index, attribute, kind, projection in (("left", "by-mark", "mark", "S", "ALL"),
                                                     ("right", "numbers", "number", "N", "KEYS_ONLY")):
        client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"},
                                  {"AttributeName": attribute, "AttributeType": kind}],
            GlobalSecondaryIndexes=[{"IndexName": index, "Projection": {"ProjectionType": projection},
                                     "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}]}])
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})


def load_and_kill(program, round_, seconds):
    """How many transactions of each writer were acknowledged."""
    acknowledged = {f"writer {round_} {n}": 0 for n in range(THREADS)}
    wrong = []
    threads = [threading.Thread(target=write_until_killed, args=(program, writer, acknowledged, wrong))
               for writer in acknowledged]
    for thread in threads:
        thread.start()
    # Not to wait for something, but to hit a random moment.
    threading.Event().wait(seconds)
    program.kill()
    for thread in threads:
        thread.join()
    assert wrong == []
    return acknowledged


def test_transactions_are_whole_after_every_crash_and_indexes_agree(tmp_path):
    data = str(tmp_path / "data")
    generator = random.Random(20261128)
    counts = {}
    program = Program(data, "--log-level", "error")
    make_tables(program)
    for round_ in range(ROUNDS):
        acknowledged = load_and_kill(program, round_, generator.uniform(0.05, 0.25))
        program = Program(data, "--log-level", "error")
        check_round(program, counts, acknowledged)
    assert program.stop() == 0
    check_counts(data)
    assert sum(counts.values()) > ROUNDS * THREADS  # the load was one
