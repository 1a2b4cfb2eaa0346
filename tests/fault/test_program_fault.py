"""A disk that is full, read-only or failing is answered with errors; the program goes on, and loses nothing."""
import contextlib
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from conftest import BUILD, Program  # noqa: E402


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("a disk of its own needs the right to mount, which root in a container may not have")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def notes(program):
    return program.signed("GET", "/notes")[2]


def test_a_full_disk_is_an_error_and_room_makes_it_work_again(small_disk):
    program = Program(small_disk / "data", probe=True)
    assert program.signed("PUT", "/notes/before", b"x")[0] == 200
    with open(small_disk / "ballast", "wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)
    answers = [program.signed("PUT", f"/notes/full{i}", b"x" * 4000) for i in range(60)]
    assert answers[-1][0] == 507, answers[-1]
    assert b"<Code>InsufficientStorage</Code>" in answers[-1][2]
    status, _, body = program.signed("PUT", "/files/full", b"x" * 3_000_000)
    assert (status, b"InsufficientStorage" in body) == (507, True)
    assert program.signed("GET", "/notes/before")[0] == 200
    for i, answer in enumerate(answers):
        assert program.signed("GET", f"/notes/full{i}")[0] == (200 if answer[0] == 200 else 404)
    os.unlink(small_disk / "ballast")
    assert program.signed("PUT", "/notes/after", b"x")[0] == 200
    assert program.signed("PUT", "/files/after", b"x" * 1_000_000)[0] == 200
    assert program.stop() == 0
    again = Program(small_disk / "data", probe=True)
    assert b"<Name>after</Name>" in notes(again)
    assert again.stop() == 0


def test_a_program_does_not_start_on_a_read_only_disk_and_says_so(small_disk):
    program = Program(small_disk / "data", probe=True)
    assert program.stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    status, said = start_to_fail(small_disk)
    assert status == 1
    assert "ead-only" in said


def start_to_fail(disk):
    done = subprocess.run([os.path.join(BUILD, "tests/menagerie-probe"), "serve", "--listen", "127.0.0.1:0", "--data",
                           str(disk / "data")], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("kind", ["write", "sync", "sql"])
def test_whatever_fails_is_an_error_and_nothing_is_half_made(tmp_path, kind):
    """The n-th write, sync or SQL step fails, for n from the start on, under a short workload."""
    failed = 0
    for nth in range(1, 60, 3):
        data = tmp_path / f"{kind}{nth}"
        program = Program(data, "--log-level", "error", probe=True)  # the tables are made without a fault
        assert program.stop() == 0
        try:
            program = Program(data, "--log-level", "error", probe=True, env={"MENAGERIE_FAULT": f"{kind}:{nth}"})
        except AssertionError:
            failed += 1  # it failed at its start, and said so rather than to go on half made
            continue
        answers = {}
        for i in range(12):
            answers[f"/notes/n{i}"] = program.signed("PUT", f"/notes/n{i}", b"%d" % i)[0]
            answers[f"/files/f{i}"] = program.signed("PUT", f"/files/f{i}", b"%d" % i * 70000)[0]
        assert set(answers.values()) <= {200, 500, 507}
        failed += any(status != 200 for status in answers.values())
        program.kill()
        program = Program(data, "--log-level", "error", probe=True)
        for target, status in answers.items():
            got = program.signed("GET", target)
            assert got[0] == (200 if status == 200 else 404), (nth, target, status)
            if target.startswith("/notes") and status == 200:
                assert got[1]["x-probe-copy"].encode() == got[2]
        assert program.stop() == 0
    assert failed > 3  # the faults did hit
