"""kill -9 in the middle of uploads, copies and deletes: each object is the one that was acknowledged last, or the one
that was on its way; and no body, in the database or beside it, is left that no object names."""
import contextlib
import http.client
import os
import random
import re
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from conftest import Program, sign  # noqa: E402

ROUNDS = int(os.environ.get("MENAGERIE_CRASH_ROUNDS", "40"))
THREADS = 6
KEYS = 8  # of each thread
BUCKETS = ("plain", "versioned", "sealed")


class Client:
    """One thread's keys: what each holds, as far as it was acknowledged, and what is on its way."""

    def __init__(self, number):
        self.number = number
        self.bucket = BUCKETS[number % len(BUCKETS)]
        self.holds = {}  # key: body
        self.pending = {}  # key: body, or None for a delete
        self.acknowledged = 0

    def run_until_killed(self, program, seed):
        self.generator = random.Random(seed)
        self.address = program.address
        self.connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=30)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                key = f"thread {self.number}/{self.generator.randrange(KEYS)}"
                self.generator.choice([self.put, self.put, self.put, self.delete, self.copy, self.upload])(key)
                self.acknowledged += 1
        self.connection.close()

    def send(self, method, key, body=b"", query="", headers=None):
        target = f"/{self.bucket}/{key.replace(' ', '%20')}{query}"
        headers = sign(self.address, method, target, body, headers or {}, "s3")
        self.connection.request(method, target, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        assert response.status in (200, 204), (method, target, response.status, text)
        return response, text

    def body(self):
        return self.generator.randbytes(self.generator.choice([0, 10, 3_000, 70_000, 300_000]))

    def done(self, key):
        body = self.pending.pop(key)
        if body is None:
            self.holds.pop(key, None)
        else:
            self.holds[key] = body

    def put(self, key):
        self.pending[key] = self.body()
        self.send("PUT", key, self.pending[key])
        self.done(key)

    def delete(self, key):
        self.pending[key] = None
        self.send("DELETE", key)
        self.done(key)

    def copy(self, key):
        source = next(iter(self.holds), None)
        if source is None or source == key:
            return
        self.pending[key] = self.holds[source]
        _, text = self.send("PUT", key, headers={"x-amz-copy-source": f"/{self.bucket}/{source.replace(' ', '%20')}"})
        assert b"<CopyObjectResult" in text, text
        self.done(key)

    def upload(self, key):
        body = self.body()
        _, text = self.send("POST", key, query="?uploads")
        upload = re.search(rb"<UploadId>(.*?)</UploadId>", text)[1].decode()
        response, _ = self.send("PUT", key, body, f"?partNumber=1&uploadId={upload}")
        if self.generator.random() < 0.2:
            self.send("DELETE", key, query=f"?uploadId={upload}")
            return
        parts = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{response.headers['ETag']}</ETag></Part>"
                 "</CompleteMultipartUpload>")
        self.pending[key] = body
        self.send("POST", key, parts.encode(), f"?uploadId={upload}")
        self.done(key)

    def check(self, program):
        for i in range(KEYS):
            key = f"thread {self.number}/{i}"
            status, _, body = program.signed("GET", f"/{self.bucket}/{key.replace(' ', '%20')}", service="s3")
            found = body if status == 200 else None
            possible = [self.holds.get(key), *([self.pending[key]] if key in self.pending else [])]
            assert status in (200, 404), (key, body)
            assert found in possible, f"{self.bucket}/{key} is neither what was acknowledged nor what was on its way"
            if found is None:
                self.holds.pop(key, None)
            else:
                self.holds[key] = found
        self.pending.clear()


def make_buckets(program):
    versioning = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    sealing = (b"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256"
               b"</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
    for target, body in (("/plain", b""), ("/versioned", b""), ("/versioned?versioning", versioning), ("/sealed", b""),
                         ("/sealed?encryption", sealing)):
        status, _, text = program.signed("PUT", target, body, service="s3")
        assert status == 200, text


def wait_until(program, data, question):
    """What is no longer needed is removed in the background, and what is there says when that is through."""
    deadline = time.monotonic() + 60
    while True:
        with contextlib.closing(sqlite3.connect(f"file:{data}/menagerie.db?mode=ro", uri=True)) as db:
            if program.status()["orphans"] == "removed" and not db.execute(question).fetchone()[0]:
                return
        assert time.monotonic() < deadline, "what is left over is not removed"


def check_nothing_is_left(data):
    with contextlib.closing(sqlite3.connect(os.path.join(data, "menagerie.db"))) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        bodies = {row[0] for row in db.execute("SELECT id FROM s3_body")}
        named = {row[0] for row in db.execute("SELECT body FROM s3_object UNION SELECT body FROM s3_part")} - {0}
        assert bodies == named
        blobs = {row[0] for row in db.execute("SELECT blob FROM s3_object UNION SELECT blob FROM s3_part")} - {None}
    files = {file for _, _, files in os.walk(os.path.join(data, "blobs")) for file in files}
    assert files == blobs


def test_every_object_is_whole_and_nothing_else_is_left(tmp_path):
    data = str(tmp_path / "data")
    generator = random.Random(20261124)
    clients = [Client(n) for n in range(THREADS)]
    program = Program(data, "--log-level", "error")
    make_buckets(program)
    for round_ in range(ROUNDS):
        threads = [threading.Thread(target=c.run_until_killed, args=(program, round_ * 100 + c.number)) for c in clients]
        for thread in threads:
            thread.start()
        # Not to wait for something, but to hit a random moment.
        threading.Event().wait(generator.uniform(0.05, 0.3))
        program.kill()
        for thread in threads:
            thread.join()
        program = Program(data, "--log-level", "error")
        for client in clients:
            client.check(program)
    wait_until(program, data, "SELECT count(*) FROM s3_upload WHERE state >= 2")
    assert program.stop() == 0
    check_nothing_is_left(data)
    assert sum(client.acknowledged for client in clients) > ROUNDS * THREADS  # the load was one
