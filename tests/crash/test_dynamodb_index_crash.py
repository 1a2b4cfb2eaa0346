"""kill -9 while an index is filled and while one is dropped: each goes on where it was, and in the end the index holds
what the table holds, with the right counts, and nothing is left of what was dropped."""
import contextlib
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from conftest import Program  # noqa: E402

ITEMS = 6000
KILLS = 6


def put_items(client, first, last):
    for at in range(first, last, 25):
        client.batch_write_item(RequestItems={"things": [{"PutRequest": {"Item": {
            "id": {"S": f"{i:05}"}, "n": {"N": str(i % 7)}, "text": {"S": "t" * 300}}}} for i in range(at, at + 25)]})


def make_table(client):
    client.create_table(TableName="things", BillingMode="PAY_PER_REQUEST",
                        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    put_items(client, 0, ITEMS)


def change_index(client, **update):
    client.update_table(TableName="things", AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
                        GlobalSecondaryIndexUpdates=[update])


def index_of(client):
    indexes = client.describe_table(TableName="things")["Table"].get("GlobalSecondaryIndexes")
    return indexes[0] if indexes else None


def wait_until(client, is_done):
    deadline = time.monotonic() + 60
    while not is_done(index_of(client)):
        assert time.monotonic() < deadline, index_of(client)


def kill_again_and_again(data, program, is_done):
    """Kills the program at moments while the work goes on; how often that was before it was done."""
    kills = 0
    for _ in range(KILLS):
        threading.Event().wait(0.01)  # not to wait for something, but for some of the work
        before = index_of(program.client("dynamodb"))
        program.kill()
        kills += not is_done(before)
        program = Program(data, "--log-level", "error")
    return program, kills


def rows(data, question):
    with contextlib.closing(sqlite3.connect(os.path.join(data, "menagerie.db"))) as db:
        return db.execute(question).fetchall()


def test_an_index_is_filled_and_dropped_across_kills(tmp_path):
    data = str(tmp_path / "data")
    program = Program(data, "--log-level", "error")
    client = program.client("dynamodb")
    make_table(client)
    change_index(client, Create={"IndexName": "by-n", "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "KEYS_ONLY"}})
    program, kills = kill_again_and_again(data, program, lambda i: i["IndexStatus"] == "ACTIVE")
    assert kills, "the index was filled before the program was killed: the test says nothing"
    client = program.client("dynamodb")
    put_items(client, ITEMS, ITEMS + 100)
    wait_until(client, lambda i: i["IndexStatus"] == "ACTIVE")
    found = [i for page in client.get_paginator("scan").paginate(TableName="things", IndexName="by-n") for i in page["Items"]]
    assert sorted(i["id"]["S"] for i in found) == [f"{i:05}" for i in range(ITEMS + 100)]
    assert all(int(i["id"]["S"]) % 7 == int(i["n"]["N"]) for i in found)
    assert index_of(client)["ItemCount"] == ITEMS + 100
    assert index_of(client)["IndexSizeBytes"] == (ITEMS + 100) * (2 + 5 + 1 + 2) - sum(i % 7 == 0 for i in range(ITEMS + 100))

    change_index(client, Delete={"IndexName": "by-n"})
    program, _ = kill_again_and_again(data, program, lambda i: i is None)
    client = program.client("dynamodb")
    wait_until(client, lambda i: i is None)
    client.delete_table(TableName="things")
    program.kill()
    program = Program(data, "--log-level", "error")
    deadline = time.monotonic() + 60
    while rows(data, "SELECT count(*) FROM dynamodb_job") != [(0,)]:
        assert time.monotonic() < deadline
    assert program.stop() == 0
    for table in ("item", "space", "table", "index"):
        assert rows(data, f"SELECT count(*) FROM dynamodb_{table}") == [(0,)]
    assert rows(data, "PRAGMA integrity_check") == [("ok",)]
