"""What the checks share: which files there are, C without its comments and texts, and how to report."""
import fnmatch
import functools
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOKENS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)


@functools.cache
def listed():
    """What git knows or would take; where there is no git, everything but what a build makes."""
    try:
        done = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=True)
        return sorted(name for name in set(done.stdout.splitlines()) if os.path.isfile(os.path.join(ROOT, name)))
    except (OSError, subprocess.CalledProcessError):
        pass
    found = []
    for path, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if not re.fullmatch(r"build(-.*)?|data|__pycache__|\.git|node_modules", f)]
        found += [os.path.relpath(os.path.join(path, name), ROOT) for name in names]
    return sorted(found)


def files(*patterns):
    """Files of the tree, committed or new, that match one of the patterns; `*` crosses folders."""
    return [name for name in listed() if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        return f.read()


def code_of(text, keep_texts=False):
    """The text with comments blanked, and texts too; lines stay where they are."""
    def blank(match):
        token = match.group()
        if keep_texts and token[0] in "\"'":
            return token
        return re.sub(r"[^\n]", " ", token)
    return TOKENS.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(problems):
    """Prints the problems and ends the script; none is success."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
