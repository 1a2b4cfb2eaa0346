"""What every Python test may use: the program, running on a free port with a data directory of its own."""
import http.client
import json
import os
import re
import select
import signal
import subprocess

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(ROOT, "build"))
REGION = "us-east-1"


class Program:
    """A running menagerie. `probe=True` starts the one that has the tests' own service."""

    def __init__(self, data, *arguments, probe=False, env=None, expect_failure=False):
        binary = os.path.join(BUILD, "tests/menagerie-probe") if probe else os.path.join(BUILD, "menagerie")
        self.binary = binary
        self.data = str(data)
        arguments = list(arguments)
        if "--listen" not in arguments:
            arguments += ["--listen", "127.0.0.1:0"]
        self.log_path = self.data + ".log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([binary, "serve", "--data", self.data, *arguments], stdout=subprocess.PIPE,
                                            stderr=log, env={**os.environ, **(env or {})})
        self.address = None
        if not expect_failure:
            self._wait_until_ready()

    def _wait_until_ready(self):
        """It says itself when it is ready, so there is nothing to guess."""
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline().decode() if ready else ""
        match = re.search(r"ready at http://(\S+)", line)
        assert match, f"did not start: {line!r} {self.log()}"
        self.address = match.group(1)
        self.url = "http://" + self.address

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def failure(self):
        """Of a program that was expected not to start: its exit status and what it said."""
        status = self.process.wait(30)
        return status, self.log()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()

    def get(self, path):
        return self.request("GET", path)

    def request(self, method, target, body=None, headers=None):
        """One request, as given: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True,
                                  skip_host=any(k.lower() == "host" for k in headers or {}))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and not any(k.lower() == "content-length" for k in headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, dict((k.lower(), v) for k, v in response.getheaders()), response.read()
        finally:
            connection.close()

    def signed(self, method, target, body=b"", headers=None, service="probe", key="test", secret="test"):
        return self.request(method, target, body, sign(self.address, method, target, body, headers, service, key, secret))

    def client(self, service, key="test", secret="test", **config):
        """The same one whenever it is asked for in the same way: making it costs more than most tests do."""
        clients = self.__dict__.setdefault("clients", {})
        asked = (service, key, secret, repr(config))
        if asked not in clients:
            clients[asked] = self.new_client(service, key, secret, **config)
        return clients[asked]

    def new_client(self, service, key="test", secret="test", **config):
        """For a test that changes it."""
        import boto3
        from botocore.config import Config

        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=key,
                            aws_secret_access_key=secret,
                            config=Config(retries={"max_attempts": 0}, **config))

    def status(self):
        return json.loads(self.get("/_menagerie/status")[2])

    def set_clock(self, text):
        status, _, body = self.request("PUT", "/_menagerie/clock", json.dumps({"now": text}).encode())
        assert status == 200, body


def sign(address, method, target, body=b"", headers=None, service="probe", key="test", secret="test", region=REGION):
    """Headers with botocore's own signature."""
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    signer = (S3SigV4Auth if service in ("probe", "s3") else SigV4Auth)(Credentials(key, secret), service, region)
    request = AWSRequest(method, f"http://{address}{target}", data=body, headers=headers or {})
    signer.add_auth(request)
    return dict(request.headers.items())


def pytest_collection_modifyitems(items):
    """Files that take long come first: a core that gets one of them last works on it while the others have nothing to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def start(tmp_path):
    """Starts programs, and sees to it that all of them end, and end well."""
    started = []

    def start_one(*arguments, data=None, **options):
        program = Program(data or tmp_path / f"data{len(started)}", *arguments, **options)
        started.append(program)
        return program

    yield start_one
    for program in started:
        if program.process.poll() is None:
            assert program.stop() == 0, program.log()
        assert "Sanitizer" not in program.log(), program.log()


@pytest.fixture(scope="module")
def menagerie(tmp_path_factory):
    """One program for the tests of a module that leave nothing behind."""
    program = Program(tmp_path_factory.mktemp("menagerie") / "data")
    yield program
    assert program.stop() == 0, program.log()
    assert "Sanitizer" not in program.log(), program.log()


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("probe") / "data", "--settable-clock", probe=True)
    yield program
    assert program.stop() == 0, program.log()
    assert "Sanitizer" not in program.log(), program.log()
