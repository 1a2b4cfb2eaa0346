"""Bad input costs nothing: while somebody misbehaves, others are answered, and memory stays bounded."""
import contextlib
import os
import socket
import threading
import time

import pytest
from conftest import sign

pytestmark = pytest.mark.slow


def memory(program):
    """Resident memory of the program, in KiB."""
    with open(f"/proc/{program.process.pid}/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def connect(program, timeout=30):
    return socket.create_connection(("127.0.0.1", program.port), timeout=timeout)


def answers(program):
    return program.client("sts").get_caller_identity()["Account"] == "000000000000"


def read_all(connection):
    pieces = []
    with contextlib.suppress(ConnectionError, socket.timeout):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def sanitized():
    return "asan" in os.environ.get("MENAGERIE_BUILD", "") or "tsan" in os.environ.get("MENAGERIE_BUILD", "")


@pytest.mark.skipif(sanitized(), reason="sanitizers have memory of their own")
def test_at_rest_it_takes_no_more_than_its_budget(start):
    program = start()
    assert program.get("/_menagerie/health")[0] == 200
    assert memory(program) < 8 * 1024


@pytest.mark.concurrency
def test_two_thousand_idle_connections_keep_nobody_out(start):
    program = start()
    assert answers(program)
    before = memory(program)
    idle = [connect(program) for _ in range(2000)]
    try:
        assert answers(program)
        assert program.status()["connections"] >= 2000
        if not sanitized():
            assert memory(program) - before < 64 * 1024
    finally:
        for connection in idle:
            connection.close()
    assert answers(program)


def test_slow_senders_keep_nobody_out(start):
    program = start()
    slow = [connect(program) for _ in range(200)]
    for i in range(10):
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\n"[i:i + 1])
        assert answers(program)
    for connection in slow:
        connection.close()


def test_a_head_of_a_mebibyte_is_refused(start):
    program = start()
    before = memory(program)
    for _ in range(20):
        with connect(program) as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (1 << 20) + b"\r\n\r\n")
            assert b" 200 " not in read_all(connection).split(b"\r\n")[0]
        assert answers(program)
    if not sanitized():
        assert memory(program) - before < 16 * 1024


def test_a_hundred_mebibytes_of_brackets_are_refused(start):
    program = start()
    before = memory(program)
    with connect(program) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           b"Content-Length: 104857600\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                connection.sendall(b"[" * (1 << 20))
        assert b" 413 " in read_all(connection).split(b"\r\n")[0]
    assert answers(program)
    if not sanitized():
        assert memory(program) - before < 64 * 1024


def test_brackets_that_come_in_chunks_are_refused_too(start):
    program = start()
    before = memory(program)
    with connect(program) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"100000\r\n" + b"[" * (1 << 20) + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
    assert answers(program)
    if not sanitized():
        assert memory(program) - before < 64 * 1024


@pytest.mark.concurrency
def test_large_bodies_at_once_share_one_budget(start):
    """Forty senders of 15 MiB each would hold 600 MiB; the budget is 256."""
    program = start()
    head = (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 15728640\r\n\r\n")

    def send(connection):
        with contextlib.suppress(OSError):
            connection.sendall(head + b"a" * ((15 << 20) - 1))

    connections = [connect(program) for _ in range(40)]
    threads = [threading.Thread(target=send, args=(c,)) for c in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers(program), "a small request finds room while large ones fill the budget"
    if not sanitized():
        assert memory(program) < 400 * 1024
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("bytes_", [
    b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
])
def test_garbage_gets_no_success_and_does_no_harm(menagerie, bytes_):
    with connect(menagerie, timeout=2) as connection:  # no answer within that is no success either
        connection.sendall(bytes_)
        connection.shutdown(socket.SHUT_WR)
        assert b" 200 " not in read_all(connection).split(b"\r\n")[0]
    assert answers(menagerie)


def test_too_many_headers_are_refused(menagerie):
    with connect(menagerie) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(300)) + b"\r\n")
        assert b" 431 " in read_all(connection).split(b"\r\n")[0] + b" "


@pytest.mark.parametrize("more", [{}, {"X-Long": "y" * 14000}, {f"X-{i}": "y" * 60 for i in range(90)}])
def test_a_head_of_a_reply_that_has_no_room_is_an_error_and_not_silence(start, more):
    """The probe sends a copy of the note in a header. Whatever its size, there is an answer."""
    program = start(probe=True)
    statuses = []
    for size in range(1000, 60000, 250):
        assert program.signed("PUT", "/notes/a", b"x" * size)[0] == 200
        status, headers, body = program.signed("GET", "/notes/a", headers=more)
        assert len(headers["x-probe-copy"]) == size if status == 200 else b"too large to be sent" in body
        statuses.append(status)
    assert statuses == sorted(statuses) and set(statuses) == {200, 500}
    assert "the head of a reply is too large" in program.log()


def test_a_client_that_leaves_in_the_middle_of_a_body_leaves_nothing(start):
    program = start(probe=True)
    from conftest import sign

    headers = sign(program.address, "PUT", "/files/half", b"a" * 10_000_000)
    for _ in range(10):
        with connect(program) as connection:
            head = "PUT /files/half HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items() if k.lower() not in ("host", "content-length"))
            connection.sendall(head.encode() + f"Host: {program.address}\r\nContent-Length: 10000000\r\n\r\n".encode())
            connection.sendall(b"a" * 3_000_000)
    assert program.signed("GET", "/files/half")[0] == 404
    assert program.stop() == 0
    assert [f for _, _, files in os.walk(os.path.join(program.data, "blobs")) for f in files] == []


def test_a_client_that_left_in_the_middle_of_a_body_is_let_go_soon(start):
    program = start()
    program.client("s3").create_bucket(Bucket="bucket")
    open_before = program.status()["connections"]
    for size in (0, 4, 3 << 20):
        headers = sign(program.address, "PUT", "/bucket/key", b"", None, "s3")
        head = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        with connect(program) as connection:
            connection.sendall(f"PUT /bucket/key HTTP/1.1\r\nHost: {program.address}\r\n{head}Content-Length: 8388608\r\n\r\n"
                               .encode() + b"x" * size)
    deadline = time.monotonic() + 20  # the keeper looks once a second; the idle time is a minute
    while program.status()["connections"] > open_before:
        assert time.monotonic() < deadline, "the program still waits for who has gone"
    started = time.monotonic()
    assert program.stop() == 0
    assert time.monotonic() - started < 9  # not the time that requests under way are given
    assert not [f for _, _, files in os.walk(os.path.join(program.data, "blobs")) for f in files]
