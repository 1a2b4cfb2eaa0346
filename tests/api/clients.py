"""Clients that are programs: each AWS CLI there is, and a Python for each botocore. The runner puts Debian's own first on
the PATH; what the person has is behind them."""
import os
import subprocess
import sys


def on_path(name):
    """Every program of this name, once, however many links there are to it."""
    found = {}
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


CLIS = on_path("aws")


def run_aws(cli, url, *arguments, home="/nonexistent", **more):
    """A command of the root user's, with nothing of the person's own configuration."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
           "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
           "AWS_PAGER": "", "NO_PROXY": "*", **more}
    return subprocess.run([cli, "--endpoint-url", url, *map(str, arguments)], env=env, capture_output=True, text=True,
                          timeout=180)


def pythons_with(module):
    """One for each version of the module; to ask them takes seconds, so that only the test does which needs them."""
    found = {}
    for python in dict.fromkeys([sys.executable, *on_path("python3")]):
        done = subprocess.run([python, "-c", f"import {module}; print({module}.__version__)"], capture_output=True,
                              text=True, check=False)
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), python)
    return found
