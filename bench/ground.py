"""The budgets of the program itself: its start, its memory, and what the front and the store can do."""
import os
import shutil
import socket
import subprocess
import time

from load import (BINARY, ROUNDS, Program, free_port, lua_request, nginx, redis_load, redis_server, run, sign, start_pinned,
                  wrk)

REQUEST = b"GET /_menagerie/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def first_answer(folder, cold):
    """Milliseconds from exec to the first byte of an answer."""
    data = os.path.join(folder, "start")
    if cold:
        shutil.rmtree(data, ignore_errors=True)
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen([BINARY, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port)) as s:
                s.sendall(REQUEST)
                if s.recv(1):
                    break
        except OSError:
            pass
    elapsed = (time.perf_counter() - started) * 1000
    process.terminate()
    process.wait()
    return elapsed


def measure_start(folder, _seconds):
    yield ("first answer, cold data directory", "ms", [first_answer(folder, True) for _ in range(ROUNDS)], "budget", 10,
           "at most 1.0 of it")
    yield ("first answer, warm", "ms", [first_answer(folder, False) for _ in range(ROUNDS)], "budget", 10, "at most 1.0 of it")


def measure_memory(folder, _seconds):
    program = Program(os.path.join(folder, "memory"))
    program.get("/_menagerie/health")
    with open(f"/proc/{program.process.pid}/status", encoding="utf-8") as f:
        kib = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    program.stop()
    yield "resident memory at rest", "MiB", kib / 1024, "budget", 8, "at most 1.0 of it"


def measure_binary(folder, _seconds):
    stripped = os.path.join(folder, "stripped")
    run("strip", "-o", stripped, BINARY)
    yield "binary, stripped", "MiB", os.path.getsize(stripped) / 2**20, "budget", 5, "at most 1.0 of it"


def measure_identity(folder, seconds):
    program = start_pinned(folder, "--threads", "1")
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = sign(program.address, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"}, "sts")
    status, _, reply = program.request("POST", "/", body, headers)
    assert status == 200, reply
    reference = nginx(folder, reply.decode())
    script = lua_request(folder, "POST", "/", {**headers, "Host": program.address}, body)
    address = f"http://127.0.0.1:{reference.port}/"
    ours, same, bare = [], [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url, seconds, script))
        same.append(wrk(address, seconds, script))
        bare.append(wrk(address, seconds))
    program.stop()
    reference.stop()
    what = "GetCallerIdentity, signed and verified, 1 core"
    yield (what, "req/s", ours, "nginx, same request and reply", same,
           "at least 0.5 of it")
    yield (what, "req/s", ours, "nginx, bare GET, same reply", bare, "at least 0.5 of it")


def measure_health(folder, seconds):
    program = start_pinned(folder, "--threads", "1")
    reply = program.get("/_menagerie/health")[2]
    reference = nginx(folder, reply.decode().strip())
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url + "/_menagerie/health", seconds))
        theirs.append(wrk(f"http://127.0.0.1:{reference.port}/", seconds))
    program.stop()
    reference.stop()
    yield ("health page, 1 core", "req/s", ours, "nginx, same reply", theirs,
           "for orientation")


def sqlite_batches(folder, size, batches=300):
    """Inserts a second in transactions of that many, durable."""
    path = os.path.join(folder, f"reference{size}.db")
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    insert = "INSERT INTO t (name, text) VALUES (hex(randomblob(8)), hex(randomblob(50)));\n"
    batch = "BEGIN;\n" + insert * size + "COMMIT;\n"
    setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;\n"
    started = time.perf_counter()
    subprocess.run(["sqlite3", path], input=setup + batch * batches, text=True, check=True, stdout=subprocess.DEVNULL)
    return size * batches / (time.perf_counter() - started)


def measure_write(folder, seconds):
    """The ground's own durable write: a note of 100 bytes, in two tables, through HTTP and a signature."""
    program = start_pinned(folder, probe=True, cores="0,1")
    body = b"x" * 100
    headers = sign(program.address, "PUT", "/notes/bench", body)
    script = lua_request(folder, "PUT", "/notes/bench", {**headers, "Host": program.address}, body)
    redis = redis_server(folder, is_durable=True)
    ours, theirs, plain = [], [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url, seconds, script, core="0,1"))
        theirs.append(redis_load(redis, "set", 100, 10000 * seconds))
        plain.append(sqlite_batches(folder, 32))
    program.stop()
    redis.stop()
    yield ("durable write, 32 clients, 2 cores", "req/s", ours, "Redis SET, appendfsync always",
           theirs, "at least 0.4 of it")
    yield ("durable write, 32 clients, 2 cores", "req/s", ours, "sqlite3, inserts in batches of 32",
           plain, "for orientation")
