"""The kinds whose tests are written with node's own runner: the AWS SDK for JavaScript, and a browser."""
import glob
import hashlib
import json
import os
import re
import shutil
import tempfile

from .builds import folder_of
from .kinds import environment_of, in_parallel, run, with_build
from .result import LOGS, ROOT, Result

HOME = os.path.join(ROOT, "tests/js")  # of the packages, for both kinds
INSTALLED = os.path.join(HOME, "node_modules", ".installed")
LONGEST_SECONDS = 300  # of a file


def wanted_digest():
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        with open(os.path.join(HOME, name), "rb") as f:
            digest.update(f.read())
    return digest.hexdigest()


def problem_with_packages():
    """Installs what the lock file says, when it says something else than last time; "" or what npm said."""
    digest = wanted_digest()
    if os.path.exists(INSTALLED):
        with open(INSTALLED, encoding="utf-8") as f:
            if f.read() == digest:
                return ""
    command = ["npm", "ci", "--prefix", HOME, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    if not shutil.which("npm"):
        return "there is no npm; tools/packages.txt says which package has it"
    done = run(command)
    if done.returncode != 0:
        return f"$ {' '.join(command)}\n{done.stdout}"
    with open(INSTALLED, "w", encoding="utf-8") as f:
        f.write(digest)
    return ""


def files_with(folder, wanted):
    """Test files, each with the part of the names to run: none, where the name of the file has it already."""
    paths = glob.glob(os.path.join(ROOT, folder, "*.test.mjs"))
    for path in sorted(paths, key=os.path.getsize, reverse=True):  # no core is left alone with a long one at the end
        if wanted in os.path.relpath(path, ROOT):
            yield path, ""
            continue
        with open(path, encoding="utf-8") as f:
            if wanted in f.read():
                yield path, wanted


def run_file(path, wanted, report, environment):
    """In a process group that ends with it, so that no program or browser is left behind."""
    if os.path.exists(report):
        os.remove(report)
    command = ["timeout", "--kill-after=10", str(LONGEST_SECONDS), "node",
               "--test-reporter", os.path.join(HOME, "reporter.mjs"), "--test-reporter-destination", report,
               *(["--test-name-pattern", re.escape(wanted)] if wanted else []), path]
    return run(command, env=environment, timeout=LONGEST_SECONDS + 30)


def read_report(result, stem, report, done, wanted):
    """A line of JSON a test. A file that died said less than it had to: that is a failure, too."""
    lines = []
    if os.path.exists(report):
        with open(report, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f if line.endswith("}\n")]
    for line in lines:
        if line["verdict"] == "skip":
            result.skipped += not wanted
        else:
            result.add(f"{stem} {line['name']}", line["verdict"] == "pass", line["message"])
    if done.returncode != 0 and not any(line["verdict"] == "fail" for line in lines):
        why = f"still running after {LONGEST_SECONDS} s" if done.returncode == 124 else f"status {done.returncode}"
        result.add(f"{stem} ended early", False, f"{why}\n{done.stdout[-2000:]}")
    elif not lines and not wanted:
        result.add(f"{stem} ran no test", False, done.stdout[-2000:])


def run_node(result, files, build_name):
    """Runs test files against a build. Data of tests goes to a folder that is kept if one fails."""
    problem = problem_with_packages()
    if problem:
        result.log(problem)
        result.add("npm ci", False, problem)
        return
    temporary = tempfile.mkdtemp(prefix="menagerie-test-")
    environment = {**environment_of(folder_of(build_name)), "TMPDIR": temporary}

    def run_one(file):
        path, wanted = file
        stem = os.path.basename(path).removesuffix(".test.mjs")
        report = os.path.join(LOGS, f"{result.kind}-{stem}.jsonl")
        return stem, report, run_file(path, wanted, report, environment), wanted

    for stem, report, done, wanted in in_parallel(run_one, files):
        result.log(f"== {stem}\n{done.stdout}")
        read_report(result, stem, report, done, wanted)
    if result.failures:
        result.log(f"data of these tests: {temporary}")
    else:
        shutil.rmtree(temporary, ignore_errors=True)


def node_kind(kind_name, build_name="gcc"):
    def kind(wanted):
        result = Result(kind_name)
        files = list(files_with("tests/" + kind_name, wanted))
        if not files:
            return result
        return with_build(result, build_name, lambda: run_node(result, files, build_name))
    return kind


js = node_kind("js")
browser = node_kind("browser")
