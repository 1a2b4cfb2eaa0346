#!/usr/bin/env python3
"""Nothing committed names a place on one's own machine, a package host or a secret."""
import re

from _source import files, finish, read

# Put together here, so that this file does not find itself.
WRONG = [
    (re.compile(r"(?<![\w.-])/(?:work|root)/"), "a path of one machine"),
    (re.compile(r"\b(?:deb\.debian|security\.debian|registry\.npmjs|pypi|pythonhosted|crates|proxy\.golang)" + r"\.(?:org|io)\b"),
     "a package host"),
    (re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE" + r" KEY-----"), "a private key"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"), "a token"),
]
# Where a private key is part of a test, for instance.
ALLOWED = set()


def main():
    problems = []
    for path in files("*"):
        if path in ALLOWED:
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            problems += [f"{path}:{number}: {what}: {found.group()}" for pattern, what in WRONG
                         if (found := pattern.search(line))]
    finish(problems)


main()
