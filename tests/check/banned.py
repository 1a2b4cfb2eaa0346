#!/usr/bin/env python3
"""Who may take back a ban of src/base/banned.h by #undef, and what is banned without a macro."""
import fnmatch
import re

from _source import code_of, files, finish, line_of, read

# Owners of objects (x_new and x_free); request code has the arena.
MAY_UNDEF = {
    "malloc": ["src/base/arena.c"],
    "calloc": ["src/base/arena.c"],
    "realloc": ["src/base/arena.c"],
    "free": ["src/base/*", "src/net/*", "src/store/*", "src/compute/*", "src/api/api.c", "src/api/credentials.c",
             "src/api/metrics.c", "src/api/repeat.c", "src/api/ticker.c", "tests/*"],
}
# pattern: why, who may
ELSEWHERE = {
    r"\b(?:time|gettimeofday)\s*\(|\bCLOCK_REALTIME\b": ("the clock is read in base/clock.c", ["src/base/clock.c"]),
    r"\b(?:u|nano)?sleep\s*\(": ("nothing waits by sleeping", ["src/net/server.c", "tests/*"]),
    r"\bv?fork\s*\(": ("processes are made in compute", ["src/compute/*", "tests/*"]),
    r"\bf(?:data)?sync\s*\(": ("file_sync is where the fault tests cut in", ["src/base/file.c", "tests/*"]),
    r"\b(?:strtol|strtoul|strtoll|strtoull|strtod)\s*\(": ("numbers are read by str_to_i64 and its like",
                                                        ["src/base/str.c", "src/base/json.c", "tests/*"]),
    r"\balloca\s*\(": ("the arena", []),
    r"\bset(?:locale|env)\s*\(": ("the program has one locale and one environment", ["tests/*"]),
    # A macro sees only calls; these are dangerous as values, too.
    r"[(,=]\s*&?(?:malloc|calloc|realloc)\s*[,);]": ("a banned function passed as a value", ["src/base/arena.c"]),
}


def allowed(path, patterns):
    return any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def main():
    problems = []
    banned = re.findall(r"^#define (\w+)\(\.\.\.\)\s+banned_", read("src/base/banned.h"), re.M)
    for path in files("src/*.c", "src/*.h", "apps/*.c", "apps/*.h", "tests/*.c", "tests/*.h"):
        if path == "src/base/banned.h":
            continue
        code = code_of(read(path))
        for match in re.finditer(r"^\s*#\s*undef\s+(\w+)", code, re.M):
            name = match.group(1)
            if name in banned and not allowed(path, MAY_UNDEF.get(name, [])):
                problems.append(f"{path}:{line_of(code, match.start(1))}: #undef {name}: see tests/check/banned.py")
        for pattern, (why, who) in ELSEWHERE.items():
            for match in re.finditer(pattern, code):
                if not allowed(path, who):
                    problems.append(f"{path}:{line_of(code, match.start())}: {match.group().strip()}: {why}")
    finish(problems)


main()
