"""Bodies on their way: cut off, replaced under a reader, written by many at once, and larger than memory."""
import hashlib
import http.client
import os
import random
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import sign

from . import body_of, expect, md5, new_name, problem, put_all, refused, upload

pytestmark = pytest.mark.slow

MIB = 1024 * 1024
BIG = random.Random(7).randbytes(8 * MIB)
SANITIZED = any(name in os.environ.get("MENAGERIE_BUILD", "") for name in ("asan", "tsan"))


def blobs(program):
    return [f for _, _, files in os.walk(os.path.join(program.data, "blobs")) for f in files]


def address(program, method, bucket, key, **more):
    """Where to send a body that is signed only by its address."""
    client = program.client("s3", signature_version="s3v4")
    url = client.generate_presigned_url(method, Params={"Bucket": bucket, "Key": key, **more}, ExpiresIn=600)
    return url[len(program.url):]


def begin_put(program, bucket, key, length, sent):
    """A connection on which only a part of the body has been sent."""
    connection = socket.create_connection(("127.0.0.1", program.port), timeout=30)
    head = f"PUT {address(program, 'put_object', bucket, key)} HTTP/1.1\r\nHost: {program.address}\r\n"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + sent)
    return connection


def begin_get(program, bucket, key):
    """A reply of which only a part has been read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    connection.connect(("127.0.0.1", program.port))
    connection.settimeout(30)
    connection.sendall(f"GET {address(program, 'get_object', bucket, key)} HTTP/1.1\r\nHost: {program.address}\r\n\r\n"
                       .encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert answer.status == 200
    return answer, answer.read(1)


@pytest.mark.parametrize("sent", [b"", b"some", BIG[:3 * MIB]], ids=["none", "little", "much"])
def test_an_upload_that_is_cut_off_leaves_nothing(start, sent):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    put_all(s3, bucket, "key", body=b"old")
    begin_put(program, bucket, "key", len(BIG), sent).close()
    begin_put(program, bucket, "other", len(BIG), sent).close()
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"old"
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="other")
    assert program.stop() == 0
    assert blobs(program) == []


def test_an_upload_that_is_under_way_does_not_disturb_the_object(menagerie, s3, bucket):
    put_all(s3, bucket, "key", body=b"old")
    connection = begin_put(menagerie, bucket, "key", len(BIG), BIG[:MIB])
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"old"
    connection.sendall(BIG[MIB:])
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert (answer.status, answer.headers["ETag"]) == (200, f'"{md5(BIG)}"')
    connection.close()
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == BIG


def test_a_body_that_does_not_match_its_signature_leaves_nothing(start):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    headers = sign(program.address, "PUT", f"/{bucket}/key", BIG, {}, "s3")
    answer = program.request("PUT", f"/{bucket}/key", b"x" + BIG[1:], headers)
    expect(answer, 400, "XAmzContentSHA256Mismatch",
           "The provided 'x-amz-content-sha256' header does not match what was computed.")
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="key")
    assert program.stop() == 0
    assert blobs(program) == []


@pytest.mark.parametrize("change", [
    lambda s3, b: s3.put_object(Bucket=b, Key="key", Body=BIG[::-1]),
    lambda s3, b: s3.put_object(Bucket=b, Key="key", Body=b"small"),
    lambda s3, b: s3.delete_object(Bucket=b, Key="key"),
    lambda s3, b: upload(s3, b, "key", [b"in parts"]),
    lambda s3, b: s3.copy_object(Bucket=b, Key="key", CopySource={"Bucket": b, "Key": "other"}),
], ids=["overwritten", "by a small one", "deleted", "by parts", "by a copy"])
def test_a_reader_gets_the_whole_of_what_it_began_to_read(menagerie, s3, bucket, change):
    put_all(s3, bucket, "key", body=BIG)
    put_all(s3, bucket, "other", body=b"other")
    answer, first = begin_get(menagerie, bucket, "key")
    change(s3, bucket)
    assert first + answer.read() == BIG
    answer.close()


def test_a_reader_of_parts_gets_the_whole_of_what_it_began_to_read(menagerie, s3, bucket):
    upload(s3, bucket, "key", [BIG[:5 * MIB], BIG[5 * MIB:]])
    answer, first = begin_get(menagerie, bucket, "key")
    s3.delete_object(Bucket=bucket, Key="key")
    assert first + answer.read() == BIG
    answer.close()


def test_a_reader_that_goes_away_disturbs_nobody(menagerie, s3, bucket):
    put_all(s3, bucket, "key", body=BIG)
    for _ in range(5):
        answer, _ = begin_get(menagerie, bucket, "key")
        answer.close()
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == BIG


@pytest.mark.parametrize("size", [10, 300_000])
@pytest.mark.concurrency
def test_of_many_writers_one_wins_whole(menagerie, s3, bucket, size):
    bodies = [bytes([65 + i]) * size for i in range(8)]

    def write(body):
        client = menagerie.client("s3")
        for _ in range(5):
            client.put_object(Bucket=bucket, Key="key", Body=body)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, bodies))
    got = s3.get_object(Bucket=bucket, Key="key")
    body = body_of(got)
    assert body in bodies
    assert got["ETag"] == f'"{md5(body)}"'
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.concurrency
def test_readers_among_writers_only_see_whole_objects(menagerie, s3, bucket):
    bodies = {md5(body): body for body in (bytes([65 + i]) * 200_000 for i in range(4))}
    put_all(s3, bucket, "key", body=bodies[min(bodies)])
    over = threading.Event()

    def read(_):
        client = menagerie.client("s3")
        while not over.is_set():
            got = client.get_object(Bucket=bucket, Key="key")
            assert body_of(got) == bodies[got["ETag"].strip('"')]

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read, i) for i in range(4)]
        try:
            for body in list(bodies.values()) * 8:
                s3.put_object(Bucket=bucket, Key="key", Body=body)
        finally:
            over.set()
        for reader in readers:
            reader.result()


@pytest.mark.concurrency
def test_only_one_of_many_makes_a_new_object(menagerie, s3, bucket):
    def make(i):
        return menagerie.signed("PUT", f"/{bucket}/key", b"%d" % i, {"If-None-Match": "*"}, service="s3")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make, range(16)))
    winners = [i for i, answer in enumerate(answers) if answer[0] == 200]
    assert len(winners) == 1
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"%d" % winners[0]
    assert {problem(a[2])["Code"] for a in answers if a[0] != 200} <= {"PreconditionFailed", "ConditionalRequestConflict"}


@pytest.mark.concurrency
def test_many_versions_at_once_are_all_kept(menagerie, s3, versioned):
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda i: menagerie.client("s3").put_object(Bucket=versioned, Key="key", Body=b"%d" % i)
                            ["VersionId"], range(24)))
    listed = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert sorted(v["VersionId"] for v in listed) == sorted(ids)
    assert [v["IsLatest"] for v in listed] == [True] + [False] * 23


# --- Memory


def memory(program, name):
    """In KiB."""
    with open(f"/proc/{program.process.pid}/status", encoding="utf-8") as f:
        return next((int(line.split()[1]) for line in f if line.startswith(name + ":")), 0)


def send(program, target, pieces, length):
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=120)
    connection.request("PUT", target, body=pieces, headers={"Content-Length": str(length)})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return answer.headers["ETag"]


def receive(program, target):
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=120)
    connection.request("GET", target)
    answer = connection.getresponse()
    digest, size = hashlib.md5(), 0
    while piece := answer.read(MIB):
        digest.update(piece)
        size += len(piece)
    connection.close()
    return digest.hexdigest(), size


@pytest.mark.skipif(SANITIZED, reason="sanitizers have memory of their own")
@pytest.mark.parametrize("more", [{}, {"ServerSideEncryption": "AES256"}], ids=["plain", "encrypted"])
def test_memory_stays_flat_however_large_an_object_is(start, more):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    if more:
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    put_all(s3, bucket, "first", body=BIG)
    assert body_of(s3.get_object(Bucket=bucket, Key="first")) == BIG
    names = ("VmHWM", "RssAnon")
    before = {name: memory(program, name) for name in names}
    digest = hashlib.md5()
    pieces = [BIG[i * MIB:(i + 1) * MIB] for i in range(8)]

    def content():
        for i in range(300):
            digest.update(pieces[i % 8])
            yield pieces[i % 8]

    tag = send(program, address(program, "put_object", bucket, "key"), content(), 300 * MIB)
    assert tag == f'"{digest.hexdigest()}"'
    assert receive(program, address(program, "get_object", bucket, "key")) == (digest.hexdigest(), 300 * MIB)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "key"})
    grown = {name: memory(program, name) - before[name] for name in names}
    assert max(grown.values()) < 32 * 1024, grown
