"""The budgets of DynamoDB: every request signed and verified. Beside it Redis, which has neither signatures nor
items, and dynalite, which has both and keeps its tables in LevelDB."""
import json
import os
import sqlite3
import struct

from load import (ROOT, ROUNDS, Server, free_port, lua_requests, redis_load, redis_server, run, sign, start_pinned, wrk)

SIZE = 400  # bytes of an item
DYNALITE = os.path.join(ROOT, "tests", "js", "node_modules", "dynalite", "cli.js")
LARGE = 10_000_000
SMALL = 10_000


def signed(address, operation, parameters):
    body = json.dumps(parameters, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    return "POST", "/", {**sign(address, "POST", "/", body, headers, "dynamodb"), "Host": address}, body


def item(key, sort=None, letter="x"):
    """Of 400 bytes, as DynamoDB counts them."""
    attributes = {"id": {"S": key}}
    if sort is not None:
        attributes["at"] = {"N": str(sort)}
    used = sum(len(name) + len(next(iter(value.values()))) for name, value in attributes.items())
    return {**attributes, "text": {"S": letter * (SIZE - used - len("text"))}}


class Target:
    """A server of DynamoDB's API, ours or dynalite, with a client for what is not measured."""

    def __init__(self, address, stop):
        import boto3

        self.address, self.url, self.stop = address, f"http://{address}", stop
        self.client = boto3.client("dynamodb", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test",
                                   aws_secret_access_key="test")

    def make_table(self, name, with_sort=False):
        keys = [("id", "S", "HASH")] + ([("at", "N", "RANGE")] if with_sort else [])
        self.client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t, _ in keys],
            KeySchema=[{"AttributeName": n, "KeyType": role} for n, _, role in keys])
        self.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})

    def fill(self, name, items):
        items = list(items)
        for at in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": i}} for i in items[at:at + 25]]
            left = self.client.batch_write_item(RequestItems={name: requests})["UnprocessedItems"]
            assert not left, left

    def script(self, folder, name, operation, all_parameters):
        """A rotation, of which the first is tried."""
        requests = [signed(self.address, operation, p) for p in all_parameters]
        method, path, headers, body = requests[0]
        done = run("curl", "-s", "-w", "%{http_code}", "-X", method, *sum((["-H", f"{k}: {v}"] for k, v in headers.items()), []),
                   "--data-binary", body.decode(), self.url + path)
        assert done.endswith("200"), done
        return lua_requests(folder, name, requests)


def ours(folder, *arguments, cores="0"):
    program = start_pinned(folder, *arguments, cores=cores)
    target = Target(program.address, program.stop)
    target.process = program.process
    return target


def dynalite(folder, cores="0"):
    if not os.path.exists(DYNALITE):
        run("npm", "ci", "--prefix", os.path.join(ROOT, "tests", "js"), "--ignore-scripts", "--no-audit", "--no-fund")
    port = free_port()
    server = Server(port, "node", DYNALITE, "--port", str(port), "--path", os.path.join(folder, "dynalite"),
                    "--createTableMs", "0", cores=cores)
    return Target(f"127.0.0.1:{port}", server.stop)


def in_turn(targets, scripts, seconds, redis=None, core="1"):
    """Requests a second of each, round by round; `redis` is a function of no arguments."""
    rates = [[] for _ in range(len(targets) + 1)]
    for _ in range(ROUNDS):
        for i, target in enumerate(targets):
            rates[i].append(wrk(target.url, seconds, scripts[i], core=core))
        if redis:
            rates[-1].append(redis())
    return rates


def measure_get(folder, seconds, keys=512):
    targets = [ours(folder, "--threads", "1"), dynalite(folder)]
    scripts = []
    for i, target in enumerate(targets):
        target.make_table("bench")
        target.fill("bench", (item(f"item-{n}") for n in range(keys)))
        scripts.append(target.script(folder, f"get{i}", "GetItem", [{"TableName": "bench", "Key": {"id": {"S": f"item-{n}"}}}
                                                                    for n in range(keys)]))
    redis = redis_server(folder, cores="0")
    redis_load(redis, "set", SIZE, 10000, cores="1", keys=keys)
    mine, theirs, fast = in_turn(targets, scripts, seconds, lambda: redis_load(redis, "get", SIZE, 50000 * seconds, cores="1",
                                                                               keys=keys))
    for target in (*targets, redis):
        target.stop()
    yield "DynamoDB GetItem of 400 bytes, 1 core", "req/s", mine, "Redis GET", fast, "at least 0.4 of it"
    yield "DynamoDB GetItem of 400 bytes, 1 core", "req/s", mine, "dynalite", theirs, "for orientation"


def measure_put(folder, seconds, keys=512):
    targets = [ours(folder, cores="0,1"), dynalite(folder, cores="0,1")]
    scripts = []
    for i, target in enumerate(targets):
        target.make_table("bench")
        # Each time round another text: a put of what is there already would change nothing, and write nothing.
        scripts.append(target.script(folder, f"put{i}", "PutItem", [
            {"TableName": "bench", "Item": item(f"item-{n}", letter=letter)} for letter in "xy" for n in range(keys)]))
    redis = redis_server(folder, is_durable=True)
    mine, theirs, fast = in_turn(targets, scripts, seconds, lambda: redis_load(redis, "set", SIZE, 10000 * seconds, keys=keys),
                                 core="0,1")
    for target in (*targets, redis):
        target.stop()
    yield ("DynamoDB durable PutItem of 400 bytes, 32 clients, 2 cores", "req/s", mine, "Redis SET, appendfsync always", fast,
           "at least 0.4 of it")
    yield "DynamoDB durable PutItem of 400 bytes, 32 clients, 2 cores", "req/s", mine, "dynalite", theirs, "for orientation"


def measure_query(folder, seconds, keys=64):
    targets = [ours(folder, "--threads", "1"), dynalite(folder)]
    scripts = []
    for i, target in enumerate(targets):
        target.make_table("bench", with_sort=True)
        target.fill("bench", (item(f"item-{n}", at) for n in range(keys) for at in range(25)))
        scripts.append(target.script(folder, f"query{i}", "Query", [
            {"TableName": "bench", "KeyConditionExpression": "id = :id AND #at < :end", "ExpressionAttributeNames": {"#at": "at"},
             "ExpressionAttributeValues": {":id": {"S": f"item-{n}"}, ":end": {"N": "20"}}} for n in range(keys)]))
        found = target.client.query(TableName="bench", KeyConditionExpression="id = :id AND #at < :end",
                                    ExpressionAttributeNames={"#at": "at"},
                                    ExpressionAttributeValues={":id": {"S": "item-0"}, ":end": {"N": "20"}})
        assert found["Count"] == 20, found
    mine, theirs, _ = in_turn(targets, scripts, seconds)
    for target in targets:
        target.stop()
    yield "DynamoDB Query of 20 items of 400 bytes, 1 core", "req/s", mine, "budget", 15000, "at least 1.0 of it"
    yield "DynamoDB Query of 20 items of 400 bytes, 1 core", "req/s", mine, "dynalite", theirs, "for orientation"


def many_items(folder, table, count):
    """Ten million puts would take minutes: rows like that of the one item there is, under keys all over the table."""
    path = os.path.join(folder, "data", "menagerie.db")
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        space, = db.execute("SELECT space FROM dynamodb_table WHERE name = ?", (table,)).fetchone()
        size, text = db.execute("SELECT size, item FROM dynamodb_item WHERE space = ?", (space,)).fetchone()
        rows = ((space, struct.pack(">I", n * (2**32 // count)) + b"filler-%d\0\1" % n, size, text) for n in range(count))
        db.execute("BEGIN")
        db.executemany("INSERT INTO dynamodb_item (space, key, size, item) VALUES (?, ?, ?, ?)", rows)
        db.execute("UPDATE dynamodb_space SET items = items + ?, bytes = bytes + ? WHERE id = ?", (count, count * size, space))
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")
    db.close()


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


def measure_growth(folder, seconds):
    target = ours(folder)
    target.make_table("small")
    target.make_table("large")
    target.fill("large", [item("item-0")])
    target.stop()
    many_items(folder, "large", LARGE)
    target = ours(folder, "--threads", "1")
    scripts = []
    for table in ("small", "large"):
        target.fill(table, (item(f"item-{n}") for n in range(SMALL)))
        scripts.append(target.script(folder, table, "GetItem", [{"TableName": table, "Key": {"id": {"S": f"item-{n}"}}}
                                                                for n in range(SMALL)]))
    small, large, _ = in_turn([target, target], scripts, seconds)
    memory = resident(target.process)
    target.stop()
    yield ("DynamoDB GetItem, ten million items", "us", [1e6 / rate for rate in large], "ten thousand items",
           [1e6 / rate for rate in small], "at most 1.5 of it")
    yield "resident memory with ten million items, at most", "MiB", memory, "budget", 64, "at most 1.0 of it"
