"""What is remembered of anonymous reads is never told of a state that is over."""
import json
import os

import pytest

SANITIZED = any(name in os.environ.get("MENAGERIE_BUILD", "") for name in ("asan", "tsan"))


@pytest.fixture
def site(start):
    program = start()
    s3 = program.client("s3")
    s3.create_bucket(Bucket="site")
    set_policy(s3, {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"})
    s3.put_object(Bucket="site", Key="page", Body=b"first", ContentType="text/html")
    return program, s3


def set_policy(s3, *statements):
    s3.put_bucket_policy(Bucket="site", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def test_the_same_question_gets_the_same_answer_under_an_id_of_its_own(site):
    program, _ = site
    first, second, third = (program.get("/site/page") for _ in range(3))
    for status, headers, body in (first, second, third):
        assert (status, body, headers["content-type"]) == (200, b"first", "text/html")
    ids = {answer[1].pop("x-amz-request-id") for answer in (first, second, third)}
    assert len(ids) == 3
    for answer in (first, second, third):
        answer[1].pop("x-amz-id-2")
        answer[1].pop("date")
    assert first[1] == second[1] == third[1]


def test_a_write_is_seen_by_the_next_read(site):
    program, s3 = site
    for i in range(200):
        assert program.get("/site/page")[2] == (b"first" if i == 0 else b"version %d" % i)
        assert program.get("/site/page")[2] == (b"first" if i == 0 else b"version %d" % i)
        s3.put_object(Bucket="site", Key="page", Body=b"version %d" % (i + 1))
    s3.delete_object(Bucket="site", Key="page")
    assert program.get("/site/page")[0] == 403  # who may not list is not told that it is gone


def test_a_policy_that_is_taken_back_is_taken_back_at_once(site):
    program, s3 = site
    assert [program.get("/site/page")[0] for _ in range(2)] == [200, 200]
    s3.delete_bucket_policy(Bucket="site")
    assert program.get("/site/page")[0] == 403


def test_headers_that_differ_are_different_questions(site):
    program, _ = site
    assert program.get("/site/page")[2] == b"first"
    assert program.request("GET", "/site/page", headers={"Range": "bytes=0-1"})[2] == b"fi"
    tag = program.get("/site/page")[1]["etag"]
    assert program.request("GET", "/site/page", headers={"If-None-Match": tag})[0] == 304
    assert program.request("HEAD", "/site/page")[2] == b""
    assert program.get("/site/page")[2] == b"first"


def test_a_condition_is_asked_each_time(site):
    program, s3 = site
    set_policy(s3, {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
                    "Condition": {"StringEquals": {"aws:Referer": "http://mine.test/"}}})
    for _ in range(2):
        assert program.request("GET", "/site/page", headers={"Referer": "http://mine.test/"})[0] == 200
        assert program.get("/site/page")[0] == 403


@pytest.mark.skipif(SANITIZED, reason="sanitizers have memory of their own")
def test_what_is_remembered_is_bounded(site):
    program, s3 = site
    for i in range(8):
        s3.put_object(Bucket="site", Key=f"large{i}", Body=bytes([i]) * 60_000)
    program.get("/site/large0")

    def kib():
        with open(f"/proc/{program.process.pid}/status", encoding="utf-8") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))

    before = kib()
    for i in range(1000):
        assert program.get(f"/site/large{i % 8}?n={i}")[2] == bytes([i % 8]) * 60_000
    assert kib() - before < 16 * 1024
