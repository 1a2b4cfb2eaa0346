"""What becomes of requests when the database, the network or the configuration fails."""
import gzip
import json
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from . import (BINARY, KEYS, Menagerie, Service, all_at_once, environment, free_port, item_of, make_table, mysfit, put, shown, until)

NOT_DONE = "not known whether this was done"


def unavailable(service, method, target):
    """503 that says when to come again; its message."""
    status, headers, body = service.request(method, target)
    assert (status, headers["retry-after"]) == (503, "1"), body
    return json.loads(body)["message"]


def at(url, **more):
    return {"AWS_ENDPOINT_URL": url, **KEYS, **more}


def error(name, status=400, message="why"):
    text = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": message})
    return status, {"Content-Type": "application/x-amz-json-1.0"}, text.encode()


def ok(document):
    return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(document).encode()


def operation(headers):
    return headers["x-amz-target"].split(".")[1]


def test_database_that_is_down_is_503_until_it_is_back(tmp_path, start_service):
    port = free_port()
    service = start_service(env=at(f"http://127.0.0.1:{port}"))
    assert service.get("/")[0] == 200
    assert "try again" in unavailable(service, "GET", "/mysfits")
    unavailable(service, "GET", "/mysfits/a")
    assert NOT_DONE in unavailable(service, "POST", "/mysfits/a/like")
    assert NOT_DONE in unavailable(service, "POST", "/mysfits/a/adopt")
    database = Menagerie(tmp_path / "data", "--listen", f"127.0.0.1:{port}")
    unavailable(service, "GET", "/mysfits")  # there is no table yet
    make_table(database.dynamodb())
    put(database.dynamodb(), mysfit(1))
    assert json.loads(service.get("/mysfits")[2]) == {"mysfits": [shown(mysfit(1))]}
    database.stop()
    assert '"event":"the database answers"' in service.log()


def test_restarted_database_is_used_again_at_once(own_database, start_service):
    put(own_database.dynamodb(), mysfit(1))
    service = start_service(env=environment(own_database))
    assert all(s == 200 for s, _, _ in all_at_once(20, lambda i: service.request("POST", "/mysfits/mysfit-1/like")))
    own_database.kill()
    unavailable(service, "GET", "/mysfits")
    own_database.restart()
    assert all(s == 200 for s, _, _ in all_at_once(20, lambda i: service.request("POST", "/mysfits/mysfit-1/like")))
    assert item_of(own_database.dynamodb(), "mysfit-1")["Likes"] == {"N": "40"}


def test_database_that_says_nothing_is_given_up(fake, start_service):
    release = threading.Event()
    service = start_service("--timeout", "300", env=at(fake(lambda *_: release).url))
    begun = time.monotonic()
    for target in ("/mysfits", "/mysfits/a", "/mysfits?filter=Species&value=a"):
        unavailable(service, "GET", target)
    unavailable(service, "POST", "/mysfits/a/like")
    assert time.monotonic() - begun < 10
    assert "no answer within" in service.log()
    release.set()


def test_silent_database_does_not_stop_what_needs_none(fake, start_service):
    release = threading.Event()
    service = start_service("--timeout", "60000", "--requests", "2", env=at(fake(lambda *_: release).url))
    waiting = [threading.Thread(target=service.request, args=("GET", f"/mysfits/{n}")) for n in range(50)]
    for thread in waiting:
        thread.start()
    assert service.get("/")[0] == 200
    assert service.request("OPTIONS", "/mysfits")[0] == 204
    assert service.get("/nothing")[0] == 404
    release.set()
    for thread in waiting:
        thread.join()


@pytest.mark.parametrize("answer", [
    None, (200, {}, b""), (200, {}, b"not JSON"), (200, {}, b"[]"), (200, {}, b'{"Items":{}}'), (200, {}, b'{"Items":[{"Name":1}]}'),
    (200, {}, b'{"Items":[]} x'), (200, {}, b'{"Items":[' + b"[" * 10000), (302, {"Location": "http://example.invalid/"}, b""),
    (400, {}, b"{}"), (500, {}, b"<html>"), (502, {}, b""), (204, {}, b""), (200, {"X-Long": "x" * 300000}, b'{"Items":[]}')],
    ids=["hangs-up", "empty", "text", "array", "object", "number", "trailing", "deep", "redirect", "no-type", "html", "gateway", "none",
         "long-head"])
def test_nonsense_from_the_database_is_an_error_and_no_more(fake, start_service, answer):
    service = start_service(env=at(fake(lambda *_: answer).url))
    for method, target in (("GET", "/mysfits"), ("GET", "/mysfits/a"), ("POST", "/mysfits/a/like"), ("POST", "/mysfits/a/adopt")):
        status, headers, body = service.request(method, target)
        has_no_item = answer and answer[0] == 200 and answer[2].startswith(b'{"Items"') and answer[2].endswith(b"}")
        assert status in ((404, 500, 503) if has_no_item else (500, 503)), (method, target, body)
        assert json.loads(body)["message"]
        assert headers["access-control-allow-origin"] == "*"
    assert service.get("/")[0] == 200


@pytest.mark.parametrize("name, status", [
    ("ProvisionedThroughputExceededException", 503), ("ThrottlingException", 503), ("RequestLimitExceeded", 503),
    ("ResourceNotFoundException", 503), ("UnrecognizedClientException", 500), ("ExpiredTokenException", 500),
    ("AccessDeniedException", 500), ("ValidationException", 500)])
def test_errors_of_the_database_are_told_apart(fake, start_service, name, status):
    service = start_service(env=at(fake(lambda *_: error(name, message="the reason")).url))
    for method, target in (("GET", "/mysfits"), ("GET", "/mysfits/a"), ("POST", "/mysfits/a/like"), ("POST", "/mysfits/a/adopt")):
        got, headers, body = service.request(method, target)
        assert (got, headers.get("retry-after")) == (status, "1" if status == 503 else None)
        assert b"the reason" not in body and name.encode() not in body
    assert name in service.log() and "the reason" in service.log()


def test_answer_that_is_too_large_is_refused(fake, start_service):
    text = b'{"Items":[{"Name":{"S":"' + b"x" * (9 << 20) + b'"}}]}'
    service = start_service(env=at(fake(lambda *_: (200, {}, text)).url))
    unavailable(service, "GET", "/mysfits")
    assert "larger than" in service.log()


def test_list_that_never_ends_ends(fake, start_service):
    item = mysfit(1, Name={"S": "x" * 500000})
    pages = fake(lambda *_: ok({"Items": [item], "LastEvaluatedKey": {"MysfitId": {"S": "a"}}}))
    service = start_service(env=at(pages.url))
    status, _, body = service.get("/mysfits")
    assert status == 500, body
    assert 30 < len(pages.requests) < 40
    assert "the list is too long" in service.log()


def test_failures_in_great_number_are_a_few_lines(start_service):
    service = start_service(env=at(f"http://127.0.0.1:{free_port()}"))
    for _ in range(300):
        unavailable(service, "GET", "/mysfits")
    assert len(service.log().splitlines()) < 60


def test_wrong_credentials_are_the_services_own_fault(own_database, start_service):
    for keys in ({"AWS_SECRET_ACCESS_KEY": "wrong"}, {"AWS_ACCESS_KEY_ID": "nobody"}):
        service = start_service(env={**environment(own_database), **keys})
        status, headers, body = service.get("/mysfits")
        assert status == 500 and "retry-after" not in headers
        assert b"Signature" not in body and b"its log says why" in body
        assert "Exception" in service.log()
        assert "wrong" not in service.log().replace("wrong credentials", "")


# What is sent.

def test_requests_are_those_of_the_api_and_signed(fake, start_service):
    database = fake(lambda *_: ok({"Items": [], "Item": mysfit(1), "Attributes": mysfit(1)}))
    service = start_service(env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_DYNAMODB": database.url + "/",
                                 "AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "us-east-1", "AWS_SESSION_TOKEN": "a token",
                                 "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"})
    for method, target in (("GET", "/mysfits"), ("GET", "/mysfits?filter=LawChaos&value=Lawful"), ("GET", "/mysfits/a"),
                           ("POST", "/mysfits/a/like")):
        assert service.request(method, target)[0] == 200
    assert [operation(headers) for _, _, headers, _ in database.requests] == ["Scan", "Query", "GetItem", "UpdateItem"]
    for method, target, headers, body in database.requests:
        assert (method, target) == ("POST", "/")
        assert headers["content-type"] == "application/x-amz-json-1.0"
        assert headers["x-amz-security-token"] == "a token"
        assert "Credential=AKID/" in headers["authorization"] and "/eu-west-3/dynamodb/aws4_request" in headers["authorization"]
        assert json.loads(body)["TableName"] == "MysfitsTable"
    assert len(database.connections) == 1


def test_write_is_not_sent_twice_by_itself(fake, start_service):
    seen = []

    def hang_up_on_updates(method, target, headers, body):
        seen.append(operation(headers))
        return None if operation(headers) == "UpdateItem" else ok({"Item": mysfit(1)})
    service = start_service(env=at(fake(hang_up_on_updates).url))
    assert service.get("/mysfits/a")[0] == 200
    assert NOT_DONE in unavailable(service, "POST", "/mysfits/a/like")
    assert NOT_DONE in unavailable(service, "POST", "/mysfits/a/adopt")
    assert seen == ["GetItem", "UpdateItem", "UpdateItem"]


def test_readers_of_the_same_share_requests_and_none_is_older_than_its_own(fake, start_service):
    gate, counter, lock = threading.Event(), [0], threading.Lock()

    def count(method, target, headers, body):
        with lock:
            counter[0] += 1
            number = counter[0]
        if number == 1:
            gate.wait(60)
        return ok({"Item": mysfit(1, Likes={"N": str(number)})})
    database = fake(count)
    service = start_service(env=at(database.url))
    first = []
    thread = threading.Thread(target=lambda: first.append(service.get("/mysfits/a")))
    thread.start()
    until(lambda: database.requests)
    others = []
    threads = [threading.Thread(target=lambda: others.append(service.get("/mysfits/a"))) for _ in range(20)]
    for other in threads:
        other.start()
    until(lambda: len(os.listdir(f"/proc/{service.process.pid}/fd")) >= 30)
    gate.set()
    for each in (thread, *threads):
        each.join()
    assert json.loads(first[0][2])["likes"] == 1
    likes = [json.loads(body)["likes"] for _, _, body in others]
    assert len(likes) == 20 and min(likes) >= 2 and max(likes) <= 6


def numbered_pages(fake):
    """A database that counts what it is asked for, in the names of what it answers."""
    counter, lock = [0], threading.Lock()

    def count(method, target, headers, body):
        with lock:
            counter[0] += 1
            return ok({"Items": [mysfit(1, Name={"S": str(counter[0])})], "Item": mysfit(1, Likes={"N": str(counter[0])})})
    return fake(count)


def name_of_first(service, target="/mysfits", **headers):
    status, _, body = service.request("GET", target, headers=headers)
    assert status == 200
    return json.loads(body)["mysfits"][0]["name"]


def test_list_is_sent_again_while_it_is_young_but_not_that_of_another_filter_nor_a_mysfit(fake, start_service):
    database = numbered_pages(fake)
    service = start_service("--list-age", "600000", env=at(database.url))
    assert [name_of_first(service) for _ in range(5)] == ["1"] * 5
    assert [name_of_first(service, "/mysfits?filter=Species&value=Cat") for _ in range(3)] == ["2"] * 3
    assert name_of_first(service, "/mysfits?filter=Species&value=Dog") == "3"
    assert [json.loads(service.get("/mysfits/a")[2])["likes"] for _ in range(3)] == [4, 5, 6]
    assert len(database.requests) == 6


def test_list_is_asked_for_anew_when_it_is_old(fake, start_service):
    service = start_service("--list-age", "1", env=at(numbered_pages(fake).url))
    assert name_of_first(service) == "1"
    until(lambda: int(name_of_first(service)) > 3)


def test_list_is_read_again_before_it_is_old_and_nobody_waits_for_that(fake, start_service):
    gate, counter = threading.Event(), [0]

    def hold_the_second(method, target, headers, body):
        counter[0] += 1
        if counter[0] == 2:
            gate.wait(60)
        return ok({"Items": [mysfit(1, Name={"S": str(counter[0])})]})
    database = fake(hold_the_second)
    service = start_service("--list-age", "10000", env=at(database.url))
    assert name_of_first(service) == "1"
    until(lambda: name_of_first(service) and len(database.requests) == 2)  # in its sixth second
    assert name_of_first(service) == "1"
    gate.set()
    until(lambda: name_of_first(service) == "2")
    assert len(database.requests) == 2


def test_list_of_age_nought_is_asked_for_each_time(fake, start_service):
    service = start_service("--list-age", "0", env=at(numbered_pages(fake).url))
    assert [name_of_first(service) for _ in range(4)] == ["1", "2", "3", "4"]


def test_list_that_could_not_be_read_is_not_remembered(fake, start_service):
    seen = []

    def fail_first(method, target, headers, body):
        seen.append(1)
        return error("AccessDeniedException") if len(seen) == 1 else ok({"Items": [mysfit(1)]})
    service = start_service("--list-age", "600000", env=at(fake(fail_first).url))
    assert service.get("/mysfits")[0] == 500
    assert service.get("/mysfits")[0] == 200


@pytest.mark.concurrency
def test_young_list_is_packed_once_for_many_at_once(fake, start_service):
    items = [mysfit(n, Name={"S": "a long name " * 20}) for n in range(12)]
    database = fake(lambda *_: ok({"Items": items}))
    service = start_service("--list-age", "600000", env=at(database.url))
    plain = service.get("/mysfits")[2]
    wrong = []

    def read(n):
        for _ in range(20):
            status, headers, body = service.request("GET", "/mysfits", headers={"Accept-Encoding": "gzip"} if n % 2 else {})
            if status != 200 or (gzip.decompress(body) if n % 2 else body) != plain or ("content-encoding" in headers) != bool(n % 2):
                wrong.append((status, headers))
    all_at_once(16, read)
    assert wrong == [] and len(database.requests) == 1


# Start and end.

@pytest.mark.parametrize("arguments, env, said", [
    (["--listen", "127.0.0.1:x"], KEYS, "HOST:PORT"), (["--listen", "203.0.113.1:1"], KEYS, "not an address of this machine"),
    (["--nonsense"], KEYS, "no such option"), (["--listen", "127.0.0.1:0", "--table"], KEYS, "needs a value"), (["--table="], KEYS, "wants a name"),
    (["--timeout", "0"], KEYS, "milliseconds"),
    (["--list-age", "-1"], KEYS, "milliseconds"), (["--requests", "5000"], KEYS, "from 1 to 4096"), (["--threads", "-1"], KEYS, "wants a number"),
    (["--log-level", "loud"], KEYS, "debug, info"), (["--log-format", "xml"], KEYS, "text or json"),
    (["--allow-origin", "example.com"], KEYS, "origins"), ([], {}, "there are no credentials"),
    ([], {"AWS_ACCESS_KEY_ID": "a"}, "there are no credentials"), ([], {**KEYS, "AWS_REGION": "a b"}, "AWS_REGION"),
    ([], {**KEYS, "AWS_ENDPOINT_URL": "ftp://a"}, "endpoint"), ([], {**KEYS, "AWS_ENDPOINT_URL": "http://a/b"}, "endpoint"),
    ([], {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"}, "must be https"),
    ([], {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1@example.com/"}, "must be https")])
def test_what_cannot_work_does_not_start_and_says_why(start_service, arguments, env, said):
    status, log = start_service(*arguments, env=env, expect_failure=True).failure()
    assert status in (1, 2)
    assert said in log


def test_port_that_is_taken_is_said_so(start_service):
    service = start_service(env=at("http://127.0.0.1:1"))
    status, log = start_service("--listen", service.address, env=KEYS, expect_failure=True).failure()
    assert status == 1 and "in use by another program" in log


def test_without_an_endpoint_it_is_aws(start_service, tmp_path):
    service = Service(tmp_path / "aws", env={**KEYS, "AWS_REGION": "eu-west-1"}, expect_failure=True)
    line = service.process.stdout.readline().decode()
    service.process.kill()
    service.process.wait()
    service.process.stdout.close()
    assert "https://dynamodb.eu-west-1.amazonaws.com/" in line


def test_help_says_every_option_and_variable():
    text = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True).stdout
    for word in ("--listen", "--table", "--allow-origin", "--timeout", "--requests", "--threads", "--log-level", "--log-format",
                 "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
                 "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                 "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "MYSFITS_TABLE",
                 "MYSFITS_ALLOW_ORIGIN", "/mysfits", "/like", "/adopt", "Retry-After"):
        assert word in text
    assert subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout.startswith("mysfits-service ")


def test_stop_lets_requests_under_way_finish(fake, start_service):
    release, arrived = threading.Event(), threading.Event()

    def slowly(*_):
        arrived.set()
        release.wait(60)
        return ok({"Item": mysfit(1)})
    service = start_service(env=at(fake(slowly).url))
    replies = []
    thread = threading.Thread(target=lambda: replies.append(service.get("/mysfits/a")))
    thread.start()
    assert arrived.wait(30)
    service.process.send_signal(signal.SIGTERM)
    until(lambda: '"event":"stopping"' in service.log())
    release.set()
    thread.join()
    assert replies[0][0] == 200
    assert service.process.wait(30) == 0


# Hostile requests.

@pytest.mark.parametrize("text, status", [
    (b"GET /mysfits HTTP/1.1\r\n\r\n", 400), (b"GET /mysfits HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"GET  /mysfits HTTP/1.1\r\nHost: a\r\n\r\n", 400), (b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET /" + b"x" * 6000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", None), (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 6000 + b"\r\n\r\n", None),
    (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 300 + b"\r\n", None),
    (b"POST /mysfits/a/like HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"POST /mysfits/a/like HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", None), (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", None),
    (b"GET /mysfits/\r\n\r\n", None)],
    ids=["no-host", "two-hosts", "two-spaces", "no-authority", "long-target", "long-header", "many-headers", "two-lengths", "huge-length",
         "tls", "http-0.9"])
def test_broken_requests_are_refused(start_service, text, status):
    service = start_service(env=at("http://127.0.0.1:1"))
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        reply = b""
        while (piece := connection.recv(65536)):
            reply += piece
    got = int(reply.split(b" ")[1]) if reply else None
    assert got in ((status,) if status else (None, 400, 413, 414, 431)), reply[:200]
    assert service.get("/")[0] == 200


def test_clients_that_go_away_leave_nothing_behind(fake, start_service):
    release = threading.Event()
    service = start_service(env=at(fake(lambda *_: release.wait(60) and ok({"Item": mysfit(1)})).url))
    connections = []
    for n in range(100):
        connection = socket.create_connection(("127.0.0.1", service.port))
        connection.sendall(b"GET /mysfits/%d HTTP/1.1\r\nHost: a\r\n\r\n" % (n % 10))
        connections.append(connection)
    for connection in connections:
        connection.close()
    release.set()
    assert json.loads(service.get("/mysfits/1")[2])["name"] == "Name 1"
