"""usage: ./test [WORD ...]

Without a word, runs every kind of test. A word is a kind, `quick`, or a part of the names of the tests
to run, of whatever kind. Installs the Debian packages that are missing. The last line counts all.

  check    scripts in tests/check that read the source
  build    gcc and clang compile it without a warning
  unit     tests/unit: C, one program a file
  wire     tests/wire: botocore judges the protocols
  api      tests/api: boto3 and the AWS CLI against the program
  mysfits  tests/mysfits: the application's service, against this program's DynamoDB and dynalite
  js       tests/js: the AWS SDK for JavaScript against the program
  browser  tests/browser: pages in Chromium; pictures of them are in build-logs/
  fuzz     tests/fuzz: each fuzzer for MENAGERIE_FUZZ_SECONDS (10)
  asan     unit, wire, api and mysfits again, with the address and undefined behaviour sanitizers
  tsan     what has threads of unit, and of api and mysfits what is marked concurrency, with the thread sanitizer
  crash    tests/crash: what survives kill -9
  fault    tests/fault: writes, syncs and SQL that fail
  quick    check, unit, wire, js, and api and mysfits but for what takes seconds: a minute and a half

Logs are in build-logs/, builds in build-NAME/.
"""
import fcntl
import os
import signal
import sys

from . import application, javascript, kinds
from .result import LOGS, Result

KINDS = {
    "check": kinds.check,
    "build": kinds.builds,
    "unit": kinds.unit,
    "wire": kinds.wire,
    "api": kinds.api,
    "quick_api": kinds.quick_api,
    "mysfits": application.mysfits,
    "quick_mysfits": application.quick_mysfits,
    "js": javascript.js,
    "browser": javascript.browser,
    "fuzz": kinds.fuzz,
    "asan": kinds.asan,
    "tsan": kinds.tsan,
    "crash": kinds.crash,
    "fault": kinds.fault,
}
QUICK = ["check", "unit", "wire", "quick_api", "quick_mysfits", "js"]
# A name is looked for in these; the sanitizers would only run the same again.
BY_NAME = ["check", "unit", "wire", "api", "mysfits", "js", "browser", "crash", "fault", "fuzz"]


def plan(words):
    """Pairs of a kind and the part of a name to look for."""
    if not words:
        return [(kind, "") for kind in KINDS if not kind.startswith("quick_")]
    steps = []
    for word in words:
        if word == "quick":
            steps += [(kind, "") for kind in QUICK]
        elif word in KINDS:
            steps.append((word, ""))
        else:
            steps += [(kind, word) for kind in BY_NAME]
    return steps


def lock():
    """Two runs in one checkout would build in the same folders."""
    os.makedirs(LOGS, exist_ok=True)
    file = open(os.path.join(LOGS, ".lock"), "w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another ./test is running here; waiting for it.", flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


def run_kind(kind, wanted):
    try:
        result = KINDS[kind](wanted)
    except Exception as e:  # the runner's own mistake must not look like a pass
        result = Result(kind)
        result.add("tests/runner", False, repr(e))
    if result.count or not wanted:
        result.finish()
    return result


def main(words):
    if any(word in ("--help", "-h", "help") for word in words):
        print(__doc__.strip())
        return 0
    held = lock()
    results = [run_kind(kind, wanted) for kind, wanted in plan(words)]
    held.close()
    passed = sum(result.passed for result in results)
    failed = sum(len(result.failures) for result in results)
    if passed + failed == 0:
        print(f"No test has a name with {' or '.join(words)} in it.")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    print("\nInterrupted: nothing is counted.")
    sys.exit(128 + signal.SIGINT)
