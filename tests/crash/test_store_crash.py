"""What was acknowledged is there after kill -9, and nothing is half there: at the level of the store."""
import os
import random
import select
import subprocess
import time

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(ROOT, "build"))
LOAD = os.path.join(BUILD, "tests", "store_load")
ROUNDS = int(os.environ.get("MENAGERIE_CRASH_ROUNDS", "100"))


def write_and_kill(data, number, durability, seconds):
    """Reads acknowledgements until the time is up, kills, and reads what was still in the pipe."""
    process = subprocess.Popen([LOAD, data, "write", str(number), durability], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    output, until = b"", time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([process.stdout], [], [], left)[0]:
            output += os.read(process.stdout.fileno(), 1 << 16)
        assert process.poll() is None, process.stderr.read()
    process.kill()
    rest, problem = process.communicate()
    assert problem == b""
    return set((output + rest).decode().splitlines())


def verify(data, number, dirty):
    done = subprocess.run([LOAD, data, "verify", str(number), *(["dirty"] if dirty else [])], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines())


def check(acknowledged, found):
    """A thread drops a blob right after it wrote it, if the id is a multiple of 21 (tests/tools/store_load.c)."""
    dropped = {line.replace("drop", "blob") for line in acknowledged if line.startswith("drop")}
    put = {line for line in acknowledged if not line.startswith("drop")}
    last = {}
    for line in put | dropped:
        number = int(line.split()[1])
        last[number // 100000] = max(last.get(number // 100000, 0), number)
    for line in put - dropped - found:
        number = int(line.split()[1])
        under_way = line.startswith("blob") and number % 21 == 0 and last[number // 100000] == number
        assert under_way, f"lost: {line}"
    assert not dropped & found


@pytest.mark.parametrize("seed, durability", [(1, "full"), (2, "full"), (3, "full"), (4, "relaxed")])
def test_acknowledged_writes_survive_kill_at_any_moment(tmp_path, seed, durability):
    chance = random.Random(seed)
    data = str(tmp_path / "data")
    total = 0
    for number in range(1, ROUNDS + 1):
        acknowledged = write_and_kill(data, number, durability, chance.uniform(0.002, 0.1))
        # Several crashes in a row, without a clean close between them, at times.
        check(acknowledged, verify(data, number, dirty=chance.random() < 0.5))
        total += len(acknowledged)
    assert total > ROUNDS
    for number in range(1, ROUNDS + 1, max(1, ROUNDS // 10)):
        verify(data, number, dirty=False)
