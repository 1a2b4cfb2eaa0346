"""What the checks share: which files there are, C without its comments and texts, and how to report."""
import fnmatch
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOKENS = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)


def files(*patterns):
    """Files of the tree, committed or new, that match one of the patterns; `*` crosses folders."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], stdout=subprocess.PIPE,
                            text=True, check=True).stdout.splitlines()
    return sorted(name for name in set(listed) if os.path.isfile(os.path.join(ROOT, name))
                  and any(fnmatch.fnmatch(name, pattern) for pattern in patterns))


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
