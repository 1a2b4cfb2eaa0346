"""Debian's boto3, and the newer one that may be on the PATH, take the same tour."""
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

TOUR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boto3_tour.py")


# The runner puts Debian's own tools first: what stood on the PATH before is behind them.
BESIDE = [os.path.join(folder, "python3") for folder in os.environ.get("PATH", "").split(":")
         if os.path.exists(os.path.join(folder, "python3"))]


def pythons():
    """One for each version of boto3 there is."""
    found = {}
    for python in (sys.executable, "/usr/bin/python3", "python3", *BESIDE):
        done = subprocess.run([python, "-c", "import boto3; print(boto3.__version__)"], capture_output=True, text=True,
                              check=False)
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), python)
    return [pytest.param(python, id=f"boto3-{version}") for version, python in found.items()]


@pytest.mark.parametrize("python", pythons())
def test_every_boto3_takes_the_tour(menagerie, tmp_path, python):
    done = subprocess.run([python, TOUR, menagerie.url, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
