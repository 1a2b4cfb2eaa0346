"""What the ground does for every operation, through the tests' own service."""
import concurrent.futures
import hashlib
import os
import re

import pytest


def put(program, name, text=b"hello", **headers):
    return program.signed("PUT", f"/notes/{name}", text, {f"x-probe-{k}": v for k, v in headers.items()})


def test_a_write_can_be_read_when_it_is_acknowledged(probe):
    assert put(probe, "first", b"hello")[0] == 200
    status, headers, body = probe.signed("GET", "/notes/first")
    assert (status, headers["x-probe-copy"], body) == (200, "hello", b"hello")


def test_a_failing_write_leaves_nothing_behind(probe):
    status, _, body = put(probe, "refused", b"x", fail="true")
    assert status == 409
    assert b"<Code>NoteRefused</Code><Message>You asked for it: refused</Message>" in body
    assert probe.signed("GET", "/notes/refused")[0] == 404


@pytest.mark.concurrency
def test_one_writers_failure_leaves_its_neighbours_alone(probe):
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        results = list(pool.map(lambda i: put(probe, f"n{i}", b"%d" % i, fail="true" if i % 3 == 0 else "false")[0],
                                range(300)))
    assert results == [409 if i % 3 == 0 else 200 for i in range(300)]
    found = set(re.findall(rb"<Name>(n\d+)</Name>", probe.signed("GET", "/notes?prefix=n")[2]))
    assert {b"n%d" % i for i in range(300) if i % 3} <= found
    assert not {b"n%d" % i for i in range(0, 300, 3)} & found


def test_a_mistake_in_sql_is_an_internal_failure_that_leaves_nothing(probe):
    status, _, body = probe.signed("POST", "/break")
    assert status == 500
    assert b"<Code>InternalFailure</Code>" in body
    assert probe.signed("GET", "/notes/broken")[0] == 404
    assert put(probe, "after", b"x")[0] == 200


@pytest.mark.concurrency
def test_a_slow_operation_calls_others_as_its_caller(probe):
    status, _, body = probe.signed("POST", "/relay/relayed", key="123456789012")
    assert status == 200
    assert b"<Account>123456789012</Account>" in body
    assert probe.signed("GET", "/notes/relayed")[2] == b"123456789012"


def test_an_error_of_an_inner_call_is_the_callers_error(probe):
    status, _, body = probe.signed("POST", "/relay/inner", headers={"x-probe-fail": "true"})
    assert status == 409
    assert b"NoteRefused" in body
    assert probe.signed("GET", "/notes/inner")[0] == 404


def test_calls_that_never_end_are_ended(probe):
    status, _, body = probe.signed("POST", "/loop")
    assert status == 400
    assert b"levels deep" in body


def test_an_operation_open_to_all_needs_no_signature_but_checks_one(probe):
    assert b"<Account>nobody</Account>" in probe.get("/open")[2]
    assert b"<Account>000000000000</Account>" in probe.signed("GET", "/open")[2]
    assert probe.signed("GET", "/open", secret="wrong")[0] == 403


def test_operations_without_a_handler_or_an_import_are_refused_by_name(probe):
    for path, name in (("/unwritten", b"Unwritten"), ("/imagined", b"Imagined")):
        status, _, body = probe.signed("POST", path)
        assert status == 501
        assert b"Probe " + name + b" is not built" in body


def test_an_unknown_path_is_not_an_operation(probe):
    status, _, body = probe.signed("PATCH", "/notes/x")
    assert status == 405
    assert b"<Code>MethodNotAllowed</Code>" in body


def test_an_empty_body_is_an_empty_text(probe):
    assert probe.signed("PUT", "/notes/empty", b"")[0] == 200
    status, _, body = probe.signed("GET", "/notes/empty")
    assert (status, body) == (200, b"")


@pytest.mark.parametrize("name,raw", [("a b", "a%20b"), ("ä€", "%C3%A4%E2%82%AC"), ("a+b", "a%2Bb"), ("..", ".."),
                                      ("%41", "%2541"), ("~_-.", "~_-.")])
def test_names_arrive_as_they_were_meant(probe, name, raw):
    assert put(probe, raw, name.encode())[0] == 200
    assert probe.signed("GET", f"/notes/{raw}")[2] == name.encode()
    assert f"<Name>{name}</Name>".encode() in probe.signed("GET", "/notes")[2]


def test_a_path_that_is_not_text_is_refused(probe):
    assert b"<Code>InvalidURI</Code>" in probe.signed("GET", "/notes/%FF")[2]


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 1 << 20, 20 << 20])
@pytest.mark.concurrency
def test_a_body_streams_in_and_out_unchanged(probe, size):
    body = os.urandom(size)
    status, headers, answer = probe.signed("PUT", "/files/streamed", body)
    assert (status, headers.get("x-probe-size")) == (200, str(size)), answer
    status, _, got = probe.signed("GET", "/files/streamed")
    assert status == 200
    assert hashlib.sha256(got).digest() == hashlib.sha256(body).digest()


@pytest.mark.concurrency
def test_a_replaced_or_deleted_file_leaves_no_blob(start):
    program = start(probe=True)
    for _ in range(3):
        assert program.signed("PUT", "/files/again", os.urandom(100000))[0] == 200
    assert program.status()["blobs"] == 1
    assert program.signed("DELETE", "/files/again")[0] == 204
    assert program.status()["blobs"] == 0
    assert program.stop() == 0  # files go after the reply, and before the end
    left = [f for _, _, files in os.walk(os.path.join(program.data, "blobs")) for f in files]
    assert left == []


def test_a_body_that_is_not_what_was_signed_leaves_no_blob(start):
    program = start(probe=True)
    from conftest import sign

    headers = sign(program.address, "PUT", "/files/forged", b"a" * 200000)
    status, _, body = program.request("PUT", "/files/forged", b"b" * 200000, headers)
    assert status == 400
    assert b"XAmzContentSHA256Mismatch" in body
    assert program.signed("GET", "/files/forged")[0] == 404
    assert program.stop() == 0  # files go after the reply, and before the end
    assert [f for _, _, files in os.walk(os.path.join(program.data, "blobs")) for f in files] == []


def test_what_was_acknowledged_is_there_after_a_restart(start):
    program = start(probe=True)
    body = os.urandom(300000)
    put(program, "kept", b"note")
    program.signed("PUT", "/files/kept", body)
    program.stop()
    again = start(probe=True, data=program.data)
    assert again.signed("GET", "/notes/kept")[2] == b"note"
    assert again.signed("GET", "/files/kept")[2] == body


def test_every_reply_has_its_own_request_id(probe):
    ids = {probe.signed("GET", "/notes/none")[1]["x-amz-request-id"] for _ in range(20)}
    assert len(ids) == 20


def test_doors_are_found_by_host(probe):
    from conftest import sign

    headers = sign(probe.address, "GET", "/notes", headers={"Host": "any.probe.test"})
    assert probe.request("GET", "/notes", b"", headers)[0] == 200
