"""The scripts that put Mythical Mysfits on this program, as a person runs them."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import urllib.request

import pytest

from conftest import BUILD, ROOT, Program

pytestmark = [pytest.mark.slow, pytest.mark.scripts]

APP = os.path.join(ROOT, "apps", "mysfits")
BUCKET = "mythical-mysfits"
API = "http://127.0.0.1:9"


@pytest.fixture
def program(tmp_path):
    program = Program(tmp_path / "data")
    yield program
    program.stop()


def script(name, program, *arguments):
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": program.url, "AWS_ACCESS_KEY_ID": "test",
           "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run([os.path.join(APP, name), *arguments], env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def page(program, path):
    return urllib.request.urlopen(f"{program.url}/_menagerie/website/{BUCKET}/{path}", timeout=30).read()


def items(program):
    return program.client("dynamodb").scan(TableName="MysfitsTable")["Items"]


def test_deploy_makes_the_site_keeps_what_people_did_and_undeploy_leaves_nothing(program):
    site = script("deploy", program, API)
    assert site == f"http://{BUCKET}.s3-website-us-east-1.localhost:{program.port}/"
    for name in ("index.html", "js/main.js", "css/page.css"):
        with open(os.path.join(APP, "site", name), "rb") as f:
            assert page(program, name) == f.read()
    assert json.loads(page(program, "config.json")) == {"mysfitsApiEndpoint": API}
    pictures = {i[k]["S"] for i in items(program) for k in ("ThumbImageUri", "ProfileImageUri")}
    assert len(pictures) == 2 * len(items(program)) >= 24
    for picture in pictures:
        assert b"<svg" in page(program, picture)

    table = {"TableName": "MysfitsTable", "Key": {"MysfitId": items(program)[0]["MysfitId"]}}
    dynamodb = program.client("dynamodb")
    dynamodb.update_item(**table, UpdateExpression="ADD Likes :n", ExpressionAttributeValues={":n": {"N": "7"}})

    script("deploy", program, "http://127.0.0.1:10")
    assert dynamodb.get_item(**table)["Item"]["Likes"] == {"N": "7"}
    assert json.loads(page(program, "config.json")) == {"mysfitsApiEndpoint": "http://127.0.0.1:10"}

    script("undeploy", program)
    assert dynamodb.list_tables()["TableNames"] == []
    assert program.client("s3").list_buckets()["Buckets"] == []
    script("undeploy", program)


def test_deploy_says_how_it_is_used(program):
    done = subprocess.run([os.path.join(APP, "deploy")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Usage: apps/mysfits/deploy API_URL" in done.stderr


def test_deploy_says_that_the_cli_is_missing(tmp_path):
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    done = subprocess.run([os.path.join(APP, "deploy"), API], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == "The AWS CLI is not installed. On Debian: apt-get install awscli\n"


RUN = os.path.join(ROOT, "run")
RUN_ENVIRONMENT = {**os.environ, "MENAGERIE_BUILD": BUILD, "DISPLAY": "", "WAYLAND_DISPLAY": ""}


class Run:
    """./run, with the build of the tests; where another one was, or at free ports."""

    def __init__(self, data, *arguments, after=None):
        env = {**RUN_ENVIRONMENT, "MYSFITS_LISTEN": address(after.api) if after else "127.0.0.1:0"}
        listen = address(after.platform) if after else "127.0.0.1:0"
        self.process = subprocess.Popen([RUN, "--data", str(data), "--listen", listen, *arguments], env=env,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.startswith("Mythical Mysfits is open: "):
                break
        self.platform, self.api = (line.split("ready at ")[1].split()[0] for line in self.said[:2])
        self.site = self.said[-1].split(": ", 1)[1]

    def mysfits(self):
        with urllib.request.urlopen(self.api + "/mysfits", timeout=30) as reply:
            return json.loads(reply.read())["mysfits"]

    def likes(self, mysfit):
        with urllib.request.urlopen(f"{self.api}/mysfits/{mysfit}", timeout=30) as reply:
            return json.loads(reply.read())["likes"]

    def kill_service(self):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as f:
                name, _, rest = f.read().rpartition(")")
                if name.endswith("(mysfits-service") and int(rest.split()[1]) == self.process.pid:
                    os.kill(int(pid), signal.SIGKILL)
                    return
        raise AssertionError("it has no service")

    def stop(self):
        """Its status, and what it has said of trouble."""
        self.process.send_signal(signal.SIGTERM)
        _, trouble = self.process.communicate(timeout=30)
        return self.process.returncode, trouble


def address(url):
    return url.removeprefix("http://").rstrip("/")


def test_run_ends_with_the_site_open_and_finds_it_as_it_was_left(tmp_path):
    data = tmp_path / "data"
    first = Run(data)
    mysfit = first.mysfits()[0]["mysfitId"]
    urllib.request.urlopen(urllib.request.Request(f"{first.api}/mysfits/{mysfit}/like", method="POST"), timeout=30).read()
    assert first.stop()[0] == 0

    again = Run(data, after=first)
    assert again.said == first.said
    assert again.likes(mysfit) == 1
    status, trouble = again.stop()
    assert status == 0
    assert "upload" not in trouble and "has ended" not in trouble

    # Without its service, it says so, and goes on.
    again = Run(data, after=first)
    again.kill_service()
    assert "run: The site's service has ended" in again.process.stderr.readline()
    assert urllib.request.urlopen(again.platform + "/_menagerie/health", timeout=30).status == 200
    assert again.stop()[0] == 0

    (data / "letter.txt").write_text("mine")
    fresh = Run(data, "--fresh", after=first)
    assert fresh.likes(mysfit) == 0
    assert (data / "letter.txt").read_text() == "mine"
    assert fresh.stop()[0] == 0


def test_run_says_what_to_do_with_keys_of_ones_own(tmp_path):
    done = subprocess.run([RUN, "--data", str(tmp_path / "data"), "--credentials", "keys"], env=RUN_ENVIRONMENT,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "add --default-keys, or take --bare" in done.stderr
    assert not (tmp_path / "data").exists()
