"""Many at once: nothing is lost, nobody wins twice, and no request has a thread of its own."""
import json
import socket
import threading

import pytest

from . import BUILD, Menagerie, all_at_once, environment, item_of, make_table, memory, mysfit, put

pytestmark = pytest.mark.concurrency


def send_all(service, requests):
    """All on connections of their own, before any reply is read; the statuses and bodies in order."""
    connections = []
    for text in requests:
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=60)
        connection.sendall(text)
        connections.append(connection)
    replies = []
    for connection in connections:
        with connection, connection.makefile("rb") as stream:
            head = b""
            while (line := stream.readline()).strip():
                head += line
            length = next(int(field.split(b":")[1]) for field in head.split(b"\r\n") if field.lower().startswith(b"content-length"))
            replies.append((int(head.split(b" ")[1]), stream.read(length)))
    return replies


def post(path):
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode()


def test_fifty_adopters_have_one_winner(service, database):
    put(database.dynamodb(), *(mysfit(n) for n in range(200, 205)))
    for n in range(200, 205):
        replies = all_at_once(50, lambda i, n=n: service.request("POST", f"/mysfits/mysfit-{n}/adopt"))
        statuses = [status for status, _, _ in replies]
        assert sorted(statuses) == [200] + [409] * 49
        assert all(json.loads(body)["message"] == f"Name {n} has been adopted already."
                   for status, _, body in replies if status == 409)
        assert item_of(database.dynamodb(), f"mysfit-{n}")["Adopted"] == {"BOOL": True}


def test_likes_are_counted_exactly(service, database):
    put(database.dynamodb(), mysfit(210))
    replies = send_all(service, [post("/mysfits/mysfit-210/like")] * 400)
    assert [status for status, _ in replies] == [200] * 400
    assert sorted(json.loads(body)["likes"] for _, body in replies) == list(range(1, 401))
    assert item_of(database.dynamodb(), "mysfit-210")["Likes"] == {"N": "400"}


def test_five_hundred_in_flight_without_a_thread_each(fake, start_service):
    lock, gate, arrived, most = threading.Lock(), threading.Event(), [0], [0]

    def when_all_are_here(method, target, headers, body):
        with lock:
            arrived[0] += 1
            most[0] = max(most[0], arrived[0])
            if arrived[0] == 32:
                gate.set()
        gate.wait(60)
        key = json.loads(body)["Key"]["MysfitId"]["S"]
        return 200, {}, json.dumps({"Item": mysfit(1, Name={"S": key})}).encode()
    service = start_service(env={"AWS_ENDPOINT_URL": fake(when_all_are_here).url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
    threads = []
    requests = [f"GET /mysfits/id-{n} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for n in range(500)]
    watcher = threading.Thread(target=lambda: (gate.wait(60), threads.append(service.threads())))
    watcher.start()
    replies = send_all(service, requests)
    watcher.join()
    assert [(status, json.loads(body)["name"]) for status, body in replies] == [(200, f"id-{n}") for n in range(500)]
    assert threads[0] <= 8


def test_readers_and_writers_together_see_what_was_written(own_database, start_service):
    """Who has liked sees at least that like, whoever else reads."""
    put(own_database.dynamodb(), mysfit(1))
    service = start_service(env=environment(own_database))
    wrong = []

    def like_and_look(_):
        for _ in range(20):
            liked = json.loads(service.request("POST", "/mysfits/mysfit-1/like")[2])["likes"]
            seen = json.loads(service.get("/mysfits/mysfit-1")[2])["likes"]
            if seen < liked:
                wrong.append((seen, liked))
    all_at_once(16, like_and_look)
    assert wrong == []
    assert item_of(own_database.dynamodb(), "mysfit-1")["Likes"] == {"N": "320"}


def test_memory_stays_small(tmp_path, start_service):
    """Of a plain build; sanitizers need their own."""
    database = Menagerie(tmp_path / "data")
    make_table(database.dynamodb())
    put(database.dynamodb(), *(mysfit(n) for n in range(12)))
    service = start_service(env=environment(database))
    for _ in range(5):
        assert {status for status, _ in send_all(service, [b"GET /mysfits HTTP/1.1\r\nHost: a\r\n\r\n"] * 200)} == {200}
    if not BUILD.endswith(("asan", "tsan")):
        assert memory(service.process) < 10
    assert database.stop() == 0
