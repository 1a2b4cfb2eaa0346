#!/usr/bin/env python3
"""C is laid out by .clang-format: `clang-format -i FILE` makes it so. Other text has no stray white space."""
import subprocess

from _source import ROOT, files, finish, read


def main():
    problems = []
    sources = files("src/*.c", "src/*.h", "tests/*.c", "tests/*.h", "apps/*.c", "apps/*.h", "bench/*.c")
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    wrong = sorted({line.split(":")[0] for line in done.stdout.splitlines() if "clang-format-violations" in line})
    problems += [f"{path}: clang-format -i {path}" for path in wrong]
    if done.returncode != 0 and not wrong:
        problems.append(done.stdout)
    for path in files("*.c", "*.h", "*.py", "*.sql", "*.md", "*.build", "*.sh", "run", "test", "tools/*"):
        text = read(path)
        lines = text.split("\n")
        if "\r" in text:
            problems.append(f"{path}: carriage returns")
        if text and not text.endswith("\n"):
            problems.append(f"{path}: no newline at its end")
        problems += [f"{path}:{at}: white space at the end of the line"
                     for at, line in enumerate(lines, 1) if line != line.rstrip()]
    finish(problems)


main()
