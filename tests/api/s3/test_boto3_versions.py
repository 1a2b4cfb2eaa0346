"""Debian's boto3, and the newer one that may be on the PATH, take the same tour."""
import os
import subprocess

import pytest
from clients import pythons_with

pytestmark = pytest.mark.slow

TOUR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boto3_tour.py")


def test_every_boto3_takes_the_tour(menagerie, tmp_path):
    pythons = pythons_with("boto3")
    assert pythons
    for version, python in pythons.items():
        done = subprocess.run([python, TOUR, menagerie.url, str(tmp_path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"boto3 {version}: {done.stderr}"
        assert done.stdout.split()[0] == version
