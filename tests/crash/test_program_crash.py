"""kill -9 in the middle of a write load, hundreds of times: what was acknowledged is there, and nothing half-made is.

Through the front door: HTTP, signatures, the writer thread, blobs. tests/crash/test_store_crash.py does the same to
the store alone.
"""
import contextlib
import hashlib
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

ROUNDS = int(os.environ.get("MENAGERIE_CRASH_ROUNDS", "200"))
THREADS = 6


def write_until_killed(program, thread, round_, acknowledged):
    """Notes, and now and then a file that is large enough for a blob; each is remembered when it is acknowledged."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    generator = random.Random(round_ * 100 + thread)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for i in range(100000):
            name = f"r{round_}-{thread}-{i}"
            is_file = generator.random() < 0.15
            body = generator.randbytes(generator.choice([70_000, 200_000])) if is_file else name.encode() * 3
            target = f"/files/{name}" if is_file else f"/notes/{name}"
            connection.request("PUT", target, body, sign(program.address, "PUT", target, body))
            response = connection.getresponse()
            response.read()
            assert response.status == 200
            acknowledged.append((is_file, name, hashlib.sha256(body).digest()))
    connection.close()


def check_round(program, acknowledged):
    notes = set(re.findall(r"<Name>([^<]+)</Name>", program.signed("GET", "/notes")[2].decode()))
    for is_file, name, digest in acknowledged:
        if is_file:
            status, _, body = program.signed("GET", f"/files/{name}")
            assert status == 200, f"{name} was acknowledged and is lost"
            assert hashlib.sha256(body).digest() == digest, f"{name} is not what was acknowledged"
        else:
            assert name in notes, f"{name} was acknowledged and is lost"


def wait_for_sweep(program):
    """The search for what the crash left goes on in the background, and says when it is through."""
    deadline = time.monotonic() + 60
    while program.status()["orphans"] != "removed":
        assert time.monotonic() < deadline, "the search for orphans does not end"


def check_whole(data):
    """Of each write both rows or none; of each blob a row and a file of its size."""
    with contextlib.closing(sqlite3.connect(os.path.join(data, "menagerie.db"))) as db:
        odd = db.execute("SELECT count(*) FROM probe_note n FULL JOIN probe_copy c USING (name) "
                         "WHERE n.text IS NOT c.text").fetchone()[0] if sqlite3.sqlite_version_info >= (3, 39) else 0
        assert odd == 0
        named = dict(db.execute("SELECT blob, size FROM probe_file WHERE blob IS NOT NULL"))
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    found = {}
    for folder, _, files in os.walk(os.path.join(data, "blobs")):
        for file in files:
            found[file] = os.path.getsize(os.path.join(folder, file))
    assert found == named


def test_nothing_acknowledged_is_lost_and_nothing_half_made_is_left(tmp_path):
    data = str(tmp_path / "data")
    generator = random.Random(20261123)
    written = 0
    for round_ in range(ROUNDS):
        program = Program(data, "--log-level", "error", probe=True)
        acknowledged = []
        threads = [threading.Thread(target=write_until_killed, args=(program, t, round_, acknowledged))
                   for t in range(THREADS)]
        for thread in threads:
            thread.start()
        # Not to wait for something, but to hit a random moment.
        threading.Event().wait(generator.uniform(0.02, 0.12))
        program.kill()
        for thread in threads:
            thread.join()
        written += len(acknowledged)
        program = Program(data, "--log-level", "error", probe=True)
        check_round(program, acknowledged)
        if round_ % 20 == 19 or round_ == ROUNDS - 1:
            wait_for_sweep(program)
            assert program.stop() == 0
            check_whole(data)
        else:
            program.kill()
    assert written > ROUNDS  # the load was one
