"""The kinds of test. Each takes a filter ("" for all), and returns a Result."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

from .builds import folder_of, problem_with
from .result import LOGS, ROOT, Result

PYTHON = "/usr/bin/python3"
CORES = 2
LONGEST_SECONDS = 1200  # of a kind; a test that hangs must not hang the run
FUZZ_SECONDS = int(os.environ.get("MENAGERIE_FUZZ_SECONDS", "10"))
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": f"exitcode=99:halt_on_error=0:suppressions={os.path.join(ROOT, 'tests', 'tsan.supp')}",
}


def run(command, **options):
    options.setdefault("timeout", LONGEST_SECONDS)
    try:
        return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)
    except subprocess.TimeoutExpired as e:
        output = e.stdout.decode(errors="replace") if isinstance(e.stdout, bytes) else e.stdout or ""
        return subprocess.CompletedProcess(command, -1, output + f"\nstill running after {e.timeout} s: ended\n")


def in_parallel(function, items, at_once=CORES):
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(function, items))


def environment_of(place):
    """For Python tests: the build, Debian's own tools first, and nothing of the person's own AWS or proxy."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**mine, **SANITIZERS, "MENAGERIE_BUILD": place, "MENAGERIE_BINARY": os.path.join(place, "menagerie"),
            "PATH": "/usr/bin:" + os.environ.get("PATH", "/bin"), "NO_PROXY": "*", "no_proxy": "*",
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""}


def fixed_addresses():
    """ThreadSanitizer does not start where the kernel spreads addresses too far."""
    wrapper = ["setarch", os.uname().machine, "-R"]
    return wrapper if shutil.which("setarch") and run([*wrapper, "true"]).returncode == 0 else []


# Checks of the source: each tests/check/NAME.py prints what is wrong, a line each, and fails.

def run_checks(result, wanted):
    scripts = sorted(glob.glob(os.path.join(ROOT, "tests/check/[a-z]*.py")))
    scripts = [s for s in scripts if wanted in "check_" + os.path.basename(s)[:-3]]
    for script, done in zip(scripts, in_parallel(lambda s: run([PYTHON, s]), scripts)):
        name = "check_" + os.path.basename(script)[:-3]
        result.log(f"== {name}\n{done.stdout}")
        result.add(name, done.returncode == 0, done.stdout)


def check(wanted):
    result = Result("check")
    run_checks(result, wanted)
    return result


# Builds: no warning from either compiler. Clang's is the one with its sanitizers: it warns of the same.

def builds(wanted, names=("gcc", "asan")):
    result = Result("build")
    for name in names:
        if wanted not in "build_" + name:
            continue
        problem = problem_with(name)
        result.log(problem)
        result.add("build_" + name, not problem, problem)
    return result


def with_build(result, name, then, *targets):
    """Runs `then` if the build succeeds; a build that fails is the kind's one failure."""
    problem = problem_with(name, *targets)
    if problem:
        result.log(problem)
        result.add("build_" + name, False, problem)
    else:
        then()
    return result


# Unit tests: programs that speak TAP.

def unit_programs(folder):
    with open(os.path.join(folder, "meson-info", "intro-tests.json"), encoding="utf-8") as f:
        return [(test["name"], test["cmd"][0]) for test in json.load(f)]


CASE = re.compile(r"(not )?ok \d+ - (\S+)")


def message_around(lines, at):
    """What a case printed: its own lines before the verdict, cmocka's behind it."""
    before, after = [], []
    for line in reversed(lines[:at]):
        if CASE.match(line) or line.startswith(("1..", "#")):
            break
        before.insert(0, line)
    for line in lines[at + 1:]:
        if not line.startswith("#"):
            break
        after.append(line.lstrip("# "))
    return "\n".join(before + after)


def read_tap(result, program, done, wanted):
    """Adds the cases of a program; one that died or did not say all it had planned is a failure."""
    lines = done.stdout.splitlines()
    planned = sum(int(line[3:].split()[0]) for line in lines if re.match(r"1\.\.\d", line))
    verdicts = [(at, match) for at, line in enumerate(lines) if (match := CASE.match(line))]
    for at, match in verdicts:
        if "# SKIP" in lines[at]:
            result.skipped += not wanted
        else:
            result.add(f"{program} {match.group(2)}", not match.group(1), message_around(lines, at))
    said_last = "\n".join(lines[verdicts[-1][0] + 1 if verdicts else 0:])
    if len(verdicts) < planned or (not verdicts and done.returncode != 0):
        result.add(f"{program} ended early", False, f"status {done.returncode}\n{said_last}")
    elif done.returncode != 0 and not any(match.group(1) for _, match in verdicts):
        result.add(f"{program} failed at its end", False, f"status {done.returncode}\n{said_last}")


def run_unit(result, build_name, wanted, wrapper=(), only=None):
    programs = [p for p in unit_programs(folder_of(build_name)) if only is None or p[0] in only]
    # These wait, for time or for the disk, while another can use the core.
    programs.sort(key=lambda p: not p[0].startswith(("net_", "store_")))
    environment = {**os.environ, **SANITIZERS, "CMOCKA_MESSAGE_OUTPUT": "TAP"}
    if wanted:
        environment["CHECK_FILTER"] = f"*{wanted}*"

    def run_one(program):
        return run([*wrapper, program[1]], env=environment, timeout=120)

    for (name, _), done in zip(programs, in_parallel(run_one, programs, CORES + 1)):
        result.log(f"== {name}\n{done.stdout}")
        read_tap(result, name, done, wanted)


def unit(wanted):
    result = Result("unit")
    return with_build(result, "gcc", lambda: run_unit(result, "gcc", wanted))


# Python tests.

WORKERS = {
    # A file's tests share a program, and what else takes long to set up.
    "api": ["-n", str(CORES), "--dist", "loadfile"],
    "mysfits": ["-n", str(CORES), "--dist", "loadfile"],
    # They wait for random moments most of the time.
    "crash": ["-n", str(2 * CORES)],
}


def has_tests(folder, wanted=""):
    pattern = re.compile(r"^\s*(def test_|class Test)", re.M)
    for path in glob.glob(os.path.join(ROOT, folder, "**", "*.py"), recursive=True):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if pattern.search(text) and (wanted in text or wanted in path):
            return True
    return False


def first_lines(element):
    """What pytest says went wrong: its E lines, or the message."""
    lines = [line[1:].strip() for line in (element.text or "").splitlines() if line.startswith("E ")]
    return "\n".join(lines[:8]) or element.get("message", "")


def read_junit(result, path):
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        bad = [child for child in case if child.tag in ("failure", "error")]
        if bad:
            result.add(name, False, first_lines(bad[0]))
        elif case.find("skipped") is not None:
            result.skipped += 1
        else:
            result.add(name, True)


def run_pytest(result, folder, build_name, wanted="", only=(), wrapper=()):
    """Runs tests/FOLDER against a build. Data of tests goes to a folder that is kept if one fails."""
    if not has_tests("tests/" + folder, wanted):
        return
    report = os.path.join(LOGS, f"{result.kind}-{folder}.xml")
    if os.path.exists(report):
        os.remove(report)
    temporary = tempfile.mkdtemp(prefix="menagerie-test-")
    place = folder_of(build_name)
    command = [*wrapper, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", report,
               *WORKERS.get(folder, ["-n", str(CORES)]), "--basetemp", os.path.join(temporary, "data"),
               *only, *(["-k", wanted] if wanted else []), os.path.join("tests", folder)]
    done = run(command, env=environment_of(place))
    result.log(done.stdout)
    before = len(result.failures)
    if os.path.exists(report):
        read_junit(result, report)
    if done.returncode not in (0, 1, 5) or (done.returncode == 1 and len(result.failures) == before):
        result.add(f"tests/{folder}", False, done.stdout[-2000:])
    if len(result.failures) == before:
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        result.log(f"data of these tests: {temporary}")


def python_kind(folder, build_name):
    def kind(wanted):
        result = Result(folder)
        if not has_tests("tests/" + folder, wanted):
            return result
        return with_build(result, build_name, lambda: run_pytest(result, folder, build_name, wanted))
    return kind


def quick_api(wanted):
    """The tests of the API but for those that take seconds: real command lines, large bodies."""
    result = Result("api")
    return with_build(result, "gcc", lambda: run_pytest(result, "api", "gcc", wanted, ["-m", "not slow"]))


wire = python_kind("wire", "gcc")
api = python_kind("api", "gcc")
crash = python_kind("crash", "gcc")


def fault(wanted):
    """tests/fault, and the unit tests of faults themselves: all in the build that can make something fail."""
    result = Result("fault")
    if not has_tests("tests/fault", wanted) and "fault" not in wanted:
        return result

    def both():
        run_unit(result, "asan", wanted or "fault_")
        run_pytest(result, "fault", "asan", wanted)
    return with_build(result, "asan", both)


# Everything again, under the sanitizers.

def asan(wanted):
    result = Result("asan")

    def everything():
        run_unit(result, "asan", wanted)
        run_pytest(result, "wire", "asan", wanted)
        run_pytest(result, "api", "asan", wanted, ["-m", "not scripts"])
        run_pytest(result, "mysfits", "asan", wanted, ["-m", "not slow"])
    return with_build(result, "asan", everything)


def starts_threads(program):
    """The linker leaves out what a program never calls, so one without pthread_create has no second thread."""
    return "pthread_create" in run(["nm", "--dynamic", "--undefined-only", program]).stdout


def tsan(wanted):
    result = Result("tsan")
    wrapper = fixed_addresses()

    def with_threads():
        names = [name for name, program in unit_programs(folder_of("gcc")) if starts_threads(program)]

        def all_of_them():
            run_unit(result, "tsan", wanted, wrapper, names)
            run_pytest(result, "api", "tsan", wanted, ["-m", "concurrency"], wrapper)
            run_pytest(result, "mysfits", "tsan", wanted, ["-m", "concurrency"], wrapper)
        with_build(result, "tsan", all_of_them, "menagerie", "apps/mysfits-service", "tests/menagerie-probe",
                   *("tests/" + name for name in names))
    return with_build(result, "gcc", with_threads)


# Fuzzers: a few seconds each, from the corpus in the tree; to find more, MENAGERIE_FUZZ_SECONDS=600.

def run_fuzzer(name):
    found = os.path.join(LOGS, "fuzz", name)
    corpus = os.path.join(ROOT, "tests/fuzz/corpus", name.removesuffix("_fuzz"))
    words = os.path.join(ROOT, "tests/fuzz", name.removesuffix("_fuzz") + ".dict")
    os.makedirs(found, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="menagerie-fuzz-") as new:
        command = [os.path.join(folder_of("asan"), "tests", name), new, *([corpus] if os.path.isdir(corpus) else []),
                   f"-max_total_time={FUZZ_SECONDS}", "-timeout=10", "-rss_limit_mb=2048",
                   f"-artifact_prefix={found}/", "-print_final_stats=1",
                   *([f"-dict={words}"] if os.path.exists(words) else [])]
        return run(command, env={**os.environ, **SANITIZERS}, timeout=FUZZ_SECONDS + 120)


def problem_of_fuzzer(output):
    lines = output.splitlines()
    first = [line for line in lines if "ERROR:" in line or "runtime error" in line or "Assertion" in line]
    frames = [line for line in lines if re.match(r"\s+#\d+ .*(/src/|/tests/)", line)]
    input_file = [line for line in lines if line.startswith("artifact_prefix")]
    return "\n".join(first[:1] + frames[:6] + input_file) if first else output[-1500:]


def fuzz(wanted):
    result = Result("fuzz")
    names = sorted(os.path.basename(p)[:-2] for p in glob.glob(os.path.join(ROOT, "tests/fuzz/*_fuzz.c")))
    names = [name for name in names if wanted in name.removesuffix("_fuzz")]

    def run_all():
        for name, done in zip(names, in_parallel(run_fuzzer, names)):
            result.log(f"== {name}\n{done.stdout}")
            result.add(name, done.returncode == 0, problem_of_fuzzer(done.stdout))
    return with_build(result, "asan", run_all) if names else result
