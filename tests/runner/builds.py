"""The builds that the tests run against, each in a folder of its own beside ./run's `build`."""
import functools
import os
import shutil
import subprocess

from .result import LOGS, ROOT

SANITIZED = ["--buildtype=debugoptimized", "--werror", "-Db_lundef=false"]
STRICT = "-Dc_args=-fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1"

# name: compiler, options of meson setup
BUILDS = {
    "gcc": ("gcc", ["--buildtype=release", "--werror"]),
    # One for all that clang is here for: its warnings, the sanitizers, the fuzzers, and faults under the sanitizers.
    "asan": ("clang", [*SANITIZED, STRICT, "-Db_sanitize=address,undefined", "-Dfuzz=true", "-Dfaults=true"]),
    "tsan": ("gcc", [*SANITIZED, "-Db_sanitize=thread"]),
}


class BuildFailed(Exception):
    pass


def folder_of(name):
    return os.path.join(ROOT, "build-" + name)


def run_logged(command, log, **options):
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)
    log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode != 0:
        raise BuildFailed(problem_of(done.stdout))


def problem_of(output):
    """The compiler's own lines, without the commands around them."""
    wanted = [line for line in output.splitlines()
              if any(word in line for word in ("error:", "warning:", "ERROR:", "undefined reference", "FAILED:"))]
    return "\n".join(wanted) or output[-2000:]


def layout(options):
    """What Meson looks at only when it configures: the lists of files, and how it was called."""
    lines = [ROOT, *options]
    for top in ("src", "models", "apps", "tests"):
        for path, folders, names in sorted(os.walk(os.path.join(ROOT, top))):
            folders.sort()
            lines += [os.path.join(path, name) for name in sorted(names) if name.endswith((".c", ".sql", ".json"))]
    return "\n".join(lines)


def configure(name, log):
    compiler, options = BUILDS[name]
    folder = folder_of(name)
    seen = os.path.join(folder, ".layout")
    now = layout(options)
    if os.path.exists(seen):
        with open(seen, encoding="utf-8") as f:
            if f.read() == now and os.path.exists(os.path.join(folder, "build.ninja")):
                return
    # Objects stay, so that what did not change is not compiled again.
    for part in ("meson-private", "meson-info"):
        shutil.rmtree(os.path.join(folder, part), ignore_errors=True)
    run_logged(["meson", "setup", folder, ".", *options], log, env={**os.environ, "CC": compiler})
    with open(seen, "w", encoding="utf-8") as f:
        f.write(now)


@functools.cache
def problem_with(name, *targets):
    """Brings build-NAME, or these of its programs, up to date, once a run; "" or what the compiler said."""
    os.makedirs(LOGS, exist_ok=True)
    with open(os.path.join(LOGS, f"build-{name}.log"), "w", encoding="utf-8") as log:
        try:
            configure(name, log)
            run_logged(["ninja", "-k", "0", "-C", folder_of(name), *targets], log)
        except BuildFailed as e:
            return str(e)
    return ""
