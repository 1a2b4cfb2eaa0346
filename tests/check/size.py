#!/usr/bin/env python3
"""Files of at most 700 lines, functions of at most 120; size.txt names the exceptions, and why."""
import os
import re

from _source import code_of, files, finish, read

LONGEST_FILE = 700
LONGEST_FUNCTION = 120
ALLOWED = os.path.join(os.path.dirname(__file__), "size.txt")


def exceptions():
    """Lines `PATH` or `PATH:FUNCTION`, then why."""
    with open(ALLOWED, encoding="utf-8") as f:
        return {line.split()[0] for line in f if line.strip() and not line.startswith("#")}


def functions(text):
    """Name and length of each: from a `{` to a `}` at the start of a line."""
    lines = code_of(text).split("\n")
    start = None
    for at, line in enumerate(lines):
        if line.startswith("{"):
            start = at
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 4):start])
            names = re.findall(r"TEST\((\w+)\)", head) or re.findall(r"(\w+)\s*\(", head)
            yield names[-1] if names else "?", at - start + 1
            start = None


def main():
    allowed, used, problems = exceptions(), set(), []

    def report(what, text):
        if what in allowed:
            used.add(what)
        else:
            problems.append(f"{what}: {text}")

    for path in files("src/*.c", "src/*.h", "tests/*.c", "tests/*.h", "tests/*.py", "tools/*", "apps/*.c"):
        text = read(path)
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            report(path, f"{lines} lines; {LONGEST_FILE} is the most")
        if path.endswith(".c"):
            for name, length in functions(text):
                if length > LONGEST_FUNCTION:
                    report(f"{path}:{name}", f"{length} lines; {LONGEST_FUNCTION} is the most")
    problems += [f"tests/check/size.txt: {what} is no exception any more" for what in sorted(allowed - used)]
    finish(problems)


main()
