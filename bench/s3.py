"""The budgets of S3."""
import os
import sqlite3
import subprocess
import time

from load import ROUNDS, lua_request, lua_requests, nginx, run, sign, start_pinned, wrk

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


def measure_get(folder, seconds):
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


def measure_large(folder, _seconds):
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
    def put(path):
        return "PUT", path, {**sign(program.address, "PUT", path, TEN_KIB, service="s3"), "Host": program.address}, TEN_KIB

    return lua_requests(folder, "puts", [put(f"/{S3_BUCKET}/put/{i}") for i in range(count)])


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


def measure_put(folder, seconds):
    program = s3_program(folder, cores="0,1", is_public=False)
    script = lua_puts(folder, program)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(wrk(program.url, seconds, script, core="0,1"))
        theirs.append(sqlite_bodies(folder, 32))
    program.stop()
    yield "S3 durable PUT of 10 KiB, 32 clients, 2 cores", "req/s", ours, "budget", 5000, "at least 1.0 of it"
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


def measure_list(folder, seconds):
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
    yield "ListObjectsV2, 1,000 of 1,000,000 keys", "ms", ours, "budget", 5, "at most 1.0 of it"
