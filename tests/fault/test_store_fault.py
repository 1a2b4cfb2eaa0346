"""The n-th write, fsync or SQL step of a store fails, for every n: a clean error, and nothing lost or half done."""
import os
import subprocess

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(ROOT, "build"))
TOOL = os.path.join(BUILD, "tests", "store_fault")


@pytest.mark.parametrize("ending", ["recover", "close", "die"])
@pytest.mark.parametrize("kind, least", [("write", 80), ("sync", 10), ("sql", 40)])
def test_store_survives_the_failure_of_any(kind, least, ending, tmp_path):
    done = subprocess.run([TOOL, str(tmp_path), kind, ending], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this build cannot make anything fail")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) > least
