"""Signatures through the real server: presigned addresses, bodies in signed chunks, trailers, checksums.

What signs is botocore or tests/api/sigv4_signer.py; every way to sign is tried without a server in
test_sigv4_botocore.py.
"""
import base64
import datetime
import hashlib
import http.client
import random
import zlib

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sigv4_signer import chunks_by_hand

KEYS = ("test", "test", None)
DATA = random.Random(5).randbytes(300_000)
CRC32 = base64.b64encode(zlib.crc32(DATA).to_bytes(4, "big")).decode()


def presigned(program, method, target, seconds=60, secret="test"):
    request = AWSRequest(method, program.url + target)
    S3SigV4QueryAuth(Credentials("test", secret), "probe", "us-east-1", expires=seconds).add_auth(request)
    return request.url[len(program.url):]


def stored(program, name):
    status, _, body = program.signed("GET", f"/files/{name}")
    return body if status == 200 else None


def put_chunks(program, name, data, sizes=(65536,), trailer=None, now=None, change=lambda body: body):
    now = now or datetime.datetime.now(datetime.timezone.utc)
    headers, body = chunks_by_hand(KEYS, data, list(sizes), trailer, now, program.address, f"/files/{name}", "probe")
    return program.request("PUT", f"/files/{name}", change(body), headers)


def test_a_presigned_address_works_until_it_ends(probe):
    assert probe.request("PUT", presigned(probe, "PUT", "/files/presigned"), b"by address")[0] == 200
    assert probe.get(presigned(probe, "GET", "/files/presigned"))[2] == b"by address"
    assert probe.get(presigned(probe, "GET", "/files/presigned", secret="wrong"))[0] == 403
    status, _, body = probe.get(presigned(probe, "PUT", "/files/presigned"))
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)


def test_a_presigned_address_says_when_it_has_expired(probe, monkeypatch):
    import botocore.auth

    past = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(minutes=5)

    class Past(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return past

        @classmethod
        def now(cls, tz=None):
            return past

    monkeypatch.setattr(botocore.auth.datetime, "datetime", Past)
    address = presigned(probe, "GET", "/files/presigned", seconds=60)
    monkeypatch.undo()
    status, _, body = probe.get(address)
    assert status == 403
    assert b"<Code>AccessDenied</Code><Message>Request has expired</Message>" in body


@pytest.mark.parametrize("sizes", [(65536,), (8192,) * 8, (300_000,), (100_000, 150_000)])
def test_a_body_in_signed_chunks_arrives_whole(probe, sizes):
    assert put_chunks(probe, "chunks", DATA, sizes)[0] == 200
    assert stored(probe, "chunks") == DATA


def test_a_trailer_with_the_right_checksum_is_taken_and_a_wrong_one_refused(probe):
    assert put_chunks(probe, "trailer", DATA, trailer=("x-amz-checksum-crc32", CRC32))[0] == 200
    assert stored(probe, "trailer") == DATA
    status, _, body = put_chunks(probe, "wrong-trailer", DATA, trailer=("x-amz-checksum-crc32", "AAAAAA=="))
    assert (status, b"<Code>BadDigest</Code>" in body) == (400, True)
    assert stored(probe, "wrong-trailer") is None


@pytest.mark.parametrize("at", [200, 70_000, 299_000])
def test_a_changed_byte_in_any_chunk_is_noticed_and_nothing_is_kept(probe, at):
    def change(body):
        return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]

    status, _, body = put_chunks(probe, "tampered", DATA, change=change)
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)
    assert stored(probe, "tampered") is None


def test_a_body_that_ends_early_is_refused(probe):
    status, _, body = put_chunks(probe, "cut", DATA, change=lambda body: body[:150_000])
    assert status == 400
    assert b"<Code>IncompleteBody</Code>" in body
    assert stored(probe, "cut") is None


def test_an_unsigned_body_with_a_trailer_is_checked_by_its_checksum(probe):
    body = b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % (len(DATA), DATA, CRC32.encode())
    headers = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32",
               "x-amz-decoded-content-length": str(len(DATA)), "Content-Encoding": "aws-chunked"}
    assert unsigned(probe, "unsigned", body, headers)[0] == 200
    assert stored(probe, "unsigned") == DATA
    status, _, answer = unsigned(probe, "unsigned-wrong", body.replace(DATA[:8], b"tampered", 1), headers)
    assert (status, b"BadDigest" in answer) == (400, True)
    assert stored(probe, "unsigned-wrong") is None


def unsigned(program, name, body, headers):
    from botocore.auth import S3SigV4Auth

    class Auth(S3SigV4Auth):
        def payload(self, request):
            return headers["x-amz-content-sha256"]

    request = AWSRequest("PUT", f"{program.url}/files/{name}", data=b"", headers=dict(headers))
    Auth(Credentials("test", "test"), "probe", "us-east-1").add_auth(request)
    signed = dict(request.headers.items())
    signed["X-Amz-Content-SHA256"] = headers["x-amz-content-sha256"]
    return program.request("PUT", f"/files/{name}", body, {k: v for k, v in signed.items()
                                                           if k.lower() not in ("host", "content-length")})


@pytest.mark.parametrize("header,value,status,code", [
    ("Content-MD5", base64.b64encode(hashlib.md5(DATA).digest()).decode(), 200, None),
    ("Content-MD5", base64.b64encode(hashlib.md5(b"other").digest()).decode(), 400, b"BadDigest"),
    ("Content-MD5", "nonsense", 400, b"InvalidDigest"),
    ("x-amz-checksum-sha256", base64.b64encode(hashlib.sha256(DATA).digest()).decode(), 200, None),
    ("x-amz-checksum-sha1", base64.b64encode(hashlib.sha1(DATA).digest()).decode(), 200, None),
    ("x-amz-checksum-crc32", CRC32, 200, None),
    ("x-amz-checksum-crc32", "AAAAAA==", 400, b"BadDigest"),
    ("x-amz-checksum-crc32c", "AAAAAA==", 400, b"BadDigest"),
    ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=", 400, b"BadDigest"),
    ("x-amz-checksum-crc32", "short", 400, b"InvalidRequest"),
])
def test_checksums_in_headers_are_verified(probe, header, value, status, code):
    answer = probe.signed("PUT", "/files/checked", DATA, {header: value})
    assert answer[0] == status, answer[2]
    assert code is None or b"<Code>" + code + b"</Code>" in answer[2]


def test_a_body_is_not_asked_for_when_the_signature_is_wrong(probe):
    """With `Expect: 100-continue` a client that will be refused sends nothing."""
    from conftest import sign

    connection = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=10)
    headers = sign(probe.address, "PUT", "/files/unwanted", DATA, secret="wrong")
    connection.putrequest("PUT", "/files/unwanted", skip_accept_encoding=True, skip_host="Host" in headers)
    for name, value in headers.items():
        if name.lower() != "content-length":
            connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(DATA)))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()
