"""The budgets, measured: this program and its reference in turn, so that a noisy machine is noisy for both.

Usage: bench/run [--seconds N] [NAME ...]

Each row is run several times, alternating with its reference; the ratio is the median of those of neighbours. Servers are
pinned to the first core and the load to the second where the budget is for one core.
"""
import argparse
import hashlib
import os
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.environ.setdefault("MENAGERIE_BUILD", os.path.join(ROOT, "build-bench"))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from conftest import Program, sign  # noqa: E402

BINARY = os.path.join(BUILD, "menagerie")
ROUNDS = 9
REQUEST = b"GET /_menagerie/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port):
    for _ in range(5000):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.001)
    raise SystemExit(f"nothing listens on port {port}")


class Server:
    """A reference server, pinned, in a directory of its own."""

    def __init__(self, port, *command, cores="0"):
        self.port = port
        self.process = subprocess.Popen(["taskset", "-c", cores, *command], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_for_port(port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def start_pinned(folder, *arguments, probe=False, cores="0"):
    """This program on the given cores: children inherit the affinity of who starts them."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(c) for c in cores.split(",")})
    try:
        return Program(os.path.join(folder, "data"), *arguments, "--log-level", "error", probe=probe)
    finally:
        os.sched_setaffinity(0, before)


def nginx(folder, body="", root=None):
    """Answers everything with `body`, or serves the files below `root`."""
    port = free_port()
    location = f"root {root}; sendfile on; tcp_nopush on;" if root else f"return 200 '{body}';"
    config = os.path.join(folder, "nginx.conf")
    with open(config, "w", encoding="utf-8") as f:
        f.write(f"""{'user root;' if os.getuid() == 0 else ''} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type text/xml; {location} }} }} }}""")
    return Server(port, "/usr/sbin/nginx", "-c", config, "-p", folder)


def wrk(url, seconds, script=None, connections=32, core="1"):
    command = ["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    output = run(*command, *(["-s", script] if script else []), url)
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    assert not wrong, output
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def lua_request(folder, method, path, headers, body=b""):
    """The same signed request again and again: a signature holds for fifteen minutes."""
    script = os.path.join(folder, f"{hashlib.md5(path.encode() + body).hexdigest()}.lua")
    fields = "".join(f'wrk.headers["{k}"] = "{v}"\n' for k, v in headers.items())
    with open(script, "w", encoding="utf-8") as f:
        f.write(f'wrk.method = "{method}"\nwrk.path = "{path}"\nwrk.body = "{body.decode()}"\n{fields}')
    return script


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
    yield ("first answer, cold data directory", "ms", statistics.median(first_answer(folder, True) for _ in range(11)),
           "budget", 10, "at most 1.0 of it")
    yield ("first answer, warm", "ms", statistics.median(first_answer(folder, False) for _ in range(11)), "budget", 10,
           "at most 1.0 of it")


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


def redis_set(port, seconds):
    count = str(10000 * seconds)
    output = run("redis-benchmark", "-p", str(port), "-t", "set", "-c", "32", "-d", "100", "-n", count, "--csv")
    return float(output.strip().splitlines()[-1].split(",")[1].strip('"'))


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
    port = free_port()
    redis = Server(port, "redis-server", "--port", str(port), "--dir", folder, "--appendonly", "yes", "--appendfsync",
                   "always", "--save", "", cores="0,1")
    ours, theirs, plain = [], [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url, seconds, script, core="0,1"))
        theirs.append(redis_set(port, seconds))
        plain.append(sqlite_batches(folder, 32))
    program.stop()
    redis.stop()
    yield ("durable write, 32 clients, 2 cores", "req/s", ours, "Redis SET, appendfsync always",
           theirs, "at least 0.4 of it")
    yield ("durable write, 32 clients, 2 cores", "req/s", ours, "sqlite3, inserts in batches of 32",
           plain, "for orientation")


S3_BUCKET = "bench"
TEN_KIB = b"x" * 10240


def s3_program(folder, *arguments, cores="0", is_public=True):
    """With a bucket."""
    program = start_pinned(folder, *arguments, cores=cores)
    policy = (b'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
              b'"Action":"s3:GetObject","Resource":"arn:aws:s3:::bench/*"}]}')
    for target, body in ((f"/{S3_BUCKET}", b""), (f"/{S3_BUCKET}?policy", policy))[:2 if is_public else 1]:
        status, _, reply = program.signed("PUT", target, body, service="s3")
        assert status in (200, 204), reply
    return program


def s3_put(program, key, body):
    status, _, reply = program.signed("PUT", f"/{S3_BUCKET}/{key}", body, service="s3")
    assert status == 200, reply


def measure_s3_get(folder, seconds):
    program = s3_program(folder, "--threads", "1")
    s3_put(program, "page", TEN_KIB)
    root = os.path.join(folder, "root", S3_BUCKET)
    os.makedirs(root)
    with open(os.path.join(root, "page"), "wb") as f:
        f.write(TEN_KIB)
    reference = nginx(folder, root=os.path.dirname(root))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(f"{program.url}/{S3_BUCKET}/page", seconds))
        theirs.append(wrk(f"http://127.0.0.1:{reference.port}/{S3_BUCKET}/page", seconds))
    program.stop()
    reference.stop()
    yield "S3 GET of 10 KiB, anonymous, 1 core", "req/s", ours, "nginx, same file", theirs, "at least 0.8 of it"


def download(url):
    """MiB a second, by curl on the other core."""
    output = run("taskset", "-c", "1", "curl", "-s", "-f", "-o", os.devnull, "-w", "%{speed_download}", url)
    return float(output) / 2**20


def measure_s3_large(folder, _seconds):
    program = s3_program(folder, "--threads", "1")
    root = os.path.join(folder, "root", S3_BUCKET)
    os.makedirs(root)
    path = os.path.join(root, "large")
    run("sh", "-c", f"head -c 1073741824 /dev/zero | openssl enc -aes-128-ctr -pass pass:x -nosalt -pbkdf2 > {path}")
    url = program.client("s3", signature_version="s3v4").generate_presigned_url("put_object", Params={"Bucket": S3_BUCKET, "Key": "large"})
    run("curl", "-s", "-f", "-T", path, url)
    reference = nginx(folder, root=os.path.dirname(root))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(download(f"{program.url}/{S3_BUCKET}/large"))
        theirs.append(download(f"http://127.0.0.1:{reference.port}/{S3_BUCKET}/large"))
    program.stop()
    reference.stop()
    yield "S3 GET of 1 GiB, anonymous, 1 core", "MiB/s", ours, "nginx, sendfile", theirs, "at least 0.95 of it"


def lua_puts(folder, program, count=512):
    """Signed puts of as many keys, in turn."""
    script = os.path.join(folder, "puts.lua")
    rows = []
    for i in range(count):
        path = f"/{S3_BUCKET}/put/{i}"
        headers = {**sign(program.address, "PUT", path, TEN_KIB, service="s3"), "Host": program.address}
        rows.append(f'{{ "{path}", {{ ' + ", ".join(f'["{k}"] = "{v}"' for k, v in headers.items()) + " } }")
    with open(script, "w", encoding="utf-8") as f:
        f.write(f"local rows = {{ {', '.join(rows)} }}\nlocal body = string.rep('x', {len(TEN_KIB)})\nlocal n = 0\n"
                "request = function()\n  n = n % #rows + 1\n"
                "  return wrk.format('PUT', rows[n][1], rows[n][2], body)\nend\n")
    return script


def sqlite_bodies(folder, size, count=3000):
    """Inserts of 10 KiB a second, durable, in transactions of that many."""
    path = os.path.join(folder, "bodies.db")
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    insert = "INSERT INTO t (name, body) VALUES (hex(randomblob(8)), randomblob(10240));\n"
    setup = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (name TEXT PRIMARY KEY, body BLOB);\n"
    started = time.perf_counter()
    subprocess.run(["sqlite3", path], input=setup + ("BEGIN;\n" + insert * size + "COMMIT;\n") * (count // size), text=True,
                   check=True, stdout=subprocess.DEVNULL)
    return count / (time.perf_counter() - started)


def measure_s3_put(folder, seconds):
    program = s3_program(folder, cores="0,1", is_public=False)
    script = lua_puts(folder, program)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url, seconds, script, core="0,1"))
        theirs.append(sqlite_bodies(folder, 32))
    program.stop()
    yield "S3 durable PUT of 10 KiB, 32 clients, 2 cores", "req/s", ours, "budget", [5000] * ROUNDS, "at least 1.0 of it"
    yield ("S3 durable PUT of 10 KiB, 32 clients, 2 cores", "req/s", ours, "sqlite3, inserts in batches of 32", theirs,
           "at least 0.5 of it")


def many_keys(folder, count):
    """A million puts would take minutes: the row of one object, again under other keys."""
    with sqlite3.connect(os.path.join(folder, "data", "menagerie.db")) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(s3_object)")]
        others = ", ".join("printf('photos/%04d/%08d.jpg', n / 1000, n)" if c == "key" else "sequence + n" if c == "sequence" else c
                           for c in columns)
        db.execute(f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) "
                   f"INSERT INTO s3_object ({', '.join(columns)}) SELECT {others} FROM s3_object, n")
        db.execute(f"UPDATE s3_sequence SET next = next + {count}")
    db.close()


def measure_s3_list(folder, seconds):
    program = s3_program(folder, is_public=False)
    s3_put(program, "aaa", b"")
    program.stop()
    many_keys(folder, 1000000)
    program = start_pinned(folder, "--threads", "1")
    target = f"/{S3_BUCKET}?list-type=2&start-after=photos%2F0500%2F"
    headers = sign(program.address, "GET", target, service="s3")
    status, _, reply = program.request("GET", target, headers=headers)
    assert status == 200 and reply.count(b"<Key>") == 1000, reply[:300]
    script = lua_request(folder, "GET", target, {**headers, "Host": program.address})
    ours = [1000 / wrk(program.url, seconds, script, connections=1) for _ in range(ROUNDS)]
    program.stop()
    yield "ListObjectsV2, 1,000 of 1,000,000 keys", "ms", ours, "budget", [5] * ROUNDS, "at most 1.0 of it"


MEASUREMENTS = {"start": measure_start, "memory": measure_memory, "binary": measure_binary, "identity": measure_identity,
                "health": measure_health, "write": measure_write, "s3_get": measure_s3_get, "s3_large": measure_s3_large,
                "s3_put": measure_s3_put, "s3_list": measure_s3_list}


def median(value):
    return statistics.median(value) if isinstance(value, list) else value


def verdict(value, reference, wanted):
    """Of runs in turn each is compared with its neighbour, so that a machine that drifts does not matter."""
    pairs = zip(value, reference) if isinstance(value, list) else [(value, reference)]
    ratio = statistics.median(a / b for a, b in pairs)
    limit = re.search(r"(at most|at least) ([\d.]+)", wanted)
    if not limit:
        return f"{ratio:.2f}", ""
    met = ratio <= float(limit[2]) if limit[1] == "at most" else ratio >= float(limit[2])
    return f"{ratio:.2f}", "met" if met else "MISSED"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def print_row(row):
    print("| " + " | ".join(row) + " |", flush=True)
    return "| " + " | ".join(row) + " |"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    return f"{model}, {os.cpu_count()} cores, Linux {os.uname().release.split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=2, help="of each load (2)")
    parser.add_argument("names", nargs="*", help=", ".join(MEASUREMENTS))
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        run("meson", "setup", BUILD, "--buildtype=release", "-Db_lto=true", cwd=ROOT)  # as ./run does
    run("ninja", "-C", BUILD, "menagerie", "tests/menagerie-probe")
    lines = ["# Benchmarks", "", f"Medians of {ROUNDS} runs, each in turn with its reference. {machine()}.",
             "Written by `bench/run`.", ""]
    for header in (["what", "here", "reference", "there", "ratio", "wanted", ""], ["---"] * 7):
        lines.append(print_row(header))
    for name in options.names or MEASUREMENTS:
        with tempfile.TemporaryDirectory(dir=os.environ.get("MENAGERIE_BENCH_DIR", BUILD)) as folder:
            for what, unit, value, reference, there, wanted in MEASUREMENTS[name](folder, options.seconds):
                ratio, met = verdict(value, there, wanted)
                lines.append(print_row([what, f"{number(median(value))} {unit}", reference,
                                        f"{number(median(there))} {unit}", ratio,
                                        wanted, met]))
    if not options.names:
        with open(os.path.join(ROOT, "bench", "results.md"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


main()
