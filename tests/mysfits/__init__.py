"""The service of the mysfits, in front of this program's DynamoDB, and of dynalite in its place."""
import os
import re
import select
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from conftest import BUILD, REGION, ROOT, Program

BINARY = os.path.join(BUILD, "apps", "mysfits-service")
DYNALITE = os.path.join(ROOT, "tests", "js", "node_modules", "dynalite", "cli.js")
FILTERS = ("Species", "Alignment", "GoodEvil", "LawChaos")
TABLE = "MysfitsTable"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Service(Program):
    """A running mysfits-service; its environment has only those AWS variables that are given."""

    def __init__(self, folder, *arguments, env=None, expect_failure=False):
        self.data = str(folder)
        self.log_path = self.data + ".log"
        arguments = list(arguments)
        if "--listen" not in arguments:
            arguments += ["--listen", "127.0.0.1:0"]
        if "--list-age" not in arguments:
            arguments = ["--list-age", "0", *arguments]  # most tests change the table behind its back
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BINARY, *arguments], stdout=subprocess.PIPE, stderr=log,
                                            env={**mine, **(env or {})})
        self.address = None
        if not expect_failure:
            self._wait_until_ready()

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))


class Menagerie(Program):
    """This program as the database."""

    name = "menagerie"

    def dynamodb(self):
        return self.client("dynamodb")

    def restart(self):
        """After a kill: at the same address, with what it had."""
        Program.__init__(self, self.data, "--listen", self.address)


class Dynalite:
    name = "dynalite"

    def __init__(self, folder):
        assert os.path.exists(DYNALITE), "dynalite is missing: npm ci --ignore-scripts in tests/js"
        self.folder, port = str(folder), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(["node", DYNALITE, "--port", str(port), "--path", self.folder, "--createTableMs", "0",
                                         "--updateTableMs", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else b""
        assert b"Listening" in line, line

    client, new_client = Program.client, Program.new_client

    def dynamodb(self):
        return self.client("dynamodb")

    def stop(self):
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()


def mysfit(number, **more):
    """An item as the table has it."""
    sides = [("Good", "Lawful"), ("Evil", "Chaotic"), ("Neutral", "Neutral")][number % 3]
    return {"MysfitId": {"S": f"mysfit-{number}"}, "Name": {"S": f"Name {number}"},
            "Species": {"S": ("Chimera", "Troll")[number % 2]}, "Age": {"N": str(number)}, "Description": {"S": f"Story {number}"},
            "GoodEvil": {"S": sides[0]}, "LawChaos": {"S": sides[1]}, "Alignment": {"S": f"{sides[1]} {sides[0]}".lower()},
            "ThumbImageUri": {"S": f"images/{number}-thumb.svg"}, "ProfileImageUri": {"S": f"images/{number}.svg"},
            "Likes": {"N": "0"}, "Adopted": {"BOOL": False}, **more}


SUMMARY = {"mysfitId": "MysfitId", "name": "Name", "species": "Species", "goodevil": "GoodEvil", "lawchaos": "LawChaos",
           "alignment": "Alignment", "thumbImageUri": "ThumbImageUri"}
REST = {"age": "Age", "description": "Description", "likes": "Likes", "adopted": "Adopted", "profileImageUri": "ProfileImageUri"}


def shown(item, whole=False):
    """The same as the site gets it."""
    def plain(value):
        (kind, value), = value.items()
        return int(value) if kind == "N" else value
    fields = {**SUMMARY, **REST} if whole else SUMMARY
    return {field: plain(item[attribute]) for field, attribute in fields.items()}


def make_table(client, name=TABLE):
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("MysfitId", *FILTERS)],
        KeySchema=[{"AttributeName": "MysfitId", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {"IndexName": f"{n}Index", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": n, "KeyType": "HASH"}, {"AttributeName": "MysfitId", "KeyType": "RANGE"}]}
            for n in FILTERS])
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def put(client, *items, table=TABLE):
    for item in items:
        client.put_item(TableName=table, Item=item)


def item_of(client, key, table=TABLE):
    return client.get_item(TableName=table, Key={"MysfitId": {"S": key}}, ConsistentRead=True).get("Item")


def environment(database, **more):
    return {"AWS_ENDPOINT_URL": database.url, "AWS_DEFAULT_REGION": REGION, **KEYS, **more}


def all_at_once(count, function):
    """What each of so many threads returns, which begin together."""
    barrier = threading.Barrier(count)

    def one(i):
        barrier.wait(60)
        return function(i)
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def until(condition, seconds=30):
    """Asks until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come to be"
        time.sleep(0.001)


class FakeServer:
    """Answers every request by `respond(method, target, headers, body)`: status, headers, body; None hangs up, and a
    threading.Event is waited for, then it hangs up."""

    def __init__(self, respond):
        self.respond, self.requests = respond, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rwb") as stream:
                while self._one(stream):
                    pass
        except (OSError, ValueError):
            pass

    def _one(self, stream):
        line = stream.readline().decode()
        if not line:
            return False
        method, target, _ = line.split(" ")
        headers = {}
        while (field := stream.readline().decode().strip()):
            name, value = field.split(":", 1)
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        self.requests.append((method, target, headers, body))
        answer = self.respond(method, target, headers, body)
        if answer is None or isinstance(answer, threading.Event):
            if answer:
                answer.wait(60)
            return False
        status, more, text = answer
        head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        stream.write(f"HTTP/1.1 {status} X\r\n{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        stream.flush()
        return True

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def memory(process, what="VmRSS"):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as f:
        return int(re.search(what + r":\s+(\d+)", f.read())[1]) / 1024
