"""The command line, as a person types it."""
import json
import os
import subprocess

import pytest

from conftest import BUILD, Program

BINARY = os.path.join(BUILD, "menagerie")


def menagerie(*arguments, **options):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, **options)


def test_help_names_every_command_and_fits_a_terminal():
    done = menagerie("--help")
    assert done.returncode == 0
    for command in ("serve", "status", "env", "version", "help"):
        assert f"\n  {command} " in done.stdout
    for topic in ("serve", "status", "env"):
        text = menagerie("help", topic).stdout
        assert text.startswith("usage:")
        assert menagerie(topic, "--help").stdout == text
        assert max(map(len, text.splitlines())) <= 100


def test_without_a_command_it_helps():
    assert menagerie().stdout == menagerie("help").stdout


def test_version_is_one_line():
    assert menagerie("version").stdout.startswith("menagerie 0.")
    assert menagerie("--version").stdout.count("\n") == 1


@pytest.mark.parametrize("arguments,words", [
    (["dance"], "there is no command 'dance'"),
    (["serve", "--port", "1"], "there is no such option: --port"),
    (["serve", "--data"], "needs a value: --data"),
    (["serve", "--settable-clock=yes"], "takes no value: --settable-clock"),
    (["serve", "--listen", "localhost"], "wants HOST:PORT"),
    (["serve", "--listen", "localhost:99999"], "wants HOST:PORT"),
    (["serve", "--durability", "none"], "wants full or relaxed"),
    (["serve", "--threads", "many"], "wants a number"),
    (["serve", "--log-level", "loud"], "wants debug, info, warn or error"),
    (["serve", "--default-keys"], "goes with --credentials"),
    (["env", "--listen", "x"], "not an address"),
])
def test_a_wrong_command_line_says_what_is_wrong(arguments, words):
    done = menagerie(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "menagerie help" in done.stderr or "not an address" in done.stderr


def test_status_tells_of_a_running_program(menagerie_program):
    done = menagerie("status", "--listen", menagerie_program.address)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines() if not line.startswith("blob bytes"))
    assert lines["address"] == menagerie_program.address
    assert lines["data"] == menagerie_program.data
    assert lines["services"] == "dynamodb, dynamodbstreams, s3, sts"
    as_json = json.loads(menagerie("status", "--listen", menagerie_program.address, "--json").stdout)
    assert as_json["pid"] == menagerie_program.process.pid


def test_status_finds_a_program_by_its_data_directory(menagerie_program, tmp_path):
    done = menagerie("status", "--data", menagerie_program.data)
    assert f"address     {menagerie_program.address}\n" in done.stdout
    done = menagerie("status", "--data", str(tmp_path))
    assert (done.returncode, "no Menagerie has" in done.stderr) == (1, True)


def test_status_says_that_nothing_runs():
    done = menagerie("status", "--listen", "127.0.0.1:1")
    assert done.returncode == 1
    assert "no Menagerie answers at 127.0.0.1:1" in done.stderr


@pytest.mark.slow
def test_env_makes_the_cli_work_whatever_its_age(menagerie_program):
    script = f'eval $({BINARY} env --listen {menagerie_program.address}); aws sts get-caller-identity --query Account'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "AWS_SESSION_TOKEN": "stale"})
    assert done.stdout.strip() == '"000000000000"', done.stderr


def test_env_takes_a_region():
    assert "export AWS_REGION=eu-west-1;" in menagerie("env", "--region", "eu-west-1").stdout


@pytest.fixture(scope="module")
def menagerie_program(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("cli") / "data")
    yield program
    assert program.stop() == 0, program.log()


def test_a_data_directory_is_one_programs(start, tmp_path):
    first = start()
    second = start(data=first.data, expect_failure=True)
    status, said = second.failure()
    assert status == 1
    assert f"is in use by process {first.process.pid}" in said


def test_an_address_in_use_is_said_to_be(start):
    first = start()
    status, said = start("--listen", first.address, expect_failure=True).failure()
    assert status == 1
    assert f"{first.address} is in use by another program" in said


def test_it_does_not_listen_beyond_loopback_with_keys_that_everyone_knows(start):
    program = start("--listen", "0.0.0.0:0", expect_failure=True)
    status, said = program.failure()
    assert status == 1
    assert "--credentials FILE" in said
    assert not os.path.exists(program.data)  # it was refused before anything was opened


def credentials(tmp_path, text, mode=0o600):
    path = tmp_path / "keys.ini"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


KEYS = """# who may come in
[alice]
aws_access_key_id = AKIAALICE
aws_secret_access_key = correct-horse
account = 111122223333

[bob]
aws_access_key_id=AKIABOB
aws_secret_access_key=staple   ; the other one
"""


def test_a_credentials_file_replaces_the_default_keys(start, tmp_path):
    from botocore.exceptions import ClientError

    program = start("--credentials", credentials(tmp_path, KEYS))
    alice = program.client("sts", key="AKIAALICE", secret="correct-horse").get_caller_identity()
    bob = program.client("sts", key="AKIABOB", secret="staple").get_caller_identity()
    assert alice["Arn"] == "arn:aws:iam::111122223333:root"
    assert bob["Account"] == "000000000000"
    for key in ("test", "123456789012"):
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            program.client("sts", key=key).get_caller_identity()


def test_the_default_keys_may_be_kept_beside_a_file(start, tmp_path):
    program = start("--credentials", credentials(tmp_path, KEYS), "--default-keys")
    assert program.client("sts").get_caller_identity()["Account"] == "000000000000"
    assert program.client("sts", key="AKIABOB", secret="staple").get_caller_identity()["Account"] == "000000000000"


@pytest.mark.parametrize("text,words", [
    ("", "no [section]"),
    ("[a]\naws_access_key_id = x\n", "aws_secret_access_key is missing"),
    ("aws_access_key_id = x\n", "before the first [section]"),
    ("[a]\nnonsense\n", "expected name = value"),
    ("[a]\naws_access_key_id = x\naws_secret_access_key = y\naccount = 12\n", "account must be twelve digits"),
])
def test_a_credentials_file_that_is_wrong_names_the_line(start, tmp_path, text, words):
    path = credentials(tmp_path, text)
    status, said = start("--credentials", path, expect_failure=True).failure()
    assert status == 1
    assert words in said
    assert path + ":" in said


def test_a_credentials_file_that_others_can_read_is_warned_of(start, tmp_path):
    program = start("--credentials", credentials(tmp_path, KEYS, 0o644))
    assert "others on this machine can read the credentials" in program.log()


def test_a_secret_never_stands_in_the_log(start, tmp_path):
    program = start("--credentials", credentials(tmp_path, KEYS), "--log-level", "debug")
    program.signed("POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15",
                   {"Content-Type": "application/x-www-form-urlencoded"}, "sts", "AKIAALICE", "correct-horse")
    program.signed("POST", "/", b"x", {}, "sts", "AKIAALICE", "wrong-horse")
    assert "horse" not in program.log()
    assert "staple" not in program.log()


def test_the_log_is_json_lines_when_nobody_watches(start):
    program = start()
    program.signed("POST", "/", b"x", {}, "sts", secret="wrong")
    lines = [json.loads(line) for line in program.log().splitlines()]
    assert any(line["event"] == "request failed" and line["level"] == "info" for line in lines)


def test_relaxed_durability_still_survives_the_programs_death(start):
    program = start("--durability", "relaxed", probe=True)
    assert program.signed("PUT", "/notes/kept", b"x")[0] == 200
    program.kill()
    assert start(probe=True, data=program.data).signed("GET", "/notes/kept")[2] == b"x"


def test_it_stops_when_told_and_finishes_what_it_began(start):
    program = start(probe=True)
    assert program.signed("PUT", "/notes/last", b"x")[0] == 200
    assert program.stop() == 0
