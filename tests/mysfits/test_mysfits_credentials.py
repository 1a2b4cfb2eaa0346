"""Credentials of a container: asked for where its environment says, renewed in time, waited for."""
import json
import threading
from datetime import datetime, timedelta, timezone

from . import all_at_once, mysfit, until


def in_(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def keys(number, seconds=3600, **more):
    document = {"AccessKeyId": f"KEY{number}", "SecretAccessKey": "secret", "Token": f"token {number}", "RoleArn": "arn:aws:iam::0:role/x",
                "Expiration": in_(seconds), **more}
    return 200, {}, json.dumps({name: value for name, value in document.items() if value is not None}).encode()


class Database:
    """Knows who asks."""

    def __init__(self, fake, refused=()):
        self.refused, self.server = refused, fake(self._respond)
        self.url = self.server.url

    def _respond(self, method, target, headers, body):
        if self.key(headers) in self.refused:
            return 400, {}, b'{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"old"}'
        return 200, {}, json.dumps({"Item": mysfit(1), "Attributes": mysfit(1), "Items": []}).encode()

    @staticmethod
    def key(headers):
        return headers["authorization"].split("Credential=")[1].split("/")[0]

    def keys(self):
        return [self.key(headers) for _, _, headers, _ in self.server.requests]


def container(database, endpoint, **more):
    return {"AWS_ENDPOINT_URL": database.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.url + "/role?a=b", **more}


def test_keys_of_the_container_are_used_with_their_token(fake, start_service):
    database, endpoint = Database(fake), fake(lambda *_: keys(1))
    service = start_service(env=container(database, endpoint, AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in"))
    for _ in range(5):
        assert service.get("/mysfits/a")[0] == 200
    assert database.keys() == ["KEY1"] * 5
    assert database.server.requests[0][2]["x-amz-security-token"] == "token 1"
    (method, target, headers, body), = endpoint.requests
    assert (method, target, headers["authorization"], body) == ("GET", "/role?a=b", "let me in", b"")


def test_token_of_a_file_is_read_each_time(fake, start_service, tmp_path):
    file = tmp_path / "token"
    file.write_text("first\n")
    database, endpoint = Database(fake), fake(lambda *_: keys(1, seconds=60))
    service = start_service(env=container(database, endpoint, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(file)))
    assert service.get("/mysfits/a")[0] == 200
    file.write_text("second\n")
    until(lambda: service.get("/mysfits/a")[0] == 200 and len(endpoint.requests) == 2)
    assert [headers["authorization"] for _, _, headers, _ in endpoint.requests[:2]] == ["first", "second"]


def test_keys_of_the_environment_come_first(fake, start_service):
    database, endpoint = Database(fake), fake(lambda *_: keys(1))
    service = start_service(env=container(database, endpoint, AWS_ACCESS_KEY_ID="MINE", AWS_SECRET_ACCESS_KEY="secret"))
    assert service.get("/mysfits/a")[0] == 200
    assert (database.keys(), endpoint.requests) == (["MINE"], [])


def test_all_who_come_before_the_first_keys_wait_for_them(fake, start_service):
    gate = threading.Event()

    def slowly(*_):
        gate.wait(60)
        return keys(1)
    database, endpoint = Database(fake), fake(slowly)
    service = start_service(env=container(database, endpoint))
    replies = []
    threads = [threading.Thread(target=lambda n=n: replies.append(service.request("POST", f"/mysfits/{n}/like")[0]))
               for n in range(40)]
    for thread in threads:
        thread.start()
    until(lambda: endpoint.requests)
    assert not database.server.requests
    gate.set()
    for thread in threads:
        thread.join()
    assert replies == [200] * 40
    assert len(endpoint.requests) == 1 and database.keys() == ["KEY1"] * 40


def test_keys_are_renewed_before_they_expire_and_nobody_waits(fake, start_service):
    gate, count = threading.Event(), [0]

    def again(*_):
        count[0] += 1
        if count[0] > 1:
            gate.wait(60)
        return keys(count[0], seconds=120 if count[0] == 1 else 3600)
    database, endpoint = Database(fake), fake(again)
    service = start_service(env=container(database, endpoint))
    until(lambda: service.get("/mysfits/a")[0] == 200 and len(endpoint.requests) == 2)
    assert service.get("/mysfits/a")[0] == 200  # while the new ones are on their way
    assert set(database.keys()) == {"KEY1"}
    gate.set()
    until(lambda: service.get("/mysfits/a")[0] == 200 and "KEY2" in database.keys())
    assert database.keys()[-1] == "KEY2"
    assert len(endpoint.requests) == 2


def test_keys_that_have_expired_are_not_used(fake, start_service):
    count = [0]

    def dying(*_):
        count[0] += 1
        return keys(1, seconds=-10) if count[0] == 1 else keys(2)
    database, endpoint = Database(fake), fake(dying)
    service = start_service(env=container(database, endpoint))
    until(lambda: service.get("/mysfits/a")[0] == 200)
    assert set(database.keys()) == {"KEY2"}


def test_keys_that_the_database_refuses_are_asked_for_again(fake, start_service):
    count = [0]

    def other(*_):
        count[0] += 1
        return keys(count[0])
    database, endpoint = Database(fake, refused=("KEY1",)), fake(other)
    service = start_service(env=container(database, endpoint))
    assert service.get("/mysfits/a")[0] == 500
    until(lambda: service.get("/mysfits/a")[0] == 200)
    assert len(endpoint.requests) == 2


def test_endpoint_that_fails_is_503_and_is_not_besieged(fake, start_service):
    answers = {"now": (500, {}, b"")}
    database, endpoint = Database(fake), fake(lambda *_: answers["now"])
    service = start_service(env=container(database, endpoint))
    for answer in ((500, {}, b""), (200, {}, b"{}"), (200, {}, b"nonsense"), keys(1, Expiration="tomorrow"), keys(1, AccessKeyId="")):
        answers["now"] = answer
        statuses = all_at_once(20, lambda i: service.get(f"/mysfits/{i}")[0])
        assert statuses == [503] * 20
    assert len(endpoint.requests) <= 8  # once a second
    assert not database.server.requests
    answers["now"] = keys(1, Expiration=None)
    until(lambda: service.get("/mysfits/a")[0] == 200)
    assert "secret" not in service.log()
