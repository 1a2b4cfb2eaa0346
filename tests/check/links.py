#!/usr/bin/env python3
"""Links between the documents lead somewhere."""
import os
import re

from _source import ROOT, files, finish, read

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def main():
    problems = []
    for path in files("*.md"):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", read(path), flags=re.S)
        for target in LINK.findall(text):
            file = target.split("#")[0]
            if re.match(r"[a-z]+:", target) or not file:
                continue
            if not os.path.exists(os.path.join(ROOT, os.path.dirname(path), file)):
                problems.append(f"{path}: {target} does not exist")
    finish(problems)


main()
